"""A what-if is a function Treaty -> Treaty; the baseline never changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.terms.values import Status
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Event, Treaty

FIXTURES = Path(__file__).parent / "fixtures"
ON = dt.date(2010, 6, 1)


def leaves(treaty: Treaty, state: str, notice: dt.date, effective: dt.date) -> Treaty:
    event = Event(state, "notice-of-withdrawal", notice, notice, Status.ASSUMED, (), effective)
    return replace(treaty, events=(*treaty.events, event))


def parties(treaty: Treaty, on: dt.date) -> set[str]:
    return {status.state for status in treaty.on(on).states_parties}


@given(
    st.sampled_from(["XAA", "XCC", "XEE", "XHH"]),
    st.dates(dt.date(2006, 1, 1), dt.date(2012, 1, 1)),
)
def test_a_departure_that_never_was(state: str, notice: dt.date) -> None:
    baseline = load_treaty(FIXTURES / "deposits")
    before = {on: parties(baseline, on) for on in (ON, dt.date(2020, 1, 1))}
    effective = notice + dt.timedelta(days=184)
    changed = baseline.transform(lambda treaty: leaves(treaty, state, notice, effective))
    assert state not in parties(changed, effective)
    assert state in parties(changed, effective - dt.timedelta(days=1))
    assert {on: parties(baseline, on) for on in before} == before
    assert load_treaty(FIXTURES / "deposits") is baseline


def test_nothing_of_the_baseline_can_be_changed_in_place(deposits: Treaty) -> None:
    with pytest.raises(AttributeError):
        deposits.events = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        deposits.sources["text"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        deposits.values[0].value = 3  # type: ignore[misc]
    for rows in (deposits.states, deposits.events, deposits.values, deposits.airfields):
        assert isinstance(rows, tuple)


def test_views_of_the_variant_are_its_own(deposits: Treaty) -> None:
    view = deposits.on(ON)
    variant = replace(deposits, values=())
    assert variant.on(ON) is not view
    assert deposits.on(ON) is view
    assert view.value("stand-off").value == 8
