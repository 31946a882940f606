"""What becomes of a distribution of flights when Parties leave: lost, and asked for elsewhere.

Our assumption, stated in every result: what does not concern those that left stands (a flight held
jointly stays with those of its holders that remain), and each observer asks for as many flights as
it lost over any others, as many as there is room for. Who gets them is decided by the optimiser of
the quota ledger, the fair distribution first.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from overflight.errors import OverflightError
from overflight.procedure.distribution.leximin import solve
from overflight.procedure.distribution.problem import Problem, Row, pose, still_bound
from overflight.procedure.rulebook import Rulebook
from overflight.study.membership.quotas import idle
from overflight.terms.quotas import Wish
from overflight.treaty.quotas import unbound

ASSUMPTION = (
    "What does not concern those that left stands; a joint flight stays with those of its "
    "holders that remain. Each observer then asks for as many flights "
    "as it lost, over whichever Parties have room; the quota ledger's optimiser shares them out, "
    "the fair distribution first."
)
_AGAIN = 2
"""Priority of what is asked for in place of flights lost."""


@dataclass(frozen=True, slots=True)
class ObserverChange:
    """An observer's flights a year under a given distribution. ``again`` are (observed, flights)
    that it would get in place of those lost. A flight held jointly counts for each holder."""

    observer: str
    held: int
    lost: int
    regained: int
    again: tuple[tuple[str, int], ...] = ()

    @property
    def after(self) -> int:
        return self.held - self.lost + self.regained


@dataclass(frozen=True, slots=True)
class Redistribution:
    """How a distribution changes. ``year`` is the first that a yearly review can share out anew;
    ``not_shared`` are Parties over which nothing could be asked, as their quota is not known."""

    year: int
    observers: tuple[ObserverChange, ...]
    flights_before: int
    flights_after: int
    proved: bool
    not_shared: tuple[str, ...]
    lapsed_before: tuple[str, ...]


def redistribution(
    before: Rulebook,
    after: Rulebook,
    year: int,
    wishes: Sequence[Wish],
    *,
    seen: dict[Hashable, Redistribution] | None = None,
    seconds: float = 10.0,
) -> Redistribution:
    """The distribution ``wishes`` under both treaties, on 1 January of ``year``.

    ``seen`` keeps answers for the same question, for who asks many.
    """
    on = dt.date(year, 1, 1)
    held, lapsed = still_bound(before, on, wishes)
    kept: tuple[Wish, ...] = ()
    lost: Counter[str] = Counter()
    resting = _resting(after, on, held)
    for wish in held:
        left = _left(after, on, wish, resting)
        kept += () if left is None else (left,)
        for code in set(wish.holders) - set(() if left is None else left.holders):
            lost[code] += wish.flights
    again, closed = _asked_again(after, on, lost)
    key = (year, held, kept, again, closed)
    if seen is not None and key in seen:
        return seen[key]
    problem = _posed(after, year, kept, again, lost)
    solution = solve(problem, seconds=seconds)
    regained: dict[str, list[tuple[str, int]]] = {}
    for wish, flights in zip(problem.wishes, solution.flights, strict=True):
        if wish.priority == _AGAIN and flights:
            regained.setdefault(wish.observer, []).append((wish.observed, flights))
    had: Counter[str] = Counter()
    for wish in held:
        for code in wish.holders:
            had[before.holder(code, on)] += wish.flights
    found = Redistribution(
        year,
        tuple(
            ObserverChange(
                code, had[code], lost[code],
                sum(n for _, n in regained.get(code, ())), tuple(regained.get(code, ())),
            )
            for code in sorted(had)
        ),
        sum(wish.flights for wish in held),
        sum(solution.flights),
        solution.proved,
        closed,
        lapsed,
    )  # fmt: skip
    if seen is not None:
        seen[key] = found
    return found


def _resting(rules: Rulebook, on: dt.date, wishes: Sequence[Wish]) -> frozenset[str]:
    """Those named in wishes that have suspended the treaty on the day."""
    view = rules.view(on)
    if not view.suspended:
        return frozenset()
    named = {code for wish in wishes for code in (*wish.holders, wish.observed)}
    return frozenset(code for code in named if idle(view, code))


def _left(rules: Rulebook, on: dt.date, wish: Wish, resting: frozenset[str]) -> Wish | None:
    """The flights after the exits: with those of their holders that are still bound; None where
    nobody is left to fly them, or over whom. ``resting`` neither fly nor are flown over."""
    if wish.observed in resting:
        return None
    bound = [
        code
        for code in wish.holders
        if code not in resting
        and still_bound(rules, on, (Wish(code, wish.observed, wish.flights),))[0]
    ]
    if not bound:
        return None
    if len(bound) == len(wish.holders):
        return wish
    return replace(wish, observer=bound[0], shared_with=tuple(bound[1:]))


def _asked_again(
    rules: Rulebook, on: dt.date, lost: Counter[str]
) -> tuple[tuple[Wish, ...], tuple[str, ...]]:
    """Wishes in place of what was lost, over every other Party whose quota is known."""
    view = rules.view(on)
    holders: set[str] = set()
    for status in view.states_parties:
        try:
            holders.add(view.holder_of(status.state))
        except OverflightError:
            continue
    holders = {h for h in holders if not idle(view, h)}
    room = {h for h in holders if rules.passive(h, on).value}
    asking = [code for code in sorted(lost) if code in holders and unbound(view, code) is None]
    wishes = [
        Wish(who, whom, lost[who], _AGAIN)
        for who in asking
        for whom in sorted(room)
        if whom != who and lost[who]
    ]
    return tuple(wishes), tuple(sorted(holders - room))


def _posed(
    rules: Rulebook,
    year: int,
    kept: Sequence[Wish],
    again: Sequence[Wish],
    lost: Counter[str],
) -> Problem:
    """The review of the year, with what stands settled and no more asked again than was lost."""
    problem = pose(rules, year, (*(replace(w, priority=1) for w in kept), *again))
    numbers: dict[str, list[int]] = {}
    settled = set()
    for number, wish in enumerate(problem.wishes):
        if wish.priority == _AGAIN:
            numbers.setdefault(wish.observer, []).append(number)
        else:
            settled.add(number)
    rows = tuple(
        Row("own-total", who, "", tuple((n, 1) for n in mine), lost[who], lost[who])
        for who, mine in numbers.items()
    )
    held = tuple(_with_room(row, problem.wishes, settled) for row in problem.rows)
    wanted = {who: lost[who] + sum(w.flights for w in kept if who in w.holders) for who in numbers}
    return replace(problem, rows=(*held, *rows), settled=frozenset(settled), wanted=wanted)


def _with_room(row: Row, wishes: Sequence[Wish], settled: set[int]) -> Row:
    """The limit, but never less than what stands: a distribution in force may pass a limit (the
    first one of Open Skies does, over Poland), and then nothing is added to it."""
    stands = sum(c * wishes[n].flights for n, c in row.terms if n in settled)
    return replace(row, most=stands, share=None) if stands > row.most else row
