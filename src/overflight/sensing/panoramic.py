"""A panoramic camera: a slit that sweeps across the flight path.

At a scan angle s from the vertical the slant distance is h / cos(s), so a length in the image
covers h / (f cos(s)) along the flight path, and h / (f cos(s)^2) across it, where the ground is
also seen slanting. A sweep from -S to +S covers 2 h tan(S) and uses 2 f S of film.
"""

from __future__ import annotations

import math

from overflight.sensing.frame import Scale, Swath, require_below_horizon, require_positive
from overflight.sensing.frame import swath_between as _between
from overflight.terms.camera import PanoramicCamera
from overflight.units import Degrees, Metres


def panoramic_scale(focal_mm: float, height_m: Metres, scan_deg: Degrees) -> Scale:
    """Metres on the ground for one millimetre in the image, at a scan angle."""
    require_positive(focal_mm=focal_mm, height_m=height_m)
    require_below_horizon(scan_deg)
    cosine = math.cos(math.radians(scan_deg))
    return Scale(height_m / (focal_mm * cosine), height_m / (focal_mm * cosine * cosine))


def panoramic_swath(camera: PanoramicCamera, height_m: Metres) -> Swath:
    """Ground that one sweep covers across the flight path."""
    return _between(-camera.half_scan_deg, camera.half_scan_deg, height_m)


def least_panoramic_length_m(camera: PanoramicCamera, height_m: Metres) -> Metres:
    """Length of ground along the flight path in one frame, straight below, where it is least."""
    return panoramic_scale(camera.focal_mm, height_m, 0.0).along * camera.along_mm


def film_length_mm(camera: PanoramicCamera) -> float:
    """Film that one sweep uses: 2 f S, S in radians."""
    require_positive(focal_mm=camera.focal_mm)
    return 2.0 * camera.focal_mm * math.radians(camera.half_scan_deg)
