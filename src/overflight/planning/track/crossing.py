"""Whether legs of a sequence cross: great circles, quick; the judge is ``simple_path``.

Legs that meet at a landing do not cross there, and none crosses at a fix that it shares with its
neighbour; legs that run along each other do, wherever they meet.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from overflight.planning.track.arrays import PLACES, Field, Flight, Floats, Ints

_PER_KM = 1.01 / 6356.0
_ALONG = 1e-4
"""Sine of the angle between two legs from one point below which they run along each other."""


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def cross(xyz: Floats, km: Floats, a: int, b: int, c: int, d: int) -> bool:
    """Whether the legs a-b and c-d cross, or run along each other from a point they share."""
    if a == c:
        return _along(xyz, a, b, d)
    if a == d:
        return _along(xyz, a, b, c)
    if b == c:
        return _along(xyz, b, a, d)
    if b == d:
        return _along(xyz, b, a, c)
    x = xyz[a, 0] + xyz[b, 0] - xyz[c, 0] - xyz[d, 0]
    y = xyz[a, 1] + xyz[b, 1] - xyz[c, 1] - xyz[d, 1]
    z = xyz[a, 2] + xyz[b, 2] - xyz[c, 2] - xyz[d, 2]
    # Twice the way between the middles of the chords, against twice half of both lengths.
    reach = (km[a, b] + km[c, d]) * _PER_KM
    if x * x + y * y + z * z > reach * reach:
        return False
    if _side(xyz, a, b, c) * _side(xyz, a, b, d) > 0.0:
        return False
    return _side(xyz, c, d, a) * _side(xyz, c, d, b) <= 0.0


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _side(xyz: np.ndarray, a: int, b: int, p: int) -> float:
    return float(
        (xyz[a, 1] * xyz[b, 2] - xyz[a, 2] * xyz[b, 1]) * xyz[p, 0]
        + (xyz[a, 2] * xyz[b, 0] - xyz[a, 0] * xyz[b, 2]) * xyz[p, 1]
        + (xyz[a, 0] * xyz[b, 1] - xyz[a, 1] * xyz[b, 0]) * xyz[p, 2]
    )


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _along(xyz: Floats, at: int, one: int, other: int) -> bool:
    """Whether the ways from ``at`` to two points are one line."""
    if one == other:
        return True
    ux, uy, uz = (
        xyz[one, 0] - xyz[at, 0],
        xyz[one, 1] - xyz[at, 1],
        xyz[one, 2] - xyz[at, 2],
    )
    vx, vy, vz = (
        xyz[other, 0] - xyz[at, 0],
        xyz[other, 1] - xyz[at, 1],
        xyz[other, 2] - xyz[at, 2],
    )
    if ux * vx + uy * vy + uz * vz <= 0.0:
        return False
    size = np.sqrt((ux * ux + uy * uy + uz * uz) * (vx * vx + vy * vy + vz * vz))
    # The part of the cross product along the vertical: the angle as seen from above.
    sine = abs(
        (uy * vz - uz * vy) * xyz[at, 0]
        + (uz * vx - ux * vz) * xyz[at, 1]
        + (ux * vy - uy * vx) * xyz[at, 2]
    )
    return bool(sine < _ALONG * size)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def leg_crosses(field: Field, flight: Flight, at: int) -> int:
    """Index of a leg of the flight that crosses its leg ``at``, or -1."""
    return _leg_crosses(field.xyz, field.km, flight.seq, flight.size[0], at, field.counts[PLACES])


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _leg_crosses(xyz: Floats, km: Floats, seq: Ints, m: int, at: int, places: int) -> int:
    a, b = seq[at], seq[at + 1]
    for k in range(m - 1):
        c, d = seq[k], seq[k + 1]
        if k == at or not cross(xyz, km, a, b, c, d):
            continue
        first = min(at, k)
        one_line = a == d and b == c and seq[first] < places
        if one_line and (max(at, k) == first + 1 or seq[first + 1] < places):
            continue  # out to one fix, or from landing to landing, and back: parted afterwards
        return k
    return -1


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def first_crossing(field: Field, flight: Flight, known: np.ndarray) -> tuple[int, int]:
    """Two legs that cross, i < j, or (-1, -1). ``known[a] == b``: the leg a-b was looked at.

    Legs that were in a flight without crossings, in either direction, cannot cross each other.
    """
    for i in range(flight.size[0] - 1):
        a, b = flight.seq[i], flight.seq[i + 1]
        if known[a] == b or known[b] == a:
            continue
        k = leg_crosses(field, flight, i)
        if k >= 0:
            return min(i, k), max(i, k)
    return -1, -1
