"""How a sensor is mounted, as data are annotated with it (Annex B, Appendix 1, paragraphs 2, 3).

The sensor configuration is one block of at most nine characters: where the sensor sits (``INT``
and a number from nose to tail, or ``POD`` and ``L``, ``R``, ``C``), how it points (``V``: at most
five degrees from the vertical; ``L`` or ``R`` and the depression angle; ``F``: a fan), and of a
fan how many sensors it has and which one this is, from left to right. The sensor description is
one block of at most six: the category's letters and two for the recording medium.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from overflight.errors import SensorError, UnknownValueError
from overflight.terms.camera import FAN, LEFT, RIGHT, VERTICAL, Mounting
from overflight.units import Degrees

VERTICAL_WITHIN_DEG = 5.0
"""Largest tilt of a vertical installation (Annex B, Appendix 1, paragraph 3(B)(1))."""

SENSORS = {
    "OP": "optical panoramic camera",
    "OF": "optical framing camera",
    "TV": "video camera",
    "IRLS": "infra-red line-scanning device",
    "SAR": "sideways-looking synthetic aperture radar",
}
MEDIA = {
    "BI": "black and white film, iso-panchromatic",
    "BM": "black and white film, monochromatic",
    "BP": "black and white film, panchromatic",
    "BR": "black and white film, reversal",
    "TA": "analogue tape",
    "TD": "digital tape",
}

_PLACE = r"(?P<place>INT[1-9]|POD[LRC])"
_POINTING = r"(?:(?P<v>V)|(?P<side>[LR])(?P<angle>\d{1,2})|F(?P<count>[2-9])(?P<position>[1-9]))"
_BLOCK = re.compile(f"{_PLACE}?{_POINTING}")
_DESCRIPTION = re.compile(f"(?P<sensor>{'|'.join(SENSORS)})(?P<medium>{'|'.join(MEDIA)})?")


class Description(NamedTuple):
    """A sensor's letters and its medium's, "" where the medium is not told."""

    sensor: str
    medium: str


def parse_mounting(text: str) -> Mounting:
    """Read ``INT2L45``, ``PODCF31``, or the pointing alone: ``V``, ``L45``, ``F31``.

    Raises SensorError for anything else.
    """
    match = _BLOCK.fullmatch(text.strip().upper())
    if match is None:
        raise SensorError(
            f"{text!r} is no sensor configuration",
            remedy="Write INT and a number or POD and L, R, C; then V, or L or R and the "
            "depression angle, or F, the number of sensors and this one's place: INT2L45.",
        )
    place = match["place"] or ""
    if match["v"]:
        return Mounting(place, VERTICAL)
    if match["side"]:
        return oblique(place, LEFT if match["side"] == "L" else RIGHT, int(match["angle"]))
    count, position = int(match["count"]), int(match["position"])
    if position > count:
        raise SensorError(
            f"{text!r}: sensor {position} of a fan of {count}",
            remedy="Give first how many sensors the fan has, then this one's place from the left.",
        )
    return Mounting(place, FAN, None, count, position)


def oblique(place: str, side: str, depression_deg: int) -> Mounting:
    """An oblique installation. SensorError where it would be a vertical one, or look up."""
    if not 0 <= depression_deg < 90 - VERTICAL_WITHIN_DEG:
        raise SensorError(
            f"a depression angle of {depression_deg} degrees is no oblique installation",
            remedy="It lies from 0 (the horizon) to 84; up to five degrees from the vertical is V.",
        )
    return Mounting(place, side, depression_deg)


def write_mounting(mounting: Mounting) -> str:
    """The block as it is annotated: the inverse of ``parse_mounting``."""
    if mounting.pointing == VERTICAL:
        return f"{mounting.place}V"
    if mounting.pointing == FAN:
        return f"{mounting.place}F{mounting.fan_count}{mounting.fan_position}"
    return f"{mounting.place}{'L' if mounting.pointing == LEFT else 'R'}{mounting.depression_deg}"


def mounting_of_tilt(tilt_deg: Degrees, place: str = "") -> Mounting:
    """The mounting of an axis ``tilt_deg`` from the vertical, positive to the right.

    The depression angle is rounded to whole degrees, and never so far that it reads as vertical.
    """
    if abs(tilt_deg) <= VERTICAL_WITHIN_DEG:
        return Mounting(place, VERTICAL)
    depression = min(round(90.0 - abs(tilt_deg)), 84)
    return oblique(place, RIGHT if tilt_deg > 0 else LEFT, depression)


def tilt_deg(mounting: Mounting) -> Degrees:
    """Angle of the axis from the vertical, positive to the right; 0 for a vertical installation.

    The annotation leaves up to five degrees of a vertical one open, and does not tell where the
    sensors of a fan point: for those UnknownValueError.
    """
    if mounting.pointing == VERTICAL:
        return 0.0
    if mounting.depression_deg is None:
        raise UnknownValueError(
            f"{write_mounting(mounting)} does not tell where the sensor points",
            remedy="Give the axis of each sensor of a fan as tilt_deg.",
        )
    tilt = 90.0 - mounting.depression_deg
    return tilt if mounting.pointing == RIGHT else -tilt


def parse_description(text: str) -> Description:
    """Read ``OFBP`` or ``IRLSTD``, or the sensor's letters alone. SensorError for anything else."""
    match = _DESCRIPTION.fullmatch(text.strip().upper())
    if match is None:
        raise SensorError(
            f"{text!r} is no sensor description",
            remedy=f"Write one of {', '.join(SENSORS)}, then one of {', '.join(MEDIA)}: OFBP.",
        )
    return Description(match["sensor"], match["medium"] or "")
