"""Ways to spoil a mission plan that keeps every rule: each breaks the one rule it names.

``MUTATIONS`` lists them all. ``mutate(name, plan, geography)`` gives the spoiled plan; the rest
of a plan stays as it was, so what a mutation breaks besides its own rule follows from the route
(a route that is too long by flying a leg up and down also passes its points twice).

Any test may use them on a plan that a planner made::

    for mutation in MUTATIONS:
        spoiled = mutation.apply(plan, geography)
        assert breaks(check_plan(spoiled), mutation.rule, mutation.paragraph)
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from overflight.geo.geodesic import azimuth_deg, densify, destination, distance_km
from overflight.geo.positions import Position
from overflight.terms.findings import Findings
from overflight.terms.mission_plan import (
    Fix,
    HazardousAirspace,
    Leg,
    MissionPlan,
    PlanAirfield,
    PlanSensor,
    Stop,
)

IN_A_NON_PARTY = Position(lat=51.2, lon=51.4)
"""In Kazakhstan, some 20 km from the Russian Federation."""

IN_ANOTHER_PARTY = Position(lat=49.9, lon=34.5)
"""In Ukraine, well away from its borders."""

ELSEWHERE = PlanAirfield("ZZZZ", "a field that nobody designated", IN_ANOTHER_PARTY)

Change = Callable[[MissionPlan, Any], MissionPlan]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A way to break one rule. ``paragraph`` is what its finding must cite."""

    name: str
    rule: str
    paragraph: str
    apply: Change


def mutate(name: str, plan: MissionPlan, geography: Any) -> MissionPlan:
    """The plan spoiled in the way of that name."""
    return next(m for m in MUTATIONS if m.name == name).apply(plan, geography)


def breaks(findings: Findings, rule: str, paragraph: str) -> bool:
    """Whether the rule is broken, with the paragraph in its citation."""
    return any(
        f.verdict == "breach" and paragraph in f.cite and f.message for f in findings.by_rule(rule)
    )


# --- the route ----------------------------------------------------------------------------------


def rerouted(plan: MissionPlan, fixes: Sequence[Fix], geography: Any) -> MissionPlan:
    """The plan over other fixes, with legs as long as they are; profile and sensors as before."""
    known = {(leg.start, leg.end): leg for leg in plan.legs}
    legs = []
    for a, b in pairwise(fixes):
        old = known.get((a.id, b.id), plan.legs[0])
        legs.append(
            Leg(
                a.id,
                b.id,
                distance_km=distance_km(a.position, b.position),
                distance_over_territory_km=geography.length_over_territory_km(
                    a.position, b.position
                ),
                height_agl_m=max(leg.height_agl_m for leg in plan.legs),
                sensors=old.sensors,
            )
        )
    return dataclasses.replace(plan, fixes=tuple(fixes), legs=tuple(legs))


def _longest(plan: MissionPlan) -> int:
    """The number of the longest leg that touches no airfield, or of the longest of all."""
    inner = [
        n
        for n in range(len(plan.legs))
        if not plan.fixes[n].airfield and not plan.fixes[n + 1].airfield
    ]
    return max(inner or range(len(plan.legs)), key=lambda n: plan.legs[n].distance_km)


def _inserted(
    plan: MissionPlan, after: int, places: Sequence[Position], geography: Any
) -> MissionPlan:
    new = [Fix(f"X{n:03d}", place) for n, place in enumerate(places, start=1)]
    return rerouted(plan, [*plan.fixes[: after + 1], *new, *plan.fixes[after + 1 :]], geography)


def longer(plan: MissionPlan, geography: Any, *, maximum_km: float = 6500.0) -> MissionPlan:
    """Up and down the longest leg until more than ``maximum_km`` lie over the territory.

    The default is the greatest distance of the Treaty (Vorkuta, Magadan).
    """
    n = _longest(plan)
    a, b = plan.fixes[n].position, plan.fixes[n + 1].position
    lap = 2.0 * geography.length_over_territory_km(a, b)
    laps = math.ceil((maximum_km - plan.flight_distance_km) / lap) + 1
    return _inserted(plan, n + 1, [a, b] * laps, geography)


