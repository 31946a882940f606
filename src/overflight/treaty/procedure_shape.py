"""What procedure.toml may hold: processes with their phases, facts, actors, moves and limits."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.terms.procedure import SEVERITIES
from overflight.treaty.shape import Table, may, need
from overflight.treaty.vocabulary import STATUSES

_PHASE = Table({"id": need("id"), "title": need(), "final": may("flag")}, ("id",))
_FACT = Table(
    {
        "name": need("id"),
        "words": need(),
        "values": need("texts"),
        "settled": may("texts"),
        "cite": may("cite"),
    },
    ("name",),
)
_ACTOR = Table(
    {"name": need("id"), "fact": need("id"), "other": may("flag"), "cite": may("cite")}, ("name",)
)
_CASE = Table({"when": need("table"), "to": may("id"), "sets": may("table"), "cite": may("cite")})
_MOVE = Table(
    {
        "id": need("id"),
        "title": need(),
        "by": need("id"),
        "kind": need("text", "must", "may"),
        "from": need("texts"),
        "to": may("id"),
        "mark": may("id"),
        "needs": may("texts"),
        "unless": may("texts"),
        "clears": may("texts"),
        "missed": may("texts"),
        "agreement": may("id"),
        "when": may("table"),
        "takes": may("texts"),
        "requires": may("texts"),
        "only_to": may("table"),
        "instants": may("texts"),
        "instants_optional": may("flag"),
        "sets": may("table"),
        "document": may("id"),
        "content": may("table"),
        "verb": may("id"),
        "of_agreement": may("flag"),
        "status": may("text", *STATUSES),
        "cite": need("cite"),
        "note": may(),
    },
    ("id",),
    nested={"case": _CASE},
)
_LIMIT = Table(
    {
        "id": need("id"),
        "what": need(),
        "owner": need("id"),
        "ends": need("texts"),
        "due": may("table"),
        "not_before": may("table"),
        "at_once": may("flag"),
        "begins": may("id"),
        "when": may("table"),
        "agreement": may("id"),
        "outlives": may("flag"),
        "severity": may("text", *SEVERITIES),
        "if_not": need(),
        "cite": need("cite"),
        "note": may(),
    },
    ("id",),
)

PROCEDURE: Mapping[str, Table] = {
    "process": Table(
        {
            "id": need("id"),
            "title": need(),
            "begins": need("id"),
            "roles": need("texts"),
            "stops": may("texts"),
            "dated_by": may("id"),
            "joins": may(),
            "cite": need("cite"),
            "note": may(),
        },
        ("id",),
        nested={
            "phase": _PHASE,
            "fact": _FACT,
            "actor": _ACTOR,
            "move": _MOVE,
            "limit": _LIMIT,
        },
    )
}
