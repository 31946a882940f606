"""What holdings.toml may hold: zones, categories, statuses, and kinds of entries."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.terms.holdings import HOLDING_EFFECTS, HOLDING_FIELDS
from overflight.treaty.shape import Table, may, need

_NODE = Table(
    {
        "id": need("id"),
        "name": need(),
        "within": may("id"),
        "weights": may("table"),
        "cite": need("cite"),
        "note": may(),
    },
    ("id",),
)
HOLDINGS: Mapping[str, Table] = {
    "zone": _NODE,
    "category": _NODE,
    "status": _NODE,
    "entry": Table(
        {
            "kind": need("id"),
            "title": need(),
            "effect": need("text", *HOLDING_EFFECTS),
            "needs": may("texts", *HOLDING_FIELDS),
            "reduces": may("flag"),
            "cite": need("cite"),
            "note": may(),
        },
        ("kind",),
    ),
}
