"""Moving fixes off the sites for whose sake they are there.

A search is best off with a fix right at a site, and whoever reads such a route reads the sites.
So each fix that gives a site away (it is the whole minute nearest to one, or lies within
``TELLING_KM`` of one) is moved to another whole minute from which all that was seen is still
seen. Which one is drawn by a seed: no rule leads back from the fix to the site.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace

from overflight.geo.positions import Position
from overflight.planning.evaluate import LegBook
from overflight.planning.fixes import minute_neighbours
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.refine import Sight, lawful_with
from overflight.units import Kilometres

TELLING_KM: Kilometres = 1.0
"""A fix as near to a site as this gives it away."""
_INSIDE = 0.9
"""Part of a strip's width within which a moved fix keeps its sites: a margin for flying."""
_FURTHEST_KM: Kilometres = 6.0
_MOST_OPTIONS = 80
_PASSES = 3
_KM_PER_MINUTE = 1.86
_NOTHING = 1e-9
_METRE = 0.001


def veiled(book: LegBook, route: Route, seed: int) -> Route:
    """A lawful route, from one that is, that sees no less and gives away as few sites as it can."""
    sites = _Sites(book)
    draw = random.Random(seed)
    for _ in range(_PASSES):
        slots = [slot for slot in _slots(route) if sites.near(route.stages[slot[0]][slot[1]])]
        draw.shuffle(slots)
        before = route
        for number, (stage, slot) in enumerate(slots):
            route = _moved(book, sites, route, stage, slot, draw, len(slots) - number)
        if route == before:
            break
    return route


def given_away(problem: PlanningProblem, route: Route) -> int:
    """How many fixes are the whole minute nearest to a site."""
    nearest = {target.position.rounded_to_minutes() for target in problem.targets}
    return sum(fix in nearest for fix in route.fixes)


class _Sites:
    """Which sites a fix gives away. Looks at those a degree or so around only."""

    def __init__(self, book: LegBook) -> None:
        self.book = book
        self.nearest: dict[Position, list[int]] = {}
        self._cells: dict[tuple[int, int], list[int]] = {}
        self._known: dict[Position, tuple[int, ...]] = {}
        for index, target in enumerate(book.problem.targets):
            self.nearest.setdefault(target.position.rounded_to_minutes(), []).append(index)
            self._cells.setdefault(_cell(target.position), []).append(index)

    def near(self, fix: Position) -> tuple[int, ...]:
        """The sites to which ``fix`` is the nearest minute, or that lie within TELLING_KM."""
        if fix not in self._known:
            row, column = _cell(fix)
            around = [
                index
                for north in (-1, 0, 1)
                for east in (-1, 0, 1)
                for index in self._cells.get((row + north, (column + east) % 360), [])
            ]
            close = (i for i in around if self._away(fix, i) <= TELLING_KM)
            self._known[fix] = tuple(dict.fromkeys([*self.nearest.get(fix, []), *close]))
        return self._known[fix]

    def keeps(self, fix: Position, hosts: tuple[int, ...]) -> bool:
        """Whether the ``hosts`` that can be seen at all lie comfortably in reach of ``fix``."""
        strips = ((i, self.book.problem.targets[i].strips) for i in hosts)
        return all(
            any(s.near_km <= self._away(fix, i) <= _INSIDE * s.far_km for s in choice)
            for i, choice in strips
            if choice
        )

    def _away(self, fix: Position, index: int) -> Kilometres:
        return self.book.length(fix, self.book.problem.targets[index].position)


def _moved(
    book: LegBook,
    sites: _Sites,
    route: Route,
    stage: int,
    slot: int,
    draw: random.Random,
    to_come: int,
) -> Route:
    """The route with one fix elsewhere: off every site if that can be, else off the minute.

    A fix takes no more than its share of the distance that is left, ``to_come`` fixes sharing.
    """
    before, here, after = route.stage_path(stage)[slot : slot + 3]
    gone = [(before, here), (here, after)]
    length = sum(book.length(*leg) for leg in gone)
    spare = book.problem.max_total_km - book.length_of(route.path)
    room = max(spare, 0.0) / to_come
    sight, taken, hosts = Sight(book, route), set(route.path), sites.near(here)
    second: Route | None = None
    for place in _options(book, here, draw):
        tells = bool(sites.near(place))
        if place in taken or place in sites.nearest or not book.problem.fix_allowed(place):
            continue
        if (tells and second is not None) or not sites.keeps(place, hosts):
            continue
        fresh = [(before, place), (place, after)]
        if sum(book.length(*leg) for leg in fresh) > length + room + _METRE:
            continue
        offer = _with_fix(route, stage, slot, place)
        if sight.change(gone, fresh, offer) < -_NOTHING:
            continue
        if lawful_with(book, offer, fresh):
            if not tells:
                return offer
            second = offer
    if here in sites.nearest and second is not None:
        return second
    return route


def _options(book: LegBook, here: Position, draw: random.Random) -> Iterator[Position]:
    """Whole minutes around, in an order drawn by lot."""
    reach = min(book.furthest_km, _FURTHEST_KM)
    minutes = max(2, math.ceil(reach / (_KM_PER_MINUTE * math.cos(math.radians(here.lat)))))
    around = minute_neighbours(here, min(minutes, 9))[1:]
    around = [place for place in around if book.length(here, place) <= reach + 1.0]
    draw.shuffle(around)
    yield from around[:_MOST_OPTIONS]


def _with_fix(route: Route, stage: int, slot: int, fix: Position) -> Route:
    stages, old = list(route.stages), route.stages[stage]
    stages[stage] = (*old[:slot], fix, *old[slot + 1 :])
    return replace(route, stages=tuple(stages))


def _slots(route: Route) -> list[tuple[int, int]]:
    return [(k, slot) for k, fixes in enumerate(route.stages) for slot in range(len(fixes))]


def _cell(position: Position) -> tuple[int, int]:
    return (math.floor(position.lat), math.floor(position.lon) % 360)
