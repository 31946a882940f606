"""An ingest killed at every change of the disk, and power cuts that leave any part of it.

Left out of the normal suite; `make torture` runs it, or OVERFLIGHT_TORTURE=1 pytest tests/torture.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from archivekeeping import NOW, Desk, first_files, full, later_files
from archivekilling import CODE, TESTS, Traced, acknowledged, must_stand
from overflight.archive.keeping.checking import check
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import open_archive

WAYS = [(names, contents) for names in ("none", "all", "some") for contents in
        ("none", "all", "some")]  # fmt: skip
CUTS = int(os.environ.get("OVERFLIGHT_CUTS", "1000"))


@pytest.fixture(scope="module")
def ingests(tmp_path_factory: pytest.TempPathFactory) -> Traced:
    found = Traced.of(tmp_path_factory.mktemp("traced"))
    if found is None:
        pytest.skip("no C compiler: what SQLite does to the disk cannot be followed")
    return found


@pytest.fixture
def _no_flushes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.usefixtures("_no_flushes")
def test_killed_at_every_change(ingests: Traced) -> None:
    came: Counter[int] = Counter()
    for number, (at, model) in enumerate(ingests.disks(len(ingests.done))):
        left = model.killed(ingests.left)
        told = acknowledged(ingests.done[:at])
        came[must_stand(left / "archive", ingests.scene, told, go_on=number % 7 == 0)] += 1
    assert came.total() == len(ingests.done) + 1 > 300
    assert set(came) == {0, 1, 2, 3}


@pytest.mark.usefixtures("_no_flushes")
def test_the_power_goes_a_thousand_times(ingests: Traced) -> None:
    chance, came = random.Random(7), Counter[int]()
    each = -(-CUTS // (len(ingests.done) + 1))
    for at, model in ingests.disks(len(ingests.done)):
        told = acknowledged(ingests.done[:at])
        for number in range(each):
            names, contents = WAYS[(at * each + number) % len(WAYS)]
            left = model.cut(ingests.left, names=names, contents=contents, chance=chance)
            go_on = chance.random() < 0.1
            came[must_stand(left / "archive", ingests.scene, told, go_on=go_on)] += 1
    assert came.total() >= CUTS
    assert set(came) == {0, 1, 2, 3}


def test_processes_killed_at_any_time(tmp_path: Path) -> None:
    """Two at a time, killed from outside at moments drawn by chance, always the same archive."""
    desk, chance = Desk(tmp_path), random.Random(11)
    archive = desk.archive()
    said = tmp_path / "said"
    missions = 0
    for turn in range(int(os.environ.get("OVERFLIGHT_KILLS", "40"))):
        bundles = [full(desk, f"t{turn}a"), desk.mission(f"t{turn}b", first_files())]
        desk.mission(f"t{turn}b", later_files())
        orders = [bundles, bundles[::-1]]
        children = [
            subprocess.Popen(
                [sys.executable, "-c", CODE, TESTS, str(archive.root), str(said),
                 *map(str, order)],
                stderr=subprocess.DEVNULL,
            )
            for order in orders
        ]  # fmt: skip
        time.sleep(chance.uniform(0.5, 1.6))
        for child in children:
            child.send_signal(signal.SIGKILL)
            child.wait()
        found = check(open_archive(archive.root), NOW, scrub=turn % 10 == 0)
        assert found.problems == (), found
        told = set(said.read_text().split()) if said.exists() else set()
        assert found.missions >= missions
        assert found.missions >= len(told)
        missions = found.missions
    everything = sorted(tmp_path.glob("t*"))
    for bundle in everything:
        ingest(archive, bundle, NOW)
    last = check(archive, NOW, scrub=True, tidy=True)
    assert (last.problems, last.missions, last.loose) == ((), len(everything), (0, 0))
