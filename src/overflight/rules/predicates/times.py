"""Predicates on two instants: apart at least, at most, in order, together.

Parameters ``earlier`` and ``later`` are dotted paths, or lists of which the first present
counts. The limit is a length of time (min, h, d).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import pairwise

from overflight.errors import DataError
from overflight.rules.case import Case
from overflight.rules.outcome import (
    UNIT_WORDS,
    Bound,
    Outcome,
    as_span,
    breach,
    compliant,
    does_not_apply,
    lacking,
    length_of,
    span_against,
    span_in_unit,
    undetermined,
)
from overflight.rules.paths import Missing, as_instant, each, find, first_instant
from overflight.rules.words import words
from overflight.terms.values import CitedValue


def at_least_apart(case: Case, bound: Bound) -> Iterable[Outcome]:
    """``later`` comes no sooner than the limit after ``earlier``."""
    pair = _pair(case, bound)
    if isinstance(pair, Outcome):
        return [pair]
    (first, a), (second, b) = pair
    if b is None:
        return [does_not_apply(f"There was no {_bare(second)}.")]
    if isinstance(b, Missing):
        return [lacking(b.words)]
    limit, gap = bound.the_limit(), b - a
    text = _apart(second, b, first, a, limit, bound.span())
    text += f"; at least {_amount(limit)} are required."
    make = compliant if gap >= bound.span() else breach
    return [make(text, **_numbers(gap, limit, bound.span()))]


def at_most_apart(case: Case, bound: Bound) -> Iterable[Outcome]:
    """``later`` comes no more than the limit after ``earlier``.

    An event that has not come is a breach once ``Case.now`` is past its hour, and undetermined
    before. ``extension`` = {path, equals, by} lengthens the limit where a field says so;
    ``excused_by`` = {path, any_of} names a field whose values excuse a delay.
    """
    pair = _pair(case, bound)
    if isinstance(pair, Outcome):
        return [pair]
    (first, a), (second, b) = pair
    limit = bound.the_limit()
    allowed, extended = _allowed(case, bound)
    most = f"at most {_amount(limit)}{extended} are allowed"
    excuse = _excuse(case, bound)
    if b is None or isinstance(b, Missing):
        due = a + allowed
        if case.now is None or case.now <= due:
            return [_awaited(case, second, due)]
        late = (
            f"There is no {_bare(second)} at {_stamp(case.now)}, though it was due at "
            f"{_stamp(due)}: {most} after {words(first)}."
        )
        return [_excused(late, excuse) if excuse else breach(late, **_limit(limit))]
    gap = b - a
    if gap < dt.timedelta(0):
        return [
            undetermined(
                f"{_capital(words(second))} ({_stamp(b)}) is put before {words(first)} "
                f"({_stamp(a)}): one of the two instants is wrong.",
                words(first),
                words(second),
            )
        ]
    text = f"{_apart(second, b, first, a, limit, allowed)}; {most}."
    if gap <= allowed:
        return [compliant(text, **_numbers(gap, limit, allowed))]
    if excuse:
        return [_excused(text, excuse, **_numbers(gap, limit, allowed))]
    return [breach(text, **_numbers(gap, limit, allowed))]


def in_order(case: Case, bound: Bound) -> Iterable[Outcome]:
    """``later`` does not come before ``earlier``."""
    pair = _pair(case, bound)
    if isinstance(pair, Outcome):
        return [pair]
    (first, a), (second, b) = pair
    if b is None:
        return [does_not_apply(f"There was no {_bare(second)}.")]
    if isinstance(b, Missing):
        return [lacking(b.words)]
    text = (
        f"{_capital(words(second))} ({_stamp(b)}) must not come before {words(first)} "
        f"({_stamp(a)}), and "
    )
    return [compliant(f"{text}does not.") if b >= a else breach(f"{text}does.")]


def schedule_in_order(case: Case, _bound: Bound) -> Iterable[Outcome]:
    """The plan's start, its stops and its end follow one another, each stop with both times."""
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    times = plan.times
    if times.commencement is None or times.completion is None:
        absent = [k for k in ("commencement", "completion") if getattr(times, k) is None]
        return [lacking(*(words(f"plan.times.{name}") for name in absent))]
    marks = [("the start", times.commencement)]
    for stop in plan.stops:
        marks.append((f"the arrival at {stop.fix}", stop.arrives))
        marks.append((f"the departure from {stop.fix}", stop.departs))
    marks.append(("the end", times.completion))
    for (before, a), (after, b) in pairwise(marks):
        if b < a:
            text = f"{_capital(after)} ({_stamp(b)}) is put before {before} ({_stamp(a)})."
            return [breach(text, where=after)]
    stops = f"{len(plan.stops)} stops" if plan.stops else "no stop"
    text = f"From {_stamp(times.commencement)} to {_stamp(times.completion)}, with {stops} between."
    return [compliant(text)]


