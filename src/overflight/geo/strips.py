"""The ground beside a leg as a polygon: from so far to so far off track, left, right or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from overflight.geo.frames import Frame
from overflight.geo.geodesic import wgs84
from overflight.geo.legs import trace
from overflight.geo.local import Floats
from overflight.geo.positions import Position
from overflight.units import Kilometres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def strip_beside(
    a: Position,
    b: Position,
    near_km: Kilometres,
    far_km: Kilometres,
    *,
    left: bool,
    right: bool,
    frame: Frame,
) -> BaseGeometry:
    """Ground from ``near_km`` to ``far_km`` beside the geodesic leg a-b, square at its ends.

    A (multi)polygon placed in ``frame``; empty for a leg of no length or no side. The edges run
    through points set off at right angles to the leg, so that they stray no farther than the leg's
    own chords (``geo.legs``). Not for strips that hold a pole.
    """
    import shapely

    if (not left and not right) or far_km <= near_km:
        return shapely.Polygon()
    lon, lat, along = trace(a, b)
    if along[-1] <= 0:
        return shapely.Polygon()
    course = _courses(lon, lat)
    if left and right and near_km == 0:
        bands = [(-far_km, far_km)]
    else:
        bands = [(-far_km, -near_km)] * left + [(near_km, far_km)] * right
    polygons = []
    for low, high in bands:
        edge, back = _set_off(lon, lat, course, low), _set_off(lon, lat, course, high)
        ring = np.vstack([edge, back[::-1]])
        ring[:, 0] = np.unwrap(ring[:, 0], period=360.0)
        polygons.append(frame.place(shapely.make_valid(shapely.Polygon(ring))))
    return shapely.union_all(polygons)


def _courses(lon: Floats, lat: Floats) -> Floats:
    """Azimuth of the leg at each of its points, degrees."""
    ahead, back, _ = wgs84().inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return np.append(np.asarray(ahead), float(np.asarray(back)[-1]) + 180.0)


def _set_off(lon: Floats, lat: Floats, course: Floats, right_km: Kilometres) -> Floats:
    """Points ``right_km`` to the right of each point (negative: left), shape (n, 2)."""
    metres = np.full(len(lon), right_km * 1000.0)
    x, y, _ = wgs84().fwd(lon, lat, course + 90.0, metres)
    return np.column_stack([np.asarray(x), np.asarray(y)])
