"""Small planes laid on the ellipsoid, for work that a flat geometry library does well.

``to_plane`` is the azimuthal equidistant projection, made from geodesics themselves (Snyder 1987,
section 25; Karney 2013 for the geodesics): a point at distance s and azimuth alpha from the
centre lies at (s sin alpha, s cos alpha). Distances from the centre are exact. Between two points
at most r from the centre they are too long by at most r^2 / (6 R^2): 1 m on 10 km at r = 160 km.

Everything is vectorised: each point may have a centre of its own, so that hundreds of small
planes cost one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from overflight.geo.geodesic import wgs84

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Floats: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

MEAN_RADIUS_KM = 6371.0088
"""Mean radius of the Earth, km (Moritz 2000, GRS 80: R1)."""

KM_PER_DEGREE = 110.574
"""Shortest length of one degree of latitude on WGS84, km (at the equator)."""


def to_plane(
    centre_lon: ArrayLike, centre_lat: ArrayLike, lon: ArrayLike, lat: ArrayLike
) -> tuple[Floats, Floats]:
    """Coordinates east and north of the centre, km; arguments in degrees, broadcast together."""
    lon0, lat0, lon1, lat1 = np.broadcast_arrays(
        *(np.asarray(v, dtype=float) for v in (centre_lon, centre_lat, lon, lat))
    )
    azimuth, _, metres = wgs84().inv(lon0.ravel(), lat0.ravel(), lon1.ravel(), lat1.ravel())
    angle = np.radians(np.asarray(azimuth)).reshape(lon0.shape)
    km = np.asarray(metres).reshape(lon0.shape) / 1000.0
    return km * np.sin(angle), km * np.cos(angle)


def from_plane(
    centre_lon: ArrayLike, centre_lat: ArrayLike, x: ArrayLike, y: ArrayLike
) -> tuple[Floats, Floats]:
    """Longitudes and latitudes, degrees, of points given in km east and north of the centre.

    The inverse of ``to_plane``; longitudes are the ones nearest to the centre's, and so may lie
    outside -180..180.
    """
    lon0, lat0, east, north = np.broadcast_arrays(
        *(np.asarray(v, dtype=float) for v in (centre_lon, centre_lat, x, y))
    )
    azimuth = np.degrees(np.arctan2(east, north)).ravel()
    metres = np.hypot(east, north).ravel() * 1000.0
    lon, lat, _ = wgs84().fwd(lon0.ravel(), lat0.ravel(), azimuth, metres)
    lon = np.asarray(lon).reshape(lon0.shape)
    turns = np.round((lon - lon0) / 360.0)
    return lon - 360.0 * turns, np.asarray(lat).reshape(lon0.shape)


def unit_vectors(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Points as unit vectors, shape (n, 3), with the latitude taken as it is (geodetic)."""
    lam, phi = np.radians(np.asarray(lon, dtype=float)), np.radians(np.asarray(lat, dtype=float))
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)
