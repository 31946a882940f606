"""Why a flight shows nothing: which cause keeps how many sites out of reach."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from overflight.errors import PlanError
from overflight.geo.geodesic import distance_km
from overflight.planning.detours import Detours, corners_of
from overflight.planning.fixes import candidates, minute_neighbours
from overflight.planning.problem import PlanningProblem, Target
from overflight.planning.timing import could_be_in_time, has_hours
from overflight.units import Kilometres

_PASS, _UNRESOLVED, _TOO_FAR, _OUT_OF_RANGE, _BLOCKED = (
    "pass",
    "resolution",
    "distance",
    "range",
    "blocked",
)
_OFF_STRIP, _HOURS = "strip", "hours"
_TOO_NEAR, _NO_WAY, _LONG_WAY, _FIXES = "too near", "no way", "long way", "fixes"
_MOST_NAMED = 5
_REMEDIES = {
    _PASS: "let legs be flown lower where a site needs it (--height auto)",
    _UNRESOLVED: "use a sensor or a height that resolves more",
    _OFF_STRIP: "use a sensor with a wider strip, or fly higher",
    _HOURS: "give the sites other hours (earliest, latest; UTC), or fly on another day",
    _TOO_FAR: "start from another airfield, nearer to the sites",
    _OUT_OF_RANGE: "name airfields to refuel at on the way (--refuel CODE), or take an aircraft "
    "with more range",
    _BLOCKED: "start from another airfield, or choose sites farther from borders and from areas "
    "to be avoided",
    _TOO_NEAR: "choose sites farther from borders and from areas to be avoided",
    _NO_WAY: "start from another airfield, or choose sites farther from borders and from areas "
    "to be avoided",
    _LONG_WAY: "start or end at another airfield, nearer to the sites",
    _FIXES: "allow more fixes (--max-fixes)",
}


def nothing_observable(problem: PlanningProblem) -> PlanError:
    """The error that says which causes keep the sites from being seen, the most frequent first."""
    cause_of = [_cause(problem, target) for target in problem.targets]
    around = _round_it(problem, [i for i, cause in enumerate(cause_of) if cause == _BLOCKED])
    for index, (cause, _) in around.items():
        cause_of[index] = cause
    if problem.max_fixes is not None:
        cause_of = [_FIXES if cause == _BLOCKED else cause for cause in cause_of]
    least = min((km for cause, km in around.values() if cause == _LONG_WAY), default=0.0)
    causes = Counter(cause_of)
    ranked = [cause for cause, _ in causes.most_common()]
    told = _told(problem, least)
    why = "; ".join(
        f"{told[cause]} ({causes[cause]} of {len(problem.targets)} sites"
        f"{_named(t for t, c in zip(problem.targets, cause_of, strict=True) if c == cause)})"
        for cause in ranked
    )
    remedy = "; ".join(_REMEDIES[cause] for cause in ranked)
    return PlanError(
        f"no site can be observed on a flight from {problem.start.code} to {problem.end.code}: "
        f"{why}",
        remedy=f"{remedy[:1].upper()}{remedy[1:]}.",
    )


def plain_cause(problem: PlanningProblem, target: Target) -> str | None:
    """What keeps a target out of sight, in words, where that needs no search; None: nothing does.

    Blocked legs and hours within the flight's are not looked at.
    """
    cause = _cause(problem, target)
    if cause == _BLOCKED or (cause == _HOURS and could_be_in_time(problem, target)):
        return None
    if cause == _PASS:
        return f"would need a pass at {target.pass_m:g} m"
    return _told(problem, math.inf)[cause]


def _told(problem: PlanningProblem, least: Kilometres) -> dict[str, str]:
    """Each cause in words; ``least``: the shortest way round to what has only a long one."""
    return {
        _PASS: "would need a lower pass",
        _UNRESOLVED: "needs a finer resolution than the sensors give",
        _OFF_STRIP: "not within a sensor's strip from any whole minute of arc",
        _HOURS: "not within the hours at which it is to be seen",
        _TOO_FAR: f"beyond the {problem.max_total_km:,.0f} km that may be flown in all",
        _OUT_OF_RANGE: f"out of range: there and back to the nearest airfield to land at is "
        f"more than the {problem.max_stage_km:,.0f} km that can be flown between two landings",
        _BLOCKED: "reached only by legs that come too near to a border or to an area to be "
        "avoided, that cross, or that make stages too long",
        _TOO_NEAR: "itself too near to a border, or in an area to be avoided",
        _NO_WAY: "no way round the borders and the areas to be avoided that lie before it",
        _LONG_WAY: "too long to go round the borders and the areas to be avoided that lie before "
        f"it: {least:,.0f} km at least, of {problem.max_total_km:,.0f} km that may be flown",
        _FIXES: f"not in sight of any path found that has at most {problem.max_fixes} fixes "
        "(out to one and back takes two, going round an area more)",
    }


def _round_it(
    problem: PlanningProblem, indices: Sequence[int]
) -> dict[int, tuple[str, Kilometres]]:
    """Of sites that blocked legs keep out of reach: why, and how long the way by them would be."""
    if not indices:
        return {}
    targets = [problem.targets[i] for i in indices]
    ends = [problem.start.position, problem.end.position]
    points = [*ends, *(s.position for s in problem.stations), *(t.position for t in targets)]
    points = list(dict.fromkeys(points))
    row = {point: i for i, point in enumerate(points)}
    km = Detours(problem.blocked, corners_of(problem)).matrix(points).km
    first, last = row[ends[0]], row[ends[1]]
    found = {}
    for index, target in zip(indices, targets, strict=True):
        at = row[target.position]
        way = float(km[first, at] + km[at, last])
        beside = 2.0 * max(strip.far_km for strip in target.strips)
        if problem.blocked([target.position, *minute_neighbours(target.position)])[0, 1:].all():
            found[index] = (_TOO_NEAR, math.inf)
        elif not math.isfinite(way):
            found[index] = (_NO_WAY, math.inf)
        elif way - beside > problem.max_total_km:
            found[index] = (_LONG_WAY, way)
    return found


def _named(targets: Iterable[Target]) -> str:
    """The first few names, after a colon; nothing where there are none."""
    names = [target.name for target in targets if target.name]
    more = ", ..." if len(names) > _MOST_NAMED else ""
    return f": {', '.join(names[:_MOST_NAMED])}{more}" if names else ""


def _cause(problem: PlanningProblem, target: Target) -> str:
    """The first thing in the way. What passes all tests alone fails on hours or blocked legs."""
    if not target.strips:
        return _UNRESOLVED if target.pass_m is None else _PASS
    if not could_be_in_time(problem, target):
        return _HOURS
    if next(candidates(target), None) is None:
        return _OFF_STRIP
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
    return _HOURS if has_hours(target) else _BLOCKED
