"""A mission plan as GeoJSON, KML and GPX: structure, order of elements, the antimeridian, marks."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from shapely.geometry import shape

from overflight.formats.geojson import mission_plan_to_geojson
from overflight.formats.gpx import mission_plan_to_gpx
from overflight.formats.interop import to_geodataframe
from overflight.formats.kml import mission_plan_to_kml
from overflight.formats.lines import leg_lines
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.terms.mission_plan import Fix, HazardousAirspace, MissionPlan, PlanAirfield
from strategies import legs_along, minutes, mission_plans, sample_plan, sample_working_plan

KML = "{http://www.opengis.net/kml/2.2}"
GPX = "{http://www.topografix.com/GPX/1/1}"


def chukotka(**changes: Any) -> MissionPlan:
    """A plan from Anadyr over the antimeridian and back."""
    anadyr = PlanAirfield("UHMA", "Anadyr", Position(lat=64.735, lon=177.741))
    fixes = (
        Fix("UHMA", anadyr.position, "UHMA"),
        Fix("F01", Position(lat=minutes(66, 0), lon=minutes(-175, 0))),
        Fix("F02", Position(lat=minutes(67, 30), lon=minutes(179, 0))),
    )
    ring = tuple(
        Position(lat=lat, lon=lon) for lat, lon in ((65, 179), (66, 179), (66, -179), (65, -179))
    )
    given: dict[str, Any] = {
        "start": anadyr,
        "end": anadyr,
        "point_of_entry": None,
        "point_of_exit": None,
        "fixes": fixes,
        "legs": legs_along(fixes),
        "stops": (),
        "alternates": (),
        "hazardous_airspace": (HazardousAirspace("R1", "danger", ring),),
    }
    return sample_plan(**{**given, **changes})


def features(plan: MissionPlan, role: str) -> list[dict[str, Any]]:
    document = mission_plan_to_geojson(plan)
    return [f for f in document["features"] if f["properties"]["role"] == role]


# --- GeoJSON ----------------------------------------------------------------------------------


@settings(max_examples=20)
@given(mission_plans())
def test_geojson_is_valid_and_stays_within_the_world(plan: MissionPlan) -> None:
    document = json.loads(json.dumps(mission_plan_to_geojson(plan), allow_nan=False))
    assert document["type"] == "FeatureCollection"
    for feature in document["features"]:
        geometry = shape(feature["geometry"])
        assert not geometry.is_empty
        west, south, east, north = geometry.bounds
        assert -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def test_each_leg_fix_and_hazard_is_a_feature() -> None:
    plan = sample_plan()
    assert len(features(plan, "leg")) == len(plan.legs)
    assert len(features(plan, "fix")) == len(plan.fixes)
    assert len(features(plan, "hazard")) == 1


def test_a_leg_follows_the_geodesic() -> None:
    """Between two points of the same latitude the geodesic runs poleward of the parallel."""
    plan = sample_plan()
    a, b = plan.fixes[1].position, plan.fixes[2].position
    (line,) = leg_lines(a, b)
    pieces = sum(distance_km(Position.from_xy(*p), Position.from_xy(*q)) for p, q in pairwise(line))
    assert pieces == pytest.approx(distance_km(a, b), abs=1e-6)
    (far,) = leg_lines(Position(lat=60, lon=30), Position(lat=60, lon=50))
    assert max(y for _, y in far) > 60.3


def test_a_leg_across_the_antimeridian_is_cut_on_it() -> None:
    """RFC 7946, 3.1.9."""
    out, back = features(chukotka(), "leg")
    for leg, sides in ((out, (180.0, -180.0)), (back, (-180.0, 180.0))):
        assert leg["geometry"]["type"] == "MultiLineString"
        first, second = leg["geometry"]["coordinates"]
        assert (first[-1][0], second[0][0]) == sides
        assert first[-1][1] == second[0][1]
        for line in (first, second):
            assert all(abs(x1 - x0) < 10 for (x0, _), (x1, _) in pairwise(line))


@pytest.mark.parametrize(
    ("a", "b"), [((65, 180), (66, 179)), ((65, 179), (66, -180)), ((65, -180), (66, -179))]
)
def test_a_leg_that_ends_on_the_antimeridian(a: tuple[int, int], b: tuple[int, int]) -> None:
    lines = leg_lines(Position(*map(float, a)), Position(*map(float, b)))
    for line in lines:
        assert len(line) >= 2
        assert all(abs(x1 - x0) < 5 for (x0, _), (x1, _) in pairwise(line))


def test_a_hazard_across_the_antimeridian_is_two_polygons_counterclockwise() -> None:
    (hazard,) = features(chukotka(), "hazard")
    geometry = shape(hazard["geometry"])
    assert hazard["geometry"]["type"] == "MultiPolygon"
    assert len(geometry.geoms) == 2
    assert all(part.exterior.is_ccw for part in geometry.geoms)
    assert geometry.area == pytest.approx(2.0)  # 2 degrees by 1


def test_a_ring_given_clockwise_is_turned_round() -> None:
    area = sample_plan().hazardous_airspace[0]
    for ring in (area.ring, area.ring[::-1], (*area.ring, area.ring[0])):
        plan = sample_plan(hazardous_airspace=(HazardousAirspace("R", "danger", tuple(ring)),))
        (hazard,) = features(plan, "hazard")
        assert shape(hazard["geometry"]).exterior.is_ccw


def test_a_geodataframe_of_a_plan_and_of_sites() -> None:
    pytest.importorskip("geopandas", reason="extra: tables")
    frame = to_geodataframe(sample_plan())
    assert list(frame["role"]).count("leg") == 5 and frame.crs.to_epsg() == 4326
    assert list(to_geodataframe(sample_working_plan().sites)["id"]) == ["A1", "B2"]


# --- KML --------------------------------------------------------------------------------------

# Order of children in the KML 2.2 schema (OGC 07-147r2), as far as we write them.
GEOMETRIES = ("LineString", "Point", "Polygon", "MultiGeometry")
KML_ORDER = {
    "Document": ("name", "description", "Style", "Folder"),
    "Folder": ("name", "Placemark"),
    "Placemark": ("name", "description", "TimeSpan", "styleUrl", *GEOMETRIES),
    "LineString": ("altitudeMode", "coordinates"),
    "TimeSpan": ("begin", "end"),
}  # fmt: skip
# Order of children in the GPX 1.1 schema (gpx.xsd), as far as we write them.
GPX_ORDER = {
    "gpx": ("metadata", "rte"),
    "metadata": ("name", "time", "keywords"),
    "rte": ("name", "desc", "rtept"),
    "rtept": ("ele", "name", "cmt", "desc"),
}


def assert_in_order(root: ET.Element, namespace: str, order: dict[str, tuple[str, ...]]) -> None:
    for element in root.iter():
        expected = order.get(element.tag.removeprefix(namespace))
        if expected is not None:
            places = [expected.index(child.tag.removeprefix(namespace)) for child in element]
            assert places == sorted(places), element.tag


@settings(max_examples=20)
@given(mission_plans())
def test_kml_and_gpx_are_well_formed_and_in_order(plan: MissionPlan) -> None:
    assert_in_order(ET.fromstring(mission_plan_to_kml(plan).encode()), KML, KML_ORDER)
    assert_in_order(ET.fromstring(mission_plan_to_gpx(plan).encode()), GPX, GPX_ORDER)


def test_kml_altitude_is_above_ground_while_the_terrain_is_unknown() -> None:
    root = ET.fromstring(mission_plan_to_kml(sample_plan()))
    assert {e.text for e in root.iter(f"{KML}altitudeMode")} == {"relativeToGround"}
    plan = sample_plan()
    known = sample_plan(legs=legs_along(plan.fixes, altitude=1700.0), stops=())
    root = ET.fromstring(mission_plan_to_kml(known))
    assert {e.text for e in root.iter(f"{KML}altitudeMode")} == {"absolute"}
    first = next(root.iter(f"{KML}LineString")).findtext(f"{KML}coordinates") or ""
    assert all(point.endswith(",1700.0") for point in first.split())


def test_kml_cuts_at_the_antimeridian() -> None:
    root = ET.fromstring(mission_plan_to_kml(chukotka()))
    for line in root.iter(f"{KML}coordinates"):
        points = [float(p.split(",")[0]) for p in (line.text or "").split()]
        assert all(abs(a - b) < 180 for a, b in pairwise(points))


# --- GPX --------------------------------------------------------------------------------------


def test_gpx_has_every_fix_in_order() -> None:
    plan = sample_plan()
    root = ET.fromstring(mission_plan_to_gpx(plan))
    assert root.get("version") == "1.1"
    points = root.findall(f"{GPX}rte/{GPX}rtept")
    assert [p.findtext(f"{GPX}name") for p in points] == [fix.id for fix in plan.fixes]
    for point, fix in zip(points, plan.fixes, strict=True):
        at = Position(lat=float(point.get("lat", "")), lon=float(point.get("lon", "")))
        assert distance_km(at, fix.position) < 1e-4


# --- marks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["SIMULATED", "EXERCISE"])
def test_marks_are_in_every_form(mark: str) -> None:
    plan = sample_plan(marks=(mark,))
    assert mark in mission_plan_to_kml(plan) and mark in mission_plan_to_gpx(plan)
    document = mission_plan_to_geojson(plan)
    assert document["marks"] == [mark]
    assert all(f["properties"]["marks"] == [mark] for f in document["features"])


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    plan = sample_plan(marks=("SIMU\x00LATED\ufffe",))
    for text in (mission_plan_to_kml(plan), mission_plan_to_gpx(plan)):
        ET.fromstring(text)
        assert "SIMULATED" in text
