"""Where the tree of a log lies: files of up to 256 hashes (C2SP tlog-tiles).

    tile/<level>/<index>[.p/<width>]      hashes of subtrees over 256^level leaves each
    tile/entries/<index>[.p/<width>]      the entries below the hashes of tile/0/<index>

The index is written in groups of three digits, each but the last after an ``x``: x001/x234/067.
A partial tile (width below 256) is there for each size that a checkpoint was signed for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from overflight.record.merkle import node_hash
from overflight.record.refused import Refused

WIDTH = 256
HASH_BYTES = 32
ENTRIES = -1
"""The level of the tiles that hold entries."""
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Place:
    """One tile. ``level`` is ENTRIES for entries; ``width`` 1 to 256."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        suffix = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{'/'.join(groups)}{suffix}"


def read_place(path: str) -> Place:
    """The tile that a path names. Raises Refused (``bad-path``) for one written in another way."""
    found = _PATH.fullmatch(path) if len(path) < 100 else None
    if found is not None:
        level = ENTRIES if found["level"] == "entries" else int(found["level"])
        index = int(found["index"].replace("x", "").replace("/", ""))
        place = Place(level, index, int(found["width"] or WIDTH))
        if level < 64 and place.width <= WIDTH and place.path == path:
            return place
    raise Refused("bad-path", f"{ascii(path)[:80]} is no path of a tile")


def split_hashes(data: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def subtree(hashes: Sequence[bytes]) -> bytes:
    """The hash over a power of two of them."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """The hashes of the largest whole subtrees, from the left."""
    found, at, left = [], 0, len(hashes)
    while left:
        width = 1 << (left.bit_length() - 1)
        found.append(subtree(hashes[at : at + width]))
        at, left = at + width, left - width
    return found
