"""Legs that may not be flown: borders as they are given, and areas to be avoided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.geo.areas import Area
from overflight.geo.positions import Position
from overflight.planning.ground import Ground

AREA = Area.from_ring([Position(52, 34), Position(52, 35), Position(53, 35), Position(53, 34)])


class Border:
    """A parallel that no leg may cross, and a record of what was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def in_territory(self, position: Position) -> bool:
        return position.lat > 50

    def blocked_leg(self, a: Position, b: Position, *, margin_km: float) -> bool:
        return (a.lat - 50) * (b.lat - 50) < 0 and margin_km == 12.5

    def blocked_pairs(self, points: Sequence[Position], *, margin_km: float) -> np.ndarray:
        self.asked.append(len(points))
        return np.array(
            [[self.blocked_leg(a, b, margin_km=margin_km) for a in points] for b in points]
        )


points = st.builds(Position, lat=st.floats(49, 55), lon=st.floats(30, 39))


@settings(max_examples=30)
@given(st.lists(points, min_size=2, max_size=9, unique=True))
def test_what_the_borders_or_an_area_block_is_blocked_and_nothing_else(
    places: list[Position],
) -> None:
    border = Border()
    matrix = Ground(border, 12.5, [AREA]).blocked(places)
    for i, a in enumerate(places):
        for j, b in enumerate(places):
            if i != j:
                expected = border.blocked_leg(a, b, margin_km=12.5) or AREA.intersects_leg(a, b)
                assert matrix[i, j] == expected
    assert (matrix == matrix.T).all()


def test_an_area_across_180_degrees_is_avoided_too() -> None:
    area = Area.from_ring(
        [Position(64, 179), Position(64, -179), Position(66, -179), Position(66, 179)]
    )
    ground = Ground(Border(), 12.5, [area])
    through, past = (Position(65, 175), Position(65, -175)), (Position(61, 175), Position(61, -175))
    assert ground.blocked(through)[0, 1]
    assert not ground.blocked(past)[0, 1]


def test_what_was_answered_once_is_not_asked_again() -> None:
    border = Border()
    ground = Ground(border, 12.5)
    many = [Position(51 + k / 10, 30 + k) for k in range(8)]
    whole = ground.blocked(many)
    assert (ground.blocked(many[2:7]) == whole[2:7, 2:7]).all()
    assert border.asked == [8]


def test_an_answer_may_be_written_into() -> None:
    ground = Ground(Border(), 12.5)
    many = [Position(51 + k / 10, 30 + k) for k in range(8)]
    ground.blocked(many)[:] = True
    assert not ground.blocked(many).any()


def test_fixes_lie_over_the_territory() -> None:
    assert Ground(Border(), 12.5).fix_allowed(Position(51, 30))
    assert not Ground(Border(), 12.5).fix_allowed(Position(49, 30))
