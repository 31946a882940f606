"""The STAC API as STAC API 1.0 and OGC API Features 1.0 have it."""

from __future__ import annotations

from typing import Any

import pystac
import pytest

from overflight.archive.keeping.layout import Archive
from overflight.web.archive.app import Limits
from webserver import Server, serving
from webserving import MISSION, bearing

ALL = [f"F_{number:05d}" for number in reversed(range(12))]


@pytest.fixture(scope="module")
def anna(kept: Archive) -> dict[str, str]:
    return bearing(kept, "anna")


def ids(document: Any) -> list[str]:
    return [item["id"] for item in document["features"]]


def links(document: Any) -> dict[str, Any]:
    return {link["rel"]: link for link in document["links"]}


def test_the_landing_page_leads_to_everything(server: Server, anna: dict[str, str]) -> None:
    page = server.get("/", anna).json
    assert pystac.Catalog.from_dict(page).id == page["id"]
    for rel in ("self", "root", "conformance", "data", "search", "service-desc", "service-doc"):
        link = links(page)[rel]
        reply = server.get(link["href"], anna)
        assert reply.status == 200
        assert reply.headers["content-type"].split(";")[0] == link["type"].split(";")[0]
    assert server.get("/conformance", anna).json["conformsTo"] == page["conformsTo"]


def test_collection_and_item_can_be_read_by_others(server: Server, anna: dict[str, str]) -> None:
    (found,) = server.get("/collections", anna).json["collections"]
    assert pystac.Collection.from_dict(found).id == MISSION
    one = server.get(links(found)["items"]["href"], anna).json["features"][0]
    again = server.get(links(one)["self"]["href"], anna)
    assert again.json == one
    assert again.headers["content-type"] == "application/geo+json"
    assert pystac.Item.from_dict(one).collection_id == MISSION


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_lead_forward_and_back(server: Server, anna: dict[str, str], method: str) -> None:
    def follow(link: Any) -> Any:
        if link.get("method") == "POST":
            return server.post(link["href"], anna, link["body"]).json
        return server.get(link["href"], anna).json

    if method == "GET":
        page = server.get("/search?limit=5", anna).json
    else:
        page = server.post("/search", anna, {"limit": 5}).json
    pages = [page]
    while "next" in links(pages[-1]):
        pages.append(follow(links(pages[-1])["next"]))
    assert [i for p in pages for i in ids(p)] == ALL
    assert "prev" not in links(pages[0])
    assert ids(follow(links(pages[2])["prev"])) == ids(pages[1])


@pytest.mark.parametrize(
    ("query", "document", "expected"),
    [
        ("ids=F_00003,F_00001", {"ids": ["F_00003", "F_00001"]}, ALL[8:9] + ALL[10:11]),
        ("bbox=20.04,49,20.06,51", {"bbox": [20.04, 49, 20.06, 51]}, ["F_00001"]),
        ("datetime=2026-05-02T08:00:02Z/2026-05-02T08:00:03Z",
         {"datetime": "2026-05-02T08:00:02Z/2026-05-02T08:00:03Z"}, ["F_00003", "F_00002"]),
        ("filter=gsd<0.125", {"filter": {"op": "<", "args": [{"property": "gsd"}, 0.125]}},
         ["F_00002", "F_00001", "F_00000"]),
        ("filter=gsd<0.105&filter-lang=cql2-text",
         {"filter": "gsd<0.105", "filter-lang": "cql2-text"}, ["F_00000"]),
        ("sortby=%2Bgsd&limit=2",
         {"sortby": [{"field": "properties.gsd", "direction": "asc"}], "limit": 2},
         ["F_00000", "F_00001"]),
        ("sortby=-id&limit=1", {"sortby": [{"field": "id", "direction": "desc"}], "limit": 1},
         ["F_00011"]),
        ("collections=other", {"collections": ["other"]}, []),
        ('intersects={"type":"Point","coordinates":[20.1,50]}'.replace('"', "%22"),
         {"intersects": {"type": "Point", "coordinates": [20.1, 50]}}, ["F_00002"]),
    ],
)  # fmt: skip
def test_searches_by_both_methods(
    server: Server, anna: dict[str, str], query: str, document: Any, expected: list[str]
) -> None:
    assert ids(server.get(f"/search?{query}", anna).json) == expected
    assert ids(server.post("/search", anna, document).json) == expected


def test_fields(server: Server, anna: dict[str, str]) -> None:
    page = server.get("/search?fields=id,properties.gsd,-links&limit=1", anna).json
    (one,) = page["features"]
    assert one["properties"] == {"gsd": 0.1 + 11 / 100}
    assert "assets" not in one


@pytest.mark.parametrize("fields", ["-properties,properties.gsd", "properties.gsd,-properties.gsd"])
def test_what_is_included_is_not_excluded(
    server: Server, anna: dict[str, str], fields: str
) -> None:
    """The fields extension 1.0: include goes before exclude."""
    (one,) = server.get(f"/search?fields={fields}&limit=1", anna).json["features"]
    assert list(one["properties"]) == ["gsd"]


@pytest.mark.parametrize(
    "query",
    ["bbox=1,2,3", "bbox=a,2,3,4", "bbox=1,9,3,4", "datetime=2020-01-01", "datetime=../..",
     "datetime=x", "datetime=", "datetime=1937-01-01T12:00:27.87%2B0100",
     "datetime=1985-04-12T23:20:50,52Z", "limit=0", "limit=x", "limit=-1", "filter=((", "token=x",
     "intersects={", "bbox=1,2,3,4&intersects=%7B%7D", "filter=a=1&filter-lang=x",
     "bbox=nan,0,1,1", "bbox=0,0,inf,1", "filter-crs=x&filter=gsd=1", "sortby=" + ",a" * 21],
)  # fmt: skip
def test_what_cannot_be_asked(server: Server, anna: dict[str, str], query: str) -> None:
    reply = server.get(f"/search?{query}", anna)
    assert reply.status == 400
    assert set(reply.json) == {"code", "description"}


@pytest.mark.parametrize(
    "body",
    [b"[", b"[]", b"\xff", b'{"limit":true}', b'{"bbox":{}}', b'{"ids":1}', b'{"sortby":[1]}',
     b'{"fields":[]}', b'{"fields":null}', b'{"filter":1}', b'{"token":1}', b"[" * 5000,
     b'{"datetime":1}',
     b'{"bbox":[NaN,0,1,1]}', b'{"limit":1e3}', b'{"intersects":[]}'],
)  # fmt: skip
def test_bodies_that_are_no_search(server: Server, anna: dict[str, str], body: bytes) -> None:
    assert server.ask("POST", "/search", anna, body).status == 400


def test_limits(kept: Archive) -> None:
    limits = Limits(body_bytes=1000, query_bytes=200)
    with serving(kept, limits) as server:
        header = bearing(kept, "anna")
        assert server.ask("POST", "/search", header, b" " * 1001).status == 413
        assert server.ask("POST", "/search", header, b" " * 999).status == 200
        assert server.get("/search?x=" + "y" * 200, header).status == 413
