"""Checkpoints (C2SP tlog-checkpoint): a log's origin, its size and root, as a signed note."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from overflight.errors import DataError
from overflight.record.keys import PrivateKey
from overflight.record.log.notes import Line, Note, cosign_text, fault_of_name, read_note, sign_text
from overflight.record.merkle import EMPTY
from overflight.record.refused import Refused

MAX_SIZE = 2**62
MAX_EXTENSIONS = 32
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(/[A-Za-z0-9][A-Za-z0-9._~-]*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``size`` leaves, ``root`` 32 bytes. Extension lines are carried, never interpreted."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> bytes:
        root = base64.b64encode(self.root).decode("ascii")
        lines = (self.origin, str(self.size), root, *self.extensions)
        return "".join(f"{line}\n" for line in lines).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint and the note that it came in."""

    checkpoint: Checkpoint
    note: Note

    @property
    def data(self) -> bytes:
        return self.note.data


def read_checkpoint(data: bytes, where: str) -> Signed:
    """A checkpoint, whose signatures are not looked at.

    Raises Refused (``too-large``, ``bad-note``, ``bad-checkpoint``).
    """
    note = read_note(data, where)
    lines = note.text.decode("utf-8")[:-1].split("\n")
    if not 3 <= len(lines) <= 3 + MAX_EXTENSIONS or not all(lines):
        raise _bad("origin, size and root are wanted, a line each", where)
    origin, size, root, *extensions = lines
    if len(origin.encode("utf-8")) > 255:
        raise _bad("the origin has more than 255 bytes", where)
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise _bad("the size is no plain number, or too large", where)
    try:
        raw = base64.b64decode(root, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 32 or base64.b64encode(raw).decode("ascii") != root:
        raise _bad("the root is not 32 bytes in base64", where)
    if int(size) == 0 and raw != EMPTY:
        raise _bad("a tree without leaves has another root", where)
    return Signed(Checkpoint(origin, int(size), raw, tuple(extensions)), note)


def check_origin(origin: str) -> str:
    """``origin`` itself. Raises DataError for one that this program does not give to a log.

    Stricter than the specification: parts of letters, digits, '.', '-', '_' and '~' between '/'.
    """
    if fault_of_name(origin) or len(origin) > 100 or not _ORIGIN.fullmatch(origin):
        raise DataError(
            f"{ascii(origin)[:80]} is no name for a log",
            remedy="Give it one like a web address without https://, for instance "
            "log.example.org/flights; it does not have to exist.",
        )
    return origin


def check_witness_name(name: str) -> str:
    """``name`` itself. Raises DataError for one that a note cannot bear."""
    why = fault_of_name(name)
    if why or "\n" in name:
        raise DataError(
            f"{ascii(name)[:80]} is no name for a witness: {why}",
            remedy="Give it one like a web address without https://, e.g. witness.example.org/aaa.",
        )
    return name


def sign_checkpoint(checkpoint: Checkpoint, key: PrivateKey) -> Signed:
    """Signed by the log, whose key bears the origin's name."""
    line = sign_text(checkpoint.text, checkpoint.origin, key)
    return Signed(checkpoint, Note(checkpoint.text, (line,)))


def cosign(signed: Signed, name: str, key: PrivateKey, moment: int) -> Signed:
    """The same with a cosignature more, made at ``moment`` (seconds since 1970)."""
    line = cosign_text(signed.note.text, name, key, moment)
    return with_lines(signed, (line,))


def with_lines(signed: Signed, lines: tuple[Line, ...]) -> Signed:
    """The same with lines more; of each key that signed before, the newest line alone."""
    new = {(line.name, line.id) for line in lines}
    kept = tuple(old for old in signed.note.lines if (old.name, old.id) not in new)
    return Signed(signed.checkpoint, Note(signed.note.text, (*kept, *lines)))


def _bad(why: str, where: str) -> Refused:
    return Refused("bad-checkpoint", f"this is no checkpoint: {why}", where=where)
