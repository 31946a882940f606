"""The yearly distribution as a problem in whole numbers: wishes, limits, and what is settled.

What the text settles is settled before anything is optimised: requests over a Party that fit are
granted as asked, and where agreement about a Party failed last year's distribution stands for it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from overflight.errors import DataError, NotInForceError
from overflight.procedure.rulebook import Known, Rulebook, up
from overflight.terms.quotas import Wish


@dataclass(frozen=True, slots=True)
class Row:
    """sum of ``terms`` (wish number, coefficient) <= ``most``; ``kind`` names the limit.

    ``who`` is the Party whose limit it is (the observer of a pair), ``whom`` the other of a pair.
    ``share`` (n, d) marks a limit of n / d, rounded up, of all that ``who`` gets: its terms have
    d - n for flights of the pair and -n for the others.
    """

    kind: str
    who: str
    whom: str
    terms: tuple[tuple[int, int], ...]
    most: int
    limit: int
    part: str = ""
    share: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Wishes in canonical order, and the rows that bind them.

    ``settled`` are wishes granted as asked by the text; ``carried`` the flights that stand from
    last year over Parties without agreement; ``undecided`` wishes over Parties whose quota is not
    known, with what is missing; ``open_limits`` what could not be checked. ``wanted`` is what a
    Party asks for in all where its wishes name several Parties for the same flight.
    """

    wishes: tuple[Wish, ...]
    rows: tuple[Row, ...]
    settled: frozenset[int]
    carried: tuple[Wish, ...]
    set_aside: tuple[Wish, ...]
    undecided: tuple[tuple[Wish, str], ...]
    fits: Mapping[str, bool]
    accepted: Mapping[str, Known]
    open_limits: tuple[str, ...]
    wanted: Mapping[str, int] = field(default_factory=dict)

    @property
    def parties(self) -> tuple[str, ...]:
        """Those that ask, in order."""
        return tuple(sorted({h for wish in self.wishes for h in wish.holders}))


def pose(
    rules: Rulebook,
    year: int,
    wishes: Iterable[Wish],
    *,
    last_year: Sequence[Wish] = (),
    no_agreement: Iterable[str] = (),
    passive: Mapping[str, int] | None = None,
) -> Problem:
    """The problem of a year's review on the treaty as it stands on 1 January.

    ``passive`` gives passive quotas that the treaty's data do not have. Raises DataError for a
    wish that names an unknown Party or a Party over itself, NotInForceError for one not bound.
    """
    on = dt.date(year, 1, 1)
    asked = merged(rules, on, wishes)
    stuck = {rules.bound_holder(code, on) for code in no_agreement}
    carried = tuple(
        w for w in merged(rules, on, last_year, origin="last year") if w.observed in stuck
    )
    given = {rules.holder(code, on): flights for code, flights in (passive or {}).items()}

    def quota(holder: str) -> Known:
        return Known(given[holder], "as given") if holder in given else rules.passive(holder, on)

    decided: list[Wish] = []
    undecided: list[tuple[Wish, str]] = []
    accepted: dict[str, Known] = {}
    for wish in asked:
        if wish.observed in stuck:
            continue
        limit = accepted.setdefault(wish.observed, rules.accepted(quota(wish.observed), on))
        if limit.value is None and rules.limit("passive") is not None:
            undecided.append((wish, limit.why))
        else:
            decided.append(wish)
    builder = _Builder(rules, on, quota, tuple(decided), carried, accepted)
    return Problem(
        tuple(decided),
        builder.rows(),
        builder.settled(),
        carried,
        tuple(w for w in asked if w.observed in stuck),
        tuple(undecided),
        builder.fits,
        accepted,
        tuple(dict.fromkeys(builder.open)),
    )


def still_bound(
    rules: Rulebook, on: dt.date, wishes: Iterable[Wish]
) -> tuple[tuple[Wish, ...], tuple[str, ...]]:
    """Flights of an earlier year whose Parties are all bound on the day, and what has lapsed with
    the others, in words. Raises DataError for an unknown code."""
    kept, lapsed = [], []
    for wish in wishes:
        try:
            for code in (*wish.holders, wish.observed):
                _bound(rules, code, on, wish)
        except NotInForceError as error:
            who = "+".join(wish.holders)
            lapsed.append(f"{who} over {wish.observed}, {wish.flights}: {error.message}")
        else:
            kept.append(wish)
    return tuple(kept), tuple(lapsed)


def merged(
    rules: Rulebook, on: dt.date, wishes: Iterable[Wish], *, origin: str = ""
) -> tuple[Wish, ...]:
    """Wishes by holder, in canonical order; the same flights asked for by each of their holders
    stand once."""
    joint: dict[tuple[tuple[str, ...], str], dict[tuple[str, int], int]] = {}
    lines: dict[tuple[tuple[str, ...], str], Wish] = {}
    plain: dict[tuple[str, str, int], Wish] = {}
    for wish in wishes:
        who, whom, *others = (
            _bound(rules, code, on, wish)
            for code in (wish.observer, wish.observed, *wish.shared_with)
        )
        if len({who, whom, *others}) < 2 + len(others):
            raise DataError(
                f"{wish.observer} over {wish.observed}: a Party stands there twice, or over itself",
                line=wish.line,
                remedy="Name each Party once; members of a group count as the group.",
            )
        if others:
            key = tuple(sorted((who, *others))), whom
            told = joint.setdefault(key, defaultdict(int))
            told[who, wish.priority] += wish.flights
            lines.setdefault(key, wish)
        else:
            one = who, whom, wish.priority
            before = plain.get(one)
            flights = wish.flights + (before.flights if before else 0)
            plain[one] = replace(
                wish, observer=who, observed=whom, flights=flights, origin=origin or wish.origin
            )
    found = list(plain.values())
    for (holders, whom), told in joint.items():
        by_holder: dict[str, int] = defaultdict(int)
        for (who, _), flights in told.items():
            by_holder[who] += flights
        first, *rest = holders
        found.append(
            replace(
                lines[holders, whom],
                observer=first,
                observed=whom,
                shared_with=tuple(rest),
                flights=max(by_holder.values()),
                priority=min(priority for _, priority in told),
                origin=origin or lines[holders, whom].origin,
            )
        )
    kept = [wish for wish in found if wish.flights > 0]
    return tuple(sorted(kept, key=lambda w: (w.observer, w.observed, w.shared_with, w.priority)))


