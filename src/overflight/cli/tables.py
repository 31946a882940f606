"""Tables that fit the terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from itertools import zip_longest

_NARROWEST = 12
"""Columns; a column is not cut into below that."""

Rows = Sequence[Sequence[str]]


def width() -> int:
    """Columns of the terminal, between 60 and 140; 100 where there is none."""
    return max(60, min(140, shutil.get_terminal_size((100, 24)).columns))


def table(titles: Sequence[str], rows: Rows, *, indent: int = 2) -> str:
    """Columns as wide as they need; the widest wrap until all fit the terminal."""
    if not rows:
        return " " * indent + "none"
    columns = list(zip(titles, *rows, strict=True))
    widths = _fit(
        [max(map(len, column)) for column in columns],
        [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns],
        width() - indent - 2 * (len(titles) - 1),
    )
    return "\n".join(" " * indent + line for row in (titles, *rows) for line in _lines(row, widths))


def _fit(widths: list[int], words: list[int], room: int) -> list[int]:
    """Take from the widest columns until their sum fits.

    A word is cut only where nothing else helps, and never in the first column: those are names
    that somebody will type.
    """
    fitted = list(widths)
    while sum(fitted) > room:
        spare = [wide if wide > word else 0 for wide, word in zip(fitted, words, strict=True)]
        if not any(spare):
            spare = [0, *(wide if wide > _NARROWEST else 0 for wide in fitted[1:])]
        if not any(spare):
            break
        fitted[spare.index(max(spare))] -= 1
    return fitted


def _lines(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [
        textwrap.wrap(cell, wide, break_on_hyphens=False) or [""]
        for cell, wide in zip(cells, widths, strict=True)
    ]
    return [
        "  ".join(f"{part:<{wide}}" for part, wide in zip(parts, widths, strict=True)).rstrip()
        for parts in zip_longest(*wrapped, fillvalue="")
    ]
