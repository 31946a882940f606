"""A distribution that the treaty's own data hold, as wishes and as entries of a ledger."""

from __future__ import annotations

import datetime as dt

from overflight.errors import OverflightError
from overflight.procedure.rulebook import Rulebook
from overflight.terms.quotas import Entry, Wish
from overflight.treaty.quotas import reason
from overflight.treaty.vocabulary import ANY


def enacted_wishes(rules: Rulebook, on: dt.date) -> tuple[tuple[Wish, ...], tuple[str, ...]]:
    """The distribution of the treaty's data on a day, and what of it binds nobody or is unknown.

    A flight held jointly stands once, with all its holders.
    """
    view = rules.view(on)
    wishes: list[Wish] = []
    joint: dict[tuple[tuple[str, ...], str], int] = {}
    apart: list[str] = []
    for quota in view.treaty.active_quotas:
        if not quota.flights.holds_on(on):
            continue
        pair = f"{quota.observer} over {quota.observed}"
        why = [
            f"{code} {text}"
            for code in (quota.observer, quota.observed)
            if code != ANY and (text := reason(view, code))
        ]
        if why or quota.flights.value is None:
            apart.append(f"{pair}: {'; '.join(why) or 'not known'}")
            continue
        flights = int(quota.flights.value)
        if quota.shared_with:
            holders = tuple(sorted((quota.observer, *quota.shared_with)))
            key = holders, quota.observed
            joint[key] = max(joint.get(key, 0), quota.shared_flights)
            flights -= quota.shared_flights
        if flights > 0:
            wishes.append(Wish(quota.observer, quota.observed, flights, origin="treaty data"))
    for (holders, observed), flights in joint.items():
        first, *rest = holders
        wishes.append(Wish(first, observed, flights, 1, tuple(rest), origin="treaty data"))
    ordered = sorted(wishes, key=lambda w: (w.observer, w.observed, w.shared_with))
    return tuple(ordered), tuple(apart)


def opening_entries(rules: Rulebook, year: int, date: dt.date | None = None) -> tuple[Entry, ...]:
    """The treaty's own distribution of a year as entries; none where its data have none.

    ``date`` is the day of the entries (default: 1 January of the year).
    """
    first = rules.periods.numbered(year).first
    wishes, _ = enacted_wishes(rules, first)
    view = rules.view(first)
    entries = []
    for wish in wishes:
        try:
            cite = view.active_quota(wish.observer, wish.observed).cite
        except OverflightError:
            cite = ""
        entries.append(
            Entry(
                0,
                date or first,
                year,
                "distributed",
                wish.observer,
                wish.observed,
                wish.flights,
                wish.shared_with,
                cites=(cite,) if cite else (),
                remark="as the treaty's data have it",
            )
        )
    return tuple(entries)
