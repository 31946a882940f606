"""Predicates on the route itself: direct legs in order, no crossing, no circling, true lengths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from overflight.geo.geodesic import azimuth_deg, distance_km
from overflight.geo.positions import Position
from overflight.rules.case import Case
from overflight.rules.outcome import Bound, Outcome, breach, compliant, does_not_apply, lacking
from overflight.rules.predicates.legs import (
    crossing_lengths,
    group_members,
    placed_legs,
)
from overflight.terms.mission_plan import Fix, MissionPlan


def direct_legs_in_sequence(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The legs run from each fix to the next, from start to end airfield, each as long as the
    geodesic between its fixes, within ``tolerance_percent``."""
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    if len(plan.fixes) < 2 or not plan.legs:
        return [breach("The plan has no route of at least two fixes and a leg between them.")]
    broken = _chain_faults(plan) + _end_faults(plan)
    tolerance = float(bound.parameter("tolerance_percent"))
    broken += _length_faults(plan, tolerance)
    if broken:
        return broken
    text = f"{len(plan.legs)} direct legs join {len(plan.fixes)} fixes in the order declared."
    return [compliant(text, measured=len(plan.legs), unit="legs")]


def stated_lengths_agree(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The length over the territory that the plan states is the one its fixes give.

    Within ``tolerance_percent`` or ``tolerance_km``, whichever is more, and the borders' error.
    """
    plan, geography = case.plan, case.geography
    if plan is None:
        return [lacking("the mission plan")]
    if geography is None:
        return [lacking("the borders of the observed Party")]
    computed, uncertain = 0.0, 0.0
    for leg, inside in crossing_lengths(case, group_members(case)):
        computed += inside
        outside = distance_km(leg.a, leg.b) - inside
        uncertain += geography.error_km if min(inside, outside) > 0.1 else 0.0
    stated = plan.flight_distance_km
    allowed = max(
        float(bound.parameter("tolerance_km")),
        computed * float(bound.parameter("tolerance_percent")) / 100.0,
        uncertain,
    )
    text = f"The plan states {stated:,.0f} km over the territory; its fixes give {computed:,.0f} km"
    rest = {"measured": round(stated, 1), "limit": round(computed, 1), "unit": "km"}
    if abs(stated - computed) <= allowed:
        return [compliant(f"{text}.", **rest)]
    return [breach(f"{text}, more than {allowed:.0f} km apart: one of the two is wrong.", **rest)]


def no_self_crossing(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The path does not pass a point twice (reading "strict") or three times ("lenient").

    ``reading`` names the reading. Points within ``near_airfield_km`` of an airfield where the
    flight starts, lands or ends are left out, as are passes over calibration targets.
    """
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    if len(plan.fixes) < 2:
        return [does_not_apply("The plan has no route.")]
    from overflight.geo.crossings import crossings

    strict = bound.readings.get(str(bound.parameter("reading")), "strict") == "strict"
    near = float(bound.parameter("near_airfield_km"))
    exempt = _exempt(case, plan)
    meetings = [
        (c.leg_i, c.leg_j, c.position)
        for c in crossings(plan.path)
        if not any(distance_km(c.position, p) <= near for p in exempt)
    ]
    allowed = 1 if strict else 2
    found = [
        _passes(plan, at, legs, allowed)
        for at, legs in _clusters(meetings)
        if _count(plan.path, at, legs) > allowed
    ]
    if found:
        return found
    if meetings:
        text = f"The path crosses itself at {len(_clusters(meetings))} points, once at each."
        return [compliant(text, measured=2, limit=2, unit="passes")]
    return [compliant("The path does not cross itself.", measured=1, limit=allowed, unit="passes")]


def no_circling(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The path does not turn through ``degrees`` or more the same way within ``radius_km``."""
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    path, radius = plan.path, float(bound.parameter("radius_km"))
    full = float(bound.parameter("degrees"))
    turns = [0.0, *(_turn(*path[i - 1 : i + 2]) for i in range(1, len(path) - 1)), 0.0]
    widest = 0.0
    for i in range(1, len(path) - 1):
        total, j = 0.0, i
        while j < len(path) - 1 and distance_km(path[i], path[j]) <= radius:
            total += turns[j]
            widest = max(widest, abs(total))
            if abs(total) >= full:
                return [_circle(plan.fixes[i], plan.fixes[j], abs(total), full, radius)]
            j += 1
    text = "The path does not circle around a single point."
    return [compliant(text, measured=round(widest), limit=full, unit="deg")]


def _circle(first: Fix, last: Fix, turned: float, full: float, radius: float) -> Outcome:
    return breach(
        f"Between {first.id} and {last.id} the path turns through {turned:.0f} degrees within "
        f"{radius:g} km: it circles around a point.",
        measured=round(turned),
        limit=full,
        unit="deg",
        place=first.position.__geo_interface__,
        where=f"{first.id} to {last.id}",
    )


def _chain_faults(plan: MissionPlan) -> list[Outcome]:
    order = [fix.id for fix in plan.fixes]
    wanted = list(pairwise(order))
    actual = [(leg.start, leg.end) for leg in plan.legs]
    if wanted == actual:
        return []
    for number, pair in enumerate(actual):
        if number >= len(wanted) or pair != wanted[number]:
            due = "-".join(wanted[number]) if number < len(wanted) else "no further leg"
            text = (
                f"Leg {number + 1} runs {'-'.join(pair)}, but the fixes in their declared order "
                f"make it {due}."
            )
            return [breach(text, measured="-".join(pair), limit=due, where=f"leg {number + 1}")]
    missing = "-".join(wanted[len(actual)])
    return [breach(f"There is no leg {missing}, though the fixes call for it.", limit=missing)]


_AT_AIRFIELD_KM = 5.0
"""A fix in whole minutes of arc is off by at most 1.3 km; a runway is a few km long."""


def _end_faults(plan: MissionPlan) -> list[Outcome]:
    found: list[Outcome] = []
    ends = (("first", plan.fixes[0], plan.start), ("last", plan.fixes[-1], plan.end))
    for name, fix, airfield in ends:
        off = distance_km(fix.position, airfield.position)
        if off > _AT_AIRFIELD_KM:
            text = f"The {name} fix, {fix.id}, lies {off:.0f} km from {airfield.name}."
            place = fix.position.__geo_interface__
            found.append(
                breach(text, measured=round(off, 1), limit=_AT_AIRFIELD_KM, unit="km", place=place)
            )
    return found


def _length_faults(plan: MissionPlan, tolerance: float) -> list[Outcome]:
    found: list[Outcome] = []
    for leg in placed_legs(plan):
        true, stated = distance_km(leg.a, leg.b), leg.leg.distance_km
        if abs(true - stated) > max(0.5, true * tolerance / 100.0):
            text = (
                f"{leg.name} is stated to be {stated:,.1f} km long; a direct leg between its "
                f"fixes is {true:,.1f} km."
            )
            found.append(
                breach(
                    text,
                    measured=round(stated, 1),
                    limit=round(true, 1),
                    unit="km",
                    place=leg.line,
                    where=leg.name.removeprefix("Leg "),
                )
            )
    return found


def _exempt(case: Case, plan: MissionPlan) -> list[Position]:
    """Airfields of take-off and landing, and calibration targets of the observed Party."""
    landed = [fix.position for fix in plan.fixes if fix.airfield]
    holder = plan.quota_holder or plan.observed
    targets = [
        a.position
        for a in case.view.airfields(holder=holder, role="calibration-target")
        if a.position is not None
    ]
    return [plan.start.position, plan.end.position, *landed, *targets]


_Meeting = tuple[int, int, Position]
_SAME_POINT_KM = 0.1


def _clusters(meetings: Sequence[_Meeting]) -> list[tuple[Position, set[int]]]:
    """Meetings at one and the same point, with all legs that pass it."""
    found: list[tuple[Position, set[int]]] = []
    for i, j, at in meetings:
        for position, legs in found:
            if distance_km(position, at) <= _SAME_POINT_KM:
                legs.update((i, j))
                break
        else:
            found.append((at, {i, j}))
    return found


def _count(path: Sequence[Position], at: Position, legs: set[int]) -> int:
    """How often the path passes the point: two legs joined there by a fix are one pass."""
    joined = [k for k in legs if k - 1 in legs and distance_km(path[k], at) <= _SAME_POINT_KM]
    return len(legs) - len(joined)


def _passes(plan: MissionPlan, at: Position, legs: set[int], allowed: int) -> Outcome:
    names = [f"{plan.fixes[k].id}-{plan.fixes[k + 1].id}" for k in sorted(legs)]
    count = _count(plan.path, at, legs)
    text = (
        f"The path passes the point {at.human()} {count} times, on legs {', '.join(names)}; "
        f"it may pass it {'once' if allowed == 1 else 'twice'}."
    )
    return breach(
        text,
        measured=count,
        limit=allowed,
        unit="passes",
        place=at.__geo_interface__,
        where=" and ".join(names),
    )


def _turn(a: Position, b: Position, c: Position) -> float:
    """Change of direction at b, degrees, positive clockwise, in (-180, 180]."""
    if a == b or b == c:
        return 0.0
    arriving = (azimuth_deg(b, a) + 180.0) % 360.0
    return -((arriving - azimuth_deg(b, c) + 180.0) % 360.0 - 180.0)
