"""What the compiled search works on: plain arrays, nothing that knows a treaty or a sensor.

Points are places first (where the aircraft may land), then nodes (candidate fixes). A sequence is
an int32 array of points that begins at the start and ends at the end of the flight; every place
in between is a landing, and what lies between two landings is a stage.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

BLOCKED_KM = 1.0e7
"""Length of a leg that may not be flown: longer than any limit."""

TOTAL_KM, STAGE_KM, SPEED, REFUELLING, DAY, REST, OVER, LATER = range(8)
"""Fields of ``Field.limits``: km, km, km/h, and hours; the flight takes ``OVER`` hours at most and
begins ``LATER`` than usual."""
PLACES, STAGES, FIXES, SIMPLE, TIMED = range(5)
"""Fields of ``Field.counts``."""
NEAR, FAR, LEFT, RIGHT = range(4)
"""Fields of a strip: sines of the angles at the Earth's centre, and 1 where a side is seen."""

MOST_POINTS = 1024
"""Most points a sequence may have."""


class Field(NamedTuple):
    """A problem of m points and t targets.

    ``km`` (m, m), by the way round where ``bent`` (m, m) says that the direct leg is blocked;
    ``xyz`` (m, 3) and ``spot`` (t, 3) unit vectors; ``value`` (t,); ``strips``
    (s, 4), those of target i being ``first_strip[i]`` to ``first_strip[i + 1]``; ``sees`` lists
    the targets beside each point and ``serves`` the nodes from which a target is seen, in the
    same way; ``around`` (m, k) the targets that can be seen nearest to a point and
    ``reach`` (m, k) how far they are, km, nearest first; ``opens``, ``closes`` (t,) hours after the
    usual start.
    """

    km: Floats
    bent: Flags
    xyz: Floats
    value: Floats
    spot: Floats
    strips: Floats
    first_strip: Ints
    first_seen: Ints
    sees: Ints
    first_server: Ints
    serves: Ints
    around: Ints
    reach: Floats
    opens: Floats
    closes: Floats
    limits: Floats
    counts: Longs


class Looks(NamedTuple):
    """What legs see, each worked out once: an open hash table into one long list of targets."""

    keys: Longs
    first: Ints
    number: Ints
    targets: Ints
    fill: Longs
    """Used length of ``targets``; used entries."""


class Flight(NamedTuple):
    """A sequence and its sums; ``tally`` (t,) says how many legs see a target in time."""

    seq: Ints
    tally: Ints
    size: Longs
    sums: Floats


VALUE, LENGTH, WORST, LANDINGS, HOURS, BEGUN = range(6)
"""Fields of ``Flight.sums``: value seen, km, km of the longest stage, stages, hours in all,
and the start it was measured with, hours after the usual one."""


def new_looks(targets: int) -> Looks:
    """An empty table: room for 2^17 legs."""
    size = 1 << 17
    room = max(1 << 21, 1024 * targets)
    return Looks(
        np.full(size, -1, np.int64),
        np.zeros(size, np.int32),
        np.zeros(size, np.int32),
        np.zeros(room, np.int32),
        np.zeros(2, np.int64),
    )


def new_flight(targets: int) -> Flight:
    return Flight(
        np.zeros(MOST_POINTS, np.int32),
        np.zeros(targets, np.int32),
        np.zeros(1, np.int64),
        np.zeros(6),
    )


def fill_flight(flight: Flight, points: Any) -> None:
    """Put a sequence of points into a flight; its sums are not taken."""
    flight.size[0] = len(points)
    flight.seq[: len(points)] = points
