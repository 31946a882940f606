"""Tokens of an OpenID Connect provider that the archive's keeper trusts, by its keys in a file.

    # ARCHIVE/access/identity.toml
    [oidc]
    issuer = "https://..."        # as the tokens have it
    audience = "..."              # for whom they are made: this archive
    keys = "provider-keys.json"   # the provider's JSON Web Key Set (RFC 7517), beside this file

Signatures are RS256, ES256 (RFC 7518) or EdDSA (RFC 8037), each by a key of that kind only: what a
token says of its algorithm chooses among the keys, and never what a key is used for.
"""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import AccessError, DataError
from overflight.files import read_bounded
from overflight.web.archive.tokens import Claims, held, opened, unknown

ABOUT = "identity.toml"
_MOST = 1_000_000
_ALGORITHMS = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}
_LEAST_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class Provider:
    """``keys``: (algorithm, name of the key) -> the public key."""

    issuer: str
    audience: str
    keys: Mapping[tuple[str, str], Any]

    def made(self, token: str) -> bool:
        """Whether the token says that it is this provider's; it is not believed for that."""
        try:
            return opened(token)[3].get("iss") == self.issuer
        except AccessError:
            return False

    def judge(self, token: str, now: float) -> Claims:
        """What it says. AccessError for one that is not the provider's, or not of this time."""
        head, signed, signature, claims = opened(token)
        name = str(head.get("alg")), str(head.get("kid", ""))
        key = self.keys.get(name)
        if key is None:
            raise unknown("it is signed with no key of the provider's")
        if not _holds(name[0], key, signature, signed):
            raise unknown("its signature does not hold")
        return held(claims, self.issuer, self.audience, now)


def read_provider(folder: Path) -> Provider | None:
    """The provider, or None where none is trusted. DataError for what is none."""
    path = folder / ABOUT
    if not path.exists():
        return None
    try:
        said = tomllib.loads(read_bounded(path, limit=_MOST).decode("utf-8"))
        about = said["oidc"]
        texts = [about[name] for name in ("issuer", "audience", "keys")]
        if set(said) != {"oidc"} or len(about) != 3 or not all(isinstance(t, str) for t in texts):
            raise ValueError("it has other words")
    except (UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise _wrong(path, f"it names no provider ({error})") from None
    place = folder / texts[2]
    try:
        rows = json.loads(read_bounded(place, limit=_MOST))["keys"]
        keys = {row[0]: row[1] for one in rows if (row := _key(one)) is not None}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _wrong(place, f"it is no set of keys ({type(error).__name__})") from None
    if not keys:
        raise _wrong(place, "it has no key for RS256, ES256 or EdDSA")
    return Provider(texts[0], texts[1], keys)


def _key(row: Mapping[str, Any]) -> tuple[tuple[str, str], Any] | None:
    """A key for signatures, by its algorithm and name; None for one of another kind."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    kind, curve = row["kty"], row.get("crv")
    if row.get("use", "sig") != "sig" or row.get("alg", _ALGORITHMS.get(kind)) != (
        _ALGORITHMS.get(kind)
    ):
        return None
    name = (_ALGORITHMS.get(kind, ""), str(row.get("kid", "")))
    if kind == "RSA":
        key = rsa.RSAPublicNumbers(_number(row["e"]), _number(row["n"])).public_key()
        return (name, key) if key.key_size >= _LEAST_RSA_BITS else None
    if kind == "EC" and curve == "P-256":
        numbers = ec.EllipticCurvePublicNumbers(_number(row["x"]), _number(row["y"]),
                                                ec.SECP256R1())  # fmt: skip
        return name, numbers.public_key()
    if kind == "OKP" and curve == "Ed25519":
        return name, ed25519.Ed25519PublicKey.from_public_bytes(_bytes(row["x"]))
    return None


def _holds(algorithm: str, key: Any, signature: bytes, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        if algorithm == "RS256":
            key.verify(signature, signed, padding.PKCS1v15(), SHA256())
        elif algorithm == "ES256":
            if len(signature) != 64:
                return False
            r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
            key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
        else:
            key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _number(text: str) -> int:
    return int.from_bytes(_bytes(text), "big")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _wrong(path: Path, message: str) -> DataError:
    return DataError(
        message, file=path, remedy="Write [oidc] with issuer, audience and keys, the name of a "
        "file with the provider's JSON Web Key Set.",
    )  # fmt: skip
