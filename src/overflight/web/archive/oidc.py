"""Tokens of an OpenID Connect provider that the archive's keeper trusts.

    # ARCHIVE/access/identity.toml
    [oidc]
    issuer = "https://..."        # as the tokens have it
    audience = "..."              # for whom they are made: this archive
    keys = "provider-keys.json"   # the provider's JSON Web Key Set (RFC 7517), beside this file;
                                  # or its address; or left out: the issuer's description names it
    authority = "ca.pem"          # who signed the provider's certificate, if not one that all know

Signatures are RS256, ES256 (RFC 7518) or EdDSA (RFC 8037), each by a key of that kind only: what a
token says of its algorithm chooses among the keys, and never what a key is used for. Nor does a
token ever say where a key is.
"""

from __future__ import annotations

import base64
import json
import logging
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import AccessError, DataError, OverflightError
from overflight.files import read_bounded
from overflight.web.archive.fetching import Place, fetched, place_of
from overflight.web.archive.tokens import Claims, held, opened, unknown

ABOUT = "identity.toml"
FRESH_S = 3600.0
"""After which keys that were fetched are fetched again."""
GOOD_S = 24 * 3600.0
"""After which keys are good no more where the provider cannot be reached."""
AGAIN_S = 30.0
"""The least time between two fetches, whatever strangers send."""
DESCRIPTION = "/.well-known/openid-configuration"
Keys = Mapping[tuple[str, str], Any]
"""(algorithm, name of the key) -> the public key."""
_MOST = 1_000_000
_ALGORITHMS = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}
_LEAST_RSA_BITS = 2048
_LOG = logging.getLogger("overflight")


class Provider:
    """Use from any number of threads."""

    def __init__(
        self, issuer: str, audience: str, keys: Keys, source: Source | None = None
    ) -> None:
        """``source``: where the keys are fetched; None for those of a file."""
        self.issuer, self.audience = issuer, audience
        self._keys, self._source = keys, source
        self._fetched = self._tried = float("-inf")
        self._lock = threading.Lock()

    def made(self, token: str) -> bool:
        """Whether the token says that it is this provider's; it is not believed for that."""
        try:
            return opened(token)[3].get("iss") == self.issuer
        except AccessError:
            return False

    def wants(self, token: str, now: float) -> bool:
        """Whether keys have to be fetched before this token is judged."""
        if self._source is None or now - self._tried < AGAIN_S:
            return False
        head = opened(token)[0]
        name = str(head.get("alg")), str(head.get("kid", ""))
        return name[0] in _ALGORITHMS.values() and (
            name not in self._keys or now - self._fetched > FRESH_S
        )

    def fetch(self, now: float) -> None:
        """Fetch the keys; where that fails the old ones stay, for a time. It takes seconds."""
        with self._lock:
            if self._source is None or now - self._tried < AGAIN_S:
                return
            self._tried = now
            try:
                self._keys, self._fetched = self._source.keys(self.issuer), now
            except OverflightError as error:
                _LOG.warning("the provider's keys: %s", error)

    def judge(self, token: str, now: float) -> Claims:
        """What it says. AccessError for one that is not the provider's, or not of this time."""
        head, signed, signature, claims = opened(token)
        name = str(head.get("alg")), str(head.get("kid", ""))
        key = self._keys.get(name)
        if key is None or (self._source is not None and now - self._fetched > GOOD_S):
            raise unknown("it is signed with no key of the provider's")
        if not _holds(name[0], key, signature, signed):
            raise unknown("its signature does not hold")
        return held(claims, self.issuer, self.audience, now)


class Source:
    """Where the keys of a provider are: at ``keys``, or where its description says."""

    def __init__(self, keys: Place | None, description: Place | None) -> None:
        self._at, self._description = keys, description

    def keys(self, issuer: str) -> Keys:
        """Fetch them. OverflightError where that fails."""
        at = self._at
        if at is None:
            assert self._description is not None
            said = _document(self._description)
            if said.get("issuer") != issuer:
                raise _wrong(Path(DESCRIPTION), "the description is another issuer's")
            at = place_of(str(said.get("jwks_uri")), self._description.authority)
        return _keys(json.dumps(_document(at)).encode(), Path(at.path))


def _document(place: Place) -> Mapping[str, Any]:
    try:
        said = json.loads(fetched(place))
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _wrong(Path(place.path), "what the provider sent is no JSON object")
    return said


def read_provider(folder: Path) -> Provider | None:
    """The provider, or None where none is trusted. DataError for what is none."""
    path = folder / ABOUT
    if not path.exists():
        return None
    try:
        said = tomllib.loads(read_bounded(path, limit=_MOST).decode("utf-8"))
        about = said["oidc"]
        issuer, audience = about["issuer"], about["audience"]
        if set(said) != {"oidc"} or set(about) - {"issuer", "audience", "keys", "authority"}:
            raise ValueError("it has other words")
        if not all(isinstance(text, str) and text for text in about.values()):
            raise ValueError("a value is no text")
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _wrong(path, f"it names no provider ({error})") from None
    keys, authority = about.get("keys", ""), about.get("authority")
    trusted = None if authority is None else folder / authority
    if keys and "://" not in keys:
        place = folder / keys
        return Provider(issuer, audience, _keys(read_bounded(place, limit=_MOST), place))
    try:
        source = (
            Source(place_of(keys, trusted), None) if keys
            else Source(None, place_of(issuer.rstrip("/") + DESCRIPTION, trusted))
        )  # fmt: skip
    except OverflightError as error:
        raise _wrong(path, error.message) from None
    return Provider(issuer, audience, {}, source)


def _keys(data: bytes, place: Path) -> Keys:
    try:
        rows = json.loads(data)["keys"]
        keys = {row[0]: row[1] for one in rows if (row := _key(one)) is not None}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _wrong(place, f"it is no set of keys ({type(error).__name__})") from None
    if not keys:
        raise _wrong(place, "it has no key for RS256, ES256 or EdDSA")
    return keys


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
        message, file=path, remedy="Write [oidc] with issuer and audience, and with keys: a file "
        "with the provider's JSON Web Key Set, or its https address; or leave keys out.",
    )  # fmt: skip
