"""The day, the question and the plan: what the treaty says before anybody has flown."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from overflight.errors import NotInForceError, UnknownValueError
from overflight.files import write_atomic
from overflight.formats.hazards import read_hazards
from overflight.formats.sites import read_sites, sites_to_csv
from overflight.mission.airfield_sites import airfield_sites
from overflight.mission.demo.scenario import Stage
from overflight.mission.documents import Written, write_documents
from overflight.mission.plan import make_plan
from overflight.terms.findings import Finding, Verdict
from overflight.terms.sites import Site
from overflight.terms.working_plan import WorkingPlan
from overflight.treaty.geography import geography


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan, what the other aircraft's plan came to (None: not asked), where the files are, and
    the answer on the later day ("": not asked)."""

    working: WorkingPlan
    other: WorkingPlan | None
    written: Written
    later: str


@dataclass(frozen=True, slots=True)
class Search:
    """How long to search; ``steps`` go before seconds where they are given."""

    seconds: float | None = None
    steps: int | None = None
    stop: Callable[[], bool] | None = None


def plan_mission(stage: Stage, search: Search) -> Planned:
    """Tell the day, plan the flight with both aircraft, write the documents."""
    mission, scenario = stage.mission, stage.scenario
    _tell_the_day(stage)
    stage.story.progress("finding sites")
    sites = _sites(stage)
    hazards = read_hazards(mission["hazards"]) if "hazards" in mission else ()

    def plan_with(aircraft: str, budget: float) -> WorkingPlan:
        return make_plan(
            sites,
            treaty=stage.treaty,
            observing=mission["observing"],
            observed=mission["observed"],
            on=mission["on"],
            aircraft=aircraft,
            start=mission["start"],
            seconds=budget,
            iterations=search.steps,
            seed=mission["seed"],
            hazards=hazards,
            max_fixes=mission.get("max_fixes"),
            marks=stage.marks,
            progress=stage.story.progress,
            stop=search.stop,
        )

    working = plan_with(mission["aircraft"], search.seconds or mission["seconds"])
    stage.story.progress("writing the plan")
    written = write_documents(working, stage.out, treaty=mission["treaty"])
    write_atomic(written.home / "sites.csv", sites_to_csv(sites))
    _tell_the_plan(stage, working, sites, written)
    other, later = None, ""
    if "other_aircraft" in scenario:
        another = scenario["other_aircraft"]
        other = plan_with(another["id"], min(another["seconds"], search.seconds or 60.0))
        _tell_the_breach(stage, other)
    if "later" in scenario:
        later = _tell_what_came_later(stage)
    return Planned(working, other, written, later)


def _sites(stage: Stage) -> tuple[Site, ...]:
    """Sites of the scenario's file, or else civil airfields of the territory."""
    told = stage.scenario["sites"]
    if "file" in told:
        return tuple(read_sites(told["file"]))
    within = geography(stage.view, stage.mission["observed"]).in_territory
    return airfield_sites(within, seed=told["seed"], bbox=tuple(told["bbox"]))


def _tell_the_day(stage: Stage) -> None:
    view, mission, story = stage.view, stage.mission, stage.story
    observed = view.status(mission["observed"])
    story.chapter(f"{view.treaty.name}, {_day(view.on)}")
    why = mission["why"]["date"]
    story.tell(f"{why[0].upper()}{why[1:]}.")
    gone = "".join(f" Left: {one.name}." for one in view.departed)
    story.tell(
        f"In force since {_day(view.in_force_since)}; {len(view.states_parties)} States Parties."
        f"{gone} {observed.name} is {'still ' if view.departed else ''}one."
    )
    holder = view.holder_of(mission["observed"])
    quota = view.passive_quota(holder)
    story.tell(f"Passive quota of {holder}: {quota.value} flights a year ({quota.cite}).")


def _tell_the_plan(
    stage: Stage, working: WorkingPlan, sites: tuple[Site, ...], written: Written
) -> None:
    plan, limit, view, story = (
        working.plan, working.maximum_flight_distance, stage.view, stage.story,
    )  # fmt: skip
    findings = working.findings
    story.chapter("The plan", str(findings.verdict), simulated=bool(stage.marks))
    story.tell(
        f"{view.status(plan.observing).name} wants to see {len(sites)} places in "
        f"{view.status(plan.observed).name} ({stage.mission['why']['sites']}) with "
        f"{view.status(plan.aircraft_designated_by).name}'s {view.aircraft(plan.aircraft).name}, "
        f"from {plan.start.name} ({plan.start.code})."
    )
    stops = ", ".join(f"{name} ({n})" for name, n in Counter(s.purpose for s in plan.stops).items())
    story.tell(
        f"{len(plan.legs)} direct legs, {plan.flight_distance_km:,.0f} km over the territory of "
        f"{limit.value:,} km at most ({limit.cite})"
        + (f"; landings for {stops}." if stops else ".")
    )
    story.tell(
        f"Sees {len(working.sites_observed)} of {len(working.sites)} places, value "
        f"{working.value_observed:g} of {working.value_total:g}."
    )
    if working.certificate is not None:
        story.tell(f"Certificate: {str(working.certificate).partition('; ')[0]}.")
    counts = {verdict: len(findings.of(verdict)) for verdict in Verdict}
    story.tell(
        f"THE TREATY'S ANSWER: {str(findings.verdict).upper()}. "
        f"{counts[Verdict.COMPLIANT]} rules kept, {counts[Verdict.BREACH]} broken, "
        f"{counts[Verdict.UNDETERMINED]} undetermined, {counts[Verdict.RIGHT_ARISES]} rights "
        f"arise; {len(working.assumptions)} assumptions, listed in the plan."
    )
    for finding in findings.of(Verdict.BREACH, Verdict.UNDETERMINED, Verdict.RIGHT_ARISES):
        _tell_finding(stage, finding)
    story.picture(written.home / "map.png", "The route and what it sees; this map stays at home")
    story.file(written.release / "mission-plan.pdf", "the mission plan, to hand over")
    story.file(written.home / "working-plan.txt", "the working plan, which stays at home")


def _tell_the_breach(stage: Stage, other: WorkingPlan) -> None:
    stage.story.chapter(f"The same on the {other.plan.aircraft}", str(other.findings.verdict))
    for finding in other.findings.of(Verdict.BREACH):
        _tell_finding(stage, finding)


def _tell_what_came_later(stage: Stage) -> str:
    treaty, mission, later, story = (
        stage.treaty, stage.mission, stage.scenario["later"], stage.story,
    )  # fmt: skip
    view = treaty.on(later["on"])
    story.chapter(f"The same on {_day(view.on)}")
    try:
        view.require_parties(mission["observing"], mission["observed"])
        answer = "both are parties"
    except NotInForceError as error:
        answer = error.message
    story.tell(answer)
    status = view.status(later["still_party"])
    standing = "still a State Party" if status.standing == "party" else status.standing
    try:
        quota = view.passive_quota(stage.view.holder_of(mission["observed"]))
        common = f"the common quota: {quota.value} ({quota.cite})"
    except UnknownValueError as error:
        common = f"what became of the common quota is unknown ({error.message})"
    except NotInForceError as error:
        common = f"the common quota: {error.message}"
    story.tell(f"{status.name} is {standing}; {common}.")
    return answer


def _tell_finding(stage: Stage, finding: Finding) -> None:
    stage.story.tell(f"{finding.rule} {finding.verdict}: {finding.message} [{finding.cite}]")


def _day(date: dt.date | None) -> str:
    return "an unknown day" if date is None else f"{date.day} {date:%B %Y}"
