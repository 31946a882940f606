"""Limits and kinds of ledger entries, made from the rows of ledger.toml, and their checks."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

from overflight.terms.quotas import OWN_TOTALS, EntryKind, QuotaLimit
from overflight.treaty.problems import Problem, did_you_mean
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
    )


def build_entry_kind(row: Row, cite: Citer) -> EntryKind:
    """A kind of entry from its well-formed row."""
    data = row.data
    needs = tuple(data.get("needs", ()))
    return EntryKind(
        data["kind"], data["title"], data["effect"], cite(row), needs, data.get("note", "")
    )


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


def _options(row: Row, options: list[str]) -> Iterator[Problem]:
    for option, meaning in row.data.get("own_total", {}).items():
        if option not in options:
            remedy = did_you_mean(option, options)
            yield row.problem(f"the reading has no option {option!r}", remedy, "own_total")
        if meaning not in OWN_TOTALS:
            remedy = f"Write one of: {', '.join(OWN_TOTALS)}."
            yield row.problem(f"{meaning!r} is no own total", remedy, "own_total")
