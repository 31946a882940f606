"""A TOML file of plain tables, read key by key: what is asked for is checked, what is not is named.

asked = PlainTable.read("film.toml", ("film", "scanner", "wedge"))
pixel = asked.table("scanner").number("pixel_um", 0.1, 1000.0)
asked.done()                                        # every key was asked for
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.strict_json import decode_utf8, read_source

_MOST_ROWS = 1000


class PlainTable:
    """A table, where it stands, and which of its keys were asked for."""

    def __init__(self, values: dict[str, Any], label: str, where: str, folder: Path) -> None:
        self._values, self._label, self._where, self.folder = values, label, where, folder
        self._asked: set[str] = set()
        self._below: list[PlainTable] = []

    @classmethod
    def read(cls, source: str | Path) -> PlainTable:
        """The whole file. Paths in it are taken from its own folder. Raises DataError."""
        data, label = read_source(source)
        try:
            values = tomllib.loads(decode_utf8(data, label))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise DataError(
                f"this is not TOML: {error}", file=label, remedy="Correct the syntax there."
            ) from None
        return cls(values, label, "", Path() if str(source) == "-" else Path(source).parent)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def table(self, key: str) -> PlainTable:
        """The table [key]; an empty one where it is not there."""
        self._asked.add(key)
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "is no table", f"Write [{key}].")
        return self._child(value, key)

    def tables(self, key: str) -> Iterator[PlainTable]:
        """Each table of [[key]]."""
        self._asked.add(key)
        value = self._values.get(key, [])
        if not isinstance(value, list) or len(value) > _MOST_ROWS:
            raise self.wrong(key, "is no list of tables", f"Write [[{key}]] for each.")
        for number, row in enumerate(value, start=1):
            if not isinstance(row, dict):
                raise self.wrong(key, "is no list of tables", f"Write [[{key}]] for each.")
            yield self._child(row, f"{key}[{number}]")

    def _child(self, value: dict[str, Any], key: str) -> PlainTable:
        child = PlainTable(value, self._label, self._place(key), self.folder)
        self._below.append(child)
        return child

    def number(self, key: str, least: float, most: float) -> float:
        value = self.number_or_none(key, least, most)
        if value is None:
            raise self.wrong(key, "is missing", f"Give a number, {least:g} to {most:g}.")
        return value

    def number_or_none(self, key: str, least: float, most: float) -> float | None:
        self._asked.add(key)
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.wrong(key, f"is no number ({value!r})", f"Give {least:g} to {most:g}.")
        if not (math.isfinite(value) and least <= value <= most):
            raise self.wrong(key, f"is {value:g}", f"Give {least:g} to {most:g}.")
        return float(value)

    def numbers(self, key: str, least: float, most: float) -> tuple[float, ...] | None:
        self._asked.add(key)
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not value or len(value) > _MOST_ROWS:
            raise self.wrong(key, "is no list of numbers", "Write them as [1.0, 2.0].")
        for item in value:
            sound = isinstance(item, (int, float)) and not isinstance(item, bool)
            if not (sound and math.isfinite(item) and least <= item <= most):
                raise self.wrong(key, f"holds {item!r}", f"Give {least:g} to {most:g}.")
        return tuple(float(item) for item in value)

    def box(self, key: str) -> tuple[int, int, int, int] | None:
        """[x, y, width, height] in whole pixels."""
        found = self.numbers(key, 0, 1e6)
        if found is None:
            return None
        if len(found) != 4 or any(v != int(v) for v in found):
            raise self.wrong(key, "is no box", "Write [x, y, width, height] in whole pixels.")
        x, y, width, height = (int(v) for v in found)
        return x, y, width, height

    def text(self, key: str, *choices: str) -> str:
        """A text; "" where it is not there and ``choices`` do not say what it may be."""
        self._asked.add(key)
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, f"is no text ({value!r})", "Put it in quotation marks.")
        if choices and value not in choices:
            raise self.wrong(
                key, f"is {value!r}", f"One of {', '.join(c or '(none)' for c in choices)}."
            )
        return value

    def flag(self, key: str) -> bool | None:
        """True, false, or None where it is not told."""
        self._asked.add(key)
        value = self._values.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(
                key, f"is {value!r}", "Write true or false; leave out what is unknown."
            )
        return value

    def path(self, key: str) -> Path | None:
        """A file beside this one; None where it is not told."""
        named = self.text(key)
        return None if not named else self.folder / named

    def done(self) -> None:
        """Raises DataError for a key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked)) or "none"
                raise self.wrong(key, "is not known here", f"Known: {known}.")
        for child in self._below:
            child.done()

    def wrong(self, key: str, message: str, remedy: str) -> DataError:
        return DataError(
            f"{key} {message}", file=self._label, where=self._place(key), remedy=remedy
        )

    def _place(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key
