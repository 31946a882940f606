"""What stands before every answer: who may come in, from where, and what a page may load.

Plain ASGI, so that it stands before static files and streams too, and no framework can be asked to
go around it.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from overflight.web.pages.settings import Settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

COOKIE = "overflight"
KEY_HEADER = b"x-overflight-key"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Content-Security-Policy: nothing from anywhere but here, and nothing inline."""
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_SAFE = frozenset({"GET", "HEAD"})
PAGES = ("regime", "plan", "mission", "flight", "archive", "studies")
"""What has an address of its own."""
_OPEN = frozenset({"/", "/api/session", *(f"/{name}" for name in PAGES)})
"""Answered without a key: the empty page, which takes the key from its own address, and where it
is handed in."""


class Guard:
    """Wraps the application."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is not None:
            await _answer(send, *refused)
            return
        await self._app(scope, _bounded(receive, self._settings, scope), _marked(send))

    def _refusal(self, scope: Message) -> tuple[int, str, str] | None:
        headers = {name: value for name, value in scope["headers"]}  # noqa: C416
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if host not in self._settings.names:
            return 421, f"this program does not answer for {host or 'a nameless host'}", (
                "Open the address that overflight serve printed."
            )  # fmt: skip
        if scope["method"] not in _SAFE:
            origin = headers.get(b"origin", b"").decode("latin-1").lower()
            site = headers.get(b"sec-fetch-site", b"").decode("latin-1")
            if site not in ("", "same-origin", "none") or (origin and not self._own(origin)):
                return 403, "another site's page asks for this", "Ask from the program's own pages."
        if self._settings.key and not self._let_in(scope["path"], headers):
            return 401, "a key is needed", "Open the whole address that overflight serve printed."
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self._settings.limits.body_bytes:
            most = self._settings.limits.body_bytes // 1_000_000
            return 413, "that is too much at once", f"Send at most {most} MB."
        return None

    def _own(self, origin: str) -> bool:
        _, _, host = origin.partition("://")
        return host in self._settings.names

    def _let_in(self, path: str, headers: dict[bytes, bytes]) -> bool:
        if path in _OPEN or path.startswith("/static/"):
            return True
        return same(key_of(headers), self._settings.key)


def same(given: str, known: str) -> bool:
    """Whether two keys are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(given.encode(), known.encode())


def key_of(headers: dict[bytes, bytes], name: str = COOKIE) -> str:
    """The key that comes with a request, in a header or a cookie; empty if there is none."""
    given = headers.get(KEY_HEADER)
    if given is not None and name == COOKIE:
        return given.decode("latin-1")
    try:
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return ""
    return cookies[name].value if name in cookies else ""


def _marked(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS]
        await send(message)

    return sending


def _bounded(receive: Receive, settings: Settings, scope: Message) -> Receive:
    """What is read is counted: a length that lies, and a sender who dawdles, come to an end."""
    read = 0
    limits = settings.limits
    done = scope["method"] in _SAFE

    async def receiving() -> Message:
        nonlocal read, done
        if done:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), limits.body_s)
        except TimeoutError:
            return {"type": "http.disconnect"}
        read += len(message.get("body", b""))
        done = not message.get("more_body", False)
        return message if read <= limits.body_bytes else {"type": "http.disconnect"}

    return receiving


async def _answer(send: Send, status: int, message: str, remedy: str) -> None:
    body = json.dumps({"kind": "error", "message": message, "remedy": remedy}).encode()
    start = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*start, *HEADERS]})
    await send({"type": "http.response.body", "body": body})
