"""A log, its operator AAA, and the Parties BBB and CCC as witnesses; keys of the test's own."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bundles import Table, day
from overflight.record.keys import PrivateKey
from overflight.record.log.checkpoints import Signed
from overflight.record.log.comparing import view_of
from overflight.record.log.entries import Entry, write_entry
from overflight.record.log.keeping import Log, make_log
from overflight.record.log.tiles import WIDTH, Place
from overflight.record.log.trust import Trust
from overflight.record.log.verdict import LogVerdict, check
from overflight.record.log.witness import last_seen, witness
from overflight.record.merkle import Tree, leaf_hash
from overflight.record.statements import read_ring

ORIGIN = "log.example.org/flights"
NOW = day(20)


def entry(number: int, salt: str = "") -> bytes:
    """An entry like any other."""
    digest = hashlib.sha256(f"{salt}{number}".encode()).hexdigest()
    return write_entry(
        Entry(("bundle", "request", "delivery", "decision")[number % 4], digest, NOW)
    )


def entries(first: int, count: int, salt: str = "") -> list[bytes]:
    return [entry(number, salt) for number in range(first, first + count)]


def tree_over(count: int, salt: str = "") -> Tree:
    """The tree of ``merkle``, which the vectors of others have checked."""
    return Tree(leaf_hash(data) for data in entries(0, count, salt))


def names_of(witness_party: str) -> str:
    return f"witness.example.org/{witness_party.lower()}"


@dataclass
class House:
    """The log's folder is ``folder``; ``grow`` and ``sign`` are its operator's."""

    root: Path

    def __post_init__(self) -> None:
        self.table = Table(self.root)
        make_log(self.folder, ORIGIN, "AAA")

    @property
    def folder(self) -> Path:
        return self.root / "log"

    def key(self, party: str = "AAA") -> PrivateKey:
        return self.table.keys[party]

    def trust(self, witnesses: int = 0, origin: str = ORIGIN) -> Trust:
        return Trust(origin, "AAA", read_ring(self.table.ring), witnesses)

    def grow(self, count: int, *, salt: str = "", folder: Path | None = None) -> None:
        with Log(folder or self.folder) as log:
            log.append(entries(log.size, count, salt))

    def sign(self, folder: Path | None = None, key: PrivateKey | None = None) -> Signed:
        with Log(folder or self.folder) as log:
            return log.checkpoint(key or self.key())

    def grown(self, count: int, *, salt: str = "") -> Signed:
        self.grow(count, salt=salt)
        return self.sign()

    def copy(self, name: str) -> Path:
        """A copy of the log's folder as it is now."""
        shutil.copytree(self.folder, self.root / name)
        return self.root / name

    def check(
        self, target: Path | None = None, *, witnesses: int = 0, before: Signed | None = None,
        at: dt.datetime = NOW, origin: str = ORIGIN, thing: str = "",
    ) -> LogVerdict:  # fmt: skip
        return check(
            target or self.folder, self.trust(witnesses, origin), at, before=before, thing=thing
        )

    def witness(
        self, party: str = "BBB", *, folder: Path | None = None, signed: Signed | None = None,
        at: dt.datetime = NOW, key: PrivateKey | None = None,
    ) -> Signed:  # fmt: skip
        """Let a Party co-sign what the folder shows, with the proof that follows from it."""
        state = self.root / f"state-{party}"
        view = view_of(folder or self.folder)
        shown = signed or view.signed
        before = last_seen(state, ORIGIN)
        path: tuple[bytes, ...] = ()
        if before is not None and view.tree is not None:
            old, new = before.checkpoint.size, shown.checkpoint.size
            path = tuple(view.tree.consistency(old, new)) if 0 < old < new else ()
        return witness(
            state, shown, path, self.trust(), name=names_of(party), key=key or self.key(party),
            now=at, first=before is None,
        )  # fmt: skip


def codes_of(found: LogVerdict) -> list[str]:
    """The codes of the problems, each once, in alphabetical order."""
    return sorted({problem.code for problem in found.problems})


def all_places(size: int) -> Iterator[Place]:
    """All tiles of hashes in a tree of that size, from the leaves up."""
    level = 0
    while size:
        for index in range(size // WIDTH):
            yield Place(level, index)
        if size % WIDTH:
            yield Place(level, size // WIDTH, size % WIDTH)
        size //= WIDTH
        level += 1
