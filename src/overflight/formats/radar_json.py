"""What a radar's image said, as documents (schemas ``sensor-radar``, ``sensor-radar-swath``)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.formats.schema import validate
from overflight.formats.strict_json import load_json, read_source
from overflight.terms.radar import PairReading, RadarImage, RadarSwath, ReflectorReading

KIND, SWATH = "sensor-radar", "sensor-radar-swath"


def radar_document(
    image: RadarImage,
    reflectors: tuple[ReflectorReading, ...],
    pairs: tuple[PairReading, ...],
    missing: tuple[str, ...],
    *,
    sha256: str,
    mode: str,
    flown: str,
    readings: Mapping[str, str],
    expected: Mapping[str, float | None],
) -> dict[str, Any]:
    """JSON-ready. ``expected``: widths that the band and weighting stated give, by closed form."""
    return {
        "kind": KIND,
        "version": 1,
        "marks": list(image.about.marks),
        "image": Path(image.name).name,
        "sha256": sha256,
        "sensor": image.about.sensor,
        "mode": mode,
        "pass": flown,
        "weighting": {"range": image.range_weighting, "azimuth": image.azimuth_weighting},
        "expected": {key: _plain(value) for key, value in expected.items()},
        "reflectors": [{k: _plain(v) for k, v in _fields(r).items()} for r in reflectors],
        "pairs": [{k: _plain(v) for k, v in _fields(p).items()} for p in pairs],
        "missing": list(missing),
        "readings": dict(readings),
    }


def swath_document(swath: RadarSwath, image: RadarImage, findings: list[Any]) -> dict[str, Any]:
    """Geometry of an image and what is found of it."""
    return {
        "kind": SWATH,
        "version": 1,
        "marks": list(image.about.marks),
        "image": Path(image.name).name,
        "sensor": image.about.sensor,
        **{k: _plain(v) for k, v in _fields(swath).items()},
        "width_km": _plain(swath.width_km),
        "findings": findings,
    }


def read_radar_document(source: str | Path | bytes) -> dict[str, Any]:
    """A document that ``radar_document`` wrote, held against its schema. Raises DataError."""
    data, label = read_source(source)
    document = load_json(data, label)
    validate(document, KIND, file=label)
    checked: dict[str, Any] = document
    return checked


def _fields(of: Any) -> dict[str, Any]:
    return dataclasses.asdict(of)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value
