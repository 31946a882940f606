"""Close-enough orienteering: the way in to the search over discs, in the plane and on WGS84.

On WGS84 the search runs in a Lambert conformal plane whose scale is known, with a margin, and the
answer is measured by geodesics; long legs get points between, so that the geodesics between them
stay with the straight lines of the plane.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.errors import PlanError
from overflight.planning.engine import legs, tours
from overflight.planning.engine.disc_grid import grid_discs
from overflight.planning.engine.disc_search import Search, Tuning
from overflight.planning.engine.spending import Spending

Floats = NDArray[np.float64]

INNER_KM = 0.02
"""Radii are this much smaller for the search: geodesics stray from straight lines by less."""


@dataclass(frozen=True, slots=True)
class PathResult:
    """A polyline from start to end: x, y (or longitude, latitude); ``length`` in km if geodesic."""

    path: tuple[tuple[float, float], ...]
    score: float
    length: float
    iterations: int
    seconds: float
    stopped: bool


def solve_ceop(
    centres: ArrayLike,
    radii: ArrayLike,
    scores: ArrayLike,
    limit: float,
    start: ArrayLike,
    end: ArrayLike,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    on_best: Callable[[PathResult], None] | None = None,
    stop: Callable[[], bool] | None = None,
    begun: float | None = None,
    tuning: Tuning | None = None,
) -> PathResult:
    """The polyline from start to end within ``limit`` that touches discs of most score.

    ``centres`` has shape (n, 2), ``radii`` and ``scores`` shape (n,). Raises PlanError when the
    straight way is longer than the limit.
    """
    spending = Spending(seconds, iterations, stop=stop, begun=begun)
    c = np.asarray(centres, dtype=np.float64).reshape(-1, 2)
    ends = np.array([start, end], dtype=np.float64)
    if float(np.hypot(*(ends[1] - ends[0]))) > limit:
        raise _out_of_reach()
    discs = grid_discs(
        *(c[:, 0], c[:, 1], np.asarray(radii, dtype=np.float64)),
        *(
            np.asarray(scores, dtype=np.float64),
            np.array([1.0, 0, 0, 0, 0, 0]),
            np.zeros((0, 4)),
            np.zeros((0, 2)),
        ),
    )

    def result(path: legs.Path) -> PathResult:
        legs.recount(path, discs)
        m = int(path.counts[legs.SIZE])
        points = tuple(zip(path.x[:m].tolist(), path.y[:m].tolist(), strict=True))
        return PathResult(
            *(points, float(path.sums[legs.SCORE]), float(path.sums[legs.LENGTH])),
            *(spending.done, spending.elapsed, spending.stopped),
        )

    def streamed(path: legs.Path) -> None:
        if on_best is not None:
            on_best(result(path))

    bound = limit * (1.0 - 1e-12)
    search = Search(
        discs, bound, ends, tours.new_random(seed), spending, tuning or Tuning(), streamed
    )
    return result(search.solve())


def _out_of_reach() -> PlanError:
    return PlanError(
        "The way from start to end is longer than the limit.",
        remedy="Raise the limit or choose another end.",
    )


def solve_ceop_geodesic(
    centres: ArrayLike,
    radii_km: ArrayLike,
    scores: ArrayLike,
    limit_km: float,
    start: ArrayLike,
    end: ArrayLike,
    *,
    hazards: Sequence[Sequence[tuple[float, float]]] = (),
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    on_best: Callable[[PathResult], None] | None = None,
    stop: Callable[[], bool] | None = None,
    begun: float | None = None,
    tuning: Tuning | None = None,
) -> PathResult:
    """As ``solve_ceop`` on WGS84: points are longitude, latitude in degrees, lengths km.

    ``hazards`` are polygons (rings of longitude, latitude) the path does not enter. The search
    takes radii 20 m smaller; the score is what ``coverage`` finds on the ellipsoid. Raises
    PlanError when start or end lie in a hazard.
    """
    from overflight.planning.engine.coverage import path_rows, sites_of
    from overflight.planning.engine.plane import (
        Plane,
        corners_of,
        hazard_rings,
        wall_segments,
        way_round,
    )

    spending = Spending(seconds, iterations, stop=stop, begun=begun)
    c = np.asarray(centres, dtype=np.float64).reshape(-1, 2)
    ends = np.array([start, end], dtype=np.float64)
    plane = Plane.around(np.vstack([c, ends]))
    xy = plane.forward(c)
    flat_ends = plane.forward(ends)
    radius = np.maximum(np.asarray(radii_km, dtype=np.float64) - INNER_KM, 0.0) * plane.scale(c)
    rings = hazard_rings(plane, hazards)
    walls, corners = wall_segments(rings, 0.3), corners_of(rings, 1.0)
    first = way_round(flat_ends[0], flat_ends[1], corners, walls)
    warp = plane.warp()
    discs = grid_discs(
        xy[:, 0], xy[:, 1], radius, np.asarray(scores, dtype=np.float64), warp, walls, corners
    )

    sites = sites_of(c, 0.0, radii_km)
    worth = np.asarray(scores, dtype=np.float64)

    def places(path: legs.Path) -> Floats:
        m = int(path.counts[legs.SIZE])
        return plane.densified(np.column_stack([path.x[:m], path.y[:m]]), ends)

    def result(path: legs.Path) -> PathResult:
        points = places(path)
        return PathResult(
            path=tuple((float(x), float(y)) for x, y in points),
            score=float(worth[path_rows(sites, points)].sum()),
            length=plane.geodesic_km(points),
            iterations=spending.done,
            seconds=spending.elapsed,
            stopped=spending.stopped,
        )

    def streamed(path: legs.Path) -> None:
        if on_best is not None:
            on_best(result(path))

    bound = limit_km * (1.0 - 1e-9)
    random = tours.new_random(seed)
    if plane.geodesic_km(plane.densified(first, ends)) > limit_km:
        raise _out_of_reach()

    def calibrate(path: legs.Path) -> float:
        length = plane.geodesic_km(places(path))
        return bound * float(path.sums[legs.LENGTH]) / length if length > 0.0 else bound

    search = Search(discs, bound, first, random, spending, tuning or Tuning(), streamed, calibrate)
    return result(search.solve())
