"""A planning problem as arrays: which fixes may be flown to, and what is near what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from overflight.geo.geodesic import distance_matrix_km
from overflight.geo.positions import Position
from overflight.planning.board import Board
from overflight.planning.evaluate import LegBook
from overflight.planning.fixes import candidates
from overflight.planning.problem import Place, PlanningProblem
from overflight.planning.track.arrays import (
    BLOCKED_KM,
    UNLIMITED,
    Courses,
    Field,
    Flags,
    Flight,
    Floats,
    Ints,
)
from overflight.sensing.track import unit_vectors

EARTH_KM = 6371.0088
_NARROWER = 0.006
"""Part by which strips are made narrower: a sphere's distances are wrong by up to 0.4 %."""
_ROUNDING_KM = 0.005
_NEIGHBOURS = 40
_OPTIONS = 4
"""Fixes that a target may be seen from, as far as there are so many."""
_MOST_POINTS = 1600
_UNTIMED = 1e18


@dataclass
class Arena:
    """The field of a problem, the positions behind its points, and which legs were looked at.

    What is blocked between fixes of the board is known beforehand. Other fixes take it over from
    the fix of the board beside them, so legs are looked at when a flight has them (``judge``).
    """

    field: Field
    places: tuple[Place, ...]
    points: tuple[Position, ...]
    judged: Flags

    def judge(self, book: LegBook, flight: Flight) -> bool:
        """Look at the legs of a flight; True when one turned out to be longer or blocked."""
        seq = flight.seq[: flight.size[0]].tolist()
        fresh = [(a, b) for a, b in pairwise(seq) if a != b and not self.judged[a, b]]
        if not fresh:
            return False
        book.blocked_on([self.points[i] for i in seq])
        changed = False
        for a, b in fresh:
            self.judged[a, b] = self.judged[b, a] = True
            if self.field.bent[a, b] or not book.blocked(self.points[a], self.points[b]):
                continue
            detours = book.detours
            way = None if detours is None else detours.way(self.points[a], self.points[b])
            km = BLOCKED_KM if way is None else way.km
            self.field.km[a, b] = self.field.km[b, a] = km
            self.field.bent[a, b] = self.field.bent[b, a] = True
            if detours is not None and way is not None:
                self._bend(a, b, detours.corners.index(way.bends[0]))
                self._bend(b, a, detours.corners.index(way.bends[-1]))
            changed = True
        return changed

    def _bend(self, a: int, b: int, corner: int) -> None:
        """Note that the way from ``a`` to ``b`` goes by that corner first."""
        self.field.enter[a, b] = corner
        here, there = self.field.xyz[a : a + 1], self.field.corners[corner : corner + 1]
        ends = np.concatenate([here, there])
        self.field.course[a, b] = _courses(ends, np.full((2, 2), -1, np.int32), ends)[0, 1]


def arena_for(problem: PlanningProblem, board: Board) -> Arena:
    """The arena of a board: its places and nodes, and more fixes for the same targets."""
    points, rows = _points(problem, board)
    xyz = unit_vectors(points)
    spot = unit_vectors([t.position for t in problem.targets]).reshape(-1, 3)
    first_strip, strips, reach = _strips(problem)
    km, bent, enter = _lengths(board, points, rows)
    corners = _corner_vectors(board)
    sees = _beside(xyz, spot, reach, board.first_node)
    serves: list[list[int]] = [[] for _ in problem.targets]
    for node, targets in enumerate(sees):
        for target in targets:
            serves[target].append(node)
    first_seen, seen = _lists(sees)
    first_server, servers = _lists(serves)
    around, away = _around(xyz, spot, serves)
    opens = np.array([max(t.opens, -_UNTIMED) for t in problem.targets])
    closes = np.array([min(t.closes, _UNTIMED) for t in problem.targets])
    timed = problem.clock is not None and bool(
        (opens > -_UNTIMED).any() or (closes < _UNTIMED).any()
    )
    field = Field(
        km=km,
        bent=bent,
        course=_courses(xyz, enter, corners),
        bends=np.zeros((2, 3)) if problem.level is None else problem.level.table(),
        enter=enter,
        corners=corners,
        xyz=np.ascontiguousarray(xyz),
        value=np.array([float(t.value) for t in problem.targets]),
        spot=np.ascontiguousarray(spot),
        strips=strips,
        first_strip=first_strip,
        first_seen=first_seen,
        sees=seen,
        first_server=first_server,
        serves=servers,
        around=around,
        reach=away,
        opens=opens,
        closes=closes,
        limits=np.array(
            [
                problem.max_total_km,
                problem.max_stage_km,
                *_hours(problem),
                0.0,
                *_climbing(problem),
            ]
        ),
        counts=np.array(
            [
                board.first_node,
                problem.max_stages,
                UNLIMITED if problem.max_fixes is None else problem.max_fixes,
                int(problem.simple_path),
                int(timed),
                int(problem.level is not None and problem.level.early),
            ],
            np.int64,
        ),
    )
    judged = np.eye(len(points), dtype=bool)
    own = len(board.points)
    judged[:own, :own] = True
    return Arena(field, board.places, points, judged)


def _hours(problem: PlanningProblem) -> tuple[float, float, float, float, float]:
    """Cruise speed, km/h, and hours: refuelling, a day's flying, rest, all together at most."""
    if problem.clock is None:
        return (1.0, 0.0, _UNTIMED, 0.0, _UNTIMED)
    pace = problem.clock.pace()
    return (pace.cruise_km_h, pace.refuelling, pace.flying_day, pace.rest, problem.clock.over())


