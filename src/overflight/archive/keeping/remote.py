"""Objects in an object store: S3 and what speaks like it, Azure, Google; a folder or memory too.

A store makes an object be there whole or not at all. Before a file goes up it is copied and
digested here, so that what is there under a digest has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from overflight.archive.keeping.objects import Told, copy_as, lacking
from overflight.errors import DataError
from overflight.record.hashing import READ_BYTES
from overflight.record.store import Extent

_AT_ONCE = 8


class RemoteObjects:
    """Objects behind a URL. ``store``: one of obstore's, instead of the one that the URL names."""

    def __init__(self, url: str, store: Any = None) -> None:
        self.url = url
        self._store = _open(url) if store is None else store

    def size(self, sha256: str) -> int | None:
        try:
            with _spoken(self.url):
                return int(self._store.head(_path(sha256))["size"])
        except FileNotFoundError:
            return None

    def put(self, wanted: Mapping[str, Extent], incoming: Path, told: Told | None = None) -> int:
        def one(row: tuple[str, Extent]) -> int:
            sha256, extent = row
            if self.size(sha256) == extent.size and self._sound(sha256):
                return 0
            file = incoming / sha256
            copy_as(sha256, extent, file, told)
            with _spoken(self.url):
                self._store.put(_path(sha256), file)
            file.unlink()
            if self.size(sha256) != extent.size:
                raise DataError(
                    f"the object {sha256} is not there after it was put", file=self.url,
                    remedy="Look at the object store; then take the bundle in again.",
                )  # fmt: skip
            return extent.size

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return sum(pool.map(one, wanted.items()))

    def _sound(self, sha256: str) -> bool:
        try:
            return self.digest(sha256) == sha256
        except DataError:
            return False

    def parts(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        size = self.size(sha256)
        if size is None:
            raise lacking(sha256)
        end = size if length is None else min(size, start + length)
        while start < end:
            with _spoken(self.url):
                stop = min(end, start + 8 * READ_BYTES)
                part = bytes(self._store.get_range(_path(sha256), start=start, end=stop))
            yield part
            start = stop

    def digest(self, sha256: str, told: Told | None = None) -> str:
        import hashlib

        found = hashlib.sha256()
        for part in self.parts(sha256):
            found.update(part)
            if told is not None:
                told(len(part))
        return found.hexdigest()

    def local(self, sha256: str, folder: Path) -> Path:
        file = folder / sha256
        if not file.exists():
            with file.open("xb") as stream:
                for part in self.parts(sha256):
                    stream.write(part)
        return file

    def listing(self) -> Iterator[tuple[str, int]]:
        with _spoken(self.url):
            for batch in self._store.list():
                for one in batch:
                    name = str(one["path"]).rsplit("/", 1)[-1]
                    if _path(name) == one["path"] and len(name) == 64:
                        yield name, int(one["size"])

    def remove(self, digests: Iterable[str]) -> None:
        for sha256 in digests:
            with _spoken(self.url):
                self._store.delete(_path(sha256))


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _open(url: str) -> Any:
    try:
        from obstore.store import from_url
    except ImportError:
        raise DataError(
            "an object store needs the package obstore, which is not installed", file=url,
            remedy="Install it: pip install 'overflight[store]'.",
        ) from None  # fmt: skip
    with _spoken(url):
        if url.startswith("file://"):
            return from_url(url, mkdir=True)
        return from_url(url)


@contextmanager
def _spoken(url: str) -> Iterator[None]:
    """What the store says, in words and with a remedy."""
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:
        if not type(error).__module__.startswith("obstore") and not isinstance(error, OSError):
            raise
        first = str(error).strip().split("\n", 1)[0][:300]
        raise DataError(
            f"the object store does not do it: {first}", file=url,
            remedy="Check the address, the rights (AWS_ACCESS_KEY_ID, ...) and the network.",
        ) from error  # fmt: skip
