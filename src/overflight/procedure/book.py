"""The quotas of a year at a glance, from the treaty's own data or from a ledger."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from overflight.procedure.ledger import Ledger, enacted_wishes
from overflight.procedure.ledger import books as b
from overflight.procedure.rulebook import Rulebook


def year_book(rules: Rulebook, year: int, on: dt.date, ledger: Ledger | None) -> dict[str, Any]:
    """Active quotas of ``year`` as they stood on ``on``, and what each observed Party accepts.

    Without a ledger: what the treaty's data hold on that day (schema: quota-book).
    """
    apart: tuple[str, ...] = ()
    if ledger is None:
        wishes, apart = enacted_wishes(rules, on)
        grants = [(w.holders, w.observed, w.flights) for w in wishes]
    else:
        grants = _of_ledger(ledger, year, on)
    over: dict[str, int] = defaultdict(int)
    for _, observed, flights in grants:
        over[observed] += flights
    span = rules.periods.numbered(year)
    day = max(span.first, min(on, span.last))
    holders = {rules.holder(s.state, day) for s in rules.view(day).states_parties} | set(over)
    keeper = ledger if ledger is not None else Ledger(rules)
    observed_rows = []
    for code in sorted(holders):
        passive = keeper.passive(code, day)
        observed_rows.append(
            {
                "party": code,
                "passive_quota": passive.value,
                "accepts": rules.accepted(passive, day).value,
                "distributed": over.get(code, 0),
                "cite": passive.cite,
            }
        )
    return {
        "kind": "quota-book",
        "version": 1,
        "year": year,
        "on": on.isoformat(),
        "source": "treaty" if ledger is None else "ledger",
        "grants": [
            {"observer": h[0], "observed": o, "flights": n, "shared_with": list(h[1:])}
            for h, o, n in grants
        ],
        "observed": observed_rows,
        "apart": list(apart),
    }


def _of_ledger(ledger: Ledger, year: int, on: dt.date) -> list[tuple[tuple[str, ...], str, int]]:
    found: list[tuple[tuple[str, ...], str, int]] = []
    for book in (b.OWN, b.JOINT):
        for key in ledger.books.keys(book):
            of, who, observed = key
            flights = ledger.total(book, key, on) if of == year else 0
            if flights:
                found.append(((who,) if isinstance(who, str) else who, observed, flights))
    return sorted(found)
