"""Which coordinates could be fixes: whole minutes of arc from which a site can be seen.

An ICAO flight plan writes coordinates in whole minutes (Doc 4444, Appendix 2, item 15), so a
route of whole minutes is the same in the mission plan and in the flight plan. A search works
best with the minutes nearest to the sites; ``veil`` moves fixes off them afterwards.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from overflight.geo.geodesic import destination, distance_km
from overflight.geo.positions import Position
from overflight.planning.problem import FixAllowed, PlanningProblem, Target
from overflight.units import Degrees, Kilometres

_ROUND_ABOUT: tuple[Degrees, ...] = (0.0, 180.0, 90.0, 270.0, 45.0, 225.0, 135.0, 315.0)
_POLAR_DEG = 89.5


@dataclass(frozen=True, slots=True)
class Node:
    """A candidate fix, the targets for whose sake it is there, and what they are worth."""

    position: Position
    targets: tuple[int, ...]
    value: float


def minute_neighbours(position: Position, reach: int = 1) -> list[Position]:
    """The whole minutes around a position, 3 by 3 (``reach`` 2: 5 by 5), the nearest first."""
    middle = position.rounded_to_minutes()
    found = []
    for north in range(-reach, reach + 1):
        for east in range(-reach, reach + 1):
            lat = middle.lat + north / 60
            if abs(lat) < _POLAR_DEG:
                found.append(Position(lat=lat, lon=middle.lon + east / 60).rounded_to_minutes())
    return sorted(dict.fromkeys(found), key=lambda p: (distance_km(p, position), p))


def candidates(target: Target, draw: int = 0) -> Iterator[Position]:
    """Whole minutes from which ``target`` may be seen, the preferred first.

    Sensors that see straight down: the minutes around the site. Sensors that see only to the
    side: minutes around it about the middle of their strip, where exactly being drawn by lot.
    """
    near = min((strip.near_km for strip in target.strips), default=0.0)
    if not target.strips:
        return
    if near == 0:
        yield from (p for p in minute_neighbours(target.position) if _in_reach(target, p))
        return
    lot = random.Random(f"{draw} {target.position.lat:.6f} {target.position.lon:.6f}")
    for strip in sorted(target.strips, key=lambda strip: strip.far_km):
        width = min(strip.far_km, 2 * strip.near_km + 10.0) - strip.near_km
        turn = lot.uniform(0.0, 360.0)
        for azimuth in _ROUND_ABOUT:
            away = strip.near_km + lot.uniform(0.4, 0.6) * width
            fix = destination(target.position, (azimuth + turn) % 360.0, away).rounded_to_minutes()
            if _in_reach(target, fix):
                yield fix


def nodes_for(problem: PlanningProblem) -> list[Node]:
    """One candidate fix per target that can be seen and reached; targets that share one, joined.

    A target for which no whole minute lies within its strip keeps the nearest minute: it may
    still be seen from a leg that happens to pass.
    """
    serves: dict[Position, list[int]] = {}
    for index, target in enumerate(problem.targets):
        if not target.strips:
            continue
        fix = _first_allowed(target, problem.fix_allowed, problem.draw)
        if fix is not None and _within(problem, fix):
            serves.setdefault(fix, []).append(index)
    taken = {place.position for place in (problem.start, problem.end, *problem.stations)}
    return [
        Node(fix, tuple(served), math.fsum(problem.targets[i].value for i in served))
        for fix, served in sorted(serves.items())
        if fix not in taken
    ]


def _first_allowed(target: Target, allowed: FixAllowed, draw: int) -> Position | None:
    for fix in candidates(target, draw):
        if allowed(fix):
            return fix
    nearest = target.position.rounded_to_minutes()
    return nearest if allowed(nearest) else None


def _in_reach(target: Target, fix: Position) -> bool:
    away = distance_km(target.position, fix)
    return any(strip.near_km <= away <= strip.far_km for strip in target.strips)


def _within(problem: PlanningProblem, fix: Position) -> bool:
    """Whether a flight can go by way of ``fix`` at all."""
    there = distance_km(problem.start.position, fix) + distance_km(fix, problem.end.position)
    return there <= problem.max_total_km and _shortest_stage(problem, fix) <= problem.max_stage_km


def _shortest_stage(problem: PlanningProblem, fix: Position) -> Kilometres:
    """Shortest stage by way of ``fix``: twice the way to the nearest place to land, km."""
    places: Sequence[Position] = [
        problem.start.position,
        problem.end.position,
        *(station.position for station in problem.stations),
    ]
    return 2.0 * min(distance_km(place, fix) for place in places)
