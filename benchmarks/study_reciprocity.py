"""Long-run payoffs of a million pairs of memory-one strategies; numpy's determinants beside it.

    python benchmarks/study_reciprocity.py [--pairs 1000000] [--repeats 5] [--json]

The peer is Press and Dyson's formula as written, three determinants of 4x4 matrices a pair by
numpy.linalg.det (LAPACK), in the same run. For each noise: pairs a second of both, and the largest
relative error of both against exact fractions on a sample of strategies from the corners of the
cube, where the formula as written loses its digits. Compiling is done before and not counted.
A third line has the critical quotas: four rules, 0 to 24 flights a year, in exact fractions.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.study.reciprocity.game import MemoryOne, read_payoffs
from overflight.study.reciprocity.kernel import pair_payoffs
from overflight.study.reciprocity.play import Errors, play
from overflight.study.reciprocity.quota import quotas, stage_of

Floats = NDArray[np.float64]
GAME = read_payoffs("5,3,1,0")
NOISES = ("0.05", "1e-3", "1e-6", "1e-9")


def as_written(one: Floats, two: Floats, noise: float) -> Floats:
    """D(p, q, S_X) / D(p, q, 1) and the same for Y: shape (n, 2)."""
    p = noise + (1 - 2 * noise) * one
    q = noise + (1 - 2 * noise) * two[:, [0, 2, 1, 3]]
    rows = np.empty((len(p), 4, 4))
    rows[:, :, 0] = p * q
    rows[:, :, 1], rows[:, :, 2] = p, q
    rows[:, 0, :3] -= 1
    rows[:, 1, 1] -= 1
    rows[:, 2, 2] -= 1

    def with_last(column: tuple[float, ...]) -> Floats:
        rows[:, :, 3] = column
        return np.asarray(np.linalg.det(rows))

    mine, theirs = with_last((3, 0, 5, 1)), with_last((3, 5, 0, 1))
    with np.errstate(all="ignore"):
        return np.stack([mine, theirs], axis=1) / with_last((1, 1, 1, 1))[:, None]


def median_seconds(work: Callable[[], Any], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def worst(found: Floats, exact: Floats) -> float:
    """Largest relative error; infinite where no number came out."""
    off = np.abs(found / exact - 1)
    return float(np.max(np.where(np.isfinite(off), off, np.inf)))


def a_noise(text: str, one: Floats, two: Floats, repeats: int) -> dict[str, Any]:
    noise = Fraction(float(text))
    errors = Errors(noise)
    draw = np.random.default_rng(2)
    corners = np.array([0.0, 1.0, 1 / 3, 0.5])
    few = [draw.choice(corners, (60, 4)) for _ in range(2)]
    made = [
        [MemoryOne("", tuple(Fraction(float(x)) for x in row)) for row in side]  # type: ignore[arg-type]
        for side in few
    ]
    truth = np.array(
        [[float(x) for x in play(a, b, GAME, errors).payoffs] for a, b in zip(*made, strict=True)]
    )
    ours = median_seconds(lambda: pair_payoffs(one, two, GAME, errors), repeats)
    peer = median_seconds(lambda: as_written(one, two, float(noise)), repeats)
    return {
        "case": f"noise {text}",
        "pairs": len(one),
        "seconds": round(ours, 4),
        "pairs_a_second": round(len(one) / ours),
        "worst_relative_error": worst(pair_payoffs(*few, GAME, errors), truth),
        "peer": f"numpy {np.__version__} linalg.det, Press and Dyson as written",
        "peer_seconds": round(peer, 4),
        "peer_worst_relative_error": worst(as_written(*few, float(noise)), truth),
    }


def a_quota(repeats: int) -> dict[str, Any]:
    stage = stage_of(GAME, Fraction(1, 100))
    half, false, delta = Fraction(1, 5), Fraction(1, 50), Fraction(9, 10)
    noise = Fraction(1, 100)

    def reckon() -> list[Any]:
        return list(quotas(stage, half, false, delta, 24, noise=noise))

    return {
        "case": "quotas, four rules, 0 to 24 flights, exact",
        "seconds": round(median_seconds(reckon, repeats), 4),
        "critical": {quota.rule: quota.critical for quota in reckon()},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Pairs of strategies a second")
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON object a line, nothing else")
    options = parser.parse_args()
    draw = np.random.default_rng(1)
    one, two = draw.random((options.pairs, 4)), draw.random((options.pairs, 4))
    pair_payoffs(one[:1], two[:1], GAME, Errors(Fraction(1, 20)))
    for text in NOISES:
        show(a_noise(text, one, two, options.repeats), options.json)
    show(a_quota(options.repeats), options.json)
    return 0


def show(row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        safe = {k: (None if v == float("inf") else v) for k, v in row.items()}
        print(json.dumps(safe), flush=True)
    else:
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
