"""The line that is flown begins and ends on the legs and keeps to what the turns say of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.geo.geodesic import destination, distance_km, length_km
from overflight.geo.positions import Position
from overflight.performance.flyable import fly
from overflight.performance.handling import Handling
from overflight.performance.trace import flown_line, turn_path
from overflight.performance.turns import OVERFLIGHT_TURN, TURN_SHORT

HOME = Position(lat=55, lon=37)


@settings(deadline=None, max_examples=60)
@given(st.floats(-115, 115), st.sampled_from([TURN_SHORT, OVERFLIGHT_TURN]), st.floats(0, 360))
def test_the_line_is_as_long_as_the_track(angle: float, technique: str, course: float) -> None:
    fix = destination(HOME, course, 60)
    back = destination(fix, course, 1)  # the direction of the first leg at its end
    onward = _direction(fix, back) + angle
    path = [HOME, fix, destination(fix, onward, 60)]
    found = fly(path, (0, 2), speed_km_h=450, handling=Handling(technique=technique))
    line = flown_line(path, found, step=0.05)
    assert line[0] == path[0] and line[-1] == path[-1]
    assert length_km(line) == pytest.approx(found.track_km, abs=0.01)
    (turn,) = found.turns
    assert distance_km(line[1], fix) == pytest.approx(turn.lead_km, abs=1e-6)
    assert distance_km(line[-2], fix) == pytest.approx(turn.rejoin_km, abs=1e-3)
    # on the second leg again: what is left of it is all that is left to fly
    left = distance_km(line[-2], path[-1])
    assert left == pytest.approx(60 - turn.rejoin_km, abs=1e-3)


def _direction(a: Position, b: Position) -> float:
    from overflight.geo.geodesic import azimuth_deg

    return azimuth_deg(a, b)


@pytest.mark.parametrize("angle", [-150.0, -60.0, 20.0, 90.0, 179.0])
def test_as_far_off_as_it_says(angle: float) -> None:
    """Over the fix and past the next leg: the farthest point beside it is what the turn says."""
    fix = destination(HOME, 0, 100)
    found = fly([HOME, fix, destination(fix, angle, 100)], (0, 2), speed_km_h=450)
    (turn,) = found.turns
    way = turn_path(turn)
    end = way.end
    assert (end.heading - angle + 180) % 360 == pytest.approx(180, abs=1e-6)
    reach = (end.x**2 + end.y**2) ** 0.5
    ux, uy = end.x / reach, end.y / reach
    points = [way.at(way.length * i / 2000) for i in range(2001)]
    farthest = max(abs(p.x * uy - p.y * ux) for p in points)
    assert farthest == pytest.approx(turn.off_track_km, rel=1e-4)
