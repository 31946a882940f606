"""Lists of sites: the same places from CSV, GeoJSON and GeoPackage, and words for what is wrong."""

from __future__ import annotations

import datetime as dt
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.formats.sites import read_sites, sites_to_csv, sites_to_geojson
from overflight.geo.positions import Position
from overflight.terms.sites import Site
from strategies import site_lists

EXPECTED = (
    Site("A", Position(lat=55.5, lon=37.25), 3.0, "North yard", resolution_m=0.5,
         earliest=dt.datetime(2021, 5, 19, 7, tzinfo=dt.UTC)),
    Site("B", Position(lat=-10.0, lon=-170.5), 1.0, "Second; place"),
)  # fmt: skip

CSVS = {
    "comma": b"id,name,lat,lon,value,resolution_m,earliest\n"
    b"A,North yard,55.5,37.25,3,0.5,2021-05-19T07:00:00Z\nB,Second; place,-10,-170.5,,,\n",
    "semicolon, byte order mark, CRLF": b"\xef\xbb\xbfName;ID;Latitude;Longitude;Weight;resolution;"
    b'not_before\r\nNorth yard;A;55.5;37.25;3;0.5;2021-05-19T10:00:00+03:00\r\n"Second; place"'
    b";B;-10;-170.5;;;\r\n",
    "tab, other columns, blank lines": b"\nlng\tlat\tpriority\tcolour\tid\tname\tresolution_m"
    b"\tearliest\n\n37.25\t55.5\t3.0\tred\tA\tNorth yard\t0.5\t2021-05-19T07:00:00Z\n\n"
    b"-170.5\t-10\t\t\tB\tSecond; place\n",
}


@pytest.mark.parametrize("form", sorted(CSVS))
def test_csv_in_every_dress(form: str) -> None:
    assert read_sites(CSVS[form], "csv") == EXPECTED


def geojson(*features: dict[str, Any], **rest: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **rest}).encode()


