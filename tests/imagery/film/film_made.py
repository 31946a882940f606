"""Film with a known truth, and how often intervals of what is measured of it hold that truth."""

from __future__ import annotations

from collections import Counter

import numpy as np

from overflight.imagery.film.curve import exposures, fit_curve
from overflight.imagery.film.grain import grain_of
from overflight.imagery.film.scanner import Scanner, transmittance
from overflight.imagery.film.simulate import Film, Scan, wedge_scan
from overflight.imagery.film.wedge import cut, patch_density, read_steps

FILM = Film()
SCANNER = Scanner(7.0, 200.0, 60_000.0, 0.5)
SCAN = Scan(SCANNER)
WEDGE = 0.05 + 0.15 * np.arange(21)
THROUGH_NOTHING = 0.6

TRUTH = {
    "gamma": FILM.gamma,
    "base_fog": FILM.base,
    "speed": 1.5 / 10.0**FILM.speed_x,
    "range": float(np.ptp(FILM.density(THROUGH_NOTHING - WEDGE))),
    "grain": float(FILM.granularity(FILM.base)),
}


def measured(seed: int) -> dict[str, tuple[float, tuple[float, float]]]:
    """What one scan of a wedge says, by name: value and interval."""
    (counts,), box, fog = wedge_scan(FILM, SCAN, WEDGE, THROUGH_NOTHING, seed, step_px=30,
                                    tall_px=54, margin_px=48, marked=False)  # fmt: skip
    steps = read_steps(counts, SCANNER, box, 21)
    plain = transmittance(cut(counts, fog), SCANNER)
    x = exposures(WEDGE, THROUGH_NOTHING)
    curve = fit_curve(steps, x, absolute=True, fog=patch_density(plain))
    found = {"gamma": curve.gamma, "base_fog": curve.base_fog, "speed": curve.speed,
             "range": curve.range}  # fmt: skip
    grain = grain_of([plain], SCANNER)
    rows = {name: (known.value, known.interval) for name, known in found.items()}
    return {**rows, "grain": (grain.selwyn_um, grain.interval)}  # type: ignore[dict-item]


def held(seeds: range) -> Counter[str]:
    """How many of the intervals hold the truth, by name."""
    count: Counter[str] = Counter()
    for seed in seeds:
        for name, (value, (low, high)) in measured(seed).items():
            assert abs(value / TRUTH[name] - 1.0) < 0.05, (name, seed)
            count[name] += low <= TRUTH[name] <= high
    return count
