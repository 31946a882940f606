"""A single value of a field as a message writes it, and back."""

from __future__ import annotations

import json
import re
from typing import Any

from overflight.terms.messages import Field

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,399})(\.\d{1,400})?([eE][+-]?\d{1,3})?")
_FLAGS = {"YES": True, "NO": False}


def value_to_text(field: Field, value: Any) -> str:
    """What the message says for a value that keeps the schema (and is not null)."""
    if field.kind == "flag":
        return "YES" if value else "NO"
    if field.kind in ("number", "whole"):
        return f"{json.dumps(value)} {field.unit}".rstrip()
    return str(value)


def value_from_text(field: Field, text: str) -> Any:
    """The value that the message says. Raises ValueError, with what to write instead.

    Whether a text, code or time is a good one is for the schema to say.
    """
    if field.kind == "flag":
        if text not in _FLAGS:
            raise ValueError("write YES or NO")
        return _FLAGS[text]
    if field.kind in ("number", "whole"):
        return _number(field, text)
    return text


def _number(field: Field, text: str) -> int | float:
    figure, blank, unit = text.partition(" ")
    match = _NUMBER.fullmatch(figure)
    if match is None or unit != field.unit or (blank and not unit):
        shown = f"123 {field.unit}".rstrip()
        raise ValueError(f"write a number{' and its unit' if field.unit else ''}, like {shown}")
    if match[2] or match[3]:
        return float(figure)
    return int(figure)
