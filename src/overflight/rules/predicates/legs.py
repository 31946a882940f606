"""What several predicates need of a plan's legs: their ends, their names, their lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError
from overflight.geo.positions import Position
from overflight.rules.case import Case
from overflight.rules.outcome import Bound
from overflight.terms.mission_plan import Fix, Leg, MissionPlan

if TYPE_CHECKING:
    from overflight.geo.areas import Area


@dataclass(frozen=True, slots=True)
class PlacedLeg:
    """A leg with the positions of its ends."""

    leg: Leg
    start: Fix
    end: Fix

    @property
    def name(self) -> str:
        return f"Leg {self.leg.start}-{self.leg.end}"

    @property
    def a(self) -> Position:
        return self.start.position

    @property
    def b(self) -> Position:
        return self.end.position

    @property
    def line(self) -> dict[str, Any]:
        return line(self.a, self.b)


def placed_legs(plan: MissionPlan) -> list[PlacedLeg]:
    """The legs whose fixes are both in the plan, in order; a leg with an unknown fix is left to
    the rule that judges the chain."""
    fixes = {fix.id: fix for fix in plan.fixes}
    return [
        PlacedLeg(leg, fixes[leg.start], fixes[leg.end])
        for leg in plan.legs
        if leg.start in fixes and leg.end in fixes
    ]


def line(a: Position, b: Position) -> dict[str, Any]:
    """A GeoJSON line of two positions."""
    return {"type": "LineString", "coordinates": [list(a.xy), list(b.xy)]}


def part_of(bound: Bound) -> Area:
    """The part of the country that a rule cuts out with ``box`` = [west, south, east, north]."""
    from overflight.geo.areas import Area

    box: list[float] = bound.parameter("box")
    if len(box) != 4:
        raise DataError(
            f"rule {bound.id}: box has {len(box)} numbers, not four",
            remedy="Write box = [west, south, east, north] in degrees.",
        )
    west, south, east, north = (float(value) for value in box)
    corners = ((south, west), (south, east), (north, east), (north, west))
    return Area.from_ring([Position(lat=lat, lon=lon) for lat, lon in corners])


def group_members(case: Case) -> frozenset[str]:
    """States over which the flight may be conducted along with the observed one.

    Members of the group whose common quota is used (III.II.3(D) of the Treaty on Open Skies);
    empty where the holder is the observed State itself.
    """
    plan = case.plan
    if plan is None or not plan.quota_holder or plan.quota_holder == plan.observed:
        return frozenset()
    return frozenset(case.view.members(plan.quota_holder)) - {plan.observed}


def state_name(case: Case, code: str) -> str:
    """A State's name as the treaty's data has it, or else the map; the code where neither does."""
    name = str(case.view.treaty.state_name(code))
    if name != code or case.geography is None:
        return name
    neighbour = case.geography.neighbours.get(code)
    return code if neighbour is None else neighbour.name or code


def state_with_code(case: Case, code: str, name: str = "") -> str:
    """A State in a sentence: "Iran (IRN)"; its code alone where nothing names it."""
    name = name or state_name(case, code)
    return code if name == code else f"{name} ({code})"


def over_observed_km(case: Case, leg: PlacedLeg, members: frozenset[str]) -> float:
    """Length of a leg over the territory that the quota covers, km."""
    assert case.geography is not None
    own = case.geography.length_over_territory_km(leg.a, leg.b)
    if not members:
        return own
    others = case.geography.over_other_states(leg.a, leg.b)
    return own + sum(km for state, km, _ in others if state in members)


def crossing_lengths(case: Case, members: frozenset[str]) -> Iterator[tuple[PlacedLeg, float]]:
    """Each leg with its length over the territory, km."""
    assert case.plan is not None
    for leg in placed_legs(case.plan):
        yield leg, over_observed_km(case, leg, members)
