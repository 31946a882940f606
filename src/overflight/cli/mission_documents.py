"""What a step of a mission says, as it was typed: files read, fields set."""

from __future__ import annotations

import argparse
import json
from typing import Any

from overflight.errors import DataError


def given_by(arguments: argparse.Namespace) -> dict[str, Any]:
    """The message's fields of ``--content``."""
    from overflight.formats.strict_json import load_json, read_source

    content: dict[str, Any] = {}
    if arguments.content:
        data, label = read_source(arguments.content)
        given = load_json(data, label)
        if not isinstance(given, dict):
            raise DataError(
                "a content is an object { }", file=label, remedy="Give the message's fields."
            )
        content.update(given.get("content", given))
    return content


def set_by(content: dict[str, Any], arguments: argparse.Namespace) -> dict[str, Any]:
    """The content with the fields of ``--set``, one by one, also deep in it."""
    for text in arguments.set:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise DataError(f"{text!r} sets nothing", remedy="Write --set FIELD=VALUE.")
        _put(content, name, _value(value))
    return content


def _put(content: dict[str, Any], name: str, value: Any) -> None:
    *parents, last = name.split(".")
    for parent in parents:
        content = content.setdefault(parent, {})
        if not isinstance(content, dict):
            raise DataError(f"{name!r} goes into a value", remedy="Name a field of an object.")
    content[last] = value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
