"""What ledger.toml may hold: limits bound to paragraphs, and kinds of entries."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.terms.quotas import EFFECTS, ENTRY_FIELDS, LIMITS
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
            "cite": need("cite"),
            "note": may(),
        },
        ("kind",),
    ),
}
