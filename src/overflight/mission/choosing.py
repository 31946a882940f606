"""Which pair of airfields gets the search: a short one for each, a long one for the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from overflight.errors import OverflightError, PlanError
from overflight.mission.pairings import Pairing
from overflight.planning.problem import Solution
from overflight.planning.protocol import Budget, Meter, Stop

CHOOSING = 0.4
"""Part of the budget that goes into choosing."""


class Found(Protocol):
    """A route between the airfields of a pair, as ``Search`` gives it."""

    @property
    def value(self) -> float: ...

    @property
    def solution(self) -> Solution: ...


F = TypeVar("F", bound=Found)

Search = Callable[[Pairing, Budget], F]
"""The best route of a pair that a budget finds; raises OverflightError where there is none."""


@dataclass(frozen=True, slots=True)
class Choice(Generic[F]):
    """What was found, and a sentence on which pairs were looked at."""

    found: F
    said: str


def best_of(
    pairs: Sequence[Pairing],
    dropped: Sequence[str],
    search: Search[F],
    budget: Budget,
    stop: Stop | None = None,
) -> Choice[F]:
    """The best route over ``pairs``, in the order given, within the budget for all of them.

    ``dropped`` says of pairs that were left out before why they were. Each pair has an equal
    share of what is left for choosing; one that cannot be better than what was found is left
    out, and so are those for which nothing is left: a search takes some time however little it is
    given, and the long one must still fit. Raises PlanError when none gives a route.
    """
    meter = Meter(budget, stop)
    best: tuple[F, Pairing] | None = None
    alone = len(pairs) == 1
    trouble, tried, beaten, least = list(dropped), 0, 0, 0.0
    for number, pair in enumerate(pairs):
        if best is not None and pair.most <= best[0].value:
            beaten += 1
            continue
        if best is not None and (meter.over(CHOOSING) or not meter.fits(2.0 * least)):
            continue
        part = 1.0 if alone else max(0.0, CHOOSING - meter.spent) / (len(pairs) - number)
        share = budget.share(part)
        tried, begun = tried + 1, meter.seconds
        try:
            found = search(pair, share)
        except OverflightError as error:
            trouble.append(f"{pair.label}: {error.message}")
            continue
        meter.iterations += found.solution.report.iterations
        took = meter.seconds - begun
        if took > (share.seconds or 0.0):
            least = max(least, took)
        if best is None or found.value > best[0].value:
            best = (found, pair)
    if best is None:
        raise PlanError(
            f"no flight can be planned between any of these airfields ({'; '.join(trouble)})",
            remedy="Name the airfields to start from and to end at, or give other sites or "
            "another aircraft.",
        )
    found, pair = best
    if not alone and not meter.over() and meter.fits(least):
        again = search(pair, budget.share(1.0 - meter.spent))
        found = again if again.value >= found.value else found
    said = (
        f"{len(pairs) + len(dropped)} pairs of airfields to start and end at: {tried} searched, "
        f"{len(dropped)} cannot be flown or show nothing, {beaten} cannot show more than was "
        f"found, {len(pairs) - tried - beaten} left out for want of time"
    )
    return Choice(found, said)
