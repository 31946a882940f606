"""Border files: the shipped GeoPackage, the tool that builds it, and what users bring."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import re
import sqlite3
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import shapely
from test_geography_territory import DAY, at

from overflight.errors import DataError
from overflight.geo.areas import Area
from overflight.treaty.borders import SHIPPED, read_geopackage, read_own_borders, shipped_borders
from overflight.treaty.geography import geography
from overflight.treaty.loader import load_treaty

ROOT = Path(__file__).parents[2]


# --- the shipped file ---------------------------------------------------------------------------


def test_it_is_a_geopackage_that_gdal_opens() -> None:
    geopandas, pyogrio = pytest.importorskip("geopandas"), pytest.importorskip("pyogrio")
    assert {name for name, _ in pyogrio.list_layers(SHIPPED)} == {"units", "disputed", "waters"}
    for layer, rows in (("units", 258), ("disputed", 70), ("waters", 200)):
        table = geopandas.read_file(SHIPPED, layer=layer)
        assert table.crs == "EPSG:4326" and len(table) >= rows
        assert table.is_valid.all() and not table.is_empty.any()
        assert set(table.geom_type) == {"MultiPolygon"}


def test_it_says_what_a_geopackage_must_say() -> None:
    base = sqlite3.connect(f"{SHIPPED.as_uri()}?mode=ro", uri=True)
    # OGC 12-128r17, requirement 2: "GPKG", and the version 1.3.0.
    assert base.execute("PRAGMA application_id").fetchone()[0] == 0x47504B47
    assert base.execute("PRAGMA user_version").fetchone()[0] == 10300
    assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    systems = {row[0] for row in base.execute("SELECT srs_id FROM gpkg_spatial_ref_sys")}
    assert systems >= {-1, 0, 4326}
    for layer, *box in base.execute(
        "SELECT table_name, min_x, min_y, max_x, max_y FROM gpkg_contents"
    ):
        (blob,) = base.execute(f"SELECT geom FROM {layer} LIMIT 1").fetchone()
        assert blob[:3] == b"GP\x00" and blob[3] & 0b1  # version 1, little endian
        assert -180 <= box[0] < box[2] <= 180 and -90 <= box[1] < box[3] <= 90
    base.close()


def test_it_is_small_and_names_no_machine() -> None:
    data = SHIPPED.read_bytes()
    assert len(data) < 8e6
    assert not re.search(rb"(/(home|tmp|root|work)/|C:\\\\Users)", data)
    assert "public domain" in (SHIPPED.parent / "README.md").read_text(encoding="utf-8")


def test_shared_borders_are_shared_and_nothing_overlaps() -> None:
    units = [unit.geometry for unit in shipped_borders().units.values()]
    assert shapely.coverage_is_valid(units)
    xy = shapely.get_coordinates(units)
    assert np.abs(xy * 1e4 - np.round(xy * 1e4)).max() < 1e-6  # multiples of 0.0001 degree


def test_natural_earths_own_view_is_kept() -> None:
    borders = shipped_borders()
    assert borders.disputed["B89"].belongs_to == "RUS"
    assert borders.disputed["B35"].belongs_to == borders.disputed["B37"].belongs_to == "GEO"
    crimea = borders.disputed["B89"].geometry
    assert shapely.difference(crimea, borders.units["RUS"].geometry).is_empty
    assert borders.units["KAB"].belongs_to == "KAZ" and borders.units["ATA"].belongs_to == ""
    assert borders.units["GRL"].belongs_to == "DNK" and borders.units["CYN"].belongs_to == "CYP"


# --- the tool -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        spec = importlib.util.spec_from_file_location("border_tool", ROOT / "tools" / "borders.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / "tools"))
    return module


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def unit(code: str, geometry: dict[str, Any], **other: str) -> dict[str, Any]:
    row = {"ADM0_A3": code, "ADMIN": code.title(), "SOVEREIGNT": code.title()}
    row |= {"TYPE": "Sovereign country", "NOTE_BRK": ""} | other
    return {"type": "Feature", "properties": row, "geometry": geometry}


@pytest.fixture(scope="module")
def built(tool: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two islands 0.3 degree apart on the equator; the western half of the second is disputed."""
    folder = tmp_path_factory.mktemp("borders")
    countries = [
        unit("AAA", square(10, 0, 11, 1)),
        unit("BBB", square(11.3, 0, 12.3, 1)),
        unit("ZZZ", square(40, 20, 40.2, 20.2), TYPE="Indeterminate"),
    ]
    disputed = {"brk_a3": "B01", "adm0_a3": "BBB", "brk_name": "West", "note_brk": "x"}
    areas = [{"type": "Feature", "properties": disputed, "geometry": square(11.3, 0, 11.8, 1)}]
    for name, features in (("countries", countries), ("disputed", areas)):
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (folder / f"{name}.geojson").write_text(text)
    out = folder / "out.gpkg"
    files = [str(folder / f"{name}.geojson") for name in ("countries", "disputed")]
    assert tool.main([*files, str(out)]) == 0
    first = out.read_bytes()
    assert tool.main([*files, str(out)]) == 0
    assert out.read_bytes() == first  # the same input gives the same bytes
    return out