def feature(geometry: object, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def test_geojson() -> None:
    data = geojson(
        feature(point(37.25, 55.5), id="A", name="North yard", value=3, resolution_m=0.5,
                earliest="2021-05-19T07:00:00Z"),
        {**feature({"type": "Point", "coordinates": [-170.5, -10, 120]}, Name="Second; place"),
         "id": "B"},
    )  # fmt: skip
    assert read_sites(data) == EXPECTED


def test_a_polygon_stands_for_its_centre() -> None:
    ring = [[30, 50], [32, 50], [32, 52], [30, 52], [30, 50]]
    (site,) = read_sites(geojson(feature({"type": "Polygon", "coordinates": [ring]})))
    assert site.position.lat == pytest.approx(51) and site.position.lon == pytest.approx(31)


def test_a_polygon_across_the_antimeridian_keeps_its_centre_there() -> None:
    ring = [[179, 65], [-179, 65], [-179, 67], [179, 67], [179, 65]]
    (site,) = read_sites(geojson(feature({"type": "Polygon", "coordinates": [ring]})))
    assert abs(site.position.lon) == pytest.approx(180)


def test_ids_are_given_where_there_are_none() -> None:
    sites = read_sites(b"lat,lon\n1,2\n3,4\n", "csv")
    assert [site.id for site in sites] == ["S0001", "S0002"]
    assert [site.value for site in sites] == [1.0, 1.0]


def test_the_form_is_told_from_content_before_the_name(tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_bytes(geojson(feature(point(37.25, 55.5), id="A")))
    assert read_sites(path)[0].position == Position(lat=55.5, lon=37.25)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b"lat,lon\n1,2\n")

    monkeypatch.setattr("sys.stdin", Stdin)
    assert read_sites("-")[0].position == Position(lat=1, lon=2)


@given(site_lists)
def test_csv_is_read_back_as_it_was_written(sites: list[Site]) -> None:
    assert read_sites(sites_to_csv(sites).encode(), "csv") == tuple(sites)


@given(site_lists)
def test_geojson_is_read_back_as_it_was_written(sites: list[Site]) -> None:
    document = sites_to_geojson(sites)
    validate(document, "sites")
    assert read_sites(json.dumps(document).encode(), "geojson") == tuple(sites)


# --- GeoPackage, written by an independent program (GDAL) --------------------------------------


def gpkg(tmp_path: Path, rows: dict[str, Any], geometry: list[Any], crs: str, **how: Any) -> Path:
    geopandas = pytest.importorskip("geopandas", reason="writes the GeoPackage to be read")
    path = tmp_path / "sites.gpkg"
    geopandas.GeoDataFrame(rows, geometry=geometry, crs=crs).to_file(path, driver="GPKG", **how)
    return path


def test_geopackage(tmp_path: Path) -> None:
    from shapely import Point

    rows = {
        "id": ["A", "B"],
        "name": ["North yard", "Second; place"],
        "value": [3.0, None],
        "resolution_m": [0.5, None],
        "earliest": ["2021-05-19T07:00:00Z", None],
    }
    places = [Point(37.25, 55.5), Point(-170.5, -10.0, 120.0)]
    assert read_sites(gpkg(tmp_path, rows, places, "EPSG:4326")) == EXPECTED


def test_geopackage_of_polygons_gives_their_centres_and_row_numbers_as_ids(tmp_path: Path) -> None:
    from shapely import box

    path = gpkg(tmp_path, {"a": [1]}, [box(30, 50, 32, 52)], "EPSG:4326")
    (site,) = read_sites(path)
    assert (site.id, site.position) == ("1", Position(lat=51, lon=31))


def test_geopackage_in_another_reference_system_says_how_to_reproject(tmp_path: Path) -> None:
    from shapely import Point

    path = gpkg(tmp_path, {"id": ["A"]}, [Point(4_000_000, 7_000_000)], "EPSG:3857")
    with pytest.raises(DataError, match="EPSG:3857") as caught:
        read_sites(path)
    assert "EPSG:4326" in caught.value.remedy


def test_geopackage_of_lines_and_empty_geometry(tmp_path: Path) -> None:
    from shapely import LineString, Point

    with pytest.raises(DataError, match="LINESTRING"):
        read_sites(gpkg(tmp_path, {"a": [1]}, [LineString([(0, 0), (1, 1)])], "EPSG:4326"))
    (tmp_path / "sites.gpkg").unlink()
    with pytest.raises(DataError, match="no geometry"):
        read_sites(gpkg(tmp_path, {"a": [1, 2]}, [Point(1, 1), None], "EPSG:4326"))


def test_geopackage_left_in_write_ahead_mode_is_read(tmp_path: Path) -> None:
    """QGIS leaves them so: the header says that a log is used."""
    from shapely import Point

    path = gpkg(tmp_path, {"id": ["A"]}, [Point(37.25, 55.5)], "EPSG:4326")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    assert path.read_bytes()[18:20] == b"\x02\x02"
    assert read_sites(path)[0].id == "A"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["sites.gpkg"]


def test_a_geopackage_open_elsewhere_is_refused(tmp_path: Path) -> None:
    from shapely import Point

    path = gpkg(tmp_path, {"id": ["A"]}, [Point(37.25, 55.5)], "EPSG:4326")
    Path(f"{path}-wal").write_bytes(b"changes")
    with pytest.raises(DataError, match="another program"):
        read_sites(path)


def test_damaged_and_foreign_sqlite_files(tmp_path: Path) -> None:
    plain = tmp_path / "plain.gpkg"
    connection = sqlite3.connect(plain)
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    connection.close()
    with pytest.raises(DataError, match="not a GeoPackage"):
        read_sites(plain)
    data = plain.read_bytes()
    for broken in (data[:100], data[:1500], data[:16] + b"\xff" * 4000):
        with pytest.raises(DataError):
            read_sites(broken)


def test_a_damaged_geometry_names_its_row(tmp_path: Path) -> None:
    from shapely import Point

    path = gpkg(tmp_path, {"id": ["A"]}, [Point(37.25, 55.5)], "EPSG:4326")
    connection = sqlite3.connect(path)
    table = connection.execute("SELECT table_name FROM gpkg_contents").fetchone()[0]
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall()
    for (name,) in triggers:  # they call functions that only GDAL has
        connection.execute(f'DROP TRIGGER "{name}"')
    for blob in (
        b"GP\x00\x01",
        b"XX",
        b"GP\x00\x01\xe6\x10\x00\x00\x01\x01\x00\x00\x00\x00",
        "text",
    ):
        connection.execute(f'UPDATE "{table}" SET geom = ?', (blob,))
        connection.commit()
        with pytest.raises(DataError, match="damaged") as caught:
            read_sites(path)
        assert "row 1" in (caught.value.where or "")
    connection.close()


# --- what is wrong ------------------------------------------------------------------------------

BAD_CSV = {
    "no latitude column": (b"id,lon\nA,3\n", 1, "latitude"),
    "no rows": (b"id,lat,lon\n", None, "no site"),
    "empty": (b"", None, "empty"),
    "value of zero": (b"lat,lon,value\n1,2,3\n1,2,0\n", 3, "value is 0"),
    "negative value": (b"lat,lon,value\n1,2,-4\n", 2, "value is -4"),
    "value not finite": (b"lat,lon,value\n1,2,1e999\n", 2, "finite"),
    "value nan": (b"lat,lon,value\n1,2,nan\n", 2, "not a number"),
    "value with a unit": (b"lat,lon,value\n1,2,3 pts\n", 2, "not a number"),
    "missing longitude": (b"lat,lon\n1,\n", 2, "longitude is missing"),
    "short row": (b"id,lat,lon\nA,1\n", 2, "longitude is missing"),
    "decimal comma": (b"lat;lon\n55,5;37,25\n", 2, "decimal comma"),
    "decimal comma with commas": (b"lat,lon\n55,5,37,25\n", 2, "4 cells"),
    "swapped axes": (b"lat,lon\n136.5,45.0\n", 2, "swapped"),
    "out of range": (b"lat,lon\n95,100\n", 2, "latitude"),
    "id twice": (b"id,lat,lon\nA,1,2\nB,1,2\n\nA,3,4\n", 5, "line 2"),
    "column twice": (b"lat,lat,lon\n1,1,2\n", 1, "twice"),
    "naive time": (b"lat,lon,earliest\n1,2,2021-05-19T07:00\n", 2, "zone"),
    "day only": (b"lat,lon,latest\n1,2,2021-05-19\n", 2, "without a time"),
    "late before early": (
        b"lat,lon,earliest,latest\n1,2,2021-05-19T07:00Z,2021-05-19T06:00Z\n",
        2,
        "after latest",
    ),
    "resolution of zero": (b"lat,lon,resolution_m\n1,2,0\n", 2, "resolution_m is 0"),
    "not UTF-8": (b"lat,lon,name\n1,2,M\xfcnchen\n", 2, "UTF-8"),
    "open quote": (b'lat,lon,name\n1,2,"abc\n', None, "CSV"),
    "UTF-16": ("lat,lon\n1,2\n".encode("utf-16"), 1, "UTF-16"),
    "a plain sentence": (b"Dear planner, here are the sites.\n", 1, "latitude"),
}


@pytest.mark.parametrize("case", sorted(BAD_CSV))
def test_bad_csv_gets_its_line_and_a_remedy(case: str, tmp_path: Path) -> None:
    data, line, words = BAD_CSV[case]
    path = tmp_path / "sites.csv"
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        read_sites(path)
    assert words in caught.value.message
    assert caught.value.file == str(path)
    if line is not None:
        assert caught.value.line == line
    assert caught.value.remedy


BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
LINE = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}
TWINS = geojson(feature(point(1, 2), id="A"), feature(point(3, 4), id="A"))

