"""A mission plan as GeoJSON (RFC 7946): legs, fixes and hazardous airspace as features."""

from __future__ import annotations

from typing import Any

from overflight.formats.lines import leg_lines
from overflight.formats.plan_json import leg_to_dict
from overflight.formats.rings import cut_at_antimeridian
from overflight.terms.mission_plan import Fix, HazardousAirspace, Leg, MissionPlan


def mission_plan_to_geojson(plan: MissionPlan) -> dict[str, Any]:
    """The plan as a FeatureCollection; ``properties.role`` is "leg", "fix" or "hazard".

    Legs follow the geodesic; one that crosses the antimeridian is a MultiLineString.
    """
    at = {fix.id: fix for fix in plan.fixes}
    marks = list(plan.marks)
    features = [
        *(_leg(leg, i, at, marks) for i, leg in enumerate(plan.legs)),
        *(_fix(fix, i, marks) for i, fix in enumerate(plan.fixes)),
        *(_hazard(area, marks) for area in plan.hazardous_airspace),
    ]
    return {
        "type": "FeatureCollection",
        "title": plan_title(plan),
        "marks": marks,
        "features": features,
    }


def plan_title(plan: MissionPlan) -> str:
    """One line that names a plan: marks, parties, day."""
    day = "" if plan.date is None else f", {plan.date.isoformat()}"
    marked = "".join(f"{mark} " for mark in plan.marks)
    return f"{marked}Mission plan: {plan.observing} over {plan.observed}{day}"


def _leg(leg: Leg, i: int, at: dict[str, Fix], marks: list[str]) -> dict[str, Any]:
    lines = leg_lines(at[leg.start].position, at[leg.end].position)
    geometry: dict[str, Any] = (
        {"type": "LineString", "coordinates": _lists(lines[0])}
        if len(lines) == 1
        else {"type": "MultiLineString", "coordinates": [_lists(line) for line in lines]}
    )
    properties = {"role": "leg", "number": i + 1, **leg_to_dict(leg), "marks": marks}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _fix(fix: Fix, i: int, marks: list[str]) -> dict[str, Any]:
    properties = {
        "role": "fix",
        "number": i + 1,
        "id": fix.id,
        "airfield": fix.airfield,
        "place": fix.position.human(),
        "marks": marks,
    }
    return {"type": "Feature", "geometry": fix.position.__geo_interface__, "properties": properties}


def _hazard(area: HazardousAirspace, marks: list[str]) -> dict[str, Any]:
    parts = [[_lists(list(p.exterior.coords))] for p in cut_at_antimeridian(area.ring)]
    geometry: dict[str, Any] = (
        {"type": "Polygon", "coordinates": parts[0]}
        if len(parts) == 1
        else {"type": "MultiPolygon", "coordinates": parts}
    )
    properties = {
        "role": "hazard",
        "id": area.id,
        "kind": area.kind,
        "handling": area.handling,
        "marks": marks,
    }
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _lists(points: Any) -> list[list[float]]:
    return [[float(x), float(y)] for x, y in points]
