"""The documents that are answered: STAC API 1.0 and OGC API Features 1.0, with their links."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from overflight.archive.catalogue import queryables
from overflight.archive.catalogue.protocol import Page

GEOJSON, PLAIN = "application/geo+json", "application/json"
SCHEMA, OPENAPI = "application/schema+json", "application/vnd.oai.openapi+json;version=3.0"
STAC_VERSION = "1.1.0"
_STAC, _OGC = "https://api.stacspec.org/v1.0.0", "http://www.opengis.net/spec"
CLASSES = (
    f"{_STAC}/core", f"{_STAC}/collections", f"{_STAC}/item-search",
    f"{_STAC}/item-search#fields", f"{_STAC}/item-search#sort", f"{_STAC}/item-search#filter",
    f"{_STAC}/ogcapi-features",
    f"{_OGC}/ogcapi-features-1/1.0/conf/core", f"{_OGC}/ogcapi-features-1/1.0/conf/oas30",
    f"{_OGC}/ogcapi-features-1/1.0/conf/geojson", f"{_OGC}/ogcapi-features-3/1.0/conf/filter",
    f"{_OGC}/ogcapi-features-3/1.0/conf/features-filter",
    f"{_OGC}/cql2/1.0/conf/cql2-text", f"{_OGC}/cql2/1.0/conf/cql2-json",
    f"{_OGC}/cql2/1.0/conf/basic-cql2", f"{_OGC}/cql2/1.0/conf/basic-spatial-functions",
)  # fmt: skip
_OBJECTS = "/objects/"
Json = dict[str, Any]


def dumps(document: Any) -> bytes:
    """JSON in UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def landing(base: str, title: str, description: str) -> Json:
    """What there is at all."""
    filters = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
    return {
        "type": "Catalog", "stac_version": STAC_VERSION, "id": title, "title": title,
        "description": description, "conformsTo": list(CLASSES),
        "links": [
            _link("self", f"{base}/"), _link("root", f"{base}/"),
            _link("conformance", f"{base}/conformance"), _link("data", f"{base}/collections"),
            _link("search", f"{base}/search", GEOJSON) | {"method": "GET"},
            _link("search", f"{base}/search", GEOJSON) | {"method": "POST"},
            _link("service-desc", f"{base}/api", OPENAPI),
            _link("service-doc", f"{base}/api.html", "text/html"),
            _link(filters, f"{base}/queryables", SCHEMA),
        ],
    }  # fmt: skip


def conformance() -> Json:
    """Which standards are kept."""
    return {"conformsTo": list(CLASSES)}


def queryables_of(url: str) -> Json:
    """What filters may ask for, as JSON Schema."""
    always = {
        "id": {"type": "string"},
        "collection": {"type": "string"},
        "datetime": {"type": "string", "format": "date-time"},
        "geometry": {"$ref": "https://geojson.org/schema/Geometry.json"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema", "$id": url, "type": "object",
        "title": "What filters may ask for", "properties": always | queryables.schema(),
        "additionalProperties": True,
    }  # fmt: skip


def collections(base: str, bodies: Sequence[bytes]) -> Json:
    """All collections."""
    return {
        "collections": [collection(base, body) for body in bodies],
        "links": [_link("self", f"{base}/collections"), _link("root", f"{base}/")],
    }


def collection(base: str, body: bytes) -> Json:
    """One collection."""
    document: Json = json.loads(body)
    here = f"{base}/collections/{quote(str(document['id']), safe='')}"
    document["links"] = [
        _link("self", here), _link("root", f"{base}/"), _link("parent", f"{base}/"),
        _link("items", f"{here}/items", GEOJSON),
        _link("http://www.opengis.net/def/rel/ogc/1.0/queryables", f"{here}/queryables", SCHEMA),
    ]  # fmt: skip
    return document


def item(base: str, body: bytes) -> bytes:
    """One item, with its links, and its files at this address."""
    import orjson

    document: Json = orjson.loads(body)
    here = collection_url(base, document)
    if "links" in document:
        document["links"] = _item_links(base, here, document)
    assets = document.get("assets")
    if isinstance(assets, dict):
        for asset in assets.values():
            href = asset.get("href") if isinstance(asset, dict) else None
            if isinstance(href, str) and href.startswith(_OBJECTS):
                asset["href"] = base + href
    return orjson.dumps(document)


def collection_url(base: str, item: Mapping[str, Any]) -> str:
    """Where the collection of an item is."""
    return f"{base}/collections/{quote(str(item.get('collection', '')), safe='')}"


def _item_links(base: str, here: str, document: Mapping[str, Any]) -> list[Json]:
    self = f"{here}/items/{quote(str(document.get('id', '')), safe='')}"
    return [
        _link("self", self, GEOJSON), _link("collection", here), _link("parent", here),
        _link("root", f"{base}/"),
    ]  # fmt: skip


def page(
    base: str,
    found: Page,
    url: str,
    asked: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    more: Sequence[Json] = (),
) -> bytes:
    """A page of items. ``asked``: the query string of a GET; ``body``: the document of a POST."""
    here = url if not asked else f"{url}?{urlencode(asked)}"
    links = [_link("root", f"{base}/"), _link("self", here, GEOJSON), *more]
    for word, token in (("next", found.next), ("prev", found.previous)):
        if not token:
            continue
        if body is not None:
            again = {**body, "token": token}
            links.append(
                _link(word, url, GEOJSON) | {"method": "POST", "body": again, "merge": False}
            )
        else:
            query = urlencode({**(asked or {}), "token": token})
            links.append(_link(word, f"{url}?{query}", GEOJSON) | {"method": "GET"})
    tail = f',"links":{dumps(links).decode()},"numberReturned":{len(found.items)}'
    if found.matched is not None:
        tail += f',"numberMatched":{found.matched}'
    features = b",".join(item(base, body) for body in found.items)
    head = b'{"type":"FeatureCollection","features":['
    return b"".join((head, features, b"]", tail.encode("utf-8"), b"}"))


def _link(rel: str, href: str, media: str = PLAIN) -> Json:
    return {"rel": rel, "href": href, "type": media}
