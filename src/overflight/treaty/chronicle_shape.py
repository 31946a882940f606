"""What chronicle.toml may hold: what was said and done that decides nothing about who is bound.

Acts that do (signature, deposit, notice, suspension ...) are the events of parties.toml; the
chronicle of a regime is both together, and each thing stands in one of them only.
"""

from __future__ import annotations

from collections.abc import Mapping

from overflight.treaty.shape import Key, Table, may, need
from overflight.treaty.vocabulary import STATUSES

WORDS = (
    "statement",
    "accusation",
    "denial",
    "request",
    "refusal",
    "offer",
    "vote",
    "law",
    "decree",
    "decision",
    "meeting",
    "agreement",
    "flight",
    "inspection",
    "elimination",
    "restriction",
    "easing",
    "certification",
    "report",
)
"""Kinds of record that are no acts under the regime."""

RECORDED: Mapping[str, Key] = {
    "id": may("id"),
    "counterparts": may("texts"),
    "publication": may(),
    "published": may("date"),
    "place": may(),
    "quote": may(),
    "page": may(),
    "reported": may("flag"),
    "contradicts": may("texts"),
}
"""What any record may say of itself, an act as well."""

CHRONICLE: Mapping[str, Table] = {
    "record": Table(
        {
            **RECORDED,
            "id": need("id"),
            "actors": need("texts"),
            "kind": need("text", *WORDS),
            "what": need(),
            "date": may("date"),
            "date_from": may("date"),
            "date_to": may("date"),
            "status": need("text", *STATUSES),
            "in_use": may("flag"),
            "cite": may("cite"),
            "note": may(),
        },
        ("id",),
    )
}
