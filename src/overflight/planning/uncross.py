"""Taking the crossings out of a route, and the circling.

Where two legs cross, the two ways to join their ends without crossing are both shorter (the
diagonals of a quadrilateral are longer than either pair of opposite sides): turn round what lies
between them (2-opt), or swap what follows them where both then end at the same airfield. The one
that is lawful and shorter is taken; when none is, one fix of the four is moved to where its legs
meet no other; when none can be, the one that costs least value is dropped, as is the least fix of
a stretch that circles. A petal with one fix, out and back on one line, gets a second fix beside
the first, no more often than there are stages; fixes are moved ``_MOST_MOVES`` times at most.
Every other step makes the route shorter or takes a fix away, so it ends.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from overflight.geo.geodesic import azimuth_deg, destination
from overflight.geo.positions import Position
from overflight.planning.evaluate import LegBook
from overflight.planning.fixes import minute_neighbours
from overflight.planning.mending import mended, without_point
from overflight.planning.problem import Place, Route
from overflight.planning.simple_path import LegEnds, first_crossing, legs_of, may_cross

Waypoint = Place | Position
"""A landing, or a fix."""

_LEAST_SAVED_KM = 0.01
_MOST_MOVES = 40
_PARTS = (0.5, 0.35, 0.65)
_ASIDE_KM = (4.0, -4.0, 10.0, -10.0)
"""Where along a leg, and how far to its right, a fix is put that parts it from another."""
_MOST_SLOTS = 12
"""Slots to which a fix may be moved that are looked at, those with the least detour."""


def uncrossed(book: LegBook, route: Route) -> Route | None:
    """A lawful route made of this one's fixes; None when not even the bare way is lawful."""
    current = _legal_without_crossing_test(book, route)
    openings, moves = len(route.stages), _MOST_MOVES
    while current is not None:
        found = first_crossing(current) if book.problem.simple_path else None
        circle = None if found else book.circles(current.path)
        if found is not None:
            i, j = found
            better: Route | None = None
            if openings > 0 and _there_and_back(current, i, j):
                better, openings = _parted(book, current, i, j), openings - 1
            elif j > i + 1:
                better = _rejoined(book, current, i, j)
            elif openings > 0:
                better, openings = _opened(book, current, i), openings - 1
            if better is None and moves > 0:
                better, moves = _moved(book, current, (i, i + 1, j, j + 1)), moves - 1
            current = better or _less_one(book, current, (i, i + 1, j, j + 1))
        elif circle is not None:
            current = _less_one(book, current, range(circle[0], circle[1] + 1))
        else:
            return current
    return current


def waypoints(route: Route) -> list[Waypoint]:
    """The route as one list of landings and fixes."""
    points: list[Waypoint] = [route.stations[0]]
    for stage, station in zip(route.stages, route.stations[1:], strict=True):
        points += [*stage, station]
    return points


def route_of(points: list[Waypoint]) -> Route:
    """The other way round: a list that begins and ends with a landing, as a route."""
    stations = [point for point in points if isinstance(point, Place)]
    stages: list[list[Position]] = []
    for point in points[:-1]:
        if isinstance(point, Place):
            stages.append([])
        else:
            stages[-1].append(point)
    return Route(tuple(stations), tuple(tuple(stage) for stage in stages)).tidy()


def _there_and_back(route: Route, i: int, j: int) -> bool:
    """Whether legs i and j lead from one landing to another and back on the same line."""
    points = waypoints(route)
    ends = (points[i], points[i + 1])
    return (points[j + 1], points[j]) == ends and all(isinstance(end, Place) for end in ends)


def _parted(book: LegBook, route: Route, i: int, j: int) -> Route | None:
    """With a fix beside one of two legs between the same landings, so that they part."""
    points, taken = waypoints(route), set(route.path)
    for leg in (j, i):
        a, b = route.path[leg], route.path[leg + 1]
        course, length = azimuth_deg(a, b), book.length(a, b)
        for part, aside in itertools.product(_PARTS, _ASIDE_KM):
            middle = destination(a, course, part * length)
            fix = destination(middle, course + math.copysign(90.0, aside), abs(aside))
            fix = fix.rounded_to_minutes()
            if fix in taken or not book.problem.fix_allowed(fix):
                continue
            offer = route_of([*points[: leg + 1], fix, *points[leg + 1 :]])
            if book.within_limits(offer) and _free(book, offer, (leg, leg + 1)):
                return offer
    return None


