"""Whether so many flights lie within the quotas that the treaty's data give: a hint, no more.

Flights of other Parties count against the same passive quota, and a campaign may be spread over
years; so a number that is too large is said and refuses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence

from overflight.errors import OverflightError, UnknownValueError
from overflight.terms.findings import Finding, Verdict
from overflight.terms.values import CitedValue
from overflight.treaty.view import TreatyView


def quota_findings(
    views: Sequence[TreatyView], observing: str, observed: str
) -> tuple[Finding, ...]:
    """For each year in which flights are planned: the active and the passive quota.

    ``views`` are the treaty on the day of each flight.
    """
    first: dict[int, TreatyView] = {}
    for view in views:
        first.setdefault(view.on.year, view)
    count = Counter(view.on.year for view in views)
    return tuple(
        finding
        for year, view in sorted(first.items())
        for finding in _of_year(view, observing, observed, count[year])
    )


def _of_year(view: TreatyView, observing: str, observed: str, flights: int) -> list[Finding]:
    year = view.on.year
    return [
        _held(
            "active-quota",
            f"Active quota of {observing} over {observed}, {year}",
            lambda: view.active_quota(observing, observed),
            flights,
            view.on,
            _shared(view, observing, observed),
        ),
        _held(
            "passive-quota",
            f"Passive quota of {observed}, {year}",
            lambda: view.passive_quota(observed),
            flights,
            view.on,
            "flights of other Parties count against it too",
        ),
    ]


def _held(
    rule: str,
    title: str,
    quota: Callable[[], CitedValue],
    flights: int,
    on: dt.date,
    besides: str,
) -> Finding:
    """Flights against a quota; what is not known stays unknown."""
    try:
        value = quota()
        limit = float(value.value)
    except UnknownValueError as error:
        return _open(rule, title, flights, f"not known: {error.message}")
    except (OverflightError, TypeError, ValueError) as error:
        return _open(rule, title, flights, getattr(error, "message", str(error)))
    within = flights <= limit
    said = f"{flights} flights planned, of {limit:g} a year on {on.isoformat()}"
    if not within:
        said += f": {flights - limit:g} more than there are"
    if besides:
        said += f" ({besides})"
    return Finding(
        rule,
        title,
        Verdict.COMPLIANT if within else Verdict.BREACH,
        said,
        value.cite,
        value.cite,
        float(flights),
        limit,
        "flights",
        phase="campaign",
        private=value.private,
    )


def _open(rule: str, title: str, flights: int, why: str) -> Finding:
    return Finding(
        rule,
        title,
        Verdict.UNDETERMINED,
        f"{flights} flights planned; {why}",
        "",
        measured=float(flights),
        unit="flights",
        phase="campaign",
        needs=("the number of flights a year",),
    )


def _shared(view: TreatyView, observing: str, observed: str) -> str:
    try:
        others, many = view.shared_quota(observing, observed)
    except OverflightError:
        return ""
    return f"{many} of them shared with {', '.join(others)}" if others and many else ""
