"""A certification from TOML: who takes part, sensors, targets, and what happened by when.

[certification]
id = "EX-1"
treaty = "open-skies"        # name or folder
certifying = "DEU"
aircraft = "a319-oh"
place = "an airfield"
begins = 2031-05-19
ends = 2031-05-25
images = "images.csv"        # the list of passes: see overflight.formats.certification_rows
simulated = true

[[participant]]              party, people
[[ground]]                   hours
[[target]]                   id, kind, contrast, stands, diagram, note
[[sensor]]                   id, name, category, method, configuration, tilt_deg, covers, ...
[[event]]                    move, at, by, note, and what the move says
[established]                designated, sensors_permitted, information_given
"""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError, SensorError
from overflight.formats.mountings import parse_mounting, tilt_deg
from overflight.formats.strict_json import decode_utf8, read_source
from overflight.terms.certification import (
    Certification,
    Happened,
    LaidTarget,
    Participant,
    TestedSensor,
)

METHODS = ("video", "infrared", "digital", "film", "radar")
_HEAD: Mapping[str, str] = {
    "id": "text", "treaty": "text", "certifying": "text", "aircraft": "text",
    "aircraft_name": "text", "place": "text", "begins": "date", "ends": "date", "on": "date",
    "simulated": "flag", "exercise": "flag", "weather": "text", "note": "text", "images": "text",
    "agreements": "texts", "readings": "table",
}  # fmt: skip
_PARAMETERS: Mapping[str, tuple[float, float]] = {
    "agreed_contrast": (1.001, 1000.0),
    "exponent": (0.0, 1.0),
    "agreed_difference_k": (1e-3, 100.0),
    "extinction_per_km": (0.0, 100.0),
    "gsd_m": (1e-4, 1e3),
}
_SENSOR: Mapping[str, str] = {
    "id": "text", "name": "text", "category": "text", "method": "text", "configuration": "text",
    "tilt_deg": "number", "covers": "flag", "covers_note": "text", "stated_h_min_m": "number",
    "stated_resolution_m": "number", **dict.fromkeys(_PARAMETERS, "number"),
}  # fmt: skip
_TARGET = {
    "id": "text", "kind": "text", "contrast": "number", "stands": "text", "diagram": "text",
    "note": "text",
}  # fmt: skip
_ESTABLISHED = ("designated", "sensors_permitted", "information_given")
_TABLES = ("certification", "established", "participant", "ground", "target", "sensor", "event")
_MOST = 2000


def read_certification(source: str | Path | bytes) -> Certification:
    """The certification of a TOML file. Raises DataError, with file and key, for anything else."""
    data, label = read_source(source)
    try:
        document = tomllib.loads(decode_utf8(data, label))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(
            f"this is not TOML: {error}", file=label, remedy="Correct the syntax there."
        ) from None
    for key in document:
        if key not in _TABLES:
            raise _wrong(label, key, f"there is no table {key!r}", f"One of {', '.join(_TABLES)}.")
    head = _fields(document.get("certification"), _HEAD, label, "certification")
    for key in ("id", "treaty", "certifying", "aircraft", "begins", "ends"):
        if key not in head:
            raise _wrong(label, f"certification.{key}", f"{key!r} is missing", "Give it.")
    if head["ends"] < head["begins"]:
        raise _wrong(
            label, "certification.ends", "it ends before it begins", "Give the dates in order."
        )
    established = document.get("established", {})
    said = _fields(established, dict.fromkeys(_ESTABLISHED, "flag"), label, "established")
    rows = {
        name: [
            _fields(row, keys, label, f"{name}[{n}]")
            for n, row in enumerate(_rows(document, name, label), start=1)
        ]
        for name, keys in (
            ("participant", {"party": "text", "people": "number"}),
            ("ground", {"hours": "number"}),
            ("target", _TARGET),
            ("sensor", _SENSOR),
        )
    }
    return Certification(
        id=head["id"],
        treaty=head["treaty"],
        certifying=head["certifying"],
        aircraft=head["aircraft"],
        aircraft_name=head.get("aircraft_name", head["aircraft"]),
        place=head.get("place", ""),
        begins=head["begins"],
        ends=head["ends"],
        on=head.get("on", head["begins"]),
        marks=tuple(m.upper() for m in ("exercise", "simulated") if head.get(m)),
        weather=head.get("weather", ""),
        note=head.get("note", ""),
        images=head.get("images", ""),
        agreements=tuple(head.get("agreements", ())),
        established=said,
        participants=tuple(_participants(rows["participant"], label)),
        ground_hours=tuple(float(r["hours"]) for r in rows["ground"] if "hours" in r),
        targets=tuple(_targets(rows["target"], label)),
        sensors=tuple(_sensors(rows["sensor"], label)),
        events=tuple(_events(_rows(document, "event", label), label)),
        readings={str(k): str(v) for k, v in head.get("readings", {}).items()},
    )


def _participants(rows: list[dict[str, Any]], label: str) -> list[Participant]:
    found = []
    for n, row in enumerate(rows, start=1):
        people = row.get("people")
        if "party" not in row or (people is not None and (people != int(people) or people < 0)):
            remedy = "Give party, and people as a whole number."
            raise _wrong(label, f"participant[{n}]", "this is no participant", remedy)
        found.append(Participant(row["party"], None if people is None else int(people)))
    _once([p.party for p in found], label, "participant")
    return found


