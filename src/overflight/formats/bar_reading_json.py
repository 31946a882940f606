"""The reading of a bar target as a document (schema ``sensor-bars``), and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.formats.schema import validate
from overflight.formats.strict_json import load_json, read_source
from overflight.terms.bar_reading import BarDirection, BarGroup, BarReading

KIND = "sensor-bars"


def bar_reading_document(reading: BarReading) -> dict[str, Any]:
    """JSON-ready. On top the answer in the finest direction: ``ground_resolution_m`` where the
    scale is known, ``bar_width_pixels`` otherwise, each with ``interval_95`` in its own unit."""
    finest = reading.finest
    if finest.ground_resolution_m is not None and finest.ground_interval_95 is not None:
        answer: dict[str, Any] = {
            "ground_resolution_m": _short(finest.ground_resolution_m),
            "interval_95": [_short(v) for v in finest.ground_interval_95],
        }
    else:
        answer = {
            "bar_width_pixels": _short(finest.bar_width_pixels),
            "interval_95": [_short(v) for v in finest.bar_width_interval_95],
        }
    fields = {name: _plain(value) for name, value in dataclasses.asdict(reading).items()}
    return {"kind": KIND, "version": 1, **answer, "direction": finest.direction, **fields}


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return _short(value)
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value


def read_bar_reading(source: str | Path | bytes) -> BarReading:
    """What ``bar_reading_document`` wrote, checked against the schema. Raises DataError."""
    data, label = read_source(source)
    document = load_json(data, label)
    validate(document, KIND, file=label)
    return bar_reading_from(document)


def bar_reading_from(document: Mapping[str, Any]) -> BarReading:
    """From a document that follows the schema."""
    own = {f.name: document[f.name] for f in dataclasses.fields(BarReading)}
    own["centre"] = tuple(own["centre"])
    own["notes"], own["assumed"] = tuple(own["notes"]), tuple(own["assumed"])
    own["groups"] = tuple(BarGroup(**g) for g in own["groups"])
    own["directions"] = tuple(_direction(d) for d in own["directions"])
    return BarReading(**own)


def _direction(table: Mapping[str, Any]) -> BarDirection:
    fields = dict(table)
    for name in ("bar_width_interval_95", "ground_interval_95"):
        fields[name] = None if fields[name] is None else tuple(fields[name])
    fields["transfer"] = tuple(tuple(row) for row in fields["transfer"])
    return BarDirection(**fields)
