"""What a regime counts of what Parties hold, made from the rows of holdings.toml; their checks."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

from overflight.terms.holdings import (
    HoldingKind,
    HoldingsFrame,
    Node,
)
from overflight.treaty.problems import Problem, did_you_mean
from overflight.treaty.rows import Row

if TYPE_CHECKING:
    from overflight.treaty.cite import Citer
    from overflight.treaty.crosscheck import Regime


def build_frame(regime: Regime, cite: Citer) -> HoldingsFrame | None:
    """What the regime counts; None for one that counts nothing."""
    kinds = [_kind(row, cite) for row in regime.rows("holdings.toml/entry")]
    if not kinds:
        return None
    trees = [
        MappingProxyType({row.data["id"]: _node(row, cite) for row in regime.rows(f"{table}")})
        for table in ("holdings.toml/zone", "holdings.toml/category", "holdings.toml/status")
    ]
    zones, categories, statuses = trees
    by_name = MappingProxyType({kind.kind: kind for kind in kinds})
    return HoldingsFrame(zones, categories, statuses, by_name)


def _node(row: Row, cite: Citer) -> Node:
    data = row.data
    weights = MappingProxyType({k: int(v) for k, v in data.get("weights", {}).items()})
    within, note = str(data.get("within", "")), str(data.get("note", ""))
    return Node(data["id"], data["name"], within, cite(row), weights, note)


def _kind(row: Row, cite: Citer) -> HoldingKind:
    data = row.data
    return HoldingKind(
        data["kind"],
        data["title"],
        data["effect"],
        cite(row),
        tuple(data.get("needs", ())),
        data.get("reduces", False),
        data.get("note", ""),
    )


def holdings_problems(regime: Regime) -> Iterator[Problem]:
    """Nodes that lie in none, or in themselves; ceilings of what is not counted."""
    names: dict[str, set[str]] = {}
    for table in ("zone", "category", "status"):
        rows = {row.data["id"]: row for row in regime.rows(f"holdings.toml/{table}")}
        names[table] = set(rows)
        for row in rows.values():
            seen: set[str] = set()
            here = row.data["id"]
            while here:
                if here in seen or here not in rows:
                    remedy = did_you_mean(here, set(rows) - seen)
                    yield row.problem(f"no {table} to lie in: {here!r}", remedy, "within")
                    break
                seen.add(here)
                here = rows[here].data.get("within", "")
    if not names["category"]:
        return
    for row in regime.rows("values.toml/ceiling"):
        for key, table in (("zone", "zone"), ("category", "category"), ("counts", "status")):
            if row.data[key] not in names[table]:
                remedy = did_you_mean(row.data[key], names[table], "Add it to holdings.toml.")
                yield row.problem(f"no {table} has the id {row.data[key]!r}", remedy, key)
