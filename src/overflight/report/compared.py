"""Two plans side by side: what each sees, how far it flies, what the rules say of it.

It names sites and their values: it stays on the side that made the plans.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from overflight.report.tables import (
    DASH,
    Column,
    Table,
    clean,
    day_and_time,
    duration,
    measure,
    number,
    render,
    totals,
)
from overflight.report.text import NOT_FOR_RELEASE, WIDTH
from overflight.terms.findings import Verdict
from overflight.terms.working_plan import WorkingPlan

COMPARISON_VERSION = 1
_DECIDING = (Verdict.BREACH, Verdict.UNDETERMINED)


def comparison(a: WorkingPlan, b: WorkingPlan) -> dict[str, Any]:
    """The plan-comparison document: figures of both, and what is in one of them only."""
    values = {site.id: site.value for plan in (a, b) for site in plan.sites}
    here, there = a.sites_observed, b.sites_observed

    def listed(ids: frozenset[str]) -> list[dict[str, Any]]:
        ordered = sorted(ids, key=lambda site: (-values[site], site))
        return [{"site": site, "value": values[site]} for site in ordered]

    return {
        "kind": "plan-comparison",
        "version": COMPARISON_VERSION,
        "a": _figures(a),
        "b": _figures(b),
        "only_a": listed(here - there),
        "only_b": listed(there - here),
        "both": sorted(here & there),
        "findings_only_a": _findings(a, b),
        "findings_only_b": _findings(b, a),
        "same_question": a.sites == b.sites and _terms(a) == _terms(b),
        "differs_in": [name for name in _terms(a) if _terms(a)[name] != _terms(b)[name]],
    }


def comparison_text(
    a: WorkingPlan, b: WorkingPlan, names: Sequence[str] = ("A", "B"), width: int = WIDTH
) -> str:
    """The comparison for a terminal. ``names``: what to call the two, e.g. their files."""
    document = comparison(a, b)
    lines = [
        f"{NOT_FOR_RELEASE} (comparison)",
        "",
        f"A  {clean(names[0])}",
        f"B  {clean(names[1])}",
    ]
    lines += ["", *render(_table(document["a"], document["b"], a, b), width), ""]
    called = {site.id: site.name for plan in (a, b) for site in plan.sites}
    for letter in ("a", "b"):
        sites = document[f"only_{letter}"]
        words = ", ".join(
            f"{clean(called[s['site']] or s['site'])} ({measure(s['value'])})" for s in sites
        )
        what = f"Seen by {letter.upper()} only, {len(sites)}: {words or 'none'}."
        lines += _wrap(what, width)
    lines += _wrap(f"Seen by both: {len(document['both'])}.", width)
    for letter in ("a", "b"):
        for finding in document[f"findings_only_{letter}"]:
            text = f"{letter.upper()} only: {finding['rule']} {finding['verdict']}: "
            lines += _wrap(text + clean(finding["message"]), width)
    if document["differs_in"]:
        lines += ["", *_wrap(f"They differ in {', '.join(document['differs_in'])}.", width)]
    return "\n".join(line.rstrip() for line in lines)


def _terms(working: WorkingPlan) -> dict[str, Any]:
    """What a plan was asked, by name."""
    plan = working.plan
    return {
        "treaty": plan.treaty,
        "Parties": (plan.observing, plan.observed),
        "day": plan.date,
        "aircraft": plan.aircraft,
        "start": plan.start.code,
        "end": plan.end.code,
        "sensors": sorted(sensor.id for sensor in plan.sensors),
        "maximum flight distance": working.maximum_flight_distance.value,
        "hazardous airspace": [area.ring for area in plan.hazardous_airspace],
        "readings": dict(plan.readings),
        "sites": working.sites,
    }


def _figures(working: WorkingPlan) -> dict[str, Any]:
    plan, times = working.plan, working.plan.times
    whole, over = totals(plan)
    hours = None
    if times.commencement is not None and times.completion is not None:
        hours = round((times.completion - times.commencement).total_seconds() / 3600.0, 4)
    sure = working.certificate
    return {
        "value": working.value_observed,
        "bound": None if sure is None else sure.bound,
        "sites": len(working.sites_observed),
        "whole_km": whole,
        "over_territory_km": over,
        "hours": hours,
        "legs": len(plan.legs),
        "stages": len(plan.stops) + 1,
        "landings": [fix.airfield for fix in plan.fixes if fix.airfield],
        "verdict": str(working.findings.verdict),
        "breaches": len(working.findings.of(Verdict.BREACH)),
        "undetermined": len(working.findings.of(Verdict.UNDETERMINED)),
    }


def _table(a: dict[str, Any], b: dict[str, Any], one: WorkingPlan, two: WorkingPlan) -> Table:
    columns = (Column(""), Column("A", "r", 26), Column("B", "r", 26), Column("B - A", "r"))

    def row(label: str, name: str, shown: Callable[[Any], str], digits: int) -> tuple[str, ...]:
        first, second = a[name], b[name]
        gap = DASH
        if first is not None and second is not None:
            gap = f"{round(second - first, digits):+,.{digits}f}".replace(",", "")
        return (label, shown(first), shown(second), gap)

    rows = [
        row("Value", "value", measure, 1),
        row("Upper bound", "bound", measure, 1),
        row("Sites seen", "sites", str, 0),
        row("km in all", "whole_km", lambda v: number(v, 1), 1),
        row("km over territory", "over_territory_km", lambda v: number(v, 1), 1),
        row("Hours in all", "hours", lambda v: number(v, 2), 2),
        row("Legs", "legs", str, 0),
        row("Stages", "stages", str, 0),
        row("Breaches", "breaches", str, 0),
        row("Undetermined", "undetermined", str, 0),
    ]
    words = [
        ("Lands at", *(_landings(f["landings"]) for f in (a, b))),
        ("Begins", *(day_and_time(p.plan.times.commencement) for p in (one, two))),
        ("Takes", *(_takes(p) for p in (one, two))),
        ("Verdict", a["verdict"], b["verdict"]),
    ]
    return Table(columns, tuple(rows + [(*cells, "" if cells[1] == cells[2] else "differs")
                                        for cells in words]))  # fmt: skip


def _landings(codes: Sequence[str]) -> str:
    """Airfields in order, one landed at several times on end once: UUMB, UUYW x 2."""
    runs = [(code, len(list(group))) for code, group in itertools.groupby(codes[1:])]
    return ", ".join(code if times == 1 else f"{code} x {times}" for code, times in runs)


def _takes(working: WorkingPlan) -> str:
    times = working.plan.times
    return duration(times.commencement, times.completion)


def _findings(plan: WorkingPlan, other: WorkingPlan) -> list[dict[str, str]]:
    """Breaches and undetermined rules of a plan that the other one does not have."""
    known = {(f.rule, f.verdict) for f in other.findings.of(*_DECIDING)}
    return [
        {"rule": f.rule, "verdict": str(f.verdict), "message": f.message}
        for f in plan.findings.of(*_DECIDING)
        if (f.rule, f.verdict) not in known
    ]


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="  ")
