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
from overflight.study.inspection.pool import pool_of
from overflight.study.inspection.teams import together
from overflight.units import Seconds

_PROVING = 0.5
_WHOLE = 1_000_000.0
"""Prizes are given to the search in these parts of all prizes."""


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
    ) -> None:
        self.distance, self.limit, self.sites = distance, limit, sites
        self.iterations, self.seconds, self.detect = iterations, seconds, detect
        self.seed = seed
        self.orders: list[tuple[int, ...]] = []
        self._number: dict[tuple[int, ...], int] = {}

    @property
    def _ends(self) -> tuple[int, int | None]:
        points = self.distance.shape[0]
        return self.sites, (points - 1 if points - self.sites > 1 else None)

    def answer(self, prizes: Floats, flights: int, columns: int, *, prove: bool) -> Answer:  # noqa: ARG002
        whole = float(prizes.sum())
        if whole <= 0.0:
            return Answer((), 0.0)
        start, end = self._ends
        scores = np.zeros(self.distance.shape[0])
        scores[: self.sites] = prizes / whole * _WHOLE
        found: list[Column] = []
        self.seed += 1

        best = solve_op(
            self.distance, scores, self.limit, start, end,
            iterations=self.iterations, seed=self.seed,
        )  # fmt: skip
        found.append(self.column(best.order))
        most = math.inf
        if prove:
            sure = bound_nodes(
                self.distance, scores, self.limit, start, end,
                incumbent=best.score, seconds=self.seconds,
            )  # fmt: skip
            most = flights * self.detect * max(sure.bound, best.score) * whole / _WHOLE
        return Answer(tuple(found), most)

    def column(self, order: tuple[int, ...]) -> Column:
        """The column of a route."""
        seen = tuple(sorted(i for i in set(order) if i < self.sites))
        if seen not in self._number:
            self._number[seen] = len(self.orders)
            self.orders.append(order)
        sites = np.array(seen, dtype=np.int64)
        return Column((self._number[seen],), sites, np.full(sites.size, self.detect))


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
    clock: Clock = time.monotonic,
) -> Tours:
    """The best lottery over all routes from an airfield over points and back, within ``limit``.

    ``distance`` (m + 1, m + 1) or, for another end, (m + 2, m + 2): the sites of ``values`` (m,),
    all above 0, then start and end. Sites further away than the limit lets a route go and come are
    refused with DataError: leave them out, nobody sees them.
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
        distance, limit, m, iterations=iterations, seconds=_PROVING * seconds, seed=seed,
        detect=detect,
    )  # fmt: skip
    first = tuple(
        pricer.column((m, i) if distance.shape[0] == m + 1 else (m, i, m + 1)) for i in range(m)
    )
    found = mixed(
        values, flights, pricer, gap=gap, seconds=seconds, first=first, most=float(flights),
        clock=clock,
    )  # fmt: skip
    if flights > 1:
        rows = [[i for i in order if i < m] for order in pricer.orders]
        pool = pool_of(rows, m)
        team = min(flights, pool.routes)
        found = together(pool, values, found, team, detect, gap, 0.2 * seconds, clock)
    return Tours(found, tuple(pricer.orders))
