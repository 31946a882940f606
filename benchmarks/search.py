"""The search kernel on published instances, side by side with peers; every route checked again.

    .venv/bin/python benchmarks/search.py --instances DIR [--seconds S] [--seed N] [--only TEXT]
        [--min-nodes N] [--max-nodes N] [--peer pyvrp|greedy]... [--json]

One line an instance: instance, n, score, length, limit, best_known, percent, seconds. Each
instance is solved in a process of its own on one core and ``seconds`` is the wall time of that
process, from its start: import, reading, distances, loading of compiled code. The budget is cut
short by what was spent before the search. Length and score are taken again here, in plain numpy.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

BEGUN = time.monotonic()
HERE = Path(__file__).resolve().parent


def started() -> float:
    """The monotonic second at which this process began, as well as can be known."""
    try:
        fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
        since_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        up = float(Path("/proc/uptime").read_text().split()[0])
        return time.monotonic() - max(0.0, up - since_boot)
    except (OSError, ValueError, IndexError):
        return BEGUN


def solve_nodes(instance, seconds: float, seed: int, solver: str, begun: float) -> dict:
    import numpy as np

    distance = instance.distances()
    if solver == "pyvrp":
        order = pyvrp(instance, distance, seconds - (time.monotonic() - begun), seed)
    else:
        from overflight.planning.engine.api import solve_op

        budget = {"iterations": 1} if solver == "greedy" else {"seconds": seconds, "begun": begun}
        end = instance.end if instance.end != instance.start else None
        order = solve_op(
            distance, instance.scores, instance.limit, instance.start, end, seed=seed, **budget
        ).order
    took = time.monotonic() - begun
    nodes = np.array(order)
    closed = instance.start == instance.end
    ahead = np.roll(nodes, -1) if closed else nodes[1:]
    length = float(distance[nodes[: len(ahead)], ahead].sum())
    assert len(set(order)) == len(order), "a node twice"
    assert order[0] == instance.start and (closed or order[-1] == instance.end), "wrong ends"
    assert length <= instance.limit + 1e-6, "too long"
    return {
        "score": float(instance.scores[nodes].sum()),
        "length": length,
        "sites": len(order),
        "seconds": took,
    }


def pyvrp(instance, distance, seconds: float, seed: int) -> list[int]:
    """PyVRP on the same matrix. Its prizes must be in the unit of its distances: twice the limit
    over the value reached is their rate, first guessed from all value, then taken again."""
    import numpy as np
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType
    from pyvrp import solve as pyvrp_solve
    from pyvrp.stop import MaxRuntime

    scale = 1.0 if instance.kind != "real" else 1000.0
    whole = np.ceil(distance * scale).astype(np.int64)
    ends = list(dict.fromkeys((instance.start, instance.end)))
    rest = [i for i in range(len(distance)) if i not in ends]
    number = np.array(ends + rest)
    matrix = whole[np.ix_(number, number)]
    limit = math.floor(instance.limit * scale)
    reached = float(instance.scores.sum()) / 2
    best: tuple[float, list[int]] = (-1.0, ends)
    for part in (0.2, 0.8):
        rate = 2.0 * limit / reached
        clients = [
            Client(len(ends) + k, prize=round(float(instance.scores[i]) * rate), required=False)
            for k, i in enumerate(rest)
        ]
        vehicle = VehicleType(1, start_depot=0, end_depot=len(ends) - 1, max_distance=limit)
        data = ProblemData(
            locations=[Location(0, 0) for _ in number],
            clients=clients,
            depots=[Depot(k) for k in range(len(ends))],
            vehicle_types=[vehicle],
            distance_matrices=[matrix],
            duration_matrices=[np.zeros_like(matrix)],
        )
        result = pyvrp_solve(data, MaxRuntime(seconds * part), seed=seed, display=False)
        if not result.best.is_feasible():
            continue
        order = [instance.start]
        for route in result.best.routes():
            order += [int(number[v]) for v in route.visits()]
        order += ends[1:]
        score = float(instance.scores[order].sum())
        if score > best[0]:
            best = (score, order)
        reached = max(score, 1.0)
    return best[1]


def solve_discs(instance, seconds: float, seed: int, solver: str, begun: float) -> dict:
    from overflight.planning.engine.discs import solve_ceop, solve_ceop_geodesic

    solve = solve_ceop_geodesic if instance.geodesic else solve_ceop
    budget = {"iterations": 1} if solver == "greedy" else {"seconds": seconds, "begun": begun}
    extra = {"hazards": instance.hazards} if instance.geodesic else {}
    result = solve(
        *(instance.centres, instance.radii, instance.scores, instance.limit),
        *(instance.start, instance.end),
        seed=seed,
        **budget,
        **extra,
    )
    took = time.monotonic() - begun
    checked = checked_geodesic if instance.geodesic else checked_plane
    score, length = checked(instance, result.path)
    if instance.geodesic and instance.hazards:
        assert not enters(instance.hazards, result.path), "enters a hazard"
    assert length <= instance.limit + 1e-6, f"too long: {length}"
    return {"score": score, "length": length, "sites": len(result.path), "seconds": took}


def checked_plane(instance, path) -> tuple[float, float]:
    """Score and length of a polyline; tolerance of the published rule: 1e-6."""
    import numpy as np

    points = np.asarray(path)
    assert np.allclose(points[0], instance.start) and np.allclose(points[-1], instance.end)
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    seen = np.zeros(len(instance.scores), dtype=bool)
    for a, b in itertools.pairwise(points):
        leg = b - a
        size = float(leg @ leg)
        at = np.clip((instance.centres - a) @ leg / size, 0, 1) if size > 0 else 0.0 * seen
        foot = a + at[:, None] * leg
        seen |= np.hypot(*(instance.centres - foot).T) <= instance.radii + 1e-6
    return float(instance.scores[seen].sum()), length


def checked_geodesic(instance, path) -> tuple[float, float]:
    """Score and length by pyproj, the path looked at every kilometre (so slightly too strict)."""
    import numpy as np
    from pyproj import Geod

    earth = Geod(ellps="WGS84")
    length = 0.0
    seen = np.zeros(len(instance.scores), dtype=bool)
    site_lon, site_lat = instance.centres.T
    for (lon1, lat1), (lon2, lat2) in itertools.pairwise(path):
        azimuth, _, metres = earth.inv(lon1, lat1, lon2, lat2)
        length += metres / 1000.0
        steps = np.linspace(0.0, metres, max(2, math.ceil(metres / 1000.0) + 1))
        many = np.ones_like(steps)
        lon, lat, _ = earth.fwd(lon1 * many, lat1 * many, azimuth * many, steps)
        close = np.flatnonzero(~seen)
        for i in close:
            rough = np.hypot(
                (lon - site_lon[i]) * math.cos(math.radians(site_lat[i])), lat - site_lat[i]
            )
            if rough.min() > (instance.radii[i] + 5.0) / 100.0:
                continue
            near = np.argsort(rough)[:12]
            _, _, d = earth.inv(
                lon[near],
                lat[near],
                np.full(len(near), site_lon[i]),
                np.full(len(near), site_lat[i]),
            )
            seen[i] = d.min() / 1000.0 <= instance.radii[i]
    return float(instance.scores[seen].sum()), length


def enters(hazards, path) -> bool:
    """Whether the path (points at most about 60 km apart) has a part inside a hazard, by 1 km."""
    import numpy as np
    from pyproj import Geod
    from shapely import Polygon, contains_xy

    earth = Geod(ellps="WGS84")
    areas = [Polygon(ring) for ring in hazards]
    for (lon1, lat1), (lon2, lat2) in itertools.pairwise(path):
        azimuth, _, metres = earth.inv(lon1, lat1, lon2, lat2)
        steps = np.linspace(0.0, metres, max(2, math.ceil(metres / 1000.0) + 1))
        many = np.ones_like(steps)
        lon, lat, _ = earth.fwd(lon1 * many, lat1 * many, azimuth * many, steps)
        if any(contains_xy(area, lon, lat).any() for area in areas):
            return True
    return False


def one(options: argparse.Namespace) -> int:
    """Solve one instance in this process and print its line."""
    begun = started()
    sys.path.insert(0, str(HERE))
    from instances import NodeInstance, read_folder

    instance = next(i for i in read_folder(Path(options.instances)) if i.name == options.one)
    solve = solve_nodes if isinstance(instance, NodeInstance) else solve_discs
    line = solve(instance, options.seconds, options.seed, options.solver, begun)
    line |= {"instance": instance.name, "n": len(instance.scores), "limit": instance.limit}
    best = instance.best_known
    line |= {
        "best_known": best,
        "percent": round(100.0 * line["score"] / best, 3) if best else None,
        "solver": options.solver,
        "seconds": round(line["seconds"], 2),
    }
    print(json.dumps(line))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the search kernel")
    parser.add_argument("--instances", required=True)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="instances whose name holds this")
    parser.add_argument("--min-nodes", type=int, default=0)
    parser.add_argument("--max-nodes", type=int, default=10**9)
    parser.add_argument("--peer", action="append", choices=("pyvrp", "greedy"), default=[])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--solver", default="overflight", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return one(options)
    sys.path.insert(0, str(HERE))
    from instances import DiscInstance, read_folder

    one_core = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    percents: dict[str, list[float]] = {}
    for instance in read_folder(Path(options.instances)):
        if options.only not in instance.name:
            continue
        if not options.min_nodes <= len(instance.scores) <= options.max_nodes:
            continue
        for solver in ("overflight", *options.peer):
            if solver == "pyvrp" and isinstance(instance, DiscInstance):
                continue  # it knows no discs
            call = [sys.executable, str(Path(__file__).resolve()), "--instances", options.instances]
            call += ["--one", instance.name, "--seconds", str(options.seconds)]
            call += ["--seed", str(options.seed), "--solver", solver]
            result = subprocess.run(call, env=one_core, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                raise SystemExit(f"{instance.name} by {solver}\n{result.stderr}")
            line = json.loads(result.stdout)
            if line["percent"] is not None:
                percents.setdefault(solver, []).append(line["percent"])
            if options.json:
                print(json.dumps(line), flush=True)
            else:
                percent = "" if line["percent"] is None else f"{line['percent']:8.2f} %"
                print(
                    f"{line['instance']:<42}{line['solver']:<11}n {line['n']:<6}"
                    f"score {line['score']:<10g}length {line['length']:<12.6g}"
                    f"of {line['limit']:<10g}{percent}  {line['seconds']:.1f} s",
                    flush=True,
                )
    for solver, values in percents.items():
        summary = {
            "solver": solver,
            "instances": len(values),
            "mean_percent": sum(values) / len(values),
        }
        print(
            json.dumps(summary)
            if options.json
            else f"mean {solver}: {summary['mean_percent']:.3f} %"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
