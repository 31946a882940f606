"""Connections: TLS with the certificates of clients, and none that is kept open by saying little.

uvicorn tells an application nothing of a client's certificate, so the protocol takes it from the
connection and puts it beside the request. It arms its own clocks too: for the head of a request,
for its size, and for an answer that nobody reads.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from overflight.errors import DataError
from overflight.web.archive.app import CERTIFICATE


@dataclass(frozen=True, slots=True)
class Patience:
    """With one connection. ``head_s``: for the head of a request, from its first byte or from the
    connection. ``head_bytes``: of it. ``unread_s``: for a client to read more of an answer."""

    head_s: float = 10.0
    head_bytes: int = 65_536
    unread_s: float = 60.0


class Connection(HttpToolsProtocol):
    """uvicorn's own, with a certificate and less patience."""

    patience = Patience()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._certificate: bytes | None = None
        self._head: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._in_head, self._head_bytes = False, 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        secured = transport.get_extra_info("ssl_object")
        if secured is not None:
            self._certificate = secured.getpeercert(binary_form=True)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        _off(self._head)
        _off(self._unread)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > self.patience.head_bytes:
                self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._arm()

    def on_headers_complete(self) -> None:
        self._in_head = False
        _off(self._head)
        if self._certificate is not None:
            self.scope[CERTIFICATE] = self._certificate  # type: ignore[literal-required]
        super().on_headers_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        _off(self._unread)
        self._unread = self.loop.call_later(self.patience.unread_s, self.transport.abort)

    def resume_writing(self) -> None:
        _off(self._unread)
        super().resume_writing()

    def _arm(self) -> None:
        _off(self._head)
        self._head = self.loop.call_later(self.patience.head_s, self.transport.abort)


def _off(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def with_patience(patience: Patience) -> type[Connection]:
    """The protocol with that patience."""
    return type("Connection", (Connection,), {"patience": patience})


def secured(certificate: Path, key: Path, client_ca: Path | None = None) -> ssl.SSLContext:
    """TLS 1.2 or later. With ``client_ca`` clients may show a certificate, and only one that those
    authorities signed, for clients, and that is good today. DataError for files that are none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Without tickets each connection is verified anew, by the authorities as they are now.
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.num_tickets = 0
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as error:
        raise DataError(
            f"certificate and key cannot be used ({type(error).__name__})", file=certificate,
            remedy="Give the server's certificate, with those between it and its authority after "
            "it, and its private key without a password, both as PEM.",
        ) from None  # fmt: skip
    if client_ca is not None:
        try:
            context.load_verify_locations(cafile=client_ca)
        except (OSError, ValueError) as error:
            raise DataError(
                f"it holds no authority's certificate ({type(error).__name__})", file=client_ca,
                remedy="Give the certificates of the authority that signs those of clients, as "
                "PEM.",
            ) from None  # fmt: skip
        context.verify_mode = ssl.CERT_OPTIONAL
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def _no_password() -> bytes:
    raise ValueError("the key has a password")
