"""What a year of observation flights sees of a list of sites: how often, with which gaps, and how
likely something that lasts some days is seen at least once.

Days are whole, and the year goes round: a gap runs from the last flight of a year to the first of
the next, and the 29th of February counts as the 28th. An activity of T days begins on a day drawn
evenly from the year, at a site drawn from the
list, every site alike or by weight. A look shows what is there with a given chance (1 unless
given), each for itself. All chances are exact fractions.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from overflight.errors import DataError

YEAR = 365
_PLAIN_YEAR = 2001
"""A year without a leap day, to number days by."""
GIVEN, EVEN, RANDOM = "given", "even", "random"
TOGETHER = "all together"
Kind = TypeVar("Kind", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Flown:
    """A flight and the ids of the sites that it sees; ``day`` None where none is fixed."""

    observer: str
    sites: frozenset[str]
    day: dt.date | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an observer sees in the year. ``times``: site -> flights that see it; ``gaps``: days
    between one look and the next, over all sites that are looked at; ``chance``: days that an
    activity lasts -> that it is seen."""

    observer: str
    flights: int
    sites_seen: int
    sites: int
    times: Mapping[str, Fraction]
    gaps: tuple[int, ...]
    chance: Mapping[int, Fraction]

    def gap(self, share: Fraction) -> int | None:
        """The gap that the given share of all gaps does not pass; None where there are none."""
        if not self.gaps:
            return None
        place = -int(-share * len(self.gaps) // 1) - 1
        return sorted(self.gaps)[max(0, place)]

    @property
    def gap_counts(self) -> tuple[tuple[int, int], ...]:
        """The whole distribution: (days, how many gaps last so long), the shortest first."""
        return tuple(sorted(Counter(self.gaps).items()))


@dataclass(frozen=True, slots=True)
class Places:
    """Ids of sites, and by what weight an activity is at each (None: every site alike)."""

    names: Sequence[str]
    weights: Mapping[str, Fraction] | None = None

    def grouped(self, kinds: Mapping[str, Kind]) -> dict[Kind, Fraction]:
        """Sites of one kind are seen with one chance: kind -> the chance that a site drawn by
        weight is of it."""
        heavy: dict[Kind, Fraction] = {}
        if self.weights is None:
            counts = Counter(kinds[name] for name in self.names)
            return {kind: Fraction(n, len(self.names)) for kind, n in counts.items()}
        for name in self.names:
            heavy[kinds[name]] = heavy.get(kinds[name], Fraction(0)) + self.weights[name]
        whole = sum(heavy.values(), Fraction(0))
        if whole <= 0:
            raise DataError("no site weighs anything", remedy="Give a value above 0.")
        return {kind: weight / whole for kind, weight in heavy.items()}


def year_of(
    flights: Sequence[Flown],
    sites: Sequence[str] | Places,
    durations: Sequence[int],
    *,
    days: str = GIVEN,
    detect: Fraction = Fraction(1),
) -> tuple[Seen, ...]:
    """Each observer, and all together where there are several.

    ``detect``: the chance that a look shows what is there. ``days``: "given" takes each flight's
    day, "even" spreads an observer's flights evenly in their order, "random" draws each flight's
    day evenly from the year. Raises DataError for a day that is missing, for given days of more
    than one year, and for durations that are no days of a year.
    """
    places = _checked(sites, durations, detect)
    if days == GIVEN:
        _check_one_year(flights)
    observers = list(dict.fromkeys(f.observer for f in flights))
    placed = {o: _placed([f for f in flights if f.observer == o], days) for o in observers}
    found = [_seen(o, mine, places, durations, days, detect) for o, mine in placed.items()]
    if len(observers) > 1:
        everything = [pair for mine in placed.values() for pair in mine]
        found.append(_seen(TOGETHER, everything, places, durations, days, detect))
    return tuple(found)


def _checked(sites: Sequence[str] | Places, durations: Sequence[int], detect: Fraction) -> Places:
    for duration in durations:
        if not 1 <= duration <= YEAR:
            raise DataError(f"{duration} days will not do", remedy=f"Give 1 to {YEAR} days.")
    if not 0 <= detect <= 1:
        raise DataError(f"{float(detect):g} is no chance", remedy="Give a number from 0 to 1.")
    places = sites if isinstance(sites, Places) else Places(tuple(sites))
    if not places.names:
        raise DataError("there are no sites", remedy="Give at least one.")
    return places


def _placed(flights: Sequence[Flown], days: str) -> list[tuple[int | None, frozenset[str]]]:
    """(day of the year from 0, sites) of each flight; the day None where it is drawn."""
    if days == RANDOM:
        return [(None, f.sites) for f in flights]
    if days == EVEN:
        return [(n * YEAR // len(flights), f.sites) for n, f in enumerate(flights)]
    placed: list[tuple[int | None, frozenset[str]]] = []
    for flight in flights:
        if flight.day is None:
            raise DataError(
                f"a flight of {flight.observer} has no day",
                remedy="Give its day, or --days even or random.",
            )
        placed.append((_day_of_year(flight.day), flight.sites))
    return placed


def _day_of_year(day: dt.date) -> int:
    """From 0 to 364, the same in every year; the 29th of February is the 28th."""
    plain = day.replace(year=_PLAIN_YEAR, day=min(day.day, 28) if day.month == 2 else day.day)
    return plain.timetuple().tm_yday - 1


def _check_one_year(flights: Sequence[Flown]) -> None:
    days = sorted(flight.day for flight in flights if flight.day is not None)
    if not days:
        return
    first, last = days[0], days[-1]
    if last.year > first.year + 1 or (
        last.year > first.year and (last.month, last.day) >= (first.month, first.day)
    ):
        raise DataError(
            f"the flights from {first} to {last} are of more than one year",
            remedy="Give those of one year, or --days even or random.",
        )


def _seen(
    observer: str,
    flights: Sequence[tuple[int | None, frozenset[str]]],
    places: Places,
    durations: Sequence[int],
    days: str,
    detect: Fraction,
) -> Seen:
    looks: dict[str, list[int | None]] = {site: [] for site in places.names}
    for day, seen in flights:
        for site in seen:
            if site in looks:
                looks[site].append(day)
    gaps: list[int] = []
    kinds: dict[str, tuple[int, tuple[int, ...]]] = {}
    for site, when in looks.items():
        fixed = tuple(sorted(day for day in when if day is not None))
        kinds[site] = (len(when), fixed)
        gaps += _gaps(sorted(set(fixed)))
    groups = places.grouped(kinds)

    def chance(kind: tuple[int, tuple[int, ...]], duration: int) -> Fraction:
        if days == RANDOM:
            return 1 - (1 - detect * Fraction(duration, YEAR)) ** kind[0]
        return _found(kind[1], duration, detect)

    return Seen(
        observer, len(flights), sum(1 for d in looks.values() if d), len(places.names),
        {site: Fraction(len(d)) for site, d in looks.items()}, tuple(gaps),
        {
            d: sum((part * chance(kind, d) for kind, part in groups.items()), Fraction(0))
            for d in durations
        },
    )  # fmt: skip


def _found(days: tuple[int, ...], duration: int, detect: Fraction) -> Fraction:
    """The chance that one of the looks of these days shows an activity of that length."""
    if detect == 1:
        return Fraction(_covered(sorted(set(days)), duration), YEAR)
    # an activity that begins on day b is looked at on every day from b to b + duration - 1
    looks = Counter((day - back) % YEAR for day in days for back in range(duration))
    often = Counter(looks.values())
    shown = sum((n * (1 - (1 - detect) ** count) for count, n in often.items()), Fraction(0))
    return shown / YEAR


def _gaps(days: Sequence[int]) -> list[int]:
    """Days from each look to the next, the year going round."""
    if not days:
        return []
    return [b - a for a, b in zip(days, [*days[1:], days[0] + YEAR], strict=True)]


def _covered(days: Sequence[int], duration: int) -> int:
    """On how many days of the year an activity of that length can begin and be seen."""
    return sum(min(gap, duration) for gap in _gaps(days))


def drawn(
    quotas: Mapping[str, int],
    pool: Sequence[frozenset[str]],
    sites: Sequence[str] | Places,
    durations: Sequence[int],
    *,
    detect: Fraction = Fraction(1),
) -> tuple[Seen, ...]:
    """The same where each flight's plan is drawn evenly from ``pool`` and its day from the year.

    ``quotas``: observer -> flights a year. ``times`` are then expected numbers.
    """
    if not pool:
        raise DataError("the pool of plans is empty", remedy="Give at least one plan.")
    places = _checked(sites, durations, detect)
    names = places.names
    shown = Counter(site for seen in pool for site in seen)
    share = {s: Fraction(shown[s], len(pool)) for s in names}
    groups = places.grouped(share)
    everybody = dict(quotas)
    if len(quotas) > 1:
        everybody[TOGETHER] = sum(quotas.values())
    found = []
    for observer, count in everybody.items():
        chance = {
            d: sum(
                (
                    part * (1 - (1 - p * detect * Fraction(d, YEAR)) ** count)
                    for p, part in groups.items()
                ),
                Fraction(0),
            )
            for d in durations
        }
        seen = sum(1 for p in share.values() if p and count)
        times = {s: p * count for s, p in share.items()}
        found.append(Seen(observer, count, seen, len(names), times, (), chance))
    return tuple(found)


def area_share(distance_km: float, swath_km: float, territory_km2: float) -> float:
    """The share of a territory that lies in the swath of one flight, were it never to overlap
    itself nor leave the territory: distance times swath over area. An upper bound."""
    if min(distance_km, swath_km) < 0 or territory_km2 <= 0:
        raise DataError("a distance, swath or area is negative", remedy="Give positive figures.")
    return min(1.0, distance_km * swath_km / territory_km2)
