"""The review of a year: wishes in, a distribution out, every cut explained."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from overflight.procedure.distribution.conflicts import conflicts
from overflight.procedure.distribution.explain import Full, GivesWay, Trial, full_limits
from overflight.procedure.distribution.leximin import Solution, Stage, solve
from overflight.procedure.distribution.problem import Problem, merged, pose, still_bound
from overflight.procedure.ledger.opening import enacted_wishes
from overflight.procedure.rulebook import Rulebook
from overflight.terms.findings import Finding, Verdict
from overflight.terms.quotas import Entry, Wish

_SEARCH = 0.8
"""Of the seconds given, the share that the search may take; the rest is for explaining cuts."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A wish and what it gets. ``basis`` is a kind of limit: as-requested, by-agreement (our
    proposal) or last-year."""

    wish: Wish
    flights: int
    basis: str

    @property
    def cut(self) -> int:
        return self.wish.flights - self.flights


@dataclass(frozen=True, slots=True)
class Cut:
    """Why a wish was cut. ``gives_way`` are those who would lose by one more flight for it (wish,
    flights now, flights then); None where no loss of others would help."""

    grant: Grant
    full: tuple[Full, ...]
    gives_way: tuple[tuple[Wish, int, int], ...] | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Share:
    """What a Party asked for and got, in flights (shared ones count for each holder)."""

    party: str
    asked: int
    granted: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.granted, self.asked) if self.asked else Fraction(1)


@dataclass(frozen=True, slots=True)
class Distribution:
    """The distribution of a year: what is settled by the text and what is our proposal."""

    treaty: str
    year: int
    readings: Mapping[str, str]
    grants: tuple[Grant, ...]
    cuts: tuple[Cut, ...]
    shares: tuple[Share, ...]
    undecided: tuple[tuple[Wish, str], ...]
    set_aside: tuple[Wish, ...]
    as_asked: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    stages: tuple[Stage, ...]
    open_limits: tuple[str, ...]
    fits: Mapping[str, bool]
    accepted: Mapping[str, int | None]
    seed: int
    fairness: str
    order: str
    notes: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        return all(stage.proved for stage in self.stages)

    @property
    def flights(self) -> int:
        """Flights granted, each shared one once."""
        return sum(grant.flights for grant in self.grants)

    def entries(self, date: dt.date, ref: str = "") -> tuple[Entry, ...]:
        """The distribution as entries of a ledger; enter them once it is agreed."""
        return tuple(
            Entry(
                0,
                date,
                self.year,
                "carried-over" if grant.basis == "last-year" else "distributed",
                grant.wish.observer,
                grant.wish.observed,
                grant.flights,
                grant.wish.shared_with,
                ref=ref,
            )
            for grant in self.grants
            if grant.flights
        )


def distribute(
    rules: Rulebook,
    year: int,
    wishes: Iterable[Wish],
    *,
    last_year: Sequence[Wish] = (),
    keep_unasked: bool = False,
    no_agreement: Iterable[str] = (),
    passive: Mapping[str, int] | None = None,
    fairness: str = "flights",
    order: str = "fair",
    proportionate: bool = False,
    seed: int = 0,
    seconds: float = 60.0,
    clock: Callable[[], float] = time.monotonic,
) -> Distribution:
    """Distribute the flights of a year.

    ``last_year`` stands over Parties of ``no_agreement`` and, with ``keep_unasked``, as the wishes
    of Parties that name none. ``passive``: passive quotas that the data lack. ``fairness`` and
    ``order``: see leximin. ``proportionate`` draws ties towards a proportionate increase of the
    first distribution. Raises DataError for wishes that cannot be read, PlanError where no
    distribution exists or none is found in ``seconds``.
    """
    until = clock() + seconds
    asked = tuple(wishes)
    last_year, lapsed = still_bound(rules, dt.date(year, 1, 1), last_year)
    notes = [f"Of last year's, lapsed: {line}." for line in lapsed]
    if keep_unasked:
        kept = _unasked(rules, year, asked, last_year)
        if kept:
            names = ", ".join(sorted({w.observer for w in kept}))
            cite = rules.need("unchanged").cite
            notes.append(f"No wishes, so last year's stand for {names} [{cite}].")
        asked += kept
    problem = pose(
        rules, year, asked, last_year=last_year, no_agreement=no_agreement, passive=passive
    )
    targets = _targets(rules, year, problem) if proportionate else None
    solution = solve(
        problem,
        fairness=fairness,
        order=order,
        targets=targets,
        seed=seed,
        seconds=seconds * _SEARCH,
        clock=clock,
    )
    grants = _grants(problem, solution)
    all_wishes = [g.wish for g in grants]
    canonical = merged(rules, dt.date(year, 1, 1), asked)
    if proportionate:
        notes.append(
            f"Ties fall towards a proportionate increase [{rules.need('proportionate').cite}]."
        )
    return Distribution(
        rules.treaty.short,
        year,
        rules.readings_used,
        grants,
        _cuts(rules, year, problem, solution, until, clock),
        _shares(all_wishes, [g.flights for g in grants]),
        problem.undecided,
        problem.set_aside,
        conflicts(rules, year, canonical, passive=passive),
        _kept(rules, conflicts(rules, year, _as_granted(grants), passive=passive)),
        solution.stages,
        problem.open_limits,
        problem.fits,
        {code: known.value for code, known in problem.accepted.items()},
        seed,
        fairness,
        order,
        tuple(notes),
    )


def _unasked(
    rules: Rulebook, year: int, asked: Sequence[Wish], last_year: Sequence[Wish]
) -> tuple[Wish, ...]:
    on = dt.date(year, 1, 1)
    told = {h for wish in merged(rules, on, asked) for h in wish.holders}
    last = merged(rules, on, last_year, origin="last year")
    return tuple(wish for wish in last if not told & set(wish.holders))


def _grants(problem: Problem, solution: Solution) -> tuple[Grant, ...]:
    grants = [
        Grant(wish, flights, "as-requested" if number in problem.settled else "by-agreement")
        for number, (wish, flights) in enumerate(zip(problem.wishes, solution.flights, strict=True))
    ]
    grants += [Grant(wish, wish.flights, "last-year") for wish in problem.carried]
    return tuple(grants)


def _as_granted(grants: Sequence[Grant]) -> tuple[Wish, ...]:
    return tuple(replace(g.wish, flights=g.flights) for g in grants if g.flights)


def _kept(rules: Rulebook, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Breaches under the readings in use: with what stands from last year there can be some."""
    used = {f"{name}={option}" for name, option in rules.readings_used.items()}
    return tuple(
        f for f in findings if f.verdict is not Verdict.BREACH or not f.reading or f.reading in used
    )


