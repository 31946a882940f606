"""What ways.toml and contingent.toml may hold."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.treaty.shape import Table, may, need

WAY_KINDS = ("membership", "aircraft")
AIRCRAFT_SOURCES = ("own", "ally", "lease", "observed")
CONTINGENT_KINDS = ("offer", "revocation", "domestic-step")
CONTINGENT_STANDINGS = ("open", "met", "not-met", "lapsed", "unknown")

WAYS: Mapping[str, Table] = {
    "way": Table(
        {
            "id": need("id"),
            "title": need(),
            "kind": need("text", *WAY_KINDS),
            "aircraft": may("text", *AIRCRAFT_SOURCES),
            "reading": may(),
            "cite": need("cite"),
            "note": may(),
        },
        ("id",),
        nested={
            "step": Table(
                {
                    "id": need("id"),
                    "text": need(),
                    "who": need(),
                    "days": may("whole"),
                    "period": may(),
                    "needs": may("texts"),
                    "costs": may("texts"),
                    "cite": need("cite"),
                },
                ("id",),
            )
        },
    )
}
CONTINGENT: Mapping[str, Table] = {
    "contingent": Table(
        {
            "id": need("id"),
            "state": need("code"),
            "kind": need("text", *CONTINGENT_KINDS),
            "record": may(),
            "what": need(),
            "condition": may(),
            "standing": need("text", *CONTINGENT_STANDINGS),
            "cite": may("cite"),
            "note": may(),
        },
        ("id",),
    )
}
