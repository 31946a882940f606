"""Terrain: heights above the ellipsoid, on posts of whatever raster they came in.

The surface is by definition bilinear between the centres of the raster's pixels. Most elevation
models give heights above the geoid; a geoid model, or one number for a small area, lifts them
onto the ellipsoid, which is what collinearity needs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.errors import DataError
from overflight.terms.frames import Floats
from overflight.units import Metres

_WORLD = "EPSG:4326"
_NODES = 129
"""Geoid undulations are taken at this many places along an edge: they change by less than a
decimetre over a kilometre, and less than a millimetre off a straight line between such places."""
_MOST_POSTS = 400_000_000


@dataclass(frozen=True, eq=False)
class Terrain:
    """Heights in metres above the ellipsoid, float32 (rows, columns); nan is a hole.

    ``transform`` (a, b, c, d, e, f) takes a post's column and row, counted from the outer corner
    of the first (a post is at its half), to coordinates of ``crs``, which is horizontal.
    ``vertical`` names what the file said its heights are above, where it did and no geoid was
    added: such heights are tens of metres from those above the ellipsoid.
    """

    posts: NDArray[np.float32]
    crs: str
    transform: tuple[float, float, float, float, float, float]
    source: str = ""
    vertical: str = ""

    def __post_init__(self) -> None:
        a, b, _, d, e, _ = self.transform
        if self.posts.ndim != 2 or min(self.posts.shape) < 2 or a * e - b * d == 0.0:
            raise DataError(
                "a terrain needs two posts each way and a way to place them",
                remedy="Give a georeferenced raster of elevations.",
                file=self.source or None,
            )

    @cached_property
    def holes(self) -> int:
        """Posts without a height."""
        return int(np.count_nonzero(np.isnan(self.posts)))

    @cached_property
    def span(self) -> tuple[Metres, Metres]:
        """The lowest and the highest post. Raises DataError where there is none."""
        if self.holes == self.posts.size:
            raise DataError(
                "not one post of the terrain has a height",
                remedy="Check the raster and its nodata value.",
                file=self.source or None,
            )
        return float(np.nanmin(self.posts)), float(np.nanmax(self.posts))

    def indices(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Columns and rows, counted from the first post (so that posts are whole numbers)."""
        a, b, c, d, e, f = self.transform
        x, y = np.asarray(x, dtype=np.float64) - c, np.asarray(y, dtype=np.float64) - f
        scale = 1.0 / (a * e - b * d)
        return (e * x - b * y) * scale - 0.5, (a * y - d * x) * scale - 0.5

    def heights(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """Heights at places in the terrain's own coordinates; nan beyond it and beside holes."""
        return self.at_indices(*self.indices(x, y))

    def at_indices(self, columns: ArrayLike, rows: ArrayLike) -> Floats:
        """Heights by column and row as ``indices`` counts them."""
        column, row = np.broadcast_arrays(
            np.asarray(columns, dtype=np.float64), np.asarray(rows, dtype=np.float64)
        )
        most_row, most_column = (count - 1 for count in self.posts.shape)
        inside = (column >= 0.0) & (column <= most_column) & (row >= 0.0) & (row <= most_row)
        column, row = np.where(inside, column, 0.0), np.where(inside, row, 0.0)
        left = np.minimum(column.astype(np.int64), most_column - 1)
        above = np.minimum(row.astype(np.int64), most_row - 1)
        right, down = column - left, row - above
        at = self.posts
        upper = at[above, left] * (1.0 - right) + at[above, left + 1] * right
        lower = at[above + 1, left] * (1.0 - right) + at[above + 1, left + 1] * right
        return np.where(inside, upper * (1.0 - down) + lower * down, np.nan)

    @classmethod
    def level(cls, height_m: Metres) -> Terrain:
        """The same height everywhere."""
        posts = np.full((2, 2), height_m, dtype=np.float32)
        posts.setflags(write=False)
        return cls(posts, _WORLD, (360.0, 0.0, -360.0, 0.0, -180.0, 180.0), f"{height_m:g} m")

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        geoid: str | Path | Metres | None = None,
        around: tuple[float, float, float, float] | None = None,
        band: int = 1,
    ) -> Terrain:
        """A raster of elevations; nodata and what is not finite become holes.

        ``geoid``: a raster of undulations in longitude and latitude, or one number in metres, is
        added; None where the heights are above the ellipsoid already. ``around`` (west, south,
        east, north; degrees) reads only that part and a margin of two posts. Raises DataError for
        what cannot be read, has no coordinate system, or lies elsewhere.
        """
        posts, told, transform = _raster(Path(path), band, around)
        crs, vertical = _parted(told)
        if isinstance(geoid, (str, Path)):
            posts = posts + _undulations(posts.shape, crs, transform, Path(geoid))
        elif geoid is not None:
            if not math.isfinite(geoid):
                raise DataError(
                    "the geoid's height is not a finite number",
                    remedy="Give the undulation in metres, or a raster of undulations.",
                )
            posts = posts + np.float32(geoid)
        posts.setflags(write=False)
        return cls(posts, crs, transform, str(path), vertical if geoid is None else "")


Transform = tuple[float, float, float, float, float, float]


def _parted(told: str) -> tuple[str, str]:
    """The horizontal system, and the name of the one for gravity-related heights or ""."""
    import pyproj

    crs = pyproj.CRS.from_user_input(told)
    vertical = next((part.name for part in crs.sub_crs_list if part.is_vertical), "")
    flat = crs.sub_crs_list[0] if crs.is_compound else crs.to_2d()
    return flat.to_wkt(), vertical


