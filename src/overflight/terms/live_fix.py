"""One position as it comes in from a receiver, before anybody has judged it.

None is a value that was not sent, never zero.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.units import Degrees, KilometresPerHour, Metres, Seconds


@dataclass(frozen=True, slots=True)
class LiveFix:
    """A position with what its time is known by.

    ``tod_s`` is the time of the day, UTC (None: the source did not say), ``date`` the day where
    the source named one. ``height_m`` counts from mean sea level, ``ellipsoid_m`` from the
    ellipsoid of WGS 84, ``pressure_m`` from 1013.25 hPa, ``other_m`` from what the source does not
    say. ``simulated`` is set by a source that says of itself that it simulates.
    """

    tod_s: Seconds | None
    lat: Degrees
    lon: Degrees
    date: dt.date | None = None
    height_m: Metres | None = None
    ellipsoid_m: Metres | None = None
    pressure_m: Metres | None = None
    other_m: Metres | None = None
    speed_km_h: KilometresPerHour | None = None
    track_deg: Degrees | None = None
    roll_deg: Degrees | None = None
    pitch_deg: Degrees | None = None
    heading_deg: Degrees | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class NoFix:
    """The receiver speaks and says that it has no position."""

    why: str


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Bytes that could not be used: ``kind`` says why, ``text`` shows a part of them.

    Kinds: "checksum", "cut", "garbage", "malformed", "unknown" (no sound message of any kind yet).
    """

    kind: str
    text: str


Received = LiveFix | NoFix | Spoilt
