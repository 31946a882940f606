"""Predicates on every item of a list: its measure against a limit, a bound of its own, a count.

``where`` = {field: value or list of values} picks the items that a rule is about; an item that
does not say the field may be one of them, so nothing can be told of it. ``label`` is the field by
which an item is called in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from overflight.rules.case import Case
from overflight.rules.outcome import (
    Bound,
    Outcome,
    as_number,
    breach,
    compliant,
    does_not_apply,
    lacking,
    summed,
    undetermined,
)
from overflight.rules.paths import Missing, as_flag, as_object, as_quantity, each
from overflight.terms.findings import Verdict
from overflight.terms.values import CitedValue


def each_at_most(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The size of ``field`` (without its sign) is at most the limit in every item of ``path``."""
    return _against(case, bound, lambda measured, limit: abs(measured) <= limit, "at most")


def each_at_least(case: Case, bound: Bound) -> Iterable[Outcome]:
    """``field`` is at least the limit in every item of ``path``."""
    return _against(case, bound, lambda measured, limit: measured >= limit, "at least")


def each_between(case: Case, bound: Bound) -> Iterable[Outcome]:
    """``field`` lies from ``least`` to ``most``, both cited values, in every item of ``path``."""
    least, most = bound.parameter("least"), bound.parameter("most")
    low, high = _number(least), _number(most)
    field, unit = str(bound.parameter("field")), _unit(least)
    found: list[Outcome] = []
    for name, item in _items(case, bound, found):
        value = item.get(field)
        if value is None:
            found.append(lacking(f"{_said(field)} of {name}"))
            continue
        measured = as_quantity(value, f"{name}, {field}")
        text = f"{_capital(_said(field))} of {name} is {measured:g}; allowed are {low:g} to "
        text += f"{high:g}{unit}."
        make = compliant if low <= measured <= high else breach
        source = most if measured > high else least
        found.append(
            make(
                text,
                measured=measured,
                limit=high if measured > high else low,
                unit=unit.strip(),
                where=name,
                limit_source=source if isinstance(source, CitedValue) else None,
            )
        )
    return _told(found, bound)


def each_not_below(case: Case, bound: Bound) -> Iterable[Outcome]:
    """``field`` is not below ``bound``, another field of the same item, in every item.

    Where ``bound`` is an estimate, ``surely`` is the field with its lower limit of confidence: what
    lies between the two cannot be told.
    """
    field, other = str(bound.parameter("field")), str(bound.parameter("bound"))
    unit = str(bound.parameter("unit", ""))
    found: list[Outcome] = []
    for name, item in _items(case, bound, found):
        gaps = [f"{_said(f)} of {name}" for f in (field, other) if item.get(f) is None]
        if gaps:
            found.append(lacking(*gaps))
            continue
        measured = as_quantity(item[field], f"{name}, {field}")
        least = as_quantity(item[other], f"{name}, {other}")
        text = f"{_capital(_said(field))} of {name} is {measured:g} {unit}; not below "
        text += f"{_said(other)}, {least:g} {unit}."
        numbers = {"measured": measured, "limit": least, "unit": unit, "where": name}
        low = item.get(str(bound.parameters.get("surely", "")))
        if measured >= least:
            found.append(compliant(text, **numbers))
        elif low is not None and measured >= as_quantity(low, f"{name}, {field}"):
            text += f" It lies within the 95 % interval, which begins at {low:g} {unit}."
            found.append(undetermined(text, f"more readings of {name}", **numbers))
        else:
            found.append(breach(text, **numbers))
    return _told(found, bound)


