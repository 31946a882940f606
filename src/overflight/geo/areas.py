"""Areas on the ellipsoid: polygons that know about geodesic legs and about the antimeridian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from overflight.geo.buffers import buffered
from overflight.geo.frames import Frame, frame_of
from overflight.geo.geodesic import distance_km as leg_km
from overflight.geo.geodesic import wgs84
from overflight.geo.legs import trace
from overflight.geo.nearest import BorderIndex
from overflight.geo.positions import Position
from overflight.geo.rings import polygons_from_geojson
from overflight.units import Kilometres

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from shapely.geometry.base import BaseGeometry

_FAR_KM = 2000.0
"""Farthest that a distance is looked for unless told otherwise, km."""


class Nearest(NamedTuple):
    """How near a leg comes: km, the place on the path, the place on the area's border."""

    km: Kilometres
    on_path: Position
    on_border: Position


@dataclass(frozen=True, eq=False)
class Area:
    """A (multi)polygon in degrees, placed in a longitude frame in which it is in one piece.

    Edges are straight in longitude and latitude, as in GeoJSON; legs are geodesics of WGS84, drawn
    with chords that stray less than 5 m. Nothing is ever written into an Area.
    """

    geometry: BaseGeometry
    frame: Frame

    @classmethod
    def of(cls, geometry: BaseGeometry, frame: Frame | None = None) -> Area:
        """From a shapely (multi)polygon in longitude and latitude, any longitudes."""
        chosen = frame or frame_of([geometry])
        return cls(chosen.place(geometry), chosen)

    @classmethod
    def from_geojson(cls, document: Mapping[str, Any], frame: Frame | None = None) -> Area:
        """From a GeoJSON geometry, Feature or FeatureCollection. DataError for a bad ring."""
        return cls.of(polygons_from_geojson(document), frame)

    @classmethod
    def from_ring(cls, ring: Sequence[Position]) -> Area:
        """From an outline; the last position may repeat the first. Sides go the short way round."""
        lon = np.unwrap([p.lon for p in ring], period=360.0)
        points = [[float(x), p.lat] for x, p in zip(lon, ring, strict=True)]
        if points and points[0] != points[-1]:
            points.append(points[0])
        return cls.from_geojson({"type": "Polygon", "coordinates": [points]})

    @property
    def is_empty(self) -> bool:
        return bool(self.geometry.is_empty)

    @cached_property
    def area_km2(self) -> float:
        """Area on the ellipsoid, km^2 (Karney 2013, section 6), long edges divided first."""
        import shapely

        if self.is_empty:
            return 0.0
        polygons = shapely.orient_polygons(shapely.segmentize(self.geometry, 0.5))
        metres = (wgs84().geometry_area_perimeter(p)[0] for p in shapely.get_parts(polygons))
        return sum(abs(float(m)) for m in metres) / 1e6

    @cached_property
    def _prepared(self) -> BaseGeometry:
        import shapely

        shapely.prepare(self.geometry)
        return self.geometry

    @cached_property
    def _borders(self) -> BorderIndex:
        return BorderIndex([self.geometry], self.frame)

    def contains(self, position: Position) -> bool:
        """Whether the position lies in the area or on its border."""
        return bool(self.contains_many([position.lon], [position.lat])[0])

    def contains_many(
        self, lon: ArrayLike, lat: ArrayLike
    ) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """``contains`` for many points, degrees."""
        import shapely

        x, y = self.frame.x(lon), np.asarray(lat, dtype=float)
        return np.asarray(shapely.intersects_xy(self._prepared, x, y))

    def intersects_leg(self, a: Position, b: Position) -> bool:
        """Whether the geodesic leg touches the area."""
        lon, lat, _ = trace(a, b)
        return bool(self._prepared.intersects(self.frame.lines(lon, lat)))

    def length_inside_km(self, a: Position, b: Position) -> Kilometres:
        """Length of the part of the geodesic leg that lies inside, km."""
        return sum(length for length, _, _ in self.parts_inside(a, b))

    def parts_inside(
        self, a: Position, b: Position
    ) -> tuple[tuple[Kilometres, Position, Position], ...]:
        """The stretches of the leg inside the area, in order from ``a``: km, entry, exit."""
        import shapely

        lon, lat, along = trace(a, b)
        line = self.frame.lines(lon, lat)
        if not self._prepared.intersects(line):
            return ()
        if self._prepared.contains(line):
            return ((float(along[-1]), a, b),)
        stretches = [
            part
            for part in shapely.get_parts(line.intersection(self.geometry))
            if shapely.get_dimensions(part) == 1
        ]
        found = [self._stretch(part, a) for part in stretches]
        return tuple(found[i] for i in np.argsort([leg_km(a, entry) for _, entry, _ in found]))

    def _stretch(self, part: BaseGeometry, a: Position) -> tuple[Kilometres, Position, Position]:
        import shapely

        xy = shapely.get_coordinates(part)
        km = float(wgs84().line_length(xy[:, 0], xy[:, 1])) / 1000.0
        ends = [Position(lat=float(y), lon=_wrapped(x)) for x, y in (xy[0], xy[-1])]
        first, last = sorted(ends, key=lambda p: leg_km(a, p))
        return km, first, last

    def distance_km(
        self, a: Position, b: Position, *, within_km: Kilometres = _FAR_KM
    ) -> Nearest | None:
        """Shortest geodesic distance from the leg to the area; 0 where it enters.

        The place is true to 0.03 % of the distance up to 200 km, to 2 % at 2,000 km. None for an
        empty area, or when the distance is more than ``within_km``.
        """
        inside = self.parts_inside(a, b)
        if inside:
            return Nearest(0.0, inside[0][1], inside[0][1])
        found = self._borders.nearest(a, b, within_km=within_km)
        return None if found is None else Nearest(found.distance_km, found.on_path, found.on_border)

    def buffered(self, km: Kilometres, *, simplify_km: Kilometres = 0.0) -> Area:
        """The area widened by ``km`` on the ellipsoid; see ``geo.buffers`` for its error."""
        return Area(buffered(self.geometry, km, simplify_km=simplify_km), self.frame)

    def union(self, other: Area) -> Area:
        return Area(self.geometry.union(other.in_frame(self.frame).geometry), self.frame)

    def difference(self, other: Area) -> Area:
        return Area(self.geometry.difference(other.in_frame(self.frame).geometry), self.frame)

    def intersection(self, other: Area) -> Area:
        return Area(self.geometry.intersection(other.in_frame(self.frame).geometry), self.frame)

    def in_frame(self, frame: Frame) -> Area:
        """The same area, cut elsewhere."""
        return self if frame == self.frame else Area(frame.place(self.geometry), frame)

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        """GeoJSON geometry in -180..180, cut at 180 degrees as RFC 7946 asks."""
        import shapely

        standard = Frame(0.0)
        placed = shapely.get_parts(standard.place(self.geometry))
        interface: dict[str, Any] = shapely.MultiPolygon(
            [p for p in placed if shapely.get_dimensions(p) == 2]
        ).__geo_interface__
        return interface


def _wrapped(lon: float) -> float:
    return (float(lon) + 180.0) % 360.0 - 180.0
