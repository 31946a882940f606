"""A certification and its list of passes as files: what is read; what is refused, and why."""

from __future__ import annotations

import pytest

from overflight.errors import DataError
from overflight.formats.certification_file import read_certification
from overflight.formats.certification_rows import read_pass_rows

GOOD = """
[certification]
id = "X"
treaty = "open-skies"
certifying = "DEU"
aircraft = "x"
begins = 2031-05-19
ends = 2031-05-25
exercise = true
"""
SENSOR = """
[[sensor]]
id = "S"
category = "video"
method = "video"
configuration = "INT2L20"
"""
ROWS = "image,sensor,pass,height_m,how,direction,bar_m\n"


def test_a_file_is_read() -> None:
    text = (
        GOOD + SENSOR + '[[event]]\nmove = "m"\nby = "DEU"\nat = 2031-05-19\nuntil = 2031-05-20\n'
    )
    found = read_certification(text.encode())
    assert (found.id, found.marks, found.on.isoformat()) == ("X", ("EXERCISE",), "2031-05-19")
    # L20: 20 degrees below the horizon, so 70 from the vertical.
    assert found.sensor("S").tilt_deg == 70.0
    (event,) = found.events
    assert event.at.isoformat() == "2031-05-19T00:00:00+00:00"
    assert event.facts == {"until": "2031-05-20T00:00:00Z"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[certification", "not TOML"),
        ("", "no table"),
        (GOOD.replace('id = "X"\n', ""), "'id' is missing"),
        (GOOD.replace("2031-05-25", "2031-05-18"), "ends before"),
        (GOOD.replace("2031-05-25", '"soon"'), "not a date"),
        (GOOD + "colour = 1\n", "no key"),
        (GOOD + "[other]\n", "no table 'other'"),
        (GOOD + SENSOR + SENSOR, "stands twice"),
        (GOOD + SENSOR.replace("video", "guess"), "no method"),
        (GOOD + SENSOR.replace("INT2L20", "NOWHERE"), "NOWHERE"),
        (GOOD + SENSOR + "tilt_deg = 95\n", "tilt"),
        (GOOD + SENSOR + "agreed_contrast = 0.5\n", "agreed_contrast"),
        (GOOD + SENSOR + "stated_h_min_m = -5\n", "stated_h_min_m"),
        (GOOD + SENSOR + "covers = 1\n", "not a flag"),
        (GOOD + '[[target]]\nid = "T"\nkind = "star"\n', "no target"),
        (GOOD + '[[target]]\nid = "T"\ncontrast = nan\n', "not a number"),
        (GOOD + '[[participant]]\nparty = "POL"\npeople = 1.5\n', "no participant"),
        (GOOD + '[[event]]\nmove = "m"\nby = "DEU"\n', "no moment"),
        (GOOD + '[[event]]\nmove = "m"\nby = "DEU"\nat = 2031-05-19T08:00:00\n', "no moment"),
        (GOOD + '[[event]]\nby = "DEU"\nat = 2031-05-19\n', "no event"),
        (GOOD + 'event = "x"\n', "no key"),
    ],
)
def test_what_is_wrong_in_a_file_is_told(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read_certification(text.encode())
    assert caught.value.remedy


def test_rows_are_read() -> None:
    text = ROWS.replace(",bar_m", ";bar_m;clear").replace(",", ";")
    (row,) = read_pass_rows((text + "a.tif;S;1;1500;visual;Along;0.28;yes\n").encode())
    assert (row.image, row.flown, row.height_m, row.bar_m) == ("a.tif", "1", 1500.0, 0.28)
    assert (row.direction, row.clear, row.line) == ("along", True, 2)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "no readings"),
        (ROWS, None, "no readings"),
        ("image,sensor,pass,height_m\n", 1, "'how'"),
        (ROWS.replace("bar_m", "bars"), 1, "'bars'"),
        (ROWS + "a,S,1,1500,visual,along\n", 2, "6 cells"),
        (ROWS + ",S,1,1500,visual,along,0.3\n", 2, "image"),
        (ROWS + "a,S,1,low,visual,along,0.3\n", 2, "height_m"),
        (ROWS + "a,S,1,nan,visual,along,0.3\n", 2, "height_m"),
        (ROWS + "a,S,1,1500,visual,along,0\n", 2, "bar_m"),
        (ROWS + "a,S,1,1500,visual,along,\n", 2, "bar_m"),
        (ROWS + "a,S,1,1500,guessed,along,0.3\n", 2, "how"),
        (ROWS + "a,S,1,1500,visual,up,0.3\n", 2, "direction"),
        (ROWS + 'a,S,1,1500,visual,along,"0.3\n', 2, "CSV"),
        (ROWS + "a,S,1,1500,visual,along,0.3\na,S,2,1500,visual,along,0.3\n", 3, "another pass"),
        (
            ROWS.replace("bar_m", "bar_m,sha256") + "a,S,1,1500,visual,along,0.3,12\n",
            2,
            "sha256",
        ),
        (ROWS.replace("bar_m", "bar_m,clear") + "a,S,1,1500,visual,along,0.3,so\n", 2, "clear"),
    ],
)
def test_what_is_wrong_in_rows_is_told(text: str, line: int | None, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read_pass_rows(text.encode())
    assert caught.value.line == line
    assert caught.value.remedy
