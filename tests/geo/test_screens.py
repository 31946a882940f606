"""Screens draw only what legs can reach, and all of that."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic

from overflight.geo.areas import Area
from overflight.geo.frames import Frame, frame_of_longitudes
from overflight.geo.positions import Position
from overflight.geo.screens import Screen, wide_plane

SPREADS = {
    "plains": [(50.0, 30.0), (56.0, 44.0), (47.0, 39.0), (53.0, 50.0)],
    "across 180": [(62.0, 165.0), (66.0, -171.0), (70.0, 178.0), (64.0, 179.5)],
    "round the pole": [(80.0, 0.0), (78.0, 120.0), (79.0, -120.0)],
    "on one line": [(50.0, 30.0), (52.0, 30.0), (54.0, 30.0)],
    "far": [(55.0, 37.0), (43.0, 132.0), (66.0, 172.0), (54.7, 20.5)],
}


def along(a: Position, b: Position) -> list[tuple[float, float]]:
    line = Geodesic.WGS84.InverseLine(a.lat, a.lon, b.lat, b.lon)
    at = [line.Position(s) for s in np.linspace(0.0, line.s13, 60)]
    return [(p["lon2"], p["lat2"]) for p in at]


@pytest.mark.parametrize("spread", SPREADS)
def test_around_points_lie_all_legs_between_them(spread: str) -> None:
    points = [Position(lat=y, lon=x) for y, x in SPREADS[spread]]
    plane = wide_plane(points, 300.0)
    assert plane is not None
    lon = [p.lon for p in points]
    xy = plane.project(np.array(lon), np.array([p.lat for p in points]))
    for frame in (frame_of_longitudes(lon), Frame(0.0)):
        near = Area(plane.around(xy, frame, 20.0), frame)
        for a, b in itertools.combinations(points, 2):
            assert all(near.contains(Position(lat=y, lon=x)) for x, y in along(a, b))
        if spread != "round the pole":  # there a whole cap is drawn
            assert near.area_km2 < Area(plane.cap(frame), frame).area_km2


def test_what_was_not_drawn_is_not_answered_for() -> None:
    points = [Position(lat=y, lon=x) for y, x in SPREADS["plains"]]
    plane = wide_plane(points)
    assert plane is not None
    xy = plane.project(np.array([p.lon for p in points]), np.array([p.lat for p in points]))
    hull = shapely.buffer(shapely.convex_hull(shapely.MultiPoint(xy)), 0.001)
    screen = Screen(plane, shapely.MultiPolygon(), hull)
    assert screen.covers(points) and screen.covers([Position(52.0, 40.0)])
    assert not screen.covers([*points, Position(48.0, 50.0)])  # within the radius, not the hull
    assert not screen.covers([Position(30.0, 40.0)])
    assert not screen.blocked(points).any()


def test_few_parts_or_many_the_answer_is_the_same() -> None:
    """Up to 40 parts are asked one by one, more all at once."""
    lon, lat = np.meshgrid(np.arange(31.0, 38.0), np.arange(48.0, 55.0))
    boxes = [shapely.box(x, y, x + 0.4, y + 0.4) for x, y in zip(lon.flat, lat.flat, strict=True)]
    rng = np.random.default_rng(5)
    points = [
        Position(lat=float(y), lon=float(x)) for x, y in rng.uniform((30, 47), (39, 56), (25, 2))
    ]
    plane = wide_plane(points)
    assert plane is not None

    def asked(chosen: list[shapely.Polygon]) -> np.ndarray:
        drawn = [plane.project_geometry(box, Frame(0.0)) for box in chosen]
        return Screen(plane, shapely.union_all(drawn)).blocked(points)

    assert (asked(boxes) == (asked(boxes[:20]) | asked(boxes[20:]))).all()
    assert asked(boxes).any() and not asked(boxes).all()