def test_the_tool_divides_the_sea_at_equal_distance(built: Path) -> None:
    borders = read_geopackage(built)
    assert set(borders.units) == {"AAA", "BBB", "ZZZ"} and borders.units["ZZZ"].belongs_to == ""
    assert set(borders.waters) == {("AAA", ""), ("BBB", ""), ("BBB", "B01"), ("ZZZ", "")}
    west = Area.of(borders.waters["AAA", ""].geometry)
    east = Area.of(borders.waters["BBB", "B01"].geometry)
    # 0.3 degree of the equator is 33.4 km: less than two belts of 22.2 km, so halved at 11.15.
    for latitude in (0.2, 0.5, 0.8):
        assert west.contains(at(latitude, 11.13)) and not east.contains(at(latitude, 11.13))
        assert east.contains(at(latitude, 11.17)) and not west.contains(at(latitude, 11.17))
    # Out to open sea: 12 nautical miles are 0.1996 degree of the equator.
    assert west.contains(at(0.5, 9.81)) and not west.contains(at(0.5, 9.78))


def test_a_map_without_the_areas_that_the_regime_moves_is_refused(built: Path) -> None:
    treaty = load_treaty("open-skies")
    # The world of this file has none of the treaty's States: that is said, not guessed.
    with pytest.raises(DataError, match="no disputed area"):
        geography(treaty.on(DAY), "RUS", borders=built)


# --- what users and regimes bring ---------------------------------------------------------------


def test_own_borders_go_before_all_others(tmp_path: Path) -> None:
    # A block of Kazakhstan and of Russia, drawn as Georgia's: both lose it.
    file = tmp_path / "mine.geojson"
    feature = {
        "type": "Feature",
        "properties": {"state": "GEO"},
        "geometry": square(50, 50, 52, 53),
    }
    file.write_text(
        json.dumps({"type": "FeatureCollection", "error_km": 0.5, "features": [feature]})
    )
    view = load_treaty("open-skies").on(DAY)
    russia = geography(view, "RUS", borders=file)
    samara_side = at(52.5, 50.5)
    assert geography(view, "RUS").in_territory(samara_side)
    assert not russia.in_territory(samara_side)
    assert russia.neighbours["GEO"].is_party
    georgia = geography(view, "GEO", borders=file)
    assert georgia.in_territory(samara_side) and not georgia.in_territory(at(41.7, 44.8))
    assert georgia.error_km == 5.0  # its neighbours are still drawn by Natural Earth
    assert "mine.geojson" in georgia.basis


def test_the_example_regime_draws_its_own_states() -> None:
    treaty = load_treaty(ROOT / "examples" / "two-neighbours")
    view = treaty.on(dt.date(2026, 1, 1))
    here = geography(view, "XBE")
    assert here.error_km == 0.1 and "own files" in here.basis
    assert {n.state for n in here.neighbours.values()} == {"XAR", "XCI"}
    assert {n.state for n in here.non_parties} == {"XCI"}
    # Its border with Arvane is the meridian 124 W, its outlying island is its own.
    assert here.in_territory(at(-48.0, -123.99)) and not here.in_territory(at(-48.0, -124.01))
    assert here.in_territory(at(-48.9, -119.2))
    ((state, km, place),) = here.over_other_states(at(-48.0, -124.5), at(-48.0, -123.5))
    assert state == "XAR" and km == pytest.approx(37.3, abs=0.2)  # half of a degree there
    assert place.lon == pytest.approx(-124.5)
    found = here.nearest_non_party_border(at(-47.2, -121.6), at(-47.2, -121.2))
    assert found is not None and found.state == "XCI" and found.name == "Cindra"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.gpkg", b"SQLite format 3\x00" + b"\x00" * 200, "not a GeoPackage"),
        ("a.geojson", b"{", "neither a GeoPackage nor JSON"),
        ("a.geojson", b"[]", "not a FeatureCollection"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "not a FeatureCollection"),
        (
            "a.geojson",
            json.dumps({"features": [{"properties": {}, "geometry": None}]}).encode(),
            "whose territory",
        ),
        (
            "a.geojson",
            json.dumps(
                {
                    "error_km": "small",
                    "features": [
                        {
                            "type": "Feature",
                            "properties": {"state": "GEO"},
                            "geometry": square(0, 0, 1, 1),
                        }
                    ],
                }
            ).encode(),
            "error_km",
        ),
    ],
)
def test_bad_border_files_are_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DataError, match=says) as caught:
        read_own_borders(file)
    assert caught.value.file == str(file) and caught.value.remedy


def test_missing_border_files_are_refused(tmp_path: Path) -> None:
    view = load_treaty("open-skies").on(DAY)
    with pytest.raises(DataError):
        geography(view, "RUS", borders=tmp_path / "none.geojson")
    with pytest.raises(DataError, match="cannot be read"):
        read_geopackage(tmp_path / "none.gpkg")
