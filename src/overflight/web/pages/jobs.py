"""Work that takes longer than an answer, in a process of its own: watched, stopped, bounded.

A process, so that nobody's page waits for somebody's search, and one that runs away can be ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import multiprocessing
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from overflight.errors import DataError, OverflightError
from overflight.web.pages.settings import Limits

Tell = Callable[[Mapping[str, Any]], None]
"""Called by the work with what there is to see, as it goes."""
Work = Callable[[Mapping[str, Any], Tell, Callable[[], bool]], Mapping[str, Any]]
"""Work: from what was asked to its result. The last argument says whether it shall stop."""

_KEPT = 64
_WAITING = 8
_GRACE_S = 10.0
_LOOK_S = 0.1


class BusyError(OverflightError):
    """More is asked for at once than is done."""

    http_status = 429


@dataclass
class Job:
    """One piece of work. ``state``: waiting, running, done or failed; ``events``: all that it
    told, which is kept, so that a page that comes late sees it too."""

    id: str
    state: str = "waiting"
    result: Mapping[str, Any] | None = None
    events: list[Mapping[str, Any]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed")

    def tell(self, event: Mapping[str, Any]) -> None:
        self.events.append(event)


class Jobs:
    """All work of one program."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._turns = threading.Semaphore(limits.jobs)
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def start(
        self,
        work: Work,
        asked: Mapping[str, Any],
        finish: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
    ) -> Job:
        """Begin, or wait for a turn. ``work`` is a function of a module; ``finish`` makes of what
        it gave what the page is told. BusyError where too many wait."""
        if sum(job.state == "waiting" for job in self._jobs.values()) >= _WAITING:
            raise BusyError("too much waits to be done", remedy="Stop something, or ask later.")
        job = Job(secrets.token_urlsafe(12))
        self._jobs[job.id] = job
        over = [id_ for id_, old in self._jobs.items() if old.over]
        for id_ in over[: max(0, len(self._jobs) - _KEPT)]:
            del self._jobs[id_]
        name = f"{work.__module__}:{work.__qualname__}"
        run = threading.Thread(target=self._run, args=(job, name, dict(asked), finish), daemon=True)
        run.start()
        return job

    def find(self, id_: str) -> Job:
        """The job of that id. DataError where there is none."""
        if id_ not in self._jobs:
            raise DataError("there is no such work", remedy="It may be long over; ask anew.")
        return self._jobs[id_]

    def _run(
        self,
        job: Job,
        name: str,
        asked: Mapping[str, Any],
        finish: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> None:
        with self._turns:
            if job.stopping.is_set():
                _failed(job, "it was stopped before it began", "Ask anew.")
                return
            job.state = "running"
            try:
                self._watched(job, name, asked, finish)
            except OverflightError as error:
                _failed(job, error.message, error.remedy)
            except Exception as error:  # a thread has nobody above it to tell
                _failed(job, f"a fault of ours: {type(error).__name__}", "Please report it.")

    def _watched(
        self,
        job: Job,
        name: str,
        asked: Mapping[str, Any],
        finish: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> None:
        apart = multiprocessing.get_context("spawn")
        ours, theirs = apart.Pipe()
        process = apart.Process(target=_apart, args=(theirs, name, asked), daemon=True)
        process.start()
        theirs.close()
        end = time.monotonic() + self._limits.job_s
        asked_to_stop = False
        try:
            while True:
                now = time.monotonic()
                if (job.stopping.is_set() or now > end) and not asked_to_stop:
                    asked_to_stop = True
                    end = min(end, now) + _GRACE_S
                    with contextlib.suppress(OSError):
                        ours.send("stop")
                elif asked_to_stop and now > end:
                    _failed(job, "it did not stop when it was told to", "Ask for less.")
                    return
                if not ours.poll(_LOOK_S):
                    continue
                kind, said = ours.recv()
                if kind == "told":
                    job.tell(said)
                elif kind == "done":
                    job.result = finish(said)
                    job.tell({"event": "done", **job.result})
                    job.state = "done"
                    return
                else:
                    _failed(job, **said)
                    return
        except EOFError:
            _failed(job, "the work ended without a word", "It may have run out of memory.")
        finally:
            ours.close()
            process.join(1.0)
            if process.is_alive():
                process.kill()
                process.join()


def _failed(job: Job, message: str, remedy: str) -> None:
    problem = {"kind": "error", "message": message, "remedy": remedy}
    job.tell({"event": "failed", "problem": problem})
    job.state = "failed"


def _apart(line: Connection, name: str, asked: Mapping[str, Any]) -> None:
    """In the process of its own."""
    stopping = False

    def stop() -> bool:
        nonlocal stopping
        while not stopping and line.poll():
            stopping = line.recv() == "stop"
        return stopping

    module, _, function = name.partition(":")
    work: Work = getattr(importlib.import_module(module), function)
    try:
        line.send(("done", work(asked, lambda told: line.send(("told", told)), stop)))
    except OverflightError as error:
        line.send(("failed", {"message": error.message, "remedy": error.remedy}))
    except (BrokenPipeError, EOFError):
        return  # nobody listens any more
    except Exception as error:
        said = f"a fault of ours: {type(error).__name__}: {error}"
        line.send(("failed", {"message": said, "remedy": "Please report it."}))


async def stream(job: Job, since: int = 0) -> AsyncIterator[bytes]:
    """The events of a job as server-sent events, those past first, until it is over."""
    import json

    told, silent = since, 0.0
    while True:
        while told < len(job.events):
            text = json.dumps(job.events[told], ensure_ascii=False, default=str)
            told += 1
            silent = 0.0
            yield f"id: {told}\ndata: {text}\n\n".encode()
        if job.over and told >= len(job.events):
            return
        await asyncio.sleep(_LOOK_S)
        silent += _LOOK_S
        if silent > 15.0:
            silent = 0.0
            yield b": still here\n\n"
