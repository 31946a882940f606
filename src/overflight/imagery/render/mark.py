"""The word SIMULATED in the pixels of a frame, again and again, so that no cut of it lacks one.

A bitmap of our own, five by seven dots a letter, black on a white plate: legible on any ground.
Small words stand all over the picture; one large word stands in each quarter of it, whose dots are
a two-hundredth of the picture's longer side, so that it is read in an overview, or a thumbnail, of
256 pixels. Words keep off what is to be measured as long as they find room beside it, and go over
it where they find none: there is no scene that leaves the mark out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.terms.track import SIMULATED

_LETTERS = {
    "S": (".###.", "#...#", "#....", ".###.", "....#", "#...#", ".###."),
    "I": (".###.", "..#..", "..#..", "..#..", "..#..", "..#..", ".###."),
    "M": ("#...#", "##.##", "#.#.#", "#.#.#", "#...#", "#...#", "#...#"),
    "U": ("#...#", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."),
    "L": ("#....", "#....", "#....", "#....", "#....", "#....", "#####"),
    "A": (".###.", "#...#", "#...#", "#...#", "#####", "#...#", "#...#"),
    "T": ("#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."),
    "E": ("#####", "#....", "#....", "####.", "#....", "#....", "#####"),
    "D": ("####.", "#...#", "#...#", "#...#", "#...#", "#...#", "####."),
}
TALL, WIDE = 9, 6 * len(SIMULATED) + 1
"""Dots of the word with its rim."""
_APART = 2.2
"""Small words stand so many of their own lengths apart, the rows of them shifted against each
other."""
_LARGE = 200
_FILLS_WIDE, _FILLS_TALL = 0.9, 0.25
"""A large word takes up so much of its cell at most: of a narrow frame it must not hide half."""

Box = tuple[int, int, int, int]
"""Rows from and up to before, columns from and up to before."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its upper left corner, and the pixels of a dot's edge."""

    top: int
    left: int
    dot: int

    @property
    def box(self) -> Box:
        tall, wide = TALL * self.dot, WIDE * self.dot
        return self.top, self.top + tall, self.left, self.left + wide


@cache
def stamp(dot: int) -> NDArray[np.bool_]:
    """The word as dots of ``dot`` pixels: True is ink; a rim of one dot around it."""
    columns = []
    for letter in SIMULATED:
        rows = np.array([[cell == "#" for cell in row] for row in _LETTERS[letter]])
        columns += [rows, np.zeros((7, 1), dtype=bool)]
    word = np.kron(np.pad(np.hstack(columns[:-1]), 1), np.ones((dot, dot), dtype=bool))
    word.setflags(write=False)
    return np.asarray(word, dtype=bool)


