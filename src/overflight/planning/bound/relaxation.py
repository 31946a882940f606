"""The linear programme behind a bound: rows and edges come and go, HiGHS keeps the basis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from overflight.planning.bound.rows import (
    Box,
    Cut,
    Floats,
    Ints,
    Multipliers,
    Priced,
    logical,
    price,
)

_INFINITY = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A solution of the relaxation: ``y`` (n,), and ``x`` of the edges ``u``, ``v`` above zero."""

    y: Floats
    u: Ints
    v: Ints
    x: Floats
    multipliers: Multipliers


class Relaxation:
    """max scores . y over the cycle relaxation of ``rows``, with some of the edges and cuts.

    ``distance`` (n, n) and ``limit`` in any unit; node 0 lies on the cycle.
    """

    def __init__(self, distance: Floats, limit: float, scores: Floats, box: Box) -> None:
        import highspy

        n = scores.size
        self.n, self.scores = n, scores
        self.unit = 0.5 * n / limit if limit > 0 else 1.0
        self.distance = np.ascontiguousarray(distance * self.unit)
        self.limit = limit * self.unit * (1.0 + 1e-14)
        self.box = box.copy()
        self.present = np.zeros((n, n), dtype=np.bool_)
        self.column = np.full((n, n), -1, dtype=np.int64)
        self.u = np.zeros(0, np.int64)
        self.v = np.zeros(0, np.int64)
        self.cuts: list[Cut] = []
        self.names: set[tuple[bytes, ...]] = set()
        self.idle = np.zeros(0, np.int64)
        self.rate = np.zeros(0)
        self.member = np.zeros((256, n), dtype=np.bool_)
        self.named: dict[tuple[int, int], list[tuple[Cut, float]]] = {}
        self.row_of: dict[int, int] = {}
        make: Any = highspy.Highs
        self.highs: Any = make()
        self._basic = highspy.HighsBasisStatus.kBasic
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("presolve", "off"),
            ("solver", "simplex"),
        ):
            self.highs.setOptionValue(option, value)
        none, blank = np.zeros(0, np.int32), np.zeros(0)
        empty = np.zeros(n, np.int32)
        self.highs.addCols(
            n,
            -scores,
            box.y_low.astype(float),
            box.y_high.astype(float),
            0,
            empty,
            none,
            blank,
        )
        starts = np.arange(n, dtype=np.int32)
        self.highs.addRows(
            n, np.zeros(n), np.zeros(n), n, starts, np.arange(n, dtype=np.int32), np.full(n, -2.0)
        )
        self.highs.addRows(
            1,
            np.array([-_INFINITY]),
            np.array([self.limit]),
            0,
            np.zeros(1, np.int32),
            none,
            blank,
        )

    def add_edges(self, u: Ints, v: Ints) -> int:
        """Columns for edges that are not there yet and may be used; how many came."""
        a, b = np.minimum(u, v), np.maximum(u, v)
        keep = ~self.present[a, b] & (self.box.x_high[a, b] > 0)
        pairs = np.unique(a[keep] * self.n + b[keep])
        if not pairs.size:
            return 0
        a, b = pairs // self.n, pairs % self.n
        first = self.u.size
        self.present[a, b] = True
        self.column[a, b] = self.column[b, a] = self.n + first + np.arange(a.size)
        self.u, self.v = np.concatenate([self.u, a]), np.concatenate([self.v, b])
        both = self.member[: len(self.cuts)][:, a] & self.member[: len(self.cuts)][:, b]
        starts, index, value = [], [], []
        count = 0
        for k in range(a.size):
            rows = np.flatnonzero(both[:, k]) + self.n + 1
            extra = [
                (self.row_of[id(cut)] + self.n + 1, c)
                for cut, c in self.named.get((int(a[k]), int(b[k])), [])
            ]
            starts.append(count)
            index += [int(a[k]), int(b[k]), self.n, *rows.tolist(), *(r for r, _ in extra)]
            value += [1.0, 1.0, float(self.distance[a[k], b[k]])]
            d = float(self.distance[a[k], b[k]])
            value += (1.0 + d * self.rate[rows - self.n - 1]).tolist() + [c for _, c in extra]
            count += 3 + rows.size + len(extra)
        self.highs.addCols(
            a.size,
            np.zeros(a.size),
            self.box.x_low[a, b].astype(float),
            self.box.x_high[a, b].astype(float),
            count,
            np.array(starts, np.int32),
            np.array(index, np.int32),
            np.array(value),
        )
        return int(a.size)

    def add_cuts(self, cuts: list[Cut]) -> int:
        """Rows that are not there yet; how many came."""
        starts, index, value, rhs = [], [], [], []
        count = 0
        for cut in cuts:
            name = cut.name
            if name in self.names:
                continue
            self.names.add(name)
            row = len(self.cuts)
            if row == self.member.shape[0]:
                self.member = np.concatenate([self.member, np.zeros_like(self.member)])
            self.member[row] = False
            self.member[row, cut.inside] = True
            self.cuts.append(cut)
            self.row_of[id(cut)] = row
            within = self.column[np.ix_(cut.inside, cut.inside)]
            there = np.triu(within >= 0, 1)
            within = within[there]
            ones = np.ones(within.size)
            if cut.rate:
                ones += cut.rate * self.distance[np.ix_(cut.inside, cut.inside)][there]
            named = self.column[cut.u, cut.v]
            for i, j, c in zip(cut.u.tolist(), cut.v.tolist(), cut.c.tolist(), strict=True):
                self.named.setdefault((min(i, j), max(i, j)), []).append((cut, c))
            starts.append(count)
            parts = [cut.nodes, within, named[named >= 0]]
            index += parts
            value += [cut.weights, ones, cut.c[named >= 0]]
            count += sum(p.size for p in parts)
            rhs.append(cut.rhs)
        if rhs:
            self.idle = np.concatenate([self.idle, np.zeros(len(rhs), np.int64)])
            self.rate = np.array([cut.rate for cut in self.cuts])
            self.highs.addRows(
                len(rhs),
                np.full(len(rhs), -_INFINITY),
                np.array(rhs),
                count,
                np.array(starts, np.int32),
                np.concatenate(index).astype(np.int32),
                np.concatenate(value),
            )
        return len(rhs)

    def set_box(self, box: Box) -> None:
        """Other bounds of the variables (edges closed for good stay closed)."""
        self.box = box.copy()
        columns = np.arange(self.n + self.u.size, dtype=np.int32)
        low = np.concatenate([box.y_low, box.x_low[self.u, self.v]]).astype(float)
        high = np.concatenate([box.y_high, box.x_high[self.u, self.v]]).astype(float)
        self.highs.changeColsBounds(columns.size, columns, low, high)

    def solve(self, seconds: float, iterations: int = 2_000_000_000) -> Point | None:
        """The optimum, or where the time or the iterations ended; None: nothing usable."""
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(0.01, seconds))
        self.highs.setOptionValue("simplex_iteration_limit", iterations)
        self.highs.run()
        solution = self.highs.getSolution()
        if not solution.dual_valid and not self.infeasible():
            self.highs.clearSolver()  # a basis that went bad; begin without one
            self.highs.run()
            solution = self.highs.getSolution()
        if not solution.dual_valid or not solution.value_valid:
            return None
        dual = -np.array(solution.row_dual)
        value = np.array(solution.col_value)
        n = self.n
        used = np.flatnonzero(value[n:] > 1e-9)
        multipliers = Multipliers.of(dual[n], dual[:n], self.cuts, dual[n + 1 :])
        slack = dual[n + 1 :] <= 1e-9
        self.idle = np.where(slack, self.idle + 1, 0)
        return Point(
            np.clip(value[:n], 0.0, 1.0),
            self.u[used],
            self.v[used],
            np.clip(value[n:][used], 0.0, 1.0),
            multipliers,
        )

    def infeasible(self) -> bool:
        import highspy

        return bool(self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible)

    def proves_empty(self) -> tuple[bool, int]:
        """After an empty problem: whether no cycle is left in the box; edges that came instead.

        The solver's ray of multipliers proves it when, with no scores at all, the bound that they
        give over every edge is below 0. Else edges are added that spoil the proof (or, counted as
        one, the solver has changed its mind).
        """
        _, there, ray = self.highs.getDualRay()
        if not there:  # the solver kept none: once more, from the beginning
            self.highs.clearSolver()
            self.highs.run()
            if not self.infeasible():
                return False, 1
            _, there, ray = self.highs.getDualRay()
        if not there:
            return False, 0
        ray, n = -np.array(ray), self.n
        ways = Multipliers.of(ray[n], ray[:n], self.cuts, ray[n + 1 :])
        zero = np.zeros(n)
        found = price(ways, self.distance, self.limit, zero, self.box, self.present, 5)
        if found.bound < 0.0:
            return True, 0
        return False, self.add_edges(found.u, found.v)

    def basis(self) -> Any:
        return self.highs.getBasis()

    def restore(self, basis: Any) -> None:
        self.highs.setBasis(basis)

    def forget(self, patience: int) -> int:
        """Drop rows that have been slack for ``patience`` solutions and are basic."""
        basis = self.highs.getBasis()
        if not basis.valid:
            return 0
        status = basis.row_status
        n = self.n
        gone = np.array(
            [
                r
                for r in np.flatnonzero(self.idle >= patience)
                if status[n + 1 + r] == self._basic and self.cuts[r].inside.size != 0
            ],
            dtype=np.int64,
        )
        if gone.size < 20:
            return 0
        dropped = set(gone.tolist())
        basis.row_status = [s for r, s in enumerate(status) if r - n - 1 not in dropped]
        self.highs.deleteRows(gone.size, (gone + n + 1).astype(np.int32))
        self.highs.setBasis(basis)
        for r in gone:
            self.names.discard(self.cuts[r].name)
        kept = [r for r in range(len(self.cuts)) if r not in dropped]
        self.member[: len(kept)] = self.member[kept]
        self.cuts = [self.cuts[r] for r in kept]
        self.idle, self.rate = self.idle[kept], self.rate[kept]
        self.row_of = {id(cut): r for r, cut in enumerate(self.cuts)}
        self.named = {
            edge: left
            for edge, here in self.named.items()
            if (left := [(cut, c) for cut, c in here if id(cut) in self.row_of])
        }
        return int(gone.size)

    def violated_logicals(self, point: Point, least: float) -> list[Cut]:
        """x_ij <= y_j rows that the point breaks, for edges at node 0 too."""
        found = []
        for i, j in ((point.u, point.v), (point.v, point.u)):
            for k in np.flatnonzero(point.x > point.y[j] + least):
                found.append(logical(int(i[k]), int(j[k])))
        return found

    def price(
        self, multipliers: Multipliers, most: int = 3, threshold: float = -_INFINITY
    ) -> Priced:
        """``rows.price`` over every edge, in this relaxation's box."""
        return price(
            multipliers,
            self.distance,
            self.limit,
            self.scores,
            self.box,
            self.present,
            most,
            threshold,
        )
