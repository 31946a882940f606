"""kill -9 while a log is written: what was acknowledged stays, and the tree never forks.

Over fifty points here; every point of a longer life in tests/torture/test_log_kill.py.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bundles import day
from logkeeping import ORIGIN, House
from logkilling import WHEN, killed, killed_at, must_stand
from overflight.record.log.witness import last_seen

BATCHES = (4, 250, 0, 3, 2, 0)
"""Sizes of batches; 0 signs. They end one tile and begin the next."""
SIZES = (250, 254, 504, 507, 509)
POINTS = range(1, 200)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("killed"))
    house.grown(250)
    return house


@pytest.mark.slow
def test_a_killed_log_is_as_before_or_after_the_batch(ready: House, tmp_path: Path) -> None:
    done, left = 0, set()
    for stop in POINTS:
        # The places that differ in kind come first; each is killed at in one of three ways, and
        # in all three where something is written.
        ways = WHEN if stop < 12 else (WHEN[stop % 3],)
        alive = 0
        for when in ways:
            folder = tmp_path / f"{stop}-{when}"
            shutil.copytree(ready.folder, folder)
            dead, acknowledged, signed = killed(folder, ready.key(), BATCHES, stop, when)
            alive += not dead
            left.add(must_stand(folder, ready.key(), ready.trust(), SIZES, acknowledged, signed))
            shutil.rmtree(folder)
            done += dead
        if alive == len(ways):
            break
    assert done >= 50
    assert left == set(SIZES)


@pytest.mark.parametrize("when", WHEN)
def test_a_killed_witness_has_given_out_nothing_that_it_forgot(tmp_path: Path, when: str) -> None:
    house = House(tmp_path)
    house.grown(3)
    house.witness("BBB", at=day(3))
    house.grown(4)
    state = tmp_path / "state-BBB"
    shutil.copytree(state, tmp_path / "before")
    sizes, dead, stop = set(), True, 0
    while dead:
        stop += 1
        shutil.rmtree(state)
        shutil.copytree(tmp_path / "before", state)

        def act(said: int) -> None:
            os.write(said, house.witness("BBB", at=day(4)).data)

        dead, heard = killed_at(stop, when, act)
        kept = last_seen(state, ORIGIN)
        assert kept is not None
        sizes.add(kept.checkpoint.size)
        assert not heard or kept.data == heard
        assert house.witness("BBB", at=day(5)).checkpoint.size == 7
    assert stop > 4
    assert sizes == {3, 7}
