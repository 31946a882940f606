"""Signed notes (C2SP signed-note): a text, a blank line, and signature lines.

    — <key name> base64(key id, 4 bytes || signature)

The key id is SHA-256(name || 0x0A || type || public key)[:4]. Two types are used here: 0x01,
Ed25519 over the text; 0x04, a cosignature (C2SP tlog-cosignature, v1): Ed25519 over the text under
the moment at which it was made. Others are skipped, as the specification wants.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from overflight.record.keys import PrivateKey, holds
from overflight.record.refused import Refused

ED25519, COSIGNATURE = 0x01, 0x04
MAX_NOTE_BYTES = 64 * 1024
MAX_LINES = 64
"""Signature lines; the specification asks for 16 at least."""
MAX_NAME_BYTES = 255
_LAST_MOMENT = 2**63 - 1  # tlog-cosignature: what a timestamp must not exceed
_DASH = "— "


@dataclass(frozen=True, slots=True)
class Line:
    """One signature line: the key's name and id (4 bytes), and what follows the id."""

    name: str
    id: bytes
    value: bytes

    @property
    def text(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.id + self.value).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """``text`` ends with its newline; the blank line is in neither part."""

    text: bytes
    lines: tuple[Line, ...]

    @property
    def data(self) -> bytes:
        return self.text + b"\n" + "".join(line.text for line in self.lines).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key (32 bytes) under a name, for one type of signature."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        return key_hash(self.name, self.type, self.public)

    @property
    def vkey(self) -> str:
        """As other programs take it: name+id+base64(type || key)."""
        key = base64.b64encode(bytes([self.type]) + self.public).decode("ascii")
        return f"{self.name}+{self.id.hex()}+{key}"

    def fits(self, line: Line) -> bool:
        """Whether the line says that it is this key's."""
        return line.name == self.name and line.id == self.id


def key_hash(name: str, kind: int, public: bytes) -> bytes:
    """A key's id in notes, 4 bytes; not to be mistaken for its id in a ring."""
    return hashlib.sha256(name.encode("utf-8") + b"\n" + bytes([kind]) + public).digest()[:4]


def fault_of_name(name: str) -> str:
    """What is wrong with a key's name; empty where nothing is."""
    if not name:
        return "it is empty"
    if len(name.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
        return f"it has more than {MAX_NAME_BYTES} bytes"
    if any(letter.isspace() or letter == "+" or letter < " " for letter in name):
        return "it holds a blank, a control character or '+'"
    return ""


def read_note(data: bytes, where: str) -> Note:
    """A note. Raises Refused (``too-large``, ``bad-note``); signatures are not looked at."""
    if len(data) > MAX_NOTE_BYTES:
        raise Refused("too-large", f"a note has at most {MAX_NOTE_BYTES} bytes", where=where)
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _bad("it is not UTF-8", where) from None
    if any(letter < " " and letter != "\n" for letter in whole):
        raise _bad("it holds a control character", where)
    text, blank, tail = whole.rpartition("\n\n")
    if not blank or not text or not tail.endswith("\n"):
        raise _bad("a text, a blank line and signature lines are wanted", where)
    rows = tail[:-1].split("\n")
    if len(rows) > MAX_LINES:
        raise Refused("too-large", f"it has more than {MAX_LINES} signature lines", where=where)
    return Note((text + "\n").encode("utf-8"), tuple(_line(row, where) for row in rows))


def read_lines(data: bytes, where: str) -> tuple[Line, ...]:
    """Signature lines alone, as a witness answers with them."""
    return read_note(b"lines\n\n" + data, where).lines


def _line(row: str, where: str) -> Line:
    name, _, text = row.removeprefix(_DASH).partition(" ")
    if not row.startswith(_DASH) or fault_of_name(name):
        raise _bad("a line after the blank one is no signature line", where)
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    if len(raw) < 5 or base64.b64encode(raw).decode("ascii") != text:
        raise _bad("a signature is not written in base64, or is too short", where)
    return Line(name, raw[:4], raw[4:])


def read_vkey(text: str) -> Verifier:
    """A key as name+id+base64. Raises Refused (``bad-key``)."""
    name, _, rest = text.partition("+")
    said, _, key = rest.partition("+")
    try:
        raw = base64.b64decode(key, validate=True)
    except ValueError:
        raw = b""
    if fault_of_name(name) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
        raise Refused("bad-key", "this is no Ed25519 key of a log or a witness")
    found = Verifier(name, raw[0], raw[1:])
    if found.id.hex() != said:
        raise Refused("bad-key", "the id in this key is not the key's")
    return found


def sign_text(text: bytes, name: str, key: PrivateKey) -> Line:
    """A signature of type 0x01."""
    return Line(name, key_hash(name, ED25519, key.public), key.sign(text))


def cosign_text(text: bytes, name: str, key: PrivateKey, moment: int) -> Line:
    """A cosignature made at ``moment``, seconds since 1970."""
    if not 0 <= moment <= _LAST_MOMENT:
        raise ValueError(f"no cosignature at {moment}")
    value = moment.to_bytes(8, "big") + key.sign(_cosigned(text, moment))
    return Line(name, key_hash(name, COSIGNATURE, key.public), value)


def moment_of(line: Line) -> int | None:
    """When a cosignature says that it was made; None for what has no such form."""
    moment = int.from_bytes(line.value[:8], "big")
    return moment if len(line.value) == 72 and moment <= _LAST_MOMENT else None


def signed_by(text: bytes, line: Line, verifier: Verifier) -> bool:
    """Whether the line is that key's signature over the text."""
    if not verifier.fits(line):
        return False
    if verifier.type == ED25519:
        return len(line.value) == 64 and holds(verifier.public, line.value, text)
    moment = moment_of(line)
    return moment is not None and holds(verifier.public, line.value[8:], _cosigned(text, moment))


def open_note(note: Note, verifiers: Iterable[Verifier]) -> tuple[tuple[Verifier, Line], ...]:
    """The known keys that signed, each once. Lines of keys that are not known are skipped.

    Raises Refused: ``signature-invalid`` where a known key's line does not hold, ``unsigned`` where
    no known key signed.
    """
    found: dict[tuple[str, bytes], tuple[Verifier, Line]] = {}
    for verifier in verifiers:
        for line in note.lines:
            if not verifier.fits(line):
                continue
            if not signed_by(note.text, line, verifier):
                raise Refused("signature-invalid", f"the signature of {line.name} does not hold")
            found.setdefault((line.name, line.id), (verifier, line))
    if not found:
        raise Refused("unsigned", "no key that is known has signed this note")
    return tuple(found.values())


def _cosigned(text: bytes, moment: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % moment + text


def _bad(why: str, where: str) -> Refused:
    return Refused("bad-note", f"this is no signed note: {why}", where=where)
