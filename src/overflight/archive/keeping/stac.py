"""The STAC items of a mission as the catalogue has them, from those that were sealed.

An item that was sealed names files by links within a folder; here it names objects of the archive,
which have the digests that it states. What it says of the mission must be what the seals say.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from overflight.archive.keeping.contents import STAC_ROLE, Document, Sealed, refused
from overflight.archive.keeping.facts import Facts, regime_of
from overflight.archive.keeping.stac_mission import collection_id, link_of, mission_item
from overflight.record.manifest import Entry, Identity
from overflight.record.refused import Refused

Json = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:@+-]{0,199}")
_SHA256 = re.compile(r"1220([0-9a-f]{64})")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DEPTH = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2,
    "MultiPolygon": 3,
}  # fmt: skip
_NEAR = 1e-5
"""Degrees by which a box may miss the edges of its geometry: rounding."""


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
        item = _rewritten(value, document, held)
        found[number] = (document.entry.sha256, item | {"collection": collection})
    _check_shapes([(number, item) for number, (_, item) in found.items()])
    if not found:
        return [mission_item(parts, facts)]
    return [found[number][1] for number in sorted(found)]


class _Held:
    """The files of a mission by digest and by name."""

    def __init__(self, parts: Sequence[Sealed]) -> None:
        self.identity = parts[0].identity
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
        if said not in (None, "", sealed):  # "": the item does not say
            raise refused(
                "parties-differ", f"the item says that the {word} Party is "
                f"{ascii(said)[:40]}, the seals say {sealed}", path,
            )  # fmt: skip
    said = properties.get("overflight:treaty")
    if (
        treaty
        and said not in (None, "")
        and (not isinstance(said, str) or regime_of(said) != treaty)
    ):
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


def _rewritten(item: Json, document: Document, held: _Held) -> Json:
    """The item with its assets as objects of the archive; those that are not here are left out.
    What it does not say of the Parties, the seals do."""
    assets = {}
    for key, asset in item["assets"].items():
        entry = _entry_of(asset, document, held, key)
        if entry is not None and entry.sha256 in held.here:
            assets[key] = asset | {"href": link_of(entry)}
    properties = item["properties"] | {
        "overflight:observing": held.identity.observing,
        "overflight:observed": held.identity.observed,
    }
    return item | {"properties": properties, "links": [], "assets": assets}


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
