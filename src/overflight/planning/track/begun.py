"""Routes as sequences of an arena's points and back, and the bare way to begin with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overflight.geo.positions import Position
from overflight.planning.board import Board, chain, hop_matrix
from overflight.planning.problem import Place, PlanningProblem, Route
from overflight.planning.stages import stage_plans
from overflight.planning.track.arrays import MOST_POINTS, Flight, Floats
from overflight.planning.track.field import EARTH_KM, Arena
from overflight.sensing.track import unit_vectors
from overflight.units import Kilometres

_BESIDE_KM: Kilometres = 12.0
"""A fix with no point of the arena as near as this is left out: it is a bend, or shows nothing."""


def points_of(arena: Arena, route: Route) -> list[int] | None:
    """The route from point to point: each fix by the nearest point, no node twice.

    None where it does not begin and end at places of the arena, or has too many points.
    """
    row = {place.code: i for i, place in enumerate(arena.places)}
    if route.stations[0].code not in row or route.stations[-1].code not in row:
        return None
    used: set[int] = set()
    points = [row[route.stations[0].code]]
    for stage, station in zip(route.stages, route.stations[1:], strict=True):
        for point in _nearest(arena, stage):
            if point not in used:
                used.add(point)
                points.append(point)
        place = row.get(station.code)
        if place is not None and (place != points[-1] or len(points) == 1):
            points.append(place)
    return points if len(points) < MOST_POINTS // 2 else None


def route_through(arena: Arena, flight: Flight) -> Route:
    """The route of a flight: places it comes to are landings."""
    seq = flight.seq[: flight.size[0]].tolist()
    stations: list[Place] = [arena.places[seq[0]]]
    stages: list[tuple[Position, ...]] = []
    stage: list[Position] = []
    for point in seq[1:]:
        if point < len(arena.places):
            stations.append(arena.places[point])
            stages.append(tuple(stage))
            stage = []
        else:
            stage.append(arena.points[point])
    return Route(tuple(stations), tuple(stages)).tidy()


def bare_points(problem: PlanningProblem, board: Board) -> list[int] | None:
    """The shortest way from start to end without a fix; None where there is none.

    Raises PlanError, which says why, where the end cannot be reached.
    """
    stage_plans(problem, board, most=1)
    start, end = board.place_row(problem.start), board.place_row(problem.end)
    if start == end:
        return [start, end]
    hops = hop_matrix(board, problem.max_stage_km)
    return chain(hops & ~np.eye(len(hops), dtype=bool), board.km, start, end)


def _nearest(arena: Arena, fixes: Sequence[Position]) -> list[int]:
    """The node nearest to each fix, of those within ``_BESIDE_KM`` of any."""
    first = len(arena.places)
    nodes: Floats = arena.field.xyz[first:]
    if not fixes or not len(nodes):
        return []
    arc = np.arccos(np.clip(unit_vectors(fixes) @ nodes.T, -1.0, 1.0)) * EARTH_KM
    nearest = arc.argmin(axis=1)
    away = arc[np.arange(len(fixes)), nearest]
    return [first + int(i) for i, km in zip(nearest, away, strict=True) if km <= _BESIDE_KM]
