"""A problem that begins from a route: what it needs, what it misses, what distance is left."""

from __future__ import annotations

from overflight.planning.board import Board
from overflight.planning.evaluate import LegBook
from overflight.planning.fixes import Node
from overflight.planning.problem import Route
from overflight.planning.stages import StagePlan, split
from overflight.planning.timing import seen_by
from peers.greedy import Stages

_METRE = 0.001


def board_around(book: LegBook, board: Board, route: Route) -> tuple[Board, Stages]:
    """The fixes of ``route`` at what they alone show, and what it does not see at its value."""
    seen = seen_by(book, route)
    value = book.value_of(book.seen_on(route.path))
    nodes: list[Node] = []
    rows: list[int] = []
    stages: Stages = []
    for stage, fixes in enumerate(route.stages):
        kept: list[int] = []
        for slot, fix in enumerate(fixes):
            if fix in book.bends:
                continue
            way = route.stage_path(stage)
            without = [*route.path[: route.landings[stage]], *way[: slot + 1]]
            without += [*way[slot + 2 :], *route.path[route.landings[stage + 1] + 1 :]]
            alone = value - book.value_of(book.seen_on(without))
            kept.append(board.first_node + len(nodes))
            nodes.append(Node(fix, (), max(alone, 1e-3 * value / max(1, len(route.fixes)))))
            rows.append(board.nearest_node_row(fix))
        stages.append(kept)
    taken = {node.position for node in nodes}
    for index, node in enumerate(board.nodes):
        gain = book.value_of(set(node.targets) - seen)
        if gain > 0 and node.position not in taken:
            nodes.append(Node(node.position, node.targets, gain))
            rows.append(board.first_node + index)
    return board.with_nodes(nodes, rows), stages


def plan_around(book: LegBook, board: Board, route: Route, number: int) -> StagePlan | None:
    """The landings of ``route`` with what is left of the distance shared out: evenly, or to one."""
    problem = book.problem
    rows = tuple(board.place_row(station) for station in route.stations)
    lengths = [book.length_of(route.stage_path(i)) for i in range(len(route.stages))]
    order = None
    if number % 2:
        first = (number // 2) % len(lengths)
        order = [(first + k) % len(lengths) for k in range(len(lengths))]
    # A metre for each leg, because lengths are rounded up for the solver.
    room = [
        min(length + _METRE * (len(stage) + 1), problem.max_stage_km)
        for length, stage in zip(lengths, route.stages, strict=True)
    ]
    limits = split(room, problem.max_total_km, problem.max_stage_km, order)
    if limits is None:
        limits = split(lengths, problem.max_total_km, problem.max_stage_km, order)
    return None if limits is None else StagePlan(rows, limits)
