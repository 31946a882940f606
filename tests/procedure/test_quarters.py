"""Flights by quarter: the limit of sixteen, one at a time, lots with a seed."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.procedure.documents import sequence_dict
from overflight.procedure.quarters import quarter_days, sequence
from overflight.procedure.rulebook import Rulebook
from overflight.terms.quotas import QuarterWish
from overflight.treaty.loader import load_treaty

RULES = Rulebook(load_treaty("open-skies"))
UTC = dt.UTC
WISHES = st.lists(
    st.builds(
        QuarterWish,
        st.sampled_from(["DEU", "FRA", "USA", "NOR"]),
        st.sampled_from(["RUS", "POL"]),
        st.integers(1, 4),
        st.integers(1, 9),
        outside_quota=st.booleans(),
    ),
    max_size=8,
)


@given(WISHES, st.integers(0, 5))
def test_windows_never_overlap_and_a_quarter_holds_sixteen(
    wishes: list[QuarterWish], seed: int
) -> None:
    found = sequence(RULES, 2010, wishes, seed=seed)
    for observed in {s.observed for s in found.slots}:
        slots = [s for s in found.slots if s.observed == observed]
        assert all(a.ends <= b.begins for a, b in pairwise(slots))
        assert all(s.ends - s.begins == dt.timedelta(hours=96) for s in slots)
        for quarter in (1, 2, 3, 4):
            mine = [s for s in slots if s.quarter == quarter]
            assert sum(not s.outside_quota for s in mine) <= 16
            assert [s.place for s in mine] == list(range(1, len(mine) + 1))
            first, last = quarter_days(2010, quarter)
            assert all(first <= s.begins < last for s in mine)
    assert len(found.slots) + len(found.unplaced) == sum(w.flights for w in wishes)
    assert sequence(RULES, 2010, wishes[::-1], seed=seed) == found
    validate(json.loads(json.dumps(sequence_dict(found))), "quota-sequence")


def test_the_seventeenth_moves_to_the_next_quarter() -> None:
    found = sequence(RULES, 2010, [QuarterWish("USA", "RUS", 1, 17)])
    moved = [s for s in found.slots if s.moved]
    assert [(s.quarter, s.moved) for s in moved] == [(2, "quarter 1 was full")]
    assert [(c.quarter, c.cite) for c in found.clashes] == [(1, "Ann.H.2")]


def test_flights_outside_quota_take_time_and_no_place_among_the_sixteen() -> None:
    wishes = [QuarterWish("USA", "RUS", 1, 16), QuarterWish("USA", "RUS", 1, 1, None, True)]
    found = sequence(RULES, 2010, wishes)
    assert {s.quarter for s in found.slots} == {1} and len(found.slots) == 17
    assert found.planned == {("RUBY", 1): 16}


def test_two_that_wish_for_the_same_days_draw_lots_that_the_seed_repeats() -> None:
    start = dt.datetime(2010, 2, 1, 6, tzinfo=UTC)
    wishes = [
        QuarterWish("DEU", "POL", 1, start=start),
        QuarterWish("FRA", "POL", 1, start=start + dt.timedelta(hours=95)),
        QuarterWish("NOR", "POL", 1, start=start + dt.timedelta(hours=500)),
    ]
    first = set()
    for seed in range(12):
        found = sequence(RULES, 2010, wishes, seed=seed)
        assert found == sequence(RULES, 2010, wishes, seed=seed)
        kept = {s.observer: s for s in found.slots}
        assert kept["NOR"].moved == ""
        (moved,) = [s for s in found.slots if s.moved]
        first.add(({"DEU", "FRA"} - {moved.observer}).pop())
        assert any(c.cite.startswith("VI.I.3") for c in found.clashes)
    assert first == {"DEU", "FRA"}


@pytest.mark.parametrize(
    "wish",
    [
        QuarterWish("DEU", "DEU", 1),
        QuarterWish("BLR", "RUS", 1),
        QuarterWish("DEU", "POL", 5),
        QuarterWish("DEU", "POL", 1, start=dt.datetime(2010, 4, 1, tzinfo=UTC)),
        QuarterWish("DEU", "POL", 1, start=dt.datetime(2010, 2, 1)),  # noqa: DTZ001
        QuarterWish("DEU", "POL", 1, 2, dt.datetime(2010, 2, 1, tzinfo=UTC)),
    ],
)
def test_plans_that_cannot_be(wish: QuarterWish) -> None:
    with pytest.raises(DataError) as caught:
        sequence(RULES, 2010, [wish])
    assert caught.value.remedy


def test_quarters_are_those_of_the_calendar() -> None:
    assert [quarter_days(2010, q)[0].month for q in (1, 2, 3, 4)] == [1, 4, 7, 10]
    assert quarter_days(2010, 4)[1] == dt.datetime(2011, 1, 1, tzinfo=UTC)