def _open(path: Path) -> Any:
    import rasterio
    from rasterio.errors import RasterioError

    try:
        return rasterio.open(path)
    except (RasterioError, OSError) as error:
        raise DataError(
            f"this raster of elevations cannot be read ({error})",
            remedy="Give a GeoTIFF or another raster with a coordinate system.",
            file=path,
        ) from None


def _raster(
    path: Path, band: int, around: tuple[float, float, float, float] | None
) -> tuple[NDArray[np.float32], str, Transform]:
    from rasterio.errors import RasterioError

    with _open(path) as raster:
        if raster.crs is None:
            raise DataError(
                "the elevations have no coordinate system",
                remedy="Add one (gdal_edit.py -a_srs), or give another raster.",
                file=path,
            )
        if not 1 <= band <= raster.count:
            raise DataError(f"there is no band {band}", remedy="Name another band.", file=path)
        window = _window(raster, path, around)
        if window.width * window.height > _MOST_POSTS:
            raise DataError(
                f"{window.width} x {window.height} elevations are too many to hold",
                remedy="Cut out the part under the frames.",
                file=path,
            )
        try:
            read = raster.read(band, window=window, masked=True)
        except RasterioError as error:
            raise DataError(
                f"the elevations are damaged ({error})",
                remedy="Copy the raster again from its source.",
                file=path,
            ) from None
        posts = np.ma.filled(read.astype(np.float32), np.nan)
        posts = posts * np.float32(raster.scales[band - 1]) + np.float32(raster.offsets[band - 1])
        posts[~np.isfinite(posts)] = np.nan
        a, b, c, d, e, f = tuple(raster.transform)[:6]
        left, above = window.col_off, window.row_off
        placed = (a, b, c + a * left + b * above, d, e, f + d * left + e * above)
        return posts, raster.crs.to_wkt(), placed


def _window(raster: Any, path: Path, around: tuple[float, float, float, float] | None) -> Any:
    from rasterio.warp import transform_bounds
    from rasterio.windows import Window

    whole = Window(0, 0, raster.width, raster.height)
    if around is None:
        return whole
    west, south, east, north = transform_bounds(_WORLD, raster.crs, *around, densify_pts=51)
    a, b, c, d, e, f = tuple(raster.transform)[:6]
    x = np.array([west, west, east, east]) - c
    y = np.array([south, north, south, north]) - f
    columns, rows = (e * x - b * y) / (a * e - b * d), (a * y - d * x) / (a * e - b * d)
    left, right = max(0, math.floor(min(columns)) - 2), math.ceil(max(columns)) + 2
    above, below = max(0, math.floor(min(rows)) - 2), math.ceil(max(rows)) + 2
    right, below = min(right, raster.width), min(below, raster.height)
    if right - left < 2 or below - above < 2:
        raise DataError(
            "the elevations do not reach the place that was asked for",
            remedy="Give a raster that covers the frame's ground.",
            file=path,
        )
    return Window(left, above, right - left, below - above)


def _undulations(
    shape: tuple[int, int], crs: str, transform: Transform, path: Path
) -> NDArray[np.float32]:
    """Undulations at all posts: at some of them from the geoid's raster, linear in between."""
    import pyproj

    rows = np.linspace(0.0, shape[0] - 1.0, min(_NODES, shape[0]))
    columns = np.linspace(0.0, shape[1] - 1.0, min(_NODES, shape[1]))
    across, down = np.meshgrid(columns + 0.5, rows + 0.5)
    a, b, c, d, e, f = transform
    to_world = pyproj.Transformer.from_crs(crs, _WORLD, always_xy=True)
    lon, lat = to_world.transform(a * across + b * down + c, d * across + e * down + f)
    nodes = _geoid_at(path, np.asarray(lon), np.asarray(lat))
    along = np.stack([np.interp(np.arange(shape[1]), columns, line) for line in nodes])
    place = np.interp(np.arange(shape[0]), rows, np.arange(len(rows)))
    upper = np.minimum(place.astype(np.int64), max(0, len(rows) - 2))
    part = (place - upper)[:, None].astype(np.float32)
    along = along.astype(np.float32)
    lower = np.minimum(upper + 1, len(rows) - 1)
    return np.asarray(along[upper] * (1.0 - part) + along[lower] * part)


def geoid_heights(path: Path, lat: Floats, lon: Floats) -> Floats:
    """Heights of the geoid over the ellipsoid, metres, from a raster of undulations. DataError
    where it does not reach."""
    return _geoid_at(path, lon, lat)


def _geoid_at(path: Path, lon: Floats, lat: Floats) -> Floats:
    """Bilinear in the raster of undulations, which may count longitude from anywhere."""
    posts, crs, transform = _raster(path, 1, None)
    import pyproj

    if not pyproj.CRS.from_user_input(crs).is_geographic:
        raise DataError(
            "a geoid's raster is to be in longitude and latitude",
            remedy="Give it as it is published, in EPSG:4326.",
            file=path,
        )
    turn = 360.0 / transform[0]
    if abs(posts.shape[1] - turn) < 0.5:
        posts = np.column_stack([posts, posts[:, :1]])
    geoid = Terrain(posts, crs, transform, str(path))
    first = transform[2] + transform[0] / 2.0
    heights = geoid.heights(first + np.mod(lon - first, 360.0), lat)
    if np.isnan(heights).any():
        raise DataError(
            "the geoid's raster does not cover the elevations",
            remedy="Give a geoid model of the whole area.",
            file=path,
        )
    return heights
