"""First orientations against authorities other than our code: SciPy's rotations, pyproj, the
footprint's own corners, and one camera written down in three ways by other programs."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from scipy.spatial.transform import Rotation

from overflight.errors import ImageError, TrackError
from overflight.formats.orientation_files import SfmShot, read_orientations, stem
from overflight.geo.earth_fixed import from_earth_fixed, meets_ground
from overflight.geo.positions import Position
from overflight.imagery.collinear import rays
from overflight.imagery.orient.axes import exterior_on_map
from overflight.imagery.orient.flown import Mount, exteriors_on_track
from overflight.imagery.orient.given import exterior_given
from overflight.imagery.orient.interior import interior_of_camera
from overflight.imagery.orient.metadata import exterior_of_metadata, read_metadata
from overflight.sensing.footprint import Pose, frame_footprint
from overflight.terms.camera import FrameCamera
from overflight.terms.frames import Exterior
from overflight.terms.track import ELLIPSOID, MEAN_SEA_LEVEL, PRESSURE, track_of
from shared_data import needs_shared, shared

CAMERA = FrameCamera(
    "f", "frame", "digital-framing", 80.0, 60.0, 40.0, pitch_um=20.0, tilt_deg=12.0
)
TO_EARTH = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


def _track(datum: str = ELLIPSOID, roll: float = 4.0):
    two = np.array([100.0, 110.0])
    same = np.ones(2)
    return track_of(
        two, 52.0 * same, 17.0 * same, 3000.0 * same, roll_deg=roll * same, pitch_deg=-3.0 * same,
        heading_deg=250.0 * same, datum=datum,
    )  # fmt: skip


def _one(track, **named) -> Exterior:
    placed, failed = exteriors_on_track(track, {"a": 105.0}, CAMERA, **named)
    assert not failed
    return placed["a"]


def test_corner_rays_meet_the_footprints_corners() -> None:
    exterior = _one(_track())
    interior = interior_of_camera(CAMERA, 3000, 2000)
    corners = np.array([[0.0, 0.0], [3000.0, 0.0], [3000.0, 2000.0], [0.0, 2000.0]])
    ground = meets_ground(exterior.eye, rays(interior, exterior, corners), 150.0)
    lat, lon, _ = from_earth_fixed(ground)
    pose = Pose(Position(lat=52.0, lon=17.0), 3000.0, 250.0, -3.0, 4.0)
    expected = frame_footprint(CAMERA, pose, 150.0).corners
    np.testing.assert_allclose(lat, [p.lat for p in expected], atol=1e-10)
    np.testing.assert_allclose(lon, [p.lon for p in expected], atol=1e-10)


def test_a_lever_arm_lies_in_the_aircraft() -> None:
    moved = _one(_track(), mount=Mount(lever_arm_m=(10.0, -2.0, 1.5))).eye - _one(_track()).eye
    body = Rotation.from_euler("ZYX", [250.0, -3.0, 4.0], degrees=True).apply([10.0, -2.0, 1.5])
    geod = pyproj.Geod(ellps="WGS84")
    lon, lat, _ = geod.fwd(17.0, 52.0, np.degrees(np.arctan2(body[1], body[0])),
                           np.hypot(body[0], body[1]))  # fmt: skip
    start, end = (
        TO_EARTH.transform(17.0, 52.0, 3000.0),
        TO_EARTH.transform(lon, lat, 3000.0 - body[2]),
    )
    # the geodesic is on the ellipsoid, the lever arm 3 km above it: 5 mm
    np.testing.assert_allclose(moved, np.subtract(end, start), atol=0.01)


def test_heights_above_the_sea_are_lifted_or_told() -> None:
    plain = _one(_track(MEAN_SEA_LEVEL))
    lifted = _one(_track(MEAN_SEA_LEVEL), undulation=lambda lat, _: np.full(lat.shape, 38.0))
    assert "above the sea" in plain.source
    assert float(from_earth_fixed(lifted.eye)[2]) == pytest.approx(3038.0, abs=1e-6)
    with pytest.raises(TrackError, match="pressure"):
        exteriors_on_track(_track(PRESSURE), {"a": 105.0}, CAMERA)


def test_a_track_that_does_not_cover_a_frame_says_by_how_much() -> None:
    placed, failed = exteriors_on_track(_track(), {"late": 117.5, "early": 96.0}, CAMERA)
    assert not placed
    assert "late" in str(failed["late"]) and "7.5 s after" in str(failed["late"])
    assert "4.0 s before" in str(failed["early"])


def test_a_track_without_attitude_is_refused_by_name() -> None:
    _, failed = exteriors_on_track(_track(roll=np.nan), {"frame 7": 105.0}, CAMERA)
    assert "frame 7" in str(failed["frame 7"]) and "attitude" in str(failed["frame 7"])


def test_a_picture_of_another_camera_is_refused() -> None:
    with pytest.raises(ImageError, match="4000 x 2250 pixels"):
        interior_of_camera(CAMERA, 4000, 2250, "x.jpg")
    with pytest.raises(ImageError) as told:
        interior_of_camera(CAMERA, 2000, 3000, "x.jpg")
    assert "quarter" in told.value.remedy


@pytest.mark.parametrize("x", [300_000.0, 500_000.0, 750_000.0])
def test_map_angles_follow_the_grid_through_convergence(x: float) -> None:
    angles, y = (2.0, -3.0, 40.0), 5_800_000.0
    found = exterior_on_map("EPSG:32633", (x, y, 3000.0), angles)
    # image axes x right, y up, z backwards: Rotation "XYZ" is intrinsic, Rx Ry Rz
    ground = Rotation.from_euler("XYZ", angles, degrees=True).as_matrix()
    to_world = pyproj.Transformer.from_crs("EPSG:32633", "EPSG:4979", always_xy=True)
    factors = pyproj.Proj("EPSG:32633").get_factors(*to_world.transform(x, y, 0.0)[:2])
    turn = np.radians(factors.meridian_convergence)
    lon, lat, _ = to_world.transform(x, y, 0.0)
    lam, phi = np.radians(lon), np.radians(lat)
    east = np.array([-np.sin(lam), np.cos(lam), 0.0])
    north = np.array([-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)])
    up = np.cross(east, north)
    # PROJ: convergence is the angle from true north to grid north, positive clockwise to the west
    grid_north = np.cos(turn) * north - np.sin(turn) * east
    flipped = np.cos(turn) * north + np.sin(turn) * east
    ahead = np.subtract(TO_EARTH.transform(*to_world.transform(x, y + 1.0, 0.0)),
                        TO_EARTH.transform(*to_world.transform(x, y, 0.0)))  # fmt: skip
    grid_north = max((grid_north, flipped), key=lambda v: float(v @ ahead))
    grid_east = np.cross(grid_north, up)
    image = ground.T @ np.stack([grid_east, grid_north, up])
    np.testing.assert_allclose(found.axes, np.diag([1.0, -1.0, -1.0]) @ image, atol=3e-6)


@needs_shared
def test_one_camera_written_in_three_ways_is_one_camera() -> None:
    folder = shared("orthority_tests")
    shots = {stem(s.name): s for s in read_orientations(folder / "odm/opensfm/reconstruction.json")}
    on_map = {stem(s.name): s for s in read_orientations(folder / "io/odm_xyz_opk.csv")}
    assert set(shots) == set(on_map) and len(shots) == 4
    for name, shot in shots.items():
        assert isinstance(shot, SfmShot)
        solid = exterior_given(shot, None, "")
        flat = exterior_given(on_map[name], "EPSG:32651", "")
        # rounded to 1 mm and 0.001 degrees; the scale of the grid makes centimetres of 150 m
        assert np.linalg.norm(solid.eye - flat.eye) < 0.1
        turned = Rotation.from_matrix(solid.axes @ flat.axes.T).magnitude()
        assert np.degrees(turned) < 0.02


@needs_shared
def test_a_drones_metadata_place_it_to_its_gps() -> None:
    path = shared("brighton_beach/DJI_0018.JPG")
    written = read_metadata(path)
    exterior = exterior_of_metadata(written, path.name)
    lat, lon, height = (float(v) for v in from_earth_fixed(exterior.eye))
    assert (lat, lon) == pytest.approx((46.842607083, -91.994559889), abs=1e-8)
    assert height == pytest.approx(198.31, abs=1e-6)
    # gimbal at -89.9 degrees: the axis is straight down but for a tenth of a degree
    down = -np.array(TO_EARTH.transform(lon, lat, 1.0)) + TO_EARTH.transform(lon, lat, 0.0)
    assert np.degrees(np.arccos(exterior.axes[2] @ down)) == pytest.approx(0.1, abs=0.001)


@needs_shared
def test_a_picture_without_a_place_says_what_to_give() -> None:
    path = shared("boruszyn/img_4854.jpg")
    with pytest.raises(ImageError) as told:
        exterior_of_metadata(read_metadata(path), path.name)
    assert "img_4854.jpg" in told.value.message and "--track" in told.value.remedy
