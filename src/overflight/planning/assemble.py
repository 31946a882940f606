"""A route and its timetable as a mission plan, and what is observed on the way.

The mission plan takes from the route nothing that is not flown: every sensor in use stands on
every leg, so the plan does not show which leg has something to see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.performance.turns import OVERFLIGHT_TURN
from overflight.planning.problem import Route
from overflight.planning.schedule import Timetable
from overflight.sensing.heights import serving
from overflight.sensing.resolution import ground_resolution_m
from overflight.sensing.swath import strip_resolving
from overflight.sensing.track import beside, roughly_beside, unit_vectors
from overflight.terms.aircraft import Aircraft, Sensor
from overflight.terms.mission_plan import (
    Fix,
    HazardousAirspace,
    Leg,
    MissionPlan,
    PlanAirfield,
    PlanSensor,
    Stop,
)
from overflight.terms.sites import Site
from overflight.terms.working_plan import Observation
from overflight.units import Kilometres, KilometresPerHour, Metres

_ON_LEG_KM = 0.001


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a mission plan says besides the route.

    ``airfields`` maps the code of every place of the route to what the plan says of it.
    ``heights_m`` is the height above ground of each leg. ``over_territory`` gives the part of a
    leg over the observed Party's territory, km; ``terrain`` the highest ground under each leg of a
    path, m. ``turn_technique`` is the one of all fixes (an overflight turn overflies the fix before
    it turns).
    """

    treaty: str
    observing: str
    observed: str
    quota_holder: str
    aircraft: Aircraft
    provided_by: str
    cruise_km_h: KilometresPerHour
    sensors: tuple[Sensor, ...]
    heights_m: tuple[Metres, ...]
    airfields: Mapping[str, PlanAirfield]
    over_territory: Callable[[Position, Position], Kilometres]
    point_of_entry: PlanAirfield | None = None
    point_of_exit: PlanAirfield | None = None
    terrain: Callable[[Sequence[Position]], Sequence[Metres | None]] | None = None
    hazards: tuple[HazardousAirspace, ...] = ()
    alternates: tuple[PlanAirfield, ...] = ()
    turn_technique: str = OVERFLIGHT_TURN
    distance_condition: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def mission_plan(route: Route, times: Timetable, about: Circumstances) -> MissionPlan:
    """The plan as it can be handed over."""
    fixes = name_fixes(route)
    path = route.path
    nothing: Sequence[Metres | None] = [None] * (len(path) - 1)
    ground = nothing if about.terrain is None else about.terrain(path)
    legs = tuple(
        Leg(
            start=fixes[i].id,
            end=fixes[i + 1].id,
            distance_km=distance_km(a, b),
            distance_over_territory_km=about.over_territory(a, b),
            height_agl_m=about.heights_m[i],
            terrain_max_m=ground[i],
            altitude_m=_altitude(ground[i], about.heights_m[i]),
            sensors=tuple(s.id for s in serving(about.sensors, about.heights_m[i])),
            departs=times.departs[i],
            arrives=times.arrives[i],
        )
        for i, (a, b) in enumerate(pairwise(path))
    )
    return MissionPlan(
        treaty=about.treaty,
        observing=about.observing,
        observed=about.observed,
        quota_holder=about.quota_holder,
        aircraft=about.aircraft.id,
        aircraft_designated_by=about.aircraft.designated_by,
        aircraft_provided_by=about.provided_by,
        icao_type=about.aircraft.icao_type,
        cruise_km_h=about.cruise_km_h,
        point_of_entry=about.point_of_entry,
        start=about.airfields[route.stations[0].code],
        end=about.airfields[route.stations[-1].code],
        point_of_exit=about.point_of_exit,
        fixes=fixes,
        legs=legs,
        stops=tuple(
            Stop(fixes[landing.at].id, landing.purpose, landing.arrives, landing.departs)
            for landing in times.landings
        ),
        sensors=tuple(_plan_sensor(sensor) for sensor in about.sensors),
        times=times.times,
        hazardous_airspace=about.hazards,
        alternates=about.alternates,
        turn_technique=about.turn_technique,
        distance_condition=about.distance_condition,
        readings=dict(about.readings),
        marks=about.marks,
        remarks=about.remarks,
        wake_category=about.aircraft.wake_category,
        equipment=about.aircraft.equipment,
    )