def together(case: Case, bound: Bound) -> Iterable[Outcome]:
    """``second`` comes at the same time as ``first``, within ``tolerance_h`` hours either way.

    The text says "simultaneously" or "immediately" and gives no number; the tolerance is the
    data file's, and the message says so. ``second`` may name a list with ``[]``.
    """
    first, a = first_instant(case, bound.paths("first"))
    if isinstance(a, Missing):
        return [lacking(a.words)]
    if a is None:
        return [does_not_apply(f"There was no {_bare(first)}.")]
    tolerance = dt.timedelta(hours=float(bound.parameter("tolerance_h")))
    found: list[Outcome] = []
    for name, path, value in _seconds(case, bound):
        if isinstance(value, Missing):
            if case.now is not None and case.now > a + tolerance:
                late = f"There is no {_bare(path)} yet, though {words(first)} was at {_stamp(a)}."
                found.append(breach(late, where=name))
            else:
                found.append(lacking(value.words))
        else:
            found.append(_at_once(first, a, path, as_instant(value, path), tolerance, name))
    if not found:
        return [
            does_not_apply(f"Nobody is named who has a right to {_bare(bound.paths('second')[0])}.")
        ]
    kept = [o for o in found if o.verdict == "compliant"]
    return found if len(kept) < len(found) else kept[:1]


def _seconds(case: Case, bound: Bound) -> list[tuple[str, str, object]]:
    path = bound.paths("second")[0]
    if "[]" not in path:
        path, value = first_instant(case, bound.paths("second"))
        return [("", path, Missing(path, words(path)) if value is None else value)]
    items = each(case, path)
    if isinstance(items, Missing):
        return [("", path, items)]
    return [(name, path, Missing(path, words(path)) if v is None else v) for name, v in items or ()]


def _at_once(
    first: str, a: dt.datetime, second: str, b: dt.datetime, tolerance: dt.timedelta, where: str
) -> Outcome:
    gap, side = abs(b - a), "after" if b >= a else "before"
    text = (
        f"{_capital(words(second))} ({_stamp(b)}) is {length_of(gap, 'h', tolerance)} {side} "
        f"{words(first)} ({_stamp(a)}); the text wants both at once, read here as within "
        f"{span_in_unit(tolerance, 'h'):g} h."
    )
    make = compliant if gap <= tolerance else breach
    return make(text, measured=span_against(gap, "h", tolerance), unit="h", where=where)


_Pair = tuple[tuple[str, dt.datetime], tuple[str, dt.datetime | Missing | None]]


def _pair(case: Case, bound: Bound) -> _Pair | Outcome:
    """Both instants; the second may be missing, or null. An Outcome where the first is."""
    first, a = first_instant(case, bound.paths("earlier"))
    second, b = first_instant(case, bound.paths("later"))
    if isinstance(a, Missing):
        return lacking(a.words, *([b.words] if isinstance(b, Missing) else []))
    if a is None:
        return does_not_apply(f"There was no {_bare(first)}.")
    return (first, a), (second, b)


def _allowed(case: Case, bound: Bound) -> tuple[dt.timedelta, str]:
    extension = bound.parameters.get("extension")
    if not isinstance(extension, Mapping):
        return bound.span(), ""
    if find(case, extension["path"]) != extension["equals"]:
        return bound.span(), ""
    more = extension["by"]
    if not isinstance(more, CitedValue):
        raise DataError(
            f"rule {bound.id}: the extension has no value", remedy='Write by = "value:KEY".'
        )
    return bound.span() + as_span(more), f" and {_amount(more)} more ({more.cite})"


def _excuse(case: Case, bound: Bound) -> str:
    excuse = bound.parameters.get("excused_by")
    if not isinstance(excuse, Mapping):
        return ""
    value = find(case, excuse["path"])
    return str(value) if value in excuse["any_of"] else ""


def _excused(text: str, excuse: str, **numbers: object) -> Outcome:
    return compliant(f"{text} The delay is excused by {excuse}.", **numbers)


def _awaited(case: Case, path: str, due: dt.datetime) -> Outcome:
    ending = "" if case.now is None else f"; at {_stamp(case.now)} there is still time"
    return undetermined(
        f"There is no {_bare(path)} yet; it is due by {_stamp(due)}{ending}.", words(path)
    )


def _apart(
    second: str,
    b: dt.datetime,
    first: str,
    a: dt.datetime,
    limit: CitedValue,
    allowed: dt.timedelta,
) -> str:
    """That two instants are so far apart; ``allowed`` is what the length is held against."""
    side = "after" if b >= a else "before"
    return (
        f"{_capital(words(second))} ({_stamp(b)}) is {length_of(b - a, limit.unit, allowed)} "
        f"{side} {words(first)} ({_stamp(a)})"
    )


def _numbers(gap: dt.timedelta, limit: CitedValue, allowed: dt.timedelta) -> dict[str, object]:
    return {"measured": span_against(gap, limit.unit, allowed), **_limit(limit)}


def _limit(limit: CitedValue) -> dict[str, object]:
    return {"limit": limit.value, "unit": limit.unit}


def _amount(value: CitedValue) -> str:
    return f"{value.value:g} {UNIT_WORDS[value.unit]}"


def _stamp(moment: dt.datetime) -> str:
    """An instant as documents write it; parts of a second only where there are any."""
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _bare(path: str) -> str:
    return words(path).removeprefix("the ")
