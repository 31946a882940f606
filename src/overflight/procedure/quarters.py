"""The flights of a year by quarter: clashes, lots, and one flight at a time over a Party.

Parties that plan flights over the same Party in a quarter consult; this finds what they have to
consult about and, where they cannot agree, draws the lots, with a seed that is recorded.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from overflight.errors import DataError
from overflight.formats.times import write_time
from overflight.procedure.rulebook import Rulebook
from overflight.terms.quotas import QuarterWish

QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Slot:
    """One flight in the sequence: its window over the observed Party, ends in UTC.

    ``moved`` says why it does not stand where it was wished; ``lot`` is the number it drew (0:
    none was needed).
    """

    observer: str
    observed: str
    quarter: int
    place: int
    begins: dt.datetime
    ends: dt.datetime
    lot: int = 0
    moved: str = ""
    outside_quota: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """What the Parties have to consult about."""

    observed: str
    quarter: int
    parties: tuple[str, ...]
    text: str
    cite: str


@dataclass(frozen=True, slots=True)
class YearSequence:
    """The sequence of a year. ``unplaced`` found no room in their quarter or a later one."""

    year: int
    slots: tuple[Slot, ...]
    clashes: tuple[Clash, ...]
    unplaced: tuple[QuarterWish, ...]
    planned: Mapping[tuple[str, int], int]
    seed: int
    window_hours: int
    cites: Mapping[str, str]


def sequence(
    rules: Rulebook, year: int, wishes: Sequence[QuarterWish], *, seed: int = 0
) -> YearSequence:
    """Put the flights of a year in an order that the regime allows.

    Flights that the limit of a quarter leaves no room for move to the next quarter; windows never
    overlap. Lots are drawn among flights in canonical order, so that the order of the list given
    does not matter. Flights outside quota are placed too and count against no quarter. Raises
    DataError for a wish that cannot be read or lies outside its quarter.
    """
    on = dt.date(year, 1, 1)
    hours = rules.number(rules.need("one-at-a-time").value, on)
    if hours.value is None:
        raise DataError(
            f"how long a flight holds its Party is not known: {hours.why}",
            remedy="Give the value in an overlay.",
        )
    planner = _Planner(rules, year, dt.timedelta(hours=hours.value), random.Random(seed))
    flights = [flight for wish in wishes for flight in _flights(rules, on, year, wish)]
    by_party: dict[str, list[QuarterWish]] = defaultdict(list)
    for flight in flights:
        by_party[flight.observed].append(flight)
    for observed in sorted(by_party):
        planner.over(observed, sorted(by_party[observed], key=_order))
    planned: dict[tuple[str, int], int] = defaultdict(int)
    for flight in flights:
        if not flight.outside_quota:
            planned[flight.observed, flight.quarter] += 1
    cites = {
        k: rules.limits[k].cite for k in ("quarter", "one-at-a-time", "lots") if rules.limit(k)
    }
    return YearSequence(
        year,
        tuple(sorted(planner.slots, key=lambda s: (s.observed, s.begins))),
        tuple(planner.clashes),
        tuple(planner.unplaced),
        dict(sorted(planned.items())),
        seed,
        hours.value,
        cites,
    )


def _order(flight: QuarterWish) -> tuple[int, str, bool, str]:
    start = "" if flight.start is None else flight.start.isoformat()
    return flight.quarter, flight.observer, flight.outside_quota, start


def _flights(rules: Rulebook, on: dt.date, year: int, wish: QuarterWish) -> list[QuarterWish]:
    """One wish for each flight, between holders."""
    who, whom = (rules.bound_holder(code, on) for code in (wish.observer, wish.observed))
    if who == whom:
        raise DataError(
            f"{wish.observer} over {wish.observed} count as one Party",
            line=wish.line,
            remedy="Name two Parties.",
        )
    if wish.quarter not in QUARTERS:
        raise DataError(
            f"{wish.quarter} is not a quarter", line=wish.line, remedy="Give 1, 2, 3 or 4."
        )
    if wish.start is not None:
        first, last = quarter_days(year, wish.quarter)
        if wish.start.utcoffset() is None or not first <= wish.start < last:
            raise DataError(
                f"{wish.start.isoformat()} does not lie in quarter {wish.quarter} of {year} (UTC)",
                line=wish.line,
                remedy="Give a time in that quarter, with its zone: 2021-05-15T06:00:00Z.",
            )
        if wish.flights != 1:
            raise DataError(
                f"{wish.flights} flights cannot begin at one time",
                line=wish.line,
                remedy="Give each flight with a time a line of its own.",
            )
    return [replace(wish, observer=who, observed=whom, flights=1)] * wish.flights


def quarter_days(year: int, quarter: int) -> tuple[dt.datetime, dt.datetime]:
    """When a quarter begins, and when the next one does."""
    first = dt.datetime(year, 3 * quarter - 2, 1, tzinfo=dt.UTC)
    after = year + quarter // 4, (3 * quarter) % 12 + 1
    return first, dt.datetime(*after, 1, tzinfo=dt.UTC)


class _Planner:
    def __init__(
        self, rules: Rulebook, year: int, window: dt.timedelta, lots: random.Random
    ) -> None:
        self.rules, self.year, self.window, self.lots = rules, year, window, lots
        self.slots: list[Slot] = []
        self.clashes: list[Clash] = []
        self.unplaced: list[QuarterWish] = []

    def over(self, observed: str, flights: list[QuarterWish]) -> None:
        """The year over one Party, quarter after quarter."""
        waiting: list[tuple[QuarterWish, str]] = []
        taken: list[tuple[dt.datetime, dt.datetime]] = []
        for quarter in QUARTERS:
            own = [(f, "") for f in flights if f.quarter == quarter]
            drawn = self._draw(observed, quarter, [*waiting, *own])
            fits, waiting = self._within(observed, quarter, drawn)
            for flight, why, lot in sorted(fits, key=lambda f: f[0].start is None):
                slot = self._place(observed, quarter, flight, why, lot, taken)
                if slot is None:
                    waiting.append((flight, f"no room was left in quarter {quarter}"))
                    continue
                taken.append((slot.begins, slot.ends))
                self.slots.append(slot)
            self._number(observed, quarter)
        self.unplaced += [flight for flight, _ in waiting]

    def _draw(
        self, observed: str, quarter: int, flights: list[tuple[QuarterWish, str]]
    ) -> list[tuple[QuarterWish, str, int]]:
        """Who comes first: lots among all, where more than one Party plans."""
        parties = sorted({flight.observer for flight, _ in flights})
        if len(parties) < 2:
            return [(flight, why, 0) for flight, why in flights]
        lots = list(range(1, len(flights) + 1))
        self.lots.shuffle(lots)
        drawn = [(f, why, lot) for (f, why), lot in zip(flights, lots, strict=True)]
        limit = self.rules.limit("lots")
        text = f"{len(flights)} flights of {', '.join(parties)} are planned over {observed}"
        cite = limit.cite if limit else ""
        self.clashes.append(Clash(observed, quarter, tuple(parties), text, cite))
        return sorted(drawn, key=lambda d: d[2])

    def _within(
        self, observed: str, quarter: int, drawn: list[tuple[QuarterWish, str, int]]
    ) -> tuple[list[tuple[QuarterWish, str, int]], list[tuple[QuarterWish, str]]]:
        """Those that the limit of a quarter has room for, and those that move on."""
        limit = self.rules.limit("quarter")
        most = None
        if limit is not None:
            most = self.rules.number(limit.value, dt.date(self.year, 1, 1)).value
        if limit is None or most is None:
            return drawn, []
        inside = [d for d in drawn if not d[0].outside_quota]
        rest = inside[most:]
        if rest:
            text = f"{len(inside)} flights are planned over {observed}; at most {most} may be"
            parties = tuple(sorted({d[0].observer for d in inside}))
            self.clashes.append(Clash(observed, quarter, parties, text, limit.cite))
        outside = [d for d in drawn if d[0].outside_quota]
        kept = sorted([*inside[:most], *outside], key=lambda d: d[2])
        return kept, [(d[0], f"quarter {quarter} was full") for d in rest]

    def _place(
        self,
        observed: str,
        quarter: int,
        flight: QuarterWish,
        why: str,
        lot: int,
        taken: list[tuple[dt.datetime, dt.datetime]],
    ) -> Slot | None:
        """The first free window from the time wished for, or from the quarter's first day."""
        first, last = quarter_days(self.year, quarter)
        wished = flight.start if flight.start is not None and flight.quarter == quarter else None
        begins = wished or first
        for start, end in sorted(taken):
            if begins < end and start < begins + self.window:
                begins = end
        if begins >= last:
            return None
        if wished is not None and begins != wished:
            why = f"wished for {write_time(wished)}, which was taken"
            self._overlap(observed, quarter, flight, wished)
        ends = begins + self.window
        outside = flight.outside_quota
        return Slot(flight.observer, observed, quarter, 0, begins, ends, lot, why, outside)

    def _overlap(
        self, observed: str, quarter: int, flight: QuarterWish, wished: dt.datetime
    ) -> None:
        limit = self.rules.need("one-at-a-time")
        others = {
            s.observer
            for s in self.slots
            if s.observed == observed and s.begins < wished + self.window and wished < s.ends
        }
        parties = tuple(sorted({flight.observer, *others}))
        text = f"{flight.observer} wishes to begin at {write_time(wished)}, within another's window"
        self.clashes.append(Clash(observed, quarter, parties, text, limit.cite))

    def _number(self, observed: str, quarter: int) -> None:
        mine = [s for s in self.slots if (s.observed, s.quarter) == (observed, quarter)]
        rest = [s for s in self.slots if (s.observed, s.quarter) != (observed, quarter)]
        mine.sort(key=lambda s: s.begins)
        self.slots = rest + [replace(s, place=n) for n, s in enumerate(mine, 1)]
