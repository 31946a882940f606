"""What a return takes: ways, steps, days that are known, what they cost and whom they need."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from overflight.errors import DataError, OverflightError
from overflight.procedure.distribution.problem import still_bound
from overflight.procedure.rulebook import Rulebook
from overflight.study.membership.acts import RETURN, Act, with_acts
from overflight.study.membership.shapley import Dependence, dependence
from overflight.terms.membership import Contingent, Cost, Way, WayStep
from overflight.terms.quotas import Wish
from overflight.treaty.dated import add_months
from overflight.treaty.model import AircraftStanding, Treaty
from overflight.treaty.view import TreatyView

MEMBERSHIP, AIRCRAFT = "membership", "aircraft"


@dataclass(frozen=True, slots=True)
class StepDue:
    """A step, and the last day on which it can begin so that all is done on the day wanted, when
    everything of unknown length takes no time; ``takes`` in words."""

    step: WayStep
    days: int | None
    latest: dt.date
    takes: str


@dataclass(frozen=True, slots=True)
class WayBack:
    """One way, with its steps backwards from the day wanted. ``known_days`` is the least that it
    takes; ``unknown`` are steps of which nobody says how long they take."""

    way: Way
    steps: tuple[StepDue, ...]
    known_days: int
    unknown: tuple[str, ...]
    needs: tuple[str, ...]
    costs: tuple[Cost, ...]
    not_costed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lender:
    """An aircraft of another Party that is certified on the day, and on whom it flew before."""

    aircraft: str
    name: str
    state: str
    standing: str
    precedents: tuple[tuple[dt.date, str, str], ...]


@dataclass(frozen=True, slots=True)
class Return:
    """What it takes for ``state`` to take part again on ``on``."""

    treaty: str
    short: str
    state: str
    name: str
    on: dt.date
    standing: str
    left: dt.date | None
    reading: str
    ways: tuple[WayBack, ...]
    lenders: tuple[Lender, ...]
    uncertain: tuple[Lender, ...]
    contingent: tuple[Contingent, ...]
    dependence: tuple[Dependence, ...]
    stranded: int
    parties_to_agree: int
    flights_wanted: int | None = None
    uses: tuple[tuple[str, int, frozenset[str]], ...] = ()
    lends_given: bool = False

    def stranded_without(self, owner: str) -> int:
        """Flights a year that no aircraft reaches if those of ``owner`` fall away."""
        return sum(count for _, count, owners in self.uses if not owners - {owner})

    def flight_costs(self) -> tuple[tuple[str, float, float], ...]:
        """(currency, low, high) of the flights wanted in a year, by the costs given per flight."""
        if self.flights_wanted is None:
            return ()
        given = {c for way in self.ways for c in way.costs if c.per == "flight"}
        return tuple(
            (c.currency, c.low * self.flights_wanted, c.high * self.flights_wanted)
            for c in sorted(given, key=lambda c: c.name)
        )


def way_back(
    treaty: Treaty,
    state: str,
    on: dt.date,
    *,
    costs: Sequence[Cost] = (),
    flights: Mapping[str, int] | None = None,
    lends: Mapping[str, frozenset[str]] | None = None,
    wanted: int | None = None,
    readings: Mapping[str, str] | None = None,
    seed: int = 0,
) -> Return:
    """The ways back into the treaty, as they stand on ``on``.

    ``flights`` (observer -> flights a year) and ``lends`` (owner -> observers) are what the
    dependence on the owners of aircraft is reckoned from. ``wanted``: flights a year of its own.

    Raises DataError for a State that is bound on that day, and for a treaty without ways.
    """
    view = treaty.on(on, readings)
    status = view.status(state)
    if status.standing == "party":
        raise DataError(
            f"{status.name} is a State Party on {on}",
            remedy="Ask for a State that has left, or for another date.",
        )
    if not treaty.ways:
        raise DataError(
            f"{treaty.short} states no ways to take part",
            remedy="Add ways.toml to the folder of the regime.",
        )
    lenders, uncertain = _lenders(view, state)
    given = dict(flights or {})
    borrows = borrowing(view, list(given), lends)
    shares, stranded = depends_on(given, borrows, seed=seed)
    return Return(
        treaty.id,
        treaty.short,
        state,
        status.name,
        on,
        status.standing,
        status.left,
        next((way.reading for way in treaty.ways if way.reading), ""),
        tuple(_way(view, way, on, costs) for way in treaty.ways),
        lenders,
        uncertain,
        tuple(c for c in treaty.contingent if c.state == state),
        shares,
        stranded,
        len(view.states_parties),
        wanted,
        tuple((who, count, borrows[who]) for who, count in given.items()),
        lends is not None,
    )


def flights_held(
    treaty: Treaty,
    state: str,
    on: dt.date,
    wishes: Sequence[Wish],
    readings: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Holder -> flights a year of a distribution whose Parties are all bound on the day, had
    ``state`` come back by then. A joint flight counts for the first of its holders."""
    with contextlib.suppress(DataError):  # it never was one: none of the flights are its own
        treaty = with_acts(treaty, (Act(on, RETURN, state),))
    kept, _ = still_bound(Rulebook(treaty, dict(readings or {})), on, wishes)
    found: dict[str, int] = {}
    for wish in kept:
        found[wish.observer] = found.get(wish.observer, 0) + wish.flights
    return found


