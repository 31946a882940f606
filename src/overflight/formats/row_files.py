"""Rows of a table, from a CSV file or a JSON document alike; lines of a ledger as JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.formats.strict_json import decode_utf8, load_json, read_source

MOST = 10_000
_CODE = re.compile(r"[A-Z][A-Z0-9]*\Z")


@dataclass(frozen=True, slots=True)
class Cells:
    """One line of a CSV file, or one row of a JSON document."""

    cells: Mapping[str, str]
    label: str
    line: int | None
    where: str | None

    def wrong(self, message: str, remedy: str) -> DataError:
        return DataError(message, file=self.label, line=self.line, where=self.where, remedy=remedy)

    def code(self, name: str) -> str:
        text = self.cells.get(name, "")
        if not _CODE.match(text):
            raise self.wrong(
                f"{name}: {text!r} is not the code of a State or group"
                if text
                else f"{name} is missing",
                "Write a code of capital letters, as 'overflight treaty show' lists them.",
            )
        return text

    def text(self, name: str) -> str:
        return self.cells.get(name, "")

    def date(self, name: str) -> dt.date | None:
        text = self.cells.get(name, "")
        if not text:
            return None
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            remedy = "Write it as 1997-01-01."
            raise self.wrong(f"{name}: {text[:60]!r} is not a date", remedy) from None

    def codes(self, name: str) -> tuple[str, ...]:
        texts = [t for t in re.split(r"[+ /]+", self.cells.get(name, "")) if t]
        for text in texts:
            if not _CODE.match(text):
                raise self.wrong(
                    f"{name}: {text!r} is not the code of a State or group",
                    "Write codes of capital letters; join several with +.",
                )
        return tuple(texts)

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        text = self.cells.get(name, "")
        if not text and default is not None:
            return default
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not low <= int(text) <= high:
            raise self.wrong(
                f"{name}: {text!r} is not a whole number from {low} to {high}"
                if text
                else f"{name} is missing",
                f"Give a whole number from {low} to {high}.",
            )
        return int(text)

    def flag(self, name: str) -> bool:
        text = self.cells.get(name, "").casefold()
        if text not in ("", "yes", "no", "true", "false"):
            raise self.wrong(f"{name}: {text!r} is neither yes nor no", "Write yes or no.")
        return text in ("yes", "true")

    def time(self, name: str) -> dt.datetime | None:
        text = self.cells.get(name, "")
        if not text:
            return None
        try:
            time = dt.datetime.fromisoformat(text)
        except ValueError:
            time = None
        if time is None or time.utcoffset() is None:
            raise self.wrong(
                f"{name}: {text!r} is not a time with its zone",
                "Write it as 2021-05-15T06:00:00Z.",
            )
        return time.astimezone(dt.UTC)


def read_rows(
    source: str | Path,
    columns: tuple[str, ...],
    needed: tuple[str, ...],
    schema: str,
    listed: str = "flights",
) -> Iterator[Cells]:
    """The rows of a CSV file with these columns, or of the list of a JSON document.

    Raises DataError with file and line (JSON: place) for the first thing that is wrong.
    """
    data, label = read_source(source)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        document = load_json(data, label)
        validate(document, schema, file=label)
        for number, row in enumerate(document[listed]):
            cells = {k: _plain(v) for k, v in row.items() if v is not None}
            yield Cells(cells, label, None, f"/{listed}/{number}")
        return
    yield from _csv(data, label, columns, needed)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "+".join(value) if isinstance(value, list) else str(value)


def _csv(
    data: bytes, label: str, columns: tuple[str, ...], needed: tuple[str, ...]
) -> Iterator[Cells]:
    text = decode_utf8(data, label)
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True
    )
    header: list[str] = []
    count = 0
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells) or cells[0].startswith("#"):
                continue
            if not header:
                header = [cell.casefold().replace(" ", "_") for cell in cells]
                _check_header(header, columns, needed, label, reader.line_num)
                continue
            count += 1
            here = Cells(dict(zip(header, cells, strict=False)), label, reader.line_num, None)
            if len(cells) > len(header):
                raise here.wrong("the line has more cells than the header", "Take out a comma.")
            if count > MOST:
                raise here.wrong(f"more than {MOST} lines", "Give fewer.")
            yield here
    except csv.Error as error:
        raise DataError(
            f"this is not CSV: {error}",
            file=label,
            line=reader.line_num,
            remedy="Close every quote, and double a quote inside a quoted cell.",
        ) from None
    if not header:
        raise DataError("it is empty", file=label, remedy=f"Begin with {','.join(columns)}.")


def _check_header(
    header: list[str], columns: tuple[str, ...], needed: tuple[str, ...], label: str, line: int
) -> None:
    missing = [name for name in needed if name not in header]
    other = [name for name in header if name not in columns]
    twice = [name for i, name in enumerate(header) if name in header[:i]]
    if missing or other or twice:
        said = (
            f"the column {missing[0]!r} is missing"
            if missing
            else f"the column {(twice or other)[0]!r} {'stands twice' if twice else 'is not read'}"
        )
        remedy = f"Begin with a line of names: {','.join(columns)}."
        raise DataError(said, file=label, line=line, remedy=remedy)


E = TypeVar("E")


def line_dict(entry: Any) -> dict[str, Any]:
    """A line of a ledger, a dataclass, as JSON, without what it leaves open."""
    found: dict[str, Any] = {}
    for field in fields(entry):
        value = getattr(entry, field.name)
        if value in ("", (), None):
            continue
        found[field.name] = (
            list(value)
            if isinstance(value, tuple)
            else value.isoformat()
            if isinstance(value, dt.date)
            else value
        )
    return found


def line_from_dict(
    make: type[E],
    kinds: Mapping[str, tuple[type, ...]],
    needed: tuple[str, ...],
    row: Mapping[str, Any],
    *,
    schema: str,
    dates: tuple[str, ...] = ("date",),
    file: str | Path | None = None,
    line: int | None = None,
) -> E:
    """The line of a ledger that a JSON object holds. Raises DataError for anything else.

    ``kinds`` are the types of its fields. Looked at by hand: a ledger may hold a hundred thousand.
    """

    def refuse(message: str) -> NoReturn:
        raise DataError(message, file=file, line=line, remedy=f"See: overflight schema {schema}")

    for name in needed:
        if name not in row:
            refuse(f"{name} is missing")
    rest: dict[str, Any] = {"number": 0}
    for name, value in row.items():
        types = kinds.get(name)
        if types is None:
            refuse(f"{name!r} does not belong in an entry of a ledger")
        wrong = not isinstance(value, types) or isinstance(value, bool)
        if wrong or (isinstance(value, list) and not all(isinstance(v, str) for v in value)):
            refuse(f"{name}: {str(value)[:60]!r} cannot stand there")
        rest[name] = tuple(value) if isinstance(value, list) else value
    for name in dates:
        if name in row:
            try:
                rest[name] = dt.date.fromisoformat(row[name])
            except ValueError:
                refuse(f"{name}: {row[name][:60]!r} is not a date, YYYY-MM-DD")
    return make(**rest)