def _targets(rows: list[dict[str, Any]], label: str) -> list[LaidTarget]:
    found = []
    for n, row in enumerate(rows, start=1):
        target = LaidTarget(**row) if "id" in row else None
        if (
            target is None
            or target.kind not in ("bars", "reflectors")
            or target.stands not in ("horizontal", "vertical")
            or (target.contrast is not None and not 1.0 < target.contrast <= 1e4)
        ):
            remedy = "Give id; kind is bars or reflectors, stands horizontal or vertical, "
            remedy += "contrast light over dark, above 1."
            raise _wrong(label, f"target[{n}]", "this is no target", remedy)
        found.append(target)
    _once([t.id for t in found], label, "target")
    return found


def _sensors(rows: list[dict[str, Any]], label: str) -> list[TestedSensor]:
    found = [_sensor(row, label, f"sensor[{n}]") for n, row in enumerate(rows, start=1)]
    _once([s.id for s in found], label, "sensor")
    return found


def _sensor(row: dict[str, Any], label: str, where: str) -> TestedSensor:
    for key in ("id", "category", "method", "configuration"):
        if key not in row:
            raise _wrong(label, where, f"{key!r} is missing", "Give it.")
    if row["method"] not in METHODS:
        raise _wrong(
            label, where, f"{row['method']!r} is no method", f"One of {', '.join(METHODS)}."
        )
    tilt = row.get("tilt_deg")
    try:
        annotated = abs(tilt_deg(parse_mounting(row["configuration"])))
    except SensorError as error:
        raise _wrong(label, where, error.message, error.remedy) from None
    if tilt is None:
        tilt = annotated
    if not 0.0 <= tilt <= 90.0:
        raise _wrong(label, where, f"a tilt of {tilt:g} degrees", "Give 0 to 90 from the vertical.")
    for key, (least, most) in _PARAMETERS.items():
        if key in row and not least <= row[key] <= most:
            raise _wrong(label, where, f"{key} is {row[key]:g}", f"Give {least:g} to {most:g}.")
    for key in ("stated_h_min_m", "stated_resolution_m"):
        if key in row and not 0.0 < row[key] < 1e6:
            raise _wrong(label, where, f"{key} is {row[key]:g}", "Give metres, above zero.")
    return TestedSensor(
        id=row["id"],
        name=row.get("name", row["id"]),
        category=row["category"],
        method=row["method"],
        configuration=row["configuration"],
        tilt_deg=float(tilt),
        covers=row.get("covers"),
        covers_note=row.get("covers_note", ""),
        stated_h_min_m=row.get("stated_h_min_m"),
        stated_resolution_m=row.get("stated_resolution_m"),
        parameters={key: float(row[key]) for key in _PARAMETERS if key in row},
    )


def _events(rows: list[Any], label: str) -> list[Happened]:
    found = []
    for n, row in enumerate(rows, start=1):
        where = f"event[{n}]"
        if not isinstance(row, dict) or not all(
            isinstance(row.get(k), str) for k in ("move", "by")
        ):
            raise _wrong(label, where, "this is no event", "Give move, at and by.")
        said = {k: v for k, v in row.items() if k not in ("move", "at", "by", "note")}
        facts = {k: _fact(v, label, f"{where}.{k}") for k, v in said.items()}
        at = _instant(row.get("at"), label, f"{where}.at")
        found.append(Happened(row["move"], at, row["by"], facts, str(row.get("note", ""))))
    return found


def _fact(value: Any, label: str, where: str) -> str:
    if isinstance(value, str):
        return value
    return _instant(value, label, where).isoformat().replace("+00:00", "Z")


def _instant(value: Any, label: str, where: str) -> dt.datetime:
    """A moment; a day alone is its beginning in UTC."""
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            return value.astimezone(dt.UTC)
    elif isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    raise _wrong(
        label, where, f"{value!r} is no moment", "Write 2031-05-19T08:00:00Z, or a day alone."
    )


def _rows(document: Mapping[str, Any], name: str, label: str) -> list[Any]:
    rows = document.get(name, [])
    if not isinstance(rows, list) or len(rows) > _MOST:
        raise _wrong(label, name, f"{name} is no list of tables", f"Write [[{name}]].")
    return rows


def _fields(table: Any, keys: Mapping[str, str], label: str, where: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise _wrong(label, where, f"there is no table {where}", f"Write [{where}].")
    for key, value in table.items():
        if key not in keys:
            raise _wrong(
                label, f"{where}.{key}", f"{key!r} is no key here", f"One of {', '.join(keys)}."
            )
        if not _is(value, keys[key]):
            raise _wrong(label, f"{where}.{key}", f"{value!r} is not a {keys[key]}", "Give one.")
    return table


def _is(value: Any, kind: str) -> bool:
    if kind == "number":
        return (
            not isinstance(value, bool) and isinstance(value, (int, float)) and math.isfinite(value)
        )
    if kind == "date":
        return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    if kind == "texts":
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    types: dict[str, type] = {"text": str, "flag": bool, "table": dict}
    return isinstance(value, types[kind]) and value != ""


def _once(ids: list[str], label: str, what: str) -> None:
    for id_ in ids:
        if ids.count(id_) > 1:
            raise _wrong(label, what, f"{what} {id_!r} stands twice", "Name each once.")


def _wrong(label: str, where: str, message: str, remedy: str) -> DataError:
    return DataError(message, file=label, where=where, remedy=remedy)
