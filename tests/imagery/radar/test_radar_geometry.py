"""Zero Doppler and slant range both ways, swath, and a map with reflectors in their places."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from radar_scenes import SCENE, image

from overflight.errors import SensorError
from overflight.geo.earth_fixed import from_earth_fixed, to_earth_fixed
from overflight.imagery.cog.writer import read_marks
from overflight.imagery.elevation import Terrain
from overflight.imagery.radar.geometry import pixel_of, place_on, positions, seen_at, swath_of
from overflight.imagery.radar.pictures import write_map
from overflight.imagery.radar.simulate import laid_out, reflector_places
from overflight.imagery.render import mark
from overflight.terms.radar import RadarTrack

GROUND = Terrain.level(120.0)


def _slope() -> Terrain:
    """Rising 6 m a kilometre or so to the east and to the north, in degrees."""
    lat = np.linspace(50.3, 49.7, 61)[:, None]
    lon = np.linspace(9.5, 10.5, 101)[None, :]
    posts = (120.0 + 400.0 * (lon - 10.0) + 300.0 * (lat - 50.0)).astype(np.float32)
    return Terrain(posts, "EPSG:4326", (0.01, 0.0, 9.495, 0.0, -0.01, 50.305))


@settings(max_examples=25, deadline=None)
@given(row=st.floats(0.0, 120.0), column=st.floats(0.0, 110.0), slope=st.booleans())
def test_there_and_back(row: float, column: float, slope: bool) -> None:
    terrain = _slope() if slope else GROUND
    place = place_on(image(), row, column, terrain)
    lat, lon, height = from_earth_fixed(place)
    assert float(height) == pytest.approx(float(terrain.heights(lon, lat)), abs=0.02)
    back = pixel_of(image(), place)
    assert float(back[0]) == pytest.approx(row, abs=1e-6)
    assert float(back[1]) == pytest.approx(column, abs=1e-6)


def test_zero_doppler_is_at_right_angles_on_a_curved_track() -> None:
    t = np.linspace(0.0, 20.0, 41)
    middle = to_earth_fixed(50.0, 10.0, 5000.0)
    xyz = middle + np.stack([120.0 * t, 3.0 * t**2, 5.0 * np.sin(t)], axis=1)
    track = RadarTrack(t, xyz)
    for target in reflector_places(SCENE):
        time, slant = seen_at(track, target)
        place, speed = positions(track, time)
        assert float((target - place) @ speed) == pytest.approx(0.0, abs=1e-3)
        assert float(slant) == pytest.approx(float(np.linalg.norm(target - place)))


def test_a_track_is_met_at_its_places() -> None:
    t = np.linspace(0.0, 5.0, 11)
    xyz = np.stack([100.0 * t, np.sin(t), 0.1 * t**2], axis=1) + 4e6
    place, speed = positions(RadarTrack(t, xyz), t)
    assert place == pytest.approx(xyz)
    straight_on, _ = positions(RadarTrack(t, xyz), 6.0)
    assert straight_on == pytest.approx(xyz[-1] + speed[-1], abs=1e-6)


def test_the_swath_of_flat_ground() -> None:
    """Edges by plane trigonometry; the Earth's curvature changes them by less than 0.1 per cent."""
    found = swath_of(image(), GROUND)
    columns = image().pixels.shape[1]
    far = image().near_m + image().range_m * (columns - 1)
    height = found.height_m
    assert height == pytest.approx(5000.0, abs=5.0)
    assert found.near_deg == pytest.approx(
        math.degrees(math.acos(height / image().near_m)), abs=0.05
    )
    assert found.far_deg == pytest.approx(math.degrees(math.acos(height / far)), abs=0.05)
    assert found.near_km == pytest.approx(
        math.sqrt(image().near_m ** 2 - height**2) / 1e3, rel=1e-3
    )
    assert found.far_km == pytest.approx(math.sqrt(far**2 - height**2) / 1e3, rel=1e-3)


def test_a_swath_that_begins_in_the_air() -> None:
    with pytest.raises(SensorError):
        swath_of(replace(image(), near_m=3000.0), GROUND)


def test_reflectors_lie_in_their_places_on_the_map(tmp_path: Path) -> None:
    from pyproj import Transformer

    path = tmp_path / "map.tif"
    grid = write_map(path, image(), GROUND, 1.0)
    with rasterio.open(path) as source:
        pixels = source.read(1)
        assert source.crs.to_epsg() == 32632
        assert source.tags()["SENSOR"] == "SAR-TEST"
    assert read_marks(path) == ("SIMULATED",)
    first = mark.layout(*pixels.shape)[0]
    top, bottom, left, right = first.box
    written = np.where(mark.stamp(first.dot), 0, 255)
    assert (pixels[top:bottom, left:right] == written).all()
    to_map = Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True)
    hidden = 0
    for laid in laid_out(SCENE).reflectors:
        x, y = to_map.transform(laid.lon, laid.lat)
        column, row = (x - grid.left) / grid.size, (grid.top - y) / grid.size
        part = pixels[int(row) - 8 : int(row) + 9, int(column) - 8 : int(column) + 9]
        if (part == 0).any():
            hidden += 1  # the word SIMULATED stands there
            continue
        i, j = np.nonzero(part >= part.max())
        assert float(i.mean()) - 8 + 0.5 == pytest.approx(row % 1, abs=1.5)
        assert float(j.mean()) - 8 + 0.5 == pytest.approx(column % 1, abs=1.5)
    assert hidden < 3


def test_height_unknown_moves_a_place_away_from_the_track() -> None:
    """On ground taken 100 m too low a reflector lies off by h / sin(look) along its arc."""
    place = reflector_places(SCENE)[0]
    row, column = pixel_of(image(), place)
    moved = place_on(image(), row, column, Terrain.level(20.0))
    away = float(np.linalg.norm(moved - place))
    angle = math.radians(55.0)
    assert away == pytest.approx(100.0 / math.sin(angle), rel=0.03)


def test_a_map_too_coarse_to_say_it_is_made_finer(tmp_path: Path) -> None:
    grid = write_map(tmp_path / "map.tif", image(), GROUND, 20.0)
    assert grid.size < 5.0
    assert mark.has_room(grid.rows, grid.columns)
