"""Where on the ground a frame looks: rays against the terrain, outline, ground sample distance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.errors import ImageError
from overflight.geo.earth_fixed import from_earth_fixed, meets_ground
from overflight.imagery.collinear import rays
from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.grid import MapGrid
from overflight.terms.frames import Floats, OrientedFrame
from overflight.units import Metres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_MESH = 33
_STEPS = 192
_HALVINGS = 18
COARSEST = 8.0
"""Ground that is seen so many times more coarsely than the best, towards the horizon, is left out
of outline and grid."""
_MOST_PIXELS = 20_000_000_000


@dataclass(frozen=True, slots=True)
class GroundSample:
    """The ground sample distances of a frame, in metres on a level plane through the place.

    ``smallest`` is the least found in it, along columns or rows of the frame, at the pixel
    (``column``, ``row``) and the place; ``median`` and ``largest`` are over a mesh of the frame.
    """

    smallest: Metres
    median: Metres
    largest: Metres
    column: float
    row: float
    lat: float
    lon: float
    height_m: Metres


def meets_terrain(frame: OrientedFrame, terrain: Terrain, pixels: Floats) -> Floats:
    """Where rays through ``pixels`` (n, 2) first meet the surface; Earth-fixed, (n, 3).

    nan for the sky (rays that never come down to the lowest height), beyond the terrain and where
    its holes leave open what is met. Steps along a ray are a post, or a 192nd of its way between
    the highest and the lowest height where that is more: a sharper peak may be missed.
    """
    directions = rays(frame.interior, frame.exterior, pixels)
    eye = frame.exterior.eye
    low, high = terrain.span
    far = _along(eye, directions, meets_ground(eye, directions, low - 1.0))
    near = np.nan_to_num(_along(eye, directions, meets_ground(eye, directions, high + 1.0)))
    known = np.isfinite(far) & (far > near)
    found = np.full((len(directions), 3), np.nan)
    if not known.any():
        return found
    directions, near, far = directions[known], near[known], far[known]
    above = _Above(terrain, eye, directions)
    count = int(np.clip(math.ceil(float(np.max(far - near)) / _post(terrain)), 4, _STEPS))
    before, gap = near, above(near)
    start, end = np.full_like(near, np.nan), np.full_like(near, np.nan)
    for k in range(1, count + 1):
        now = near + (far - near) * (k / count)
        here = above(now)
        crossed = np.isnan(start) & (gap > 0.0) & (here <= 0.0)
        start, end = np.where(crossed, before, start), np.where(crossed, now, end)
        before, gap = now, here
    for _ in range(_HALVINGS):
        middle = (start + end) / 2.0
        over = above(middle) > 0.0
        start, end = np.where(over, middle, start), np.where(over, end, middle)
    found[known] = eye + ((start + end) / 2.0)[:, None] * directions
    return found


def ground_sample(frame: OrientedFrame, terrain: Terrain) -> GroundSample:
    """Over a mesh of 65 x 65 pixels, and then a finer one around the least of them.

    Raises ImageError where the frame sees no ground.
    """
    pixels = _mesh(frame, 65, 0.5)
    points, samples = _sampled(frame, terrain, pixels)
    least = samples.min(axis=1)
    if not np.isfinite(least).any():
        raise nothing_seen(frame, terrain)
    best = int(np.nanargmin(least))
    inside = frame.interior
    half = np.array([inside.columns, inside.rows]) / 64.0
    offsets = np.stack(np.meshgrid(*[np.linspace(-1.0, 1.0, 17)] * 2), axis=-1).reshape(-1, 2)
    near = pixels[best] + offsets * half
    near = np.clip(near, 0.5, [inside.columns - 0.5, inside.rows - 0.5])
    near_points, near_samples = _sampled(frame, terrain, near)
    pixels, points = np.vstack([pixels, near]), np.vstack([points, near_points])
    least = np.append(least, near_samples.min(axis=1))
    best = int(np.nanargmin(least))
    lat, lon, height = (float(value) for value in from_earth_fixed(points[best]))
    return GroundSample(
        float(least[best]), float(np.nanmedian(samples)), float(np.nanmax(samples)),
        float(pixels[best, 0]), float(pixels[best, 1]), lat, lon, height,
    )  # fmt: skip


def outline(frame: OrientedFrame, terrain: Terrain, *, coarsest: float = COARSEST) -> BaseGeometry:
    """The ground that the frame sees, as shapely polygons in longitude and latitude.

    From a mesh of 33 x 33 pixels with the frame's border in it; cells of which a corner sees no
    ground, or sees it ``coarsest`` times worse than the best, are left out. Longitudes are
    continuous: across 180 degrees they go on beyond. Raises ImageError where nothing is left.
    """
    import shapely

    lon, lat, _, kept = _meshed(frame, terrain, coarsest)
    at = np.stack([lon, lat], axis=-1)
    corners = [np.s_[:-1, :-1], np.s_[:-1, 1:], np.s_[1:, 1:], np.s_[1:, :-1]]
    triangles: list[Any] = []
    for one, two, three in ((0, 1, 2), (0, 2, 3)):
        chosen = [corners[k] for k in (one, two, three)]
        good = np.logical_and.reduce([kept[c] for c in chosen])
        rings = np.stack([at[c][good] for c in (*chosen, chosen[0])], axis=1)
        triangles.append(shapely.polygons(rings))
    joined = shapely.union_all(np.concatenate(triangles))
    if joined.is_empty:
        raise nothing_seen(frame, terrain)
    return joined


def suggested_grid(
    frame: OrientedFrame,
    terrain: Terrain,
    *,
    crs: str | None = None,
    size: Metres | None = None,
    coarsest: float = COARSEST,
) -> MapGrid:
    """A grid around what the frame sees: the UTM zone of its middle, pixels of the median ground
    sample (three figures), corners at multiples of it; ``crs`` and ``size`` where they are given.

    Raises ImageError where the frame sees no ground or the grid would be enormous.
    """
    import pyproj
    import shapely

    ground = outline(frame, terrain, coarsest=coarsest)
    middle = ground.centroid
    crs = crs or utm_zone(middle.y, middle.x)
    if size is None:
        _, _, samples, kept = _meshed(frame, terrain, coarsest)
        size = float(f"{np.nanmedian(samples[kept]):.3g}")
    transformer = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = transformer.transform(*shapely.get_coordinates(ground).T)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ImageError(
            f"{crs!r} has no coordinates where frame {frame.name} looks",
            remedy="Choose a coordinate system of the frame's own area, such as its UTM zone.",
        )
    bounds = (float(np.min(x)), float(np.min(y)), float(np.max(x)), float(np.max(y)))
    grid = MapGrid.aligned(crs, bounds, size)
    if grid.columns * grid.rows > _MOST_PIXELS:
        raise ImageError(
            f"frame {frame.name} would fill {grid.columns} x {grid.rows} pixels of the map",
            remedy="Give a larger pixel size; a frame with the horizon in it reaches far.",
        )
    return grid


def utm_zone(lat: float, lon: float) -> str:
    """The EPSG code of WGS84's UTM zone there, without the exceptions for Norway; the polar
    stereographic systems beyond 84 degrees north and 80 degrees south."""
    if lat > 84.0 or lat < -80.0:
        return "EPSG:32661" if lat > 0.0 else "EPSG:32761"
    zone = int((lon + 180.0) % 360.0 // 6.0) + 1
    return f"EPSG:{(32600 if lat >= 0.0 else 32700) + zone}"


def nothing_seen(frame: OrientedFrame, terrain: Terrain) -> ImageError:
    """The error for a frame that sees no ground, with the reason that was found for it."""
    directions = rays(frame.interior, frame.exterior, _mesh(frame, 9, 0.0))
    down = meets_ground(frame.exterior.eye, directions, terrain.span[0] - 1.0)
    if np.isnan(down).any(axis=1).all():
        return ImageError(
            f"frame {frame.name} looks at the sky only",
            remedy="Check its orientation: signs of the angles, their order, the mounting.",
        )
    place = " or only at its holes" if terrain.holes else ""
    return ImageError(
        f"frame {frame.name} looks beside the terrain ({terrain.source or terrain.crs}){place}",
        remedy="Check that position, orientation, elevations and grid belong together; give "
        "elevations that cover the ground below the frame.",
    )


def _meshed(
    frame: OrientedFrame, terrain: Terrain, coarsest: float
) -> tuple[Floats, Floats, Floats, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """Longitude, latitude, samples (..., 2) of the mesh's nodes, and which of them to keep."""
    points, samples = _sampled(frame, terrain, _mesh(frame, _MESH, 0.0))
    if not np.isfinite(samples).any():
        raise nothing_seen(frame, terrain)
    worst = samples.max(axis=1)
    kept = worst <= coarsest * np.nanmin(worst)
    lat, lon, _ = from_earth_fixed(points)
    middle = lon[kept][0] if kept.any() else 0.0
    lon = middle + np.mod(lon - middle + 180.0, 360.0) - 180.0
    square = (_MESH, _MESH)
    return (
        lon.reshape(square), lat.reshape(square), samples.reshape(*square, 2), kept.reshape(square)
    )  # fmt: skip


