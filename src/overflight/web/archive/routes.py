"""Every path of the service. All but its description are for those who are known."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from overflight.archive.access import finding
from overflight.archive.access.rights import refuse
from overflight.errors import AccessError, OverflightError
from overflight.terms.access import OPEN
from overflight.web.archive import answers, questions
from overflight.web.archive.served import Answer, Asked, Piece, Served

Handler = Callable[[Served, Asked], Answer]
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotFoundError(OverflightError):
    """There is nothing here that the asker may know of."""

    http_status = 404


@dataclass(frozen=True, slots=True)
class Route:
    """``path`` with names in braces. ``answer``: called with whoever was let in. ``free``: it says
    nothing of the archive, and is for strangers too."""

    method: str
    path: str
    title: str
    answer: Handler
    free: bool = False


def _landing(served: Served, asked: Asked) -> Answer:
    settings = served.archive.settings
    words = f"The archive of {settings.holder}: {settings.id}. What is shown is what {_who(asked)} "
    document = answers.landing(asked.base, settings.id, words + "may find today.")
    return _json(served, asked, document, "landing page")


def _conformance(served: Served, asked: Asked) -> Answer:
    return _json(served, asked, answers.conformance(), "conformance")


def _api(served: Served, asked: Asked) -> Answer:
    del served
    return Answer(answers.dumps(description(asked.base)), answers.OPENAPI)


def _api_page(served: Served, asked: Asked) -> Answer:
    del served, asked
    rows = "".join(f"<li><code>{r.method} {r.path}</code> {r.title}</li>" for r in ROUTES)
    page = f"<!doctype html><html lang=en><title>Archive</title><ul>{rows}</ul></html>"
    return Answer(page.encode("utf-8"), "text/html; charset=utf-8")


def _queryables(served: Served, asked: Asked) -> Answer:
    document = answers.queryables_of(asked.url)
    return Answer(_json(served, asked, document, "queryables").body, answers.SCHEMA)


def _collection_queryables(served: Served, asked: Asked) -> Answer:
    _known_collection(served, asked)
    return Answer(answers.dumps(answers.queryables_of(asked.url)), answers.SCHEMA)


def _collections(served: Served, asked: Asked) -> Answer:
    known = served.known(asked.person)
    noted = served.note_finding(asked, known, "collections")
    bodies = finding.collections(served.catalogue, known.sight)
    noted.result()
    return Answer(answers.dumps(answers.collections(asked.base, bodies)), answers.PLAIN)


def _collection(served: Served, asked: Asked) -> Answer:
    body = _known_collection(served, asked)
    return Answer(answers.dumps(answers.collection(asked.base, body)), answers.PLAIN)


def _known_collection(served: Served, asked: Asked) -> bytes:
    known, name = served.known(asked.person), asked.path["collection"]
    body = finding.collection(served.catalogue, name, known.sight)
    said = "denied" if body is None else "allowed"
    served.note(asked, "find", f"collection {name}", said).result()
    if body is None:
        raise _nothing()
    return body


def _items(served: Served, asked: Asked) -> Answer:
    _known_collection(served, asked)
    name = asked.path["collection"]
    query = questions.of_query_string({**asked.query, "collections": ""})
    from dataclasses import replace

    known = served.known(asked.person)
    noted = served.note_finding(asked, known, f"items of {name} {_words(asked.query)}")
    found = finding.search(served.catalogue, replace(query, collections=(name,)), known.sight)
    where = asked.url.removesuffix("/items")
    more = [{"rel": "collection", "href": where, "type": answers.PLAIN}]
    document = answers.page(asked.base, found, asked.url, asked.query, more=more)
    noted.result()
    return Answer(document, answers.GEOJSON)


def _item(served: Served, asked: Asked) -> Answer:
    return Answer(answers.item(asked.base, found_item(served, asked)), answers.GEOJSON)


def found_item(served: Served, asked: Asked) -> bytes:
    """The item that the path names, as it goes out to who asks. NotFoundError."""
    collection, name = asked.path["collection"], asked.path["item"]
    known = served.known(asked.person)
    body = finding.item(served.catalogue, collection, name, known.sight)
    said = "denied" if body is None else "allowed"
    served.note(asked, "find", f"item {collection}/{name}", said).result()
    if body is None:
        raise _nothing()
    return body


def _search_get(served: Served, asked: Asked) -> Answer:
    query = questions.of_query_string(asked.query)
    known = served.known(asked.person)
    noted = served.note_finding(asked, known, f"search {_words(asked.query)}")
    found = finding.search(served.catalogue, query, known.sight)
    document = answers.page(asked.base, found, asked.url, asked.query)
    noted.result()
    return Answer(document, answers.GEOJSON)


def _search_post(served: Served, asked: Asked) -> Answer:
    query, said = questions.of_body(asked.body)
    known = served.known(asked.person)
    noted = served.note_finding(asked, known, f"search {answers.dumps(said).decode()}")
    found = finding.search(served.catalogue, query, known.sight)
    document = answers.page(asked.base, found, asked.url, body=said)
    noted.result()
    return Answer(document, answers.GEOJSON)


def _object(served: Served, asked: Asked) -> Answer:
    sha256 = asked.path["sha256"]
    marks = let_open(served, asked, sha256, f"file {sha256}")
    size = served.objects.size(sha256)
    if size is None:
        raise _nothing()
    digest = base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
    headers = {
        "ETag": f'"{sha256}"', "Accept-Ranges": "bytes", "Repr-Digest": f"sha-256=:{digest}:",
        "Cache-Control": "private, no-cache", "Content-Disposition": "attachment", **marks,
    }  # fmt: skip
    media = "application/octet-stream"
    if asked.headers.get("if-none-match") == headers["ETag"]:
        return Answer(b"", media, 304, headers)
    wanted = asked.headers.get("range")
    if wanted is None or asked.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        return Answer(Piece(sha256, 0, size), media, 200, headers)
    span = range_of(wanted, size)
    if span is None:
        return Answer(b"", media, 416, headers | {"Content-Range": f"bytes */{size}"})
    start, end = span
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return Answer(Piece(sha256, start, end - start), media, 206, headers)


def range_of(text: str, size: int) -> tuple[int, int] | None:
    """First byte and the byte after the last (RFC 9110, 14.2), or None where there is no such
    range; a list of several is answered as none."""
    match = _RANGE.fullmatch(text.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        start, end = max(0, size - int(match[2])), size
    else:
        start = int(match[1])
        end = size if match[2] == "" else min(size, int(match[2]) + 1)
    return (start, end) if start < end else None


def let_open(served: Served, asked: Asked, sha256: str, what: str) -> Mapping[str, str]:
    """The marks of a file as headers, once it is recorded that it is opened.

    AccessError where it may be found but not opened; NotFoundError where it may not be found.
    """
    if not _SHA256.fullmatch(sha256):
        raise _nothing()
    known = served.known(asked.person)
    rows = served.files_of(sha256)
    row, decision = known.rights.may_open_object(rows)
    if row is None:
        may_know = [one for one in rows if one.mission in known.rights.findable]
        bundle = served.bundle(may_know[0].mission)[0] if may_know else ""
        served.note(asked, OPEN, what, str(decision.answer), bundle, decision.cite).result()
        raise refuse(decision) if may_know else _nothing()
    bundle, marks = served.bundle(row.mission)
    served.note(asked, OPEN, what, str(decision.answer), bundle, decision.cite).result()
    return {"Overflight-Marks": ", ".join(marks)} if marks else {}


def _preview(served: Served, asked: Asked) -> Answer:
    return _picture(served, asked, None)


def _tile(served: Served, asked: Asked) -> Answer:
    numbers = [asked.path[name] for name in ("z", "x", "y")]
    if not all(re.fullmatch(r"\d{1,9}", number) for number in numbers):
        raise _nothing()
    z, x, y = map(int, numbers)
    if z > 30 or x >= 1 << z or y >= 1 << z:
        raise _nothing()
    return _picture(served, asked, (z, x, y))


def _picture(served: Served, asked: Asked, tile: tuple[int, int, int] | None) -> Answer:
    kind = asked.path["format"]
    body = found_item(served, asked)
    sha256 = served.gallery.asset_of(body, asked.query.get("asset", ""))
    if sha256 is None:
        if b'"assets":{}' in body:
            raise AccessError(
                f"{asked.person.asker.code} may open no picture of this item",
                remedy="See what it may have and why: overflight archive access ARCHIVE --as CODE.",
            )
        raise _nothing()
    what = f"{'preview' if tile is None else 'tile {}/{}/{}'.format(*tile)} of {sha256}"
    marks = let_open(served, asked, sha256, what)
    picture = served.gallery.picture(sha256, tile, kind)
    if picture is None:
        raise _nothing()
    headers = {"Cache-Control": "private, no-cache", **marks}
    return Answer(picture, f"image/{'jpeg' if kind == 'jpg' else kind}", 200, headers)


def _nothing() -> NotFoundError:
    return NotFoundError(
        "there is nothing here that you may find", remedy="Follow the links from /collections."
    )


def _json(served: Served, asked: Asked, document: Any, what: str) -> Answer:
    served.note_finding(asked, served.known(asked.person), what).result()
    return Answer(answers.dumps(document), answers.PLAIN)


def _who(asked: Asked) -> str:
    return asked.person.asker.code


def _words(query: Mapping[str, str]) -> str:
    return " ".join(f"{key}={value}" for key, value in query.items())


_IN_ITEM = "/collections/{collection}/items/{item}"
ROUTES = (
    Route("GET", "/", "what there is", _landing),
    Route("GET", "/conformance", "standards that are kept", _conformance),
    Route("GET", "/api", "this description", _api, free=True),
    Route("GET", "/api.html", "this description, to read", _api_page, free=True),
    Route("GET", "/queryables", "what filters may ask for", _queryables),
    Route("GET", "/collections", "the missions", _collections),
    Route("GET", "/collections/{collection}", "one mission", _collection),
    Route("GET", "/collections/{collection}/queryables", "what filters may ask for",
          _collection_queryables),
    Route("GET", "/collections/{collection}/items", "items of a mission", _items),
    Route("GET", _IN_ITEM, "one item", _item),
    Route("GET", _IN_ITEM + "/preview.{format}", "a small picture of an item", _preview),
    Route("GET", _IN_ITEM + "/tiles/WebMercatorQuad/{z}/{x}/{y}.{format}", "a tile of an item",
          _tile),
    Route("GET", "/search", "items by place, time and content", _search_get),
    Route("POST", "/search", "items by place, time and content", _search_post),
    Route("GET", "/objects/{sha256}/{name:path}", "a file, or a range of it", _object),
)  # fmt: skip


def description(base: str) -> dict[str, Any]:
    """The service as OpenAPI 3.0."""
    paths: dict[str, Any] = {}
    for route in ROUTES:
        path = route.path.replace(":path", "")
        names = re.findall(r"\{(\w+)\}", path)
        paths.setdefault(path, {})[route.method.lower()] = {
            "summary": route.title,
            "parameters": [
                {"name": n, "in": "path", "required": True, "schema": {"type": "string"}}
                for n in names
            ],
            "responses": {"200": {"description": "done"}, "default": {"description": "refused"}},
        }
    return {
        "openapi": "3.0.3", "info": {"title": "Archive", "version": "1"},
        "servers": [{"url": base}], "paths": paths, "security": [{"bearer": []}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    }  # fmt: skip
