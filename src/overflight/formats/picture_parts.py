"""What of a picture is no picture: texts in its tags, and bytes that no tag accounts for.

TIFF 6.0, BigTIFF and GeoTIFF (classic and Cloud Optimized), PNG (ISO/IEC 15948), JPEG (ITU-T T.81).
Nothing is decoded. What is looked at is read by place and length, within bounds; a file that leads
beyond its end, or in a circle, is called odd and not followed.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

MAX_DIRECTORIES = 4096
MAX_TEXT_BYTES = 4 * 1024 * 1024
_MAX_TAGS = 65_536
_MAX_PARTS = 4_000_000
_SLACK = 16
"""Bytes between two parts that writers leave: padding, a tile's size before and after it."""
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
          16: 8, 17: 8, 18: 8}  # fmt: skip
_NUMBERS = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_DATA = {273: 279, 324: 325, 513: 514, 288: 289}
"""Tags with places of pixels -> the tag with their lengths."""
_BELOW = (330, 34665, 34853, 40965)
"""Tags that lead to further directories: SubIFDs, EXIF, GPS, interoperability."""
_KNOWN = frozenset((
    *range(254, 267), *range(269, 275), *range(277, 298), 301, *range(305, 307),
    *range(315, 326), *range(330, 333), *range(336, 344), 347, *range(512, 522), *range(529, 533),
    700, *range(33432, 33435), 33437, 33550, 33723, 33922, 34264, 34377, *range(34665, 34666),
    34675, *range(34735, 34738), 34850, 34852, 34853, 34855, 34864, *range(36864, 36869),
    *range(37121, 37123), *range(37377, 37398), 37500, 37510, *range(37520, 37523),
    *range(40960, 40966), 41483, *range(41486, 41489), *range(41492, 41496), 41728, 41729, 41730,
    *range(41985, 41997), 42016, *range(42032, 42038), 42112, 42113, *range(50706, 50742), 50844,
    50909, *range(32),
))  # fmt: skip
"""TIFF 6.0, EXIF 2.32, GPS, GeoTIFF, DNG and GDAL; what is not among them can be anything."""
_LONG_TEXT = 64 * 1024


