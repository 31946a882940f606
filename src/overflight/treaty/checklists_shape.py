"""What checklists.toml may hold: lists of one side at one moment, and their steps."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.treaty.shape import Table, may, need

SIDES = ("observing", "observed")

CHECKLISTS: Mapping[str, Table] = {
    "checklist": Table(
        {
            "id": need("id"),
            "title": need(),
            "side": need("text", *SIDES),
            "when": need(),
            "provided_by": may("text", *SIDES),
            "cite": need("cite"),
            "note": may(),
        },
        ("id",),
        nested={
            "item": Table(
                {"text": need(), "cite": need("cite"), "asks": may("id"), "right": may("flag")},
                ("text",),
            )
        },
    )
}
