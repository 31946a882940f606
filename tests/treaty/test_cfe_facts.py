"""The data of the CFE Treaty against facts typed in from its text and its sources.

tests/cases/cfe_facts.toml was written from the fact sheet, not from the data files.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import NotInForceError, UnknownValueError
from overflight.terms.values import Status
from overflight.treaty.ceilings import holding
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Event, Treaty
from overflight.treaty.status import suspension

FACTS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "cfe_facts.toml").read_text(encoding="utf-8")
)
PARTIES = {*FACTS["group_1"].split(), *FACTS["group_2"].split()}
Cli = Callable[..., Any]


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture(scope="module")
def cfe() -> Treaty:
    return load_treaty("cfe")


def test_thirty_parties_in_two_groups(cfe: Treaty) -> None:
    view = cfe.on(FACTS["in_force"])
    assert {status.state for status in view.states_parties} == PARTIES
    assert len(PARTIES) == 30
    assert [set(group.members) for group in view.groups] == [
        set(FACTS["group_1"].split()),
        set(FACTS["group_2"].split()),
    ]


def test_its_groups_hold_no_quota_for_their_members(cfe: Treaty) -> None:
    view = cfe.on(FACTS["in_force"])
    assert {view.holder_of(code) for code in PARTIES} == PARTIES


@pytest.mark.parametrize("fact", FACTS["day"], ids=lambda fact: str(fact["on"]))
def test_where_it_stands_on_a_day(cfe: Treaty, fact: dict[str, Any]) -> None:
    view = cfe.on(fact["on"])
    suspended = [status.state for status in view.suspended]
    assert view.in_force is fact["in_force"]
    assert len(view.states_parties) == fact["parties"]
    assert len(view.signed_not_ratified) == fact.get("signed", len(view.signed_not_ratified))
    assert suspended == fact.get("suspended", suspended)
    assert len(suspended) == fact.get("suspended_count", len(suspended))
    assert [s.state for s in view.departed] == fact.get(
        "departed", [s.state for s in view.departed]
    )
    assert [s.state for s in view.leaving] == fact.get("leaving", [s.state for s in view.leaving])


def test_its_day_is_not_known_before_the_last_deposit(cfe: Treaty) -> None:
    assert cfe.on(day("1992-10-29")).in_force_since is None
    assert cfe.on(day("1992-10-30")).in_force_since == FACTS["in_force"]


def test_withdrawal_is_counted_in_days(cfe: Treaty) -> None:
    rule = cfe.withdrawal
    assert (rule.notice_months, rule.notice_days) == (0, FACTS["withdrawal_days"])
    assert rule.conference_days == (0, FACTS["conference_within_days"])
    status = cfe.on(day("2023-11-06")).status("RUS")
    notice = status.last("notice-of-withdrawal")
    assert notice is not None and status.left == day("2023-11-07")
    # the latest day of a notice of 150 days: 2023-06-10
    assert notice.latest == day("2023-06-10")


def test_a_suspended_party_is_one_that_neither_left_nor_acts(cfe: Treaty) -> None:
    view = cfe.on(day("2021-05-19"))
    status = view.status("RUS")
    held = status.suspended
    assert status.standing == "party" and status.left is None and view.is_party("RUS")
    assert held is not None
    assert (held.by, held.since, held.announced) == ("RUS", day("2007-12-12"), day("2007-07-14"))
    for pair in (("RUS", "DEU"), ("DEU", "RUS")):
        with pytest.raises(NotInForceError, match="suspended its operation on 2007-12-12"):
            view.require_parties(*pair)
    view.require_parties("DEU", "POL")
    cfe.on(day("2007-12-11")).require_parties("DEU", "RUS")


def test_a_suspension_ends_by_a_resumption(cfe: Treaty) -> None:
    mine = [event for event in cfe.events if event.state == "RUS"]
    last = next(event for event in mine if event.kind == "suspension")
    back: Event = replace(
        last, kind="resumption", earliest=day("2010-01-01"), latest=day("2010-01-01")
    )
    assert suspension([last]) is not None
    assert suspension([last, back]) is None
    assert suspension([last, back, replace(last, earliest=back.latest, latest=back.latest)])


def test_a_suspension_towards_one_state_is_not_one_of_the_regime(cfe: Treaty) -> None:
    last = next(event for event in cfe.events if event.kind == "suspension")
    assert suspension([replace(last, towards=("UKR",))]) is None
    # Georgia stopped flights with one other State and stays a party of Open Skies that acts.
    view = load_treaty("open-skies").on(day("2013-06-01"))
    assert view.suspended == () and view.status("GEO").standing == "party"
    view.require_parties("DEU", "GEO")


def test_the_allied_suspension_says_that_its_day_is_taken(cfe: Treaty) -> None:
    view = cfe.on(day("2023-12-07"))
    held = {s.state: s.suspended for s in view.suspended if s.suspended}
    assert set(held) == set(FACTS["group_2"].split())
    assert held["USA"].status is Status.ENACTED
    assert {s.status for code, s in held.items() if code != "USA"} == {Status.ASSUMED}


def test_every_ceiling_and_no_other(cfe: Treaty) -> None:
    first = FACTS["ceilings"]["hold_from"]
    held = holding(cfe.ceilings, first)
    found = {(c.zone, c.category, c.counts, c.per): c.value.value for c in held}
    assert found == {tuple(row[:4]): int(row[4]) for row in rows(FACTS["ceilings"]["rows"])}
    assert all(c.value.citations for c in held)
    assert holding(cfe.ceilings, first - dt.timedelta(days=1)) == ()


@pytest.mark.parametrize("row", rows(FACTS["values"]["rows"]), ids=" ".join)
def test_a_value_is_the_texts(cfe: Treaty, row: list[str]) -> None:
    key, on, number, unit, paragraph = row
    value = cfe.on(day(on)).value(key)
    expected = number if unit == "month-day" else float(number)
    assert (value.value, value.unit) == (expected, unit)
    assert paragraph.replace("_", " ") in [c.paragraph for c in value.citations]


def test_every_deadline_has_a_row_of_facts(cfe: Treaty) -> None:
    known = {row[0] for row in rows(FACTS["values"]["rows"])}
    assert {d.id for d in cfe.deadlines} <= known


@pytest.mark.parametrize("zone", FACTS["zones"]["districts"])
def test_a_zone_is_the_land_of_its_paragraph(cfe: Treaty, zone: str) -> None:
    named = cfe.on(day("2000-01-01")).value(f"zone.{zone}").value
    whole = {text.split()[0] for text in named if ":" not in text}
    assert whole == set(FACTS["zones"][zone].split())
    parts = {text.split(":")[0] for text in named if ":" in text}
    assert parts == set(FACTS["zones"]["districts"][zone].split())


def test_the_zones_lie_in_each_other_as_their_lands_do(cfe: Treaty) -> None:
    """The area is the zone of IV.2 and the flank (V.1(A): the difference between the two)."""
    assert cfe.holdings is not None
    lands = {zone: set(FACTS["zones"][zone].split()) for zone in FACTS["zones"]["districts"]}
    for zone, land in lands.items():
        within = cfe.holdings.zones[zone].within
        assert within == "area" or land <= lands[within]
    assert lands["iv-2"] | lands["flank"] | {"RUS", "UKR"} == PARTIES - {"CAN", "USA"}
    assert not lands["iv-2"] & lands["flank"]


@pytest.mark.parametrize("key", FACTS["values"]["unknown"])
def test_what_was_not_found_is_unknown(cfe: Treaty, key: str) -> None:
    with pytest.raises(UnknownValueError):
        cfe.on(day("2000-01-01")).value(key)


def test_show_says_both_in_force_and_suspended(cli: Cli) -> None:
    out = cli("treaty", "show", "cfe", "--on", "2021-05-19").out
    assert "In force since 1992-11-09" in out
    assert "Suspended by (still parties): 1" in out and "2007-12-12" in out
    assert "no suspension clause" in out
    before = cli("treaty", "show", "cfe", "--on", "2007-12-11").out
    assert "Suspended by" not in before and "suspension clause" not in before


def test_the_document_says_both(cli: Cli) -> None:
    document = json.loads(cli("treaty", "show", "cfe", "--on", "2021-05-19", "--json").out)
    assert document["in_force"] is True and document["terminated"] is None
    (row,) = document["suspended"]
    assert row["code"] == "RUS" and row["suspension"]["since"] == "2007-12-12"
    assert row["suspension"]["takes_no_part_since"] == "2015-03-11"
    assert document["suspension_rule"]["clause"] is False
