"""A log that is killed at a chosen change of the disk, and what must be left of it.

A child process does the work and ends itself (SIGKILL) right before, in the midst of, or right
after its n-th change of the disk. It says through a pipe what it was told is logged.
"""

from __future__ import annotations

import os
import signal
import struct
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from logkeeping import NOW, ORIGIN, entries, tree_over
from overflight.record.keys import PrivateKey
from overflight.record.log.comparing import view_of
from overflight.record.log.keeping import Log, read_last
from overflight.record.log.reading import TileFolder, tiled_tree
from overflight.record.log.trust import Trust
from overflight.record.log.verdict import check

CHANGES = (
    "open", "write", "pwrite", "fsync", "rename", "replace", "mkdir", "rmdir", "unlink", "truncate",
    "ftruncate",
)  # fmt: skip
WHEN = ("before", "amid", "after")


def work(folder: Path, key: PrivateKey, batches: Sequence[int], said: int) -> None:
    """Append the batches, sign after each negative one (whose size it is otherwise); say each."""
    with Log(folder) as log:
        for count in batches:
            if count:
                log.append(entries(log.size, count))
            else:
                log.checkpoint(key)
            os.write(said, struct.pack(">II", log.size, 0 if count else log.size))


def killed(folder: Path, key: PrivateKey, batches: Sequence[int], stop: int, when: str) -> Any:
    """(whether it was killed, entries acknowledged, size last signed) of a child that does so."""
    dead, heard = killed_at(stop, when, lambda said: work(folder, key, batches, said))
    told = list(struct.iter_unpack(">II", heard))
    acknowledged = max((size for size, _ in told), default=0)
    return dead, acknowledged, max((size for _, size in told), default=0)


def killed_at(stop: int, when: str, act: Callable[[int], object]) -> tuple[bool, bytes]:
    """Whether a child that acts was killed, and what it had said by then (through a descriptor)."""
    hear, say = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of other tests
        child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(hear)
            _stop_at(stop, when, say)
            act(say)
            status = 0
        finally:
            os._exit(status)
    os.close(say)
    heard = b""
    while part := os.read(hear, 4096):
        heard += part
    os.close(hear)
    _, how = os.waitpid(child, 0)
    assert os.WIFSIGNALED(how) or os.waitstatus_to_exitcode(how) == 0
    return os.WIFSIGNALED(how), heard


def _stop_at(stop: int, when: str, exempt: int) -> None:
    """Patch os so that the n-th change of the disk is the last thing that this process does."""
    count = [0]

    def patch(name: str, real: Callable[..., Any]) -> None:
        def patched(*args: Any, **words: Any) -> Any:
            if name == "open" and not (len(args) > 1 and args[1] & os.O_CREAT):
                return real(*args, **words)
            if name == "write" and args[0] == exempt:
                return real(*args, **words)
            count[0] += 1
            if count[0] != stop:
                return real(*args, **words)
            if when == "amid" and name in ("write", "pwrite"):
                real(args[0], bytes(args[1])[: len(args[1]) // 2], *args[2:])
            elif when == "after":
                with suppress(OSError):  # refused, and so no change: then it is like before it
                    real(*args, **words)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        setattr(os, name, patched)

    for name in CHANGES:
        patch(name, getattr(os, name))


def must_stand(
    folder: Path, key: PrivateKey, trust: Trust, sizes: Sequence[int], acknowledged: int,
    signed: int,
) -> int:  # fmt: skip
    """Hold what is left against what was acknowledged, go on with it, hold it again; its size."""
    last = read_last(folder)
    at = 0 if last is None else last.checkpoint.size
    assert at >= signed
    if at:
        assert check(folder, trust, NOW).problems == ()
    with Log(folder) as log:
        size = log.size
        assert size in sizes
        assert size >= max(acknowledged, at)
        assert log.root() == tree_over(size).root()
        log.append(entries(size, 3))
        log.checkpoint(key)
    view = view_of(folder)
    found = check(folder, trust, NOW, before=last)
    assert (found.verdict, found.size, found.origin) == ("intact", size + 3, ORIGIN)
    tree = tiled_tree(TileFolder(folder), size + 3)
    assert tree.root() == tree_over(size + 3).root() == view.signed.checkpoint.root
    return size
