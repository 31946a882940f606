"""Proofs made from a log's folder; each is checked before it is handed out."""

from __future__ import annotations

import re
from collections.abc import Collection

from overflight.errors import DataError
from overflight.record.log.checkpoints import Signed
from overflight.record.log.comparing import View
from overflight.record.log.entries import read_entry
from overflight.record.log.proofs import (
    Consistency,
    Inclusion,
    consistency_holds,
    inclusion_holds,
    write_consistency,
    write_inclusion,
)
from overflight.record.log.reading import TiledTree, entry_at
from overflight.record.log.tiles import ENTRIES, WIDTH, Place
from overflight.record.refused import Refused

_SAID = re.compile(rb'"sha256":"([0-9a-f]{64})"')


def inclusion(view: View, index: int) -> bytes:
    """The proof (C2SP tlog-proof) of entry ``index`` at the view's checkpoint.

    Raises DataError for an entry that there is not, Refused (``not-included``) for a folder that
    does not fit its checkpoint.
    """
    tree, at = _tree(view), view.signed.checkpoint
    if not 0 <= index < at.size:
        raise DataError(
            f"there is no entry {index}", file=view.where,
            remedy=f"The last checkpoint has {at.size} entries, counted from 0; sign a new one if "
            "it was logged since.",
        )  # fmt: skip
    entry = entry_at(tree.folder, at.size, index)
    proof = Inclusion(index, tuple(tree.inclusion(index)), view.signed, entry)
    if not inclusion_holds(proof):
        raise Refused(
            "not-included", f"entry {index} and its tiles do not fit the checkpoint",
            where=view.where, remedy="'overflight log check' names what was changed.",
        )  # fmt: skip
    return write_inclusion(proof)


def consistency(old: Signed, view: View) -> bytes:
    """The proof that the log of ``view`` began with ``old``. Raises DataError for a later one,
    Refused (``not-consistent``, ``wrong-origin``)."""
    tree, before, at = _tree(view), old.checkpoint, view.signed.checkpoint
    if before.origin != at.origin:
        raise Refused("wrong-origin", "the earlier checkpoint is of another log", where=view.where)
    if before.size > at.size:
        raise DataError(
            f"the checkpoint given has {before.size} entries, the log {at.size}", file=view.where,
            remedy="Name the earlier one with --since, and the folder of the newer log.",
        )  # fmt: skip
    path = tuple(tree.consistency(before.size, at.size)) if before.size else ()
    proof = Consistency(old, view.signed, path)
    if not consistency_holds(proof):
        raise Refused(
            "not-consistent", "the log did not begin with that checkpoint, or its tiles were "
            "changed", where=view.where,
            remedy="'overflight log check' looks at the tiles, 'overflight log compare' proves two "
            "histories.",
        )  # fmt: skip
    return write_consistency(proof)


def find(view: View, sha256: str) -> int:
    """The index of the first entry of that thing. Raises DataError where there is none."""
    found = find_all(view, (sha256,))
    if not found:
        raise DataError(
            f"no entry of {sha256[:80]} is in the log at its last checkpoint", file=view.where,
            remedy="Log it with 'overflight log append', then sign with 'overflight log "
            "checkpoint'.",
        )  # fmt: skip
    return found[sha256]


def find_all(view: View, wanted: Collection[str]) -> dict[str, int]:
    """SHA-256 (hex) of each of these things that was logged -> the index of its first entry."""
    folder, size = _tree(view).folder, view.signed.checkpoint.size
    found: dict[str, int] = {}
    missing = {digest.encode("ascii", "replace"): digest for digest in wanted}
    for tile in range(-(-size // WIDTH)):
        if not missing:
            break
        entries = folder.entries(Place(ENTRIES, tile, min(WIDTH, size - tile * WIDTH)))
        for at, entry in enumerate(entries):
            said = _SAID.search(entry)
            digest = missing.get(said[1]) if said else None
            if digest is not None and _is(entry, digest):
                found[digest] = tile * WIDTH + at
                del missing[digest.encode("ascii")]
    return found


def _is(entry: bytes, sha256: str) -> bool:
    try:
        return read_entry(entry, "").sha256 == sha256
    except Refused:
        return False


def _tree(view: View) -> TiledTree:
    if view.tree is None:
        raise DataError(
            "this is a checkpoint, no log", file=view.where, remedy="Name the log's folder."
        )
    return view.tree
