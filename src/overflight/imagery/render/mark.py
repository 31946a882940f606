"""The word SIMULATED in the pixels of a frame, again and again, so that no cut of it lacks one.

A bitmap of our own, five by seven dots a letter. Dots are drawn in black on a white plate: legible
on any ground, and no part of a target is ever under them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.terms.track import SIMULATED

_LETTERS = {
    "S": (".###.", "#...#", "#....", ".###.", "....#", "#...#", ".###."),
    "I": (".###.", "..#..", "..#..", "..#..", "..#..", "..#..", ".###."),
    "M": ("#...#", "##.##", "#.#.#", "#.#.#", "#...#", "#...#", "#...#"),
    "U": ("#...#", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."),
    "L": ("#....", "#....", "#....", "#....", "#....", "#....", "#####"),
    "A": (".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"),
    "T": ("#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."),
    "E": ("#####", "#....", "#....", "####.", "#....", "#....", "#####"),
    "D": ("####.", "#...#", "#...#", "#...#", "#...#", "#...#", "####."),
}
_APART = 2.2
"""Marks stand so many of their own lengths apart, the rows of them shifted against each other."""

Box = tuple[int, int, int, int]
"""Rows from and up to before, columns from and up to before."""


def stamp(dot: int) -> NDArray[np.bool_]:
    """The word as dots of ``dot`` pixels: True is ink; a rim of one dot around it."""
    columns = []
    for letter in SIMULATED:
        rows = np.array([[cell == "#" for cell in row] for row in _LETTERS[letter]])
        columns += [rows, np.zeros((7, 1), dtype=bool)]
    word = np.pad(np.hstack(columns[:-1]), 1)
    return np.kron(word, np.ones((dot, dot), dtype=bool))


def dot_size(rows: int, columns: int) -> int:
    """Pixels a dot, so that every quarter of a frame holds several marks and an eye can read them
    in the whole: 2 at least."""
    return max(2, min(rows, columns) // 900)


def burn(pixels: NDArray[Any], keep: Sequence[Box] = ()) -> list[tuple[int, int]]:
    """Write the word over ``pixels`` (rows, columns), in place; returns where (row, column).

    Marks that would touch a box of ``keep`` are moved beside it, or left out there if both sides
    are taken. A frame too small for a regular pattern bears one mark, as large as fits.
    """
    rows, columns = pixels.shape[:2]
    word = stamp(dot_size(rows, columns))
    if word.shape[0] > rows or word.shape[1] > columns:
        word = stamp(1)[:rows, :columns]
    tall, wide = word.shape
    dark, light = 0, np.iinfo(pixels.dtype).max
    down, across = int(tall * 5 * _APART), int(wide * _APART)
    places: list[tuple[int, int]] = []
    for line, top in enumerate(range(0, max(1, rows - tall + 1), down)):
        shift = (line % 2) * across // 2
        for left in range(shift, max(1, columns - wide + 1), across):
            free = _beside(top, left, (tall, wide), (rows, columns), keep)
            if free is not None:
                places.append(free)
    for top, left in places:
        pixels[top : top + tall, left : left + wide] = np.where(word, dark, light)
    return places


def _beside(
    top: int, left: int, size: tuple[int, int], frame: tuple[int, int], keep: Sequence[Box]
) -> tuple[int, int] | None:
    tall, wide = size
    for moved in (0, tall, -tall, 2 * tall, -2 * tall, 3 * tall, -3 * tall):
        row = top + moved
        if not 0 <= row <= max(0, frame[0] - tall):
            continue
        touched = any(
            row < box[1] and box[0] < row + tall and left < box[3] and box[2] < left + wide
            for box in keep
        )
        if not touched:
            return row, left
    return None
