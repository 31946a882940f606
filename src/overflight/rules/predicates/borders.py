"""Predicates on territory: how much of a path lies over it, and how near it comes to others.

Borders are generalised. ``GeographyLike.error_km`` says by how much they may be wrong, and no
verdict is given that such an error could turn round.
"""

from __future__ import annotations

from collections.abc import Iterable

from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.rules.case import ApproachLike, Case
from overflight.rules.outcome import (
    Bound,
    Outcome,
    breach,
    compliant,
    does_not_apply,
    lacking,
    undetermined,
)
from overflight.rules.predicates.legs import (
    PlacedLeg,
    crossing_lengths,
    group_members,
    line,
    part_of,
    placed_legs,
    state_with_code,
)

BEYOND_KM = 200.0
"""``nearest_non_party_border`` answers None from here on."""

_NO_BORDERS = "the borders of the observed Party"


def length_over_territory_at_most(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The length over the observed territory, computed anew from the fixes, is within the limit.

    ``reading`` names the reading on what is measured: "over-territory" (II.11 of the Treaty on
    Open Skies) or "whole-path".
    """
    missing = _missing(case)
    if missing:
        return [missing]
    assert case.plan is not None and case.geography is not None
    members, limit = group_members(case), bound.the_limit()
    measured, uncertain, over = 0.0, 0.0, "over the territory"
    if bound.readings.get(str(bound.parameter("reading"))) == "whole-path":
        over = "in all, whatever lies below"
        measured = sum(distance_km(leg.a, leg.b) for leg in placed_legs(case.plan))
    else:
        for leg, inside in crossing_lengths(case, members):
            measured += inside
            outside = distance_km(leg.a, leg.b) - inside
            uncertain += case.geography.error_km if min(inside, outside) > 0.1 else 0.0
    text = (
        f"The flight is {measured:,.0f} km long {over}; from {case.plan.start.name} "
        f"{limit.value:,g} km are the maximum"
    )
    text += f" ({limit.condition})" if limit.condition else ""
    rest = {
        "measured": round(measured, 1),
        "limit": limit.value,
        "unit": limit.unit,
        "where": f"from {case.plan.start.name}",
    }
    if uncertain:
        text += f". Generalised borders leave up to {uncertain:.0f} km uncertain"
    if measured <= bound.number():
        return [compliant(f"{text}.", **rest)]
    if measured - uncertain <= bound.number():
        return [undetermined(f"{text}, more than what is too much.", "better borders", **rest)]
    return [breach(f"{text}.", **rest, place=case.plan.__geo_interface__)]


def length_over_part_at_most(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The length over a part of the territory is within the limit.

    ``box`` = [west, south, east, north] cuts the part out, ``name`` names it.
    """
    missing = _missing(case)
    if missing:
        return [missing]
    assert case.plan is not None and case.geography is not None
    part, name, limit = part_of(bound), str(bound.parameter("name")), bound.the_limit()
    measured = sum(
        case.geography.length_over_territory_km(entry, exit_)
        for leg in placed_legs(case.plan)
        for _, entry, exit_ in part.parts_inside(leg.a, leg.b)
    )
    if measured == 0.0:
        return [does_not_apply(f"The flight does not pass over {name}.")]
    text = f"{measured:,.0f} km lie over {name}; at most {limit.value:,g} km are allowed there."
    rest = {"measured": round(measured, 1), "limit": limit.value, "unit": limit.unit, "where": name}
    return [(compliant if measured <= bound.number() else breach)(text, **rest)]


def keeps_distance_from_non_parties(case: Case, bound: Bound) -> Iterable[Outcome]:
    """No leg comes nearer than the limit to the border with a State that is not a party."""
    missing = _missing(case)
    if missing:
        return [missing]
    assert case.plan is not None and case.geography is not None
    least, error = bound.number(), case.geography.error_km
    found: list[tuple[float, Outcome]] = []
    for leg in placed_legs(case.plan):
        near = case.geography.nearest_non_party_border(leg.a, leg.b)
        if near is None:
            continue
        found.append((near.distance_km, _stand_off(case, leg, near, least, error, bound)))
    bad = [o for _, o in found if o.verdict != "compliant"]
    if bad:
        return bad
    if found:
        return [min(found, key=lambda pair: pair[0])[1]]
    text = f"No leg comes within {BEYOND_KM:g} km of a State that is not a party."
    return [compliant(text, limit=bound.the_limit().value, unit="km")]


def _stand_off(
    case: Case, leg: PlacedLeg, near: ApproachLike, least: float, error: float, bound: Bound
) -> Outcome:
    distance, name = near.distance_km, state_with_code(case, near.state, near.name)
    rest = {
        "measured": round(distance, 2),
        "limit": bound.the_limit().value,
        "unit": "km",
        "place": line(near.at, near.border),
        "where": f"{leg.name.removeprefix('Leg ')}, near {near.border.human()}",
    }
    text = (
        f"{leg.name} comes within {distance:.1f} km of {name}, which is not a State Party; "
        f"the path must stay at least {least:g} km away"
    )
    if distance - error >= least:
        return compliant(f"{text}, and does.", **rest)
    if near.standing == "undetermined":
        text = text.replace("which is not a State Party", "which may not have been a State Party")
        return undetermined(f"{text} if so.", f"whether {name} was a State Party", **rest)
    if distance + error < least:
        return breach(f"{text}.", **rest)
    return undetermined(
        f"{text}. The borders are generalised and good to {error:.1f} km, which cannot prove "
        "the margin.",
        f"borders good to better than {abs(distance - least):.1f} km",
        **rest,
    )


def stays_over_territory(case: Case, _bound: Bound) -> Iterable[Outcome]:
    """No leg enters the territory of a State other than the observed one.

    Leaving over the high sea is no breach; the message says how far.
    """
    missing = _missing(case)
    if missing:
        return [missing]
    assert case.plan is not None and case.geography is not None
    members, error = group_members(case), case.geography.error_km
    found: list[Outcome] = []
    outside = 0.0
    for leg in placed_legs(case.plan):
        others = case.geography.over_other_states(leg.a, leg.b)
        inside = case.geography.length_over_territory_km(leg.a, leg.b)
        inside += sum(km for _, km, _ in others)
        outside += max(0.0, distance_km(leg.a, leg.b) - inside)
        found.extend(
            _intrusion(case, leg, state, km, at, error)
            for state, km, at in others
            if state not in members
        )
    if found:
        return found
    sea = f" {outside:,.0f} km lie outside it, over the high sea." if outside >= 1.0 else ""
    return [compliant(f"No leg enters the territory of another State.{sea}", measured=0, unit="km")]


def _intrusion(
    case: Case, leg: PlacedLeg, state: str, km: float, at: Position, error: float
) -> Outcome:
    name = state_with_code(case, state)
    rest = {
        "measured": round(km, 1),
        "limit": 0,
        "unit": "km",
        "place": at.__geo_interface__,
        "where": f"{leg.name.removeprefix('Leg ')}, near {at.human()}",
    }
    text = f"{leg.name} crosses {km:.1f} km of the territory of {name}, which is not observed"
    if km > 2.0 * error:
        return breach(f"{text}.", **rest)
    return undetermined(
        f"{text}; the borders are good to {error:.1f} km and cannot prove it.",
        "better borders",
        **rest,
    )


def _missing(case: Case) -> Outcome | None:
    if case.plan is None:
        return lacking("the mission plan")
    if case.geography is None:
        return lacking(_NO_BORDERS)
    if not placed_legs(case.plan):
        return lacking("legs between fixes of the plan")
    return None
