"""The chronicle of a regime: acts of parties.toml and records of chronicle.toml, one list."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from overflight.terms.chronicle import Coded, Record
from overflight.terms.values import Status
from overflight.treaty.cite import Citer
from overflight.treaty.parties import Event
from overflight.treaty.rows import Row

_ONTOLOGY = Path(__file__).parents[1] / "data" / "chronicle" / "ontology.toml"


def build_records(
    regime: str, acts: Iterable[Row], records: Iterable[Row], cite: Citer
) -> tuple[Record, ...]:
    """All records of a regime by day; an act without an id gets one of State, kind and day."""
    made = [_act(regime, row, cite) for row in acts]
    made += [_record(regime, row, cite) for row in records]
    seen: Counter[str] = Counter()
    found = []
    for record in sorted(made, key=lambda r: (r.earliest, r.latest, r.id)):
        seen[record.id] += 1
        found.append(record if seen[record.id] == 1 else _numbered(record, seen[record.id]))
    return tuple(found)


def acts_of(records: Iterable[Record]) -> tuple[Event, ...]:
    """What the records say of who is bound, in the shape from which a status is computed."""
    return tuple(
        Event(
            record.actors[0], record.kind, record.earliest, record.latest, record.status,
            record.citations, record.effective, record.in_use, record.reading, record.what,
            record.towards,
        )
        for record in records
        if record.act
    )  # fmt: skip


def _numbered(record: Record, number: int) -> Record:
    from dataclasses import replace

    return replace(record, id=f"{record.id}-{number}")


def _days(data: Mapping[str, Any]) -> tuple[dt.date, dt.date]:
    if "date" in data:
        return data["date"], data["date"]
    return data["date_from"], data["date_to"]


def _text(value: object) -> str:
    return " ".join(str(value or "").split())


def _act(regime: str, row: Row, cite: Citer) -> Record:
    data = row.data
    first, last = _days(data)
    what = _text(data.get("note")) or f"{data['kind'].replace('-', ' ')}"
    if data.get("effective"):
        what = f"{what} (takes effect on {data['effective']})"
    return Record(
        id=data.get("id") or f"{data['state'].lower()}-{data['kind']}-{first}",
        regime=regime,
        actors=(data["state"],),
        counterparts=tuple(data.get("counterparts", data.get("towards", ()))),
        kind=data["kind"],
        what=what,
        earliest=first,
        latest=last,
        status=Status(data["status"]),
        citations=cite(row),
        act=True,
        effective=data.get("effective"),
        towards=tuple(data.get("towards", ())),
        reading=data.get("reading", ""),
        **_said(data),
    )


def _record(regime: str, row: Row, cite: Citer) -> Record:
    data = row.data
    first, last = _days(data)
    return Record(
        id=data["id"],
        regime=regime,
        actors=tuple(data["actors"]),
        counterparts=tuple(data.get("counterparts", ())),
        kind=data["kind"],
        what=_text(data["what"]),
        earliest=first,
        latest=last,
        status=Status(data["status"]),
        citations=cite(row),
        act=False,
        **_said(data),
    )


def _said(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "publication": _text(data.get("publication")),
        "published": data.get("published"),
        "place": _text(data.get("place")),
        "quote": _text(data.get("quote")),
        "page": _text(data.get("page")),
        "reported": bool(data.get("reported", False)),
        "in_use": bool(data.get("in_use", True)),
        "contradicts": tuple(data.get("contradicts", ())),
    }


@lru_cache(maxsize=1)
def ontology() -> Mapping[str, Coded]:
    """Kind of record -> what the ontology calls it (data/chronicle/ontology.toml)."""
    table = tomllib.loads(_ONTOLOGY.read_text(encoding="utf-8"))
    types = {row["type"]: int(row["direction"]) for row in table["type"]}
    return {
        row["kind"]: Coded(
            row["kind"], row["type"], row.get("mode", ""), row.get("direction", types[row["type"]]),
            bool(row.get("extension", False)), row.get("note", ""),
        )
        for row in table["kind"]
    }  # fmt: skip
