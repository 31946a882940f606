"""The smallest pictures, byte by byte after TIFF 6.0, PNG and JPEG, with room for a guest."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

ASCII, SHORT, LONG, UNDEFINED = 2, 3, 4, 7


def tiff(
    pixels: bytes = b"\x7f",
    texts: Mapping[int, bytes] | None = None,
    *,
    big: bool = False,
    order: str = "<",
    between: bytes = b"",
    after: bytes = b"",
    follow: int = 0,
) -> bytes:
    """A grey picture of one row. ``texts``: tag -> bytes that it holds; ``between``: after the
    pixels, before the directory; ``after``: at the end; ``follow``: where the next directory is
    said to be."""
    width, place = (8, "Q") if big else (4, "I")
    first = 16 if big else 8
    body = pixels + between
    body += bytes(-len(body) % 2)
    rows: list[tuple[int, int, int, bytes | int]] = [
        (256, LONG, 1, len(pixels)), (257, LONG, 1, 1), (258, SHORT, 1, 8), (259, SHORT, 1, 1),
        (262, SHORT, 1, 1), (273, LONG, 1, first), (278, LONG, 1, 1), (279, LONG, 1, len(pixels)),
    ]  # fmt: skip
    rows += [(tag, UNDEFINED, len(data), data) for tag, data in (texts or {}).items()]
    at = first + len(body)
    head = struct.pack(order + ("Q" if big else "H"), len(rows))
    values = at + len(head) + len(rows) * (20 if big else 12) + width
    entries, tail = b"", b""
    for tag, kind, count, value in sorted(rows):
        entries += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, count)
        if isinstance(value, int):
            code = "H" if kind == SHORT else "I"
            entries += struct.pack(order + code, value).ljust(width, b"\0")
        elif len(value) <= width:
            entries += value.ljust(width, b"\0")
        else:
            entries += struct.pack(order + place, values + len(tail))
            tail += value + bytes(len(value) % 2)
    mark = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    mark += struct.pack(order + "HHQ", 8, 0, at) if big else struct.pack(order + "I", at)
    return mark + body + head + entries + struct.pack(order + place, follow) + tail + after


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: tuple[bytes, bytes], after: bytes = b"") -> bytes:
    """A grey picture of one pixel with these chunks before its pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\x7f"))
    more = b"".join(chunk(kind, data) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + head + more + pixels + chunk(b"IEND", b"") + after


def jpeg(
    *segments: tuple[int, bytes], after: bytes = b"", scan: bytes = b"\x12\xff\x00\x34"
) -> bytes:
    """The frame of a JPEG, whose scan nobody decodes here."""
    more = b"".join(
        bytes([0xFF, mark]) + struct.pack(">H", len(data) + 2) + data for mark, data in segments
    )
    return b"\xff\xd8" + more + b"\xff\xda\x00\x02" + scan + b"\xff\xd9" + after
