"""Stretches of days on which the standing of every State is the same.

Who is bound changes on few days: when an instrument is deposited, takes effect or ends. Between two
such days nothing has to be worked out again: views of one stretch share what the first one found.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from overflight.treaty.dated import ONE_DAY, add_days

if TYPE_CHECKING:
    from overflight.terms.values import CitedValue
    from overflight.treaty.model import Treaty
    from overflight.treaty.view import TreatyView

_KEPT = 32
"""Treaties, for each of which the answer is kept."""


@lru_cache(maxsize=_KEPT)
def change_days(treaty: Treaty) -> tuple[dt.date, ...]:
    """The days, in order, on which the standing of a State, or the regime's, can be another than
    on the day before. Computed days are an event's, as much later as the rules say."""
    return tuple(sorted({dt.date.min, *_days(treaty)}))


def stands_since(treaty: Treaty, on: dt.date) -> dt.date:
    """The first day on which every State, and the regime, stood as on ``on``."""
    days = change_days(treaty)
    return days[bisect_right(days, on) - 1]


def first_view(view: TreatyView) -> TreatyView:
    """The view of that day: ``view`` itself where it is its own."""
    day = stands_since(view.treaty, view.on)
    return view if day == view.on else view.treaty.on(day, view.readings)


@lru_cache(maxsize=_KEPT)
def scalars(treaty: Treaty) -> Mapping[str, list[CitedValue]]:
    """All rows of values and deadlines, by key."""
    found: dict[str, list[CitedValue]] = {}
    for row in (*treaty.values, *(d.value for d in treaty.deadlines)):
        found.setdefault(row.key, []).append(row)
    return found


def _days(treaty: Treaty) -> Iterator[dt.date]:
    rule = treaty.entry_into_force
    found: set[dt.date | None] = {rule.fixed, rule.known_from}
    for event in treaty.events:
        found |= {event.earliest, event.latest, event.effective}
    for state in treaty.states:
        found.add(state.until)
    if treaty.termination is not None:
        found.add(treaty.termination.date)
    waits = {0, rule.days, rule.later_days}
    for day in found:
        if day is not None:
            for wait in waits:
                later = add_days(day, wait)
                yield later
                if later < dt.date.max:
                    yield later + ONE_DAY
