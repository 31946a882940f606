"""What one stage of a bundle says that it holds, and the words about it that are signed.

    stage-01/manifest.json     canonical JSON: every file with role, size and SHA-256; marks; acts;
                               the stage before, by digest, and the signatures it had
    stage-01/SHA256SUMS        the same digests, for sha256sum -c; follows from the manifest
    stage-01/REDACTED          of files that may be absent by agreement; only where there are any
    stage-01/files/            the files themselves
    stage-01/signatures/       one DSSE envelope for each signature, over a ``Seal``

The entries of all stages, in order, are the leaves of one Merkle tree that only grows. Each
stage's manifest has its size and root, so a later stage can be shown to extend an earlier one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from overflight.record import canonical
from overflight.record.instants import read_instant, write_instant
from overflight.record.merkle import leaf_hash
from overflight.record.names import check_name
from overflight.record.refused import Refused
from overflight.record.statements import CODE

KIND = "bundle-manifest"
MANIFEST, SUMS, REDACTED, FILES, SIGNATURES = (
    "manifest.json", "SHA256SUMS", "REDACTED", "files", "signatures",
)  # fmt: skip
MAX_STAGES = 99
MAX_ENTRIES = 200_000
MAX_FILE_BYTES = 1 << 50
MARKS = ("EXERCISE", "SIMULATED")
TWO_SETS, CHOICE, REDACTION = "two-sets", "choice", "redaction"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which bundle: its id, the two Parties that sign, the marks it bears in all its stages."""

    id: str
    observing: str
    observed: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. ``set`` names the original set where two were made; ``generation`` is 0 for an
    original, 1 for a duplicate made from ``made_from``; None where that has no meaning."""

    name: str
    role: str
    size: int
    sha256: str
    set: str | None = None
    generation: int | None = None
    made_from: str | None = None

    def to_dict(self) -> dict[str, Any]:
        optional = {
            "set": self.set, "generation": self.generation, "made_from": self.made_from,
        }  # fmt: skip
        said = {key: value for key, value in optional.items() if value is not None}
        return {
            "name": self.name,
            "role": self.role,
            "size": self.size,
            "sha256": self.sha256,
        } | said

    @property
    def leaf(self) -> bytes:
        """Hash of the entry as a leaf of the tree, 32 bytes."""
        return leaf_hash(canonical.dumps(self.to_dict()))


@dataclass(frozen=True, slots=True)
class Previous:
    """The stage before: the digest of its manifest, and of each signature (file -> digest)."""

    manifest: str
    signatures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One stage. ``size`` and ``root`` are the tree's after it; ``acts`` what the Parties did."""

    identity: Identity
    stage: int
    title: str
    sealed_at: dt.datetime
    previous: Previous | None
    entries: tuple[Entry, ...]
    acts: tuple[Mapping[str, str], ...]
    size: int
    root: str

    @property
    def folder(self) -> str:
        return stage_folder(self.stage)

    def path(self, entry: Entry) -> str:
        """Where the file lies, from the bundle's top."""
        return f"{self.folder}/{FILES}/{entry.name}"


def stage_folder(stage: int) -> str:
    return f"stage-{stage:02d}"


def manifest_bytes(manifest: Manifest) -> bytes:
    identity, previous = manifest.identity, manifest.previous
    return canonical.dumps(
        {
            "kind": KIND,
            "version": 1,
            "bundle": identity.id,
            "observing": identity.observing,
            "observed": identity.observed,
            "marks": list(identity.marks),
            "stage": manifest.stage,
            "title": manifest.title,
            "sealed_at": write_instant(manifest.sealed_at),
            "previous": None
            if previous is None
            else {"manifest": previous.manifest, "signatures": dict(previous.signatures)},
            "entries": [entry.to_dict() for entry in manifest.entries],
            "acts": [dict(act) for act in manifest.acts],
            "tree": {"size": manifest.size, "root": manifest.root},
        }
    )


def sums_bytes(manifest: Manifest) -> bytes:
    """SHA256SUMS: as sha256sum writes it, for paths from the bundle's top."""
    return _sums((entry.sha256, manifest.path(entry)) for entry in manifest.entries)


def redacted_bytes(manifest: Manifest) -> bytes:
    """REDACTED: the same lines for the files that this stage lets be absent; empty for none."""
    acts = [act for act in manifest.acts if act["act"] == REDACTION]
    return _sums((act["sha256"], act["path"]) for act in acts)


