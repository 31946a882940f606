"""Where a leg comes nearest to a border, to the metre, among borders of many owners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.geo.chunks import Chunks, chunked
from overflight.geo.frames import Frame
from overflight.geo.geodesic import wgs84
from overflight.geo.legs import trace
from overflight.geo.local import KM_PER_DEGREE, Floats, from_plane, to_plane
from overflight.geo.positions import Position
from overflight.units import Kilometres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_PIECE_KM = 120.0
"""Length of the pieces of a leg that are searched on one plane."""

_REFINED_KM = 40.0
"""Length of the piece around the nearest point that is measured again, on a plane of its own."""


_NOTHING_KM = 1e-6
"""Distances below this are rounding, km."""


@dataclass(frozen=True, slots=True)
class Approach:
    """The shortest way from a leg to a border: ``owner`` numbers whose border it is."""

    distance_km: Kilometres
    on_path: Position
    on_border: Position
    owner: int


class BorderIndex:
    """Borders of several owners, ready to be asked how near a leg comes.

    Distances are geodesic. The search lays pieces of the leg and the borders near them on planes
    (``geo.local``), then measures again around the place it found: the nearest point is missed by
    less than 0.03 % of the distance (3 m at 10 km), and the
    distance reported is that of the two points reported.
    """

    def __init__(self, borders: Sequence[BaseGeometry], frame: Frame) -> None:
        import shapely

        self.frame = frame
        parts = [chunked(border) for border in borders]
        counts = [part.count for part in parts]
        offsets = np.concatenate([[0], np.cumsum(counts)[:-1]]) if parts else np.zeros(0)
        self._owner = np.repeat(np.arange(len(parts)), counts)
        self._chunks = Chunks(
            np.concatenate([p.xy for p in parts]) if parts else np.zeros((0, 2)),
            np.concatenate([p.owner + int(o) for p, o in zip(parts, offsets, strict=True)])
            if parts
            else np.zeros(0, dtype=np.int64),
        )
        self._strings = (
            self._chunks.linestrings() if self._chunks.count else np.zeros(0, dtype=object)
        )
        self._tree = shapely.STRtree(self._strings)

    def nearest(self, a: Position, b: Position, *, within_km: Kilometres) -> Approach | None:
        """The nearest approach of the geodesic leg to any border; None beyond ``within_km``."""
        if len(self._strings) == 0:
            return None
        lon, lat, along = trace(a, b)
        for reach in _reaches(within_km):
            found = self._search(lon, lat, along, reach)
            if found is not None and found.distance_km <= reach:
                return found
        return None

    def _search(self, lon: Floats, lat: Floats, along: Floats, reach: float) -> Approach | None:
        best: tuple[float, Floats, int] | None = None
        for piece in _pieces(along):
            candidates = self._near(lon[piece], lat[piece], reach)
            if len(candidates) == 0:
                continue
            found = self._measure(lon[piece], lat[piece], candidates)
            if best is None or found[0] < best[0]:
                best = found
        if best is None or best[0] > reach * 1.01:
            return None
        return self._refined(lon, lat, along, best)

    def _refined(
        self, lon: Floats, lat: Floats, along: Floats, coarse: tuple[float, Floats, int]
    ) -> Approach:
        """Measure again around the point found, on a plane centred between path and border."""
        distance, ends, owner = coarse
        nearest = int(np.argmin(np.hypot(*to_plane(ends[0, 0], ends[0, 1], lon, lat))))
        around = np.flatnonzero(np.abs(along - along[nearest]) <= _REFINED_KM)
        low, high = max(around[0] - 1, 0), min(around[-1] + 2, len(lon))
        piece = slice(low, high)
        candidates = self._near(ends[:, 0], ends[:, 1], max(1.0, 0.1 * distance))
        if len(candidates):
            _, ends, owner = self._measure(
                lon[piece], lat[piece], candidates, centre=ends.mean(axis=0)
            )
        km = float(wgs84().inv(ends[0, 0], ends[0, 1], ends[1, 0], ends[1, 1])[2]) / 1000.0
        km = 0.0 if km < _NOTHING_KM else km
        return Approach(
            km,
            Position(lat=float(ends[0, 1]), lon=_wrapped(ends[0, 0])),
            Position(lat=float(ends[1, 1]), lon=_wrapped(ends[1, 0])),
            owner,
        )

    def _near(self, lon: Floats, lat: Floats, reach: float) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Numbers of the strings whose boxes come within ``reach`` km of the points' box."""
        import shapely

        margin = reach * 1.02 / KM_PER_DEGREE
        south, north = float(lat.min()) - margin, float(lat.max()) + margin
        west, east = float(lon.min()), float(lon.max())
        if max(-south, north) > 89.0:
            west, east = west - 360.0, west + 360.0
        else:
            wide = margin / np.cos(np.radians(max(-south, north)))
            west, east = west - wide, east + wide
        boxes = [
            shapely.box(west + turn, south, east + turn, north)
            for turn in (-720, -360, 0, 360, 720)
        ]
        frame_box = shapely.box(self.frame.seam - 1, -90, self.frame.seam + 361, 90)
        boxes = [box for box in boxes if shapely.intersects(box, frame_box)]
        return np.unique(self._tree.query(boxes)[1])

    def _measure(
        self,
        lon: Floats,
        lat: Floats,
        candidates: np.ndarray[Any, np.dtype[np.int64]],
        centre: Floats | None = None,
    ) -> tuple[float, Floats, int]:
        """Least distance on one plane: km, its two ends (path, border) in degrees, owner."""
        import shapely

        if centre is None:
            centre = np.array([lon[len(lon) // 2], lat[len(lat) // 2]])
        strings = self._strings[candidates]
        xy, _ = shapely.get_coordinates(strings, return_index=True)
        strings = shapely.set_coordinates(
            strings.copy(), np.column_stack(to_plane(centre[0], centre[1], xy[:, 0], xy[:, 1]))
        )
        line = shapely.LineString(np.column_stack(to_plane(centre[0], centre[1], lon, lat)))
        distances = shapely.distance(line, strings)
        best = int(np.argmin(distances))
        ends = shapely.get_coordinates(shapely.shortest_line(line, strings[best]))
        degrees = np.column_stack(from_plane(centre[0], centre[1], ends[:, 0], ends[:, 1]))
        return float(distances[best]), degrees, int(self._owner[candidates[best]])


def _reaches(within: Kilometres) -> tuple[float, ...]:
    """Distances to try one after another: most answers are near, or there is none."""
    return (*(r for r in (15.0, 60.0) if r < within), within)


def _pieces(along: Floats) -> list[slice]:
    """A leg's points in pieces of about 120 km; neighbours share a point."""
    count = max(1, int(np.ceil(along[-1] / _PIECE_KM)))
    edges = np.unique(np.searchsorted(along, np.linspace(0.0, along[-1], count + 1)))
    if len(edges) < 2:
        return [slice(0, len(along))]
    return [slice(int(i), int(j) + 1) for i, j in pairwise(edges)]


def _wrapped(lon: float) -> float:
    return (float(lon) + 180.0) % 360.0 - 180.0
