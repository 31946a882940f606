"""Accesses of a list of sites, summed up: how many, how far apart, and with a given cloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from overflight.study.coverage.satellites import Accesses


@dataclass(frozen=True, slots=True)
class SiteAccess:
    """A site: ``accesses`` in the time asked about, the longest time without one (from beginning
    to end), and, only where a cloud was given, how many of them are expected to be clear."""

    site: str
    accesses: int
    longest_gap_h: float
    expected_clear: float | None


@dataclass(frozen=True, slots=True)
class AccessSummary:
    """All sites. ``chance``: days that an activity lasts -> share of its possible beginnings at a
    site drawn from the list in which at least one access falls within it. An access is no image."""

    sites: tuple[SiteAccess, ...]
    never: int
    chance: Mapping[int, float]
    days: float
    oldest_days: float


def summary(
    found: Accesses,
    names: Sequence[str],
    begin_jd: float,
    days: float,
    durations: Sequence[int] = (),
    cloud: Mapping[str, float] | float | None = None,
) -> AccessSummary:
    """Sum up accesses. ``cloud``: share of the time that a site (or any) is under cloud."""
    rows = []
    covered = dict.fromkeys(durations, 0.0)
    end = begin_jd + days
    bounds = np.searchsorted(found.site, np.arange(len(names) + 1))
    for n, name in enumerate(names):
        at = found.jd[bounds[n] : bounds[n + 1]]
        marks = np.concatenate(([begin_jd], at, [end]))
        share = cloud.get(name) if isinstance(cloud, Mapping) else cloud
        rows.append(
            SiteAccess(
                name,
                len(at),
                float(np.diff(marks).max() * 24.0),
                None if share is None else len(at) * (1.0 - share),
            )
        )
        for duration in durations:
            covered[duration] += _seen_from(at, begin_jd, end, float(duration))
    return AccessSummary(
        tuple(rows),
        sum(not row.accesses for row in rows),
        {d: total / len(names) for d, total in covered.items()},
        days,
        found.oldest_days,
    )


def _seen_from(at: np.ndarray, begin: float, end: float, duration: float) -> float:
    """Share of beginnings, from ``begin`` to ``end - duration``, with an access within."""
    last = end - duration
    if last <= begin:
        return float(len(at) > 0)
    # a beginning b sees an access at t if t - duration <= b <= t
    starts, ends = np.clip(at - duration, begin, last), np.clip(at, begin, last)
    total, reached = 0.0, begin
    for one, two in zip(starts, ends, strict=True):
        total += max(0.0, two - max(one, reached))
        reached = max(reached, two)
    return total / (last - begin)
