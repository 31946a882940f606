"""The yearly distribution: what the text settles, and our proposal against full enumeration."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from overflight.errors import DataError, NotInForceError
from overflight.formats.schema import validate
from overflight.procedure.distribution import Distribution, conflicts, distribute
from overflight.procedure.distribution.leximin import solve
from overflight.procedure.distribution.problem import Problem, Row
from overflight.procedure.documents import distribution_dict
from overflight.procedure.ledger import Ledger, enacted_wishes
from overflight.procedure.rulebook import Rulebook
from overflight.terms.findings import Verdict
from overflight.terms.quotas import Wish
from overflight.treaty.loader import load_treaty

# The fact sheet's section 3, machine form of Annex A, Section II, paragraph 1.
FIRST = (
    "DEU:RUBY=3,UKR=1; USA:RUBY=8,UKR=1s(CAN); RUBY:BNX=2,CAN=2,DNK=2,FRA=3,DEU=3,GRC=1,ITA=2,"
    "NOR=2,TUR=2,GBR=3,USA=4; BNX:RUBY=1,POL=1; BGR:GRC=1,ITA=1,TUR=1; CAN:RUBY=2,POL=1; "
    "DNK:RUBY=1,POL=1; FRA:RUBY=3,ROU=1; GBR:RUBY=3,UKR=1; GRC:BGR=1,ROU=1; HUN:ROU=1,UKR=1; "
    "ITA:RUBY=2,HUN=1,UKR=1s(TUR); NOR:RUBY=2,POL=1; POL:DEU=1,RUBY=1,UKR=1; "
    "ROU:BGR=1,GRC=1,HUN=1,UKR=1; TUR:RUBY=2,BGR=1,UKR=1; "
    "UKR:HUN=1,POL=1,ROU=1,TUR=2"
)
"""Without the Czech and Slovak Federal Republic, which ended in 1992; shared flights once."""
SUM = {"active-quota-cap": "sum-of-active"}


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return Rulebook(load_treaty("open-skies"))


def first_distribution() -> set[tuple[tuple[str, ...], str, int]]:
    found = set()
    for part in FIRST.split("; "):
        observer, _, rest = part.partition(":")
        for pair in rest.split(","):
            observed, _, number = pair.partition("=")
            flights, _, shared = number.partition("s(")
            holders = sorted({observer, shared.rstrip(")") or observer})
            found.add((tuple(holders), observed, int(flights)))
    return found


def test_the_first_distribution_comes_from_the_data_as_enacted(rules: Rulebook) -> None:
    wishes, apart = enacted_wishes(rules, dt.date(2002, 1, 1))
    assert {(w.holders, w.observed, w.flights) for w in wishes} == first_distribution()
    assert any("CSK" in line for line in apart)


def test_where_the_first_distribution_conflicts_with_the_treatys_own_rules(rules: Rulebook) -> None:
    """The fact sheet's rows 0.2, 0.3 and 0.4."""
    wishes, _ = enacted_wishes(rules, dt.date(2002, 1, 1))
    found = conflicts(rules, 2002, wishes)
    breaches = {
        (f.rule, f.where, f.measured, f.limit, f.reading)
        for f in found
        if f.verdict is Verdict.BREACH
    }
    reading = "active-quota-cap=sum-of-active"
    assert breaches == {
        ("passive", "POL", 5.0, 4.0, ""),
        ("pair-share", "DEU over RUBY", 3.0, 2.0, reading),
        ("pair-share", "FRA over RUBY", 3.0, 2.0, reading),
        ("pair-share", "GBR over RUBY", 3.0, 2.0, reading),
        ("pair-share", "USA over RUBY", 8.0, 5.0, reading),
    }
    rights = [f for f in found if f.verdict is Verdict.RIGHT_ARISES]
    assert any(f.where == "RUBY over USA" and (f.measured, f.limit) == (4, 8) for f in rights)


