"""Which direct legs between many points a plan must not use: asked all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.geo.buffers import bands_around
from overflight.geo.frames import Frame
from overflight.geo.legs import trace
from overflight.geo.positions import Position
from overflight.geo.straight import StraightPlane, plane_for
from overflight.units import Kilometres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Matrix = np.ndarray[tuple[int, int], np.dtype[np.bool_]]

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
    import shapely

    n = len(points)
    blocked = np.zeros((n, n), dtype=bool)
    if n == 0:
        return blocked
    plane = plane_for(points)
    if plane is None:
        return _one_by_one(points, land)
    zone = _zone(land, plane)
    if zone.is_empty:
        return blocked
    shapely.prepare(zone)
    xy = plane.project(np.array([p.lon for p in points]), np.array([p.lat for p in points]))
    lost = np.asarray(shapely.intersects_xy(zone, xy[:, 0], xy[:, 1]))
    blocked |= lost[:, None] | lost[None, :]
    free = np.flatnonzero(~lost)
    if len(free) > 1:
        lines, first, second = plane.legs([points[int(i)] for i in free])
        hit = shapely.intersects(zone, lines)
        blocked[free[first], free[second]] = hit
        blocked[free[second], free[first]] = hit
    return blocked


def _zone(land: Forbidden, plane: StraightPlane) -> BaseGeometry:
    """All that is forbidden, on the map on which legs are straight."""
    import shapely

    parts: list[Any] = []
    for geometries, margin in (
        (land.keep_off, land.margin_km),
        (land.keep_out, land.keep_out_margin_km),
    ):
        near = plane.cap(land.frame, beyond_km=margin + 10.0)
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
