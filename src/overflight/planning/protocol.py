"""The seam behind which every search algorithm stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from overflight.planning.problem import PlanningProblem, Solution
from overflight.units import Seconds

Progress = Callable[[str], None]
"""Called now and then with a short line of text."""

Stop = Callable[[], bool]
"""Asked now and then; True: finish with the best found so far."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to search: ``seconds``, or ``iterations`` where the same seed gives the same route.

    When iterations are given, seconds play no part.
    """

    seconds: Seconds | None = None
    iterations: int | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        if (self.iterations is None) == (self.seconds is None):
            raise ValueError("give either seconds or iterations")

    def share(self, part: float, *, seed: int | None = None) -> Budget:
        """The given part of this budget, at least one iteration."""
        seed = self.seed if seed is None else seed
        if self.iterations is not None:
            return Budget(iterations=max(1, int(self.iterations * part)), seed=seed)
        return Budget(seconds=(self.seconds or 0.0) * part, seed=seed)


class RoutePlanner(Protocol):
    """Finds a route through a problem.

    ``solve`` returns a route that keeps every limit of the problem whenever it returns, also
    when it was stopped at once. Raises PlanError when not even the bare way from start to end
    can be flown.
    """

    @property
    def name(self) -> str: ...

    def solve(
        self,
        problem: PlanningProblem,
        budget: Budget,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Solution: ...


@dataclass
class Meter:
    """Counts a budget down over several searches. The clock is monotonic seconds."""

    budget: Budget
    stop: Stop | None = None
    clock: Callable[[], float] = time.monotonic
    iterations: int = 0
    interrupted: bool = False
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.clock()

    @property
    def seconds(self) -> Seconds:
        return self.clock() - self.begun

    @property
    def spent(self) -> float:
        """Part of the budget that is gone: 0 at the start, 1 or more at the end."""
        if self.budget.iterations is not None:
            return self.iterations / max(1, self.budget.iterations)
        return self.seconds / max(1e-9, self.budget.seconds or 0.0)

    def halted(self) -> bool:
        """Whether somebody asked to stop."""
        if self.stop is not None and self.stop():
            self.interrupted = True
        return self.interrupted

    def over(self, until: float = 1.0) -> bool:
        """Whether the given part of the budget is gone, or somebody asked to stop."""
        return self.spent >= until or self.halted()

    def fits(self, seconds: Seconds) -> bool:
        """Whether work besides searching that takes that long still fits; yes, without a clock."""
        if self.budget.iterations is not None:
            return True
        return self.seconds + seconds <= (self.budget.seconds or 0.0)
