"""A mission plan with proposed changes made: the document that both sides would sign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from overflight.errors import PlanError
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.terms.counter_proposal import Change
from overflight.terms.mission_plan import Fix, Leg, MissionPlan, PlanAirfield, Stop
from overflight.units import Kilometres

OverTerritory = Callable[[Position, Position], Kilometres]
"""Length of a leg over the observed Party's territory, km."""


def revised(
    plan: MissionPlan, changes: Sequence[Change], over_territory: OverTerritory
) -> MissionPlan:
    """The plan with all ``changes`` made, times moved on, terrain under new legs unknown.

    A changed stretch flies at the greatest height of the legs it replaces, with every sensor that
    any of them had, unless the change says otherwise. Legs that stay keep their speed, new ones are
    flown at the plan's cruising speed; stops keep their length. Later legs move with a later
    departure. Raises PlanError for legs that the plan does not have, changes that overlap, a fix
    with a landing cut out, or a departure before the arrival there.
    """
    _refuse_bad_legs(plan, changes)
    at = {fix.id: fix.position for fix in plan.fixes}
    names = _Names(plan)
    fixes: list[Fix] = [plan.fixes[0]]
    legs: list[Leg] = []
    begins: dict[int, dt.datetime] = {}
    by_first = {change.first_leg: change for change in changes}
    number = 0
    while number < len(plan.legs):
        change = by_first.get(number)
        last = number if change is None else change.last_leg
        stretch = plan.legs[number : last + 1]
        if change is None or change.means == ("time",):
            new, inner = list(stretch), [_fix_of(plan, leg.end) for leg in stretch[:-1]]
        else:
            new, inner = _changed(plan, change, stretch, at, names, over_territory)
        if change is not None and change.departs is not None:
            begins[len(legs)] = change.departs
        legs.extend(new)
        fixes.extend([*inner, _fix_of(plan, stretch[-1].end)])
        number = last + 1
    swapped = {
        change.evidence.get("airfield", ""): change.airfield
        for change in changes
        if change.airfield is not None
    }
    out = replace(plan, fixes=tuple(fixes), legs=tuple(legs))
    return _timed(_with_airfields(out, swapped, over_territory), begins, plan)


class _Names:
    """Names for new fixes that the plan does not have yet."""

    def __init__(self, plan: MissionPlan) -> None:
        self._taken = {fix.id for fix in plan.fixes}
        self._count = 0

    def next(self) -> str:
        while True:
            self._count += 1
            name = f"N{self._count:02d}"
            if name not in self._taken:
                return name


def _refuse_bad_legs(plan: MissionPlan, changes: Sequence[Change]) -> None:
    landings = {stop.fix for stop in plan.stops}
    busy: set[int] = set()
    for change in changes:
        span = range(change.first_leg, change.last_leg + 1)
        if change.last_leg >= len(plan.legs):
            raise PlanError(
                f"a change is proposed for leg {change.last_leg + 1}; the plan has legs 1 to "
                f"{len(plan.legs)}",
                remedy="Count the legs from 1, in the order of the plan.",
            )
        if busy & set(span):
            raise PlanError(
                f"two changes are proposed for leg {min(busy & set(span)) + 1}",
                remedy="Put what changes on one leg into one change.",
            )
        busy |= set(span)
        cut = {plan.legs[i].end for i in span[:-1]} & landings
        if change.route is not None and cut:
            raise PlanError(
                f"the new route leaves out {min(cut)}, where the plan lands",
                remedy="Change the legs before and after the landing in two changes.",
            )


def _fix_of(plan: MissionPlan, name: str) -> Fix:
    return next(fix for fix in plan.fixes if fix.id == name)


def _changed(
    plan: MissionPlan,
    change: Change,
    stretch: Sequence[Leg],
    at: dict[str, Position],
    names: _Names,
    over_territory: OverTerritory,
) -> tuple[list[Leg], list[Fix]]:
    """The legs that take the place of ``stretch``, and the fixes between them."""
    keep = list(dict.fromkeys(s for leg in stretch for s in leg.sensors))
    sensors = tuple(s for s in keep if s not in change.without_sensors)
    if change.route is None:
        legs = [_leg_changed(leg, change) for leg in stretch]
        return legs, [_fix_of(plan, leg.end) for leg in stretch[:-1]]
    height = change.height_agl_m or max(leg.height_agl_m for leg in stretch)
    inner = [Fix(names.next(), position) for position in change.route]
    ends = [stretch[0].start, *(fix.id for fix in inner), stretch[-1].end]
    places = [at[ends[0]], *change.route, at[ends[-1]]]
    legs = [
        Leg(start, end, distance_km(a, b), over_territory(a, b), height, sensors=sensors)
        for (start, end), (a, b) in zip(pairwise(ends), pairwise(places), strict=True)
    ]
    legs[0] = replace(legs[0], departs=stretch[0].departs)
    return legs, inner


