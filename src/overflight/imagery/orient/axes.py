"""Rotations into a camera's axes, whatever they were written in.

Every function gives the camera's x (columns), y (rows) and z (out of the lens) as rows, in
Earth-fixed coordinates: ``Exterior.axes``.
"""

from __future__ import annotations

import math

import numpy as np

from overflight.errors import ImageError
from overflight.geo.earth_fixed import north_east_down, to_earth_fixed
from overflight.geo.positions import Position
from overflight.sensing.footprint import Pose
from overflight.terms.frames import Exterior, Floats
from overflight.units import Degrees, Metres

Three = tuple[float, float, float]
LEVEL: Three = (0.0, 0.0, 0.0)

_LOOKS_FORWARD = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
"""A camera that looks ahead, its rows going down: x right, y down, z forward; in forward, right,
down."""


def turned(roll: Degrees, pitch: Degrees, heading: Degrees) -> Floats:
    """The rotation from a body's forward, right, down: heading, then pitch, then roll."""
    return Pose(Position(0.0, 0.0), 0.0, heading, pitch, roll).rotation()


def mounted(tilt: Degrees, boresight: Three = LEVEL) -> Floats:
    """The axes of a camera in an aircraft, in forward, right, down; shape (3, 3).

    The top of the picture is in the direction of flight; the axis is ``tilt`` from the vertical,
    positive to the right, as in ``sensing.footprint``. ``boresight``: roll, pitch, heading of the
    mount against the attitude that the track gives, degrees.
    """
    c, s = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    camera = np.array([[0.0, c, -s], [-1.0, 0.0, 0.0], [0.0, s, c]])
    return np.asarray(camera @ turned(*boresight).T)


def exterior_in_aircraft(
    lat: Degrees,
    lon: Degrees,
    height_m: Metres,
    attitude: Three,
    camera: Floats,
    *,
    lever_arm: Three = LEVEL,
    source: str = "",
    sigma_m: Metres | None = None,
    sigma_deg: Degrees | None = None,
) -> Exterior:
    """``height_m`` above the ellipsoid; ``attitude`` roll, pitch, heading, degrees; ``camera`` as
    ``mounted`` gives it; ``lever_arm`` from the place to the lens, forward, right, down, metres."""
    world = turned(*attitude).T @ north_east_down(lat, lon)
    eye = to_earth_fixed(lat, lon, height_m) + np.asarray(lever_arm) @ world
    return Exterior(eye, _right_angled(camera @ world), source, sigma_m, sigma_deg)


def exterior_of_gimbal(
    lat: Degrees, lon: Degrees, height_m: Metres, attitude: Three, *, source: str = "",
    sigma_m: Metres | None = None, sigma_deg: Degrees | None = None,
) -> Exterior:  # fmt: skip
    """A camera that looks ahead at pitch 0 and straight down at pitch -90 degrees, as drones'
    gimbals count; ``attitude`` roll, pitch, yaw from true north."""
    return exterior_in_aircraft(
        lat, lon, height_m, attitude, _LOOKS_FORWARD,
        source=source, sigma_m=sigma_m, sigma_deg=sigma_deg,
    )  # fmt: skip


def exterior_on_map(
    crs: str,
    place: Three,
    omega_phi_kappa: Three,
    *,
    undulation_m: Metres = 0.0,
    source: str = "",
) -> Exterior:
    """From map coordinates and omega, phi, kappa, degrees (Kraus 2007, section B 3.1).

    The rotation Rx(omega) Ry(phi) Rz(kappa) takes image axes (x right, y up, z backwards) into
    east, north and up of the map at the projection centre. The map's east and north are taken
    where they really go, so the convergence of meridians is in; its scale, and the bending of the
    Earth under a block that was adjusted in map coordinates, are not. ``undulation_m`` lifts a
    height above sea level onto the ellipsoid.
    """
    import pyproj

    to_world = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    x, y, z = place
    step = 10.0
    lon, lat = to_world.transform([x, x + step, x], [y, y, y + step])
    if not np.isfinite([*lon, *lat]).all():
        raise ImageError(
            f"the place {x:g}, {y:g} lies outside of {crs[:60]}",
            remedy="Check the coordinate system and the order of the columns.",
        )
    points = to_earth_fixed(np.asarray(lat), np.asarray(lon), z + undulation_m)
    up = -north_east_down(lat[0], lon[0])[2]
    north = points[2] - points[0]
    north = north - up * (north @ up)
    north = north / np.linalg.norm(north)
    east = np.cross(north, up)
    ground = np.stack([east, north, up])
    image = _omega_phi_kappa(*omega_phi_kappa).T @ ground
    return Exterior(points[0], _right_angled(np.diag([1.0, -1.0, -1.0]) @ image), source)


def _omega_phi_kappa(omega: Degrees, phi: Degrees, kappa: Degrees) -> Floats:
    (co, cp, ck), (so, sp, sk) = (
        [f(math.radians(angle)) for angle in (omega, phi, kappa)] for f in (math.cos, math.sin)
    )
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, co, -so], [0.0, so, co]])
    about_y = np.array([[cp, 0.0, sp], [0.0, 1.0, 0.0], [-sp, 0.0, cp]])
    about_z = np.array([[ck, -sk, 0.0], [sk, ck, 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(about_x @ about_y @ about_z)


def _right_angled(axes: Floats) -> Floats:
    """The nearest rotation: rounding must not grow where axes are multiplied again and again."""
    left, _, right = np.linalg.svd(axes)
    return np.asarray(left @ right)
