"""How much of every leg between many points lies inside an area: one call for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from overflight.geo.areas import Area
from overflight.geo.geodesic import distance_matrix_km, wgs84
from overflight.geo.local import Floats
from overflight.geo.positions import Position
from overflight.geo.straight import StraightPlane, plane_for


def lengths_inside_km(points: Sequence[Position], area: Area) -> Floats:
    """Length of the part inside ``area`` of each geodesic leg, km, shape (n, n), symmetric.

    The same as ``area.length_inside_km`` for each pair, to 50 m for points within 2,000 km of
    their middle and to 1 km within 5,000 km; points farther apart are taken one by one.
    """
    n = len(points)
    lengths = distance_matrix_km(points) if n > 1 else np.zeros((n, n))
    if n < 2:
        return lengths
    plane = plane_for(points)
    if plane is None:
        for i in range(n):
            for j in range(i + 1, n):
                lengths[i, j] = lengths[j, i] = area.length_inside_km(points[i], points[j])
        return lengths
    first, second, inside = _partial(points, area, plane)
    lengths[first, second] = inside
    lengths[second, first] = inside
    return lengths


def _partial(points: Sequence[Position], area: Area, plane: StraightPlane) -> tuple[Any, Any, Any]:
    """The legs that do not lie inside altogether: their ends, and the length inside, km."""
    import shapely

    ground = plane.project_geometry(area.geometry, area.frame)
    lines, first, second = plane.legs(points)
    shapely.prepare(ground)
    partial = np.flatnonzero(~shapely.contains_properly(ground, lines))
    first, second, lines = first[partial], second[partial], lines[partial]
    leg, xy = _crossed(lines, ground)
    km = np.zeros(len(lines))
    starts = np.array([p.lon for p in points]), np.array([p.lat for p in points])
    lon, lat = plane.unproject(xy) if len(xy) else (np.zeros(0), np.zeros(0))
    along = _from_start(starts, first[leg], lon, lat)
    whole = _from_start(starts, first, starts[0][second], starts[1][second])
    # A leg is cut at its crossings with the outline; each cut piece is inside or not as its
    # middle is.
    legs = np.concatenate([np.arange(len(lines)), leg, np.arange(len(lines))])
    marks = np.concatenate([np.zeros(len(lines)), along, whole])
    order = np.lexsort((marks, legs))
    legs, marks = legs[order], marks[order]
    same = legs[1:] == legs[:-1]
    low, high, of = marks[:-1][same], marks[1:][same], legs[:-1][same]
    kept = high - low > 1e-6
    low, high, of = low[kept], high[kept], of[kept]
    azimuth, _, _ = wgs84().inv(
        starts[0][first], starts[1][first], starts[0][second], starts[1][second]
    )
    mid_lon, mid_lat, _ = wgs84().fwd(
        starts[0][first][of],
        starts[1][first][of],
        np.asarray(azimuth)[of],
        (low + high) / 2.0 * 1000.0,
    )
    inside = area.contains_many(mid_lon, mid_lat)
    np.add.at(km, of[inside], (high - low)[inside])
    return first, second, km


def _crossed(lines: Any, ground: Any) -> tuple[Any, Floats]:
    """Where lines cross the outline of the ground: number of the line, place on the map."""
    import shapely

    rings = shapely.get_rings(shapely.get_parts(ground))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    joined = np.flatnonzero(ring[1:] == ring[:-1])
    edges = np.stack([xy[joined], xy[joined + 1]], axis=1)
    tree = shapely.STRtree(np.atleast_1d(np.asarray(shapely.linestrings(edges))))
    line, edge = tree.query(lines, predicate="intersects")
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)[line]
    p, r = ends[:, 0], ends[:, 1] - ends[:, 0]
    q, s = edges[edge, 0], edges[edge, 1] - edges[edge, 0]
    cross = r[:, 0] * s[:, 1] - r[:, 1] * s[:, 0]
    real = np.abs(cross) > 1e-12
    gap = q - p
    t = (gap[:, 0] * s[:, 1] - gap[:, 1] * s[:, 0])[real] / cross[real]
    return line[real], p[real] + r[real] * np.clip(t, 0.0, 1.0)[:, None]


def _from_start(starts: tuple[Floats, Floats], number: Any, lon: Floats, lat: Floats) -> Floats:
    """Distances, km, of places from the starts of the legs they lie on."""
    if len(lon) == 0:
        return np.zeros(0)
    metres = wgs84().inv(starts[0][number], starts[1][number], lon, lat)[2]
    return np.asarray(metres) / 1000.0
