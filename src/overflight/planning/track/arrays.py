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
Courses = NDArray[np.float32]

BLOCKED_KM = 1.0e7
"""Length of a leg that may not be flown: longer than any limit."""

TOTAL_KM, STAGE_KM, SPEED, REFUELLING, DAY, REST, OVER, LATER, CLIMB, DESCENT, SPENT = range(11)
"""Fields of ``Field.limits``: km, km, km/h, and hours; the flight takes ``OVER`` hours at most and
begins ``LATER`` than usual. A stage shows nothing in its first ``CLIMB`` and last ``DESCENT`` km,
and takes ``SPENT`` km more of what it may take for them."""
BEFORE, AFTER, EXTRA = range(3)
"""Columns of ``Field.bends``: what of the legs before and after a turn is not level, and how much
longer it makes the stage, km. Rows are angles, from none to half a turn."""
LOW, HIGH, AT, LEFT_KM = range(4)
"""Columns of ``Flight.spans``: from where to where a leg shows something, km along it, how far from
its stage's start it begins, and how far before the end it ends."""
PLACES, STAGES, FIXES, SIMPLE, TIMED, EARLY = range(6)
"""Fields of ``Field.counts``; ``EARLY``: turns begin before their fix."""
UNLIMITED = 1 << 30
"""So many fixes (or more) are no limit."""
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
    usual start. ``course`` (m, m) is the direction at a point of the way to another, radians, and
    ``bends`` (k, 3) what turns come to. ``enter`` (m, m) numbers the corner, of ``corners`` (c, 3),
    at which the way from one point to another bends first, where it does.
    """

    km: Floats
    bent: Flags
    course: Courses
    bends: Floats
    enter: Ints
    corners: Floats
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
    along: Floats
    """How far along the leg each target is passed, km."""
    fill: Longs
    """Used length of ``targets``; used entries."""


class Flight(NamedTuple):
    """A sequence and its sums; ``tally`` (t,) says how many legs see a target, level and in time.

    ``spans`` (n, 4) are of the legs from each point on; ``aside`` (4, 4) is room to keep some.
    """

    seq: Ints
    tally: Ints
    size: Longs
    sums: Floats
    spans: Floats
    aside: Floats


VALUE, LENGTH, WORST, LANDINGS, HOURS, BEGUN = range(6)
"""Fields of ``Flight.sums``: value seen, km, km that the longest stage takes, stages, hours in all,
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
        np.zeros(room),
        np.zeros(2, np.int64),
    )


def new_flight(targets: int) -> Flight:
    return Flight(
        np.zeros(MOST_POINTS, np.int32),
        np.zeros(targets, np.int32),
        np.zeros(1, np.int64),
        np.zeros(6),
        np.zeros((MOST_POINTS, 4)),
        np.zeros((4, 4)),
    )


def fill_flight(flight: Flight, points: Any) -> None:
    """Put a sequence of points into a flight; its sums are not taken."""
    flight.size[0] = len(points)
    flight.seq[: len(points)] = points
