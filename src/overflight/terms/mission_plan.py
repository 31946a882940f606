"""The mission plan: what the observing Party hands over, and nothing else.

Article VI, Section II, paragraphs 3 and 4 of the Treaty on Open Skies say what such a document
holds: airfields, times, stops, and all that is needed to file the flight plan. What one hopes
to see is not part of it; that lives in ``terms.working_plan``, which this module cannot see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from overflight.geo.positions import Position
from overflight.units import Kilometres, KilometresPerHour, Metres

MISSION_PLAN_VERSION = 1


def _plain(plan_part: object, *names: str) -> None:
    """Make the numbers of a frozen part plain floats, without a negative zero; None stays.

    A plan's document is signed by its bytes. Equal plans must have equal bytes, so 2000 and
    2000.0, or 0.0 and -0.0, may not both stand in a plan.
    """
    for name in names:
        value = getattr(plan_part, name)
        if value is not None:
            object.__setattr__(plan_part, name, float(value) + 0.0)


@dataclass(frozen=True, slots=True)
class PlanAirfield:
    """An airfield in a plan. ``code`` is its ICAO code or, where it has none, our data's id."""

    code: str
    name: str
    position: Position


@dataclass(frozen=True, slots=True)
class Fix:
    """A point of the route: an airfield where the aircraft lands, or a coordinate it flies over."""

    id: str
    position: Position
    airfield: str | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """A direct leg between two successive fixes.

    ``height_agl_m`` is the least height above ground along the leg. ``terrain_max_m`` is the
    highest terrain under it (None: unknown), ``altitude_m`` the altitude above mean sea level to
    fly (None while the terrain is unknown). ``distance_over_territory_km`` is the part of
    ``distance_km`` that lies over the observed Party's territory. ``sensors`` are those that may
    operate along it; empty: none does. (A document that leaves the field out means every sensor
    of the plan; its reader writes them in, so a ``Leg`` always says which.) Numbers are kept as
    floats, whatever they are given as.
    """

    start: str
    end: str
    distance_km: Kilometres
    distance_over_territory_km: Kilometres
    height_agl_m: Metres
    terrain_max_m: Metres | None = None
    altitude_m: Metres | None = None
    sensors: tuple[str, ...] = ()
    departs: dt.datetime | None = None
    arrives: dt.datetime | None = None

    def __post_init__(self) -> None:
        _plain(self, "distance_km", "distance_over_territory_km", "height_agl_m")
        _plain(self, "terrain_max_m", "altitude_m")


@dataclass(frozen=True, slots=True)
class Stop:
    """A planned landing between start and end: ``purpose`` is "refuelling" or "rest"."""

    fix: str
    purpose: str
    arrives: dt.datetime
    departs: dt.datetime


@dataclass(frozen=True, slots=True)
class PlanSensor:
    """A sensor that the plan declares in use, with the height that binds it."""

    id: str
    category: str
    h_min_m: Metres | None
    ground_resolution_m: Metres | None
    basis: str = ""

    def __post_init__(self) -> None:
        _plain(self, "h_min_m", "ground_resolution_m")


@dataclass(frozen=True, slots=True)
class HazardousAirspace:
    """Prohibited, restricted or danger area that the plan takes into account (II.32, VI.II.4(C)).

    ``ring`` is its outline. ``handling`` says what the plan does: "avoided" or "crossed".
    """

    id: str
    kind: str
    ring: tuple[Position, ...]
    handling: str = "avoided"


@dataclass(frozen=True, slots=True)
class PlanTimes:
    """The instants of a plan, UTC. None: not stated."""

    arrival_at_point_of_entry: dt.datetime | None = None
    submitted: dt.datetime | None = None
    commencement: dt.datetime | None = None
    completion: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class MissionPlan:
    """A mission plan as it is handed over.

    ``observing`` and ``observed`` are State codes; ``quota_holder`` the State or group whose
    passive quota is used. ``distance_condition`` names the variant of the maximum flight distance
    that the route makes use of ("with Shetland Islands"). ``marks`` carries SIMULATED or EXERCISE.
    ``identification`` (call sign or registration), ``wake_category`` (L, M, H or J) and
    ``equipment`` are items 7, 9 and 10 of the flight plan, which the mission plan must make
    possible to file (VI.II.4); empty: not yet known. ``not_decided_here`` names the rules whose
    answer rests on a value that the document does not hold.
    """

    treaty: str
    observing: str
    observed: str
    quota_holder: str
    aircraft: str
    aircraft_designated_by: str
    aircraft_provided_by: str
    icao_type: str
    cruise_km_h: KilometresPerHour
    point_of_entry: PlanAirfield | None
    start: PlanAirfield
    end: PlanAirfield
    point_of_exit: PlanAirfield | None
    fixes: tuple[Fix, ...]
    legs: tuple[Leg, ...]
    stops: tuple[Stop, ...]
    sensors: tuple[PlanSensor, ...]
    times: PlanTimes
    hazardous_airspace: tuple[HazardousAirspace, ...] = ()
    alternates: tuple[PlanAirfield, ...] = ()
    turn_technique: str = ""
    distance_condition: str = ""
    agreements: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    identification: str = ""
    wake_category: str = ""
    equipment: str = ""
    not_decided_here: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _plain(self, "cruise_km_h")

    @property
    def date(self) -> dt.date | None:
        """The day on which the flight is to begin, UTC; the date the treaty is read on."""
        return None if self.times.commencement is None else self.times.commencement.date()

    @property
    def path(self) -> tuple[Position, ...]:
        return tuple(fix.position for fix in self.fixes)

    @property
    def flight_distance_km(self) -> Kilometres:
        """Length of all legs over the observed Party's territory, km (II.11)."""
        return sum(leg.distance_over_territory_km for leg in self.legs)

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return {"type": "LineString", "coordinates": [list(p.xy) for p in self.path]}