def _shares(wishes: Sequence[Wish], flights: Sequence[int]) -> tuple[Share, ...]:
    parties = sorted({h for wish in wishes for h in wish.holders})
    return tuple(
        Share(
            party,
            sum(w.flights for w in wishes if party in w.holders),
            sum(n for w, n in zip(wishes, flights, strict=True) if party in w.holders),
        )
        for party in parties
    )


def _targets(rules: Rulebook, year: int, problem: Problem) -> tuple[int, ...]:
    """The first distribution in the treaty's data, increased as the passive share was."""
    rules.need("proportionate")
    begun = rules.view(dt.date(year, 1, 1)).in_force_since or dt.date(year, 1, 1)
    first = enacted_wishes(rules, begun)[0]
    held = {(w.observer, w.observed, w.shared_with): w.flights for w in first}
    targets = []
    for wish in problem.wishes:
        before = rules.accepted(rules.passive(wish.observed, begun), begun).value
        now = problem.accepted[wish.observed].value
        flights = held.get((wish.observer, wish.observed, wish.shared_with), 0)
        grown = Fraction(flights * now, before) if now and before else Fraction(flights)
        targets.append(round(grown))
    return tuple(targets)


def _cuts(
    rules: Rulebook,
    year: int,
    problem: Problem,
    solution: Solution,
    until: float,
    clock: Callable[[], float],
) -> tuple[Cut, ...]:
    short = [n for n, w in enumerate(problem.wishes) if solution.flights[n] < w.flights]
    trial = Trial(problem, solution.flights) if short else None
    cuts = []
    for number in short:
        wish, flights = problem.wishes[number], solution.flights[number]
        full = full_limits(rules, dt.date(year, 1, 1), problem, solution.flights, number)
        ways: tuple[GivesWay, ...] | None = ()
        left = until - clock()
        if trial is not None and left > 0:
            ways = trial.one_more(number, left)
        named = None
        if ways is not None:
            named = tuple((problem.wishes[w.wish], w.before, w.after) for w in ways)
        grant = Grant(wish, flights, "by-agreement")
        cuts.append(Cut(grant, full, named, _sentence(rules, wish, flights, full, named)))
    return tuple(cuts)


def _sentence(
    rules: Rulebook,
    wish: Wish,
    flights: int,
    full: Sequence[Full],
    ways: Sequence[tuple[Wish, int, int]] | None,
) -> str:
    who = " and ".join(rules.name(h) for h in wish.holders)
    text = f"{who} asked for {wish.flights} over {rules.name(wish.observed)} and "
    text += f"get{'' if len(wish.holders) > 1 else 's'} {flights}"
    text += ": " + "; ".join(f"{f.text} [{f.cite}]" for f in full) if full else ""
    text += "."
    if ways is None:
        return f"{text} No loss of others would allow one more."
    if ways:
        losers = [
            f"{'+'.join(w.holders)} over {w.observed} ({before} to {after})"
            for w, before, after in ways
        ]
        text += f" One more would take from {', '.join(losers)}."
    return text
