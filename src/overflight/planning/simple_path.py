"""Paths that do not cross themselves: found exactly, guarded quickly.

Airfields where the aircraft lands are exempt, as take-off and landing are (VI.II.4(G)): legs
that meet at such an airfield do not count as crossing there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from overflight.geo.geodesic import distance_km, wgs84
from overflight.geo.positions import Position
from overflight.planning.problem import Route
from overflight.sensing.track import unit_vectors
from overflight.units import Degrees, Kilometres

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
LegEnds = tuple[Position, Position]

_EARTH_KM = 6371.0088
_TOUCH = 0.1 / _EARTH_KM
"""Legs that come within 100 m are taken to touch by the quick guard; the exact test uses 10 m."""
_AT_STATION_KM = 0.05


def legs_of(path: Sequence[Position]) -> list[LegEnds]:
    """The legs between successive positions."""
    return list(pairwise(path))


def exact_crossings(route: Route) -> list[tuple[int, int, Position]]:
    """Pairs of legs (indices into the path's legs) that cross or touch, and where."""
    from overflight.geo.crossings import crossings

    path = route.path
    landings = {path[i] for i in route.landings}
    found = []
    for crossing in crossings(path):
        i, j, at = crossing.leg_i, crossing.leg_j, crossing.position
        shared = {path[i], path[i + 1]} & {path[j], path[j + 1]} & landings
        if not any(distance_km(at, station) <= _AT_STATION_KM for station in shared):
            found.append((i, j, at))
    return found


def may_cross(leg: LegEnds, others: Sequence[LegEnds], exempt: frozenset[Position]) -> bool:
    """Quick guard: whether ``leg`` may cross or touch one of ``others``; errs to the safe side.

    A fix belongs to two legs only; at ``exempt`` airfields any number may meet. Of legs that
    share an end, only the ends that they do not share are looked at.
    """
    if not others:
        return False
    for end in set(leg) - exempt:
        if sum(end in other for other in others) > 1:
            return True
    a, b = unit_vectors(leg)
    c = unit_vectors([other[0] for other in others])
    d = unit_vectors([other[1] for other in others])
    own_c = np.array([other[0] in leg for other in others])
    own_d = np.array([other[1] in leg for other in others])
    if (own_c & own_d).any():
        return True
    shared_a = np.array([leg[0] in other for other in others])
    shared_b = np.array([leg[1] in other for other in others])
    ab, cd = _normals(a[None], b[None])[0], _normals(c, d)
    through = ((c @ ab) * (d @ ab) < 0) & ((cd @ a) * (cd @ b) < 0) & ((c + d) @ (a + b) > 0)
    touching = (
        (_near(c, a[None], b[None], ab[None]) & ~own_c)
        | (_near(d, a[None], b[None], ab[None]) & ~own_d)
        | (_near(a[None], c, d, cd) & ~shared_a)
        | (_near(b[None], c, d, cd) & ~shared_b)
    )
    return bool((through & ~(own_c | own_d)).any() or touching.any())


def circling(
    path: Sequence[Position], radius_km: Kilometres, degrees: Degrees
) -> tuple[int, int] | None:
    """First and last index of a stretch that circles; None when there is none.

    The path circles when within ``radius_km`` of one of its points it turns, all in all, through
    ``degrees`` or more the same way.
    """
    if radius_km <= 0 or len(path) < 3:
        return None
    lon, lat = np.array([p.lon for p in path]), np.array([p.lat for p in path])
    out, back, _ = wgs84().inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    change = np.asarray(out)[1:] - (np.asarray(back)[:-1] + 180.0)
    turns = np.concatenate([[0.0], (change + 180.0) % 360.0 - 180.0, [0.0]])
    for first in range(1, len(path) - 1):
        total = 0.0
        for last in range(first, len(path) - 1):
            if last > first and distance_km(path[first], path[last]) > radius_km:
                break
            total += float(turns[last])
            if abs(total) >= degrees:
                return first, last
    return None


def _normals(c: Floats, d: Floats) -> Floats:
    """Unit normals of n arcs, shape (n, 3); zero for an arc of no length."""
    normals = np.cross(c, d)
    size = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.asarray(normals / np.where(size > 0, size, 1.0))


def _near(points: Floats, starts: Floats, ends: Floats, normals: Floats) -> Bools:
    """Whether point k lies within touching distance of arc k; either side may be a single one."""
    middles = starts + ends
    middles = middles / np.linalg.norm(middles, axis=1, keepdims=True)
    half = np.arccos(np.clip(np.sum(starts * middles, axis=1), -1.0, 1.0)) + _TOUCH
    off = np.abs(np.sum(points * normals, axis=1))
    return np.asarray((off <= _TOUCH) & (np.sum(points * middles, axis=1) >= np.cos(half)))
