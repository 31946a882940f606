"""A real server on this machine for a test, asked over its own connection."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from overflight.archive.keeping.layout import Archive
from overflight.web.archive.app import Limits, make_app
from overflight.web.archive.connections import Patience
from overflight.web.archive.served import Served
from overflight.web.archive.serving import Address, settings


@dataclass(frozen=True)
class Reply:
    """What came back; header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """Where it listens. ``context``: of a client that speaks TLS with it."""

    port: int
    context: ssl.SSLContext | None = None

    @property
    def base(self) -> str:
        return f"{'http' if self.context is None else 'https'}://127.0.0.1:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        connection = (
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            if self.context is None
            else http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=30, context=self.context
            )
        )
        try:
            connection.request(method, path.removeprefix(self.base), body, dict(headers or {}))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        return self.ask("GET", path, headers)

    def post(self, path: str, headers: Mapping[str, str], document: Any) -> Reply:
        return self.ask("POST", path, headers, json.dumps(document).encode())


@contextmanager
def serving(
    archive: Archive,
    limits: Limits | None = None,
    address: Address | None = None,
    patience: Patience | None = None,
    served: Served | None = None,
) -> Iterator[Server]:
    """A server of that archive, for as long as it is needed."""
    import uvicorn

    listening = socket.create_server(("127.0.0.1", 0))
    named = settings(address or Address(), patience) | {"log_level": "error"}
    app = make_app(served or Served(archive), limits)
    server = uvicorn.Server(uvicorn.Config(app, timeout_graceful_shutdown=5, **named))
    ready = threading.Event()
    started = server.startup

    async def startup(sockets: Any = None) -> None:
        await started(sockets)
        ready.set()

    server.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield Server(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()
