"""One window of the mosaic out of the frames that it is made of.

``multiband`` splits what a frame differs by from the others into bands of detail and mixes coarse
detail over a wide border and fine detail over a narrow one (Burt and Adelson 1983, "A
multiresolution spline with application to image mosaics"). The cells of the pyramid lie on a
lattice of the mosaic, so it does not matter where a window begins. ``feather`` mixes all detail
over the wide border, ``none`` not at all.

It is differences that are split and not pictures: where only one frame sees, they are carried on
smoothly from where two do (Gortler et al. 1996, "The lumigraph", section 3.4), so a seam close to
the rim of a frame is as soft as any. Frames come in one after another, each against those before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.mosaic import pyramid

Blend = Literal["multiband", "feather", "none"]
KINDS: tuple[Blend, ...] = ("multiband", "feather", "none")
_LEVELS = 5
LATTICE = 2**_LEVELS
"""Pixels: windows begin at multiples of it."""
_REACH = 4 * LATTICE
"""Pixels: further from a seam a frame is what it was."""
HALO: dict[Blend, int] = {"multiband": _REACH, "feather": _REACH, "none": 0}

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Part:
    """What a frame shows in a window: ``values`` (rows, columns, bands) float32 after its gain, and
    ``seen`` (rows, columns)."""

    index: int
    values: Floats
    seen: NDArray[np.bool_]


def blended(parts: Sequence[Part], own: NDArray[np.int32], how: Blend) -> Floats:
    """(rows, columns, bands). ``own`` (rows, columns): the index of the frame that each place is
    taken from, which sees it; -1 where there is none, and nothing meant."""
    out, seen = parts[0].values.copy(), parts[0].seen.copy()
    for part in parts[1:]:
        box = None if how == "none" else _around_seam(own, part.index)
        soft = None
        if box is not None:
            soft = pyramid.mixed(
                out[box], seen[box], part.values[box], part.seen[box], own[box] == part.index,
                _LEVELS, narrow=how == "multiband",
            )  # fmt: skip
        pyramid.laid_hard(out, seen, part.values, part.seen, own, part.index)
        if box is not None and soft is not None:
            out[box] = soft
    return out


def _around_seam(own: NDArray[np.int32], index: int) -> tuple[slice, slice] | None:
    """The part of a window, on the lattice, that the seams of a frame change."""
    top, bottom, left, right = pyramid.seam_box(own, index)
    if bottom < top:
        return None
    found = []
    for low, high, length in ((top, bottom, own.shape[0]), (left, right, own.shape[1])):
        first = max(0, (low - _REACH) // LATTICE * LATTICE)
        last = min(length, -(-(high + 1 + _REACH) // LATTICE) * LATTICE)
        found.append(slice(first, last))
    return found[0], found[1]


def across_seams(
    out: NDArray[Any], parts: Sequence[Part], own: NDArray[np.int32]
) -> tuple[float, float, int]:
    """Sums over neighbouring pixels of different frames: the step in the mosaic; the mean of the
    steps that the two frames have there; and how many there are. Visibility is the first over the
    second: 1 says that a seam differs from its surroundings in nothing."""
    by_index = {part.index: part for part in parts}
    mosaic = single = 0.0
    count = 0
    for a, b in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        rows, columns = np.nonzero((own[a] != own[b]) & (own[a] >= 0) & (own[b] >= 0))
        at = rows, columns
        pairs = np.stack([own[a][at], own[b][at]], axis=1)
        for i, j in np.unique(pairs, axis=0):
            which = (pairs[:, 0] == i) & (pairs[:, 1] == j)
            both = rows[which], columns[which]
            first, second = by_index[int(i)], by_index[int(j)]
            good = first.seen[b][both] & second.seen[a][both]
            both = both[0][good], both[1][good]
            step = np.abs(out[a][both].astype(np.float64) - out[b][both])
            ours = [
                np.abs(p.values[a][both].astype(np.float64) - p.values[b][both])
                for p in (first, second)
            ]
            mosaic += float(step.sum())
            single += float((ours[0] + ours[1]).sum() / 2.0)
            count += int(good.sum())
    return mosaic, single, count
