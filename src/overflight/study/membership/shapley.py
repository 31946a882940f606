"""How much depends on whom: the Shapley value of a game (Shapley 1953), exact or sampled.

For a player i it is the mean, over all orders in which players can come, of what the value grows by
when i comes:  sum over coalitions S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist
from typing import TYPE_CHECKING

from overflight.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.int64]

EXACT_UP_TO = 20
"""Players up to which all 2^n coalitions are valued."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """A player's value: ``exact`` as a fraction, or ``estimate`` with its 95 % interval."""

    player: str
    exact: Fraction | None
    estimate: float
    interval_95: tuple[float, float]


def reached(players: Sequence[str], uses: Sequence[tuple[int, frozenset[str]]]) -> Values:
    """v(S) for every coalition S: the flights that can be flown with what S provides.

    ``uses``: flights, and the players any one of whom is enough for them. Shape (2^n,), int64;
    coalition S is the number with bit i set for ``players[i]``.
    """
    import numpy as np

    _check(players, EXACT_UP_TO)
    place = {player: n for n, player in enumerate(players)}
    coalitions = np.arange(1 << len(players), dtype=np.int64)
    values = np.zeros(1 << len(players), dtype=np.int64)
    for flights, any_of in uses:
        mask = sum(1 << place[player] for player in any_of if player in place)
        values += flights * ((coalitions & mask) != 0)
    return values


def shapley(players: Sequence[str], values: Values) -> tuple[Dependence, ...]:
    """The exact values of a game of at most 20 players. ``values``: shape (2^n,), whole numbers."""
    import numpy as np

    _check(players, EXACT_UP_TO)
    count = len(players)
    coalitions = np.arange(1 << count, dtype=np.int64)
    sizes = np.zeros(1 << count, dtype=np.int64)
    for n in range(count):
        sizes += (coalitions >> n) & 1
    found = []
    for n, player in enumerate(players):
        without = coalitions[(coalitions >> n) & 1 == 0]
        gains = values[without | (1 << n)] - values[without]
        total = Fraction(0)
        for size in range(count):
            gained = int(gains[sizes[without] == size].sum())
            ways = math.factorial(size) * math.factorial(count - size - 1)
            total += Fraction(gained * ways, math.factorial(count))
        found.append(Dependence(player, total, float(total), (float(total), float(total))))
    return tuple(found)


def sampled(
    players: Sequence[str],
    value: Callable[[frozenset[str]], float],
    *,
    orders: int = 2_000,
    seed: int = 0,
) -> tuple[Dependence, ...]:
    """Estimates from ``orders`` orders drawn at random, each with its reverse, and a 95 % interval
    by the normal law over the pairs."""
    chance = random.Random(seed)
    sums: dict[str, float] = dict.fromkeys(players, 0.0)
    squares: dict[str, float] = dict.fromkeys(players, 0.0)
    pairs = max(2, orders // 2)
    for _ in range(pairs):
        order = list(players)
        chance.shuffle(order)
        one, other = _gains(order, value), _gains(order[::-1], value)
        for player in players:
            mean = (one[player] + other[player]) / 2
            sums[player] += mean
            squares[player] += mean * mean
    wide = NormalDist().inv_cdf(0.975)
    found = []
    for player in players:
        mean = sums[player] / pairs
        spread = max(0.0, squares[player] / pairs - mean * mean) * pairs / (pairs - 1)
        half = wide * math.sqrt(spread / pairs)
        found.append(Dependence(player, None, mean, (mean - half, mean + half)))
    return tuple(found)


def dependence(
    players: Sequence[str], uses: Sequence[tuple[int, frozenset[str]]], *, seed: int = 0
) -> tuple[Dependence, ...]:
    """Exact up to 20 players, sampled above."""
    if len(players) <= EXACT_UP_TO:
        return shapley(players, reached(players, uses))

    def value(coalition: frozenset[str]) -> float:
        return float(sum(flights for flights, any_of in uses if any_of & coalition))

    return sampled(players, value, seed=seed)


def _gains(order: Sequence[str], value: Callable[[frozenset[str]], float]) -> Mapping[str, float]:
    gains: dict[str, float] = {}
    have: frozenset[str] = frozenset()
    before = value(have)
    for player in order:
        have |= {player}
        after = value(have)
        gains[player] = after - before
        before = after
    return gains


def _check(players: Sequence[str], most: int) -> None:
    if len(players) > most:
        raise DataError(
            f"{len(players)} players are too many for an exact value",
            remedy=f"At most {most}; sampled() takes more.",
        )
    if len(set(players)) < len(players):
        raise DataError("a player stands there twice", remedy="Name each once.")
