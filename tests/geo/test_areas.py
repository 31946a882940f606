"""Areas: size, containment, lengths inside, distances; GeographicLib and brute force decide."""

from __future__ import annotations

from itertools import pairwise

import authority
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.geo.areas import Area
from overflight.geo.legmatrix import lengths_inside_km
from overflight.geo.positions import Position


def box(west: float, south: float, east: float, north: float) -> Area:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Area.from_geojson({"type": "Polygon", "coordinates": [ring]})


def at(lat: float, lon: float) -> Position:
    return Position(lat=lat, lon=lon)


@pytest.mark.parametrize(
    ("west", "south", "east", "north"),
    [(10, 40, 30, 60), (170, 60, 190, 70), (-5, -30, 5, 30), (0, 70, 1, 71)],
)
def test_area_between_parallels(west: float, south: float, east: float, north: float) -> None:
    # A box in degrees is bounded by parallels; its area has a closed form.
    expected = authority.zone_km2(south, north, east - west)
    assert box(west, south, east, north).area_km2 == pytest.approx(expected, rel=1e-4)


def test_contains_counts_the_border_and_any_longitude() -> None:
    area = box(170, 60, 190, 70)  # crosses the antimeridian
    assert area.contains(at(65, 179)) and area.contains(at(65, -179)) and area.contains(at(60, 175))
    assert not area.contains(at(65, -169)) and not area.contains(at(59, 175))
    assert list(area.contains_many([175, -175, 0], [65, 65, 65])) == [True, True, False]


def test_geojson_out_is_cut_at_180_degrees() -> None:
    interface = box(170, 60, 190, 70).__geo_interface__
    assert interface["type"] == "MultiPolygon" and len(interface["coordinates"]) == 2
    lons = [x for polygon in interface["coordinates"] for ring in polygon for x, _ in ring]
    assert min(lons) == -180 and max(lons) == 180
    assert Area.from_geojson(interface).area_km2 == pytest.approx(
        box(170, 60, 190, 70).area_km2, rel=1e-9
    )


def test_ring_of_positions_goes_the_short_way_round() -> None:
    area = Area.from_ring([at(60, 170), at(60, -170), at(70, -170), at(70, 170)])
    assert area.area_km2 == pytest.approx(authority.zone_km2(60, 70, 20), rel=1e-4)


def test_length_inside_of_a_meridian_is_exact() -> None:
    # Along a meridian the ends of the stretch are known: where the box's parallels are.
    inside = authority.km(at(50, 37), at(55, 37))
    assert box(30, 50, 40, 55).length_inside_km(at(45, 37), at(60, 37)) == pytest.approx(
        inside, abs=1e-4
    )


def test_length_inside_adds_up_and_parts_are_in_order() -> None:
    islands = box(30, 50, 31, 60).union(box(33, 50, 34, 60))
    a, b = at(55, 36), at(55, 28)  # from the east: the second island comes first
    parts = islands.parts_inside(a, b)
    assert [round(entry.lon) for _, entry, _ in parts] == [34, 31]
    assert sum(km for km, _, _ in parts) == pytest.approx(islands.length_inside_km(a, b))
    gap = box(31, 50, 33, 60).length_inside_km(a, b)
    rest = box(20, 50, 30, 60).length_inside_km(a, b) + box(34, 50, 40, 60).length_inside_km(a, b)
    assert islands.length_inside_km(a, b) + gap + rest == pytest.approx(
        authority.km(a, b), abs=1e-3
    )
    assert islands.length_inside_km(at(40, 30), at(41, 30)) == 0.0


def test_a_great_circle_bulges_out_of_a_parallel() -> None:
    # The geodesic between two points on a parallel runs poleward of it.
    south_of = box(0, 40, 60, 60)
    a, b = at(60, 10), at(60, 50)
    assert not south_of.intersects_leg(at(60.001, 10), at(60.001, 50))
    assert south_of.length_inside_km(a, b) < 0.1


places = st.builds(
    Position,
    lat=st.floats(-70, 70).map(lambda v: round(v, 4)),
    lon=st.floats(-179, 179).map(lambda v: round(v, 4)),
)


@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
@given(
    places,
    st.floats(0, 359),
    st.floats(30, 400),
    st.floats(0, 359),
    st.floats(2, 60),
    st.floats(0, 359),
    st.floats(1, 150),
)
def test_distance_to_a_border_by_brute_force(
    start: Position,
    heading: float,
    length: float,
    toward: float,
    gap: float,
    edge_heading: float,
    edge_length: float,
) -> None:
    """A leg, and a thin triangle somewhere near it: its edges straight in longitude, latitude."""
    end = authority.go(start, heading, length)
    first = authority.go(authority.along(start, end, 0.4), toward, gap)
    second = authority.go(first, edge_heading, edge_length)
    third = authority.go(first, edge_heading + 40, edge_length / 2)
    lon = np.unwrap([p.lon for p in (first, second, third)], period=360)
    corners = [(float(x), p.lat) for x, p in zip(lon, (first, second, third), strict=True)]
    ring = [*corners, corners[0]]
    area = Area.from_geojson({"type": "Polygon", "coordinates": [ring]})
    found = area.distance_km(start, end)
    assert found is not None
    truth = min(authority.least_km(start, end, p, q) for p, q in pairwise(ring))
    if area.intersects_leg(start, end):
        assert found.km == 0.0 and truth < 0.02
        return
    assert found.km == pytest.approx(truth, abs=0.02, rel=3e-4)
    # The two places it names are that far apart, and lie where it says.
    assert authority.km(found.on_path, found.on_border) == pytest.approx(found.km, abs=1e-6)
    off_leg = authority.km(start, found.on_path) + authority.km(found.on_path, end)
    assert off_leg == pytest.approx(authority.km(start, end), abs=0.01)
    assert area.distance_km(end, start).km == pytest.approx(found.km, abs=1e-3)  # type: ignore[union-attr]


