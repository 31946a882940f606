"""Predicates under which a right arises. A right is not a breach: whether it is used is open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from overflight.rules.case import Case
from overflight.rules.outcome import (
    UNIT_WORDS,
    Bound,
    Outcome,
    compliant,
    does_not_apply,
    lacking,
    length_of,
    right_arises,
    span_against,
    undetermined,
)
from overflight.rules.paths import Missing, as_list, as_quantity, each, find, first_instant, what
from overflight.rules.words import words


def right_beyond(case: Case, bound: Bound) -> Iterable[Outcome]:
    """A right arises where a quantity of the list at ``path`` goes beyond the limit.

    ``right`` is the sentence that says who may do what; ``none`` the one for an empty list.
    """
    items = each(case, str(bound.parameter("path")))
    if isinstance(items, Missing):
        return [lacking(items.words)]
    if not items:
        return [does_not_apply(str(bound.parameter("none")))]
    return [_beyond(name, value, bound) for name, value in items]


def right_below(case: Case, bound: Bound) -> Iterable[Outcome]:
    """A right arises for each item of the list at ``path`` whose own list is not empty."""
    path = str(bound.parameter("path"))
    items = each(case, path)
    if isinstance(items, Missing):
        return [lacking(items.words)]
    if not items:
        return [does_not_apply(str(bound.parameter("none")))]
    found: list[Outcome] = []
    for name, value in items:
        if isinstance(value, Missing) or value is None:
            found.append(lacking(f"{words(path)} ({name})"))
        elif as_list(value, path):
            listed = ", ".join(str(v) for v in value)
            text = f"{_capital(name)}: {listed}. {bound.parameter('right')}"
            found.append(right_arises(text, measured=listed, where=name))
        else:
            found.append(compliant(f"{_capital(name)}: {bound.parameter('kept')}", where=name))
    return found


def right_if(case: Case, bound: Bound) -> Iterable[Outcome]:
    """A right arises where the value at ``path`` equals ``equals``, or any item of a list does.

    ``right`` says who may do what, ``otherwise`` what holds if not, ``none`` an empty list.
    """
    path, wanted = str(bound.parameter("path")), bound.parameters.get("equals", True)
    if "[]" not in path:
        value = find(case, path)
        if isinstance(value, Missing):
            return [lacking(value.words)]
        return [_if(value, wanted, "", bound)]
    items = each(case, path)
    if isinstance(items, Missing):
        return [lacking(items.words)]
    if not items:
        return [does_not_apply(str(bound.parameter("none", bound.parameter("otherwise"))))]
    found = [
        lacking(v.words) if isinstance(v, Missing) else _if(v, wanted, n, bound) for n, v in items
    ]
    return [o for o in found if o.verdict != "does not apply"] or found[:1]


def right_at_least(case: Case, bound: Bound) -> Iterable[Outcome]:
    """A right arises where the quantity at ``path`` reaches ``threshold``."""
    path = str(bound.parameter("path"))
    value = find(case, path)
    if isinstance(value, Missing) or value is None:
        return [lacking(what(value, path))]
    measured, threshold = as_quantity(value, path), float(bound.parameter("threshold"))
    if measured >= threshold:
        return [right_arises(str(bound.parameter("right")), measured=measured, limit=threshold)]
    return [compliant(str(bound.parameter("kept")), measured=measured, limit=threshold)]


def right_when_late(case: Case, bound: Bound) -> Iterable[Outcome]:
    """A right arises where ``later`` comes more than the limit after ``earlier``, or not at all
    by then, as far as ``Case.now`` tells."""
    first, a = first_instant(case, bound.paths("earlier"))
    second, b = first_instant(case, bound.paths("later"))
    if isinstance(a, Missing):
        return [lacking(a.words)]
    if a is None:
        return [does_not_apply(f"There was no {words(first).removeprefix('the ')}.")]
    limit, due = bound.the_limit(), a + bound.span()
    if b is None or isinstance(b, Missing):
        if case.now is None or case.now <= due:
            text = f"There is no {words(second).removeprefix('the ')} yet, and it is not yet late."
            return [undetermined(text, words(second))]
        b = case.now
        lead = f"There is no {words(second).removeprefix('the ')} by {b:%Y-%m-%dT%H:%M:%SZ}"
    else:
        lead = f"{_capital(words(second))} was at {b:%Y-%m-%dT%H:%M:%SZ}"
    gap = span_against(b - a, limit.unit, bound.span())
    numbers = {"measured": gap, "limit": limit.value, "unit": limit.unit}
    side = "after" if b >= a else "before"
    text = (
        f"{lead}, {length_of(b - a, limit.unit, bound.span())} {side} {words(first)}; "
        f"{limit.value:g} {UNIT_WORDS[limit.unit]} are allowed."
    )
    if b > due:
        return [right_arises(f"{text} {bound.parameter('right')}", **numbers)]
    return [compliant(text, **numbers)]


def _beyond(name: str, value: Any, bound: Bound) -> Outcome:
    path = str(bound.parameter("path"))
    if isinstance(value, Missing) or value is None:
        return lacking(f"{words(path)} ({name})")
    limit, measured = bound.the_limit(), as_quantity(value, path)
    numbers = {"measured": measured, "limit": limit.value, "unit": limit.unit, "where": name}
    text = f"{_capital(name)} reaches {measured:g} {limit.unit}"
    if measured > bound.number():
        return right_arises(
            f"{text}, more than {limit.value:g} {limit.unit}. {bound.parameter('right')}", **numbers
        )
    return compliant(f"{text}, not more than {limit.value:g} {limit.unit}.", **numbers)


def _if(value: Any, wanted: Any, where: str, bound: Bound) -> Outcome:
    if value == wanted and value is not None:
        lead = f"{_capital(where)}: " if where else ""
        return right_arises(f"{lead}{bound.parameter('right')}", where=where)
    return does_not_apply(str(bound.parameter("otherwise")))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
