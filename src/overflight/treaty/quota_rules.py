"""Limits and kinds of ledger entries, made from the rows of ledger.toml, and their checks."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

from overflight.terms.quotas import FLIGHTS, OWN_TOTALS, Act, EntryKind, Outcome, QuotaLimit
from overflight.treaty.problems import Problem, did_you_mean
from overflight.treaty.procedure import conditions
from overflight.treaty.rows import Row

if TYPE_CHECKING:
    from overflight.treaty.cite import Citer
    from overflight.treaty.crosscheck import Regime


def build_limit(row: Row, cite: Citer) -> QuotaLimit:
    """A limit from its well-formed row."""
    data = row.data
    return QuotaLimit(
        data["kind"],
        data["title"],
        cite(row),
        data.get("value", ""),
        data.get("minimum", ""),
        data.get("reading", ""),
        MappingProxyType(dict(data.get("own_total", {}))),
        data.get("note", ""),
        data.get("round", ""),
        tuple(data.get("sides", ())),
        data.get("per", ""),
        data.get("sort", ""),
    )


def build_entry_kind(row: Row, cite: Citer) -> EntryKind:
    """A kind of entry from its well-formed row."""
    data = row.data
    needs = tuple(data.get("needs", ()))
    return EntryKind(
        data["kind"],
        data["title"],
        data["effect"],
        cite(row),
        needs,
        data.get("note", ""),
        data.get("sort", ""),
        data.get("window_from", ""),
        data.get("window_days", ""),
    )


def build_outcome(row: Row, cite: Citer) -> Outcome:
    """What a mission is in the ledger, from its well-formed row."""
    data = row.data
    when = conditions(data.get("when", {}))
    return Outcome(
        data["entry"],
        tuple(data.get("phases", ())),
        when,
        cite(row),
        data.get("day", ""),
        data.get("note", ""),
    )


def build_act(rows: list[Row]) -> Act:
    """What the quotas count, in words: flights, where the regime does not say otherwise."""
    if not rows:
        return FLIGHTS
    return Act(*(str(rows[0].data[key]) for key in ("verb", "many", "where", "past")))


def ledger_problems(regime: Regime) -> Iterator[Problem]:
    """Values, readings and options that limits name and that do not exist."""
    values = {
        row.data["id"]
        for table in ("values.toml/value", "deadlines.toml/value")
        for row in regime.rows(table)
    }
    readings = {
        row.data["name"]: [option.data["id"] for option in row.nested.get("option", ())]
        for row in regime.rows("readings.toml/reading")
    }
    for row in regime.rows("ledger.toml/entry"):
        for key in ("window_from", "window_days"):
            if (name := row.data.get(key)) is not None and name not in values:
                yield row.problem(f"no value has the id {name!r}", did_you_mean(name, values), key)
    for row in regime.rows("ledger.toml/limit"):
        for key in ("value", "minimum"):
            name = row.data.get(key)
            if name is not None and name not in values:
                yield row.problem(f"no value has the id {name!r}", did_you_mean(name, values), key)
        reading = row.data.get("reading")
        if reading is not None and reading not in readings:
            remedy = did_you_mean(reading, readings)
            yield row.problem(f"no reading is named {reading!r}", remedy, "reading")
        yield from _options(row, readings.get(str(reading), []))


def outcome_problems(regime: Regime) -> Iterator[Problem]:
    """What outcomes name and the regime has not: kinds of entries, phases, marks and facts."""
    kinds = {row.data["kind"] for row in regime.rows("ledger.toml/entry")}
    phases: set[str] = set()
    marks: set[str] = set()
    facts: dict[str, set[str]] = {}
    for process in regime.rows("procedure.toml/process"):
        phases |= {row.data["id"] for row in process.nested.get("phase", ())}
        for row in process.nested.get("move", ()):
            marks |= {row.data["mark"]} if "mark" in row.data else set()
            marks |= set(row.data.get("instants", ()))
        for row in process.nested.get("fact", ()):
            facts.setdefault(row.data["name"], set()).update(row.data["values"])
    for row in regime.rows("ledger.toml/outcome"):
        if (kind := row.data["entry"]) not in kinds:
            yield row.problem(f"no entry has the kind {kind!r}", did_you_mean(kind, kinds), "entry")
        for phase in row.data.get("phases", ()):
            if phase not in phases:
                yield row.problem(f"no phase {phase!r}", did_you_mean(phase, phases), "phases")
        if (day := row.data.get("day", "")) and day not in marks:
            yield row.problem(f"no mark {day!r}", did_you_mean(day, marks), "day")
        for name, said in row.data.get("when", {}).items():
            for value in [said] if isinstance(said, str) else said:
                if value not in facts.get(name, ()):
                    remedy = did_you_mean(value, facts[name]) if name in facts else ""
                    remedy = remedy or did_you_mean(name, facts)
                    yield row.problem(f"{name} is never {value!r}", remedy, "when")


def _options(row: Row, options: list[str]) -> Iterator[Problem]:
    for option, meaning in row.data.get("own_total", {}).items():
        if option not in options:
            remedy = did_you_mean(option, options)
            yield row.problem(f"the reading has no option {option!r}", remedy, "own_total")
        if meaning not in OWN_TOTALS:
            remedy = f"Write one of: {', '.join(OWN_TOTALS)}."
            yield row.problem(f"{meaning!r} is no own total", remedy, "own_total")
