"""Holding a treaty's rules against a case: resolve limits, run predicates, cite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from overflight.errors import DataError, NotInForceError, UnknownValueError
from overflight.rules.case import PHASES, Case
from overflight.rules.conditions import by_agreement, obstacle
from overflight.rules.outcome import Bound, Outcome, does_not_apply, undetermined
from overflight.rules.predicates import PREDICATES
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.values import CitedValue, Status
from overflight.treaty.model import RuleBinding
from overflight.treaty.problems import did_you_mean


def check(case: Case, phase: str, *, only: Iterable[str] | None = None) -> Findings:
    """Hold every rule of the case's treaty against it, for one phase.

    Rules of other phases are listed as not applying. ``only`` names the ids to evaluate (all
    others are left out). Raises DataError for a phase, a rule or a document that is malformed.
    """
    if phase not in PHASES:
        raise DataError(f"{phase!r} is not a phase", remedy=f"Choose one of {', '.join(PHASES)}.")
    wanted = None if only is None else _known_ids(case, only)
    found: list[Finding] = []
    for binding in case.view.treaty.rules:
        if wanted is not None and binding.id not in wanted:
            continue
        if binding.phase != phase:
            text = f"This is a rule for the {binding.phase} phase, not for the {phase} phase."
            found.append(_finding(binding, Bound(binding.id), does_not_apply(text)))
        else:
            found.extend(evaluate(case, binding))
    return Findings(tuple(found), dict(case.view.readings))


def _known_ids(case: Case, only: Iterable[str]) -> set[str]:
    known, wanted = {rule.id for rule in case.view.treaty.rules}, set(only)
    for name in sorted(wanted - known):
        raise DataError(
            f"{case.view.treaty.short} has no rule {name!r}", remedy=did_you_mean(name, known)
        )
    return wanted


def evaluate(case: Case, binding: RuleBinding) -> list[Finding]:
    """The findings of one rule, whatever its phase; at least one."""
    predicate = PREDICATES.get(binding.predicate)
    if predicate is None:
        raise DataError(
            f"rule {binding.id} names the predicate {binding.predicate!r}, which does not exist",
            remedy="Name one of rules.predicates.PREDICATES.",
        )
    try:
        bound = _bind_parameters(case, binding)
        outcome = obstacle(case, bound)
        if outcome is not None:
            return [_finding(binding, bound, outcome)]
        ready = _bind_limit(case, binding, bound)
    except (UnknownValueError, NotInForceError) as error:
        gap = undetermined(f"{_sentence(error.message)} {error.remedy}", error.message)
        return [_finding(binding, Bound(binding.id, readings=_readings(case, binding)), gap)]
    if isinstance(ready, Outcome):
        return [_finding(binding, bound, ready)]
    try:
        outcomes = list(predicate(case, ready))
    except (UnknownValueError, NotInForceError) as error:
        outcomes = [undetermined(f"{_sentence(error.message)} {error.remedy}", error.message)]
    if not outcomes:
        raise DataError(
            f"the predicate {binding.predicate!r} said nothing about rule {binding.id}",
            remedy="Report this; a predicate must always answer.",
        )
    return [_finding(binding, ready, o) for o in by_agreement(case, ready, outcomes)]


def _bind_parameters(case: Case, binding: RuleBinding) -> Bound:
    return Bound(
        id=binding.id,
        parameters={key: _resolved(case, value) for key, value in binding.parameters.items()},
        readings=_readings(case, binding),
    )


def _bind_limit(case: Case, binding: RuleBinding, bound: Bound) -> Bound | Outcome:
    """The rule with its limit as it holds on the view's date; an Outcome where none can be told."""
    scheme, _, key = binding.limit.partition(":")
    limit: CitedValue | None = None
    categories: dict[str, CitedValue] = {}
    gaps: dict[str, str] = {}
    if scheme == "value":
        limit = case.view.value(key)
    elif scheme == "airfield":
        if case.plan is None:
            return undetermined("This cannot be told without the mission plan.", "the mission plan")
        found = _airfield_value(case, key)
        if isinstance(found, Outcome):
            return found
        limit = found
    elif scheme == "category":
        categories, gaps = _category_values(case, key)
    elif scheme:
        raise DataError(
            f"rule {binding.id} has the limit {binding.limit!r}",
            remedy="Write value:KEY, airfield:KEY or category:KEY.",
        )
    return Bound(binding.id, limit, bound.parameters, bound.readings, categories, gaps)


def _airfield_value(case: Case, key: str) -> CitedValue | Outcome:
    assert case.plan is not None
    if key != "maximum_flight_distance":
        raise DataError(
            f"airfields have no value {key!r}", remedy="Write airfield:maximum_flight_distance."
        )
    code = case.plan.start.code
    try:
        airfield = case.view.airfield(code)
        value: CitedValue = case.view.maximum_flight_distance(
            airfield, case.plan.distance_condition
        )
        return value
    except DataError as error:
        text = f"No maximum flight distance from {code} is known: {error.message}."
        return undetermined(text, f"the maximum flight distance from {code}")


def _category_values(case: Case, key: str) -> tuple[dict[str, CitedValue], dict[str, str]]:
    """For each sensor category of the plan its limit in force, or why there is none."""
    values: dict[str, CitedValue] = {}
    gaps: dict[str, str] = {}
    for category in {s.category for s in case.plan.sensors} if case.plan else ():
        try:
            rows = case.view.sensor_category(category).limits.get(key, ())
        except DataError:
            continue
        except (UnknownValueError, NotInForceError) as error:
            gaps[category] = error.message
            continue
        if rows and rows[-1].status is Status.UNKNOWN:
            gaps[category] = f"{key.replace('_', ' ')} of {category} is not known publicly"
        elif rows:
            values[category] = rows[-1]
    return values, gaps


def _resolved(case: Case, value: Any) -> Any:
    """A parameter with every "value:KEY" in it replaced by the value that holds."""
    if isinstance(value, str) and value.startswith("value:"):
        return case.view.value(value.removeprefix("value:"))
    if isinstance(value, Mapping):
        return {key: _resolved(case, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_resolved(case, item) for item in value]
    return value


def _readings(case: Case, binding: RuleBinding) -> dict[str, str]:
    chosen = case.view.readings
    return {name: chosen[name] for name in binding.readings if name in chosen}


def _finding(binding: RuleBinding, bound: Bound, outcome: Outcome) -> Finding:
    source = outcome.limit_source or bound.limit
    applies = outcome.verdict is not Verdict.DOES_NOT_APPLY
    limit_cite = source.cite if source else "; ".join(str(c) for c in binding.limit_citations)
    limit_cite = outcome.sources or limit_cite
    return Finding(
        rule=binding.id,
        title=binding.title,
        verdict=outcome.verdict,
        message=outcome.message,
        cite="; ".join(str(c) for c in binding.citations),
        limit_cite=limit_cite,
        measured=outcome.measured,
        limit=outcome.limit,
        unit=outcome.unit,
        place=outcome.place,
        where=outcome.where,
        reading="; ".join(f"{k}={v}" for k, v in bound.readings.items()) if applies else "",
        phase=binding.phase,
        needs=outcome.needs,
        private=outcome.private or _is_private(source, bound.parameters),
    )


def _is_private(source: CitedValue | None, parameters: Mapping[str, Any]) -> bool:
    def inside(value: Any) -> bool:
        if isinstance(value, CitedValue):
            return value.private
        if isinstance(value, Mapping):
            return any(inside(v) for v in value.values())
        return isinstance(value, list) and any(inside(v) for v in value)

    return (source is not None and source.private) or inside(parameters)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
