"""Every point at which a log can be killed, in every way, with tiles that fill and batches that do.

Left out of the normal suite; `make torture` runs it, or OVERFLIGHT_TORTURE=1 pytest tests/torture.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from logkeeping import NOW, House, tree_over
from logkilling import WHEN, killed, must_stand
from overflight.record.log.keeping import Log
from overflight.record.log.verdict import check

BATCHES = (1, 4, 0, 300, 0, 7, 5000, 0, 2, 0)
SIZES = (250, 251, 255, 555, 562, 5562, 5564)


@pytest.mark.parametrize("when", WHEN)
def test_every_point(tmp_path: Path, when: str) -> None:
    house = House(tmp_path)
    house.grown(250)
    stop, left = 0, set()
    while True:
        stop += 1
        folder = tmp_path / "copy"
        shutil.copytree(house.folder, folder)
        dead, acknowledged, signed = killed(folder, house.key(), BATCHES, stop, when)
        left.add(must_stand(folder, house.key(), house.trust(), SIZES, acknowledged, signed))
        shutil.rmtree(folder)
        if not dead:
            break
    assert stop > 150
    assert left == set(SIZES)


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from logkeeping import entries
from overflight.record.keys import new_key
from overflight.record.log.keeping import Log
with Log(Path(sys.argv[1])) as log:
    while True:
        for _ in range(5):
            log.append(entries(log.size, 97))
            print(log.size, flush=True)
        log.settle()
"""


def test_a_process_killed_at_any_time(tmp_path: Path) -> None:
    """Killed from outside at moments drawn by chance, over and over, always the same log."""
    house, chance = House(tmp_path), random.Random(7)
    tests = str(Path(__file__).parents[1])
    acknowledged = 0
    for _ in range(int(os.environ.get("OVERFLIGHT_KILLS", "60"))):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(house.folder), tests],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(chance.uniform(0.3, 1.2))
        child.send_signal(signal.SIGKILL)
        told, _ = child.communicate()
        whole = told[: told.rfind("\n") + 1].split()
        acknowledged = max([acknowledged, *map(int, whole)])
        with Log(house.folder) as log:
            assert log.size >= acknowledged
            assert log.size % 97 == 0
            acknowledged = log.size
            assert log.root() == tree_over(log.size).root()
            log.checkpoint(house.key())
    assert acknowledged
    assert check(house.folder, house.trust(), NOW).verdict == "intact"
