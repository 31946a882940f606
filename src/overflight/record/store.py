"""What lies in a bundle: a folder, or a single file that is read without being unpacked.

Nothing is followed and nothing is unpacked here. A link, a device, a name that no bundle may hold
is a problem of the bundle, told with its name; the bytes behind it are never opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from overflight.errors import DataError
from overflight.record.names import fault_of
from overflight.record.refused import Problem, Refused

MAX_FILES = 400_000
_MAX_DEPTH = 24
MAX_PATH_BYTES = 160


@dataclass(frozen=True, slots=True)
class Extent:
    """Bytes on disk: ``size`` bytes of ``file`` from ``offset``. ``whole``: all it has."""

    file: Path
    offset: int
    size: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Store:
    """The files of a bundle by their path from its top, and what of it may not be."""

    root: Path
    files: Mapping[str, Extent]
    problems: tuple[Problem, ...] = ()

    @property
    def is_folder(self) -> bool:
        return self.root.is_dir()

    def read(self, path: str, most: int) -> bytes:
        """A small file whole. Raises Refused (``missing``, ``too-large``, ``changed``)."""
        extent = self.files.get(path)
        if extent is None:
            raise Refused("missing", "the file is not there", where=path)
        if extent.size > most:
            raise Refused(
                "too-large", f"it has {extent.size} bytes; the most that is read is {most}",
                where=path,
            )  # fmt: skip
        descriptor = open_extent(extent)
        try:
            data = os.pread(descriptor, extent.size, extent.offset)
        finally:
            os.close(descriptor)
        if len(data) != extent.size:
            raise Refused("changed", "it changed while it was read", where=path)
        return data


def open_extent(extent: Extent) -> int:
    """A descriptor of the file, never through a link; nothing that could wait or act."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(extent.file, flags)
    try:
        now = os.fstat(descriptor)
        if not stat.S_ISREG(now.st_mode):
            raise Refused("special-file", "this is no plain file", where=extent.file.name)
        if extent.whole and now.st_size != extent.size:
            raise Refused("changed", "it changed while it was read", where=extent.file.name)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def open_store(path: Path) -> Store:
    """A bundle: a folder, or a tar file. Raises DataError where there is nothing of the kind, and
    Refused for an archive that is not as ``ustar`` writes it."""
    from overflight.record.ustar import read_archive

    try:
        status = path.lstat()
    except FileNotFoundError:
        raise DataError(
            "there is no such bundle", file=path, remedy="Name the bundle's folder or file."
        ) from None
    if stat.S_ISLNK(status.st_mode):
        status = path.stat()  # the user named it; what lies below is never followed
    if stat.S_ISDIR(status.st_mode):
        return _folder(path)
    if not stat.S_ISREG(status.st_mode):
        raise DataError("this is neither folder nor file", file=path, remedy="Name a bundle.")
    return Store(path, read_archive(path))


def _folder(root: Path) -> Store:
    files: dict[str, Extent] = {}
    problems: list[Problem] = []
    waiting = [("", root, 0)]
    while waiting:
        above, folder, depth = waiting.pop()
        children = 0
        with os.scandir(folder) as entries:
            for entry in entries:
                children += 1
                path = f"{above}{entry.name}"
                fault = _fault(entry, path, depth)
                if fault is not None:
                    problems.append(fault)
                elif entry.is_dir(follow_symlinks=False):
                    waiting.append((f"{path}/", Path(entry.path), depth + 1))
                else:
                    size = entry.stat(follow_symlinks=False).st_size
                    files[path] = Extent(Path(entry.path), 0, size)
                if len(files) + len(waiting) + len(problems) > MAX_FILES:
                    raise Refused(
                        "too-large", f"it holds more than {MAX_FILES} files, the most that is read"
                    )
        if not children and above:
            problems.append(
                Problem("added", "an empty folder, of which no seal knows", _say(above))
            )
    return Store(root, files, tuple(sorted(problems, key=_where)))


def _fault(entry: os.DirEntry[str], path: str, depth: int) -> Problem | None:
    if entry.is_symlink():
        return Problem("link", "a link; nothing in a bundle leads elsewhere", _say(path))
    plain = entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)
    if not plain:
        return Problem("special-file", "neither a plain file nor a folder", _say(path))
    why = path_fault(path)
    if why:
        return Problem("bad-name", f"no file of a bundle may be called so: {why}", _say(path))
    if depth >= _MAX_DEPTH:
        return Problem("bad-name", "folders are nested too deeply", _say(path))
    return None


def path_fault(path: str) -> str:
    """What is wrong with a path from the bundle's top; empty where nothing is."""
    try:
        size = len(path.encode("utf-8"))
    except UnicodeEncodeError:
        return "it is not UTF-8"
    if size > MAX_PATH_BYTES:
        return f"it has more than {MAX_PATH_BYTES} bytes"
    last = path.rsplit("/", 1)[-1]
    return fault_of(last)


def _where(problem: Problem) -> str:
    return problem.where


def _say(path: str) -> str:
    """A path as it may be shown: what cannot be seen is spelled out."""
    plain = path.encode("utf-8", "backslashreplace").decode("utf-8")
    return plain if plain.isprintable() else ascii(plain)[1:-1]
