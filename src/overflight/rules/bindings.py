"""Whether a treaty's rules can be evaluated at all: predicates, parameters, limits, readings.

What the data files look like is for ``treaty.validate``; here each rule is held against the
predicates that exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from overflight.rules.case import DOCUMENT_OF, PHASES
from overflight.rules.predicates import CONDITIONS, NEEDS, PREDICATES
from overflight.treaty.model import RuleBinding, Treaty
from overflight.treaty.problems import Problem, did_you_mean
from overflight.treaty.rows import Row

_SCHEMES = ("value", "airfield", "category")
_AIRFIELD_LIMITS = ("maximum_flight_distance",)
_TESTS = ("equals", "present", "side", "at_most", "differs_from")
_SIDES = ("observed", "observing", "not observed", "not observing")
_PATHS = (
    "path",
    "earlier",
    "later",
    "first",
    "second",
    "of",
    "plus",
    "deduct",
    "other",
    "members",
    "parties",
    "counted",
    "retained",
    "paths",
    "aircraft",
    "sensors",
    "state",
    "made",
    "observing",
    "observed",
    "differs_from",
)
"""Parameters that hold dotted paths."""


def problems(treaty: Treaty) -> list[Problem]:
    """Every mistake in how the treaty binds predicates; empty where all is well."""
    file = str(treaty.folder / "rules.toml")
    return [
        Problem(file, _line(treaty, number), f"rule {binding.id}: {message}", remedy)
        for number, binding in enumerate(treaty.rules)
        for message, remedy in _mistakes(treaty, binding)
    ]


_Mistake = tuple[str, str]


def _mistakes(treaty: Treaty, binding: RuleBinding) -> Iterator[_Mistake]:
    if binding.phase not in PHASES:
        yield f"there is no phase {binding.phase!r}", did_you_mean(binding.phase, PHASES)
    if binding.predicate not in PREDICATES:
        remedy = did_you_mean(binding.predicate, PREDICATES)
        yield f"there is no predicate {binding.predicate!r}", remedy
        return
    needs = NEEDS[binding.predicate]
    if needs.limit == "required" and not binding.limit:
        yield f"{binding.predicate} needs a limit", 'Add limit = "value:KEY".'
    if needs.limit == "none" and binding.limit:
        yield f"{binding.predicate} takes no limit", "Take the limit out."
    yield from _parameters(binding)
    yield from _limit(treaty, binding)
    yield from _readings(treaty, binding)
    for name, value in binding.parameters.items():
        yield from _references(treaty, name, value)
    yield from _conditions(binding)


def _parameters(binding: RuleBinding) -> Iterator[_Mistake]:
    needs = NEEDS[binding.predicate]
    for name in needs.required:
        if name not in binding.parameters:
            yield f"{binding.predicate} needs the parameter {name!r}", f"Add {name}."
    known = (*needs.required, *needs.optional, *CONDITIONS)
    for name in binding.parameters:
        if name not in known:
            yield f"{binding.predicate} knows no parameter {name!r}", did_you_mean(name, known)


def _limit(treaty: Treaty, binding: RuleBinding) -> Iterator[_Mistake]:
    scheme, _, key = binding.limit.partition(":")
    if not binding.limit:
        return
    if scheme not in _SCHEMES:
        listed = ", ".join(f"{name}:KEY" for name in _SCHEMES)
        yield f"the limit {binding.limit!r} is of no known kind", f"Write one of {listed}."
    elif scheme == "airfield" and key not in _AIRFIELD_LIMITS:
        yield f"airfields have no {key!r}", did_you_mean(key, _AIRFIELD_LIMITS)
    elif scheme == "category":
        names = {name for category in treaty.categories for name in category.limits}
        if key not in names:
            yield f"no sensor category has a {key!r}", did_you_mean(key, names)
    elif scheme == "value":
        yield from _references(treaty, "limit", binding.limit)


def _readings(treaty: Treaty, binding: RuleBinding) -> Iterator[_Mistake]:
    known = {reading.name: reading for reading in treaty.readings}
    own = binding.parameters.get("reading")
    if isinstance(own, str) and own not in binding.readings:
        yield f"the reading {own!r} is not listed", f"Add {own!r} to the rule's readings."
    only = binding.parameters.get("only_under")
    if isinstance(only, Mapping):
        missing = {"reading", "option", "otherwise"} - set(only)
        if missing:
            yield f"only_under lacks {', '.join(sorted(missing))}", "Add it."
        elif only["reading"] not in known:
            remedy = did_you_mean(str(only["reading"]), known)
            yield f"there is no reading {only['reading']!r}", remedy
        elif only["option"] not in known[only["reading"]].option_ids:
            remedy = did_you_mean(str(only["option"]), known[only["reading"]].option_ids)
            yield f"the reading has no option {only['option']!r}", remedy


def _references(treaty: Treaty, name: str, value: Any) -> Iterator[_Mistake]:
    """Values and paths named anywhere inside a parameter."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _references(treaty, key if name != "items" else "path", item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _references(treaty, name, item)
    elif isinstance(value, str) and value.startswith("value:"):
        keys = {v.key for v in treaty.values} | {d.value.key for d in treaty.deadlines}
        key = value.removeprefix("value:")
        if key not in keys:
            yield f"no value has the id {key!r}", did_you_mean(key, keys, "Add it to values.toml.")
    elif isinstance(value, str) and name in _PATHS:
        first = value.partition(".")[0]
        known = ("plan", "aircraft", *DOCUMENT_OF)
        if first not in known:
            yield f"the path {value!r} begins with no document", did_you_mean(first, known)


def _conditions(binding: RuleBinding) -> Iterator[_Mistake]:
    for test in binding.parameters.get("when", ()):
        if not isinstance(test, Mapping) or "path" not in test or "otherwise" not in test:
            yield "a condition lacks path or otherwise", "Add both to each when."
            continue
        tests = [name for name in _TESTS if name in test]
        if len(tests) != 1:
            yield (
                f"the condition on {test['path']} has {len(tests)} tests",
                (f"Give exactly one of {', '.join(_TESTS)}."),
            )
        if "side" in test and test["side"] not in _SIDES:
            yield f"{test['side']!r} is no side", f"Write one of {', '.join(_SIDES)}."
    for name, keys in (("extension", ("path", "equals", "by")), ("excused_by", ("path", "any_of"))):
        value = binding.parameters.get(name)
        if value is not None and (not isinstance(value, Mapping) or set(keys) - set(value)):
            yield f"{name} is not complete", f"Give {', '.join(keys)}."


def _line(treaty: Treaty, number: int) -> int | None:
    """The line on which the rule begins; None under an overlay, which may hold rules of its own."""
    if treaty.overlay_used:
        return None
    try:
        return Row({}, treaty.folder / "rules.toml", ("rule", number)).line("id")
    except OSError:
        return None