def _sums(rows: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{digest}  {path}\n" for digest, path in sorted(rows, key=_path)).encode()


def _path(row: tuple[str, str]) -> str:
    return row[1]


def seal_of(manifest: Manifest) -> dict[str, Any]:
    """What every signer of the stage signs, apart from who and when."""
    identity = manifest.identity
    redacted = redacted_bytes(manifest)
    return {
        "bundle": identity.id,
        "observing": identity.observing,
        "observed": identity.observed,
        "marks": list(identity.marks),
        "stage": manifest.stage,
        "sealed_at": write_instant(manifest.sealed_at),
        "manifest": sha256_hex(manifest_bytes(manifest)),
        "sums": sha256_hex(sums_bytes(manifest)),
        "redacted": sha256_hex(redacted) if redacted else None,
        "tree": {"size": manifest.size, "root": manifest.root},
    }


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_manifest(data: bytes, where: str) -> Manifest:
    """A manifest. Raises Refused for one that ``manifest_bytes`` would not have written.

    At most MAX_ENTRIES entries and canonical.MAX_BYTES are read.
    """
    document = canonical.loads(data, where)
    try:
        if len(document["entries"]) > MAX_ENTRIES:
            raise Refused(
                "too-large", f"it has more than {MAX_ENTRIES} entries, the most that is read",
                where=where,
            )  # fmt: skip
        manifest = _manifest(document, where)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused("bad-manifest", "this is no manifest of a stage", where=where) from None
    if manifest_bytes(manifest) != data:
        raise Refused("bad-manifest", "the manifest holds more than it should", where=where)
    return manifest


def _manifest(document: Any, where: str) -> Manifest:
    identity = Identity(
        document["bundle"], document["observing"], document["observed"], tuple(document["marks"])
    )
    check_identity(identity)
    said, tree = document["previous"], document["tree"]
    previous = None if said is None else Previous(said["manifest"], dict(said["signatures"]))
    manifest = Manifest(
        identity,
        document["stage"],
        document["title"],
        read_instant(document["sealed_at"], where),
        previous,
        tuple(read_entry(entry) for entry in document["entries"]),
        tuple(_act(act) for act in document["acts"]),
        tree["size"],
        tree["root"],
    )
    fine: object = (
        (document["kind"], document["version"]) == (KIND, 1)
        and _whole(manifest.stage, 1, MAX_STAGES)
        and isinstance(manifest.title, str)
        and len(manifest.title) <= 200
        and (previous is None) == (manifest.stage == 1)
        and _whole(manifest.size, 0, MAX_STAGES * MAX_ENTRIES)
        and _DIGEST.fullmatch(manifest.root)
    )
    if previous is not None:
        fine = fine and all(
            map(_DIGEST.fullmatch, (previous.manifest, *previous.signatures.values()))
        )
    if not fine:
        raise ValueError(where)
    return manifest


def check_identity(identity: Identity) -> None:
    """Raise ValueError for an identity that no manifest may have."""
    codes = (identity.observing, identity.observed)
    if not all(CODE.fullmatch(code) for code in codes) or codes[0] == codes[1]:
        raise ValueError("two Parties are needed, each by a code in capitals")
    if not isinstance(identity.id, str) or not 1 <= len(identity.id) <= 100:
        raise ValueError("a bundle's id has 1 to 100 characters")
    check_name(identity.id.replace("/", "-"))
    if list(identity.marks) != sorted(set(identity.marks)) or not set(identity.marks) <= set(MARKS):
        raise ValueError(f"marks are among {', '.join(MARKS)}")


def read_entry(document: Any) -> Entry:
    """One entry of a manifest. Raises ValueError, TypeError, KeyError; Refused for its name."""
    entry = Entry(
        check_name(document["name"]),
        document["role"],
        document["size"],
        document["sha256"],
        document.get("set"),
        document.get("generation"),
        document.get("made_from"),
    )
    fine = (
        _WORD.fullmatch(entry.role)
        and _whole(entry.size, 0, MAX_FILE_BYTES)
        and _DIGEST.fullmatch(entry.sha256)
        and (entry.set is None or entry.set in ("A", "B"))
        and (entry.generation is None or _whole(entry.generation, 0, 1))
        and (entry.made_from is None or check_name(entry.made_from))
        and (entry.made_from is not None) == (entry.generation == 1)
        and entry.to_dict() == document
    )
    if not fine:
        raise ValueError(entry.name)
    return entry


_ACTS = {
    TWO_SETS: {"act", "chooser"},
    CHOICE: {"act", "by", "set"},
    REDACTION: {"act", "agreement", "path", "sha256"},
}


def _act(document: Any) -> Mapping[str, str]:
    act: Mapping[str, str] = dict(document)
    if set(act) != _ACTS[act["act"]] or not all(isinstance(v, str) for v in act.values()):
        raise ValueError(act)
    code = act.get("chooser", act.get("by"))
    if code is not None and not CODE.fullmatch(code):
        raise ValueError(act)
    if act["act"] == CHOICE and act["set"] not in ("A", "B"):
        raise ValueError(act)
    if act["act"] == REDACTION:
        if not _DIGEST.fullmatch(act["sha256"]):
            raise ValueError(act)
        check_name(act["agreement"])
        stage, files, name = act["path"].split("/", 2)
        check_name(name)
        if files != FILES or not re.fullmatch(r"stage-\d\d", stage, re.ASCII):
            raise ValueError(act)
    return act


def _whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