def name_fixes(route: Route) -> tuple[Fix, ...]:
    """Fixes in order: F01, F02, ...; an airfield by its code, with /2, /3 when it comes again."""
    landings = dict(zip(route.landings, route.stations, strict=True))
    named: list[Fix] = []
    visits: dict[str, int] = {}
    width = max(2, len(str(len(route.fixes))))
    number = 0
    for index, position in enumerate(route.path):
        if index in landings:
            code = landings[index].code
            visits[code] = visits.get(code, 0) + 1
            name = code if visits[code] == 1 else f"{code}/{visits[code]}"
            named.append(Fix(name, position, airfield=code))
        else:
            number += 1
            named.append(Fix(f"F{number:0{width}d}", position))
    return tuple(named)


def observations(
    route: Route,
    times: Timetable,
    sites: Sequence[Site],
    sensors: Sequence[Sensor],
    heights_m: Sequence[Metres],
    shows: Sequence[tuple[Kilometres, Kilometres]] | None = None,
) -> tuple[Observation, ...]:
    """What each sensor sees of each site, at its best pass: the finest resolution, then the first.

    ``heights_m`` is the height above ground of each leg, ``shows`` tells from where to where each
    leg shows something, km along it (None: all of it). A site with a window counts only when it is
    seen inside it. Ordered by time.
    """
    best: dict[tuple[str, str], tuple[tuple[float, dt.datetime], Observation]] = {}
    for observation in _passes(route, times, sites, sensors, heights_m, shows):
        resolution = observation.ground_resolution_m
        rank = (float("inf") if resolution is None else round(resolution, 6), observation.at)
        key = (observation.site, observation.sensor)
        if key not in best or rank < best[key][0]:
            best[key] = (rank, observation)
    found = (observation for _, observation in best.values())
    return tuple(sorted(found, key=lambda o: (o.at, o.site, o.sensor)))


def _passes(
    route: Route,
    times: Timetable,
    sites: Sequence[Site],
    sensors: Sequence[Sensor],
    heights_m: Sequence[Metres],
    shows: Sequence[tuple[Kilometres, Kilometres]] | None,
) -> list[Observation]:
    """Every pass of a sensor over a site that serves it."""
    strips_from = {
        height: [
            [
                (sensor, strip_resolving(sensor, height, site.resolution_m))
                for sensor in serving(sensors, height)
            ]
            for site in sites
        ]
        for height in dict.fromkeys(heights_m)
    }
    furthest = max(
        (
            s.far_km
            for rows in strips_from.values()
            for row in rows
            for _, s in row
            if s is not None
        ),
        default=-1.0,
    )
    vectors = unit_vectors([site.position for site in sites])
    found = []
    for leg, (a, b) in enumerate(pairwise(route.path)):
        if a == b or furthest < 0:
            continue
        height_m = heights_m[leg]
        strips, ends = strips_from[height_m], unit_vectors([a, b])
        near = [int(i) for i in roughly_beside(ends[0], ends[1], vectors, furthest)]
        if not near:
            continue
        along, across, length = beside(a, b, [sites[i].position for i in near])
        for i, km, off in zip(near, along, across, strict=True):
            if not -_ON_LEG_KM <= km <= length + _ON_LEG_KM:
                continue
            if shows is not None and not shows[leg][0] <= km <= shows[leg][1]:
                continue
            share = min(max(km / length, 0.0), 1.0)
            at = times.departs[leg] + (times.arrives[leg] - times.departs[leg]) * share
            at = at.replace(microsecond=0)
            if not _in_window(sites[i], at):
                continue
            found += [
                Observation(
                    site=sites[i].id,
                    sensor=sensor.id,
                    leg=leg,
                    off_track_km=abs(float(off)),
                    ground_resolution_m=ground_resolution_m(sensor, height_m, abs(float(off))),
                    at=at,
                )
                for sensor, strip in strips[i]
                if strip is not None and strip.holds(float(off))
            ]
    return found


def _in_window(site: Site, at: dt.datetime) -> bool:
    return (site.earliest is None or site.earliest <= at) and (
        site.latest is None or at <= site.latest
    )


def _altitude(terrain_m: Metres | None, height_m: Metres) -> Metres | None:
    """Altitude above mean sea level that keeps ``height_m`` above the highest ground."""
    return None if terrain_m is None else terrain_m + height_m


def _plan_sensor(sensor: Sensor) -> PlanSensor:
    """The sensor with what it resolves at its minimum height."""
    assumed = f"assumed: {', '.join(sensor.assumed)}" if sensor.assumed else ""
    return PlanSensor(
        id=sensor.id,
        category=sensor.category,
        h_min_m=sensor.h_min_m,
        ground_resolution_m=sensor.resolution_at_h_min_m,
        basis=assumed,
    )
