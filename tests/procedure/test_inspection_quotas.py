"""Quotas of inspections on the ledger of flights: shares of objects, periods, groups, sorts."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError, NotInForceError
from overflight.procedure.ledger import Ledger, standing
from overflight.procedure.periods import Periods
from overflight.procedure.rulebook import Rulebook
from overflight.terms.quotas import Account, Entry
from overflight.treaty.loader import load_treaty

CASES: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "inspection_quotas.toml").read_text(encoding="utf-8")
)
CFE, INF = Rulebook(load_treaty("cfe")), Rulebook(load_treaty("inf"))
RULES = {"cfe": CFE, "inf": INF}
DAY = dt.date(1997, 2, 1)


def entry(kind: str, observer: str = "", observed: str = "", **more: Any) -> Entry:
    date = more.pop("date", DAY)
    number = CFE.periods.at(date).number
    return replace(Entry(0, date, number, kind, observer, observed), **more)


def ledger(objects: int = 70, active: int = 40, on: dt.date = DAY) -> Ledger:
    begun = CFE.periods.at(on).first
    return Ledger(
        CFE,
        [
            entry("objects-counted", observed="POL", flights=objects, date=begun),
            entry("active-quota", "DEU", flights=active, date=begun),
            entry("active-quota", "CZE", flights=active, date=begun),
        ],
    )


def account(book: Ledger, kind: str, who: str = "DEU", **more: Any) -> Account:
    found = standing(book, who, "POL", more.pop("on", DAY), **more)
    return next(a for a in found.accounts if a.kind == kind)


def periods() -> Iterator[tuple[str, str]]:
    for name in ("cfe", "inf"):
        for line in CASES["periods"][name].strip().splitlines():
            yield name, line


@pytest.mark.parametrize(("name", "line"), list(periods()))
def test_a_period_has_these_days(name: str, line: str) -> None:
    number, first, last = line.split()
    period = RULES[name].periods.numbered(int(number))
    assert (str(period.first), str(period.last)) == (first, last)
    for day in (period.first, period.last):
        assert RULES[name].periods.at(day) == period


@given(st.dates(dt.date(1992, 11, 9), dt.date(2090, 1, 1)))
def test_every_day_lies_in_the_period_it_is_numbered_by(day: dt.date) -> None:
    period = CFE.periods.at(day)
    assert period.first <= day <= period.last
    assert CFE.periods.numbered(period.number) == period
    assert CFE.periods.at(period.last + dt.timedelta(days=1)).number == period.number + 1


@pytest.mark.parametrize(("name", "day"), CASES["periods"]["outside"])
def test_outside_its_periods_a_regime_counts_nothing(name: str, day: dt.date) -> None:
    with pytest.raises(NotInForceError):
        RULES[name].periods.at(day)


def test_a_regime_without_such_parts_counts_calendar_years() -> None:
    years = Periods((), "x")
    assert years.at(DAY).number == 1997 and not years.own
    assert years.numbered(1997).last == dt.date(1997, 12, 31)
    with pytest.raises(DataError):
        years.numbered(0)
    with pytest.raises(DataError):
        INF.periods.numbered(14)


@pytest.mark.parametrize(
    ("on", "row"), [(case["on"], row) for case in CASES["objects"] for row in case["rows"]]
)
def test_quotas_follow_from_the_objects_of_verification(on: dt.date, row: list[int]) -> None:
    objects, declared, challenge, half = row
    book = ledger(objects, on=on)
    assert account(book, "passive", on=on).limit == declared
    assert account(book, "sort-share", on=on, sort="challenge").limit == challenge
    assert account(book, "pair-share", on=on).limit == half


def test_without_a_count_of_objects_the_quota_is_not_known() -> None:
    found = standing(Ledger(CFE), "DEU", "POL", DAY)
    assert found.left is None
    assert any("objects of verification Poland has" in need for need in found.needs)
    assert any("active quota of DEU" in need for need in found.needs)


def test_one_party_has_at_most_half_and_counts_it_by_calendar_year() -> None:
    """POI II.23: 10 owed, so 5 to one Party; the period goes on over the turn of the year."""
    book = ledger()
    book.append(entry("inspected", "DEU", "POL", flights=5, date=dt.date(1996, 12, 1)))
    with pytest.raises(DataError, match=r"POI II\.23"):
        book.append(entry("inspected", "DEU", "POL", date=dt.date(1996, 12, 20)))
    book.append(entry("inspected", "DEU", "POL", flights=5, date=dt.date(1997, 1, 20)))
    with pytest.raises(DataError, match=r"POI II\.1[036]"):
        book.append(entry("inspected", "CZE", "POL", date=dt.date(1997, 1, 21)))
    book.append(entry("inspected", "CZE", "POL", date=dt.date(1997, 1, 21), despite="it was made"))
    assert account(book, "passive").over == 1


def test_at_most_five_of_another_party_of_the_same_group() -> None:
    """POI II.24."""
    book = ledger(objects=470)
    book.append(entry("inspected", "CZE", "POL", flights=5))
    assert account(book, "own-group", "CZE").left == 0
    with pytest.raises(DataError, match=r"POI II\.24"):
        book.append(entry("inspected", "CZE", "POL"))
    book.append(entry("inspected", "DEU", "POL", flights=30))
    found = standing(book, "DEU", "POL", DAY)
    assert "own-group" not in {a.kind for a in found.accounts}


def test_a_challenge_counts_against_both_quotas_and_a_refused_one_against_none() -> None:
    """POI II.16, POI VIII.4-6."""
    book = ledger()
    book.append(entry("notified-challenge", "DEU", "POL", ref="C1"))
    challenge = account(book, "sort-share", sort="challenge")
    assert (challenge.limit, challenge.reserved, challenge.left) == (2, 1, 1)
    assert account(book, "passive").reserved == 1
    refused = book.as_of(DAY)
    refused.append(entry("refused-challenge", "DEU", "POL", ref="C1"))
    assert account(refused, "sort-share", sort="challenge").left == 2
    assert account(refused, "passive").left == 10
    book.append(entry("inspected-challenge", "DEU", "POL", ref="C1"))
    book.append(entry("inspected-challenge", "CZE", "POL"))
    with pytest.raises(DataError, match=r"POI II\.11"):
        book.append(entry("inspected-challenge", "DEU", "POL"))
    book.append(entry("inspected", "DEU", "POL"))
    assert account(book, "passive").spent == 3


@pytest.mark.parametrize("kind", ["certification", "reduction"])
def test_certification_and_reduction_count_against_nothing(kind: str) -> None:
    book = ledger()
    book.append(entry(kind, "DEU", "POL", flights=30))
    assert account(book, "passive").left == 10


def test_the_active_quota_is_what_the_group_gave() -> None:
    book = ledger(objects=470, active=3)
    book.append(entry("inspected", "DEU", "POL", flights=3))
    with pytest.raises(DataError, match=r"POI II\.24"):
        book.append(entry("inspected", "DEU", "POL"))


def test_the_last_count_of_objects_holds() -> None:
    book = ledger()
    later = dt.date(1997, 7, 7)
    book.append(entry("objects-counted", observed="POL", flights=200, date=later))
    assert account(book, "passive", on=dt.date(1997, 7, 6)).limit == 10
    assert account(book, "passive", on=later).limit == 30


@pytest.mark.parametrize("row", CASES["short_notice"][0]["rows"])
def test_short_notice_inspections_of_a_year(row: list[Any]) -> None:
    on, most = row
    assert standing(Ledger(INF), "USA", "RUS", on).left == most
    assert standing(Ledger(INF), "RUS", "USA", on).left == most


def test_all_of_them_are_185() -> None:
    days = [INF.periods.numbered(n).first for n in range(1, 14)]
    found = [standing(Ledger(INF), "USA", "RUS", day).left for day in days]
    assert sum(n or 0 for n in found) == CASES["short_notice"][0]["total"]


def test_other_types_of_inspection_spend_no_quota_and_a_baseline_has_its_days() -> None:
    """60 days from 1988-07-01: to 1988-08-29."""
    book = Ledger(INF)
    date = dt.date(1988, 7, 1)
    other = Entry(0, date, 1, "baseline", "USA", "RUS", 100)
    with pytest.raises(DataError, match="1988-08-29"):
        book.append(replace(other, date=dt.date(1988, 6, 30)))
    book.append(other)
    book.append(replace(other, date=dt.date(1988, 8, 29)))
    with pytest.raises(DataError, match="1988-08-29"):
        book.append(replace(other, date=dt.date(1988, 8, 30)))
    for kind in ("portal-monitoring", "elimination", "closeout"):
        book.append(replace(other, kind=kind, date=dt.date(1988, 9, 1)))
    day = dt.date(1988, 9, 2)
    assert standing(book, "USA", "RUS", day).left == 20
    book.append(replace(other, kind="short-notice", flights=20, date=day))
    with pytest.raises(DataError, match="may inspect 0 more in RUS"):
        book.append(replace(other, kind="short-notice", flights=1, date=day))


def test_a_party_that_suspended_is_named() -> None:
    """Russia, since 2007-12-12; the treaty goes on to be in force."""
    assert standing(Ledger(CFE), "DEU", "RUS", dt.date(2007, 12, 11)).notes == ()
    (note,) = standing(Ledger(CFE), "DEU", "RUS", dt.date(2007, 12, 12)).notes
    assert "RUS" in note and "2007-12-12" in note


def test_no_inspection_is_owed_after_the_inspections_ended() -> None:
    with pytest.raises(NotInForceError):
        standing(Ledger(INF), "USA", "RUS", dt.date(2001, 6, 1))
