"""Clock offsets: one that was put in is found, one that cannot be found is refused."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from overflight.errors import TrackError
from overflight.imagery.orient.clocks import KnownPlace, time_offset
from overflight.terms.track import Track, track_of

GEOD = pyproj.Geod(ellps="WGS84")


def _flight(turns: bool) -> Track:
    """80 m/s at 1 Hz: 200 s to the east and, with ``turns``, then north and back west."""
    lon, lat = [17.0], [52.0]
    for heading in [90.0] * 200 + ([0.0] * 60 + [270.0] * 200 if turns else [90.0] * 260):
        x, y, _ = GEOD.fwd(lon[-1], lat[-1], heading, 80.0)
        lon.append(x)
        lat.append(y)
    return track_of(1000.0 + np.arange(461.0), np.array(lat), np.array(lon))


def _frames(track: Track, offset: float, noise: float, shift: float = 0.0) -> list[KnownPlace]:
    chance, found = np.random.default_rng(1), []
    for k, at in enumerate(np.arange(1050.5, 1420.0, 15.0)):
        lat, lon = (float(np.interp(at, track.time_s, v)) for v in (track.lat, track.lon))
        lon, lat, _ = GEOD.fwd(lon, lat, 45.0, shift)
        lon, lat, _ = GEOD.fwd(
            lon, lat, float(chance.uniform(0, 360)), abs(chance.normal(0, noise))
        )
        found.append(KnownPlace(f"{k}", at - offset, lat, lon))
    return found


def test_an_offset_is_found_within_its_interval() -> None:
    track = _flight(True)
    found = time_offset(track, _frames(track, 17.35, 3.0))
    assert found.low < 17.35 < found.high and found.high - found.low < 0.1
    assert found.residual_m < 5.0


def test_a_steady_distance_is_told_apart() -> None:
    track = _flight(True)
    found = time_offset(track, _frames(track, -6.2, 1.0, shift=30.0))
    assert found.seconds == pytest.approx(-6.2, abs=0.05)
    assert found.shift_m == pytest.approx((21.2, 21.2), abs=1.0)


def test_a_straight_flight_tells_nothing_beside_a_steady_distance() -> None:
    track = _flight(False)
    with pytest.raises(TrackError):
        time_offset(track, _frames(track, 5.0, 1.0))
    found = time_offset(track, _frames(track, 5.0, 1.0), shifted=False)
    assert found.seconds == pytest.approx(5.0, abs=0.05)


def test_places_that_are_known_too_badly_are_refused() -> None:
    track = _flight(True)
    with pytest.raises(TrackError, match=r"not good enough|fit alike"):
        time_offset(track, _frames(track, 5.0, 400.0)[:5], widest_s=0.5)


def test_too_few_frames_and_a_track_of_another_day_are_refused() -> None:
    track = _flight(True)
    frames = _frames(track, 0.0, 1.0)
    with pytest.raises(TrackError, match="2 frames"):
        time_offset(track, frames[:2])
    with pytest.raises(TrackError, match="cover all frames"):
        time_offset(track, _frames(track, 90_000.0, 1.0))
