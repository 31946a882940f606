"""The places of a scan's lines from CSV, brought onto the map.

    lat,lon,altitude_m,heading_deg,pitch_deg,roll_deg
    55.7512,37.6184,1200.0,42.1,0.3,-1.2

One row for each line, in order: latitude and longitude in degrees, metres above the same level as
the terrain, heading from true north, nose up, right wing down.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np

from overflight.errors import DataError
from overflight.formats.strict_json import decode_utf8, read_source
from overflight.imagery.infrared.lines import ScanLines
from overflight.imagery.rectify.footprint import utm_zone

COLUMNS = ("lat", "lon", "altitude_m", "heading_deg", "pitch_deg", "roll_deg")
_MOST = 500_000
_LARGEST = (90.0, 360.0, 30_000.0, 360.0, 45.0, 60.0)


def read_places(
    source: str | Path, *, left_deg: float, ifov_mrad: float, samples: int
) -> tuple[ScanLines, str]:
    """The lines of a scan on the map of their UTM zone, and the zone. Raises DataError, with the
    line."""
    data, label = read_source(source)
    rows = list(csv.reader(io.StringIO(decode_utf8(data, label), newline="")))
    if not rows or tuple(c.strip().casefold() for c in rows[0]) != COLUMNS:
        raise DataError("the columns are others", file=label, line=1,
                        remedy=f"Begin with {','.join(COLUMNS)}.")  # fmt: skip
    values = []
    for number, row in enumerate(rows[1 : _MOST + 1], start=2):
        if any(cell.strip() for cell in row):
            values.append(_row(row, label, number))
    if len(values) < 2 or len(rows) > _MOST:
        raise DataError(f"{len(values)} lines", file=label, remedy="Give a place for each line.")
    table = np.array(values)
    return on_map(table, left_deg, ifov_mrad, samples)


def on_map(
    table: np.ndarray, left_deg: float, ifov_mrad: float, samples: int
) -> tuple[ScanLines, str]:
    """Rows as in the file, (lines, 6), as lines on the map of the UTM zone in their middle."""
    import pyproj

    lat, lon = table[:, 0], table[:, 1]
    zone = utm_zone(float(np.median(lat)), float(np.median(lon)))
    x, y = pyproj.Transformer.from_crs("EPSG:4326", zone, always_xy=True).transform(lon, lat)
    found = pyproj.Proj(zone).get_factors(float(np.median(lon)), float(np.median(lat)))
    heading = np.radians(table[:, 3] - found.meridian_convergence)
    pitch, roll = np.radians(table[:, 4]), np.radians(table[:, 5])
    step = ifov_mrad * 1e-3
    lines = ScanLines(
        np.asarray(x), np.asarray(y), table[:, 2], heading, pitch, roll,
        math.radians(left_deg) + step / 2.0, step, samples, float(found.meridional_scale),
    )  # fmt: skip
    return lines, zone


def _row(row: list[str], label: str, number: int) -> list[float]:
    try:
        values = [float(cell) for cell in row]
    except ValueError:
        values = []
    if len(values) != len(COLUMNS) or not all(
        math.isfinite(v) and abs(v) <= most for v, most in zip(values, _LARGEST, strict=True)
    ):
        raise DataError("this is no place of a line", file=label, line=number,
                        remedy=f"Give {','.join(COLUMNS)}, numbers with a point.")  # fmt: skip
    return values
