"""Dated statements about keys: introduced, rotated, revoked.

    RING/CODE/0001.dsse.json, 0002.dsse.json, ...

One file a statement, numbered by Party, each naming the digest of the one before it, so that none
can be taken out or changed and two different ones of one number show by themselves. Signed by the
key it is about, where it introduces one (whoever states it has it), and by one that was in
standing:

    introduce   the new key; from the second statement on, also one in standing, unless none is left
    rotate      the new key and the one that it replaces
    revoke      any key of the Party that was in standing when it was stated, also the revoked one

Whose first key it is no signature can tell: it comes by the channel that statements about
treaties come by, and whoever puts it into the ring answers for that.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.record import canonical
from overflight.record.envelope import (
    MAX_ENVELOPE_BYTES,
    Envelope,
    Signature,
    pae,
    read_envelope,
    write_envelope,
)
from overflight.record.instants import read_instant, write_instant
from overflight.record.keys import PrivateKey, holds, key_id, read_spki, spki
from overflight.record.refused import Refused
from overflight.record.ring import ENDS, Key, Ring

TYPE = "application/vnd.overflight.key-statement+json"
KIND = "bundle-key-statement"
MAX_STATEMENTS = 999
_FIELDS = frozenset(
    ("kind", "version", "party", "number", "previous", "act", "key", "replaces", "effective",
     "stated", "reason")
)  # fmt: skip
CODE = re.compile(r"[A-Z][A-Z0-9-]{0,15}")
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, as it was read; ``digest`` is the SHA-256 of its payload, hex.

    ``public`` is the key that it introduces (None where it revokes), ``key`` the id of the key that
    it is about, ``replaces`` the id of the one that ends with it.
    """

    party: str
    number: int
    previous: str | None
    act: str
    key: str
    public: bytes | None
    replaces: str | None
    effective: dt.datetime
    stated: dt.datetime
    reason: str
    envelope: Envelope

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.envelope.payload).hexdigest()


def make_statement(
    history: Sequence[Statement],
    party: str,
    act: str,
    *,
    signers: Sequence[PrivateKey],
    at: dt.datetime,
    effective: dt.datetime | None = None,
    public: bytes | None = None,
    revoked: str | None = None,
    replaces: str | None = None,
    reason: str = "",
) -> bytes:
    """The file of the next statement of a Party, signed.

    ``public`` for introduce and rotate, ``revoked`` (a key's id) for revoke. Raises Refused where
    the statement would not be taken.
    """
    key = key_id(public) if public is not None else revoked
    document = {
        "kind": KIND,
        "version": 1,
        "party": party,
        "number": len(history) + 1,
        "previous": history[-1].digest if history else None,
        "act": act,
        "key": {
            "id": key,
            "spki": None if public is None else base64.b64encode(spki(public)).decode("ascii"),
        },
        "replaces": replaces,
        "effective": write_instant(effective or at),
        "stated": write_instant(at),
        "reason": reason,
    }
    payload = canonical.dumps(document)
    signed = pae(TYPE, payload)
    signatures = tuple(Signature(k.id, k.sign(signed)) for k in signers)
    data = write_envelope(Envelope(TYPE, payload, signatures))
    lives_of((*history, read_statement(data, "the new statement")))
    return data


def read_statement(data: bytes, where: str) -> Statement:
    """One statement. Raises Refused for anything else; signatures are ``lives_of``'s matter."""
    envelope = read_envelope(data, where)
    if envelope.type != TYPE:
        raise Refused("bad-statement", "this is no statement about a key", where=where)
    document = canonical.loads(envelope.payload, where, most_values=100)
    try:
        return _statement(document, envelope, where)
    except (KeyError, TypeError, ValueError):
        raise Refused("bad-statement", "this is no statement about a key", where=where) from None


def _statement(document: Any, envelope: Envelope, where: str) -> Statement:
    key, act = document["key"], document["act"]
    party, number = document["party"], document["number"]
    previous, replaces = document["previous"], document["replaces"]
    public = None if key["spki"] is None else read_spki(key["spki"], where)
    fine = (
        set(document) == _FIELDS
        and (document["kind"], document["version"]) == (KIND, 1)
        and set(key) == {"id", "spki"}
        and CODE.fullmatch(party)
        and type(number) is int
        and 1 <= number <= MAX_STATEMENTS
        and all(h is None or _HEX.fullmatch(h) for h in (previous, replaces))
        and _HEX.fullmatch(key["id"])
        and act in ("introduce", "rotate", "revoke")
        and (public is None) == (act == "revoke")
        and (replaces is not None) == (act == "rotate")
        and (public is None or key_id(public) == key["id"])
        and isinstance(document["reason"], str)
        and len(document["reason"]) <= 200
        and (act != "revoke" or document["reason"] in ENDS[1:])
    )
    if not fine:
        raise ValueError(where)
    return Statement(
        party, number, previous, act, key["id"], public, replaces,
        read_instant(document["effective"], where), read_instant(document["stated"], where),
        document["reason"], envelope,
    )  # fmt: skip


