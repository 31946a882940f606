"""The published JSON Schemas, and their complaints in plain words.

The schemas are files beside this module (draft 2020-12), one for each document that is read or
written. ``jsonschema`` finds what is wrong; ``validate`` says it so that a person can mend it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError
from overflight.formats.strict_json import pointer

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Fault = Any
"""A ``jsonschema.ValidationError``; its fields may each be unset, which no type here can say."""

_MOST_COMPLAINTS = 5
_MOST_ERRORS = 50
_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "object": "an object { }",
    "array": "a list [ ]",
    "boolean": "true or false",
    "null": "null",
}


def schema_names() -> tuple[str, ...]:
    """Names of the published schemas, in alphabetical order."""
    folder = resources.files(__package__) / "schemas"
    return tuple(
        sorted(f.name.removesuffix(".json") for f in folder.iterdir() if f.name.endswith(".json"))
    )


def load_schema(name: str) -> dict[str, Any]:
    """The schema of that name. Raises DataError, listing the names, for another."""
    if name not in schema_names():
        raise DataError(
            f"there is no schema {name!r}", remedy=f"Choose one of {', '.join(schema_names())}."
        )
    text = (resources.files(__package__) / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def validate(document: Any, name: str, *, file: str | Path | None = None) -> None:
    """Hold ``document`` against the schema ``name``.

    Raises DataError with the JSON Pointer of the first thing that is wrong; up to five are
    told. The document's ``kind`` and ``version`` are looked at first, since everything else
    follows from them.
    """
    if not isinstance(document, dict):
        raise DataError(
            f"the document is {_describe(document)}; a {name} is an object {{ }}",
            file=file,
            where=pointer(),
            remedy=f'Give one JSON object with "kind": "{name}". See: overflight schema {name}',
        )
    _check_kind(document, load_schema(name), name, file)
    _check(document, _validator(name), name, file)


def validate_against(
    document: Any, schema: dict[str, Any], name: str, *, file: str | Path | None = None
) -> None:
    """The same for a schema that is made and not published as a file; ``name`` is what
    ``overflight schema`` prints it under."""
    from jsonschema import Draft202012Validator

    _check_kind(document, schema, name, file)
    _check(document, Draft202012Validator(schema), name, file)


def _check(document: Any, validator: Validator, name: str, file: str | Path | None) -> None:
    errors = list(islice(validator.iter_errors(document), _MOST_ERRORS))
    if errors:
        raise _complaint(errors, document, name, file)


def _check_kind(
    document: dict[str, Any], schema: dict[str, Any], name: str, file: str | Path | None
) -> None:
    expected = schema.get("properties", {})
    kind, version = expected.get("kind", {}).get("const"), expected.get("version", {}).get("const")
    if kind is not None and document.get("kind") != kind:
        given = document.get("kind", document.get("type"))
        said = "says no kind" if given is None else f"says it is a {_show(given)}"
        raise DataError(
            f"this is not a {name}: the document {said}",
            file=file,
            where="/kind",
            remedy=f'Give a document with "kind": "{name}". See: overflight schema {name}',
        )
    given = document.get("version")
    if version is not None and (given != version or isinstance(given, bool)):
        raise DataError(
            f"the {name} has version {_show(given)}; version {version} is the one that is read",
            file=file,
            where="/version",
            remedy=f'Use a release of overflight that knows it, or write "version": {version}.',
        )


@cache
def _validator(name: str) -> Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(load_schema(name))


def _complaint(errors: list[Fault], document: Any, name: str, file: str | Path | None) -> DataError:
    told: dict[str, str] = {}
    for error in sorted(errors, key=lambda e: [str(part) for part in e.absolute_path]):
        where, text = _in_words(error)
        told.setdefault(where, text + _swapped(error, document))
    first, *others = list(told.items())[:_MOST_COMPLAINTS]
    message = first[1] + "".join(f"\n  also {where}: {text}" for where, text in others)
    if len(told) > _MOST_COMPLAINTS or len(errors) == _MOST_ERRORS:
        message += "\n  and more"
    return DataError(
        message,
        file=file,
        where=first[0],
        remedy=f"Correct it there; what a {name} holds is printed by: overflight schema {name}",
    )


def _swapped(error: Fault, document: Any) -> str:
    """A hint where a latitude out of range would do as a longitude and the other way round."""
    *place, last = [*error.absolute_path] or [""]
    if last != "lat" or error.validator not in ("minimum", "maximum"):
        return ""
    beside = document
    for part in place:
        beside = beside[part]
    lon = beside.get("lon")
    fits = isinstance(lon, (int, float)) and abs(lon) <= 90 and abs(error.instance) <= 180
    return "; latitude and longitude look swapped" if fits else ""


def _in_words(error: Fault) -> tuple[str, str]:
    """Where, and what must change there."""
    place, value, rule = list(error.absolute_path), error.instance, error.validator_value
    if error.validator == "required":
        missing = [key for key in rule if key not in value]
        if len(missing) == 1:
            return pointer(*place, missing[0]), "this field is missing"
        return pointer(*place), f"fields are missing: {', '.join(missing)}"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = next(key for key in value if key not in known)
        return pointer(*place, extra), "this field does not belong here"
    where = pointer(*place)
    if error.validator in ("anyOf", "oneOf"):
        return where, f"it is {_describe(value)}; it must be {_alternatives(rule)}"
    if error.validator == "type":
        kinds = [rule] if isinstance(rule, str) else rule
        must = " or ".join(_KINDS[kind] for kind in kinds)
        return where, f"it is {_describe(value)}; it must be {must}"
    return where, _limit_in_words(error, value, rule)


def _limit_in_words(error: Fault, value: Any, rule: Any) -> str:
    match error.validator:
        case "enum":
            return f"it is {_show(value)}; it must be one of {', '.join(map(_show, rule))}"
        case "const":
            return f"it is {_show(value)}; it must be {_show(rule)}"
        case "minimum":
            return f"it is {_show(value)}; it must be at least {rule}"
        case "maximum":
            return f"it is {_show(value)}; it must be at most {rule}"
        case "exclusiveMinimum":
            return f"it is {_show(value)}; it must be more than {rule}"
        case "exclusiveMaximum":
            return f"it is {_show(value)}; it must be less than {rule}"
        case "minItems":
            return f"it has {len(value)} entries; it must have at least {rule}"
        case "maxItems":
            return f"it has {len(value)} entries; the most that is read is {rule}"
        case "minLength":
            return "it is empty" if not value else f"it must have at least {rule} characters"
        case "maxLength":
            return f"it has {len(value)} characters; the most that is read is {rule}"
        case "pattern":
            means = error.schema.get("description", f"text like {rule}")
            return f"it is {_show(value)}; it must be {means[0].lower()}{means[1:]}"
    return str(error.message)[:200]


def _alternatives(rules: list[dict[str, Any]]) -> str:
    words = []
    for rule in rules:
        kind = rule.get("type")
        if isinstance(kind, str):
            words.append(_KINDS[kind])
        elif "$ref" in rule:
            words.append(f"an object ({rule['$ref'].rsplit('/', 1)[-1]})")
    return " or ".join(words) or "something else"


def _describe(value: Any) -> str:
    """What kind of thing a value is, and the value itself where it is short."""
    if value is None or isinstance(value, bool):
        return _show(value)
    if isinstance(value, str):
        return f"the text {_show(value)}"
    if isinstance(value, (int, float)):
        return f"the number {_show(value)}"
    return _KINDS["array"] if isinstance(value, list) else _KINDS["object"]


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
