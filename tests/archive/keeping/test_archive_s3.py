"""Files in a store that speaks S3: a small server of the test's own, after Amazon's reference."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest

from archivekeeping import NOW, Desk, full, tree
from overflight.archive.keeping.checking import check
from overflight.archive.keeping.ingest import ingest

pytest.importorskip("obstore")


class Bucket(BaseHTTPRequestHandler):
    """PutObject, HeadObject, GetObject with a range, ListObjectsV2, DeleteObjects."""

    kept: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.kept[self._key()] = data
        self._answer(200, b"", {"ETag": f'"{hashlib.md5(data).hexdigest()}"'})

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if "list-type" in parse_qs(urlsplit(self.path).query):
            return self._list()
        data = self.kept.get(self._key())
        if data is None:
            return self._answer(404, b"")
        headers = {"ETag": f'"{hashlib.md5(data).hexdigest()}"',
                   "Last-Modified": "Wed, 20 May 2026 00:00:00 GMT"}  # fmt: skip
        wanted = self.headers.get("Range")
        if wanted is None:
            return self._answer(200, data, headers)
        first, last = (int(n) for n in wanted.removeprefix("bytes=").split("-"))
        part = data[first : last + 1]
        headers["Content-Range"] = f"bytes {first}-{first + len(part) - 1}/{len(data)}"
        return self._answer(206, part, headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = re.findall(r"<Key>(.*?)</Key>", body)
        for key in keys:
            self.kept.pop(key, None)
        rows = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{rows}</DeleteResult>".encode())

    def _list(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        prefix = query.get("prefix", [""])[0]
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(data)}</Size>"
            "<LastModified>2026-05-20T00:00:00.000Z</LastModified><ETag>x</ETag></Contents>"
            for key, data in sorted(self.kept.items())
            if key.startswith(prefix)
        )
        head = "<ListBucketResult><IsTruncated>false</IsTruncated>"
        self._answer(200, f"{head}{rows}</ListBucketResult>".encode())

    def _key(self) -> str:
        return urlsplit(self.path).path.removeprefix("/bucket/")

    def _answer(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    found: dict[str, bytes] = {}
    handler = type("Handler", (Bucket,), {"kept": found})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_REGION", "nowhere-1")
    yield found
    server.shutdown()
    server.server_close()


def test_an_archive_over_s3(kept: dict[str, bytes], tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    archive, plain = desk.archive(name="far", store="s3://bucket/ours"), desk.archive(name="near")
    bundle = full(desk)
    for one in (archive, plain):
        assert ingest(one, bundle, NOW).new
    assert {k.removeprefix("ours/"): v for k, v in kept.items()} == tree(plain.objects)
    assert ingest(archive, bundle, NOW).nothing
    assert check(archive, NOW, scrub=True).problems == ()
    rotten = min(kept)
    kept[rotten] = bytes(len(kept[rotten]))
    kept["ours/00/" + "0" * 64] = b"loose"
    found = check(archive, NOW, scrub=True)
    assert (found.verdict, found.loose) == ("broken", (1, 5))
    found = check(archive, NOW, scrub=True, mend_from=[plain.root], tidy=True)
    assert (found.verdict, len(found.mended), found.loose) == ("intact", 1, (0, 0))
    assert {k.removeprefix("ours/"): v for k, v in kept.items()} == tree(plain.objects)
