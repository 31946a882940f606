"""The data of the INF Treaty against facts typed in from its sources.

tests/cases/inf_facts.toml was written from the fact sheet, not from the data files.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import NotInForceError
from overflight.formats.schema import validate
from overflight.terms.values import Status
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.treaty.status import termination

FACTS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "inf_facts.toml").read_text(encoding="utf-8")
)
Cli = Callable[..., Any]


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture(scope="module")
def inf() -> Treaty:
    return load_treaty("inf")


@pytest.mark.parametrize("fact", FACTS["day"], ids=lambda fact: str(fact["on"]))
def test_where_it_stands_on_a_day(inf: Treaty, fact: dict[str, Any]) -> None:
    view = inf.on(fact["on"])
    assert view.in_force is fact["in_force"]
    assert (termination(inf, view.on) is not None) is fact.get("terminated", False)
    for code, standing in fact.get("standing", {}).items():
        assert view.status(code).standing == standing
    for word, statuses in (("suspended", view.suspended), ("leaving", view.leaving)):
        if word in fact:
            assert [status.state for status in statuses] == fact[word]
    (part,) = inf.parts
    if "inspections" in fact:
        assert part.standing(view.on) == fact["inspections"]


def test_thirteen_years_of_inspections(inf: Treaty) -> None:
    (part,) = inf.parts
    first, last = part.valid_from, part.valid_until
    assert last is not None
    assert (last + dt.timedelta(days=1)).replace(year=first.year) == first
    assert last.year - first.year == 13
    years = [inf.on(dt.date(1988 + n, 6, 1)).value("quota-short-notice").value for n in range(13)]
    assert sum(years) == 185


def test_what_was_eliminated_is_2692_in_all(inf: Treaty) -> None:
    view = inf.on(day("1995-01-01"))
    assert view.value("eliminated.USA").value + view.value("eliminated.USSR").value == 2692


@pytest.mark.parametrize("row", rows(FACTS["values"]["rows"]), ids=" ".join)
def test_a_value_is_the_sources(inf: Treaty, row: list[str]) -> None:
    key, on, number, unit, source = row
    value = inf.on(day(on)).value(key)
    expected = number if unit == "date" else int(number)
    assert (value.value, value.unit) == (expected, unit)
    assert source in [c.source.id for c in value.citations]


def test_every_value_has_a_row_of_facts(inf: Treaty) -> None:
    known = {row[0] for part in ("rows", "assumed") for row in rows(FACTS["values"][part])}
    held = {value.key for value in (*inf.values, *(d.value for d in inf.deadlines))}
    assert held - known == {"inspection-types", "portal-monitoring-places"}


@pytest.mark.parametrize("row", rows(FACTS["values"]["assumed"]), ids=" ".join)
def test_what_no_source_gives_is_said_to_be_assumed(inf: Treaty, row: list[str]) -> None:
    key, on, number, unit = row
    value = inf.on(day(on)).value(key)
    assert (value.value, value.unit, value.status) == (int(number), unit, Status.ASSUMED)
    assert "Not in the sources read" in value.note


@pytest.mark.parametrize("key", FACTS["values"]["ended_with_inspections"])
def test_what_belongs_to_inspections_ends_with_them(inf: Treaty, key: str) -> None:
    inf.on(day("2001-05-31")).value(key)
    with pytest.raises(NotInForceError):
        inf.on(day("2001-06-01")).value(key)


def test_nobody_is_bound_after_the_end(inf: Treaty) -> None:
    view = inf.on(day("2019-08-02"))
    assert view.states_parties == () and not view.is_party("UKR")
    with pytest.raises(NotInForceError, match="it ended on 2019-08-02"):
        view.require_parties("UKR", "RUS")


@pytest.mark.parametrize(
    ("on", "said", "not_said"),
    [
        ("1987-12-08", ["Not in force", "Signed, not ratified: 2"], ["Inspections"]),
        ("1988-06-01", ["In force since 1988-06-01", "Inspections: running"], ["Ended"]),
        ("2001-06-01", ["In force since 1988-06-01", "Inspections: ended"], ["Ended on"]),
        ("2019-02-02", ["In force since", "Suspended by (still parties): 2"], ["Ended on"]),
        ("2019-08-02", ["Was in force from 1988-06-01", "Ended on 2019-08-02"], ["In force since"]),
        ("2020-12-31", ["Was in force from 1988-06-01", "Bound until it ended: 4"], ["Suspended"]),
    ],
)
def test_show_says_where_it_stands(cli: Cli, on: str, said: list[str], not_said: list[str]) -> None:
    out = cli("treaty", "show", "inf", "--on", on).out
    assert all(text in out for text in said), out
    assert not any(text in out for text in not_said), out


@pytest.mark.parametrize("section", ["parties", "values", "deadlines"])
@pytest.mark.parametrize(
    ("regime", "on"),
    [("inf", "1987-01-01"), ("inf", "2019-03-01"), ("inf", "2020-01-01"), ("cfe", "2023-12-07")],
)
def test_its_documents_keep_the_schema(cli: Cli, regime: str, on: str, section: str) -> None:
    run = cli("treaty", "show", regime, "--on", on, "--section", section, "--json")
    validate(json.loads(run.out), "treaty-view")
