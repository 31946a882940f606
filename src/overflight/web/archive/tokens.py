"""Bearer tokens of this machine's own: signed with Ed25519, short-lived, for one archive.

They are JSON Web Tokens (RFC 7519, EdDSA by RFC 8037). The key lies in the archive's folder, for
its owner only: who may read that folder needs no token to read what is in it.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.archive.keeping.layout import Archive
from overflight.errors import AccessError, DataError
from overflight.files import read_bounded, write_atomic
from overflight.web.archive.tokenbook import Given

KEY = "identity.key"
MOST_MINUTES = 24 * 60
MOST_LETTERS = 8192
SKEW_S = 60
"""How far two clocks may differ."""
_HEAD = {"alg": "EdDSA", "typ": "JWT"}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says that holds: who it is for, until when (seconds since 1970), its id."""

    subject: str
    expires: int
    id: str = ""


class Issuer:
    """Signs and judges the tokens of one archive."""

    def __init__(self, archive: Archive, *, new: bool = False) -> None:
        """``new`` makes the key where there is none. DataError where there is none otherwise, or
        others may read it."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        path = archive.access / KEY
        if new and not path.exists():
            write_atomic(path, Ed25519PrivateKey.generate().private_bytes_raw(), mode=0o600)
        self._key = Ed25519PrivateKey.from_private_bytes(_raw(path))
        self._public = self._key.public_key()
        self._audience = f"urn:overflight:archive:{archive.settings.id}"

    def issue(self, name: str, now: float, minutes: int = 60) -> str:
        """A token for a user. DataError for a time that is not short."""
        return self.given(name, now, minutes)[0]

    def given(self, name: str, now: float, minutes: int = 60) -> tuple[str, Given]:
        """The same, and what is written down of it."""
        if not 1 <= minutes <= MOST_MINUTES:
            raise DataError(
                f"a token is not good for {minutes} minutes",
                remedy=f"Ask for 1 to {MOST_MINUTES}; a new one is made in a moment.",
            )
        claims: dict[str, Any] = {
            "iss": self._audience, "aud": self._audience, "sub": name, "iat": int(now),
            "nbf": int(now), "exp": int(now) + minutes * 60, "jti": secrets.token_hex(12),
        }  # fmt: skip
        given = Given(claims["jti"], name, claims["iat"], claims["exp"])
        signed = f"{_packed(_HEAD)}.{_packed(claims)}"
        return f"{signed}.{_text(self._key.sign(signed.encode('ascii')))}", given

    def judge(self, token: str, now: float) -> Claims:
        """What it says. AccessError for one that is not this archive's, or not of this time."""
        from cryptography.exceptions import InvalidSignature

        head, signed, signature, claims = opened(token)
        if head.get("alg") != "EdDSA":
            raise unknown("it is signed in a way that is not known here")
        try:
            self._public.verify(signature, signed)
        except InvalidSignature:
            raise unknown("its signature does not hold") from None
        return held(claims, self._audience, self._audience, now)


def opened(token: str) -> tuple[Mapping[str, Any], bytes, bytes, Mapping[str, Any]]:
    """Head, what is signed, the signature and the claims; nothing of it is believed yet."""
    parts = token.split(".")
    if len(token) > MOST_LETTERS or len(parts) != 3 or not token.isascii():
        raise unknown("it is no token")
    try:
        head, claims = (json.loads(_bytes(part)) for part in parts[:2])
        signature = _bytes(parts[2])
    except (ValueError, RecursionError):
        raise unknown("it is no token") from None
    if not isinstance(head, dict) or not isinstance(claims, dict) or "crit" in head:
        raise unknown("it is no token as they are read here")
    return head, f"{parts[0]}.{parts[1]}".encode("ascii"), signature, claims


def held(claims: Mapping[str, Any], issuer: str, audience: str, now: float) -> Claims:
    """The claims of a signed token, for this audience and at this time. AccessError."""
    said = claims.get("aud")
    if claims.get("iss") != issuer or audience not in (said if isinstance(said, list) else [said]):
        raise unknown("it was not made for this archive")
    begins, ends, name = claims.get("nbf", 0), claims.get("exp"), claims.get("sub")
    if type(ends) not in (int, float) or type(begins) not in (int, float):
        raise unknown("it does not say how long it is good")
    assert isinstance(ends, int | float)
    if not begins - SKEW_S <= now < ends:
        raise unknown("it is good no more, or not yet")
    if not isinstance(name, str) or not name:
        raise unknown("it does not say for whom it is")
    return Claims(name, int(ends), str(claims.get("jti", "")))


class UnknownError(AccessError):
    """It is not known who asks."""

    http_status = 401


_ANEW = "Ask the archive's keeper for a new one: overflight archive token."


def unknown(why: str, remedy: str = _ANEW, what: str = "the token") -> UnknownError:
    """The error for a bearer who is not known. It never tells what would have been right."""
    return UnknownError(f"{what} is refused: {why}", remedy=remedy)


def _raw(path: Path) -> bytes:
    if not path.exists():
        raise DataError(
            "the archive has no key for tokens yet", file=path,
            remedy="Make it with the first token: overflight archive token ARCHIVE NAME.",
        )  # fmt: skip
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise DataError(
            "others may read this private key", file=path, remedy="Delete it and make tokens "
            "anew; those that were made with it are refused then.",
        )  # fmt: skip
    raw = read_bounded(path, limit=64)
    if len(raw) != 32:
        raise DataError("this is no key for tokens", file=path, remedy="Delete it; make anew.")
    return raw


def _packed(document: Mapping[str, Any]) -> str:
    return _text(json.dumps(document, separators=(",", ":")).encode("utf-8"))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
