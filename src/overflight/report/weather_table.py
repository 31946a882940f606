"""Plans ranked by what they are worth under a forecast, as a table. It stays at home."""

from __future__ import annotations

from collections.abc import Sequence

from overflight.report.tables import DASH, Column, Table, day_and_time, render
from overflight.report.text import NOT_FOR_RELEASE, WIDTH
from overflight.report.weather import percent, region, shown
from overflight.terms.working_plan import WorkingPlan


def weather_table(plans: Sequence[WorkingPlan], by_risk: bool, width: int = WIDTH) -> str:
    """The plans, the first of them the plan itself, by what they are worth under the forecast."""
    odds = next(plan.weather.odds for plan in plans if plan.weather is not None)
    columns = (
        Column("Plan"),
        Column("expected", "r"),
        Column(f"with {percent(odds.probability)}", "r"),
        Column("if clear", "r"),
        Column("sites", "r"),
        Column("begins"),
        Column("where its sites lie"),
    )
    rows = []
    for index, plan in enumerate(plans):
        weather = plan.weather
        if weather is None:
            continue
        begins = plan.plan.times.commencement
        rows.append(
            (
                f"alternative {index}" if index else "the plan",
                shown(weather.expected),
                shown(weather.reached),
                shown(weather.if_clear),
                str(len(plan.sites_observed)) + (" *" if weather.unknown else ""),
                DASH if begins is None else day_and_time(begins),
                region(plan),
            )
        )
    ranked = "what is reached with that probability" if by_risk else "what is expected"
    lines = [f"{NOT_FOR_RELEASE} (alternatives for the weather, by {ranked})", ""]
    lines += render(Table(columns, tuple(rows)), width)
    lines += ["", "  expected = mean value under the forecast; with ... = the value reached with"]
    lines += ["  that probability; begins = day hh:mm, UTC."]
    if any(plan.weather is not None and plan.weather.unknown for plan in plans):
        lines += ["  * of some of these the forecast says nothing: they count with nothing."]
    return "\n".join(line.rstrip() for line in lines)