def _leg_changed(leg: Leg, change: Change) -> Leg:
    sensors = tuple(s for s in leg.sensors if s not in change.without_sensors)
    if change.height_agl_m is None:
        return replace(leg, sensors=sensors)
    altitude = None if leg.terrain_max_m is None else leg.terrain_max_m + change.height_agl_m
    return replace(
        leg, sensors=sensors, height_agl_m=float(change.height_agl_m), altitude_m=altitude
    )


def _with_airfields(
    plan: MissionPlan, swapped: dict[str, PlanAirfield], over_territory: OverTerritory
) -> MissionPlan:
    """Other airfields in the place of those named, with the legs to and from them."""
    if not swapped:
        return plan

    def other(airfield: PlanAirfield | None) -> PlanAirfield | None:
        return None if airfield is None else swapped.get(airfield.code, airfield)

    fixes = tuple(
        replace(fix, position=new.position, airfield=new.code)
        if fix.airfield is not None and (new := swapped.get(fix.airfield)) is not None
        else fix
        for fix in plan.fixes
    )
    moved = {a.id for a, b in zip(fixes, plan.fixes, strict=True) if a != b}
    at = {fix.id: fix.position for fix in fixes}
    legs = []
    for leg in plan.legs:
        if leg.start in moved or leg.end in moved:
            a, b = at[leg.start], at[leg.end]
            leg = replace(
                leg,
                distance_km=distance_km(a, b),
                distance_over_territory_km=over_territory(a, b),
                terrain_max_m=None,
                altitude_m=None,
                arrives=None,
            )
        legs.append(leg)
    start, end = other(plan.start), other(plan.end)
    assert start is not None and end is not None
    return replace(
        plan,
        fixes=fixes,
        legs=tuple(legs),
        start=start,
        end=end,
        alternates=tuple(swapped.get(a.code, a) for a in plan.alternates),
    )


def _timed(plan: MissionPlan, begins: dict[int, dt.datetime], before: MissionPlan) -> MissionPlan:
    """All times from the first leg on, with stops as long as they were."""
    if plan.legs[0].departs is None:
        return plan
    stays = {stop.fix: stop.departs - stop.arrives for stop in before.stops}
    clock = plan.legs[0].departs
    legs: list[Leg] = []
    stops: list[Stop] = []
    purpose = {stop.fix: stop.purpose for stop in before.stops}
    for number, leg in enumerate(plan.legs):
        lasts = (
            leg.arrives - leg.departs
            if leg.departs is not None and leg.arrives is not None
            else dt.timedelta(seconds=round(leg.distance_km / plan.cruise_km_h * 3600.0))
        )
        wanted = begins.get(number, clock)
        if wanted < clock and number:
            raise PlanError(
                f"leg {number + 1} is to begin at {wanted:%Y-%m-%d %H:%M}Z, and the aircraft is "
                f"there only at {clock:%Y-%m-%d %H:%M}Z",
                remedy="Propose a later time, or change the legs before it too.",
            )
        if wanted > clock and number and leg.start not in stays:
            raise PlanError(
                f"leg {number + 1} is to begin later than the aircraft gets there, in the air",
                remedy="Propose a later departure for the first leg after a landing.",
            )
        if leg.start in stays and stops and stops[-1].fix == leg.start:
            stops[-1] = replace(stops[-1], departs=wanted)
        legs.append(replace(leg, departs=wanted, arrives=wanted + lasts))
        clock = wanted + lasts
        if leg.end in stays and number + 1 < len(plan.legs):
            stops.append(Stop(leg.end, purpose[leg.end], clock, clock + stays[leg.end]))
            clock += stays[leg.end]
    times = replace(plan.times, commencement=legs[0].departs, completion=legs[-1].arrives)
    return replace(plan, legs=tuple(legs), stops=tuple(stops), times=times)
