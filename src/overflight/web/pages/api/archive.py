"""The page *Archive*: the keeper's own program asks as a State, and gets what that State gets.

A search, an item and a picture go through the answers of the archive's server, each of them on
record before it goes out; what a State may have on the day chosen is decided anew.
"""

from __future__ import annotations

import datetime as dt
import io
import secrets
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from overflight.errors import DataError
from overflight.web.pages.archive_held import (
    BY,
    answer_as,
    asked_as,
    flights_of,
    instant_of,
    served_of,
    visitor_of,
)

if TYPE_CHECKING:
    from overflight.archive.keeping.layout import Archive

_MOST_SHOWN = 500
"""Accesses that are listed, the last of them."""
_SEARCH, _ITEM = "/search", "/collections/{collection}/items/{item}"
_PREVIEW = _ITEM + "/preview.{format}"
_TILE = _ITEM + "/tiles/WebMercatorQuad/{z}/{x}/{y}.{format}"
_OBJECT = "/objects/{sha256}/{name:path}"
_CODE = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9:._ -]+$")
Code = Annotated[str, InPath(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9:._ -]+$")]
Name = Annotated[str, InPath(min_length=1, max_length=200)]


class Wanted(BaseModel):
    """What ``archive request`` takes. ``at``: when it is made; None: now."""

    model_config = ConfigDict(extra="forbid")

    asker: str = _CODE
    observing: str = _CODE
    observed: str = _CODE
    date: dt.date
    sensor: str = Field(min_length=1, max_length=200)
    portions: list[tuple[dt.datetime, dt.datetime]] = Field(default_factory=list, max_length=40)
    medium: str = Field(min_length=1, max_length=200)
    format: str = Field(min_length=1, max_length=200)
    bundle: str = Field(default="", max_length=200)
    at: dt.datetime | None = None


class Decide(BaseModel):
    """When a request is decided; None: now."""

    model_config = ConfigDict(extra="forbid")

    at: dt.datetime | None = None


def router() -> APIRouter:
    made = APIRouter(tags=["archive"])
    add = made.add_api_route
    add("/archive", shown, summary="The archive that serve was told of, or none")
    add("/archive/access", access, summary="Who may find, ask for and open what")
    add("/archive/accesses", accesses, summary="Who wanted what, and what was decided")
    add("/archive/requests", requests, summary="The requests for copies, and where they stand")
    add("/archive/requests", ask, methods=["POST"], summary="Ask for copies as a State")
    add("/archive/requests/{number}/answer", answered, methods=["POST"],
        summary="Decide on a request, and make its copies")  # fmt: skip
    add("/archive/requests/{number}/delivery.zip", delivery, summary="The copies, with their proof",
        response_class=Response)  # fmt: skip
    under = "/archive/as/{asker}/{on}"
    for path, handler, title in (
        (_SEARCH, search, "Items that it may find"),
        (_ITEM, item, "One item as it goes out to it"),
        (_PREVIEW, preview, "A small picture of an item"),
        (_TILE, tile, "A tile of an item"),
        (_OBJECT, whole, "A file"),
    ):
        add(under + path, handler, summary=title, response_class=Response)
    add(under + _ITEM + "/place", place, summary="Where its files lie in the sealed bundle")
    return made


def shown(request: Request) -> dict[str, Any]:
    """What it is, the missions that it has, and the words that a search may use."""
    from overflight.archive.asking.documents import media_of

    settings = request.app.state.settings
    told: dict[str, Any] = {
        "kind": "archive-page", "version": 1, "today": settings.today(), "archive": None,
    }  # fmt: skip
    if settings.archive is None:
        return told
    served = served_of(request)
    missions = served.book.missions()
    flights = flights_of(request, served.archive)
    treaties = {t.id: t for t in map(flights.treaty, missions) if t is not None}
    own = flights.named(served.archive.settings.treaty)
    if own is not None:
        treaties.setdefault(own.id, own)
    return told | {
        "archive": served.archive.settings.id,
        "holder": served.archive.settings.holder,
        "treaties": [
            {"id": t.id, "short": t.short, "media": list(media_of(t))} for t in treaties.values()
        ],
        "sensors": sorted({sensor for one in missions for sensor in one.sensors}),
        "missions": [
            {
                "bundle": one.bundle,
                "collection": one.collection,
                "treaty": one.treaty,
                "observing": one.observing,
                "observed": one.observed,
                "flown": one.flown,
                "marks": list(one.marks),
                "sensors": list(one.sensors),
                "items": one.items,
                "root": one.root,
                "stage": one.stage,
            }
            for one in missions
        ],
    }


def access(
    request: Request, asker: str = Query(max_length=64), on: dt.date | None = None
) -> dict[str, Any]:
    """The same document as ``archive access``."""
    from overflight.report.archive_ask import access_to_dict

    served = served_of(request)
    visitor = visitor_of(request, asker, on or request.app.state.settings.today())
    rights = served.known(visitor).rights
    settings = served.archive.settings
    return access_to_dict(settings, settings.readings, served.book.missions(), rights)


def accesses(
    request: Request,
    of: str = Query("", max_length=64),
    mission: str = Query("", max_length=200),
    since: dt.date | None = None,
    most: int = Query(100, ge=1, le=_MOST_SHOWN),
) -> dict[str, Any]:
    """The same document as ``archive accesses``, of the last ones; ``found``: how many there are.
    The whole record is held against itself. Refused for one that was changed."""
    from overflight.archive.access import journal
    from overflight.report.archive_ask import accesses_to_dict

    archive = served_of(request).archive
    head = journal.head(archive.access)
    rows = [
        one for one in journal.read(archive.access)
        if (not of or one.asker == of) and (not mission or one.mission == mission)
        and (since is None or one.at.date() >= since)
    ]  # fmt: skip
    return accesses_to_dict(archive.settings, head, rows[-most:]) | {"found": len(rows)}


# --- as a State: the answers of the archive's own server


def search(request: Request, asker: Code, on: dt.date) -> Response:
    """A STAC search by its query string (bbox, datetime, filter, limit, token)."""
    return answer_as(request, _SEARCH, asker, on, {})


def item(request: Request, asker: Code, on: dt.date, collection: Name, item: Name) -> Response:
    return answer_as(request, _ITEM, asker, on, {"collection": collection, "item": item})


def preview(
    request: Request, asker: Code, on: dt.date, collection: Name, item: Name, format: Name
) -> Response:
    path = {"collection": collection, "item": item, "format": format}
    return answer_as(request, _PREVIEW, asker, on, path)


def tile(
    request: Request, asker: Code, on: dt.date, collection: Name, item: Name, z: int, x: int,
    y: int, format: Name,
) -> Response:  # fmt: skip
    path = {
        "collection": collection, "item": item, "z": str(z), "x": str(x), "y": str(y),
        "format": format,
    }  # fmt: skip
    return answer_as(request, _TILE, asker, on, path)


def whole(
    request: Request, asker: Code, on: dt.date, sha256: Name, name: str
) -> Response:  # fmt: skip
    return answer_as(request, _OBJECT, asker, on, {"sha256": sha256, "name": name})


def place(
    request: Request, asker: Code, on: dt.date, collection: Name, item: Name
) -> dict[str, Any]:
    """Of those files alone that the item, as it goes out to the asker, leads to."""
    from overflight.archive.catalogue.reading import parse
    from overflight.archive.keeping import missions as tables
    from overflight.archive.keeping.database import opened
    from overflight.web.archive.routes import found_item

    served = served_of(request)
    asked = asked_as(request, asker, on, {"collection": collection, "item": item})
    document: Any = parse(found_item(served, asked))
    mission = next((m for m in served.book.missions() if m.collection == collection), None)
    digests = {
        name: str(asset.get("href", "")).split("/objects/")[-1].split("/")[0]
        for name, asset in (document.get("assets") or {}).items()
    }
    files, seals = [], []
    if mission is not None:
        with opened(served.archive.database) as connection:
            rows = tables.files(connection, mission.id, None)
            known = tables.seals(connection, mission.id)
        names = {digest: name for name, digest in digests.items()}
        files = [
            {
                "asset": names[row.sha256], "path": row.path, "role": row.role, "size": row.size,
                "sha256": row.sha256, "stage": _stage(row.path),
            }
            for row in rows if row.sha256 in names
        ]  # fmt: skip
        seals = [
            {"stage": seal.stage, "sealed_at": seal.sealed_at, "root": seal.root}
            for seal in known if seal.part == 0
        ]  # fmt: skip
    return {
        "kind": "archive-place",
        "version": 1,
        "bundle": None if mission is None else mission.bundle,
        "root": None if mission is None else mission.root,
        "marks": [] if mission is None else list(mission.marks),
        "files": files,
        "seals": seals,
    }


def _stage(path: str) -> int | None:
    """Of a file's path in a bundle: stage-002/frame/... ."""
    word = path.split("/")[0].rpartition("-")[2]
    return int(word) if word.isdigit() else None


# --- requests for copies


def requests(request: Request) -> dict[str, Any]:
    """The same document as ``archive asked``, the newest first; ``ready``: copies lie here."""
    from overflight.archive.asking import register

    archive = served_of(request).archive
    numbers = [one.id for one in register.all_asked(archive)]
    found = _standing(request, archive, numbers)
    found["requests"].sort(
        key=lambda r: str((r["request"] or {}).get("requested_at")), reverse=True
    )
    return found


def ask(request: Request, wanted: Wanted) -> dict[str, Any]:
    """Kept and logged where the State may ask. A refusal is an answer too, with its paragraph: on
    record, and nothing is kept of the request."""
    from overflight.archive.asking import documents, register
    from overflight.archive.asking.documents import Particulars, Span, make_notice, make_request
    from overflight.archive.asking.sending import decide_to_ask

    served, at = served_of(request), instant_of(wanted.at)
    archive = served.archive
    visitor_of(request, wanted.asker, at.date())
    flights = flights_of(request, archive)
    meant = [m for m in served.book.missions() if wanted.bundle in (m.bundle, m.collection)]
    treaty = flights.treaty(meant[0]) if meant else flights.named(archive.settings.treaty)
    if treaty is None:
        raise DataError("it is not plain under which treaty", remedy="Choose a mission of the list")
    spans = tuple(Span(instant_of(start), instant_of(end)) for start, end in wanted.portions)
    what = Particulars(
        wanted.observing, wanted.observed, wanted.date, wanted.sensor, spans, wanted.medium,
        wanted.format,
    )  # fmt: skip
    made = make_request(treaty, wanted.asker, what, at, wanted.bundle)
    decision = decide_to_ask(
        archive, flights, treaty, wanted.asker, what, at.date(), wanted.bundle
    )  # fmt: skip
    asked = asked_as(request, wanted.asker, at.date(), {})
    served.note(
        asked, "request", f"request {made['id']}", str(decision.answer), wanted.bundle,
        decision.cite,
    ).result()  # fmt: skip
    said = {"kind": "archive-request", "version": 1, "decision": decision.as_dict()}
    if not decision.allowed:
        return said | {"request": None}
    told = make_notice(made, at)
    documents.to_bytes(told)
    register.put(archive, [made, told], at)
    return said | {"request": made["id"]}


def answered(
    request: Request, number: Annotated[str, InPath(max_length=80)], decide: Decide
) -> Any:
    """The same document as ``archive deliver``. A refusal is an answer, kept and logged too."""
    from overflight.archive.asking import register
    from overflight.archive.asking.delivering import answer
    from overflight.report.archive_ask import answered_to_dict

    archive = served_of(request).archive
    known = register.known_request(archive, number)
    out = _deliveries(request) / f"{number}-{secrets.token_hex(6)}"
    flights = flights_of(request, archive)
    found = answer(archive, known, instant_of(decide.at), out, flights, by=BY)
    if found.delivery is not None:
        out.rename(out.with_name(f"{number}-{secrets.token_hex(6)}.ready"))
    return answered_to_dict(found, None)


def delivery(request: Request, number: Annotated[str, InPath(max_length=80)]) -> Response:
    """As a zip, of copies that were made while this program ran."""
    from overflight.archive.asking.documents import check_id

    folder = _ready(request, check_id(number))
    if folder is None:
        raise DataError("its copies do not lie here", remedy="Have the request answered again.")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as target:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            target.write(file, f"{number}/{file.relative_to(folder).as_posix()}")
    headers = {"Content-Disposition": f'attachment; filename="{number}.zip"'}
    return Response(held.getvalue(), media_type="application/zip", headers=headers)


def _ready(request: Request, number: str) -> Path | None:
    made = sorted(_deliveries(request).glob(f"{number}-*.ready"))
    return made[-1] if made else None


def _deliveries(request: Request) -> Path:
    folder: Path = request.app.state.settings.work / "deliveries"
    folder.mkdir(exist_ok=True)
    return folder


def _standing(request: Request, archive: Archive, numbers: list[str]) -> dict[str, Any]:
    from overflight.archive.asking import register
    from overflight.archive.asking.clock import standing
    from overflight.report.archive_ask import asked_to_dict

    flights, at = flights_of(request, archive), instant_of(None)
    rows = []
    for number in numbers:
        one = register.asked(archive, number)
        known = flights.named(str((one.request or {}).get("treaty", "")))
        rows.append(
            (one, None if known is None else standing(known, one, at, None),
             register.entries(archive, number))
        )  # fmt: skip
    ready = [number for number in numbers if _ready(request, number) is not None]
    return asked_to_dict(rows) | {"ready": ready}
