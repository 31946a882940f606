"""Branch and bound on the relaxation, best bound first; at any moment its bound holds."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from overflight.planning.bound.relaxation import Point, Relaxation
from overflight.planning.bound.rows import (
    Box,
    Cut,
    Floats,
    Multipliers,
    Priced,
    length_capacity,
    odd_cut,
    subtour,
    value_capacity,
)
from overflight.planning.bound.separation import dense_set, odd_cuts, pieces, subtour_sets

LEAST = 0.02
"""Cuts broken by less than this are not worth a row."""

Where = int | tuple[int, int]
"""A variable: a node, or an edge with its lower end first."""

_NONE = np.zeros(0)
_WHOLE = 1e-5
_CANDIDATES = 4
_PROBE_STEPS = 40


@dataclass(slots=True)
class Effort:
    """What a search has done."""

    cuts: int = 0
    edges: int = 0
    rounds: int = 0
    branches: int = 0


class Reach(Protocol):
    """Least lengths from the start to each node and from each node to the end, shape (n,)."""

    @property
    def away(self) -> Floats: ...

    @property
    def back(self) -> Floats: ...


class Search:
    """An upper bound on the value of a cycle through node 0.

    ``step``: every value is a multiple of it plus ``base`` (0: values may be any number).
    ``incumbent``: a value known to be reached; nothing worse is looked at, and the bound is never
    below it. ``until`` is a monotonic second.
    """

    def __init__(
        self,
        distance: Floats,
        limit: float,
        scores: Floats,
        box: Box,
        reach: Reach,
        incumbent: float,
        step: float,
        until: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.relaxation = Relaxation(distance, limit, scores, box)
        self.incumbent, self.step, self.until, self.clock = incumbent, step, until, clock
        self.effort = Effort()
        self.bound = math.fsum(scores * box.y_high) * (1 + 1e-12)
        self.root = box
        self.queue: list[tuple[float, int, Box, int]] = []
        self.count = itertools.count()
        self.closed = -math.inf
        self.fixed = box.y_low > 0
        self.away, self.back = (part * self.relaxation.unit for part in (reach.away, reach.back))
        both = (self.away + self.back)[~self.fixed]
        self.levels = np.unique(np.quantile(both, np.linspace(0, 0.95, 10))) if both.size else both
        self._seed()

    def _seed(self) -> None:
        relaxation = self.relaxation
        n = relaxation.n
        k = min(n - 1, 10 if n <= 500 else 6)
        away = np.where((self.root.x_high | self.root.x_high.T) > 0, relaxation.distance, np.inf)
        self._start(away.min(axis=1))
        near = np.argpartition(away, k - 1, axis=1)[:, :k]
        u = np.repeat(np.arange(n), k)
        relaxation.add_edges(u, near.ravel())
        relaxation.add_edges(np.zeros(n - 1, np.int64), np.arange(1, n))

    def _start(self, nearest: Floats) -> None:
        """A first bound without any linear programme: half the way to the nearest node a side.

        Multipliers price for the length and -price x nearest / 2 for the degrees leave no edge
        with a positive reduced value; the best price is found by a search in thirds.
        """
        relaxation = self.relaxation
        half = np.where(np.isfinite(nearest), nearest, 0.0) / 2

        def bound(power: float) -> float:
            rate = math.exp(power)
            found: Priced = relaxation.price(Multipliers.of(rate, -rate * half, [], _NONE), 0)
            return found.bound

        scale = float(relaxation.scores.sum()) / relaxation.limit if relaxation.limit > 0 else 0.0
        if scale <= 0.0:
            return
        low, high = math.log(scale) - 5.0, math.log(scale) + 3.0
        for _ in range(8):
            left, right = low + 0.38 * (high - low), low + 0.62 * (high - low)
            at_left, at_right = bound(left), bound(right)
            self.bound = min(self.bound, max(self.incumbent, min(at_left, at_right)))
            if at_left <= at_right:
                high = right
            else:
                low = left

    def target(self) -> float:
        """The least value that would be better than the incumbent."""
        if not self.step:
            return self.incumbent
        return self.step * (math.floor(self.incumbent / self.step) + 1)

    def rounded(self, bound: float) -> float:
        """The largest value that a cycle can have when none is above ``bound``."""
        if self.step <= 0.0 or not math.isfinite(bound):
            return bound
        return self.step * math.floor(bound / self.step)

    def hopeless(self, bound: float) -> bool:
        if bound <= max(self.incumbent, self.closed):
            return True
        return self.step > 0.0 and bound < self.target()

    def late(self) -> bool:
        return self.clock() >= self.until

    def run(self) -> float:
        """Search until the time is up or the bound is met; the bound."""
        self.queue = [(-self.bound, next(self.count), self.root, 0)]
        while self.queue and not self.late():
            bound, _, box, depth = heapq.heappop(self.queue)
            if self.hopeless(-bound):
                self.queue = []
                break
            self._known(-bound)
            self._visit(-bound, box, depth)
        self._known(-self.queue[0][0] if self.queue else -math.inf)
        return self.bound

    def _known(self, open_bound: float) -> None:
        """Nothing still open is worth more than ``open_bound``."""
        best = max(open_bound, self.closed)
        self.bound = min(self.bound, max(self.incumbent, self.rounded(best)))

    def _visit(self, bound: float, box: Box, depth: int) -> None:
        if box.empty:
            return
        relaxation = self.relaxation
        relaxation.set_box(box)
        self.effort.branches += 1
        bound, point = self._tighten(bound, depth)
        box = relaxation.box.copy()
        if self.hopeless(bound) or box.empty:
            return
        if self.late():
            heapq.heappush(self.queue, (-bound, next(self.count), box, depth))
            return
        choice = self._choose(point, bound) if point is not None else None
        if choice is None:
            self.closed = max(self.closed, bound)
            return
        where, low, high = choice
        for side, child in ((0, min(bound, low)), (1, min(bound, high))):
            if self.hopeless(child):
                continue
            inner = _pinned(box, where, side)
            heapq.heappush(self.queue, (-child, next(self.count), inner, depth + 1))

    def _tighten(self, bound: float, depth: int) -> tuple[float, Point | None]:
        """Cut and price until nothing new is found or it no longer pays."""
        relaxation = self.relaxation
        history: list[float] = []
        point = None
        while not self.late():
            point = relaxation.solve(self.until - self.clock())
            if relaxation.infeasible():
                empty, came = relaxation.proves_empty()
                if came:
                    continue
                return (-math.inf if empty else bound), None
            if point is None:
                return bound, None
            self.effort.rounds += 1
            priced = relaxation.price(point.multipliers)
            if priced.bound < bound:
                bound = priced.bound
                if not self.hopeless(bound):
                    relaxation.price(point.multipliers, 0, self.target())
            if self.hopeless(bound):
                return bound, point
            if depth == 0:
                self._known(bound)
            came = 0
            if priced.u.size:
                best = np.argsort(-priced.gain)[: max(50, relaxation.n)]
                came = relaxation.add_edges(priced.u[best], priced.v[best])
                self.effort.edges += came
            cuts = self._cuts(point)
            added = relaxation.add_cuts(cuts)
            self.effort.cuts += added
            if not came and not added:
                break
            if not came and not _whole(point):
                history.append(bound)
                back, part = (12, 0.01) if depth == 0 else (5, 0.02)
                least = part * max(bound - self.incumbent, 1e-9)
                if len(history) > back and history[-back - 1] - bound < least:
                    break
            relaxation.forget(15)
        return bound, point

    def _cuts(self, point: Point) -> list[Cut]:
        relaxation = self.relaxation
        n = relaxation.n
        cuts = relaxation.violated_logicals(point, LEAST)
        sets, keys, short = subtour_sets(n, point.u, point.v, point.x, point.y, LEAST, 200)
        order = np.argsort(-short)[:60]
        cuts += [subtour(sets[k], int(keys[k])) for k in order]
        cuts += self._capacities(point)
        if len(cuts) < 20:
            sets, teeth, short = odd_cuts(n, point.u, point.v, point.x, 2 * LEAST, 200)
            for k in np.argsort(-short)[:30]:
                cuts.append(odd_cut(sets[k], point.u[teeth[k]], point.v[teeth[k]]))
        return cuts

    def _capacities(self, point: Point) -> list[Cut]:
        """Sets that hold more length, or more value, than what enters them can bring."""
        relaxation = self.relaxation
        n, u, v, x = relaxation.n, point.u, point.v, point.x
        d = relaxation.distance[u, v]
        along = np.zeros(n)
        np.add.at(along, u, d * x)
        np.add.at(along, v, d * x)
        found: list[Cut] = []
        there = point.y > 1e-9
        there[0] = False
        if not self.levels.size:
            return found
        for level in self.levels:
            spare = relaxation.limit - level
            may = there & (self.away + self.back >= level)
            if not may.any():
                continue
            some = dense_set(n, u, v, x * (spare + d) / 2, along / 2, may)
            for piece in _pieces(some, u, v):
                need = float(self.away[piece].min() + self.back[piece].min()) * (1 - 1e-12)
                spare = (relaxation.limit - need) * (1 + 1e-9)
                within = piece[u] & piece[v]
                cross = float(x[piece[u] != piece[v]].sum())
                if spare > 0 and 2.0 * float((d * x)[within].sum()) / spare > cross + LEAST:
                    found.append(length_capacity(piece, spare))
        most = (self.bound - float(relaxation.scores[self.fixed].sum())) * (1 + 1e-9)
        if most > 0:
            scores = np.where(self.fixed, 0.0, relaxation.scores)
            some = dense_set(n, u, v, x, 2.0 * scores * point.y / most, there & ~self.fixed)
            for piece in _pieces(some, u, v):
                cross = float(x[piece[u] != piece[v]].sum())
                if 2.0 * float((scores * point.y)[piece].sum()) / most > cross + LEAST:
                    found.append(value_capacity(piece, scores, most))
        return found

    def _choose(self, point: Point, bound: float) -> tuple[Where, float, float] | None:
        """What to branch on, and the bounds of both sides; None: the point is integral."""
        frac = np.minimum(point.y, 1 - point.y)
        nodes = np.flatnonzero(frac > _WHOLE)
        options: list[Where]
        if nodes.size:
            promise = frac[nodes] * (1 + self.relaxation.scores[nodes])
            options = [int(nodes[k]) for k in np.argsort(-promise)[:_CANDIDATES]]
        else:
            frac = np.minimum(point.x, 1 - point.x)
            edges = np.flatnonzero(frac > _WHOLE)
            order = edges[np.argsort(-frac[edges])[:_CANDIDATES]]
            options = [(int(point.u[e]), int(point.v[e])) for e in order]
        basis = self.relaxation.basis()
        best: tuple[Where, float, float] | None = None
        most = -1.0
        for where in options:
            low, high = (
                min(bound, self._probe(_pinned(self.relaxation.box, where, side), basis))
                for side in (0, 1)
            )
            rank = max(bound - low, 1e-6) * max(bound - high, 1e-6)
            if rank > most:
                best, most = (where, low, high), rank
            if self.late():
                break
        return best

    def _probe(self, box: Box, basis: Any) -> float:
        """A bound after a few steps of the simplex method in ``box``."""
        if box.empty:
            return -math.inf
        relaxation = self.relaxation
        old = relaxation.box
        relaxation.set_box(box)
        point = relaxation.solve(self.until - self.clock(), _PROBE_STEPS)
        bound = math.inf
        if point is not None:
            bound = relaxation.price(point.multipliers, 0).bound
        relaxation.box = old
        relaxation.restore(basis)
        return bound


def relaxed_distances(distance: Floats, source: int) -> Floats:
    """Shortest ways from ``source`` over any nodes, shape (n,) (distances need not be a metric)."""
    found = np.array(distance[source], dtype=np.float64)
    found[source] = 0.0
    open_to = np.ones(found.size, dtype=bool)
    for _ in range(found.size):
        i = int(np.argmin(np.where(open_to, found, np.inf)))
        open_to[i] = False
        np.minimum(found, found[i] + distance[i], out=found)
    return found


def _whole(point: Point) -> bool:
    """Whether nothing is left to branch on."""
    parts = np.concatenate([point.x, point.y])
    return bool((np.minimum(parts, 1 - parts) <= _WHOLE).all())


def _pieces(members: Any, u: Any, v: Any) -> list[Any]:
    label = pieces(members, u, v)
    return [label == k for k in np.unique(label[label >= 0])]


def _pinned(box: Box, where: Where, side: int) -> Box:
    """The part of a box with one variable at 0 or at 1."""
    new = box.copy()
    if isinstance(where, int):
        new.y_low[where] = new.y_high[where] = side
        if side == 0:
            new.x_high[where, :] = 0
            new.x_high[:, where] = 0
    else:
        new.x_low[where] = new.x_high[where] = side
    return new