def _mesh(frame: OrientedFrame, count: int, margin: float) -> Floats:
    inside = frame.interior
    columns = np.linspace(margin, inside.columns - margin, count)
    rows = np.linspace(margin, inside.rows - margin, count)
    return np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)


def _sampled(frame: OrientedFrame, terrain: Terrain, pixels: Floats) -> tuple[Floats, Floats]:
    """Ground points (n, 3) and the lengths on a level plane of one pixel along columns and along
    rows (n, 2)."""
    points = meets_terrain(frame, terrain, pixels)
    eye = frame.exterior.eye
    lat, lon, _ = from_earth_fixed(points)
    phi, lam = np.radians(lat), np.radians(lon)
    up = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)
    drop = np.sum((points - eye) * up, axis=-1)
    lengths = []
    for step in (np.array([0.5, 0.0]), np.array([0.0, 0.5])):
        ends = []
        for sign in (-1.0, 1.0):
            way = rays(frame.interior, frame.exterior, pixels + sign * step)
            fall = np.sum(way * up, axis=-1)
            reach = np.where(fall < 0.0, drop / np.where(fall < 0.0, fall, 1.0), np.nan)
            ends.append(reach[:, None] * way)
        lengths.append(np.linalg.norm(ends[1] - ends[0], axis=-1))
    samples = np.stack(lengths, axis=-1)
    samples[~np.isfinite(samples).all(axis=1)] = np.nan
    return points, samples


class _Above:
    """Heights over the terrain at distances along rays."""

    def __init__(self, terrain: Terrain, eye: Floats, directions: Floats) -> None:
        import pyproj

        self.terrain, self.eye, self.directions = terrain, eye, directions
        self.to_terrain = pyproj.Transformer.from_crs("EPSG:4326", terrain.crs, always_xy=True)

    def __call__(self, away: Floats) -> Floats:
        lat, lon, height = from_earth_fixed(self.eye + away[:, None] * self.directions)
        return np.asarray(height - self.terrain.heights(*self.to_terrain.transform(lon, lat)))


def _along(eye: Floats, directions: Floats, points: Floats) -> Floats:
    return np.asarray(np.sum((points - eye) * directions, axis=-1))


def _post(terrain: Terrain) -> Metres:
    """About the distance of posts in metres."""
    import pyproj

    a, b, _, d, e, _ = terrain.transform
    edge = math.sqrt(abs(a * e - b * d))
    return edge * 111_000.0 if pyproj.CRS.from_user_input(terrain.crs).is_geographic else edge
