"""Which line of a TOML file a table or key stands on.

``tomllib`` tells the line of a syntax error and nothing else, so a row that reads well but says
something wrong could not be pointed at. This index is only built once a problem was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where a value sits in the parsed document: ("airfield", 2, "maximum_flight_distance", 0)."""


def line_index(text: str) -> Mapping[KeyPath, int]:
    """Line number (from 1) of every table header and key of a well-formed TOML document.

    Keys inside inline tables and arrays are not listed: ask ``line_of``, which falls back to
    the nearest enclosing key.
    """
    found: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in _statements(text):
        if line.startswith("["):
            table = _header(line, counts)
            found.setdefault(table, number)
        else:
            path = (*table, *_split_key(line))
            for depth in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:depth], number)
    return found


def line_of(index: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """The line of ``path``, or of the nearest thing around it that has one."""
    for length in range(len(path), 0, -1):
        for known in (path[:length], (*path[:length], 0)):  # (name, 0): the first [[name]]
            if known in index:
                return index[known]
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """(line number, stripped line) of each line on which a header or a key begins."""
    depth, quote = 0, ""
    for number, line in enumerate(text.split("\n"), start=1):
        start = line.strip()
        if depth == 0 and not quote:
            if not start or start.startswith("#"):
                continue
            yield number, start
            if start.startswith("["):
                continue
        depth, quote = _scan(line, depth, quote)


def _scan(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Bracket depth and open multi-line quote after ``line``."""
    at = 0
    while at < len(line):
        if quote:
            end = line.find(quote, at)
            escaped = quote[0] == '"' and _odd_backslashes(line[at:end])
            if end < 0:
                return depth, quote if len(quote) == 3 else ""
            at = end + (1 if escaped else len(quote))
            quote = quote if escaped else ""
            continue
        char = line[at]
        if char == "#":
            break
        if char in "\"'":
            quote = char * 3 if line.startswith(char * 3, at) else char
            at += len(quote)
            continue
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(char, 0)
        at += 1
    return depth, quote if len(quote) == 3 else ""


def _odd_backslashes(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _header(line: str, counts: dict[KeyPath, int]) -> KeyPath:
    array = line.startswith("[[")
    names = _split_key(line[2:] if array else line[1:])
    path: KeyPath = ()
    for position, name in enumerate(names):
        path = (*path, name)
        if position == len(names) - 1 and array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _split_key(text: str) -> tuple[str, ...]:
    """The parts of a dotted key at the start of ``text``, up to '=' or ']'."""
    parts, current, quote = [], "", ""
    for char in text:
        if quote:
            if char == quote:
                quote = ""
            else:
                current += char
        elif char in "\"'":
            quote = char
        elif char in "=]":
            break
        elif char == ".":
            parts.append(current.strip())
            current = ""
        else:
            current += char
    return (*parts, current.strip())
