"""The projection and the frame of a map, fitted to a route.

Everything is conformal: angles on the map are angles on the ground, and the scale bar holds in
every direction. In middle latitudes the projection is Lambert's conic with its standard
parallels a sixth of the way into the frame (Snyder, Map Projections - A Working Manual, USGS
PP 1395, 1987, chapter 15), elsewhere the oblique stereographic about the middle of the route
(chapter 21). Longitudes are handled relative to the middle, so no route is cut at 180 degrees.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.errors import PlanError
from overflight.geo.geodesic import densify
from overflight.geo.positions import Position
from overflight.units import Degrees, Kilometres, Metres

if TYPE_CHECKING:
    from pyproj import Transformer
    from shapely.geometry.base import BaseGeometry

Array = np.ndarray[Any, np.dtype[np.float64]]

SMALLEST_M = 120_000.0
"""A map is never narrower than this, so that a short hop still shows where it is."""

WIDEST_M = 12_000_000.0
"""Beyond this a conformal map says more about the projection than about the ground."""

CONIC_LATITUDES = (18.0, 68.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the map plane, metres, and the way there from longitude and latitude.

    ``lon0`` is the middle meridian; ``window`` bounds what can be seen as (west, south, east,
    north) with longitudes continuous about ``lon0`` (they may pass 180).
    """

    transformer: Transformer
    lon0: Degrees
    x0: Metres
    y0: Metres
    x1: Metres
    y1: Metres
    window: tuple[float, float, float, float]

    @property
    def width(self) -> Metres:
        return self.x1 - self.x0

    @property
    def height(self) -> Metres:
        return self.y1 - self.y0

    def xy(self, positions: Sequence[Position]) -> Array:
        """Map coordinates of positions, metres, shape (n, 2)."""
        lon = np.array([p.lon for p in positions])
        lat = np.array([p.lat for p in positions])
        return np.column_stack(self.transformer.transform(lon, lat))

    def path(self, positions: Sequence[Position], step: Kilometres = 40.0) -> Array:
        """A path of geodesic legs as a line on the map, metres, shape (n, 2)."""
        dense = [positions[0]]
        for a, b in itertools.pairwise(positions):
            dense += densify(a, b, step)[1:]
        return self.xy(dense)

    def shape(self, geometry: BaseGeometry, *, detail: Metres = 0.0) -> BaseGeometry:
        """What can be seen of a geometry in longitude and latitude, in map coordinates.

        ``detail`` is the size below which corners are dropped, metres.
        """
        import shapely
        from shapely.affinity import translate

        west, _, east, _ = self.window
        parts = []
        for turn in (-360.0, 0.0, 360.0):
            moved = translate(geometry, xoff=turn) if turn else geometry
            if moved.bounds and moved.bounds[0] <= east and moved.bounds[2] >= west:
                parts.append(shapely.make_valid(shapely.clip_by_rect(moved, *self.window)))
        # Pieces that a data set cuts at 180 degrees become one again.
        whole = shapely.union_all(parts) if parts else shapely.GeometryCollection()
        if whole.is_empty:
            return whole
        projected = shapely.transform(shapely.segmentize(whole, 0.5), self._forward)
        if detail > 0:
            projected = shapely.simplify(projected, detail)
        box = shapely.box(self.x0, self.y0, self.x1, self.y1).buffer(0.02 * self.width)
        return shapely.intersection(shapely.make_valid(projected), box)

    def _forward(self, lonlat: Array) -> Array:
        return np.column_stack(self.transformer.transform(lonlat[:, 0], lonlat[:, 1]))


