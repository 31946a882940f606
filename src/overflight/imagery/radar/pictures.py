"""Pictures of a radar image: a map of it by its own geometry, grey by decibels.

Each pixel of the map is placed on the terrain, seen at zero Doppler and slant range, and takes the
power there, straight between samples. What lies in shadow, or on top of something else (layover),
is not marked as such. What is simulated says so in its pixels.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.geo.earth_fixed import from_earth_fixed, to_earth_fixed
from overflight.imagery.elevation import Terrain
from overflight.imagery.radar.geometry import ground_heights, pixel_of, place_on
from overflight.imagery.rectify.grid import MapGrid
from overflight.imagery.render import mark
from overflight.terms.radar import RadarImage
from overflight.units import Metres

SPAN_DB = 50.0
_ROWS = 256
_MOST = 100_000_000


def map_grid(image: RadarImage, terrain: Terrain, size: Metres | None = None) -> MapGrid:
    """The grid around an image in its UTM zone. ``size`` None: the finer spacing on the ground."""
    from pyproj import Transformer

    rows, columns = image.pixels.shape
    r, c = np.linspace(0.0, rows - 1.0, 9), np.linspace(0.0, columns - 1.0, 9)
    edge = np.concatenate(
        [place_on(image, r, np.full(9, at), terrain) for at in (0.0, columns - 1.0)]
        + [place_on(image, np.full(9, at), c, terrain) for at in (0.0, rows - 1.0)]
    )
    lat, lon, _ = from_earth_fixed(edge[np.isfinite(edge).all(axis=1)])
    if not lat.size:
        raise ImageError(
            "the image does not meet the ground", remedy="Check its description and the terrain."
        )
    zone = int((float(lon.mean()) + 180.0) // 6.0) + 1
    crs = f"EPSG:{(32600 if lat.mean() >= 0.0 else 32700) + zone}"
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
    return MapGrid.aligned(
        crs,
        (float(x.min()), float(y.min()), float(x.max()), float(y.max())),
        size or min(image.line_m, image.range_m),
    )


def on_map(
    image: RadarImage, grid: MapGrid, terrain: Terrain
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Grey by decibels below the highest, and the mask of what was seen. Raises ImageError."""
    from pyproj import Transformer

    if grid.rows * grid.columns > _MOST:
        raise ImageError(
            f"a map of {grid.rows} x {grid.columns} pixels", remedy="Give a larger --size."
        )
    back = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    power = np.abs(image.pixels).astype(np.float32) ** 2
    top = float(power.max()) or 1.0
    grey = np.zeros(grid.shape, dtype=np.uint8)
    seen = np.zeros(grid.shape, dtype=np.uint8)
    x = grid.left + grid.size * (np.arange(grid.columns) + 0.5)
    for start in range(0, grid.rows, _ROWS):
        stop = min(start + _ROWS, grid.rows)
        y = grid.top - grid.size * (np.arange(start, stop) + 0.5)
        lon, lat = back.transform(*np.meshgrid(x, y))
        height = ground_heights(terrain, lat, lon)
        row, column = pixel_of(image, to_earth_fixed(lat, lon, np.nan_to_num(height)))
        value, inside = _between(power, row, column)
        inside &= np.isfinite(height)
        grey[start:stop] = np.where(inside, _grey(value, top), 0)
        seen[start:stop] = np.where(inside, 255, 0)
    return grey, seen


def _between(
    power: NDArray[np.float32], row: NDArray[Any], column: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    rows, columns = power.shape
    inside = (row >= 0.0) & (row <= rows - 1.0) & (column >= 0.0) & (column <= columns - 1.0)
    r, c = np.where(inside, row, 0.0), np.where(inside, column, 0.0)
    i = np.minimum(r.astype(np.int64), rows - 2)
    j = np.minimum(c.astype(np.int64), columns - 2)
    u, v = r - i, c - j
    upper = power[i, j] * (1.0 - v) + power[i, j + 1] * v
    lower = power[i + 1, j] * (1.0 - v) + power[i + 1, j + 1] * v
    return upper * (1.0 - u) + lower * u, inside


def _grey(power: NDArray[Any], top: float) -> NDArray[np.uint8]:
    """255 at the highest power, 1 at SPAN_DB below it and under."""
    db = 10.0 * np.log10(np.maximum(power / top, 10.0 ** (-SPAN_DB / 10.0)))
    grey: NDArray[np.uint8] = np.round(1.0 + 254.0 * (1.0 + db / SPAN_DB)).astype(np.uint8)
    return grey


def write_map(
    path: Path, image: RadarImage, terrain: Terrain, size: Metres | None = None
) -> MapGrid:
    """A Cloud Optimized GeoTIFF; with SIMULATED in pixels and metadata where the data are."""
    from overflight.imagery.cog.writer import write_cog

    grid = map_grid(image, terrain, size)
    if image.about.simulated and not mark.has_room(grid.rows, grid.columns):
        finer = grid.size / math.ceil(_too_small(grid))
        grid = map_grid(image, terrain, finer)
    grey, seen = on_map(image, grid, terrain)
    if image.about.simulated:
        words = mark.burn(grey)
        for word in words:
            top, bottom, left, right = word.box
            seen[top:bottom, left:right] = 255
    metadata = {
        "SENSOR": image.about.sensor,
        "GREY": f"decibels of power, 255 the highest, 1 {SPAN_DB:g} dB below it",
        "POLARISATION": image.about.polarisation,
    }
    write_cog(
        path,
        grey,
        seen,
        grid,
        metadata={k: v for k, v in metadata.items() if v},
        marks=image.about.marks,
    )
    return grid


def _too_small(grid: MapGrid) -> float:
    return max(2.0 * mark.WIDE / grid.columns, 2.0 * mark.TALL / grid.rows)
