"""The ledger: append-only, never negative, any past day rebuilt; standings limit by limit."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError, OverflightError
from overflight.procedure.ledger import Ledger, opening_entries, standing
from overflight.procedure.rulebook import Rulebook
from overflight.terms.quotas import Entry
from overflight.terms.values import Status
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Group, Treaty

DAY = dt.date(2003, 3, 1)
TREATY = load_treaty("open-skies")
RULES = Rulebook(TREATY)


def opened() -> Ledger:
    return Ledger(RULES, opening_entries(RULES, 2003))


def entry(kind: str, observer: str = "", observed: str = "", **more: object) -> Entry:
    date = more.pop("date", DAY)
    assert isinstance(date, dt.date)
    return replace(Entry(0, date, 2003, kind, observer, observed), **more)  # type: ignore[arg-type]


def left(ledger: Ledger, observer: str, observed: str, on: dt.date = DAY) -> int | None:
    return standing(ledger, observer, observed, on).left


@pytest.mark.parametrize(
    ("ends", "remains"),
    [
        ("flown", 2),
        ("curtailed-counted", 2),
        ("curtailed-not-counted", 3),
        ("prohibited", 3),
        ("declined", 3),
        ("flown-not-counted", 3),
        ("withdrawn", 3),
    ],
)
def test_what_each_end_of_a_mission_leaves_of_three(ends: str, remains: int) -> None:
    """DEU has three over RUBY. VIII.I.3, VIII.I.5, VIII.II.5, III.I.8; facts R15, R17."""
    ledger = opened()
    ledger.append(entry("notified", "DEU", "RUS", ref="OS3001"))
    assert left(ledger, "DEU", "RUBY") == 2
    ledger.append(entry(ends, "DEU", "RUBY", ref="OS3001"))
    assert left(ledger, "DEU", "BLR") == remains
    assert ledger.open_refs == ()
    with pytest.raises(DataError, match="entered before"):
        ledger.append(entry("flown", "DEU", "RUBY", ref="OS3001"))


def test_flights_outside_quota_count_against_nothing() -> None:
    ledger = opened()
    ledger.append(entry("outside-quota", "DEU", "RUS"))
    assert left(ledger, "DEU", "RUBY") == 3


def test_a_shared_flight_is_one_flight_over_the_observed_party() -> None:
    ledger = opened()
    with pytest.raises(DataError, match="alone over UKR"):
        ledger.append(entry("flown", "ITA", "UKR"))
    ledger.append(entry("flown", "ITA", "UKR", shared_with=("TUR",)))
    assert left(ledger, "ITA", "UKR") == 0
    assert left(ledger, "TUR", "UKR") == 1
    (passive,) = [a for a in standing(ledger, "TUR", "UKR", DAY).accounts if a.kind == "passive"]
    assert (passive.limit, passive.spent) == (9, 1)


def test_one_flight_too_many_is_refused_with_the_limit_unless_it_happened() -> None:
    ledger = opened()
    ledger.append(entry("flown", "NLD", "RUS"))
    with pytest.raises(DataError, match=r"individual active quota 1, 1 flown.*III\.I\.5"):
        ledger.append(entry("flown", "BEL", "RUS"))
    ledger.append(entry("flown", "BEL", "RUS", despite="flown by mistake"))
    found = standing(ledger, "BNX", "RUBY", DAY)
    assert found.left == 0
    assert {a.over for a in found.accounts if a.kind == "individual"} == {1}


def test_a_transfer_needs_the_agreement_of_the_party_to_be_overflown() -> None:
    ledger = opened()
    with pytest.raises(DataError, match="has not agreed"):
        ledger.append(entry("transferred", "DEU", "RUBY", to="ESP", agreed=("ESP",)))
    ledger.append(entry("transferred", "DEU", "RUBY", to="ESP", agreed=("RUS",)))
    assert (left(ledger, "DEU", "RUBY"), left(ledger, "ESP", "RUBY")) == (2, 1)
    with pytest.raises(DataError, match="half of a total quota"):  # of Spain's 4
        ledger.append(entry("transferred", "USA", "RUBY", to="ESP", agreed=("RUS",), flights=2))
    with pytest.raises(DataError, match="not members of one group"):
        ledger.append(entry("redistributed", "DEU", "RUBY", to="FRA"))


def test_what_is_not_known_is_an_interval_and_never_a_zero() -> None:
    found = standing(opened(), "SWE", "DEU", DAY)
    assert (found.left, found.at_least) == (None, 0)
    assert found.at_most is not None and found.at_most > 0
    assert any("SWE over DEU" in need for need in found.needs)
    decided = standing(opened(), "SWE", "RUS", dt.date(2003, 8, 1))  # one, decided on 21 July
    assert decided.at_most == 1


def test_a_passive_quota_allocated_by_decision_is_known_from_that_day() -> None:
    ledger = opened()
    before = standing(ledger, "DEU", "SWE", DAY)
    ledger.append(entry("allocated", "", "SWE", flights=4))
    after = standing(ledger, "DEU", "SWE", DAY)
    assert [a.limit for a in before.accounts if a.kind == "passive"] == [None]
    assert [a.limit for a in after.accounts if a.kind == "passive"] == [3]  # 75 % of 4


def test_planned_flights_over_a_party_stop_at_sixteen_a_quarter() -> None:
    ledger = opened()
    ledger.append(entry("planned", "USA", "RUBY", flights=10, quarter=2))
    ledger.append(entry("planned", "DEU", "RUBY", flights=6, quarter=2))
    with pytest.raises(DataError, match=r"exceed 16 \[Ann\.H\.2\]"):
        ledger.append(entry("planned", "FRA", "RUBY", quarter=2))
    ledger.append(entry("planned", "FRA", "RUBY", quarter=3))
    found = standing(ledger, "FRA", "RUBY", dt.date(2003, 5, 1))
    assert [a.left for a in found.accounts if a.kind == "quarter"] == [0]


def test_a_correction_names_what_it_cancels_and_the_past_stays() -> None:
    ledger = opened()
    number = ledger.append(entry("flown", "DEU", "RUBY")).number
    later = DAY + dt.timedelta(days=3)
    ledger.append(entry("corrected", corrects=number, date=later))
    assert left(ledger, "DEU", "RUBY", DAY) == 2
    assert left(ledger, "DEU", "RUBY", later) == 3
    for wrong in (number, number + 1, 999):
        with pytest.raises(DataError):
            ledger.append(entry("corrected", corrects=wrong, date=later))
    with pytest.raises(DataError, match="lies before"):
        ledger.append(entry("flown", "DEU", "RUBY"))


def test_a_grant_that_was_used_cannot_be_taken_back() -> None:
    ledger = opened()
    grant = next(e for e in ledger if (e.observer, e.observed) == ("BNX", "POL"))
    ledger.append(entry("notified", "BNX", "POL", ref="OS3009"))
    with pytest.raises(DataError, match="has flown"):
        ledger.append(entry("corrected", corrects=grant.number))


@pytest.mark.parametrize(
    "wrong",
    [
        entry("nonsense", "DEU", "RUBY"),
        entry("flown", "DEU", "DEU"),
        entry("flown", "DEU", ""),
        entry("flown", "XYZ", "RUBY"),
        entry("flown", "DEU", "RUBY", flights=0),
        entry("flown", "DEU", "RUBY", year=1980),
        entry("flown", "DEU", "RUBY", number=7),
        entry("notified", "DEU", "RUBY"),
        entry("planned", "DEU", "RUBY"),
        entry("flown", "DEU", "RUBY", quarter=5),
        entry("flown", "BLR", "RUS"),
    ],
    ids=lambda e: f"{e.kind}-{e.observer}-{e.observed}",
)
def test_entries_that_cannot_be(wrong: Entry) -> None:
    ledger = opened()
    before = ledger.entries
    with pytest.raises(OverflightError) as caught:
        ledger.append(wrong)
    assert caught.value.remedy
    assert ledger.entries == before


# --- groups whose members keep their quotas -----------------------------------------------------


def with_group() -> Rulebook:
    """HUN and ROU as a group under III.II.2, which nobody ever formed."""

    def change(treaty: Treaty) -> Treaty:
        first = treaty.groups[0]
        group = Group(
            "HRG",
            "Group",
            "individual-quotas",
            ("HUN", "ROU"),
            dt.date(2003, 1, 1),
            None,
            Status.ASSUMED,
            first.citations,
        )
        return replace(treaty, groups=(*treaty.groups, group))

    return Rulebook(TREATY.transform(change))


def test_over_a_member_of_a_group_half_as_much_again_or_two() -> None:
    """III.II.2(C)-(D): UKR holds 1 over HUN and 1 over ROU; both hold over UKR. It may fly 2
    (1 and a half, rounded up) over one of them, and then none over the other."""
    rules = with_group()
    ledger = Ledger(rules, opening_entries(rules, 2003))
    assert left(ledger, "UKR", "ROU") == 2
    assert left(ledger, "POL", "ROU") == 0  # no member holds quota over Poland
    ledger.append(entry("flown", "UKR", "ROU", flights=2))
    assert left(ledger, "UKR", "HUN") == 0


def test_one_flight_over_two_members_counts_as_two() -> None:
    """III.II.2(B)."""
    rules = with_group()
    ledger = Ledger(rules, opening_entries(rules, 2003))
    ledger.append(entry("flown", "UKR", "ROU", also_over=("HUN",)))
    found = standing(ledger, "UKR", "HUN", DAY)
    assert found.left == 0
    assert [a.spent for a in found.accounts if a.kind == "own-total"] == [2]
    assert [a.spent for a in found.accounts if a.kind == "passive"] == [1]


def test_members_of_a_group_redistribute_among_themselves() -> None:
    rules = with_group()
    ledger = Ledger(rules, opening_entries(rules, 2003))
    ledger.append(entry("redistributed", "ROU", "GRC", to="HUN"))
    assert (left(ledger, "ROU", "GRC"), left(ledger, "HUN", "GRC")) == (0, 1)


# --- any history --------------------------------------------------------------------------------

CODES = st.sampled_from(["DEU", "USA", "CAN", "UKR", "TUR", "ITA", "RUBY"])
MOVES = st.builds(
    lambda kind, a, b, shared, ref, to, days, corrects: replace(
        Entry(0, DAY + dt.timedelta(days=days), 2003, kind, a, b),
        shared_with=(shared,) if shared else (),
        ref=ref if kind in ("notified", "flown", "declined", "prohibited", "withdrawn") else "",
        to=to,
        agreed=(b,),
        corrects=corrects if kind == "corrected" else None,
    ),
    st.sampled_from(
        ["notified", "flown", "declined", "prohibited", "withdrawn", "transferred", "corrected"]
    ),
    CODES,
    CODES,
    st.one_of(st.just(""), CODES),
    st.sampled_from(["", "r1", "r2", "r3"]),
    CODES,
    st.integers(0, 200),
    st.integers(40, 60),
)


@given(st.lists(MOVES, max_size=25))
def test_no_history_overdraws_an_account_and_every_day_can_be_rebuilt(moves: list[Entry]) -> None:
    ledger = opened()
    for move in sorted(moves, key=lambda e: e.date):
        try:
            ledger.append(move)
        except OverflightError:
            continue
    end = dt.date(2003, 12, 31)
    pairs = [("DEU", "RUBY"), ("TUR", "UKR"), ("ITA", "UKR"), ("RUBY", "USA"), ("USA", "UKR")]
    for pair in pairs:
        for account in standing(ledger, *pair, end).accounts:
            assert account.over == 0, account
            assert account.spent >= 0 and account.reserved >= 0, account
    middle = DAY + dt.timedelta(days=90)
    prefix = Ledger(RULES, [e for e in ledger if e.date <= middle])
    assert ledger.as_of(middle).entries == prefix.entries
    for pair in pairs:
        assert standing(ledger, *pair, middle) == standing(prefix, *pair, middle)


def test_a_regime_without_the_file_says_so(tmp_path: Path) -> None:
    bare = TREATY.transform(lambda t: replace(t, quota_limits=(), entry_kinds=()))
    with pytest.raises(DataError, match="says nothing about"):
        Rulebook(bare)


def test_what_was_accepted_under_one_reading_can_be_read_under_another() -> None:
    """Three over the group are within half of twelve, and beyond half of four (III.I.10): trap 0.2
    of the facts; a ledger is no less readable for it, and shows what is beyond the limit."""
    ledger = opened()
    for number in range(3):
        ledger.append(entry("flown", "DEU", "RUS", ref=f"OS{number}"))
    strict = Rulebook(load_treaty("open-skies"), {"active-quota-cap": "sum-of-active"})
    again = Ledger(strict)
    for line in ledger:
        again.restore(line)
    over = {a.kind: a.over for a in standing(again, "DEU", "RUS", DAY).accounts if a.over}
    assert over == {"pair-share": 1}
    assert again.as_of(DAY).entries == ledger.entries


def test_one_flight_over_two_that_are_no_group_is_refused() -> None:
    """III.II.2(B) is about members of a group; others are overflown by flights of their own."""
    ledger = opened()
    with pytest.raises(DataError, match="one group"):
        ledger.append(entry("flown", "DEU", "RUS", also_over=("UKR",)))
