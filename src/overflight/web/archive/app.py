"""The application: who is known is let in to the one route that it asked for, within limits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from overflight.archive.catalogue.stopping import CURRENT, Stop
from overflight.errors import DataError, OverflightError
from overflight.terms.access import FIND
from overflight.web.archive import answers
from overflight.web.archive.bounds import Buckets, Rate, TooOftenError
from overflight.web.archive.people import NOBODY, Person
from overflight.web.archive.routes import ROUTES, Route
from overflight.web.archive.served import Answer, Asked, Piece, Served
from overflight.web.archive.tokens import UnknownError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_SAFE = {"X-Content-Type-Options": "nosniff", "Vary": "Authorization"}
CERTIFICATE = "overflight.certificate"
"""In a request's scope: the client's certificate in DER, verified by the handshake."""
_STOP_EVERY_S, _END_S = 0.05, 10.0
_LOG = logging.getLogger("overflight")


_FREE, _STRANGERS = Rate(0.0, 1), Rate(1.0, 60)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one request. ``threads``: how many are answered at once, and ``user_threads`` of one
    user; the others wait. ``rate``: of one user. ``strangers``: of those who are not known, how
    many are recorded; all of them are refused."""

    body_bytes: int = 262_144
    query_bytes: int = 16_384
    body_s: float = 10.0
    answer_s: float = 60.0
    threads: int = 8
    user_threads: int = 6
    rate: Rate = _FREE
    strangers: Rate = _STRANGERS


class _Turns:
    """Who is answered now, and what each may still ask."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.all = asyncio.Semaphore(limits.threads)
        self.rates, self.strangers = Buckets(limits.rate), Buckets(limits.strangers)
        self._mine: dict[str, tuple[asyncio.Semaphore, list[None]]] = {}
        self.ending: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        """A turn of that user."""
        turns, waiting = self._mine.setdefault(
            name, (asyncio.Semaphore(self.limits.user_threads), [])
        )
        waiting.append(None)
        try:
            async with turns, self.all:
                yield
        finally:
            waiting.pop()
            if not waiting:
                self._mine.pop(name, None)


def make_app(served: Served, limits: Limits | None = None) -> Starlette:
    """The application of an archive that is held open; it closes it at its end."""
    from starlette.applications import Starlette
    from starlette.routing import Route as Path

    turns = _Turns(limits or Limits())

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            if turns.ending:
                await asyncio.wait(turns.ending, timeout=_END_S)
            served.close()

    def endpoint(route: Route) -> Any:
        async def answer(request: Request) -> Response:
            return await _answered(served, route, request, turns)

        return answer

    paths = [Path(r.path, endpoint(r), methods=[r.method], name=r.title) for r in ROUTES]
    return Starlette(routes=paths, lifespan=lifespan)


async def _answered(served: Served, route: Route, request: Request, turns: _Turns) -> Response:
    base = str(request.base_url).rstrip("/")
    asked = Asked(
        request.method, base + request.url.path, base, dict(request.path_params),
        dict(request.query_params), request.headers, b"", NOBODY,
    )  # fmt: skip
    try:
        if not route.free:
            asked = replace(asked, person=await _person(served, request))
            turns.rates.check(asked.person.name, asyncio.get_running_loop().time())
        if len(request.url.query) > turns.limits.query_bytes:
            raise _too_large()
        body = _body(request, turns.limits.body_bytes)
        asked = replace(asked, body=await asyncio.wait_for(body, turns.limits.body_s))
        answer = await _worked(served, route, asked, turns)
        response = _response(served, request, answer)
    except TimeoutError:
        response = _refused(503, "Timeout", "it takes too long", "Ask for less.")
    except OverflightError as error:
        response = _of_error(error)
    if not route.free and not asked.noted:
        await _noted(served, asked, response, turns)
    return response


async def _worked(served: Served, route: Route, asked: Asked, turns: _Turns) -> Answer:
    """The answer, or TimeoutError; the turn is another's once the work has really ended."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Answer] = loop.create_future()
    stop = Stop()

    async def work() -> None:
        from anyio.to_thread import run_sync

        async with turns.of(asked.person.name):
            if done.cancelled():
                return
            CURRENT.set(stop)
            try:
                answer = await run_sync(route.answer, served, asked)
            except Exception as error:  # whoever waits is told
                if not done.done():
                    done.set_exception(error)
            else:
                if not done.done():
                    done.set_result(answer)

    task = loop.create_task(work())
    turns.ending.add(task)
    task.add_done_callback(turns.ending.discard)
    try:
        return await asyncio.wait_for(done, turns.limits.answer_s)
    finally:
        if not task.done() and done.cancelled():
            ending = loop.create_task(_ended(task, stop))
            turns.ending.add(ending)
            ending.add_done_callback(turns.ending.discard)


async def _ended(task: asyncio.Task[None], stop: Stop) -> None:
    """Stop it until it has ended: what is between two statements misses the first call."""
    while not task.done():
        await asyncio.to_thread(stop.stop)
        await asyncio.wait([task], timeout=_STOP_EVERY_S)


async def _noted(served: Served, asked: Asked, response: Response, turns: _Turns) -> None:
    """Record an access that no route has recorded: one that was refused before."""
    known = asked.person is not NOBODY
    now = asyncio.get_running_loop().time()
    if not known and turns.strangers.take("", now):
        return
    path = asked.url.removeprefix(asked.base)
    what = f"{asked.method} {path}: {response.status_code}"
    answer = "allowed" if response.status_code < 400 else "denied"
    try:
        await asyncio.wrap_future(served.note(asked, FIND, what, answer))
    except OverflightError as error:
        _LOG.error("%s", error)


async def _person(served: Served, request: Request) -> Person:
    from anyio.to_thread import run_sync

    token = _bearer(request)
    waits = served.identity.waits_for(token)
    if waits is not None:
        await run_sync(waits.fetch, time.time())
    return served.identity.person(token, request.scope.get(CERTIFICATE))


def _bearer(request: Request) -> str | None:
    """The token that was sent, or None where none was."""
    said = request.headers.get("authorization")
    if said is None:
        return None
    scheme, _, token = said.partition(" ")
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
    if isinstance(error, TooOftenError):
        answer.headers["Retry-After"] = str(error.wait_s)
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
