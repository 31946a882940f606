"""Whether the parts of a mission plan belong together, before any rule looks at it.

Only what makes a document unreadable as a plan is refused here. Whether the plan keeps the
treaty (legs in sequence, times, heights, distances) is for the rules to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from overflight.errors import DataError
from overflight.formats.rings import refuse_crossed_ring
from overflight.formats.strict_json import pointer
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.terms.mission_plan import Fix, MissionPlan
from overflight.units import Kilometres

AIRFIELD_TOLERANCE_KM = 20.0
"""An airfield's reference point may differ that much between two sources, never more."""

_FAR_KM = 1000.0
_PROBED = 200


def refuse_inconsistent(plan: MissionPlan, *, file: str | Path | None = None) -> None:
    """Raise DataError, with the JSON Pointer, for parts that cannot belong to one plan."""
    _refuse_repeated_fixes(plan, file)
    _refuse_unknown_names(plan, file)
    _refuse_swapped_axes(plan, file)
    _refuse_misplaced_airfields(plan, file)
    for i, area in enumerate(plan.hazardous_airspace):
        refuse_crossed_ring(area.ring, file=file, where=pointer("hazardous_airspace", i, "ring"))


def _refuse_repeated_fixes(plan: MissionPlan, file: str | Path | None) -> None:
    first: dict[str, tuple[int, Fix]] = {}
    for i, fix in enumerate(plan.fixes):
        if fix.id not in first:
            first[fix.id] = (i, fix)
            continue
        earlier_at, earlier = first[fix.id]
        same_airfield = fix.airfield is not None and fix == earlier
        if not same_airfield:
            raise DataError(
                f"the id {fix.id!r} is taken already by {pointer('fixes', earlier_at)}",
                file=file,
                where=pointer("fixes", i, "id"),
                remedy="Give each fix its own id; only one and the same airfield may stand twice.",
            )


def _refuse_unknown_names(plan: MissionPlan, file: str | Path | None) -> None:
    known = {fix.id for fix in plan.fixes}
    named = [
        *((leg.start, ("legs", i, "start")) for i, leg in enumerate(plan.legs)),
        *((leg.end, ("legs", i, "end")) for i, leg in enumerate(plan.legs)),
        *((stop.fix, ("stops", i, "fix")) for i, stop in enumerate(plan.stops)),
    ]
    for name, place in named:
        if name not in known:
            raise DataError(
                f"there is no fix {name!r} in the plan",
                file=file,
                where=pointer(*place),
                remedy=f"Name one of the fixes ({_some(fix.id for fix in plan.fixes)}), or add it.",
            )
    sensors = {sensor.id for sensor in plan.sensors}
    for i, leg in enumerate(plan.legs):
        for j, name in enumerate(leg.sensors):
            if name not in sensors:
                raise DataError(
                    f"there is no sensor {name!r} in the plan",
                    file=file,
                    where=pointer("legs", i, "sensors", j),
                    remedy="Declare it under /sensors, or take it out of the leg.",
                )


def _refuse_swapped_axes(plan: MissionPlan, file: str | Path | None) -> None:
    """Every fix far from the airfields, and much nearer once its axes change places."""
    airfields = [plan.start.position, plan.end.position]
    fixes = [fix.position for fix in islice(plan.fixes, _PROBED) if fix.airfield is None]
    if fixes and all(_looks_swapped(position, airfields) for position in fixes):
        raise DataError(
            "every fix lies far from the airfields, and much nearer once latitude and longitude "
            "change places: the two look swapped",
            file=file,
            where=pointer("fixes"),
            remedy='Give each fix its latitude as "lat" and its longitude as "lon".',
        )


def _looks_swapped(position: Position, near: Sequence[Position]) -> bool:
    off = _nearest_km(position, near)
    if off < _FAR_KM or abs(position.lon) > 90.0:
        return False
    return _nearest_km(Position(lat=position.lon, lon=position.lat), near) < off / 2


def _refuse_misplaced_airfields(plan: MissionPlan, file: str | Path | None) -> None:
    """A fix that says it is an airfield of the plan, but lies elsewhere."""
    airfields = [
        a for a in (plan.point_of_entry, plan.start, plan.end, plan.point_of_exit, *plan.alternates)
        if a is not None
    ]  # fmt: skip
    stated = {a.code: a.position for a in reversed(airfields)}
    for i, fix in enumerate(plan.fixes):
        at = stated.get(fix.airfield) if fix.airfield else None
        if at is None:
            continue
        off = distance_km(fix.position, at)
        if off > AIRFIELD_TOLERANCE_KM:
            hint = (
                "; latitude and longitude look swapped"
                if _looks_swapped(fix.position, [at])
                else ""
            )
            raise DataError(
                f"the fix lies {off:.0f} km from the airfield {fix.airfield} that it names{hint}",
                file=file,
                where=pointer("fixes", i),
                remedy="Correct the position of one of the two, or take the airfield out.",
            )


def _nearest_km(position: Position, others: Sequence[Position]) -> Kilometres:
    return min(distance_km(position, other) for other in others)


def _some(names: object) -> str:
    listed = list(islice(iter(names), 6))  # type: ignore[call-overload]
    return ", ".join(listed[:5]) + (" ..." if len(listed) > 5 else "")
