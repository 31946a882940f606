"""What sensors do and may do, as documents (plain JSON) and as text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from overflight.formats.camera_file import camera_table
from overflight.formats.rings import cut_at_antimeridian
from overflight.geo.positions import Position
from overflight.sensing.altitude import SegmentAltitude
from overflight.sensing.at_height import AtHeight, Conditions, planning_view
from overflight.sensing.footprint import Pose
from overflight.sensing.h_min import HMin
from overflight.terms.aircraft import Sensor
from overflight.terms.camera import Camera
from overflight.treaty.model import AircraftStanding, Decision

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]
"""Titles and rows as lines of columns."""

_FIGURES = (
    "h_min_m", "resolution_at_h_min_m", "near_deg", "far_deg", "medium", "mounting", "focal_mm",
    "operating_height_m", "cameras",
)  # fmt: skip


def model_document(camera: Camera, flight: Conditions, found: AtHeight) -> dict[str, Any]:
    """What a camera does from a height: the document ``sensor-model``."""
    view = planning_view(camera)
    return {
        "kind": "sensor-model",
        "version": 1,
        "camera": camera_table(camera),
        "height_m": flight.height_m,
        "speed_km_h": flight.speed_km_h,
        **found.as_dict(),
        "planning": None
        if view is None
        else {"near_deg": view[0], "far_deg": view[1], "sides": view[2]},
        "assumed": list(camera.assumed),
    }


def model_text(document: Mapping[str, Any], table: Table) -> str:
    """The same for a reader: figures, then what of them is our model, then what is missing."""
    swath = document["swath_km"]
    at = f"from {document['height_m']:g} m above ground"
    if document["speed_km_h"] is not None:
        at += f" at {document['speed_km_h']:g} km/h"
    rows = [
        (name, f"{value:.4g}", "our model" if name in document["our_models"] else "closed form")
        for name, value in document["figures"].items()
    ]
    parts = [
        f"{document['camera']['name']} ({document['camera']['kind']}), {at}",
        f"swath {swath['width']:.3f} km: {_side(swath['left'])} to {_side(swath['right'])}",
        table(("figure", "value", "by"), rows),
    ]
    parts += _list("Our models", dict.fromkeys(document["our_models"].values()))
    parts += _list("Not told", document["missing"])
    parts += _list("Assumed", document["assumed"])
    return "\n\n".join(parts)


def aircraft_document(
    id_: str,
    name: str,
    sensors: Sequence[Sensor],
    notes: Sequence[str],
    standings: Mapping[str, AircraftStanding],
    on: str,
    private: Sequence[str] = (),
) -> dict[str, Any]:
    """The sensors of an aircraft and where each stands: the document ``sensor-aircraft``.

    ``private`` names figures ("sensor-id.h_min_m") of an overlay, which stay on this side.
    """
    return {
        "kind": "sensor-aircraft",
        "version": 1,
        "aircraft": id_,
        "name": name,
        "on": on,
        "sensors": [_installed(s, standings[s.id], {*private}) for s in sensors],
        "notes": list(notes),
    }


def _installed(sensor: Sensor, standing: AircraftStanding, private: set[str]) -> dict[str, Any]:
    figures = {}
    for name in _FIGURES:
        value = getattr(sensor, name)
        status = "unknown" if value is None else "public"
        if name in sensor.assumed:
            status = "assumed"
        if f"{sensor.id}.{name}" in private:
            status = "private"
        figures[name] = {"value": value, "status": status}
    return {
        "id": sensor.id,
        "name": sensor.name,
        "category": sensor.category,
        "sides": sensor.sides,
        "standing": standing.standing,
        "since": None if standing.since is None else standing.since.isoformat(),
        "cite": [str(citation) for citation in standing.citations],
        "figures": figures,
    }


def aircraft_text(document: Mapping[str, Any], table: Table) -> str:
    parts = [f"{document['name']} ({document['aircraft']}) on {document['on']}"]
    for sensor in document["sensors"]:
        since = f" since {sensor['since']}" if sensor["since"] else ""
        rows = [
            (name, "unknown" if f["value"] is None else str(f["value"]), f["status"])
            for name, f in sensor["figures"].items()
        ]
        head = f"{sensor['name']} ({sensor['id']}, {sensor['category']}): {sensor['standing']}"
        parts.append(f"{head}{since}\n" + table(("figure", "value", "status"), rows))
    return "\n\n".join([*parts, *document["notes"]])


def footprint_document(
    ring: Sequence[Position],
    corners: Sequence[Position],
    camera: Camera,
    pose: Pose,
    ground_m: float,
    sides_km: Sequence[float],
) -> dict[str, Any]:
    """A GeoJSON Feature, cut at 180 degrees: the document ``sensor-footprint``."""
    polygons = [[list(map(list, p.exterior.coords))] for p in cut_at_antimeridian(tuple(ring))]
    return {
        "kind": "sensor-footprint",
        "version": 1,
        "type": "Feature",
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
        "properties": {
            "camera": camera.id,
            "corners": [list(corner.xy) for corner in corners],
            "sides_km": list(sides_km),
            "position": list(pose.position.xy),
            "altitude_m": pose.altitude_m,
            "ground_m": ground_m,
            "heading_deg": pose.heading_deg,
            "pitch_deg": pose.pitch_deg,
            "roll_deg": pose.roll_deg,
        },
    }


def footprint_text(document: Mapping[str, Any]) -> str:
    told = document["properties"]
    names = ("front left", "front right", "back right", "back left")
    lines = [f"{told['camera']}: ground seen from {told['altitude_m'] - told['ground_m']:g} m"]
    for name, (lon, lat) in zip(names, told["corners"], strict=True):
        lines.append(f"  {name:<12} {Position(lat=lat, lon=lon).human()}")
    sides = ", ".join(f"{side:.3f}" for side in told["sides_km"])
    return "\n".join([*lines, f"  sides (front, right, back, left) {sides} km"])


def h_min_document(
    found: HMin,
    decisions: Iterable[Decision],
    segments: Sequence[SegmentAltitude],
    limit_cite: str,
) -> dict[str, Any]:
    """H_min with what it rests on: the document ``sensor-h-min``."""
    mean = found.mean
    return {
        "kind": "sensor-h-min",
        "version": 1,
        "method": found.method,
        "h_min_m": found.value_m,
        "interval_95": None if mean.interval is None else list(mean.interval),
        "deviation_m": mean.deviation,
        "independent": mean.count,
        "direction": found.direction,
        "limit_m": found.limit_m,
        "limit_cite": limit_cite,
        "our_model": found.our_model,
        "settled": list(found.settled),
        "ours": list(found.ours),
        "doubts": list(found.doubts),
        "parameters": dict(found.parameters),
        "readings": [
            {
                "pass": reading.flown,
                "height_m": reading.height_m,
                "bar_m": reading.bar_m,
                "direction": reading.direction,
                "h_min_m": value,
            }
            for reading, value in zip(found.readings, found.per_image, strict=True)
        ],
        "decisions": [
            {
                "number": decision.number,
                "title": decision.title,
                "status": str(decision.status),
                "note": decision.note,
                "cite": [str(citation) for citation in decision.citations],
            }
            for decision in decisions
        ],
        "altitudes": [
            {
                "altitude_m": segment.altitude_m,
                "h_min_m": segment.h_min_m,
                "terrain_m": segment.terrain_m,
                "margin_m": segment.margin_m,
            }
            for segment in segments
        ],
    }


def h_min_text(document: Mapping[str, Any], table: Table) -> str:
    interval = document["interval_95"]
    told = f"H_min {document['h_min_m']:.0f} m above ground ({document['method']}"
    told += f", bars {document['direction']} the track)" if document["direction"] else ")"
    if interval:
        told += f", 95 % interval {interval[0]:.0f} to {interval[1]:.0f} m"
    if document["our_model"]:
        told += "\nOUR MODEL in part: see below"
    rows = [
        (r["pass"], r["direction"], f"{r['height_m']:g}", f"{r['bar_m']:g}", f"{r['h_min_m']:.0f}")
        for r in document["readings"]
    ]
    parts = [
        told,
        f"to resolve no better than {document['limit_m']:g} m ({document['limit_cite']})",
    ]
    parts.append(table(("pass", "bars", "height m", "bar m", "H_min m"), rows))
    parts += _list("Public", document["settled"])
    parts += _list("Our model", document["ours"])
    parts += _list("Doubts", document["doubts"])
    parts += _list(
        "Decisions",
        (
            f"{d['number']}, {d['title']} ({d['status']}). {d['note']}"
            for d in document["decisions"]
        ),
    )
    if document["altitudes"]:
        flown = [
            (str(i + 1), f"{s['terrain_m']:.0f}", f"{s['margin_m']:.0f}", f"{s['altitude_m']:.0f}")
            for i, s in enumerate(document["altitudes"])
        ]
        titles = ("segment", "terrain m", "stated margin m", "altitude m")
        parts.append("Altitude above mean sea level\n" + table(titles, flown))
    return "\n\n".join(parts)


def _side(km: float) -> str:
    return f"{abs(km):.3f} km {'right' if km > 0 else 'left'}"


def _list(title: str, lines: Iterable[str]) -> list[str]:
    body = [f"  - {line.strip()}" for line in lines]
    return ["\n".join([title, *body])] if body else []