@dataclass(slots=True)
class Parts:
    """``texts``: (where, bytes) of all that is neither pixels nor structure. ``odd``: what a person
    has to look at, in words."""

    texts: list[tuple[str, bytes]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    held: int = 0

    def say(self, words: str) -> None:
        if words not in self.odd:
            self.odd.append(words)

    def add(self, where: str, data: bytes) -> None:
        self.texts.append((where, data))


def parts_of(stream: BinaryIO, size: int) -> Parts:
    """What of the picture in ``stream``, of ``size`` bytes, is no picture."""
    head = _read(stream, 0, 16)
    found = Parts()
    try:
        if head[:2] in (b"II", b"MM"):
            _tiff(stream, size, head, found)
        elif head.startswith(b"\x89PNG"):
            _png(stream, size, found)
        elif head.startswith(b"\xff\xd8"):
            _jpeg(stream, size, found)
    except (struct.error, _Astray):
        found.say("it leads beyond its end, or in a circle")
    return found


_FARTHEST = 2**62


class _Astray(Exception):
    pass


def _read(stream: BinaryIO, at: int, size: int) -> bytes:
    if at > _FARTHEST:
        raise _Astray
    stream.seek(at)
    return stream.read(size)


def _exactly(stream: BinaryIO, at: int, size: int) -> bytes:
    data = _read(stream, at, size)
    if len(data) != size:
        raise _Astray
    return data


def _text(stream: BinaryIO, at: int, size: int, where: str, found: Parts) -> None:
    found.held += size
    if found.held > MAX_TEXT_BYTES:
        found.say("it holds more beside its pixels than is looked into")
        return
    found.add(where, _exactly(stream, at, size))


# --- TIFF


@dataclass(slots=True)
class _Form:
    """How a TIFF writes: byte order, bytes of a place, of a directory's count, of an entry."""

    order: str
    big: bool

    @property
    def place(self) -> str:
        return self.order + ("Q" if self.big else "I")

    @property
    def count(self) -> str:
        return self.order + ("Q" if self.big else "H")

    @property
    def entry(self) -> str:
        return self.order + ("HHQ" if self.big else "HHI")

    @property
    def width(self) -> int:
        return 8 if self.big else 4


def _tiff(stream: BinaryIO, size: int, head: bytes, found: Parts) -> None:
    order = "<" if head[:2] == b"II" else ">"
    form = _Form(order, struct.unpack(order + "H", head[2:4])[0] == 43)
    start = struct.unpack_from(form.place, head, 8 if form.big else 4)[0]
    claimed: list[tuple[int, int]] = [(0, 16 if form.big else 8)]
    waiting, seen = [start], set[int]()
    while waiting:
        at = waiting.pop()
        if at == 0:
            continue
        if at in seen or len(seen) >= MAX_DIRECTORIES:
            raise _Astray
        seen.add(at)
        waiting += _directory(stream, at, form, claimed, found)
    _unclaimed(stream, size, claimed, found)


def _directory(
    stream: BinaryIO, at: int, form: _Form, claimed: list[tuple[int, int]], found: Parts
) -> list[int]:
    """Look at one directory; the places of those that follow."""
    wide = struct.calcsize(form.count)
    count = struct.unpack(form.count, _exactly(stream, at, wide))[0]
    if count > _MAX_TAGS:
        raise _Astray
    each = struct.calcsize(form.entry) + form.width
    block = _exactly(stream, at + wide, count * each + form.width)
    claimed.append((at, at + wide + len(block)))
    following = [struct.unpack_from(form.place, block, count * each)[0]]
    numbers: dict[int, list[int]] = {}
    for start in range(0, count * each, each):
        tag, kind, many = struct.unpack_from(form.entry, block, start)
        size = _SIZES.get(kind, 0) * many
        inside = start + each - form.width
        if not size and many:
            found.say(f"its tag {tag} is of a type that is not known")
            continue
        place = at + wide + inside
        if size > form.width:
            place = struct.unpack_from(form.place, block, inside)[0]
            claimed.append((place, place + size))
        if tag in _DATA or tag in _DATA.values() or tag in _BELOW:
            numbers[tag] = _numbers(stream, place, kind, many, form)
        elif kind in (1, 2, 6, 7) and size > form.width:
            _text(stream, place, size, f"tag {tag}", found)
            if size > _LONG_TEXT and tag not in (347, 34675):
                found.say(f"its tag {tag} holds {size} bytes")
        if tag not in _KNOWN:
            found.say(f"its tag {tag} is not known")
            if kind not in (1, 2, 6, 7) and size > form.width:
                _text(stream, place, size, f"tag {tag}", found)
    for tag, lengths in _DATA.items():
        pairs = zip(numbers.get(tag, ()), numbers.get(lengths, ()), strict=False)
        claimed += [(place, place + size) for place, size in pairs if size]
    if len(claimed) > _MAX_PARTS:
        raise _Astray
    return following + [place for tag in _BELOW for place in numbers.get(tag, ())]


def _numbers(stream: BinaryIO, at: int, kind: int, many: int, form: _Form) -> list[int]:
    code = _NUMBERS.get(kind)
    if code is None or many > _MAX_PARTS:
        raise _Astray
    data = _exactly(stream, at, many * struct.calcsize(form.order + code))
    return list(struct.unpack(f"{form.order}{many}{code}", data))


def _unclaimed(
    stream: BinaryIO, size: int, claimed: list[tuple[int, int]], found: Parts
) -> None:  # fmt: skip
    """What lies between the parts and after the last one."""
    end = 0
    for start, stop in [*sorted(claimed), (size, size)]:
        if stop > size:
            raise _Astray
        if start - end > _SLACK:
            _gap(stream, end, start - end, AFTER if start == size else BETWEEN, found)
        end = max(end, stop)


def _gap(stream: BinaryIO, at: int, size: int, where: str, found: Parts) -> None:
    """Bytes that no tag knows of. Writers that change a file leave old directories between its
    parts, so there only texts and what is packed are odd; after the last part, everything is."""
    held = len(found.texts)
    _text(stream, at, size, where, found)
    data = found.texts[-1][1] if len(found.texts) > held else _UNREAD
    packed = [place.start() for place in _GUESTS.finditer(data)][:_MOST_GUESTS]
    found.texts += [(where, data[start:]) for start in packed if start]
    last = where == AFTER and data.strip(b"\0")
    if last or packed or _PLAIN_TEXT.search(data.removeprefix(_GHOST)):
        found.say(f"{size} bytes lie {where}, of which it does not know")


_UNREAD = b"?" * 256
_GHOST = b"GDAL_STRUCTURAL_METADATA_SIZE="
_GUESTS = re.compile(
    rb"PK\x03\x04|\x1f\x8b\x08|BZh[1-9]1AY|\xfd7zXZ\0|7z\xbc\xaf\x27|\x28\xb5\x2f\xfd|Rar!|%PDF-"
)
_MOST_GUESTS = 8
_PLAIN_TEXT = re.compile(rb"[\t\n\r -~]{200,}")
AFTER, BETWEEN = "after its last part", "between its parts"


# --- PNG and JPEG


_PNG_PLAIN = frozenset((
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"cICP",
    b"bKGD", b"hIST", b"pHYs", b"tIME", b"acTL", b"fcTL", b"fdAT",
))  # fmt: skip
_PNG_TEXT = frozenset((b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"sPLT"))


def _png(stream: BinaryIO, size: int, found: Parts) -> None:
    at = 8
    while at < size:
        length, kind = struct.unpack(">I4s", _exactly(stream, at, 8))
        end = at + 12 + length
        if end > size:
            raise _Astray
        if kind not in _PNG_PLAIN:
            _text(stream, at + 8, length, f"chunk {ascii(kind)[2:-1]}", found)
            _packed_text(kind, found)
            if kind not in _PNG_TEXT:
                found.say(f"its chunk {ascii(kind)[2:-1]} is not known")
        at = end
        if kind == b"IEND":
            break
    if at < size:
        _gap(stream, at, size - at, AFTER, found)


def _packed_text(kind: bytes, found: Parts) -> None:
    """The zlib stream in a chunk of compressed text, to be looked into."""
    if kind in (b"zTXt", b"iTXt", b"iCCP"):
        where, data = found.texts[-1]
        found.texts += [(where, data[at:]) for at in _streams(data)]


def _streams(data: bytes) -> Iterator[int]:
    """Where a zlib stream can begin: after a zero byte and, in some chunks, a few more."""
    for at in range(min(len(data) - 2, 400)):
        if data[at] == 0x78 and data[at + 1] in (0x01, 0x5E, 0x9C, 0xDA):
            yield at


_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _jpeg(stream: BinaryIO, size: int, found: Parts) -> None:
    at = 2
    while True:
        mark = _exactly(stream, at, 2)
        if mark[0] != 0xFF:
            raise _Astray
        if mark[1] == 0xD9:
            break
        if mark[1] == 0xFF:
            at += 1
            continue
        length = struct.unpack(">H", _exactly(stream, at + 2, 2))[0]
        if length < 2:
            raise _Astray
        if 0xE0 <= mark[1] <= 0xEF or mark[1] == 0xFE:
            _text(stream, at + 4, length - 2, f"segment {mark[1]:02X}", found)
        at += 2 + length
        if mark[1] == 0xDA:
            at = _after_scan(stream, at)
    if at + 2 < size:
        _gap(stream, at + 2, size - at - 2, AFTER, found)


def _after_scan(stream: BinaryIO, at: int) -> int:
    """Where the next marker stands: in a scan, 0xFF is followed by 0 or by a restart's number."""
    while len(part := _read(stream, at, 1 << 20)) > 1:
        place = _MARKER.search(part)
        if place:
            return at + place.start()
        at += len(part) - 1
    raise _Astray
