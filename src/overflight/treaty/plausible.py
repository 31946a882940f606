"""Whether what a document says of places agrees with what the regime knows of them."""

from __future__ import annotations

from collections.abc import Iterator

from overflight.errors import DataError
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.terms.mission_plan import MissionPlan, PlanAirfield
from overflight.treaty.view import TreatyView

_NEAR_KM = 100.0
"""No two sources put one airfield farther apart."""


def positions_look_swapped(plan: MissionPlan, view: TreatyView) -> bool:
    """Whether every airfield of the plan that the regime places lies where its axes, changed
    about, would put it, and none lies where the regime has it.

    A plan whose positions are all swapped agrees with itself, so only the regime's own data can
    tell. False where it places none of the airfields.
    """
    signs = [_looks_swapped(stated, known) for stated, known in _pairs(plan, view)]
    return bool(signs) and all(signs)


def refuse_swapped_positions(plan: MissionPlan, view: TreatyView) -> None:
    """Raise DataError where the plan's latitudes and longitudes look swapped throughout."""
    if positions_look_swapped(plan, view):
        raise DataError(
            f"latitude and longitude look swapped: {plan.start.name} ({plan.start.code}) and the "
            f"plan's other airfields lie where {view.treaty.short} has them once the two change "
            "places",
            where="/start",
            remedy='Give every position of the plan its latitude as "lat", its longitude as "lon".',
        )


def _pairs(plan: MissionPlan, view: TreatyView) -> Iterator[tuple[Position, Position]]:
    """Where the plan and where the regime puts each airfield that both know."""
    fields = (plan.point_of_entry, plan.start, plan.end, plan.point_of_exit, *plan.alternates)
    for field in dict.fromkeys(field for field in fields if field is not None):
        known = _known(field, view)
        if known is not None:
            yield field.position, known


def _known(field: PlanAirfield, view: TreatyView) -> Position | None:
    try:
        return view.airfield(field.code).position
    except DataError:
        return None


def _looks_swapped(stated: Position, known: Position) -> bool:
    if abs(stated.lon) > 90.0 or distance_km(stated, known) < _NEAR_KM:
        return False
    return distance_km(Position(lat=stated.lon, lon=stated.lat), known) < _NEAR_KM
