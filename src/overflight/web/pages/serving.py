"""The pages on an address: this machine's own, unless told otherwise."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.web.archive.fetching import is_loopback
from overflight.web.pages.settings import Settings

MISSING = "serving needs packages that are not installed"


def checked(settings: Settings, certificate: Path | None, *, ask_for_key: bool) -> Settings:
    """With a key where one is needed. DataError for a network address without TLS or key."""
    if is_loopback(settings.host):
        return replace(settings, key=secrets.token_urlsafe(32)) if ask_for_key else settings
    if not ask_for_key:
        raise DataError(
            f"{settings.host} is not this machine alone, and anybody there could come in",
            remedy="Add --key: it makes a key, without which nobody comes in.",
        )
    if certificate is None:
        raise DataError(
            f"{settings.host} is not this machine alone, and there is no certificate",
            remedy="Give --certificate and --certificate-key, or put a server that speaks TLS "
            "before it and stay on 127.0.0.1.",
        )
    host = f"{settings.host}:{settings.port}".lower()
    return replace(settings, key=secrets.token_urlsafe(32), hosts=settings.hosts | {host})


def listening(host: str, port: int) -> socket.socket:
    """The address, taken. DataError where it is another program's, or not this machine's."""
    if not 0 < port < 65536:
        raise DataError(f"{port} is no port", remedy="Give one from 1024 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise DataError(
            f"cannot listen on {host} port {port}: {why}",
            remedy="End the program that has it (another overflight serve?), or give --port.",
        ) from error


def serve(
    settings: Settings,
    taken: socket.socket,
    certificate: Path | None = None,
    key: Path | None = None,
) -> None:
    """Serve on an address that was taken, until it is told to end. DataError: packages or built
    pages are missing."""
    try:
        import fastapi  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise DataError(MISSING, remedy="Install overflight[server].") from error
    from overflight.web.pages.app import make_app

    more: dict[str, Any] = {}
    if certificate is not None:
        more = {"ssl_certfile": str(certificate), "ssl_keyfile": None if key is None else str(key)}
    app: Any = make_app(settings)
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, server_header=False, limit_concurrency=256,
        timeout_keep_alive=15, proxy_headers=False, timeout_graceful_shutdown=1, **more,
    )  # fmt: skip
    with taken:
        uvicorn.Server(config).run(sockets=[taken])