def dot_size(rows: int, columns: int) -> int:
    """Pixels a dot of the small words, which every part of a frame holds: 2 at least."""
    return max(2, min(rows, columns) // 900)


def large_dot(rows: int, columns: int, cells: int = 2) -> int:
    """Pixels a dot of the large words, one in each of ``cells`` by ``cells`` parts of a picture."""
    fits = min(_FILLS_WIDE * columns / cells / WIDE, _FILLS_TALL * rows / cells / TALL)
    return max(1, min(int(fits), max(dot_size(rows, columns), round(max(rows, columns) / _LARGE))))


def has_room(rows: int, columns: int, cells: int = 2) -> bool:
    """Whether each of the parts of a picture holds a word at all."""
    return rows // cells >= TALL and columns // cells >= WIDE


def layout(rows: int, columns: int, keep: Sequence[Box] = (), cells: int = 2) -> tuple[Word, ...]:
    """Where the words of a picture stand, the large ones first. Raises ImageError for a picture
    that is too small for one in each of ``cells`` by ``cells`` parts."""
    if not has_room(rows, columns, cells):
        raise ImageError(
            f"{columns} x {rows} pixels have no room to say {SIMULATED}",
            remedy=f"A simulated picture has {cells * WIDE} x {cells * TALL} pixels at the least.",
        )
    words: list[Word] = []
    large = large_dot(rows, columns, cells)
    for i in range(cells):
        for j in range(cells):
            cell = (rows * i // cells, rows * (i + 1) // cells,
                    columns * j // cells, columns * (j + 1) // cells)  # fmt: skip
            words.append(_in_cell(cell, large, keep))
    small = dot_size(rows, columns)
    if small < large:
        taken = [*keep, *(word.box for word in words)]
        words += _everywhere(rows, columns, small, taken)
    return tuple(words)


def _in_cell(cell: Box, large: int, keep: Sequence[Box]) -> Word:
    """The free place nearest to the middle of a cell, at half the size if need be; the middle
    itself where there is none."""
    for dot in dict.fromkeys((large, max(1, large // 2))):
        tall, wide = TALL * dot, WIDE * dot
        tops = np.arange(cell[0], cell[1] - tall + 1, max(1, tall // 4))
        lefts = np.arange(cell[2], cell[3] - wide + 1, max(1, tall // 4))
        top, left = np.meshgrid(tops, lefts, indexing="ij")
        far = np.hypot(
            top + tall / 2.0 - (cell[0] + cell[1]) / 2.0,
            left + wide / 2.0 - (cell[2] + cell[3]) / 2.0,
        )
        for box in keep:
            touched = (top < box[1]) & (box[0] < top + tall) & (left < box[3])
            far[touched & (box[2] < left + wide)] = np.inf
        best = np.unravel_index(int(np.argmin(far)), far.shape)
        if np.isfinite(far[best]):
            return Word(int(top[best]), int(left[best]), dot)
    return Word(
        (cell[0] + cell[1] - TALL * large) // 2, (cell[2] + cell[3] - WIDE * large) // 2, large
    )


def _everywhere(rows: int, columns: int, dot: int, taken: Sequence[Box]) -> list[Word]:
    tall, wide = TALL * dot, WIDE * dot
    down, across = int(tall * 5 * _APART), int(wide * _APART)
    words = []
    for line, top in enumerate(range(0, rows - tall + 1, down)):
        shift = (line % 2) * across // 2
        for left in range(shift, columns - wide + 1, across):
            free = _beside(top, left, (tall, wide), (rows, columns), taken)
            if free is not None:
                words.append(Word(free, left, dot))
    return words


def _beside(
    top: int, left: int, size: tuple[int, int], frame: tuple[int, int], taken: Sequence[Box]
) -> int | None:
    """The row of a word that touches nothing, moved up or down; None where both are taken."""
    tall, wide = size
    for moved in (0, tall, -tall, 2 * tall, -2 * tall, 3 * tall, -3 * tall):
        row = top + moved
        if not 0 <= row <= frame[0] - tall:
            continue
        touched = any(
            row < box[1] and box[0] < row + tall and left < box[3] and box[2] < left + wide
            for box in taken
        )
        if not touched:
            return row
    return None


def write(
    pixels: NDArray[Any],
    words: Sequence[Word],
    row0: int = 0,
    col0: int = 0,
    mask: NDArray[np.uint8] | None = None,
) -> None:
    """Write words over a part of a picture, (rows, columns) or with bands, in place, whose first
    pixel is at ``row0`` and ``col0`` of it; only where ``mask`` is not zero, if there is one."""
    rows, columns = pixels.shape[:2]
    dark, light = 0, np.iinfo(pixels.dtype).max
    for word in words:
        top, bottom, left, right = word.box
        r0, r1 = max(top, row0), min(bottom, row0 + rows)
        c0, c1 = max(left, col0), min(right, col0 + columns)
        if r0 >= r1 or c0 >= c1:
            continue
        inner = np.s_[r0 - row0 : r1 - row0, c0 - col0 : c1 - col0]
        ink = np.where(stamp(word.dot)[r0 - top : r1 - top, c0 - left : c1 - left], dark, light)
        part = pixels[inner]
        seen = np.ones(ink.shape, dtype=bool) if mask is None else mask[inner] != 0
        if part.ndim == 3:
            ink, seen = np.broadcast_to(ink[:, :, None], part.shape), seen[:, :, None]
        np.copyto(part, ink.astype(part.dtype), where=seen)


def burn(pixels: NDArray[Any], keep: Sequence[Box] = ()) -> tuple[Word, ...]:
    """Write the words of a whole picture over it, in place, off the boxes of ``keep`` where there
    is room. Raises ImageError as ``layout``."""
    words = layout(pixels.shape[0], pixels.shape[1], keep)
    write(pixels, words)
    return words
