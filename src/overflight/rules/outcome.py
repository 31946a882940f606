"""What a predicate answers with, and what it is given besides the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from overflight.errors import DataError
from overflight.terms.findings import Verdict
from overflight.terms.values import CitedValue

Place = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer of a predicate; the engine adds rule, phase and citations to make a Finding.

    ``limit_source`` is the cited value that decided, where it is not the rule's own limit;
    ``sources`` are the sources of a fact that decided and has no single value (events of an
    aircraft); ``private`` says that a figure of an overlay decided that is no cited value.
    """

    verdict: Verdict
    message: str
    measured: float | str | None = None
    limit: float | str | None = None
    unit: str = ""
    place: Place | None = None
    where: str = ""
    needs: tuple[str, ...] = ()
    limit_source: CitedValue | None = None
    sources: str = ""
    private: bool = False


def compliant(message: str, **rest: Any) -> Outcome:
    return Outcome(Verdict.COMPLIANT, message, **rest)


def breach(message: str, **rest: Any) -> Outcome:
    return Outcome(Verdict.BREACH, message, **rest)


def right_arises(message: str, **rest: Any) -> Outcome:
    return Outcome(Verdict.RIGHT_ARISES, message, **rest)


def does_not_apply(message: str) -> Outcome:
    return Outcome(Verdict.DOES_NOT_APPLY, message)


def undetermined(message: str, *needs: str, **rest: Any) -> Outcome:
    return Outcome(Verdict.UNDETERMINED, message, needs=tuple(needs), **rest)


def lacking(*needs: str) -> Outcome:
    """Undetermined because documents or fields are not there."""
    each = tuple(dict.fromkeys(needs))
    return undetermined(f"This cannot be told without {_listed(each)}.", *each)


def summed(found: Sequence[Outcome]) -> list[Outcome]:
    """What is wrong, or, where all is well, one outcome that says so of each thing in turn.

    Its numbers are those of the first.
    """
    bad = [o for o in found if o.verdict is not Verdict.COMPLIANT]
    if bad or not found:
        return bad
    said = dict.fromkeys(o.message for o in found)
    secret = any(o.private for o in found)
    return [replace(found[0], message=" ".join(said), private=secret)]


def _listed(words: tuple[str, ...]) -> str:
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


_HOURS_PER = {"min": 1 / 60, "h": 1.0, "d": 24.0, "days": 24.0, "hours": 1.0}


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule as one treaty binds it on one date.

    ``limit`` is the rule's limit in force; ``parameters`` those of the data file, in which every
    "value:KEY" has been replaced by the CitedValue that holds. ``category_limits`` gives, for a
    limit per sensor category, the value of each category that the plan uses, and
    ``category_gaps`` the reason for each that has none. ``readings`` are the chosen options of
    the readings on which the rule depends.
    """

    id: str
    limit: CitedValue | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    category_limits: Mapping[str, CitedValue] = field(default_factory=dict)
    category_gaps: Mapping[str, str] = field(default_factory=dict)

    def the_limit(self) -> CitedValue:
        """The limit; DataError where the data file forgot it."""
        if self.limit is None:
            raise DataError(
                f"rule {self.id} has no limit, but its predicate needs one",
                remedy='Add limit = "value:KEY" to the rule.',
            )
        return self.limit

    def number(self) -> float:
        """The limit as a number, in its own unit."""
        return as_number(self.the_limit())

    def span(self) -> dt.timedelta:
        """The limit as a length of time."""
        return as_span(self.the_limit())

    def parameter(self, name: str, default: Any = None) -> Any:
        """A parameter; DataError where it is missing and no default is given."""
        value = self.parameters.get(name, default)
        if value is None:
            raise DataError(
                f"rule {self.id} lacks the parameter {name!r}",
                remedy=f"Add {name} to the rule's parameters.",
            )
        return value

    def paths(self, name: str) -> tuple[str, ...]:
        """A parameter that names one dotted path, or several of which the first present counts."""
        value = self.parameter(name)
        return (value,) if isinstance(value, str) else tuple(value)


def as_number(value: CitedValue) -> float:
    """The value as a number; DataError for anything else."""
    if isinstance(value.value, bool) or not isinstance(value.value, (int, float)):
        raise DataError(
            f"{value.key} is {value.value!r}, not a number",
            remedy="Give a number in the treaty's data.",
        )
    return float(value.value)


def as_span(value: CitedValue) -> dt.timedelta:
    """The value as a length of time; DataError where its unit is not min, h or d."""
    if value.unit not in _HOURS_PER:
        raise DataError(
            f"{value.key} is measured in {value.unit!r}, not in min, h or d",
            remedy="Give a length of time in the treaty's data.",
        )
    return dt.timedelta(hours=as_number(value) * _HOURS_PER[value.unit])


def span_in_unit(span: dt.timedelta, unit: str, *, exact: bool = False) -> float:
    """A length of time in min, h or d, rounded to a hundredth unless it is wanted exactly."""
    value = span.total_seconds() / 3600.0 / _HOURS_PER[unit]
    return value if exact else round(value, 2)


def length_of(span: dt.timedelta, unit: str, limit: dt.timedelta, *, places: int = 2) -> str:
    """A length of time in a sentence: "43.33 h", or "23 h 59 min 59 s" where rounding would make
    it look equal to a limit that it is not equal to. The sign is left out."""
    size, limit = abs(span), abs(limit)
    rounded = round(span_in_unit(size, unit, exact=True), places)
    if size == limit or rounded != round(span_in_unit(limit, unit, exact=True), places):
        return f"{rounded:g} {UNIT_WORDS[unit]}"
    rest, parts = size.total_seconds(), []
    for word, seconds in (("days", 86400), ("h", 3600), ("min", 60)):
        if word in _PARTS[UNIT_WORDS[unit]]:
            count, rest = divmod(rest, seconds)
            parts += [f"{count:g} {word}"] if count else []
    parts += [f"{round(rest, 6):g} s"] if round(rest, 6) or not parts else []
    return " ".join(parts)


def span_against(span: dt.timedelta, unit: str, limit: dt.timedelta) -> float:
    """A length of time in the unit of a limit, as exact as it takes to tell the two apart."""
    measured = span_in_unit(span, unit)
    close = measured == span_in_unit(limit, unit) and span != limit
    return span_in_unit(span, unit, exact=True) if close else measured


UNIT_WORDS = {"h": "h", "d": "days", "days": "days", "hours": "h", "min": "min"}
_PARTS = {"days": ("days", "h", "min"), "h": ("h", "min"), "min": ("min",)}
