"""All routes over points: a distance matrix and a limit, with an exact bound.

Where a sensor sees little to either side, a flight shows the sites that it passes over: the
question against chances to hide is orienteering over points. The planner's kernel
(``planning.engine``) answers it in milliseconds and its bound (``planning.bound``) proves it, most
often to the end. Over discs as wide as a strip (``pricing``) the bound is less sharp.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from overflight.errors import DataError
from overflight.planning.bound.node_bound import bound_nodes
from overflight.planning.engine.api import solve_op
from overflight.study.inspection.master import Column
from overflight.study.inspection.mixing import GAP, Answer, Clock, Mixed, mixed
from overflight.study.inspection.payoffs import Floats
from overflight.study.inspection.pool import Ints, pool_of
from overflight.study.inspection.teams import together
from overflight.units import Seconds

_PROVING = 0.5
_WHOLE = 1_000_000.0
"""Prizes are given to the search in these parts of all prizes."""
_HARDER = 10
"""So many times as long a search takes beside a proof."""
_NOTHING = 1e-9
"""Prizes below this part of all are left out of a proof and added to its bound."""


@dataclass(frozen=True, slots=True, eq=False)
class Tours:
    """``mixed.columns[i].key`` are indices into ``orders``, each a route as indices of points."""

    mixed: Mixed
    orders: tuple[tuple[int, ...], ...]


class NodePricer:
    """Answers by orienteering: ``distance`` (m + ends, m + ends), the ends last, sites first."""

    cheap = False
    proving = _PROVING

    def __init__(
        self,
        distance: Floats,
        limit: float,
        sites: int,
        *,
        iterations: int,
        seconds: Seconds,
        seed: int,
        detect: float,
        apart: bool = False,
    ) -> None:
        self.distance, self.limit, self.sites = distance, limit, sites
        self.iterations, self.seconds, self.detect = iterations, seconds, detect
        self.seed, self.apart = seed, apart
        self.orders: list[tuple[int, ...]] = []
        self._number: dict[tuple[int, ...], int] = {}
        self._ways: Floats | None = None

    @property
    def _ends(self) -> tuple[int, int | None]:
        points = self.distance.shape[0]
        return self.sites, (points - 1 if points - self.sites > 1 else None)

    def harder(self) -> bool:
        return False

    def answer(self, prizes: Floats, flights: int, columns: int, *, prove: bool) -> Answer:  # noqa: ARG002
        whole = float(prizes.sum())
        if whole <= 0.0:
            return Answer((), 0.0)
        scores = np.zeros(self.distance.shape[0])
        scores[: self.sites] = prizes / whole * _WHOLE
        prized = np.flatnonzero(scores > _NOTHING * _WHOLE)
        found = [self._search(scores, np.arange(self.sites), 1)]
        found += [self._search(scores, prized, _HARDER if prove else 1) for _ in range(1 + prove)]
        best = max(math.fsum(scores[i] for i in set(order)) for order in found)
        most = math.inf
        if prove:
            bound = max(self._bound(scores, best), best)
            most = flights * self.detect * bound * whole / _WHOLE
        return Answer(tuple(self.column(order) for order in found), most)

    def _search(self, scores: Floats, among: Ints, effort: int) -> tuple[int, ...]:
        """A route over the points ``among``, as indices of all points."""
        self.seed += 1
        start, end = self._ends
        points = np.array([*among, *((start,) if end is None else (start, end))], dtype=np.int64)
        last = None if end is None else points.size - 1
        found = solve_op(
            self.distance[np.ix_(points, points)], scores[points], self.limit, among.size, last,
            iterations=effort * self.iterations, seed=self.seed,
        )  # fmt: skip
        return tuple(int(points[i]) for i in found.order)

    def _bound(self, scores: Floats, incumbent: float) -> float:
        """No route shows more of ``scores``. Points with no prize are left out, the ways between
        the others being the shortest there are: a route over all points is no shorter. Where the
        distances hold whatever lies between (``apart``), they are these ways themselves."""
        start, end = self._ends
        kept = np.flatnonzero(scores > _NOTHING * _WHOLE)
        left_out = float(scores.sum() - scores[kept].sum())
        ends = [start] if end is None else [start, end]
        points = np.array([*kept, *ends], dtype=np.int64)
        if self._ways is None and self.apart:
            self._ways = self.distance
        elif self._ways is None:
            self._ways = _shortest(self.distance)
        near = self._ways[np.ix_(points, points)]
        sure = bound_nodes(
            near, scores[points], self.limit, kept.size, None if end is None else kept.size + 1,
            incumbent=max(0.0, incumbent - left_out), seconds=self.seconds,
        )  # fmt: skip
        return sure.bound + left_out

    def column(self, order: tuple[int, ...]) -> Column:
        """The column of a route."""
        seen = tuple(sorted(i for i in set(order) if i < self.sites))
        if seen not in self._number:
            self._number[seen] = len(self.orders)
            self.orders.append(order)
        sites = np.array(seen, dtype=np.int64)
        return Column((self._number[seen],), sites, np.full(sites.size, self.detect))


def _shortest(distance: Floats) -> Floats:
    """The shortest ways between all points, shape (n, n) (Floyd and Warshall)."""
    ways = distance.copy()
    for k in range(len(ways)):
        np.minimum(ways, ways[:, k : k + 1] + ways[k], out=ways)
    return np.asarray(np.minimum(ways, ways.T))


def fly_points(
    distance: Floats,
    values: Floats,
    limit: float,
    flights: int = 1,
    *,
    detect: float = 1.0,
    gap: float = GAP,
    seconds: Seconds = 60.0,
    iterations: int = 4000,
    seed: int = 1,
    apart: bool = False,
    alone: bool = False,
    clock: Clock = time.monotonic,
) -> Tours:
    """The best lottery over all routes from an airfield over points and back, within ``limit``.

    ``distance`` (m + 1, m + 1) or, for another end, (m + 2, m + 2): the sites of ``values`` (m,),
    all above 0, then start and end. Sites further away than the limit lets a route go and come are
    refused with DataError: leave them out, nobody sees them. ``apart``: no way between two points,
    by whatever others, is shorter than the distance says, even if the distances of these add up to
    less (they are between discs). ``alone``: several flights as if a site that two of them show
    were shown twice; the lower bound holds all the same.
    """
    m = values.size
    if distance.shape[0] not in (m + 1, m + 2) or not m:
        raise DataError(
            f"the distances are of shape {distance.shape} for {m} sites",
            remedy="Give distances between the sites, the start and, where it is another, the end.",
        )
    if float((distance[m, :m] + distance[-1, :m]).max()) > limit:
        raise DataError(
            "a site is out of reach: no route shows it", remedy="Leave out what is out of reach."
        )
    pricer = NodePricer(
        distance, limit, m, iterations=iterations, seconds=_PROVING * seconds / 3.0, seed=seed,
        detect=detect, apart=apart,
    )  # fmt: skip
    first = tuple(
        pricer.column((m, i) if distance.shape[0] == m + 1 else (m, i, m + 1)) for i in range(m)
    )
    found = mixed(
        values, flights, pricer, gap=gap, seconds=seconds, first=first, most=float(flights),
        clock=clock,
    )  # fmt: skip
    if flights > 1 and not alone:
        rows = [[i for i in order if i < m] for order in pricer.orders]
        pool = pool_of(rows, m)
        team = min(flights, pool.routes)
        found = together(pool, values, found, team, detect, gap, 0.2 * seconds, clock)
    return Tours(found, tuple(pricer.orders))
