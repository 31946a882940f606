"""The item of a mission of which no item was sealed, and the collection of every mission."""

from __future__ import annotations

import math
import posixpath
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from overflight.archive.keeping.contents import Sealed
from overflight.archive.keeping.facts import Facts
from overflight.formats.stac_item import LICENCE, OWN, STAC_VERSION, box_of, safe_id
from overflight.formats.times import write_time
from overflight.record.manifest import Entry, Identity

Json = dict[str, Any]
OBJECT_LINK = "/objects/"
"""How the link of an asset begins: then the object's SHA-256, "/", and the name of its file."""

_MOST_ASSETS = 50
_MEDIA = {
    ".json": "application/json", ".csv": "text/csv", ".txt": "text/plain", ".pdf":
    "application/pdf", ".tif": "image/tiff", ".tiff": "image/tiff", ".png": "image/png",
    ".jpg": "image/jpeg",
}  # fmt: skip


def collection_id(identity: Identity) -> str:
    """The collection of a mission's items: what both sides call it, as an address can have it."""
    return safe_id(identity.id) or "mission"


def link_of(entry: Entry) -> str:
    """The link of an asset in the catalogue: relative to the archive's own address."""
    return f"{OBJECT_LINK}{entry.sha256}/{entry.name.rsplit('/', 1)[-1]}"


def mission_item(parts: Sequence[Sealed], facts: Facts) -> Json:
    """The one item of a mission of which no item was sealed: when, along which route, by whom."""
    identity = parts[0].identity
    mark = "".join(f"{word}: " for word in identity.marks)
    title = f"{mark}{identity.id}, {identity.observing} over {identity.observed}"
    properties: Json = {"title": title, "description": f"{title}. No frames are sealed yet."}
    sealed_at = write_time(parts[0].seals[0].sealed_at)
    if facts.begun and facts.ended:
        properties |= {"datetime": facts.begun, "start_datetime": facts.begun,
                       "end_datetime": facts.ended}  # fmt: skip
    else:
        properties["datetime"] = facts.begun or sealed_at
    properties |= {
        "overflight:marks": list(identity.marks),
        "overflight:observing": identity.observing,
        "overflight:observed": identity.observed,
    }
    if facts.treaty:
        properties["overflight:treaty"] = facts.treaty
    if facts.sensors:
        properties["instruments"] = list(facts.sensors)
    document: Json = {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": [],
        "id": collection_id(identity),
        "collection": collection_id(identity),
        "geometry": None,
        "properties": properties,
        "links": [],
        "assets": _mission_assets(parts),
    }
    if len(facts.route) > 1:
        document |= _line(facts.route)
    return document


def _mission_assets(parts: Sequence[Sealed]) -> Mapping[str, Json]:
    """The documents of the mission, the pictures not."""
    found: dict[str, Json] = {}
    for part in parts:
        for entry in sorted(part.present.values(), key=lambda e: e.name):
            if entry.role not in ("mission-report", "mission-plan", "flight-record", "track"):
                continue
            suffix = posixpath.splitext(entry.name)[1].lower()
            found[entry.name] = {
                "href": link_of(entry),
                "type": _MEDIA.get(suffix, "application/octet-stream"),
                "title": entry.name.rsplit("/", 1)[-1],
                "roles": ["metadata"],
                "file:size": entry.size,
                "file:checksum": f"1220{entry.sha256}",
            }
            if len(found) == _MOST_ASSETS:
                return found
    return found


def _line(route: Sequence[tuple[float, float]]) -> Json:
    """The route as a geometry, cut where it crosses the antimeridian, and its box."""
    lines: list[list[list[float]]] = [[[*route[0]]]]
    for (x0, y0), (x1, y1) in pairwise(route):
        if abs(x1 - x0) > 180.0:
            edge = math.copysign(180.0, x0)
            other = x1 + 2 * edge
            lat = round(y0 + (y1 - y0) * (edge - x0) / (other - x0), 7) if other != x0 else y0
            lines[-1].append([edge, lat])
            lines.append([[-edge, lat]])
        lines[-1].append([x1, y1])
    points = [point for line in lines for point in line]
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    west, east = min(lons), max(lons)
    if len(lines) > 1:
        west = min((x for x in lons if x > 0), default=180.0)
        east = max((x for x in lons if x < 0), default=-180.0)
    lines = [line if len(line) > 1 else [*line, line[0]] for line in lines]
    geometry: Json = (
        {"type": "LineString", "coordinates": lines[0]}
        if len(lines) == 1
        else {"type": "MultiLineString", "coordinates": lines}
    )
    return {"geometry": geometry, "bbox": [west, min(lats), east, max(lats)]}


def collection_of(identity: Identity, facts: Facts, items: Sequence[Json]) -> Json:
    """The collection of a mission's items; it bears the marks of the bundle."""
    mark = "".join(f"{word}: " for word in identity.marks)
    title = f"{mark}{identity.id}, {identity.observing} over {identity.observed}"
    boxes = [item["bbox"] for item in items if item.get("bbox")]
    flat = [[b[0], b[1], b[len(b) // 2], b[len(b) // 2 + 1]] for b in boxes]
    times = [t for item in items for t in _times(item["properties"])]
    return {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "stac_extensions": [OWN],
        "id": collection_id(identity),
        "title": title,
        "description": f"{title}. Items of the mission, from the bundle that both sides sealed.",
        "license": LICENCE,
        "overflight:marks": list(identity.marks),
        "extent": {
            "spatial": {"bbox": [box_of(flat) if flat else [-180.0, -90.0, 180.0, 90.0]]},
            "temporal": {"interval": [[write_time(min(times)), write_time(max(times))]]},
        },
        "summaries": {"instruments": list(facts.sensors)} if facts.sensors else {},
        "links": [],
    }


def _times(properties: Mapping[str, Any]) -> list[datetime]:
    """Moments of an item."""
    words = ("datetime", "start_datetime", "end_datetime")
    said = [properties[w] for w in words if isinstance(properties.get(w), str)]
    return [datetime.fromisoformat(text) for text in said]
