"""An infra-red line scanner: lines across the flight path, one after another as it flies.

At a scan angle s the instantaneous field of view a covers a h / cos(s) along the flight path and
a h / cos(s)^2 across it: the best ground resolution is straight below. Lines join without a gap
while the aircraft moves no farther between two of them than one field of view is long there.
"""

from __future__ import annotations

import math

from overflight.errors import UnknownValueError
from overflight.sensing.frame import Scale, Swath, require_below_horizon, require_positive
from overflight.sensing.frame import swath_between as _between
from overflight.terms.camera import LineScanner
from overflight.units import Degrees, KilometresPerHour, Metres

_KM_H = 3.6
"""km/h in one m/s."""


def scan_sample_m(scanner: LineScanner, height_m: Metres, scan_deg: Degrees = 0.0) -> Scale:
    """Ground that the instantaneous field of view covers, metres along and across."""
    require_positive(height_m=height_m)
    require_below_horizon(scan_deg)
    cosine = math.cos(math.radians(scan_deg))
    along = scanner.ifov_along_mrad / 1000.0 * height_m / cosine
    across = scanner.ifov_across_mrad / 1000.0 * height_m / (cosine * cosine)
    return Scale(along, across)


def scan_swath(scanner: LineScanner, height_m: Metres) -> Swath:
    """Ground that a line covers across the flight path."""
    return _between(scanner.left_deg, scanner.right_deg, height_m)


def line_spacing_m(scanner: LineScanner, speed_km_h: KilometresPerHour) -> Metres:
    """How far the aircraft moves from one line to the next. UnknownValueError without a rate."""
    return speed_km_h / _KM_H / _rate(scanner)


def fastest_without_gap_km_h(scanner: LineScanner, height_m: Metres) -> KilometresPerHour:
    """Greatest groundspeed at which lines still join straight below."""
    return scan_sample_m(scanner, height_m).along * _rate(scanner) * _KM_H


def _rate(scanner: LineScanner) -> float:
    if scanner.lines_per_s is None:
        raise UnknownValueError(
            f"how many lines {scanner.name} scans in a second is not given",
            remedy="Give lines_per_s.",
        )
    require_positive(lines_per_s=scanner.lines_per_s)
    return scanner.lines_per_s
