"""What a process does to a folder, operation by operation, and the disks that it may leave.

A small library is put before the C library (LD_PRELOAD) and writes down every change below a
folder, SQLite's too. From the list follows what a kill at any operation leaves (all before it),
and what a power cut may leave: of what was not flushed all, nothing, or any part.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SHIM = Path(__file__).with_suffix(".c")


@dataclass(frozen=True, slots=True)
class Done:
    """One change: create, write, truncate, flush, rename, remove, mkdir."""

    op: str
    path: str
    other: str = ""
    at: int = 0
    data: bytes = b""


def compiled(folder: Path) -> Path | None:
    """The library; None where there is no C compiler for it."""
    compiler = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
    if compiler is None or sys.platform != "linux":
        return None
    library = folder / "shim.so"
    made = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-w", "-o", library, SHIM, "-ldl", "-lpthread"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return library


def traced(library: Path, root: Path, code: str, *arguments: str) -> list[Done]:
    """What a Python child that runs ``code`` does below ``root``, in order."""
    file = library.with_suffix(f".{os.urandom(4).hex()}.trace")
    environment = os.environ | {
        "LD_PRELOAD": str(library), "TRACE_FILE": str(file), "TRACE_ROOT": str(root),
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return list(_read(file.read_bytes(), str(root)))


def _read(data: bytes, root: str) -> Iterator[Done]:
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        op, path, other, offset, size = data[at:end].decode().split("\t")
        at = end + 1 + int(size)
        yield Done(op, path[len(root) + 1 :], other[len(root) + 1 :], int(offset),
                   data[end + 1 : at])  # fmt: skip


@dataclass
class File:
    """A file of the model: what a reader sees, what is safe, what was written since."""

    now: bytearray = field(default_factory=bytearray)
    safe: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)


class Disk:
    """A model of a folder on a disk. ``names`` maps paths to files (None: a folder)."""

    def __init__(self, root: Path) -> None:
        self.names: dict[str, File | None] = {}
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            data = path.read_bytes() if path.is_file() else b""
            self.names[name] = File(bytearray(data), data) if path.is_file() else None
        self.safe = dict(self.names)
        self.changes: list[Callable[[dict[str, File | None]], object]] = []
        self.of: list[frozenset[str]] = []

    def apply(self, done: Done) -> None:
        op, path = done.op, done.path
        if op == "write":
            file = self._file(path)
            if len(file.now) < done.at:
                file.now.extend(bytes(done.at - len(file.now)))
            file.now[done.at : done.at + len(done.data)] = done.data
            file.since.append((done.at, done.data))
        elif op == "truncate":
            file = self._file(path)
            del file.now[done.at :]
            file.now.extend(bytes(done.at - len(file.now)))
            file.since.append((done.at, None))
        elif op == "flush":
            self._flush(path)
        else:
            self._rename(done)

    def _file(self, path: str) -> File:
        file = self.names[path]
        assert file is not None
        return file

    def _flush(self, path: str) -> None:
        file = self.names.get(path) if path else None
        if file is not None:
            file.safe, file.since = bytes(file.now), []
            return
        rest, touched = [], []
        for change, folders in zip(self.changes, self.of, strict=True):
            if path in folders:
                change(self.safe)
            else:
                rest.append(change)
                touched.append(folders)
        self.changes, self.of = rest, touched

    def _rename(self, done: Done) -> None:
        path, other = done.path, done.other
        if done.op == "create":
            change = _setter(path, File())
        elif done.op == "mkdir":
            change = _setter(path, None)
        elif done.op == "remove":
            change = _remover(path)
        else:
            change = _mover(path, other, self.names)
        change(self.names)
        self.changes.append(change)
        self.of.append(frozenset(_above(p) for p in (path, other) if p))

    def killed(self, target: Path) -> Path:
        """What is left where the process was killed: everything done so far."""
        return _write(target, self.names, lambda file: bytes(file.now))

    def cut(self, target: Path, *, names: str, contents: str, chance: random.Random) -> Path:
        """What may be left where the power went: of what was not flushed "all", "none" or "some"
        (of changes of names a first part; of contents any writes, and of one of them a part)."""
        count = {"all": len(self.changes), "none": 0}.get(
            names, chance.randint(0, len(self.changes))
        )
        left = dict(self.safe)
        for change in self.changes[:count]:
            change(left)

        def content(file: File) -> bytes:
            if contents == "all":
                return bytes(file.now)
            if contents == "none" or not file.since:
                return file.safe
            found = bytearray(file.safe)
            for at, data in file.since:
                if chance.random() < 0.5:
                    continue
                if data is None:
                    del found[at:]
                    found.extend(bytes(at - len(found)))
                    continue
                sectors = chance.randint(1, len(data) // 512 + 1) * 512
                part = data if chance.random() < 0.7 else data[:sectors]
                found.extend(bytes(max(0, at - len(found))))
                found[at : at + len(part)] = part
            return bytes(found)

        return _write(target, left, content)


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def _setter(path: str, file: File | None) -> Callable[[dict[str, File | None]], object]:
    def change(names: dict[str, File | None]) -> None:
        names[path] = file

    return change


def _remover(path: str) -> Callable[[dict[str, File | None]], object]:
    return lambda names: names.pop(path, None)


def _mover(
    path: str, other: str, now: dict[str, File | None]
) -> Callable[[dict[str, File | None]], object]:
    """A rename, of a folder with all that is in it."""
    file, below = now[path], {n: f for n, f in now.items() if n.startswith(f"{path}/")}

    def change(names: dict[str, File | None]) -> None:
        names.pop(path, None)
        names[other] = file
        if file is None:
            for name, one in below.items():
                if names.pop(name, one) is not None or one is not None:
                    names[other + name[len(path) :]] = one

    return change


def _write(
    target: Path, names: dict[str, File | None], content: Callable[[File], bytes]
) -> Path:  # fmt: skip
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name, file in sorted(names.items()):
        place = target / name
        if not place.parent.is_dir():
            continue  # a name in a folder that is not there
        if file is None:
            place.mkdir(exist_ok=True)
        elif not place.is_dir():
            place.write_bytes(content(file))
    return target


def points(count: int, wanted: int) -> Sequence[int]:
    """About ``wanted`` places among ``count``, spread evenly, the last one too."""
    step = max(1, count // wanted)
    return [*range(0, count, step), count]
