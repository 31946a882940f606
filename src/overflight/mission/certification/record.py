"""The record of a certification against which the regime's rules are held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from overflight.mission.certification.heights import SensorResult
from overflight.mission.certification.images import Measured
from overflight.terms.certification import VISUAL, Certification

KIND = "certification-record"
_VERTICAL_DEG = 5.0
"""A sensor tilted no more than this is vertical (as the configuration is annotated)."""


def record_of(
    certification: Certification, readings: Sequence[Measured], results: Sequence[SensorResult]
) -> dict[str, Any]:
    """The document (schema ``certification-record``). What was not told is null."""
    people = [p.people for p in certification.participants]
    total = None if None in people else sum(p for p in people if p is not None)
    return {
        "kind": KIND,
        "version": 1,
        "period_days": (certification.ends - certification.begins).days + 1,
        "people": total,
        "participants": [
            {"party": p.party, "people": p.people} for p in certification.participants
        ],
        "ground_periods": [{"hours": hours} for hours in certification.ground_hours],
        "images": _images(certification, readings),
        "targets": [
            {"target": t.id, "kind": t.kind, "contrast": t.contrast, "stands": t.stands}
            for t in certification.targets
        ],
        "sensors": [_sensor(result) for result in results],
        "established": dict(certification.established),
        "agreements": list(certification.agreements),
    }


def _sensor(result: SensorResult) -> dict[str, Any]:
    sensor, radar = result.sensor, not result.sensor.height_bound
    stated = sensor.stated_resolution_m
    return {
        "kind": "sensor",
        "sensor": sensor.id,
        "method": sensor.method,
        "height_bound": sensor.height_bound,
        "covers": sensor.covers,
        "agreed_contrast": sensor.parameters.get("agreed_contrast"),
        "limit_m": result.limit_m,
        "h_min_m": None if radar else _tenth(result.value_m),
        "h_min_low_m": None if radar else _tenth(result.low_m),
        "stated_h_min_m": None if radar else sensor.stated_h_min_m,
        "resolution_m": (result.value_m if stated is None else stated) if radar else None,
    }


def _tenth(value: float | None) -> float | None:
    """Tenths of a metre are finer than any reading."""
    return None if value is None else round(value, 1)


def _images(certification: Certification, readings: Sequence[Measured]) -> list[dict[str, Any]]:
    targets = {t.id: t for t in certification.targets}
    rows: dict[str, dict[str, Any]] = {}
    for one in readings:
        line, sensor = one.line, certification.sensor(one.line.sensor)
        tilt = sensor.tilt_deg if line.tilt_deg is None else line.tilt_deg
        row = rows.setdefault(
            line.image,
            {
                "kind": "image",
                "image": line.image,
                "sensor": sensor.id,
                "method": sensor.method,
                "mounting": "vertical" if tilt <= _VERTICAL_DEG else "oblique",
                "pass": line.flown,
                "height_m": line.height_m,
                "tilt_deg": tilt,
                "track_offset_deg": axis_offset_deg(line.track_deg),
                "centre_offset_percent": line.offset_percent,
                "target_stands": targets[line.target].stands if line.target else None,
                "clear_daytime": line.clear,
                "visual": None,
            },
        )
        if line.how == VISUAL:
            row["visual"] = True
    return list(rows.values())


def axis_offset_deg(track_deg: float | None) -> float | None:
    """From a track to the nearest axis of the target, which has two at right angles: -45 to 45."""
    if track_deg is None:
        return None
    return (track_deg + 45.0) % 90.0 - 45.0
