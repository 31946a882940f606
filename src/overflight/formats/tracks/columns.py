"""Numbers as aligned columns of text, a million rows in a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
_SPACE, _MINUS, _DOT, _ZERO = (ord(c) for c in " -.0")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: values of shape (n,), how many digits before and after the point.

    NaN is left blank. Values that need more digits than ``whole`` raise ValueError.
    """

    values: NDArray[np.float64]
    whole: int
    decimals: int


def rows_of_text(columns: Sequence[Column | Bytes]) -> bytes:
    """Rows of comma-separated columns, each right-aligned in its width; "\\n" after each."""
    parts: list[Bytes] = []
    for column in columns:
        cells = _cells(column) if isinstance(column, Column) else column
        parts += [cells, np.full((len(cells), 1), ord(","), dtype=np.uint8)]
    parts[-1] = np.full_like(parts[-1], ord("\n"))
    return np.concatenate(parts, axis=1).tobytes()


def instants_as_text(time_s: NDArray[np.float64], decimals: int) -> Bytes:
    """Seconds since 1970 as 2021-05-19T07:00:00.000Z, uint8 of shape (n, width)."""
    unit, per_second = {0: ("s", 1), 3: ("ms", 1_000), 6: ("us", 1_000_000)}[decimals]
    whole = np.floor(time_s)
    part = np.round((time_s - whole) * per_second).astype(np.int64)
    ticks = whole.astype(np.int64) * per_second + part
    text = np.datetime_as_string(ticks.astype(f"datetime64[{unit}]"))
    width = len("2021-05-19T07:00:00") + (1 + decimals if decimals else 0)
    raw = text.astype(f"S{width}").view(np.uint8).reshape(len(text), width)
    zone = np.full((len(raw), 1), ord("Z"), dtype=np.uint8)
    return np.concatenate([raw, zone], axis=1)


def _cells(column: Column) -> Bytes:
    values, decimals = column.values, column.decimals
    known = np.isfinite(values)
    scaled = np.rint(np.where(known, np.abs(values), 0.0) * 10**decimals).astype(np.int64)
    negative = (values < 0) & (scaled > 0) & known
    width = 1 + column.whole + (1 + decimals if decimals else 0)
    if len(scaled) and int(scaled.max()) >= 10 ** (column.whole + decimals):
        raise ValueError(
            f"{float(np.nanmax(np.abs(values)))} needs more than {column.whole} digits"
        )
    cells = np.full((len(values), width), _SPACE, dtype=np.uint8)
    rest, at = scaled, width - 1
    for _ in range(decimals):
        rest, digit = np.divmod(rest, 10)
        cells[:, at] = digit + _ZERO
        at -= 1
    if decimals:
        cells[:, at] = _DOT
        at -= 1
    first = np.full(len(values), at)
    for k in range(column.whole):
        shown = (rest > 0) | (k == 0)
        rest, digit = np.divmod(rest, 10)
        cells[shown, at] = digit[shown] + _ZERO
        first[shown] = at
        at -= 1
    cells[negative, first[negative] - 1] = _MINUS
    cells[~known] = _SPACE
    return cells
