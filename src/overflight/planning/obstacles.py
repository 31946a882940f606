"""Why a flight shows nothing: which cause keeps how many sites out of reach."""

from __future__ import annotations

from collections import Counter

from overflight.errors import PlanError
from overflight.geo.geodesic import distance_km
from overflight.planning.problem import PlanningProblem, Target

_UNRESOLVED, _TOO_FAR, _OUT_OF_RANGE, _BLOCKED = "resolution", "distance", "range", "blocked"
_REMEDIES = {
    _UNRESOLVED: "use a sensor or a height that resolves more",
    _TOO_FAR: "start from another airfield, nearer to the sites",
    _OUT_OF_RANGE: "name airfields to refuel at on the way (--refuel CODE), or take an aircraft "
    "with more range",
    _BLOCKED: "start from another airfield, or choose sites farther from borders and from areas "
    "to be avoided",
}


def nothing_observable(problem: PlanningProblem) -> PlanError:
    """The error that says which causes keep the sites from being seen, the most frequent first."""
    causes = Counter(_cause(problem, target) for target in problem.targets)
    ranked = [cause for cause, _ in causes.most_common()]
    told = {
        _UNRESOLVED: "needs a finer resolution than the sensors give",
        _TOO_FAR: f"beyond the {problem.max_total_km:,.0f} km that may be flown in all",
        _OUT_OF_RANGE: f"out of range: there and back to the nearest airfield to land at is "
        f"more than the {problem.max_stage_km:,.0f} km that can be flown between two landings",
        _BLOCKED: "reached only by legs that come too near to a border or to an area to be "
        "avoided, or that are too long to go round it",
    }
    why = "; ".join(
        f"{told[cause]} ({causes[cause]} of {len(problem.targets)} sites)" for cause in ranked
    )
    remedy = "; ".join(_REMEDIES[cause] for cause in ranked)
    return PlanError(
        f"no site can be observed on a flight from {problem.start.code} to {problem.end.code}: "
        f"{why}",
        remedy=f"{remedy[:1].upper()}{remedy[1:]}.",
    )


def _cause(problem: PlanningProblem, target: Target) -> str:
    """The first thing in the way. What passes all tests alone fails on blocked legs."""
    if not target.strips:
        return _UNRESOLVED
    beside = max(strip.far_km for strip in target.strips)

    def away(place_km: float) -> float:
        return max(0.0, place_km - beside)

    first = away(distance_km(problem.start.position, target.position))
    last = away(distance_km(problem.end.position, target.position))
    if first + last > problem.max_total_km:
        return _TOO_FAR
    places = (problem.start, problem.end, *problem.stations)
    nearest = min(away(distance_km(place.position, target.position)) for place in places)
    if 2.0 * nearest > problem.max_stage_km:
        return _OUT_OF_RANGE
    return _BLOCKED