BAD_GEOJSON = {
    "a line": (geojson(feature(LINE)), "one place"),
    "no geometry": (geojson(feature(None)), "no geometry"),
    "swapped axes": (geojson(feature(point(45.0, 136.5))), "latitude"),
    "text in coordinates": (geojson(feature({"type": "Point", "coordinates": ["1", 2]})), "coord"),
    "one coordinate": (geojson(feature({"type": "Point", "coordinates": [1]})), "coordinates"),
    "a plain geometry": (json.dumps(point(1, 2)).encode(), "'Point'"),
    "no features": (geojson(), "no site"),
    "features of the wrong kind": (b'{"type": "FeatureCollection", "features": 5}', "list"),
    "a feature of the wrong kind": (b'{"type": "FeatureCollection", "features": [5]}', "Feature"),
    "a list": (b"[1, 2]", "list"),
    "another reference system": (
        geojson(feature(point(1, 2)), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}),
        "EPSG::3857",
    ),
    "bow tie": (geojson(feature(BOW_TIE)), "crosses"),
    "id twice": (TWINS, "/features/0"),
    "value zero": (geojson(feature(point(1, 2), value=0)), "value is 0"),
    "value true": (geojson(feature(point(1, 2), value=True)), "not a number"),
    "value a list": (geojson(feature(point(1, 2), value=[1])), "not a number"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(BAD_GEOJSON))
def test_bad_geojson_gets_its_feature_and_a_remedy(case: str) -> None:
    data, words = BAD_GEOJSON[case]
    with pytest.raises(DataError) as caught:
        read_sites(data, "geojson")
    assert words in caught.value.message
    assert caught.value.remedy


def test_wgs84_named_the_old_way_is_accepted() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert read_sites(geojson(feature(point(37.25, 55.5)), crs=crs))[0].id == "S0001"


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(DataError, match="shapefile"):
        read_sites(b"", "shapefile")
