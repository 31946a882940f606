"""Readings of a calibration target from CSV."""

from __future__ import annotations

import pytest

from overflight.errors import DataError
from overflight.formats.h_min_rows import TargetRow, read_target_rows


def test_rows_are_read_with_what_may_be_left_out() -> None:
    text = b"Pass,height_m,bar_m,direction,modulation\n1,1500,0.28,along,0.5\n\n2,1480,0.3,,\n"
    assert read_target_rows(text) == (
        TargetRow("1", 1500.0, 0.28, "along", 0.5),
        TargetRow("2", 1480.0, 0.3),
    )
    assert read_target_rows(text.replace(b",", b";")) == read_target_rows(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"", None),
        (b"pass,height_m,bar_m\n", None),
        (b"pass,height_m\n1,1\n", 1),
        (b"pass,height_m,bar_m,colour\n1,1,1,red\n", 1),
        (b"pass,height_m,bar_m,bar_m\n1,1,1,1\n", 1),
        (b"pass,height_m,bar_m\n1,1500\n", 2),
        (b"pass,height_m,bar_m\n1,1500,0,3\n", 2),
        (b"pass,height_m,bar_m\n1,1500,0.3\n2,high,0.3\n", 3),
        (b"pass,height_m,bar_m\n1,-5,0.3\n", 2),
        (b"pass,height_m,bar_m\n1,nan,0.3\n", 2),
        (b"pass,height_m,bar_m\n1,1e999,0.3\n", 2),
        (b"pass,height_m,bar_m\n,1500,0.3\n", 2),
        (b"pass,height_m,bar_m,direction\n1,1500,0.3,up\n", 2),
        (b'pass,height_m,bar_m\n"1,1500,0.3\n', None),
    ],
)
def test_a_mistake_is_told_with_its_line(text: bytes, line: int | None) -> None:
    with pytest.raises(DataError) as caught:
        read_target_rows(text)
    assert caught.value.remedy
    if line is not None:
        assert caught.value.line == line
