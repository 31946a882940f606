"""Mistakes in clocks that begin again, leave time out or count from a day, told with their line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from overflight.treaty.loader import find_folder, load_treaty
from overflight.treaty.validate import validate

BAD = {
    "a mark cleared that nobody sets": (
        "cfe", "procedure.toml", '"area-named",\n  "granted",', '"area-name",\n  "granted",',
        "no mark 'area-name'",
    ),
    "again without by": (
        "cfe", "procedure.toml", 'by = "deadline.in-country-further", ', "", "'by'",
    ),
    "again no list": (
        "cfe", "procedure.toml", 'again = ["site-named", "granted"]', 'again = "granted"', "lists",
    ),
    "time left out that does not end": (
        "cfe", "procedure.toml", '{ begins = "area-named", ends = "refused" }',
        '{ begins = "area-named" }', "leaves out",
    ),
    "time left out over no deadline": (
        "cfe", "procedure.toml",
        '{ begins = "granted", ends = "at-site", over = "deadline.travel-counted" }',
        '{ begins = "granted", ends = "at-site", over = "deadline.nothing" }', "deadline.nothing",
    ),
    "most of no deadline": (
        "cfe", "procedure.toml", 'most = "deadline.in-country-most"', 'most = "x"', "deadline 'x'",
    ),
    "instead of no mark": (
        "cfe", "procedure.toml", 'instead = "airspace-entry"', 'instead = "airspace"', "airspace",
    ),
    "a day that is none": (
        "inf", "procedure.toml", 'day = "deadline.baseline-from", plus', 'day = "x", plus',
        "deadline 'x'",
    ),
    "a day and a mark": (
        "inf", "procedure.toml", 'day = "deadline.baseline-from", plus',
        'day = "deadline.baseline-from", mark = "eta", plus', "has no clock",
    ),
    "a copy of no message": (
        "cfe", "messages.toml", 'copy_of = "inspection-report"', 'copy_of = "report"', "'report'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, case: str) -> None:
    regime, file, old, new, says = BAD[case]
    folder = tmp_path / regime
    shutil.copytree(find_folder(regime), folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    told = [p for p in validate(folder) if says in f"{p.message} {p.remedy}"]
    assert told
    assert all(p.line for p in told)


def test_the_word_between_the_sides() -> None:
    processes = {t: load_treaty(t).processes[0] for t in ("cfe", "inf", "open-skies")}
    assert {t: p.joins for t, p in processes.items()} == {
        "cfe": "inspects", "inf": "inspects", "open-skies": "over",
    }  # fmt: skip
