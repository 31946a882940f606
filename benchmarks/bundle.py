"""How fast a bundle is sealed and checked, with sha256sum beside it.

    .venv/bin/python benchmarks/bundle.py [--files N] [--gb X] [--folder DIR] [--json]

A bundle of N files (2,500) of X GB in all (1) is sealed and checked: on one thread beside
``sha256sum`` over the same files, and on all cores beside ``xargs -P sha256sum``. Everything is
read once before, so that what is compared is the digesting and not the disk; with more GB than
there is memory it is the disk. On a busy machine look at the ratio of CPU times. Aims: at least
0.8 of sha256sum on one core; signatures in under 5 ms.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from overflight.record.checking import check
from overflight.record.hashing import cores, digests
from overflight.record.judging import judge
from overflight.record.keeping import put_statement
from overflight.record.keys import new_key
from overflight.record.manifest import Identity
from overflight.record.sealing import Addition, seal_first
from overflight.record.signing import put_signature, sign
from overflight.record.stages import read_stages
from overflight.record.statements import make_statement, read_ring
from overflight.record.store import open_store

AT = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


def seconds(work: Callable[[], object], runs: int = 3) -> float:
    """The best of several runs, s."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def cpu(work: Callable[[], object]) -> float:
    """CPU time of this process and those it waits for, s."""
    before = os.times()
    work()
    return sum(os.times()[:4]) - sum(before[:4])


def made(folder: Path, files: int, size: int) -> float:
    """A bundle signed by both; the seconds that sealing took."""
    source = folder / "source"
    source.mkdir()
    block = os.urandom(1 << 20)
    additions = []
    for number in range(files):
        path = source / f"{number:05d}.tif"
        with path.open("wb") as stream:
            stream.write(number.to_bytes(8, "big"))
            left = size // files - 8
            while left > 0:
                left -= stream.write(block[: min(left, len(block))])
        additions.append(Addition(f"frame/{path.name}", "frame", path))
    keys = {"AAA": new_key(), "BBB": new_key()}
    for party, key in keys.items():
        data = make_statement((), party, "introduce", signers=[key], at=AT, public=key.public)
        put_statement(folder / "ring", data, confirmed=True)
    start = time.perf_counter()
    manifest = seal_first(
        folder / "bundle", Identity("bench", "AAA", "BBB"), additions, title="bench", at=AT
    )
    took = time.perf_counter() - start
    for role, (party, key) in zip(("observing", "observed"), keys.items(), strict=True):
        put_signature(folder / "bundle", manifest, sign(manifest, key, party, role, AT))
    shutil.rmtree(source)
    return took


def measured(folder: Path, files: int, size: int) -> dict[str, float]:
    sealing = made(folder, files, size)
    bundle = folder / "bundle"
    store, ring = open_store(bundle), read_ring(folder / "ring")
    stages = read_stages(store)
    sealed = {path: store.files[path] for path in stages.paths}
    sums = ["sha256sum", "--check", "--quiet", "stage-01/SHA256SUMS"]
    all_cores = f"cut -c 67- stage-01/SHA256SUMS | xargs -P {cores()} -n 16 sha256sum > /dev/null"

    def run(words: list[str] | str) -> None:
        subprocess.run(words, cwd=bundle, check=True, shell=isinstance(words, str))

    digests(sealed)
    rates = {
        "sealing (copy, digest, flush)": size / sealing,
        "digests, one thread": size / seconds(lambda: digests(sealed, workers=1)),
        "sha256sum, one process": size / seconds(lambda: run(sums)),
        f"digests, {cores()} threads": size / seconds(lambda: digests(sealed)),
        f"sha256sum, {cores()} processes": size / seconds(lambda: run(all_cores)),
        f"whole check, {cores()} threads": size / seconds(lambda: check(store, ring, AT)),
    }
    found = {f"{name} [GB/s]": rate / 1e9 for name, rate in rates.items()}
    found["ours over sha256sum, one core, by the clock"] = (
        rates["digests, one thread"] / rates["sha256sum, one process"]
    )
    found["ours over sha256sum, by CPU time"] = cpu(lambda: run(sums)) / cpu(
        lambda: digests(sealed, workers=1)
    )
    judge(store, stages, ring, AT)  # the libraries are loaded, the seals are made
    found["two signatures and the standing of their keys [ms]"] = 1e3 * seconds(
        lambda: judge(store, stages, ring, AT), 10
    )
    found["manifest, tree and names of all files [ms]"] = 1e3 * seconds(
        lambda: read_stages(store).problems()
    )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure bundles")
    parser.add_argument("--files", type=int, default=2500)
    parser.add_argument("--gb", type=float, default=1.0)
    parser.add_argument("--folder", type=Path, help="where there is room (the temporary folder)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if shutil.which("sha256sum") is None:
        print("sha256sum is not here", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        found = measured(Path(folder), options.files, int(options.gb * 1e9))
    if options.json:
        print(json.dumps({"files": options.files, "gb": options.gb} | found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name:<55} {value:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
