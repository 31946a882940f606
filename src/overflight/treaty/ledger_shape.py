"""What ledger.toml may hold: limits bound to paragraphs, and kinds of entries."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.terms.quotas import (
    CALENDAR_YEAR,
    EFFECTS,
    ENTRY_FIELDS,
    LIMITS,
    ROUNDINGS,
    SIDES,
)
from overflight.treaty.shape import Table, may, need

LEDGER: Mapping[str, Table] = {
    "limit": Table(
        {
            "kind": need("text", *LIMITS),
            "title": need(),
            "value": may(),
            "minimum": may(),
            "reading": may(),
            "own_total": may("table"),
            "round": may("text", *ROUNDINGS),
            "sides": may("texts", *SIDES),
            "per": may("text", CALENDAR_YEAR),
            "sort": may(),
            "cite": need("cite"),
            "note": may(),
        },
        ("kind",),
    ),
    "entry": Table(
        {
            "kind": need("id"),
            "title": need(),
            "effect": need("text", *EFFECTS),
            "needs": may("texts", *ENTRY_FIELDS),
            "sort": may(),
            "window_from": may(),
            "window_days": may(),
            "cite": need("cite"),
            "note": may(),
        },
        ("kind",),
    ),
    "outcome": Table(
        {
            "entry": need("id"),
            "phases": may("texts"),
            "when": may("table"),
            "day": may("id"),
            "cite": need("cite"),
            "note": may(),
        },
    ),
    "act": Table(
        {
            "verb": need(),
            "many": need(),
            "where": need(),
            "past": need(),
            "cite": need("cite"),
            "note": may(),
        },
        single=True,
    ),
}
