"""The ledger of holdings: append-only, any past day rebuilt, nothing lost on the way."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.procedure.holdings import HoldingsLedger, holdings_state, stock
from overflight.procedure.ledger.entries import AppendOnly
from overflight.rules.held import held
from overflight.terms.holdings import Bucket, HoldingEntry
from overflight.treaty.loader import load_treaty

CFE = load_treaty("cfe")
FRAME = CFE.holdings
JAN = dt.date(1997, 1, 1)
PARTIES = ("POL", "HUN", "CZE")
STATUSES = ("active", "stored")
ZONES = ("iv-4", "iv-3")


def declared(party: str, items: int, **more: Any) -> HoldingEntry:
    base = HoldingEntry(
        0, JAN, JAN, "exchanged", party, "iv-4", "battle-tank", "active", items=items
    )
    return replace(base, **more)


def opened(items: int = 100) -> HoldingsLedger:
    return HoldingsLedger(
        CFE,
        [
            declared(party, items, zone=zone, status=status)
            for party in PARTIES
            for zone in ZONES
            for status in STATUSES
        ],
    )


moves = st.builds(
    lambda party, zone, status, items, days, to, to_zone, to_status: HoldingEntry(
        0,
        JAN + dt.timedelta(days),
        JAN + dt.timedelta(days),
        "transferred",
        party,
        zone,
        "battle-tank",
        status,
        items=items,
        to=to,
        to_zone=to_zone,
        to_status=to_status,
    ),
    *(st.sampled_from(values) for values in (PARTIES, ZONES, STATUSES)),
    st.integers(0, 60),
    st.integers(1, 300),
    *(st.sampled_from(values) for values in (PARTIES, ZONES, STATUSES)),
)


def entered(entries: list[HoldingEntry]) -> HoldingsLedger:
    """A ledger of those that fit."""
    ledger = opened()
    for entry in sorted(entries, key=lambda e: e.date):
        try:
            ledger.append(entry)
        except DataError as error:
            assert error.remedy
    return ledger


@given(st.lists(moves, max_size=12))
def test_what_moves_is_conserved_and_never_below_none(entries: list[HoldingEntry]) -> None:
    ledger = entered(entries)
    for day in (0, 100, 400):
        counts = stock(ledger, JAN + dt.timedelta(day)).counts
        assert sum(n or 0 for n in counts.values()) == 100 * 12
        assert min(n or 0 for n in counts.values()) >= 0


@given(st.lists(moves, max_size=12), st.integers(0, 320))
def test_a_day_is_what_an_independent_count_gives(entries: list[HoldingEntry], days: int) -> None:
    on = JAN + dt.timedelta(days)
    ledger = entered(entries)
    count: Counter[Bucket] = Counter()
    for entry in ledger:
        if entry.kind == "exchanged":
            count[entry.bucket] += entry.items or 0
        elif entry.valid <= on:
            count[entry.bucket] -= entry.items or 0
            count[entry.target] += entry.items or 0
    found = stock(ledger, on).counts
    assert {b: n for b, n in found.items() if n} == {b: n for b, n in count.items() if n}


@given(st.lists(moves, max_size=8), st.integers(0, 320))
def test_a_past_state_of_the_ledger_is_rebuilt(entries: list[HoldingEntry], days: int) -> None:
    on = JAN + dt.timedelta(days)
    whole = entered(entries)
    first = HoldingsLedger(CFE, [entry for entry in whole if entry.date <= on])
    assert whole.as_of(on).entries == first.entries
    assert holdings_state(whole.as_of(on), on) == holdings_state(first, on)


@given(
    st.integers(0, 500),
    st.sampled_from(("area", "iv-2", "iv-3", "iv-4", "kiev", "flank")),
    st.sampled_from(("area", "iv-2", "iv-3", "iv-4", "kiev", "flank")),
    st.sampled_from(("all", "active", "stored")),
    st.sampled_from(("all", "active", "stored")),
)
def test_a_question_has_a_least_and_a_most(
    items: int, zone: str, asked_zone: str, status: str, asked_status: str
) -> None:
    """Surely there, if the place stated lies in the place asked; perhaps, the other way round."""
    assert FRAME is not None
    inside = {
        "area": {"area", "iv-2", "iv-3", "iv-4", "kiev", "flank"},
        "iv-2": {"iv-2", "iv-3", "iv-4", "kiev"},
        "iv-3": {"iv-3", "iv-4", "kiev"},
        "iv-4": {"iv-4"},
        "kiev": {"kiev"},
        "flank": {"flank"},
        "all": {"all", "active", "stored"},
        "active": {"active"},
        "stored": {"stored"},
    }
    ledger = HoldingsLedger(CFE, [declared("UKR", items, zone=zone, status=status)])
    found = held(
        FRAME,
        holdings_state(ledger, JAN),
        frozenset({"UKR"}),
        {},
        category="battle-tank",
        zone=asked_zone,
        status=asked_status,
    )
    sure = zone in inside[asked_zone] and status in inside[asked_status]
    perhaps = (zone in inside[asked_zone] or asked_zone in inside[zone]) and (
        status in inside[asked_status] or asked_status in inside[status]
    )
    assert (found.least, found.most) == (items if sure else 0, items if perhaps else 0)
    assert bool(found.needs) is (found.least != found.most)


def test_a_statement_comprises_its_own_day() -> None:
    ledger = opened()
    ledger.append(declared("POL", 5, kind="destroyed"))
    assert stock(ledger, JAN).counts[declared("POL", 0).bucket] == 100
    next_day = JAN + dt.timedelta(1)
    ledger.append(declared("POL", 5, kind="destroyed", date=next_day, valid=next_day))
    assert stock(ledger, next_day).counts[declared("POL", 0).bucket] == 95


def test_more_than_is_there_cannot_leave_nor_what_left_before() -> None:
    ledger = opened()
    later, between = JAN + dt.timedelta(30), JAN + dt.timedelta(10)
    with pytest.raises(DataError, match="100 are held"):
        ledger.append(declared("POL", 101, kind="destroyed", date=later, valid=later))
    ledger.append(declared("POL", 60, kind="destroyed", date=later, valid=later))
    with pytest.raises(DataError, match="40 are held"):
        ledger.append(declared("POL", 50, kind="destroyed", date=later, valid=between))
    told = declared("POL", 50, kind="destroyed", date=later, valid=between, despite="said so")
    assert ledger.append(told).number == len(ledger)


def test_a_correction_undoes_an_entry_and_frees_its_place() -> None:
    ledger = opened()
    number = 1
    again = ledger[number]
    with pytest.raises(DataError, match="entered before"):
        ledger.append(replace(again, number=0, items=7))
    correction = HoldingEntry(0, JAN, JAN, "corrected", corrects=number)
    ledger.append(correction)
    assert again.bucket not in stock(ledger, JAN).counts
    with pytest.raises(DataError, match="was cancelled"):
        ledger.append(correction)
    with pytest.raises(DataError, match="itself a correction"):
        ledger.append(replace(correction, corrects=len(ledger)))
    ledger.append(replace(again, number=0, items=7))
    assert stock(ledger, JAN).counts[again.bucket] == 7


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no kind": ({"kind": "bought"}, "no entries"),
    "no party": ({"party": ""}, "Party is missing"),
    "other party": ({"party": "CHE"}, "not known"),
    "other zone": ({"zone": "iv-5"}, "not known"),
    "other category": ({"category": "submarine"}, "not known"),
    "other status": ({"status": "lost"}, "not known"),
    "no category": ({"category": ""}, "missing"),
    "fewer than none": ({"items": -1}, "no number"),
    "back in time": ({"date": dt.date(1996, 1, 1)}, "lies before"),
    "no to": ({"kind": "transferred"}, "'to' is missing"),
    "to itself": ({"kind": "transferred", "to": "POL"}, "nothing moves"),
    "another number": ({"number": 99}, "cannot follow"),
    "corrects": ({"corrects": 1}, "corrects nothing"),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_what_does_not_fit_is_refused_and_leaves_all_as_it_was(case: str) -> None:
    changes, words = BAD[case]
    ledger = opened()
    before = ledger.entries
    entry = replace(declared("POL", 1, category="artillery", kind="exchanged"), **changes)
    with pytest.raises(DataError, match=words) as caught:
        ledger.extend([declared("POL", 1, category="combat-aircraft"), entry])
    assert caught.value.remedy
    assert ledger.entries == before


def test_it_is_kept_like_the_ledger_of_quotas() -> None:
    from overflight.procedure.ledger import Ledger

    assert issubclass(HoldingsLedger, AppendOnly) and issubclass(Ledger, AppendOnly)
    for name in ("extend", "as_of", "cancelled_by", "__getitem__"):
        assert name not in vars(HoldingsLedger) and name not in vars(Ledger)


def test_a_regime_that_counts_nothing_has_no_such_ledger() -> None:
    with pytest.raises(DataError, match="counts nothing"):
        HoldingsLedger(load_treaty("open-skies"))
