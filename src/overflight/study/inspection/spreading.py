"""How to spread n looks over sites that are seen one at a time.

ORIGAMI (Kiekintveld, Jain, Tsai, Pita, Ordonez, Tambe 2009, Computing optimal randomized resource
allocations for massive security games, AAMAS): the side that looks commits to chances, the other
sees them and acts where it pays most, ties in favour of the looking side (a strong Stackelberg
equilibrium; in a zero-sum game simply the maximin). What the best site still pays, k, is pushed
down as far as n looks go::

    sum over sites of clip((unseen - k) / (unseen - seen), 0, 1) = n

The paper adds sites in the order of their payoffs. Here k is found by Newton's method on the left
side, which is convex and falls by straight pieces: from below it reaches the piece that holds the
root in a few steps and is then there exactly, without sorting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.errors import DataError
from overflight.study.inspection.payoffs import Floats, Payoffs

_MOST_STEPS = 10_000
_SAMPLE = 2000
_NOTHING = 1e-13
"""Sites where looking changes less than this part of the most it changes anywhere are left out."""
_TIE = 1e-12
"""Sites whose payoff is within this part of the best count as equally good to act at."""


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """``coverage`` (m,): the chance that each site is looked at; its sum is the looks in use.

    ``acting`` is what the side that hides gets at the best of its sites, ``looking`` what the
    other side gets then; ``site`` is that site (of equals the one best for the looking side),
    ``tied`` how many are equally good.
    """

    coverage: Floats
    acting: float
    looking: float
    site: int
    tied: int


def spread(game: Payoffs, looks: int) -> Spread:
    """The best chances for ``looks`` looks, a site at most once. Raises DataError for none."""
    if looks < 0:
        raise DataError(f"{looks} is no number of looks", remedy="Give 0 or more.")
    if not game.sites:
        raise DataError("there are no sites", remedy="Give at least one site.")
    gain = game.unseen - game.seen
    if looks >= game.sites:
        return _judged(game, np.ones(game.sites))
    useful = gain > _NOTHING * max(float(gain.max()), 1e-300)
    high, width = (game.unseen, gain) if useful.all() else (game.unseen[useful], gain[useful])
    least = float(game.seen.max())
    level = max(least, _level(high, width, looks)) if looks else float(game.unseen.max())
    part = np.clip((high - level) / width, 0.0, 1.0) if looks else np.zeros(high.size)
    if useful.all():
        coverage = part
    else:
        coverage = np.zeros(game.sites)
        coverage[useful] = part
    return _judged(game, _used_up(game, coverage, looks))


def _level(high: Floats, width: Floats, looks: int) -> float:
    """k with sum max(0, high - k) / width = looks; -inf without sites."""
    if not high.size:
        return -np.inf
    level, sure = _guess(high, width, looks), False
    for _ in range(_MOST_STEPS):
        above = high > level
        kept = int(np.count_nonzero(above))
        if sure and kept == high.size:
            break
        if not kept:  # guessed above all of them: the whole line, which is below the root
            some, thin = high, width
        elif kept < high.size:
            some, thin = high[above], width[above]
        else:
            some, thin = high, width
        if sure:
            high, width = some, thin
        # about the level, so that the rounding of the sums does not count in it
        slope = 1.0 / thin
        level += (float(((some - level) * slope).sum()) - looks) / float(slope.sum())
        sure = True  # a tangent of a convex curve meets the axis before its root
    return level


def _guess(high: Floats, width: Floats, looks: int) -> float:
    """About where k is: that of a sample of the sites, with its part of the looks."""
    if high.size <= _SAMPLE:
        slope = 1.0 / width
        return (float((high * slope).sum()) - looks) / float(slope.sum())
    few = slice(None, None, high.size // _SAMPLE)
    high_few, slope = high[few], 1.0 / width[few]
    order = np.argsort(-high_few)
    top, steep = high_few[order], np.cumsum(slope[order])
    # what it takes to bring all before each down to it
    need = top * steep - np.cumsum(top * slope[order])
    part = looks * top.size / high.size
    last = int(np.searchsorted(-need, part)) - 1
    last = min(max(last, 0), top.size - 1)
    return float((top[: last + 1] * slope[order][: last + 1]).sum() - part) / float(steep[last])


def _used_up(game: Payoffs, coverage: Floats, looks: int) -> Floats:
    """Looks left over, where more would not lower the best payoff, go where they change nothing.

    That is to sites other than the one acted at. In a zero-sum game any site will do.
    """
    left = looks - float(coverage.sum())
    if left <= 1e-9 * max(1, looks):
        return coverage
    room = 1.0 - coverage
    if not game.zero_sum:
        room[_judged(game, coverage).site] = 0.0
    total = float(room.sum())
    if total <= 0.0:
        return coverage
    return np.asarray(coverage + room * min(1.0, left / total), dtype=np.float64)


def _judged(game: Payoffs, coverage: Floats) -> Spread:
    """What both sides get from ``coverage`` when the other side acts where it pays most."""
    acting = game.unseen - coverage * (game.unseen - game.seen)
    best = float(acting.max())
    looking = game.lost + coverage * (game.caught - game.lost)
    tied = np.flatnonzero(acting >= best - _TIE * max(1.0, abs(best)) * coverage.size**0.5)
    site = int(tied[np.argmax(looking[tied])])
    return Spread(coverage, best, float(looking[site]), site, int(tied.size))
