"""A route that is given, as a sequence of the arena's points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overflight.geo.positions import Position
from overflight.planning.problem import Route
from overflight.planning.track.arrays import MOST_POINTS, Floats
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
