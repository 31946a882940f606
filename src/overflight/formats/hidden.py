"""What is packed or encoded in a file: one layer after another taken off, within bounds.

    base64 in a text, JSON in a text of a JSON document
    zip, gzip, zlib, bzip2, xz; names and bytes of what is in a zip or a tar

Only so much is looked into: MAX_BYTES in all, MAX_DEPTH layers. What cannot be opened (a password,
a form not known here) says so, and is for a person to look through.
"""

from __future__ import annotations

import base64
import bz2
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator

from overflight.formats.sealable import refuse_name, refuse_text

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 4
_MOST_MEMBERS = 10_000
_PART = 1 << 20
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{32,}(?:\s{1,3}[A-Za-z0-9+/_-]+)*={0,2}")
_TAR = b"ustar"
ZIP, GZIP, BZIP2, XZ = b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0"
PACKED = (ZIP, GZIP, BZIP2, XZ, b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd", b"Rar!")
_OPENERS: tuple[tuple[bytes, Callable[[], object]], ...] = (
    (GZIP, lambda: zlib.decompressobj(31)),
    (BZIP2, bz2.BZ2Decompressor),
    (XZ, lzma.LZMADecompressor),
    (b"\x78\x01", zlib.decompressobj),
    (b"\x78\x5e", zlib.decompressobj),
    (b"\x78\x9c", zlib.decompressobj),
    (b"\x78\xda", zlib.decompressobj),
)


class Search:
    """A look into bytes, layer by layer. ``closed`` says what could not be opened."""

    def __init__(self, where: str) -> None:
        self.where, self.left = where, MAX_BYTES
        self.closed: list[str] = []

    def into(self, data: bytes, depth: int = 0) -> None:
        """Raise DataError where something in ``data`` stays at home."""
        refuse_text(data, self.where)
        if depth >= MAX_DEPTH:
            return
        for inner in self._layers(data):
            self.left -= len(inner)
            if self.left < 0:
                self._close("more than is looked into")
                return
            self.into(inner, depth + 1)

    def _layers(self, data: bytes) -> Iterator[bytes]:
        if data.startswith(ZIP):
            yield from self._zip(data)
        elif data[257:262] == _TAR:
            yield from self._tar(data)
        elif data.startswith(PACKED) or data[:2] in _ZLIB:
            yield from self._stream(data)
        else:
            for found in _BASE64.finditer(data):
                yield from _decoded(found[0])

    def _stream(self, data: bytes) -> Iterator[bytes]:
        for magic, opener in _OPENERS:
            if data.startswith(magic):
                made: object = opener()
                try:
                    yield made.decompress(data, self.left + 1)  # type: ignore[attr-defined]
                    yield made.unused_data  # type: ignore[attr-defined]
                except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError):
                    if data.startswith(PACKED):  # two bytes of zlib can be anything
                        self._close("packed data that does not open")
                return
        self._close("packed data of a form that is not looked into")

    def _zip(self, data: bytes) -> Iterator[bytes]:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                for member in packed.infolist()[:_MOST_MEMBERS]:
                    _check(member.filename)
                    with packed.open(member) as stream:
                        yield stream.read(self.left + 1)
                if len(packed.infolist()) > _MOST_MEMBERS:
                    self._close("more files than are looked into")
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError,
                zlib.error, lzma.LZMAError, ValueError):  # fmt: skip
            self._close("a packed archive that does not open")

    def _tar(self, data: bytes) -> Iterator[bytes]:
        try:
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
                for number, member in enumerate(archive):
                    if number >= _MOST_MEMBERS:
                        self._close("more files than are looked into")
                        return
                    _check(member.name)
                    stream = archive.extractfile(member) if member.isreg() else None
                    if stream is not None:
                        yield stream.read(self.left + 1)
        except (tarfile.TarError, OSError, EOFError, ValueError):
            self._close("an archive that does not open")

    def _close(self, what: str) -> None:
        if what not in self.closed:
            self.closed.append(what)


_ZLIB = tuple(magic for magic, _ in _OPENERS if magic.startswith(b"\x78"))


def _check(name: str) -> None:
    for part in name.split("/"):
        refuse_name(part)


def _decoded(text: bytes) -> Iterator[bytes]:
    plain = re.sub(rb"\s", b"", text).rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        yield base64.b64decode(plain + b"=" * (-len(plain) % 4))
    except ValueError:
        return


def is_packed(head: bytes) -> bool:
    """Whether a file that begins so is packed, or an archive."""
    return head.startswith(PACKED) or head[257:262] == _TAR
