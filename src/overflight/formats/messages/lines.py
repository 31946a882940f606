"""The lines of a message: what stands where, how long text is broken, what is escaped.

Where a line begins says what it is, so that nothing in a text can be taken for a heading or for
the end: column 0 an entry of the message, column 2 a field of an item, column 6 a further line of
a text, column 8 the rest of a line that was too long. A backslash escapes:

    \\\\        a backslash
    \\_        a blank that breaking or a mail program would lose
    \\.        nothing: an empty line of a text
    \\u{2009}  a character by its code point: one that cannot be seen, or is not ASCII where asked
    \\         at the end of a line: a word goes on in the next one
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from overflight.errors import DataError
from overflight.formats.strict_json import decode_utf8

WIDTH = 69
"""Most characters in a line: what a teleprinter line holds, so that no network cuts it."""

ENTRY, FIELD, FURTHER, REST = 0, 2, 6, 8
NONE = "NONE"
"""Said for a value that there is not. A text that reads so is written with an escape."""

_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|(.))|\\$", re.DOTALL)
_SHORT = {"\\": "\\", "_": " ", ".": ""}
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")

Words = list[list[str]]
"""A line of text as words, each a list of what stands for one character."""


def write_value(heading: str, text: str, *, ascii_only: bool = False) -> list[str]:
    """The lines of an entry: its heading, a colon, and ``text`` broken at WIDTH.

    The heading leaves room for a character at least. ``text`` reads back exactly.
    """
    if text == NONE:
        return [f"{heading}: \\u{{4e}}{NONE[1:]}"]
    first, *further = text.split("\n")
    lines = list(_broken(f"{heading}:", _words(first, ascii_only)))
    for line in further:
        lines += _broken(" " * (FURTHER - 1), _words(line, ascii_only))
    return lines


def write_none(heading: str) -> str:
    """The line of an entry whose value there is not."""
    return f"{heading}: {NONE}"


def _words(line: str, ascii_only: bool) -> Words:
    words: Words = [[]]
    for place, char in enumerate(line):
        if char == " " and 0 < place < len(line) - 1 and line[place - 1] != " ":
            words.append([])
        else:
            words[-1].append(_escaped(char, ascii_only))
    return words if line else [["\\."]]


def _escaped(char: str, ascii_only: bool) -> str:
    if char == " ":
        return "\\_"
    if char == "\\":
        return "\\\\"
    plain = char.isprintable() and (char.isascii() or not ascii_only)
    return char if plain else f"\\u{{{ord(char):x}}}"


def _broken(head: str, words: Words) -> Iterator[str]:
    """Lines that begin with ``head`` and a blank, then with REST blanks."""
    line, gap = head, " "
    for word in words:
        if len(line) + len(gap) + sum(map(len, word)) > WIDTH:
            if len(line) >= FURTHER:  # not where a further line of a text only begins
                yield line
                line, gap = " " * REST, ""
            for atom in word:
                if len(line) + len(gap) + len(atom) >= WIDTH:
                    yield f"{line}\\"
                    line, gap = " " * REST, ""
                line, gap = f"{line}{gap}{atom}", ""
        else:
            line += gap + "".join(word)
        gap = " "
    yield line


@dataclass(slots=True)
class Entry:
    """A heading and its value as they were read. ``line`` counts from 1. ``value`` is None
    where no colon follows the heading; ``none`` says that there is no such value."""

    line: int
    level: int
    heading: str
    value: str | None
    none: bool = False
    bare: bool = field(default=False, repr=False)


def read_entries(data: bytes, label: str) -> list[Entry]:
    """The entries of a message in order.

    Line ends of any system and blanks at the end of a line are read. Raises DataError, with the
    line, for bytes that are not UTF-8, characters that cannot be seen, lines that are too long
    or begin in a column where nothing begins, and bad escapes.
    """
    text = decode_utf8(data, label).replace("\r\n", "\n")
    entries: list[Entry] = []
    goes_on = False
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip(" ")
        if not line:
            continue
        _check_line(line, number, label)
        indent = len(line) - len(line.lstrip(" "))
        if goes_on and indent != REST:
            raise _wrong(
                "the line before ends with a backslash, and this one does not carry on its word",
                label,
                number,
                f"Begin it with {REST} blanks, or take the backslash out.",
            )
        content = line[indent:]
        if indent in (ENTRY, FIELD):
            entry, goes_on = _begun(content, indent, number, label)
            entries.append(entry)
        else:
            goes_on = _carried_on(entries, content, indent, goes_on, number, label)
    if goes_on:
        raise _wrong("the message breaks off in a word", label, number, "Ask for all of it.")
    return entries


def _check_line(line: str, number: int, label: str) -> None:
    for char in line:
        if unicodedata.category(char) in _UNSEEN:
            raise _wrong(
                f"the line holds a character that cannot be seen (U+{ord(char):04X})",
                label,
                number,
                f"Write it \\u{{{ord(char):x}}} if it is meant, or take it out.",
            )
    if len(line) > WIDTH:
        raise _wrong(
            f"the line has {len(line)} characters; the most is {WIDTH}",
            label,
            number,
            f"Break it at a blank and begin the rest with {REST} blanks.",
        )


def _begun(content: str, indent: int, number: int, label: str) -> tuple[Entry, bool]:
    heading, colon, rest = content.partition(":")
    if colon and rest and not rest.startswith(" "):
        raise _wrong("no blank follows the colon", label, number, "Write 'HEADING: value'.")
    if not colon:
        return Entry(number, indent, heading, None), False
    raw = rest.removeprefix(" ")
    value, goes_on = _decoded(raw, label, number)
    return Entry(number, indent, heading, value, raw == NONE, not raw), goes_on


def _carried_on(
    entries: list[Entry], content: str, indent: int, goes_on: bool, number: int, label: str
) -> bool:
    """Add a line to the last entry; whether it ends in the middle of a word."""
    if indent not in (FURTHER, REST):
        raise _wrong(
            f"nothing begins after {indent} blanks",
            label,
            number,
            f"An entry begins at the margin, a field after {FIELD} blanks, a further line of a "
            f"text after {FURTHER}, the rest of a line after {REST}.",
        )
    if not entries or entries[-1].value is None:
        raise _wrong(
            "there is no value that this line could carry on",
            label,
            number,
            "Put its heading, with a colon, before it.",
        )
    last = entries[-1]
    text, onward = _decoded(content, label, number)
    joint = "\n" if indent == FURTHER else "" if goes_on or last.bare else " "
    last.value = f"{last.value}{joint}{text}"
    last.none, last.bare = False, False
    return onward


def _decoded(raw: str, label: str, number: int) -> tuple[str, bool]:
    """The text that a piece of a line stands for, and whether its last word goes on."""
    goes_on = False

    def char(match: re.Match[str]) -> str:
        nonlocal goes_on
        code, short = match[1], match[2]
        if code is not None and int(code, 16) <= 0x10FFFF:
            return chr(int(code, 16))
        if short in _SHORT:
            return _SHORT[short]
        if code is None and short is None:
            goes_on = True
            return ""
        raise _wrong(
            f"{match[0]} is no escape",
            label,
            number,
            "Write a backslash as \\\\; \\_ is a blank, \\u{e9} a character by its code.",
        )

    return _ESCAPE.sub(char, raw), goes_on


def _wrong(message: str, label: str, line: int, remedy: str) -> DataError:
    return DataError(message, file=label, line=line, remedy=remedy)
