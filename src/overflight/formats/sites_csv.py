"""Sites from CSV: a header, then one site a line; comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from overflight.errors import DataError
from overflight.formats.site_rows import LATITUDE, LONGITUDE, SiteRow
from overflight.formats.strict_json import decode_utf8

_DELIMITERS = (",", ";", "\t")
_HEADER = "Begin with a line of column names that has lat and lon, e.g. id,lat,lon,value."


def csv_rows(data: bytes, label: str) -> Iterator[SiteRow]:
    """The rows of a CSV file, with their line numbers. Blank lines are skipped.

    Raises DataError for text that is not UTF-8, a header without latitude and longitude or
    with a column twice, and a row that is longer than the header.
    """
    text = decode_utf8(data, label)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if header is None:
                header = _checked_header(cells, label, reader.line_num)
                continue
            if len(cells) > len(header) and any(cells[len(header) :]):
                raise _too_long(len(cells), len(header), delimiter, label, reader.line_num)
            fields = dict(zip(header, cells, strict=False))
            yield SiteRow(fields=fields, line=reader.line_num)
    except csv.Error as error:
        raise DataError(
            f"this is not CSV: {error}",
            file=label,
            line=reader.line_num,
            remedy="Close every quote, and double a quote inside a quoted cell.",
        ) from None


def _delimiter(text: str) -> str:
    """The sign that parts the first line that is not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _checked_header(cells: Sequence[str], label: str, line: int) -> list[str]:
    header = [cell.casefold().replace(" ", "_") for cell in cells]
    repeated = next((name for i, name in enumerate(header) if name and name in header[:i]), None)
    if repeated is not None:
        raise DataError(
            f"the column {repeated!r} stands twice", file=label, line=line, remedy="Keep one."
        )
    for what, names in (("latitude", LATITUDE), ("longitude", LONGITUDE)):
        if not any(name in header for name in names):
            raise DataError(
                f"there is no column for the {what} ({' or '.join(names)})",
                file=label,
                line=line,
                remedy=_HEADER,
            )
    return header


def _too_long(cells: int, columns: int, delimiter: str, label: str, line: int) -> DataError:
    remedy = "Quote a cell that holds the delimiter."
    if delimiter == ",":
        remedy = "Write decimals with a point (55.61, not 55,61), and quote a cell with a comma."
    return DataError(
        f"the line has {cells} cells, the header {columns}", file=label, line=line, remedy=remedy
    )
