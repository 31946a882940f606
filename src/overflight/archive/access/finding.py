"""What an asker gets of what a catalogue finds: no link and no digest of what it may not open.

An item of a mission that may be opened goes out as it is kept, byte for byte. Of one that may only
be found the assets are left out. Of a mission of which only what was delivered may be had, an item
stays with those of its assets that were delivered.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from overflight.archive.access.rights import NONE, Rights
from overflight.archive.catalogue.fields import trimmed
from overflight.archive.catalogue.protocol import Catalogue, Page, Query
from overflight.archive.catalogue.reading import parse
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.missions import Mission

_OBJECT = re.compile(r"/objects/([0-9a-f]{64})/")
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Sight:
    """What of which collections goes out. ``found``: missions that a search looks into;
    ``wholly``: collections whose files may be opened; ``parts``: collections of which only what
    was delivered may be found or opened -> the SHA-256 of it; ``only``: those of them of which
    nothing else may be found, and their missions. ``all``: every file of all that is found."""

    found: frozenset[int]
    wholly: frozenset[str]
    all: bool = False
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only: Mapping[str, int] = field(default_factory=dict)


def sight_of(connection: sqlite3.Connection, missions: Iterable[Mission], rights: Rights) -> Sight:
    """What goes out to the asker. ``connection``: to the archive's own file."""
    names = {one.id: one.collection for one in missions}
    findable, openable = rights.findable, rights.openable
    found_in_part = rights.found_in_part
    partly = (rights.in_part | found_in_part) - openable
    parts = {
        names[number]: _digests(connection, number, rights.handed.get(number, NONE))
        for number in partly if number in names
    }  # fmt: skip
    only = {names[n]: n for n in found_in_part - findable if n in names}
    wholly = frozenset(names[number] for number in openable if number in names)
    found = findable | frozenset(only.values())
    return Sight(found, wholly, found <= openable, parts, only)


def _digests(
    connection: sqlite3.Connection, mission: int, paths: frozenset[str]
) -> frozenset[str]:  # fmt: skip
    if not paths:
        return frozenset()
    rows = tables.files(connection, mission, None)
    return frozenset(row.sha256 for row in rows if row.path in paths)


def search(catalogue: Catalogue, query: Query, sight: Sight) -> Page:
    """One page of what the asker may find, as it goes out to it.

    A page has fewer items than its limit where some of a mission were not delivered. Raises
    DataError for a query that cannot be answered.
    """
    asked = replace(query, missions=sight.found, fields=query.fields if sight.all else None)
    if sight.only and query.matched:
        asked = replace(asked, matched=False)
    page = catalogue.search(asked)
    items = _shown(page.items, sight)
    while not items and page.next and query.limit:
        page = catalogue.search(replace(asked, token=page.next))
        items = _shown(page.items, sight)
    matched = page.matched
    if sight.only and query.matched:
        matched = _count(catalogue, query, sight)
    if not sight.all:
        items = [trimmed(one, query.fields) for one in items]
    return Page(tuple(items), page.next, page.previous, matched)


def item(catalogue: Catalogue, collection: str, name: str, sight: Sight) -> bytes | None:
    """One item as it goes out to the asker; None where there is none that it may find."""
    found = catalogue.item(collection, name, sight.found)
    return None if found is None else shown(found, sight)


def collections(catalogue: Catalogue, sight: Sight) -> tuple[bytes, ...]:
    """The collections that the asker may find, by id."""
    return tuple(_outlined(body, sight) for body in catalogue.collections(sight.found))


def collection(catalogue: Catalogue, name: str, sight: Sight) -> bytes | None:
    """One collection; None where there is none that the asker may find."""
    found = catalogue.collection(name, sight.found)
    return None if found is None else _outlined(found, sight)


def shown(body: bytes, sight: Sight) -> bytes | None:
    """An item that was found, as it goes out; None where it may not be found after all."""
    document = _loaded(body)
    name = str(document.get("collection", ""))
    if name in sight.wholly:
        return body
    had = sight.parts.get(name, frozenset())
    assets = document.get("assets") or {}
    kept = {key: asset for key, asset in assets.items() if had and _digest(asset) in had}
    if name in sight.only and not kept:
        return None
    return _dumped(document | {"assets": kept})


def _shown(bodies: Iterable[bytes], sight: Sight) -> list[bytes]:
    if sight.all:
        return list(bodies)
    return [one for body in bodies if (one := shown(body, sight)) is not None]


def _digest(asset: Any) -> str:
    """The SHA-256 of the object that an asset leads to, or ""."""
    href = asset.get("href", "") if isinstance(asset, dict) else ""
    match = _OBJECT.match(href) if isinstance(href, str) else None
    return match[1] if match is not None else ""


def _count(catalogue: Catalogue, query: Query, sight: Sight) -> int:
    """How many there are, those that were not delivered left out."""
    free = sight.found - frozenset(sight.only.values())
    plain = replace(query, fields=None, token="", limit=0, missions=free)
    count = catalogue.search(plain).matched or 0
    rest = replace(
        plain, missions=frozenset(sight.only.values()), limit=_PAGE, matched=False
    )  # fmt: skip
    while True:
        page = catalogue.search(rest)
        count += len(_shown(page.items, sight))
        if not page.next:
            return count
        rest = replace(rest, token=page.next)


def _outlined(body: bytes, sight: Sight) -> bytes:
    """The collection; where only what was delivered may be found, not how far it reaches."""
    document = _loaded(body)
    if document.get("id") not in sight.only:
        return body
    nowhere = {
        "spatial": {"bbox": [[-180.0, -90.0, 180.0, 90.0]]},
        "temporal": {"interval": [[None, None]]},
    }
    return _dumped(document | {"extent": nowhere, "summaries": {}})


def _loaded(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = parse(body)
    return found


def _dumped(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
