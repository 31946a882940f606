"""TIFF directories as bytes (TIFF 6.0, section 2; BigTIFF as libtiff writes it), little-endian.

A directory's size depends on its tags alone, not on the offsets in it: so all directories can be
laid out first and go to the front of the file, where a reader over a network finds them at once.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ASCII, SHORT, LONG, DOUBLE, LONG8 = 2, 3, 4, 12, 16
_SIZES = {ASCII: 1, SHORT: 2, LONG: 4, DOUBLE: 8, LONG8: 8}
_CODES = {SHORT: "H", LONG: "I", DOUBLE: "d", LONG8: "Q"}

Values = str | Sequence[int] | Sequence[float]


@dataclass(frozen=True, slots=True)
class Tag:
    """One field of a directory: its number, type and values."""

    code: int
    type: int
    values: Values

    @property
    def count(self) -> int:
        if isinstance(self.values, str):
            return len(self.values.encode("utf-8")) + 1
        return len(self.values)

    def data(self) -> bytes:
        if isinstance(self.values, str):
            return self.values.encode("utf-8") + b"\0"
        return struct.pack(f"<{len(self.values)}{_CODES[self.type]}", *self.values)

    @property
    def bytes(self) -> int:
        return self.count * _SIZES[self.type]


@dataclass(frozen=True, slots=True)
class Form:
    """Classic TIFF, with offsets of 4 bytes, or BigTIFF, with 8."""

    big: bool

    @property
    def header_bytes(self) -> int:
        return 16 if self.big else 8

    @property
    def offset_type(self) -> int:
        return LONG8 if self.big else LONG

    @property
    def _inline(self) -> int:
        return 8 if self.big else 4

    def header(self, first: int) -> bytes:
        if self.big:
            return b"II" + struct.pack("<HHHQ", 43, 8, 0, first)
        return b"II" + struct.pack("<HI", 42, first)

    def size(self, tags: Sequence[Tag]) -> int:
        """Bytes of a directory with the values that do not fit into its entries."""
        entry, frame = (20, 16) if self.big else (12, 6)
        outside = sum(_even(tag.bytes) for tag in tags if tag.bytes > self._inline)
        return _even(frame + entry * len(tags)) + outside

    def directory(self, tags: Sequence[Tag], at: int, following: int) -> bytes:
        """The bytes of a directory that stands at ``at`` with the next one at ``following``."""
        ordered = sorted(tags, key=lambda tag: tag.code)
        entry, frame = (20, 16) if self.big else (12, 6)
        outside_at = at + _even(frame + entry * len(ordered))
        entries, outside = [], []
        for tag in ordered:
            data = tag.data()
            if len(data) <= self._inline:
                value = data.ljust(self._inline, b"\0")
            else:
                value = struct.pack("<Q" if self.big else "<I", outside_at)
                data = data.ljust(_even(len(data)), b"\0")
                outside.append(data)
                outside_at += len(data)
            head = "<HHQ" if self.big else "<HHI"
            entries.append(struct.pack(head, tag.code, tag.type, tag.count) + value)
        count = struct.pack("<Q" if self.big else "<H", len(ordered))
        after = struct.pack("<Q" if self.big else "<I", following)
        body = count + b"".join(entries) + after
        return body.ljust(_even(len(body)), b"\0") + b"".join(outside)


def laid_out(form: Form, directories: Sequence[Sequence[Tag]], start: int) -> list[int]:
    """Where each directory begins, the first at ``start``; and at the end, where data may."""
    places = [start]
    for tags in directories:
        places.append(places[-1] + form.size(tags))
    return places


def with_places(
    tags: Sequence[Tag], form: Form, offsets: Sequence[int], counts: Sequence[int]
) -> list[Tag]:
    """Tags with where the tiles are (324) and how long (325)."""
    return [*tags, Tag(324, form.offset_type, offsets), Tag(325, LONG, counts)]


def _even(size: int) -> int:
    return size + (size & 1)


def escaped(items: Mapping[str, str]) -> str:
    """GDAL's metadata tag: XML with one item a name (tag 42112).

    GDAL escapes a text before it puts it into XML, which escapes it again, and reads it so.
    """
    from xml.sax.saxutils import escape, quoteattr

    lines = [
        f"  <Item name={quoteattr(k)}>{escape(escape(v))}</Item>" for k, v in sorted(items.items())
    ]
    return "\n".join(["<GDALMetadata>", *lines, "</GDALMetadata>"])
