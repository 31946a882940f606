"""How fast a log takes entries in, and what of that is its own.

    .venv/bin/python benchmarks/log.py [--batch N] [--batches N] [--folder DIR] [--peer PYTHON]

Batches of N entries (10,000) are appended to a new log; each is on disk, flushed twice, before the
next begins. Said are entries a second of wall clock and of CPU time, what a batch takes, what it
costs to sign (the tiles are written out then), and both together. Beside it:

    hashlib         the same leaves hashed in a loop, nothing else: the floor of any log in Python
    tree            leaves and tree in memory (``record.merkle``), nothing on disk
    disk            the same bytes written and flushed twice a batch, nothing hashed
    pymerkle        with --peer, a Python that has it (GPL, in an environment of its own): its tree
                    in memory, the same entries, nothing on disk

Aim: at least 100,000 entries a second with each batch flushed before it is acknowledged.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from overflight.record.keys import new_key
from overflight.record.log.entries import Entry, write_entry
from overflight.record.log.keeping import Log, make_log
from overflight.record.merkle import Tree, leaf_hash

AT = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
PEER = """
import json, sys, time
from pymerkle import InmemoryTree
entries = [line.encode() for line in json.load(sys.stdin)]
start = time.perf_counter(); cpu = time.process_time()
tree = InmemoryTree(algorithm="sha256")
for entry in entries:
    tree.append_entry(entry)
root = tree.get_state()
print(json.dumps([time.perf_counter() - start, time.process_time() - cpu, root.hex()]))
"""


def made(count: int) -> list[bytes]:
    """Entries as the program writes them, about 150 bytes each."""
    return [
        write_entry(Entry("delivery", hashlib.sha256(b"%d" % n).hexdigest(), AT))
        for n in range(count)
    ]


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(wall, CPU) seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def appended(folder: Path, batches: list[list[bytes]]) -> dict[str, float]:
    make_log(folder, "log.example.org/bench", "AAA")
    key, took = new_key(), []
    with Log(folder) as log:
        cpu = time.process_time()
        for batch in batches:
            start = time.perf_counter()
            log.append(batch)
            took.append(time.perf_counter() - start)
        cpu = time.process_time() - cpu
        sign, sign_cpu = timed(lambda: log.checkpoint(key))
        again = log.root()
    opened, _ = timed(lambda: Log(folder).close())
    count = sum(map(len, batches))
    return {
        "entries": count,
        "per_second": count / sum(took),
        "per_cpu_second": count / cpu,
        "batch_ms": 1e3 * sorted(took)[len(took) // 2],
        "worst_batch_ms": 1e3 * max(took),
        "sign_s": sign,
        "sign_cpu_s": sign_cpu,
        "per_second_signed": count / (sum(took) + sign),
        "open_ms": 1e3 * opened,
        "root_ok": float(
            again.hex() == Tree(leaf_hash(e) for b in batches for e in b).root().hex()
        ),
    }


def flushed(path: Path, batches: list[list[bytes]]) -> None:
    """The bytes of each batch, and 64 more, each flushed."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for batch in batches:
        os.write(descriptor, b"".join(batch))
        os.fsync(descriptor)
        os.write(descriptor, bytes(64))
        os.fsync(descriptor)
    os.close(descriptor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="on the disk that is measured")
    parser.add_argument("--peer", type=Path, help="a Python that has pymerkle")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    top = Path(tempfile.mkdtemp(prefix="overflight-log-", dir=arguments.folder))
    entries = made(arguments.batch * arguments.batches)
    count = len(entries)
    batches = [entries[at : at + arguments.batch] for at in range(0, count, arguments.batch)]
    try:
        found: dict[str, object] = {"batch": arguments.batch, **appended(top / "log", batches)}
        floor = timed(lambda: [hashlib.sha256(b"\x00" + e).digest() for e in entries])
        tree = timed(lambda: Tree(map(leaf_hash, entries)).root())
        disk = timed(lambda: flushed(top / "disk", batches))
        for name, (wall, cpu) in (("hashlib", floor), ("tree", tree), ("disk", disk)):
            found[name] = {"per_second": count / wall, "per_cpu_second": count / cpu}
        if arguments.peer is not None:
            text = json.dumps([e.decode("ascii") for e in entries])
            said = subprocess.run(
                [arguments.peer, "-c", PEER], input=text, capture_output=True, text=True, check=True
            )
            wall, cpu, root = json.loads(said.stdout)
            same = root == Tree(map(leaf_hash, entries)).root().hex()
            found["pymerkle"] = {
                "per_second": count / wall, "per_cpu_second": count / cpu, "same_root": same,
            }  # fmt: skip
    finally:
        shutil.rmtree(top)
    if arguments.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        if isinstance(value, dict):
            told = ", ".join(f"{k} {v:,.0f}" for k, v in value.items() if k != "same_root")
            print(f"{name:<18} {told}" + (" (same root)" if value.get("same_root") else ""))
        else:
            print(f"{name:<18} {value:,.1f}")


if __name__ == "__main__":
    main()
