"""Two original negatives of one flight, side by side: what the side that chooses wants to know.

Nothing is chosen here. What differs is told with how sure it is; whose choice it is comes from the
regime's rights, and the choice itself is sealed in the bundle (``overflight bundle choose``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from overflight.imagery.film.checks import BREACH, COMPLIANT, UNDETERMINED, characteristics
from overflight.imagery.film.curve import Known
from overflight.imagery.film.measured import FilmRead
from overflight.imagery.film.negative import INTENSITY
from overflight.treaty.model import Right

_LOWER = ("base_fog", "granularity_um", "own_bar_um")
"""Of these a lower value keeps more of what was seen; gamma, speed and range are as wanted."""

_MANY = 2.77 / 1.96
"""Nine measures are compared: each at 1 - 0.05 / 9, so that one of twenty pairs of equal films
shows a difference at all (Bonferroni)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of both: ``sure`` where the difference is too large for chance; ``better``
    "A" or "B" where one is surely lower and lower is better."""

    name: str
    a: Known
    b: Known
    difference: float | None
    interval: tuple[float, float] | None
    sure: bool
    better: str


@dataclass(frozen=True, slots=True)
class Originals:
    """Both compared. ``alike``: whether they are of one type, by name and by curve."""

    differences: tuple[Difference, ...]
    alike: str
    because: str
    chooser: str
    right: Right | None


def compare(a: FilmRead, b: FilmRead, aircraft: str, rights: Iterable[Right]) -> Originals:
    """``aircraft``: the side that provided it, "observing" or "observed"."""
    of_a, of_b = measures(a), measures(b)
    found = tuple(
        _difference(name, of_a[name], of_b[name]) for name in of_a if name in of_b
    )  # fmt: skip
    right = next(
        (
            r
            for r in rights
            if r.details.get("medium") == "film"
            and r.details.get("sets") == 2
            and r.details.get("aircraft") == aircraft
        ),
        None,
    )
    alike, because = _alike(a, b, found)
    return Originals(found, alike, because, "" if right is None else right.who, right)


def measures(film: FilmRead) -> dict[str, Known]:
    """What is measured of a film, by name."""
    found: dict[str, Known] = {}
    if film.wedge is not None and film.wedge.curve is not None:
        found.update(characteristics(film.wedge.curve))
    if film.wedge is not None:
        known = [g for g in film.wedge.grain if g.selwyn_um is not None]
        if known:
            nearest = min(known, key=lambda g: abs(g.density - 1.0))
            found["granularity_um"] = Known(nearest.selwyn_um, nearest.interval)
    for bars in film.bars:
        if bars.on != INTENSITY:
            continue
        own = [o for o in bars.own if o.bar_um is not None]
        if own:
            finest = min(own, key=lambda o: o.bar_um or math.inf)
            found["own_bar_um"] = Known(finest.bar_um, finest.interval_um)
    return found


def _difference(name: str, a: Known, b: Known) -> Difference:
    if a.value is None or b.value is None or a.interval is None or b.interval is None:
        return Difference(name, a, b, None, None, False, "")
    middle = b.value - a.value
    half = math.hypot(a.interval[1] - a.interval[0], b.interval[1] - b.interval[0]) / 2.0
    sure = abs(middle) > _MANY * half
    better = ("B" if middle < 0.0 else "A") if sure and name in _LOWER else ""
    return Difference(name, a, b, middle, (middle - half, middle + half), sure, better)


def _alike(a: FilmRead, b: FilmRead, found: Iterable[Difference]) -> tuple[str, str]:
    if not a.asked.type or not b.asked.type:
        return UNDETERMINED, "the type of film and process is not told of both"
    if a.asked.type != b.asked.type:
        return BREACH, f"film and process of two types: {a.asked.type}, {b.asked.type}"
    apart = [d.name for d in found if d.sure and d.name in ("gamma", "base_fog")]
    if apart:
        return UNDETERMINED, f"one type by name, but the wedges differ in {', '.join(apart)}"
    if not any(d.difference is not None for d in found):
        return UNDETERMINED, "one type by name; no wedges to hold against each other"
    return COMPLIANT, "one type by name, and the wedges do not differ"


def leaning(found: Iterable[Difference]) -> str:
    """In words: which of the two keeps more, by what is sure; "" where nothing is."""
    rows = [d for d in found if d.better]
    sides = {d.better for d in rows}
    if len(sides) != 1:
        return ""
    return f"{sides.pop()} is surely better in {', '.join(d.name for d in rows)}"