def _opened(book: LegBook, route: Route, i: int) -> Route | None:
    """With a second fix a minute or two beside the turn between legs i and i + 1.

    So that the way back is not the way out. None when the turn is at an airfield or nothing fits.
    """
    points = waypoints(route)
    turn = points[i + 1]
    if isinstance(turn, Place):
        return None
    taken = set(route.path)
    offers = [
        offer
        for beside in minute_neighbours(turn, 2)
        if beside not in taken and book.problem.fix_allowed(beside)
        for offer in [route_of([*points[: i + 2], beside, *points[i + 2 :]])]
        if book.within_limits(offer)
    ]
    offers.sort(key=book.score, reverse=True)
    return next((o for o in offers if _parts(book, o, i)), None)


def _parts(book: LegBook, route: Route, i: int) -> bool:
    """Whether legs i, i + 1 and i + 2 may be flown and neither meet nor run along each other."""
    return _free(book, route, (i, i + 1, i + 2))


def _free(book: LegBook, route: Route, those: Iterable[int]) -> bool:
    """Whether those legs may be flown and neither meet others nor run along them."""
    legs = legs_of(route.path)
    exempt = frozenset(station.position for station in route.stations)
    if book.circles(route.path) is not None:
        return False
    return not any(
        book.blocked(*legs[k]) or may_cross(legs[k], [*legs[:k], *legs[k + 1 :]], exempt)
        for k in those
    )


def _rejoined(book: LegBook, route: Route, i: int, j: int) -> Route | None:
    """The shorter lawful route that joins the ends of legs i and j otherwise."""
    length = book.length_of(route.path)
    offers = [
        offer
        for offer in _ways_to_rejoin(route, i, j)
        if book.length_of(offer.path) < length - 0.001
        and book.within_limits(offer)
        and not book.blocked_on(offer.path)
        and not _doubled(offer)
    ]
    return max(offers, key=book.score, default=None)


def _ways_to_rejoin(route: Route, i: int, j: int) -> Iterator[Route]:
    points = waypoints(route)
    head, middle, tail = points[: i + 1], points[i + 1 : j + 1], points[j + 1 :]
    yield route_of([*head, *reversed(middle), *tail])
    # Swap the rest of the two stages; the landings at their ends must be the same airfield.
    ends_i = next((k for k, point in enumerate(middle) if isinstance(point, Place)), None)
    ends_j = next((k for k, point in enumerate(tail) if isinstance(point, Place)), None)
    if ends_i is not None and ends_j is not None and middle[ends_i] == tail[ends_j]:
        yield route_of(
            [
                *head,
                *tail[: ends_j + 1],
                *middle[ends_i + 1 :],
                *middle[: ends_i + 1],
                *tail[ends_j + 1 :],
            ]
        )


def _moved(book: LegBook, route: Route, choice: Iterable[int]) -> Route | None:
    """With one of some fixes elsewhere, where its legs and the gap it leaves meet no other leg."""
    points = waypoints(route)
    offers = []
    for k in dict.fromkeys(choice):
        turn = points[k]
        if isinstance(turn, Place):
            continue
        rest = [*points[:k], *points[k + 1 :]]
        for slot in _nearest_slots(book, rest, turn):
            if slot == k:
                continue
            offer = route_of([*rest[:slot], turn, *rest[slot:]])
            if not book.within_limits(offer) or _doubled(offer):
                continue
            fresh = [
                *_legs_at(rest, k - 1, k),
                (_at(rest[slot - 1]), turn),
                (turn, _at(rest[slot])),
            ]
            if _clean(book, offer, fresh):
                offers.append(offer)
    return max(offers, key=book.score, default=None)


