"""A mission plan as KML 2.2 (OGC 07-147r2): legs, fixes and hazardous airspace."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from overflight.formats.geojson import plan_title
from overflight.formats.lines import XY, leg_lines
from overflight.formats.rings import cut_at_antimeridian
from overflight.formats.times import write_time
from overflight.formats.xml_text import document, text_of
from overflight.terms.mission_plan import Fix, HazardousAirspace, Leg, MissionPlan

_NAMESPACE = "http://www.opengis.net/kml/2.2"
# KML colours are aabbggrr.
_STYLES = (("leg", "ffff901e", None), ("hazard", "ff3c14dc", "403c14dc"))


def mission_plan_to_kml(plan: MissionPlan) -> str:
    """The plan as a KML document.

    A leg whose altitude is known is drawn at that altitude; otherwise at its height above
    ground. Elements stand in the order that the schema asks for.
    """
    root = ET.Element("kml", xmlns=_NAMESPACE)
    doc = ET.SubElement(root, "Document")
    _say(doc, "name", plan_title(plan))
    _say(doc, "description", _about(plan))
    for name, line, fill in _STYLES:
        style = ET.SubElement(doc, "Style", id=name)
        _say(ET.SubElement(style, "LineStyle"), "color", line)
        if fill is not None:
            _say(ET.SubElement(style, "PolyStyle"), "color", fill)
    at = {fix.id: fix for fix in plan.fixes}
    legs = _folder(doc, "Legs")
    for i, leg in enumerate(plan.legs, start=1):
        _leg(legs, leg, i, at, plan.marks)
    fixes = _folder(doc, "Fixes")
    for fix in plan.fixes:
        _fix(fixes, fix, plan.marks)
    if plan.hazardous_airspace:
        hazards = _folder(doc, "Hazardous airspace")
        for area in plan.hazardous_airspace:
            _hazard(hazards, area, plan.marks)
    return document(root)


def _about(plan: MissionPlan) -> str:
    lines = [
        f"Treaty: {plan.treaty}. Aircraft: {plan.aircraft} of {plan.aircraft_designated_by}.",
        f"{plan.flight_distance_km:.0f} km over {plan.observed}, "
        f"from {plan.start.code} {plan.start.name} to {plan.end.code} {plan.end.name}.",
    ]
    return "\n".join([*plan.marks, *lines])


def _folder(parent: ET.Element, name: str) -> ET.Element:
    folder = ET.SubElement(parent, "Folder")
    _say(folder, "name", name)
    return folder


def _placemark(parent: ET.Element, name: str, description: str, marks: Iterable[str]) -> ET.Element:
    mark = ET.SubElement(parent, "Placemark")
    _say(mark, "name", name)
    _say(mark, "description", "\n".join([*marks, description]))
    return mark


def _leg(
    parent: ET.Element, leg: Leg, number: int, at: dict[str, Fix], marks: Iterable[str]
) -> None:
    height = f"{leg.distance_km:.1f} km, at least {leg.height_agl_m:.0f} m above ground"
    place = _placemark(parent, f"Leg {number}: {leg.start} to {leg.end}", height, marks)
    if leg.departs is not None and leg.arrives is not None and leg.departs <= leg.arrives:
        span = ET.SubElement(place, "TimeSpan")
        _say(span, "begin", write_time(leg.departs))
        _say(span, "end", write_time(leg.arrives))
    _say(place, "styleUrl", "#leg")
    lines = leg_lines(at[leg.start].position, at[leg.end].position)
    holder = place if len(lines) == 1 else ET.SubElement(place, "MultiGeometry")
    z = leg.height_agl_m if leg.altitude_m is None else leg.altitude_m
    for line in lines:
        drawn = ET.SubElement(holder, "LineString")
        _say(drawn, "altitudeMode", "relativeToGround" if leg.altitude_m is None else "absolute")
        _say(drawn, "coordinates", _coordinates(line, z))


def _fix(parent: ET.Element, fix: Fix, marks: Iterable[str]) -> None:
    place = _placemark(parent, fix.id, fix.position.human(), marks)
    _say(ET.SubElement(place, "Point"), "coordinates", _coordinates([fix.position.xy], None))


def _hazard(parent: ET.Element, area: HazardousAirspace, marks: Iterable[str]) -> None:
    place = _placemark(parent, area.id, f"{area.kind}, {area.handling}", marks)
    _say(place, "styleUrl", "#hazard")
    parts = cut_at_antimeridian(area.ring)
    holder = place if len(parts) == 1 else ET.SubElement(place, "MultiGeometry")
    for part in parts:
        polygon = ET.SubElement(holder, "Polygon")
        ring = ET.SubElement(ET.SubElement(polygon, "outerBoundaryIs"), "LinearRing")
        _say(ring, "coordinates", _coordinates([(x, y) for x, y in part.exterior.coords], None))


def _coordinates(points: Iterable[XY], z: float | None) -> str:
    tail = "" if z is None else f",{z:.1f}"
    return " ".join(f"{x:.7f},{y:.7f}{tail}" for x, y in points)


def _say(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text_of(text)
