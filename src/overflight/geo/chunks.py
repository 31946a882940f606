"""Long lines cut into short strings of points, small enough to be laid on a plane of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overflight.geo.local import Floats

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_MAX_POINTS = 48
_MAX_EDGE_DEG = 0.1
"""Longest edge left undivided, degrees: a chord across that much of a parallel strays < 2 m."""


@dataclass(frozen=True, slots=True)
class Chunks:
    """Strings of points: ``xy`` (n, 2) in degrees, and for each point the string it belongs to."""

    xy: Floats
    owner: np.ndarray[tuple[int], np.dtype[np.int64]]

    @property
    def count(self) -> int:
        return int(self.owner[-1]) + 1 if len(self.owner) else 0

    def bounds(self) -> Floats:
        """Least and greatest x and y of each string: minx, miny, maxx, maxy, shape (count, 4)."""
        starts = np.flatnonzero(np.diff(self.owner, prepend=-1))
        low = np.minimum.reduceat(self.xy, starts)
        high = np.maximum.reduceat(self.xy, starts)
        return np.hstack([low, high])

    def linestrings(self, xy: Floats | None = None) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        """The strings as geometries; ``xy`` gives other coordinates for the same points."""
        import shapely

        return np.asarray(shapely.linestrings(self.xy if xy is None else xy, indices=self.owner))


def boundary_lines(geometry: BaseGeometry) -> BaseGeometry:
    """What bounds polygons, or the lines themselves."""
    import shapely

    if shapely.get_dimensions(geometry) == 2:
        return shapely.boundary(geometry)
    return geometry


def chunked(geometry: BaseGeometry, *, extent_deg: float = 1.0, edges: bool = True) -> Chunks:
    """Lines (or the outlines of polygons) cut into strings that span at most ``extent_deg``.

    Neighbouring strings share a point, so nothing is lost between them. ``edges`` divides edges
    longer than 0.1 degree, so that a line along a parallel keeps its shape on a plane.
    """
    import shapely

    lines = shapely.get_parts(boundary_lines(geometry))
    lines = lines[shapely.get_dimensions(lines) == 1]
    if len(lines) == 0:
        return Chunks(np.zeros((0, 2)), np.zeros(0, dtype=np.int64))
    if edges:
        lines = shapely.segmentize(lines, _MAX_EDGE_DEG)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    cut = _cuts(xy, line, extent_deg)
    owner = np.cumsum(cut) - 1
    # A string takes the first point of the next one as its last, unless a new line begins there.
    joins = np.flatnonzero(cut & ~np.diff(line, prepend=-1).astype(bool))
    xy = np.insert(xy, joins, xy[joins], axis=0)
    owner = np.insert(owner, joins, owner[joins] - 1)
    return Chunks(xy, owner.astype(np.int64))


def _cuts(
    xy: Floats, line: np.ndarray[tuple[int], np.dtype[np.int64]], extent: float
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """True where a new string begins: a new line, enough points, or a cell of the grid left."""
    cell = np.floor(xy / (extent / 2.0)).astype(np.int64)
    fresh = np.diff(line, prepend=-1).astype(bool)
    start = np.maximum.accumulate(np.where(fresh, np.arange(len(line)), 0))
    full = (np.arange(len(line)) - start) % _MAX_POINTS == 0
    left = np.any(np.diff(cell, axis=0, prepend=cell[:1]) != 0, axis=1)
    cut = fresh | full | left
    # The last point of a line cannot be a string of its own.
    last = np.append(fresh[1:], True)
    return np.asarray(cut & ~(last & ~fresh))
