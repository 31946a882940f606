"""Ending a search from outside, by whoever waited long enough for it.

The stop of a request goes with its context (``contextvars``) into the thread that works for it.
Each place that can be ended says how, for as long as it runs; a way is never used after it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from overflight.errors import OverflightError


class StoppedError(OverflightError):
    """It ran over its time."""

    http_status = 503


class Stop:
    """One request's. ``stop`` may be called from any thread, and again while it still runs: what
    begins after the first call may miss it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ways: list[Callable[[], object]] = []
        self.stopped = False

    def stop(self) -> None:
        """End what runs."""
        with self._lock:
            self.stopped = True
            for way in self._ways:
                with suppress(Exception):  # the next call tries again
                    way()

    @contextmanager
    def by(self, way: Callable[[], object]) -> Iterator[None]:
        """Say how it is ended meanwhile. StoppedError where it is to be ended already."""
        with self._lock:
            if self.stopped:
                raise stopped_error()
            self._ways.append(way)
        try:
            yield
        finally:
            with self._lock:
                self._ways.remove(way)


CURRENT: ContextVar[Stop | None] = ContextVar("overflight-stop", default=None)


@contextmanager
def stoppable(way: Callable[[], object]) -> Iterator[None]:
    """Within, the stop of this context ends it ``way``; any error is then StoppedError."""
    stop = CURRENT.get()
    if stop is None:
        yield
        return
    try:
        with stop.by(way):
            yield
    except Exception:
        if stop.stopped:
            raise stopped_error() from None
        raise


def go_on() -> None:
    """StoppedError where this context is to end."""
    stop = CURRENT.get()
    if stop is not None and stop.stopped:
        raise stopped_error()


def stopped_error() -> StoppedError:
    return StoppedError("it takes too long", remedy="Ask for less.")
