"""Resection and bundle adjustment: poses that were known come back, errors are as large as said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from overflight.errors import ImageError
from overflight.geo.earth_fixed import to_earth_fixed
from overflight.imagery.collinear import project
from overflight.imagery.orient.adjust import Belief, Points, Sightings, adjusted
from overflight.imagery.orient.axes import exterior_in_aircraft, mounted
from overflight.imagery.orient.derivatives import (
    CALIBRATED,
    Cameras,
    cameras_of,
    derivatives,
    pixels_at,
    turn,
    turned_by,
)
from overflight.imagery.orient.resect import resected, three_points
from overflight.terms.frames import Exterior, Interior, OrientedFrame

BENT = Interior(4000, 3000, 3500.0, 3510.0, 2010.0, 1490.0, -0.05, 0.01, 0.001, 1e-4, -2e-4)
PLAIN = Interior(4000, 3000, 3500.0, 3500.0, 2000.0, 1500.0)


def _ground(seed: int, count: int, relief: float = 60.0):
    chance = np.random.default_rng(seed)
    return to_earth_fixed(
        52.0 + chance.uniform(-0.0025, 0.0025, count), 17.0 + chance.uniform(-0.004, 0.004, count),
        chance.uniform(0.0, relief, count),
    )  # fmt: skip


def _exterior(lat=52.0, lon=17.0, attitude=(3.0, -2.0, 77.0)) -> Exterior:
    return exterior_in_aircraft(lat, lon, 1000.0, attitude, mounted(2.0))


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10_000), st.floats(-15, 15), st.floats(-15, 15), st.floats(0, 360),
    st.sampled_from([BENT, PLAIN]),
)  # fmt: skip
def test_what_was_projected_is_resected(seed, roll, pitch, heading, interior) -> None:
    exterior = _exterior(attitude=(roll, pitch, heading))
    places = _ground(seed, 40)
    pixels = project(interior, exterior, places)
    seen = np.isfinite(pixels).all(axis=1) & (np.abs(pixels - 2000.0) < 2000.0).all(axis=1)
    places, pixels = places[seen][:8], pixels[seen][:8]
    if len(places) < 6:
        return
    found = resected("f", interior, places, pixels).frames[0].exterior
    assert np.linalg.norm(found.eye - exterior.eye) < 1e-5
    np.testing.assert_allclose(found.axes, exterior.axes, atol=1e-8)


def test_a_wrong_point_does_not_move_a_resection() -> None:
    exterior, places = _exterior(), _ground(1, 12)
    pixels = project(BENT, exterior, places)
    pixels[3] += 300.0
    result = resected("f", BENT, places, pixels)
    assert len(result.residuals) == 11
    assert np.linalg.norm(result.frames[0].exterior.eye - exterior.eye) < 1e-4


def test_the_sigma_of_a_resection_is_the_spread_that_noise_makes() -> None:
    exterior, places = _exterior(), _ground(2, 30)
    exact = project(PLAIN, exterior, places)
    chance, eyes, said = np.random.default_rng(5), [], []
    for _ in range(60):
        found = adjusted(
            [OrientedFrame("f", PLAIN, exterior)],
            Sightings(np.zeros(30, dtype=np.intp), np.arange(30),
                      exact + chance.normal(0, 0.5, exact.shape)),
            Points(places, np.full(30, 1e-4)),
            robust=False,
        ).frames[0].exterior  # fmt: skip
        eyes.append(found.eye)
        said.append(found.sigma_m)
    spread = np.sqrt(np.var(eyes, axis=0).mean())
    assert np.median(said) == pytest.approx(spread, rel=0.25)


def test_too_few_points_and_points_in_a_line_are_refused() -> None:
    places = _ground(3, 4)
    with pytest.raises(ImageError, match="3 control points"):
        resected("f", PLAIN, places[:3], np.zeros((3, 2)))
    line = places[0] + np.arange(5)[:, None] * np.array([10.0, 20.0, 5.0])
    with pytest.raises(ImageError, match="do not agree"):
        resected("f", PLAIN, line, project(PLAIN, _exterior(), line))


def test_three_points_have_the_true_place_among_their_solutions() -> None:
    axes = Rotation.from_euler("xyz", [170.0, 5.0, 30.0], degrees=True).as_matrix()
    eye = np.array([10.0, -20.0, 500.0])
    places = np.array([[0.0, 0.0, 0.0], [120.0, 10.0, 5.0], [-30.0, 90.0, -8.0]])
    seen = (places - eye) @ axes.T
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    assert min(np.linalg.norm(found - eye) for found, _ in three_points(places, seen)) < 1e-6


def test_derivatives_are_those_of_finite_differences() -> None:
    cameras, places = cameras_of([BENT], [_exterior()]), _ground(4, 10)
    frame = np.zeros(10, dtype=np.intp)
    start, by_frame, by_camera, by_point = derivatives(cameras, frame, places, CALIBRATED)
    for k in range(6):
        step = np.zeros(6)
        step[k] = 1e-6 if k < 3 else 1e-3
        moved = Cameras(
            cameras.inside, cameras.eyes + step[3:], turn(step[None, :3]) @ cameras.axes
        )
        told = (pixels_at(moved, frame, places) - start) / step[k]
        np.testing.assert_allclose(told, by_frame[:, :, k], rtol=1e-4, atol=1e-4)
    for k, at in enumerate([0, 2, 3, 4, 5, 6, 7, 8]):
        inside = cameras.inside.copy()
        inside[0, at] += 1e-5
        if at == 0:
            inside[0, 1] *= inside[0, 0] / cameras.inside[0, 0]
        told = (pixels_at(replace(cameras, inside=inside), frame, places) - start) / 1e-5
        np.testing.assert_allclose(told, by_camera[:, :, k], rtol=1e-4, atol=1e-4)
    told = (pixels_at(cameras, frame, places + np.array([0.0, 0.0, 1e-3])) - start) / 1e-3
    np.testing.assert_allclose(told, by_point[:, :, 2], rtol=1e-4, atol=1e-4)


def test_small_turns_are_read_back() -> None:
    before = Rotation.random(5, random_state=0).as_matrix()
    vectors = np.random.default_rng(0).normal(0, 0.3, (5, 3))
    np.testing.assert_allclose(turn(vectors), Rotation.from_rotvec(vectors).as_matrix(), atol=1e-12)
    np.testing.assert_allclose(turned_by(turn(vectors) @ before, before), vectors, atol=1e-12)


def _block(noise: float, seed: int = 7):
    chance = np.random.default_rng(seed)
    interior = replace(PLAIN, focal_x=3520.0, focal_y=3520.0, k1=-0.02)
    spots = [(52.0, 16.9985), (52.0, 17.0), (52.0, 17.0015), (52.0015, 17.0), (52.0015, 16.9985)]
    truth = [
        OrientedFrame(f"{i}", interior, _exterior(a, o, (i - 2.0, 1.0, 90.0 * (i % 2))))
        for i, (a, o) in enumerate(spots)
    ]
    places = _ground(seed, 150, 120.0)
    frame, point, pixels = [], [], []
    for i, one in enumerate(truth):
        at = project(interior, one.exterior, places)
        for k in np.flatnonzero((at > 0).all(axis=1) & (at < [4000, 3000]).all(axis=1)):
            frame.append(i)
            point.append(k)
            pixels.append(at[k] + chance.normal(0, noise, 2))
    return truth, places, Sightings(np.array(frame), np.array(point), np.array(pixels))


def test_a_block_comes_back_with_its_camera_from_a_few_control_points() -> None:
    truth, places, sightings = _block(0.0)
    chance = np.random.default_rng(0)
    wrong = [
        replace(
            f, interior=PLAIN,
            exterior=Exterior(f.exterior.eye + chance.normal(0, 5, 3),
                              turn(chance.normal(0, 0.02, (1, 3)))[0] @ f.exterior.axes),
        )
        for f in truth
    ]  # fmt: skip
    sigma = np.where(np.arange(len(places)) % 15 == 0, 0.001, np.inf)
    start = places + np.where(np.isinf(sigma)[:, None], chance.normal(0, 10, places.shape), 0.0)
    result = adjusted(
        wrong, sightings, Points(start, sigma), Belief(1e4, 90.0), calibrate=("focal", "k1")
    )
    assert result.rms_px < 1e-2
    assert result.frames[0].interior.focal_x == pytest.approx(3520.0, abs=0.2)
    assert result.frames[0].interior.k1 == pytest.approx(-0.02, abs=1e-4)
    for found, f in zip(result.frames, truth, strict=True):
        assert np.linalg.norm(found.exterior.eye - f.exterior.eye) < 0.1


def test_check_points_of_a_noisy_block_are_within_one_and_a_half_ground_samples() -> None:
    truth, places, sightings = _block(0.5)
    bad = np.random.default_rng(3).choice(len(sightings.frame), 15, replace=False)
    sightings.pixels[bad] += 40.0
    sigma = np.where(np.arange(len(places)) % 15 == 0, 0.02, np.inf)
    start = places + np.where(np.isinf(sigma), 3.0, 0.0)[:, None]
    result = adjusted(truth, sightings, Points(start, sigma), Belief(20.0, 2.0))
    assert not result.used[bad].any() and result.used.mean() > 0.9
    for found, f in zip(result.frames, truth, strict=True):
        at = project(f.interior, f.exterior, places)
        own = (at > 0).all(axis=1) & (at < [4000, 3000]).all(axis=1)
        off = project(found.interior, found.exterior, places[own]) - at[own]
        assert np.sqrt(np.mean(np.sum(off**2, axis=1))) < 1.5


def test_nothing_to_adjust_is_refused() -> None:
    nothing = Sightings(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros((0, 2)))
    frame = OrientedFrame("f", PLAIN, _exterior())
    with pytest.raises(ImageError, match="nothing to adjust"):
        adjusted([frame], nothing, Points(np.zeros((0, 3)), np.zeros(0)))
    with pytest.raises(ImageError, match="'zoom'"):
        adjusted([frame], nothing, Points(np.zeros((0, 3)), np.zeros(0)), calibrate=("zoom",))
