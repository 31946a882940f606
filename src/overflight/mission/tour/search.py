"""The best tour: orienteering with time as length, by the planner's own search.

The time that a team may spend in the country grows with the number of its inspections, so the
limit of the search depends on its answer. It is asked once for every number of inspections that
the limit depends on. Where the answer holds fewer sites than the limit was taken for, and is too
long for them, sites are made worth a little more, until one with enough of them is found, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.terms.tour import TourLimits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TRIES = 6
"""How often the worth of a further site is halved between too little and too much."""
SLACK = 1e-4
"""Hours by which a limit may seem to be passed: less than a second."""
TIE = 1e-7
"""How much an hour on the road weighs where it does not count: of equal tours the shorter one."""


@dataclass(frozen=True, slots=True)
class Found:
    """The order of sites (numbers from 0); ``best`` where no better one exists; what was spent."""

    order: tuple[int, ...]
    best: bool
    runs: int
    iterations: int


def search(
    out: Floats,
    between: Floats,
    back: Floats,
    value: Floats,
    road: Floats,
    limits: TourLimits,
    *,
    iterations: int,
    seed: int,
) -> Found:
    """The most valuable order that keeps the limits; of equal ones the shortest that was found.

    ``out`` and ``back`` have shape (n,): counted hours from arrival to a site and from it back,
    each with half of the time at it; ``between`` shape (n, n) likewise, symmetric. ``road`` are
    hours by road with the point of entry first, shape (n + 1, n + 1).
    """
    import numpy as np

    from overflight.planning.engine.api import OpResult, solve_op
    from overflight.planning.engine.exact import MOST

    n = len(value)
    table = np.zeros((n + 2, n + 2))
    table[2:, 2:] = between
    table[0, 2:] = table[2:, 0] = out
    table[1, 2:] = table[2:, 1] = back
    entry_twice = np.array([0, 0, *range(1, n + 1)])
    table += TIE * road[np.ix_(entry_twice, entry_twice)]
    np.fill_diagonal(table, 0.0)
    spent = [0, 0]

    def asked(limit: float, worth: float) -> OpResult:
        scores = np.concatenate([[0.0, 0.0], value + worth])
        result = solve_op(
            table, scores, limit + SLACK, 0, 1, iterations=iterations, seed=seed + spent[0]
        )
        spent[0] += 1
        spent[1] += result.iterations
        return result

    best: tuple[float, float, tuple[int, ...]] = (0.0, 0.0, ())
    bound = 0.0
    steps = 1
    while limits.allowed(steps) < limits.most and steps < n:
        steps += 1
    for inspections in range(1, steps + 1):
        limit = limits.allowed(inspections)

        def keep(result: OpResult) -> bool:
            """Whether it holds with the number of sites that it has; the best is remembered."""
            nonlocal best
            order = tuple(node - 2 for node in result.order if node > 1)
            if result.length > limits.allowed(len(order)) + SLACK:
                return False
            worth = float(value[list(order)].sum()) if order else 0.0
            if (worth, -result.length) > (best[0], -best[1] if best[2] else -np.inf):
                best = (worth, result.length, order)
            return True

        plain = asked(limit, 0.0)
        most_worth = float(value[[node - 2 for node in plain.order if node > 1]].sum())
        if keep(plain):
            bound = max(bound, most_worth)
            continue
        low, high = 0.0, 2.0 * float(value.sum())
        if not keep(asked(limit, high)):
            continue  # so many sites do not fit
        bound = max(bound, most_worth)
        for _ in range(TRIES):
            middle = (low + high) / 2.0 if low else high / 16.0
            low, high = (low, middle) if keep(asked(limit, middle)) else (middle, high)
    proved = n <= MOST and best[0] >= bound - SLACK
    return Found(best[2], proved, spent[0], spent[1])