def frame_around(
    positions: Iterable[Position],
    *,
    pad: float = 0.09,
    flattest: float = 0.62,
    tallest: float = 1.08,
) -> Frame:
    """A frame that shows all ``positions`` with a margin.

    ``pad`` is the margin as a share of the longer side; height over width stays between
    ``flattest`` and ``tallest``. Raises PlanError for no position at all, or for some on
    opposite sides of the Earth.
    """
    points = list(positions)
    if not points:
        raise PlanError("a map needs at least one position", remedy="Give a plan that has fixes.")
    middle = _middle(points)
    for _ in range(2):
        # The second round starts from the middle of the frame, not of the points.
        transformer = _projection(middle, [p.lat for p in points])
        bounds = _bounds(transformer, points, pad, flattest, tallest)
        lon, lat = transformer.transform(
            (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, direction="INVERSE"
        )
        middle = Position(lat=float(lat), lon=float(lon))
    return Frame(transformer, middle.lon, *bounds, _window(transformer, bounds, middle.lon))


def _middle(points: Sequence[Position]) -> Position:
    lon = np.radians([p.lon for p in points])
    lat = np.radians([p.lat for p in points])
    xyz = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    low, high = xyz.min(axis=1), xyz.max(axis=1)
    x, y, z = (low + high) / 2
    if math.sqrt(x * x + y * y + z * z) < 0.2:
        raise PlanError(
            "the route goes round half the Earth, which one map cannot show",
            remedy="Draw the plan in parts.",
        )
    return Position(
        lat=math.degrees(math.atan2(z, math.hypot(x, y))), lon=math.degrees(math.atan2(y, x))
    )


def _projection(middle: Position, latitudes: Sequence[Degrees]) -> Transformer:
    from pyproj import CRS, Transformer

    low, high = min(latitudes), max(latitudes)
    reach = max(abs(low), abs(high), abs(middle.lat))
    same_side = low * high > 0 and min(abs(low), abs(high)) > CONIC_LATITUDES[0] / 2
    if CONIC_LATITUDES[0] <= abs(middle.lat) and reach <= CONIC_LATITUDES[1] + 4 and same_side:
        first, second = low + (high - low) / 6, high - (high - low) / 6
        crs = (
            f"+proj=lcc +lat_1={first:.6f} +lat_2={second:.6f} +lat_0={middle.lat:.6f} "
            f"+lon_0={middle.lon:.6f} +ellps=WGS84 +units=m +no_defs"
        )
    else:
        crs = (
            f"+proj=stere +lat_0={middle.lat:.6f} +lon_0={middle.lon:.6f} +k=1 "
            "+ellps=WGS84 +units=m +no_defs"
        )
    geographic = CRS.from_proj4("+proj=longlat +ellps=WGS84 +no_defs")
    return Transformer.from_crs(geographic, CRS.from_proj4(crs), always_xy=True)


def _bounds(
    transformer: Transformer,
    points: Sequence[Position],
    pad: float,
    flattest: float,
    tallest: float,
) -> tuple[float, float, float, float]:
    x, y = transformer.transform([p.lon for p in points], [p.lat for p in points])
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise PlanError(
            "the positions lie too far apart for one map", remedy="Draw the plan in parts."
        )
    x0, x1, y0, y1 = min(x), max(x), min(y), max(y)
    margin = 2 * pad * max(x1 - x0, y1 - y0)
    width = max(x1 - x0 + margin, SMALLEST_M)
    height = max(y1 - y0 + margin, SMALLEST_M * flattest)
    width, height = max(width, height / tallest), max(height, width * flattest)
    if width > WIDEST_M:
        raise PlanError(
            f"the route is {width / 1000:.0f} km wide, which one map cannot show",
            remedy="Draw the plan in parts.",
        )
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    return (cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2)


def _window(
    transformer: Transformer, bounds: tuple[float, float, float, float], lon0: Degrees
) -> tuple[float, float, float, float]:
    """What the frame can show, degrees. The whole circle of longitudes where a pole is in it."""
    x0, y0, x1, y1 = bounds
    t = np.linspace(0.0, 1.0, 60)
    across, up = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
    x = np.concatenate([across, across, np.full(60, x0), np.full(60, x1)])
    y = np.concatenate([np.full(60, y0), np.full(60, y1), up, up])
    lon, lat = transformer.transform(x, y, direction="INVERSE")
    lon, lat = np.asarray(lon), np.asarray(lat)
    relative = (lon - lon0 + 180.0) % 360.0 - 180.0
    low, high = float(np.nanmin(lat)) - 0.5, float(np.nanmax(lat)) + 0.5
    for pole in (90.0, -90.0):
        px, py = transformer.transform(lon0, pole)
        if x0 <= px <= x1 and y0 <= py <= y1:
            low, high = (low, 90.0) if pole > 0 else (-90.0, high)
            return (lon0 - 180.0, low, lon0 + 180.0, high)
    west, east = float(np.nanmin(relative)) - 0.5, float(np.nanmax(relative)) + 0.5
    return (lon0 + max(west, -180.0), max(low, -90.0), lon0 + min(east, 180.0), min(high, 90.0))


def nice_step(span: float, about: int, choices: Sequence[float]) -> float:
    """The first choice that cuts ``span`` into at most ``about`` pieces; else the last."""
    return next((c for c in choices if span / c <= about), choices[-1])


def bar_length_km(width: Metres) -> float:
    """A round length for a scale bar of about a fifth of the map's width, km."""
    target = width / 1000.0 / 5.0
    power = 10.0 ** math.floor(math.log10(target))
    return next((f * power for f in (5.0, 2.0) if f * power <= target), power)
