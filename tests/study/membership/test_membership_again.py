"""What exits cost, reckoned again: caps by hand, sharing out by a programme of our own, Shapley
values over all orders in which owners can come."""

import datetime as dt
import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from overflight.study.membership.acts import Act
from overflight.study.membership.exits import Comparison, compare, first_distribution
from overflight.study.membership.returning import borrowing, depends_on, flights_held
from overflight.treaty.loader import load_treaty

TREATY = load_treaty("open-skies")
FIRST = first_distribution(TREATY)
US, RU = dt.date(2020, 11, 22), dt.date(2021, 12, 18)
LEAVE_US, LEAVE_RU = Act(US, "exit", "USA"), Act(RU, "exit", "RUS")

# Annex A, Section I, paragraph 1
ANNEX_A = {
    "DEU": 12, "USA": 42, "RUBY": 42, "BNX": 6, "BGR": 4, "CAN": 12, "DNK": 6, "ESP": 4, "FRA": 12,
    "GBR": 12, "GRC": 4, "HUN": 4, "ISL": 4, "ITA": 12, "NOR": 7, "POL": 6, "PRT": 2, "ROU": 6,
    "TUR": 12, "UKR": 12,
}  # fmt: skip


def half(quota: int) -> int:
    """III.I.10: 50 per cent, rounded up."""
    return math.ceil(Fraction(quota, 2))


def test_every_cap_of_what_is_lost_is_that_of_the_paragraph() -> None:
    found = compare(TREATY, [LEAVE_US, LEAVE_RU], RU, areas=False)
    gone = {"USA", "RUBY"}
    for loss in found.observers:
        own = ANNEX_A.get(loss.observer)
        others = [o for o, _ in loss.over]
        if loss.observer not in gone:
            assert set(others) == gone
        caps = []
        for other, flights in loss.over:
            either = [half(q) for q in (own, ANNEX_A.get(other)) if q is not None]
            assert flights.low == 0
            assert flights.high == (min(either) if either else None), (loss.observer, other)
            caps.append(flights.high)
        bounds = [] if None in caps else [sum(caps)]  # type: ignore[arg-type]
        bounds += [] if own is None else [own]
        assert loss.lost.high == min(bounds, default=None), loss.observer


def again(found: Comparison, gone: set[str]) -> tuple[int, Fraction]:
    """The most flights to be had again, and the highest least share of what was held that each
    observer can keep or have again; out of Annex A and the lines of the distribution alone."""
    assert FIRST is not None
    room = {d: q for d, q in ANNEX_A.items() if d not in gone}
    kept: Counter[tuple[str, str]] = Counter()
    taken: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for wish in FIRST.wishes:
        left = [h for h in wish.holders if h not in gone]
        if wish.observed in gone or not left:
            left = []
        for holder in wish.holders:
            if holder in left:
                kept[holder, wish.observed] += wish.flights
            else:
                lost[holder] += wish.flights
        if left:
            taken[wish.observed] += wish.flights
    asking = [o for o in sorted(lost) if o not in gone]
    pairs = [(o, d) for o in asking for d in room if o != d]
    rows, most = [], []
    for d in room:
        rows.append([float(pair[1] == d) for pair in pairs])
        most.append(max(0, room[d] - taken[d]))
    for number, (o, d) in enumerate(pairs):
        rows.append([float(n == number) for n in range(len(pairs))])
        cap = min(half(room[d]), half(ANNEX_A[o]))
        most.append(max(0, cap - kept[o, d]))
    for o in asking:
        rows.append([float(pair[0] == o) for pair in pairs])
        holds = sum(n for (who, _), n in kept.items() if who == o)
        most.append(min(lost[o], max(0, ANNEX_A[o] - holds)))
    limits = LinearConstraint(np.array(rows), -np.inf, np.array(most, dtype=float))
    whole = np.ones(len(pairs))
    best = milp(-whole, constraints=limits, integrality=whole, bounds=Bounds(0, np.inf))
    # the share: kept + again >= t (kept + lost) for all
    wide = np.hstack([np.array(rows), np.zeros((len(rows), 1))])
    shares = []
    base = []
    for o in asking:
        holds = sum(n for (who, _), n in kept.items() if who == o)
        shares.append([float(pair[0] == o) for pair in pairs] + [-float(holds + lost[o])])
        base.append(-float(holds))
    fair = milp(
        np.append(np.zeros(len(pairs)), -1.0),
        constraints=[
            LinearConstraint(wide, -np.inf, np.array(most, dtype=float)),
            LinearConstraint(np.array(shares), np.array(base), np.inf),
        ],
        integrality=np.append(whole, 0.0), bounds=Bounds(0, np.append(whole * 99, 1.0)),
    )  # fmt: skip
    assert found.shared_out is not None
    assert {o.observer: o.lost for o in found.shared_out.observers if o.lost} == {
        o: n for o, n in lost.items() if n
    }
    return round(-best.fun), Fraction(-fair.fun).limit_denominator(1000)


@pytest.mark.parametrize(
    ("acts", "on", "gone"),
    [
        ([LEAVE_US], US, {"USA"}),
        ([LEAVE_US, LEAVE_RU], RU, {"USA", "RUBY"}),
        ([Act(US, "exit", "DEU"), Act(US, "exit", "TUR")], US, {"DEU", "TUR"}),
    ],
)
def test_what_is_had_again_is_the_optimum_of_another_programme(
    acts: list[Act], on: dt.date, gone: set[str]
) -> None:
    found = compare(TREATY, acts, on, given=FIRST, areas=False)
    assert found.shared_out is not None
    most, share = again(found, gone)
    staying = [o for o in found.shared_out.observers if o.observer not in gone]
    assert sum(o.regained for o in staying) == most
    least = min(Fraction(o.after, o.held) for o in staying if o.lost)
    assert least == share


def test_dependence_with_lends_over_all_orders() -> None:
    """Owners come one after the other; each is worth what it adds, on average."""
    on = dt.date(2024, 1, 1)
    lends = {
        "SWE": frozenset({"NOR", "FRA", "USA"}),
        "DEU": frozenset({"FRA", "ITA"}),
        "ROU": frozenset({"ITA", "USA", "GRC"}),
        "UKR": frozenset({"GRC"}),
    }
    flights = {"NOR": 3, "FRA": 4, "ITA": 5, "USA": 9, "GRC": 2, "DEU": 6, "HUN": 1}
    borrows = borrowing(TREATY.on(on), list(flights), lends)
    assert borrows["DEU"] == {"DEU"} and borrows["HUN"] == frozenset()
    found, stranded = depends_on(flights, borrows)
    owners = sorted(d.player for d in found)
    worth = dict.fromkeys(owners, Fraction(0))
    for order in itertools.permutations(owners):
        have: set[str] = set()
        before = 0
        for owner in order:
            have.add(owner)
            now = sum(n for who, n in flights.items() if borrows[who] & have)
            worth[owner] += Fraction(now - before, math.factorial(len(owners)))
            before = now
    assert {d.player: d.exact for d in found} == worth
    assert stranded == flights["HUN"]


def test_only_flights_of_parties_that_are_bound_depend_on_aircraft() -> None:
    assert FIRST is not None
    held = flights_held(TREATY, "USA", dt.date(2027, 1, 1), FIRST.wishes)
    expected: Counter[str] = Counter()
    for wish in FIRST.wishes:
        if "RUBY" not in (*wish.holders, wish.observed):
            expected[wish.observer] += wish.flights
    assert held == dict(expected)
    # of its nine, eight were over the group and one is held with Canada, which stands first
    assert "USA" not in held and held["CAN"] >= 1
