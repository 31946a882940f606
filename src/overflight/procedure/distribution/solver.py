"""The wishes and limits as a programme in whole numbers for HiGHS, solved stage by stage.

Each stage is tried as a linear programme first, which goes on from the last basis. Where its
answer is whole it is the answer, with the proof; else branch and bound has to work for it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from overflight.errors import PlanError
from overflight.procedure.distribution.problem import Row

_WHOLE = 1e-6
_GAP = 0.5
"""Objectives are whole numbers, and less than 0.4 to choose among equals."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The values of the variables, their objective, and the bound that no values can pass."""

    values: tuple[float, ...]
    objective: float
    bound: float


class Programme:
    """Maximise, again and again, over rows and bounds that only grow tighter."""

    def __init__(self) -> None:
        import highspy

        self._status = highspy.HighsModelStatus
        self._integer = highspy.HighsVarType.kInteger
        make: Any = highspy.Highs
        self._make = make
        self._linear = self._new()
        self._linear.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._branching: Any = None
        self.size = 0
        self._whole_columns: list[int] = []

    def _new(self) -> Any:
        model = self._make()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 0),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", _GAP),
        ):
            model.setOptionValue(option, value)
        return model

    @property
    def _models(self) -> tuple[Any, ...]:
        """What variables and rows go into: the second only once it was needed."""
        return (self._linear,) if self._branching is None else (self._linear, self._branching)

    def _whole(self) -> Any:
        """The same in whole numbers; most programmes never ask for it."""
        if self._branching is None:
            model = self._new()
            model.passModel(self._linear.getLp())
            for column in self._whole_columns:
                model.changeColIntegrality(column, self._integer)
            self._branching = model
        return self._branching

    def variable(self, low: float, high: float, *, whole: bool = True) -> int:
        """A new variable; its number."""
        for model in self._models:
            model.addVar(low, high)
        if whole:
            if self._branching is not None:
                self._branching.changeColIntegrality(self.size, self._integer)
            self._whole_columns.append(self.size)
        self.size += 1
        return self.size - 1

    def at_most(self, terms: Sequence[tuple[int, float]], most: float) -> None:
        """A row: the sum of the terms is at most ``most``."""
        self._row(terms, -math.inf, most)

    def at_least(self, terms: Sequence[tuple[int, float]], least: float) -> None:
        self._row(terms, least, math.inf)

    def _row(self, terms: Sequence[tuple[int, float]], low: float, high: float) -> None:
        summed: dict[int, float] = {}
        for column, coefficient in terms:
            summed[column] = summed.get(column, 0.0) + coefficient
        columns = [c for c, v in summed.items() if v]
        if columns:
            for model in self._models:
                model.addRow(low, high, len(columns), columns, [summed[c] for c in columns])

    def bounds(self, column: int, low: float, high: float) -> None:
        for model in self._models:
            model.changeColBounds(column, low, high)

    def maximise(
        self, terms: Mapping[int, float], seconds: float, *, known: int | None = None
    ) -> Answer | None:
        """The best values; None where no values keep the rows. PlanError if time runs out first.

        ``known`` is an objective already reached: where the relaxation shows that nothing passes
        it, the answer has no values, only the bound.
        """
        until = time.monotonic() + seconds
        self._price(self._linear, terms)
        relaxed = self._run(self._linear, seconds)
        if relaxed is None or self._is_whole(relaxed.values):
            return relaxed
        if known is not None and math.floor(relaxed.bound + 1e-6) <= known:
            return Answer((), known, known)
        branching = self._whole()
        self._price(branching, terms)
        found = self._run(branching, until - time.monotonic())
        if found is None:
            return None
        return Answer(found.values, found.objective, min(found.bound, relaxed.bound))

    def _is_whole(self, values: Sequence[float]) -> bool:
        return all(abs(values[c] - round(values[c])) < _WHOLE for c in self._whole_columns)

    def _price(self, model: Any, terms: Mapping[int, float]) -> None:
        import numpy as np

        costs = np.zeros(self.size)
        costs[list(terms)] = list(terms.values())
        model.changeColsCost(self.size, np.arange(self.size, dtype=np.int32), costs)

    def _run(self, model: Any, seconds: float) -> Answer | None:
        # HiGHS counts the seconds of all runs of one model together.
        model.setOptionValue("time_limit", model.getRunTime() + max(0.05, seconds))
        model.run()
        status = model.getModelStatus()
        if status in (self._status.kInfeasible, self._status.kUnboundedOrInfeasible):
            return None
        info = model.getInfo()
        values = tuple(model.getSolution().col_value)
        linear = model is self._linear
        proved = status == self._status.kOptimal
        if not values or info.primal_solution_status != 2 or (linear and not proved):
            raise PlanError(
                "no distribution was found in the time given",
                remedy="Give more seconds (--seconds).",
            )
        reached = info.objective_function_value
        return Answer(values, reached, reached if linear else _bound(info))


def _bound(info: Any) -> float:
    bound = float(info.mip_dual_bound)
    return bound if math.isfinite(bound) else 1e9


def add_rows(programme: Programme, rows: Sequence[Row], column: Callable[[int], int]) -> None:
    """The limits over the wishes' columns.

    The rows of one Party that ask for a share of all that it gets have that share in a column of
    its own, in whole numbers: few entries instead of all of its wishes in each row.
    """
    shares: dict[str, int] = {}
    for row in rows:
        if row.share is None:
            programme.at_most([(column(n), float(c)) for n, c in row.terms], float(row.most))
            continue
        top, bottom = row.share
        if row.who not in shares:
            share = shares[row.who] = programme.variable(0, math.inf)
            all_of_it = [(column(n), -float(top)) for n, _ in row.terms]
            programme.at_most([(share, float(bottom)), *all_of_it], float(row.most))
        pair = [(column(n), 1.0) for n, c in row.terms if c > -top]
        programme.at_most([*pair, (shares[row.who], -1.0)], 0.0)
