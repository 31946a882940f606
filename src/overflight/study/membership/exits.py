"""Two treaties compared: as it was, and after what States did in the what-if."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice

from overflight.errors import DataError, OverflightError, UnknownValueError
from overflight.procedure.ledger.opening import enacted_wishes
from overflight.procedure.rulebook import Rulebook
from overflight.study.membership.acts import EXIT, Act, baseline, notice_day, with_acts
from overflight.study.membership.quotas import Flights, PassiveTotal, active, passive_total
from overflight.study.membership.redistribution import Redistribution, redistribution
from overflight.terms.quotas import Wish
from overflight.treaty.geography import geography
from overflight.treaty.model import Treaty
from overflight.treaty.status import EXITS
from overflight.treaty.view import TreatyView

Pairs = dict[tuple[str, str], Flights]
"""(observer, observed) -> flights a year, as found before."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Who is bound and acts on a day, and whose standing is not known."""

    parties: tuple[str, ...]
    suspended: tuple[str, ...]
    undetermined: tuple[str, ...]

    @property
    def acting(self) -> tuple[str, ...]:
        return tuple(code for code in self.parties if code not in self.suspended)


@dataclass(frozen=True, slots=True)
class AircraftGone:
    """An observation aircraft whose designating State is gone; ``lent_to`` others flew on it."""

    aircraft: str
    name: str
    state: str
    standing: str
    sensors: tuple[str, ...]
    lent_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObserverLoss:
    """What an observer can no longer fly in a year: its flights over those that are gone."""

    observer: str
    lost: Flights
    over: tuple[tuple[str, Flights], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two treaties on one day. ``pairs`` count States that may fly over one another (observing,
    observed); each of ``holders`` (of quotas) may observe each other one."""

    treaty: str
    short: str
    on: dt.date
    acts: tuple[Act, ...]
    notices: Mapping[Act, dt.date]
    readings: Mapping[str, str]
    before: Membership
    after: Membership
    pairs_before: int
    pairs_after: int
    holders_before: tuple[str, ...]
    holders_after: tuple[str, ...]
    passive_before: PassiveTotal
    passive_after: PassiveTotal
    observers: tuple[ObserverLoss, ...]
    gone: tuple[str, ...]
    come: tuple[str, ...]
    territory_km2: tuple[tuple[str, float], ...]
    aircraft: tuple[AircraftGone, ...]
    distribution: str
    shared_out: Redistribution | None
    set_apart: tuple[str, ...]
    enacted: bool = True
    """Whether the distribution is the treaty's own, not one that the user gave."""


@dataclass(frozen=True, slots=True)
class Given:
    """A distribution of flights to reckon with: its name for the reader, and its lines."""

    name: str
    wishes: tuple[Wish, ...]
    apart: tuple[str, ...] = ()
    year: int | None = None
    """Of a distribution that the treaty's data hold; None for one that the user gives."""


def first_distribution(treaty: Treaty, readings: Mapping[str, str] | None = None) -> Given | None:
    """The distribution with which the treaty began; None where its data have none."""
    rules = Rulebook(treaty, readings)
    begun = treaty.on(dt.date.max - dt.timedelta(days=366), readings).in_force_since
    if begun is None:
        return None
    wishes, apart = enacted_wishes(rules, begun)
    if not wishes:
        return None
    return Given(f"the first distribution of the treaty, {begun.year}", wishes, apart, begun.year)


def compare(
    treaty: Treaty,
    acts: Sequence[Act],
    on: dt.date,
    *,
    readings: Mapping[str, str] | None = None,
    given: Given | None = None,
    areas: bool = True,
) -> Comparison:
    """The treaty had nobody acted, and after the acts, both on ``on``.

    ``given`` is the distribution that flights lost and regained are counted in. ``areas``: measure
    the territory that can no longer be observed. Raises DataError for acts that cannot be.
    """
    _check_flights(treaty)
    ordered = tuple(sorted(acts))
    then = with_acts(treaty, ordered)
    rules = Rulebook(baseline(treaty, ordered), readings)
    return _compared(treaty, rules, Rulebook(then, readings), ordered, on, given, areas, {}, {})


def sweep(
    treaty: Treaty,
    on: dt.date,
    *,
    size: int = 2,
    readings: Mapping[str, str] | None = None,
    given: Given | None = None,
    part: tuple[int, int] = (0, 1),
) -> Iterator[Comparison]:
    """Every exit of 1 to ``size`` of the States that act on the eve of ``on``, without areas.

    What concerns the same flights is shared out once. ``part`` (k, n): of these exits, in their
    order, the k-th of every n, for who shares the work among processes.
    """
    _check_flights(treaty)
    acting = membership(treaty.on(on - dt.timedelta(days=1), readings)).acting
    left = {event.state for event in treaty.events if event.kind in EXITS}
    stayed: dict[frozenset[str], tuple[Rulebook, Pairs]] = {}
    seen: dict[Hashable, Redistribution] = {}
    every = chain.from_iterable(combinations(acting, count) for count in range(1, size + 1))
    for states in islice(every, part[0], None, part[1]):
        acts = tuple(Act(on, EXIT, code) for code in states)
        really = frozenset(states) & left
        if really not in stayed:
            stayed[really] = Rulebook(baseline(treaty, acts), readings), {}
        before, pairs = stayed[really]
        after = Rulebook(with_acts(treaty, acts), readings)
        yield _compared(treaty, before, after, acts, on, given, False, seen, pairs)


def _check_flights(treaty: Treaty) -> None:
    if not treaty.passive_quotas:
        raise DataError(
            f"{treaty.short} shares out no observation flights, so none are lost with a Party",
            remedy="Its Parties on a day: overflight treaty parties.",
        )


def _compared(
    treaty: Treaty,
    rules: Rulebook,
    later: Rulebook,
    ordered: tuple[Act, ...],
    on: dt.date,
    given: Given | None,
    areas: bool,
    seen: dict[Hashable, Redistribution],
    pairs: Pairs,
) -> Comparison:
    before, after = rules.view(on), later.view(on)
    one, two = membership(before), membership(after)
    if not one.acting and not two.acting:
        raise DataError(
            f"{treaty.short} binds nobody on {on}, with or without these acts",
            remedy="Give a day on which it is in force.",
        )
    gone = tuple(code for code in one.acting if code not in two.acting)
    come = tuple(code for code in two.acting if code not in one.acting)
    shared = None
    if given is not None:
        year = on.year if (on.month, on.day) == (1, 1) else on.year + 1
        shared = redistribution(rules, later, year, given.wishes, seen=seen)
    return Comparison(
        treaty.id,
        treaty.short,
        on,
        ordered,
        {act: notice_day(treaty.withdrawal, act.on) for act in ordered if act.kind == EXIT},
        readings_that_matter(rules, areas),
        one,
        two,
        _pairs(before, one),
        _pairs(after, two),
        tuple(sorted(set(holders(before, one.acting).values()))),
        tuple(sorted(set(holders(after, two.acting).values()))),
        passive_total(before),
        passive_total(after),
        losses(rules, before, after, one, two, pairs),
        gone,
        come,
        _areas(before, gone) if areas else (),
        _aircraft(rules, before, gone, ordered),
        "" if given is None else given.name,
        shared,
        () if given is None else given.apart,
        given is None or given.year is not None,
    )


def _areas(view: TreatyView, states: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Of those whose territory the data draw; the others are left out."""
    drawn = {territory.state for territory in view.treaty.territories}
    return tuple(
        (code, geography(view, code).territory.area_km2) for code in states if code in drawn
    )


def readings_that_matter(rules: Rulebook, areas: bool) -> dict[str, str]:
    """The readings on which the answer depends: those of quotas and, with areas, of borders."""
    names = list(rules.readings_used)
    if areas:
        names += [area.reading for area in rules.treaty.disputed_areas]
    return {name: rules.readings[name] for name in dict.fromkeys(names) if name}


def other_readings(
    treaty: Treaty,
    acts: Sequence[Act],
    on: dt.date,
    *,
    readings: Mapping[str, str] | None = None,
    given: Given | None = None,
) -> Iterator[tuple[str, Comparison]]:
    """The comparison with one of the readings that matter taken otherwise, for each of them."""
    chosen = dict(readings or {})
    matter = readings_that_matter(Rulebook(treaty, chosen), True)
    for reading in treaty.readings:
        for option in reading.option_ids if reading.name in matter else ():
            if option != matter[reading.name]:
                other = {**chosen, reading.name: option}
                yield (
                    f"{reading.name}={option}",
                    compare(treaty, acts, on, readings=other, given=given),
                )


def membership(view: TreatyView) -> Membership:
    """Who is bound on the day of the view."""
    return Membership(
        tuple(status.state for status in view.states_parties),
        tuple(status.state for status in view.suspended),
        tuple(status.state for status in view.undetermined),
    )


def holders(view: TreatyView, states: Sequence[str]) -> dict[str, str]:
    """State -> the holder of quotas that it counts as; itself where that is not known."""
    found = {}
    for code in states:
        try:
            found[code] = view.holder_of(code)
        except UnknownValueError:
            found[code] = code
    return found


def _pairs(view: TreatyView, who: Membership) -> int:
    """How many (observing, observed) pairs of States act; members of one holder do not observe
    each other."""
    sizes: dict[str, int] = {}
    for holder in holders(view, who.acting).values():
        sizes[holder] = sizes.get(holder, 0) + 1
    count = len(who.acting)
    return count * (count - 1) - sum(n * (n - 1) for n in sizes.values())


def losses(
    rules: Rulebook,
    before: TreatyView,
    after: TreatyView,
    one: Membership,
    two: Membership,
    pairs: Pairs,
) -> tuple[ObserverLoss, ...]:
    """What each observer can no longer fly: over holders that are gone, or all if it is gone."""
    was, now = holders(before, one.acting), holders(after, two.acting)
    old, new = set(was.values()), set(now.values())
    gone = sorted(old - new)
    found = []
    for observer in sorted(old):
        others = gone if observer in new else sorted(old)
        for other in others:
            if other != observer and (observer, other) not in pairs:
                pairs[observer, other] = active(rules, before, observer, other)
        over = tuple((other, pairs[observer, other]) for other in others if other != observer)
        if over:
            found.append(ObserverLoss(observer, _sum(rules, before, observer, over), over))
    return tuple(found)


def _sum(
    rules: Rulebook, view: TreatyView, observer: str, over: Sequence[tuple[str, Flights]]
) -> Flights:
    low = sum(flights.low for _, flights in over)
    highs = [flights.high for _, flights in over]
    bases = list(dict.fromkeys(flights.basis for _, flights in over))
    most = rules.passive(observer, view.on).value
    bounded = [sum(h for h in highs if h is not None)] if None not in highs else []
    if most is not None:
        bounded.append(max(most, low))
    high = min(bounded) if bounded else None
    return Flights(low, high, bases[0] if len(bases) == 1 else "sum of several")


def _aircraft(
    rules: Rulebook, view: TreatyView, gone: Sequence[str], acts: Sequence[Act]
) -> tuple[AircraftGone, ...]:
    """Aircraft in use on the eve of their State's going: what it retired later went with it."""
    eves = {act.state: act.on - dt.timedelta(days=1) for act in reversed(acts)}
    found = []
    for designation in view.treaty.designations:
        if designation.state not in gone:
            continue
        then = rules.view(min(eves.get(designation.state, view.on), view.on))
        try:
            standing = then.aircraft_standing(designation.aircraft)
        except OverflightError:
            continue
        if standing.standing in ("retired", "not designated"):
            continue
        past = [event for event in designation.events if event.earliest <= then.on]
        sensors = {
            s for e in past if e.kind in ("certified", "dispute-resolved") for s in e.sensors
        }
        lent = [event.to for event in past if event.kind == "lent" and event.to]
        name = designation.name or designation.aircraft
        found.append(
            AircraftGone(
                designation.aircraft, name, designation.state, standing.standing,
                tuple(sorted(sensors)), tuple(dict.fromkeys(lent)),
            )
        )  # fmt: skip
    return tuple(found)
