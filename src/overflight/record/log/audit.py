"""A log's folder held, entry by entry and tile by tile, against its checkpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from overflight.record.log.checkpoints import Checkpoint
from overflight.record.log.entries import read_entry
from overflight.record.log.frontier import Frontier, Full, leaf_hashes
from overflight.record.log.reading import TileFolder
from overflight.record.log.tiles import ENTRIES, WIDTH, Place
from overflight.record.refused import Problem, Refused

MOST_TOLD = 100
"""Problems that are listed; there may be more."""
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Audit:
    """``kinds``: how many entries of each kind; "other" are such as this program does not write."""

    problems: tuple[Problem, ...]
    kinds: dict[str, int]


def audit(folder: TileFolder, at: Checkpoint, told: Told | None = None) -> Audit:
    """Read all of a log. ``told`` is called with the entries done since its last call.

    Where entries and tiles do not fit, the checkpoint says which of them were changed: those from
    which its root does not follow.
    """
    problems: list[Problem] = []
    kinds: Counter[str] = Counter()
    apart: list[Place] = []
    edge = Frontier()
    for place in _entry_places(at.size):
        try:
            entries = folder.entries(place)
        except Refused as error:
            problems.append(error.problem)
            if len(problems) >= MOST_TOLD:
                return Audit(tuple(problems), dict(kinds))
            entries = []
        leaves = leaf_hashes(entries)
        below = Place(0, place.index, place.width)
        if entries:
            kinds.update(map(_kind, entries))
            try:
                if folder.hashes(below) != leaves:
                    apart.append(place)
            except Refused:
                pass  # named below
        else:
            leaves = _or_nothing(folder, below)
        if len(leaves) != place.width:
            return Audit(_cut(problems), dict(kinds))  # nothing after the gap can be told
        _expect(folder, edge.extend(leaves), problems)
        if told is not None:
            told(len(entries))
    _expect(folder, edge.partial(), problems)
    if edge.root() == at.root and edge.size == at.size:
        return Audit(_cut(problems), dict(kinds))
    return Audit(_cut(_blamed(folder, at, apart, problems)), dict(kinds))


def _blamed(
    folder: TileFolder, at: Checkpoint, apart: list[Place], problems: list[Problem]
) -> list[Problem]:
    """What is wrong where the tree over the entries is not the one signed: the entries, if the
    tiles have its root; both, or the checkpoint is of another log, if not."""
    found = [p for p in problems if p.code != "tile-differs"]
    edge = Frontier()
    for place in _entry_places(at.size):
        edge.extend(_or_nothing(folder, Place(0, place.index, place.width)))
    if edge.root() == at.root:
        words = "these entries are not those that were logged"
        return found + [Problem("entry-differs", words, place.path) for place in apart]
    if found:
        return problems
    words = f"its {at.size} entries are not those that the checkpoint was signed for"
    return [Problem("other-tree", words, "checkpoint"), *problems]


def _expect(folder: TileFolder, made: list[Full], problems: list[Problem]) -> None:
    for full in made:
        try:
            if b"".join(folder.hashes(full.place)) != full.data:
                words = "this tile does not follow from what lies below it"
                problems.append(Problem("tile-differs", words, full.place.path))
        except Refused as error:
            problems.append(error.problem)


def _or_nothing(folder: TileFolder, place: Place) -> list[bytes]:
    try:
        return folder.hashes(place)
    except Refused:
        return []


def _kind(entry: bytes) -> str:
    try:
        return read_entry(entry, "").of
    except Refused:
        return "other"


def _cut(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems[:MOST_TOLD]))


def _entry_places(size: int) -> Iterator[Place]:
    tiles = range(-(-size // WIDTH))
    return (Place(ENTRIES, index, min(WIDTH, size - index * WIDTH)) for index in tiles)
