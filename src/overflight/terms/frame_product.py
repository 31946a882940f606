"""A frame and what became of it: the picture on the map, its annotation, its files, its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from overflight.terms.annotation import Annotation
from overflight.terms.findings import Finding
from overflight.terms.frames import OrientedFrame
from overflight.terms.track import SIMULATED
from overflight.units import Degrees, Metres, Seconds


class Grid(Protocol):
    """A north-up grid in a map projection: ``left`` and ``top`` are the outer corner of the first
    pixel, ``size`` a pixel's edge, in metres of ``crs``."""

    @property
    def crs(self) -> str: ...
    @property
    def left(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def size(self) -> float: ...
    @property
    def columns(self) -> int: ...
    @property
    def rows(self) -> int: ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is linked: ``href`` relative to the item's folder, or a URL; ``sha256`` in hex.

    A path of this machine does not belong in ``href``.
    """

    href: str
    size: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Band:
    """One band of the copy. ``data_type`` as STAC names it (uint8, uint16); ``nodata`` None: a
    mask says which pixels were seen."""

    name: str
    data_type: str
    nodata: float | None = None
    bits: int | None = None


@dataclass(frozen=True, slots=True)
class ViewAngles:
    """How the ground was seen, degrees: the axis from the vertical, the direction in which it
    looks (None where it looks straight down), and where the Sun stood (None: no time)."""

    off_nadir_deg: Degrees
    azimuth_deg: Degrees | None = None
    sun_azimuth_deg: Degrees | None = None
    sun_elevation_deg: Degrees | None = None


@dataclass(frozen=True, slots=True)
class FrameProduct:
    """All that may be told of one processed frame to everybody who may have it.

    ``footprint`` is the outline on the ground, (longitude, latitude), not closed or closed, either
    way round. ``ground_sample_m`` is the frame's own ground sample at its middle, ``resolution_m``
    what was measured of a target in view (None: nothing was), ``limit_m`` the regime's limit.
    ``steps`` say in words what was done, in order; ``software`` names and versions. ``decision``
    is what a degraded copy rests on. ``leg`` counts from 1. ``taken`` is the span of time in which
    a frame of unknown time was taken (seconds since 1970 UTC). Plans and an overlay's values have
    no place here.
    """

    frame: OrientedFrame
    annotation: Annotation
    texts: Mapping[str, str]
    grid: Grid
    footprint: tuple[tuple[Degrees, Degrees], ...]
    ground_sample_m: Metres
    copy: StoredFile
    original: StoredFile
    sidecar: StoredFile
    bands: tuple[Band, ...]
    thumbnail: StoredFile | None = None
    view: ViewAngles | None = None
    resolution_m: Metres | None = None
    limit_m: Metres | None = None
    findings: tuple[Finding, ...] = ()
    steps: tuple[str, ...] = ()
    software: Mapping[str, str] = field(default_factory=dict)
    decision: str = ""
    treaty: str = ""
    observing: str = ""
    observed: str = ""
    platform: str = ""
    leg: int | None = None
    taken: tuple[Seconds, Seconds] | None = None

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks of the frame and of its annotation: either makes the product so."""
        return tuple(dict.fromkeys((*self.frame.marks, *self.annotation.marks)))

    @property
    def simulated(self) -> bool:
        return SIMULATED in self.marks
