"""Where a flight may start, land and end, looked up in the treaty's data.

The aircraft is served at points of entry and exit, Open Skies airfields and refuelling
airfields of the observed Party (VI.I.17(B)); airfields that the user asks for besides are marked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from overflight.errors import DataError, OverflightError, PlanError, UnknownValueError
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.planning.problem import Place, Route
from overflight.terms.mission_plan import PlanAirfield
from overflight.treaty.model import Airfield
from overflight.treaty.view import TreatyView
from overflight.units import Kilometres

ANY = "any"
START_ROLE = "open-skies-airfield"
ENTRY_ROLE = "point-of-entry"
EXIT_ROLE = "point-of-exit"
SERVING_ROLES = (START_ROLE, ENTRY_ROLE, EXIT_ROLE, "refuelling")
_ALTERNATES = 2


@dataclass(frozen=True, slots=True)
class Landings:
    """Start, end and every place to land on the way, with what a plan says of them.

    ``requested`` are codes that the user asked for and the treaty does not designate.
    """

    start: Place
    end: Place
    stations: tuple[Place, ...]
    airfields: Mapping[str, PlanAirfield]
    entry: PlanAirfield | None
    exit: PlanAirfield | None
    requested: tuple[str, ...] = ()
    private: bool = False


def starts_from(view: TreatyView, observed: str, start: str) -> tuple[Airfield, ...]:
    """The airfield named, or with "any" every Open Skies airfield with a known distance.

    An observation flight begins at an Open Skies airfield that the observed side designated
    (its group, where it shares a quota): PlanError, with those there are, for any other.
    """
    if start.strip().casefold() != ANY:
        offered = view.airfields(observed, START_ROLE)
        airfield = _known_or_none(view, observed, start, offered)
        if airfield in offered:
            return (airfield,)
        names = ", ".join(f"{a.code} ({a.name})" for a in offered) or "none on that day"
        what = start.strip() if airfield is None else f"{airfield.name} ({airfield.code})"
        raise PlanError(
            f"{what} is no Open Skies airfield of {observed} on {view.on.isoformat()}, and an "
            "observation flight begins at one",
            remedy=f'Open Skies airfields of {observed}: {names}; or "any".',
        )
    found = []
    for airfield in _in_state(view, observed, (START_ROLE,)):
        try:
            view.maximum_flight_distance(airfield)
        except OverflightError:
            continue
        found.append(airfield)
    if not found:
        raise PlanError(
            f"no Open Skies airfield of {observed} with a known maximum flight distance",
            remedy="Name the airfield to start from, and give its distance with --overlay DIR.",
        )
    return tuple(found)


def ends_at(view: TreatyView, observed: str, end: str) -> tuple[Airfield, ...]:
    """The airfield of that code, id or name; with "any", each at which a flight may end.

    A flight ends, as it begins, at an airfield that the observed side designated for it (II.27
    of the Treaty on Open Skies). Of one that is named the check will say whether it is one.
    """
    if end.strip().casefold() != ANY:
        return (_named(view, observed, end),)
    found = tuple(_in_state(view, observed, (START_ROLE,)))
    if not found:
        raise PlanError(
            f"no airfield of {observed} at which an observation flight may end has a known "
            f"position on {view.on.isoformat()}",
            remedy="Name the airfield to end at, or give its position with --overlay DIR.",
        )
    return found


def landings_for(
    view: TreatyView, observed: str, start: Airfield, last: Airfield, refuel: Sequence[str]
) -> Landings:
    """Everything a flight from ``start`` to ``last`` may land at."""
    serving = _in_state(view, observed, SERVING_ROLES)
    used = list(dict.fromkeys([start, last, *serving]))
    known = {airfield.code: plan_airfield(airfield) for airfield in used}
    requested = []
    for code in refuel:
        airfield = _asked_for(view, observed, code)
        if airfield.code not in known:
            requested.append(airfield.code)
            known[airfield.code] = airfield
    return Landings(
        start=_place(known[start.code]),
        end=_place(known[last.code]),
        stations=tuple(_place(airfield) for airfield in known.values()),
        airfields=known,
        entry=_nearest_with(view, observed, ENTRY_ROLE, known[start.code].position),
        exit=_nearest_with(view, observed, EXIT_ROLE, known[last.code].position),
        requested=tuple(requested),
        private=any(airfield.private for airfield in (start, last)),
    )


def range_left_km(route: Route, range_km: Kilometres) -> Kilometres:
    """What the last stage leaves of the usable range, km; reserves are not part of it."""
    last = route.stage_path(len(route.stages) - 1)
    return range_km - math.fsum(distance_km(a, b) for a, b in pairwise(last))


def alternates_for(
    view: TreatyView, observed: str, route: Route, range_km: Kilometres
) -> tuple[PlanAirfield, ...]:
    """The designated airfields nearest to the end at which the route does not land.

    Only those that can be reached from the end with what the last stage leaves of the range: an
    alternate is where the aircraft goes when it is inadvisable to land where it meant to (II.31
    of the Treaty on Open Skies). There may be none: the observed Party gives those along the
    route on approval (VI.I.13).
    """
    end, left = route.stations[-1].position, range_left_km(route, range_km)
    landed = {station.code for station in route.stations}
    away = {
        airfield: distance_km(end, airfield.position)
        for airfield in map(plan_airfield, _in_state(view, observed, SERVING_ROLES))
        if airfield.code not in landed
    }
    near = sorted((a for a in away if away[a] <= left), key=lambda a: (away[a], a.code))
    return tuple(near[:_ALTERNATES])


def alternates_said(alternates: Sequence[PlanAirfield], route: Route, range_km: Kilometres) -> str:
    """How alternates were judged, for a plan's assumptions."""
    left, end = range_left_km(route, range_km), route.stations[-1].code
    how = (
        f"the {left:,.0f} km that the last stage leaves of the range of {range_km:,.0f} km "
        "(reserves untouched, still air)"
    )
    if not alternates:
        return f"No alternate is named: no designated airfield lies within reach of {end} on {how}."
    codes = ", ".join(airfield.code for airfield in alternates)
    return f"Alternates ({codes}) are the designated airfields nearest to {end} within {how}."


