"""The fields extension: what of an item is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from overflight.archive.catalogue.protocol import Fields

ALWAYS = ("type", "id", "collection")
"""Sent whatever is asked for: without them an item is none, and nobody could link to it."""


def trimmed(body: bytes, fields: Fields | None) -> bytes:
    """The item with only the fields that are asked for; the bytes as they are without ``fields``.

    Nothing included means everything. A path that is not there is no error.
    """
    if fields is None or not (fields.include or fields.exclude):
        return body
    document = json.loads(body)
    found = document
    if fields.include:
        found = {}
        for path in (*ALWAYS, *fields.include):
            _copy(document, found, path.split("."))
    for path in fields.exclude:
        if path not in ALWAYS:
            _drop(found, path.split("."))
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _copy(source: Mapping[str, Any], target: dict[str, Any], path: Sequence[str]) -> None:
    for name in path[:-1]:
        inner = source.get(name)
        if not isinstance(inner, dict):
            return
        source = inner
        target = target.setdefault(name, {})
        if target is inner:
            return
    if path[-1] in source:
        target[path[-1]] = source[path[-1]]


def _drop(document: dict[str, Any], path: Sequence[str]) -> None:
    for name in path[:-1]:
        inner = document.get(name)
        if not isinstance(inner, dict):
            return
        inner = document[name] = dict(inner)
        document = inner
    document.pop(path[-1], None)
