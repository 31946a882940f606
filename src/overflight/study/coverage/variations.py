"""How what is seen changes with what was assumed: how sites weigh, what a look shows, and how wide
and in what light satellites look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from overflight.study.coverage.flights import Places, Seen
from overflight.study.coverage.satellites import Accesses

_DETECTS = (Fraction(1), Fraction(3, 4), Fraction(1, 2), Fraction(1, 4))


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The chances (days that an activity lasts -> that it is seen) of all together, were it so."""

    what: str
    as_taken: bool
    chance: Mapping[int, Fraction]


@dataclass(frozen=True, slots=True)
class Narrower:
    """Accesses of a site (the middle one of all sites), and sites with none, within limits."""

    off_nadir_deg: float
    min_sun_deg: float
    middle: float
    never: int


def otherwise(
    run: Callable[[Places, Fraction], tuple[Seen, ...]],
    taken: Places,
    other: Places,
    detect: Fraction,
) -> tuple[Otherwise, ...]:
    """The study once more: with the ``other`` weights, and with other chances that a look shows
    what is there."""

    def told(places: Places, chance: Fraction) -> Otherwise:
        weighs = "all sites alike" if places.weights is None else "sites by their values"
        return Otherwise(
            f"{weighs}, a look shows it with chance {float(chance):g}",
            places is taken and chance == detect,
            run(places, chance)[-1].chance,
        )

    detects = sorted({*_DETECTS, detect}, reverse=True)
    return (*(told(taken, p) for p in detects), told(other, detect))


def narrower(
    found: Accesses, sites: int, off_nadir_deg: float, min_sun_deg: float
) -> tuple[Narrower, ...]:
    """The same accesses within two thirds and one third of the angle, and with a higher Sun."""
    rows = []
    for angle, sun in (
        (off_nadir_deg, min_sun_deg),
        (off_nadir_deg * 2 / 3, min_sun_deg),
        (off_nadir_deg / 3, min_sun_deg),
        (off_nadir_deg, max(min_sun_deg, 0.0) + 10.0),
        (off_nadir_deg, max(min_sun_deg, 0.0) + 20.0),
    ):
        kept = (found.off_nadir_deg <= angle) & (found.sun_deg >= sun)
        counts = np.bincount(found.site[kept], minlength=sites)
        rows.append(Narrower(angle, sun, float(np.median(counts)), int((counts == 0).sum())))
    return tuple(rows)
