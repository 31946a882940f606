"""Brier and Murphy: the identity, and values worked by hand."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.study.chronicle.forecasts import (
    Forecast,
    Outcome,
    admit,
    admit_today,
    entry_line,
    murphy,
    probability,
    read_entry,
    replay,
    score,
)

DAY = dt.date(2026, 1, 1)


def forecast(name: str, p: str) -> Forecast:
    return Forecast(name, f"{name}?", "a notice", "me", DAY, dt.date(2027, 1, 1), probability(p))


def outcome(name: str, came: bool | None) -> Outcome:
    return Outcome(name, came, dt.date(2027, 6, 1), "the depositary")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1)), min_size=1, max_size=80))
def test_murphys_identity_is_exact(rows: list[tuple[int, int]]) -> None:
    pairs = [(Fraction(p, 20), o) for p, o in rows]
    brier, reliability, resolution, uncertainty = murphy(pairs)
    assert brier == reliability - resolution + uncertainty
    plain = sum((float(p) - o) ** 2 for p, o in pairs) / len(pairs)
    assert abs(float(brier) - plain) < 1e-12


def test_by_hand() -> None:
    """Four forecasts of 0.8, of which three came: reliability (0.8 - 0.75)^2, no resolution."""
    pairs = [(Fraction(4, 5), 1)] * 3 + [(Fraction(4, 5), 0)]
    assert murphy(pairs) == (
        Fraction(3 * 4 + 64, 4 * 100), Fraction(1, 400), 0, Fraction(3, 16),
    )  # fmt: skip


def test_no_skill_is_claimed_below_fifty() -> None:
    names = [f"q{n}" for n in range(49)]
    forecasts = [forecast(n, "0.9") for n in names]
    outcomes = {n: outcome(n, i % 10 != 0) for i, n in enumerate(names)}
    found = score(forecasts, outcomes)
    assert found.resolved == 49 and found.skill is None and "below 50" in found.why
    more = [*forecasts, forecast("q49", "0.1")]
    enough = score(more, {**outcomes, "q49": outcome("q49", False)})
    assert enough.skill is not None and enough.interval_95 is not None
    assert enough.interval_95[0] <= enough.skill <= enough.interval_95[1]
    assert score(more, {**outcomes, "q49": outcome("q49", False)}) == enough, "not reproducible"


def test_a_forecaster_who_knows_and_one_who_says_the_base_rate() -> None:
    names = [f"q{n}" for n in range(60)]
    truth = {n: outcome(n, i % 3 == 0) for i, n in enumerate(names)}
    knows = [forecast(n, "0.95" if truth[n].came else "0.05") for n in names]
    plain = [forecast(n, "1/3") for n in names]
    best = score(knows, truth)
    assert best.skill is not None and best.skill > 0.95 and best.why == ""
    same = score(plain, truth)
    assert same.skill == 0 and "no skill" in same.why


def test_a_forecast_is_frozen_and_judged_once() -> None:
    entries = [forecast("a", "0.7"), outcome("a", True)]
    replay(entries)
    for new, words in (
        (forecast("a", "0.9"), "frozen"),
        (outcome("a", False), "resolved already"),
        (outcome("b", True), "no forecast"),
        (Forecast("c", "c?", "x", "me", dt.date(2028, 1, 1), dt.date(2028, 1, 1), Fraction(1, 2)),
         "and the question closes"),
    ):  # fmt: skip
        with pytest.raises(DataError, match=words):
            admit(entries, new)


@pytest.mark.parametrize("came", [True, False, None])
def test_no_question_is_closed_before_its_day_or_in_the_future(came: bool | None) -> None:
    """Who may close early closes what came true, and leaves or voids the rest."""
    entries = [forecast("a", "0.7")]  # closes on 2027-01-01
    early = Outcome("a", came, dt.date(2026, 12, 31), "x")
    with pytest.raises(DataError, match="before the question closes on 2027-01-01"):
        admit(entries, early)
    with pytest.raises(DataError, match="before the question closes"):
        replay([*entries, early])
    on_the_day = Outcome("a", came, dt.date(2027, 1, 1), "x")
    admit_today(entries, on_the_day, dt.date(2027, 1, 1))
    with pytest.raises(DataError, match="in the future"):
        admit_today(entries, on_the_day, dt.date(2026, 12, 31))


def test_a_forecast_behind_a_later_line_is_dated_back() -> None:
    late = Forecast("b", "b?", "x", "me", dt.date(2026, 2, 1), dt.date(2027, 1, 1), Fraction(1, 2))
    with pytest.raises(DataError, match="dated back"):
        replay([late, forecast("a", "0.99")])
    replay([forecast("a", "0.99"), late])


def test_the_same_question_fifty_times_is_one_question() -> None:
    made = [Forecast(f"q{n}", "Does it RAIN?" if n % 2 else " does it  rain?", "x", "me", DAY,
                     dt.date(2027, 1, 1), Fraction(9, 10)) for n in range(60)]  # fmt: skip
    found = score(made, {f.id: outcome(f.id, True) for f in made})
    assert (found.resolved, found.questions) == (60, 1)
    assert found.skill is None and "below 50" in found.why


def test_no_skill_while_losers_are_left_open() -> None:
    names = [f"q{n}" for n in range(60)]
    truth = {n: outcome(n, i % 3 == 0) for i, n in enumerate(names)}
    made = [forecast(n, "0.95" if truth[n].came else "0.05") for n in names]
    left = [*made, forecast("loser", "0.99")]
    assert score(left, truth, today=dt.date(2027, 1, 1)).skill is not None
    found = score(left, truth, today=dt.date(2027, 1, 2))
    assert found.overdue == 1 and found.skill is None and "closed and not resolved" in found.why


def test_void_questions_and_open_ones_are_counted_apart() -> None:
    forecasts = [forecast(n, "0.5") for n in "abc"]
    found = score(forecasts, {"a": outcome("a", None), "b": outcome("b", True)})
    assert (found.resolved, found.open, found.voided) == (1, 1, 1)


def test_lines_round_trip() -> None:
    for entry in (forecast("a", "70%"), outcome("a", True), outcome("b", None)):
        assert read_entry(entry_line(entry), 1) == entry
    for line in ({}, {"kind": "forecast"}, {"kind": "outcome", "id": "a", "came": "yes"}):
        with pytest.raises(DataError, match="no entry"):
            read_entry(line, 3)


@pytest.mark.parametrize("text", ["1.2", "-0.1", "0.12345", "x", "1/0", "101%"])
def test_probabilities_that_are_none(text: str) -> None:
    with pytest.raises(DataError):
        probability(text)


def test_probabilities() -> None:
    assert probability("70%") == probability("0.7") == probability("7/10") == Fraction(7, 10)


def test_a_long_ledger_is_replayed_in_one_pass() -> None:
    """Each entry is read once and no more, so that the work grows with the ledger."""
    entries = [forecast(f"q{n}", "0.5") for n in range(30_000)]
    forecasts, outcomes = replay([*entries, outcome("q7", True)])
    assert len(forecasts) == 30_000 and outcomes["q7"].came
    with pytest.raises(DataError, match="frozen"):
        replay([*entries, forecast("q7", "0.6")])
