"""The shape of a row: which keys it has, of which type, and what is nested in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a row: ``kind`` names its type (see check.py), ``choices`` what it may say."""

    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file.

    ``identity`` are the keys that tell rows apart. ``value`` is the key that holds the value of
    a dated row ("" for a row without dates). ``single`` tables are written [name], the others
    [[name]]. ``positive`` says that a number must be above zero. ``limits`` allows any further
    nested table of dated values; ``free`` any further key.
    """

    keys: Mapping[str, Key]
    identity: tuple[str, ...] = ()
    value: str = ""
    nested: Mapping[str, Table] = field(default_factory=dict)
    single: bool = False
    positive: bool = False
    limits: bool = False
    free: bool = False


def need(kind: str = "text", *choices: str) -> Key:
    """A key that every row has."""
    return Key(kind, True, choices)


def may(kind: str = "text", *choices: str) -> Key:
    """A key that a row may have."""
    return Key(kind, False, choices)
