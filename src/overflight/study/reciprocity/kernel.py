"""Millions of pairs of strategies with a memory of one round, in floating point.

Press and Dyson (2012) write the long-run payoffs as determinants of 4x4 matrices; their cofactors
are the weights of the states. Here the cofactors are had as sums of products that are all positive
(the elimination of ``chain``, which takes nothing away from anything), since the determinants as
written lose all digits as the noise goes to zero: for two players of tit for tat at a noise of 1e-9
the terms cancel to 1e-27.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numba import njit
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.study.reciprocity.game import Payoffs
from overflight.study.reciprocity.play import Errors

Floats = NDArray[np.float64]


def pair_payoffs(
    one: Floats, two: Floats, game: Payoffs, errors: Errors, delta: float = 1.0
) -> Floats:
    """Mean payoffs a round of ``one[n]`` against ``two[n]``: shapes (n, 4), (n, 4) to (n, 2).

    Chances to keep after CC, CD, DC, DD, own move first; private signals. Both mean to keep in the
    first round, which counts where ``delta`` is below 1. A row is NaN where the long run depends on
    the beginning. Raises DataError for shapes that do not match, chances outside [0, 1], or public
    signals.
    """
    first, second = (np.ascontiguousarray(a, dtype=np.float64) for a in (one, two))
    if first.shape != second.shape or first.ndim != 2 or first.shape[1] != 4:
        raise DataError(
            f"pairs of shapes {first.shape} and {second.shape}", remedy="Give (n, 4) and (n, 4)."
        )
    if errors.public or not 0 < delta <= 1:
        raise DataError(
            "the fast way has private signals and a discount factor in (0, 1]",
            remedy="Use play() for public signals.",
        )
    for chances in (first, second):
        if not (np.min(chances, initial=0.0) >= 0 and np.max(chances, initial=1.0) <= 1):
            raise DataError("not every chance is from 0 to 1", remedy="Give probabilities.")
    given = np.array([float(x) for x in game.vector])
    rates = np.array([float(x) for x in (errors.noise, errors.false_alarm, errors.miss)])
    found = np.empty((len(first), 2))
    _pairs(first, second, given, rates, delta, found)
    return found


def round_robin(
    strategies: Sequence[tuple[Fraction, Fraction, Fraction, Fraction]],
    game: Payoffs,
    errors: Errors,
) -> Floats:
    """Payoff of each row's strategy against each column's: shape (n, n)."""
    table = np.array([[float(p) for p in row] for row in strategies])
    count = len(table)
    found = pair_payoffs(np.repeat(table, count, 0), np.tile(table, (count, 1)), game, errors)
    return found[:, 0].reshape(count, count)


@njit(cache=True)
def _done(keep: float, other: float, wrong: float, noise: float) -> tuple[float, float]:
    """Chances to keep and to break, each from sums of positive numbers."""
    means = (1.0 - wrong) * keep + wrong * other
    not_means = (1.0 - wrong) * (1.0 - keep) + wrong * (1.0 - other)
    return (
        (1.0 - noise) * means + noise * not_means,
        (1.0 - noise) * not_means + noise * means,
    )


@njit(cache=True)
def _pairs(
    first: Floats, second: Floats, game: Floats, rates: Floats, delta: float, found: Floats
) -> None:
    noise, false, miss = rates
    keep = 1.0 - noise
    start = (keep * keep, keep * noise, noise * keep, noise * noise)
    m = np.empty((4, 4))
    again = 1.0 - delta
    for n in range(len(first)):
        p, q = first[n], second[n]
        for a in range(2):
            for b in range(2):
                state = 2 * a + b
                x, nx = _done(p[state], p[2 * a + 1 - b], false if b == 0 else miss, noise)
                mirror = 2 * b + a
                y, ny = _done(q[mirror], q[2 * b + 1 - a], false if a == 0 else miss, noise)
                m[state, 0], m[state, 1] = x * y, x * ny
                m[state, 2], m[state, 3] = nx * y, nx * ny
                if again > 0.0:
                    for j in range(4):
                        m[state, j] = delta * m[state, j] + again * start[j]
        w0, w1, w2, w3 = _weights(m)
        total = w0 + w1 + w2 + w3
        if total > 0.0:
            found[n, 0] = (w0 * game[0] + w1 * game[1] + w2 * game[2] + w3 * game[3]) / total
            found[n, 1] = (w0 * game[0] + w1 * game[2] + w2 * game[1] + w3 * game[3]) / total
        else:
            found[n, 0] = found[n, 1] = np.nan


@njit(cache=True)
def _weights(m: Floats) -> tuple[float, float, float, float]:
    """The four cofactors by the matrix-tree theorem: for each root, the sum over the 16 trees of
    transitions that lead to it. All terms are positive; all are zero if two ends are never left."""
    return _tree(m, 0, 1, 2, 3), _tree(m, 1, 0, 2, 3), _tree(m, 2, 0, 1, 3), _tree(m, 3, 0, 1, 2)


@njit(cache=True)
def _tree(m: Floats, r: int, a: int, b: int, c: int) -> float:
    ar, br, cr = m[a, r], m[b, r], m[c, r]
    ab, ac, ba, bc, ca, cb = m[a, b], m[a, c], m[b, a], m[b, c], m[c, a], m[c, b]
    trees: float = (
        ar * (br * (cr + ca + cb) + ba * (cr + ca + cb) + bc * (cr + ca))
        + ab * (br * (cr + ca + cb) + bc * cr)
        + ac * (br * (cr + cb) + ba * cr + bc * cr)
    )
    return trees