def each_true(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The flag ``field`` is true in every item; ``broken`` is said where it is not."""
    field = str(bound.parameter("field"))
    found: list[Outcome] = []
    for name, item in _items(case, bound, found):
        if item.get(field) is None:
            found.append(lacking(f"{_said(field)} of {name}"))
        elif as_flag(item[field], f"{name}, {field}"):
            found.append(compliant(f"{_capital(_said(field))} of {name}: in order.", where=name))
        else:
            text = f"{_capital(_said(field))} of {name}: no. {bound.parameter('broken')}"
            found.append(breach(text, where=name))
    return _told(found, bound)


def distinct_at_least(case: Case, bound: Bound) -> Iterable[Outcome]:
    """For each ``per`` among the items ``different`` has at least so many values; ``said`` are the
    words before its count."""
    per, of = str(bound.parameter("per")), str(bound.parameter("different"))
    limit, least = bound.the_limit(), bound.number()
    groups: dict[str, set[str]] = {}
    found: list[Outcome] = []
    for name, item in _items(case, bound, found):
        gaps = [f"{_said(f)} of {name}" for f in (per, of) if item.get(f) is None]
        if gaps:
            found.append(lacking(*gaps))
            continue
        groups.setdefault(str(item[per]), set()).add(str(item[of]))
    open_ = bool(found)
    for group, names in groups.items():
        text = f"{_capital(str(bound.parameter('said')))} {group}: {len(names)}; at least "
        text += f"{least:g} are asked for."
        if len(names) < least and open_:
            continue  # what was not told may be what is short
        make = compliant if len(names) >= least else breach
        found.append(make(text, measured=len(names), limit=limit.value, unit=of, where=group))
    return _told(found, bound)


def each_by_threshold(case: Case, bound: Bound) -> Iterable[Outcome]:
    """``field`` says ``up_to`` where ``by`` is at most the limit, ``above`` where it is more."""
    field, by = str(bound.parameter("field")), str(bound.parameter("by"))
    limit = bound.number()
    found: list[Outcome] = []
    for name, item in _items(case, bound, found):
        gaps = [f"{_said(f)} of {name}" for f in (field, by) if item.get(f) is None]
        if gaps:
            found.append(lacking(*gaps))
            continue
        measured = as_quantity(item[by], f"{name}, {by}")
        wanted = str(bound.parameter("up_to" if measured <= limit else "above"))
        text = f"{_capital(_said(field))} of {name} is {item[field]}; with {_said(by)} "
        text += f"{measured:g}{_unit(bound.the_limit())} it is to be {wanted}."
        make = compliant if item[field] == wanted else breach
        found.append(make(text, measured=str(item[field]), limit=wanted, where=name))
    return _told(found, bound)


def _against(case: Case, bound: Bound, kept: Any, word: str) -> list[Outcome]:
    field = str(bound.parameter("field"))
    limit, number = bound.the_limit(), bound.number()
    unit = _unit(limit)
    found: list[Outcome] = []
    for name, item in _items(case, bound, found):
        value = item.get(field)
        if value is None:
            found.append(lacking(f"{_said(field)} of {name}"))
            continue
        measured = as_quantity(value, f"{name}, {field}")
        text = f"{_capital(_said(field))} of {name} is {measured:g}{unit}; {word} "
        text += f"{number:g}{unit} {'is allowed' if word == 'at most' else 'is asked for'}."
        make = compliant if kept(measured, number) else breach
        found.append(make(text, measured=measured, limit=limit.value, unit=limit.unit, where=name))
    return _told(found, bound, nearest=number)


def _items(
    case: Case, bound: Bound, found: list[Outcome]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The items a rule is about, by name; what keeps one from being told goes into ``found``."""
    path = str(bound.parameter("path"))
    listed = each(case, path)
    if isinstance(listed, Missing):
        found.append(lacking(listed.words))
        return
    label = bound.parameters.get("label")
    where: Mapping[str, Any] = bound.parameters.get("where", {})
    for number_name, value in listed or ():
        item = as_object(value, f"{path}, {number_name}")
        name = str(item.get(label) or number_name) if label else number_name
        gaps = [field for field in where if item.get(field) is None]
        wrong = [
            field for field, wanted in where.items()
            if field not in gaps
            and item[field] not in (wanted if isinstance(wanted, (list, tuple)) else [wanted])
        ]  # fmt: skip
        if wrong:
            continue
        if gaps:
            found.append(lacking(*(f"{_said(field)} of {name}" for field in gaps)))
            continue
        yield name, item


def _told(found: list[Outcome], bound: Bound, nearest: float | None = None) -> list[Outcome]:
    """Everything that is wrong; where all is well and items are many, one of them in words: that
    ``nearest`` to the limit, or the first."""
    if not found:
        return [does_not_apply(str(bound.parameter("none")))]
    if len(found) <= _FEW or any(o.verdict is not Verdict.COMPLIANT for o in found):
        return summed(found)
    one = found[0]
    if nearest is not None:
        one = min(found, key=lambda o: abs(abs(float(o.measured or 0.0)) - nearest))
    lead = "nearest to the limit" if nearest is not None else "for instance"
    return [replace(one, message=f"All {len(found)} are as asked; {lead}: {one.message}")]


def _number(value: Any) -> float:
    return as_number(value) if isinstance(value, CitedValue) else float(value)


_FEW = 3
_WORDS = {
    "people": "the number of individuals",
    "hours": "the length",
    "clear_daytime": "the clear daytime",
    "visual": "the reading by eye",
    "target_stands": "the position of the target",
    "track_offset_deg": "the angle of track to target",
    "centre_offset_percent": "the offset of the target's centre",
    "limit_m": "the limit",
}
"""What a field is called; another is called by its name."""
_UNITS = {"people": "", "ratio": ":1", "percent": " %", "deg": " deg", "1": ""}


def _unit(value: Any) -> str:
    unit = value.unit if isinstance(value, CitedValue) else ""
    return _UNITS.get(unit, f" {unit}" if unit else "")


def _said(field: str) -> str:
    if field in _WORDS:
        return _WORDS[field]
    for ending in ("_deg", "_m", "_percent"):
        field = field.removesuffix(ending)
    return f"the {field.replace('_', ' ').replace('h min', 'H_min')}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
