"""What the monitor holds a flight against: the plan's legs as pieces, and the limits that bind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from overflight.geo.geodesic import densify, distance_km
from overflight.geo.positions import Position
from overflight.terms.flyability import Flyability
from overflight.terms.mission_plan import MissionPlan
from overflight.units import Kilometres, Metres

PIECE_KM = 5.0
"""As ``flying.match``: so short a line may be taken for straight."""


@dataclass(frozen=True, slots=True)
class CourseLeg:
    """A leg: nodes with how far along each lies, its middle, and what turns at its ends take.

    ``swing_in_km`` is how far the turn onto it comes off the plan until ``rejoin_km`` along it,
    ``swing_out_km`` that of the turn at its end from ``lead_km`` before.
    """

    name: str
    lat: tuple[float, ...]
    lon: tuple[float, ...]
    km: tuple[float, ...]
    middle: Position
    length_km: Kilometres
    over_territory_km: Kilometres
    sensors: tuple[str, ...]
    swing_in_km: Kilometres = 0.0
    rejoin_km: Kilometres = 0.0
    swing_out_km: Kilometres = 0.0
    lead_km: Kilometres = 0.0


@dataclass(frozen=True, slots=True)
class Hazard:
    """Hazardous airspace of the plan, its ring as (lon, lat)."""

    id: str
    kind: str
    handling: str
    ring: tuple[tuple[float, float], ...]

    def holds(self, lat: float, lon: float) -> bool:
        """Whether a place lies inside, by crossings of the ring."""
        inside = False
        for (x0, y0), (x1, y1) in zip(self.ring, (*self.ring[1:], self.ring[0]), strict=True):
            if (y0 > lat) != (y1 > lat) and lon < x0 + (lat - y0) * (x1 - x0) / (y1 - y0):
                inside = not inside
        return inside


@dataclass(frozen=True, slots=True)
class Course:
    """A plan for the monitor.

    ``fixes`` are the names of the plan's fixes with their places, ``minimum_m`` the least height
    above ground of each sensor (None: the plan does not say), ``beyond_km`` the distance from the
    path beyond which a right arises (None: no rule says so), ``most_km`` the maximum flight
    distance (None: not known), ``starts_s`` when the flight is to begin, ``stands`` the
    airfields of the plan, where no position is no loss.
    """

    fixes: tuple[tuple[str, Position], ...]
    legs: tuple[CourseLeg, ...]
    minimum_m: dict[str, Metres | None]
    hazards: tuple[Hazard, ...]
    stands: tuple[Position, ...]
    starts_s: float
    tolerance_km: Kilometres = 1.0
    beyond_km: Kilometres | None = None
    most_km: Kilometres | None = None

    @property
    def length_km(self) -> Kilometres:
        return sum(leg.length_km for leg in self.legs)


def course_of(
    plan: MissionPlan,
    flight: Flyability,
    *,
    tolerance_km: Kilometres = 1.0,
    beyond_km: Kilometres | None = None,
    most_km: Kilometres | None = None,
) -> Course:
    """The course of a plan; ``flight`` says how wide its turns swing."""
    turns = {turn.fix: turn for turn in flight.turns}
    legs = []
    for k, ((a, b), leg) in enumerate(zip(pairwise(plan.path), plan.legs, strict=True)):
        nodes = densify(a, b, PIECE_KM)
        length = distance_km(a, b)
        inward, outward = turns.get(k), turns.get(k + 1)
        legs.append(
            CourseLeg(
                name=f"{leg.start}-{leg.end}",
                lat=tuple(p.lat for p in nodes),
                lon=tuple(p.lon for p in nodes),
                km=tuple(length * i / (len(nodes) - 1) for i in range(len(nodes))),
                middle=nodes[len(nodes) // 2],
                length_km=length,
                over_territory_km=leg.distance_over_territory_km,
                sensors=leg.sensors,
                swing_in_km=inward.off_track_km if inward else 0.0,
                rejoin_km=inward.rejoin_km if inward else 0.0,
                swing_out_km=outward.off_track_km if outward else 0.0,
                lead_km=outward.lead_km if outward else 0.0,
            )
        )
    begins = plan.times.commencement
    return Course(
        fixes=tuple((fix.id, fix.position) for fix in plan.fixes),
        legs=tuple(legs),
        minimum_m={sensor.id: sensor.h_min_m for sensor in plan.sensors},
        hazards=tuple(
            Hazard(h.id, h.kind, h.handling, _ring(h.ring)) for h in plan.hazardous_airspace
        ),
        stands=tuple(fix.position for fix in plan.fixes if fix.airfield is not None),
        starts_s=0.0 if begins is None else begins.timestamp(),
        tolerance_km=tolerance_km,
        beyond_km=beyond_km,
        most_km=most_km,
    )


def _ring(ring: Sequence[Position]) -> tuple[tuple[float, float], ...]:
    return tuple((p.lon, p.lat) for p in ring)
