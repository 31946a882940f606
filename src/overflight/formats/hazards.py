"""Hazardous airspace from GeoJSON: prohibited, restricted and danger areas as published.

Each feature is a Polygon or MultiPolygon. Properties: ``id`` (or ``name``), ``kind``
(prohibited, restricted, danger; "danger" where it is missing), ``handling`` ("avoided" or
"crossed"; "avoided" where it is missing).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.geometry import polygons_of
from overflight.formats.sites_geojson import features_of, refuse_other_crs
from overflight.formats.strict_json import load_json, pointer, read_source
from overflight.terms.mission_plan import HazardousAirspace

MOST_AREAS = 1000
HANDLING = ("avoided", "crossed")


def read_hazards(source: str | Path | bytes) -> tuple[HazardousAirspace, ...]:
    """The areas in a GeoJSON file, in standard input ("-") or in the bytes given.

    The rings are open (the first point is not repeated). A MultiPolygon becomes one area for
    each part. Raises DataError, with the feature and the remedy, for anything else, for an
    outline that crosses itself, for an area with a hole, and for an id given twice.
    """
    data, label = read_source(source)
    document = load_json(data, label)
    if not isinstance(document, dict):
        raise DataError(
            "this is not GeoJSON", file=label, remedy="Give a GeoJSON FeatureCollection of areas."
        )
    refuse_other_crs(document, label)
    areas: list[HazardousAirspace] = []
    taken: dict[str, str] = {}
    for i, feature in enumerate(features_of(document, label)):
        for area in _areas(feature, i, label):
            place = pointer("features", i)
            if area.id in taken:
                raise DataError(
                    f"the id {area.id!r} stands in {taken[area.id]} already",
                    file=label,
                    where=place,
                    remedy="Give each area its own id.",
                )
            taken[area.id] = place
            areas.append(area)
    if len(areas) > MOST_AREAS:
        raise DataError(
            f"there are {len(areas)} areas; the most that is read is {MOST_AREAS}",
            file=label,
            remedy="Give only those near the route.",
        )
    return tuple(areas)


def _areas(feature: Mapping[str, Any], i: int, label: str) -> Iterator[HazardousAirspace]:
    place = pointer("features", i)
    properties = feature.get("properties") or {}
    polygons = polygons_of(feature.get("geometry"), label, place)
    if any(len(rings) > 1 for rings in polygons):
        raise DataError(
            "the area has a hole, which a mission plan cannot carry",
            file=label,
            where=place,
            remedy="Give the outline alone, or cut the area into parts without holes.",
        )
    name = _text(properties, ("id", "name")) or str(feature.get("id") or f"H{i + 1:02d}")
    handling = _text(properties, ("handling",)) or HANDLING[0]
    if handling not in HANDLING:
        raise DataError(
            f"the handling {handling[:40]!r} is not known",
            file=label,
            where=place,
            remedy=f"Write one of {', '.join(HANDLING)}.",
        )
    for part, rings in enumerate(polygons, start=1):
        yield HazardousAirspace(
            id=name if len(polygons) == 1 else f"{name}-{part}",
            kind=_text(properties, ("kind", "type")) or "danger",
            ring=rings[0],
            handling=handling,
        )


def _text(properties: Any, names: tuple[str, ...]) -> str:
    if not isinstance(properties, dict):
        return ""
    for name in names:
        value = properties.get(name)
        if isinstance(value, (str, int, float)) and str(value).strip():
            return " ".join(str(value).split())[:100]
    return ""
