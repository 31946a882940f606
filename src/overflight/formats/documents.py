"""The documents of a mission that stand beside its plan: notification, flight record, report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.formats.strict_json import load_json, pointer, read_source
from overflight.formats.times import read_time

KINDS = ("notification", "flight-record", "mission-report")

_INSTANT = "#/$defs/instant"


def read_document(source: str | Path | bytes, kind: str | None = None) -> dict[str, Any]:
    """A document of one of KINDS, from a file, standard input ("-") or bytes, as plain JSON.

    Held against its schema; every instant in it is one. ``kind`` None: whichever of KINDS it
    says it is. Raises DataError, with the place and the remedy, for anything else.
    """
    data, label = read_source(source)
    document = load_json(data, label)
    said = document.get("kind") if isinstance(document, dict) else None
    if kind is None and said not in KINDS:
        raise DataError(
            f"the document {'says no kind' if said is None else f'says it is a {said!r}'}",
            file=label,
            where="/kind",
            remedy=f"Give a document whose kind is one of {', '.join(KINDS)}.",
        )
    validate(document, kind or str(said), file=label)
    _refuse_bad_instants(document, label)
    checked: dict[str, Any] = document
    return checked


def _refuse_bad_instants(document: dict[str, Any], label: str) -> None:
    """The schema knows the form of an instant, not whether there is such a day."""
    from overflight.formats.schema import load_schema

    schema = load_schema(document["kind"])
    stack: list[tuple[Any, dict[str, Any], tuple[str | int, ...]]] = [(document, schema, ())]
    while stack:
        value, rule, place = stack.pop()
        if rule.get("$ref") == _INSTANT and value is not None:
            read_time(value, where=pointer(*place), file=label)
        elif isinstance(value, dict):
            named, other = rule.get("properties", {}), rule.get("additionalProperties")
            for key, item in value.items():
                below = named.get(key, other)
                if isinstance(below, dict):
                    stack.append((item, below, (*place, key)))
        elif isinstance(value, list) and isinstance(rule.get("items"), dict):
            stack.extend((item, rule["items"], (*place, i)) for i, item in enumerate(value))
