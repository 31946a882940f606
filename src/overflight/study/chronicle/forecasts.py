"""Forecasts that are dated, frozen and scored.

Brier (1950): the mean of (p - o)^2, p the probability given, o 1 or 0. Murphy (1973): it is
reliability - resolution + uncertainty, where the forecasts are grouped by the probability given.
All three are exact fractions here, so that the identity is one.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from overflight.errors import DataError

LEAST = 50
"""Resolved questions below which nothing is said of skill."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """A probability for a question, given on a day; never changed afterwards."""

    id: str
    question: str
    criteria: str
    by: str
    made: dt.date
    closes: dt.date
    probability: Fraction


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question: whether it came true, by which source. None: cannot be told."""

    id: str
    came: bool | None
    on: dt.date
    source: str


@dataclass(frozen=True, slots=True)
class Scores:
    """What the resolved forecasts are worth. ``skill`` is 1 - Brier / base rate's Brier, with a
    bootstrap interval; both None where it must not be told, and ``why``.

    ``questions`` are the different ones among the ``resolved``: the same question asked again is
    no further test. ``overdue`` are open though their day has come.
    """

    resolved: int
    questions: int
    open: int
    overdue: int
    voided: int
    brier: Fraction | None
    reliability: Fraction | None
    resolution: Fraction | None
    uncertainty: Fraction | None
    base_rate: Fraction | None
    skill: float | None
    interval_95: tuple[float, float] | None
    why: str


def read_entry(data: Mapping[str, Any], line: int) -> Forecast | Outcome:
    """A line of the ledger. Raises DataError, with the line."""
    try:
        if data["kind"] == "forecast":
            return Forecast(
                _text(data, "id"), _text(data, "question"), _text(data, "criteria"),
                _text(data, "by"), dt.date.fromisoformat(data["made"]),
                dt.date.fromisoformat(data["closes"]), probability(str(data["probability"])),
            )  # fmt: skip
        if data["kind"] == "outcome":
            came = data["came"]
            if came not in (True, False, None):
                raise ValueError(f"came = {came!r}")
            return Outcome(
                _text(data, "id"), came, dt.date.fromisoformat(data["on"]), _text(data, "source")
            )
        raise ValueError(f"kind = {data['kind']!r}")
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"no entry of a ledger of forecasts: {error}",
            line=line,
            remedy="Write lines with 'overflight chronicle forecast' and 'resolve'.",
        ) from None


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} is empty")
    return value


def entry_line(entry: Forecast | Outcome) -> dict[str, Any]:
    """The entry as it is written."""
    if isinstance(entry, Forecast):
        return {
            "kind": "forecast", "id": entry.id, "question": entry.question,
            "criteria": entry.criteria, "by": entry.by, "made": str(entry.made),
            "closes": str(entry.closes), "probability": str(entry.probability),
        }  # fmt: skip
    return {
        "kind": "outcome", "id": entry.id, "came": entry.came, "on": str(entry.on),
        "source": entry.source,
    }  # fmt: skip


def probability(text: str) -> Fraction:
    """A probability as typed: 0.7, 70%, 7/10. Raises DataError outside 0 to 1."""
    try:
        value = Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        raise DataError(
            f"{text!r} is not a probability", remedy="Write 0.7, 70% or 7/10."
        ) from None
    if not 0 <= value <= 1 or value.denominator > 1000:
        raise DataError(
            f"{text!r} is not a probability of at most three digits",
            remedy="Write a number from 0 to 1, like 0.7.",
        )
    return value


def admit(entries: Sequence[Forecast | Outcome], new: Forecast | Outcome) -> None:
    """Raise DataError where the new entry would change what was said, or judge it too early."""
    forecasts = {e.id: e for e in entries if isinstance(e, Forecast)}
    known = max((_day(e) for e in entries), default=dt.date.min)
    _admit(forecasts, {e.id for e in entries if isinstance(e, Outcome)}, new, known)


def admit_today(
    entries: Sequence[Forecast | Outcome], new: Forecast | Outcome, today: dt.date
) -> None:
    """As ``admit``, and nothing may lie in the future. Raises DataError."""
    if _day(new) > today:
        raise DataError(
            f"{_day(new)} lies in the future", remedy="Enter an outcome once it has come."
        )
    admit(entries, new)


def _day(entry: Forecast | Outcome) -> dt.date:
    return entry.made if isinstance(entry, Forecast) else entry.on