def lives_of(history: Iterable[Statement]) -> dict[str, Key]:
    """The keys of one Party from its statements, in order. Raises Refused (``bad-statement``)."""
    keys: dict[str, Key] = {}
    before: Statement | None = None
    for number, said in enumerate(history, 1):
        where = f"statement {number} of {said.party}"
        if said.number != number or said.previous != (before.digest if before else None):
            raise Refused("bad-statement", "it does not follow the one before it", where=where)
        if before and (said.party != before.party or said.stated < before.stated):
            raise Refused("bad-statement", "it is older than the one before it", where=where)
        _refuse_unsigned(said, keys, where)
        _apply(said, keys, where)
        before = said
    return keys


def vouched(said: Statement, keys: dict[str, Key]) -> bool:
    """Whether a key of the Party that was in standing then has signed it."""
    known = (keys.get(s.key) for s in said.envelope.signatures)
    return any(k is not None and k.in_standing(said.stated) for k in known)


def _refuse_unsigned(said: Statement, keys: dict[str, Key], where: str) -> None:
    signed = said.envelope.signed
    for signature in said.envelope.signatures:
        own = said.public if signature.key == said.key else None
        public = own or (keys[signature.key].public if signature.key in keys else None)
        if public is None or not holds(public, signature.value, signed):
            raise Refused("bad-statement", "a signature under it is not valid", where=where)
    signers = {s.key for s in said.envelope.signatures}
    if said.public is not None and said.key not in signers:
        raise Refused("bad-statement", "the new key has not signed it", where=where)
    alive = any(k.in_standing(said.stated) for k in keys.values())
    if keys and alive and not vouched(said, keys):
        raise Refused("bad-statement", "no key in standing has signed it", where=where)
    if said.act == "revoke" and not vouched(said, keys):
        raise Refused("bad-statement", "no key in standing has signed it", where=where)
    if said.act == "rotate" and said.replaces not in signers:
        raise Refused("bad-statement", "the key that it replaces has not signed it", where=where)


def _apply(said: Statement, keys: dict[str, Key], where: str) -> None:
    if said.public is not None:
        if said.key in keys:
            raise Refused("bad-statement", "the key was introduced before", where=where)
        if said.effective < said.stated:
            raise Refused("bad-statement", "no key can be introduced for the past", where=where)
        keys[said.key] = Key(said.key, said.party, said.public, said.effective)
    ends = said.replaces or (said.key if said.act == "revoke" else None)
    if ends is None:
        return
    old = keys.get(ends)
    if old is None:
        raise Refused("bad-statement", "it ends a key that was never introduced", where=where)
    why = "rotated" if said.act == "rotate" else said.reason
    if old.until is not None and (why == "rotated" or old.ended == ENDS[-1]):
        raise Refused("bad-statement", "it ends a key that has ended", where=where)
    if said.effective < said.stated and why != ENDS[-1]:
        raise Refused("bad-statement", "only a compromise lies in the past", where=where)
    until = said.effective if old.until is None else min(old.until, said.effective)
    keys[ends] = replace(old, until=until, ended=why)


def read_history(ring: Path, party: str) -> tuple[Statement, ...]:
    """The statements of a Party in the folder of a ring, in order; none is no error."""
    folder = ring / party
    if not folder.is_dir():
        return ()
    found = sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
    wanted = [f"{number:04d}.dsse.json" for number in range(1, len(found) + 1)]
    if found != wanted or len(found) > MAX_STATEMENTS:
        raise Refused(
            "bad-statement", "its statements are not 0001.dsse.json, 0002.dsse.json, ...",
            where=f"{ring.name}/{party}",
            remedy="Put back what is missing, and take out what does not belong there.",
        )  # fmt: skip
    said = [
        read_statement(read_bounded(folder / n, limit=MAX_ENVELOPE_BYTES), f"{party}/{n}")
        for n in found
    ]
    if any(s.party != party for s in said):
        raise Refused("bad-statement", "another Party's statement lies there", where=party)
    return tuple(said)


def read_ring(folder: Path) -> Ring:
    """The keys of all Parties in the folder. Raises DataError where there is none, Refused for a
    statement that is not to be taken."""
    if not folder.is_dir():
        raise DataError(
            "there is no ring of keys", file=folder,
            remedy="Name the folder of the Parties' key statements.",
        )  # fmt: skip
    keys: dict[str, Key] = {}
    for below in sorted(folder.iterdir()):
        if not below.is_dir() or below.name.startswith("."):
            continue
        for key in lives_of(read_history(folder, below.name)).values():
            if key.id in keys:
                raise Refused(
                    "bad-statement", f"{keys[key.id].party} and {key.party} state the same key",
                    remedy="Ask both Parties which of them has it; until then it is nobody's.",
                )  # fmt: skip
            keys[key.id] = key
    return Ring(keys)