def plan_airfield(airfield: Airfield) -> PlanAirfield:
    """An airfield of the treaty as a plan names it. UnknownValueError without a position."""
    if airfield.position is None:
        raise UnknownValueError(
            f"no position is known for {airfield.name} ({airfield.code})",
            remedy="Choose another airfield, or give its position with --overlay DIR.",
        )
    return PlanAirfield(airfield.code, airfield.name, airfield.position)


def _place(airfield: PlanAirfield) -> Place:
    return Place(airfield.code, airfield.position)


def _in_state(view: TreatyView, observed: str, roles: Sequence[str]) -> list[Airfield]:
    """Airfields with one of the roles that lie in the observed State (or a member of the group)."""
    states = set(view.members(observed))
    found = [
        airfield
        for role in roles
        for airfield in view.airfields(observed, role)
        if airfield.state in states and airfield.position is not None
    ]
    return list(dict.fromkeys(found))


def _named(view: TreatyView, observed: str, code: str) -> Airfield:
    """An airfield of the treaty. Over another State it is taken as it is: the check will say."""
    try:
        return view.airfield(code, observed)
    except DataError:
        return view.airfield(code)


def _known_or_none(
    view: TreatyView, observed: str, code: str, offered: Sequence[Airfield]
) -> Airfield | None:
    """The airfield of that name; None for a place on Earth that the treaty does not name.

    DataError, with the nearest name, for what is no airfield at all.
    """
    try:
        return _named(view, observed, code)
    except DataError:
        import airportsdata

        if code.strip().upper() not in airportsdata.load("ICAO") or not offered:
            raise
        return None


def _asked_for(view: TreatyView, observed: str, code: str) -> PlanAirfield:
    """An airfield of the treaty or, failing that, of the airportsdata package, by ICAO code."""
    try:
        return plan_airfield(_named(view, observed, code))
    except DataError:
        pass
    import airportsdata

    row = airportsdata.load("ICAO").get(code.strip().upper())
    if row is None:
        raise DataError(
            f"no airfield {code!r} to refuel at is known",
            remedy="Give its ICAO code, or add it to an overlay's airfields.toml.",
        )
    return PlanAirfield(row["icao"], row["name"], Position(lat=row["lat"], lon=row["lon"]))


def _nearest_with(
    view: TreatyView, observed: str, role: str, position: Position
) -> PlanAirfield | None:
    fields = [plan_airfield(airfield) for airfield in _in_state(view, observed, (role,))]
    return min(fields, key=lambda field: distance_km(field.position, position), default=None)
