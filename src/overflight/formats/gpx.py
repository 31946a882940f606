"""A mission plan as GPX 1.1: one route of the plan's fixes, in order."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from overflight.formats.geojson import plan_title
from overflight.formats.times import write_time
from overflight.formats.xml_text import document, text_of
from overflight.terms.mission_plan import Fix, MissionPlan
from overflight.units import Metres

_NAMESPACE = "http://www.topografix.com/GPX/1/1"
_SCHEMA = f"{_NAMESPACE} http://www.topografix.com/GPX/1/1/gpx.xsd"


def mission_plan_to_gpx(plan: MissionPlan) -> str:
    """The plan as a GPX document. Elements stand in the order that the schema asks for.

    A route point's elevation is the altitude of the leg that leaves it, where that is known.
    Units that fly direct between route points fly the legs of the plan.
    """
    root = ET.Element(
        "gpx",
        {
            "xmlns": _NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": _SCHEMA,
            "version": "1.1",
            "creator": "overflight",
        },
    )
    metadata = ET.SubElement(root, "metadata")
    _say(metadata, "name", plan_title(plan))
    if plan.times.commencement is not None:
        _say(metadata, "time", write_time(plan.times.commencement))
    _say(metadata, "keywords", ", ".join([plan.treaty, plan.observing, plan.observed, *plan.marks]))
    route = ET.SubElement(root, "rte")
    _say(route, "name", plan_title(plan))
    if plan.marks:
        _say(route, "desc", " ".join(plan.marks))
    altitudes = [leg.altitude_m for leg in plan.legs]
    heights = [leg.height_agl_m for leg in plan.legs]
    for i, fix in enumerate(plan.fixes):
        height = heights[i] if i < len(heights) and len(set(heights)) > 1 else None
        _point(route, fix, altitudes[i] if i < len(altitudes) else None, height)
    return document(root)


def _point(route: ET.Element, fix: Fix, altitude: Metres | None, height: Metres | None) -> None:
    """A fix. ``height`` above ground of the leg from here, where legs have different ones."""
    point = ET.SubElement(
        route, "rtept", lat=f"{fix.position.lat:.7f}", lon=f"{fix.position.lon:.7f}"
    )
    if altitude is not None:
        _say(point, "ele", f"{altitude:.1f}")
    _say(point, "name", fix.id)
    if height is not None:
        _say(point, "cmt", f"from here at least {height:.0f} m above ground")
    if fix.airfield is not None:
        _say(point, "desc", f"airfield {fix.airfield}")


def _say(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text_of(text)