def _way(view: TreatyView, way: Way, on: dt.date, costs: Sequence[Cost]) -> WayBack:
    steps: list[StepDue] = []
    day, known, unknown = on, 0, []
    for step in reversed(way.steps):
        if way.kind == MEMBERSHIP and step.id in _after(way):
            steps.append(StepDue(step, None, on, "after the return"))
            continue
        days, takes = _length(view, step)
        if days is None:
            unknown.append(step.id)
        else:
            known += days
            day -= dt.timedelta(days=days)
        steps.append(StepDue(step, days, day, takes))
    wanted = tuple(dict.fromkeys(name for step in way.steps for name in step.costs))
    named = {cost.name for cost in costs}
    return WayBack(
        way,
        tuple(reversed(steps)),
        known,
        tuple(reversed(unknown)),
        tuple(dict.fromkeys(need for step in way.steps for need in step.needs)),
        tuple(cost for cost in costs if cost.name in wanted),
        tuple(name for name in wanted if name not in named),
    )


def _after(way: Way) -> frozenset[str]:
    """Steps that follow the day on which the State is bound again: those after its waiting."""
    ids = [step.id for step in way.steps]
    timed = [n for n, step in enumerate(way.steps) if step.period]
    return frozenset(ids[timed[-1] + 1 :]) if timed else frozenset()


def _length(view: TreatyView, step: WayStep) -> tuple[int | None, str]:
    if step.days is not None:
        return step.days, f"{step.days} days"
    if not step.period:
        return None, "nobody says how long"
    try:
        value = view.value(step.period)
    except OverflightError as error:
        return None, error.message
    if value.unit == "months":
        months = int(value.value)
        return (view.on - add_months(view.on, -months)).days, f"{months} months [{value.cite}]"
    if value.unit != "d":
        return None, f"{value.value} {value.unit}"
    return int(value.value), f"{value.value} days [{value.cite}]"


def _lenders(view: TreatyView, state: str) -> tuple[tuple[Lender, ...], tuple[Lender, ...]]:
    """Aircraft of Parties that are certified on the day; and those of which it is not known."""
    sure, uncertain = [], []
    for designation in view.treaty.designations:
        if designation.state == state or designation.state not in view.statuses:
            continue
        if view.status(designation.state).standing != "party":
            continue
        standing: AircraftStanding = view.aircraft_standing(designation.aircraft)
        lent = tuple(
            (event.latest, event.to, "; ".join(str(c) for c in event.citations))
            for event in designation.events
            if event.kind == "lent" and event.to and event.earliest <= view.on
        )
        lender = Lender(
            designation.aircraft, designation.name or designation.aircraft, designation.state,
            standing.standing, lent,
        )  # fmt: skip
        if standing.standing == "certified":
            sure.append(lender)
        elif standing.standing in ("unknown", "designated, not certified"):
            uncertain.append(lender)
    return tuple(sure), tuple(uncertain)


def borrowing(
    view: TreatyView, observers: Sequence[str], lends: Mapping[str, frozenset[str]] | None = None
) -> dict[str, frozenset[str]]:
    """Observer (State or holder) -> States any one of whose certified aircraft would do for it.

    One with an aircraft of its own uses that. The others take any that a Party lends: all of them,
    as the treaty allows, or those of ``lends`` (owner -> observers) alone.
    """
    owners = {lender.state for lender in _lenders(view, "")[0]}
    found = {}
    for observer in observers:
        try:
            own = owners & set(view.members(observer))
        except OverflightError:
            own = owners & {observer}
        if own:
            found[observer] = frozenset(own)
        elif lends is None:
            found[observer] = frozenset(owners)
        else:
            found[observer] = frozenset(o for o in owners if observer in lends.get(o, ()))
    return found


def depends_on(
    flights: Mapping[str, int], borrows: Mapping[str, frozenset[str]], *, seed: int = 0
) -> tuple[tuple[Dependence, ...], int]:
    """Shapley values of the owners of aircraft in the game "which flights can be flown", and how
    many flights no aircraft reaches. The values add up to the flights that can be flown."""
    owners = sorted({owner for any_of in borrows.values() for owner in any_of})
    uses = [(count, borrows.get(observer, frozenset())) for observer, count in flights.items()]
    stranded = sum(count for count, any_of in uses if not any_of)
    return (dependence(owners, uses, seed=seed) if owners else ()), stranded
