"""Several regimes beside one another, on the days that the issue of inspections names."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.schema import validate
from overflight.report.regimes_timeline import counts
from overflight.treaty.compare import comparison
from overflight.treaty.loader import load_treaty

NAMES = ("open-skies", "cfe", "inf")
Cli = Callable[..., Any]


def compared(on: str, party: str = "") -> dict[str, dict[str, Any]]:
    views = [load_treaty(name).on(dt.date.fromisoformat(on)) for name in NAMES]
    document = comparison(views, party)
    validate(document, "treaty-comparison")
    return {row["instrument"]: row for row in document["regimes"]}


@pytest.mark.parametrize(
    ("on", "party", "rights", "over_russia"),
    [
        # A State of group 2 without satellites: may it see, and is RUS among those it sees?
        ("2007-12-11", "DNK", {"open-skies": True, "cfe": True}, {"open-skies", "cfe"}),
        ("2007-12-12", "DNK", {"open-skies": True, "cfe": True}, {"open-skies"}),
        ("2020-11-21", "DNK", {"open-skies": True, "cfe": True}, {"open-skies"}),
        ("2020-11-22", "DNK", {"open-skies": True, "cfe": True}, {"open-skies"}),
        ("2021-12-17", "DNK", {"open-skies": True, "cfe": True}, {"open-skies"}),
        ("2021-12-18", "DNK", {"open-skies": True, "cfe": True}, set()),
        ("2023-11-06", "DNK", {"open-skies": True, "cfe": True}, set()),
        ("2023-11-07", "DNK", {"open-skies": True, "cfe": False}, set()),
        ("2007-12-12", "RUS", {"open-skies": True, "cfe": False}, set()),
        ("2020-11-22", "USA", {"open-skies": False, "cfe": True}, set()),
    ],
)
def test_what_a_state_may_see(
    on: str, party: str, rights: dict[str, bool], over_russia: set[str]
) -> None:
    rows = compared(on, party)
    assert {name: rows[name]["right"] for name in rights} == rights
    assert {name for name, row in rows.items() if "RUS" in row["over"]} == over_russia
    assert rows["inf"]["right"] is False


@pytest.mark.parametrize(
    ("on", "party", "why"),
    [
        ("1987-12-08", "USA", "not in force"),
        ("2001-05-31", "DNK", "DNK is not named in it"),
        ("2001-06-01", "USA", "Inspections: ended (until 2001-05-31)"),
        ("2019-08-02", "USA", "ended on 2019-08-02"),
    ],
)
def test_why_a_regime_gives_no_right(on: str, party: str, why: str) -> None:
    assert compared(on, party)["inf"]["why_not"] == why


def test_a_party_of_two_sees_the_other_while_inspections_last() -> None:
    row = compared("1990-01-01", "USA")["inf"]
    assert (row["right"], row["over"]) == (True, ["RUS"])


def test_the_command_prints_and_documents(cli: Cli) -> None:
    arguments = ("treaty", "compare", *NAMES, "--on", "2021-05-19", "--party", "RUS")
    out = cli(*arguments).out
    assert "RUS suspended it (2007-12-12)" in out and "ended on 2019-08-02" in out
    validate(json.loads(cli(*arguments, "--json").out), "treaty-comparison")


def test_the_timeline_follows_comings_and_goings() -> None:
    rows = counts(load_treaty("cfe"), dt.date(1987, 1, 1), dt.date(2024, 12, 31))
    assert [(str(day), len(bound), len(held)) for day, bound, held, _ in rows] == [
        ("1987-01-01", 0, 0),
        ("1992-11-09", 30, 0),
        ("2007-12-12", 30, 1),
        ("2023-11-07", 29, 15),
        ("2023-12-07", 29, 16),
    ]
    last = counts(load_treaty("inf"), dt.date(1987, 1, 1), dt.date(2024, 12, 31))[-1]
    assert last == (dt.date(2019, 8, 2), frozenset(), frozenset(), frozenset())


def test_a_day_that_is_not_known_is_shown_as_such() -> None:
    # Sweden acceded in 2002, day not found; 60 days later is 2002-03-02 to 2003-03-01.
    rows = counts(load_treaty("open-skies"), dt.date(2001, 1, 1), dt.date(2004, 1, 1))
    unsure = [day for day, _, _, codes in rows if "SWE" in codes]
    bound = [day for day, codes, _, _ in rows if "SWE" in codes]
    assert (unsure[0], bound[0]) == (dt.date(2002, 3, 2), dt.date(2003, 3, 1))


def test_the_picture_is_the_same_every_time(cli: Cli, tmp_path: Path) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    run = cli("treaty", "timeline", *NAMES, "--out", first, "--json")
    validate(json.loads(run.out), "treaty-timeline")
    cli("treaty", "timeline", *NAMES, "--out", second)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(b"<?xml")


def test_a_picture_of_another_kind_is_refused(cli: Cli, tmp_path: Path) -> None:
    run = cli("treaty", "timeline", "inf", "--out", tmp_path / "a.png")
    assert run.status == 2 and ".svg" in run.err
