"""The observed side's kit, and what proposed changes rest on, as text for a terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable

from overflight.report.tables import (
    DASH,
    Column,
    Table,
    clean,
    day_and_time,
    instant,
    measure,
    number,
    render,
)
from overflight.report.text import WIDTH, findings_text
from overflight.report.wording import counted, sources
from overflight.terms.assessment import AssessedChange, Assessment, Support
from overflight.terms.checklists import Checklist
from overflight.terms.counter_proposal import Change, CounterProposal
from overflight.terms.escort import Kit
from overflight.terms.exposure import Exposure
from overflight.terms.findings import Finding, Findings, Verdict

OWN_SIDE = "OBSERVED SIDE ONLY - NOT FOR THE OTHER SIDE"
_NEAREST = 3
"""So many places are listed, the nearest, where none is seen."""
_ANSWER = {
    Support.SHOWN: "the plan shows it",
    Support.STATED: "stated; nothing here shows it",
    Support.NOT_SHOWN: "NOT SHOWN",
    Support.UNKNOWN_GROUND: "NO GROUND",
}


def kit_text(kit: Kit, width: int = WIDTH) -> str:
    """Everything in the kit, what is most pressing first."""
    lines = [OWN_SIDE, "", f"Mission plan {kit.plan_sha256[:16]}…"]
    if kit.answer_by is not None:
        lines.append(f"Answer by {instant(kit.answer_by)} [{clean(kit.answer_cite)}]")
    else:
        lines.append("Answer by: not known, the plan does not say when it was submitted")
    lines += ["", "YOUR PLACES", *_places(kit.exposures, width)]
    lines += ["", "THE PLAN'S FINDINGS", *_findings(kit.findings, width)]
    lines += ["", "HAZARDOUS AIRSPACE CROSSED", *_hazards(kit)]
    lines += ["", "NEIGHBOURS NEAR THE ROUTE", *_neighbours(kit, width)]
    lines += ["", "DRAFT OF AN ANSWER", *_draft(kit.draft, width)]
    for checklist in kit.checklists:
        lines += ["", *_checklist(checklist, width)]
    lines += ["", "HOW THIS WAS RECKONED", *_bullets(kit.notes, width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def assessment_text(assessment: Assessment, proposal: CounterProposal, width: int = WIDTH) -> str:
    """Each change with its ground and its cost, then the rules on proposals, then the new plan."""
    lines = [f"{counted(len(proposal.changes), 'change')} proposed", ""]
    for change, assessed in zip(proposal.changes, assessment.changes, strict=True):
        lines += [*_change(change, assessed, width), ""]
    before, after = assessment.distance_km
    lines.append(f"Flight distance {number(before)} km as submitted, {number(after)} km as changed")
    if assessment.lost_km2 is not None:
        lines.append(
            f"Ground no longer seen, all changes together: {number(assessment.lost_km2)} km2"
        )
    if assessment.new_breaches:
        lines.append(f"The plan as changed newly breaks: {', '.join(assessment.new_breaches)}")
    lines += ["", findings_text(assessment.findings, width).rstrip(), ""]
    lines += _bullets(
        (f"Reading of what precludes observation: {assessment.reading}.", *assessment.notes), width
    )
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _places(exposures: Iterable[Exposure], width: int) -> list[str]:
    every = sorted(exposures, key=lambda e: (not e.seen, not e.perhaps, e.nearest_km))
    shown = [e for e in every if e.sightings] or every[:_NEAREST]
    rows = []
    for exposure in shown:
        best = exposure.best
        rows.append(
            (
                clean(exposure.name or exposure.place),
                "yes" if exposure.seen else "perhaps" if exposure.perhaps else "no",
                day_and_time(best.at) if best and best.at else DASH,
                clean(best.sensor) if best else DASH,
                measure(None if best is None else best.ground_resolution_m, "m"),
                number(abs(best.off_track_km) if best else exposure.nearest_km, 1),
                str((best.leg if best else exposure.nearest_leg) + 1),
            )
        )
    if not rows:
        return ["  none given (--sites)"]
    hidden = len(every) - len(shown)
    rest = [f"  and {counted(hidden, 'place')} that the plan does not show"] if hidden else []
    columns = (
        Column("Place", most=28),
        Column("Seen"),
        Column("When (UTC)"),
        Column("Sensor", most=16),
        Column("Resolves", "r"),
        Column("km off", "r"),
        Column("Leg", "r"),
    )
    return [*render(Table(columns, tuple(rows)), width), *rest]


def _findings(findings: Findings, width: int) -> list[str]:
    found = findings.of(Verdict.BREACH, Verdict.UNDETERMINED)
    if not found:
        return ["  The plan keeps every rule that applies."]
    first: dict[tuple[str, str], Finding] = {}
    times: Counter[tuple[str, str]] = Counter()
    for finding in found:
        key = (finding.rule, str(finding.verdict))
        first.setdefault(key, finding)
        times[key] += 1
    texts = []
    for key, finding in first.items():
        more = f" ({times[key] - 1} more like it)" if times[key] > 1 else ""
        texts.append(f"{key[1].upper()} {finding.rule}: {finding.message}{more} {sources(finding)}")
    return _bullets(texts, width)


def _hazards(kit: Kit) -> list[str]:
    return [
        f"  {clean(h.id)} ({clean(h.kind)}): leg {', '.join(str(leg + 1) for leg in h.legs)}, "
        f"{day_and_time(h.from_utc)} to {day_and_time(h.until_utc)}"
        for h in kit.hazards
    ] or ["  none that the plan names"]


def _neighbours(kit: Kit, width: int) -> list[str]:
    rows = tuple(
        (
            f"{clean(n.name)} ({n.state})",
            n.standing,
            number(n.distance_km, 1),
            str(n.leg + 1),
            f"{day_and_time(n.from_utc)} to {day_and_time(n.until_utc)}",
        )
        for n in kit.neighbours
    )
    columns = (
        Column("State", most=30),
        Column("Standing"),
        Column("km", "r"),
        Column("Leg", "r"),
        Column("When (UTC)"),
    )
    return render(Table(columns, rows), width) if rows else ["  none"]


def _draft(draft: CounterProposal | None, width: int) -> list[str]:
    if draft is None:
        return ["  nothing that the rules ask to be changed"]
    texts = (f"{_legs(c)}: {_proposed(c)}. {c.reason}" for c in draft.changes)
    return _bullets(texts, width)


def _legs(change: Change) -> str:
    first, last = change.first_leg + 1, change.last_leg + 1
    return f"Leg {first}" if first == last else f"Legs {first} to {last}"


def _proposed(change: Change) -> str:
    parts = []
    if change.route is not None:
        parts.append(f"another route by {counted(len(change.route), 'point')}")
    if change.height_agl_m is not None:
        parts.append(f"{number(change.height_agl_m)} m above ground")
    if change.departs is not None:
        parts.append(f"from {day_and_time(change.departs)} on")
    if change.airfield is not None:
        old = clean(change.evidence.get("airfield", "the airfield"))
        parts.append(f"{clean(change.airfield.code)} in place of {old}")
    if change.without_sensors:
        parts.append(f"without {', '.join(map(clean, change.without_sensors))}")
    return "; ".join(parts)


def _change(change: Change, assessed: AssessedChange, width: int) -> list[str]:
    lines = _wrapped(f"{assessed.number + 1}. {_legs(change)}: {_proposed(change)}", width, 0)
    lines += _wrapped(f"Ground: {clean(change.cause)} - {_ANSWER[assessed.support]}", width, 3)
    lines += _wrapped(assessed.said, width, 3)
    lines += _wrapped(f"Reason given: {clean(change.reason)}", width, 3)
    if assessed.lost_km2 is None:
        said = "What is no longer seen is not known."
    elif assessed.lost_km2 == 0:
        said = "Everything that the plan lets be seen stays seen."
    else:
        said = (
            f"{number(assessed.lost_km2, 1)} km2 no longer seen, "
            f"{number(assessed.gained_km2, 1)} km2 newly seen."
        )
    if assessed.precludes:
        said += " PRECLUDES OBSERVATION."
    return [*lines, *_wrapped(said, width, 3)]


def _checklist(checklist: Checklist, width: int) -> list[str]:
    lines = [checklist.title.upper(), *_wrapped(f"{checklist.when}", width, 2)]
    for item in checklist.items:
        lines += textwrap.wrap(
            f"[ ] {clean(item.text)} [{', '.join(c.paragraph for c in item.citations)}]",
            width,
            initial_indent="  ",
            subsequent_indent="      ",
        )
    return lines


def _bullets(texts: Iterable[str], width: int) -> list[str]:
    lines: list[str] = []
    for text in texts:
        lines += textwrap.wrap(clean(text), width, initial_indent="  - ", subsequent_indent="    ")
    return lines


def _wrapped(text: str, width: int, indent: int) -> list[str]:
    return textwrap.wrap(
        clean(text), width, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2)
    )
