"""Where to fly: chances over 100,000 sites, over 10,000 routes, and over all routes with a bound.

    python benchmarks/study_inspect.py [--only sites|pool|points|strips] [--seconds 60] [--json]

sites   100,000 single sites, three kinds of values: ours, and the same as a linear programme solved
        by HiGHS in the same run, with the largest difference of what is left to gain.
pool    2,000 sites, 10,000 routes drawn by seed (three legs across a square, all they pass within a
        strip shown): gap certified by our own bounds, and that bound taken again from the routes.
points  all routes over points within a length: bounds for up to 100 sites.
strips  all routes of the planner over a real territory with a real sensor: the same through
        the command line, up to 100 sites drawn by seed.

Compiling is done before and not counted. Sites and values are drawn: they mean nothing.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sites500 import draw_sites, overflight

from overflight.study.inspection.asked import over_pool
from overflight.study.inspection.nodes import fly_points
from overflight.study.inspection.payoffs import by_value
from overflight.study.inspection.pool import Pool, pool_of
from overflight.study.inspection.spreading import spread

Floats = NDArray[np.float64]
SITES, LOOKS = 100_000, 300
ALL_ROUTES = (30, 60, 100)
FLIGHT = ("--observing", "DEU", "--observed", "RUS", "--on", "2021-05-19",
          "--aircraft", "a319-oh", "--from", "UUMB")  # fmt: skip


def by_highs(worth: Floats, looks: int) -> tuple[float, float]:
    """(what is left to gain, seconds) of min k: v_s c_s + k >= v_s, sum c = n, 0 <= c <= 1."""
    import highspy

    m = worth.size
    # column by column: v_s and 1 for each chance, then a 1 in each row of a site for k
    number = np.arange(m)
    index = np.concatenate([np.stack([number, np.full(m, m)], axis=1).ravel(), number])
    value = np.concatenate([np.stack([worth, np.ones(m)], axis=1).ravel(), np.ones(m)])
    start = np.append(np.arange(0, 2 * m + 1, 2), 3 * m)
    model: Any = highspy.HighsLp()
    model.num_col_, model.num_row_ = m + 1, m + 1
    model.col_cost_ = np.append(np.zeros(m), 1.0)
    model.col_lower_ = np.zeros(m + 1)
    model.col_upper_ = np.append(np.ones(m), highspy.kHighsInf)
    model.row_lower_ = np.append(worth, float(looks))
    model.row_upper_ = np.append(np.full(m, highspy.kHighsInf), float(looks))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = start.astype(np.int32)
    model.a_matrix_.index_, model.a_matrix_.value_ = index.astype(np.int32), value
    make: Any = highspy.Highs
    highs = make()
    highs.setOptionValue("output_flag", False)
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        highs.setOptionValue(name, 1e-10)
    highs.passModel(model)
    begun = time.perf_counter()
    highs.run()
    return float(highs.getInfo().objective_function_value), time.perf_counter() - begun


def sites() -> Iterator[dict[str, Any]]:
    draw = np.random.default_rng(3)
    kinds = {
        "even": draw.random(SITES),
        "heavy tail": draw.pareto(1.5, SITES) + 0.01,
        "ten grades": draw.integers(1, 11, SITES).astype(float),
    }
    spread(by_value(kinds["even"][:50]), 3)
    for kind, worth in kinds.items():
        game, taken = by_value(worth), []
        for _ in range(15):
            begun = time.perf_counter()
            found = spread(game, LOOKS)
            taken.append(time.perf_counter() - begun)
        value, seconds = by_highs(worth, LOOKS)
        yield {
            "case": f"{SITES} sites, {LOOKS} looks, values {kind}",
            "ms": round(1000 * statistics.median(taken), 2),
            "left_to_gain": found.acting,
            "peer": "HiGHS, the same as a linear programme",
            "peer_ms": round(1000 * seconds, 1),
            "difference": abs(value - found.acting) / max(1.0, value),
        }


def strips_across(routes: int, places: Floats, width: float, draw: np.random.Generator) -> Pool:
    """Routes of three legs across the unit square; what lies within ``width`` is shown."""
    rows = []
    for _ in range(routes):
        shown = np.zeros(len(places), dtype=bool)
        for a, b in itertools.pairwise(draw.random((4, 2))):
            way = b - a
            length = float(np.hypot(*way))
            along = (places - a) @ way / length
            off = np.abs((places - a) @ np.array([-way[1], way[0]])) / length
            shown |= (along >= 0) & (along <= length) & (off < width)
        rows.append(np.flatnonzero(shown))
    return pool_of(rows, len(places))


def pool(seconds: float) -> Iterator[dict[str, Any]]:
    draw = np.random.default_rng(1)
    places, values = draw.random((2000, 2)), draw.integers(1, 11, 2000).astype(float)
    routes = strips_across(10_000, places, 0.006, draw)
    names = [str(i) for i in range(2000)]
    small = pool_of([routes.of(r) for r in range(50)], 2000)
    over_pool(small, names, by_value(values), 1, seconds=2.0)
    for flights in (1, 5):
        begun = time.perf_counter()
        found = over_pool(routes, names, by_value(values), flights, seconds=seconds)
        taken = time.perf_counter() - begun
        prizes = found.mixed.hidden * values[list(found.shown)]
        worths = np.sort([prizes[found.pool.of(r)].sum() for r in range(found.pool.routes)])
        anew = float(prizes.sum() - worths[-flights:].sum())
        yield {
            "case": f"2000 sites, 10000 routes, {flights} flights",
            "seconds": round(taken, 2),
            "gap": round(found.gap, 5),
            "lower": found.mixed.lower,
            "upper": found.mixed.upper,
            "bound_again": anew,
            "routes_flown": len(found.mixed.columns),
        }


def points(seconds: float) -> Iterator[dict[str, Any]]:
    draw = np.random.default_rng(5)
    for count in ALL_ROUTES:
        places = np.vstack([draw.random((count, 2)), [[0.5, 0.5]]])
        distance = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
        values = draw.integers(1, 9, count).astype(float)
        fly_points(distance[-7:, -7:], values[-6:], 2.5, seconds=2.0)
        begun = time.perf_counter()
        found = fly_points(distance, values, 2.5, seconds=seconds).mixed
        yield {
            "case": f"all routes over {count} points",
            "seconds": round(time.perf_counter() - begun, 1),
            "gap": round(found.gap, 5),
            "lower": found.lower,
            "upper": found.upper,
        }


def strips(seconds: float) -> Iterator[dict[str, Any]]:
    for count in ALL_ROUTES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sites.csv"
            path.write_text(draw_sites(count, 1), encoding="utf-8")
            out, _, taken = overflight(
                *("study", "inspect", "--sites", str(path), *FLIGHT, "--flights", "1"),
                *("--seconds", f"{seconds:g}", "--json"),
            )
        answer = json.loads(out)
        yield {
            "case": f"all routes of the planner, {count} sites",
            "seconds": round(taken, 1),
            "not_shown": len(answer["not_shown"]),
            **answer["bounds"],
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--only", choices=("sites", "pool", "points", "strips"))
    parser.add_argument("--seconds", type=float, default=60.0, help="for each game but the first")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, nothing else")
    options = parser.parse_args()
    made: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {
        "sites": sites,
        "pool": lambda: pool(options.seconds),
        "points": lambda: points(options.seconds),
        "strips": lambda: strips(options.seconds),
    }
    for name, rows in made.items():
        if options.only in (None, name):
            for row in rows():
                told = "  ".join(f"{key} {value}" for key, value in row.items())
                print(json.dumps(row) if options.json else told, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
