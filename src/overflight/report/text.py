"""Findings and plans as sentences and tables for a terminal.

Everything fits the width asked for (80 unless said otherwise), carries no colour codes unless
asked, and has no trailing spaces. Text that came from a file is stripped of control characters,
so that a name in a plan cannot rewrite the terminal it is shown on.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence

from overflight.report import tables
from overflight.report.flight_text import flight_lines, not_level_fields
from overflight.report.tables import clean, instant, measure, named, number
from overflight.report.weather import clear_of, weather_fields
from overflight.report.wording import (
    HEADINGS,
    counted,
    facts,
    heading,
    not_applied,
    sources,
    verdict_sentence,
)
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.working_plan import WorkingPlan

WIDTH = 80

_COLOURS: Mapping[Verdict, str] = {
    Verdict.BREACH: "\033[1;31m",
    Verdict.UNDETERMINED: "\033[1;33m",
    Verdict.RIGHT_ARISES: "\033[1;36m",
    Verdict.COMPLIANT: "\033[1;32m",
    Verdict.DOES_NOT_APPLY: "\033[2m",
}
_PLAIN = "\033[0m"

NOT_FOR_RELEASE = "WORKING PLAN - NOT FOR RELEASE"


def findings_text(
    findings: Findings, width: int = 100, *, everything: bool = False, color: bool = False
) -> str:
    """All findings, what must be mended first, the verdict on the last line.

    ``everything`` lists the rules that do not apply, too; otherwise they are only counted.
    """
    lines: list[str] = []
    for verdict in HEADINGS:
        items = findings.of(verdict)
        if not items or (verdict is Verdict.DOES_NOT_APPLY and not everything):
            continue
        lines += [_paint(heading(verdict, findings), verdict, color), ""]
        for finding in items:
            lines += _finding_lines(finding, width)
        lines.append("")
    apart = findings.of(Verdict.DOES_NOT_APPLY)
    if apart and not everything:
        lines += [not_applied(findings), ""]
    if findings.readings:
        lines += ["READINGS", *_pairs(findings.readings, width), ""]
    if findings.notes:
        lines += ["NOTES", *_bullets(findings.notes, width), ""]
    if any(f.private for f in findings.items):
        lines += [
            *_wrap("Values that are not public decided some of this: not for release.", width, 0),
            "",
        ]
    lines += _wrap(verdict_sentence(findings), width, 0)
    lines[-1] = _paint(lines[-1], findings.verdict, color)
    return "\n".join(lines)


def _finding_lines(finding: Finding, width: int) -> list[str]:
    mark = " [not public]" if finding.private else ""
    lines = _wrap(f"{clean(finding.rule)}  {clean(finding.title)}{mark}", width, 2)
    lines += _wrap(finding.message, width, 6)
    if facts(finding):
        lines += _wrap(facts(finding), width, 6)
    if finding.cite or finding.limit_cite:
        lines += _wrap(f"[{sources(finding)}]", width, 6)
    return lines


def mission_plan_text(plan: MissionPlan, width: int = WIDTH) -> str:
    """The mission plan as it is handed over, as text."""
    lines = _title(plan, width)
    lines += _header(plan, width)
    lines += _section("TIMES (UTC)", _fields(times_fields(plan), width))
    lines += _section("LEGS", _legs(plan, width))
    lines += _section("STOPS", _stops(plan, width), none="  none")
    lines += _section("SENSORS", _sensors(plan, width), none="  none declared")
    lines += _section("HAZARDOUS AIRSPACE", tables.render(tables.airspace_table(plan), width))
    lines += _section("AGREEMENTS", _bullets(plan.agreements, width))
    lines += _section("READINGS OF THE TEXT", _pairs(plan.readings, width))
    lines += _section("REMARKS", _bullets(plan.remarks, width))
    return "\n".join(lines).rstrip()


def plan_text(working: WorkingPlan, home: bool = True, width: int = WIDTH) -> str:
    """The working plan: the mission plan, what it sees and what it rests on.

    With ``home`` false only the mission plan inside it is told.
    """
    if not home:
        return mission_plan_text(working.plan, width)
    limit = working.maximum_flight_distance
    flown = working.plan.flight_distance_km
    most = f"{measure(limit.value, limit.unit)}{', ' + limit.condition if limit.condition else ''}"
    seen = working.sites_observed
    lines = [NOT_FOR_RELEASE, "", mission_plan_text(working.plan, width), ""]
    summary = [
        ("Flight distance", f"{number(flown, 1)} km over the territory, of at most {clean(most)}"),
        ("", clean(limit.cite)),
        ("Observed", f"{len(seen)} of {len(working.sites)} sites, value "
         f"{measure(working.value_observed)} of {measure(working.value_total)}"),
        *_fix_fields(working),
        *weather_fields(working),
        *not_level_fields(working),
        ("Search", _search(working)),
        ("Certificate", clean(str(working.certificate or "none"))),
    ]  # fmt: skip
    lines += _section(
        "WHAT IT SEES (stays at home)", _fields(summary, width) + _observed(working, width)
    )
    if working.flyability is not None:
        told = flight_lines(working.plan, working.flyability, width)
        lines += _section("HOW IT IS FLOWN (stays at home)", told)
    if working.private_values_used:
        note = "Values that are not public went into this plan."
        lines += _section("NOT PUBLIC", _bullets([note], width))
    lines += _section("ASSUMPTIONS (not facts: check before use)", _assumed(working, width))
    return "\n".join(lines).rstrip()


def _fix_fields(working: WorkingPlan) -> list[tuple[str, str]]:
    """How many fixes there are, where a limit on them was asked for."""
    if working.max_fixes is None:
        return []
    count = sum(fix.airfield is None for fix in working.plan.fixes)
    return [("Fixes", f"{count}, of at most {working.max_fixes} asked for (airfields apart)")]


def header_fields(
    plan: MissionPlan, names: Mapping[str, str] | None = None
) -> tuple[tuple[str, str], ...]:
    """The title block of a plan as (label, words)."""
    aircraft = f"{plan.aircraft} ({plan.icao_type}), designated by " + named(
        plan.aircraft_designated_by, names
    )
    if plan.aircraft_provided_by != plan.aircraft_designated_by:
        aircraft += f", provided by {named(plan.aircraft_provided_by, names)}"
    fields = [
        ("Treaty", named(plan.treaty, names)),
        ("Observing Party", named(plan.observing, names)),
        ("Observed Party", named(plan.observed, names)),
        ("Passive quota of", named(plan.quota_holder, names)),
        ("Aircraft", clean(aircraft)),
        *((label, clean(value)) for label, value in _flight_plan_items(plan) if value),
        ("Cruising speed", f"{number(plan.cruise_km_h)} km/h"),
        ("Point of entry", tables.airfield(plan.point_of_entry)),
        ("Starts at", tables.airfield(plan.start)),
        ("Ends at", tables.airfield(plan.end)),
        ("Point of exit", tables.airfield(plan.point_of_exit)),
    ]
    fields += [("Alternate", tables.airfield(place)) for place in plan.alternates]
    if plan.turn_technique:
        fields.append(("Turns", clean(plan.turn_technique)))
    if plan.distance_condition:
        fields.append(("Distance", clean(plan.distance_condition)))
    return tuple(fields)


def _flight_plan_items(plan: MissionPlan) -> tuple[tuple[str, str], ...]:
    return (
        ("Identification", plan.identification),
        ("Wake category", plan.wake_category),
        ("Equipment", plan.equipment),
    )


def times_fields(plan: MissionPlan) -> tuple[tuple[str, str], ...]:
    """The instants of a plan as (label, words)."""
    times = plan.times
    flight = tables.duration(times.commencement, times.completion)
    window = tables.duration(times.arrival_at_point_of_entry, times.completion)
    return (
        ("Arrival at point of entry", instant(times.arrival_at_point_of_entry)),
        ("Plan submitted", instant(times.submitted)),
        ("Flight begins", instant(times.commencement)),
        ("Flight ends", instant(times.completion)),
        ("Length of flight", flight if window == tables.DASH else
         f"{flight} (from arrival to the end {window})"),
    )  # fmt: skip


def _title(plan: MissionPlan, width: int) -> list[str]:
    date = "date not stated" if plan.date is None else plan.date.isoformat()
    marks = [clean(mark) for mark in plan.marks]
    lines = [line.center(width).rstrip() for line in marks]
    title = f"MISSION PLAN  {clean(plan.observing)} over {clean(plan.observed)}, {date}"
    return [*lines, *_wrap(title, width, 0), "=" * min(width, len(title)), ""]


def _header(plan: MissionPlan, width: int) -> list[str]:
    return [*_fields(header_fields(plan), width), ""]


def _legs(plan: MissionPlan, width: int) -> list[str]:
    if not plan.legs:
        return ["  none"]
    # Each leg begins where the one before ended, so its start need not be printed; nor a column
    # that says the same on every line.
    columns = ["No", "To", "Position of To", "km", "over t.", "AGL m"]
    key = (
        "over t. = km over the observed Party's territory; AGL m = least height above ground; "
        "ETA = day hh:mm, UTC."
    )
    if any(leg.altitude_m is not None for leg in plan.legs):
        columns.append("alt m")
        key += " alt m = altitude above mean sea level."
    in_use = {leg.sensors for leg in plan.legs}
    if len(in_use) > 1:
        columns.append("S")
        key += " S = sensors in use."
    else:
        letters = tables.sensor_letters(plan)
        used = ", ".join(f"{letters[s]} ({clean(s)})" for s in next(iter(in_use)))
        key += f" Sensors in use on every leg: {used or 'none'}."
    table = tables.legs_table(plan).only(*columns, "ETA")
    whole, over = tables.totals(plan)
    total = (
        f"{counted(len(plan.legs), 'leg')}, {number(whole, 1)} km, "
        f"of which {number(over, 1)} km over the territory."
    )
    return [
        *tables.render(table, width, indent=0),
        "",
        *_wrap(total, width, 2),
        *_wrap(key, width, 2),
    ]


def _stops(plan: MissionPlan, width: int) -> list[str]:
    short = tables.stops_table(plan, tables.day_and_time)
    table = short.only("Fix", "Purpose", "Arrives", "Departs", "Stay")
    return tables.render(table, width)


def _sensors(plan: MissionPlan, width: int) -> list[str]:
    return tables.render(tables.sensors_table(plan), width)


def _observed(working: WorkingPlan, width: int) -> list[str]:
    by_id = {site.id: site for site in working.sites}
    best: dict[str, tuple[str, ...]] = {}
    letters = tables.sensor_letters(working.plan)
    for seen in working.observations:
        site = by_id.get(seen.site)
        name = clean(site.name or site.id) if site else clean(seen.site)
        resolution = "-" if seen.ground_resolution_m is None else f"{seen.ground_resolution_m:.2f}"
        row = (
            name,
            measure(site.value if site else None),
            str(seen.leg + 1),
            letters.get(seen.sensor, clean(seen.sensor)),
            number(seen.off_track_km, 1),
            resolution,
            *((clear_of(working.weather, seen.site),) if working.weather else ()),
            tables.day_and_time(seen.at),
        )
        best.setdefault(seen.site, row)
    columns = (
        tables.Column("Site", most=28),
        tables.Column("Value", "r"),
        tables.Column("Leg", "r"),
        tables.Column("S", most=20),
        tables.Column("off km", "r"),
        tables.Column("res. m", "r"),
        *((tables.Column("clear", "r"),) if working.weather else ()),
        tables.Column("At", "r"),
    )
    rows = tables.render(tables.Table(columns, tuple(best.values())), width)
    return ["", *rows] if rows else []


def _assumed(working: WorkingPlan, width: int) -> list[str]:
    return _bullets([f"ASSUMED: {text}" for text in working.assumptions], width)


def _search(working: WorkingPlan) -> str:
    search = working.search
    stopped = ", stopped early" if search.stopped_early else ""
    return (
        f"{search.solver}, seed {search.seed}, {search.iterations} iterations, "
        f"{search.seconds:.1f} s{stopped}"
    )


def _section(title: str, lines: Sequence[str], none: str = "") -> list[str]:
    body = list(lines) or ([none] if none else [])
    return [title, *body, ""] if body else []


def _fields(fields: Iterable[tuple[str, str]], width: int) -> list[str]:
    listed = list(fields)
    left = max((len(label) for label, _ in listed), default=0)
    lines = []
    for label, words in listed:
        lead = f"  {label:<{left}}  "
        lines += _wrap(words, width, len(lead), first=lead) if words else [lead.rstrip()]
    return lines


def _pairs(pairs: Mapping[str, str], width: int) -> list[str]:
    return _fields(((clean(name), clean(option)) for name, option in pairs.items()), width)


def _bullets(texts: Iterable[str], width: int) -> list[str]:
    return [line for text in texts for line in _wrap(text, width, 4, first="  - ")]


def _wrap(text: str, width: int, indent: int, *, first: str | None = None) -> list[str]:
    blank = " " * indent
    lead = blank if first is None else first
    wrapped = textwrap.wrap(clean(text), width, initial_indent=lead, subsequent_indent=blank)
    return [line.rstrip() for line in wrapped]


def _paint(text: str, verdict: Verdict, color: bool) -> str:
    return f"{_COLOURS[verdict]}{text}{_PLAIN}" if color else text
