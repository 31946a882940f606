"""What is asked of the study, and its answer: a pair, all the named strategies, quotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from overflight.errors import DataError
from overflight.study.reciprocity.game import NAMED, ONE, MemoryOne, Payoffs, read_strategy
from overflight.study.reciprocity.play import Errors, Outcome, Strategy, play, strategy
from overflight.study.reciprocity.quota import RULES, Quota, check_watch, quotas, stage_of, years_of
from overflight.study.reciprocity.trigger import Stage
from overflight.study.reciprocity.watching import Watch

EXACT_UP_TO = 30
"""Flights a year up to which quotas are reckoned in fractions; above it in floating point."""

SHOWN = ("allc", "gtft", "wsls", "tft", "grim", "alld")

Outlook = tuple[str, Mapping[str, tuple[int | None, int | None]]]
"""What is changed, and by rule the fewest and the most flights that sustain keeping then."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The inputs. ``given``: the names of those that the user gave; the others are assumed.

    ``flights`` and ``alarms`` count in a round of play; ``most_flights`` is the end of the range in
    which a quota is looked for. ``delta`` is None for the long run.
    """

    game: Payoffs
    noise: Fraction
    pair: tuple[str, str] | None
    quota: bool
    delta: Fraction | None
    detect: Fraction
    false_alarm: Fraction
    flights: int
    alarms: int
    public: bool
    watched: bool
    most_flights: int
    rules: tuple[str, ...] = RULES
    given: frozenset[str] = frozenset()

    @property
    def errors(self) -> Errors:
        """Errors of a round; moves are seen without fail where nothing is said of watching."""
        if not self.watched:
            return Errors(self.noise, public=self.public)
        watch = Watch(self.flights, self.detect, self.false_alarm)
        return watch.errors(self.alarms, self.noise, public=self.public)

    @property
    def years_weight(self) -> Fraction:
        """The discount factor of quotas, which need one."""
        return Fraction(9, 10) if self.delta is None else self.delta


@dataclass(frozen=True, slots=True)
class Found:
    """The answers. ``table``: payoff of each shown strategy against each, None where it depends on
    how play begins. ``outlook``: (what is changed, critical quota by rule)."""

    asked: Asked
    errors: Errors
    strategies: tuple[Strategy, Strategy] | None
    outcome: Outcome | None
    elsewhere: tuple[tuple[str, Outcome | None], ...]
    table: Mapping[tuple[str, str], float | None]
    quotas: tuple[Quota[Fraction], ...] | tuple[Quota[float], ...]
    outlook: tuple[Outlook, ...]


def answer(asked: Asked) -> Found:
    """Reckon all that is asked. Raises DataError for inputs that cannot be."""
    errors = asked.errors
    strategies = outcome = None
    elsewhere: tuple[tuple[str, Outcome | None], ...] = ()
    if asked.pair is not None:
        one, two = (strategy(text, asked.game) for text in asked.pair)
        strategies = (one, two)
        outcome = play(one, two, asked.game, errors, asked.delta or ONE)
        elsewhere = tuple(_elsewhere(asked, errors, strategies))
    found: tuple[Quota[Fraction], ...] | tuple[Quota[float], ...] = ()
    outlook: tuple[Outlook, ...] = ()
    if asked.quota:
        found = quotas_of(asked)
        outlook = tuple(_outlook(asked))
    table = all_against_all(asked.game, errors)
    return Found(asked, errors, strategies, outcome, elsewhere, table, found, outlook)


def all_against_all(
    game: Payoffs, errors: Errors, names: Sequence[str] = SHOWN
) -> dict[tuple[str, str], float | None]:
    """Payoff of each against each in the long run; None where it depends on the beginning."""
    made = {name: read_strategy(name, game) for name in names if NAMED[name][1] == 0}
    return {
        (a, b): _payoff(one, two, game, errors)
        for a, one in made.items()
        for b, two in made.items()
    }


def _payoff(one: MemoryOne, two: MemoryOne, game: Payoffs, errors: Errors) -> float | None:
    outcome = _tried(one, two, game, errors, ONE)
    return None if outcome is None else float(outcome.payoffs[0])


def _tried(
    one: Strategy, two: Strategy, game: Payoffs, errors: Errors, delta: Fraction
) -> Outcome | None:
    try:
        return play(one, two, game, errors, delta)
    except DataError:
        return None


def _elsewhere(
    asked: Asked, errors: Errors, pair: tuple[Strategy, Strategy]
) -> list[tuple[str, Outcome | None]]:
    """The pair under other errors."""
    changed = [
        (f"noise {float(noise):g}", replace(errors, noise=noise))
        for noise in (errors.noise / 2, errors.noise * 2)
        if 0 < noise <= Fraction(1, 2)
    ]
    for rate in (Fraction(1, 100), Fraction(1, 20), Fraction(1, 5)):
        more = min(ONE, errors.false_alarm + rate)
        changed.append((f"false alarms {float(more):g}", replace(errors, false_alarm=more)))
    for rate in (Fraction(1, 20), Fraction(1, 5)):
        more = min(ONE, errors.miss + rate)
        changed.append((f"breaches unseen {float(more):g}", replace(errors, miss=more)))
    other = "private views" if errors.public else "alarms public"
    changed.append((other, replace(errors, public=not errors.public)))
    delta = asked.delta or ONE
    return [(what, _tried(*pair, asked.game, e, delta)) for what, e in changed]


def quotas_of(asked: Asked) -> tuple[Quota[Fraction], ...] | tuple[Quota[float], ...]:
    """The quotas by rule: in fractions up to EXACT_UP_TO flights, in floating point above."""
    check_watch(asked.detect, asked.false_alarm, asked.most_flights)
    stage = stage_of(asked.game, asked.noise)
    most, delta = asked.most_flights, asked.years_weight
    if most <= EXACT_UP_TO:
        return tuple(
            quotas(stage, asked.detect, asked.false_alarm, delta, most,
                   noise=asked.noise or None, rules=asked.rules)
        )  # fmt: skip
    return float_quotas(asked)


def float_quotas(asked: Asked) -> tuple[Quota[float], ...]:
    """The same in floating point."""
    return tuple(
        quotas(
            _float_stage(asked),
            float(asked.detect),
            float(asked.false_alarm),
            float(asked.years_weight),
            asked.most_flights,
            noise=float(asked.noise) or None,
            rules=asked.rules,
        )
    )


def _outlook(asked: Asked) -> list[Outlook]:
    """Critical quotas under other inputs."""
    less, more = Fraction(1, 2), Fraction(2)
    delta = asked.years_weight
    others = [
        (f"discount {float(d):g}", replace(asked, delta=d))
        for d in (delta - (1 - delta), delta + (1 - delta) / 2)
        if 0 < d < 1
    ]
    others += [
        (f"false alarm {float(f):g}", replace(asked, false_alarm=f))
        for f in (asked.false_alarm * less, asked.false_alarm * more)
        if 0 <= f <= asked.detect and f != asked.false_alarm
    ]
    others += [
        (f"detection {float(d):g}", replace(asked, detect=d))
        for d in (asked.detect * less, min(ONE, asked.detect * Fraction(3, 2)))
        if asked.false_alarm <= d and d != asked.detect
    ]
    more_t = replace(asked.game, temptation=asked.game.temptation + 1)
    others.append((f"temptation {float(more_t.temptation):g}", replace(asked, game=more_t)))
    slips = min(Fraction(49, 100), asked.noise + Fraction(1, 20))
    others.append((f"noise {float(slips):g}", replace(asked, noise=slips)))
    return [(what, spans(float_quotas(o))) for what, o in others]


def spans(found: Sequence[Quota[Any]]) -> dict[str, tuple[int | None, int | None]]:
    """By rule the fewest and the most flights a year that sustain keeping."""
    return {quota.rule: (quota.critical, quota.most) for quota in found}


def critical_quotas(
    asked: Asked, rule: str, detects: Sequence[Fraction], false_alarms: Sequence[Fraction]
) -> list[list[int | None]]:
    """Critical quota by detection (rows) and false alarm (columns), in floating point."""
    return [[_critical(asked, rule, float(d), float(f)) for f in false_alarms] for d in detects]


def _critical(asked: Asked, rule: str, detect: float, false_alarm: float) -> int | None:
    if false_alarm > detect:
        return None
    years = years_of(
        _float_stage(asked), detect, false_alarm, float(asked.years_weight), asked.most_flights,
        rule, noise=float(asked.noise) or None,
    )  # fmt: skip
    return next((year.flights for year in years if year.found is not None), None)


def _float_stage(asked: Asked) -> Stage[float]:
    exact = stage_of(asked.game, asked.noise)
    return Stage(float(exact.gain), float(exact.worth))
