"""What a frame covers on the ground, and what one detector element does: plain projection.

A camera at height h looks at flat ground with its axis tilted by t from the vertical, across the
flight path. A point x mm off the centre of the frame across, on the middle line, is seen at the
angle p = t + b from the vertical, tan(b) = x / f. Small lengths there scale by

    along the flight path    h cos(b) / (f cos(p))
    across it                h cos(b)^2 / (f cos(p)^2)

the first the ratio of slant distances, the second the derivative of h tan(p) by x. At the centre
of a vertical frame both are h / f. Heights are above the ground that is looked at.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from overflight.errors import SensorError, UnknownValueError
from overflight.terms.camera import FrameCamera
from overflight.units import Degrees, Kilometres, Metres


class Scale(NamedTuple):
    """Metres on the ground for one millimetre in the image, along and across the flight path."""

    along: float
    across: float


class Swath(NamedTuple):
    """Ground seen across the flight path, km from the track, positive to the right."""

    left_km: Kilometres
    right_km: Kilometres

    @property
    def width_km(self) -> Kilometres:
        return self.right_km - self.left_km


def scale_at(
    focal_mm: float, height_m: Metres, tilt_deg: Degrees = 0.0, offset_mm: float = 0.0
) -> Scale:
    """Scale ``offset_mm`` across the frame's centre (positive to the right).

    Raises SensorError for a height or focal length that is not positive, or a line of sight that
    does not meet the ground.
    """
    require_positive(focal_mm=focal_mm, height_m=height_m)
    inner = math.atan2(offset_mm, focal_mm)
    angle = math.radians(tilt_deg) + inner
    require_below_horizon(math.degrees(angle))
    ratio = math.cos(inner) / math.cos(angle)
    return Scale(height_m / focal_mm * ratio, height_m / focal_mm * ratio * ratio)


def ground_sample_m(camera: FrameCamera, height_m: Metres, offset_mm: float = 0.0) -> Scale:
    """Ground that one detector element covers, metres along and across.

    Raises UnknownValueError for a camera without detector elements (film).
    """
    if camera.pitch_um is None:
        raise UnknownValueError(
            f"{camera.name} has no detector elements: film has no ground sample distance",
            remedy="Give pitch_um, or ask for the ground resolution.",
        )
    scale = scale_at(camera.focal_mm, height_m, camera.tilt_deg, offset_mm)
    return Scale(*(metres * camera.pitch_um / 1000.0 for metres in scale))


def half_field_deg(focal_mm: float, frame_mm: float) -> Degrees:
    """Half the angle that a frame of that length covers."""
    require_positive(focal_mm=focal_mm, frame_mm=frame_mm)
    return math.degrees(math.atan2(frame_mm / 2.0, focal_mm))


def across_limits_deg(camera: FrameCamera) -> tuple[Degrees, Degrees]:
    """The frame's left and right edge, degrees from the vertical, positive to the right."""
    half = half_field_deg(camera.focal_mm, camera.across_mm)
    return camera.tilt_deg - half, camera.tilt_deg + half


def swath(camera: FrameCamera, height_m: Metres) -> Swath:
    """Ground that a frame covers across, on its middle line. SensorError past the horizon."""
    return swath_between(*across_limits_deg(camera), height_m)


def swath_between(left_deg: Degrees, right_deg: Degrees, height_m: Metres) -> Swath:
    """Ground between two angles from the vertical, positive to the right: h tan(angle)."""
    require_positive(height_m=height_m)
    edges = []
    for angle in (left_deg, right_deg):
        require_below_horizon(angle)
        edges.append(height_m * math.tan(math.radians(angle)) / 1000.0)
    return Swath(*edges)


def least_length_m(camera: FrameCamera, height_m: Metres) -> Metres:
    """Length of the frame's ground along the flight path where it is shortest.

    That is where it looks least far from the vertical: the track itself if the frame holds it.
    """
    left, right = across_limits_deg(camera)
    if left <= 0.0 <= right:
        inner = -camera.tilt_deg
    else:
        inner = (left if left > 0 else right) - camera.tilt_deg
    offset = camera.focal_mm * math.tan(math.radians(inner))
    return scale_at(camera.focal_mm, height_m, camera.tilt_deg, offset).along * camera.along_mm


def height_for_sample_m(pitch_um: float, focal_mm: float, sample_m: Metres) -> Metres:
    """Height at which a detector element covers ``sample_m`` straight below: s f / p."""
    require_positive(pitch_um=pitch_um, focal_mm=focal_mm, sample_m=sample_m)
    return sample_m * focal_mm / (pitch_um / 1000.0)


def require_positive(**values: float) -> None:
    """Raise SensorError for a value that is not a positive, finite number."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise SensorError(
                f"{name} is {value:g}, which cannot be", remedy="Give a number above zero."
            )


def require_below_horizon(angle_deg: Degrees) -> None:
    """Raise SensorError for a line of sight that does not meet flat ground."""
    if not -90.0 < angle_deg < 90.0:
        raise SensorError(
            f"an edge of the view lies {abs(angle_deg):.1f} degrees from the vertical, "
            "at or above the horizon",
            remedy="Tilt the camera less, or take a longer focal length or a smaller frame.",
        )
