"""A witness: a Party that co-signs a log's checkpoints, and never two histories of one log.

    STATE/<SHA-256 of the origin, 32 digits>      the last checkpoint co-signed, as a note

What was co-signed is on disk before the cosignature is given out, and the next checkpoint must
extend it (C2SP tlog-witness). The origin never becomes a path.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from overflight.errors import DataError
from overflight.files import read_bounded, write_atomic
from overflight.record.keys import PrivateKey
from overflight.record.log.checkpoints import (
    Signed,
    check_witness_name,
    cosign,
    read_checkpoint,
)
from overflight.record.log.notes import (
    COSIGNATURE,
    MAX_NOTE_BYTES,
    Verifier,
    moment_of,
    signed_by,
)
from overflight.record.log.trust import Trust, require_checkpoint
from overflight.record.merkle import extends
from overflight.record.refused import Refused
from overflight.record.ring import objection

_KEEP = "Keep both checkpoints; 'overflight log compare' makes the proof of it for the others."


def state_file(state: Path, origin: str) -> Path:
    """Where the last checkpoint of that log lies."""
    return state / hashlib.sha256(origin.encode("utf-8")).hexdigest()[:32]


def last_seen(state: Path, origin: str) -> Signed | None:
    """The last checkpoint co-signed; None before the first. Raises Refused for a damaged state."""
    path = state_file(state, origin)
    if not path.exists():
        return None
    signed = read_checkpoint(read_bounded(path, limit=MAX_NOTE_BYTES), path.name)
    if signed.checkpoint.origin != origin:
        raise Refused("wrong-origin", "another log's checkpoint lies there", where=path.name)
    return signed


def witness(
    state: Path,
    signed: Signed,
    path: Sequence[bytes],
    trust: Trust,
    *,
    name: str,
    key: PrivateKey,
    now: dt.datetime,
    first: bool = False,
) -> Signed:
    """Co-sign a checkpoint that extends the last one; the note with the cosignature.

    ``path``: the consistency proof from the last one co-signed, empty for the first or the same.
    ``first``: there is no last one; without a word to say so, a state that was lost would let a
    second history through.
    Raises Refused: ``rolled-back``, ``forked``, ``not-consistent``, ``own-witness``, what the
    ring says against a key, or what is wrong with the log's signature; DataError for a clock that
    went back, or where ``first`` is not as it is said.
    """
    check_witness_name(name)
    _require_own(key, trust, now)
    require_checkpoint(signed, replace(trust, witnesses=0), now, "the checkpoint")
    state.mkdir(parents=True, exist_ok=True)
    with _locked(state):
        before = last_seen(state, trust.origin)
        _require_first(before, first)
        _require_growth(before, signed, path)
        moment = int(now.timestamp())
        if before is not None and moment < _last_moment(before, name, key):
            raise DataError(
                "the last cosignature is of a later moment",
                remedy="Set the clock of this machine right; then try again.",
            )
        made = cosign(signed, name, key, moment)
        write_atomic(state_file(state, trust.origin), made.data, mode=0o600)
    return made


def _require_own(key: PrivateKey, trust: Trust, now: dt.datetime) -> None:
    known = trust.ring.keys.get(key.id)
    code, why = objection(known, known.party if known else "", now)
    if not code and known is not None and known.party == trust.operator:
        code, why = "own-witness", "who keeps the log is no witness to it"
    if code:
        raise Refused(
            code, f"the others would not count this witness: {why}",
            remedy="Use a key that the ring knows, and that is in standing.",
        )  # fmt: skip


def _require_first(before: Signed | None, first: bool) -> None:
    if first and before is not None:
        raise DataError(
            f"this witness has co-signed this log at {before.checkpoint.size} entries",
            remedy="Leave out --first.",
        )
    if not first and before is None:
        raise DataError(
            "nothing that this witness co-signed of this log is in its state",
            remedy="If that is so, say --first. If not, find the state: without it, the witness "
            "could co-sign a second history.",
        )


def _require_growth(before: Signed | None, signed: Signed, path: Sequence[bytes]) -> None:
    if before is None:
        return
    old, new = before.checkpoint, signed.checkpoint
    if new.size < old.size:
        raise Refused(
            "rolled-back", f"it has {new.size} entries; {old.size} were co-signed already",
            remedy="Ask for the newest checkpoint. If the log says that this is it: " + _KEEP,
        )  # fmt: skip
    if new.size == old.size and new.root != old.root:
        raise Refused("forked", f"another root was co-signed for {old.size} entries", remedy=_KEEP)
    if new.size == old.size or old.size == 0:
        return
    if not extends(old.root, old.size, new.root, new.size, path):
        raise Refused(
            "not-consistent", f"the proof does not show that it extends the one of {old.size} "
            "entries that was co-signed", remedy="Ask for a proof from that size. If there is "
            "none: " + _KEEP,
        )  # fmt: skip


def _last_moment(before: Signed, name: str, key: PrivateKey) -> int:
    verifier = Verifier(name, COSIGNATURE, key.public)
    said = [moment_of(line) for line in before.note.lines
            if signed_by(before.note.text, line, verifier)]  # fmt: skip
    return max((moment for moment in said if moment is not None), default=0)


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    descriptor = os.open(state / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
