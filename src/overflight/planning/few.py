"""The best order of a few fixes with landings among them, by looking at all that can be best.

Depth first, with what is still to be seen as the bound: a branch ends when not even everything
left would beat the best so far, or would match it in less distance. A route with blocked legs,
crossings or too much distance is never begun, so what comes out is the best of the lawful ones,
which a search that mends crossings afterwards cannot promise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from overflight.geo.positions import Position
from overflight.planning.board import Board
from overflight.planning.evaluate import LegBook
from overflight.planning.mending import mended
from overflight.planning.problem import Place, Route
from overflight.planning.refine import settle
from overflight.planning.simple_path import may_cross
from overflight.planning.timing import TimedBook
from overflight.units import Kilometres

MOST_NODES = 8
"""So many fixes are few."""
_MOST_STEPS = 60_000
_ASK_EVERY = 100
_SPARE_STAGES = 2
_KEPT = 3
_NOTHING = 1e-9
_METRE = 0.001


@dataclass(frozen=True, slots=True)
class FewFound:
    """The best orders, the best first; ``proven`` when nothing was left unlooked at."""

    routes: tuple[Route, ...]
    value: float
    """What the first of them shows, or may show when hope counts."""
    proven: bool


def best_of_few(
    book: LegBook, board: Board, *, hopeful: bool, stop: Callable[[], bool] = lambda: False
) -> FewFound:
    """Lawful routes over the nodes of a board with few of them.

    ``hopeful``: a fix is taken to show the sites for whose sake it is there, also when it does
    not quite (moving it by a minute may mend that), and two ways may bend at one corner; else
    only what the legs show counts, and no corner serves twice. A petal out to one fix and back is
    let pass: ``uncross`` opens it.
    """
    search = _Few(book, board, hopeful, stop)
    search.go_from(_Branch(search.start, 0.0, 0.0, frozenset(), 0, (search.start,), ()))
    value = search.found[0][0][0] if search.found else 0.0
    return FewFound(tuple(route for _, route in search.found), value, not search.ended)


def settled_few(
    book: LegBook, board: Board, stop: Callable[[], bool]
) -> tuple[tuple[Route, ...], bool]:
    """Lawful routes over the fixes of a board, if they are few; True: nothing is left to search."""
    if sum(node.value > 0 for node in board.nodes) > MOST_NODES:
        return (), False
    routes: list[Route] = []
    for hopeful in (True, False):
        found = best_of_few(book, board, hopeful=hopeful, stop=stop)
        settled = (settle(book, route, board.nodes) for route in found.routes)
        routes += [route for route in settled if route is not None]
        if not found.proven:
            return tuple(routes), False
        value = max((book.value(route) for route in routes), default=0.0)
        turned = book.problem.level is not None
        bounded = not (turned and isinstance(book, TimedBook))
        if not found.routes or (bounded and value >= found.value - _NOTHING):
            return tuple(routes), not turned or bool(routes)
    # Fixes moved a little farther may show in a turn what none of these do.
    return tuple(routes), bool(routes) and book.problem.level is None


@dataclass(frozen=True, slots=True)
class _Branch:
    """A beginning of a route: rows flown over, landings as rows too, what is seen as bits.

    ``fixes`` is how many fixes it takes, those of ways round and of petals opened included.
    """

    row: int
    length: Kilometres
    stage: Kilometres
    used: frozenset[int]
    seen: int
    rows: tuple[int, ...]
    legs: tuple[tuple[int, int], ...]
    fixes: int = 0


@dataclass
class _Few:
    book: LegBook
    board: Board
    hopeful: bool
    stop: Callable[[], bool]
    steps: int = 0
    ended: bool = False
    found: list[tuple[tuple[float, int, float], Route]] = field(default_factory=list)
    start: int = field(init=False)
    end: int = field(init=False)

    def __post_init__(self) -> None:
        problem, board = self.book.problem, self.board
        self.start, self.end = board.place_row(problem.start), board.place_row(problem.end)
        self.km = [[float(x) for x in row] for row in board.km]
        self.points = board.points
        self.first = board.first_node
        self.rows = range(len(self.points))
        least = math.ceil(problem.max_total_km / problem.max_stage_km - 1e-9)
        self.most_stages = min(problem.max_stages, least + _SPARE_STAGES)
        self.most_fixes = problem.max_fixes
        self.home = [min(row[: self.first]) for row in self.km]
        self.exempt = frozenset(place.position for place in board.places)
        self._meets: dict[tuple[tuple[int, int], tuple[int, int]], bool] = {}
        self._seen: dict[tuple[int, int], int] = {}
        self._worth: dict[int, float] = {0: 0.0}
        self.own = [0] * self.first + [_bits(node.targets) for node in board.nodes]
        self.near = [self._near(row) for row in self.rows]
        self.between_places = 0
        for a in range(self.first):
            for b in range(self.first):
                self.between_places |= self.shown(a, b)

    def go_from(self, branch: _Branch) -> None:
        self.steps += 1
        self.ended = self.ended or self.steps >= _MOST_STEPS
        if self.steps % _ASK_EVERY == 0:
            self.ended = self.ended or self.stop()
        if self.ended:
            return
        if branch.row == self.end and len(branch.rows) > 1:
            self.offer(branch)
        for following in self.nexts(branch):
            if self.promising(following):
                self.go_from(following)

    def nexts(self, branch: _Branch) -> Iterator[_Branch]:
        """The lawful continuations by one leg, the nearest first."""
        problem, here = self.book.problem, branch.row
        stages = sum(row < self.first for row in branch.rows)
        for row in sorted(self.rows, key=lambda r: self.km[here][r]):
            if row == here or row in branch.used or self.board.blocked[here, row]:
                continue
            lands = row < self.first
            if lands and stages > self.most_stages:
                continue
            leg, km = (here, row), self.km[here][row]
            length, stage = branch.length + km, branch.stage + km
            if stage + self.home[row] > problem.max_stage_km:
                continue
            if length + self.km[row][self.end] > problem.max_total_km or self.crosses(branch, leg):
                continue
            fixes = branch.fixes + self.fixes_of(branch, leg)
            if self.most_fixes is not None and fixes > self.most_fixes:
                continue
            seen = branch.seen | self.shown(here, row) | (self.own[row] if self.hopeful else 0)
            used = branch.used if lands else branch.used | {row}
            yield _Branch(
                row,
                length,
                0.0 if lands else stage,
                used,
                seen,
                (*branch.rows, row),
                (*branch.legs, leg),
                fixes,
            )

    def promising(self, branch: _Branch) -> bool:
        """Whether what is left could still make this beginning the best."""
        if not self.found:
            # Few fixes may show nothing at all: then there is no best to end a branch by.
            free = self.most_fixes is None
            return free or self.worth(branch.seen | self.to_come(branch)) > _NOTHING
        value, _, shortness = self.found[0][0]
        hope = self.worth(branch.seen | self.to_come(branch))
        if hope > value + _NOTHING:
            return True
        length = branch.length + self.km[branch.row][self.end]
        return hope >= value - _NOTHING and length < -shortness - _METRE

    def to_come(self, branch: _Branch) -> int:
        """All that any leg after this beginning could show."""
        here, left = branch.row, self.book.problem.max_total_km - branch.length
        bits = self.between_places
        spent = self.most_fixes is not None and branch.fixes >= self.most_fixes
        for row in self.rows[: self.first] if spent else self.rows:
            if row < self.first:
                bits |= self.shown(here, row)
            elif row not in branch.used and self.km[here][row] + self.km[row][self.end] <= left:
                bits |= self.near[row]
        return bits

    def _near(self, row: int) -> int:
        """All that legs from or to a row could show."""
        bits = self.own[row] if self.hopeful else 0
        for other in self.rows:
            bits |= self.shown(row, other) | self.shown(other, row)
        return bits

    def offer(self, branch: _Branch) -> None:
        """Keep a whole route that is among the best so far."""
        route = self.route(branch.rows)
        flown = mended(self.book, route)
        if self.book.too_many_fixes(flown):
            return
        if self.book.over_parts(flown.path) or self.book.circles(flown.path) is not None:
            return
        value = self.worth(branch.seen)
        if isinstance(self.book, TimedBook) or (self.book.by_route and not self.hopeful):
            # Hours and turns only lessen what is seen: counted for whole routes, not in the bound.
            value += self.book.value(flown) - self.book.value_of(self.book.seen_on(flown.path))
        rank = (round(value, 9), -len(route.stages), -branch.length)
        best = self.found[0][0] if self.found else None
        if best is None or (rank[0], rank[2]) > (best[0], best[2] - _METRE):
            self.found.append((rank, route))
            self.found = sorted(self.found, key=lambda entry: entry[0], reverse=True)[:_KEPT]

    def route(self, rows: tuple[int, ...]) -> Route:
        stations: list[Place] = []
        stages: list[list[int]] = []
        for row in rows:
            if row < self.first:
                stations.append(self.board.places[row])
                stages.append([])
            else:
                stages[-1].append(row)
        return self.board.route(stations, stages[:-1])

    def fixes_of(self, branch: _Branch, leg: tuple[int, int]) -> int:
        """How many fixes a leg more takes: its end, its bends, and the one that opens a petal."""
        bends = len(self.way(*leg)) - 2 if self.most_fixes is not None else 0
        back = self.book.problem.simple_path and branch.legs[-1:] == (leg[::-1],)
        return int(leg[1] >= self.first) + bends + int(back and leg[1] < self.first)

    def crosses(self, branch: _Branch, leg: tuple[int, int]) -> bool:
        if not self.book.problem.simple_path:
            return False
        before = branch.legs
        # Out to one fix and back: ``uncross`` makes two fixes of it.
        petal = bool(before) and before[-1] == (leg[1], leg[0]) and leg[1] < self.first
        others = before[:-1] if petal else before
        return any(self.meets(leg, other) for other in others)

    def meets(self, leg: tuple[int, int], other: tuple[int, int]) -> bool:
        key = (leg, other) if leg < other else (other, leg)
        if key not in self._meets:
            first, second = self.way(*key[0]), self.way(*key[1])
            bends = {*first[1:-1]} & {*second[1:-1]}
            self._meets[key] = bool(bends and not self.hopeful) or any(
                may_cross(one, [two], self.exempt)
                for one in pairwise(first)
                for two in pairwise(second)
                if not {*one} & {*two} & bends
            )
        return self._meets[key]

    def way(self, a: int, b: int) -> tuple[Position, ...]:
        """The points of the way from row to row, bends included."""
        bends = self.board.bends.bends(a, b) if self.board.bends is not None else ()
        return (self.points[a], *bends, self.points[b])

    def shown(self, a: int, b: int) -> int:
        if (a, b) not in self._seen:
            idle = a == b or bool(self.board.blocked[a, b])
            seen = frozenset[int]() if idle else self.book.seen_on(self.way(a, b))
            self._seen[a, b] = _bits(seen)
        return self._seen[a, b]

    def worth(self, seen: int) -> float:
        if seen not in self._worth:
            targets = self.book.problem.targets
            self._worth[seen] = math.fsum(
                target.value for i, target in enumerate(targets) if seen >> i & 1
            )
        return self._worth[seen]


def _bits(targets: frozenset[int] | tuple[int, ...]) -> int:
    return sum(1 << index for index in targets)
