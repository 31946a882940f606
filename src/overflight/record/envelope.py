"""DSSE envelopes: what is signed, its type, and signatures over both.

Protocol and form: DSSE version 1 (secure-systems-lab/dsse, protocol.md and envelope.md). What is
signed is the pre-authentication encoding of type and payload, so that no document can be passed
off as one of another kind. The few lines that takes stand here; Ed25519 is ``keys``' matter.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from overflight.record import canonical
from overflight.record.refused import Refused

MAX_ENVELOPE_BYTES = 256 * 1024
_MOST_SIGNATURES = 4


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: the id of the key, 64 bytes."""

    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """Payload, its type, and the signatures over the two."""

    type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    @property
    def signed(self) -> bytes:
        """What the signatures are over."""
        return pae(self.type, self.payload)


def pae(payload_type: str, payload: bytes) -> bytes:
    """Pre-authentication encoding: "DSSEv1", lengths in bytes, one blank between parts."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def write_envelope(envelope: Envelope) -> bytes:
    """The envelope as canonical JSON, one line, standard base64."""
    return canonical.dumps(
        {
            "payload": _encode(envelope.payload),
            "payloadType": envelope.type,
            "signatures": [{"keyid": s.key, "sig": _encode(s.value)} for s in envelope.signatures],
        }
    )


def read_envelope(data: bytes, where: str) -> Envelope:
    """An envelope as ``write_envelope`` writes it, to the bit. Raises Refused for another."""
    document = canonical.loads(data, where, most_bytes=MAX_ENVELOPE_BYTES, most_values=100)
    envelope = _envelope(document, where)
    if write_envelope(envelope) != data:
        raise Refused("bad-envelope", "the envelope holds more than it should", where=where)
    return envelope


def read_any_envelope(data: bytes, where: str) -> Envelope:
    """An envelope of anybody's DSSE library: fields not known are passed over, blanks too.

    Raises Refused (``bad-envelope``).
    """
    if len(data) > MAX_ENVELOPE_BYTES:
        raise Refused("too-large", "it is larger than any envelope", where=where)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise Refused("bad-envelope", "this is no DSSE envelope: not JSON", where=where) from None
    return _envelope(document, where)


def _envelope(document: Any, where: str) -> Envelope:
    try:
        kind, listed = document["payloadType"], document["signatures"]
        signatures = tuple(Signature(_text(s["keyid"]), _decode(s["sig"])) for s in listed)
        envelope = Envelope(_text(kind), _decode(document["payload"]), signatures)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise Refused("bad-envelope", "this is no DSSE envelope", where=where) from None
    if not 1 <= len(signatures) <= _MOST_SIGNATURES or not isinstance(listed, list):
        raise Refused(
            "bad-envelope", f"an envelope has 1 to {_MOST_SIGNATURES} signatures", where=where
        )
    return envelope


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii():
        raise ValueError(value)
    return value


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decode(text: Any) -> bytes:
    """Standard or URL-safe base64, as DSSE allows; nothing else among it."""
    return base64.b64decode(_text(text).replace("-", "+").replace("_", "/"), validate=True)
