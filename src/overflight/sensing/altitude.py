"""From H_min to the altitude that is flown.

After a mission plan is accepted the highest terrain left and right of each segment is agreed, out
to 50 km from the planned track (OSCC.DEC/16/02, Section IV), and the altitude of the segment is
counted from it. The corrections of the decision on altitudes (Decision Thirteen) are not public:
they enter as a margin that has to be stated, and nothing is assumed in their place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from overflight.errors import SensorError, UnknownValueError
from overflight.sensing.frame import require_positive
from overflight.units import Metres


@dataclass(frozen=True, slots=True)
class TerrainPair:
    """Agreed highest terrain left and right of one segment, metres above mean sea level."""

    left_m: Metres
    right_m: Metres

    @property
    def highest_m(self) -> Metres:
        return max(self.left_m, self.right_m)


@dataclass(frozen=True, slots=True)
class SegmentAltitude:
    """The least altitude above mean sea level of one segment, and what it is made of."""

    altitude_m: Metres
    h_min_m: Metres
    terrain_m: Metres
    margin_m: Metres


def altitudes_to_fly(
    h_min_m: Metres, terrain: Sequence[TerrainPair], margin_m: Metres | None
) -> tuple[SegmentAltitude, ...]:
    """Least altitude for each segment: H_min + the highest terrain + the stated margin.

    Raises UnknownValueError without a margin, SensorError for a number that cannot be.
    """
    require_positive(h_min_m=h_min_m)
    if margin_m is None:
        raise UnknownValueError(
            "the decided corrections from H_min to altitude are not public",
            remedy="State them as a margin in metres (0 where you know that there are none).",
        )
    if not (math.isfinite(margin_m) and margin_m >= 0.0):
        raise SensorError(
            f"a margin of {margin_m:g} m", remedy="Give zero or more: it may not take height away."
        )
    for pair in terrain:
        if not (math.isfinite(pair.left_m) and math.isfinite(pair.right_m)):
            raise SensorError("a terrain height is no number", remedy="Give metres.")
    return tuple(
        SegmentAltitude(h_min_m + t.highest_m + margin_m, h_min_m, t.highest_m, margin_m)
        for t in terrain
    )
