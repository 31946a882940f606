"""The ground that one frame shows, as a polygon on WGS84: rays from the camera to the surface.

The surface lies ``ground_m`` above the ellipsoid; a footprint on hilly ground takes the terrain
height there. Attitude is the aircraft's: heading clockwise from true north, pitch up, roll right
wing down. The camera's tilt turns it about the aircraft's long axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from overflight.errors import SensorError
from overflight.geo.earth_fixed import (
    from_earth_fixed,
    meets_ground,
    north_east_down,
    to_earth_fixed,
)
from overflight.geo.geodesic import destination, distance_km
from overflight.geo.local import Floats
from overflight.geo.positions import Position
from overflight.sensing.frame import Swath, require_positive
from overflight.terms.camera import FrameCamera, PanoramicCamera
from overflight.units import Degrees, Kilometres, Metres

_EDGE_POINTS = 8
"""Points to an edge of a frame beside its corners: edges of a tilted frame are not straight in
longitude and latitude."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the camera is and how the aircraft lies. ``altitude_m`` is above the ellipsoid."""

    position: Position
    altitude_m: Metres
    heading_deg: Degrees = 0.0
    pitch_deg: Degrees = 0.0
    roll_deg: Degrees = 0.0

    def rotation(self) -> Floats:
        """From forward, right, down to north, east, down; shape (3, 3)."""
        heading, pitch, roll = (
            math.radians(a) for a in (self.heading_deg, self.pitch_deg, self.roll_deg)
        )
        ch, sh, cp, sp = math.cos(heading), math.sin(heading), math.cos(pitch), math.sin(pitch)
        cr, sr = math.cos(roll), math.sin(roll)
        return np.array(
            [
                [ch * cp, ch * sp * sr - sh * cr, ch * sp * cr + sh * sr],
                [sh * cp, sh * sp * sr + ch * cr, sh * sp * cr - ch * sr],
                [-sp, cp * sr, cp * cr],
            ]
        )


@dataclass(frozen=True, slots=True)
class Footprint:
    """The outline of what a frame shows, once round, the first position not repeated.

    ``corners`` are front left, front right, back right, back left as the aircraft flies.
    """

    ring: tuple[Position, ...]
    corners: tuple[Position, Position, Position, Position]
    centre: Position
    ground_m: Metres

    @property
    def sides_km(self) -> tuple[Kilometres, Kilometres, Kilometres, Kilometres]:
        """Front, right, back and left side as geodesics between the corners."""
        a, b, c, d = self.corners
        return distance_km(a, b), distance_km(b, c), distance_km(c, d), distance_km(d, a)


def frame_footprint(
    camera: FrameCamera, pose: Pose, ground_m: Metres = 0.0, *, edge_points: int = _EDGE_POINTS
) -> Footprint:
    """What one frame of ``camera`` shows. SensorError where it looks past the horizon."""
    half_x, half_y = camera.across_mm / 2.0, camera.along_mm / 2.0
    corners = [(-half_x, half_y), (half_x, half_y), (half_x, -half_y), (-half_x, -half_y)]
    image = [
        (x0 + (x1 - x0) * i / (edge_points + 1), y0 + (y1 - y0) * i / (edge_points + 1))
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True)
        for i in range(edge_points + 1)
    ]
    tilt = math.radians(camera.tilt_deg)
    x, y = np.array([(0.0, 0.0), *image]).T
    f = camera.focal_mm
    body = np.column_stack(
        [y, x * math.cos(tilt) + f * math.sin(tilt), f * math.cos(tilt) - x * math.sin(tilt)]
    )
    return _footprint(body, pose, ground_m, [1 + i * (edge_points + 1) for i in range(4)])


def panoramic_footprint(
    camera: PanoramicCamera, pose: Pose, ground_m: Metres = 0.0, *, edge_points: int = 32
) -> Footprint:
    """What one sweep shows: broad at its ends, waisted below the aircraft."""
    scan = np.radians(np.linspace(-camera.half_scan_deg, camera.half_scan_deg, edge_points + 2))
    slope = camera.along_mm / 2.0 / camera.focal_mm
    front = np.column_stack([np.full(scan.size, slope), np.sin(scan), np.cos(scan)])
    back = front[::-1] * np.array([-1.0, 1.0, 1.0])
    body = np.vstack([[0.0, 0.0, 1.0], front, back])
    n = scan.size
    return _footprint(body, pose, ground_m, [1, n, n + 1, 2 * n])


def _footprint(body: Floats, pose: Pose, ground_m: Metres, corners: Sequence[int]) -> Footprint:
    """From rays forward, right, down, the first of them the centre's."""
    require_positive(height_above_ground_m=pose.altitude_m - ground_m)
    place = pose.position
    rays = body @ pose.rotation().T @ north_east_down(place.lat, place.lon)
    eye = to_earth_fixed(place.lat, place.lon, pose.altitude_m)
    lat, lon, _ = from_earth_fixed(meets_ground(eye, rays, ground_m))
    if not np.isfinite(lat).all():
        raise SensorError(
            "part of the frame looks past the horizon and shows no ground",
            remedy="Tilt or roll less, or take a smaller frame or a longer focal length.",
        )
    if _goes_round_a_pole(lon[1:]):
        raise SensorError(
            "the frame shows a pole, round which no polygon in longitude and latitude closes",
            remedy="Move the place away from the pole.",
        )
    points = [Position(lat=float(p), lon=float(m)) for p, m in zip(lat, lon, strict=True)]
    front_left, front_right, back_right, back_left = (points[i] for i in corners)
    return Footprint(
        tuple(points[1:]), (front_left, front_right, back_right, back_left), points[0], ground_m
    )


def _goes_round_a_pole(lon: Floats) -> bool:
    turned = np.unwrap(np.append(lon, lon[0]), period=360.0)
    return bool(abs(turned[-1] - turned[0]) > 180.0)


def strip_ends(
    start: Position, heading_deg: Degrees, length_km: Kilometres, swath: Swath
) -> tuple[Position, Position, Position, Position]:
    """Corners of the strip that a scanner or radar covers from ``start`` on a straight leg.

    Front left, front right, back right, back left; set off square to the leg, on the ellipsoid.
    """
    require_positive(length_km=length_km)
    from overflight.geo.geodesic import azimuth_deg

    end = destination(start, heading_deg, length_km)
    course = (azimuth_deg(end, start) + 180.0) % 360.0

    def off(place: Position, towards: Degrees, km: Kilometres) -> Position:
        return destination(place, towards + (90.0 if km >= 0 else -90.0), abs(km))

    return (
        off(end, course, swath.left_km),
        off(end, course, swath.right_km),
        off(start, heading_deg, swath.right_km),
        off(start, heading_deg, swath.left_km),
    )
