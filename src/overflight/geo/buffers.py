"""Widening an area by a true distance on the ellipsoid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from overflight.geo.chunks import Chunks, boundary_lines, chunked
from overflight.geo.local import Floats, from_plane, to_plane
from overflight.units import Kilometres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_QUARTER = 12
"""Chords for a quarter of a circle. Buffers are drawn around the circle, so they are up to
0.22 % too wide and never too narrow."""


def buffered(
    geometry: BaseGeometry, km: Kilometres, *, simplify_km: Kilometres = 0.0
) -> BaseGeometry:
    """Everything within ``km`` of a geometry in degrees of longitude (any frame) and latitude.

    True to 0.3 % of ``km``, on the wide side. ``simplify_km`` first straightens the outline by up
    to that much and widens by as much, so that the result contains the exact one and exceeds it by
    at most twice that.
    """
    import shapely

    bands = bands_around(geometry, km, simplify_km=simplify_km)
    return shapely.union_all([geometry, *bands]) if len(bands) else geometry


def bands_around(
    geometry: BaseGeometry, km: Kilometres, *, simplify_km: Kilometres = 0.0
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """The pieces, overlapping, of the strip within ``km`` of a geometry's outline."""
    import shapely

    chunks = chunked(_thick_points(geometry))
    if chunks.count == 0:
        return np.zeros(0, dtype=object)
    centre = _centres(chunks)
    x, y = to_plane(centre[:, 0], centre[:, 1], chunks.xy[:, 0], chunks.xy[:, 1])
    strings = chunks.linestrings(np.column_stack([x, y]))
    if simplify_km > 0.0:
        strings = shapely.simplify(strings, simplify_km, preserve_topology=False)
    radius = (km + simplify_km) / math.cos(math.pi / (4.0 * _QUARTER))
    bands = shapely.buffer(strings, radius, quad_segs=_QUARTER)
    return _back(bands, centre[np.flatnonzero(np.diff(chunks.owner, prepend=-1))])


def _thick_points(geometry: BaseGeometry) -> BaseGeometry:
    """Points have no outline; each becomes a line of no length to speak of."""
    import shapely

    if shapely.get_dimensions(geometry) != 0:
        return boundary_lines(geometry)
    return shapely.MultiLineString(
        [[(x, y), (x + 1e-9, y)] for x, y in shapely.get_coordinates(geometry)]
    )


def _centres(chunks: Chunks) -> Floats:
    """For each point the middle of the box around its string, shape (n, 2)."""
    bounds = chunks.bounds()
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2.0
    return np.asarray(middles[chunks.owner])


def _back(
    bands: np.ndarray[tuple[int], np.dtype[np.object_]], centre: Floats
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Polygons on planes of their own, one centre each, back in degrees."""
    import shapely

    xy, band = shapely.get_coordinates(bands, return_index=True)
    lon, lat = from_plane(centre[band, 0], centre[band, 1], xy[:, 0], xy[:, 1])
    drawn = np.asarray(shapely.set_coordinates(bands, np.column_stack([lon, lat])))
    # Edges that ran a hair apart on the plane may touch in degrees.
    broken = ~shapely.is_valid(drawn)
    drawn[broken] = shapely.make_valid(drawn[broken])
    return drawn