def crossing(plan: MissionPlan, geography: Any) -> MissionPlan:
    """After the longest leg, back over its middle from one side to the other."""
    n = _longest(plan)
    a, b = plan.fixes[n].position, plan.fixes[n + 1].position
    points = densify(a, b, distance_km(a, b) / 2.0)
    middle, ahead = points[len(points) // 2], azimuth_deg(a, b)
    sides = [destination(middle, (ahead + turn) % 360.0, 12.0) for turn in (90.0, 270.0)]
    return _inserted(plan, n + 1, sides, geography)


def there_and_back(plan: MissionPlan, geography: Any) -> MissionPlan:
    """From the airfield out to the first fix, and back along the same line."""
    home, out = plan.fixes[0], plan.fixes[1]
    again = [dataclasses.replace(out, id="OUT"), dataclasses.replace(home, id="BACK")]
    return rerouted(plan, [home, *again, *plan.fixes[1:]], geography)


def circling(plan: MissionPlan, geography: Any) -> MissionPlan:
    """A spiral inward over the middle of the longest leg."""
    n = _longest(plan)
    a, b = plan.fixes[n].position, plan.fixes[n + 1].position
    middle = densify(a, b, distance_km(a, b) / 2.0)[1]
    spiral = [destination(middle, 45.0 * k % 360.0, 12.0 - 0.7 * k) for k in range(14)]
    return _inserted(plan, n, spiral, geography)


def nearer_to_a_border(
    plan: MissionPlan, geography: Any, *, place: Position = IN_A_NON_PARTY
) -> MissionPlan:
    """By way of a place in a State that is not a party."""
    return _inserted(plan, _longest(plan), [place], geography)


def over_another_state(
    plan: MissionPlan, geography: Any, *, place: Position = IN_ANOTHER_PARTY
) -> MissionPlan:
    """By way of a place in another State Party."""
    return _inserted(plan, _longest(plan), [place], geography)


def out_of_order(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """Two legs change places."""
    legs = list(plan.legs)
    legs[0], legs[1] = legs[1], legs[0]
    return dataclasses.replace(plan, legs=tuple(legs))


def not_direct(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """A leg a tenth longer than the geodesic between its fixes."""
    return _leg(plan, 0, distance_km=plan.legs[0].distance_km * 1.1)


def understated(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """A length over the territory that leaves out a quarter."""
    legs = tuple(
        dataclasses.replace(leg, distance_over_territory_km=0.75 * leg.distance_over_territory_km)
        for leg in plan.legs
    )
    return dataclasses.replace(plan, legs=legs)


# --- the profile and the sensors ------------------------------------------------------------------


def _leg(plan: MissionPlan, number: int, **changes: Any) -> MissionPlan:
    legs = list(plan.legs)
    legs[number] = dataclasses.replace(legs[number], **changes)
    return dataclasses.replace(plan, legs=tuple(legs))


def _seeing(plan: MissionPlan) -> int:
    """A leg on which a sensor operates."""
    return next((n for n, leg in enumerate(plan.legs) if leg.sensors), 0)


def lower(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """A metre below the greatest H_min on one leg."""
    number = _seeing(plan)
    used = plan.legs[number].sensors or tuple(s.id for s in plan.sensors)
    least = max(s.h_min_m for s in plan.sensors if s.id in used and s.h_min_m is not None)
    return _leg(plan, number, height_agl_m=least - 1.0, altitude_m=None)


def too_far_to_the_side(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """A camera from a height from which it sees farther than allowed."""
    return _leg(plan, _seeing(plan), height_agl_m=90_000.0, altitude_m=None)


def finer(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """A camera that resolves 10 cm at its H_min."""
    first = dataclasses.replace(plan.sensors[0], ground_resolution_m=0.10)
    return dataclasses.replace(plan, sensors=(first, *plan.sensors[1:]))


def of_no_category(plan: MissionPlan, _geography: Any) -> MissionPlan:
    return dataclasses.replace(
        plan, sensors=(*plan.sensors, PlanSensor("antenna", "signals", None, None))
    )


def into_a_hazard(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """Across a danger area that the plan says it avoids."""
    n = _longest(plan)
    a, b = plan.fixes[n].position, plan.fixes[n + 1].position
    middle = densify(a, b, distance_km(a, b) / 2.0)[1]
    ring = tuple(destination(middle, bearing, 10.0) for bearing in (0.0, 90.0, 180.0, 270.0))
    area = HazardousAirspace("XD1", "danger area", ring, "avoided")
    return dataclasses.replace(plan, hazardous_airspace=(*plan.hazardous_airspace, area))


# --- who, with what, from where -------------------------------------------------------------------


def uncertified_aircraft(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """Germany's A319, certified in November 2022."""
    return dataclasses.replace(plan, aircraft="a319-oh", aircraft_designated_by="DEU")


def aircraft_of_no_party(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """Designated by the United States, which left on 22 November 2020."""
    return dataclasses.replace(plan, aircraft_designated_by="USA")


def aircraft_with_too_little(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """Provided by the observed Party without every category of sensor."""
    first = dataclasses.replace(plan.sensors[0], category="optical-framing")
    legs = tuple(
        dataclasses.replace(leg, sensors=(first.id,) if leg.sensors else ()) for leg in plan.legs
    )
    return dataclasses.replace(
        plan, aircraft_provided_by=plan.observed, sensors=(first,), legs=legs
    )


def observing_not_a_party(plan: MissionPlan, _geography: Any) -> MissionPlan:
    return dataclasses.replace(plan, observing="USA")


def wrong_start(plan: MissionPlan, _geography: Any) -> MissionPlan:
    return dataclasses.replace(plan, start=ELSEWHERE)


def wrong_end(plan: MissionPlan, _geography: Any) -> MissionPlan:
    return dataclasses.replace(plan, end=ELSEWHERE)


def wrong_entry(plan: MissionPlan, _geography: Any) -> MissionPlan:
    return dataclasses.replace(plan, point_of_entry=ELSEWHERE)


def wrong_exit(plan: MissionPlan, _geography: Any) -> MissionPlan:
    return dataclasses.replace(plan, point_of_exit=ELSEWHERE)


def stop_in_the_country(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """A stop at a fix that is no airfield."""
    begin = plan.times.commencement
    assert begin is not None
    fix = next(fix for fix in plan.fixes if fix.airfield is None)
    at = begin + dt.timedelta(minutes=1)
    return dataclasses.replace(plan, stops=(Stop(fix.id, "rest", at, at), *plan.stops))


# --- when -----------------------------------------------------------------------------------------


def _times(plan: MissionPlan, **changes: Any) -> MissionPlan:
    return dataclasses.replace(plan, times=dataclasses.replace(plan.times, **changes))


def too_early(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """Submitted 23 hours before the start."""
    assert plan.times.commencement is not None
    return _times(plan, submitted=plan.times.commencement - dt.timedelta(hours=23))


def before_arrival(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """Submitted an hour before the arrival."""
    assert plan.times.arrival_at_point_of_entry is not None
    return _times(plan, submitted=plan.times.arrival_at_point_of_entry - dt.timedelta(hours=1))


def too_late(plan: MissionPlan, _geography: Any) -> MissionPlan:
    """Completed 97 hours after the arrival."""
    assert plan.times.arrival_at_point_of_entry is not None
    return _times(plan, completion=plan.times.arrival_at_point_of_entry + dt.timedelta(hours=97))


def ended_before_it_began(plan: MissionPlan, _geography: Any) -> MissionPlan:
    assert plan.times.commencement is not None
    return _times(plan, completion=plan.times.commencement - dt.timedelta(minutes=1))


def nothing_to_file(plan: MissionPlan, _geography: Any) -> MissionPlan:
    return dataclasses.replace(plan, icao_type="")


MUTATIONS: tuple[Mutation, ...] = (
    Mutation("longer", "R3", "VI.II.4(A)", longer),
    Mutation("lower", "R4", "VI.II.4(D)", lower),
    Mutation("nearer to a border", "R2", "VI.II.2", nearer_to_a_border),
    Mutation("over another State", "VI.II.2", "VI.II.2", over_another_state),
    Mutation("out of order", "R5", "VI.II.4(F)", out_of_order),
    Mutation("not direct", "R5", "VI.II.4(F)", not_direct),
    Mutation("crossing", "R6", "VI.II.4(G)", crossing),
    Mutation("there and back", "R6", "VI.II.4(G)", there_and_back),
    Mutation("circling", "R6.circling", "VI.II.4(G)", circling),
    Mutation("too early", "R7", "VI.II.4(E)", too_early),
    Mutation("into a hazard", "R8", "VI.II.4(C)", into_a_hazard),
    Mutation("wrong start", "II.27.start", "II.27", wrong_start),
    Mutation("wrong end", "II.27.end", "II.27", wrong_end),
    Mutation("wrong entry", "II.28", "II.28", wrong_entry),
    Mutation("wrong exit", "II.29", "II.29", wrong_exit),
    Mutation("stop in the country", "II.30", "II.30", stop_in_the_country),
    Mutation("uncertified aircraft", "IV.11", "IV.11", uncertified_aircraft),
    Mutation("aircraft of no party", "VI.I.1.designating", "VI.I.1", aircraft_of_no_party),
    Mutation("aircraft with too little", "IV.9", "IV.9", aircraft_with_too_little),
    Mutation("observing not a party", "III.I.2", "III.I.2", observing_not_a_party),
    Mutation("of no category", "IV.1", "IV.1", of_no_category),
    Mutation("finer", "IV.2", "IV.2", finer),
    Mutation("too far to the side", "IV.2(A)", "IV.2(A)", too_far_to_the_side),
    Mutation("before arrival", "VI.II.1", "VI.II.1", before_arrival),
    Mutation("too late", "VI.I.9", "VI.I.9", too_late),
    Mutation("ended before it began", "VI.II.3", "VI.II.3", ended_before_it_began),
    Mutation("nothing to file", "VI.II.4", "VI.II.4", nothing_to_file),
    Mutation("understated", "VI.II.4.length", "VI.II.4", understated),
)
"""Every rule of the plan phase that a plan of this kind can break, but for those that a reading
or a phase that is over would have to switch on (R3.part, XVIII.II.2) and a radar's (IV.2(D))."""
