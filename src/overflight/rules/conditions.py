"""When a rule concerns a case at all: dates, readings, and what the documents say happened.

Parameters that any rule may carry:

``applies_from``, ``applies_until``   dates, first and last day on which the rule holds
``only_under`` = {reading, option, otherwise}   holds under one option of a reading
``when`` = [{path, TEST, otherwise}, ...]   holds if all tests are met, where TEST is one of
    ``equals`` = VALUE, ``present`` = true or false, ``side`` = "observed", "observing" or "not
    observed" (of the State or group code at path), ``at_most`` = NUMBER or "value:KEY",
    ``differs_from`` = PATH
``agreement`` = PARAGRAPH   lifted where a document lists that paragraph among its agreements
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from overflight.errors import DataError, OverflightError
from overflight.rules.case import Case
from overflight.rules.outcome import Bound, Outcome, as_number, does_not_apply, lacking
from overflight.rules.paths import Missing, agreements, as_quantity, as_text, find, first_present
from overflight.rules.words import words
from overflight.terms.findings import Verdict
from overflight.terms.values import CitedValue


def obstacle(case: Case, bound: Bound) -> Outcome | None:
    """Why the rule does not concern the case, or cannot be told to; None where it does."""
    on = case.view.on
    first, last = bound.parameters.get("applies_from"), bound.parameters.get("applies_until")
    if first is not None and on < first:
        return does_not_apply(f"This holds from {first.isoformat()} on.")
    if last is not None and on > last:
        return does_not_apply(f"This held until {last.isoformat()}.")
    only = bound.parameters.get("only_under")
    if only is not None and case.view.readings.get(only["reading"]) != only["option"]:
        return does_not_apply(str(only["otherwise"]))
    tests: Sequence[Mapping[str, Any]] = bound.parameters.get("when", ())
    for test in tests:
        outcome = _fails(case, test)
        if outcome is not None:
            return outcome
    return None


def by_agreement(case: Case, bound: Bound, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What a rule found; no breach, right or open question where the parties agreed otherwise."""
    paragraph = bound.parameters.get("agreement")
    if paragraph is None or paragraph not in set(agreements(case)):
        return list(outcomes)
    lead = f"The parties agreed otherwise ({paragraph}). "
    return [
        replace(o, verdict=Verdict.COMPLIANT, message=lead + o.message, needs=())
        if o.verdict in (Verdict.BREACH, Verdict.UNDETERMINED, Verdict.RIGHT_ARISES)
        else o
        for o in outcomes
    ]


def _fails(case: Case, test: Mapping[str, Any]) -> Outcome | None:
    named = test["path"]
    path, value = first_present(case, (named,) if isinstance(named, str) else tuple(named))
    if isinstance(value, Missing):
        return lacking(value.words)
    return None if _met(case, path, value, test) else does_not_apply(str(test["otherwise"]))


def _met(case: Case, path: str, value: Any, test: Mapping[str, Any]) -> bool:
    if "equals" in test:
        return bool(value == test["equals"])
    if "present" in test:
        return (value not in (None, [], "")) is bool(test["present"])
    if "differs_from" in test:
        other = find(case, str(test["differs_from"]))
        return other not in (None, "", value) and not isinstance(other, Missing)
    if "at_most" in test:
        most = test["at_most"]
        limit = as_number(most) if isinstance(most, CitedValue) else float(most)
        return value is not None and as_quantity(value, path) <= limit
    if "side" in test:
        side = str(test["side"])
        if value is None:
            return False
        inside = as_text(value, path) in codes_of(case, path, side.removeprefix("not "))
        return inside is not side.startswith("not ")
    raise DataError(
        f"a condition on {words(path)} has no test",
        remedy="Add equals, present, side, at_most or differs_from.",
    )


def codes_of(case: Case, path: str, side: str) -> frozenset[str]:
    """Codes that stand for one side: the State, the group it belongs to, the group's members."""
    if side not in ("observed", "observing"):
        raise DataError(f"{side!r} is no side", remedy='Write "observed" or "observing".')
    first = path.partition(".")[0]
    document = "plan" if first == "flight" else first
    fields = (side, "quota_holder") if side == "observed" else (side,)
    named = [find(case, f"{document}.{field}") for field in fields]
    codes = {side} | {v for v in named if isinstance(v, str) and v}
    for code in tuple(codes - {side}):
        try:
            holder = case.view.holder_of(code)
            codes |= {holder, *case.view.members(holder)}
        except OverflightError:
            continue
    return frozenset(codes)
