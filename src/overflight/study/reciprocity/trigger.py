"""When keeping is worth it: the best that punishment on public alarms can sustain.

The game. Both sides move at once, every year, without end, and weigh the next year by ``delta``.
Each year's alarms about both are public. An equilibrium here is strongly symmetric and perfect:
both sides always do the same, after every history nobody gains by leaving the plan, and the worst
plan is that both break for ever, a Nash equilibrium of the single year. A public lot may be drawn.
Equilibria in which the sides take turns, draw lots of their own, or act on private views, are
outside of it.

The value. Let x be the chance that a year's alarms trigger punishment if both keep (q), and if one
breaks (p). What both get is u above P, with beta = delta / (1 - delta), G = R - P, g = T - R::

    u = G / (1 + beta q)            each year G is had, and all is lost with chance q
    g <= beta u (p - q)             breaking gains g and brings punishment nearer

so that keeping is sustained if and only if  h(q) = G p - (G + g) q >= g / beta,  and the best is
the least such q. Where the second line holds with equality, u = G - g / (l - 1) with l = p / q,
which is Abreu, Milgrom and Pearce's value (1991, Econometrica 59:1713; Mailath and Samuelson,
Repeated Games and Reputations, 2006, chapters 7 and 8). p as a function of q is the curve of Neyman
and Pearson's tests: concave, of straight pieces, so that all of this is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from overflight.errors import DataError
from overflight.study.reciprocity.chain import N

Point = tuple[N, N]
"""(q, p): chances of punishment if both keep, and if one side breaks."""


@dataclass(frozen=True, slots=True)
class Stage(Generic[N]):
    """The year's game as the incentives see it: ``gain`` = T - R, ``worth`` = R - P."""

    gain: N
    worth: N


@dataclass(frozen=True, slots=True)
class Sustained(Generic[N]):
    """Keeping is an equilibrium: ``worth`` is what both get above P, ``at`` the (q, p) used."""

    worth: N
    at: Point[N]


def curve(keep: Sequence[N], breach: Sequence[N]) -> list[Point[N]]:
    """Corners of the best tests of a breach, from (0, 0) to (1, 1).

    ``keep`` and ``breach``: chances of each signal if both keep, and if one breaks. Signals come in
    the order of their likelihood ratio.
    """
    signals = [(q, p) for q, p in zip(keep, breach, strict=True) if q > 0 or p > 0]
    signals.sort(key=lambda s: (s[0] == 0, s[1] / s[0] if s[0] else s[1]), reverse=True)
    corners: list[Point[N]] = []
    q = p = keep[0] * 0
    corners.append((q, p))
    for more_q, more_p in signals:
        q, p = q + more_q, p + more_p
        corners.append((q, p))
    return corners


def about_both(keep: Sequence[N], breach: Sequence[N]) -> list[Point[N]]:
    """The same, where signals of that kind come about each of two sides, independently.

    A rule that treats the sides alike must hold either of them; the mean of the two breaches has
    the same best rules. Signals are pairs.
    """
    pairs = [(i, j) for i in range(len(keep)) for j in range(i + 1)]
    both = [keep[i] * keep[j] * (1 if i == j else 2) for i, j in pairs]
    one = [
        breach[i] * keep[i] if i == j else breach[i] * keep[j] + keep[i] * breach[j]
        for i, j in pairs
    ]
    return curve(both, one)


def either_side(false: N, seen: N) -> Point[N]:
    """(q, p) of the rule that punishes an alarm about either of two sides."""
    return 1 - (1 - false) * (1 - false), 1 - (1 - seen) * (1 - false)


def lottery(point: Point[N]) -> list[Point[N]]:
    """The rule that punishes on an alarm with any chance up to 1: a straight curve."""
    return [(point[0] * 0, point[1] * 0), point]


def sustained(stage: Stage[N], corners: Sequence[Point[N]], delta: N) -> Sustained[N] | None:
    """The best equilibrium with keeping that tests on this curve give, or None if there is none.

    ``corners``: concave, from ``curve``, ``about_both`` or ``lottery``. Raises DataError for a
    delta outside (0, 1).
    """
    _check(delta)
    need = stage.gain * (1 - delta) / delta
    before: Point[N] | None = None
    for corner in corners:
        height = _height(stage, corner)
        if height >= need:
            at = corner if before is None else _between(stage, before, corner, need)
            return Sustained(stage.worth / (1 + delta / (1 - delta) * at[0]), at)
        before = corner
    return None


def sustained_by(stage: Stage[N], point: Point[N], delta: N) -> Sustained[N] | None:
    """The same for one fixed rule, which always punishes for ever when it is triggered."""
    _check(delta)
    if _height(stage, point) < stage.gain * (1 - delta) / delta:
        return None
    return Sustained(stage.worth / (1 + delta / (1 - delta) * point[0]), point)


def critical_delta(stage: Stage[N], corners: Sequence[Point[N]]) -> N | None:
    """The least delta with which these tests sustain keeping; None if none does."""
    most = max(_height(stage, corner) for corner in corners)
    return stage.gain / (stage.gain + most) if most > 0 else None


def ratio_value(worth: N, gain: N, ratio: N) -> N:
    """pi - g / (l - 1), the value of a trigger with likelihood ratio l above 1 where it binds."""
    if not ratio > 1:
        raise DataError(f"likelihood ratio {ratio} is not above 1", remedy="Give a better signal.")
    return worth - gain / (ratio - 1)


def _height(stage: Stage[N], point: Point[N]) -> N:
    q, p = point
    return stage.worth * (p - q) - stage.gain * q


def _between(stage: Stage[N], low: Point[N], high: Point[N], need: N) -> Point[N]:
    """Where on the piece from ``low`` to ``high`` the height is just what is needed."""
    bottom, top = _height(stage, low), _height(stage, high)
    share = (need - bottom) / (top - bottom)
    return low[0] + share * (high[0] - low[0]), low[1] + share * (high[1] - low[1])


def _check(delta: N) -> None:
    if not 0 < delta < 1:
        raise DataError(
            f"discount factor {delta} is not between 0 and 1", remedy="Give e.g. --discount 0.9."
        )
