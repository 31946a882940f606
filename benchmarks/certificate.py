"""How tight the certificate is: upper bounds against the best values known, one line an instance.

    python benchmarks/certificate.py --instances DIR [--seconds 10] [--most 200] [--blind]
                                     [--wall] [--only NAME,...] [--core N] [--json]

The best value known is given as the value of the plan to be certified, as the program does with
its own plan; ``--blind`` gives none. Seconds are of processor time of this one process, so that
other work on the machine does not count; with ``--wall`` they are seconds by the clock. The
compiled code is warmed up before the first instance. The exit status is 1 when a bound lies below
a known value.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from instances import DiscInstance, NodeInstance, distance_matrix, read_folder

from overflight.geo.geodesic import distance_matrix_km
from overflight.geo.positions import Position
from overflight.planning.bound.disc_bound import bound_discs
from overflight.planning.bound.node_bound import NodeBound, bound_nodes


def certify(instance: NodeInstance | DiscInstance, seconds: float, blind: bool, wall: bool) -> dict:
    """One line of the table."""
    clock = time.monotonic if wall else time.process_time
    begun, spent = time.monotonic(), time.process_time()
    known = instance.best_known
    value = 0.0 if blind else known or 0.0
    found = _bound(instance, value, seconds, clock)
    return {
        "instance": instance.name,
        "n": len(instance.scores),
        "best_known": known,
        "bound": round(found.bound, 3),
        "gap_percent": round(100.0 * (found.bound / known - 1.0), 3) if known else None,
        "seconds": round(time.monotonic() - begun, 2),
        "cpu_seconds": round(time.process_time() - spent, 2),
        "cuts": found.cuts,
        "branches": found.branches,
        "below_known": known is not None and found.bound < known * (1.0 - 1e-9),
    }


def _bound(instance: NodeInstance | DiscInstance, value: float, seconds: float, clock) -> NodeBound:
    if isinstance(instance, NodeInstance):
        return bound_nodes(
            *(instance.distances(), instance.scores, instance.limit, instance.start, instance.end),
            incumbent=value,
            seconds=seconds,
            clock=clock,
        )
    closed = bool(np.array_equal(instance.start, instance.end))
    ends = [instance.start] if closed else [instance.start, instance.end]
    places = np.array([*ends, *instance.centres])
    if instance.geodesic:
        distance = distance_matrix_km([Position(lat=float(y), lon=float(x)) for x, y in places])
    else:
        distance = distance_matrix(places, "real")
    nothing = np.zeros(len(ends))
    return bound_discs(
        distance,
        np.concatenate([nothing, instance.radii]),
        np.concatenate([nothing, instance.scores]),
        instance.limit,
        closed=closed,
        incumbent=value,
        seconds=seconds,
        clock=clock,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instances", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--most", type=int, default=200, help="sites an instance, at most")
    parser.add_argument("--blind", action="store_true")
    parser.add_argument("--wall", action="store_true")
    parser.add_argument("--discs", action="store_true", help="close-enough instances instead")
    parser.add_argument("--only", default="", help="parts of names, comma between")
    parser.add_argument("--core", type=int, help="number of the core to stay on")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {given.core})
    kind = DiscInstance if given.discs else NodeInstance
    chosen = [
        i
        for i in read_folder(given.instances)
        if isinstance(i, kind)
        and len(i.scores) <= given.most
        and any(part in i.name for part in given.only.split(","))
    ]
    away = np.abs(np.subtract.outer(np.arange(12.0) ** 2, np.arange(12.0) ** 2))
    bound_nodes(away, np.arange(12.0) + 0.5, 100.0, seconds=60.0)
    rows = []
    for instance in chosen:
        row = certify(instance, given.seconds, given.blind, given.wall)
        rows.append(row)
        if given.json:
            print(json.dumps(row), flush=True)
        else:
            gap = "" if row["gap_percent"] is None else f"{row['gap_percent']:7.2f} %"
            effort = f"{row['cuts']:6d} cuts {row['branches']:4d} branches"
            print(
                f"{row['instance']:40s} {row['n']:5d} {row['best_known'] or 0:9g} "
                f"{row['bound']:10g} {gap:>9s} {row['seconds']:7.1f} s "
                f"{row['cpu_seconds']:6.1f} s cpu {effort}",
                flush=True,
            )
    gaps = [row["gap_percent"] for row in rows if row["gap_percent"] is not None]
    if gaps and not given.json:
        print(f"gap: mean {np.mean(gaps):.3f} %, largest {max(gaps):.2f} %, {len(gaps)} instances")
    return 1 if any(row["below_known"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