def test_distance_across_the_antimeridian_and_along_a_parallel() -> None:
    # 0.1 degree of a meridian, exactly: the border is the parallel 66, the leg short and above it.
    area = box(175, 60, 195, 66)
    a, b = at(66.1, 179.9), at(66.1, -179.9)
    found = area.distance_km(a, b)
    assert found is not None
    assert found.km == pytest.approx(authority.km(at(66, 180), at(66.1, 180)), abs=0.002)
    assert area.distance_km(at(80, 0), at(81, 0), within_km=100) is None
    assert area.distance_km(at(65, 178), at(65, 179)).km == 0.0  # type: ignore[union-attr]


def test_distance_over_the_pole() -> None:
    far_side = box(100, 70, 140, 85)
    found = far_side.distance_km(at(84, -60), at(85, -60))  # the pole lies between
    assert found is not None
    # Its corners are nearer than the middle of its northern edge, at the same latitude.
    assert found.km == pytest.approx(authority.km(at(85, -60), at(85, 100)), rel=0.002)
    assert authority.km(found.on_path, at(85, -60)) < 1


@pytest.mark.parametrize(("lat", "lon"), [(0, 0), (55, 37), (70, 180), (-50, -124)])
@pytest.mark.parametrize("km", [1.0, 10.0, 22.224])
def test_buffer_is_as_wide_as_it_says(lat: float, lon: float, km: float) -> None:
    area = box(lon - 0.5, lat - 0.3, lon + 0.5, lat + 0.3)
    wide = area.buffered(km)
    corner = at(lat + 0.3, (lon + 0.5 + 180) % 360 - 180)
    for azimuth in (0, 20, 45, 70, 89):
        assert wide.contains(authority.go(corner, azimuth, km * 0.9999))
        assert not wide.contains(authority.go(corner, azimuth, km * 1.004))
    simple = area.buffered(km, simplify_km=0.3)
    for azimuth in (0, 45, 89):
        assert simple.contains(authority.go(corner, azimuth, km * 0.9999))
        assert not simple.contains(authority.go(corner, azimuth, (km + 0.6) * 1.004))


def test_union_difference_and_emptiness() -> None:
    left, right = box(0, 0, 2, 1), box(1, 0, 3, 1)
    assert left.union(right).area_km2 == pytest.approx(authority.zone_km2(0, 1, 3), rel=1e-4)
    assert left.difference(right).area_km2 == pytest.approx(authority.zone_km2(0, 1, 1), rel=1e-4)
    assert left.intersection(right).area_km2 == pytest.approx(authority.zone_km2(0, 1, 1), rel=1e-4)
    nothing = left.difference(left)
    assert nothing.is_empty and nothing.area_km2 == 0
    assert nothing.distance_km(at(0, 0), at(1, 1)) is None


def test_lengths_of_all_legs_are_those_of_each() -> None:
    area = box(20, 45, 40, 55).union(box(45, 50, 60, 62)).difference(box(28, 48, 32, 52))
    rng = np.random.default_rng(4)
    points = [at(float(rng.uniform(43, 64)), float(rng.uniform(15, 65))) for _ in range(25)]
    matrix = lengths_inside_km(points, area)
    for i in range(25):
        for j in range(25):
            expected = area.length_inside_km(points[i], points[j]) if i != j else 0.0
            assert matrix[i, j] == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({}, "type is None"),
        ([], "not a GeoJSON object"),
        ({"type": "Point", "coordinates": [1, 2]}, "not Polygon"),
        ({"type": "Polygon"}, "list is missing"),
        ({"type": "Polygon", "coordinates": []}, "without rings"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}, "not closed"),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]},
            "self-intersection near longitude 1, latitude 1",
        ),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, float("nan")], [0, 0]]]},
            "not a finite number",
        ),
        (
            {"type": "Polygon", "coordinates": [[[55, 137], [56, 137], [56, 138], [55, 137]]]},
            "swapped",
        ),
        ({"type": "FeatureCollection", "features": []}, "no polygon"),
        ({"type": "Feature", "geometry": None}, "not a GeoJSON object"),
    ],
)
def test_bad_polygons_are_refused_with_a_remedy(document: dict[str, object], says: str) -> None:
    with pytest.raises(DataError, match=says) as caught:
        Area.from_geojson(document)
    assert caught.value.remedy
