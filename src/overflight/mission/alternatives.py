"""A few plans that differ in kind: for weather, or for a side that wants another route.

What clouds cover is a region. So each further plan does without the sites that earlier plans see
on one side of them: north, north-east and so on are tried in short searches, as far as time goes
those first that leave most value, and the side that costs least is searched for long. Where no side
leads to a plan that differs enough, more of it is left out. What a plan is worth is told by the
sites' own values, all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from overflight.errors import PlanError
from overflight.geo.positions import Position
from overflight.planning.board import reachable_places
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.obstacles import plain_cause
from overflight.planning.problem import PlanningProblem, Route, Solution
from overflight.planning.protocol import Budget, Meter, Progress, RoutePlanner, Stop
from overflight.planning.timing import book_for, seen_by
from overflight.planning.track.planner import TrackPlanner
from overflight.terms.working_plan import SearchReport, WorkingPlan
from overflight.units import Degrees

MOST_SHARED = 0.6
"""Of two plans' sites, the part of the larger of the two that both may see, at most."""
LEAST_NEW = 0.1
"""Part of a plan's sites that any one earlier plan does not see, at least."""
_STRICTER = (1.0, 0.9, 0.75)
"""The first of these times ``MOST_SHARED`` is asked of a route; where the plan made from it, its
fixes moved by a minute, still shares too much, the next."""
_SIDES: tuple[Degrees, ...] = (0.0, 45.0, 90.0, 135.0, 180.0, 225.0, 270.0, 315.0)
_PARTS = (0.42, 0.5, 0.65, 0.85, 1.0)
"""Part of an earlier plan's sites that is left out, one after the other until plans differ."""
_DRAFTING = 0.5
"""Part of the budget for the short searches with the first of these; half of it with the next."""
_LONGEST = 2.0
"""Budgets after which it is given up, where nothing was found."""

Make = Callable[[RoutePlanner], WorkingPlan]
"""Makes a plan with a planner; all else is the same every time."""

Seen = frozenset[str]
"""Names of sites."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The first plan, others by value, and why there are no more of them ("": as many as asked)."""

    first: WorkingPlan
    others: tuple[WorkingPlan, ...]
    said: str = ""

    @property
    def plans(self) -> tuple[WorkingPlan, ...]:
        return (self.first, *self.others)


def alternatives(
    first: WorkingPlan, make: Make, wanted: int, stop: Stop | None = None
) -> Alternatives:
    """Up to ``wanted`` more plans, each different from all before it; the most valuable first.

    Fewer where a search finds no more that differ so (see ``different``), or when stopped.
    """
    plans, said = [first], ""
    for _ in range(wanted):
        fresh = "stopped" if stop is not None and stop() else _another(plans, make)
        if isinstance(fresh, str):
            said = fresh
            break
        plans.append(fresh)
    others = sorted(plans[1:], key=lambda plan: -plan.value_observed)
    return Alternatives(first, tuple(others), said)


def shared(one: Collection[str], other: Collection[str]) -> float:
    """How many sites two plans have in common, of those of the larger of them, 0 to 1."""
    return len(set(one) & set(other)) / max(len(one), len(other), 1)


def different(seen: Seen, earlier: Sequence[Seen], most: float = MOST_SHARED) -> bool:
    """Whether a plan that sees ``seen`` is of another kind than each of the earlier ones.

    They share at most ``most``, and a part ``LEAST_NEW`` of its sites is not the earlier plan's: a
    plan that only leaves sites out is none.
    """
    return bool(seen) and all(
        shared(seen, known) <= most and len(seen - known) >= LEAST_NEW * len(seen)
        for known in earlier
    )