def _nearest_slots(book: LegBook, points: list[Waypoint], turn: Position) -> list[int]:
    """Where in a list of points ``turn`` costs the least detour: indices to insert at."""
    detours = [
        (book.length(_at(a), turn) + book.length(turn, _at(b)) - book.length(_at(a), _at(b)), k + 1)
        for k, (a, b) in enumerate(pairwise(points))
    ]
    return [slot for _, slot in sorted(detours)[:_MOST_SLOTS]]


def _legs_at(points: list[Waypoint], i: int, j: int) -> list[LegEnds]:
    """The leg between two points of a list; none when they are the same place."""
    a, b = _at(points[i]), _at(points[j])
    return [] if a == b else [(a, b)]


def _at(point: Waypoint) -> Position:
    return point.position if isinstance(point, Place) else point


def _clean(book: LegBook, route: Route, fresh: Iterable[LegEnds]) -> bool:
    """Whether those of the ``fresh`` legs that the route has may be flown and meet no other."""
    legs = legs_of(route.path)
    exempt = frozenset(station.position for station in route.stations)
    new = [leg for leg in dict.fromkeys(fresh) if leg in legs]
    if any(book.blocked(*leg) for leg in new):
        return False
    for leg in new:
        others = list(legs)
        others.remove(leg)
        if may_cross(leg, others, exempt):
            return False
    return True


def _less_one(book: LegBook, route: Route, choice: Iterable[int]) -> Route | None:
    """Without the least of some fixes, and without what cannot be flown after that."""
    fewer = _fewer(book, route, choice)
    return None if fewer is None else _legal_without_crossing_test(book, mended(book, fewer))


def _fewer(book: LegBook, route: Route, choice: Iterable[int]) -> Route | None:
    """Without the fix, of those at the indices, that costs least value; None: all are airfields."""
    points = waypoints(route)
    fixes = [k for k in dict.fromkeys(choice) if not isinstance(points[k], Place)]
    if fixes and all(points[k] in book.bends for k in fixes):
        fixes = [k for k, point in enumerate(points) if not isinstance(point, Place)]
    offers = [
        route_of(without_point(book, points, k)) for k in fixes if points[k] not in book.bends
    ]
    return max(offers, key=book.score, default=None)


def _legal_without_crossing_test(book: LegBook, route: Route) -> Route | None:
    """Fixes taken out, the least worth first, until no leg is blocked and nothing is too much."""
    current = route.tidy()
    while True:
        bad = _bad_legs(book, current)
        if bad is None:
            return current
        fewer = _fewer(book, current, bad) if bad else _less_over_parts(book, current)
        if fewer is None:
            return None
        current = mended(book, fewer)


def _less_over_parts(book: LegBook, route: Route) -> Route | None:
    """Without the fix that costs least value for each km by which it lessens what is too much.

    Where no single fix lessens it, the least of all goes; None when there is none.
    """
    value = book.value(route)
    before = book.excess_over_parts(route.path)
    offers = []
    points = waypoints(route)
    for k, point in enumerate(points):
        if isinstance(point, Place):
            continue
        offer = route_of([*points[:k], *points[k + 1 :]])
        saved = before - book.excess_over_parts(offer.path)
        if saved > _LEAST_SAVED_KM:
            offers.append(((value - book.value(offer)) / saved, -saved, k, offer))
    if not offers:
        return _fewer(book, route, range(len(points)))
    return min(offers, key=lambda entry: entry[:3])[3]


def _bad_legs(book: LegBook, route: Route) -> list[int] | None:
    """Indices of the path's points to choose from when something is wrong; None: nothing is.

    None of them (an empty list) when too much lies over a part of the territory.
    """
    path = route.path
    book.blocked_on(path)
    for k, (a, b) in enumerate(pairwise(path)):
        if a == b or book.blocked(a, b):
            return [k, k + 1]
    at = route.landings
    for stage in range(len(route.stages)):
        if book.stage_km(route.stage_path(stage)) > book.problem.max_stage_km:
            return list(range(at[stage] + 1, at[stage + 1]))
    if book.length_of(path) > book.problem.max_total_km or book.too_many_fixes(route):
        return list(range(1, len(path) - 1))
    return [] if book.over_parts(path) else None


def _doubled(route: Route) -> bool:
    """Whether two successive points are the same."""
    path = route.path
    return any(a == b for a, b in pairwise(path))
