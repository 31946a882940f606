"""Shortest ways round what is blocked: between many points at once, or between two.

The graph is the visibility graph: points and corners, joined where the leg between them is free.
The way from corner to corner is worked out once (Floyd, "Algorithm 97: shortest path",
Communications of the ACM 5 (1962)); a point needs only the corners that it sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.geo.geodesic import distance_km, distance_matrix_km, wgs84
from overflight.geo.positions import Position
from overflight.planning.problem import BlockedLegs, BoolMatrix, PlanningProblem
from overflight.planning.visibility import LonLat, Ring, RingWalls
from overflight.units import Kilometres

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

_BATCH = 4_000_000
"""Most numbers held at once while ways are compared."""
_STRAIGHT = -1
_MOST_TRIES = 400


@dataclass(frozen=True, slots=True)
class Way:
    """A way that is free: its length, and where it bends."""

    km: Kilometres
    bends: tuple[Position, ...] = ()


@dataclass(frozen=True, eq=False)
class Bends:
    """Ways between n points. ``km`` is inf where there is none; symmetric, shape (n, n).

    ``direct`` are the lengths of direct legs, free or not.
    ``first`` and ``last`` number the corners at which a way leaves i and comes to j, -1 where it
    is a single leg (or none): ``first[i, j] == last[j, i]``.
    """

    km: Floats
    direct: Floats
    first: Rows
    last: Rows
    detours: Detours

    @property
    def blocked(self) -> BoolMatrix:
        """Pairs between which there is no way at all."""
        return np.asarray(~np.isfinite(self.km))

    @property
    def bent(self) -> BoolMatrix:
        """Pairs between which the direct leg is blocked and a way round exists."""
        return np.asarray(self.first != _STRAIGHT)

    def bends(self, i: int, j: int) -> tuple[Position, ...]:
        """Where the way from point i to point j bends."""
        if self.first[i, j] == _STRAIGHT:
            return ()
        return self.detours.between(int(self.first[i, j]), int(self.last[i, j]))

    def moved(self, points: Sequence[Position], rows: Sequence[int]) -> Bends:
        """The same ways between other points, each standing near the point of the given row.

        Lengths are worked out anew; corners are taken over, so legs have to be looked at again.
        """
        keep = np.ix_(rows, rows)
        first, last, lost = self.first[keep], self.last[keep], self.blocked[keep]
        direct = distance_matrix_km(points)
        km = direct.copy()
        to_corner = self.detours.distances(points)
        i, j = np.nonzero(np.triu(first != _STRAIGHT, k=1))
        c, d = first[i, j], last[i, j]
        km[i, j] = km[j, i] = to_corner[i, c] + self.detours.km[c, d] + to_corner[j, d]
        km[lost] = np.inf
        np.fill_diagonal(km, 0.0)
        return Bends(km, direct, first, last, self.detours)


class Detours:
    """The ways round what ``blocked`` blocks, by way of ``corners``.

    Which corners see each other is asked once, together with the first points.
    """

    def __init__(self, blocked: BlockedLegs, corners: Sequence[Position]) -> None:
        self.corners = tuple(dict.fromkeys(corners))
        self._blocked = blocked
        self._lon = np.array([p.lon for p in self.corners])
        self._lat = np.array([p.lat for p in self.corners])
        self._known: tuple[Floats, Rows] | None = None
        self._sees: dict[Position, NDArray[np.bool_]] = {}
        self._legs: dict[tuple[Position, int], bool] = {}

    @property
    def km(self) -> Floats:
        """Shortest ways from corner to corner, km, inf where there is none, shape (c, c)."""
        return self._graph()[0]

    def distances(self, points: Sequence[Position]) -> Floats:
        """Direct distances from points to corners, km, shape (n, c)."""
        n, c = len(points), len(self.corners)
        if not n or not c:
            return np.zeros((n, c))
        lon, lat = np.array([p.lon for p in points]), np.array([p.lat for p in points])
        metres = wgs84().inv(
            np.repeat(lon, c), np.repeat(lat, c), np.tile(self._lon, n), np.tile(self._lat, n)
        )[2]
        return np.asarray(metres, dtype=float).reshape(n, c) / 1000.0

    def between(self, c: int, d: int) -> tuple[Position, ...]:
        """The corners of the shortest way from corner c to corner d, both included."""
        after = self._graph()[1]
        way = [c]
        while way[-1] != d:
            way.append(int(after[way[-1], d]))
        return tuple(self.corners[k] for k in way)

    def matrix(self, points: Sequence[Position], within_km: Kilometres = np.inf) -> Bends:
        """Shortest ways between n points; one longer than ``within_km`` counts as none."""
        n = len(points)
        everything = np.array(self._blocked([*points, *self.corners]), dtype=bool)
        if self._known is None:
            self._known = self._solved(everything[n:, n:])
        straight = everything[:n, :n].copy()
        np.fill_diagonal(straight, False)
        direct = distance_matrix_km(points) if n else np.zeros((0, 0))
        km = np.where(straight, np.inf, direct)
        first, last = (np.full((n, n), _STRAIGHT, dtype=np.int64) for _ in range(2))
        free = ~everything[:n, n:]
        for row, point in enumerate(points):
            self._sees[point] = free[row]
        i, j = np.nonzero(np.triu(straight, k=1))
        if len(i) and self.corners:
            to = np.where(free, self.distances(points), np.inf)
            length, entry = self._to_all_corners(to)
            for part in np.array_split(np.arange(len(i)), len(i) * len(self.corners) // _BATCH + 1):
                sums = length[i[part]] + to[j[part]]
                d = np.argmin(sums, axis=1)
                best = sums[np.arange(len(part)), d]
                ok = best <= within_km if np.isfinite(within_km) else np.isfinite(best)
                a, b, d, best = i[part][ok], j[part][ok], d[ok], best[ok]
                c = entry[a, d]
                km[a, b] = km[b, a] = best
                first[a, b] = last[b, a] = c
                last[a, b] = first[b, a] = d
        return Bends(km, direct, first, last, self)

    def way(self, a: Position, b: Position) -> Way | None:
        """The shortest way from ``a`` to ``b``; None where there is none.

        Legs to corners are looked at only as far as it takes: a few for most pairs.
        """
        if not self._blocked([a, b])[0, 1]:
            return Way(distance_km(a, b))
        if not self.corners:
            return None
        to_a, to_b = self.distances([a, b])
        for known, away in ((a, to_a), (b, to_b)):
            if known in self._sees:
                away[~self._sees[known]] = np.inf
        sums = to_a[:, None] + self.km + to_b[None, :]
        for _ in range(_MOST_TRIES):
            c, d = np.unravel_index(int(np.argmin(sums)), sums.shape)
            best = float(sums[c, d])
            if not np.isfinite(best):
                return None
            seen_a, seen_b = self._free(a, int(c)), self._free(b, int(d))
            if seen_a and seen_b:
                return Way(best, self.between(int(c), int(d)))
            if not seen_a:
                sums[c, :] = np.inf
            if not seen_b:
                sums[:, d] = np.inf
        return None

    def _free(self, point: Position, corner: int) -> bool:
        if point in self._sees:
            return bool(self._sees[point][corner])
        key = (point, corner)
        if key not in self._legs:
            self._legs[key] = not self._blocked([point, self.corners[corner]])[0, 1]
        return self._legs[key]

    def _graph(self) -> tuple[Floats, Rows]:
        if self._known is None:
            self._known = self._solved(np.array(self._blocked(self.corners), dtype=bool))
        return self._known

    def _solved(self, blocked: BoolMatrix) -> tuple[Floats, Rows]:
        """Lengths of the shortest ways between corners, and the corner that comes next on each."""
        c = len(self.corners)
        if not c:
            return np.zeros((0, 0)), np.zeros((0, 0), dtype=np.int64)
        km = distance_matrix_km(self.corners)
        km[blocked] = np.inf
        np.fill_diagonal(km, 0.0)
        after = np.tile(np.arange(c), (c, 1))
        for k in range(c):
            through = km[:, k, None] + km[None, k, :]
            shorter = through < km
            np.copyto(km, through, where=shorter)
            np.copyto(after, after[:, k, None], where=shorter)
        return km, after

    def _to_all_corners(self, to: Floats) -> tuple[Floats, Rows]:
        """From n points that see corners at distances ``to``: length, and the first corner."""
        n, c = to.shape
        length, entry = np.full((n, c), np.inf), np.zeros((n, c), dtype=np.int64)
        for row in range(n):
            seen = np.flatnonzero(np.isfinite(to[row]))
            if len(seen):
                sums = to[row, seen][:, None] + self.km[seen]
                best = np.argmin(sums, axis=0)
                length[row], entry[row] = sums[best, np.arange(c)], seen[best]
        return length, entry


def detours_for(problem: PlanningProblem) -> Detours | None:
    """The ways round what the problem blocks that a flight can take; None: it tells no corners."""
    corners = corners_of(problem)
    ends = (problem.start.position, problem.end.position)
    near = Detours(problem.blocked, corners).distances(ends)
    within = near.sum(axis=0) <= problem.max_total_km
    kept = [corner for corner, ok in zip(corners, within, strict=True) if ok]
    return Detours(problem.blocked, kept) if kept else None


def corners_of(problem: PlanningProblem) -> tuple[Position, ...]:
    """Where ways round what the problem blocks may bend, wherever a flight can come to."""
    places = (problem.start, problem.end, *problem.stations)
    start, end = problem.start.position, problem.end.position
    points = dict.fromkeys(
        [*(place.position for place in places), *(t.position for t in problem.targets)]
    )
    within = [
        point
        for point in points
        if distance_km(start, point) + distance_km(point, end) <= problem.max_total_km
    ]
    return tuple(dict.fromkeys(problem.corners(within)))


def detour_matrix(
    points: Sequence[LonLat], rings: Sequence[Ring], margin_km: Kilometres = 0.0
) -> Floats:
    """Shortest flyable distances between n points round areas, km, shape (n, n), symmetric.

    ``points`` are (longitude, latitude), ``rings`` outlines of such points with geodesic sides;
    legs keep ``margin_km`` away. inf where there is no way (a point lies inside an area). At every
    corner the way is at most some 0.2 km longer than the tightest one, more where the points lie
    farther than 2,000 km from their middle (see ``visibility.RingWalls``).
    """
    return _round_rings(points, rings, margin_km).km


def detour_path(
    a: LonLat, b: LonLat, rings: Sequence[Ring], margin_km: Kilometres = 0.0
) -> tuple[Kilometres, tuple[LonLat, ...]] | None:
    """Length and points, both ends included, of the shortest way from ``a`` to ``b``; or None."""
    found = _round_rings([a, b], rings, margin_km)
    if not np.isfinite(found.km[0, 1]):
        return None
    return float(found.km[0, 1]), (a, *(p.xy for p in found.bends(0, 1)), b)


def _round_rings(points: Sequence[LonLat], rings: Sequence[Ring], margin_km: Kilometres) -> Bends:
    walls = RingWalls.of(rings, margin_km)
    places = [Position(lat=y, lon=x) for x, y in points]
    detours = Detours(walls.blocked, walls.corners(walls.error_km(places)))
    return detours.matrix(places)
