"""Signatures under a stage: one DSSE envelope each, over the seal and over who signs it when.

The two Parties sign the same seal at moments of their own, so each signature is an envelope of its
own, with its date, its key and its role under the signature. DSSE counts one envelope with two
signatures and two envelopes with one each alike.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.record import canonical
from overflight.record.disk import flush, move_in, workshop, write_new
from overflight.record.envelope import (
    MAX_ENVELOPE_BYTES,
    Envelope,
    Signature,
    pae,
    read_any_envelope,
    read_envelope,
    write_envelope,
)
from overflight.record.instants import read_instant, write_instant
from overflight.record.keys import PrivateKey
from overflight.record.manifest import (
    SIGNATURES,
    Manifest,
    seal_of,
    sha256_hex,
    stage_folder,
)
from overflight.record.refused import Refused
from overflight.record.statements import CODE
from overflight.record.store import Store

TYPE = "application/vnd.overflight.bundle-seal+json"
KIND = "bundle-seal"
ROLES = ("observing", "observed", "witness")
MAX_SIGNATURES = 64
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it was read, whose worth is not known yet. ``file`` is its name."""

    by: str
    role: str
    key: str
    at: dt.datetime
    seal: dict[str, Any]
    envelope: Envelope
    file: str
    digest: str


def sign(manifest: Manifest, key: PrivateKey, by: str, role: str, at: dt.datetime) -> bytes:
    """The envelope by which ``by`` signs the stage. Raises DataError where it is not theirs to sign
    in that role, or the moment lies before the sealing."""
    identity = manifest.identity
    parties = {"observing": identity.observing, "observed": identity.observed}
    if role not in ROLES or not CODE.fullmatch(by):
        raise DataError(f"nobody signs as {role}", remedy=f"Choose one of {', '.join(ROLES)}.")
    if role in parties and by != parties[role]:
        raise DataError(
            f"the {role} Party of this bundle is {parties[role]}, not {by}",
            remedy="Sign in your own role, or as a witness.",
        )
    if role == "witness" and by in parties.values():
        raise DataError(
            f"{by} is one of the two Parties of this bundle",
            remedy="Sign in the role that the bundle gives it.",
        )
    at = at.replace(microsecond=0)
    if at < manifest.sealed_at:
        raise DataError(
            f"the stage was sealed later, at {write_instant(manifest.sealed_at)}",
            remedy="Check the clock of this machine, or of the one that sealed it.",
        )
    payload = canonical.dumps(
        {
            "kind": KIND,
            "version": 1,
            "seal": seal_of(manifest),
            "signed": {"by": by, "role": role, "key": key.id, "at": write_instant(at)},
        }
    )
    signature = Signature(key.id, key.sign(pae(TYPE, payload)))
    return write_envelope(Envelope(TYPE, payload, (signature,)))


def read_signed(data: bytes, where: str, *, foreign: bool = False) -> Signed:
    """A signature under a stage. ``foreign``: as any DSSE library may have written the envelope.

    Raises Refused (``bad-signature-file``, and what reading an envelope raises).
    """
    envelope = read_any_envelope(data, where) if foreign else read_envelope(data, where)
    document = canonical.loads(envelope.payload, where, most_values=200)
    try:
        said, seal = document["signed"], document["seal"]
        by, role, key = said["by"], said["role"], said["key"]
        fine = (
            envelope.type == TYPE
            and len(envelope.signatures) == 1
            and set(document) == {"kind", "version", "seal", "signed"}
            and (document["kind"], document["version"]) == (KIND, 1)
            and set(said) == {"by", "role", "key", "at"}
            and isinstance(seal, dict)
            and CODE.fullmatch(by)
            and role in ROLES
            and key == envelope.signatures[0].key
            and _KEY.fullmatch(key)  # it becomes part of a file's name
        )
    except (KeyError, TypeError):
        fine = False
    if not fine:
        raise Refused("bad-signature-file", "this is no signature under a stage", where=where)
    at = read_instant(said["at"], where)
    whole = write_envelope(envelope)
    file = f"{role}-{by.lower()}-{key[:16]}.dsse.json"
    return Signed(by, role, key, at, seal, envelope, file, sha256_hex(whole))


def read_signatures(store: Store, stage: int) -> list[Signed]:
    """All signatures that lie under a stage, by file. Raises Refused for a file that is none."""
    return [read_one(store, path) for path in signature_paths(store, stage)]


def signature_paths(store: Store, stage: int) -> list[str]:
    """Paths of what lies under a stage as signatures. Raises Refused (``too-large``) for many."""
    folder = f"{stage_folder(stage)}/{SIGNATURES}/"
    paths = sorted(path for path in store.files if path.startswith(folder))
    if len(paths) > MAX_SIGNATURES:
        raise Refused("too-large", f"it holds more than {MAX_SIGNATURES} signatures", where=folder)
    return paths


def read_one(store: Store, path: str) -> Signed:
    """The signature in one file, which must bear the name that follows from it."""
    signed = read_signed(store.read(path, MAX_ENVELOPE_BYTES), path)
    if path.rsplit("/", 1)[-1] != signed.file:
        raise Refused("renamed", f"this signature belongs into {signed.file}", where=path)
    return signed


def put_signature(bundle: Path, manifest: Manifest, data: bytes) -> Signed:
    """Put a signature under its stage, whole or not at all; return it.

    Raises Refused (``other-seal``) for a signature of something else, ``exists`` where that
    Party's is there. Whether it counts is for the check of the bundle to say.
    """
    signed = read_signed(data, "the signature", foreign=True)
    if signed.seal != seal_of(manifest):
        raise Refused(
            "other-seal", "this signature is under another seal than this stage's",
            remedy="Compare the two copies of the bundle: one of them was changed.",
        )  # fmt: skip
    place = bundle / manifest.folder / SIGNATURES / signed.file
    with workshop(bundle) as folder:
        write_new(folder / signed.file, write_envelope(signed.envelope))
        if not place.parent.is_dir():
            built = folder / SIGNATURES
            built.mkdir()
            (folder / signed.file).rename(built / signed.file)
            move_in(built, place.parent)
        else:
            move_in(folder / signed.file, place)
    flush(place.parent)
    return signed
