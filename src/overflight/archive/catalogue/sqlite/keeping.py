"""The catalogue in one file of SQLite: many readers, one writer, nothing to install."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from overflight.archive.catalogue import tokens
from overflight.archive.catalogue.fields import trimmed
from overflight.archive.catalogue.narrowing import narrowed
from overflight.archive.catalogue.ordering import by_time_alone, total
from overflight.archive.catalogue.protocol import MOST_LIMIT, Page, Query, Sort
from overflight.archive.catalogue.shapes import shape_of
from overflight.archive.catalogue.sqlite import anyorder, checking, functions, schema, searching
from overflight.archive.catalogue.sqlite.conditions import condition
from overflight.archive.catalogue.sqlite.writing import SqliteWriting
from overflight.archive.catalogue.sqlite.zones import Zones
from overflight.archive.catalogue.stopping import stoppable
from overflight.errors import DataError

_WAIT_S = 120.0
_TOO_MANY_STEPS = "the filter is too long for the catalogue"


class SqliteCatalogue:
    """See protocol.Catalogue. Used by any number of threads, each with a connection of its own."""

    def __init__(self, path: Path, *, new: bool = False) -> None:
        """Open the file; ``new`` makes it, or its tables, where they are not there."""
        if not new and not path.is_file():
            raise DataError("there is no catalogue", file=path, remedy="Make the archive first.")
        self._path = path
        self._mine = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._writes = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        if new:
            with _words(path):
                connection = self._connect()
                connection.execute(f"PRAGMA page_size = {schema.PAGE_BYTES}")
                connection.execute("PRAGMA journal_mode = WAL")
                schema.create(connection)
                connection.close()

    def collections(self, missions: frozenset[int] | None) -> tuple[bytes, ...]:
        """See protocol.Catalogue."""
        with self._reading() as run:
            where, values = _visible(missions)
            sql = f"SELECT CAST(body AS BLOB) FROM collections WHERE {where} ORDER BY id"
            return tuple(row[0] for row in run.execute(sql, values))

    def collection(self, name: str, missions: frozenset[int] | None) -> bytes | None:
        """See protocol.Catalogue."""
        with self._reading() as run:
            where, values = _visible(missions)
            sql = f"SELECT CAST(body AS BLOB) FROM collections WHERE id = ? AND {where}"
            row = run.execute(sql, (name, *values)).fetchone()
            return None if row is None else bytes(row[0])

    def item(self, collection: str, name: str, missions: frozenset[int] | None) -> bytes | None:
        """See protocol.Catalogue."""
        with self._reading() as run:
            where, values = _visible(missions)
            row = run.execute(
                "SELECT CAST(b.body AS BLOB) FROM items i JOIN bodies b ON b.key = i.key "
                "WHERE i.id = ? AND i.collection = ? AND i.collection IN "
                f"(SELECT id FROM collections WHERE id = ? AND {where})",
                (name, collection, collection, *values),
            ).fetchone()
            return None if row is None else bytes(row[0])

    def mission_of(self, collection: str) -> int | None:
        """See protocol.Catalogue."""
        with self._reading() as run:
            sql = "SELECT mission FROM collections WHERE id = ?"
            row = run.execute(sql, (collection,)).fetchone()
            return None if row is None else int(row[0])

    def search(self, query: Query) -> Page:
        """See protocol.Catalogue."""
        if not 0 <= query.limit <= MOST_LIMIT:
            raise DataError(
                f"a page has at most {MOST_LIMIT} items", remedy="Ask for fewer, page by page."
            )
        order = total(query.sortby)
        place = tokens.read(query.token, order)
        rest = () if query.filter is None else (condition(query.filter),)
        query = narrowed(query)
        shape = shape_of(query.bbox, query.intersects)
        with self._reading() as run:
            chosen = self._zones(run).choose(query, None if shape is None else shape.boxes)
            plan = searching.Plan(
                chosen,
                shape,
                None if query.interval is None else query.interval.start,
                rest,
                descending=True,
                beyond=None,
            )
            rows = _rows(run, query, plan, order, place)
            matched = anyorder.count(run, plan, query.ids) if query.matched else None
            return _page(run, query, order, place, rows, matched)

    @contextmanager
    def writing(self) -> Iterator[SqliteWriting]:
        """See protocol.Catalogue."""
        with self._writes, _words(self._path):
            connection = self._writer
            if connection is None:
                connection = self._writer = self._connect()
                for pragma in schema.WRITING:
                    connection.execute(pragma)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteWriting(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def check(self) -> tuple[str, ...]:
        """See protocol.Catalogue."""
        with self._reading() as run:
            return checking.problems(run)

    def close(self) -> None:
        """See protocol.Catalogue. No thread may still be reading."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self._mine = threading.local()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._path,
            isolation_level=None,
            timeout=_WAIT_S,
            check_same_thread=False,
            cached_statements=256,
        )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection; all that is read within is of one state of the catalogue."""
        with _words(self._path):
            run: sqlite3.Connection | None = getattr(self._mine, "run", None)
            if run is None:
                run = self._connect()
                for pragma in schema.READING:
                    run.execute(pragma)
                functions.define(run)
                self._mine.run = run
                with self._lock:
                    self._open.append(run)
            run.execute("BEGIN")
            try:
                with stoppable(run.interrupt):
                    yield run
            finally:
                try:
                    run.execute("COMMIT")
                except sqlite3.Error:  # interrupted: the next read has a connection anew
                    self._mine.run = self._mine.version = None
                    run.close()

    def _zones(self, run: sqlite3.Connection) -> Zones:
        """Read anew after each commit of another connection; readers commit nothing."""
        version = run.execute("PRAGMA data_version").fetchone()[0]
        if getattr(self._mine, "version", None) != version:
            self._mine.zones, self._mine.version = Zones(run), version
        zones: Zones = self._mine.zones
        return zones


def _rows(
    run: sqlite3.Connection,
    query: Query,
    plan: searching.Plan,
    order: tuple[Sort, ...],
    place: tokens.Place | None,
) -> list[anyorder.Sorted]:
    """One row more than the page holds, in the direction that the token asks for."""
    back = place is not None and place.backwards
    turned = tuple(Sort(one.field, one.descending != back) for one in order)
    if by_time_alone(order) and query.ids is None:
        beyond = None
        if place is not None:
            start, collection, name = place.values
            if (
                type(start) is not int
                or not isinstance(collection, str)
                or (not isinstance(name, str))
            ):
                raise DataError("the token is none of this archive's", remedy="Search again.")
            beyond = (start, collection, name)
        turned_plan = searching.Plan(
            plan.chosen, plan.shape, plan.finish, plan.rest, turned[0].descending, beyond
        )
        rows = searching.found(run, turned_plan, query.limit + 1)
        return [(row, row[1:4]) for row in rows]
    return anyorder.found(
        run,
        plan,
        turned,
        query.limit + 1,
        ids=query.ids,
        beyond=None if place is None else place.values,
    )


def _page(
    run: sqlite3.Connection,
    query: Query,
    order: tuple[Sort, ...],
    place: tokens.Place | None,
    rows: list[anyorder.Sorted],
    matched: int | None,
) -> Page:
    back = place is not None and place.backwards
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    if back:
        rows.reverse()
    after = (more or back) and bool(rows)
    before = (more if back else place is not None) and bool(rows)
    return Page(
        tuple(trimmed(body, query.fields) for body in _bodies(run, rows)),
        next=tokens.write(tokens.Place(rows[-1][1]), order) if after else "",
        previous=tokens.write(tokens.Place(rows[0][1], True), order) if before else "",
        matched=matched,
    )


def _bodies(run: sqlite3.Connection, rows: list[anyorder.Sorted]) -> list[bytes]:
    keys = json.dumps([row[0] for row, _ in rows])
    found = dict(
        run.execute(
            "SELECT b.key, CAST(b.body AS BLOB) FROM json_each(?) k "
            "CROSS JOIN bodies b ON b.key = k.value",
            (keys,),
        ).fetchall()
    )
    return [found[row[0]] for row, _ in rows]


def _visible(missions: frozenset[int] | None) -> tuple[str, tuple[str, ...]]:
    if missions is None:
        return "1", ()
    return "mission IN (SELECT value FROM json_each(?))", (json.dumps(sorted(missions)),)


@contextmanager
def _words(path: Path) -> Iterator[None]:
    """What SQLite says against the file or a query, with a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        words = str(error)
        if "too large" in words or "too deep" in words or "too many" in words:
            raise DataError(_TOO_MANY_STEPS, remedy="Ask for less at once.") from error
        raise DataError(
            f"the catalogue: {words}", file=path, remedy="Run 'overflight archive check'."
        ) from error
