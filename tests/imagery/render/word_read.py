"""A reader of five by seven dot letters that knows nothing of how the word is written.

All 26 capitals, in the shapes of the character generator that dot-matrix displays made common
(Hitachi HD44780U data sheet, table 4). A word is read letter by letter: each is the capital with
which most of its 35 dots agree. So a blurred, shrunk or cut word spells something else.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

FONT = {
    "A": "01110 10001 10001 10001 11111 10001 10001",
    "B": "11110 10001 10001 11110 10001 10001 11110",
    "C": "01110 10001 10000 10000 10000 10001 01110",
    "D": "11110 10001 10001 10001 10001 10001 11110",
    "E": "11111 10000 10000 11110 10000 10000 11111",
    "F": "11111 10000 10000 11110 10000 10000 10000",
    "G": "01110 10001 10000 10111 10001 10001 01111",
    "H": "10001 10001 10001 11111 10001 10001 10001",
    "I": "01110 00100 00100 00100 00100 00100 01110",
    "J": "00111 00010 00010 00010 00010 10010 01100",
    "K": "10001 10010 10100 11000 10100 10010 10001",
    "L": "10000 10000 10000 10000 10000 10000 11111",
    "M": "10001 11011 10101 10101 10001 10001 10001",
    "N": "10001 10001 11001 10101 10011 10001 10001",
    "O": "01110 10001 10001 10001 10001 10001 01110",
    "P": "11110 10001 10001 11110 10000 10000 10000",
    "Q": "01110 10001 10001 10001 10101 10010 01101",
    "R": "11110 10001 10001 11110 10100 10010 10001",
    "S": "01110 10001 10000 01110 00001 10001 01110",
    "T": "11111 00100 00100 00100 00100 00100 00100",
    "U": "10001 10001 10001 10001 10001 10001 01110",
    "V": "10001 10001 10001 10001 10001 01010 00100",
    "W": "10001 10001 10001 10101 10101 10101 01010",
    "X": "10001 10001 01010 00100 01010 10001 10001",
    "Y": "10001 10001 10001 01010 00100 00100 00100",
    "Z": "11111 00001 00010 00100 01000 10000 11111",
}
GLYPHS = {
    letter: np.array([[dot == "1" for dot in row] for row in rows.split()])
    for letter, rows in FONT.items()
}
WORD = "SIMULATED"
_FINE = 6


def _drawn(dot: float) -> np.ndarray:
    """The word, dark on light with a rim of one dot, with dots of ``dot`` pixels: 0 to 1."""
    gap = np.zeros((7, 1), dtype=bool)
    ink = np.hstack([part for letter in WORD for part in (GLYPHS[letter], gap)][:-1])
    plate = np.where(np.pad(ink, 1), 0, 255).astype(np.uint8)
    size = max(1, round(plate.shape[1] * dot)), max(1, round(plate.shape[0] * dot))
    fine = np.kron(plate, np.ones((16, 16), np.uint8))
    return np.asarray(Image.fromarray(fine).resize(size, Image.Resampling.BOX), float) / 255.0


def _found(picture: np.ndarray, dot: float) -> tuple[int, int]:
    """The place that the drawn word fits best, by normalised correlation."""
    word = _drawn(dot)
    tall, wide = word.shape
    views = np.lib.stride_tricks.sliding_window_view
    pattern = word - word.mean()
    shape = picture.shape
    product = np.fft.irfft2(
        np.fft.rfft2(picture - picture.mean()) * np.conj(np.fft.rfft2(pattern, s=shape)), s=shape
    )[: shape[0] - tall + 1, : shape[1] - wide + 1]
    rows = views(picture, tall, axis=0).mean(axis=-1)
    squares = views(picture**2, tall, axis=0).mean(axis=-1)
    mean = views(rows, wide, axis=1).mean(axis=-1)
    spread = np.sqrt(np.maximum(views(squares, wide, axis=1).mean(axis=-1) - mean**2, 1.0))
    best = int(np.argmax(product / spread))
    return divmod(best, product.shape[1])


def read(picture: np.ndarray, dot: float) -> str:
    """The nine letters at the place that looks most like the word, in grey values (rows, columns);
    "" where the picture is smaller than the word."""
    grey = np.asarray(picture, dtype=float)
    tall, wide = (round(dots * dot) for dots in (9, 55))
    if grey.shape[0] < tall or grey.shape[1] < wide:
        return ""
    top, left = _found(grey, dot)
    plate = grey[top : top + tall, left : left + wide]
    low, high = np.percentile(plate, (5, 95))
    size = 55 * _FINE, 9 * _FINE
    large = Image.fromarray(plate.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    dots = np.asarray(large).reshape(9, _FINE, 55, _FINE).mean(axis=(1, 3))
    ink = dots[1:8, 1:54] < (low + high) / 2.0
    letters = [ink[:, 6 * k : 6 * k + 5] for k in range(len(WORD))]
    return "".join(
        max(GLYPHS, key=lambda name: int((GLYPHS[name] == letter).sum())) for letter in letters
    )


def shrunk(picture: np.ndarray, factor: int) -> np.ndarray:
    """Means over ``factor`` by ``factor`` pixels, as an overview has them."""
    rows, columns = (size // factor for size in picture.shape)
    cut = picture[: rows * factor, : columns * factor].astype(float)
    return np.asarray(cut.reshape(rows, factor, columns, factor).mean(axis=(1, 3)))
