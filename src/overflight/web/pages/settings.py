"""What one ``overflight serve`` is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one request and of one piece of work.

    ``body_bytes``: of what is sent, uploads among it. ``body_s``: to send it. ``answer_s``: to
    answer. ``jobs``: long work at once, for all; ``job_s``: of one piece of it.
    """

    body_bytes: int = 32_000_000
    body_s: float = 30.0
    answer_s: float = 60.0
    jobs: int = 2
    job_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Seat:
    """A side's folder (``overflight mission new``). ``key``: who has it may sit here."""

    name: str
    folder: Path
    key: str


@dataclass(frozen=True, slots=True)
class Settings:
    """``key``: what lets a person in; empty: anybody on this machine. ``hosts``: the names by
    which a browser may reach it, with port. ``today``: the day, asked anew for each answer.
    ``work``: a folder for what is uploaded and planned; it ends with the program if it was made
    for it.
    """

    today: Callable[[], dt.date]
    work: Path
    host: str = "127.0.0.1"
    port: int = 8750
    key: str = ""
    hosts: frozenset[str] = frozenset()
    treaty: str = ""
    seats: Mapping[str, Seat] = field(default_factory=lambda: MappingProxyType({}))
    archive: Path | None = None
    flights: Mapping[str, Path] = field(default_factory=lambda: MappingProxyType({}))
    limits: Limits = field(default_factory=Limits)
    built: Path = Path(__file__).parent / "static"

    @property
    def names(self) -> frozenset[str]:
        """Every ``Host`` that is answered; a page of elsewhere that points its name here is not."""
        own = {f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]")}
        return self.hosts | own
