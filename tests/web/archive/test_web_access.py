"""Nobody comes in unknown, on any route; who is known gets what Article IX gives its Party.

The three answers (both Parties to the flight open it, a third may find it and must ask for copies,
a State that is no Party finds nothing) are Article IX, Section IV, paragraphs 1 to 3.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time

import pytest

from overflight.archive.access import journal
from overflight.archive.keeping.layout import Archive
from overflight.web.archive.people import users_file
from overflight.web.archive.routes import ROUTES
from webserver import Server
from webserving import MISSION, bearing, picture

SHA256 = hashlib.sha256(picture()).hexdigest()
ITEM = f"/collections/{MISSION}/items/F_00000"
# A tile's number is of OGC 17-083r4, WebMercatorQuad: x = (30.01+180)/360 * 2**14, rounded down;
# y = (1 - asinh(tan(50.01 deg)) / pi) / 2 * 2**14.
TILE = "14/9557/5555"
FREE, FOUND, OPENED = (200, 200, 200, 200), (200, 200, 200, 404), (200, 200, 403, 404)
"""Statuses for the observing Party, the observed Party, a third Party, and no Party."""
EXPECTED = {
    ("GET", "/"): ("/", FREE),
    ("GET", "/conformance"): ("/conformance", FREE),
    ("GET", "/api"): ("/api", FREE),
    ("GET", "/api.html"): ("/api.html", FREE),
    ("GET", "/queryables"): ("/queryables", FREE),
    ("GET", "/collections"): ("/collections", FREE),
    ("GET", "/collections/{collection}"): (f"/collections/{MISSION}", FOUND),
    ("GET", "/collections/{collection}/queryables"): (f"/collections/{MISSION}/queryables", FOUND),
    ("GET", "/collections/{collection}/items"): (f"/collections/{MISSION}/items", FOUND),
    ("GET", "/collections/{collection}/items/{item}"): (ITEM, FOUND),
    ("GET", "/collections/{collection}/items/{item}/preview.{format}"): (
        f"{ITEM}/preview.png", OPENED,
    ),
    ("GET", "/collections/{collection}/items/{item}/tiles/WebMercatorQuad/{z}/{x}/{y}.{format}"): (
        f"{ITEM}/tiles/WebMercatorQuad/{TILE}.png", OPENED,
    ),
    ("GET", "/search"): ("/search", FREE),
    ("POST", "/search"): ("/search", FREE),
    ("GET", "/objects/{sha256}/{name:path}"): (f"/objects/{SHA256}/0000.tif", OPENED),
}  # fmt: skip
# What the service can be asked says nothing of an archive; a client learns there how to come in.
CASES = sorted((*key, *value) for key, value in EXPECTED.items())


def test_every_route_has_its_case(kept: Archive, server: Server) -> None:
    assert {(r.method, r.path) for r in ROUTES} == set(EXPECTED)


@pytest.mark.parametrize(("method", "path", "asked", "statuses"), CASES)
def test_who_gets_in(
    kept: Archive, server: Server, method: str, path: str, asked: str, statuses: tuple[int, ...]
) -> None:
    body = b"{}" if method == "POST" else None
    alone = server.ask(method, asked, None, body).status
    assert alone == (200 if path in ("/api", "/api.html") else 401)
    for user, status in zip(("anna", "oleh", "fred", "zoe"), statuses, strict=True):
        reply = server.ask(method, asked, bearing(kept, user), body)
        assert reply.status == status, (user, reply.body)
        if status != 200:
            assert SHA256.encode() not in reply.body


@pytest.mark.parametrize("path", ["/search", "/collections", f"/collections/{MISSION}/items"])
def test_what_may_not_be_opened_is_not_linked(kept: Archive, server: Server, path: str) -> None:
    assert SHA256 not in server.get(path, bearing(kept, "fred")).body.decode()
    found = server.get(path, bearing(kept, "zoe"))
    assert found.status == 404 or not (found.json.get("features") or found.json.get("collections"))


def test_tokens_that_are_refused(kept: Archive, server: Server) -> None:
    good = bearing(kept, "anna")["Authorization"].removeprefix("Bearer ")
    head, claims, signature = good.split(".")
    other = json.loads(base64.urlsafe_b64decode(claims + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(other | {"sub": "oleh"}).encode()).decode()
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    late = bearing(kept, "anna", time.time() - 7200)["Authorization"].removeprefix("Bearer ")
    early = bearing(kept, "anna", time.time() + 7200)["Authorization"].removeprefix("Bearer ")
    stranger = bearing(kept, "nobody")["Authorization"].removeprefix("Bearer ")
    wrong = [
        f"{head}.{forged.rstrip('=')}.{signature}", f"{none}.{claims}.", f"{head}.{claims}.",
        f"{none}.{claims}.{signature}", f"{head}.{claims}.{flipped}", late, early, stranger, "x",
        "a.b.c", "", "." * 50, "[" * 9000,
    ]  # fmt: skip
    for token in wrong:
        reply = server.get("/search", {"Authorization": f"Bearer {token}"})
        assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer"), token
    assert server.get("/search", {"Authorization": f"Basic {good}"}).status == 401
    assert server.get("/search", {"Authorization": f"bearer {good}"}).status == 200


def test_a_user_that_is_taken_out_is_let_in_no_more(kept: Archive, server: Server) -> None:
    path = users_file(kept)
    before = path.read_text()
    header = bearing(kept, "gast")
    assert server.get("/", header).status == 401
    path.write_text(before + '[[user]]\nname = "gast"\nparty = "FRA"\n')
    assert server.get("/", header).status == 200
    path.write_text(before)
    assert server.get("/", header).status == 401


def test_every_access_is_recorded_with_its_answer(kept: Archive, server: Server) -> None:
    before = sum(1 for _ in journal.read(kept.access))
    for user in ("anna", "fred", "zoe"):
        server.get(f"/objects/{SHA256}/0000.tif", bearing(kept, user))
    server.get("/search?bbox=1,2,3,4", bearing(kept, "fred"))
    rows = list(journal.read(kept.access))[before:]
    assert [(r.asker, r.by, r.level, r.answer) for r in rows] == [
        ("DEU", "anna", "open", "allowed"), ("FRA", "fred", "open", "denied"),
        ("QQQ", "zoe", "open", "denied"), ("FRA", "fred", "find", "allowed"),
    ]  # fmt: skip
    assert rows[1].cite.startswith("IX.IV.1")
    assert "bbox=1,2,3,4" in rows[3].what
