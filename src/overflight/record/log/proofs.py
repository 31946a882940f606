"""Proofs as documents: whoever has one, and the Parties' keys, needs nothing else to check it.

An inclusion proof is a text as C2SP tlog-proof specifies it, with the entry as its extra data. A
consistency proof, and the proof that a log has two histories, are canonical JSON.

Two histories: the log signed (m, A) and (n, B), m <= n, and the tree of B cut at m has another root
than A. That root and the consistency proof from it to B say so to anybody; no list of entries and
no trust in whoever found it is needed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from overflight.record import canonical
from overflight.record.log.checkpoints import MAX_SIZE, Signed, read_checkpoint
from overflight.record.log.entries import MAX_ENTRY_BYTES
from overflight.record.log.notes import MAX_NOTE_BYTES
from overflight.record.merkle import extends, includes, leaf_hash
from overflight.record.refused import Refused

MAGIC = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 64
MAX_PROOF_BYTES = 3 * MAX_NOTE_BYTES
CONSISTENCY, FORK = "log-consistency", "log-fork"
_INDEX = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That ``entry`` is entry ``index`` of the log at this checkpoint. ``entry`` None: only the
    hash of the leaf is shown by what the checker brings."""

    index: int
    path: tuple[bytes, ...]
    signed: Signed
    entry: bytes | None


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the log at ``old`` is the beginning of the log at ``new``."""

    old: Signed
    new: Signed
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """That a log signed two histories: ``root`` is that of the larger tree, cut at the smaller
    size."""

    small: Signed
    large: Signed
    root: bytes
    path: tuple[bytes, ...]


def write_inclusion(proof: Inclusion) -> bytes:
    lines = [MAGIC]
    if proof.entry is not None:
        lines.append(f"extra {_b64(proof.entry)}")
    lines.append(f"index {proof.index}")
    lines += map(_b64, proof.path)
    return "\n".join((*lines, "", "")).encode("ascii") + proof.signed.data


def read_inclusion(data: bytes, where: str) -> Inclusion:
    """Raises Refused (``too-large``, ``bad-proof``, and what a checkpoint raises). Whether it
    holds, ``inclusion_holds`` says."""
    _bounded(data, where)
    head, blank, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise _bad("its head is not ASCII", where) from None
    if not blank or lines[0] != MAGIC or len(lines) > MAX_HASHES + 3:
        raise _bad(f"its first line is not {MAGIC}, or it has too many lines", where)
    rest = lines[1:]
    entry = None
    if rest and rest[0].startswith("extra "):
        entry = _unb64(rest.pop(0)[6:], where)
        if len(entry) > MAX_ENTRY_BYTES:
            raise Refused("too-large", "the entry is larger than any", where=where)
    word, _, index = rest[0].partition(" ") if rest else ("", "", "")
    if word != "index" or not _INDEX.fullmatch(index) or int(index) >= MAX_SIZE:
        raise _bad("the line of the index is missing or wrong", where)
    path = tuple(_hash(line, where) for line in rest[1:])
    return Inclusion(int(index), path, read_checkpoint(note, where), entry)


def inclusion_holds(proof: Inclusion, entry: bytes | None = None) -> bool:
    """Whether the entry (the proof's own, if none is given) is in the tree of the checkpoint."""
    data = proof.entry if entry is None else entry
    if data is None:
        return False
    at = proof.signed.checkpoint
    return includes(at.root, at.size, proof.index, leaf_hash(data), proof.path)


def write_consistency(proof: Consistency) -> bytes:
    return _document(
        CONSISTENCY, old=_text(proof.old), new=_text(proof.new), path=[*map(_b64, proof.path)]
    )


def read_consistency(data: bytes, where: str) -> Consistency:
    """Raises Refused (``too-large``, ``bad-proof``, and what a checkpoint raises)."""
    said = _read(data, where, CONSISTENCY, ("old", "new", "path"))
    return Consistency(
        _signed(said["old"], f"{where}, old"), _signed(said["new"], f"{where}, new"),
        _path(said["path"], where),
    )  # fmt: skip


def consistency_holds(proof: Consistency) -> bool:
    """Whether the old tree is the beginning of the new one. An empty tree begins every other."""
    old, new = proof.old.checkpoint, proof.new.checkpoint
    if old.origin != new.origin or old.size > new.size:
        return False
    if old.size == 0:
        return not proof.path
    return extends(old.root, old.size, new.root, new.size, proof.path)


def write_fork(proof: Fork) -> bytes:
    return _document(
        FORK, checkpoints=[_text(proof.small), _text(proof.large)], root=_b64(proof.root),
        path=[*map(_b64, proof.path)],
    )  # fmt: skip


def read_fork(data: bytes, where: str) -> Fork:
    """Raises Refused (``too-large``, ``bad-proof``, and what a checkpoint raises)."""
    said = _read(data, where, FORK, ("checkpoints", "root", "path"))
    notes = said["checkpoints"]
    if not isinstance(notes, list) or len(notes) != 2:
        raise _bad("two checkpoints are wanted", where)
    small, large = (_signed(text, f"{where}, checkpoint {n}") for n, text in enumerate(notes, 1))
    return Fork(small, large, _hash(said["root"], where), _path(said["path"], where))


def fork_holds(proof: Fork) -> bool:
    """Whether it shows two histories of one origin, given that the log signed both."""
    small, large = proof.small.checkpoint, proof.large.checkpoint
    if small.origin != large.origin or not 0 < small.size <= large.size:
        return False
    if small.root == proof.root:
        return False
    return extends(proof.root, small.size, large.root, large.size, proof.path)


def _document(kind: str, **fields: Any) -> bytes:
    try:
        return canonical.dumps({"kind": kind, "version": 1, **fields}) + b"\n"
    except ValueError:
        raise Refused(
            "bad-note", "a name in a signature line is not in Unicode form NFC",
            remedy="Take that line out of the checkpoint; it is no Party's of this ring.",
        ) from None  # fmt: skip


def _read(data: bytes, where: str, kind: str, fields: Sequence[str]) -> dict[str, Any]:
    _bounded(data, where)
    document = canonical.loads(data.removesuffix(b"\n"), where, most_values=300)
    fine = isinstance(document, dict) and set(document) == {"kind", "version", *fields}
    if not fine or (document["kind"], document["version"]) != (kind, 1):
        raise _bad(f"it is no document of kind {kind}, version 1", where)
    found: dict[str, Any] = document
    return found


def _bounded(data: bytes, where: str) -> None:
    if len(data) > MAX_PROOF_BYTES:
        raise Refused("too-large", f"a proof has at most {MAX_PROOF_BYTES} bytes", where=where)


def _text(signed: Signed) -> str:
    return signed.data.decode("utf-8")


def _signed(text: object, where: str) -> Signed:
    if not isinstance(text, str):
        raise _bad("a checkpoint is wanted", where)
    return read_checkpoint(text.encode("utf-8"), where)


def _path(value: object, where: str) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > MAX_HASHES:
        raise _bad("its path is no list of hashes, or too long", where)
    return tuple(_hash(text, where) for text in value)


def _hash(text: object, where: str) -> bytes:
    raw = _unb64(text, where)
    if len(raw) != 32:
        raise _bad("a hash has not 32 bytes", where)
    return raw


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: object, where: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except ValueError:
        raw = None
    if raw is None or _b64(raw) != text:
        raise _bad("a value is not written in base64", where)
    return raw


def _bad(why: str, where: str) -> Refused:
    return Refused("bad-proof", f"this is no proof about a log: {why}", where=where)
