"""The critical quota: the fewest flights a year that sustain keeping, by rule of alarm.

Four rules, all on the public alarms of both sides' flights:

- ``any``: any alarm is punished, for ever;
- ``any-lot``: any alarm is punished, with the chance that suits best;
- ``k-of-n``: k alarms or more out of n about either side, with the k and the chance that suit best;
- ``best``: the best of all rules on the counts of alarms about both.

More flights never make ``best`` worse, since a flight can be ignored. They do make ``any`` worse:
alarms that mean nothing add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic

from overflight.study.reciprocity.chain import N
from overflight.study.reciprocity.game import Payoffs
from overflight.study.reciprocity.trigger import (
    Point,
    Stage,
    Sustained,
    about_both,
    critical_delta,
    either_side,
    lottery,
    sustained,
    sustained_by,
)
from overflight.study.reciprocity.watching import Watch, alarms, tail

RULES = ("any", "any-lot", "k-of-n", "best")


@dataclass(frozen=True, slots=True)
class Year(Generic[N]):
    """What a rule sustains with that many flights: ``found`` is None where it sustains nothing.

    ``k``: alarms that it takes (0 where the rule has none); ``needs``: the least discount factor
    with which the rule sustains keeping at all, None where none does.
    """

    flights: int
    found: Sustained[N] | None
    k: int
    needs: N | None


@dataclass(frozen=True, slots=True)
class Quota(Generic[N]):
    """A rule over 0, 1, ..., n flights a year."""

    rule: str
    years: tuple[Year[N], ...]

    @property
    def critical(self) -> int | None:
        """The fewest flights a year that sustain keeping; None within the range."""
        return next((y.flights for y in self.years if y.found is not None), None)

    @property
    def most(self) -> int | None:
        """The most flights a year that still do."""
        return next((y.flights for y in reversed(self.years) if y.found is not None), None)

    @property
    def frontier(self) -> tuple[tuple[N, int], ...]:
        """(least discount, fewest flights): the critical quota as a function of the discount, in
        the order of flights. Each pair holds from its discount up to that of the pair before."""
        found: list[tuple[N, int]] = []
        for year in self.years:
            if year.needs is not None and (not found or year.needs < found[-1][0]):
                found.append((year.needs, year.flights))
        return tuple(found)

    @property
    def best(self) -> Year[N] | None:
        """The fewest flights with the highest value."""
        held = [y for y in self.years if y.found is not None]
        return max(held, key=lambda y: (y.found.worth if y.found else 0, -y.flights), default=None)


def stage_of(game: Payoffs, errors_done: Fraction) -> Stage[Fraction]:
    """The stage in what sides mean to do, each move failing with that chance."""
    meant = game.with_noise(errors_done)
    return Stage(meant.temptation - meant.reward, meant.reward - meant.punishment)


def quotas(
    stage: Stage[N],
    detect: N,
    false_alarm: N,
    delta: N,
    most: int,
    *,
    noise: N | None = None,
    rules: Sequence[str] = RULES,
) -> Iterator[Quota[N]]:
    """Each rule over 0 to ``most`` flights a year.

    ``noise``: chance that a side which means to keep breaks, or the other way round; ``stage`` must
    be that of what sides mean (``stage_of``).
    """
    for rule in rules:
        years = years_of(stage, detect, false_alarm, delta, most, rule, noise=noise)
        yield Quota(rule, tuple(years))


def years_of(
    stage: Stage[N],
    detect: N,
    false_alarm: N,
    delta: N,
    most: int,
    rule: str,
    *,
    noise: N | None = None,
) -> Iterator[Year[N]]:
    """One rule, year by year, from no flight up."""
    for flights in range(most + 1):
        kept, broken = alarms(flights, false_alarm), alarms(flights, detect)
        if noise is not None:
            kept, broken = _mix(kept, broken, noise), _mix(broken, kept, noise)
        yield _RECKON[rule](stage, flights, kept, broken, delta)


def check_watch(detect: Fraction, false_alarm: Fraction, most: int) -> None:
    """Raise DataError for chances or a number of flights that cannot be."""
    Watch(most, detect, false_alarm)


def _mix(meant: Sequence[N], other: Sequence[N], noise: N) -> list[N]:
    return [(1 - noise) * a + noise * b for a, b in zip(meant, other, strict=True)]


def _any(
    stage: Stage[N], flights: int, kept: Sequence[N], broken: Sequence[N], delta: N
) -> Year[N]:
    if not flights:
        return Year(0, None, 0, None)
    point = either_side(tail(kept, 1), tail(broken, 1))
    found = sustained_by(stage, point, delta)
    return Year(flights, found, 1, critical_delta(stage, lottery(point)))


def _any_lot(
    stage: Stage[N], flights: int, kept: Sequence[N], broken: Sequence[N], delta: N
) -> Year[N]:
    return _of_k(stage, flights, kept, broken, delta, range(1, min(flights, 1) + 1))


def _k_of_n(
    stage: Stage[N], flights: int, kept: Sequence[N], broken: Sequence[N], delta: N
) -> Year[N]:
    return _of_k(stage, flights, kept, broken, delta, range(1, flights + 1))


def _of_k(
    stage: Stage[N],
    flights: int,
    kept: Sequence[N],
    broken: Sequence[N],
    delta: N,
    choice: Sequence[int],
) -> Year[N]:
    best: Year[N] = Year(flights, None, 0, None)
    needs: N | None = None
    for k in choice:
        line: list[Point[N]] = lottery(either_side(tail(kept, k), tail(broken, k)))
        found, least = sustained(stage, line, delta), critical_delta(stage, line)
        if least is not None and (needs is None or least < needs):
            needs = least
        if found and (best.found is None or found.worth > best.found.worth):
            best = Year(flights, found, k, None)
    return Year(flights, best.found, best.k, needs)


def _best(
    stage: Stage[N], flights: int, kept: Sequence[N], broken: Sequence[N], delta: N
) -> Year[N]:
    corners = about_both(kept, broken)
    return Year(flights, sustained(stage, corners, delta), 0, critical_delta(stage, corners))


_RECKON: dict[str, Callable[..., Any]] = {
    "any": _any,
    "any-lot": _any_lot,
    "k-of-n": _k_of_n,
    "best": _best,
}
