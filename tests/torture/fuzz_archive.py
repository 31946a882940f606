"""Coverage-guided fuzzing of what an archive is asked, and of the pictures that it is given: CQL2,
queries, tokens, STAC items, documents of a request, tables of its keeper; TIFF, PNG and JPEG.
Needs atheris.

    python tests/torture/fuzz_archive.py [-max_total_time=900] [CORPUS]

The first byte chooses the reader. Nothing but an OverflightError may come out of any. A query that
can be read is put to a catalogue.
"""

from __future__ import annotations

import sys
import tempfile
import urllib.parse
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

with atheris.instrument_imports(include=["overflight"]):
    from overflight.archive.access.flights import STATED, read_stated
    from overflight.archive.access.heads import read_head
    from overflight.archive.asking.documents import from_bytes
    from overflight.archive.catalogue import Query
    from overflight.archive.catalogue.cql2 import read_text
    from overflight.archive.catalogue.narrowing import narrowed
    from overflight.archive.catalogue.ordering import total
    from overflight.archive.catalogue.protocol import Sort
    from overflight.archive.catalogue.reading import read_collection, read_item
    from overflight.archive.catalogue.sqlite import SqliteCatalogue
    from overflight.archive.catalogue.tokens import Place, read, write
    from overflight.errors import OverflightError
    from overflight.imagery.frames_in import read_frame
    from overflight.imagery.orient.metadata import read_metadata
    from overflight.imagery.sources import open_source
    from overflight.web.archive.oidc import read_provider
    from overflight.web.archive.people import read_people
    from overflight.web.archive.questions import of_body, of_query_string
    from overflight.web.archive.tokenbook import read_book
    from overflight.web.archive.tokens import held, opened

import tinytiff

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-archive-"))
ORDERING = total((Sort("datetime", True),))
COLLECTION = b'{"type":"Collection","stac_version":"1.0.0","id":"c","description":"d","links":[]}'
ITEM = (
    b'{"type":"Feature","stac_version":"1.0.0","id":"i","collection":"c","links":[],"assets":{},'
    b'"properties":{"datetime":"2026-06-01T10:00:00Z","gsd":0.3,"eo:cloud_cover":12},"geometry":'
    b'{"type":"Polygon","coordinates":[[[8,50],[9,50],[9,51],[8,51],[8,50]]]}}'
)
CATALOGUE = SqliteCatalogue(FOLDER / "catalogue.sqlite", new=True)
with CATALOGUE.writing() as run:
    run.add(1, [COLLECTION], [ITEM])


def ask(query: Query) -> None:
    narrowed(query)
    CATALOGUE.search(query)


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def cql2_text(data: bytes) -> None:
    ask(Query(filter=read_text(text(data))))


def body(data: bytes) -> None:
    query, _ = of_body(data)
    ask(query)


def query_string(data: bytes) -> None:
    with suppress(ValueError):
        asked = dict(urllib.parse.parse_qsl(text(data), max_num_fields=50))
        ask(of_query_string(asked))


def token(data: bytes) -> None:
    found = read(text(data), ORDERING)
    assert found is None or read(write(found, ORDERING), ORDERING) == found


def bearer(data: bytes) -> None:
    _, _, _, claims = opened(text(data))
    held(claims, "i", "i", 1_780_000_000.0)


def item(data: bytes) -> None:
    read_item(data)


def with_file(name: str, reader: Callable[[Path], Any]) -> Callable[[bytes], object]:
    """A reader of bytes from one of paths."""

    def found(data: bytes) -> None:
        path = FOLDER / name
        path.write_bytes(data)
        got = reader(path)
        if hasattr(got, "close"):
            got.close()

    return found


READERS: dict[str, Callable[[bytes], object]] = {
    "cql2-text": cql2_text, "body": body, "query-string": query_string, "token": token,
    "bearer": bearer, "item": item, "collection": read_collection,
    "request": lambda data: from_bytes(data, "archive-request", "fuzz"),
    "head": lambda data: read_head(text(data)),
    "stated": with_file(STATED, lambda path: read_stated(path.parent)),
    "people": with_file("people.toml", read_people),
    "book": with_file("tokens.json", read_book),
    "keys": with_file("keys.json", lambda path: read_provider(path.parent)),
    "frame": with_file("frame", read_frame), "picture": with_file("picture.tif", open_source),
    "metadata": with_file("metadata.jpg", read_metadata),
}  # fmt: skip
SAMPLES: dict[str, bytes] = {
    "cql2-text": b"eo:cloud_cover < 20 AND S_INTERSECTS(geometry, POINT(8.5 50.5)) AND "
    b"T_AFTER(datetime, TIMESTAMP('2026-01-01T00:00:00Z')) AND id IN ('i', 'j')",
    "body": b'{"bbox":[8,50,9,51],"datetime":"2026-01-01T00:00:00Z/..","limit":10,"sortby":[{"field'
    b'":"properties.gsd","direction":"desc"}],"filter-lang":"cql2-json","filter":{"op":"=","args":'
    b'[{"property":"id"},"i"]},"fields":{"include":["id"]}}',
    "query-string": b"bbox=8,50,9,51&datetime=2026-01-01/2026-12-31&limit=5&sortby=-gsd"
    b"&filter=gsd%20%3C%201&fields=id,-assets&intersects={}",
    "token": write(Place((1, "c", "i")), ORDERING).encode(),
    "bearer": b"eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJpIiwiYXVkIjoiaSIsImV4cCI6OTk5OTk5OTk5OX0.AAAA",
    "item": ITEM, "collection": COLLECTION, "head": b"12:" + b"0a" * 32,
    "stated": b'[[mission]]\nbundle="M"\nobserving="A"\nobserved="B"\nwhy="w"\nkind="voluntary"\n',
    "frame": tinytiff.tiff(), "picture": tinytiff.tiff(big=True), "metadata": tinytiff.tiff(),
    "keys": b'{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}',  # noqa: E501
}  # fmt: skip


def seeds(folder: Path) -> None:
    """Write the samples there, each behind the byte that chooses its reader."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(READERS):
        (folder / f"seed-{name}").write_bytes(bytes([number]) + SAMPLES.get(name, b"{}"))


ORDER = tuple(READERS.values())


def one(data: bytes) -> None:
    if data:
        with suppress(OverflightError):
            ORDER[data[0] % len(ORDER)](data[1:])


if __name__ == "__main__":
    (FOLDER / "identity.toml").write_text(
        'issuer = "i"\naudience = "i"\nkeys = "keys.json"\n', encoding="utf-8"
    )
    corpus = [Path(a) for a in sys.argv[1:] if not a.startswith("-")]
    if corpus and not corpus[0].is_file():  # a file is one input, to be run again
        seeds(corpus[0])
    if not corpus:
        seeds(FOLDER / "seeds")
        sys.argv.append(str(FOLDER / "seeds"))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
