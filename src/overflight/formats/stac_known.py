"""What of a STAC document is known: STAC 1.0 and 1.1, extensions that are published, and ours.

STAC lets anybody put anything into an item. What goes to the other side is held to what has a
meaning to both; the rest is for a person to look through.
"""

from __future__ import annotations

from typing import Any

from overflight.formats.schema import validate
from overflight.formats.stac_item import OWN, SCHEMA

STAC = ("Feature", "Collection", "Catalog")
_PREFIXES = (
    "overflight", "proj", "raster", "view", "file", "processing", "eo", "sat", "sar", "sci",
    "grid", "classification", "bands", "card4l", "datetime", "version", "storage", "mgrs", "gsd",
)  # fmt: skip
_TOP = frozenset((
    "type", "stac_version", "stac_extensions", "id", "geometry", "bbox", "properties", "links",
    "assets", "collection", "title", "description", "keywords", "license", "providers", "extent",
    "summaries", "item_assets", "bands", "marks",
))  # fmt: skip
_PROPERTIES = frozenset((
    "title", "description", "keywords", "roles", "bands", "datetime", "start_datetime",
    "end_datetime", "created", "updated", "license", "providers", "platform", "instruments",
    "constellation", "mission", "gsd", "data_type", "nodata", "statistics", "unit", "deprecated",
    "version", "experimental", "marks", "published", "expires",
))  # fmt: skip
_ASSET = _PROPERTIES | {"href", "type"}
_LINK = frozenset(("href", "rel", "type", "title", "method", "headers", "body"))


def stac_oddities(document: Any) -> list[str]:
    """What of a STAC document has no meaning that is known here, in words; none where it is no STAC
    document. Raises DataError where it says that it is ours and its schema refuses it."""
    if not is_stac(document):
        return []
    extensions = document.get("stac_extensions")
    ours = isinstance(extensions, list) and OWN in extensions
    if ours and document["type"] != "Catalog":
        validate(document, SCHEMA)
    odd = [f"its field {name}" for name in _unknown(document, _TOP)]
    odd += [f"its property {name}" for name in _unknown(document.get("properties"), _PROPERTIES)]
    for field, known in (("assets", _ASSET), ("item_assets", _ASSET)):
        listed = document.get(field)
        for name, asset in listed.items() if isinstance(listed, dict) else ():
            odd += [f"{one} of its asset {name}" for one in _unknown(asset, known)]
            odd += _inline(asset, f"asset {name}")
    links = document.get("links")
    for link in links if isinstance(links, list) else ():
        odd += [f"{one} of a link" for one in _unknown(link, _LINK)]
        odd += _inline(link, "a link")
    return [f"{ascii(words)[1:-1][:80]} is not known" for words in odd]


def is_stac(document: Any) -> bool:
    """Whether it says that it is an item, a collection or a catalogue."""
    return (
        isinstance(document, dict)
        and document.get("type") in STAC
        and isinstance(document.get("stac_version"), str)
    )


def _unknown(value: Any, known: frozenset[str]) -> list[str]:
    names = value if isinstance(value, dict) else ()
    return [name for name in names if name not in known and name.partition(":")[0] not in _PREFIXES]


def _inline(value: Any, what: str) -> list[str]:
    href = value.get("href") if isinstance(value, dict) else None
    return [f"{what} in place of a file"] if str(href).lower().startswith("data:") else []
