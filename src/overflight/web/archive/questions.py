"""What is asked: a STAC search from a query string or a body, as the catalogue takes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from overflight.archive.catalogue import cql2, moments
from overflight.archive.catalogue.protocol import DEFAULT_LIMIT, MOST_LIMIT, Fields, Query, Sort
from overflight.errors import DataError

MOST_NAMES = 1000
TEXT, JSON = "cql2-text", "cql2-json"
# As RFC 3339 has it, which is stricter than the catalogue.
_INSTANT = re.compile(r"(\.\.)?|\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,30})?([Zz]|[+-]\d\d:\d\d)")
_REMEDY = "See the description of the service at /api."


def of_query_string(asked: Mapping[str, str]) -> Query:
    """A search as GET has it; what is not known is not looked at. DataError."""
    said: dict[str, Any] = {
        name: asked[name] for name in ("datetime", "token", "filter", "filter-crs") if name in asked
    }
    for name in ("collections", "ids"):
        if name in asked:
            said[name] = [part for part in asked[name].split(",") if part]
    if "bbox" in asked:
        said["bbox"] = [_number(part) for part in asked["bbox"].split(",")]
    if "limit" in asked:
        said["limit"] = _whole(asked["limit"])
    if "intersects" in asked:
        said["intersects"] = _json(asked["intersects"])
    language = asked.get("filter-lang", TEXT)
    if "filter" in said and language == JSON:
        said["filter"] = _json(said["filter"])
    said["filter-lang"] = language
    if "sortby" in asked:
        said["sortby"] = [_sort(part) for part in asked["sortby"].split(",") if part]
    if "fields" in asked:
        parts = [part.strip() for part in asked["fields"].split(",") if part.strip()]
        said["fields"] = {
            "include": [p.removeprefix("+") for p in parts if not p.startswith("-")],
            "exclude": [p[1:] for p in parts if p.startswith("-")],
        }
    return of_document(said)


def of_body(body: bytes) -> tuple[Query, dict[str, Any]]:
    """A search as POST has it, and the document that it is. DataError."""
    document = _json(body.decode("utf-8", "replace")) if body.strip() else {}
    if not isinstance(document, dict):
        raise _wrong("a search is a JSON object")
    return of_document(document), document


def of_document(said: Mapping[str, Any]) -> Query:
    """A search by its members. DataError for what cannot be understood."""
    bbox, shape = said.get("bbox"), said.get("intersects")
    if bbox is not None and shape is not None:
        raise _wrong("bbox and intersects exclude one another")
    if shape is not None and not isinstance(shape, dict):
        raise _wrong("intersects is a GeoJSON geometry")
    limit = said.get("limit", DEFAULT_LIMIT)
    if limit is None:
        limit = DEFAULT_LIMIT
    if type(limit) is not int or limit < 1:
        raise _wrong("limit is a whole number from 1")
    token = said.get("token") or ""
    if not isinstance(token, str):
        raise _wrong("token is a text")
    when = said.get("datetime")
    return Query(
        collections=_names(said, "collections"),
        ids=_names(said, "ids"),
        bbox=None if bbox is None else _bbox(bbox),
        intersects=shape,
        interval=None if when is None else _interval(when),
        filter=_filter(said),
        sortby=_sorts(said.get("sortby") or ()),
        fields=_fields(said["fields"]) if "fields" in said else None,
        limit=min(limit, MOST_LIMIT),
        token=token,
    )


def _names(said: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    names = said.get(key)
    if not names:
        return None
    if isinstance(names, str):  # some clients send one name bare
        names = [names]
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise _wrong(f"{key} is a list of names")
    if len(names) > MOST_NAMES:
        raise _wrong(f"{key} has more than {MOST_NAMES} names")
    return tuple(names)


def _bbox(numbers: Any) -> tuple[float, ...]:
    if not isinstance(numbers, list) or len(numbers) not in (4, 6):
        raise _wrong("bbox has four numbers, or six with heights")
    if not all(type(n) in (int, float) for n in numbers):
        raise _wrong("bbox has a member that is no number")
    box = tuple(float(n) for n in numbers)
    south, north = box[1], box[len(box) // 2 + 1]
    if south > north:
        raise _wrong("the bbox's south lies north of its north")
    return box


def _interval(text: Any) -> Any:
    ends = text.split("/") if isinstance(text, str) else ()
    if len(ends) not in (1, 2) or not all(_INSTANT.fullmatch(end) for end in ends):
        raise _wrong("datetime is an RFC 3339 instant, or two of them with / between")
    if len(ends) == 1 and not ends[0].strip("."):
        raise _wrong("datetime is empty")
    return moments.interval(text)


def _filter(said: Mapping[str, Any]) -> Mapping[str, Any] | None:
    given = said.get("filter")
    if given is None or given == "":
        return None
    language = said.get("filter-lang") or (TEXT if isinstance(given, str) else JSON)
    if said.get("filter-crs", _CRS84) != _CRS84:
        raise _wrong("filters are read in CRS84 only")
    if language == TEXT and isinstance(given, str):
        return cql2.read_text(given)
    if language == JSON and isinstance(given, dict):
        return given
    raise _wrong("filter is CQL2 text (filter-lang cql2-text) or CQL2 JSON (cql2-json)")


_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def _sorts(rows: Any) -> tuple[Sort, ...]:
    if not isinstance(rows, Sequence) or isinstance(rows, str) or len(rows) > 20:
        raise _wrong("sortby is a list of at most 20 fields")
    return tuple(_sorting(row) for row in rows)


def _sorting(row: Any) -> Sort:
    if not isinstance(row, dict) or not isinstance(row.get("field"), str):
        raise _wrong("each of sortby has a field and a direction")
    direction = row.get("direction", "asc")
    if direction not in ("asc", "desc"):
        raise _wrong("a direction is asc or desc")
    return Sort(row["field"], direction == "desc")


def _sort(part: str) -> dict[str, str]:
    # A + in a query string is a blank by the time it comes here.
    direction = "desc" if part.startswith("-") else "asc"
    return {"field": part.strip().lstrip("+-"), "direction": direction}


def _fields(said: Any) -> Fields:
    if not isinstance(said, dict):
        raise _wrong("fields has include and exclude")
    lists = (said.get("include") or [], said.get("exclude") or [])
    for names in lists:
        if not isinstance(names, list) or len(names) > MOST_NAMES:
            raise _wrong("include and exclude are lists of names")
        if not all(isinstance(name, str) for name in names):
            raise _wrong("include and exclude are lists of names")
    wanted = tuple(lists[0])
    # What is named by both is included; a parent that is excluded is by what is included already.
    excluded = tuple(
        one for one in lists[1] if not any(f"{inner}.".startswith(f"{one}.") for inner in wanted)
    )
    return Fields(wanted, excluded)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _wrong(f"{ascii(text)[:40]} is no number") from None


def _whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,9}", text):
        raise _wrong(f"{ascii(text)[:40]} is no whole number")
    return int(text)


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_not_finite)
    except (ValueError, RecursionError):
        raise _wrong("it is no JSON") from None


def _not_finite(word: str) -> float:
    raise ValueError(word)


def _wrong(message: str) -> DataError:
    return DataError(message, remedy=_REMEDY)
