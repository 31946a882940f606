"""Fetching a small document from an address that the archive's keeper wrote down.

By TLS, or in clear from this machine itself; nobody is followed to another address, and neither
time nor size is without end.
"""

from __future__ import annotations

import http.client
import ipaddress
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from overflight.errors import DataError, OverflightError

MOST_BYTES = 1_000_000
MOST_S = 5.0
_PART = 65_536


class UnreachedError(OverflightError):
    """What was to be fetched did not come."""

    http_status = 502


@dataclass(frozen=True, slots=True)
class Place:
    """``path`` with its query. ``authority``: who signed the certificate there, as PEM; None for
    those that this machine trusts. ``tls`` False is for this machine itself only."""

    host: str
    port: int
    path: str
    tls: bool = True
    authority: Path | None = None


def place_of(url: str, authority: Path | None = None) -> Place:
    """DataError for what is no address that is fetched from."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _no_place(url) from None
    tls = parts.scheme == "https"
    plain = parts.scheme == "http" and is_loopback(host)
    if not host or parts.username is not None or not (tls or plain) or not url.isprintable():
        raise _no_place(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or " " in path:
        raise _no_place(url)
    return Place(host, port or (443 if tls else 80), path, tls, authority)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def fetched(place: Place, most_bytes: int = MOST_BYTES, most_s: float = MOST_S) -> bytes:
    """What is there. UnreachedError where it does not come, not whole, late, or is too large."""
    end = time.monotonic() + most_s
    try:
        connection = _connection(place, most_s)
        try:
            connection.request("GET", place.path, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            if answer.status != 200:
                raise _unreached(place, f"it answers {answer.status}")
            data = bytearray()
            while part := answer.read1(_PART):
                data += part
                if len(data) > most_bytes:
                    raise _unreached(place, f"it is larger than {most_bytes} bytes")
                if time.monotonic() > end:
                    raise _unreached(place, f"it takes more than {most_s:g} s")
            if answer.length:
                raise _unreached(place, "it is cut off")
            return bytes(data)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise _unreached(place, str(error) or type(error).__name__) from None


def _connection(place: Place, most_s: float) -> http.client.HTTPConnection:
    if not place.tls:
        return http.client.HTTPConnection(place.host, place.port, timeout=most_s)
    context = ssl.create_default_context(cafile=place.authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return http.client.HTTPSConnection(place.host, place.port, timeout=most_s, context=context)


def _no_place(url: str) -> DataError:
    return DataError(
        f"{ascii(url)[:80]} is no address that keys are fetched from",
        remedy="Give one that begins with https://; http:// is for this machine itself only.",
    )


def _unreached(place: Place, why: str) -> UnreachedError:
    return UnreachedError(
        f"{place.host}:{place.port}{place.path} cannot be fetched: {why}",
        remedy="See that it answers, and that its certificate is signed by a known authority.",
    )
