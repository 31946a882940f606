"""Inspections one after the other: few of them, many stages, and one who watches the inspector.

The game of Dresher (1962, RAND RM-2972) as von Stengel extended it (2016, Recursive inspection
games, Mathematics of Operations Research 41:935). Of ``n`` stages the inspector may inspect ``m``.
The inspected side sees where he inspects and wants at most ``k`` violations. A violation at a stage
without inspection succeeds, is worth 1 and is not noticed; one at an inspected stage is found,
costs ``b`` and ends the game, what was gained before stays. A lawful end is worth nothing. The game
is zero-sum; values are what the inspected side gains::

    v(n, m, k) = [C(n, m + 1) - C(n - k, m + 1)] / sum over i = 0..m of C(n, i) b^(m - i)

All in exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb

from overflight.errors import DataError

MOST_STAGES = 1000
MOST_STATES = 200_000
"""States that the recursion goes through; beyond that the closed form is there."""


@dataclass(frozen=True, slots=True)
class Sequential:
    """``stages`` n, ``inspections`` m, ``violations`` k (at most those wanted), ``penalty`` b."""

    stages: int
    inspections: int
    violations: int = 1
    penalty: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        for name, value, least in (
            ("stages", self.stages, 1),
            ("inspections", self.inspections, 0),
            ("violations", self.violations, 0),
        ):
            if value < least:
                raise DataError(
                    f"{value} is no number of {name}", remedy=f"Give {least} or more {name}."
                )
        if self.stages > MOST_STAGES:
            raise DataError(
                f"{self.stages} stages are more than {MOST_STAGES}",
                remedy="Let a stage be longer, so that there are fewer.",
            )
        if self.penalty < 0:
            raise DataError(
                f"a penalty of {self.penalty} is a reward",
                remedy="Give 0 or more, in units of what one violation is worth.",
            )


@dataclass(frozen=True, slots=True)
class Stage:
    """How a stage is played: the chances to inspect and to violate, and what the stage is worth."""

    value: Fraction
    inspect: Fraction
    violate: Fraction


def value(game: Sequential) -> Fraction:
    """What the inspected side gains in expectation when both play their best."""
    n, m = game.stages, min(game.inspections, game.stages)
    k = min(game.violations, n)
    return Fraction(comb(n, m + 1) - comb(n - k, m + 1)) / _weight(n, m, game.penalty)


def play(game: Sequential) -> Stage:
    """The first stage of the game, both playing their best.

    The inspector's chance is s(n - 1, m - 1) / s(n, m) with s the denominator of the value: it does
    not depend on the number of violations, so he need not know how many have succeeded.
    """
    n, m, k, b = game.stages, game.inspections, game.violations, game.penalty
    worth = value(game)
    if m == 0:
        return Stage(worth, Fraction(0), Fraction(1 if k else 0))
    if m >= n:
        return Stage(worth, Fraction(1), Fraction(0))
    inspect = _inspecting(n, m, b)
    if k == 0:
        return Stage(worth, inspect, Fraction(0))
    lawful_seen = value(Sequential(n - 1, m - 1, k, b))
    lawful_unseen = value(Sequential(n - 1, m, k, b))
    gained = 1 + value(Sequential(n - 1, m, k - 1, b))
    # the chance q that makes inspecting and not inspecting the same to the inspector
    violate = (lawful_seen - lawful_unseen) / (lawful_seen - lawful_unseen + gained + b)
    return Stage(worth, inspect, violate)


def schedule(
    game: Sequential, stages: int | None = None, inspections: int | None = None
) -> tuple[tuple[Fraction, ...], ...]:
    """The chance to inspect, row by stages left (n, n - 1, ... 1), column by inspections left.

    ``stages``, ``inspections``: no more rows than so many, and no more columns but the first, of no
    inspection. The weights s(n, m) are reckoned as whole numbers, s(n, m) q^m for a penalty p / q:
    that is s(n - 1, m) + q s(n - 1, m - 1).
    """
    last = game.inspections if inspections is None else min(inspections, game.inspections)
    last = min(last, game.stages)
    p, q = game.penalty.numerator, game.penalty.denominator
    weights = [p**m for m in range(last + 1)]  # of no stages
    rows = []
    for n in range(1, game.stages + 1):
        before = weights
        weights = [1, *(before[m] + q * before[m - 1] for m in range(1, last + 1))]
        if stages is None or n > game.stages - stages:
            rows.append(
                tuple(
                    Fraction(1 if m else 0)
                    if m == 0 or m >= n
                    else Fraction(q * before[m - 1], weights[m])
                    for m in range(last + 1)
                )
            )
    return tuple(reversed(rows))


def recursion(game: Sequential) -> Fraction:
    """The value by going back from the last stage, each stage a game of two by two.

    Independent of the closed form. Raises DataError where there are too many states.
    """
    n, m, k = game.stages, min(game.inspections, game.stages), min(game.violations, game.stages)
    if (states := n * (m + 1) * (k + 1)) > MOST_STATES:
        raise DataError(
            f"the recursion would go through {states} states, more than {MOST_STATES}",
            remedy="Use the closed form.",
        )
    zero = Fraction(0)
    later = {(i, j): zero for i in range(m + 1) for j in range(k + 1)}
    for _ in range(n):
        now = {}
        for i in range(m + 1):
            now[i, 0] = zero
            for j in range(1, k + 1):
                unseen = (1 + later[i, j - 1], later[i, j])
                if i == 0:
                    now[i, j] = max(unseen)
                else:
                    seen = (-game.penalty, later[i - 1, j])
                    now[i, j] = two_by_two(seen, unseen)
        later = now
    return later[m, k]


def two_by_two(seen: tuple[Fraction, Fraction], unseen: tuple[Fraction, Fraction]) -> Fraction:
    """The value of a game of two by two: one side picks the pair and wants little, the other the
    place in the pair and wants much."""
    (a, c), (b, d) = seen, unseen
    low = min(max(a, c), max(b, d))
    high = max(min(a, b), min(c, d))
    if low == high:
        return low
    return (a * d - b * c) / (a + d - b - c)


def _inspecting(n: int, m: int, b: Fraction) -> Fraction:
    """The chance to inspect at the first of ``n`` stages with ``m`` inspections left."""
    if m == 0 or m >= n:
        return Fraction(1 if m else 0)
    return _weight(n - 1, m - 1, b) / _weight(n, m, b)


def _weight(n: int, m: int, b: Fraction) -> Fraction:
    """sum over i = 0..m of C(n, i) b^(m - i), by Horner's rule."""
    total, chosen = Fraction(0), 1
    for i in range(m + 1):
        total = total * b + chosen
        chosen = chosen * (n - i) // (i + 1)
    return total
