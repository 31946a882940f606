"""What a demonstration says: short, in order, nothing wider than the terminal."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import report_samples as samples

from overflight.report import story


def test_the_whole_story_is_short_and_fits() -> None:
    working = samples.working()
    text = story.tell(
        (
            story.the_day(
                "Treaty on Open Skies",
                dt.date(2021, 5, 19),
                33,
                [("United States of America", dt.date(2020, 11, 22))],
            ),
            story.the_question(working.plan, 60, 291, ["Illustrative sites."]),
            story.the_route(working),
            story.the_findings(working.findings),
            story.the_other_aircraft("a319-oh", working.findings),
            story.the_later_day(dt.date(2022, 1, 15), ["Not in force for it since 2021-12-18."]),
            story.the_files(Path("out/home"), Path("out/release")),
        )
    )
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= story.WIDTH
    assert sum(bool(line) for line in lines) <= 36
    assert "United States of America left on 22 November 2020." in text
    assert "R3 breach" in text and "5500 km (Ann.A.III (Treaty on Open Skies))" in text
    assert "THE SAME ON 15 JANUARY 2022" in text


def test_a_long_list_of_findings_is_cut_and_counted() -> None:
    many = samples.findings()
    many = type(many)(many.items[:1] * 9)
    assert "... and 3 more." in story.the_findings(many)
