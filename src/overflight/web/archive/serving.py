"""Serving an archive on an address: on this machine only, unless told otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.archive.keeping.layout import Archive
from overflight.errors import DataError
from overflight.web.archive.fetching import is_loopback
from overflight.web.archive.people import read_people, users_file

if TYPE_CHECKING:
    from overflight.web.archive.app import Limits
    from overflight.web.archive.connections import Patience

MISSING = "serving needs packages that are not installed"


@dataclass(frozen=True, slots=True)
class Address:
    """Where it listens. ``certificate``, ``key``: of the server, for TLS. ``client_ca``: who signs
    the certificates of those who come in by them."""

    host: str = "127.0.0.1"
    port: int = 8765
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None


def check_address(archive: Archive, address: Address) -> None:
    """DataError for an address that would send tokens in clear over a network, and where nobody
    could come in."""
    if (address.certificate is None) != (address.key is None):
        raise DataError("a certificate and its key go together", remedy="Give both, or neither.")
    if address.client_ca is not None and address.certificate is None:
        raise DataError(
            "certificates of clients need TLS", remedy="Give --certificate and --key too."
        )
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


def serve(
    archive: Archive, address: Address, treaty: str | None = None, limits: Limits | None = None
) -> None:
    """Serve until it is told to end. DataError where it may not, or packages are missing."""
    check_address(archive, address)
    try:
        import uvicorn
        from starlette.applications import Starlette as _  # noqa: F401
    except ImportError as error:
        raise DataError(MISSING, remedy="Install overflight[server].") from error
    from overflight.web.archive.app import make_app
    from overflight.web.archive.served import Served

    named = settings(address)
    uvicorn.run(make_app(Served(archive, treaty), limits), **named)


def settings(address: Address, patience: Patience | None = None) -> dict[str, Any]:
    """How the server is set up. DataError for certificates that cannot be used."""
    from overflight.web.archive import connections

    more: dict[str, Any] = {}
    if address.certificate is not None and address.key is not None:
        # Made now, so that what is wrong with the files is said in words.
        context = connections.secured(address.certificate, address.key, address.client_ca)
        more["ssl_context_factory"] = lambda *_: context
    return {
        "host": address.host, "port": address.port, "log_level": "warning", "access_log": False,
        "server_header": False, "limit_concurrency": 256, "timeout_keep_alive": 15,
        "proxy_headers": False, "ws": "none",
        "http": connections.with_patience(patience or connections.Patience()), **more,
    }  # fmt: skip
