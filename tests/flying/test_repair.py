"""Mending of recorded tracks: each fault made by hand, found, and put right or refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import TrackError
from overflight.flying.repair import RepairedTrack, repair
from overflight.formats.tracks.recorded import RecordedTrack
from overflight.terms.track import Track, track_of

N = 400


def recorded(track: Track, lines: np.ndarray | None = None) -> RecordedTrack:  # type: ignore[type-arg]
    numbers = np.arange(1, len(track) + 1) if lines is None else lines
    return RecordedTrack(track, numbers.astype(np.int64), "line", "t.csv")


def good(n: int = N) -> Track:
    """Eastward along 56 degrees north at 125 m/s, a point a second."""
    step = 125.0 / (111_320.0 * np.cos(np.radians(56.0)))
    return track_of(
        1.6e9 + np.arange(n), np.full(n, 56.0), 36.0 + step * np.arange(n), np.full(n, 2000.0)
    )


def same(found: RepairedTrack, wanted: Track) -> bool:
    return bool(
        np.array_equal(found.track.time_s, wanted.time_s)
        and np.array_equal(found.track.lon, wanted.lon)
    )


def kinds(found: RepairedTrack) -> dict[str, int]:
    return {one.kind: one.count for one in found.repairs}


def test_a_good_track_is_left_alone() -> None:
    found = repair(recorded(good()), strict=True)
    assert same(found, good())
    assert found.repairs == found.gaps == ()


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(5, N - 5), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_points_that_stand_twice_or_elsewhere_are_put_right(
    chosen: set[int], random: object
) -> None:
    order = list(range(N))
    for i in sorted(chosen):
        at = random.randrange(len(order))  # type: ignore[attr-defined]
        order.insert(at, i)
    found = repair(recorded(good().taken(np.array(order))))
    assert same(found, good())
    assert kinds(found)["twice"] == len(chosen)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(30, N - 30), min_size=1, max_size=8))
def test_single_points_that_jump_are_left_out(chosen: set[int]) -> None:
    track, at = good(), np.array(sorted(chosen))
    lon = track.lon.copy()
    lon[at] += 3.0
    bad = track_of(track.time_s, track.lat, lon, track.height_m)
    found = repair(recorded(bad))
    assert kinds(found) == {"jump": len(chosen)}
    assert same(found, track.taken(np.setdiff1d(np.arange(N), at)))
    assert found.repairs[0].places[0] == f"line {at[0] + 1}"


def test_a_first_point_that_is_wrong_is_left_out() -> None:
    track = good()
    lon = track.lon.copy()
    lon[0] = -120.0
    found = repair(recorded(track_of(track.time_s, track.lat, lon)))
    assert kinds(found) == {"jump": 1}
    assert same(found, track.taken(np.arange(1, N)))


def test_a_position_that_the_receiver_repeats_is_left_out() -> None:
    track = good()
    lon = track.lon.copy()
    lon[101:105] = lon[100]
    found = repair(recorded(track_of(track.time_s, track.lat, lon)))
    assert kinds(found) == {"repeated": 4}


def test_an_aircraft_that_stands_is_left_alone() -> None:
    track = good(2000)
    lon = track.lon.copy()
    lon[:900] = lon[900]
    found = repair(recorded(track_of(track.time_s, track.lat, lon)))
    assert len(found.track) == 2000


def test_a_place_that_is_left_for_good_is_refused() -> None:
    track = good()
    lon = track.lon.copy()
    lon[200:] += 10.0
    with pytest.raises(TrackError, match="line 200 and line 201") as caught:
        repair(recorded(track_of(track.time_s, track.lat, lon)))
    assert "--fastest" in caught.value.remedy


def test_a_clock_that_was_set_back_is_refused() -> None:
    track = good()
    time = track.time_s.copy()
    time[200:] -= 150.0
    with pytest.raises(TrackError, match="out of order"):
        repair(recorded(track_of(time, track.lat, track.lon)))


def test_two_places_at_one_time_are_refused() -> None:
    track = good()
    time = track.time_s.copy()
    time[201] = time[200]
    lon = track.lon.copy()
    lon[201] += 0.5
    with pytest.raises(TrackError, match="one time"):
        repair(recorded(track_of(time, track.lat, lon)))


def test_strict_refuses_what_would_be_mended() -> None:
    twice = good().taken(np.array([0, 1, 1, 2, 3, 4]))
    with pytest.raises(TrackError, match="--strict"):
        repair(recorded(twice), strict=True)


def test_gaps_are_named_and_never_filled() -> None:
    keep = np.r_[0:100, 190:N]
    found = repair(recorded(good().taken(keep), keep + 1))
    (gap,) = found.gaps
    assert gap.seconds == 91.0
    assert gap.places == ("line 100", "line 191")
    assert len(found.track) == len(keep)


def test_across_the_date_line_nothing_jumps() -> None:
    track = good()
    lon = (track.lon - 36.0 + 179.5 + 180.0) % 360.0 - 180.0
    found = repair(recorded(track_of(track.time_s, np.full(N, 70.0), lon)))
    assert found.repairs == ()
