"""Write the border layers as a GeoPackage (OGC 12-128r17), version 1.3, with sqlite3 alone."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely

_WGS84_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)

_SCHEMA = """
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE,
  max_x DOUBLE, max_y DOUBLE, srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL PRIMARY KEY REFERENCES gpkg_contents(table_name),
  column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys(srs_id), z TINYINT NOT NULL,
  m TINYINT NOT NULL);
"""

_LAYERS = {
    "units": ("adm0_a3", "name", "sovereign", "note"),
    "disputed": ("brk_a3", "name", "admin", "note"),
    "waters": ("adm0_a3", "brk_a3"),
}
_DESCRIPTION = {
    "units": "Natural Earth 5.1.2, ne_10m_admin_0_countries, thinned",
    "disputed": "Natural Earth 5.1.2, ne_10m_admin_0_disputed_areas, thinned",
    "waters": "Derived: sea within 12 nautical miles, by nearest coast, with a strip of coast",
}
_LAST_CHANGE = "2022-05-13T00:00:00.000Z"  # the release of Natural Earth 5.1.2; no clock here


def write(
    path: Path,
    units: list[tuple[Any, ...]],
    disputed: list[tuple[Any, ...]],
    waters: Mapping[tuple[str, str], Any],
) -> None:
    """Write the three layers; rows end with their geometry, a MultiPolygon."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    base = sqlite3.connect(path)
    base.executescript(_SCHEMA)
    base.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
        [
            ("Undefined cartesian", -1, "NONE", -1, "undefined", ""),
            ("Undefined geographic", 0, "NONE", 0, "undefined", ""),
            ("WGS 84 geodetic", 4326, "EPSG", 4326, _WGS84_WKT, "longitude, latitude in degrees"),
        ],
    )
    rows = {
        "units": units,
        "disputed": disputed,
        "waters": [(*key, waters[key]) for key in sorted(waters)],
    }
    for layer, columns in _LAYERS.items():
        _write_layer(base, layer, columns, rows[layer])
    base.commit()
    base.execute("VACUUM")
    base.close()


def _write_layer(
    base: sqlite3.Connection, layer: str, columns: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    bounds = [float(b) for b in shapely.total_bounds([row[-1] for row in rows])]
    base.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, 4326)",
        (layer, layer, _DESCRIPTION[layer], _LAST_CHANGE, *bounds),
    )
    base.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'MULTIPOLYGON', 4326, 0, 0)", (layer,)
    )
    texts = ", ".join(f"{column} TEXT NOT NULL" for column in columns)
    base.execute(
        f"CREATE TABLE {layer} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "
        f"geom MULTIPOLYGON, {texts})"
    )
    base.executemany(
        f"INSERT INTO {layer} (geom, {', '.join(columns)}) "
        f"VALUES (?, {', '.join('?' * len(columns))})",
        [(_blob(row[-1]), *row[:-1]) for row in rows],
    )


def _blob(geometry: Any) -> bytes:
    """GeoPackage binary: header with the envelope, then WKB, little endian."""
    west, south, east, north = (float(b) for b in shapely.bounds(geometry))
    header = struct.pack("<2sBBi4d", b"GP", 0, 0b00000011, 4326, west, east, south, north)
    return header + bytes(shapely.to_wkb(geometry, byte_order=1))