@dataclass(frozen=True, slots=True)
class Differing:
    """A planner for routes that differ from earlier plans, by the sites that each of them sees.

    ``begin`` is a route to begin with; where it differs, no side is left out but what it leaves.
    """

    earlier: tuple[Seen, ...]
    most: float = MOST_SHARED
    begin: Route | None = None
    name: str = TrackPlanner.name

    def solve(
        self,
        problem: PlanningProblem,
        budget: Budget,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Solution:
        """See ``RoutePlanner``. Raises PlanError where no route that differs was found."""
        meter, book = Meter(budget, stop), book_for(problem)
        draft = self._given(book) or self._drafted(book, meter, progress)
        if draft is None:
            raise self._nothing(problem, meter)
        rest, best = draft
        left = budget.share(max(0.0, 1.0 - meter.spent))
        longer = self._searched(rest, best, left, meter, book, progress)
        if longer is not None and book.score(longer) > book.score(best):
            best = longer
        report = SearchReport(
            self.name, budget.seed, meter.iterations, meter.seconds, meter.interrupted
        )
        return Solution(best, report)

    def _given(self, book: LegBook) -> tuple[PlanningProblem, Route] | None:
        """The route to begin with, and the problem without what earlier plans see and it does not.

        None where it does not differ, or breaks a limit.
        """
        if self.begin is None or violations(book.problem, self.begin, book):
            return None
        seen = _names(book, self.begin)
        if not different(seen, self.earlier, self.most):
            return None
        gone = frozenset[str]().union(*self.earlier) - seen
        return _less(book.problem, gone), self.begin

    def _drafted(
        self, book: LegBook, meter: Meter, progress: Progress | None
    ) -> tuple[PlanningProblem, Route] | None:
        """The side whose sites cost least to leave out: the problem without, and a route for it."""
        best: tuple[PlanningProblem, Route] | None = None
        for part, share in _rounds():
            offers = [without(book.problem, self.earlier, side, part) for side in _SIDES]
            for rest in sorted(offers, key=lambda rest: -_worth(rest)):
                if meter.halted() or meter.over(_LONGEST if best is None else _DRAFTING):
                    break
                route = self._searched(rest, None, meter.budget.share(share), meter, book)
                if route is not None and (best is None or book.score(route) > book.score(best[1])):
                    best = (rest, route)
                if progress is not None:
                    value = 0.0 if best is None else book.value(best[1])
                    progress(f"leaving out the sites on one side: value {value:g}")
            if best is not None:
                break
        return best

    def _searched(
        self,
        rest: PlanningProblem,
        begin: Route | None,
        budget: Budget,
        meter: Meter,
        book: LegBook,
        progress: Progress | None = None,
    ) -> Route | None:
        """The best route for the sites left; None where it does not differ, or there is none."""
        if not any(target.value > 0 and target.strips for target in rest.targets):
            return None
        planner = TrackPlanner(begin)
        try:
            found = planner.solve(rest, budget, progress=progress, stop=meter.halted)
        except PlanError:
            return None
        meter.iterations += max(1, found.report.iterations)
        seen = _names(book, found.route)
        return found.route if different(seen, self.earlier, self.most) else None

    def _nothing(self, problem: PlanningProblem, meter: Meter) -> PlanError:
        if meter.interrupted:
            return PlanError("stopped before one was found", remedy="Let it search on.")
        known = frozenset[str]().union(*self.earlier)
        reached = replace(problem, stations=reachable_places(problem))
        open_ = [t for t in problem.targets if plain_cause(reached, t) is None]
        fresh = sum(target.name not in known for target in open_)
        text = (
            f"of the {len(open_)} sites within reach, all but {fresh} are in the plans before it"
            if fresh
            else "the plans before it see all that is within reach"
        )
        return PlanError(
            f"no route was found that differs enough ({text})",
            remedy="Ask for fewer alternatives, allow more seconds, or name airfields to refuel at "
            "(--refuel CODE).",
        )


def without(
    problem: PlanningProblem, earlier: Sequence[Seen], side: Degrees, part: float
) -> PlanningProblem:
    """The problem without the part of each earlier plan's sites that lies farthest on one side.

    ``side`` is a direction, degrees from north.
    """
    at = {target.name: target.position for target in problem.targets}
    gone: set[str] = set()
    for seen in earlier:
        known = sorted(seen & at.keys())
        if not known:
            continue
        ahead = _ahead([at[name] for name in known], side)
        farthest = sorted(zip(ahead, known, strict=True), reverse=True)
        gone |= {name for _, name in farthest[: math.ceil(part * len(known))]}
    return _less(problem, gone)


def _less(problem: PlanningProblem, gone: Collection[str]) -> PlanningProblem:
    return replace(problem, targets=tuple(t for t in problem.targets if t.name not in gone))


def _worth(problem: PlanningProblem) -> float:
    return math.fsum(target.value for target in problem.targets)


def _names(book: LegBook, route: Route) -> Seen:
    """Names of what a route sees."""
    return frozenset(book.problem.targets[i].name for i in seen_by(book, route))


def _ahead(positions: Sequence[Position], side: Degrees) -> list[float]:
    """How far positions lie on a side, degrees of arc on a flat map around the first of them."""
    origin = positions[0]
    turned = math.radians(side)
    widths = math.cos(math.radians(math.fsum(p.lat for p in positions) / len(positions)))
    found = []
    for position in positions:
        east = (position.lon - origin.lon + 180.0) % 360.0 - 180.0
        found.append(position.lat * math.cos(turned) + east * widths * math.sin(turned))
    return found


def _rounds() -> Iterator[tuple[float, float]]:
    """Which part of earlier plans' sites to leave out, and which part of the budget a side gets."""
    for turn, part in enumerate(_PARTS):
        yield part, _DRAFTING * 0.5**turn / len(_SIDES)


def _another(plans: Sequence[WorkingPlan], make: Make) -> WorkingPlan | str:
    """One more plan, or why there is none."""
    earlier = tuple(plan.sites_observed for plan in plans)
    for part in _STRICTER:
        try:
            plan = make(Differing(earlier, MOST_SHARED * part))
        except PlanError as error:
            return error.message
        if different(plan.sites_observed, earlier):
            return plan
    return f"no other plan shares less than {MOST_SHARED:.0%} of its sites with those before it"
