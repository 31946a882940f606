"""Building blocks of our papers: fields, tables, gaps, a box to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from overflight.report import tables
from overflight.report.pdfpage import INK, MM, RULE, SHADE, WIDTH, markup, safe, words


def fields(pairs: Sequence[tuple[str, Any]]) -> Any:
    """Labels and what they name, in two columns. A value is text, or made already."""
    from reportlab.platypus import Table

    rows = [
        [words(label, "label"), words(value, "cell") if isinstance(value, str) else value]
        for label, value in pairs
    ]
    table = Table(rows, colWidths=[42 * MM, WIDTH - 42 * MM])
    table.setStyle(
        [
            *_padding(1.6),
            ("LINEBELOW", (0, 0), (-1, -2), 0.3, "#dde0e4"),
            ("LINEABOVE", (0, 0), (-1, 0), 0.6, RULE),
            ("LINEBELOW", (0, -1), (-1, -1), 0.6, RULE),
        ]
    )
    return table


def cells(
    columns: Sequence[tables.Column],
    rows: Sequence[Sequence[Any]],
    widths_mm: Sequence[float],
    *,
    tight: bool = False,
) -> Any:
    """A table of what is made already, with a head on every page."""
    from reportlab.platypus import LongTable

    head = [words(c.title, "head-right" if c.align == "r" else "head") for c in columns]
    table = LongTable(
        [head, *rows], colWidths=[w * MM for w in widths_mm], repeatRows=1, splitInRow=1
    )
    table.setStyle(
        [
            *_padding(1.3 if tight else 2.2),
            ("BACKGROUND", (0, 0), (-1, 0), SHADE),
            ("LINEABOVE", (0, 0), (-1, 0), 0.6, INK),
            ("LINEBELOW", (0, 0), (-1, 0), 0.6, INK),
            ("LINEBELOW", (0, 1), (-1, -2), 0.25, "#dde0e4"),
            ("LINEBELOW", (0, "splitlast"), (-1, "splitlast"), 0.4, RULE),
            ("LINEBELOW", (0, -1), (-1, -1), 0.6, RULE),
        ]
    )
    return table


def _padding(points: float) -> list[tuple[Any, ...]]:
    whole = ((0, 0), (-1, -1))
    return [
        ("TOPPADDING", *whole, points),
        ("BOTTOMPADDING", *whole, points),
        ("LEFTPADDING", *whole, 3),
        ("RIGHTPADDING", *whole, 3),
        ("VALIGN", *whole, "TOP"),
    ]


def signature(role: str, party: str, width: float) -> Any:
    """A box in which a Party signs; ``width`` in points."""
    from reportlab.platypus import Table

    labels = ("Name", "Function", "Place", "Date, time (UTC)", "Signature")
    rows = [[markup(f"<b>{role}</b>: {safe(party)}", "cell"), ""]]
    rows += [[words(label, "label"), ""] for label in labels]
    heights = [9 * MM, 9 * MM, 9 * MM, 9 * MM, 9 * MM, 24 * MM]
    table = Table(rows, colWidths=[29 * MM, width - 29 * MM], rowHeights=heights)
    table.setStyle(
        [
            ("SPAN", (0, 0), (1, 0)),
            ("BOX", (0, 0), (-1, -1), 0.9, INK),
            ("BACKGROUND", (0, 0), (-1, 0), SHADE),
            ("LINEBELOW", (0, 0), (-1, -2), 0.4, RULE),
            ("VALIGN", (0, 0), (-1, -2), "MIDDLE"),
            ("VALIGN", (0, -1), (-1, -1), "TOP"),
        ]
    )
    return table


def room(millimetres: float) -> Any:
    """A new page unless so much of this one is left."""
    from reportlab.platypus import CondPageBreak

    return CondPageBreak(millimetres * MM)


def gap(millimetres: float) -> Any:
    """Room between two things."""
    from reportlab.platypus import Spacer

    return Spacer(1, millimetres * MM)
