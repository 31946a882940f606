"""A bundle, or a portion of one, verified; and what it says of itself held against what it holds.

The seals prove that nobody changed a file since both sides signed. They do not prove that what the
files say of the mission is what the manifest says; that is looked at here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from overflight.errors import DataError, OverflightError
from overflight.files import MAX_INPUT_BYTES
from overflight.formats.hidden import Search
from overflight.formats.schema import schema_names, validate
from overflight.formats.sealable import (
    is_picture,
    marks_of,
    refuse_content,
    refuse_name,
    refuse_pixels,
)
from overflight.formats.strict_json import load_json
from overflight.record.checking import check
from overflight.record.hashing import Told, read_parts
from overflight.record.instants import read_instant
from overflight.record.manifest import Entry, Identity
from overflight.record.portion import PORTION, check_portion, read_portion
from overflight.record.refused import Refused
from overflight.record.ring import Ring
from overflight.record.stages import read_stages
from overflight.record.statements import read_ring
from overflight.record.store import Store, open_store
from overflight.record.verdict import BROKEN, Verdict

BUNDLE, PART = "bundle", "portion"
STAC_ROLE = "stac"
_PARTIES = ("observing", "observed")
_REMEDY = "Ask both sides for a bundle in which this is put right; nothing of it was taken in."


@dataclass(frozen=True, slots=True)
class Seal:
    """A stage, or the seal that a portion rests on. ``manifest``, ``root``: SHA-256, hex."""

    stage: int
    manifest: str
    root: str
    size: int
    sealed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was verified. ``entries``: path in the bundle -> entry, also of files that are absent
    by agreement; ``seals``: the first stage first, or
    the one of a portion; ``redacted``: paths that both Parties agreed to take out."""

    scope: str
    identity: Identity
    store: Store
    entries: Mapping[str, Entry]
    seals: tuple[Seal, ...]
    redacted: frozenset[str] = frozenset()

    @property
    def last(self) -> Seal:
        return self.seals[-1]

    @property
    def present(self) -> dict[str, Entry]:
        """The files that are here; not those that both agreed to take out, whether or not they
        still are."""
        return {
            path: entry
            for path, entry in self.entries.items()
            if path in self.store.files and path not in self.redacted
        }


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document of a bundle: where it lies, its role, the stage it came with, its value."""

    path: str
    entry: Entry
    value: Any


def verify(path: Path, keys: Path, now: dt.datetime, told: Told | None = None) -> Sealed:
    """The bundle or portion at ``path``, intact and signed by both Parties.

    ``keys``: the ring of key statements. Raises Refused with the first thing that is wrong,
    DataError where there is nothing to read.
    """
    store = open_store(path)
    found, verdict = examine(store, read_ring(keys), now, told)
    if found is None or verdict.verdict == BROKEN:
        first = verdict.problems[0]
        more = len(verdict.problems) - 1
        words = first.message + (f" (and {more} more)" if more else "")
        raise Refused(
            first.code, words, where=f"{path.name}/{first.where}".rstrip("/"),
            remedy=f"'overflight bundle verify {path} --keys {keys}' names all that is wrong. "
            "Nothing of it was taken in.",
        )  # fmt: skip
    return found


def examine(
    store: Store, ring: Ring, now: dt.datetime, told: Told | None = None
) -> tuple[Sealed | None, Verdict]:
    """What lies there, None where nothing can be read of it, and the verdict on it."""
    portion = PORTION in store.files
    verdict = (check_portion if portion else check)(store, ring, now, told=told)
    try:
        return sealed_in(store), verdict
    except Refused:
        return None, verdict


def sealed_in(store: Store) -> Sealed:
    """What lies there by its own word, not verified. Raises Refused where it cannot be read."""
    return _portion(store) if PORTION in store.files else _bundle(store)


def _bundle(store: Store) -> Sealed:
    stages = read_stages(store)
    return Sealed(
        BUNDLE, stages.manifests[0].identity, store, stages.paths,
        tuple(
            Seal(m.stage, stages.seals[m.stage - 1]["manifest"], m.root, m.size, m.sealed_at)
            for m in stages.manifests
        ),
        frozenset(stages.redacted),
    )  # fmt: skip


def _portion(store: Store) -> Sealed:
    seal, rows = read_portion(store)
    identity = Identity(
        seal["bundle"], seal["observing"], seal["observed"], tuple(seal["marks"])
    )  # fmt: skip
    tree = seal["tree"]
    return Sealed(
        PART, identity, store, {row.path: row.entry for row in rows},
        (Seal(seal["stage"], seal["manifest"], tree["root"], tree["size"],
              read_instant(seal["sealed_at"], PORTION)),),
    )  # fmt: skip


def documents(parts: Sequence[Sealed]) -> list[Document]:
    """The JSON documents in these, each once, after a look into every file.

    Raises Refused for what stays at home, a document of a known kind that its schema refuses, and
    one that names other Parties or bears a mark that is not under the seals.
    """
    found: list[Document] = []
    seen: set[tuple[str, str]] = set()
    for sealed in parts:
        for path, entry in sealed.present.items():
            if (path, entry.sha256) in seen:
                continue
            seen.add((path, entry.sha256))
            document = _document(sealed, path, entry)
            if document is not None:
                found.append(document)
    return found


def _document(sealed: Sealed, path: str, entry: Entry) -> Document | None:
    parts = read_parts(sealed.store.files[path])
    head = next(parts, b"")
    try:
        refuse_name(path.rsplit("/", 1)[-1])
        if is_picture(head):
            refuse_pixels(chain((head,), parts), path)
            return None
        if entry.size > MAX_INPUT_BYTES:
            refuse_content(chain((head,), parts), path)
            return None
        data = b"".join((head, *parts))
        Search(path).into(data)
    except DataError as error:
        remedy = "A bundle that holds this is not for an archive; seal one without it."
        raise Refused("stays-at-home", error.message, where=path, remedy=remedy) from None
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        if entry.role == STAC_ROLE and entry.name.endswith(".json"):
            raise refused("bad-item", "this is no STAC document", path)
        return None
    try:
        value = load_json(data, path)
    except OverflightError as error:
        if entry.role == STAC_ROLE:
            raise refused("bad-item", error.message, path) from None
        return None
    _hold(sealed.identity, path, value)
    return Document(path, entry, value)


def _hold(identity: Identity, path: str, value: Any) -> None:
    """Raise Refused where a document contradicts the manifest that it is sealed under."""
    extra = set(marks_of(value)) - set(identity.marks)
    if extra:
        raise refused(
            "marks-differ", f"it is marked {min(extra)}, and the bundle that both signed is not",
            path,
        )  # fmt: skip
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str):
        return
    if kind in schema_names():
        try:
            validate(value, kind)
        except OverflightError as error:
            raise refused("bad-document", error.message, path) from None
    for word in _PARTIES:
        said, sealed = value.get(word), getattr(identity, word)
        if isinstance(said, str) and said not in ("", sealed):
            raise refused(
                "parties-differ", f"it says that the {word} Party is {ascii(said)[1:-1]}, the "
                f"seals say {sealed}", path,
            )  # fmt: skip


def refused(code: str, message: str, where: str, remedy: str = _REMEDY) -> Refused:
    """A refusal of a bundle that is intact and says what is not so."""
    return Refused(code, message, where=where, remedy=remedy)
