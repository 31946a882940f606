"""A ranked list of plans as a table. It tells what they are worth: it stays at home."""

from __future__ import annotations

from collections.abc import Sequence

from overflight.report.tables import Column, Table, measure, number, render
from overflight.report.text import NOT_FOR_RELEASE, WIDTH
from overflight.terms.working_plan import WorkingPlan


def alternatives_table(plans: Sequence[WorkingPlan], said: str = "", width: int = WIDTH) -> str:
    """The plans, the first of them the plan itself, with what each shares with that one."""
    columns = (
        Column("Plan"),
        Column("Value", "r"),
        Column("Sites", "r"),
        Column("shared", "r"),
        Column("only here", "r"),
        Column("km", "r"),
        Column("stages", "r"),
        Column("verdict"),
    )
    first = plans[0].sites_observed
    rows = []
    for index, plan in enumerate(plans):
        seen = plan.sites_observed
        rest = frozenset[str]().union(*(p.sites_observed for p in plans if p is not plan))
        share = f"{100 * len(seen & first) / len(seen):.0f} %" if index and seen else "-"
        rows.append(
            (
                f"alternative {index}" if index else "the plan",
                measure(plan.value_observed),
                str(len(seen)),
                share,
                str(len(seen - rest)),
                number(plan.plan.flight_distance_km),
                str(len(plan.plan.stops) + 1),
                str(plan.findings.verdict),
            )
        )
    lines = [f"{NOT_FOR_RELEASE} (alternatives)", ""]
    lines += render(Table(columns, tuple(rows)), width)
    lines += ["", "  shared = part of its sites that the plan sees too; only here = sites that no "]
    lines += ["  other plan of this list sees; km = over the territory."]
    if said:
        lines += ["", f"  No more of them: {said}."]
    return "\n".join(line.rstrip() for line in lines)
