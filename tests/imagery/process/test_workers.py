"""The same answers from one process, from several and from a Dask cluster; deaths are survived."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.imagery.process.workers import Alone, Cluster, Died, Processes, Workers

pytestmark = pytest.mark.slow


def squared(job: int) -> int:
    return job * job


def deadly(job: int) -> int:
    if job == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return job * job


def test_processes_answer_as_one_does() -> None:
    assert dict(Processes(2).run(squared, range(7))) == dict(Alone().run(squared, range(7)))


def test_only_the_job_that_kills_its_process_is_given_up() -> None:
    found = dict(Processes(2).run(deadly, range(5)))
    assert isinstance(found.pop(3), Died)
    assert found == {n: n * n for n in (0, 1, 2, 4)}


@pytest.mark.filterwarnings("default")
def test_a_cluster_answers_as_one_process_does(tmp_path: Path) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1",
        local_directory=str(tmp_path), protocol="tcp",
    ) as cluster:  # fmt: skip
        workers: Workers = Cluster(cluster.scheduler_address)
        assert dict(workers.run(squared, range(7))) == {n: n * n for n in range(7)}


def test_an_address_where_nobody_answers_is_named() -> None:
    with pytest.raises(DataError, match="no Dask scheduler answers at nonsense"):
        list(Cluster("nonsense").run(squared, [1]))
