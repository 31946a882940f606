"""The main job on real input, told as it happens: ``overflight demo``.

The scenario (parties, date, aircraft, airfield) is data: data/scenarios/demo.toml.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import NotInForceError, UnknownValueError
from overflight.files import write_atomic
from overflight.mission.airfield_sites import airfield_sites
from overflight.mission.documents import Written, write_documents
from overflight.mission.plan import make_plan
from overflight.terms.findings import Finding, Verdict
from overflight.terms.working_plan import WorkingPlan
from overflight.treaty.geography import geography
from overflight.treaty.loader import Treaty, load_treaty
from overflight.treaty.view import TreatyView

_SCENARIO = Path(__file__).parents[1] / "data" / "scenarios" / "demo.toml"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made: the plan, the other aircraft's breaches, where the files are."""

    working: WorkingPlan
    other: WorkingPlan
    written: Written
    later: str


def load_scenario(path: Path = _SCENARIO) -> dict[str, Any]:
    """The scenario file as it stands."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def run_demo(
    out: Path,
    say: Say,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    progress: Callable[[str], None] | None = None,
    stop: Callable[[], bool] | None = None,
    scenario: dict[str, Any] | None = None,
) -> DemoResult:
    """Run the whole story, writing files under ``out`` and telling it through ``say``."""
    scenario = scenario or load_scenario()
    mission = scenario["mission"]
    treaty = load_treaty(mission["treaty"])
    view = treaty.on(mission["on"])
    _tell_the_day(say, view, mission)

    sites = airfield_sites(
        geography(view, mission["observed"]).in_territory,
        seed=scenario["sites"]["seed"],
        bbox=tuple(scenario["sites"]["bbox"]),
    )
    worth = sum(site.value for site in sites)
    say("")
    say("THE QUESTION")
    say(
        f"  {len(sites)} places in {view.status(mission['observed']).name}, worth {worth:g}: "
        f"{mission['why']['sites']}."
    )

    def plan_with(aircraft: str, budget: float, steps: int | None) -> WorkingPlan:
        return make_plan(
            sites,
            treaty=treaty,
            observing=mission["observing"],
            observed=mission["observed"],
            on=mission["on"],
            aircraft=aircraft,
            start=mission["start"],
            seconds=budget,
            iterations=steps,
            seed=mission["seed"],
            progress=progress,
            stop=stop,
        )

    working = plan_with(mission["aircraft"], seconds or mission["seconds"], iterations)
    _tell_the_plan(say, working, view)
    _tell_the_findings(say, working)

    other = plan_with(
        scenario["other_aircraft"]["id"], scenario["other_aircraft"]["seconds"], iterations
    )
    _tell_the_breach(say, other)

    later = _tell_what_came_later(say, treaty, mission, scenario["later"])

    written = write_documents(working, out)
    from overflight.formats.sites import sites_to_csv

    write_atomic(written.home / "sites.csv", sites_to_csv(sites))
    say("")
    say("THE FILES")
    say(f"  {written.home}/  stays at home: working plan, sites, map of what is seen")
    say(f"  {written.release}/  to hand over: mission plan (PDF, JSON), map, KML, GPX, flight plan")
    return DemoResult(working, other, written, later)


def _tell_the_day(say: Say, view: TreatyView, mission: dict[str, Any]) -> None:
    observed = view.status(mission["observed"])
    say(f"{view.treaty.name.upper()}, {_day(view.on)}")
    say(f"  {mission['why']['date'][0].upper()}{mission['why']['date'][1:]}.")
    say(f"  In force since {_day(view.in_force_since)}; {len(view.states_parties)} States Parties.")
    for gone in view.departed:
        say(f"  Left: {gone.name}.")
    say(f"  {observed.name} is {'still ' if view.departed else ''}a State Party.")
    holder = view.holder_of(mission["observed"])
    quota = view.passive_quota(holder)
    say(f"  Passive quota of {holder}: {quota.value} flights a year ({quota.cite}).")


def _tell_the_plan(say: Say, working: WorkingPlan, view: TreatyView) -> None:
    plan, limit = working.plan, working.maximum_flight_distance
    names = {fix.id: plan.start.name for fix in plan.fixes if fix.airfield == plan.start.code}
    say("")
    say("THE PLAN")
    say(
        f"  {view.status(plan.observing).name} flies over {view.status(plan.observed).name} on "
        f"{view.status(plan.aircraft_designated_by).name}'s {view.aircraft(plan.aircraft).name}, "
        f"from {plan.start.name} ({plan.start.code}) to {plan.end.name} ({plan.end.code})."
    )
    say(
        f"  {len(plan.legs)} direct legs, {plan.flight_distance_km:,.0f} km over the territory; "
        f"{limit.value:,} km are the most ({limit.cite})."
    )
    for stop in plan.stops:
        say(
            f"  Lands for {stop.purpose} at {names.get(stop.fix, stop.fix)}, "
            f"{_clock(stop.arrives)} to {_clock(stop.departs)}."
        )
    say(
        f"  Sees {len(working.sites_observed)} of {len(working.sites)} places, value "
        f"{working.value_observed:g} of {working.value_total:g}."
    )


def _tell_the_findings(say: Say, working: WorkingPlan) -> None:
    findings = working.findings
    counts = {verdict: len(findings.of(verdict)) for verdict in Verdict}
    say("")
    say(f"THE TREATY'S ANSWER: {str(findings.verdict).upper()}")
    say(
        f"  {counts[Verdict.COMPLIANT]} rules kept, {counts[Verdict.BREACH]} broken, "
        f"{counts[Verdict.UNDETERMINED]} undetermined, {counts[Verdict.RIGHT_ARISES]} rights arise."
    )
    for finding in findings.of(Verdict.BREACH, Verdict.UNDETERMINED, Verdict.RIGHT_ARISES):
        _tell_finding(say, finding)
    if working.assumptions:
        say(f"  The plan rests on {len(working.assumptions)} assumptions, listed in it.")


def _tell_the_breach(say: Say, other: WorkingPlan) -> None:
    say("")
    say(f"THE SAME ON THE {other.plan.aircraft.upper()}: {str(other.findings.verdict).upper()}")
    for finding in other.findings.of(Verdict.BREACH):
        _tell_finding(say, finding)


def _tell_what_came_later(
    say: Say, treaty: Treaty, mission: dict[str, Any], later: dict[str, Any]
) -> str:
    view = treaty.on(later["on"])
    say("")
    say(f"THE SAME ON {_day(view.on).upper()}")
    try:
        view.require_parties(mission["observing"], mission["observed"])
        answer = "both are parties"
    except NotInForceError as error:
        answer = error.message
    say(f"  {answer}")
    status = view.status(later["still_party"])
    standing = "still a State Party" if status.standing == "party" else status.standing
    say(f"  {status.name} is {standing}.")
    try:
        quota = view.passive_quota(treaty.on(mission["on"]).holder_of(mission["observed"]))
        say(f"  The common quota: {quota.value} ({quota.cite}).")
    except UnknownValueError as error:
        say(f"  What became of the common quota is unknown: {error.message}")
    except NotInForceError as error:
        say(f"  The common quota: {error.message}")
    return answer


def _tell_finding(say: Say, finding: Finding) -> None:
    say(f"  {finding.rule} {finding.verdict}: {finding.message}")
    say(f"    {finding.cite}")


def _day(date: dt.date | None) -> str:
    return "an unknown day" if date is None else f"{date.day} {date:%B %Y}"


def _clock(moment: dt.datetime) -> str:
    return f"{moment:%d %b %H:%MZ}"
