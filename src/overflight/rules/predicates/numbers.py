"""Predicates on quantities and counts, each against a limit of the treaty."""

from __future__ import annotations

from collections.abc import Iterable

from overflight.rules.case import Case
from overflight.rules.outcome import (
    Bound,
    Outcome,
    as_number,
    breach,
    compliant,
    does_not_apply,
    lacking,
)
from overflight.rules.paths import Missing, as_quantity, each, find, first_present, what
from overflight.rules.words import words
from overflight.terms.values import CitedValue


def at_most(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The quantity at ``path`` is no more than the limit; a list counts as its length.

    ``deduct`` names quantities in a list (with ``[]``) that are taken off first.
    """
    path, value = first_present(case, bound.paths("path"))
    if isinstance(value, Missing):
        return [lacking(value.words)]
    if value is None:
        return [does_not_apply(f"There was no {words(path).removeprefix('the ')}.")]
    measured = _quantity(value, path)
    text = f"{_capital(words(path))} is {measured:g}"
    if "deduct" in bound.parameters:
        off = _deducted(case, bound.parameter("deduct"))
        if isinstance(off, Missing):
            return [lacking(off.words)]
        measured -= off
        text += f", of which {off:g} do not count: {measured:g} count"
    limit = bound.the_limit()
    numbers = {"measured": measured, "limit": limit.value, "unit": limit.unit}
    text += f"; at most {limit.value:g}{_space(limit.unit)} are allowed."
    return [(compliant if measured <= bound.number() else breach)(text, **numbers)]


def at_least_share_of(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The quantity at ``path`` is at least the limit (per cent) of the quantity at ``of``."""
    path, value = first_present(case, bound.paths("path"))
    whole_path, whole = first_present(case, bound.paths("of"))
    missing = [v.words for v in (value, whole) if isinstance(v, Missing)]
    if missing:
        return [lacking(*missing)]
    if value is None or whole is None:
        return [lacking(words(path if value is None else whole_path))]
    measured = as_quantity(value, path)
    least = as_quantity(whole, whole_path) * bound.number() / 100.0
    unit = str(bound.parameter("unit", "km"))
    text = (
        f"{_capital(words(path))} is {measured:g} {unit}; it must be at least {least:g} {unit}, "
        f"{bound.number():g} per cent of {words(whole_path)} ({whole:g} {unit})."
    )
    make = compliant if measured >= least else breach
    return [make(text, measured=measured, limit=least, unit=unit)]


def persons_at_most(case: Case, bound: Bound) -> Iterable[Outcome]:
    """No more persons at ``path`` than ``base``, plus those at ``plus`` (a count in the case).

    A side has a right to so many aboard; whether it uses it is its own affair.
    """
    path, value = first_present(case, bound.paths("path"))
    if isinstance(value, Missing):
        return [lacking(value.words)]
    base = bound.parameter("base")
    most = as_number(base) if isinstance(base, CitedValue) else float(base)
    counted = f"{most:g}"
    if "plus" in bound.parameters:
        more_path = str(bound.parameter("plus"))
        more = find(case, more_path)
        if isinstance(more, Missing) or more is None:
            return [lacking(what(more, more_path))]
        most += as_quantity(more, more_path)
        counted += f" and one for each of {as_quantity(more, more_path):g} sensor control stations"
    measured = 0.0 if value is None else as_quantity(value, path)
    text = f"{_capital(words(path))} aboard is {measured:g}; there is a right to {counted}."
    make = compliant if measured <= most else breach
    source = base if isinstance(base, CitedValue) else None
    return [make(text, measured=measured, limit=most, unit="persons", limit_source=source)]


def _deducted(case: Case, path: str) -> float | Missing:
    items = each(case, path)
    if isinstance(items, Missing):
        return items
    total = 0.0
    for _, value in items or ():
        if isinstance(value, Missing):
            return value
        total += 0.0 if value is None else as_quantity(value, path)
    return total


def _quantity(value: object, path: str) -> float:
    return float(len(value)) if isinstance(value, (list, tuple)) else as_quantity(value, path)


def _space(unit: str) -> str:
    return f" {unit}" if unit and unit != "1" else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
