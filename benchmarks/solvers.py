"""One instance by one solver, in a process of its own on one core: its answer as a line of JSON.

    python benchmarks/solvers.py --instances DIR --one KEY --solver NAME --seconds S [--core N]
    python benchmarks/solvers.py --warm-up

``planning.py`` starts this; peers run in the environment that has them, ours in the program's.
The seconds begin with the process: import, reading and distances are in them. Peers know nodes
only. Where an instance has discs they are given the centres as nodes, and what their legs pass on
the way counts too; where it has hazards they are not asked.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from pathlib import Path

BEGUN = time.monotonic()
PEERS = ("pyvrp", "ortools", "greedy")
RESERVE = 0.06
"""Seconds kept for ending: the answer is written, and the process gone, before the time is up."""
FIRST_PART = 0.2
"""Peers with prizes in the unit of distance spend this part of the time on learning the rate."""


def started() -> float:
    """The monotonic second at which this process began, as well as can be known."""
    try:
        fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
        since_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        up = float(Path("/proc/uptime").read_text().split()[0])
        return min(BEGUN, time.monotonic() - max(0.0, up - since_boot))
    except (OSError, ValueError, IndexError):
        return BEGUN


def ours(instance, seconds: float, seed: int, begun: float) -> dict:
    """The program's own search."""
    from instances import NodeInstance

    budget = {"seconds": seconds, "begun": begun, "seed": seed}
    if isinstance(instance, NodeInstance):
        from overflight.planning.engine.api import solve_op

        end = instance.end if instance.end != instance.start else None
        route = solve_op(
            *(instance.distances(), instance.scores, instance.limit, instance.start, end), **budget
        )
        return {"order": list(route.order)}
    from overflight.planning.engine.discs import solve_ceop, solve_ceop_geodesic

    what = (instance.centres, instance.radii, instance.scores, instance.limit)
    ends = (instance.start, instance.end)
    if instance.geodesic:
        path = solve_ceop_geodesic(*what, *ends, hazards=instance.hazards, **budget).path
    else:
        path = solve_ceop(*what, *ends, **budget).path
    return {"path": [list(point) for point in path]}


# -- peers: nodes 0 .. n - 1, from the first to the last of ``ends`` (one, if they are the same)


def as_nodes(instance):
    """Distances, scores, ends and, for discs, the places that the nodes stand for."""
    import numpy as np
    from instances import NodeInstance, distance_matrix

    if isinstance(instance, NodeInstance):
        ends = list(dict.fromkeys((instance.start, instance.end)))
        return instance.distances(), instance.scores, ends, None
    closed = bool(np.array_equal(instance.start, instance.end))
    places = np.vstack([[instance.start] if closed else [instance.start, instance.end]])
    count = len(places)
    places = np.vstack([places, instance.centres])
    scores = np.concatenate([np.zeros(count), instance.scores])
    if not instance.geodesic:
        return distance_matrix(places, "real"), scores, list(range(count)), places
    from pyproj import Geod

    earth = Geod(ellps="WGS84")
    n = len(places)
    distance = np.zeros((n, n))
    for i in range(n - 1):
        rest = places[i + 1 :]
        here = np.broadcast_to(places[i], rest.shape)
        _, _, metres = earth.inv(here[:, 0], here[:, 1], rest[:, 0], rest[:, 1])
        distance[i, i + 1 :] = distance[i + 1 :, i] = metres / 1000.0
    return distance, scores, list(range(count)), places


def in_whole_numbers(instance, distance):
    """Distances and limit as whole numbers that never make a way look shorter than it is."""
    import numpy as np

    scale = 1.0 if getattr(instance, "kind", "real") != "real" else 10_000.0
    return np.ceil(distance * scale - 1e-9).astype(np.int64), math.floor(instance.limit * scale)


