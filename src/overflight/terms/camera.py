"""Cameras, scanners and radars by the data that a State declares of them.

The fields are those of the treaty's technical information on sensors (Annex B, Section I): what a
file gives, nothing computed. Lengths in the image are millimetres, detector elements micrometres,
as the treaty asks for them. ``assumed`` lists the fields that no public source gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from overflight.units import Degrees, Kilometres, Metres, Seconds

VERTICAL, LEFT, RIGHT, FAN = "vertical", "left", "right", "fan"

KINDS = ("framing", "digital-framing", "video", "panoramic", "line-scanner", "radar")
"""What ``kind`` of sensor a file may describe; the first three are ``FrameCamera``."""


@dataclass(frozen=True, slots=True)
class Mounting:
    """How a sensor is installed: the sensor configuration of an annotation.

    ``place`` is "INT" and a number from nose to tail, or "POD" and L, R or C; "" when not told.
    ``pointing`` is vertical, left, right or fan; ``depression_deg`` of an oblique one is counted
    from the horizontal. A fan tells how many sensors it has and which one, from the left, this is.
    """

    place: str
    pointing: str
    depression_deg: int | None = None
    fan_count: int | None = None
    fan_position: int | None = None


@dataclass(frozen=True, slots=True)
class FrameCamera:
    """A camera that takes a whole frame at once: framing, digital framing or video.

    ``across_mm`` and ``along_mm`` are the used frame across and along the flight path.
    ``pitch_um`` is the size of a detector element, None on film. ``film_lpmm`` and ``lens_lpmm``
    are resolving powers at a contrast of 1000:1, line pairs per millimetre. ``tilt_deg`` is the
    angle of the axis from the vertical, positive to the right. ``interval_s`` is the least time
    between frames. ``principal_mm`` is where the axis meets the image, from the middle of the frame
    to the right and down; ``distortion`` are Brown's k1, k2, k3, p1, p2, as ``terms.frames`` has
    them: both from a calibration, None and () without one.
    """

    id: str
    name: str
    kind: str
    focal_mm: float
    across_mm: float
    along_mm: float
    pitch_um: float | None = None
    film_lpmm: float | None = None
    lens_lpmm: float | None = None
    f_number: float | None = None
    wavelength_nm: float | None = None
    exposure_s: Seconds | None = None
    interval_s: Seconds | None = None
    tilt_deg: Degrees = 0.0
    mounting: Mounting | None = None
    assumed: tuple[str, ...] = ()
    principal_mm: tuple[float, float] | None = None
    distortion: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PanoramicCamera:
    """A camera that sweeps a slit across the flight path, ``half_scan_deg`` to either side.

    ``along_mm`` is the length of the slit: what of the film's width is used.
    """

    id: str
    name: str
    kind: str
    focal_mm: float
    along_mm: float
    half_scan_deg: Degrees
    pitch_um: float | None = None
    film_lpmm: float | None = None
    lens_lpmm: float | None = None
    f_number: float | None = None
    wavelength_nm: float | None = None
    exposure_s: Seconds | None = None
    interval_s: Seconds | None = None
    mounting: Mounting | None = None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineScanner:
    """An infra-red line scanner: lines across the flight path, from ``left_deg`` to ``right_deg``.

    Angles are from the vertical, positive to the right. The instantaneous fields of view are
    those at the middle of the scan.
    """

    id: str
    name: str
    kind: str
    ifov_across_mrad: float
    ifov_along_mrad: float
    left_deg: Degrees
    right_deg: Degrees
    lines_per_s: float | None = None
    mounting: Mounting | None = None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Radar:
    """A sideways-looking radar. ``near_deg`` is the near edge's angle from the vertical;
    resolutions are those in the slant plane, by impulse response."""

    id: str
    name: str
    kind: str
    near_deg: Degrees
    swath_km: Kilometres
    range_resolution_m: Metres
    azimuth_resolution_m: Metres
    side: str = LEFT
    mounting: Mounting | None = None
    assumed: tuple[str, ...] = ()


Camera: TypeAlias = FrameCamera | PanoramicCamera | LineScanner | Radar
