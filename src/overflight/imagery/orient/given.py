"""Orientations from a file, as exteriors (and, from OpenSfM, interiors) of our own."""

from __future__ import annotations

import numpy as np

from overflight.errors import ImageError
from overflight.formats.orientation_files import EarthPose, MapPose, Oriented, SfmCamera, SfmShot
from overflight.geo.earth_fixed import north_east_down, to_earth_fixed
from overflight.imagery.orient.axes import exterior_in_aircraft, exterior_on_map, mounted
from overflight.imagery.orient.flown import Undulation
from overflight.terms.frames import Exterior, Floats, Interior


def exterior_given(
    pose: Oriented, crs: str | None, source: str, undulation: Undulation | None = None
) -> Exterior:
    """One row as an exterior. ``crs`` is what map coordinates are in; heights are lifted by
    ``undulation`` where it is given. Raises ImageError for map coordinates of no known system."""
    if isinstance(pose, SfmShot):
        return _of_shot(pose, source)
    if isinstance(pose, EarthPose):
        lat, lon, height = pose.place
        height += _lifted(undulation, lat, lon)
        return exterior_in_aircraft(lat, lon, height, pose.attitude, mounted(0.0), source=source)
    if crs is None:
        raise ImageError(
            f"{source}: map coordinates of an unknown coordinate system",
            remedy="Name it with --orientation-crs, as EPSG:2180.",
        )
    return exterior_on_map(
        crs, pose.place, pose.omega_phi_kappa, undulation_m=_on_map(undulation, crs, pose),
        source=source,
    )  # fmt: skip


def interior_given(camera: SfmCamera, columns: int, rows: int) -> Interior:
    """OpenSfM's interior for a picture of ``columns`` x ``rows``, perhaps smaller than the one
    that was calibrated. Its image coordinates begin at the middle and count the larger side as 1.
    Raises ImageError for a picture of another shape."""
    wide, tall = camera.size
    if abs(columns * tall - rows * wide) > max(wide, tall):
        raise ImageError(
            f"a picture of {columns} x {rows} pixels is not of a camera of {wide} x {tall}",
            remedy="Give the reconstruction that the picture belongs to.",
        )
    side = float(max(columns, rows))
    k1, k2, k3, p1, p2 = camera.distortion
    return Interior(
        columns, rows, camera.focal[0] * side, camera.focal[1] * side,
        columns / 2.0 + camera.centre[0] * side, rows / 2.0 + camera.centre[1] * side,
        k1, k2, k3, p1, p2,
    )  # fmt: skip


def _of_shot(shot: SfmShot, source: str) -> Exterior:
    """OpenSfM's reference frame is a plane: east, north and up at its reference (its documents
    call it topocentric); OpenDroneMap turns it to its grid."""
    lat, lon, altitude = shot.reference
    rotation = _rotation(np.asarray(shot.rotation))
    north, east, down = north_east_down(lat, lon)
    c, s = np.cos(np.radians(shot.grid_deg)), np.sin(np.radians(shot.grid_deg))
    ground = np.stack([c * east + s * north, c * north - s * east, -down])
    place = -rotation.T @ np.asarray(shot.translation)
    eye = to_earth_fixed(lat, lon, altitude) + place @ ground
    return Exterior(eye, rotation @ ground, source)


def _rotation(vector: Floats) -> Floats:
    """Rodrigues' formula: about ``vector`` by its length, radians."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-15:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * (cross @ cross))


def _lifted(undulation: Undulation | None, lat: float, lon: float) -> float:
    if undulation is None:
        return 0.0
    return float(undulation(np.array([lat]), np.array([lon]))[0])


def _on_map(undulation: Undulation | None, crs: str, pose: MapPose) -> float:
    if undulation is None:
        return 0.0
    import pyproj

    to_world = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = to_world.transform(pose.place[0], pose.place[1])
    return _lifted(undulation, float(lat), float(lon))
