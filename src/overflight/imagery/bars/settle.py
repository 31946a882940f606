"""From what was first seen to groups that can be fitted: how many bars, where exactly, and which
of them are missing from the search."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.bars.find import Sighting
from overflight.imagery.bars.kernel import likeness

LIKE = 0.5
"""Correlation with bars below which a sighting is dropped."""

CORE_LIKE = 0.78
"""Median correlation of a target's wider groups below which it is none. Bars reach 0.89 at a
signal of ten times the noise; what looks like bars in fields, roofs and surf stays under 0.7."""

_MOST_GROUPS = 60


def settled(pixels: NDArray[Any], cluster: list[Sighting]) -> list[Sighting]:
    """The groups of a target, each with as many bars as most of them have."""
    ranked = sorted(cluster, key=lambda s: -s.prominence * s.count)[: 2 * _MOST_GROUPS]
    tried = [(s, _counted(pixels, s)) for s in ranked]
    votes = Counter(best.count for _, (best, score) in tried if score > LIKE)
    if not votes:
        return []
    count = votes.most_common(1)[0][0]
    groups = []
    for s, (best, score) in tried:
        if best.count != count:
            best, score = _with_count(pixels, s, count)
        if score > LIKE:
            groups.append((score, best))
    kept: list[Sighting] = []
    for _, s in sorted(groups, key=lambda g: -g[0]):
        if all(math.hypot(s.x - o.x, s.y - o.y) > 0.5 * max(s.radius, o.radius) for o in kept):
            kept.append(s)
    return kept[:_MOST_GROUPS]


def believable(pixels: NDArray[Any], groups: list[Sighting]) -> bool:
    """Whether the groups are of more than one width and look like bars where they are wide."""
    if len(groups) < 3 or len({round(math.log(g.width) / 0.04) for g in groups}) < 2:
        return False
    wide = min(3.0, 0.6 * max(g.width for g in groups))
    return float(np.median([score_of(pixels, g) for g in groups if g.width >= wide])) > CORE_LIKE


def score_of(pixels: NDArray[Any], s: Sighting) -> float:
    return s.sign * likeness(pixels, s.x, s.y, s.normal, s.width, s.length, s.count, 1.0)


def _counted(pixels: NDArray[Any], s: Sighting) -> tuple[Sighting, float]:
    """With the number of bars that likens it most to what is there."""
    trials = [_with_count(pixels, s, n) for n in range(max(s.count, 2), min(s.count + 3, 8))]
    return max(trials, key=lambda t: t[1] + 0.01 * t[0].count)


def _with_count(pixels: NDArray[Any], s: Sighting, count: int) -> tuple[Sighting, float]:
    """With that many bars, shifted along them as fits best."""
    best, best_score = s, -1.0
    spare = count - s.count
    step = 2.0 * s.width
    for k in range(abs(spare) + 1):
        by = (k - abs(spare) / 2.0) * step
        moved = replace(
            s, x=s.x + by * math.cos(s.normal), y=s.y + by * math.sin(s.normal), count=count
        )
        score = score_of(pixels, moved)
        if score > best_score:
            best, best_score = moved, score
    return best, best_score


def missing(pixels: NDArray[Any], groups: list[Sighting], narrowest: float) -> list[Sighting]:
    """Groups that the search passed over: of the other direction beside a known one, or the next
    of a series, looked for with the pattern of bars itself."""
    found: list[Sighting] = []
    known = list(groups)
    for seed in sorted(groups, key=lambda g: -g.width):
        for near in _guesses(seed, groups):
            if near.width < narrowest or near.width > 12.0:
                continue
            if any(_covers(o, near) for o in known):
                continue
            best = _climbed(pixels, near)
            if best is None or any(_covers(o, best) for o in known):
                continue
            found.append(best)
            known.append(best)
            if len(known) >= _MOST_GROUPS:
                return found
    return found


def _covers(a: Sighting, b: Sighting) -> bool:
    return math.hypot(a.x - b.x, a.y - b.y) < 0.45 * (a.radius + b.radius)


def _guesses(seed: Sighting, groups: list[Sighting]) -> list[Sighting]:
    """Where others of its kind are likely: as far from it as pairs of known groups are from each
    other, in units of the bar's width."""
    guesses: list[Sighting] = []
    for a in groups:
        for b in groups:
            if a is b or abs(math.log(a.width / seed.width)) > 0.9:
                continue
            if math.hypot(a.x - b.x, a.y - b.y) > 3.0 * (a.radius + b.radius):
                continue
            if abs(math.sin(a.normal - seed.normal)) > 0.3:
                continue
            k = seed.width / a.width
            guesses.append(
                replace(
                    b,
                    x=seed.x + (b.x - a.x) * k,
                    y=seed.y + (b.y - a.y) * k,
                    width=b.width * k,
                    length=b.length * k,
                )
            )
    unique: list[Sighting] = []
    for g in guesses:
        if all(
            math.hypot(g.x - u.x, g.y - u.y) > 0.8 * g.width
            or abs(math.sin(g.normal - u.normal)) > 0.3
            for u in unique
        ):
            unique.append(g)
    return unique


def _climbed(pixels: NDArray[Any], s: Sighting) -> Sighting | None:
    """The likest near a guess; None where it likens bars too little."""
    best, score = s, score_of(pixels, s)
    if score < 0.1:
        wider = [
            replace(s, x=s.x + dx * s.width, y=s.y + dy * s.width)
            for dx in (-1.5, -0.75, 0, 0.75, 1.5)
            for dy in (-1.5, -0.75, 0, 0.75, 1.5)
        ]
        best = max(wider, key=lambda w: score_of(pixels, w))
        score = score_of(pixels, best)
    step = 0.5
    for _ in range(12):
        trials = [
            replace(best, x=best.x + dx * step * s.width, y=best.y + dy * step * s.width,
                    width=best.width * k, length=best.length * k)
            for dx in (-1, 0, 1) for dy in (-1, 0, 1) for k in (1 - 0.08 * step, 1, 1 + 0.08 * step)
        ]  # fmt: skip
        top = max(trials, key=lambda t: score_of(pixels, t))
        new = score_of(pixels, top)
        if new <= score + 1e-6:
            step /= 2.0
            if step < 0.1:
                break
        else:
            best, score = top, new
    drift = abs(math.log(best.width / s.width))
    return best if score > 0.6 and drift < 0.15 and np.isfinite(score) else None
