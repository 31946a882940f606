"""pgSTAC as a peer: loaded by its own loader, asked by its own function."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import archive_items
from archive_http import Asked


class PgstacPeer:
    """A database with pgSTAC in it, its settings as they come."""

    def __init__(self, url: str) -> None:
        import psycopg
        from pypgstac.db import PgstacDB
        from pypgstac.load import Loader

        self._loader = Loader(db=PgstacDB(dsn=url))
        self._run: Any = psycopg.connect(url, autocommit=True)
        self._run.execute("SET search_path TO pgstac, public")

    def count(self) -> int:
        return int(self._run.execute("SELECT count(*) FROM items").fetchone()[0])

    def load(self, missions: Iterator[archive_items.Mission]) -> None:
        for collection, batch in missions:
            self.add(collection, batch)
        self.analyse()

    def add(self, collection: bytes, batch: list[bytes]) -> None:
        """One mission, by pypgstac's loader with the method upsert."""
        import orjson
        from pypgstac.load import Methods

        self._loader.load_collections(iter([orjson.loads(collection)]), Methods.upsert)
        self._loader.load_items((orjson.loads(item) for item in batch), Methods.upsert)

    def analyse(self) -> None:
        self._run.execute("VACUUM ANALYZE items")

    def search(self, asked: Asked) -> list[str]:
        """The ids; without ``asked.ids`` the answer is only fetched."""
        text = json.dumps(asked.document())
        answer = self._run.execute("SELECT search(%s::jsonb)::text", (text,)).fetchone()[0]
        return [item["id"] for item in json.loads(answer)["features"]] if asked.ids else []
