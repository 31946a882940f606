"""A working plan asked again: its question put to the planner once more, from its own route.

What a plan was made from and does not say (elevation model, borders, overlay, a regime's folder,
wind) has to be given again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from overflight.errors import DataError, PlanError
from overflight.mission.plan import make_plan
from overflight.performance.flight_words import STILL_AIR
from overflight.performance.handling import Handling
from overflight.performance.turns import TECHNIQUES
from overflight.performance.wind import CALM, WindField
from overflight.planning.evaluate import violations
from overflight.planning.problem import Place, PlanningProblem, Route, Solution
from overflight.planning.protocol import Budget, Progress, Stop
from overflight.planning.track.planner import TrackPlanner, Watch
from overflight.terms.mission_plan import HazardousAirspace, MissionPlan
from overflight.terms.working_plan import SearchReport, WorkingPlan
from overflight.treaty.model import Treaty


@dataclass(frozen=True, slots=True)
class Given:
    """What a plan does not say of how it was made; None: as the plan, or the public data, has it.

    ``refuel`` are airfields besides those at which the plan lands.
    """

    treaty: str | Path | Treaty | None = None
    overlay: Path | None = None
    borders: Path | None = None
    terrain: Path | None = None
    hazards: Sequence[HazardousAirspace] | None = None
    refuel: Sequence[str] = ()
    readings: Mapping[str, str] | None = None
    wind: WindField = CALM
    handling: Handling | None = None


def question_of(working: WorkingPlan, given: Given | None = None) -> dict[str, Any]:
    """The arguments of ``make_plan`` by which a plan like this one is made, sites apart.

    Raises DataError where the plan has no date.
    """
    plan, given = working.plan, given or Given()
    landed = (fix.airfield for fix in plan.fixes if fix.airfield)
    return {
        "treaty": given.treaty if given.treaty is not None else plan.treaty,
        "observing": plan.observing,
        "observed": plan.observed,
        "on": date_of(plan),
        "aircraft": plan.aircraft,
        "start": plan.start.code,
        "end": plan.end.code,
        "refuel": tuple(dict.fromkeys([*landed, *given.refuel])),
        "sensors": tuple(sensor.id for sensor in plan.sensors),
        "hazards": tuple(plan.hazardous_airspace if given.hazards is None else given.hazards),
        "terrain": given.terrain,
        "borders": given.borders,
        "overlay": given.overlay,
        "readings": {**plan.readings, **(given.readings or {})},
        "distance_condition": plan.distance_condition,
        "provided_by": plan.aircraft_provided_by,
        "marks": plan.marks,
        "wind": given.wind,
        "handling": given.handling or _handling_of(working),
        "max_fixes": working.max_fixes,
        "height": working.height,
    }


def made_in_wind(working: WorkingPlan) -> bool:
    """Whether the plan's times are those of a wind (which wind, it does not say)."""
    flight = working.flyability
    return flight is not None and STILL_AIR not in flight.assumptions


def _handling_of(working: WorkingPlan) -> Handling:
    """Turns as the plan flies them, as far as it says."""
    flight = working.flyability
    if flight is not None and flight.technique in TECHNIQUES:
        return Handling(technique=flight.technique, bank_deg=flight.bank_deg)
    stated = working.plan.turn_technique
    return Handling(technique=stated) if stated in TECHNIQUES else Handling()


def date_of(plan: MissionPlan) -> dt.date:
    """The day of the flight. Raises DataError where the plan has no times."""
    if plan.date is None:
        raise DataError(
            "the plan has no commencement time, so its day is not known",
            where="/mission_plan/times/commencement",
            remedy="State times.commencement in the plan.",
        )
    return plan.date


def route_of(plan: MissionPlan) -> Route:
    """The route that a plan flies, by its fixes."""
    stations: list[Place] = []
    stages: list[list[Any]] = []
    for fix in plan.fixes:
        if fix.airfield:
            stations.append(Place(fix.airfield, fix.position))
            stages.append([])
        elif stages:
            stages[-1].append(fix.position)
    if len(stations) < 2 or stages[-1]:
        raise PlanError(
            "the plan does not begin and end at an airfield",
            remedy="Give a plan whose first and last fix name an airfield.",
        )
    return Route(tuple(stations), tuple(tuple(stage) for stage in stages[:-1]))


def improved(
    working: WorkingPlan,
    given: Given | None = None,
    *,
    seconds: float = 10.0,
    iterations: int | None = None,
    certificate: float | None = None,
    seed: int = 1,
    progress: Progress | None = None,
    stop: Stop | None = None,
    watch: Watch | None = None,
) -> WorkingPlan:
    """A plan for the same sites, searched for from this plan's route on.

    Where that route still keeps every limit, what comes out sees no less value than it does.
    Raises what ``make_plan`` raises.
    """
    asked: dict[str, Any] = {**question_of(working, given), "seed": seed}
    begin = route_of(working.plan)
    search: dict[str, Any] = {
        "seconds": seconds,
        "iterations": iterations,
        "certificate": certificate,
    }
    better = make_plan(
        working.sites,
        **asked,
        **search,
        planner=TrackPlanner(begin, watch),
        progress=progress,
        stop=stop,
    )
    if better.value_observed >= working.value_observed:
        return better
    try:
        same = make_plan(working.sites, **asked, iterations=1, planner=AsGiven(begin))
    except PlanError:  # the given route breaks a limit by now
        return better
    if same.value_observed <= better.value_observed:
        return better
    if better.certificate is None:
        return same
    bound = max(better.certificate.bound, same.value_observed)
    sure = replace(better.certificate, value=same.value_observed, bound=bound)
    return replace(same, certificate=sure)


@dataclass(frozen=True, slots=True)
class AsGiven:
    """A planner that searches for nothing: it gives the route it has."""

    route: Route
    name: str = "as given"

    def solve(
        self,
        problem: PlanningProblem,
        budget: Budget,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Solution:
        """See ``RoutePlanner``. Raises PlanError where the route is not lawful."""
        broken = violations(problem, self.route)
        if broken:
            raise PlanError(
                f"the route given breaks a limit: {broken[0]}",
                remedy="Plan anew, or with the readings and documents the plan was made with.",
            )
        if progress is not None:
            progress("the route as it was given")
        stopped = stop is not None and stop()
        return Solution(self.route, SearchReport(self.name, budget.seed, 0, 0.0, stopped))
