"""Drawing at random what is flown, with just the chances that were worked out.

Systematic sampling (Madow 1949, Annals of Mathematical Statistics 20:333): the chances are laid
end to end on a line and a comb with teeth one apart is laid on it at random. A site is looked at
when a tooth falls on its part, so its chance is the length of that part, no site is looked at
twice, and the number of looks is always the same. Lengths are whole ticks of 2^-40, the comb lies
at a whole tick: the chances are exact, not only in the limit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.study.inspection.payoffs import Floats

Ints = NDArray[np.int64]
TICKS = 1 << 40
"""Ticks to a chance of 1."""
_WHOLE = 1e-6


def ticks(chances: Floats) -> Ints:
    """Chances as whole ticks, shape (m,). A sum within 1e-6 of a whole number is made that number.

    Raises DataError for a chance outside 0 to 1.
    """
    if chances.size and (chances.min() < -_WHOLE or chances.max() > 1.0 + _WHOLE):
        raise DataError("a chance is not from 0 to 1", remedy="Give chances from 0 to 1.")
    lengths = np.rint(np.clip(chances, 0.0, 1.0) * TICKS).astype(np.int64)
    total = int(lengths.sum())
    whole = round(total / TICKS) * TICKS
    return _made(lengths, whole - total) if abs(whole - total) <= _WHOLE * TICKS else lengths


def _made(lengths: Ints, missing: int) -> Ints:
    """``lengths`` with ``missing`` ticks more (or fewer), spread over those between 0 and 1."""
    while missing:
        step = 1 if missing > 0 else -1
        free = np.flatnonzero((lengths > 0) & (lengths < TICKS))
        if not free.size:  # all are 0 or 1: they are whole already
            break
        each = max(1, abs(missing) // free.size)
        low, high = (-lengths[free], TICKS - lengths[free])
        change = np.clip(np.full(free.size, step * each), low, high)
        change = change[: abs(missing)] if each == 1 else change
        lengths[free[: change.size]] += change
        missing -= int(change.sum())
    return lengths


def comb(lengths: Ints, shift: int) -> Ints:
    """Indices of the sites on which a comb at ``shift`` ticks (0 to TICKS - 1) has a tooth."""
    ends = np.cumsum(lengths)
    teeth = (ends - shift + TICKS - 1) // TICKS
    return np.asarray(np.flatnonzero(np.diff(teeth, prepend=0)), dtype=np.int64)


def draw(chances: Floats, times: int, seed: int) -> list[Ints]:
    """``times`` independent draws of sites to look at; the same seed gives the same draws."""
    lengths = ticks(chances)
    random = np.random.default_rng(seed)
    return [comb(lengths, int(shift)) for shift in random.integers(0, TICKS, times)]


def every_draw(lengths: Ints) -> Iterator[tuple[int, Ints]]:
    """All that can be drawn: the chance in ticks, the sites. The chances add up to TICKS."""
    marks = np.unique(np.concatenate([[0], np.cumsum(lengths) % TICKS]))
    ends = np.append(marks[1:], TICKS)
    for begin, end in zip(marks.tolist(), ends.tolist(), strict=True):
        # a tooth at ``begin`` falls on the part that begins there
        yield end - begin, comb(lengths, begin)


def lots(weights: Floats) -> Ints:
    """Weights of a lottery as whole ticks that add up to TICKS, shape (m,)."""
    if not weights.size or weights.min() < -_WHOLE or abs(float(weights.sum()) - 1.0) > _WHOLE:
        raise DataError("the weights do not add up to 1", remedy="Give chances that do.")
    return ticks(np.asarray(weights, dtype=np.float64))


def draw_lots(weights: Floats, times: int, seed: int) -> Ints:
    """``times`` indices drawn by weight, shape (times,)."""
    ends = np.cumsum(lots(weights))
    random = np.random.default_rng(seed)
    return np.asarray(
        np.searchsorted(ends, random.integers(0, TICKS, times), side="right"), dtype=np.int64
    )
