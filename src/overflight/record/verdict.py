"""What a check of a bundle finds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.record.refused import Problem

INTACT, BROKEN = "intact", "broken"


@dataclass(frozen=True, slots=True)
class SignatureFound:
    """One signature: whose, in which role, by which key, when by its own word; whether it counts,
    and if not, why; ``seen_at``: by when others had seen it, None where nothing given shows it."""

    stage: int
    by: str
    role: str
    key: str
    at: dt.datetime
    counts: bool
    code: str = ""
    why: str = ""
    seen_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class StageFound:
    """One stage: what it was called, when it was sealed, how many files and bytes it has."""

    stage: int
    title: str
    sealed_at: dt.datetime
    files: int
    size: int
    manifest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. ``scope`` is "bundle" or "portion"; ``absent`` are paths that may be absent
    by agreement, and are; ``not_covered`` says what an intact verdict does not mean."""

    scope: str
    bundle: str
    observing: str
    observed: str
    marks: tuple[str, ...]
    stages: tuple[StageFound, ...]
    problems: tuple[Problem, ...]
    signatures: tuple[SignatureFound, ...]
    absent: tuple[str, ...]
    not_covered: tuple[str, ...]
    files: int
    size: int
    root: str

    @property
    def verdict(self) -> str:
        return BROKEN if self.problems else INTACT
