"""How a budget of seconds or iterations runs down, and who may end it early."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

CHUNK_SECONDS = 0.05
FIRST_CHUNK = 200
LEARNING_SECONDS = 0.5


@dataclass
class Spending:
    """Counts one budget down in chunks of iterations.

    With ``iterations`` the course of a search depends on the seed alone; with ``seconds`` on the
    machine too. ``begun`` is the monotonic second from which the seconds count.
    """

    seconds: float | None = None
    iterations: int | None = None
    stop: Callable[[], bool] | None = None
    clock: Callable[[], float] = time.monotonic
    begun: float | None = None
    done: int = 0
    stopped: bool = False
    rate: float = field(default=FIRST_CHUNK / CHUNK_SECONDS, init=False)
    timed_seconds: float = field(default=0.0, init=False)
    timed_iterations: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.iterations is None):
            raise ValueError("give either seconds or iterations")
        if self.begun is None:
            self.begun = self.clock()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self.clock() - (self.begun or 0.0)

    @property
    def spent(self) -> float:
        """The part of the budget that is gone, 1 or more at the end or when stopped."""
        if self.stopped or (self.stop is not None and self.stop()):
            self.stopped = True
            return 1.0
        if self.iterations is not None:
            return self.done / max(1, self.iterations)
        return self.elapsed / max(1e-9, self.seconds or 0.0)

    @property
    def total_iterations(self) -> float:
        """About how many iterations the whole budget holds."""
        if self.iterations is not None:
            return float(self.iterations)
        return self.rate * (self.seconds or 0.0)

    def chunk(self, until: float) -> int:
        """How many iterations to run before looking again, ``until`` being a spent part."""
        if self.iterations is not None:
            return max(1, min(5000, round(until * self.iterations) - self.done))
        left = max(0.0, until * (self.seconds or 0.0) - self.elapsed)
        return max(50, int(self.rate * min(CHUNK_SECONDS, left)))

    def took(self, iterations: int, seconds: float) -> None:
        """Report a chunk: counts it and learns the rate (not from the first: code is loaded).

        The rate is the plain mean of the first half second, then it follows slowly: a short chunk
        that another process held up must not make the whole budget look small.
        """
        first = self.done == 0
        self.done += iterations
        if first or seconds <= 0:
            return
        self.timed_seconds += seconds
        self.timed_iterations += iterations
        self.rate = self.timed_iterations / self.timed_seconds
        if self.timed_seconds > LEARNING_SECONDS:
            part = LEARNING_SECONDS / self.timed_seconds
            self.timed_seconds *= part
            self.timed_iterations *= part
