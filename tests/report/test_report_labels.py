"""Labels on a map keep clear of each other, or stay away."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.report.labels import APART, Box, Wanted, place

BOUNDS = (0.0, 0.0, 400.0, 300.0)
POINTS = st.tuples(st.floats(0, 400), st.floats(0, 300), st.integers(0, 2))


def apart(a: Box, b: Box) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@given(st.lists(POINTS, max_size=60))
def test_no_label_lies_on_another_or_leaves_the_map(points: list[tuple[float, float, int]]) -> None:
    wanted = [Wanted(f"F{i}", x, y, 30, 12, rank=rank) for i, (x, y, rank) in enumerate(points)]
    boxes = [placed.box for placed in place(wanted, BOUNDS, taken=[(0, 0, 90, 40)])]
    for index, box in enumerate(boxes):
        assert BOUNDS[0] <= box[0] and box[2] <= BOUNDS[2]
        assert BOUNDS[1] <= box[1] and box[3] <= BOUNDS[3]
        assert apart(box, (0, 0, 90, 40))
        assert all(apart(box, other) for other in boxes[index + 1 :])


def test_the_higher_rank_is_served_where_there_is_room_for_one() -> None:
    small = (0.0, 0.0, 60.0, 30.0)
    wanted = [Wanted("F01", 8, 15, 45, 26), Wanted("UUMB", 8, 15, 45, 26, rank=2)]
    assert [p.label.text for p in place(wanted, small)] == ["UUMB"]


def test_a_label_keeps_off_the_route() -> None:
    label = Wanted("F01", 100, 100, 30, 12)
    along = [(100.0, 100.0, 200.0, 200.0)]
    (free,) = place([label], BOUNDS)
    (moved,) = place([label], BOUNDS, segments=along)
    assert free.box[1] > 100  # up and to the right is the first choice
    assert moved.box[3] < 100


def test_the_name_of_an_area_lies_on_it() -> None:
    (placed,) = place([Wanted("D-104", 100, 100, 30, 12, gap=0.0)], BOUNDS)
    assert placed.box == (85.0, 94.0, 115.0, 106.0)


def gap(a: Box, b: Box) -> float:
    """Distance between two boxes, pixels; 0 where they touch or overlap."""
    dx = max(a[0] - b[2], b[0] - a[2], 0.0)
    dy = max(a[1] - b[3], b[1] - a[3], 0.0)
    return math.hypot(dx, dy)


def off(box: Box, x: float, y: float) -> float:
    """Distance of a point from a box, pixels."""
    return gap(box, (x, y, x, y))


# A handful of fixes within a few label heights of each other, as around a large town.
CROWD = [(150.0, 150.0), (158.0, 141.0), (154.0, 131.0), (128.0, 149.0), (122.0, 138.0),
         (136.0, 118.0), (135.0, 110.0)]  # fmt: skip


def crowd() -> list[Wanted]:
    return [Wanted(f"F{i}", x, y, 30, 12, gap=7.0) for i, (x, y) in enumerate(CROWD)]


def legs() -> list[tuple[float, float, float, float]]:
    return [(*a, *b) for a, b in pairwise(CROWD)]


def test_in_a_crowd_all_labels_find_a_place_and_none_touches_another() -> None:
    placed = place(crowd(), BOUNDS, segments=legs())
    assert len(placed) == len(CROWD)
    for i, one in enumerate(placed):
        for other in placed[i + 1 :]:
            assert gap(one.box, other.box) >= APART - 1e-9


def test_in_a_crowd_each_label_is_known_to_be_its_points() -> None:
    """Its own point is the nearest to it, or a leader leads to that from the edge of the label."""
    placed = place(crowd(), BOUNDS, segments=legs())
    led = 0
    for item in placed:
        own = off(item.box, item.label.x, item.label.y)
        others = [p for p in CROWD if p != (item.label.x, item.label.y)]
        if item.leader is None:
            assert own < min(off(item.box, *p) for p in others)
            continue
        led += 1
        x0, y0, x1, y1 = item.leader
        assert (x0, y0) == (item.label.x, item.label.y)
        assert off(item.box, x1, y1) == pytest.approx(0.0)
        assert math.hypot(x1 - x0, y1 - y0) == pytest.approx(own)
        assert min(off(item.box, *p) for p in others) > 5.0
    assert led


def test_no_leader_runs_through_a_label() -> None:
    placed = place(crowd(), BOUNDS, segments=legs())
    for item in placed:
        if item.leader is None:
            continue
        x0, y0, x1, y1 = item.leader
        for other in placed:
            if other is not item:
                steps = [k / 50 for k in range(51)]
                at = [(x0 + t * (x1 - x0), y0 + t * (y1 - y0)) for t in steps]
                left, bottom, right, top = other.box
                inside = (left + 0.5, bottom + 0.5, right - 0.5, top - 0.5)
                assert all(off(inside, *p) > 0 for p in at)


def test_a_label_alone_needs_no_leader() -> None:
    (placed,) = place([Wanted("F01", 100, 100, 30, 12)], BOUNDS)
    assert placed.leader is None


def test_a_map_full_of_points_has_no_leaders() -> None:
    wanted = [Wanted(f"F{i}", 10 + i % 20 * 19, 8 + i // 20 * 19, 30, 12) for i in range(300)]
    assert all(item.leader is None for item in place(wanted, BOUNDS))
