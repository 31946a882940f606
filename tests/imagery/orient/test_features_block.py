"""Frames tied by features: a made block of known shape, and the real ones of a drone and a kite."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from overflight.errors import ImageError
from overflight.geo.earth_fixed import north_east_down, to_earth_fixed
from overflight.imagery.collinear import project
from overflight.imagery.orient import features as feature_room
from overflight.imagery.orient.adjust import Belief, Sightings
from overflight.imagery.orient.block import adjusted_from_pairs
from overflight.imagery.orient.control import refined, surface_at
from overflight.imagery.orient.derivatives import turn
from overflight.imagery.orient.features import (
    Features,
    Matching,
    Pair,
    features_of,
    matched,
    pairs_between,
    related,
    tracks_of,
)
from overflight.imagery.orient.patches import picture_of
from overflight.imagery.orient.relative import (
    angle_between,
    laid_upon_control,
    model_of,
    similarity,
)
from overflight.terms.frames import Exterior, Interior, OrientedFrame
from shared_data import needs_shared, shared

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))

_INSIDE = Interior(1000, 800, 900.0, 900.0, 500.0, 400.0)
_COUNT = 5


def _block(chance: np.random.Generator) -> tuple[list[OrientedFrame], np.ndarray]:
    """Five frames 100 m over hilly points, looking down, each a little its own way."""
    middle = to_earth_fixed(46.84, -91.99, 160.0)
    north, east, down = north_east_down(46.84, -91.99)
    frames = []
    for k in range(_COUNT):
        axes = turn(np.radians(chance.normal(0, 3.0, (1, 3))))[0] @ np.stack([east, -north, down])
        eye = middle + east * 30.0 * k + north * 8.0 * (k % 2) - down * (100.0 + 3.0 * (k % 3))
        frames.append(OrientedFrame(f"f{k}", _INSIDE, Exterior(eye, axes)))
    spots = chance.uniform((-60, -50, -8), (180, 60, 8), (400, 3))
    return frames, middle + spots @ np.stack([east, north, -down])


def _seen(frames: list[OrientedFrame], places: np.ndarray, noise: float) -> tuple[
    list[Features], list[Pair], np.ndarray
]:  # fmt: skip
    """Features as if found: every point in every frame that shows it."""
    chance = np.random.default_rng(1)
    shown, features = [], []
    for frame in frames:
        at = project(frame.interior, frame.exterior, places)
        inside = np.flatnonzero(((at > 0) & (at < (1000, 800))).all(axis=1))
        shown.append(inside)
        pixels = at[inside] + chance.normal(0, noise, (len(inside), 2))
        features.append(Features(pixels, np.zeros((len(inside), 1), dtype=np.float32)))
    pairs = []
    for i in range(len(frames)):
        for j in range(i + 1, len(frames)):
            _, a, b = np.intersect1d(shown[i], shown[j], return_indices=True)
            if len(a) >= 20:
                pairs.append(Pair(i, j, np.column_stack([a, b])))
    return features, pairs, np.concatenate(shown)


def test_a_picture_turned_after_it_was_taken_is_found_and_put_right() -> None:
    frames, places = _block(np.random.default_rng(0))
    features, pairs, _ = _seen(frames, places, 0.3)
    half = np.diag([-1.0, -1.0, 1.0])
    chance = np.random.default_rng(2)
    believed = [
        replace(
            f,
            exterior=Exterior(
                f.exterior.eye + chance.normal(0, 2.0, 3),
                (half if f.name in ("f1", "f3") else np.eye(3)) @ f.exterior.axes,
            ),
        )
        for f in frames
    ]  # fmt: skip
    result, _, turned = adjusted_from_pairs(
        believed, tracks_of(pairs, features), pairs, features, surface_at(160.0), Belief(2.0, 5.0)
    )
    assert turned == ("f1", "f3")
    assert result.rms_px < 0.6
    for found, true in zip(result.frames, frames, strict=True):
        assert angle_between(found, true) < 3.0
        assert np.linalg.norm(found.exterior.eye - true.exterior.eye) < 5.0


def test_frames_of_which_nothing_is_known_are_laid_upon_four_sightings_of_three_points() -> None:
    frames, places = _block(np.random.default_rng(3))
    features, pairs, _ = _seen(frames, places, 0.0)
    sightings = tracks_of(pairs, features)
    model = model_of([f.name for f in frames], [_INSIDE] * _COUNT, sightings, pairs, features)
    assert model.lost == () and model.rms_px < 0.05
    rows = []
    for frame in frames:
        at = project(frame.interior, frame.exterior, places)
        rows.append(((at > 50) & (at < (950, 750))).all(axis=1))
    shown = np.array(rows)
    twice = np.flatnonzero(shown[0] & shown[1])[:2]
    once = np.flatnonzero(shown[4] & ~shown[0])[:1]
    frame = np.array([0, 1, 0, 1, 4])
    point = np.array([0, 0, 1, 1, 2])
    xyz = places[[*twice, *once]]
    pixels = np.array(
        [project(_INSIDE, frames[f].exterior, xyz[p][None])[0]
         for f, p in zip(frame, point, strict=True)]
    )  # fmt: skip
    laid, off = laid_upon_control(model, Sightings(frame, point, pixels), xyz)
    # the turn about the two points is tried degree by degree
    assert off < 15.0
    for found, true in zip(model.frames, frames, strict=True):
        assert np.linalg.norm(laid.frame(found).exterior.eye - true.exterior.eye) < 2.0


def test_a_similarity_is_found_again() -> None:
    chance = np.random.default_rng(4)
    inside = chance.normal(0, 10.0, (6, 3))
    turned = turn(np.array([[0.3, -1.2, 2.0]]))[0]
    found = similarity(inside, 2.5 * inside @ turned.T + (1.0, 2.0, 3.0))
    assert found.scale == pytest.approx(2.5)
    np.testing.assert_allclose(found.turned, turned, atol=1e-9)
    np.testing.assert_allclose(found.shift, (1.0, 2.0, 3.0), atol=1e-9)


def test_what_hangs_together_over_two_features_of_one_frame_is_no_point() -> None:
    spot = np.arange(6, dtype=float).reshape(3, 2)
    features = [Features(spot, np.zeros((3, 1), dtype=np.float32)) for _ in range(3)]
    pairs = [
        Pair(0, 1, np.array([[0, 0], [1, 1]])),
        Pair(1, 2, np.array([[0, 0], [1, 1]])),
        Pair(0, 2, np.array([[0, 0], [2, 1]])),
    ]
    tracks = tracks_of(pairs, features)
    # 1-1-1 and 2-1 run together in frame 0
    assert tracks.frame.tolist() == [0, 1, 2]
    assert tracks.point.tolist() == [0, 0, 0]
    np.testing.assert_array_equal(tracks.pixels, spot[[0, 0, 0]])


def test_features_of_a_turned_and_shrunk_picture_are_where_geometry_says() -> None:
    chance = np.random.default_rng(5)
    rough = np.kron(chance.uniform(20, 235, (60, 80)), np.ones((6, 6)))
    quarter = np.rot90(rough).copy()
    found = [features_of(picture_of(p), Matching(cells=4)) for p in (rough, quarter)]
    matches = matched(found[0], found[1], 0.8)
    assert len(matches) > 50
    here, there = found[0].pixels[matches[:, 0]], found[1].pixels[matches[:, 1]]
    # a quarter anticlockwise: the old column counts from the bottom, the old row to the right
    off = there - np.column_stack([here[:, 1], rough.shape[1] - here[:, 0]])
    assert np.median(np.abs(off)) < 0.05


def test_matches_off_the_common_geometry_are_left_out() -> None:
    frames, places = _block(np.random.default_rng(6))
    a, b = (project(_INSIDE, f.exterior, places) for f in frames[:2])
    shown = ((a > 0) & (a < (1000, 800)) & (b > 0) & (b < (1000, 800))).all(axis=1)
    a, b = a[shown], b[shown]
    wrong = np.arange(len(b)) % 4 == 0
    b[wrong] += np.random.default_rng(7).uniform(60, 200, (wrong.sum(), 2))
    _, fits = related((_INSIDE, a), (_INSIDE, b), 3.0)
    assert fits[~wrong].all()
    assert fits[wrong].mean() < 0.2


def test_frames_that_share_nothing_are_no_pair() -> None:
    chance = np.random.default_rng(8)
    made = [chance.random((200, 16)).astype(np.float32) for _ in range(2)]
    unit = [d / np.linalg.norm(d, axis=1, keepdims=True) for d in made]
    features = [Features(chance.uniform(0, 800, (200, 2)), d) for d in unit]
    assert pairs_between([_INSIDE] * 2, features, [(0, 1)], Matching()) == []


def test_without_the_library_it_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feature_room.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ImageError, match="OpenCV") as told:
        features_of(picture_of(np.zeros((64, 64), dtype=np.uint8)), Matching())
    assert "overflight[tie]" in told.value.remedy


@needs_shared
@pytest.mark.slow
def test_the_aerotriangulated_pair_tied_by_features() -> None:
    from orientation import TYING, pair, put_wrong

    frames, pictures, surface = pair(shared("orthority_tests"))
    _, report = refined(
        put_wrong(frames, 1), pictures, surface, Belief(20.0, 0.3, 0.3), surface_sigma_m=3.0,
        features=True,
    )  # fmt: skip
    assert report.ties > 300 and report.tie_px < 1.0
    assert not any("weaker" in note for note in report.notes)
    _, by_patches = refined(
        frames, pictures, surface, Belief(20.0, 0.3, 0.3), tying=TYING, features=False
    )
    assert any("weaker" in note for note in by_patches.notes)


@needs_shared
@pytest.mark.slow
def test_kite_frames_without_position_hang_together() -> None:
    from orientation import BORUSZYN_FOCAL, placed_features

    from overflight.imagery.orient.block import modelled

    names = ["img_4854.jpg", "img_4858.jpg", "img_4885.jpg"]
    interiors, pictures = placed_features(shared("boruszyn"), names, BORUSZYN_FOCAL)
    model = modelled(interiors, pictures, ("focal", "k1"), Matching(most=3000, size=3_000_000))
    assert model.lost == () and len(model.places) > 200
    assert model.rms_px < 3.0
