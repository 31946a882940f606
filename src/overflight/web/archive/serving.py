"""Serving an archive on an address: on this machine only, unless told otherwise."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.archive.keeping.layout import Archive
from overflight.errors import DataError
from overflight.web.archive.people import read_people, users_file

MISSING = "serving needs packages that are not installed"


@dataclass(frozen=True, slots=True)
class Address:
    """Where it listens. ``certificate``, ``key``: of the server, for TLS."""

    host: str = "127.0.0.1"
    port: int = 8765
    certificate: Path | None = None
    key: Path | None = None


def check_address(archive: Archive, address: Address) -> None:
    """DataError for an address that would send tokens in clear over a network, and where nobody
    could come in."""
    if (address.certificate is None) != (address.key is None):
        raise DataError("a certificate and its key go together", remedy="Give both, or neither.")
    if not is_loopback(address.host) and address.certificate is None:
        raise DataError(
            f"{address.host} is not this machine alone, and there is no certificate",
            remedy="Give --certificate and --key, or put a server that speaks TLS before it and "
            "stay on 127.0.0.1.",
        )
    if not read_people(users_file(archive)):
        raise DataError(
            "nobody may come in: no users are written down", file=users_file(archive),
            remedy='Write [[user]] tables with name = "..." and party = "...", then make tokens: '
            "overflight archive token.",
        )  # fmt: skip


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(archive: Archive, address: Address, treaty: str | None = None) -> None:
    """Serve until it is told to end. DataError where it may not, or packages are missing."""
    check_address(archive, address)
    try:
        import uvicorn
        from starlette.applications import Starlette as _  # noqa: F401
    except ImportError as error:
        raise DataError(MISSING, remedy="Install overflight[server].") from error
    from overflight.web.archive.app import make_app
    from overflight.web.archive.served import Served

    more: dict[str, Any] = {}
    if address.certificate is not None:
        more = {"ssl_certfile": str(address.certificate), "ssl_keyfile": str(address.key)}
    app = make_app(Served(archive, treaty))
    uvicorn.run(
        app, host=address.host, port=address.port, log_level="warning", access_log=False,
        server_header=False, limit_concurrency=256, timeout_keep_alive=15,
        h11_max_incomplete_event_size=65_536, proxy_headers=False, **more,
    )  # fmt: skip
