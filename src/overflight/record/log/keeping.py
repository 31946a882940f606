"""The log itself, for the Party that keeps it: batches taken in, tiles settled, checkpoints signed.

    checkpoint      the last one signed, with the cosignatures that came in
    tile/           the tree and its entries, for the sizes that a checkpoint was signed for
    journal         batches acknowledged since the tiles were last settled; the size they reach
    log.json        origin and operator
    .lock, .new/    one writer at a time; what is being written

A batch is acknowledged when the journal has it (``journal``). ``settle`` writes the tiles out,
flushes them, and only then puts an empty journal in place of the old one, by one rename; so at any
moment the tiles hold a tree, the journal says which, and what follows is in the journal.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

from overflight.errors import DataError
from overflight.files import read_bounded, write_atomic
from overflight.record import canonical
from overflight.record.disk import flush, write_all
from overflight.record.keys import PrivateKey
from overflight.record.log.checkpoints import (
    Checkpoint,
    Signed,
    check_origin,
    read_checkpoint,
    sign_checkpoint,
    with_lines,
)
from overflight.record.log.entries import check_sizes, pack
from overflight.record.log.frontier import Frontier, Full, leaf_hashes
from overflight.record.log.journal import (
    MAX_BATCH,
    MAX_BATCH_BYTES,
    Found,
    Journal,
    read_journal,
    start_journal,
)
from overflight.record.log.notes import MAX_NOTE_BYTES, Line, sign_text
from overflight.record.log.reading import TileFolder, tiled_tree
from overflight.record.log.tiles import ENTRIES, WIDTH, Place
from overflight.record.refused import Refused
from overflight.record.statements import CODE

ABOUT, CHECKPOINT = "log.json", "checkpoint"
SETTLE_BYTES = 128 * 1024 * 1024
"""A journal longer than that is settled before the next batch."""
_FLUSHES = 16
_NEW, _LOCK = ".new", ".lock"


def make_log(folder: Path, origin: str, operator: str) -> None:
    """Begin a log without entries. Raises DataError where there is something already."""
    check_origin(origin)
    if not CODE.fullmatch(operator):
        raise DataError(f"{ascii(operator)[:40]} is no Party's code", remedy="Give it in capitals.")
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        if any(not p.name.startswith(".") and p.name != ABOUT for p in folder.iterdir()):
            raise DataError(
                "there is something in this folder", file=folder, remedy="Name a new folder."
            )
        about = {"kind": "log", "version": 1, "origin": origin, "operator": operator}
        write_atomic(folder / ABOUT, canonical.dumps(about) + b"\n")
        start_journal(folder, 0, Frontier().root())


def read_about(folder: Path) -> tuple[str, str]:
    """(origin, operator) as the log says them of itself. Raises Refused or DataError."""
    data = read_bounded(folder / ABOUT, limit=4096)
    document = canonical.loads(data.removesuffix(b"\n"), ABOUT, most_values=20)
    fine = (
        isinstance(document, dict)
        and set(document) == {"kind", "version", "origin", "operator"}
        and (document["kind"], document["version"]) == ("log", 1)
        and all(isinstance(document[word], str) for word in ("origin", "operator"))
    )
    if not fine or not CODE.fullmatch(document["operator"]):
        raise Refused("bad-document", "this does not say which log it is", where=ABOUT)
    return check_origin(document["origin"]), document["operator"]


class Log:
    """A log that is open for writing; one at a time. Use it in a ``with`` statement.

    Opening brings it to the state of its last acknowledged batch. Raises Refused where what lies
    there was changed, DataError where another holds it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._settled = 0
        self._full: list[Full] = []
        self._bundle: list[bytes] = []
        self.origin, self.operator = read_about(folder)
        self._lock = _locked(folder)
        self._lock.__enter__()
        try:
            shutil.rmtree(folder / _NEW, ignore_errors=True)
            found = read_journal(folder)
            self._load(found)
            self._journal: Journal | None = Journal(folder, found.end)
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Let go of it. What was acknowledged is on disk already."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
            self._lock.__exit__(None, None, None)

    @property
    def size(self) -> int:
        """Entries acknowledged so far."""
        return self._frontier.size

    @property
    def settled(self) -> int:
        """Entries that the tiles hold."""
        return self._settled

    def root(self) -> bytes:
        """Root over all entries acknowledged so far."""
        return self._frontier.root()

    def append(self, entries: Sequence[bytes]) -> int:
        """Log a batch; return the index of its first entry, once all of it is on disk.

        Raises DataError for an entry or a batch that is too large, OSError where it cannot be
        written: then nothing of it is logged, and the log has to be opened again.
        """
        check_sizes(entries)
        if len(entries) > MAX_BATCH or sum(map(len, entries)) > MAX_BATCH_BYTES:
            raise DataError(
                f"a batch has at most {MAX_BATCH} entries and {MAX_BATCH_BYTES} bytes",
                remedy="Append it in parts.",
            )
        journal = self._open()
        if journal.end > SETTLE_BYTES:
            self.settle()
            journal = self._open()
        first = self.size
        if entries:
            parts = self._parts(entries)
            packed = [pack(part) for part in parts]
            try:
                journal.write(first, len(entries), b"".join(packed))
            except BaseException:
                self.close()
                raise
            self._take(parts, packed)
        return first

    def settle(self) -> None:
        """Write the tiles of all that is acknowledged, and empty the journal."""
        journal = self._open()
        if self._settled == self.size:
            return
        edge = self._frontier.partial()
        tiles = [*self._full, *(full for full in edge if self._grew(full.place))]
        if self._bundle:
            place = Place(ENTRIES, self.size // WIDTH, self.size % WIDTH)
            tiles.append(Full(place, b"".join(self._bundle)))
        try:
            self._write_tiles(tiles)
            start_journal(self.folder, self.size, self.root())
            journal.close()
            self._journal = Journal(self.folder, read_journal(self.folder).end)
        except BaseException:
            self.close()
            raise
        self._drop_partials()
        self._settled = self.size
        self._full = []

    def checkpoint(self, key: PrivateKey) -> Signed:
        """Sign the tree as it is now. What was signed before must be its beginning.

        Raises Refused (``would-fork``).
        """
        self.settle()
        now = Checkpoint(self.origin, self.size, self.root())
        before = read_last(self.folder)
        if before is not None:
            self._refuse_fork(before.checkpoint)
            if before.checkpoint == now:
                return self._countersign(before, key)
        signed = sign_checkpoint(now, key)
        write_atomic(self.folder / CHECKPOINT, signed.data)
        return signed

    def take(self, lines: Sequence[Line]) -> Signed:
        """Put cosignatures under the last checkpoint; the caller has judged them."""
        self._open()
        before = read_last(self.folder)
        if before is None:
            raise DataError("nothing was signed yet", remedy="Run 'overflight log checkpoint'.")
        signed = with_lines(before, tuple(lines))
        write_atomic(self.folder / CHECKPOINT, signed.data)
        return signed

    def _countersign(self, before: Signed, key: PrivateKey) -> Signed:
        line = sign_text(before.note.text, self.origin, key)
        if any((old.name, old.id) == (line.name, line.id) for old in before.note.lines):
            return before
        signed = with_lines(before, (line,))
        write_atomic(self.folder / CHECKPOINT, signed.data)
        return signed

    def _refuse_fork(self, before: Checkpoint) -> None:
        tree = tiled_tree(TileFolder(self.folder), self.size)
        same = before.origin == self.origin and before.size <= self.size
        if not same or tree.root(before.size) != before.root:
            raise Refused(
                "would-fork", f"entries that were signed for (size {before.size}) are not there or "
                "are others now", where=CHECKPOINT,
                remedy="Put back the folder as it was; signing this would prove a second history.",
            )  # fmt: skip

    def _load(self, found: Found) -> None:
        folder = TileFolder(self.folder)
        self._frontier = frontier_of(folder, found.size)
        if self._frontier.root() != found.root:
            raise Refused(
                "tile-differs", f"the tiles are not those of the tree of {found.size} entries",
                where=str(self.folder),
                remedy="Run 'overflight log check'; it names the tile. Put the sound one back.",
            )  # fmt: skip
        self._settled = found.size
        self._full = []
        self._bundle = []
        width = found.size % WIDTH
        if width:
            entries = folder.entries(Place(ENTRIES, found.size // WIDTH, width))
            if leaf_hashes(entries) != self._frontier.levels[0]:
                raise Refused("entry-differs", "the last entries were changed",
                              where=Place(ENTRIES, found.size // WIDTH, width).path)  # fmt: skip
            self._bundle = [pack(entries)]
        for _, entries in found.batches:
            parts = self._parts(entries)
            self._take(parts, [pack(part) for part in parts])

    def _parts(self, entries: Sequence[bytes]) -> list[Sequence[bytes]]:
        """The entries, cut where tiles end."""
        room = self._frontier.room
        cuts = [0, *range(room, len(entries), WIDTH), len(entries)]
        return [entries[a:b] for a, b in pairwise(cuts) if b > a]

    def _take(self, parts: Sequence[Sequence[bytes]], packed: Sequence[bytes]) -> None:
        for part, data in zip(parts, packed, strict=True):
            self._bundle.append(data)
            full = self._frontier.extend_tile(leaf_hashes(part))
            if full:
                place = Place(ENTRIES, full[0].place.index)
                self._full += [*full, Full(place, b"".join(self._bundle))]
                self._bundle = []

    def _grew(self, place: Place) -> bool:
        """Whether a partial tile is another than when the tiles were settled last."""
        return self._settled >> (8 * place.level) != self.size >> (8 * place.level)

    def _write_tiles(self, tiles: Sequence[Full]) -> None:
        new = self.folder / _NEW
        new.mkdir(exist_ok=True)
        touched: set[Path] = set()
        waiting: list[tuple[Path, Path]] = []
        for number, tile in enumerate(tiles):
            built, place = new / str(number), self.folder / tile.place.path
            descriptor = os.open(built, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
            try:
                write_all(descriptor, tile.data)
            finally:
                os.close(descriptor)
            waiting.append((built, place))
        flush_files([built for built, _ in waiting])
        for built, place in waiting:
            _make_folders(place.parent, self.folder, touched)
            built.replace(place)
        for folder in touched:
            flush(folder)

    def _drop_partials(self) -> None:
        """Take away partial tiles of what is full now; a crash leaves them, which harms nobody."""
        for full in self._full:
            path = self.folder / full.place.path
            with suppress(OSError):
                shutil.rmtree(path.parent / f"{path.name}.p")

    def _open(self) -> Journal:
        if self._journal is None:
            raise DataError("the log is closed", remedy="Open it again.")
        return self._journal


def read_last(folder: Path) -> Signed | None:
    """The last checkpoint of a log's folder; None where there is none. Raises Refused."""
    path = folder / CHECKPOINT
    if not path.exists() and not path.is_symlink():
        return None
    return read_checkpoint(read_bounded(path, limit=MAX_NOTE_BYTES), CHECKPOINT)


def frontier_of(folder: TileFolder, size: int) -> Frontier:
    """The growing edge of the tree of that size, from its tiles. Raises Refused."""
    found = Frontier()
    found.size = size
    found.levels = []
    level = 0
    while size or level == 0:
        width = size % WIDTH
        found.levels.append(
            list(folder.hashes(Place(level, size // WIDTH, width))) if width else []
        )
        size //= WIDTH
        level += 1
    return found


def flush_files(paths: Sequence[Path]) -> None:
    """Flush files that were written, many at a time: one disk flush then serves many of them."""
    if len(paths) < _FLUSHES:
        for path in paths:
            flush(path)
        return
    with ThreadPoolExecutor(_FLUSHES) as pool:
        for _ in pool.map(flush, paths):
            pass


def _make_folders(folder: Path, top: Path, touched: set[Path]) -> None:
    """Make a folder below ``top``; note each whose names have to be flushed."""
    while folder not in touched:
        new = not folder.is_dir()
        if new:
            folder.mkdir(parents=True, exist_ok=True)
        touched.add(folder)
        if folder == top:
            return
        folder = folder.parent


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataError(
                "another process writes to this log", file=folder, remedy="Wait until it is done."
            ) from None
        yield
    finally:
        os.close(descriptor)
