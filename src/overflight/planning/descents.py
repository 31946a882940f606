"""Fixes for the sake of a lower pass: where a descent begins, and where the climb after it is over.

Legs are flown at one height each. A long leg that is flown low for one site shows less of all the
others; cut near the site, only the piece about it is flown low. Each step takes a lawful route to
a lawful one that is worth more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import product

from overflight.geo.geodesic import azimuth_deg, destination
from overflight.geo.positions import Position
from overflight.planning.evaluate import LegBook
from overflight.planning.fixes import Node, minute_neighbours
from overflight.planning.mending import with_fix
from overflight.planning.problem import Route
from overflight.planning.refine import lawful_with
from overflight.planning.simple_path import legs_of
from overflight.planning.timing import seen_by
from overflight.units import Kilometres

_SLACK_KM: Kilometres = 2.0
"""Kept between a change of height and the site: fixes are whole minutes."""
_LEAST_LEG_KM: Kilometres = 4.0
"""Fixes are not put in nearer than this to others."""
_PASSES = 2
_SLOTS = 3
_MOST_TARGETS = 40
_PLACES = 3
"""Whole minutes tried for each fix."""

Cut = tuple[int, Position]
"""A fix to put in: after which of the stage's legs' beginnings, and where."""


def _never() -> bool:
    return False


def descended(
    book: LegBook, route: Route, nodes: Sequence[Node], over: Callable[[], bool] = _never
) -> Route:
    """The route with low passes put in and cut short as long as it is worth more by them.

    Once ``over`` says so, it is the best so far.
    """
    if not book.problem.descends:
        return route
    for _ in range(_PASSES):
        before = book.score(route)
        for target in _wanted(book):
            if over():
                return route
            seen = seen_by(book, route)
            offers: list[Route] = []
            if target not in seen:
                offers += _stepped(book, route, target)
                for longer in _by_way_of(book, route, nodes, target):
                    offers += [longer, *_stepped(book, longer, target)]
            elif not _lost(book, route) <= seen:
                offers += _stepped(book, route, target)
            route = _best(book, route, offers)
        if book.score(route) <= before:
            break
    return route


def _wanted(book: LegBook) -> list[int]:
    """Targets to be seen from lower down only, those worth most first."""
    targets = book.problem.targets
    found = [i for i, t in enumerate(targets) if t.needs_descent and t.value > 0]
    return sorted(found, key=lambda i: (-targets[i].value, i))[:_MOST_TARGETS]


def _lost(book: LegBook, route: Route) -> frozenset[int]:
    """What legs that are flown low would show from the usual height."""
    legs = zip(legs_of(route.path), book.heights(route), strict=True)
    return frozenset(t for (a, b), number in legs if number for t, _ in book.passes(a, b)[0])


def _best(book: LegBook, route: Route, offers: Sequence[Route]) -> Route:
    """The best lawful route of the offers, or the one there is."""
    most = book.problem.max_total_km
    scored = [
        (book.score(offer), -number, offer)
        for number, offer in enumerate(offers)
        if book.length_of(offer.path) <= most and not book.too_many_fixes(offer)
    ]
    for score, _, offer in sorted(scored, key=lambda each: each[:2], reverse=True):
        if score <= book.score(route):
            break
        old = Counter(legs_of(route.path))
        fresh = list((Counter(legs_of(offer.path)) - old).elements())
        if all(book.problem.fix_allowed(fix) for fix in offer.fixes if fix not in route.fixes) and (
            lawful_with(book, offer, fresh)
        ):
            return offer
    return route


def _by_way_of(book: LegBook, route: Route, nodes: Sequence[Node], target: int) -> Iterator[Route]:
    """The route with a fix beside the target put in where that is shortest."""
    taken, offers = set(route.path), []
    spare = book.problem.max_total_km - book.length_of(route.path)
    for node in nodes:
        if target not in node.targets or node.position in taken:
            continue
        for stage in range(len(route.stages)):
            for slot, (a, b) in enumerate(legs_of(route.stage_path(stage))):
                longer = book.length(a, node.position) + book.length(node.position, b)
                longer -= book.length(a, b)
                if longer <= spare:
                    offers.append((longer, stage, slot, node.position))
    for _, stage, slot, fix in sorted(offers)[:_SLOTS]:
        yield with_fix(book, route, stage, slot, fix)[0]


def _stepped(book: LegBook, route: Route, target: int) -> Iterator[Route]:
    """The route with fixes before and after the target, at which the height may change."""
    level = book.problem.level
    if level is None:
        return
    heights = level.heights_m
    for stage in range(len(route.stages)):
        way = route.stage_path(stage)
        at: Kilometres = 0.0
        for a, b in legs_of(way):
            passes = book.passes(a, b)
            for number in range(1, len(heights)):
                for seen, km in passes[number]:
                    if seen != target:
                        continue
                    drop = heights[0] - heights[number]
                    first = at + km - level.climbed_km(-drop) - level.run_in_km - _SLACK_KM
                    last = at + km + level.climbed_km(drop) + _SLACK_KM
                    yield from _cuts(book, route, stage, first, last)
            at += book.length(a, b)


def _cuts(
    book: LegBook, route: Route, stage: int, first: Kilometres, last: Kilometres
) -> Iterator[Route]:
    """The route with a fix at either distance along a stage, or at both."""
    way = route.stage_path(stage)
    before, after = _places(book, way, first), _places(book, way, last)
    for one, other in product([None, *before], [None, *after]):
        cuts = [cut for cut in (other, one) if cut is not None]
        if not cuts or len({position for _, position in cuts}) < len(cuts):
            continue
        stages, fixes = list(route.stages), list(route.stages[stage])
        for slot, position in cuts:  # the later one first: slots before it stay
            fixes.insert(slot, position)
        stages[stage] = tuple(fixes)
        yield Route(route.stations, tuple(stages))


def _places(book: LegBook, way: Sequence[Position], along: Kilometres) -> list[Cut]:
    """Whole minutes about a point so far along a stage; none near a fix of it."""
    at: Kilometres = 0.0
    for slot, (a, b) in enumerate(legs_of(way)):
        length = book.length(a, b)
        if at <= along < at + length:
            if min(along - at, at + length - along) < _LEAST_LEG_KM:
                return []
            point = destination(a, azimuth_deg(a, b), along - at)
            near = minute_neighbours(point)[:_PLACES]
            return [(slot, place) for place in near if place not in way]
        at += length
    return []