def greedy(distance, scores, limit: float, ends: list[int]) -> list[int]:
    """Cheapest insertion: always the node of most score for its detour, while one fits."""
    import numpy as np

    closed = len(ends) == 1
    after = {ends[0]: ends[-1]}
    detour = 2.0 * distance[ends[0]] if closed else distance[ends[0]] + distance[ends[1]]
    detour = detour - (0.0 if closed else distance[ends[0], ends[1]])
    place = np.full(len(scores), ends[0])
    room = limit - (0.0 if closed else float(distance[ends[0], ends[1]]))
    left = np.ones(len(scores), dtype=bool)
    left[ends] = False
    while True:
        fits = left & (detour <= room + 1e-9)
        if not fits.any():
            break
        worth = np.where(fits, scores / np.maximum(detour, 1e-9), -1.0)
        new = int(worth.argmax())
        room -= float(detour[new])
        a = int(place[new])
        b = after[a]
        after[a], after[new] = new, b
        left[new] = False
        for node in np.flatnonzero(left & (place == a)):  # their edge is gone: look at all edges
            tails = np.fromiter(after.keys(), dtype=np.intp)
            heads = np.fromiter(after.values(), dtype=np.intp)
            more = distance[tails, node] + distance[node, heads] - distance[tails, heads]
            best = int(more.argmin())
            detour[node], place[node] = more[best], tails[best]
        for u, v in ((a, new), (new, b)):
            more = distance[u] + distance[v] - distance[u, v]
            nearer = more < detour
            detour[nearer], place[nearer] = more[nearer], u
    order = [ends[0]]
    while after[order[-1]] != ends[-1]:
        order.append(after[order[-1]])
    return order if closed else [*order, ends[-1]]


def by_rate(solve, scores, limit: int, seconds, ends: list[int]) -> list[int]:
    """The better of two runs of a solver that weighs prizes against distance.

    Prizes must be in the unit of distances: twice the limit over the value reached is the rate,
    at first guessed from half of all value, then taken again from what was found.
    """
    best: tuple[float, list[int]] = (float(scores[ends].sum()), ends)
    reached = float(scores.sum()) / 2.0
    for part in (FIRST_PART, 1.0):
        order = solve(2.0 * limit / max(reached, 1e-9), seconds() * part)
        if order is not None:
            reached = float(scores[order].sum())
            best = max(best, (reached, order))
    return best[1]


def pyvrp(instance, distance, scores, ends: list[int], seconds, seed: int) -> list[int]:
    """PyVRP: hybrid genetic or iterated local search for vehicle routing, prizes scalarised."""
    import numpy as np
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType
    from pyvrp import solve as search
    from pyvrp.stop import MaxRuntime

    whole, limit = in_whole_numbers(instance, distance)
    rest = [i for i in range(len(distance)) if i not in ends]
    number = np.array(ends + rest)
    matrix = whole[np.ix_(number, number)]

    def solve(rate: float, time_s: float) -> list[int] | None:
        prizes = [round(float(scores[i]) * rate) for i in rest]
        data = ProblemData(
            locations=[Location(0, 0) for _ in number],
            clients=[
                Client(len(ends) + k, prize=prize, required=False) for k, prize in enumerate(prizes)
            ],
            depots=[Depot(k) for k in range(len(ends))],
            vehicle_types=[
                VehicleType(1, start_depot=0, end_depot=len(ends) - 1, max_distance=limit)
            ],
            distance_matrices=[matrix],
            duration_matrices=[np.zeros_like(matrix)],
        )
        found = search(data, MaxRuntime(max(0.01, time_s)), seed=seed, display=False)
        if not found.best.is_feasible():
            return None
        visits = [a.idx for route in found.best.routes() for a in route if a.is_client()]
        return [ends[0], *(rest[k] for k in visits), *ends[1:]]

    return by_rate(solve, scores, limit, seconds, ends)


