"""Which mission and which of its files a request for copies is about.

The sealed STAC items say by which sensor and when a picture was taken. What is handed over is the
data that the sensors recorded, with the items that describe them: of each picture the duplicate
that was made from the original and sealed, or else the original itself, copied bit for bit.
"""

from __future__ import annotations

import datetime as dt
import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from overflight.archive.asking.documents import Particulars, Span
from overflight.archive.keeping.missions import FileRow, Mission
from overflight.archive.keeping.objects import Objects
from overflight.errors import DataError
from overflight.record.manifest import Entry

ORIGINAL, DUPLICATE, ITEM = "frame-original", "duplicate", "stac"
_MOST_ITEM = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Chosen:
    """Paths in the bundle: of the pictures, and of the items that describe them."""

    pictures: tuple[str, ...]
    items: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        return (*self.pictures, *self.items)


def missions_meant(
    missions: Iterable[Mission], what: Particulars, bundle: str = ""
) -> tuple[Mission, ...]:
    """The missions that a request can mean."""
    return tuple(
        one for one in missions
        if (one.observing, one.observed) == (what.observing, what.observed)
        and one.flown == what.flown
        and (not bundle or one.bundle == bundle)
    )  # fmt: skip


def choose(
    what: Particulars,
    rows: Sequence[FileRow],
    entries: Mapping[str, Entry],
    objects: Objects,
) -> Chosen:
    """The files that the request is about. ``rows``: of the bundle; ``entries``: by their paths.

    Raises DataError where no sealed document says which they are, and where there is none.
    """
    items = list(_items(rows, objects))
    if not items:
        raise DataError(
            "no sealed item says which picture was taken by which sensor, and when",
            remedy="Name the files yourself: --file NAME (repeatable).",
        )
    of = {entry.name: path for path, entry in entries.items()}
    digests = {entry.sha256: path for path, entry in reversed(tuple(entries.items()))}
    pictures: dict[str, None] = {}
    used = []
    for row, item in items:
        if not _meant(item, what):
            continue
        found = list(_pictures(row, item, entries, of, digests))
        if found:
            pictures |= dict.fromkeys(_first_generation(found, entries))
            used.append(row.path)
    if not pictures:
        raise DataError(
            f"the mission has no picture of the sensor {what.sensor!r} in what was asked for",
            remedy="Compare sensor and portions with the mission report.",
        )
    return Chosen(tuple(pictures), tuple(used))


def named(names: Sequence[str], entries: Mapping[str, Entry]) -> Chosen:
    """The files of these names in the bundle. Raises DataError for one that it does not have, or
    that is no picture and no item."""
    of = {entry.name: path for path, entry in entries.items()}
    for name in names:
        if name not in of or entries[of[name]].role not in (ORIGINAL, DUPLICATE, ITEM):
            raise DataError(
                f"the mission has no picture or item {name!r}",
                remedy="'overflight archive show ARCHIVE MISSION' lists its files.",
            )
    paths = [of[name] for name in dict.fromkeys(names)]
    items = tuple(path for path in paths if entries[path].role == ITEM)
    pictures = [path for path in paths if path not in items]
    return Chosen(tuple(dict.fromkeys(_first_generation(pictures, entries))), items)


def _items(
    rows: Iterable[FileRow], objects: Objects
) -> Iterator[tuple[FileRow, Mapping[str, Any]]]:
    for row in rows:
        if row.role != ITEM or row.size > _MOST_ITEM:
            continue
        try:
            item = json.loads(b"".join(objects.parts(row.sha256)))
        except ValueError:
            continue
        if isinstance(item, dict) and item.get("type") == "Feature":
            yield row, item


def _meant(item: Mapping[str, Any], what: Particulars) -> bool:
    properties = item.get("properties")
    if not isinstance(properties, dict) or what.sensor not in (properties.get("instruments") or ()):
        return False
    first, last = _time(properties)
    if not what.portions:
        return True
    return first is not None and last is not None and any(
        _meets(span, first, last) for span in what.portions
    )  # fmt: skip


def _meets(span: Span, first: dt.datetime, last: dt.datetime) -> bool:
    """Whether they overlap; the last second of a portion belongs to it wholly."""
    return first < span.end + dt.timedelta(seconds=1) and last >= span.start


def _time(properties: Mapping[str, Any]) -> tuple[dt.datetime | None, dt.datetime | None]:
    at = properties.get("datetime")
    start = properties.get("start_datetime") or at
    end = properties.get("end_datetime") or at
    return _moment(start), _moment(end)


def _moment(text: Any) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else None


def _pictures(
    row: FileRow,
    item: Mapping[str, Any],
    entries: Mapping[str, Entry],
    of: Mapping[str, str],
    digests: Mapping[str, str],
) -> Iterator[str]:
    """The paths of the original pictures, and of duplicates, among an item's assets."""
    folder = posixpath.dirname(entries[row.path].name)
    for asset in (item.get("assets") or {}).values():
        said = str(asset.get("file:checksum", "")).removeprefix("1220")
        name = posixpath.normpath(posixpath.join(folder, str(asset.get("href"))))
        path = of.get(name) or digests.get(said)
        if path is not None and entries[path].role in (ORIGINAL, DUPLICATE):
            yield path


def _first_generation(paths: Iterable[str], entries: Mapping[str, Entry]) -> Iterator[str]:
    """For each original its sealed duplicate, where there is one; a duplicate stays itself."""
    made = {
        entry.made_from: path for path, entry in entries.items()
        if entry.role == DUPLICATE and entry.generation == 1 and entry.made_from
    }  # fmt: skip
    for path in paths:
        yield made.get(entries[path].name, path)
