"""Is the ground of a proposed change one that the regime knows, and does the change stop any
point from being observed?

Two questions of Article VI, Section II, paragraph 6 of the Treaty on Open Skies and of whatever
regime has rules like it: which rules those are is looked up in the regime's own files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.errors import PlanError, UnknownValueError
from overflight.geo.areas import Area
from overflight.mission.check import check_plan
from overflight.mission.counter.revise import revised
from overflight.report.outgoing import plan_digest
from overflight.rules.case import Case
from overflight.rules.engine import check
from overflight.sensing.seen import ground_seen
from overflight.terms.aircraft import Sensor
from overflight.terms.assessment import AssessedChange, Assessment, Support
from overflight.terms.counter_proposal import Change, CounterProposal
from overflight.terms.findings import Findings, Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.treaty.geography import Geography, geography
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.treaty.view import TreatyView

if TYPE_CHECKING:
    from overflight.treaty.model import RuleBinding

SLIVER_KM2 = 0.01
"""Ground lost in pieces smaller than this is rounding."""

PRECLUSION = "preclusion"
"""Name of the reading that says when a change precludes observation."""
OF_THIS_FLIGHT = "this-flight"

CHANGES = "flight.changes_proposed[]"
"""Where the rules on proposals look."""
_GROUND, _PRECLUDES = f"{CHANGES}.cause", f"{CHANGES}.precludes_observation"


def assess(
    plan: MissionPlan,
    proposal: CounterProposal,
    *,
    treaty: Treaty | str | Path | None = None,
    readings: Mapping[str, str] | None = None,
    borders: Path | None = None,
) -> Assessment:
    """What each change rests on and costs, and what the revised plan would be worth in law.

    Raises PlanError for a proposal that answers another plan or changes legs it does not have,
    and what ``check_plan`` raises.
    """
    _refuse_another_plan(plan, proposal)
    before = check_plan(plan, treaty=treaty, readings=readings, borders=borders)
    assert plan.date is not None
    book = treaty if isinstance(treaty, Treaty) else load_treaty(treaty or plan.treaty)
    view = book.on(plan.date, {**plan.readings, **(readings or {})})
    land, known = geography(view, plan.observed, borders=borders), _known(view, plan)
    after_all = revised(plan, proposal.changes, land.length_over_territory_km)
    changes = tuple(
        _assessed(number, change, plan, before, view, land, known)
        for number, change in enumerate(proposal.changes)
    )
    after = check_plan(after_all, treaty=treaty, readings=readings, borders=borders)
    broken = {f.rule for f in before.of(Verdict.BREACH)}
    lost = _lost(plan, after_all, land, known)
    return Assessment(
        changes=changes,
        revised=after_all,
        findings=_findings(view, plan, proposal, changes),
        plan_findings=after,
        new_breaches=tuple(
            dict.fromkeys(f.rule for f in after.of(Verdict.BREACH) if f.rule not in broken)
        ),
        reading=_reading(view),
        distance_km=(plan.flight_distance_km, after_all.flight_distance_km),
        lost_km2=None if lost is None else lost.area_km2,
        notes=_notes(plan, known),
    )


def grounds(view: TreatyView) -> Mapping[str, str]:
    """The grounds that the regime knows for changing a plan, each with its words."""
    binding = _bound_to(view, _GROUND)
    return {} if binding is None else dict(binding.parameters.get("allowed", {}))


def rests_on(view: TreatyView, ground: str) -> Mapping[str, Any]:
    """What the regime says must be shown for a ground: its evidence, paragraphs, means."""
    binding = _bound_to(view, _GROUND)
    known = {} if binding is None else binding.parameters.get("rests_on", {})
    return dict(known.get(ground, {}))


def _refuse_another_plan(plan: MissionPlan, proposal: CounterProposal) -> None:
    digest = plan_digest(plan)
    if proposal.plan_sha256 != digest:
        raise PlanError(
            f"the proposal answers another plan: it names {proposal.plan_sha256[:12]}…, and this "
            f"plan has the digest {digest[:12]}…",
            remedy="Give the plan that was submitted, unchanged, or a proposal that answers it.",
        )
    for name in ("treaty", "observing", "observed"):
        ours, theirs = getattr(plan, name), getattr(proposal, name)
        if ours != theirs:
            raise PlanError(
                f"the proposal says {name} {theirs}, the plan {ours}",
                remedy="Give the proposal and the plan of the same mission.",
            )


def _known(view: TreatyView, plan: MissionPlan) -> dict[str, Sensor]:
    try:
        sensors = {sensor.id: sensor for sensor in view.aircraft(plan.aircraft).sensors}
    except (UnknownValueError, KeyError):
        return {}
    return {stated.id: sensors[stated.id] for stated in plan.sensors if stated.id in sensors}


def _lost(
    before: MissionPlan, after: MissionPlan, land: Geography, known: Mapping[str, Sensor]
) -> Area | None:
    """Ground of the territory that ``before`` lets be seen and ``after`` does not."""
    import shapely

    if any(sensor.id not in known for sensor in before.sensors):
        return None
    missing = ground_seen(before, known).difference(ground_seen(after, known))
    inside = missing.intersection(land.territory)
    pieces = [
        part
        for part in shapely.get_parts(inside.geometry)
        if shapely.get_dimensions(part) == 2 and Area(part, inside.frame).area_km2 > SLIVER_KM2
    ]
    return Area(shapely.union_all(pieces) if pieces else shapely.Polygon(), inside.frame)


def _reading(view: TreatyView) -> str:
    return view.readings.get(PRECLUSION, OF_THIS_FLIGHT)


def _assessed(
    number: int,
    change: Change,
    plan: MissionPlan,
    findings: Findings,
    view: TreatyView,
    land: Geography,
    known: Mapping[str, Sensor],
) -> AssessedChange:
    alone = revised(plan, [change], land.length_over_territory_km)
    lost, gained = _lost(plan, alone, land, known), _lost(alone, plan, land, known)
    support, said = _support(change, plan, findings, view)
    if change.without_sensors:
        precludes: bool | None = None if lost is None else not lost.is_empty
    elif _reading(view) == OF_THIS_FLIGHT:
        precludes = None if lost is None else not lost.is_empty
    else:
        precludes = False
    return AssessedChange(
        number=number,
        support=support,
        said=said,
        cite=_cite(view),
        lost_km2=None if lost is None else lost.area_km2,
        gained_km2=None if gained is None else gained.area_km2,
        lost=None if lost is None or lost.is_empty else lost.__geo_interface__,
        precludes=precludes,
    )


def _cite(view: TreatyView) -> str:
    binding = _bound_to(view, _GROUND)
    return "" if binding is None else "; ".join(str(c) for c in binding.citations)


def _bound_to(view: TreatyView, path: str) -> RuleBinding | None:
    return next((b for b in view.treaty.rules if b.parameters.get("path") == path), None)


def _support(
    change: Change, plan: MissionPlan, findings: Findings, view: TreatyView
) -> tuple[Support, str]:
    """Whether the plan bears the ground out, by what the regime says that the ground rests on."""
    known = grounds(view)
    if change.cause not in known:
        named = "; ".join(f"{name} ({words})" for name, words in known.items())
        return Support.UNKNOWN_GROUND, f"{change.cause!r} is no ground for a change: {named}."
    rests = rests_on(view, change.cause)
    kind = rests.get("evidence", "")
    named_evidence = change.evidence.get(kind, "")
    if not kind:
        return Support.STATED, "The regime does not say what this ground rests on."
    if not named_evidence:
        return Support.NOT_SHOWN, f'Name the {kind} that it rests on: "evidence": {{"{kind}": …}}.'
    means = rests.get("means", change.means)
    if other := [name for name in change.means if name not in means]:
        allowed = ", ".join(means)
        text = f"On this ground may change: {allowed}; the proposal changes {', '.join(other)}."
        return Support.NOT_SHOWN, text
    if kind == "rule":
        return _rule_shown(named_evidence, findings, tuple(rests.get("paragraphs", ())))
    if kind == "hazard":
        return _hazard_shown(named_evidence, change, plan)
    if kind == "airfield":
        return _airfield_used(named_evidence, plan)
    return Support.STATED, f"The {kind} is stated; whether it is so, no document here shows."


def _rule_shown(rule: str, findings: Findings, paragraphs: Sequence[str]) -> tuple[Support, str]:
    found = findings.by_rule(rule)
    if not found:
        return Support.NOT_SHOWN, f"There is no rule {rule!r} for a mission plan."
    if paragraphs and not any(
        word.startswith(p) for f in found for word in f.cite.split() for p in paragraphs
    ):
        named = " and ".join(paragraphs)
        return Support.NOT_SHOWN, f"Rule {rule} ({found[0].cite}) is not one of {named}."
    for finding in found:
        if finding.verdict is Verdict.BREACH:
            return Support.SHOWN, f"The plan breaks {rule} ({finding.cite}): {finding.message}"
    for finding in found:
        if finding.verdict is Verdict.UNDETERMINED:
            return Support.STATED, f"{rule} cannot be decided here: {finding.message}"
    return Support.NOT_SHOWN, f"The plan keeps {rule} ({found[0].cite}): {found[0].message}"


def _hazard_shown(hazard: str, change: Change, plan: MissionPlan) -> tuple[Support, str]:
    areas = [area for area in plan.hazardous_airspace if area.id == hazard]
    if not areas:
        return (
            Support.STATED,
            f"The plan names no area {hazard}; whether there is one, no document here shows.",
        )
    at = {fix.id: fix.position for fix in plan.fixes}
    outline = Area.from_ring(areas[0].ring)
    crossed = [
        number
        for number in range(change.first_leg, change.last_leg + 1)
        if outline.intersects_leg(at[plan.legs[number].start], at[plan.legs[number].end])
    ]
    if crossed:
        legs = ", ".join(str(number + 1) for number in crossed)
        return Support.SHOWN, f"Leg {legs} of the plan goes through {hazard}."
    return Support.NOT_SHOWN, f"No leg that would change goes through {hazard}."


def _airfield_used(airfield: str, plan: MissionPlan) -> tuple[Support, str]:
    used = {plan.start.code, plan.end.code, *(a.code for a in plan.alternates)}
    used |= {fix.airfield for fix in plan.fixes if fix.airfield is not None}
    if airfield in used:
        return (
            Support.STATED,
            f"The plan uses {airfield}; whether its status prevents that, no document here shows.",
        )
    return Support.NOT_SHOWN, f"The plan does not use {airfield}."


def _findings(
    view: TreatyView,
    plan: MissionPlan,
    proposal: CounterProposal,
    changes: Sequence[AssessedChange],
) -> Findings:
    """The regime's own rules on proposals, held against this one."""
    record: dict[str, Any] = {
        "changes_proposed": [
            {"cause": change.cause, "precludes_observation": assessed.precludes}
            for change, assessed in zip(proposal.changes, changes, strict=True)
        ]
    }
    answered = ("flight.plan_answered",)
    if proposal.proposed is not None:
        record["plan_answered"] = proposal.proposed
    wanted = [
        binding.id
        for binding in view.treaty.rules
        if binding.parameters.get("path") in (_GROUND, _PRECLUDES)
        or (binding.parameters.get("later") in answered and proposal.proposed is not None)
    ]
    if not wanted:
        return Findings((), dict(view.readings))
    return check(Case(view, {"flight-record": record}, plan), "flight", only=wanted)


def _notes(plan: MissionPlan, known: Mapping[str, Sensor]) -> tuple[str, ...]:
    notes = [
        "Ground seen is reckoned from straight legs with level wings over flat ground; pieces "
        f"under {SLIVER_KM2:g} km2 do not count."
    ]
    unknown = [sensor.id for sensor in plan.sensors if sensor.id not in known]
    if unknown:
        notes.append(
            f"How far {', '.join(unknown)} sees to the side is not known, so what would be lost "
            "cannot be reckoned."
        )
    if assumed := [s.id for s in known.values() if {"near_deg", "far_deg"} & set(s.assumed)]:
        notes.append(f"How far {', '.join(assumed)} sees to the side is assumed.")
    return tuple(notes)
