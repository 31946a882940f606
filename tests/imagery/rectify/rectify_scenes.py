"""Frames over made ground, in a UTM zone's middle, where the grid's north is the meridian's."""

from __future__ import annotations

import numpy as np
import pyproj

from overflight.geo.earth_fixed import north_east_down, to_earth_fixed
from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.grid import MapGrid
from overflight.terms.frames import Exterior, Floats, Interior, OrientedFrame

CRS = "EPSG:32633"
EAST, NORTH = 500_000.0, 5_500_000.0


def turned(omega: float, phi: float, kappa: float) -> Floats:
    """Rotation by degrees about x, then y, then z."""
    (so, sp, sk), (co, cp, ck) = (f(np.radians([omega, phi, kappa])) for f in (np.sin, np.cos))
    return (
        np.array([[1, 0, 0], [0, co, -so], [0, so, co]])
        @ np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
        @ np.array([[ck, -sk, 0], [sk, ck, 0], [0, 0, 1]])
    )


def a_frame(
    height_m: float,
    angles: tuple[float, float, float] = (0.0, 0.0, 0.0),
    *,
    interior: Interior | None = None,
    east: float = EAST,
    north: float = NORTH,
) -> OrientedFrame:
    """Looking down from ``height_m`` above the ellipsoid, rows to the south; then turned."""
    to_world = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    lon, lat = to_world.transform(east, north)
    n, e, d = north_east_down(lat, lon)
    axes = turned(*angles) @ np.array([e, -n, d])
    inside = interior or Interior(300, 200, 1000.0, 1000.0, 150.0, 100.0)
    return OrientedFrame("made", inside, Exterior(to_earth_fixed(lat, lon, height_m), axes))


def posts_at(heights: Floats, spacing: float, east: float = EAST, north: float = NORTH) -> Terrain:
    """Posts centred on a place, rows to the south."""
    rows, columns = heights.shape
    left, top = east - columns / 2.0 * spacing, north + rows / 2.0 * spacing
    transform = (spacing, 0.0, left, 0.0, -spacing, top)
    return Terrain(heights.astype(np.float32), CRS, transform, "made")


def grid_at(columns: int, rows: int, size: float, dx: float = 0.0, dy: float = 0.0) -> MapGrid:
    left, top = EAST - columns / 2.0 * size + dx, NORTH + rows / 2.0 * size + dy
    return MapGrid(CRS, left, top, size, columns, rows)


def smooth(rows: int, columns: int, top: float = 255.0, bands: int = 1) -> Floats:
    """A picture of soft waves, (rows, columns) or (rows, columns, bands)."""
    y, x = np.mgrid[0:rows, 0:columns]
    waves = [
        0.5 + 0.25 * np.sin(x / (4.0 + b) + b) + 0.2 * np.cos(y / 5.0 + x / 13.0 - b)
        for b in range(bands)
    ]
    picture = np.stack(waves, axis=-1) * top
    return picture[..., 0] if bands == 1 else picture