def _bound(rules: Rulebook, code: str, on: dt.date, wish: Wish) -> str:
    try:
        return rules.bound_holder(code, on)
    except DataError as error:
        raise DataError(error.message, remedy=error.remedy, line=wish.line) from None


class _Builder:
    """Makes the rows, and finds what is settled."""

    def __init__(
        self,
        rules: Rulebook,
        on: dt.date,
        quota: Callable[[str], Known],
        wishes: tuple[Wish, ...],
        carried: tuple[Wish, ...],
        accepted: Mapping[str, Known],
    ) -> None:
        self.rules, self.on, self.wishes, self.carried = rules, on, wishes, carried
        self.quota, self.accepted = quota, accepted
        self.open: list[str] = []
        self.of: dict[str, list[int]] = defaultdict(list)
        self.over: dict[str, list[int]] = defaultdict(list)
        for number, wish in enumerate(wishes):
            self.over[wish.observed].append(number)
            for holder in wish.holders:
                self.of[holder].append(number)
        self.stands: dict[str, int] = defaultdict(int)
        self.stands_over: dict[tuple[str, str], int] = defaultdict(int)
        for wish in carried:
            for holder in wish.holders:
                self.stands[holder] += wish.flights
                self.stands_over[holder, wish.observed] += wish.flights
        self.fits = {
            whom: known.value is None or sum(wishes[n].flights for n in numbers) <= known.value
            for whom, numbers in self.over.items()
            for known in (accepted[whom],)
        }

    def rows(self) -> tuple[Row, ...]:
        rows = [*self._passive(), *self._own_total(), *self._pair_share()]
        return tuple(rows)

    def _passive(self) -> Iterable[Row]:
        if self.rules.limit("passive") is None:
            return
        for whom, numbers in sorted(self.over.items()):
            most = self.accepted[whom].value
            if most is not None:
                yield Row("passive", whom, "", tuple((n, 1) for n in numbers), most, most)

    def _own_total(self) -> Iterable[Row]:
        if self.rules.limit("own-total") is None:
            return
        for who, numbers in sorted(self.of.items()):
            ceiling = self.quota(who)
            if ceiling.value is None:
                self.open.append(ceiling.why)
                continue
            most = max(0, ceiling.value - self.stands[who])
            yield Row("own-total", who, "", tuple((n, 1) for n in numbers), most, ceiling.value)

    def _pair_share(self) -> Iterable[Row]:
        limit = self.rules.limit("pair-share")
        if limit is None:
            return
        share = self.rules.percent(limit, self.on)
        if share is None:
            self.open.append(f"the share {limit.value} on {self.on}")
            return
        pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, wish in enumerate(self.wishes):
            for holder in wish.holders:
                pairs[holder, wish.observed].append(number)
        for (who, whom), numbers in sorted(pairs.items()):
            terms = tuple((n, 1) for n in numbers)
            for party, part in ((whom, "other"), (who, "own")):
                if part == "own" and self.rules.own_total == "sum":
                    yield self._sum_row(who, whom, numbers, share)
                    continue
                quota = self.quota(party)
                if quota.value is None:
                    self.open.append(quota.why)
                    continue
                cap = up(quota.value, share)
                yield Row("pair-share", who, whom, terms, cap, cap, part)

    def _sum_row(self, who: str, whom: str, numbers: list[int], share: Fraction) -> Row:
        """x <= ceil(share of T) in whole numbers is d x <= n T + (d - 1), share = n / d."""
        part = share / 100
        top, bottom = part.numerator, part.denominator
        inside = set(numbers)
        terms = tuple((n, bottom * (n in inside) - top) for n in self.of[who])
        most = bottom - 1 + top * self.stands[who]
        return Row("pair-share", who, whom, terms, most, -1, "own", (top, bottom))

    def settled(self) -> frozenset[int]:
        """Wishes over Parties that all requests fit, where the observers' own limits allow them."""
        if self.rules.limit("as-requested") is None:
            return frozenset()
        rows = [row for row in self.rows() if row.kind != "passive"]
        settled = {n for n, wish in enumerate(self.wishes) if self.fits[wish.observed]}
        while True:
            broken: set[int] = set()
            for row in rows:
                held = [(n, c) for n, c in row.terms if n in settled]
                if sum(c * self.wishes[n].flights for n, c in held) > row.most:
                    broken |= {n for n, c in held if c > 0}
            if not broken:
                return frozenset(settled)
            settled -= broken
