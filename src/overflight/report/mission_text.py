"""Where a mission stands, as text: what is late, what is due, who may do what."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from overflight.report.tables import Column, Table, clean, duration, instant, render
from overflight.report.text import WIDTH


def status_text(
    title: str,
    found: Mapping[str, Any],
    names: Mapping[str, str],
    seat: str,
    width: int = WIDTH,
) -> str:
    """``found`` holds ``options`` (procedure.machine.Options) and ``passed`` of a standing.

    ``names``: role -> who plays it; ``seat`` is the side that reads.
    """
    options, passed = found["options"], found["passed"]
    lines = [clean(title), f"{clean(options.title)} ({instant(options.now)})", ""]

    def who(roles: Iterable[str]) -> str:
        return " and ".join(clean(names.get(role, role)) for role in roles)

    if passed:
        lines.append("NOT KEPT")
        for item in passed:
            told = f"done {instant(item.done)}" if item.done else "not done"
            text = (
                f"{item.severity.replace('-', ' ').upper()}: {who(item.owner)} {clean(item.what)}: "
                f"due {instant(item.due)}, {told}. {clean(item.if_not)} [{_short(item.cite)}]"
            )
            lines += _bullet(text, width)
        lines.append("")
    duties = [d for d in options.duties if not d.overdue and d.not_before is None]
    if duties:
        lines.append("TO BE DONE")
        rows = tuple(
            (
                who(d.owner),
                instant(d.due) if d.due else "at once" if d.at_once else "no time set",
                duration(options.now, d.due) if d.due else "",
                f"{clean(d.what)} [{_short(d.cite)}]",
            )
            for d in duties
        )
        columns = (Column("Who", most=14), Column("By"), Column("Left", "r"), Column("What"))
        lines += [*render(Table(columns, rows), width), ""]
    mine = [a for a in options.acts if seat in a.by or a.together]
    theirs = [a for a in options.acts if a not in mine]
    for heading, acts in (("OPEN TO YOU", mine), ("OPEN TO THE OTHER SIDE", theirs)):
        if not acts:
            continue
        lines.append(heading)
        moves = tuple(
            (
                a.move,
                "must" if a.must else "may",
                _act(a),
            )
            for a in acts
        )
        heads = (Column("Move"), Column("Duty"), Column("What"))
        lines += [*render(Table(heads, moves), width), ""]
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def _act(act: Any) -> str:
    opens = f"from {instant(act.opens)}: " if act.opens else ""
    ours = " (our reading)" if act.ours else ""
    return f"{opens}{clean(act.title)} [{_short(act.cite)}]{ours}"


def _bullet(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  - ", subsequent_indent="    ")


def _short(cite: str) -> str:
    return ", ".join(part.split(" (")[0].strip() for part in clean(cite).split(";") if part.strip())
