"""A plan's explanation as text. It names sites and their values: it stays at home."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence

from overflight.report.tables import DASH, Column, Table, clean, measure, number, render
from overflight.report.text import NOT_FOR_RELEASE, WIDTH
from overflight.report.wording import counted
from overflight.terms.explanation import Explanation, LeftOut, OutOfSight, Variant

_MOST_NAMED = 12


def explanation_text(explanation: Explanation, width: int = WIDTH) -> str:
    """What sites left out would cost, which cannot be seen, and what other terms would give."""
    spent = f", {explanation.seconds:.1f} s in all" if explanation.seconds else ""
    lines = [
        f"{NOT_FOR_RELEASE} (why the plan is as it is)",
        "",
        *_wrap(
            f"The plan sees {explanation.sites} sites worth {measure(explanation.value)} on "
            f"{number(explanation.length_km, 1)} km, of {number(explanation.limit_km, 1)} km that "
            "it may be long.",
            width,
        ),
        "",
    ]
    if explanation.left_out:
        lines += ["THE MOST VALUABLE SITES LEFT OUT", *_left_out(explanation.left_out, width), ""]
    if explanation.out_of_sight:
        lines += ["OUT OF SIGHT", *_hidden(explanation.out_of_sight, width), ""]
    lines += ["ON OTHER TERMS", *render(_variants(explanation.variants), width)]
    for variant in explanation.variants:
        if variant.note:
            lines += _wrap(f"{clean(variant.label)}: {clean(variant.note)}", width, 2)
    lines += ["", *_wrap(f"Computed, not guessed: {explanation.how}{spent}.", width)]
    return "\n".join(line.rstrip() for line in lines)


def not_seen_text(causes: Sequence[OutOfSight], width: int = WIDTH) -> str:
    """How many sites a plan does not see, by cause, a line or two for each; "" for none."""
    if not causes:
        return ""
    count, value = sum(len(c.sites) for c in causes), math.fsum(c.value for c in causes)
    lines = [f"WHAT IT DOES NOT SEE: {counted(count, 'site')}, value {measure(value)}"]
    size = max(len(str(len(cause.sites))) for cause in causes)
    for cause in causes:
        first = f"  {len(cause.sites):>{size}}  "
        text = f"value {measure(cause.value)}: {clean(cause.cause)}"
        blank = " " * len(first)
        lines += textwrap.wrap(text, width, initial_indent=first, subsequent_indent=blank)
    lines += ["  'overflight plan explain' says what the most valuable of them would cost."]
    return "\n".join(line.rstrip() for line in lines)


def _left_out(sites: Iterable[LeftOut], width: int) -> list[str]:
    listed = list(sites)
    columns = (
        Column("Site", most=26),
        Column("Value", "r"),
        Column("km more", "r"),
        Column("km alone", "r"),
        Column("value lost", "r"),
        Column("sites lost", "r"),
    )
    rows = [
        (
            clean(site.name or site.site),
            measure(site.value),
            number(site.extra_km),
            number(site.alone_km),
            DASH if site.value_lost is None else measure(round(site.value_lost, 6)),
            str(len(site.given_up)),
        )
        for site in listed
    ]
    lines = render(Table(columns, tuple(rows)), width)
    for site in listed:
        text = f"{clean(site.name or site.site)}: {clean(site.why)}"
        if site.given_up:
            text += f" (gone: {_named(site.given_up)}"
            text += f"; new: {_named(site.gained)})" if site.gained else ")"
        lines += _wrap(text + ".", width, 2)
    return lines


def _hidden(causes: Iterable[OutOfSight], width: int) -> list[str]:
    lines = []
    for cause in causes:
        what = "1 site" if len(cause.sites) == 1 else f"{len(cause.sites)} sites"
        text = f"{what}, value {measure(cause.value)}: {clean(cause.cause)}: {_named(cause.sites)}."
        lines += _wrap(text, width, 2)
    return lines


def _variants(variants: Iterable[Variant]) -> Table:
    columns = (
        Column("Change", most=34),
        Column("limit km", "r"),
        Column("km", "r"),
        Column("Sites", "r"),
        Column("Value", "r"),
        Column("+/-", "r"),
    )
    rows = [
        (
            clean(v.label),
            number(v.limit_km),
            number(v.length_km),
            DASH if v.sites is None else str(v.sites),
            DASH if v.value is None else measure(v.value),
            DASH if v.more is None else f"{round(v.more, 6):+g}",
        )
        for v in variants
    ]
    return Table(columns, tuple(rows))


def _named(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - _MOST_NAMED} more" if len(ids) > _MOST_NAMED else ""
    return ", ".join(clean(site) for site in ids[:_MOST_NAMED]) + more


def _wrap(text: str, width: int, indent: int = 0) -> list[str]:
    blank = " " * indent
    return textwrap.wrap(text, width, initial_indent=blank, subsequent_indent=blank + " " * indent)
