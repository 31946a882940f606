"""Sites from a GeoPackage (OGC 12-128), read with sqlite3 alone: points in EPSG:4326.

The file is opened in memory, so that nothing on disk is written, locked or left behind. Only
plain tables are read, never views or triggers that the file may bring along.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.geometry import point_of
from overflight.formats.site_rows import SiteRow
from overflight.geo.positions import Position

_REPROJECT = "Reproject first: ogr2ogr -t_srs EPSG:4326 out.gpkg in.gpkg"
_ENVELOPE_DOUBLES = {0: 0, 1: 4, 2: 6, 3: 6, 4: 8}
_WKB_POINTS = {1: 2, 1001: 3, 2001: 3, 3001: 4}
_JOURNAL_BYTES = slice(18, 20)  # file format write and read version; 2 means write-ahead log


def gpkg_rows(data: bytes, label: str, *, beside: str | Path | None = None) -> Iterator[SiteRow]:
    """The rows of the first feature table that may hold points.

    ``beside`` is the file's path, looked at only for a log of changes not yet written into it.
    Raises DataError for a file that is no GeoPackage, a table in another reference system, and
    a row without a place.
    """
    log = Path(f"{beside}-wal") if beside is not None else None
    if log is not None and log.is_file() and log.stat().st_size > 0:
        raise DataError(
            "another program has the file open, with changes not yet written into it",
            file=label,
            remedy="Close the file there (for instance in QGIS) and try again.",
        )
    writable = bytearray(data)
    if writable[_JOURNAL_BYTES] == b"\x02\x02":
        writable[_JOURNAL_BYTES] = b"\x01\x01"
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.deserialize(bytes(writable))
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
            yield from _rows(connection, label)
        except (sqlite3.Error, UnicodeDecodeError, MemoryError) as error:
            raise DataError(
                f"this is not a GeoPackage that can be read: {error}",
                file=label,
                remedy="Write it again, for instance with ogr2ogr or QGIS.",
            ) from None


def _rows(connection: sqlite3.Connection, label: str) -> Iterator[SiteRow]:
    table, column = _point_table(connection, label)
    cursor = connection.execute(f"SELECT rowid, * FROM {_quoted(table)} ORDER BY rowid")
    names = [description[0] for description in cursor.description]
    for values in cursor:
        number, row = values[0], dict(zip(names[1:], values[1:], strict=True))
        place = f"table {table}, row {number}"
        fields: dict[str, Any] = {
            key.casefold(): value for key, value in row.items() if key != column
        }
        position = _position(row.get(column), label, place)
        yield SiteRow(fields=fields, position=position, place=place, fallback_id=str(number))


def _point_table(connection: sqlite3.Connection, label: str) -> tuple[str, str]:
    """Name and geometry column of the first feature table; checks its reference system."""
    try:
        tables = connection.execute(
            "SELECT g.table_name, g.column_name, g.geometry_type_name, g.srs_id,"
            " s.organization, s.organization_coordsys_id"
            " FROM gpkg_geometry_columns g"
            " JOIN gpkg_contents c ON c.table_name = g.table_name AND c.data_type = 'features'"
            " JOIN sqlite_master m ON m.name = g.table_name AND m.type = 'table'"
            " LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id ORDER BY c.rowid"
        ).fetchall()
    except sqlite3.OperationalError:
        raise DataError(
            "this SQLite file is not a GeoPackage",
            file=label,
            remedy="Give a GeoPackage with a table of points, or CSV.",
        ) from None
    if not tables:
        raise DataError(
            "the GeoPackage has no feature table",
            file=label,
            remedy="Give one with a table of points.",
        )
    wanted = ("POINT", "MULTIPOINT", "GEOMETRY", "POLYGON", "MULTIPOLYGON")
    usable = [t for t in tables if str(t[2]).upper() in wanted]
    if not usable:
        raise DataError(
            f"the table {tables[0][0]} holds {tables[0][2]}, no points",
            file=label,
            remedy="Give a table of points, or polygons around the sites.",
        )
    table, column, _kind, srs_id, organization, code = min(
        usable, key=lambda t: wanted.index(str(t[2]).upper())
    )
    wgs84 = str(organization).upper() == "EPSG" and code == 4326
    if not (wgs84 or (organization is None and srs_id == 4326)):
        named = f"{organization}:{code}" if organization else f"reference system {srs_id}"
        raise DataError(
            f"the table {table} is in {named}, not in EPSG:4326 (WGS84)",
            file=label,
            remedy=_REPROJECT,
        )
    return str(table), str(column)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _position(blob: object, label: str, place: str) -> Position:
    """The place in a GeoPackage geometry: header (OGC 12-128, 2.1.3), then WKB."""
    if blob is None:
        return point_of(None, label, place)
    try:
        return _decoded(blob, label, place)
    except (struct.error, ValueError, TypeError, IndexError, KeyError):
        raise DataError(
            "the geometry is damaged",
            file=label,
            where=place,
            remedy="Write the file again, for instance with ogr2ogr or QGIS.",
        ) from None


def _decoded(blob: object, label: str, place: str) -> Position:
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or blob[3] & 0b10_0000:
        raise ValueError("not a standard GeoPackage geometry")
    if blob[3] & 0b1_0000:
        return point_of(None, label, place)
    wkb = blob[8 + 8 * _ENVELOPE_DOUBLES[blob[3] >> 1 & 0b111] :]
    order = "<" if wkb[0] == 1 else ">"
    kind = struct.unpack_from(f"{order}I", wkb, 1)[0]
    if kind in _WKB_POINTS:
        x, y = struct.unpack_from(f"{order}2d", wkb, 5)
        return point_of({"type": "Point", "coordinates": [x, y]}, label, place)
    return _from_shape(wkb, label, place)


def _from_shape(wkb: bytes, label: str, place: str) -> Position:
    import json

    import shapely
    from shapely.errors import ShapelyError

    try:
        shape = shapely.from_wkb(wkb)
    except ShapelyError:
        raise ValueError("not WKB") from None
    return point_of(json.loads(shapely.to_geojson(shape)), label, place)