def test_asked_for_as_requests_all_but_poland_is_granted(rules: Rulebook) -> None:
    """Over Poland four of five can be granted; the one who keeps the largest share without it,
    Ukraine with 4 of 5, is cut: CAN would fall to 3/4, NOR to 2/3, BNX and DNK to 1/2."""
    wishes, _ = enacted_wishes(rules, dt.date(2002, 1, 1))
    found = distribute(rules, 2002, wishes)
    assert [(c.grant.wish.observer, c.grant.wish.observed) for c in found.cuts] == [("UKR", "POL")]
    assert found.proved
    (cut,) = found.cuts
    assert "the 4 flights that Poland accepts, 75 per cent" in cut.sentence
    assert "BNX 1, CAN 1, DNK 1, NOR 1 [III.I.4, Ann.A.II.1" in cut.sentence
    assert cut.gives_way and cut.gives_way[0][0].observed == "POL"
    assert {g.basis for g in found.grants if g.wish.observed != "POL"} == {"as-requested"}
    assert not [f for f in found.findings if f.verdict is Verdict.BREACH]
    validate(json.loads(json.dumps(distribution_dict(found))), "quota-distribution")


def test_under_the_strict_reading_half_of_the_own_sum_binds() -> None:
    rules = Rulebook(load_treaty("open-skies"), SUM)
    wishes, _ = enacted_wishes(rules, dt.date(2002, 1, 1))
    found = distribute(rules, 2002, wishes)
    granted = {(g.wish.observer, g.wish.observed): g.flights for g in found.grants}
    total: dict[str, int] = defaultdict(int)
    for grant in found.grants:
        for holder in grant.wish.holders:
            total[holder] += grant.flights
    for (who, whom), flights in granted.items():
        assert flights <= -(-total[who] // 2), (who, whom)
    assert granted["DEU", "RUBY"] == granted["FRA", "RUBY"] == granted["GBR", "RUBY"] == 2


# --- against full enumeration -------------------------------------------------------------------


def random_problem(seed: int) -> Problem:
    draw = random.Random(seed)
    names = ["A", "B", "C", "D"][: draw.choice([3, 4])]
    quota = {name: draw.choice([1, 2, 3, 4]) for name in names}
    wishes = []
    for who in names:
        for whom in draw.sample([n for n in names if n != who], draw.choice([1, 2])):
            rest = [n for n in names if n not in (who, whom)]
            shared = (draw.choice(rest),) if draw.random() < 0.25 else ()
            wish = Wish(who, whom, draw.choice([1, 1, 2, 3]), draw.choice([1, 2]), shared)
            wishes.append(wish)
    rows = []
    for name in names:
        over = tuple((n, 1) for n, w in enumerate(wishes) if w.observed == name)
        own = tuple((n, 1) for n, w in enumerate(wishes) if name in w.holders)
        rows.append(Row("passive", name, "", over, quota[name], quota[name]))
        rows.append(Row("own-total", name, "", own, quota[name] + 1, quota[name] + 1))
        if seed % 2:  # the reading on which the own total is a sum
            for whom in names:
                terms = tuple(
                    (n, 2 * (w.observed == whom) - 1)
                    for n, w in enumerate(wishes)
                    if name in w.holders
                )
                if any(c > 0 for _, c in terms):
                    rows.append(Row("pair-share", name, whom, terms, 1, -1, "own"))
    return Problem(tuple(wishes), tuple(rows), frozenset(), (), (), (), {}, {}, ())


def every_distribution(problem: Problem) -> list[tuple[int, ...]]:
    ranges = [range(w.flights + 1) for w in problem.wishes]
    return [
        flights
        for flights in itertools.product(*ranges)
        if all(sum(c * flights[n] for n, c in row.terms) <= row.most for row in problem.rows)
    ]


def shares(problem: Problem, flights: tuple[int, ...], level: int = 9) -> list[Fraction]:
    found = []
    for party in problem.parties:
        numbers = [
            n for n, w in enumerate(problem.wishes) if party in w.holders and w.priority <= level
        ]
        asked = sum(problem.wishes[n].flights for n in numbers)
        if asked:
            found.append(Fraction(sum(flights[n] for n in numbers), asked))
    return sorted(found)


def by_priority(problem: Problem, flights: tuple[int, ...]) -> tuple[int, int]:
    first = sum(n for n, w in zip(flights, problem.wishes, strict=True) if w.priority == 1)
    return sum(flights), first


@pytest.mark.parametrize("seed", range(60))
def test_fair_then_most_is_what_enumeration_finds(seed: int) -> None:
    problem = random_problem(seed)
    found = solve(problem)
    everything = every_distribution(problem)
    assert found.flights in everything
    best = max((shares(problem, f), by_priority(problem, f)) for f in everything)
    assert (shares(problem, found.flights), by_priority(problem, found.flights)) == best
    assert found.proved


@pytest.mark.parametrize("seed", range(30))
def test_first_priorities_first_is_what_enumeration_finds(seed: int) -> None:
    problem = random_problem(seed)
    found = solve(problem, fairness="priority").flights

    def rank(flights: tuple[int, ...]) -> tuple[Any, ...]:
        levels = sorted({w.priority for w in problem.wishes})
        return *(shares(problem, flights, p) for p in levels), by_priority(problem, flights)

    assert rank(found) == max(map(rank, every_distribution(problem)))


@pytest.mark.parametrize("seed", range(20))
def test_most_first_is_what_enumeration_finds(seed: int) -> None:
    problem = random_problem(seed)
    found = solve(problem, order="most")
    assert by_priority(problem, found.flights) == max(
        by_priority(problem, f) for f in every_distribution(problem)
    )


def test_no_wish_that_was_cut_could_have_had_more() -> None:
    """What one more takes from others is the least that enumeration finds."""
    from overflight.procedure.distribution.explain import Trial

    for seed in range(20):
        problem = random_problem(seed)
        flights = solve(problem).flights
        everything = every_distribution(problem)
        trial = Trial(problem, flights)
        for number, wish in enumerate(problem.wishes):
            if flights[number] == wish.flights:
                continue
            losses = [
                sum(max(0, a - b) for a, b in zip(flights, other, strict=True))
                for other in everything
                if other[number] > flights[number]
            ]
            ways = trial.one_more(number, 10.0)
            if not losses:
                assert ways is None
            else:
                assert ways is not None
                assert sum(w.before - w.after for w in ways) == min(losses)


# --- what the text settles ----------------------------------------------------------------------


def test_requests_that_fit_are_granted_and_the_order_of_lines_does_not_matter(
    rules: Rulebook,
) -> None:
    wishes = [
        Wish("DEU", "POL", 3),
        Wish("FRA", "POL", 3),
        Wish("GBR", "POL", 2),
        Wish("DEU", "HUN", 1),
        Wish("NLD", "HUN", 2),
    ]
    one = distribute(rules, 2010, wishes)
    two = distribute(rules, 2010, wishes[::-1])
    assert [(g.wish.holders, g.flights) for g in one.grants] == [
        (g.wish.holders, g.flights) for g in two.grants
    ]
    hungary = {
        g.wish.observer: (g.flights, g.basis) for g in one.grants if g.wish.observed == "HUN"
    }
    assert hungary == {"DEU": (1, "as-requested"), "BNX": (2, "as-requested")}
    poland = [g for g in one.grants if g.wish.observed == "POL"]
    assert sum(g.flights for g in poland) == 6  # the passive quota, from 2006 in full (Ann.A.II.3)
    assert {g.basis for g in poland} == {"by-agreement"}
    # DEU 4 asked, FRA 3, GBR 2: leximin gives FRA 2/3, and of DEU 3/4 and GBR 1/2 or
    # DEU 2/4 and GBR 1 the better: (1/2, 2/3, 3/4) < (2/4, 2/3, 1).
    assert {g.wish.observer: g.flights for g in poland} == {"DEU": 2, "FRA": 2, "GBR": 2} or {
        g.wish.observer: g.flights for g in poland
    } == {"DEU": 1, "FRA": 3, "GBR": 2}


def test_without_agreement_last_years_stands_for_that_party_alone(rules: Rulebook) -> None:
    last = [Wish("DEU", "POL", 2), Wish("DEU", "HUN", 1)]
    asked = [Wish("FRA", "POL", 3), Wish("FRA", "HUN", 1)]
    found = distribute(rules, 2010, asked, last_year=last, no_agreement=["POL"])
    granted = {(g.wish.observer, g.wish.observed, g.flights, g.basis) for g in found.grants}
    assert granted == {("DEU", "POL", 2, "last-year"), ("FRA", "HUN", 1, "as-requested")}
    assert [w.observer for w in found.set_aside] == ["FRA"]
    kept = distribute(rules, 2010, asked, last_year=last, keep_unasked=True)
    assert {g.wish.observer for g in kept.grants} == {"DEU", "FRA"}


def test_a_quota_that_nobody_knows_leaves_the_wish_undecided(rules: Rulebook) -> None:
    wishes = [Wish("DEU", "SWE", 1)]
    found = distribute(rules, 2010, wishes)
    assert found.grants == () and "passive quota of Sweden" in found.undecided[0][1]
    given = distribute(rules, 2010, wishes, passive={"SWE": 2})
    assert [g.flights for g in given.grants] == [1]


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish("DEU", "DEU", 1, line=4), DataError),
        (Wish("BLR", "RUS", 1), DataError),
        (Wish("DEU", "XYZ", 1, line=4), DataError),
        (Wish("DEU", "USA", 1), NotInForceError),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_wishes_that_cannot_be(rules: Rulebook, wish: Wish, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        distribute(rules, 2021, [wish])
    if wish.line:
        assert caught.value.line == 4  # type: ignore[attr-defined]


def test_the_distribution_as_entries_gives_what_was_granted(rules: Rulebook) -> None:
    wishes, _ = enacted_wishes(rules, dt.date(2003, 1, 1))
    found: Distribution = distribute(rules, 2003, wishes)
    ledger = Ledger(rules, found.entries(dt.date(2003, 1, 1), "decision"))
    assert len(ledger) == len([g for g in found.grants if g.flights])
    count: Callable[[str, tuple[object, ...]], int] = lambda book, key: ledger.total(  # noqa: E731
        book, key, dt.date(2003, 6, 1)
    )
    assert count("granted", (2003, "TUR", "UKR")) == 2
    assert count("laid-on", (2003, "UKR")) == 8  # nine, less the one of CSK


def test_last_years_flights_of_a_party_that_left_lapse_and_are_told() -> None:
    """Russia left on 2021-12-18 (XV.2): what others held over it in 2021 stands for nobody."""
    rules = Rulebook(load_treaty("open-skies"))
    last = [Wish("DEU", "RUS", 3), Wish("FRA", "ROU", 1)]
    found = distribute(rules, 2022, [Wish("DEU", "POL", 1)], last_year=last, keep_unasked=True)
    assert {(g.wish.observer, g.wish.observed, g.flights) for g in found.grants} == {
        ("DEU", "POL", 1),
        ("FRA", "ROU", 1),
    }
    assert any("DEU over RUS, 3" in note and "2021-12-18" in note for note in found.notes)


def test_when_time_is_up_the_gap_is_what_could_be_at_the_most() -> None:
    """A step that was not tried has the trivial bound: all that ask, all that is asked for."""
    ticks = iter(range(10_000))
    problem = random_problem(3)
    found = solve(problem, seconds=1.5, clock=lambda: float(next(ticks)))
    open_ = [stage for stage in found.stages if not stage.proved]
    assert open_ and not found.proved
    asked = sum(w.flights for w in problem.wishes)
    for stage in open_:
        most = len(problem.parties) if stage.what.startswith("Parties") else asked
        if stage.what != "lots":
            assert stage.reached < stage.bound <= most
    for n, wish in enumerate(problem.wishes):
        more = [*found.flights[:n], found.flights[n] + 1, *found.flights[n + 1 :]]
        full = any(sum(c * more[k] for k, c in row.terms) > row.most for row in problem.rows)
        assert full or more[n] > wish.flights, "a flight was left lying"
