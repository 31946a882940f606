"""Ground control: places that were surveyed, and where frames show them.

Three forms. OpenDroneMap's gcp_list.txt: a first line with the coordinate system (EPSG:2180, a
PROJ string, or WGS84 UTM 33N), then x y z column row image and perhaps a name. A CSV with the
header name,x,y,z,image,column,row and perhaps check and crs. A GeoJSON FeatureCollection of
points with three coordinates, whose properties have name, image, column, row and perhaps check
(longitude, latitude and metres above the ellipsoid, unless the collection has a "crs"). x is to
the east in all of them, whatever order the coordinate system itself has; pixels count from the
outer corner of the first, and ``check`` true keeps a point out of the adjustment, to test it.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.formats.strict_json import decode_utf8, load_json

_COLUMNS = ("x", "y", "z", "image", "column", "row")
_UTM = re.compile(r"^WGS84\s+UTM\s+(\d{1,2})\s*([NS])$", re.IGNORECASE)
_TRUE = ("1", "true", "yes", "check")


@dataclass(frozen=True, slots=True)
class ControlSighting:
    """One point in one frame: ``place`` x (east), y (north), z in ``crs``; ``pixel`` column, row.
    ``check``: not for the adjustment but for its test."""

    name: str
    place: tuple[float, float, float]
    crs: str
    image: str
    pixel: tuple[float, float]
    check: bool = False


def read_control(path: Path) -> tuple[ControlSighting, ...]:
    """All sightings of a file. Raises DataError, with the line, for what is none."""
    data = read_bounded(path)
    if path.suffix.lower() in (".json", ".geojson"):
        found = _of_geojson(load_json(data, str(path)), str(path))
    else:
        text = decode_utf8(data, str(path))
        lines = [
            (number, line.strip())
            for number, line in enumerate(text.splitlines(), start=1)
            if line.strip() and not line.lstrip().startswith("#")
        ]
        if not lines:
            raise _wrong("the file is empty", path, None)
        table = "," in lines[0][1] and "row" in lines[0][1].lower()
        found = _of_csv(lines, path) if table else _of_list(lines, path)
    _require_one_place_a_name(found, path)
    return tuple(found)


def control_crs(text: str) -> str:
    """The first line of a gcp_list.txt as PROJ takes it."""
    match = _UTM.match(text.strip())
    if match is None:
        return text.strip()
    zone = int(match[1])
    return f"EPSG:{(32600 if match[2].upper() == 'N' else 32700) + zone}"


def _of_list(lines: list[tuple[int, str]], path: Path) -> list[ControlSighting]:
    crs = control_crs(lines[0][1])
    if len(lines[0][1].split()) >= 6 and _numbers(lines[0][1].split()[:5]) is not None:
        raise _wrong("the first line is no coordinate system", path, lines[0][0])
    names: dict[tuple[float, ...], str] = {}
    found = []
    for number, line in lines[1:]:
        cells = line.split()
        values = _numbers(cells[:5])
        if values is None or len(cells) < 6:
            raise _wrong("x y z column row image are expected", path, number)
        own = cells[6] if len(cells) > 6 else names.setdefault(values[:3], f"{len(names) + 1}")
        found.append(ControlSighting(own, _three(values), crs, cells[5], (values[3], values[4])))
    return found


def _of_csv(lines: list[tuple[int, str]], path: Path) -> list[ControlSighting]:
    header = [cell.strip().lower() for cell in next(csv.reader([lines[0][1]]))]
    lacking = [name for name in ("name", *_COLUMNS) if name not in header]
    if lacking:
        raise _wrong(f"there is no column {lacking[0]!r}", path, lines[0][0])
    found = []
    for number, line in lines[1:]:
        cells = dict(zip(header, (c.strip() for c in next(csv.reader([line]))), strict=False))
        found.append(_of_row(cells, cells.get("crs", ""), path, number))
    return found


def _of_geojson(document: Any, label: str) -> list[ControlSighting]:
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise _wrong("this is no collection of points", label, None)
    named = document.get("crs")
    if isinstance(named, dict):
        properties = named.get("properties")
        named = properties.get("name") if isinstance(properties, dict) else None
    found = []
    for number, feature in enumerate(features, start=1):
        try:
            place, told = feature["geometry"]["coordinates"], feature["properties"]
            row = {**told, "x": place[0], "y": place[1], "z": place[2]}
        except (KeyError, TypeError, IndexError):
            raise _wrong(
                f"feature {number} is no point with three coordinates and properties", label, None
            ) from None
        found.append(_of_row(row, str(named or "EPSG:4979"), label, None))
    return found


def _of_row(
    row: Mapping[str, Any], crs: str, path: Path | str, number: int | None
) -> ControlSighting:
    values = _numbers([row.get(key) for key in ("x", "y", "z", "column", "row")])
    image, name = str(row.get("image") or ""), str(row.get("name") or "")
    if values is None or not image or not name:
        raise _wrong("a name, an image and five numbers are expected", path, number)
    check = str(row.get("check", "")).strip().lower() in _TRUE
    return ControlSighting(name, _three(values), crs, image, (values[3], values[4]), check)


def _require_one_place_a_name(found: list[ControlSighting], path: Path) -> None:
    if not found:
        raise _wrong("there is no point in it", path, None)
    places: dict[str, tuple[float, float, float]] = {}
    for one in found:
        if places.setdefault(one.name, one.place) != one.place:
            raise _wrong(f"point {one.name} has two places", path, None)


def _numbers(cells: list[Any]) -> tuple[float, ...] | None:
    try:
        values = tuple(float(cell) for cell in cells)
    except (TypeError, ValueError):
        return None
    return values if len(values) == 5 and all(math.isfinite(v) for v in values) else None


def _three(values: tuple[float, ...]) -> tuple[float, float, float]:
    return values[0], values[1], values[2]


def _wrong(message: str, path: Path | str, line: int | None) -> DataError:
    return DataError(
        message,
        file=path,
        line=line,
        remedy="Write the coordinate system and then x y z column row image, or a CSV with the "
        "header name,x,y,z,image,column,row,crs.",
    )
