"""Problems small enough to be solved many times, and a judge that shares no code with us."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from geographiclib.geodesic import Geodesic

from overflight.geo.positions import Position
from overflight.planning.problem import Place, PlanningProblem, Route, Target, nothing_blocked
from overflight.sensing.swath import Strip

EARTH = Geodesic.WGS84
HOME = Place("HOME", Position(lat=55.6083, lon=36.6528))
NARROW = Strip(0.0, 2.0)
VALUES = (1.0, 2.0, 3.0, 5.0, 8.0)


def km(a: Position, b: Position) -> float:
    return EARTH.Inverse(a.lat, a.lon, b.lat, b.lon)["s12"] / 1000.0


def go(start: Position, azimuth: float, distance: float) -> Position:
    end = EARTH.Direct(start.lat, start.lon, azimuth, distance * 1000.0)
    return Position(lat=end["lat2"], lon=end["lon2"])


def off_leg_km(a: Position, b: Position, point: Position) -> float:
    """Least distance of a point from the leg a-b, by trying ever closer points of it."""
    line = EARTH.InverseLine(a.lat, a.lon, b.lat, b.lon)
    low, high = 0.0, line.s13
    best = np.inf
    for _ in range(14):
        steps = np.linspace(low, high, 9)
        away = [_from(line, s, point) for s in steps]
        k = int(np.argmin(away))
        best = min(best, away[k])
        low, high = steps[max(k - 1, 0)], steps[min(k + 1, 8)]
    return float(best)


def _from(line: object, metres: float, point: Position) -> float:
    at = line.Position(metres)  # type: ignore[attr-defined]
    return EARTH.Inverse(at["lat2"], at["lon2"], point.lat, point.lon)["s12"] / 1000.0


def scattered(
    seed: int, count: int, *, reach_km: float = 700.0, strip: Strip = NARROW
) -> tuple[Target, ...]:
    """Targets around HOME, drawn with a seed."""
    rng = random.Random(seed)
    return tuple(
        Target(
            go(HOME.position, rng.uniform(0, 360), reach_km * rng.random() ** 0.5),
            rng.choice(VALUES),
            (strip,),
        )
        for _ in range(count)
    )


def problem(
    seed: int = 1,
    count: int = 25,
    *,
    total: float = 2000.0,
    stage: float = 1500.0,
    strip: Strip = NARROW,
    stations: Sequence[Place] = (),
    **rest: object,
) -> PlanningProblem:
    """A flight from HOME and back."""
    return PlanningProblem(
        targets=scattered(seed, count, strip=strip),
        start=HOME,
        end=HOME,
        stations=(HOME, *stations),
        max_total_km=total,
        max_stage_km=stage,
        **rest,  # type: ignore[arg-type]
    )


class Wall:
    """Blocks every leg that passes a meridian between two latitudes."""

    def __init__(self, lon: float, south: float, north: float) -> None:
        self.lon, self.south, self.north = lon, south, north

    def passes(self, a: Position, b: Position) -> bool:
        if (a.lon - self.lon) * (b.lon - self.lon) > 0 or a.lon == b.lon:
            return False
        share = (self.lon - a.lon) / (b.lon - a.lon)
        return self.south <= a.lat + share * (b.lat - a.lat) <= self.north

    def __call__(self, points: Sequence[Position], /) -> np.ndarray:
        matrix = nothing_blocked(points)
        for i, a in enumerate(points):
            for j, b in enumerate(points):
                matrix[i, j] = i != j and self.passes(a, b)
        return matrix


def legs(route: Route) -> list[tuple[Position, Position]]:
    path = route.path
    return list(pairwise(path))
