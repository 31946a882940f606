"""Longitude frames: where the cut goes, so that an area stays in one piece.

A map in degrees has to be cut somewhere. GeoJSON cuts at 180 degrees, which falls into the middle
of some States; a ``Frame`` moves the cut to the far side of what one works with. Inside a frame
x is a longitude that may exceed 180 and runs from ``central - 180`` to ``central + 180``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.geo.local import Floats
from overflight.units import Degrees

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from shapely.geometry.base import BaseGeometry

_POLE = 90.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A range of 360 degrees of longitude around ``central``."""

    central: Degrees = 0.0

    @property
    def seam(self) -> Degrees:
        """Where the frame begins, degrees; it ends 360 degrees farther east."""
        return self.central - 180.0

    def x(self, lon: ArrayLike) -> Floats:
        """Longitudes moved into the frame."""
        values = np.asarray(lon, dtype=float)
        return values - 360.0 * np.floor((values - self.seam) / 360.0)

    def place(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry in longitude and latitude, any longitudes, moved into the frame.

        What crosses the frame's seam is cut there; what was cut elsewhere is joined again.
        """
        import shapely

        low, _, high, _ = shapely.bounds(geometry)
        if geometry.is_empty or (low >= self.seam and high <= self.seam + 360.0):
            return geometry
        moved: list[tuple[int, Any]] = []
        for part in shapely.get_parts(geometry):
            moved.extend(_shifted_into(part, self.seam))
        if shapely.get_dimensions(geometry) == 0:
            return shapely.MultiPoint([piece for _, piece in moved])
        return _joined(moved, int(shapely.get_dimensions(geometry)))

    def lines(self, lon: ArrayLike, lat: ArrayLike) -> BaseGeometry:
        """A line through points in order, each step the short way round, cut at the seam.

        Two points or more; a LineString, or a MultiLineString where the seam cuts it.
        """
        import shapely

        unwrapped = np.unwrap(np.asarray(lon, dtype=float), period=360.0)
        turns = np.floor((unwrapped - self.seam) / 360.0)
        xy = np.column_stack([unwrapped - 360.0 * turns[0], np.asarray(lat, dtype=float)])
        line = shapely.LineString(xy)
        return line if (turns == turns[0]).all() else self.place(line)


def frame_of(geometries: Iterable[BaseGeometry]) -> Frame:
    """The frame whose seam lies in the middle of the widest gap that the geometries leave.

    Their parts may be cut at 180 degrees. Without a gap, or without geometries: the frame of 0.
    """
    import shapely

    parts = shapely.get_parts(np.asarray(list(geometries), dtype=object))
    parts = parts[~shapely.is_empty(parts)]
    if len(parts) == 0:
        return Frame()
    bounds = shapely.bounds(parts)
    return _frame_of_spans(bounds[:, 0], bounds[:, 2])


def frame_of_longitudes(lon: ArrayLike) -> Frame:
    """The frame for points: its seam in the widest gap between their longitudes."""
    values = np.asarray(lon, dtype=float)
    return _frame_of_spans(values, values) if values.size else Frame()


def _frame_of_spans(low: Floats, high: Floats) -> Frame:
    if (high - low).max() >= 360.0:
        return Frame()
    start = np.mod(low + 180.0, 360.0)
    order = np.argsort(start)
    start, width = start[order], (high - low)[order]
    reach = np.maximum.accumulate(start + width)
    gaps = np.append(start[1:], start[0] + 360.0) - reach
    widest = int(np.argmax(gaps))
    if gaps[widest] <= 0.0:
        return Frame()
    central = float(reach[widest] + gaps[widest] / 2.0) - 180.0 + 180.0
    central = (central + 180.0) % 360.0 - 180.0
    return Frame(round(central, 6))


def _shifted_into(part: BaseGeometry, seam: Degrees) -> list[tuple[int, BaseGeometry]]:
    """Pieces of ``part``, cut at the seam and at every full turn from it, moved into the frame;
    with each the turns that it was moved by."""
    import shapely

    low, _, high, _ = shapely.bounds(part)
    first = int(np.floor((low - seam) / 360.0))
    last = int(np.ceil((high - seam) / 360.0))
    pieces = []
    for turn in range(first, max(last, first + 1)):
        west = seam + 360.0 * turn
        inside = west <= low and high <= west + 360.0
        window = shapely.box(west, -_POLE, west + 360.0, _POLE)
        piece = part if inside else part.intersection(window)
        if not piece.is_empty:
            pieces.append((turn, shift(piece, -360.0 * turn)))
    return pieces


def shift(geometry: BaseGeometry, degrees: Degrees) -> BaseGeometry:
    """The geometry moved east by that many degrees."""
    import shapely

    if not degrees:
        return geometry
    return shapely.transform(geometry, lambda xy: xy + np.array([degrees, 0.0]))


def _joined(moved: list[tuple[int, BaseGeometry]], dimension: int) -> BaseGeometry:
    """Pieces as one geometry; those that meet others from another turn are joined with them."""
    import shapely

    parts, owner = shapely.get_parts(
        np.asarray([piece for _, piece in moved], dtype=object), return_index=True
    )
    turn = np.asarray([turns for turns, _ in moved])[owner]
    kept = shapely.get_dimensions(parts) == dimension
    parts, turn = parts[kept], turn[kept]
    if dimension == 1:
        return shapely.line_merge(shapely.union_all(parts))
    boxes = np.atleast_1d(np.asarray(shapely.box(*shapely.bounds(parts).T)))
    one, two = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    meeting = np.zeros(len(parts), dtype=bool)
    meeting[one[turn[one] != turn[two]]] = True
    joined = shapely.get_parts(shapely.union_all(parts[meeting]))
    whole = [*parts[~meeting], *joined]
    return whole[0] if len(whole) == 1 else shapely.MultiPolygon(whole)
