"""The ledger of holdings as the document that rules read, and the rules held against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from overflight.errors import NotInForceError
from overflight.procedure.holdings.ledger import HoldingsLedger
from overflight.procedure.holdings.stock import stock
from overflight.rules.case import DOCUMENT_OF, Case
from overflight.rules.engine import check
from overflight.terms.findings import Findings
from overflight.terms.holdings import HoldingEntry, root

PHASE = "holdings"


def check_holdings(
    ledger: HoldingsLedger, on: dt.date, *, only: Iterable[str] | None = None
) -> Findings:
    """Every rule on holdings against what the ledger tells of that day.

    Raises NotInForceError where the treaty is not in force then.
    """
    view = ledger.treaty.on(on)
    if not view.in_force:
        since, ended = view.in_force_since, ledger.treaty.termination
        span = f"from {since or 'a day to come'}" + (
            f", and ended on {ended.date}" if ended else ""
        )
        raise NotInForceError(
            f"{ledger.treaty.short} is not in force on {on}: in force {span}",
            remedy="Ask for a day on which it is.",
        )
    document = holdings_state(ledger, on)
    found = check(Case(view, {DOCUMENT_OF[PHASE]: document}), PHASE, only=only)
    mine = {rule.id for rule in ledger.treaty.rules if rule.phase == PHASE}
    kept = tuple(finding for finding in found.items if finding.rule in mine)
    return Findings(kept, found.readings, found.notes)


def holdings_state(ledger: HoldingsLedger, on: dt.date) -> dict[str, Any]:
    """What the ledger tells of that day (schema: holdings-state)."""
    found = stock(ledger, on)
    entries = [entry for entry in ledger.live() if entry.valid <= on]
    kinds = {entry.number: ledger.kind(entry.kind) for entry in entries}
    return {
        "kind": "holdings-state",
        "version": 1,
        "treaty": ledger.treaty.id,
        "on": on.isoformat(),
        "counts": [
            {
                "party": bucket.party,
                "zone": bucket.zone,
                "category": bucket.category,
                "status": bucket.status,
                "unit": bucket.unit,
                "items": items,
            }
            for bucket, items in found.counts.items()
        ],
        "declared": sorted([party, category] for party, category in found.stated),
        "exchanges": _exchanges(ledger, entries),
        "changes": [
            _change(ledger, entry)
            for entry in entries
            if kinds[entry.number].effect not in ("declares", "owes")
        ],
        "balances": list(_balances(ledger, on)),
        "liabilities": [
            {"party": e.party, "category": e.category, "items": e.items}
            for e in entries
            if kinds[e.number].effect == "owes"
        ],
        "reduced": [
            {
                "party": e.party,
                "category": root(ledger.frame.categories, e.category),
                "items": e.items,
                "valid": e.valid.isoformat(),
            }
            for e in entries
            if kinds[e.number].reduces
        ],
    }


def _exchanges(ledger: HoldingsLedger, entries: Iterable[HoldingEntry]) -> list[dict[str, Any]]:
    found: dict[tuple[str, dt.date], dt.date | None] = {}
    for entry in entries:
        if ledger.kind(entry.kind).effect == "declares":
            told = found.get((entry.party, entry.valid))
            days = [day for day in (told, entry.notified) if day is not None]
            found[entry.party, entry.valid] = max(days, default=None)
    return [
        {"party": party, "valid": valid.isoformat(), "notified": told and told.isoformat()}
        for (party, valid), told in sorted(found.items())
    ]


def _change(ledger: HoldingsLedger, entry: HoldingEntry) -> dict[str, Any]:
    before: int | None = None
    if entry.unit and entry.category:
        held = stock(ledger, entry.valid, inclusive=False)
        before = held.items(entry.bucket)
    return {
        "number": entry.number,
        "kind": entry.kind,
        "party": entry.party,
        "category": entry.category,
        "unit": entry.unit,
        "items": entry.items,
        "valid": entry.valid.isoformat(),
        "notified": entry.notified and entry.notified.isoformat(),
        "unit_before": before,
    }


def _balances(ledger: HoldingsLedger, on: dt.date) -> Iterator[dict[str, Any]]:
    """Between two statements of a Party, one after the other: before, in, out, after."""
    days: dict[tuple[str, str], set[dt.date]] = {}
    for entry in ledger.live():
        if ledger.kind(entry.kind).effect == "declares" and entry.valid <= on:
            key = entry.party, root(ledger.frame.categories, entry.category)
            days.setdefault(key, set()).add(entry.valid)
    for (party, category), when in sorted(days.items()):
        ordered = sorted(when)
        for first, last in pairwise(ordered):
            came, went = _flows(ledger, party, category, first, last)
            yield {
                "party": party,
                "category": category,
                "from": first.isoformat(),
                "until": last.isoformat(),
                "before": _stated(ledger, party, category, first),
                "in": came,
                "out": went,
                "after": _stated(ledger, party, category, last),
            }


def _stated(ledger: HoldingsLedger, party: str, category: str, on: dt.date) -> int | None:
    items = [
        entry.items
        for entry in ledger.live()
        if ledger.kind(entry.kind).effect == "declares"
        and entry.valid == on
        and entry.party == party
        and root(ledger.frame.categories, entry.category) == category
    ]
    known = [n for n in items if n is not None]
    return sum(known) if len(known) == len(items) else None


def _flows(
    ledger: HoldingsLedger, party: str, category: str, first: dt.date, last: dt.date
) -> tuple[int | None, int | None]:
    """Items of the category that came to the Party and went from it, after ``first`` up to
    ``last``; what only changed its zone, status or unit did neither."""
    came: int | None = 0
    went: int | None = 0
    tree = ledger.frame.categories
    for entry in ledger.live():
        effect = ledger.kind(entry.kind).effect
        if not first < entry.valid <= last or effect not in ("adds", "removes", "moves"):
            continue
        here = entry.party == party and root(tree, entry.category) == category
        goal = entry.target
        there = goal.party == party and root(tree, goal.category) == category
        if (effect == "adds" and here) or (effect == "moves" and there and not here):
            came = None if came is None or entry.items is None else came + entry.items
        if (effect == "removes" and here) or (effect == "moves" and here and not there):
            went = None if went is None or entry.items is None else went + entry.items
    return came, went
