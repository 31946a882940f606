"""All frames of a run: what is done already is kept, the rest is worked on, the journal grows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from overflight.errors import OverflightError
from overflight.files import write_atomic
from overflight.formats.stac_item import collection
from overflight.imagery.process.gather import natural
from overflight.imagery.process.job import FRAMES, FrameJob
from overflight.imagery.process.journal import SET_ASIDE, Journal, Outcome, settings_digest
from overflight.imagery.process.one import process
from overflight.imagery.process.workers import Died, Workers

Progress = Callable[[int, int, float | None], None]
"""Frames that are ready, all frames, and the seconds that are left by what was done so far."""


@dataclass(frozen=True, slots=True)
class Run:
    """Outcomes in the order of the frames' names, and how many of them an earlier run had done."""

    outcomes: tuple[Outcome, ...]
    kept: int

    @property
    def done(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.done)

    @property
    def set_aside(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if not outcome.done)

    @property
    def marks(self) -> tuple[str, ...]:
        found = [mark for one in self.done for mark in one.told.get("marks", ())]
        return tuple(dict.fromkeys(found))


def run(
    jobs: Sequence[FrameJob],
    failed: Mapping[str, tuple[str, OverflightError]],
    journal: Journal,
    workers: Workers,
    progress: Progress | None = None,
) -> Run:
    """Work on every frame that is not done yet.

    ``failed``: frames that could not be oriented, with their source's SHA-256 and the reason; they
    are set aside. Each outcome is in the journal before it counts as done. Files of an earlier run
    that are still as they were written are not made again.
    """
    outcomes: list[Outcome] = []
    todo: list[FrameJob] = []
    for job in jobs:
        digested = with_digest(job)
        known = journal.still_good(job.name, job.source_sha256, digested.digest)
        if known is None:
            todo.append(digested)
        else:
            outcomes.append(known)
    kept = len(outcomes)
    for name, (sha256, error) in failed.items():
        outcome = Outcome(name, SET_ASIDE, sha256, "", reason=error.message, remedy=error.remedy)
        journal.add(outcome)
        outcomes.append(outcome)
    total = len(todo)
    begun = time.monotonic()
    if progress is not None:
        progress(0, total, None)
    for ready, (job, result) in enumerate(workers.run(process, todo), start=1):
        if isinstance(result, Died):
            result = Outcome(
                job.name, SET_ASIDE, job.source_sha256, job.digest, reason=str(result),
                remedy="Free memory, give fewer --workers or a larger --pixel, and run again.",
            )  # fmt: skip
        journal.add(result)
        outcomes.append(result)
        if progress is not None:
            progress(ready, total, (time.monotonic() - begun) / ready * (total - ready))
    outcomes.sort(key=lambda outcome: natural(outcome.frame))
    return Run(tuple(outcomes), kept)


def with_digest(job: FrameJob) -> FrameJob:
    """The job with one short text for all that its bytes depend on, apart from the original."""
    frame = job.frame
    return replace(
        job,
        digest=settings_digest(
            {
                "settings": job.settings.told(),
                "interior": repr(frame.interior),
                "eye": [repr(float(value)) for value in frame.exterior.eye],
                "axes": [repr(float(value)) for value in frame.exterior.axes.ravel()],
                "source": frame.exterior.source,
                "time": frame.time_s,
                "named": [frame.name, frame.sensor, frame.number, job.leg, *frame.marks],
                "camera": repr(job.camera),
                "moment": repr(job.moment),
            }
        ),
    )


def write_collection(folder: Path, done: Iterable[Outcome], name: str, title: str) -> Path | None:
    """The STAC collection of all items in the folder; None without any."""
    items: list[dict[str, Any]] = [
        json.loads((folder / FRAMES / str(one.told["item"])).read_text(encoding="utf-8"))
        for one in done
    ]
    if not items:
        return None
    document = collection(
        items, name, title, "Frames brought to the map, each with its annotation.", folder=FRAMES
    )
    path = folder / "collection.json"
    write_atomic(path, json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    return path
