"""Predicates on what documents say: that something is there, is so, or is one of a few things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from overflight.rules.case import Case
from overflight.rules.outcome import (
    Bound,
    Outcome,
    breach,
    compliant,
    does_not_apply,
    lacking,
    summed,
)
from overflight.rules.outcome import undetermined as _undetermined
from overflight.rules.paths import (
    Missing,
    as_flag,
    as_list,
    as_object,
    as_text,
    each,
    find,
    first_present,
    what,
)
from overflight.rules.words import words


def has_all(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The document carries everything listed: ``items`` = {letter: path or list of paths}.

    A list of paths wants all of them. A whole document that is missing is undetermined; an item
    missing in a document that is there is a breach, since the document is what is judged.
    """
    items: Mapping[str, Any] = bound.parameter("items")
    lacks: list[tuple[str, str]] = []
    for letter, paths in items.items():
        for path in (paths,) if isinstance(paths, str) else tuple(paths):
            gap = _gap(case, path)
            if gap is None:
                continue
            if "." not in gap.path:
                return [lacking(gap.words)]
            lacks.append((letter, gap.words))
    if not lacks:
        return [compliant(f"All of it is there: {', '.join(_labels(items))}.")]
    named = "; ".join(f"{_label(letter)}{name}" for letter, name in lacks)
    return [
        breach(f"The document lacks {named}.", measured=len(lacks), limit=0, unit="items missing")
    ]


