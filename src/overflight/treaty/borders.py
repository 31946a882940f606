"""Borders as data: what the shipped GeoPackage draws, or another one of the same layout.

A GeoPackage is an SQLite file; it is read with the standard library, and its geometries (WKB behind
a small header, OGC 12-128r17, 2.1.3) with shapely. No GDAL is needed.
"""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.geo.rings import polygons_from_geojson

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "borders" / "natural_earth_10m.gpkg"

NATURAL_EARTH_ERROR_KM = 5.0
"""How far a border of the shipped data may lie from the true one, km: an assumption of ours.

Natural Earth is drawn for maps of 1 : 10,000,000 and states no accuracy. A line on such a map is
taken to be placed to 0.5 mm, the width that mapping standards traditionally allow for a plotted
point; half a millimetre at that scale is 5 km. Our thinning (0.5 km for 99 % of the line, see the
README beside the data) lies inside it.
"""

FILE_ERROR_KM = 0.1
"""The same for borders that a regime or a user draws in a GeoJSON file, unless it says so, km."""

_SQLITE = b"SQLite format 3\x00"
_REMEDY = "Give a GeoJSON file, or a GeoPackage built by tools/borders.py."


@dataclass(frozen=True)
class Drawn:
    """One row of a border layer. ``belongs_to`` is the State that Natural Earth gives it to.

    In the layer ``units`` an empty ``belongs_to`` means: no State's, or nobody's undisputed.
    """

    code: str
    name: str
    belongs_to: str
    note: str
    blob: bytes = field(repr=False)

    @cached_property
    def geometry(self) -> BaseGeometry:
        """Multipolygon in longitude and latitude, degrees, cut at 180."""
        import shapely

        return shapely.from_wkb(self.blob[_header_length(self.blob) :])

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north: read from the header, without the geometry."""
        west, east, south, north = struct.unpack("<4d", self.blob[8:40])
        return west, south, east, north


@dataclass(frozen=True)
class Borders:
    """Units, disputed areas and the sea they have. ``waters`` is keyed (unit, disputed area)."""

    units: Mapping[str, Drawn]
    disputed: Mapping[str, Drawn]
    waters: Mapping[tuple[str, str], Drawn]
    source: str
    error_km: float


@dataclass(frozen=True)
class OwnBorders:
    """Outlines that a file gives to States, code -> multipolygon; they go before all others."""

    states: Mapping[str, BaseGeometry]
    source: str
    error_km: float


def shipped_borders() -> Borders:
    """The borders that come with overflight."""
    return read_geopackage(SHIPPED)


def read_geopackage(path: Path) -> Borders:
    """A GeoPackage with the layers ``units``, ``disputed`` and, if it has it, ``waters``.

    Kept until the file changes. Raises DataError for anything else.
    """
    try:
        stamp = path.stat()
    except OSError as error:
        raise DataError(
            f"the borders cannot be read: {error.strerror}", file=path, remedy=_REMEDY
        ) from None
    return _read_geopackage(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=4)
def _read_geopackage(path: Path, _modified: int, _size: int) -> Borders:
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        units = _layer(base, "units", "adm0_a3, name, sovereign, note")
        disputed = _layer(base, "disputed", "brk_a3, name, admin, note")
        tables = {name for (name,) in base.execute("SELECT table_name FROM gpkg_contents")}
        waters = (
            {
                (unit, area): Drawn(unit, area, unit, "", blob)
                for unit, area, blob in base.execute("SELECT adm0_a3, brk_a3, geom FROM waters")
            }
            if "waters" in tables
            else {}
        )
        (about,) = base.execute(
            "SELECT description FROM gpkg_contents WHERE table_name = 'units'"
        ).fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise DataError(
            f"this is not a GeoPackage of borders: {error}", file=path, remedy=_REMEDY
        ) from None
    finally:
        base.close()
    return Borders(
        MappingProxyType(units),
        MappingProxyType(disputed),
        MappingProxyType(waters),
        str(about or path.name),
        NATURAL_EARTH_ERROR_KM,
    )


def _layer(base: sqlite3.Connection, layer: str, columns: str) -> dict[str, Drawn]:
    rows = base.execute(f"SELECT {columns}, geom FROM {layer} ORDER BY fid")
    return {row[0]: Drawn(*row) for row in rows}


def _header_length(blob: bytes) -> int:
    """Bytes before the WKB: 8, and an envelope whose kind stands in the flags."""
    return 8 + (0, 32, 48, 48, 64)[blob[3] >> 1 & 0b111]


def read_own_borders(path: Path) -> Borders | OwnBorders:
    """A user's borders: a GeoPackage as ours, or GeoJSON whose features name a ``state``.

    Of a FeatureCollection, ``error_km`` at the top says how far its lines may be from the truth.
    """
    data = read_bounded(path)
    if data.startswith(_SQLITE):
        return read_geopackage(path)
    document = _json(data, path)
    features = document.get("features") if isinstance(document, Mapping) else None
    if not isinstance(features, list) or not features:
        raise DataError(
            "these borders are not a FeatureCollection",
            file=path,
            remedy='Write {"type": "FeatureCollection", "features": [...]}, one feature a State.',
        )
    import shapely

    states: dict[str, Any] = {}
    for number, feature in enumerate(features, start=1):
        code = _code_of(feature, number, path)
        drawn = polygons_from_geojson(feature, file=path)
        states[code] = shapely.union(states[code], drawn) if code in states else drawn
    return OwnBorders(MappingProxyType(states), path.name, _error_of(document, path))


def read_outline(path: Path) -> BaseGeometry:
    """All polygons of a GeoJSON file that draws one State or one area."""
    return polygons_from_geojson(_json(read_bounded(path), path), file=path)


def _json(data: bytes, path: Path) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise DataError(
            f"this is neither a GeoPackage nor JSON: {error}",
            file=path,
            line=line,
            remedy=_REMEDY,
        ) from None


def _code_of(feature: Any, number: int, path: Path) -> str:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    code = (properties or {}).get("state") if isinstance(properties or {}, Mapping) else None
    if not isinstance(code, str) or not code:
        raise DataError(
            "the feature does not say whose territory it is",
            file=path,
            where=f"feature {number}",
            remedy='Add "state" with the State\'s code to its properties, e.g. "UKR".',
        )
    return code


def _error_of(document: Mapping[str, Any], path: Path) -> float:
    error = document.get("error_km", FILE_ERROR_KM)
    if isinstance(error, bool) or not isinstance(error, (int, float)) or not 0 <= error < 1000:
        raise DataError(
            f"error_km is {error!r}", file=path, remedy="Write a number of km, 0 or more."
        )
    return float(error)
