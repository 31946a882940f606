"""Killed, or without power, at points spread over an ingest: the archive is before it or after.

More points, and every way at each, in tests/torture/test_archive_kill.py.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from archivekeeping import NOW
from archivekilling import Scene, Traced, acknowledged, must_stand
from logkilling import killed_at
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import open_archive

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ingests(tmp_path_factory: pytest.TempPathFactory) -> Traced:
    found = Traced.of(tmp_path_factory.mktemp("traced"))
    if found is None:
        pytest.skip("no C compiler: what SQLite does to the disk cannot be followed")
    return found


@pytest.fixture(autouse=True)
def _no_flushes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disks here are models; what looks at them need not wait for a real one."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def test_killed_at_fifty_points(ingests: Traced) -> None:
    came: Counter[int] = Counter()
    for number, (at, model) in enumerate(ingests.disks(50)):
        left = model.killed(ingests.left)
        told = acknowledged(ingests.done[:at])
        came[must_stand(left / "archive", ingests.scene, told, go_on=number % 10 == 0)] += 1
    assert came.total() >= 50
    assert min(came[state] for state in range(4)) >= 1


@pytest.mark.parametrize("names", ["none", "all", "some"])
@pytest.mark.parametrize("contents", ["none", "all", "some"])
def test_the_power_goes(ingests: Traced, names: str, contents: str) -> None:
    chance = random.Random(f"{names} {contents}")
    for number, (at, model) in enumerate(ingests.disks(7)):
        left = model.cut(ingests.left, names=names, contents=contents, chance=chance)
        told = acknowledged(ingests.done[:at])
        must_stand(left / "archive", ingests.scene, told, go_on=number == 3)


@pytest.mark.parametrize("when", ["before", "amid", "after"])
def test_a_process_that_is_killed(tmp_path: Path, when: str) -> None:
    """Really killed, at changes that Python makes itself; needs no compiler."""
    scene = Scene(tmp_path)
    stop = dead = 0
    while True:
        stop += 17
        copy = tmp_path / "copy"
        shutil.copytree(scene.archive.root, copy)

        def act(said: int, root: Path = copy) -> None:
            for bundle in scene.bundles:
                ingest(open_archive(root), bundle, NOW)
                os.write(said, b"x")

        killed, heard = killed_at(stop, when, act)
        must_stand(copy, scene, len(heard), go_on=False)
        shutil.rmtree(copy)
        dead += killed
        if not killed:
            break
    assert dead >= 5
