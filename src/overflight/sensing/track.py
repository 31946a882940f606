"""Where points lie beside a leg: how far along it, and how far to its left or right.

The foot of the perpendicular on an ellipsoidal geodesic is found by iteration: step along the
leg by the along-track part of the geodesic from the present foot to the point (the sphere's
right-angled triangle), until the step is below a millimetre. Same idea as Baselga and
Martinez-Llario, "Intersection and point-to-line solutions for geodesics on the ellipsoid",
Studia Geophysica et Geodaetica 62 (2018).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from overflight.geo.geodesic import wgs84
from overflight.geo.positions import Position
from overflight.units import Kilometres

_EARTH_KM = 6371.0088
_GEOCENTRIC = 1.0 - 0.00669437999014
"""1 - e^2 of WGS84: turns the tangent of geodetic latitude into that of geocentric latitude."""
_STEP_KM = 1e-6
_MOST_STEPS = 20


def unit_vectors(points: Sequence[Position]) -> NDArray[np.float64]:
    """Directions from the Earth's centre, shape (n, 3): for quick, rough geometry only.

    Two of them span the plane of the great ellipse through both points, which a geodesic of
    1,500 km leaves by some metres.
    """
    lat = np.arctan(_GEOCENTRIC * np.tan(np.radians([p.lat for p in points])))
    lon = np.radians([p.lon for p in points])
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def beside(
    a: Position, b: Position, points: Sequence[Position]
) -> tuple[NDArray[np.float64], NDArray[np.float64], Kilometres]:
    """Along-track and across-track distances of n points from the geodesic leg a-b.

    Returns (along, across, length): along shape (n,), km from ``a`` (negative before it,
    more than ``length`` beyond ``b``); across shape (n,), km, positive to the right. Meant for
    points within some thousand km of the leg.
    """
    geod = wgs84()
    course, _, metres = geod.inv(a.lon, a.lat, b.lon, b.lat)
    n = len(points)
    lon, lat = np.array([p.lon for p in points]), np.array([p.lat for p in points])
    along = np.zeros(n)
    across = np.zeros(n)
    for _ in range(_MOST_STEPS):
        foot_lon, foot_lat, back = geod.fwd(
            np.full(n, a.lon), np.full(n, a.lat), np.full(n, course), along * 1000.0
        )
        bearing, _, distance = geod.inv(foot_lon, foot_lat, lon, lat)
        turn = np.radians(np.asarray(bearing) - (np.asarray(back) + 180.0))
        away = np.asarray(distance) / 1000.0
        across = np.copysign(away, np.sin(turn))
        arc = away / _EARTH_KM
        step = _EARTH_KM * np.arctan2(np.sin(arc) * np.cos(turn), np.cos(arc))
        along = along + step
        if not n or float(np.abs(step).max()) < _STEP_KM:
            break
    return along, across, float(metres) / 1000.0


def roughly_beside(
    a: NDArray[np.float64], b: NDArray[np.float64], points: NDArray[np.float64], within: Kilometres
) -> NDArray[np.intp]:
    """Indices of the points that may lie within ``within`` km beside the leg; on the safe side.

    ``a``, ``b`` shape (3,) and ``points`` shape (n, 3) are ``unit_vectors``. Sphere and ellipsoid
    part by under 0.4 % of a leg's length; the margin is 1 % and 5 km.
    """
    arc = float(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))
    margin = (within + 5.0) / _EARTH_KM + 0.01 * arc
    normal = np.cross(a, b)
    size = float(np.linalg.norm(normal))
    if size < 1e-9:
        near = points @ a >= np.cos(min(margin, np.pi))
        return np.flatnonzero(near)
    offset = np.abs(points @ (normal / size))
    middle = a + b
    middle = middle / np.linalg.norm(middle)
    close = points @ middle >= np.cos(min(arc / 2 + margin, np.pi))
    return np.flatnonzero((offset <= np.sin(min(margin, np.pi / 2))) & close)
