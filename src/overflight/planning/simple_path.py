"""Paths that do not cross themselves: found exactly, guarded quickly.

Airfields where the aircraft lands are exempt, as take-off and landing are (VI.II.4(G)): legs
that meet at such an airfield do not count as crossing there. Legs that run along each other do,
wherever they meet: an airfield does not excuse flying out and back on one line.
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
"""Legs that come within 100 m are taken to touch by the quick guard; the exact test uses 2 m."""
_AT_STATION_KM = 0.05


def legs_of(path: Sequence[Position]) -> list[LegEnds]:
    """The legs between successive positions."""
    return list(pairwise(path))


def exact_crossings(route: Route) -> list[tuple[int, int, Position]]:
    """Pairs of legs (indices into the path's legs) that cross or touch, and where."""
    from overflight.geo.crossings import crossings

    path = route.path
    landings = _landings(route)
    found = []
    for crossing in crossings(path):
        i, j, at = crossing.leg_i, crossing.leg_j, crossing.position
        shared = {path[i], path[i + 1]} & {path[j], path[j + 1]}
        along = crossing.kind == "overlap" or len(shared) > 1
        if along or not _at_one_of(at, shared & landings):
            found.append((i, j, at))
    return found


def first_crossing(route: Route) -> tuple[int, int] | None:
    """A pair of legs of which ``exact_crossings`` would tell, or None; quicker than all of them."""
    from overflight.geo.crossings import crossings

    path, landings = route.path, _landings(route)
    legs = legs_of(path)
    for i, j in _suspects(legs, landings):
        shared = {*legs[i]} & {*legs[j]}
        if j > i + 1 and (len(shared) > 1 or shared - landings):
            return i, j
        mini = (*legs[i], *legs[j]) if j > i + 1 else (*legs[i], legs[j][1])
        for crossing in crossings(mini):
            if crossing.leg_j - crossing.leg_i != len(mini) - 2:
                continue
            if crossing.kind == "overlap" or not _at_one_of(crossing.position, shared & landings):
                return i, j
    return None


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
    return bool(_meet([leg], others).any())


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


def _landings(route: Route) -> set[Position]:
    return {station.position for station in route.stations}


def _at_one_of(at: Position, places: set[Position]) -> bool:
    return any(distance_km(at, place) <= _AT_STATION_KM for place in places)


def _suspects(legs: Sequence[LegEnds], landings: set[Position]) -> list[tuple[int, int]]:
    """Pairs i < j of legs that may meet where they should not; none that does is left out."""
    meeting = _meet(legs, legs)
    for i, leg in enumerate(legs):
        for j in range(i + 2, len(legs)):
            if ({*leg} & {*legs[j]}) - landings:
                meeting[i, j] = True
    first, second = np.nonzero(np.triu(meeting, k=1))
    return [(int(i), int(j)) for i, j in zip(first, second, strict=True)]


def _meet(legs: Sequence[LegEnds], others: Sequence[LegEnds]) -> Bools:
    """Which of m legs may meet which of n others but at an end they share, shape (m, n)."""
    number = {p: k for k, p in enumerate(dict.fromkeys(p for leg in (*legs, *others) for p in leg))}
    a, b = (_Ends(legs, number, side) for side in (0, 1))
    c, d = (_Ends(others, number, side) for side in (0, 1))
    ab, cd = _Arcs(a, b), _Arcs(c, d)
    own_c, own_d = c.among(a, b).T, d.among(a, b).T
    own_a, own_b = a.among(c, d), b.among(c, d)
    facing = ab.middle @ cd.middle.T > 0
    split_cd = (ab.normal @ c.xyz.T) * (ab.normal @ d.xyz.T) < 0
    split_ab = (a.xyz @ cd.normal.T) * (b.xyz @ cd.normal.T) < 0
    through = split_cd & split_ab & facing & ~(own_c | own_d)
    touching = (
        (ab.near(c.xyz) & ~own_c)
        | (ab.near(d.xyz) & ~own_d)
        | (cd.near(a.xyz).T & ~own_a)
        | (cd.near(b.xyz).T & ~own_b)
    )
    return np.asarray(through | touching | (own_c & own_d))


class _Ends:
    """One end of each of n legs: number of the position, and direction from the Earth's centre."""

    def __init__(self, legs: Sequence[LegEnds], number: dict[Position, int], side: int) -> None:
        points = [leg[side] for leg in legs]
        self.number = np.array([number[point] for point in points])
        self.xyz = unit_vectors(points)

    def among(self, first: _Ends, second: _Ends) -> Bools:
        """Whether each is an end of each other leg, shape (n, others)."""
        mine = self.number[:, None]
        return np.asarray((mine == first.number) | (mine == second.number))


class _Arcs:
    """n arcs: unit normals (zero for one of no length), middles, half lengths and a touch more."""

    def __init__(self, start: _Ends, end: _Ends) -> None:
        normal = np.cross(start.xyz, end.xyz)
        size = np.linalg.norm(normal, axis=1, keepdims=True)
        self.normal = normal / np.where(size > 0, size, 1.0)
        middle = start.xyz + end.xyz
        self.middle = middle / np.linalg.norm(middle, axis=1, keepdims=True)
        cosine = np.clip(np.sum(start.xyz * self.middle, axis=1), -1.0, 1.0)
        self.reach = np.cos(np.arccos(cosine) + _TOUCH)

    def near(self, points: Floats) -> Bools:
        """Whether each arc has each point within touching distance, shape (arcs, points)."""
        off = np.abs(self.normal @ points.T)
        return np.asarray((off <= _TOUCH) & (self.middle @ points.T >= self.reach[:, None]))
