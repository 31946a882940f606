"""What the ledger and the review find, as plain documents (schemas: quota-...)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from overflight.procedure.distribution.review import Distribution, Grant
from overflight.procedure.ledger.ledger import Ledger
from overflight.procedure.quarters import YearSequence
from overflight.terms.quotas import Entry, QuarterWish, Standing, Wish

VERSION = 1


def _head(kind: str) -> dict[str, Any]:
    return {"kind": kind, "version": VERSION}


def wish_dict(wish: Wish) -> dict[str, Any]:
    return {
        "observer": wish.observer,
        "observed": wish.observed,
        "flights": wish.flights,
        "priority": wish.priority,
        "shared_with": list(wish.shared_with),
        "origin": wish.origin,
    }


def _grant(grant: Grant) -> dict[str, Any]:
    return {**wish_dict(grant.wish), "granted": grant.flights, "basis": grant.basis}


def distribution_dict(found: Distribution) -> dict[str, Any]:
    """The distribution of a year; ``basis`` "by-agreement" marks our proposal."""
    return {
        **_head("quota-distribution"),
        "treaty": found.treaty,
        "year": found.year,
        "readings": dict(found.readings),
        "fairness": found.fairness,
        "order": found.order,
        "seed": found.seed,
        "flights": found.flights,
        "proved": found.proved,
        "stages": [
            {"what": s.what, "reached": s.reached, "bound": s.bound, "proved": s.proved}
            for s in found.stages
        ],
        "grants": [_grant(grant) for grant in found.grants],
        "cuts": [
            {
                **_grant(cut.grant),
                "sentence": cut.sentence,
                "limits": [{"kind": f.kind, "text": f.text, "cite": f.cite} for f in cut.full],
                "gives_way": None
                if cut.gives_way is None
                else [
                    {**wish_dict(wish), "before": before, "after": after}
                    for wish, before, after in cut.gives_way
                ],
            }
            for cut in found.cuts
        ],
        "shares": [
            {"party": s.party, "asked": s.asked, "granted": s.granted} for s in found.shares
        ],
        "observed": [
            {"party": code, "accepts": most, "requests_fit": found.fits.get(code, True)}
            for code, most in sorted(found.accepted.items())
        ],
        "undecided": [{**wish_dict(wish), "needs": why} for wish, why in found.undecided],
        "set_aside": [wish_dict(wish) for wish in found.set_aside],
        "as_asked": [finding.as_dict() for finding in found.as_asked],
        "as_granted": [finding.as_dict() for finding in found.findings],
        "not_checked": list(found.open_limits),
        "notes": list(found.notes),
    }


def standing_dict(found: Standing) -> dict[str, Any]:
    """What may still be flown; ``left`` null where only an interval is known."""
    return {
        **_head("quota-standing"),
        "observer": found.observer,
        "observed": found.observed,
        "on": found.on.isoformat(),
        "left": found.left,
        "at_least": found.at_least,
        "at_most": found.at_most,
        "binding": [account.as_dict() for account in found.binding],
        "accounts": [account.as_dict() for account in found.accounts],
        "needs": list(found.needs),
        "readings": dict(found.readings),
        "notes": list(found.notes),
        "act": {
            "verb": found.act.verb,
            "many": found.act.many,
            "where": found.act.where,
            "past": found.act.past,
        },
    }


def entries_dict(ledger: Ledger, entries: Iterable[Entry], rows: Sequence[Any]) -> dict[str, Any]:
    """Entries of a ledger (``rows``: the same as JSON), and which of them were cancelled."""
    return {
        **_head("quota-entries"),
        "entries": [
            {
                **row,
                "title": ledger.rules.entry_kind(entry.kind).title,
                "cancelled_by": ledger.cancelled_by(entry.number),
            }
            for entry, row in zip(entries, rows, strict=True)
        ],
        "open": list(ledger.open_refs),
    }


def sequence_dict(found: YearSequence) -> dict[str, Any]:
    return {
        **_head("quota-sequence"),
        "year": found.year,
        "seed": found.seed,
        "window_hours": found.window_hours,
        "cites": dict(found.cites),
        "planned": [
            {"observed": observed, "quarter": quarter, "flights": flights}
            for (observed, quarter), flights in found.planned.items()
        ],
        "slots": [
            {
                "observer": s.observer,
                "observed": s.observed,
                "quarter": s.quarter,
                "place": s.place,
                "begins": _time(s.begins),
                "ends": _time(s.ends),
                "lot": s.lot,
                "moved": s.moved,
                "outside_quota": s.outside_quota,
            }
            for s in found.slots
        ],
        "clashes": [
            {
                "observed": c.observed,
                "quarter": c.quarter,
                "parties": list(c.parties),
                "text": c.text,
                "cite": c.cite,
            }
            for c in found.clashes
        ],
        "unplaced": [_unplaced(wish) for wish in found.unplaced],
    }


def _unplaced(wish: QuarterWish) -> dict[str, Any]:
    return {"observer": wish.observer, "observed": wish.observed, "quarter": wish.quarter}


def _time(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
