"""Ed25519 keys: made, kept under a passphrase, used.

A private key is a file of its own: PKCS#8, encrypted under PBES2 with scrypt (N 2^14, r 8, p 5, the
most memory openssl takes without being told) and AES-256-CBC, readable by its owner only. The
library's own writer of such files stretches a passphrase 2,048 times, too little for a key that
is to stand for a State; so the few bytes around the ciphertext are written here. ``openssl pkey``
reads them.

A key's id is the SHA-256 of its public half as SubjectPublicKeyInfo (RFC 8410), in hex.
"""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.errors import DataError
from overflight.files import read_bounded, write_atomic
from overflight.record.refused import Refused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MIN_PASSPHRASE = 12
MAX_KEY_BYTES = 16 * 1024
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 5
_SPKI_HEAD = bytes.fromhex("302a300506032b6570032100")  # RFC 8410, section 4
_PKCS8_HEAD = bytes.fromhex("302e020100300506032b657004220420")  # RFC 8410, section 7
_PBES2, _SCRYPT = "06092a864886f70d01050d", "06092b06010401da47040b"  # RFC 8018; RFC 7914
_AES_256_CBC = "060960864801650304012a"


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key in memory. Its text never shows it."""

    _key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return self._key.public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        return key_id(self.public)

    def sign(self, data: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(data)

    def __repr__(self) -> str:
        return f"PrivateKey({self.id})"


def new_key() -> PrivateKey:
    """A key of the system's randomness."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return PrivateKey(Ed25519PrivateKey.generate())


def key_id(public: bytes) -> str:
    """SHA-256 of the SubjectPublicKeyInfo, hex."""
    return hashlib.sha256(spki(public)).hexdigest()


def spki(public: bytes) -> bytes:
    """The public half as SubjectPublicKeyInfo, 44 bytes of DER."""
    return _SPKI_HEAD + public


def public_pem(public: bytes) -> str:
    """The public half as openssl reads it."""
    text = base64.b64encode(spki(public)).decode("ascii")
    return f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n"


def read_spki(text: object, where: str) -> bytes:
    """The 32 bytes of a public key written as base64 of its SubjectPublicKeyInfo."""
    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        raw = b""
    if len(raw) != 44 or not raw.startswith(_SPKI_HEAD):
        raise Refused("bad-document", "this is no Ed25519 public key", where=where)
    return raw[len(_SPKI_HEAD) :]


def holds(public: bytes, signature: bytes, signed: bytes) -> bool:
    """Whether ``signature`` is the key's, over ``signed``."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def write_key(key: PrivateKey, path: Path, passphrase: str) -> None:
    """Write the key under its passphrase, for its owner only; never over another file.

    Raises DataError for a short passphrase, or where there is a file.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise DataError(
            f"the passphrase has {len(passphrase)} characters",
            remedy=f"Choose at least {MIN_PASSPHRASE}, for instance five words drawn by chance.",
        )
    if path.exists() or path.is_symlink():
        raise DataError(
            "there is a file of that name", file=path, remedy="Name another: keys are never "
            "written over.",
        )  # fmt: skip
    write_atomic(path, _encrypted(key._key.private_bytes_raw(), passphrase), mode=0o600)


def load_key(path: Path, passphrase: str) -> PrivateKey:
    """A private key. Raises DataError for a wrong passphrase, another kind of key, one in clear,
    or a file that others may read."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = read_bounded(path, limit=MAX_KEY_BYTES)
    if stat.S_IMODE(path.stat().st_mode) & 0o077 and os.name == "posix":
        raise DataError(
            "others may read this private key", file=path, remedy="Take their rights away: chmod "
            "600. If the file lay open for long, rotate the key.",
        )  # fmt: skip
    if b"BEGIN ENCRYPTED PRIVATE KEY" not in data:
        raise DataError(
            "this is no encrypted private key", file=path, remedy="Make one with 'overflight key "
            "new'; keys in clear are not used.",
        )  # fmt: skip
    try:
        key = load_pem_private_key(data, passphrase.encode("utf-8"))
    except Exception as error:  # the library raises several kinds for a wrong passphrase
        raise DataError(
            f"the private key does not open ({type(error).__name__})", file=path,
            remedy="Check the passphrase; there is no way into the key without it.",
        ) from None  # fmt: skip
    if not isinstance(key, Ed25519PrivateKey):
        raise DataError("this is no Ed25519 key", file=path, remedy="Make one with 'key new'.")
    return PrivateKey(key)


def _encrypted(raw: bytes, passphrase: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    salt, start = os.urandom(16), os.urandom(16)
    stretched = hashlib.scrypt(
        passphrase.encode("utf-8"), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P, dklen=32,
        maxmem=64 * 1024 * 1024,
    )  # fmt: skip
    plain = _PKCS8_HEAD + raw
    gap = 16 - len(plain) % 16
    cipher = Cipher(AES(stretched), CBC(start)).encryptor()
    hidden = cipher.update(plain + bytes([gap]) * gap) + cipher.finalize()
    numbers = b"".join(map(_integer, (_SCRYPT_N, _SCRYPT_R, _SCRYPT_P, 32)))
    derivation = _der(0x30, bytes.fromhex(_SCRYPT) + _der(0x30, _der(4, salt) + numbers))
    scheme = _der(0x30, bytes.fromhex(_AES_256_CBC) + _der(4, start))
    algorithm = _der(0x30, bytes.fromhex(_PBES2) + _der(0x30, derivation + scheme))
    text = base64.encodebytes(_der(0x30, algorithm + _der(4, hidden))).decode("ascii")
    lines = text.replace("\n", "")
    body = "\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    head, tail = (f"-----{word} ENCRYPTED PRIVATE KEY-----" for word in ("BEGIN", "END"))
    return f"{head}\n{body}\n{tail}\n".encode("ascii")


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x81, size])
    return bytes([tag]) + length + content


def _integer(value: int) -> bytes:
    return _der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))
