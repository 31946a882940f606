"""Who does the work: this process, several processes of this machine, or a Dask cluster.

All of them run the same function on the same job, so the same bytes come out; only the order in
which frames are ready differs. A job and what comes back are small: pictures travel through files,
so a cluster's machines must see the same folders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol, TypeVar

from overflight.errors import DataError

Job = TypeVar("Job")
Done = TypeVar("Done")

DIED = "the process that worked on it came to a sudden end, perhaps for want of memory"


class Died(Exception):
    """A worker ended without an answer."""


class Workers(Protocol):
    """Runs jobs; gives each back with its result, or with Died, in whatever order they end."""

    def run(
        self, work: Callable[[Job], Done], jobs: Sequence[Job]
    ) -> Iterator[tuple[Job, Done | Died]]: ...


class Alone:
    """This process, one job after another."""

    def run(
        self, work: Callable[[Job], Done], jobs: Sequence[Job]
    ) -> Iterator[tuple[Job, Done | Died]]:
        for job in jobs:
            yield job, work(job)


class Processes:
    """``count`` processes of this machine, started afresh so that they share nothing.

    When one dies the others' work cannot be told from its own; what was under way is then run
    again, each job in a process of its own, and only the one that kills that too is given up.
    """

    def __init__(self, count: int) -> None:
        self.count = count

    def run(
        self, work: Callable[[Job], Done], jobs: Sequence[Job]
    ) -> Iterator[tuple[Job, Done | Died]]:
        left = dict(enumerate(jobs))
        try:
            with _pool(min(self.count, max(1, len(jobs)))) as pool:
                waiting = {pool.submit(work, job): number for number, job in left.items()}
                for future in as_completed(waiting):
                    done = future.result()
                    number = waiting[future]
                    yield left.pop(number), done
        except BrokenProcessPool:
            yield from self._one_by_one(work, list(left.values()))

    @staticmethod
    def _one_by_one(
        work: Callable[[Job], Done], jobs: Iterable[Job]
    ) -> Iterator[tuple[Job, Done | Died]]:
        for job in jobs:
            try:
                with _pool(1) as pool:
                    yield job, pool.submit(work, job).result()
            except BrokenProcessPool:
                yield job, Died(DIED)


class Cluster:
    """A Dask cluster by the address of its scheduler, ``tcp://host:port``."""

    def __init__(self, address: str) -> None:
        self.address = address

    def run(
        self, work: Callable[[Job], Done], jobs: Sequence[Job]
    ) -> Iterator[tuple[Job, Done | Died]]:
        client = self._client()
        try:
            distributed = _distributed()
            killed = distributed.scheduler.KilledWorker
            futures = {
                client.submit(work, job, pure=False, retries=1): job for job in jobs
            }  # a worker may go away; the job is then run elsewhere
            for future in distributed.as_completed(list(futures), loop=client.loop):
                job = futures[future]
                try:
                    yield job, future.result()
                except killed:
                    yield job, Died(DIED)
        finally:
            client.close()

    def _client(self) -> Any:
        distributed = _distributed()
        try:
            return distributed.Client(self.address, timeout="10s", set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise DataError(
                f"no Dask scheduler answers at {self.address} ({error})",
                remedy="Start one with 'dask scheduler' and 'dask worker', and give its tcp:// "
                "address.",
            ) from None


def _distributed() -> Any:
    import importlib

    try:
        importlib.import_module("distributed.scheduler")
        return importlib.import_module("distributed")
    except ImportError:
        raise DataError(
            "a cluster needs the package distributed",
            remedy="Install overflight[cluster], or leave --dask out.",
        ) from None


def _pool(count: int) -> ProcessPoolExecutor:
    import multiprocessing

    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
