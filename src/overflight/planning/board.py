"""The places and candidate fixes of a problem with everything between them, as matrices."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.geo.geodesic import distance_matrix_km
from overflight.geo.positions import Position
from overflight.planning.detours import Bends, Detours, detours_for
from overflight.planning.fixes import Node, nodes_for
from overflight.planning.problem import BoolMatrix, Place, PlanningProblem, Route
from overflight.planning.timing import could_be_in_time

MOST_NODES = 800
"""Most candidate fixes a search looks at; of more, those least worth are left out. It says so."""


@dataclass(frozen=True, slots=True)
class Board:
    """``km`` and ``blocked`` run over places first, then nodes: shape (p + n, p + n).

    Where ``bends`` are given, ``km`` counts ways round what blocks the direct leg, and only that
    is ``blocked`` to which there is no way at all.
    """

    places: tuple[Place, ...]
    nodes: tuple[Node, ...]
    km: NDArray[np.float64]
    blocked: BoolMatrix
    bends: Bends | None = None

    @property
    def points(self) -> tuple[Position, ...]:
        return (*(p.position for p in self.places), *(n.position for n in self.nodes))

    @property
    def detours(self) -> Detours | None:
        """The ways round what is blocked, for whoever puts fixes between its rows."""
        return None if self.bends is None else self.bends.detours

    @property
    def first_node(self) -> int:
        return len(self.places)

    def place_row(self, place: Place) -> int:
        return self.places.index(place)

    def with_nodes(self, nodes: Sequence[Node], rows: Sequence[int]) -> Board:
        """The same places with other nodes, each standing near the node in the given row.

        Lengths are worked out anew; what is blocked is taken over from the nearby node, so a
        route found on such a board has to be looked at again (``LegBook.blocked_on``).
        """
        keep = [*range(self.first_node), *rows]
        points = [*(p.position for p in self.places), *(n.position for n in nodes)]
        if self.bends is not None:
            return _bent(self.places, nodes, self.bends.moved(points, keep))
        return Board(
            self.places, tuple(nodes), distance_matrix_km(points), self.blocked[np.ix_(keep, keep)]
        )

    def nearest_node_row(self, position: Position) -> int:
        """Row of the node nearest to ``position``, by the look of the map."""
        squares = [
            (n.position.lat - position.lat) ** 2
            + (((n.position.lon - position.lon + 180.0) % 360.0 - 180.0) ** 2)
            * np.cos(np.radians(position.lat)) ** 2
            for n in self.nodes
        ]
        return self.first_node + int(np.argmin(squares))

    def route(self, stations: Sequence[Place], stages: Iterable[Iterable[int]]) -> Route:
        """Rows of nodes, stage by stage, as a route."""
        points = self.points
        return Route(
            tuple(stations), tuple(tuple(points[row] for row in stage) for stage in stages)
        ).tidy()


def board_for(problem: PlanningProblem) -> tuple[Board, tuple[str, ...]]:
    """The board of a problem, and notes on what was left out of it."""
    places = reachable_places(problem)
    nodes = in_time(problem, nodes_for(problem))
    notes: tuple[str, ...] = ()
    if len(nodes) > MOST_NODES:
        worth = sorted(nodes, key=lambda node: (-node.value, node.position))[:MOST_NODES]
        notes = (
            f"{len(nodes)} candidate fixes; the {MOST_NODES} worth most were searched, the sites "
            "of the others count when they are seen on the way",
        )
        nodes = sorted(worth, key=lambda node: node.position)
    points = [*(p.position for p in places), *(n.position for n in nodes)]
    blocked = np.array(problem.blocked(points), dtype=bool)
    np.fill_diagonal(blocked, False)
    detours = detours_for(problem) if blocked.any() else None
    if detours is not None:
        return _bent(places, nodes, detours.matrix(points, problem.max_total_km)), notes
    return Board(places, tuple(nodes), distance_matrix_km(points), blocked), notes


def _bent(places: tuple[Place, ...], nodes: Sequence[Node], bends: Bends) -> Board:
    km = np.where(bends.blocked, bends.direct, bends.km)
    return Board(places, tuple(nodes), km, bends.blocked, bends)


def in_time(problem: PlanningProblem, nodes: Sequence[Node]) -> list[Node]:
    """The nodes at what they show of targets that can be passed within their hours at all."""
    hopeless = {i for i, t in enumerate(problem.targets) if not could_be_in_time(problem, t)}
    kept = []
    for node in nodes:
        if hopeless.isdisjoint(node.targets):
            kept.append(node)
            continue
        left = tuple(i for i in node.targets if i not in hopeless)
        if left:
            value = math.fsum(problem.targets[i].value for i in left)
            kept.append(replace(node, targets=left, value=value))
    return kept


def reachable_places(problem: PlanningProblem) -> tuple[Place, ...]:
    """Start, end, and the stations that a flight can go by way of at all, blocked or not."""
    places = tuple(dict.fromkeys((problem.start, problem.end, *problem.stations)))
    km = distance_matrix_km([place.position for place in places])
    hops = km <= problem.max_stage_km
    ends = (places.index(problem.start), places.index(problem.end))

    def fits(row: int) -> bool:
        ways = [chain(hops, km, end, row) for end in ends]
        if None in ways:
            return False
        length = sum(float(km[a, b]) for way in ways for a, b in pairs(way or ()))
        return length <= problem.max_total_km

    return tuple(place for row, place in enumerate(places) if row in ends or fits(row))


def hop_matrix(board: Board, longest: float) -> BoolMatrix:
    """Which places can be reached from which without a fix in between, shape (p, p)."""
    p = board.first_node
    return np.asarray((board.km[:p, :p] <= longest) & ~board.blocked[:p, :p], dtype=bool)


def chain(hops: BoolMatrix, km: NDArray[np.float64], first: int, last: int) -> list[int] | None:
    """Shortest way from place to place over ``hops`` (Dijkstra); None where there is none."""
    best: dict[int, tuple[float, list[int]]] = {first: (0.0, [first])}
    done: set[int] = set()
    while True:
        open_rows = [row for row in best if row not in done]
        if not open_rows:
            return best[last][1] if last in best else None
        row = min(open_rows, key=lambda r: (best[r][0], r))
        if row == last:
            return best[row][1]
        done.add(row)
        length, path = best[row]
        for other in np.flatnonzero(hops[row]):
            if int(other) not in done:
                offer = (length + float(km[row, other]), [*path, int(other)])
                if int(other) not in best or offer[0] < best[int(other)][0]:
                    best[int(other)] = offer


def pairs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Successive rows of a chain."""
    return list(itertools.pairwise(rows))
