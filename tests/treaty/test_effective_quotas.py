"""An allocation is effective only for those bound: Annex A, Section I, paragraph 1."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from overflight.errors import DataError, NotInForceError, UnknownValueError
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty

Cli = Callable[..., Any]


@pytest.fixture(scope="module")
def treaty() -> Treaty:
    return load_treaty("open-skies")


@pytest.mark.parametrize("day", ["2021-05-19", "2021-12-18", "2030-01-01"])
def test_a_state_that_left_has_no_quota(treaty: Treaty, cli: Cli, day: str) -> None:
    view = treaty.on(dt.date.fromisoformat(day))
    with pytest.raises(NotInForceError, match="left on 2020-11-22"):
        view.passive_quota("USA")
    run = cli("treaty", "show", "open-skies", "--section", "quotas", "--on", day, "--json")
    document = json.loads(run.out)
    assert not {"USA", "CSK"} & {row["holder"] for row in document["passive_quotas"]}
    apart = {row["holder"]: row for row in document["passive_quotas_not_in_force"]}
    assert apart["USA"]["in_force"] is False and "2020-11-22" in apart["USA"]["reason"]
    assert "1992" in apart["CSK"]["reason"] and "split is unknown" in apart["CSK"]["note"]
    total = document["passive_quota_total"]
    listed = [row["value"] for row in document["passive_quotas"] if row["value"] is not None]
    assert total["flights"] == sum(listed)
    text = cli("treaty", "show", "open-skies", "--section", "quotas", "--on", day).out
    assert "left on 2020-11-22" in text.partition("not in force")[2]


def test_until_its_last_day_it_has_one(treaty: Treaty) -> None:
    assert treaty.on(dt.date(2020, 11, 21)).passive_quota("USA").value == 42
    with pytest.raises(NotInForceError):
        treaty.on(dt.date(2020, 11, 22)).passive_quota("USA")


def test_a_group_of_which_one_is_left_is_not_known(treaty: Treaty) -> None:
    with pytest.raises(UnknownValueError):
        treaty.on(dt.date(2022, 1, 15)).passive_quota("RUBY")
    with pytest.raises(NotInForceError, match="2021-12-18"):
        treaty.on(dt.date(2022, 1, 15)).passive_quota("RUS")


def test_the_predecessor_never_held_its_share(treaty: Treaty) -> None:
    with pytest.raises(NotInForceError, match="ceased to exist on 1992-12-31"):
        treaty.on(dt.date(2002, 6, 1)).passive_quota("CSK")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kubinka.maximum_flight_distance", 5500),
        ("RUBY.passive_quota", 42),
        ("NOR.passive_quota", 7),
        ("sar.resolution_limit", 3),
        ("non-party-stand-off", 10),
    ],
)
def test_a_value_is_reached_by_the_key_it_carries(treaty: Treaty, key: str, value: float) -> None:
    found = treaty.on(dt.date(2021, 5, 19)).value(key)
    assert (found.key, found.value) == (key, value)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kubinka", "kubinka.maximum_flight_distance"),
        ("ruby.passive_quotas", "RUBY.passive_quota"),
        ("nonparty-stand-off", "non-party-stand-off"),
    ],
)
def test_a_key_that_there_is_not(treaty: Treaty, typed: str, meant: str) -> None:
    with pytest.raises(DataError) as caught:
        treaty.on(dt.date(2021, 5, 19)).value(typed)
    assert meant in caught.value.remedy


def test_a_value_under_another_reading_is_told_with_that_reading(cli: Cli) -> None:
    arguments = ("treaty", "value", "open-skies", "kaliningrad-sublimit", "--on", "2021-05-19")
    run = cli(*arguments)
    assert run.status == 2
    assert "--reading kaliningrad-sublimit=applied" in run.err
    assert cli(*arguments, "--reading", "kaliningrad-sublimit=applied").status == 0
    before = cli("treaty", "value", "open-skies", "kaliningrad-sublimit", "--on", "2010-01-01")
    assert "2014-01-01" in before.err and "--reading" not in before.err


def test_aircraft_are_those_of_the_regime(cli: Cli) -> None:
    from test_two_neighbours import FOLDER

    run = cli("treaty", "show", FOLDER, "--on", "2026-05-20", "--section", "aircraft", "--json")
    assert {row["id"] for row in json.loads(run.out)["aircraft"]} == {
        "surveyor-200",
        "coastwatch-4",
    }
    arguments = ("treaty", "show", "open-skies", "--section", "aircraft", "--on")
    rows = {
        row["id"]: row
        for row in json.loads(cli(*arguments, "2021-05-19", "--json").out)["aircraft"]
    }
    assert rows["oc-135b"]["state_standing"] == "its State left on 2020-11-22"
    assert rows["tu-214on"]["state_standing"] == ""
    assert "left on" not in cli(*arguments, "2020-11-21").out


@pytest.mark.parametrize(
    "section", ["quotas", "airfields", "aircraft", "disputes", "decisions", "values"]
)
def test_every_row_says_where_it_comes_from(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    out = cli("treaty", "show", "open-skies", "--on", "2021-05-19", "--section", section).out
    titles = next(line for line in out.splitlines() if line.startswith("  ") and "sources" in line)
    assert titles
    assert max(map(len, out.splitlines())) <= 100
