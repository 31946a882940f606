"""A statement of costs as text."""

from __future__ import annotations

import textwrap

from overflight.report.tables import DASH, Column, Table, clean, render
from overflight.report.text import WIDTH
from overflight.terms.costs import PER, CostStatement


def costs_text(statement: CostStatement, width: int = WIDTH) -> str:
    """Lines, totals by side, and what could not be counted."""
    rows = tuple(
        (
            clean(line.rate.words),
            DASH if line.quantity is None else f"{line.quantity}",
            PER[line.rate.per],
            f"{line.rate.amount}",
            clean(line.said) if line.amount is None else f"{line.amount}",
            line.rate.paid_by,
        )
        for line in statement.lines
    )
    columns = (
        Column("What", most=28),
        Column("Number", "r"),
        Column("of", most=40),
        Column("Price", "r"),
        Column(clean(statement.currency), "r", most=30),
        Column("Paid by"),
    )
    lines = render(Table(columns, rows), width, indent=0)
    lines += [""]
    for side, total in statement.totals.items():
        more = "" if statement.whole else " and what could not be counted"
        lines.append(f"{side} Party: {total:.2f} {clean(statement.currency)}{more}")
    lines.append("")
    for note in statement.notes:
        lines += textwrap.wrap(clean(note), width)
    return "\n".join(line.rstrip() for line in lines) + "\n"
