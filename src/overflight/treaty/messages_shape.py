"""What messages.toml may hold: addressees, types of messages, their items and fields."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.terms.messages import FIELD_KINDS
from overflight.treaty.shape import Table, may, need

_FIELD = Table(
    {
        "name": need(),
        "words": need(),
        "kind": need("text", *FIELD_KINDS),
        "required": may("flag"),
        "many": may("flag"),
        "personal": may("flag"),
        "choices": may("texts"),
        "unit": may(),
        "note": may(),
        "says": may("id"),
        "mark": may("id"),
        "tells": may("table"),
        "copy_of": may("id"),
    },
    ("name",),
)
_ITEM = Table(
    {
        "letter": need(),
        "title": need(),
        "cite": need("cite"),
        "records": may(),
        "required": may("flag"),
        "note": may(),
    },
    ("letter",),
    nested={"field": _FIELD},
)

MESSAGES: Mapping[str, Table] = {
    "addressee": Table({"code": need("code"), "name": need(), "note": may()}, ("code",)),
    "message": Table(
        {
            "id": need("id"),
            "title": need(),
            "cite": need("cite"),
            "by": need(),
            "to": need("texts"),
            "follows": may("texts"),
            "official": may(),
            "document": may("id"),
            "stands": may("table"),
            "entry": may(),
            "signed": may("texts"),
            "note": may(),
        },
        ("id",),
        nested={"item": _ITEM},
    ),
}
