"""Where a Markov chain spends its time, exactly or in floating point.

The method is that of Grassmann, Taksar and Heyman (1985, Operations Research 33:1107): states are
taken out one after the other with sums, products and quotients of numbers that are not negative.
Nothing is subtracted, so that no digits are lost however rare a transition is.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeVar

from overflight.errors import DataError

N = TypeVar("N", Fraction, float)
Matrix = Sequence[Sequence[N]]


def stationary(chain: Matrix[N]) -> list[N]:
    """Share of time in each state of a chain with rows that add up to 1.

    Raises DataError if it depends on where the chain begins, as without noise it may.
    """
    closed = _closed(chain)
    if len(closed) > 1:
        raise DataError(
            f"where play ends depends on how it begins ({len(closed)} ends that are never left)",
            remedy="Give a noise above 0, or a discount factor below 1.",
        )
    (states,) = closed
    shares: list[N] = [chain[0][0] * 0 for _ in chain]
    inner = _gth([[chain[i][j] for j in states] for i in states])
    for state, share in zip(states, inner, strict=True):
        shares[state] = share
    return shares


def discounted(chain: Matrix[N], start: Sequence[N], delta: N) -> list[N]:
    """Weight of each state in (1 - delta) * sum of delta^t, from ``start``; ``delta`` below 1.

    It is where a chain spends its time that with chance 1 - delta begins anew.
    """
    again = 1 - delta
    renewed = [[delta * p + again * s for p, s in zip(row, start, strict=True)] for row in chain]
    return stationary(renewed)


def _gth(chain: list[list[N]]) -> list[N]:
    """Stationary distribution of an irreducible chain; ``chain`` is used up."""
    size = len(chain)
    for n in range(size - 1, 0, -1):
        out = sum(chain[n][1:n], chain[n][0])
        for i in range(n):
            chain[i][n] /= out
        for i in range(n):
            for j in range(n):
                if i != j:
                    chain[i][j] += chain[i][n] * chain[n][j]
    weights = [chain[0][0] * 0 + 1]
    for n in range(1, size):
        weights.append(sum((weights[i] * chain[i][n] for i in range(1, n)), chain[0][n]))
    total = sum(weights[1:], weights[0])
    return [weight / total for weight in weights]


def _closed(chain: Matrix[N]) -> list[list[int]]:
    """The classes of states that are never left."""
    steps = [[j for j, p in enumerate(row) if p > 0] for row in chain]
    reach = [_from(i, steps) for i in range(len(chain))]
    classes: list[list[int]] = []
    for i in range(len(chain)):
        if all(i in reach[j] for j in reach[i]) and not any(i in c for c in classes):
            classes.append(sorted(reach[i]))
    return classes


def _from(start: int, steps: Sequence[Sequence[int]]) -> set[int]:
    """The states that can be reached, ``start`` among them."""
    found, waiting = {start}, [start]
    while waiting:
        for state in steps[waiting.pop()]:
            if state not in found:
                found.add(state)
                waiting.append(state)
    return found
