"""From a row of any list of sites to a Site: the names of columns, and what each must hold."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from overflight.errors import DataError
from overflight.formats.times import read_time
from overflight.geo.positions import Position
from overflight.terms.sites import Site

MOST_SITES = 100_000

LATITUDE = ("lat", "latitude")
LONGITUDE = ("lon", "lng", "long", "longitude")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "site_id", "site"),
    "name": ("name", "title", "label"),
    "value": ("value", "weight", "priority"),
    "resolution_m": ("resolution_m", "resolution"),
    "earliest": ("earliest", "not_before"),
    "latest": ("latest", "not_after"),
}
"""Field of a site -> the names under which a file may give it, best first."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One row as a reader found it. ``fields`` has the row's own names, in lower case.

    ``position`` is given by formats with geometry; None: read it from ``fields``. ``line`` (of
    a text file) or ``place`` (of anything else) says where the row stands.
    """

    fields: Mapping[str, Any]
    position: Position | None = None
    line: int | None = None
    place: str | None = None
    fallback_id: str = ""

    @property
    def spot(self) -> str:
        return f"line {self.line}" if self.line is not None else (self.place or "a row")


def sites_from_rows(rows: Iterable[SiteRow], label: str) -> tuple[Site, ...]:
    """The sites that ``rows`` describe, in order.

    Raises DataError for the first row that describes none, for an id given twice (naming both
    rows), for no row at all, and for more than MOST_SITES.
    """
    sites: list[Site] = []
    taken: dict[str, str] = {}
    for row in rows:
        if len(sites) == MOST_SITES:
            raise DataError(
                f"there are more than {MOST_SITES:,} sites",
                file=label,
                remedy="Give only those in the area of the flight.",
            )
        site = _site(row, label, number=len(sites) + 1)
        if site.id in taken:
            _wrong(row, label, f"the id {site.id!r} stands in {taken[site.id]} already",
                   "Give each site its own id, or leave the column out.", "id")  # fmt: skip
        taken[site.id] = row.spot
        sites.append(site)
    if not sites:
        raise DataError("it holds no site", file=label, remedy="Give at least one site.")
    return tuple(sites)


def _site(row: SiteRow, label: str, number: int) -> Site:
    position = row.position or _position(row, label)
    resolution = _number(row, label, "resolution_m")
    value = _number(row, label, "value")
    for name, figure in (("value", value), ("resolution_m", resolution)):
        if figure is not None and figure <= 0:
            _wrong(row, label, f"the {name} is {figure:g}",
                   "Give a number above 0, or leave the field empty.", name)  # fmt: skip
    earliest, latest = (_time(row, label, name) for name in ("earliest", "latest"))
    if earliest is not None and latest is not None and earliest > latest:
        _wrong(row, label, "earliest lies after latest", "Put the two in order.", "earliest")
    return Site(
        id=_text(row, "id") or row.fallback_id or f"S{number:04d}",
        position=position,
        value=1.0 if value is None else value,
        name=_text(row, "name"),
        resolution_m=resolution,
        earliest=earliest,
        latest=latest,
    )


def _position(row: SiteRow, label: str) -> Position:
    lat = _number(row, label, "latitude", LATITUDE)
    lon = _number(row, label, "longitude", LONGITUDE)
    if lat is None or lon is None:
        missing = "latitude" if lat is None else "longitude"
        _wrong(row, label, f"the {missing} is missing",
               "Give each site its place, or take the row out.", missing)  # fmt: skip
    return place_of(row, label, lat, lon)


def place_of(row: SiteRow, label: str, lat: float, lon: float) -> Position:
    """A Position, or DataError that names the row."""
    try:
        return Position(lat=lat, lon=lon)
    except DataError as error:
        _wrong(row, label, error.message, error.remedy, None)


def _raw(row: SiteRow, names: Iterable[str]) -> Any:
    for name in names:
        value = row.fields.get(name)
        if value is not None and value != "":
            return value
    return None


def _text(row: SiteRow, field: str) -> str:
    value = _raw(row, COLUMNS[field])
    if value is None or isinstance(value, (dict, list, bytes)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def _number(
    row: SiteRow, label: str, field: str, names: tuple[str, ...] | None = None
) -> float | None:
    value = _raw(row, names or COLUMNS[field])
    if value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
        if _DECIMAL_COMMA.fullmatch(text):
            _wrong(row, label, f"the {field} {text!r} has a decimal comma",
                   f"Write a point: {text.replace(',', '.')}.", field)  # fmt: skip
        value = float(text) if _NUMBER.fullmatch(text) else text
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        _wrong(row, label, f"the {field} {_short(value)} is not a number",
               "Give a plain number such as 55.61, without a unit.", field)  # fmt: skip
    number = float(value)
    if not math.isfinite(number):
        _wrong(row, label, f"the {field} is {number}, not a finite number",
               "Give a finite number, or take the row out.", field)  # fmt: skip
    return number


def _time(row: SiteRow, label: str, field: str) -> Any:
    value = _raw(row, COLUMNS[field])
    if value is None:
        return None
    place = field if row.place is None else f"{row.place}, {field}"
    return read_time(value, where=place, file=label, line=row.line)


def _wrong(row: SiteRow, label: str, message: str, remedy: str, field: str | None) -> NoReturn:
    parts = [part for part in (row.place, field) if part]
    raise DataError(
        message, file=label, line=row.line, where=", ".join(parts) or None, remedy=remedy
    )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
