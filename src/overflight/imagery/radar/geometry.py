"""A radar's own geometry: zero Doppler and slant range, both ways.

A place on the ground is seen at the moment when the track passes it at right angles, (p - P(t)) .
V(t) = 0, at the distance |p - P(t)| (J. C. Curlander, R. N. McDonough, Synthetic Aperture Radar,
1991, section 8.2). Between its points the track is a cubic with the slopes of its neighbours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.errors import SensorError
from overflight.geo.earth_fixed import from_earth_fixed, north_east_down, to_earth_fixed
from overflight.imagery.elevation import Terrain
from overflight.terms.radar import RIGHT, RadarImage, RadarSwath, RadarTrack

Floats = NDArray[np.float64]
_STEPS = 12
_NEAR_M = 0.01


def positions(track: RadarTrack, time_s: ArrayLike) -> tuple[Floats, Floats]:
    """Place and velocity at times, each (..., 3); straight on before the first and after the last
    place."""
    t = np.asarray(time_s, dtype=np.float64)
    knots, xyz = track.time_s, track.xyz_m
    slopes = np.gradient(xyz, knots, axis=0) if len(knots) > 2 else _straight(track)
    k = np.clip(np.searchsorted(knots, t, side="right") - 1, 0, len(knots) - 2)
    span = (knots[k + 1] - knots[k])[..., None]
    raw = (t - knots[k])[..., None] / span
    u = np.clip(raw, 0.0, 1.0)
    a, b, va, vb = xyz[k], xyz[k + 1], slopes[k] * span, slopes[k + 1] * span
    c2, c3 = 3.0 * (b - a) - 2.0 * va - vb, 2.0 * (a - b) + va + vb
    place = a + u * (va + u * (c2 + u * c3))
    speed = (va + u * (2.0 * c2 + 3.0 * u * c3)) / span
    return place + (raw - u) * span * speed, speed


def _straight(track: RadarTrack) -> Floats:
    way = (track.xyz_m[1] - track.xyz_m[0]) / (track.time_s[1] - track.time_s[0])
    return np.stack([way, way])


def seen_at(track: RadarTrack, xyz_m: ArrayLike) -> tuple[Floats, Floats]:
    """Time of zero Doppler and slant range of places (..., 3). Newton's steps from the nearest
    point of the chord."""
    p = np.asarray(xyz_m, dtype=np.float64)
    first, last = track.xyz_m[0], track.xyz_m[-1]
    chord = last - first
    share = (p - first) @ chord / (chord @ chord)
    t = track.time_s[0] + share * (track.time_s[-1] - track.time_s[0])
    for _ in range(_STEPS):
        place, speed = positions(track, t)
        step = np.sum((p - place) * speed, axis=-1) / np.sum(speed * speed, axis=-1)
        t = t + step
        if np.all(np.abs(step) < 1e-12 * (1.0 + np.abs(t))):
            break
    place, _ = positions(track, t)
    return t, np.linalg.norm(p - place, axis=-1)


def pixel_of(image: RadarImage, xyz_m: ArrayLike) -> tuple[Floats, Floats]:
    """Row and column at which places (..., 3) are seen, between samples."""
    time, slant = seen_at(image.track, xyz_m)
    return (time - image.first_s) / image.line_s, (slant - image.near_m) / image.range_m


def place_on(image: RadarImage, row: ArrayLike, column: ArrayLike, terrain: Terrain) -> Floats:
    """Where samples lie on the ground, (..., 3), Earth-fixed; nan where the circle of their range
    does not meet it.

    In the plane of zero Doppler the angle from the vertical is found at which the point has the
    height of the terrain. Of several places (layover) one is taken.
    """
    place, down, side, slant = _circle(image, row, column)
    return _at(place, down, side, slant, _angles(place, down, side, slant, terrain))


def angles_on(image: RadarImage, row: ArrayLike, column: ArrayLike, terrain: Terrain) -> Floats:
    """The angles from the vertical at which ``place_on`` lies, radians."""
    return _angles(*_circle(image, row, column), terrain)


def _circle(
    image: RadarImage, row: ArrayLike, column: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """Antenna, down, side and slant range of samples."""
    r, c = np.broadcast_arrays(
        np.asarray(row, dtype=np.float64), np.asarray(column, dtype=np.float64)
    )
    place, speed = positions(image.track, image.first_s + r * image.line_s)
    down, side = across(place, speed, image.about.side)
    return place, down, side, image.near_m + c * image.range_m


def _angles(place: Floats, down: Floats, side: Floats, slant: Floats, terrain: Terrain) -> Floats:
    shape = np.shape(slant)
    rows = (place.reshape(-1, 3), down.reshape(-1, 3), side.reshape(-1, 3), np.ravel(slant))
    angle = _by_newton(*rows, terrain)
    lost = ~(np.abs(_height_over(_at(*rows, angle), terrain)) < _NEAR_M)
    if lost.any():
        some = (rows[0][lost], rows[1][lost], rows[2][lost], rows[3][lost])
        slow = _by_halving(*some, terrain)
        miss = ~(np.abs(_height_over(_at(*some, slow), terrain)) < 1.0)
        angle[lost] = np.where(miss, np.nan, slow)
    return angle.reshape(shape)


def _by_newton(
    place: Floats, down: Floats, side: Floats, slant: Floats, terrain: Terrain
) -> Floats:
    """Angles from the vertical: on level ground, height rises with slant times sine."""
    _, _, top = from_earth_fixed(place)
    low = np.nan_to_num(terrain.span[0])
    angle: Floats = np.arccos(np.clip((top - low) / slant, 0.02, 0.9998))
    for _ in range(_STEPS):
        over = _height_over(_at(place, down, side, slant, angle), terrain)
        step = np.nan_to_num(over) / (slant * np.sin(angle))
        angle = np.clip(angle - np.clip(step, -0.05, 0.05), 0.01, 1.55)
        if (np.abs(over) < 0.1 * _NEAR_M).all():
            break
    return angle


def _by_halving(
    place: Floats, down: Floats, side: Floats, slant: Floats, terrain: Terrain
) -> Floats:
    """The same where the ground is steep; of several places it takes one."""
    low, high = np.zeros_like(slant), np.full_like(slant, 0.5 * np.pi)
    for _ in range(45):
        middle = 0.5 * (low + high)
        above = _height_over(_at(place, down, side, slant, middle), terrain) > 0.0
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    angle: Floats = 0.5 * (low + high)
    return angle


def across(place: Floats, speed: Floats, side: str) -> tuple[Floats, Floats]:
    """Unit vectors down (at right angles to the track) and to the side it looks to."""
    lat, lon, _ = from_earth_fixed(place)
    phi, lam = np.radians(lat), np.radians(lon)
    up = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)
    ahead = speed / np.linalg.norm(speed, axis=-1, keepdims=True)
    down = -(up - np.sum(up * ahead, axis=-1, keepdims=True) * ahead)
    down /= np.linalg.norm(down, axis=-1, keepdims=True)
    right = np.cross(down, ahead)
    return down, right if side == RIGHT else -right


def _at(place: Floats, down: Floats, side: Floats, slant: Floats, angle: Floats) -> Floats:
    s = slant[..., None]
    p: Floats = place + s * (np.cos(angle)[..., None] * down + np.sin(angle)[..., None] * side)
    return p


def _height_over(p: Floats, terrain: Terrain) -> Floats:
    lat, lon, height = from_earth_fixed(p)
    over: Floats = height - ground_heights(terrain, lat, lon)
    return over


def ground_heights(terrain: Terrain, lat: Floats, lon: Floats) -> Floats:
    """Heights of a terrain of any coordinate system at places in degrees."""
    if terrain.crs in ("EPSG:4326", "OGC:CRS84"):
        return terrain.heights(lon, lat)
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", terrain.crs, always_xy=True).transform(lon, lat)
    return terrain.heights(x, y)


def look_deg(image: RadarImage, row: ArrayLike, xyz_m: ArrayLike) -> Floats:
    """Angle from the vertical at the antenna of places that are seen in rows."""
    place, speed = positions(image.track, image.first_s + np.asarray(row) * image.line_s)
    down, _ = across(place, speed, image.about.side)
    line = np.asarray(xyz_m, dtype=np.float64) - place
    line = line / np.linalg.norm(line, axis=-1, keepdims=True)
    angle: Floats = np.degrees(np.arccos(np.clip(np.sum(line * down, axis=-1), -1.0, 1.0)))
    return angle


def swath_of(image: RadarImage, terrain: Terrain) -> RadarSwath:
    """Height, angles and ground range of both edges, in the middle row.

    Ground range is along the ellipsoid from the point below the aircraft. Raises SensorError for
    an image that begins nearer than the ground.
    """
    from overflight.geo.geodesic import wgs84

    rows, columns = image.pixels.shape
    row = np.full(2, 0.5 * (rows - 1))
    edges = place_on(image, row, np.array([0.0, columns - 1.0]), terrain)
    place, _ = positions(image.track, image.first_s + row[:1] * image.line_s)
    lat, lon, top = from_earth_fixed(place[0])
    if not np.isfinite(edges).all():
        raise SensorError(
            "an edge of the swath does not meet the ground",
            remedy="Check near_m, range_m and the height of the ground in the image's description.",
        )
    far_lat, far_lon, _ = from_earth_fixed(edges)
    _, _, away = wgs84().inv(np.full(2, lon), np.full(2, lat), far_lon, far_lat)
    angles = look_deg(image, row, edges)
    under = float(np.nan_to_num(ground_heights(terrain, lat, lon), nan=image.ground_m))
    return RadarSwath(
        image.about.side,
        float(top) - under,
        float(angles[0]),
        float(angles[1]),
        float(away[0]) / 1000.0,
        float(away[1]) / 1000.0,
    )


def local_frame(lat: float, lon: float, height_m: float) -> tuple[Floats, Any]:
    """Origin (3,) and rows north, east, down (3, 3) of the plane at a place."""
    return to_earth_fixed(lat, lon, height_m), north_east_down(lat, lon)
