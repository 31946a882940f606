"""The catalogue in PostgreSQL with PostGIS and pgSTAC, for an archive past one machine.

Needs the driver psycopg (extra ``postgres``), a database of collation C, and pgSTAC's tables in it
(``pypgstac migrate``). pgSTAC finds the items; their bytes as they were sent, and whose a
collection is, stand in tables of our own beside its tables: what pgSTAC puts together again lacks
every property that is null, and null says something here (no target was in view).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from overflight.archive.catalogue import queryables
from overflight.archive.catalogue.fields import trimmed
from overflight.archive.catalogue.ordering import total
from overflight.archive.catalogue.protocol import MOST_LIMIT, Interval, Page, Query
from overflight.archive.catalogue.reading import read_collection, read_item
from overflight.archive.catalogue.shapes import of_bbox, shape_of
from overflight.archive.catalogue.sqlite.conditions import condition
from overflight.archive.catalogue.stopping import stoppable
from overflight.errors import DataError

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

OLDEST = (0, 10)
"""The version of pgSTAC from which on order and tokens are those told in protocol."""
_TOKEN = re.compile(r"(next|prev):((?:[0-9a-f]{2})+):((?:[0-9a-f]{2})+)")
_COLLATIONS = ("C", "POSIX")
_PATH = "SET search_path TO pgstac, public; SET timezone TO 'UTC'"
_OWN = """
CREATE SCHEMA IF NOT EXISTS overflight;
CREATE TABLE IF NOT EXISTS overflight.collections (
  id text PRIMARY KEY, mission bigint NOT NULL, body text NOT NULL
);
CREATE INDEX IF NOT EXISTS collections_of_mission ON overflight.collections (mission);
CREATE TABLE IF NOT EXISTS overflight.items (
  collection text NOT NULL, id text NOT NULL, body text NOT NULL, PRIMARY KEY (collection, id)
);
"""
_KEEP_ITEM = (
    "INSERT INTO overflight.items VALUES (%s, %s, %s) "
    "ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body"
)
_REMEDY = "Make a database with LC_COLLATE C and pgSTAC 0.10 or later in it (pypgstac migrate)."


class PgstacWriting:
    """Writing on a connection whose transaction somebody else began and will end."""

    def __init__(self, connection: Connection) -> None:
        self._run = connection

    def add(self, mission: int, collections: Sequence[bytes], items: Iterable[bytes]) -> int:
        """See protocol.Writing."""
        for body in collections:
            self._keep_collection(mission, body)
        rows = self._run.execute("SELECT id FROM overflight.collections WHERE mission = %s",
                                 (mission,))  # fmt: skip
        mine = {row[0] for row in rows}
        kept: dict[tuple[str, str], str] = {}
        with self._run.cursor().copy("COPY items_staging_upsert (content) FROM STDIN") as copy:
            for body in items:
                row = read_item(body)
                if row.collection not in mine:
                    raise DataError(
                        f"item {row.name} is of collection {row.collection}, which is none of "
                        "its mission's",
                        remedy="Give the collection with the items.",
                    )
                if (row.collection, row.name) in kept:
                    raise DataError(
                        f"item {row.name} is there twice", remedy="Name each item once."
                    )
                kept[row.collection, row.name] = text = body.decode()
                copy.write_row((text if row.shape is not None else _nowhere(body),))
        with self._run.cursor() as cursor:
            cursor.executemany(_KEEP_ITEM, [(*name, text) for name, text in kept.items()])
        return len(kept)

    def remove(self, mission: int) -> None:
        """See protocol.Writing."""
        of_mission = "(SELECT id FROM overflight.collections WHERE mission = %s)"
        self._run.execute(f"DELETE FROM items WHERE collection IN {of_mission}", (mission,))
        self._run.execute(
            f"DELETE FROM overflight.items WHERE collection IN {of_mission}", (mission,)
        )
        self._run.execute(f"DELETE FROM collections WHERE id IN {of_mission}", (mission,))
        self._run.execute("DELETE FROM overflight.collections WHERE mission = %s", (mission,))

    def _keep_collection(self, mission: int, body: bytes) -> None:
        name, text = read_collection(body), body.decode()
        kept = self._run.execute(
            "INSERT INTO overflight.collections VALUES (%s, %s, %s) ON CONFLICT (id) DO UPDATE "
            "SET body = excluded.body WHERE collections.mission = excluded.mission RETURNING 1",
            (name, mission, text),
        ).fetchone()
        if kept is None:
            raise DataError(f"collection {name} is another mission's", remedy="Give it another id.")
        self._run.execute("SELECT upsert_collection(%s::jsonb)", (text,))


class PgstacCatalogue:
    """See protocol.Catalogue. Used by any number of threads, each with a connection of its own."""

    def __init__(self, url: str, *, new: bool = False) -> None:
        """Connect; ``new`` makes what is ours beside pgSTAC's tables."""
        self._url = url
        self._mine = threading.local()
        self._open: list[Connection] = []
        self._lock = threading.Lock()
        with self._connected() as run:
            _fitting(run)
            if new:
                run.execute(_OWN)
                for name, definition in queryables.schema().items():
                    run.execute(
                        "SELECT upsert_queryable(%s, %s::jsonb)", (name, json.dumps(definition))
                    )

    def collections(self, missions: frozenset[int] | None) -> tuple[bytes, ...]:
        """See protocol.Catalogue."""
        return tuple(body.encode() for _, body in self._visible(missions))

    def collection(self, name: str, missions: frozenset[int] | None) -> bytes | None:
        """See protocol.Catalogue."""
        return next((body.encode() for one, body in self._visible(missions) if one == name), None)

    def item(self, collection: str, name: str, missions: frozenset[int] | None) -> bytes | None:
        """See protocol.Catalogue."""
        if self.collection(collection, missions) is None:
            return None
        with self._connected() as run:
            sql = "SELECT body FROM overflight.items WHERE collection = %s AND id = %s"
            row = run.execute(sql, (collection, name)).fetchone()
            return None if row is None else str(row[0]).encode()

    def mission_of(self, collection: str) -> int | None:
        """See protocol.Catalogue."""
        with self._connected() as run:
            sql = "SELECT mission FROM overflight.collections WHERE id = %s"
            row = run.execute(sql, (collection,)).fetchone()
            return None if row is None else int(row[0])

    def search(self, query: Query) -> Page:
        """See protocol.Catalogue."""
        names = None
        if query.missions is not None:
            names = {name for name, _ in self._visible(query.missions)}
            if query.collections is not None:
                names &= set(query.collections)
        asked = search_document(query, None if names is None else sorted(names))
        if query.token and names is not None:
            seen = bytes.fromhex(asked["token"].split(":")[1]).decode(errors="replace")
            if seen not in names:
                raise DataError("the token is none of this archive's", remedy="Search again.")
        with self._connected() as run:
            row = run.execute("SELECT search(%s::jsonb)::text", (json.dumps(asked),)).fetchone()
            page = json.loads(row[0] if row is not None else "{}")
            names_found = [(one["collection"], one["id"]) for one in page["features"]]
            bodies = _bodies(run, names_found)
        tokens = {
            link["rel"]: link["href"].partition("token=")[2]
            for link in page["links"]
            if "token=" in link["href"]
        }
        return Page(
            tuple(trimmed(body, query.fields) for body in bodies),
            next=tokens.get("next", ""),
            previous=tokens.get("prev", ""),
            matched=page.get("numberMatched", 0) if query.matched else None,
        )

    @contextmanager
    def writing(self) -> Iterator[PgstacWriting]:
        """See protocol.Catalogue."""
        with self._connected() as run, run.transaction():
            yield PgstacWriting(run)

    def check(self) -> tuple[str, ...]:
        """See protocol.Catalogue."""
        with self._connected() as run:
            rows = run.execute(
                "SELECT c.id FROM overflight.collections c FULL JOIN pgstac.collections p "
                "ON p.id = c.id WHERE c.id IS NULL OR p.id IS NULL LIMIT 20"
            ).fetchall()
            return tuple(f"collection {row[0]} is kept on one side only" for row in rows)

    def close(self) -> None:
        """See protocol.Catalogue."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self._mine = threading.local()

    def _visible(self, missions: frozenset[int] | None) -> list[tuple[str, str]]:
        with self._connected() as run:
            rows = run.execute(
                "SELECT id, body FROM overflight.collections "
                "WHERE %(all)s OR mission = ANY (%(missions)s) ORDER BY id",
                {"all": missions is None, "missions": sorted(missions or ())},
            )
            return [(str(row[0]), str(row[1])) for row in rows]

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            import psycopg
        except ImportError:
            raise DataError(
                "PostgreSQL needs the driver psycopg",
                remedy="Install overflight with the extra 'postgres'.",
            ) from None
        try:
            run: Connection | None = getattr(self._mine, "run", None)
            if run is None or run.closed:
                run = psycopg.connect(self._url, autocommit=True)
                run.execute(_PATH)
                self._mine.run = run
                with self._lock:
                    self._open.append(run)
            with stoppable(run.cancel):
                yield run
        except psycopg.Error as error:
            words = str(error).partition("\n")[0]
            remedy = "Ask otherwise, or look at the database."
            if isinstance(error, psycopg.OperationalError):
                remedy = (
                    "Start the database, and check its address in archive.toml and your rights."
                )
            raise DataError(f"the catalogue: {words}", remedy=remedy) from error


def search_document(query: Query, names: Sequence[str] | None) -> dict[str, Any]:
    """The query as pgSTAC's ``search`` takes it. DataError for what SQLite's would refuse too."""
    if not 0 <= query.limit <= MOST_LIMIT:
        raise DataError(
            f"a page has at most {MOST_LIMIT} items", remedy="Ask for fewer, page by page."
        )
    asked: dict[str, Any] = {"limit": query.limit, "filter-lang": "cql2-json",
                             "fields": {"include": ["id", "collection"]}}  # fmt: skip
    asked["conf"] = {"context": "on" if query.matched else "off", "context_stats_ttl": "0 seconds"}
    collections = query.collections if names is None else names
    if collections is not None:
        asked["collections"] = list(collections)
    if query.ids is not None:
        asked["ids"] = list(query.ids)
    shape = shape_of(query.bbox, query.intersects)
    if shape is not None:
        import shapely

        asked["intersects"] = json.loads(shapely.to_geojson(shape.outline))
    if query.interval is not None:
        asked["datetime"] = _interval(query.interval)
    if query.filter is not None:
        condition(query.filter)
        asked["filter"] = _plain(query.filter)
    asked["sortby"] = [
        {"field": one.field, "direction": "desc" if one.descending else "asc"}
        for one in total(query.sortby)
    ]
    if query.token:
        if not _TOKEN.fullmatch(query.token):
            raise DataError("the token is none of this archive's", remedy="Search again.")
        asked["token"] = query.token
    return asked


def _nowhere(body: bytes) -> str:
    """An item without a geometry, as pgSTAC keeps it: with an empty one, which meets no place."""
    return json.dumps(json.loads(body) | {"geometry": {"type": "Polygon", "coordinates": []}})


def _plain(node: Any) -> Any:
    """A filter without what pgSTAC does not know: boxes by name, the other name of an operator."""
    if isinstance(node, list):
        return [_plain(part) for part in node]
    if not isinstance(node, Mapping):
        return node
    if isinstance(node.get("bbox"), list):
        import shapely

        return json.loads(shapely.to_geojson(of_bbox(node["bbox"]).outline))
    found = {name: _plain(part) for name, part in node.items()}
    if isinstance(found.get("op"), str):
        op = found["op"].lower()
        found["op"] = {"a_containedby": "a_contained_by"}.get(op, op)
    return found


def _interval(interval: Interval) -> str:
    ends = (interval.start, interval.end)
    return "/".join(".." if end is None else _written(end) for end in ends)


def _written(microseconds: int) -> str:
    import datetime as dt

    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return (epoch + dt.timedelta(microseconds=microseconds)).isoformat()


def _bodies(run: Connection, names: Sequence[tuple[str, str]]) -> list[bytes]:
    """The items of these collections and ids as they were sent, in the same order."""
    rows = run.execute(
        "SELECT i.body FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY "
        "AS n (collection, id, at) "
        "JOIN overflight.items i USING (collection, id) ORDER BY n.at",
        ([name[0] for name in names], [name[1] for name in names]),
    )
    return [str(row[0]).encode() for row in rows]


def _fitting(run: Connection) -> None:
    row = run.execute(
        "SELECT datcollate, to_regprocedure('pgstac.get_version()') IS NOT NULL "
        "FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    if row is None or not row[1]:
        raise DataError("the database has no pgSTAC", remedy=_REMEDY)
    version = run.execute("SELECT get_version()").fetchone()
    told = str(version[0]) if version is not None else ""
    numbers = tuple(int(part) for part in re.findall(r"\d+", told)[:2])
    if numbers < OLDEST or row[0] not in _COLLATIONS:
        raise DataError(f"the database has pgSTAC {told} and collation {row[0]}", remedy=_REMEDY)
