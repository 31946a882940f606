"""A few plans that differ in kind: for weather, or for a side that wants another route.

What earlier plans see counts for little when the next one is searched for, and for nothing when
that was not enough. What a plan is worth is still told by the sites' own values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from overflight.errors import PlanError
from overflight.planning.problem import PlanningProblem, Solution
from overflight.planning.protocol import Budget, Progress, RoutePlanner, Stop
from overflight.planning.track.planner import TrackPlanner
from overflight.terms.working_plan import WorkingPlan

MOST_SHARED = 0.6
"""Part of an alternative's sites that any one earlier plan may see too, at most."""
_DISCOUNTS = (0.2, 0.0)
"""What is left of the value of a site that an earlier plan sees: first one, then the other."""

Make = Callable[[RoutePlanner], WorkingPlan]
"""Makes a plan with a planner; all else is the same every time."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The first plan, others by value, and why there are no more of them ("": as many as asked)."""

    first: WorkingPlan
    others: tuple[WorkingPlan, ...]
    said: str = ""

    @property
    def plans(self) -> tuple[WorkingPlan, ...]:
        return (self.first, *self.others)


@dataclass(frozen=True, slots=True)
class Discounting:
    """A planner to which the sites named are worth a part of their value only."""

    sites: Collection[str]
    part: float
    planner: RoutePlanner = field(default_factory=TrackPlanner)

    @property
    def name(self) -> str:
        return self.planner.name

    def solve(
        self,
        problem: PlanningProblem,
        budget: Budget,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Solution:
        """See ``RoutePlanner``."""
        cheaper = tuple(
            replace(t, value=t.value * self.part) if t.name in self.sites else t
            for t in problem.targets
        )
        if not any(t.value > 0 and t.strips for t in cheaper):
            raise PlanError(
                "earlier plans see everything there is", remedy="Ask for fewer alternatives."
            )
        return self.planner.solve(
            replace(problem, targets=cheaper), budget, progress=progress, stop=stop
        )


def alternatives(first: WorkingPlan, make: Make, wanted: int) -> Alternatives:
    """Up to ``wanted`` more plans, each sharing at most ``MOST_SHARED`` of its sites with any
    before it; the most valuable first. Fewer where a search finds no more that differ so."""
    plans, said = [first], ""
    for _ in range(wanted):
        fresh = _another(plans, make)
        if isinstance(fresh, str):
            said = fresh
            break
        plans.append(fresh)
    others = sorted(plans[1:], key=lambda plan: -plan.value_observed)
    return Alternatives(first, tuple(others), said)


def shared(plan: WorkingPlan, others: Sequence[WorkingPlan]) -> float:
    """The largest part of a plan's sites that one of the others sees too, 0 to 1."""
    seen = plan.sites_observed
    return max((len(seen & o.sites_observed) / len(seen) for o in others if seen), default=0.0)


def _another(plans: Sequence[WorkingPlan], make: Make) -> WorkingPlan | str:
    """One more plan, or why there is none."""
    known = frozenset[str]().union(*(plan.sites_observed for plan in plans))
    why = ""
    for part in _DISCOUNTS:
        try:
            plan = make(Discounting(known, part))
        except PlanError as error:
            why = error.message
            continue
        if shared(plan, plans) <= MOST_SHARED:
            return plan
        why = f"no other plan shares less than {MOST_SHARED:.0%} of its sites with those before it"
    return why