def is_so(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The flag at ``path`` is true (or, with ``expected = false``, false).

    ``path`` may name a list with ``[]``. ``kept`` and ``broken`` are the sentences to say.
    """
    path = str(bound.parameter("path"))
    expected = bool(bound.parameter("expected", True))
    if "[]" not in path:
        value = find(case, path)
        if value is None and "none" in bound.parameters:
            return [does_not_apply(str(bound.parameter("none")))]
        return [_flag(value, path, "", expected, bound)]
    items = each(case, path)
    if isinstance(items, Missing):
        return [lacking(items.words)]
    if not items:
        return [does_not_apply(str(bound.parameter("none", "There is nothing to judge.")))]
    found = [_flag(value, path, name, expected, bound) for name, value in items]
    return summed(found)


def one_of(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The word at ``path`` is one of ``allowed`` = {word: what it means}.

    ``path`` may name a list with ``[]``. ``others`` says what any other word is: "breach" (the
    default) or "undetermined". ``none`` is the sentence for an empty list. ``rests_on`` says of a
    word what must be shown for it, for those who ask (``mission.counter``); no rule looks at it.
    """
    path = str(bound.parameter("path"))
    items: list[tuple[str, Any]] | Missing | None
    if "[]" in path:
        items = each(case, path)
    else:
        value = find(case, path)
        items = [] if value is None else [("", value)]
    if isinstance(items, Missing):
        return [lacking(items.words)]
    if not items:
        return [does_not_apply(str(bound.parameter("none", "There is nothing to judge.")))]
    found = [_word(value, path, name, bound) for name, value in items]
    return summed(found)


def each_so(case: Case, bound: Bound) -> Iterable[Outcome]:
    """Every item of the list at ``path`` whose ``field`` equals ``equals`` has all ``flags`` true.

    ``broken`` is the sentence to say, ``none`` the one where no item is concerned.
    """
    path = str(bound.parameter("path"))
    items = each(case, path)
    if isinstance(items, Missing):
        return [lacking(items.words)]
    field, wanted = str(bound.parameter("field")), bound.parameter("equals")
    found: list[Outcome] = []
    for name, item in items or ():
        item = as_object(item, f"{path}, {name}")
        if item.get(field) != wanted:
            continue
        for flag in bound.paths("flags"):
            where = f"{name}, {flag.replace('_', ' ')}"
            if item.get(flag) is None:
                found.append(lacking(where))
            elif as_flag(item[flag], f"{path}.{flag}"):
                found.append(compliant(f"{_capital(where)}.", where=name))
            else:
                found.append(
                    breach(f"{_capital(where)}: no. {bound.parameter('broken')}", where=name)
                )
    if not found:
        return [does_not_apply(str(bound.parameter("none")))]
    return summed(found)


def is_empty(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The list at ``path`` is empty. ``kept`` and ``broken`` are the sentences to say."""
    path = str(bound.parameter("path"))
    value = find(case, path)
    if isinstance(value, Missing):
        return [lacking(value.words)]
    items = as_list(value, path)
    if not items:
        return [compliant(str(bound.parameter("kept")), measured=0, limit=0)]
    listed = ", ".join(str(v) for v in items)
    return [breach(f"{bound.parameter('broken')}: {listed}.", measured=len(items), limit=0)]


def holds_each(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The list at ``path`` holds the value at each of ``members`` (dotted paths)."""
    path = str(bound.parameter("path"))
    value = find(case, path)
    if isinstance(value, Missing):
        return [lacking(value.words)]
    wanted = [(p, find(case, p)) for p in bound.paths("members")]
    missing = [what(v, p) for p, v in wanted if v is None or isinstance(v, Missing)]
    if missing:
        return [lacking(*missing)]
    listed = {str(v) for v in as_list(value, path)}
    absent = [str(v) for _, v in wanted if str(v) not in listed]
    text = f"{_capital(words(path))}: {', '.join(sorted(listed)) or 'nobody'}"
    if absent:
        return [breach(f"{text}; {' and '.join(absent)} must be among them.")]
    return [compliant(f"{text}.")]


def same_as(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The value at ``path`` equals the value at ``other``."""
    path, value = first_present(case, bound.paths("path"))
    other_path, other = first_present(case, bound.paths("other"))
    missing = [
        what(v, p)
        for p, v in ((path, value), (other_path, other))
        if v is None or isinstance(v, Missing)
    ]
    if missing:
        return [lacking(*missing)]
    text = f"{_capital(words(path))} is {value}; {words(other_path)} is {other}."
    make = compliant if str(value) == str(other) else breach
    return [make(text, measured=str(value), limit=str(other))]


def _gap(case: Case, path: str) -> Missing | None:
    """What is missing at ``path``: nothing there, null, an empty text or an empty list."""
    if "[]" in path:
        items = each(case, path)
        if isinstance(items, Missing):
            return items
        if not items:
            return Missing(path, words(path))
        return next((v for _, v in items if isinstance(v, Missing)), None) or next(
            (Missing(path, words(path)) for _, v in items if v in (None, "")), None
        )
    value = find(case, path)
    if isinstance(value, Missing):
        return value
    empty = value is None or (isinstance(value, (str, list, tuple, Mapping)) and not value)
    return Missing(path, words(path)) if empty else None


def _flag(value: Any, path: str, where: str, expected: bool, bound: Bound) -> Outcome:
    if value is None or isinstance(value, Missing):
        return lacking(what(value, path))
    good = as_flag(value, path) is expected
    text = str(bound.parameter("kept" if good else "broken"))
    text = f"{_capital(where)}: {text}" if where and not good else text
    return (compliant if good else breach)(text, where=where, measured=str(value).lower())


def _word(value: Any, path: str, where: str, bound: Bound) -> Outcome:
    if value is None or isinstance(value, Missing):
        return lacking(what(value, path))
    allowed: Mapping[str, str] = bound.parameter("allowed")
    lead = f"{_capital(where)}: " if where else ""
    value = as_text(value, path)
    if value in allowed:
        return compliant(f"{lead}{value}: {allowed[value]}.", measured=str(value), where=where)
    listed = ", ".join(allowed)
    text = f"{lead}{value!r} is not one of those named: {listed}."
    if bound.parameter("others", "breach") == "undetermined":
        return _undetermined(text, f"what {value!r} means", measured=str(value), where=where)
    return breach(text, measured=str(value), where=where)


def _labels(items: Mapping[str, Any]) -> list[str]:
    return [f"({k})" if len(k) == 1 else k.replace("_", " ") for k in items]


def _label(letter: str) -> str:
    return f"({letter}) " if len(letter) == 1 else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
