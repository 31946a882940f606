"""Who is bound on a date. The made-up regime's answers are worked out in the comments."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError, NotInForceError, UnknownValueError
from overflight.terms.values import Status
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import EntryIntoForceRule, Event, State, Treaty

FIXTURES = Path(__file__).parent / "fixtures"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def codes(statuses: object) -> list[str]:
    return [status.state for status in statuses]  # type: ignore[attr-defined]


def test_it_begins_when_the_last_condition_is_met(deposits: Treaty) -> None:
    # Three instruments lie by 2000-02-01, but the group of XBB and XCC has a quota of 10 >= 8,
    # so XCC's deposit of 2000-03-15 counts; 16 days of March, 30 of April, 14 of May: 60.
    begun = deposits.on(day("2000-05-14")).entry_into_force
    assert begun.date == day("2000-05-14")
    assert begun.completed_by == day("2000-03-15")
    assert begun.ratified == 4
    assert set(begun.required) == {"XAA", "XBB", "XCC"}


@pytest.mark.parametrize(
    ("on", "in_force", "since"),
    [
        ("2000-03-14", False, None),  # XCC has not deposited: nobody can know the day
        ("2000-03-15", False, "2000-05-14"),
        ("2000-05-13", False, "2000-05-14"),
        ("2000-05-14", True, "2000-05-14"),
    ],
)
def test_the_day_is_known_once_the_last_deposit_is_made(
    deposits: Treaty, on: str, in_force: bool, since: str | None
) -> None:
    view = deposits.on(day(on))
    assert view.in_force is in_force
    assert view.in_force_since == (None if since is None else day(since))


@pytest.mark.parametrize(
    ("on", "parties"),
    [
        ("2000-05-13", []),
        ("2000-05-14", ["XAA", "XBB", "XCC", "XDD"]),
        ("2000-06-30", ["XAA", "XBB", "XCC", "XDD"]),
        ("2000-07-01", ["XAA", "XBB", "XCC", "XDD", "XEE"]),  # 2000-06-01 + 30 days
        ("2001-03-02", ["XAA", "XBB", "XCC", "XDD", "XEE", "XFF"]),  # 2001-01-31 + 30 days
        ("2001-05-31", ["XAA", "XBB", "XCC", "XDD", "XEE", "XFF", "XHH"]),
        ("2003-06-30", ["XAA", "XBB", "XCC", "XDD", "XEE", "XFF", "XHH"]),
        ("2003-07-01", ["XAA", "XBB", "XCC", "XEE", "XFF", "XHH"]),  # XDD's notice takes effect
        ("2005-09-30", ["XAA", "XCC", "XEE", "XFF", "XHH"]),  # XBB's
        ("2010-01-30", ["XAA", "XCC", "XEE", "XFF", "XHH"]),
        ("2010-01-31", ["XAA", "XCC", "XDD", "XEE", "XFF", "XHH"]),  # XDD is back
    ],
)
def test_states_parties_on_a_date(deposits: Treaty, on: str, parties: list[str]) -> None:
    assert codes(deposits.on(day(on)).states_parties) == parties


def test_a_day_that_is_not_known_makes_the_answer_undetermined(deposits: Treaty) -> None:
    # XFF acceded between 2001-01-01 and 2001-01-31; 30 days later is 2001-01-31 to 2001-03-02.
    assert deposits.on(day("2001-01-30")).status("XFF").standing == "not a party"
    for on in ("2001-01-31", "2001-03-01"):
        view = deposits.on(day(on))
        status = view.status("XFF")
        assert status.standing == "undetermined"
        assert status.since is None
        assert status.since_between == (day("2001-01-31"), day("2001-03-02"))
        assert codes(view.undetermined) == ["XFF"]
        with pytest.raises(UnknownValueError) as caught:
            view.is_party("XFF")
        assert "2001-01-31" in caught.value.message
        with pytest.raises(UnknownValueError):
            view.require_parties("XAA", "XFF")
    later = deposits.on(day("2001-03-02")).status("XFF")
    assert later.standing == "party"
    assert later.since is None  # a party now, though since when stays unknown


@pytest.mark.parametrize(("option", "since"), [("first", "2001-05-31"), ("second", "2001-06-10")])
def test_a_reading_chooses_between_sources(deposits: Treaty, option: str, since: str) -> None:
    status = deposits.on(day("2002-01-01"), {"eta": option}).status("XHH")
    assert status.since == day(since)


def test_a_notice_is_known_from_its_day_and_works_from_its_effect(deposits: Treaty) -> None:
    before = deposits.on(day("2005-03-30"))
    assert before.status("XBB").until is None
    assert codes(before.leaving) == []
    leaving = deposits.on(day("2005-03-31"))
    assert codes(leaving.leaving) == ["XBB"]
    status = leaving.status("XBB")
    assert (status.standing, status.until) == ("party", day("2005-09-29"))
    # 30 and 60 days after 2005-03-31
    assert leaving.conference_window(status) == (day("2005-04-30"), day("2005-05-30"))
    gone = deposits.on(day("2005-09-30")).status("XBB")
    assert (gone.standing, gone.left) == ("departed", day("2005-09-30"))
    assert {"text"} <= {c.source.id for c in gone.citations}
    announcement = gone.first("announcement")
    assert announcement is not None and announcement.date == day("2005-01-01")


def test_an_announcement_changes_nothing(deposits: Treaty) -> None:
    view = deposits.on(day("2005-02-01"))
    assert view.status("XBB").standing == "party"
    assert codes(view.leaving) == []


def test_signed_is_not_bound(deposits: Treaty) -> None:
    view = deposits.on(day("2020-01-01"))
    assert codes(view.signed_not_ratified) == ["XII"]
    assert deposits.on(day("1999-11-30")).status("XII").standing == "not a party"


def test_deposited_but_not_yet_bound(deposits: Treaty) -> None:
    view = deposits.on(day("2000-06-15"))
    assert codes(view.not_yet_bound) == ["XEE"]
    assert view.status("XEE").since == day("2000-07-01")


def test_both_must_be_parties(deposits: Treaty) -> None:
    deposits.on(day("2004-01-01")).require_parties("XAA", "XBB")
    with pytest.raises(NotInForceError) as caught:
        deposits.on(day("2005-10-01")).require_parties("XAA", "XBB")
    assert "2005-09-30" in caught.value.message and "2005-03-31" in caught.value.message
    assert "22 (Treaty of Deposits)" in caught.value.message
    assert "2005-09-29" in caught.value.remedy
    with pytest.raises(NotInForceError):
        deposits.on(day("2000-05-13")).require_parties("XAA", "XDD")
    with pytest.raises(NotInForceError, match="signed, not ratified"):
        deposits.on(day("2004-01-01")).require_parties("XII", "XAA")
    with pytest.raises(DataError):
        deposits.on(day("2004-01-01")).require_parties("XAA", "XZZ")
    with pytest.raises(DataError, match="one Party"):
        deposits.on(day("2004-01-01")).require_parties("XBB", "XCC")


def test_a_view_does_not_know_the_future(deposits: Treaty) -> None:
    kinds = {event.kind for event in deposits.on(day("2005-01-01")).status("XBB").events}
    assert kinds == {"ratification", "announcement"}


def test_a_successor_begins_with_the_treaty_or_with_its_succession(deposits: Treaty) -> None:
    def succession(on: str) -> Treaty:
        event = Event("XNN", "succession", day(on), day(on), Status.ENACTED, ())
        states = (*deposits.states, State("XNN", "Nu"))
        return replace(deposits, states=states, events=(*deposits.events, event))

    on = day("2004-01-01")
    assert succession("1993-01-01").on(on).status("XNN").since == day("2000-05-14")
    assert succession("2003-03-03").on(on).status("XNN").since == day("2003-03-03")


def test_a_fixed_day_needs_no_deposits(deposits: Treaty) -> None:
    fixed = replace(
        deposits, entry_into_force=replace(deposits.entry_into_force, fixed=day("2000-02-15"))
    )
    view = fixed.on(day("2000-02-15"))
    # XAA, XBB and XDD had ratified by then; XCC comes 30 days after its deposit of 2000-03-15.
    assert codes(view.states_parties) == ["XAA", "XBB", "XDD"]
    assert fixed.on(day("2000-06-01")).status("XCC").since == day("2000-04-14")


def test_a_missing_condition_keeps_it_from_beginning(deposits: Treaty) -> None:
    without = tuple(event for event in deposits.events if event.state != "XCC")
    never = replace(deposits, events=without)
    assert never.on(day("2030-01-01")).in_force is False
    assert codes(never.on(day("2030-01-01")).states_parties) == []
    assert deposits.on(day("2004-01-01")).in_force is True


# --- properties

DEPOSITS = st.dates(dt.date(1995, 1, 1), dt.date(2015, 12, 31))


@st.composite
def regimes(draw: st.DrawFn, base: Treaty) -> tuple[Treaty, dict[str, dt.date]]:
    names = [f"Y{i:02d}" for i in range(draw(st.integers(1, 8)))]
    days = {name: draw(DEPOSITS) for name in names}
    rule = EntryIntoForceRule(
        fixed=None,
        days=draw(st.integers(0, 400)),
        instruments=draw(st.integers(1, 8)),
        must_include=tuple(draw(st.lists(st.sampled_from(names), unique=True, max_size=3))),
        must_include_passive_quota_at_least=None,
        later_days=draw(st.integers(0, 400)),
        citations=(),
        later_citations=(),
    )
    events = tuple(Event(n, "ratification", d, d, Status.ENACTED, ()) for n, d in days.items())
    states = tuple(State(name, name) for name in names)
    treaty = replace(base, entry_into_force=rule, states=states, events=events, groups=())
    return treaty, days


@given(st.data())
def test_deposit_and_days_are_arithmetic(data: st.DataObject) -> None:
    treaty, days = data.draw(regimes(load_treaty(FIXTURES / "deposits")))
    rule = treaty.entry_into_force
    view = treaty.on(dt.date(2100, 1, 1))
    # Counted anew: the first day on which enough have deposited, the required ones among them.
    met = [
        d
        for d in sorted(days.values())
        if sum(other <= d for other in days.values()) >= rule.instruments
        and all(days[name] <= d for name in rule.must_include)
    ]
    if not met:
        assert not view.in_force
        assert all(status.standing == "not a party" for status in view.statuses.values())
        return
    begins = met[0] + dt.timedelta(days=rule.days)
    assert view.in_force_since == begins
    for name, deposit in days.items():
        later = deposit + dt.timedelta(days=rule.later_days)
        since = begins if deposit <= begins else later
        assert view.status(name).since == since
        assert treaty.on(since).is_party(name)
        assert not treaty.on(since - dt.timedelta(days=1)).is_party(name)


@given(st.data())
def test_a_party_once_bound_stays_bound_without_a_notice(data: st.DataObject) -> None:
    treaty, _ = data.draw(regimes(load_treaty(FIXTURES / "deposits")))
    first, second = sorted(data.draw(st.tuples(DEPOSITS, DEPOSITS)))
    assert set(codes(treaty.on(first).states_parties)) <= set(
        codes(treaty.on(second).states_parties)
    )
