"""Which direct legs between many points a plan must not use: asked all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.geo.buffers import bands_around
from overflight.geo.frames import Frame
from overflight.geo.legs import trace
from overflight.geo.local import Floats
from overflight.geo.positions import Position
from overflight.geo.screens import Screen, wide_plane
from overflight.geo.straight import StraightPlane
from overflight.units import Kilometres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Matrix = np.ndarray[tuple[int, int], np.dtype[np.bool_]]

_COARSE_DEG, _COARSE_KM = 0.05, 10.0
"""The ground is drawn so coarsely, and widened by so much, where only its hull is asked for."""
_TOUCH_KM = 1e-3
_SIMPLIFY_KM = 0.3
"""Outlines are straightened by up to this much before the test, and widened by as much."""


@dataclass(frozen=True)
class Forbidden:
    """Land that legs must keep away from, in one frame.

    ``keep_off`` with a margin (km), ``keep_out`` with a small one of its own.
    """

    keep_off: Sequence[BaseGeometry]
    margin_km: Kilometres
    keep_out: Sequence[BaseGeometry]
    keep_out_margin_km: Kilometres
    frame: Frame


def blocked_pairs(points: Sequence[Position], land: Forbidden) -> Matrix:
    """True where the geodesic leg between two points comes too near; symmetric, shape (n, n).

    The diagonal says whether the point itself is too near. On the safe side: never False for a leg
    that breaks a margin; True for one that keeps it by less than 1 km (2 km beyond 3,000 km from
    the middle of the points).
    """
    if not points:
        return np.zeros((0, 0), dtype=bool)
    screen = screen_for(points, land)
    return _one_by_one(points, land) if screen is None else screen.blocked(points)


def screen_for(
    points: Sequence[Position],
    land: Forbidden,
    beyond_km: Kilometres = 0.0,
    ground: BaseGeometry | None = None,
) -> Screen | None:
    """All that is forbidden to legs between the points.

    With ``ground`` (in the land's frame) also to legs between places on it that lie at most
    ``beyond_km`` farther off than the points. None when they lie too far apart for one map.
    """
    import shapely

    plane = wide_plane(points, beyond_km)
    if plane is None:
        return None
    xy = plane.project(np.array([p.lon for p in points]), np.array([p.lat for p in points]))
    if ground is not None:
        drawn = plane.project_geometry(shapely.simplify(ground, _COARSE_DEG), land.frame)
        wide = shapely.buffer(drawn, _COARSE_KM)
        xy = np.vstack([xy, shapely.get_coordinates(shapely.convex_hull(wide))])
    within = shapely.buffer(shapely.convex_hull(shapely.MultiPoint(xy)), _TOUCH_KM)
    return Screen(plane, _zone(land, plane, xy), within)


def _zone(land: Forbidden, plane: StraightPlane, xy: Floats) -> BaseGeometry:
    """All that is forbidden between points of a map on which legs are straight."""
    import shapely

    parts: list[Any] = []
    for geometries, margin in (
        (land.keep_off, land.margin_km),
        (land.keep_out, land.keep_out_margin_km),
    ):
        near = plane.around(xy, land.frame, margin + 10.0)
        for geometry in geometries:
            reached = geometry.intersection(near)
            if reached.is_empty:
                continue
            outline = shapely.boundary(geometry).intersection(near)
            bands = bands_around(outline, margin + plane.error_km, simplify_km=_SIMPLIFY_KM)
            wide = shapely.union_all([reached, *bands])
            parts.append(plane.project_geometry(wide, land.frame))
    return shapely.union_all(parts) if parts else shapely.MultiPolygon()


def _one_by_one(points: Sequence[Position], land: Forbidden) -> Matrix:
    """The same for points too far apart for one map: each leg drawn with chords, which is slow."""
    import shapely

    n = len(points)
    pieces: list[Any] = []
    for geometries, margin in (
        (land.keep_off, land.margin_km),
        (land.keep_out, land.keep_out_margin_km),
    ):
        for geometry in geometries:
            pieces.extend(shapely.get_parts(geometry))
            if margin > 0.0:
                pieces.extend(bands_around(geometry, margin, simplify_km=_SIMPLIFY_KM))
    tree = shapely.STRtree(pieces)
    blocked = np.zeros((n, n), dtype=bool)
    for i in range(n):
        legs = [land.frame.lines(*trace(points[i], other)[:2]) for other in points[i:]]
        hit = np.unique(tree.query(legs, predicate="intersects")[0]) + i
        blocked[i, hit] = blocked[hit, i] = True
    return blocked