def ortools(instance, distance, scores, ends: list[int], seconds) -> list[int]:
    """OR-Tools routing: disjunctions with prizes as penalties, guided local search.

    The first solution is built by what was best for it here out of five ways: savings between
    500 and 1500 nodes (80 % of the best known on pr1002, cheapest arc 58), else the cheapest arc
    (87 % on rd400, cheapest insertion 72; savings come to nothing in time on the largest).
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    whole, limit = in_whole_numbers(instance, distance)
    rows = whole.tolist()

    def solve(rate: float, time_s: float) -> list[int] | None:
        until = time.monotonic() + time_s
        manager = pywrapcp.RoutingIndexManager(len(rows), 1, [ends[0]], [ends[-1]])
        routing = pywrapcp.RoutingModel(manager)
        way = routing.RegisterTransitMatrix(rows)
        routing.SetArcCostEvaluatorOfAllVehicles(way)
        routing.AddDimension(way, 0, limit, True, "distance")
        for node in range(len(rows)):
            if node not in ends:
                penalty = round(float(scores[node]) * rate)
                routing.AddDisjunction([manager.NodeToIndex(node)], penalty)
        options = pywrapcp.DefaultRoutingSearchParameters()
        ways = routing_enums_pb2.FirstSolutionStrategy
        middle = 500 < len(rows) <= 1500
        options.first_solution_strategy = ways.SAVINGS if middle else ways.PATH_CHEAPEST_ARC
        options.local_search_metaheuristic = (
            routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        )
        options.time_limit.FromMilliseconds(max(10, int((until - time.monotonic()) * 1000)))
        found = routing.SolveWithParameters(options)
        if found is None:
            return None
        order, at = [], routing.Start(0)
        while not routing.IsEnd(at):
            order.append(manager.IndexToNode(at))
            at = found.Value(routing.NextVar(at))
        return order if len(ends) == 1 else [*order, ends[1]]

    return by_rate(solve, scores, limit, seconds, ends)


def peer(instance, solver: str, seconds: float, seed: int, begun: float) -> dict:
    """A peer's answer, as ours would look."""
    distance, scores, ends, places = as_nodes(instance)

    def left() -> float:
        return seconds - (time.monotonic() - begun)

    if solver == "greedy":
        order = greedy(distance, scores, instance.limit, ends)
    elif solver == "pyvrp":
        order = pyvrp(instance, distance, scores, ends, left, seed)
    else:
        order = ortools(instance, distance, scores, ends, left)
    if places is None:
        return {"order": order}
    whole_way = [*order, ends[0]] if len(ends) == 1 else order
    return {"path": places[whole_way].tolist()}


def warm_up() -> None:
    """Run each kind of search once, so that its code is compiled and kept."""
    import numpy as np
    from instances import DiscInstance, NodeInstance, distance_matrix

    from overflight.planning.engine.api import solve_op
    from overflight.planning.engine.discs import solve_ceop, solve_ceop_geodesic

    random = np.random.default_rng(1)
    for n, kind, end in ((40, "EUC_2D", 0), (40, "real", 1), (350, "EUC_2D", 0), (350, "real", 1)):
        xy, scores = random.uniform(0, 1000, (n, 2)), random.integers(1, 9, n).astype(float)
        nodes = NodeInstance("", xy, scores, 4000.0, 0, end, kind, None)
        distance = distance_matrix(nodes.xy, kind)
        solve_op(distance, scores, nodes.limit, 0, end or None, iterations=20_000)
    xy, scores = random.uniform(0, 10, (60, 2)), random.integers(1, 9, 60).astype(float)
    ring = ((5.0, 5.0), (5.5, 5.0), (5.5, 5.5), (5.0, 5.5), (5.0, 5.0))
    area = DiscInstance("", xy, np.full(60, 0.5), scores, 30.0, xy[0], xy[1], False, (ring,), None)
    what = (area.centres, area.radii, area.scores)
    solve_ceop(*what, area.limit, area.start, area.end, iterations=5000)
    wide = (area.centres, 30.0 * area.radii, area.scores, 4000.0, area.start, area.end)
    solve_ceop_geodesic(*wide, iterations=5000)
    solve_ceop_geodesic(*wide, hazards=area.hazards, iterations=5000)


def main() -> int:
    begun = started()
    parser = argparse.ArgumentParser(description="One instance by one solver")
    parser.add_argument("--instances", type=Path)
    parser.add_argument("--one", help="key of the instance")
    parser.add_argument("--solver", choices=("overflight", *PEERS), default="overflight")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--core", type=int)
    parser.add_argument("--warm-up", action="store_true")
    options = parser.parse_args()
    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    if options.warm_up:
        warm_up()
        return 0
    from instances import entries

    # The key is a path within the folder, so that only one file has to be looked at.
    place = options.instances
    if place.is_dir():
        place = place / options.one.split("@")[0]
    wanted = Path(options.one).name
    instance = next(e for e in entries(place) if e.key == wanted).read()
    seconds = options.seconds - RESERVE
    if options.solver == "overflight":
        answer = ours(instance, seconds, options.seed, begun)
    else:
        answer = peer(instance, options.solver, seconds, options.seed, begun)
    print(json.dumps(answer), flush=True)
    os._exit(0)  # interpreters take a while to tidy up, and the clock is running


if __name__ == "__main__":
    sys.exit(main())
