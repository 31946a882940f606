"""Whether a picture says SIMULATED in its pixels, and copies that say it again where it was lost.

The large words are looked for by normalised correlation, upright and at the size in which
``mark.layout`` writes them: a picture that lost its metadata, by way of a JPEG for example, is
still known as simulated. A turned copy is not searched; it is made from a picture that was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.render import mark

_FOUND = 0.65
"""Correlation with the word from which on it is there: 1 as written, 0.8 half a pixel aside."""
_STRIP = 512
_DOT_PX, _BLUR_DOTS = 1.5, 0.5
"""A word is legible with so many pixels a dot or more, under a Gaussian of at most so many dots:
dots next to each other keep 0.29 of their contrast (exp(-2 pi^2 / 16))."""

Block = Callable[[int, int, int, int], tuple[NDArray[Any], NDArray[np.uint8]]]


class Windows(Protocol):
    """What ``imagery.sources.Source`` gives of a picture."""

    @property
    def columns(self) -> int: ...
    @property
    def rows(self) -> int: ...
    def window(self, row0: int, row1: int, col0: int, col1: int) -> NDArray[Any]: ...


def borne(source: Windows) -> tuple[int, int]:
    """How many quarters of a picture bear the word, and the pixels of a dot of the smallest that
    was found there; 0, 0 for none. Raises as the source does for a damaged file."""
    rows, columns = source.rows, source.columns
    if not mark.has_room(rows, columns):
        return 0, 0
    large = mark.large_dot(rows, columns)
    dots: list[int] = []
    for i in range(2):
        for j in range(2):
            quarter = (rows * i // 2, rows * (i + 1) // 2,
                       columns * j // 2, columns * (j + 1) // 2)  # fmt: skip
            for dot in dict.fromkeys((large, max(1, large // 2))):
                if _best(source, quarter, dot) >= _FOUND:
                    dots.append(dot)
                    break
    return len(dots), min(dots, default=0)


def legible(dot_px: float, sigma_px: float) -> bool:
    """Whether words of so large dots are read under a Gaussian of this deviation, both in pixels
    of the picture that is looked at."""
    return dot_px >= _DOT_PX and sigma_px <= _BLUR_DOTS * dot_px


def said_again(block: Block, shape: tuple[int, int]) -> Block:
    """Blocks of the same picture with the words written over what is seen of it.

    Raises ImageError for a picture that has no room for them.
    """
    cells = 3 if mark.has_room(*shape, 3) else 1
    words = mark.layout(*shape, (), cells)

    def marked(
        row0: int, row1: int, col0: int, col1: int
    ) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        pixels, seen = block(row0, row1, col0, col1)
        pixels = np.array(pixels)
        mark.write(pixels, words, row0, col0, seen)
        return pixels, seen

    return marked


def _best(source: Windows, box: mark.Box, dot: int) -> float:
    """The largest correlation of the word with any place in a part of a picture."""
    factor = max(1, dot // 2)
    small = _reduced(source, box, factor)
    word = np.where(mark.stamp(dot), 0.0, 1.0)
    word = _means(word, factor)
    if word.shape[0] > small.shape[0] or word.shape[1] > small.shape[1]:
        return 0.0
    return float(_correlation(small, word).max())


def _reduced(source: Windows, box: mark.Box, factor: int) -> NDArray[np.float64]:
    """Means over ``factor`` by ``factor`` pixels of one band, read in strips: words are in all."""
    step = max(1, _STRIP // factor) * factor
    parts = []
    for top in range(box[0], box[1], step):
        pixels = source.window(top, min(top + step, box[1]), box[2], box[3])
        grey = pixels if pixels.ndim == 2 else pixels[:, :, min(1, pixels.shape[2] - 1)]
        if len(grey) >= factor:
            parts.append(_means(grey, factor))
    return np.concatenate(parts)


def _means(values: NDArray[Any], factor: int) -> NDArray[np.float64]:
    rows, columns = (size // factor for size in values.shape)
    cut = values[: rows * factor, : columns * factor]
    return np.asarray(
        cut.reshape(rows, factor, columns, factor).mean(axis=(1, 3), dtype=np.float64)
    )


def _correlation(picture: NDArray[np.float64], word: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normalised correlation at every place where the word lies whole in the picture."""
    tall, wide = word.shape
    high, long = picture.shape[0] - tall + 1, picture.shape[1] - wide + 1
    centred = picture - picture.mean()
    pattern = word - word.mean()
    shape = picture.shape
    product = np.fft.irfft2(
        np.fft.rfft2(centred) * np.conj(np.fft.rfft2(pattern, s=shape)), s=shape
    )[:high, :long]
    count = float(word.size)
    spread = _sums(centred**2, tall, wide) - _sums(centred, tall, wide) ** 2 / count
    scale = np.sqrt(np.maximum(spread, 0.0) * float((pattern**2).sum()))
    return np.asarray(
        np.where(scale > 1e-6 * (scale.max() + 1e-300), product / np.maximum(scale, 1e-300), 0.0)
    )


def _sums(values: NDArray[np.float64], tall: int, wide: int) -> NDArray[np.float64]:
    """Sums over every window of a size, from cumulated ones."""
    total = np.pad(values, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    return np.asarray(
        total[tall:, wide:] - total[:-tall, wide:] - total[tall:, :-wide] + total[:-tall, :-wide]
    )
