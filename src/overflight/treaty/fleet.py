"""Observation aircraft as the regime knows them: what happened to each, and where it stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.terms.citations import Citation
from overflight.terms.values import Status


@dataclass(frozen=True, slots=True)
class AircraftEvent:
    """Something that happened to an aircraft's standing. ``sensors`` empty: to all of it."""

    kind: str
    earliest: dt.date
    latest: dt.date
    sensors: tuple[str, ...]
    status: Status
    citations: tuple[Citation, ...]
    to: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Designation:
    """An aircraft's history under the regime; ``state`` designated it."""

    aircraft: str
    state: str
    events: tuple[AircraftEvent, ...]
    citations: tuple[Citation, ...]
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AircraftStanding:
    """Where an aircraft (or one sensor on it) stands on a date.

    ``standing`` is "certified", "designated, not certified", "certification disputed",
    "retired", "not designated" or "unknown". ``certified_later`` is the first certification
    that was still to come.
    """

    aircraft: str
    standing: str
    since: dt.date | None
    events: tuple[AircraftEvent, ...]
    citations: tuple[Citation, ...]
    sensor: str | None = None
    certified_later: AircraftEvent | None = None
