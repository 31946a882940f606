"""Predicates on standing under the treaty: of parties, airfields, aircraft and sensors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from overflight.errors import DataError, NotInForceError, OverflightError, UnknownValueError
from overflight.geo.geodesic import distance_km
from overflight.rules.case import Case
from overflight.rules.outcome import (
    Bound,
    Outcome,
    as_number,
    breach,
    compliant,
    does_not_apply,
    lacking,
    summed,
)
from overflight.rules.outcome import undetermined as _undetermined
from overflight.rules.paths import Missing, as_quantity, as_text, each, find, first_present, what
from overflight.rules.predicates.installed import aircraft_file, installed_sensors
from overflight.rules.predicates.legs import state_with_code

_SAME_AIRFIELD_KM = 15.0
"""A plan's airfield within this of the treaty's position is the same one: printed positions of
1992 are rounded, and a reference point is not the middle of a runway."""


def parties_in_force(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The treaty binds every party named at ``parties`` (dotted paths) on the view's date."""
    found: list[Outcome] = []
    for path in bound.paths("parties"):
        code = find(case, path)
        if isinstance(code, Missing) or code is None:
            found.append(lacking(what(code, path)))
        else:
            found.append(_bound_by_treaty(case, as_text(code, path)))
    return summed(found)


def designated_by(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The State at ``state`` designated the aircraft at ``aircraft``, and is a State Party.

    What a plan says of itself is held against the regime's own record of designations.
    """
    code, aircraft = find(case, str(bound.parameter("state"))), bound.parameter("aircraft")
    craft = find(case, str(aircraft))
    for value, path in ((code, "state"), (craft, "aircraft")):
        if isinstance(value, Missing) or value is None:
            return [lacking(what(value, str(bound.parameter(path))))]
    stated, name = as_text(code, "state"), as_text(craft, "aircraft")
    record = next((d for d in case.view.treaty.designations if d.aircraft == name), None)
    file = aircraft_file(case, name)
    if record is not None:
        true, source = record.state, "; ".join(str(c) for c in record.citations)
    elif file is not None:
        true, source = str(file.head["designated_by"]), f"the data on {name}"
    else:
        text = f"No designation of {name} is known, so {stated} cannot be held against it."
        return [_undetermined(text, f"the State Party that designated {name}")]
    if stated != true:
        said, did = state_with_code(case, stated), state_with_code(case, true)
        text = f"The plan says that {said} designated {name}; {did} did."
        return [breach(text, measured=stated, limit=true, sources=source)]
    return [replace(_bound_by_treaty(case, stated), sources=source)]


def each_is_party(case: Case, bound: Bound) -> Iterable[Outcome]:
    """Every State code in the list at ``path`` (with ``[]``) is a State Party."""
    path = str(bound.parameter("path"))
    items = each(case, path)
    if isinstance(items, Missing):
        return [lacking(items.words)]
    if not items:
        return [does_not_apply(str(bound.parameter("none")))]
    return summed(
        [
            lacking(what(v, path))
            if v is None or isinstance(v, Missing)
            else _bound_by_treaty(case, as_text(v, path))
            for _, v in items
        ]
    )


def airfield_has_role(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The airfield at ``path`` is designated by the observed Party for one of ``roles``.

    Roles are the data's ("open-skies-airfield"), or "inspection" for the pre-flight inspection.
    ``path`` may name a list with ``[]``, or be a list of paths of which the first present counts.
    """
    roles = bound.paths("roles")
    path = bound.paths("path")[0]
    if "[]" in path:
        items = each(case, path)
        if isinstance(items, Missing):
            return [lacking(items.words)]
        if not items:
            return [does_not_apply(str(bound.parameter("none")))]
        return summed([_role(case, v, roles, path) for _, v in items])
    path, value = first_present(case, bound.paths("path"))
    return [_role(case, value, roles, path)]


def landings_have_role(case: Case, bound: Bound) -> Iterable[Outcome]:
    """Every planned stop is at an airfield designated for one of ``roles``."""
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    if not plan.stops:
        return [does_not_apply("No stop is planned.")]
    airfield_of = {fix.id: fix.airfield for fix in plan.fixes}
    found: list[Outcome] = []
    for stop in plan.stops:
        code = airfield_of.get(stop.fix)
        if stop.fix not in airfield_of:
            found.append(
                breach(f"The stop at {stop.fix} is at no fix of the route.", where=stop.fix)
            )
        elif code is None:
            found.append(
                breach(f"The stop at {stop.fix} names no airfield to land at.", where=stop.fix)
            )
        else:
            found.append(_role(case, code, bound.paths("roles"), "plan.stops"))
    return summed(found)


def aircraft_has_standing(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The aircraft at ``aircraft`` stands as one of ``accepted``, and so does each sensor named
    at ``sensors`` (a list path with ``[]``, optional).

    ``unsettled`` lists standings that leave the question open.
    """
    path, aircraft = first_present(case, bound.paths("aircraft"))
    if isinstance(aircraft, Missing) or aircraft is None:
        return [lacking(what(aircraft, path))]
    wanted: list[str | None] = [None]
    if "sensors" in bound.parameters:
        sensors = each(case, str(bound.parameter("sensors")))
        if isinstance(sensors, Missing):
            return [lacking(sensors.words)]
        wanted += [str(s) for _, s in sensors or () if isinstance(s, str)]
    name = as_text(aircraft, path)
    found = [_standing(case, name, sensor, bound) for sensor in wanted]
    bad = [o for o in found if o.verdict != "compliant"]
    return bad[:1] if bad and bad[0] is found[0] else bad or found[:1]


def quota_left(case: Case, bound: Bound) -> Iterable[Outcome]:
    """With this flight, those at ``made`` stay within the active quota of the year."""
    paths = [str(bound.parameter(key)) for key in ("observing", "observed", "made")]
    values = [find(case, path) for path in paths]
    gaps = [what(v, p) for p, v in zip(paths, values, strict=True) if v is None or _missing(v)]
    if gaps:
        return [lacking(*gaps)]
    observing, observed = as_text(values[0], paths[0]), as_text(values[1], paths[1])
    quota = case.view.active_quota(observing, observed)
    count = as_quantity(values[2], paths[2]) + 1
    text = (
        f"This is flight {count:g} of {observing} over {observed} this year; the active quota is "
        f"{as_number(quota):g}."
    )
    make = compliant if count <= as_number(quota) else breach
    return [make(text, measured=count, limit=quota.value, unit="flights", limit_source=quota)]


def _missing(value: Any) -> bool:
    return isinstance(value, Missing)


def _bound_by_treaty(case: Case, code: str) -> Outcome:
    """Whether the State, or every member of the group, is a party on the view's date."""
    view, on = case.view, case.view.on.isoformat()
    try:
        party = view.is_party(code)
    except UnknownValueError as error:
        return _undetermined(f"{error.message}.", error.remedy, where=code)
    except NotInForceError as error:
        return breach(f"{error.message}.", where=code)
    except DataError as error:
        return breach(f"{code} is not a State of this treaty: {error.message}.", where=code)
    if not party:
        return breach(f"{code} is not a State Party on {on}.", where=code)
    return compliant(f"{code} is bound on {on}.", where=code)


def _role(case: Case, value: Any, roles: tuple[str, ...], path: str) -> Outcome:
    if value is None or isinstance(value, Missing):
        return lacking(what(value, path))
    code = as_text(getattr(value, "code", value), path)
    wanted = " or ".join(_said(role) for role in roles)
    view = case.view
    try:
        airfield = view.airfield(code)
    except UnknownValueError as error:
        return _undetermined(f"{code}: {error.message}.", error.remedy, where=code)
    except OverflightError as error:
        gap = _gap_about_airfields(case, roles[0])
        if gap:
            return _undetermined(f"{code} is not among the airfields known: {gap}", gap)
        return breach(
            f"{code} is not designated as {wanted}: {error.message}.",
            measured=code,
            where=code,
        )
    have = [*airfield.roles, *(["inspection"] if airfield.inspection else [])]
    place = None if airfield.position is None else airfield.position.__geo_interface__
    rest = {"measured": code, "limit": wanted, "where": airfield.name, "place": place}
    observed = _observed(case)
    if observed and airfield.holder not in observed and airfield.state not in observed:
        return breach(f"{airfield.name} was designated by {airfield.holder}, not here.", **rest)
    moved = _moved(value, airfield)
    if moved > _SAME_AIRFIELD_KM:
        text = f"The plan puts {airfield.name} {moved:.0f} km from where it lies."
        return breach(text, **{**rest, "measured": moved, "limit": _SAME_AIRFIELD_KM, "unit": "km"})
    held = [r for r in roles if r in have and (r == "inspection" or airfield.has_role(r, view.on))]
    if not held:
        listed = ", ".join(_said(role) for role in have) or "nothing"
        return breach(f"{airfield.name} is designated as {listed}, not as {wanted}.", **rest)
    return compliant(f"{airfield.name} is designated as {_said(held[0])}.", **rest)


_ROLE_WORDS = {
    "open-skies-airfield": "Open Skies airfield",
    "refuelling": "refuelling airfield",
    "inspection": "place of pre-flight inspection",
}


def _said(role: str) -> str:
    return _ROLE_WORDS.get(role, role.replace("-", " "))


def _moved(value: Any, airfield: Any) -> float:
    """How far a plan's airfield lies from the treaty's own, km; 0 where either has no position."""
    position = getattr(value, "position", None)
    if position is None or airfield.position is None:
        return 0.0
    return distance_km(position, airfield.position)


def _observed(case: Case) -> set[str]:
    """Codes under which the observed Party's airfields may be listed."""
    plan, notice = case.plan, case.documents.get("notification", {})
    codes = {plan.observed, plan.quota_holder} if plan else set[str]()
    codes |= {str(notice[k]) for k in ("observed", "quota_holder") if notice.get(k)}
    for code in tuple(codes):
        try:
            codes.add(case.view.holder_of(code))
        except OverflightError:
            continue
    return codes - {""}


def _gap_about_airfields(case: Case, role: str) -> str:
    """A gap that the data state about airfields of that role and the observed Party."""
    observed = _observed(case)
    for gap in getattr(case.view.treaty, "gaps", ()):
        said = set(re.findall(r"[\w-]+", gap.about))
        of_role = gap.about.startswith("airfields") or role.partition("-")[0] in said
        if of_role and said & observed:
            return f"{gap.about}: {gap.note}"
    return ""


def _standing(case: Case, aircraft: str, sensor: str | None, bound: Bound) -> Outcome:
    view = case.view
    name = f"{sensor} on {aircraft}" if sensor else aircraft
    if sensor:
        aboard = installed_sensors(case, aircraft)
        if aboard is None:
            text = f"Whether {aircraft} has a sensor {sensor} is not known."
            return _undetermined(text, f"the sensors of {aircraft}")
        if sensor not in aboard:
            rest = {"measured": sensor, "limit": ", ".join(aboard)}
            text = f"{aircraft} has no sensor {sensor}; it has {', '.join(aboard)}."
            return breach(text, **rest, sources=f"the data on {aircraft}")
    try:
        standing = view.aircraft_standing(aircraft, sensor)
    except UnknownValueError as error:
        return _undetermined(f"{name}: {error.message}.", error.remedy)
    except DataError as error:
        return breach(f"{name} has no standing under this treaty: {error.message}.")
    since = "" if standing.since is None else f" (since {standing.since.isoformat()})"
    later = standing.certified_later
    until = f" It was certified only on {later.latest.isoformat()}." if later is not None else ""
    source = "; ".join(str(c) for c in standing.citations)
    on, state = view.on.isoformat(), standing.standing
    text = f"On {on} {name} is {state}{since}.{until}"
    rest = {"measured": state, "limit": " or ".join(bound.paths("accepted")), "sources": source}
    if state in bound.paths("accepted"):
        return compliant(text, **rest)
    if state in bound.paths("unsettled"):
        return _undetermined(
            f"{text} Public sources do not tell.", f"the standing of {name}", **rest
        )
    return breach(text, **rest)
