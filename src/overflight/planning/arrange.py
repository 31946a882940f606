"""The order and the direction in which a route is flown, where hours count.

Stages that begin and end at one airfield may be flown in any order and either way round, and so
may a whole round trip: the legs stay the same and so does everything lawful about them, save
what the turns at the landings come to. What changes is when each leg is flown.
"""

from __future__ import annotations

from collections.abc import Iterator

from overflight.planning.evaluate import LegBook
from overflight.planning.problem import Route
from overflight.planning.timing import TimedBook

_FEW_MOVES = 40
"""Up to so many moves are tried two at a time when none helps alone."""


def rearranged(book: LegBook, route: Route) -> Route:
    """The route in the best order found, no worse than it was; as it is where no hours count."""
    if not isinstance(book, TimedBook):
        return route
    while True:
        better = _better(book, route)
        if better is None:
            return route
        route = better


def _better(book: LegBook, route: Route) -> Route | None:
    if book.value(route) >= book.value_of(book.seen_on(route.path)) - 1e-9:
        return None
    now = book.value(route) + 1e-9
    moves = list(_moves(route))
    offers = [offer for offer in moves if book.value(offer) > now]
    if not offers and len(moves) <= _FEW_MOVES:
        offers = [two for one in moves for two in _moves(one) if book.value(two) > now]
    lawful = (o for o in sorted(offers, key=book.score, reverse=True) if _turns_well(book, o))
    return next(lawful, None)


def _moves(route: Route) -> Iterator[Route]:
    """The routes made by turning round a closed stretch, or by moving one within the flight."""
    count = len(route.stages)
    for first in range(count):
        for last in range(first, count):
            if route.stations[first] == route.stations[last + 1]:
                yield _turned(route, first, last)
                for slot, station in enumerate(route.stations):
                    if station == route.stations[first] and not first <= slot <= last + 1:
                        yield _shifted(route, first, last, slot)


def _turned(route: Route, first: int, last: int) -> Route:
    """Stages first to last in the other direction; they begin and end at one airfield."""
    stages = [tuple(reversed(stage)) for stage in reversed(route.stages[first : last + 1])]
    stations = tuple(reversed(route.stations[first : last + 2]))
    return Route(
        (*route.stations[:first], *stations, *route.stations[last + 2 :]),
        (*route.stages[:first], *stages, *route.stages[last + 1 :]),
    )


def _shifted(route: Route, first: int, last: int, slot: int) -> Route:
    """Stages first to last, begun and ended at one airfield, when it is visited as ``slot``."""
    legs = list(zip(route.stages, route.stations[1:], strict=True))
    part, rest = legs[first : last + 1], [*legs[:first], *legs[last + 1 :]]
    at = slot if slot < first else slot - len(part)
    rest[at:at] = part
    return Route(
        (route.stations[0], *(station for _, station in rest)), tuple(stage for stage, _ in rest)
    )


def _turns_well(book: LegBook, route: Route) -> bool:
    return book.circles(route.path) is None
