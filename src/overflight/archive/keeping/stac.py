"""The STAC items of a mission as the catalogue has them, from those that were sealed.

An item that was sealed names files by links within a folder; here it names objects of the archive,
which have the digests that it states. What it says of the mission must be what the seals say.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from overflight.archive.keeping.contents import STAC_ROLE, Document, Sealed, refused
from overflight.archive.keeping.facts import Facts
from overflight.formats.stac_item import LICENCE, OWN, STAC_VERSION, box_of, safe_id
from overflight.formats.times import write_time
from overflight.record.manifest import Entry, Identity
from overflight.record.refused import Refused

Json = dict[str, Any]
OBJECT_LINK = "/objects/"
"""How the link of an asset begins: then the object's SHA-256, "/", and the name of its file."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:@+-]{0,199}")
_SHA256 = re.compile(r"1220([0-9a-f]{64})")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DEPTH = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2,
    "MultiPolygon": 3,
}  # fmt: skip
_NEAR = 1e-5
"""Degrees by which a box may miss the edges of its geometry: rounding."""
_MOST_ASSETS = 50
_MEDIA = {
    ".json": "application/json", ".csv": "text/csv", ".txt": "text/plain", ".pdf":
    "application/pdf", ".tif": "image/tiff", ".tiff": "image/tiff", ".png": "image/png",
    ".jpg": "image/jpeg",
}  # fmt: skip


def collection_id(identity: Identity) -> str:
    """The collection of a mission's items: what both sides call it, as an address can have it."""
    return safe_id(identity.id) or "mission"


def items_of(
    parts: Sequence[Sealed], documents: Iterable[Document], facts: Facts, treaty: str = ""
) -> list[Json]:
    """The items of a mission, in the order of their ids; one for the mission where none was sealed.

    ``treaty``: the only one that the archive takes, or "". Raises Refused for an item that lies.
    """
    identity = parts[0].identity
    collection = collection_id(identity)
    held = _Held(parts)
    found: dict[str, tuple[str, Json]] = {}
    for document in documents:
        value = document.value
        if document.entry.role != STAC_ROLE or not isinstance(value, dict):
            continue
        if value.get("type") != "Feature":
            continue
        _check(value, document.path, identity, facts.treaty or treaty)
        number = str(value["id"])
        before = found.get(number)
        if before is not None and before[0] != document.entry.sha256:
            raise refused(
                "item-doubled", f"there are two items of the id {number}", document.path,
                "Seal the second under an id of its own; an item is never written over.",
            )  # fmt: skip
        found[number] = (document.entry.sha256, _rewritten(value, document, held, collection))
    _check_shapes([(number, item) for number, (_, item) in found.items()])
    if not found:
        return [mission_item(parts, facts)]
    return [found[number][1] for number in sorted(found)]


class _Held:
    """The files of a mission by digest and by name."""

    def __init__(self, parts: Sequence[Sealed]) -> None:
        self.whole = any(part.scope == "bundle" for part in parts)
        entries = [entry for part in parts for entry in part.entries.values()]
        self.by_digest = {entry.sha256: entry for entry in entries}
        self.by_name = {entry.name: entry for entry in entries}
        self.here = {entry.sha256 for part in parts for entry in part.present.values()}


def _check(item: Json, path: str, identity: Identity, treaty: str) -> None:
    """Raise Refused where an item is none, or says of the mission what the seals do not."""
    properties, assets = item.get("properties"), item.get("assets")
    fine = (
        isinstance(item.get("id"), str)
        and _ID.fullmatch(item["id"])
        and isinstance(item.get("stac_version"), str)
        and isinstance(properties, dict)
        and isinstance(assets, dict)
        and all(isinstance(a, dict) and isinstance(a.get("href"), str) for a in assets.values())
    )
    if not fine or not isinstance(properties, dict):
        raise refused("bad-item", "this is no STAC item with an id, properties and assets", path)
    _check_times(properties, path)
    marks = properties.get("overflight:marks", [])
    if not isinstance(marks, list) or sorted(map(str, marks)) != list(identity.marks):
        told = ", ".join(map(str, marks)) if isinstance(marks, list) and marks else "nothing"
        raise refused(
            "marks-differ",
            f"the item is marked {ascii(told)[1:-1][:80]}, the bundle that both signed "
            f"{', '.join(identity.marks) or 'nothing'}",
            path,
        )
    for word, sealed in (("observing", identity.observing), ("observed", identity.observed)):
        said = properties.get(f"overflight:{word}")
        if said is not None and said != sealed:
            raise refused(
                "parties-differ", f"the item says that the {word} Party is "
                f"{ascii(said)[:40]}, the seals say {sealed}", path,
            )  # fmt: skip
    said = properties.get("overflight:treaty")
    if treaty and said is not None and said != treaty:
        raise refused(
            "treaty-differs", f"the item is of a flight under {ascii(said)[:60]}, not {treaty}",
            path,
        )  # fmt: skip


def _check_times(properties: Json, path: str) -> None:
    words = ("datetime",) if properties.get("datetime") is not None else (
        "start_datetime", "end_datetime")  # fmt: skip
    for word in words:
        said = properties.get(word)
        if not isinstance(said, str) or not _INSTANT.fullmatch(said):
            raise refused("bad-item", f"{word} is no moment with its zone", path)
        try:
            datetime.fromisoformat(said)
        except ValueError:
            raise refused("bad-item", f"there is no moment {said}", path) from None


