"""Rows as cited values: who says so, from when until when, and whether it is private."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from overflight.terms.citations import Citation, Source, SourceKind
from overflight.terms.values import CitedValue, Status
from overflight.treaty.rows import Row

OVERLAY_SOURCE = Source("overlay", "private overlay", SourceKind.PRIVATE)


class Citer:
    """Reads citations: "SOURCE-ID PARAGRAPH". What a private row cites is private."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def __call__(self, row: Row, key: str = "cite") -> tuple[Citation, ...]:
        found = tuple(self._one(text, row.private) for text in row.data.get(key, ()))
        return found or ((Citation(OVERLAY_SOURCE),) if row.private and key == "cite" else ())

    def _one(self, text: str, private: bool) -> Citation:
        name, _, paragraph = text.strip().partition(" ")
        source = self._sources[name]
        if private:
            source = Source(source.id, source.title, SourceKind.PRIVATE, source.url)
        return Citation(source, paragraph.strip())


def sources_of(rows: Iterable[Row]) -> dict[str, Source]:
    """Sources by id; an overlay's are private whatever they say."""
    return {
        row.data["id"]: Source(
            row.data["id"],
            row.data["title"],
            SourceKind.PRIVATE if row.private else SourceKind(row.data["kind"]),
            row.data.get("url"),
        )
        for row in rows
    }


def cited_value(row: Row, key: str, cite: Citer, value_key: str = "value") -> CitedValue:
    """A dated row as a CitedValue."""
    data = row.data
    return CitedValue(
        key=key,
        value=frozen(data.get(value_key)),
        unit=data.get("unit", ""),
        valid_from=data["from"],
        valid_until=last_day(data["until"]),
        status=Status(data["status"]),
        citations=cite(row),
        condition=data.get("condition", ""),
        reading=data.get("reading", ""),
        note=data.get("note", ""),
        private=row.private,
    )


def frozen(value: Any) -> Any:
    """Lists as tuples, tables as read-only mappings: a view hands them out."""
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(item) for key, item in value.items()})
    return value


def last_day(value: Any) -> dt.date | None:
    return value if isinstance(value, dt.date) else None
