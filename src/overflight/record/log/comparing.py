"""Two views of one log: is one the beginning of the other, or are there two histories?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.record.log.checkpoints import Signed, read_checkpoint
from overflight.record.log.notes import MAX_NOTE_BYTES
from overflight.record.log.proofs import Consistency, Fork, write_consistency, write_fork
from overflight.record.log.reading import TiledTree, TileFolder
from overflight.record.log.trust import Trust, require_checkpoint
from overflight.record.refused import Refused

SAME, CONSISTENT, FORKED, UNDETERMINED = "same", "consistent", "forked", "undetermined"


@dataclass(frozen=True, slots=True)
class View:
    """What somebody was shown: a checkpoint, and the tree if there is a copy of it."""

    signed: Signed
    tree: TiledTree | None
    where: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``verdict``: same | consistent | forked | undetermined. ``small``, ``large``: sizes.
    ``proof``: the document that shows it; None where there is none to make."""

    verdict: str
    small: int
    large: int
    proof: bytes | None


def compare(one: View, other: View, trust: Trust, now: dt.datetime) -> Comparison:
    """Compare two views, both of which the log must have signed.

    Raises Refused for a checkpoint that is not the log's, ``tile-differs`` for a copy that is not
    what its checkpoint says, and what tiles raise.
    """
    for view in (one, other):
        require_checkpoint(view.signed, trust, now, view.where, ever=True)
    small, large = sorted((one, other), key=lambda v: v.signed.checkpoint.size)
    a, b = small.signed.checkpoint, large.signed.checkpoint
    if (a.size, a.root) == (b.size, b.root):
        return Comparison(SAME, a.size, b.size, None)
    if a.size == b.size:
        fork = Fork(small.signed, large.signed, b.root, ())
        return Comparison(FORKED, a.size, b.size, write_fork(fork))
    if a.size == 0:
        proof = Consistency(small.signed, large.signed, ())
        return Comparison(CONSISTENT, 0, b.size, write_consistency(proof))
    if large.tree is None:
        return Comparison(UNDETERMINED, a.size, b.size, None)
    if large.tree.root(b.size) != b.root:
        raise Refused(
            "tile-differs", "this copy is not the log that its checkpoint was signed for",
            where=large.where, remedy="Fetch the copy again; 'overflight log check' names what is "
            "wrong in it.",
        )  # fmt: skip
    root, path = large.tree.root(a.size), tuple(large.tree.consistency(a.size, b.size))
    if root == a.root:
        proof = Consistency(small.signed, large.signed, path)
        return Comparison(CONSISTENT, a.size, b.size, write_consistency(proof))
    fork = Fork(small.signed, large.signed, root, path)
    return Comparison(FORKED, a.size, b.size, write_fork(fork))


def view_of(path: Path) -> View:
    """A log's folder, or a file with a checkpoint. Raises Refused or DataError."""
    if not path.is_dir():
        signed = read_checkpoint(read_bounded(path, limit=MAX_NOTE_BYTES), str(path))
        return View(signed, None, str(path))
    folder = TileFolder(path)
    data = folder.file("checkpoint", MAX_NOTE_BYTES)
    if data is None:
        raise DataError(
            "there is no checkpoint in this folder", file=path,
            remedy="Name the folder of a log that has signed one.",
        )  # fmt: skip
    signed = read_checkpoint(data, str(path / "checkpoint"))
    return View(signed, TiledTree(folder, signed.checkpoint.size), str(path))
