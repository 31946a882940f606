"""How much of a value its text tells: half of the last unit that is written."""

from __future__ import annotations

import math

from overflight.formats.annotation_text import FEET_PER_M, KM_PER_NM
from overflight.terms import annotation as terms
from overflight.terms.annotation import Annotation
from overflight.units import Seconds

HALF_MINUTE_S: Seconds = 30.0
_SLACK = 1e-6
_TURNING = ("heading_deg", "lon")


def half_unit(item: str, text: str) -> float:
    """Half of the last unit of ``text``, in the unit of the item's field in ``Annotation``."""
    if item in (terms.TIME, terms.DATE):
        return HALF_MINUTE_S
    if item == terms.POSITION:
        return 0.005 if "." in text else 0.5 / 60.0
    number = text.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ ")
    half: float = 0.5 * 10.0 ** -(len(number.partition(".")[2]) if "." in number else 0)
    if item == terms.HEIGHT and text.endswith(terms.FEET):
        return half / FEET_PER_M
    return half * KM_PER_NM if item == terms.SPEED and text.endswith(terms.KNOTS) else half


def apart(name: str, a: float, b: float) -> float:
    """How far two values of a field are apart; directions and longitudes the short way round."""
    if name in _TURNING:
        return abs((a - b + 180.0) % 360.0 - 180.0)
    return abs(a - b)


def disagreeing(item: str, text: str, read: Annotation, exact: Annotation) -> str:
    """Which field of an item differs by more than its text's rounding; "" where none does."""
    for name in terms.FIELDS_OF[item]:
        said, value = getattr(read, name), getattr(exact, name)
        if said is None or value is None:
            if said != value:
                return name
        elif isinstance(value, float) and not isinstance(said, str):
            if (
                not math.isfinite(value)
                or apart(name, float(said), value)
                > half_unit(item, text) * (1.0 + _SLACK) + _SLACK * 0.1
            ):
                return name
        elif said != value:
            return name
    return ""