def _climbing(problem: PlanningProblem) -> tuple[float, float, float]:
    """What of a stage shows nothing at its start and at its end, and what that adds to it, km."""
    level = problem.level
    if level is None:
        return (0.0, 0.0, 0.0)
    climb = level.climb_km + level.run_in_km if level.climb_km > 0 else 0.0
    return (climb, level.descent_km, level.spent_km)


def _points(problem: PlanningProblem, board: Board) -> tuple[tuple[Position, ...], list[int]]:
    """Points of the board, then other fixes, and the row of the board that each stands beside."""
    points = dict.fromkeys(board.points)
    rows = list(range(len(points)))
    if len(points) != len(board.points):
        raise ValueError("a board with a fix twice, or at an airfield")
    options = min(_OPTIONS, max(1, _MOST_POINTS // max(1, len(board.nodes))))
    for number, node in enumerate(board.nodes):
        for index in node.targets:
            target = problem.targets[index]
            found = 0
            for fix in candidates(target, problem.draw):
                if found == options:
                    break
                if problem.fix_allowed(fix):
                    found += 1
                    if fix not in points:
                        points[fix] = None
                        rows.append(board.first_node + number)
    return tuple(points), rows


def _lengths(
    board: Board, points: Sequence[Position], rows: list[int]
) -> tuple[Floats, Flags, Ints]:
    """Lengths between points, by ways round where those of the board go round; which do, and the
    corners at which they bend first (-1: they do not)."""
    if board.bends is not None:
        ways = board.bends.moved(points, rows)
        km = np.where(ways.blocked, BLOCKED_KM, ways.km)
        bent = ways.bent | ways.blocked
        enter = ways.first.astype(np.int32)
    else:
        bent = board.blocked[np.ix_(rows, rows)]
        km = np.where(bent, BLOCKED_KM, distance_matrix_km(points) if len(points) > 1 else 0.0)
        enter = np.full(bent.shape, -1, np.int32)
    np.fill_diagonal(km, 0.0)
    np.fill_diagonal(bent, False)
    return np.ascontiguousarray(km, dtype=float), np.ascontiguousarray(bent), enter


def _corner_vectors(board: Board) -> Floats:
    """Unit vectors of the corners that ways round bend at, shape (c, 3); one row at least."""
    corners = () if board.detours is None else board.detours.corners
    return np.ascontiguousarray(unit_vectors(corners) if corners else np.zeros((1, 3)))


def _courses(xyz: Floats, enter: Ints, corners: Floats) -> Courses:
    """Direction at each point of the way to each other, radians from north, shape (m, m)."""
    north = np.column_stack([-xyz[:, 2] * xyz[:, 0], -xyz[:, 2] * xyz[:, 1], 1 - xyz[:, 2] ** 2])
    east = np.column_stack([-xyz[:, 1], xyz[:, 0], np.zeros(len(xyz))])

    def towards(points: Floats) -> Courses:
        found = np.arctan2(east @ points.T, north @ points.T)
        return np.asarray(np.mod(found, 2.0 * np.pi), dtype=np.float32)

    courses = towards(xyz)
    if (enter >= 0).any():
        i, j = np.nonzero(enter >= 0)
        courses[i, j] = towards(corners)[i, enter[i, j]]
    return np.ascontiguousarray(courses)


def _strips(problem: PlanningProblem) -> tuple[Ints, Floats, Floats]:
    """Strips in a row, as sines; the furthest reach of each target, km (-1: it has none)."""
    first, rows, reach = [0], [], []
    for target in problem.targets:
        for strip in target.strips:
            near = strip.near_km * (1 + _NARROWER) + (_ROUNDING_KM if strip.near_km > 0 else 0.0)
            far = strip.far_km * (1 - _NARROWER) - _ROUNDING_KM
            if far < near:
                near = far = (strip.near_km + strip.far_km) / 2
            sides = (float(strip.left), float(strip.right))
            rows.append((math.sin(near / EARTH_KM), math.sin(far / EARTH_KM), *sides))
        first.append(len(rows))
        reach.append(max((s.far_km for s in target.strips), default=-1.0))
    return (
        np.array(first, np.int32),
        np.array(rows, dtype=np.float64).reshape(-1, 4),
        np.array(reach),
    )


def _beside(xyz: Floats, spot: Floats, reach: Floats, places: int) -> list[list[int]]:
    """For each node the targets that may be seen from about it; none for places."""
    found: list[list[int]] = [[] for _ in range(len(xyz))]
    for i in range(places, len(xyz)):
        arc = np.arccos(np.clip(spot @ xyz[i], -1.0, 1.0)) * EARTH_KM
        found[i] = [int(t) for t in np.flatnonzero(arc <= np.maximum(reach * 0.98, -0.5))]
    return found


def _lists(lists: list[list[int]]) -> tuple[Ints, Ints]:
    """Lists end to end: where each begins, and their members (one 0 when there are none)."""
    first = np.cumsum([0, *(len(entry) for entry in lists)]).astype(np.int32)
    return first, np.array([i for entry in lists for i in entry] or [0], np.int32)


def _around(xyz: Floats, spot: Floats, serves: list[list[int]]) -> tuple[Ints, Floats]:
    """The targets that can be seen nearest to each point, and their distance in km."""
    able = np.array([i for i, nodes in enumerate(serves) if nodes], dtype=np.int64)
    if not len(able):
        return np.zeros((len(xyz), 0), np.int32), np.zeros((len(xyz), 1))
    count = min(_NEIGHBOURS, len(able))
    arc = np.arccos(np.clip(xyz @ spot[able].T, -1.0, 1.0)) * EARTH_KM
    order = np.argsort(arc, axis=1, kind="stable")[:, :count]
    return (
        np.ascontiguousarray(able[order], dtype=np.int32),
        np.ascontiguousarray(np.take_along_axis(arc, order, axis=1)),
    )
