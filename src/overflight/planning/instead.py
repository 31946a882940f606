"""Routes that see one target more than a given one: by a bend of it, or by a stage swapped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from overflight.geo.positions import Position
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.mending import with_fix
from overflight.planning.problem import Route
from overflight.planning.timing import seen_by
from overflight.planning.uncross import uncrossed

_SLOTS_TRIED = 6


def besides(book: LegBook, route: Route, fixes: Iterable[Position]) -> Route | None:
    """The route with one of ``fixes`` more: the shortest of those with no blocked leg, or None.

    Its limits are not kept: by how much it is too long is what one wants to know.
    """
    offers = sorted(
        (book.length(a, fix) + book.length(fix, b) - book.length(a, b), stage, slot, fix)
        for fix in fixes
        for stage in range(len(route.stages))
        for slot, (a, b) in enumerate(pairwise(route.stage_path(stage)))
    )
    best: Route | None = None
    for _, stage, slot, fix in offers[:_SLOTS_TRIED]:
        longer, fresh = with_fix(book, route, stage, slot, fix)
        if any(book.blocked(a, b) for a, b in fresh if a != b):
            continue
        if best is None or book.length_of(longer.path) < book.length_of(best.path):
            best = longer
    return best


def swapped(book: LegBook, route: Route, alone: Route, target: int) -> list[Route]:
    """Lawful routes that see the target, with a stage of ``alone`` in place of one of the route's.

    ``alone`` is a lawful route that sees it; it is among them where it is lawful by the book.
    """
    offers = [alone]
    for stage in range(len(alone.stages)):
        ends = alone.stations[stage : stage + 2]
        if target not in book.seen_on(alone.stage_path(stage)):
            continue
        for here in range(len(route.stages)):
            if route.stations[here : here + 2] == ends:
                stages = (*route.stages[:here], alone.stages[stage], *route.stages[here + 1 :])
                offers.append(Route(route.stations, stages))
    return [r for offer in offers if (r := _mended(book, offer)) and target in seen_by(book, r)]


def best(book: LegBook, routes: Sequence[Route]) -> Route | None:
    """The one that scores most; None of none."""
    return max(routes, key=book.score, default=None)


def _mended(book: LegBook, route: Route) -> Route | None:
    if not violations(book.problem, route, book):
        return route
    straight = uncrossed(book, route)
    return None if straight is None or violations(book.problem, straight, book) else straight
