"""What a certification of sensors says of itself: who took part, what was flown, what was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

VISUAL, COMPUTED = "visual", "computed"
HOW = (VISUAL, COMPUTED)
RADAR = "radar"
"""Method of a sensor whose resolution does not depend on height; the others are those of H_min."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A Party, or Parties, that take part, and how many individuals they send (None: not told)."""

    party: str
    people: int | None = None


@dataclass(frozen=True, slots=True)
class LaidTarget:
    """A calibration target. ``kind`` "bars" or "reflectors"; ``contrast`` light over dark;
    ``stands`` "horizontal" or "vertical"; ``diagram`` a file with the widths of its bars."""

    id: str
    kind: str = "bars"
    contrast: float | None = None
    stands: str = "horizontal"
    diagram: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TestedSensor:
    """A sensor under certification, in one configuration (as data are annotated).

    ``covers``: whether the check of its covers found them as they should be (None: not told).
    ``stated_h_min_m``, ``stated_resolution_m``: what the report is to say; None: not yet agreed.
    ``parameters`` of the method: agreed_contrast, exponent, agreed_difference_k,
    extinction_per_km, gsd_m.
    """

    id: str
    name: str
    category: str
    method: str
    configuration: str
    tilt_deg: float
    covers: bool | None = None
    covers_note: str = ""
    stated_h_min_m: float | None = None
    stated_resolution_m: float | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)

    @property
    def height_bound(self) -> bool:
        return self.method != RADAR


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One reading of one image, as the list of passes gives it.

    ``bar_m``: smallest bar told apart (radar: ground resolution); None: to be computed, from
    ``reading`` (a document) or from the image itself. ``track_deg``: from the target's axis to the
    track; ``offset_percent``: of the target's centre from the image's, in percent of the field.
    ``line`` is the line of the list.
    """

    image: str
    sensor: str
    flown: str
    height_m: float
    how: str
    direction: str = ""
    bar_m: float | None = None
    reader: str = ""
    reading: str = ""
    target: str = ""
    at: str = ""
    track_deg: float | None = None
    offset_percent: float | None = None
    tilt_deg: float | None = None
    modulation: float | None = None
    difference_k: float | None = None
    clear: bool | None = None
    sha256: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened in the procedure: a move, when, and by which Party ("all": all)."""

    move: str
    at: dt.datetime
    by: str
    facts: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Certification:
    """One certification, as its file says it. ``established``: what the report establishes beside
    heights and resolutions (designated, sensors_permitted, information_given)."""

    id: str
    treaty: str
    certifying: str
    aircraft: str
    aircraft_name: str
    place: str
    begins: dt.date
    ends: dt.date
    on: dt.date
    marks: tuple[str, ...]
    weather: str
    note: str
    images: str
    agreements: tuple[str, ...]
    established: Mapping[str, bool]
    participants: tuple[Participant, ...]
    ground_hours: tuple[float, ...]
    targets: tuple[LaidTarget, ...]
    sensors: tuple[TestedSensor, ...]
    events: tuple[Happened, ...]
    readings: Mapping[str, str] = field(default_factory=dict)

    def sensor(self, id_: str) -> TestedSensor:
        return next(s for s in self.sensors if s.id == id_)
