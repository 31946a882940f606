"""What a demonstration says as it goes: short paragraphs from plans, findings and answers.

Each function takes data and returns text, lines no longer than ``WIDTH``. Nothing is looked up
here and no party, place or date is named.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from overflight.report.tables import clean, day_and_time, duration, measure, named, number, totals
from overflight.report.wording import verdict_sentence
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.working_plan import WorkingPlan

WIDTH = 96


def paragraph(title: str, lines: Iterable[str], width: int = WIDTH) -> str:
    """A heading and its lines, each wrapped and indented."""
    told = [clean(title).upper()]
    for line in lines:
        told += textwrap.wrap(clean(line), width, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(told)


def tell(paragraphs: Iterable[str]) -> str:
    """The paragraphs, an empty line between them."""
    return "\n\n".join(p for p in paragraphs if p)


def the_question(
    plan: MissionPlan,
    sites: int,
    value: float,
    why: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
) -> str:
    """What was asked."""
    asked = (
        f"{named(plan.observing, names)} wants to fly over {named(plan.observed, names)} with "
        f"{clean(plan.aircraft)}, an aircraft of {named(plan.aircraft_designated_by, names)}."
    )
    places = f"There are {sites} places to see, worth {measure(value)} in all."
    return paragraph("The question", (asked, places, *why))


def the_day(
    treaty: str,
    on: dt.date,
    parties: int,
    departed: Sequence[tuple[str, dt.date | None]] = (),
    more: Sequence[str] = (),
) -> str:
    """What the treaty says that day: how many parties, who has left, and what else matters."""
    left = [f"{name} left on {long_day(day)}." for name, day in departed]
    return paragraph(f"{treaty}, {long_day(on)}", (f"{parties} States Parties.", *left, *more))


def the_route(working: WorkingPlan) -> str:
    """The route in numbers."""
    plan, limit = working.plan, working.maximum_flight_distance
    whole, over = totals(plan)
    lines = [
        f"From {plan.start.name} ({plan.start.code}) to {plan.end.name} ({plan.end.code}): "
        f"{len(plan.legs)} direct legs, {number(whole)} km in "
        f"{duration(plan.times.commencement, plan.times.completion)}.",
        f"Over the territory {number(over)} km, of at most "
        f"{measure(limit.value, limit.unit)} ({limit.cite}).",
    ]
    lines += [
        f"It lands at {stop.fix} for {stop.purpose}, {day_and_time(stop.arrives)} to "
        f"{day_and_time(stop.departs)} UTC."
        for stop in plan.stops
    ]
    lines.append(
        f"It sees {len(working.sites_observed)} of {len(working.sites)} places, "
        f"value {measure(working.value_observed)} of {measure(working.value_total)}."
    )
    if working.assumptions:
        lines.append(
            f"It rests on {len(working.assumptions)} assumptions, listed in the working plan."
        )
    return paragraph("The plan", lines)


def the_findings(
    findings: Findings, title: str = "What the treaty says of it", most: int = 6
) -> str:
    """The verdict, then what is not simply compliant; at most ``most`` findings are told."""
    order = (Verdict.BREACH, Verdict.UNDETERMINED, Verdict.RIGHT_ARISES)
    noted = [finding for verdict in order for finding in findings.of(verdict)]
    lines = [verdict_sentence(findings), *(_told(finding) for finding in noted[:most])]
    if len(noted) > most:
        lines.append(f"... and {len(noted) - most} more.")
    return paragraph(title, lines)


def the_other_aircraft(aircraft: str, findings: Findings) -> str:
    """The same flight with another aircraft: what forbids it, or that nothing does."""
    breaches = findings.of(Verdict.BREACH)
    lines = [_told(finding) for finding in breaches] or [verdict_sentence(findings)]
    return paragraph(f"The same with {aircraft}: {findings.verdict}", lines)


def the_later_day(on: dt.date, answers: Sequence[str]) -> str:
    """The same question on another day, and what is answered."""
    return paragraph(f"The same on {long_day(on)}", answers)


def the_files(home: Path, release: Path) -> str:
    """Where the documents are, and which of them may leave the house."""
    return paragraph("The files", (f"{home}/  stays at home", f"{release}/  to hand over"))


def _told(finding: Finding) -> str:
    return f"{finding.rule} {finding.verdict}: {finding.message} [{finding.cite}]"


def long_day(day: dt.date | None) -> str:
    """ "19 May 2021"."""
    return "a day that is not known" if day is None else f"{day.day} {day:%B %Y}"
