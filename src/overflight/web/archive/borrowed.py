"""Copies of objects that lie elsewhere, for as long as there is room for them."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

from overflight.archive.keeping.objects import Objects
from overflight.errors import OverflightError

MOST_BYTES = 4 * 1024**3


class TooMuchError(OverflightError):
    """More than the server takes upon itself for one answer."""

    http_status = 422


class Borrowed:
    """Objects as files. Those of this machine lie where they are; of others there are copies in a
    folder of at most ``most`` bytes, of which those longest unused go first. Use from any number of
    threads; who has a file open keeps it open when it goes."""

    def __init__(self, objects: Objects, most: int = MOST_BYTES) -> None:
        self._objects, self._most = objects, most
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._copies: OrderedDict[str, int] = OrderedDict()

    def close(self) -> None:
        """Take the copies away."""
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
            self._copies.clear()

    def file(self, sha256: str) -> Path:
        """The object as a file. TooMuchError where there is no room for it, ever. One is fetched
        at a time: a copy is there whole or not at all."""
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="overflight-"))
            size = self._objects.size(sha256) or 0
            if sha256 not in self._copies and size > self._most and not self._here():
                raise TooMuchError(
                    "the picture is too large to be fetched for this", remedy="Take its file."
                )
            try:
                path = self._objects.local(sha256, self._folder)
            except BaseException:
                (self._folder / sha256).unlink(missing_ok=True)
                raise
            if path.parent == self._folder:
                self._copies[sha256] = size
                self._copies.move_to_end(sha256)
                self._make_room()
            return path

    def _here(self) -> bool:
        from overflight.archive.keeping.objects import FolderObjects

        return isinstance(self._objects, FolderObjects)

    def _make_room(self) -> None:
        assert self._folder is not None
        while sum(self._copies.values()) > self._most and len(self._copies) > 1:
            oldest, _ = self._copies.popitem(last=False)
            (self._folder / oldest).unlink(missing_ok=True)
