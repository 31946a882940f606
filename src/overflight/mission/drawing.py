"""A plan on the drawing board: the question prepared once, and any route held against it at once.

Nothing is sought here. A route that breaks a limit is not refused: it is told which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from overflight.errors import PlanError
from overflight.geo.positions import Position
from overflight.mission.again import AsGiven, Given, question_of, route_of
from overflight.mission.check import check_plan
from overflight.mission.drawn_up import Drawn, drawn_up, timed
from overflight.mission.flown import shown
from overflight.mission.landing_places import alternates_for, ends_at, starts_from
from overflight.mission.pairings import Pairing, pairing
from overflight.mission.plan import make_plan
from overflight.mission.prepared import Prepared, prepared
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.problem import Route
from overflight.planning.timing import book_for
from overflight.terms.findings import Findings
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.values import CitedValue
from overflight.terms.working_plan import Observation, WorkingPlan

_PREPARED = frozenset(
    {
        "treaty", "observing", "observed", "on", "aircraft", "sensors", "hazards", "terrain",
        "borders", "overlay", "readings", "wind", "handling", "assumptions", "max_fixes",
        "outlook", "height",
    }
)  # fmt: skip
"""What of a question ``prepared`` takes."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A route held against its question. ``broken``: limits of the search that it breaks, in
    words; the treaty's own are in ``findings``."""

    plan: MissionPlan
    observations: tuple[Observation, ...]
    findings: Findings
    broken: tuple[str, ...]
    limit: CitedValue
    value: float


class Drawing:
    """The question of a working plan, with everything that does not change with its route.

    Not for two threads at once: what is learned of a leg is kept.
    """

    def __init__(self, working: WorkingPlan, given: Given | None = None) -> None:
        """Raises what ``make_plan`` raises for the question."""
        self._working = working
        self._asked: dict[str, Any] = question_of(working, given)
        few = {name: value for name, value in self._asked.items() if name in _PREPARED}
        self._ready: Prepared = prepared(working.sites, **few)
        self._pair = self._between(working)
        self._book: LegBook = book_for(self._pair.problem)

    def _between(self, working: WorkingPlan) -> Pairing:
        setting, asked = self._ready.setting, self._asked
        observed = setting.land.observed
        first, *_ = starts_from(setting.view, observed, asked["start"])
        last = first
        if asked.get("end"):
            last, *_ = ends_at(setting.view, observed, asked["end"])
        return pairing(
            setting, first, last, refuel=asked.get("refuel", ()),
            condition=asked.get("distance_condition", ""), seed=working.search.seed,
        )  # fmt: skip

    @property
    def route(self) -> Route:
        """The working plan's own route."""
        return route_of(self._working.plan)

    def through(self, stages: Sequence[Sequence[Position]]) -> Route:
        """The route with these fixes between its own landings, in whole minutes, as plans have it.

        Raises PlanError for another number of stages.
        """
        route = self.route
        if len(stages) != len(route.stages):
            raise PlanError(
                f"{len(stages)} stages were given, and the route has {len(route.stages)}",
                remedy="Give the fixes of each stage, between one landing and the next.",
            )
        fixes = tuple(tuple(fix.rounded_to_minutes() for fix in stage) for stage in stages)
        return Route(route.stations, fixes)

    def kept(self, route: Route) -> WorkingPlan:
        """The route as the working plan. Raises PlanError where it breaks a limit."""
        return make_plan(self._working.sites, **self._asked, iterations=1, planner=AsGiven(route))

    def tried(self, route: Route, *, only: Sequence[str] | None = None) -> Tried:
        """What the route shows, costs and breaks. ``only``: ids of rules to hold it against."""
        ready, asked = self._ready, self._asked
        setting, how = ready.setting, ready.flying
        broken = violations(self._pair.problem, route, self._book)
        _, heights, times, flown = timed(setting, how, self._book, route)
        times = flown if how.windy else times
        alternates = alternates_for(
            setting.view, setting.land.observed, route, setting.ability.range_km
        )
        plan = drawn_up(
            ready,
            Drawn(route, times, self._pair.landings, heights, alternates),
            observing=asked["observing"],
            hazards=asked.get("hazards", ()),
            condition=asked.get("distance_condition", ""),
            provided_by=asked.get("provided_by"),
            marks=asked.get("marks", ()),
        )
        findings = check_plan(
            plan, treaty=ready.book, readings=asked.get("readings"), borders=asked.get("borders"),
            only=only,
        )  # fmt: skip
        seen = shown(plan, route, times, setting, how)
        return Tried(plan, seen, findings, tuple(broken), self._pair.limit, self._book.value(route))
