"""What one user, one request, one connection or one picture may take; the others get theirs."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
from pathlib import Path

import pytest

from overflight.archive.access import journal
from overflight.archive.catalogue.protocol import Page, Query
from overflight.archive.catalogue.sqlite import SqliteCatalogue
from overflight.archive.catalogue.stopping import CURRENT, Stop, StoppedError
from overflight.archive.keeping.layout import Archive
from overflight.archive.keeping.objects import FolderObjects
from overflight.web.archive.app import Limits
from overflight.web.archive.borrowed import Borrowed, TooMuchError
from overflight.web.archive.bounds import Buckets, Rate
from overflight.web.archive.connections import Patience
from overflight.web.archive.pictures import Gallery
from overflight.web.archive.served import Served
from webserver import serving
from webserving import bearing
from webserving import picture as shown

FILE = f"/objects/{hashlib.sha256(shown()).hexdigest()}/0000.tif"
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"


class Endless(SqliteCatalogue):
    """Searches without end, in SQLite."""

    def search(self, query: Query) -> Page:
        del query
        with self._reading() as run:
            run.execute(ENDLESS).fetchone()
        return Page(())


def test_what_takes_too_long_really_ends(kept: Archive) -> None:
    served = Served(kept)
    served.catalogue.close()
    served.catalogue = Endless(kept.database)
    with serving(kept, Limits(answer_s=0.5, threads=1), served=served) as server:
        header = bearing(kept, "anna")
        assert server.get("/search", header).status == 503
        # With one thread in all: it was given back, or nothing would ever be answered again.
        assert 200 in (server.get("/queryables", header).status for _ in range(20))


def test_a_connection_is_sound_after_it_was_stopped(kept: Archive) -> None:
    catalogue, stop = Endless(kept.database), Stop()
    CURRENT.set(stop)
    timer = threading.Timer(0.1, stop.stop)
    timer.start()
    with pytest.raises(StoppedError):
        catalogue.search(Query())
    with pytest.raises(StoppedError):  # what begins later does not begin
        catalogue.collections(None)
    CURRENT.set(None)
    assert len(catalogue.collections(None)) == 1
    timer.join()
    catalogue.close()


def test_a_bucket_fills_again() -> None:
    buckets = Buckets(Rate(2.0, 3))
    assert [buckets.take("a", 0.0) for _ in range(4)] == [0, 0, 0, 1]
    assert buckets.take("b", 0.0) == 0
    assert buckets.take("a", 0.4) == 1  # 0.8 of one
    assert [buckets.take("a", 0.5), buckets.take("a", 0.5)] == [0, 1]
    assert [buckets.take("a", 99.0) for _ in range(4)] == [0, 0, 0, 1]
    assert Buckets(Rate(0.01, 1)).take("a", 0.0) == 0


def test_a_user_who_asks_too_often_has_to_wait(kept: Archive) -> None:
    with serving(kept, Limits(rate=Rate(0.01, 3))) as server:
        header = bearing(kept, "anna")
        assert [server.get("/queryables", header).status for _ in range(3)] == [200] * 3
        reply = server.get("/queryables", header)
        assert (reply.status, reply.headers["retry-after"]) == (429, "100")  # 1 / 0.01 s
        assert server.get("/queryables", bearing(kept, "oleh")).status == 200
    denied = [one for one in journal.read(kept.access) if "429" in one.what]
    assert [(one.by, one.answer) for one in denied] == [("anna", "denied")]


def test_strangers_do_not_fill_the_record(kept: Archive) -> None:
    before = sum(1 for _ in journal.read(kept.access))
    with serving(kept, Limits(strangers=Rate(0.0001, 2))) as server:
        assert {server.get("/search").status for _ in range(5)} == {401}
    rows = list(journal.read(kept.access))[before:]
    assert [(one.by, one.what, one.answer) for one in rows] == [
        ("", "GET /search: 401", "denied")
    ] * 2


def test_refused_questions_are_recorded(kept: Archive) -> None:
    before = sum(1 for _ in journal.read(kept.access))
    with serving(kept, Limits(query_bytes=200)) as server:
        header = bearing(kept, "anna")
        for path in ("/search?limit=x", "/search?x=" + "y" * 300, "/objects/x/y"):
            server.get(path, header)
    rows = list(journal.read(kept.access))[before:]
    assert [(one.by, one.what, one.answer) for one in rows] == [
        ("anna", "GET /search: 400", "denied"), ("anna", "GET /search: 413", "denied"),
        ("anna", "GET /objects/x/y: 404", "denied"),
    ]  # fmt: skip


def ended(connection: socket.socket) -> bytes:
    """All that comes until the other side ends it."""
    data = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65_536):
            data += part
    return data


def test_connections_that_say_little(kept: Archive) -> None:
    patience = Patience(head_s=0.3, head_bytes=2000)
    with serving(kept, patience=patience) as server:
        where = ("127.0.0.1", server.port)
        for said in (b"", b"GET /search HTTP/1.1\r\nHost: x\r\nX-A: "):
            with socket.create_connection(where, timeout=20) as connection:
                connection.sendall(said)
                assert ended(connection) == b""
        # The head of a second request on the same connection too.
        with socket.create_connection(where, timeout=20) as connection:
            connection.sendall(b"GET /api HTTP/1.1\r\nHost: x\r\n\r\nGET /api HTTP/1.1\r\nHo")
            assert ended(connection).count(b"HTTP/1.1 200") == 1
        with socket.create_connection(where, timeout=20) as connection:
            connection.sendall(b"GET /search HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 400)
            assert ended(connection).startswith(b"HTTP/1.1 400")


def test_an_answer_that_nobody_reads(kept: Archive) -> None:
    with serving(kept, patience=Patience(unread_s=0.3)) as server:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(20)
            connection.connect(("127.0.0.1", server.port))
            header = bearing(kept, "anna")["Authorization"]
            asked = f"GET {FILE} HTTP/1.1\r\nHost: x\r\nAuthorization: {header}\r\n\r\n".encode()
            connection.setblocking(False)
            sent, dropped = 0, threading.Event()
            while not dropped.wait(0.001):
                try:
                    sent += connection.send(asked * 100)
                except BlockingIOError:
                    continue
                except ConnectionError:  # it was cut off, though nothing was read
                    dropped.set()
            assert sent > 0
        assert server.get("/api").status == 200


def picture(folder: Path, **named: object) -> str:
    """The SHA-256 of a picture with nothing in it, small as a file, put among the objects."""
    import rasterio
    from rasterio import Affine

    path = folder / "picture.tif"
    profile = {
        "driver": "GTiff", "count": 1, "dtype": "uint8", "crs": "EPSG:3857", "SPARSE_OK": True,
        "transform": Affine(1.0, 0.0, 100.0, 0.0, -1.0, -100.0),
    } | named  # fmt: skip
    with rasterio.open(path, "w", **profile):
        pass
    data = path.read_bytes()
    assert len(data) < 3_000_000
    sha256 = hashlib.sha256(data).hexdigest()
    place = FolderObjects(folder).path(sha256)
    place.parent.mkdir(exist_ok=True)
    path.rename(place)
    return sha256


def test_pictures_that_are_larger_than_their_files(kept: Archive, tmp_path: Path) -> None:
    gallery = Gallery(kept, FolderObjects(tmp_path))
    # 60,000 x 60,000 pixels are 3.6 GB; without overviews all of it is read for a preview.
    wide = picture(tmp_path, width=60_000, height=60_000, tiled=True, blockxsize=256,
                   blockysize=256)  # fmt: skip
    with pytest.raises(TooMuchError):
        gallery.picture(wide, None, "png")
    # Half the world is 20,037,508 m; a tile of zoom 17 has 256 pixels of 1.19 m.
    assert gallery.picture(wide, (17, 65_540, 65_540), "png") is not None
    with pytest.raises(TooMuchError):
        gallery.picture(wide, (8, 128, 128), "png")
    # A block of 20,000 x 20,000 pixels has to be read whole for any part of it.
    block = picture(tmp_path, width=20_000, height=20_000, tiled=True, blockxsize=20_000,
                    blockysize=20_000)  # fmt: skip
    with pytest.raises(TooMuchError):
        gallery.picture(block, (17, 65_540, 65_540), "png")
    # Of one compressed strip all lines above have to be read.
    strip = picture(tmp_path, width=60_000, height=60_000, blockysize=60_000, compress="deflate")
    with pytest.raises(TooMuchError):
        gallery.picture(strip, (17, 65_540, 65_540), "png")
    gallery.close()


def test_borrowed_copies_have_a_bound(tmp_path: Path) -> None:
    pytest.importorskip("obstore")
    from overflight.archive.keeping.remote import RemoteObjects

    far = tmp_path / "far"
    names = []
    for number in range(4):
        data = bytes([number]) * 1000
        names.append(hashlib.sha256(data).hexdigest())
        place = far / names[-1][:2] / names[-1]
        place.parent.mkdir(parents=True)
        place.write_bytes(data)
    borrowed = Borrowed(RemoteObjects(far.as_uri()), most=2500)
    paths = [borrowed.file(name) for name in names]
    assert [path.exists() for path in paths] == [False, False, True, True]
    assert borrowed.file(names[0]).read_bytes() == b"\0" * 1000
    with pytest.raises(TooMuchError):
        Borrowed(RemoteObjects(far.as_uri()), most=999).file(names[0])
    borrowed.close()
    assert not paths[0].parent.exists()
