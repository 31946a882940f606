"""The archive that ``serve`` was told of, held open, and asked as a State on a day.

Its keeper may ask as anybody; what comes is what the archive's own server would answer, on record
before it goes out.
"""

from __future__ import annotations

import atexit
import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import Request, Response

from overflight.errors import DataError
from overflight.web.archive.people import Person, asker_of

if TYPE_CHECKING:
    from overflight.archive.access.book import Known
    from overflight.archive.access.flights import Flights
    from overflight.archive.keeping.layout import Archive
    from overflight.terms.access import Asker
    from overflight.web.archive.served import Served

_LOCK = threading.Lock()
BY = "pages"
"""Who acted for the asker, as the record of accesses has it."""


@dataclass(frozen=True, slots=True)
class Visitor(Person):
    """The keeper, asking as somebody, on a day."""

    on: dt.date = dt.date.min


def served_of(request: Request) -> Served:
    """The archive, opened when it is first asked for. DataError where there is none."""
    settings, state = request.app.state.settings, request.app.state
    if settings.archive is None:
        raise DataError("no archive is open", remedy="Start overflight serve --archive DIR.")
    with _LOCK:
        held: Served | None = getattr(state, "archive", None)
        if held is None:
            from overflight.archive.keeping.layout import open_archive

            held = state.archive = _keeper(open_archive(settings.archive), settings.treaty or None)
            atexit.register(held.close)
        return held


def _keeper(archive: Archive, treaty: str | None) -> Served:
    from overflight.web.archive.served import Served

    class Keeper(Served):
        """An archive as a ``Visitor`` sees it on its day."""

        def known(self, person: Person) -> Known:
            day = person.on if isinstance(person, Visitor) else dt.datetime.now(dt.UTC).date()
            return self.book.of(person.asker, day)

    return Keeper(archive, treaty)


def visitor_of(request: Request, code: str, on: dt.date) -> Visitor:
    """A misspelt code is an error, not a denial."""
    from overflight.rules.access_case import know
    from overflight.terms.access import STATE

    served = served_of(request)
    asker: Asker = asker_of(code)
    flights = flights_of(request, served.archive)
    treaties = {t.id: t for t in map(flights.treaty, served.book.missions()) if t is not None}
    if asker.sort == STATE:
        for treaty in treaties.values():
            know(flights.view(treaty, on), asker.code)
    return Visitor(BY, asker, on=on)


def flights_of(request: Request, archive: Archive) -> Flights:
    from overflight.archive.access.flights import Flights

    return Flights(archive, request.app.state.settings.treaty or None)


def asked_as(request: Request, code: str, on: dt.date, path: Mapping[str, str]) -> Any:
    from overflight.web.archive.served import Asked

    base = f"/api/archive/as/{quote(code, safe='')}/{on}"
    headers = {"range": request.headers["range"]} if "range" in request.headers else {}
    return Asked(
        "GET", base, base, path, dict(request.query_params), headers, b"",
        visitor_of(request, code, on),
    )  # fmt: skip


def answer_as(
    request: Request, route: str, code: str, on: dt.date, path: Mapping[str, str]
) -> Response:
    from fastapi.responses import StreamingResponse

    from overflight.web.archive.routes import ROUTES
    from overflight.web.archive.served import Piece

    served, asked = served_of(request), asked_as(request, code, on, path)
    one = next(r for r in ROUTES if r.path == route and r.method == "GET")
    made = one.answer(served, asked)
    headers = dict(made.headers)
    if isinstance(made.body, Piece):
        parts = served.objects.parts(made.body.sha256, made.body.start, made.body.length)
        headers["Content-Length"] = str(made.body.length)
        return StreamingResponse(parts, made.status, headers, made.media)
    return Response(made.body, made.status, headers, made.media)


def instant_of(at: dt.datetime | None) -> dt.datetime:
    now = at or dt.datetime.now(dt.UTC)
    if now.tzinfo is None:
        raise DataError("a moment without a time zone", remedy="Write 2021-05-19T07:00:00Z.")
    return now.astimezone(dt.UTC).replace(microsecond=0)
