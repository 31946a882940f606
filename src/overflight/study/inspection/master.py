"""The linear programme of a game over columns: which chances for each leave the least to gain.

    min U  subject to  v_s sum_r a_sr x_r + U >= v_s for every site s,  sum_r x_r = n,  0 <= x <= 1

A column r shows site s with chance a_sr; U is what the side that hides can still gain. The prices
of the rows are chances with which it hides: the game's other side. HiGHS keeps the basis while
columns come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from overflight.errors import PlanError
from overflight.study.inspection.payoffs import Floats
from overflight.study.inspection.pool import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Something that can be flown: ``sites`` (k,) seen with chances ``seen`` (k,). ``key`` tells
    columns apart."""

    key: tuple[int, ...]
    sites: Ints
    seen: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """``x`` (columns,) and ``hidden`` (sites,), which adds up to 1 where anything can be gained."""

    x: Floats
    hidden: Floats
    value: float


class Master:
    """The programme for sites of ``values`` (m,), all above 0, of which ``total`` columns fly."""

    def __init__(self, values: Floats, total: int, most: float = 1.0) -> None:
        import highspy

        self.values, self.total, self.most = values, total, most
        self.columns: list[Column] = []
        self.known: set[tuple[int, ...]] = set()
        make: Any = highspy.Highs
        self._highs: Any = make()
        self._optimal = highspy.HighsModelStatus.kOptimal
        for option, setting in (("output_flag", False), ("threads", 1), ("solver", "simplex")):
            self._highs.setOptionValue(option, setting)
        m, inf = values.size, float("inf")
        none, blank = np.zeros(0, np.int32), np.zeros(0)
        self._highs.addRows(
            m + 1,
            np.append(np.ones(m), float(total)),
            np.append(np.full(m, inf), float(total)),
            *(0, np.zeros(m + 1, np.int32), none, blank),
        )
        # rows are divided by their values: all covers are then of like size
        rows = np.arange(m, dtype=np.int32)
        self._highs.addCol(1.0, 0.0, inf, m, rows, 1.0 / values)

    def add(self, columns: Sequence[Column]) -> int:
        """Add those not known yet; how many came."""
        new = [c for c in columns if c.key not in self.known]
        new = list({c.key: c for c in new}.values())
        if not new:
            return 0
        m, count = self.values.size, len(new)
        sizes = [c.sites.size + 1 for c in new]
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
        index = np.concatenate([np.append(c.sites, m) for c in new]).astype(np.int32)
        value = np.concatenate([np.append(c.seen, 1.0) for c in new])
        highest = np.full(count, self.most)
        self._highs.addCols(
            *(count, np.zeros(count), np.zeros(count), highest, index.size, starts, index, value)
        )
        self.columns += new
        self.known |= {c.key for c in new}
        return count

    def solve(self, seconds: float) -> Optimum | None:
        """The optimum over the columns there are; None where ``seconds`` do not suffice.

        Raises PlanError where no choice of columns is lawful: fewer columns than are to fly.
        """
        import highspy

        self._highs.setOptionValue(
            "time_limit", float(self._highs.getRunTime()) + max(0.1, seconds)
        )
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kTimeLimit:
            return None
        if status != self._optimal:
            raise PlanError(
                f"{self.total} flights cannot be chosen out of {len(self.columns)}",
                remedy="Give more routes, or ask for fewer flights.",
            )
        found = self._highs.getSolution()
        x = np.maximum(0.0, np.array(found.col_value)[1:])
        prices = np.maximum(0.0, np.array(found.row_dual)[:-1]) / self.values
        whole = float(prices.sum())
        hidden = prices / whole if whole > 0.0 else prices
        return Optimum(x, hidden, float(found.col_value[0]))

    def cover(self, x: Floats) -> Floats:
        """How often each site is shown by chances ``x`` (columns,): their sum, shape (m,)."""
        used = np.flatnonzero(x > 0.0)
        out = np.zeros(self.values.size)
        for r in used.tolist():
            out[self.columns[r].sites] += x[r] * self.columns[r].seen
        return out
