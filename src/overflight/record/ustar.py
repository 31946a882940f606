"""A bundle as a single file: POSIX ustar, uncompressed, with one way to write each header.

Any ``tar`` unpacks it. What is read must be, to the bit, what is written here for the same names
and sizes: plain files only, in the order of their names, owner and time zero, blocks padded with
zeros, two blocks of zeros at the end and nothing after. So no header holds a choice, a link has no
place to stand, nothing expands, and every byte of the archive is accounted for.

A file in it has less than 8 GiB (the format's eleven octal digits); a folder takes larger ones.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from overflight.record.disk import write_all
from overflight.record.hashing import read_parts
from overflight.record.names import fault_of
from overflight.record.refused import Refused
from overflight.record.store import MAX_FILES, MAX_PATH_BYTES, Extent

BLOCK = 512
MAX_MEMBER_BYTES = 8**11 - 1
END = bytes(2 * BLOCK)
_ZIP_OR_PACKED = (b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd")


def header(path: str, size: int) -> bytes:
    """The block before a file. Raises Refused (``bad-name``, ``too-large``)."""
    name, prefix = _split(path)
    if not 0 <= size <= MAX_MEMBER_BYTES:
        raise Refused(
            "too-large", "a file of a single-file bundle has less than 8 GiB", where=path,
            remedy="Hand this bundle over as a folder.",
        )  # fmt: skip
    fields = (
        (name, 100), (b"0000644", 8), (b"0000000", 8), (b"0000000", 8), (b"%011o" % size, 12),
        (b"00000000000", 12), (b" " * 8, 8), (b"0", 1), (b"", 100), (b"ustar\x0000", 8),
        (b"", 32), (b"", 32), (b"0000000", 8), (b"0000000", 8), (prefix, 155), (b"", 12),
    )  # fmt: skip
    block = b"".join(value.ljust(width, b"\0") for value, width in fields)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def _split(path: str) -> tuple[bytes, bytes]:
    """Name and prefix: the path whole where it fits, else cut at the first '/' that will do."""
    raw = path.encode("utf-8")
    if len(raw) <= 100:
        return raw, b""
    for at, letter in enumerate(raw):
        if letter == ord("/") and len(raw) - at - 1 <= 100 and at <= 155:
            return raw[at + 1 :], raw[:at]
    raise Refused("bad-name", "a part of the path is too long for an archive", where=path)


def padding(size: int) -> int:
    """Zeros after a file of that size."""
    return -size % BLOCK


def read_archive(path: Path) -> Mapping[str, Extent]:
    """The files in an archive, by path. Raises Refused (``bad-archive``, ``truncated``, ``link``,
    ``special-file``, ``bad-name``, ``duplicate-name``, ``too-large``)."""
    files: dict[str, Extent] = {}
    with path.open("rb") as stream:
        total = os.fstat(stream.fileno()).st_size
        at = 0
        before = ""
        while True:
            stream.seek(at)
            block = stream.read(BLOCK)
            if len(block) < BLOCK:
                raise Refused("truncated", "the archive ends in the middle", where=path.name)
            if block == bytes(BLOCK):
                break
            name, size = _parse(block, at, path.name)
            if name in files:
                raise Refused("duplicate-name", "the archive holds it twice", where=name)
            if name.encode() < before.encode():
                raise Refused("bad-archive", "the files are not in their order", where=name)
            if len(files) >= MAX_FILES:
                raise Refused("too-large", f"it holds more than {MAX_FILES} files")
            end = at + BLOCK + size
            if end + padding(size) > total:
                raise Refused("truncated", "the archive ends in the middle", where=name)
            stream.seek(end)
            if any(stream.read(padding(size))):
                raise Refused("bad-archive", "there is something between two files", where=name)
            files[name] = Extent(path, at + BLOCK, size, whole=False)
            at, before = end + padding(size), name
        stream.seek(at)
        if stream.read(len(END) + 1) != END:
            raise Refused("bad-archive", "the archive does not end where it should")
    return files


def _parse(block: bytes, at: int, archive: str) -> tuple[str, int]:
    if at == 0 and block.startswith(_ZIP_OR_PACKED):
        raise Refused(
            "packed", "this is a packed archive; a bundle is a folder or a plain tar",
            where=archive, remedy="Ask for the bundle as 'overflight bundle pack' writes it.",
        )  # fmt: skip
    kind = block[156:157]
    try:
        name, prefix = (_text(block[a:b]) for a, b in ((0, 100), (345, 500)))
        size = int(block[124:135], 8)
    except ValueError:
        raise Refused("bad-archive", "this is no archive of a bundle", where=archive) from None
    path = f"{prefix}/{name}" if prefix else name
    shown = ascii(path)[1:-1]
    if block[257:263] == b"ustar\0" or block[257:262] == b"ustar":
        if kind in (b"1", b"2"):
            raise Refused("link", "a link; nothing in a bundle leads elsewhere", where=shown)
        if kind in (b"3", b"4", b"6", b"7", b"S", b"K", b"L", b"x", b"g"):
            raise Refused("special-file", "an entry that is no plain file", where=shown)
    why = fault_of_path(path)
    if why:
        raise Refused("bad-name", f"no file of a bundle may be called so: {why}", where=shown)
    try:
        same = header(path, size) == block
    except Refused:
        same = False
    if not same:
        raise Refused("bad-archive", "a header holds what no header here may hold", where=shown)
    return path, size


def fault_of_path(path: str) -> str:
    """What is wrong with a path from the bundle's top; empty where nothing is."""
    if len(path.encode("utf-8", "replace")) > MAX_PATH_BYTES:
        return f"it has more than {MAX_PATH_BYTES} bytes"
    parts = path.split("/")
    return next((why for part in parts if (why := fault_of(part))), "")


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8")


def write_archive(files: Mapping[str, Extent], target: int) -> None:
    """Write the files, in the order of their names, to the descriptor ``target``."""
    for path in sorted(files, key=str.encode):
        extent = files[path]
        write_all(target, header(path, extent.size))
        for part in read_parts(extent):
            write_all(target, part)
        write_all(target, bytes(padding(extent.size)))
    write_all(target, END)
