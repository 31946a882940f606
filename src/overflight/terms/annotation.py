"""What a frame is annotated with: the items, as values, and their forms as a regime asks for them.

Values are in one unit each and as exact as they are known; how a regime writes them down (digits,
letters, rounding) is its data, in ``Forms``. Angles of the aircraft: roll positive with the right
wing down, pitch positive with the nose up, drift positive where the path over the ground lies to
the right of the heading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from overflight.terms.camera import Mounting
from overflight.terms.track import SIMULATED
from overflight.units import Degrees, Kilometres, Metres, Seconds

FLIGHT, DATE, TIME = "flight-reference", "date", "time"
SENSOR, CONFIGURATION, FOCAL = "sensor-description", "sensor-configuration", "focal-length"
HEIGHT, POSITION, HEADING, SCAN = "height", "position", "heading", "scan-angle"
ROLL, PITCH, DRIFT, SPEED = "roll", "pitch", "drift", "groundspeed"
NEAR, LOOK_DOWN, SWATH, POLARISATIONS = "near-point", "look-down", "swath-width", "polarisations"
MAGAZINE, FRAME = "magazine", "frame-number"

ITEMS = (
    FLIGHT, SENSOR, CONFIGURATION, FOCAL, DATE, TIME, HEIGHT, POSITION, HEADING, ROLL, PITCH,
    DRIFT, SPEED, SCAN, NEAR, LOOK_DOWN, SWATH, POLARISATIONS, MAGAZINE, FRAME,
)  # fmt: skip
"""Every item, in the order in which it is written."""

FEET, METRES = "F", "M"
DECIMAL, MINUTES = "decimal", "minutes"
KNOTS, KM_H = "NM", "KM"


@dataclass(frozen=True, slots=True)
class Annotation:
    """The items of one annotation; None (or "" or ()) is an item that is not there.

    ``time_s`` are seconds since 1970 UTC; an annotation with a date and no time has ``day_s``
    alone, the first second of that day. ``height_agl_m`` is the average height above the ground.
    ``scan_deg`` is the whole angle that a scanning sensor sweeps. ``marks`` carries SIMULATED.
    """

    flight: str | None = None
    category: str | None = None
    medium: str | None = None
    mounting: Mounting | None = None
    focal_mm: float | None = None
    day_s: Seconds | None = None
    time_s: Seconds | None = None
    height_agl_m: Metres | None = None
    lat: Degrees | None = None
    lon: Degrees | None = None
    heading_deg: Degrees | None = None
    roll_deg: Degrees | None = None
    pitch_deg: Degrees | None = None
    drift_deg: Degrees | None = None
    speed_km_h: float | None = None
    scan_deg: Degrees | None = None
    near_km: Kilometres | None = None
    look_down_deg: Degrees | None = None
    swath_km: Kilometres | None = None
    polarisations: tuple[str, ...] = ()
    magazine: int | None = None
    frame: int | None = None
    marks: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """The items that are there, in the order of ITEMS."""
        return tuple(item for item in ITEMS if self.has(item))

    def has(self, item: str) -> bool:
        """Whether the annotation holds an item; a time is a date too."""
        if item == DATE:
            return self.day_s is not None or self.time_s is not None
        return all(getattr(self, name) not in (None, ()) for name in FIELDS_OF[item])

    @property
    def simulated(self) -> bool:
        return SIMULATED in self.marks


FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    FLIGHT: ("flight",),
    SENSOR: ("category", "medium"),
    CONFIGURATION: ("mounting",),
    FOCAL: ("focal_mm",),
    DATE: ("day_s",),
    TIME: ("time_s",),
    HEIGHT: ("height_agl_m",),
    POSITION: ("lat", "lon"),
    HEADING: ("heading_deg",),
    ROLL: ("roll_deg",),
    PITCH: ("pitch_deg",),
    DRIFT: ("drift_deg",),
    SPEED: ("speed_km_h",),
    SCAN: ("scan_deg",),
    NEAR: ("near_km",),
    LOOK_DOWN: ("look_down_deg",),
    SWATH: ("swath_km",),
    POLARISATIONS: ("polarisations",),
    MAGAZINE: ("magazine",),
    FRAME: ("frame",),
}
VALUES = tuple(f.name for f in fields(Annotation) if f.name not in ("mounting", "marks"))
"""Fields of an annotation that are plain values."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a form leaves open: feet or metres, hundredths or minutes, knots or km/h."""

    height: str = METRES
    position: str = DECIMAL
    speed: str = KM_H


@dataclass(frozen=True, slots=True)
class Form:
    """How one item is written (a pattern of the whole text) and the paragraph that says so."""

    pattern: re.Pattern[str]
    cite: str


@dataclass(frozen=True, slots=True)
class Required:
    """Items that have to be there, and the paragraph that asks for them."""

    items: tuple[str, ...]
    cite: str


NOTHING = Required((), "")


@dataclass(frozen=True, slots=True)
class Changes:
    """From which change on an annotation is due again. ``assumed``: no text gives the figures;
    ``private``: an overlay does."""

    height_m: Metres
    heading_deg: Degrees
    speed_km_h: float
    cite: str = ""
    assumed: bool = True
    private: bool = False


@dataclass(frozen=True, slots=True)
class Forms:
    """All that a regime says of annotations, out of its data, on one day.

    ``at_start`` is asked for at the beginning of each medium; by category of sensor: ``in_period``
    at the start of an observation period and at each significant change, ``on_frame`` on every
    frame, ``measured`` each time it is measured. ``copies`` is the paragraph that asks for all of
    them on a copy. ``film`` lists the media that are film, ``scanning`` the categories that have
    a scan angle, ``lenses`` those that have a focal length; ``readings`` what was assumed.
    """

    forms: Mapping[str, Form]
    at_start: Required
    in_period: Mapping[str, Required]
    on_frame: Mapping[str, Required]
    measured: Mapping[str, Required]
    copies: str
    numbering: str
    categories: tuple[str, ...]
    media: tuple[str, ...]
    film: tuple[str, ...]
    scanning: tuple[str, ...]
    lenses: tuple[str, ...]
    vertical_within_deg: Degrees
    changes: Changes
    readings: Mapping[str, str] = field(default_factory=dict)

    def of_start(self, category: str | None) -> tuple[str, ...]:
        """The items of ``at_start`` that this category of sensor can have."""
        lens = category is None or category in self.lenses
        return tuple(item for item in self.at_start.items if lens or item != FOCAL)

    def all_of(self, category: str | None) -> tuple[str, ...]:
        """Every item that a copy of this category's data carries, in the order of ITEMS."""
        wanted = set(self.of_start(category))
        for part in (self.in_period, self.on_frame, self.measured):
            wanted |= set(part.get(category or "", NOTHING).items)
        return tuple(item for item in ITEMS if item in wanted)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a text that is no annotation: which item, what was written, and why not."""

    item: str
    text: str
    message: str
    cite: str = ""


@dataclass(frozen=True, slots=True)
class ReadAnnotation:
    """An annotation as it was read: values, the texts they stood in, and what could not be read.

    ``where`` names the place (file and line). ``name`` is the frame's, where the document gives
    one. ``exact``: the values come with more digits than the texts.
    """

    annotation: Annotation
    texts: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    where: str = ""
    name: str = ""
    exact: bool = False
