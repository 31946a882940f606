"""The application: who is known is let in to the one route that it asked for, within limits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError, OverflightError
from overflight.web.archive import answers
from overflight.web.archive.people import NOBODY
from overflight.web.archive.routes import ROUTES, Route
from overflight.web.archive.served import Answer, Asked, Piece, Served
from overflight.web.archive.tokens import UnknownError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_SAFE = {"X-Content-Type-Options": "nosniff", "Vary": "Authorization"}
_LOG = logging.getLogger("overflight")


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one request. ``threads``: how many are answered at once; the others wait."""

    body_bytes: int = 262_144
    query_bytes: int = 16_384
    body_s: float = 10.0
    answer_s: float = 60.0
    threads: int = 8


def make_app(served: Served, limits: Limits | None = None) -> Starlette:
    """The application of an archive that is held open; it closes it at its end."""
    from starlette.applications import Starlette
    from starlette.routing import Route as Path

    bounds = limits or Limits()
    turns = asyncio.Semaphore(bounds.threads)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            served.close()

    def endpoint(route: Route) -> Any:
        async def answer(request: Request) -> Response:
            return await _answered(served, route, request, bounds, turns)

        return answer

    paths = [Path(r.path, endpoint(r), methods=[r.method], name=r.title) for r in ROUTES]
    return Starlette(routes=paths, lifespan=lifespan)


async def _answered(
    served: Served, route: Route, request: Request, limits: Limits, turns: asyncio.Semaphore
) -> Response:
    from anyio.to_thread import run_sync

    try:
        if len(request.url.query) > limits.query_bytes:
            raise _too_large()
        person = NOBODY if route.free else served.person(_bearer(request))
        body = await asyncio.wait_for(_body(request, limits.body_bytes), limits.body_s)
        base = str(request.base_url).rstrip("/")
        asked = Asked(
            request.method, base + request.url.path, base, dict(request.path_params),
            dict(request.query_params), request.headers, body, person,
        )  # fmt: skip
        async with turns:
            work = run_sync(route.answer, served, asked, abandon_on_cancel=True)
            answer = await asyncio.wait_for(work, limits.answer_s)
    except TimeoutError:
        return _refused(503, "Timeout", "it takes too long", "Ask for less.")
    except OverflightError as error:
        return _of_error(error)
    return _response(served, request, answer)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnknownError("a bearer's token is needed", remedy="Send Authorization: Bearer ...")
    return token.strip()


class _TooLargeError(OverflightError):
    """More than is read."""

    http_status = 413


def _too_large() -> _TooLargeError:
    return _TooLargeError("the request is too large", remedy="Ask with less.")


async def _body(request: Request, most: int) -> bytes:
    if request.method == "GET":
        return b""
    if int(request.headers.get("content-length", "0") or 0) > most:
        raise _too_large()
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > most:
            raise _too_large()
    return bytes(read)


def _of_error(error: OverflightError) -> Response:
    # Files and places inside the archive are not for those outside.
    status = 400 if isinstance(error, DataError) else error.http_status
    if isinstance(error, DataError) and error.file is not None:
        _LOG.error("%s", error)
        return _refused(500, "ServerError", "the archive cannot answer now", "Tell its keeper.")
    answer = _refused(status, type(error).__name__, error.message, error.remedy)
    if isinstance(error, UnknownError):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _refused(status: int, code: str, message: str, remedy: str) -> Response:
    from starlette.responses import Response

    document = {"code": code, "description": f"{message}. {remedy}"}
    return Response(answers.dumps(document), status, _SAFE, answers.PLAIN)


def _response(served: Served, request: Request, answer: Answer) -> Response:
    from starlette.responses import Response, StreamingResponse

    headers = {**_SAFE, **answer.headers}
    if isinstance(answer.body, bytes):
        return Response(answer.body, answer.status, headers, answer.media)
    headers["Content-Length"] = str(answer.body.length)
    if request.method == "HEAD":
        return Response(None, answer.status, headers, answer.media)
    parts = _parts(served, answer.body)
    return StreamingResponse(parts, answer.status, headers, answer.media)


def _parts(served: Served, piece: Piece) -> Iterator[bytes]:
    yield from served.objects.parts(piece.sha256, piece.start, piece.length)