def _rewritten(item: Json, document: Document, held: _Held, collection: str) -> Json:
    """The item with its assets as objects of the archive; those that are not here are left out."""
    assets = {}
    for key, asset in item["assets"].items():
        entry = _entry_of(asset, document, held, key)
        if entry is not None and entry.sha256 in held.here:
            assets[key] = asset | {"href": link_of(entry)}
    return item | {"collection": collection, "links": [], "assets": assets}


def _entry_of(asset: Json, document: Document, held: _Held, key: str) -> Entry | None:
    """The sealed file that an asset is; None where a portion does not have it."""
    said = asset.get("file:checksum")
    folder = posixpath.dirname(document.entry.name)
    named = held.by_name.get(posixpath.normpath(posixpath.join(folder, asset["href"])))
    if said is None:
        if named is None and held.whole:
            raise refused(
                "item-files", f"asset {key} is {ascii(asset['href'])[:100]}, which is not in the "
                "bundle", document.path, "Seal the file with the item, or take the asset out of "
                "it.",
            )  # fmt: skip
        return named
    match = _SHA256.fullmatch(said) if isinstance(said, str) else None
    entry = held.by_digest.get(match[1]) if match else None
    if entry is None and (held.whole or match is None):
        raise refused(
            "item-files", f"asset {key} states the digest of a file that is not in the bundle",
            document.path, "Seal the file with the item, or take the asset out of it.",
        )  # fmt: skip
    if entry is None:
        return None
    if named is not None and named.sha256 != entry.sha256:
        raise refused(
            "item-files", f"asset {key} links to {named.name} and states the digest of "
            f"{entry.name}", document.path,
        )  # fmt: skip
    size = asset.get("file:size")
    if size is not None and size != entry.size:
        raise refused(
            "item-files", f"asset {key} states {ascii(size)[:30]} bytes, the file has "
            f"{entry.size}", document.path,
        )  # fmt: skip
    return entry


def link_of(entry: Entry) -> str:
    """The link of an asset in the catalogue: relative to the archive's own address."""
    return f"{OBJECT_LINK}{entry.sha256}/{entry.name.rsplit('/', 1)[-1]}"


def _check_shapes(items: Sequence[tuple[str, Json]]) -> None:
    """Raise Refused (``bad-geometry``) for one that is none, or that its box does not fit."""
    import shapely

    shapes, numbers, boxes = [], [], []
    for number, item in items:
        geometry, box = item.get("geometry"), item.get("bbox")
        if geometry is None and box is None:
            continue
        if not isinstance(geometry, dict):
            raise _bad(number, "its geometry is none")
        try:
            positions = _positions(geometry)
            shape = shapely.geometry.shape(geometry)
        except (ValueError, TypeError, KeyError, shapely.errors.ShapelyError):
            raise _bad(number, "its geometry is none") from None
        if shape.is_empty:
            raise _bad(number, "its geometry is empty")
        shapes.append(shape)
        numbers.append(number)
        boxes.append((box, positions))
    for number, fine in zip(numbers, shapely.is_valid(shapes), strict=True):
        if not fine:
            raise _bad(number, "its outline crosses itself, or is none")
    for number, (box, positions) in zip(numbers, boxes, strict=True):
        if not _fits(box, positions):
            raise _bad(number, "its box is not that of its geometry")


def _bad(number: str, why: str) -> Refused:
    return refused("bad-geometry", f"item {number}: {why}", "stac")


def _positions(geometry: Any) -> list[tuple[float, float]]:
    """All (longitude, latitude) of a geometry. Raises ValueError, TypeError, KeyError."""
    depth = _DEPTH[geometry["type"]]
    found = []
    if depth > 1 and geometry["type"].endswith("Polygon"):
        for ring in _flat(geometry["coordinates"], depth - 1):
            if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
                raise ValueError("a ring is open")
    for position in _flat(geometry["coordinates"], depth):
        if not isinstance(position, list) or not 2 <= len(position) <= 3:
            raise ValueError("no position")
        lon, lat = position[0], position[1]
        numbers = all(type(v) in (int, float) and math.isfinite(v) for v in position)
        if not numbers or not (abs(lon) <= 180 and abs(lat) <= 90):
            raise ValueError("no position on the Earth")
        found.append((lon, lat))
    if not found:
        raise ValueError("no position")
    return found


def _flat(value: Any, depth: int) -> Iterator[Any]:
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    for one in value if depth else (value,):
        if depth > 1:
            yield from _flat(one, depth - 1)
        else:
            yield one


def _fits(box: Any, positions: Sequence[tuple[float, float]]) -> bool:
    """Whether a box is that of the positions; west of more than east: across the antimeridian."""
    if not isinstance(box, list) or len(box) not in (4, 6):
        return False
    if not all(type(v) in (int, float) and math.isfinite(v) for v in box):
        return False
    west, south = box[0], box[1]
    east, north = box[len(box) // 2], box[len(box) // 2 + 1]
    lons, lats = [lon for lon, _ in positions], [lat for _, lat in positions]
    if west > east:
        eastern, western = [x for x in lons if x > 0], [x for x in lons if x < 0]
        edges = (min(eastern, default=180.0), max(western, default=-180.0))
    else:
        edges = (min(lons), max(lons))
    wanted = (edges[0], min(lats), edges[1], max(lats))
    return all(abs(a - b) <= _NEAR for a, b in zip((west, south, east, north), wanted, strict=True))


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