def _admit(
    forecasts: Mapping[str, Forecast],
    outcomes: Container[str],
    new: Forecast | Outcome,
    known: dt.date,
) -> None:
    if isinstance(new, Forecast):
        if new.id in forecasts:
            raise DataError(
                f"there is a forecast {new.id!r}, and it is frozen",
                remedy="Give another id; a new opinion is a new forecast.",
            )
        if new.made >= new.closes:
            raise DataError(
                f"made on {new.made}, and the question closes on {new.closes}",
                remedy="A forecast is made at least a day before its question closes.",
            )
        if new.made < known:
            raise DataError(
                f"made on {new.made}, behind an entry of {known}: it would be dated back",
                remedy="Check the clock; the ledger only goes forward.",
            )
        return
    if new.id not in forecasts:
        raise DataError(f"there is no forecast {new.id!r}", remedy="Give the id of one.")
    if new.id in outcomes:
        raise DataError(f"{new.id!r} is resolved already", remedy="An outcome is entered once.")
    if new.on < forecasts[new.id].closes:
        raise DataError(
            f"resolved on {new.on}, before the question closes on {forecasts[new.id].closes}",
            remedy="Wait for that day: who may close early may choose which to close.",
        )


def replay(entries: Iterable[Forecast | Outcome]) -> tuple[list[Forecast], dict[str, Outcome]]:
    """Forecasts and outcomes of a ledger, each admitted in turn."""
    forecasts: dict[str, Forecast] = {}
    outcomes: dict[str, Outcome] = {}
    known = dt.date.min
    for entry in entries:
        _admit(forecasts, outcomes, entry, known)
        known = max(known, _day(entry))
        if isinstance(entry, Forecast):
            forecasts[entry.id] = entry
        else:
            outcomes[entry.id] = entry
    return list(forecasts.values()), outcomes


def score(
    forecasts: Sequence[Forecast],
    outcomes: Mapping[str, Outcome],
    *,
    today: dt.date | None = None,
    seed: int = 0,
    draws: int = 2000,
) -> Scores:
    """Score what is resolved; skill only from fifty different resolved questions on, and only
    while none is left open past its day (``today``; None: none is)."""
    asked: dict[tuple[str, dt.date], list[tuple[Fraction, int]]] = {}
    for f in forecasts:
        outcome = outcomes.get(f.id)
        if outcome is not None and outcome.came is not None:
            key = (" ".join(f.question.casefold().split()), f.closes)
            asked.setdefault(key, []).append((f.probability, int(outcome.came)))
    pairs = [pair for group in asked.values() for pair in group]
    overdue = sum(
        1 for f in forecasts if today is not None and f.closes < today and f.id not in outcomes
    )
    voided = sum(1 for f in forecasts if f.id in outcomes and outcomes[f.id].came is None)
    waiting = len(forecasts) - len(pairs) - voided
    if not pairs:
        none = (None,) * 7
        return Scores(0, 0, waiting, overdue, voided, *none, "no question is resolved")
    brier, reliability, resolution, uncertainty = murphy(pairs)
    base = Fraction(sum(o for _, o in pairs), len(pairs))
    skill: float | None = None
    interval: tuple[float, float] | None = None
    why = ""
    if len(asked) < LEAST:
        why = f"{len(asked)} resolved questions; nothing is said of skill below {LEAST}"
    elif overdue:
        why = f"{overdue} closed and not resolved; nothing is said of skill until all are"
    elif uncertainty == 0:
        why = "all questions ended alike, so the base rate cannot be beaten"
    else:
        skill = float(1 - brier / uncertainty)
        interval = _bootstrap(list(asked.values()), seed, draws)
        if interval[0] <= 0 <= interval[1]:
            why = "the interval holds 0: no skill over the base rate is shown"
    return Scores(
        len(pairs), len(asked), waiting, overdue, voided, brier, reliability, resolution,
        uncertainty, base, skill, interval, why,
    )  # fmt: skip


def murphy(
    pairs: Sequence[tuple[Fraction, int]],
) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Brier score, reliability, resolution, uncertainty; the first is the second less the third
    plus the fourth, exactly."""
    count = len(pairs)
    base = Fraction(sum(o for _, o in pairs), count)
    brier = sum(((p - o) ** 2 for p, o in pairs), Fraction(0)) / count
    groups: dict[Fraction, list[int]] = {}
    for p, o in pairs:
        groups.setdefault(p, []).append(o)
    reliability = resolution = Fraction(0)
    for p, came in groups.items():
        mean = Fraction(sum(came), len(came))
        reliability += len(came) * (p - mean) ** 2
        resolution += len(came) * (mean - base) ** 2
    return brier, reliability / count, resolution / count, base * (1 - base)


def _bootstrap(
    asked: Sequence[Sequence[tuple[Fraction, int]]], seed: int, draws: int
) -> tuple[float, float]:
    """The 2.5 and 97.5 percentiles of the skill over samples of the questions with replacement,
    each with all its forecasts."""
    chance = random.Random(seed)
    plain = [[(float(p), o) for p, o in group] for group in asked]
    values: list[float] = []
    while len(values) < draws:
        drawn = [pair for group in chance.choices(plain, k=len(plain)) for pair in group]
        base = sum(o for _, o in drawn) / len(drawn)
        unsure = base * (1 - base)
        if unsure:
            values.append(1 - sum((p - o) ** 2 for p, o in drawn) / len(drawn) / unsure)
    values.sort()
    return values[int(0.025 * draws)], values[int(0.975 * draws) - 1]
