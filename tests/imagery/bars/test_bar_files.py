"""Diagrams of targets from TOML: what is read and what is refused."""

from __future__ import annotations

import pytest

from overflight.errors import DataError
from overflight.formats.bar_target_file import read_bar_target


def test_a_series_and_a_list_say_the_same() -> None:
    series = read_bar_target(b'[target]\nname="a"\nwidest_m=0.8\nratio=2\ngroups=3\nbars=3\n')
    listed = read_bar_target(b'[target]\nname="a"\nbar_widths_m=[0.2,0.8,0.4]\nbars=3\n')
    assert series == listed
    assert series.bar_widths_m == (0.8, 0.4, 0.2)
    assert (series.bars, series.contrast) == (3, 5.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no table"),
        ("[target]\nwidest_m = 0.8", "'ratio' is missing"),
        ("[target]\nbar_widths_m = [0.8]", "no list of widths"),
        ("[target]\nbar_widths_m = [0.8, 0.8]", "stands twice"),
        ("[target]\nbar_widths_m = [0.8, -0.4]", "cannot be meant"),
        ("[target]\nbar_widths_m = [0.8, nan]", "no number"),
        ("[target]\nbars = 1\nbar_widths_m = [0.8, 0.4]", "1 bars"),
        ("[target]\nwidth = 1", "no key"),
        ("[target]\nname = 3\nbar_widths_m = [0.8, 0.4]", "no text"),
        ("[target", "not TOML"),
    ],
)
def test_what_is_no_target(text: str, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        read_bar_target(text.encode())
    assert caught.value.remedy
