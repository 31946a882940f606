"""Recording the accesses of many at once: those who wait share one write and one flush."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import Queue
from threading import Lock, Thread

from overflight.archive.access.journal import Access, Head, Journal
from overflight.errors import DataError

MOST_TOGETHER = 4096
"""Accesses in one flush, about."""
_Waiting = tuple[tuple[Access, ...], Future[Head]]


class Recorder:
    """One thread that writes, for a server of many. Use as a context manager or ``close`` it.

    While a flush is under way all that comes waits for the next one, so a slow disk makes the
    groups larger and not the queue longer.
    """

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder)
        self._queue: Queue[_Waiting | None] = Queue()
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._write, name="accesses", daemon=True)
        self._thread.start()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def note(self, accesses: Sequence[Access]) -> Future[Head]:
        """Have these recorded. The future is done when they are on the disk, or has the error;
        hand nothing out before."""
        future: Future[Head] = Future()
        with self._closing:
            if self._closed:
                raise DataError("the record is closed", remedy="Open it anew.")
            self._queue.put((tuple(accesses), future))
        return future

    def record(self, accesses: Sequence[Access]) -> Head:
        """The same, and wait for it."""
        return self.note(accesses).result()

    def close(self) -> None:
        """Write what waits, and end."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._journal.close()

    def _write(self) -> None:
        ended = False
        while not ended:
            waiting = [self._queue.get()]
            count = 0
            while not self._queue.empty() and count < MOST_TOGETHER:
                one = self._queue.get()
                count += len(one[0]) if one is not None else 0
                waiting.append(one)
            ended = waiting[-1] is None
            group = [one for one in waiting if one is not None]
            if not group:
                continue
            try:
                head = self._journal.add([access for some, _ in group for access in some])
            except Exception as error:  # whoever waits has to know, whatever it is
                for _, future in group:
                    future.set_exception(error)
            else:
                for _, future in group:
                    future.set_result(head)
