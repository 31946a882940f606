"""The study of coverage as a plain document, as ``--json`` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from overflight.study.coverage.flights import Seen
from overflight.study.coverage.satellite_summary import AccessSummary

VERSION = 1
APART = "An access is no image, and a flight is no access: the two are never added up."


def coverage_document(
    seen: Sequence[Seen],
    days: str,
    satellites: AccessSummary | None,
    limits: dict[str, Any] | None,
    share: dict[str, Any] | None,
    *,
    detect: float = 1.0,
    weigh: str = "alike",
) -> dict[str, Any]:
    """What flights see, and beside it what satellites pass; either may be missing."""
    return {
        "kind": "study-coverage",
        "version": VERSION,
        "note": APART,
        "flights": None
        if not seen
        else {
            "days_of_flights": days,
            "detect": detect,
            "weigh": weigh,
            "observers": [
                {
                    "observer": s.observer,
                    "flights": s.flights,
                    "sites_seen": s.sites_seen,
                    "sites": s.sites,
                    "times": {site: float(n) for site, n in s.times.items()},
                    "gap_days": {
                        "median": s.gap(Fraction(1, 2)),
                        "nine_of_ten": s.gap(Fraction(9, 10)),
                        "longest": s.gap(Fraction(1)),
                    },
                    "gaps": [{"days": days, "count": n} for days, n in s.gap_counts],
                    "chance_seen": [
                        {"days": d, "value": str(p), "value_float": float(p)}
                        for d, p in s.chance.items()
                    ],
                }
                for s in seen
            ],
        },
        "satellites": None
        if satellites is None
        else {
            **(limits or {}),
            "days": satellites.days,
            "oldest_elements_days": round(satellites.oldest_days, 2),
            "sites_without_access": satellites.never,
            "sites": [
                {
                    "site": s.site, "accesses": s.accesses,
                    "longest_gap_h": round(s.longest_gap_h, 2),
                    "expected_clear": s.expected_clear,
                }
                for s in satellites.sites
            ],
            "chance_of_an_access": [
                {"days": d, "value_float": p} for d, p in satellites.chance.items()
            ],
        },
        "area_share": share,
    }  # fmt: skip
