"""The JSON Schema of a type of message, made from its definition."""

from __future__ import annotations

from typing import Any

from overflight.formats.schema import load_schema
from overflight.terms.messages import Field, MessageBook, MessageType

KIND, VERSION = "message", 1

CODE = "^[A-Z][A-Z0-9]{1,7}$"
INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"
NUMBER = r"^[A-Z0-9]+([/ .-][A-Z0-9]+)*$"
MARK = "^[A-Z]+( [A-Z]+)*$"

_MOST_TEXT = 20_000
_MOST_RECORDS = 999
_MOST_NUMBER = 1_000_000_000_000
_INSTANT = {
    "type": "string",
    "format": "date-time",
    "pattern": INSTANT,
    "description": "An instant in UTC, in whole seconds, like 2021-05-19T07:00:00Z",
}
_NUMBER = {
    "type": "string",
    "pattern": NUMBER,
    "maxLength": 40,
    "description": "A message number: capital letters and digits, joined by / . - or a blank",
}
_CODE = {"type": "string", "pattern": CODE, "description": "A code of 2 to 8 capital letters"}


def schema_name(kind: MessageType) -> str:
    """The name under which ``overflight schema`` prints the type's schema."""
    return f"{KIND}/{kind.id}"


def message_schema(book: MessageBook, kind: MessageType) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a message of that type."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:overflight:schema:{KIND}:{VERSION}:{book.treaty}:{kind.id}",
        "title": kind.title,
        "description": f"A message under {kind.paragraphs}. Null says that there is no such thing.",
        "type": "object",
        "properties": {
            "kind": {"const": KIND},
            "version": {"const": VERSION},
            "treaty": {"const": book.treaty},
            "type": {"const": kind.id},
            "number": _NUMBER,
            "sent": _INSTANT,
            "by": _CODE,
            "to": {**_list(_CODE, 1), "maxItems": 100, "uniqueItems": True},
            "earlier": {**_list(_NUMBER, 0), "maxItems": 100, "uniqueItems": True},
            "content": _content(kind),
            "remarks": _text(),
            "marks": {
                **_list({"type": "string", "pattern": MARK, "maxLength": 40}, 0),
                "maxItems": 5,
                "uniqueItems": True,
            },
        },
        "required": ["kind", "version", "treaty", "type", "number", "sent", "by", "to", "content"],
        "additionalProperties": False,
    }


def _content(kind: MessageType) -> dict[str, Any]:
    root = _object()
    for item in kind.items:
        if item.records:
            record = _object()
            for field in item.fields:
                _put(record, [field.name], field)
            record["minProperties"] = 1
            listed = {**_list(record, 1 if item.required else 0), "maxItems": _MOST_RECORDS}
            root["properties"][item.records] = {"title": item.title, **listed}
            if item.required:
                root["required"].append(item.records)
        else:
            for field in item.fields:
                _put(root, field.name.split("."), field)
    if kind.document:
        held = load_schema(kind.document)
        _narrow(root, held["properties"][kind.entry]["items"] if kind.entry else held)
    return root


def _narrow(rule: dict[str, Any], held: dict[str, Any]) -> None:
    """No text longer than the document that the message fills can hold."""
    if "maxLength" in rule and "maxLength" in held:
        rule["maxLength"] = min(rule["maxLength"], held["maxLength"])
    for name, inner in rule.get("properties", {}).items():
        _narrow(inner, held.get("properties", {}).get(name, {}))
    if "items" in rule:
        _narrow(rule["items"], held.get("items", {}))


def _put(here: dict[str, Any], path: list[str], field: Field) -> None:
    name, *deeper = path
    if field.required and name not in here["required"]:
        here["required"].append(name)
    if deeper:
        inner = here["properties"].setdefault(name, {**_object(), "minProperties": 1})
        _put(inner, deeper, field)
        return
    rule = {"title": field.words, **_rule(field)}
    if field.unit:
        rule["unit"] = field.unit
    if field.note:
        rule["description"] = field.note
    here["properties"][name] = rule


def _rule(field: Field) -> dict[str, Any]:
    rule = _one(field)
    if field.many:
        return {**_list(rule, 1 if field.required else 0), "maxItems": _MOST_RECORDS}
    if field.required:
        return rule
    if "enum" in rule:
        return {"enum": [*rule["enum"], None]}
    return {**rule, "type": [rule["type"], "null"]}


def _one(field: Field) -> dict[str, Any]:
    match field.kind:
        case "code":
            return dict(_CODE)
        case "instant":
            return dict(_INSTANT)
        case "date":
            return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$",
                    "description": "A day like 2021-05-19"}  # fmt: skip
        case "number":
            return {"type": "number", "minimum": 0, "maximum": _MOST_NUMBER}
        case "whole":
            return {"type": "integer", "minimum": 0, "maximum": _MOST_NUMBER}
        case "flag":
            return {"type": "boolean"}
        case "choice":
            return {"enum": list(field.choices)}
    return _text()


def _text() -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": _MOST_TEXT}


def _list(rule: dict[str, Any], least: int) -> dict[str, Any]:
    return {"type": "array", "items": rule, "minItems": least}


def _object() -> dict[str, Any]:
    return {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
