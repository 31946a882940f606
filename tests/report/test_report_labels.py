"""Labels on a map keep clear of each other, or stay away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from overflight.report.labels import Box, Wanted, place

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
