"""What one asker may find and open in an archive on a day: a decision for each mission and level.

Nothing is allowed that the rules do not allow: a mission under a regime that is not known here, one
whose Parties the regime does not name, and an asker that it does not know are denied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from overflight.archive.access.flights import Flights, is_delivery
from overflight.archive.keeping.missions import DELIVERY, FileRow, Mission
from overflight.errors import AccessError, DataError
from overflight.rules.access import decide_all
from overflight.rules.access_case import era, owns
from overflight.terms.access import DELIVERED, FIND, LEVELS, OPEN, STATE, Answer, Asker, Decision

Handed = Mapping[int, frozenset[str]]
"""Mission -> the files, by their paths in the bundle, that were delivered to the asker."""
NONE: frozenset[str] = frozenset()
_Facts = tuple[tuple[object, ...], bool]


@dataclass(frozen=True, slots=True)
class Rights:
    """``decisions``: mission -> level -> what was decided. ``handed``: what was delivered."""

    asker: str
    on: dt.date
    decisions: Mapping[int, Mapping[str, Decision]]
    handed: Handed = field(default_factory=dict)

    @property
    def findable(self) -> frozenset[int]:
        """The missions of which all that the catalogue says may be found."""
        return self._wholly(FIND)

    @property
    def openable(self) -> frozenset[int]:
        """The missions of which every file may be opened."""
        return self._wholly(OPEN)

    @property
    def in_part(self) -> frozenset[int]:
        """The missions of which only what was delivered may be opened."""
        return self._partly(OPEN)

    @property
    def found_in_part(self) -> frozenset[int]:
        """The missions of which only what was delivered may be found."""
        return self._partly(FIND)

    def _partly(self, level: str) -> frozenset[int]:
        return self._those(level, lambda one: one.allowed and one.extent == DELIVERED)

    def _wholly(self, level: str) -> frozenset[int]:
        return self._those(level, lambda one: one.allowed and one.extent != DELIVERED)

    def _those(self, level: str, which: Callable[[Decision], bool]) -> frozenset[int]:
        """Many missions share what was decided: each such table is looked at once."""
        tables = {id(of): of for of in self.decisions.values()}
        chosen = {number for number, of in tables.items() if which(of[level])}
        return frozenset(n for n, of in self.decisions.items() if id(of) in chosen)

    def may_open(self, mission: int, path: str) -> Decision:
        """Whether a file may be opened. A mission that is not known is denied."""
        if mission not in self.decisions:
            return denied(OPEN, self.asker, "The archive has no such mission.")
        decision = self.decisions[mission][OPEN]
        within = path in self.handed.get(mission, NONE)
        if decision.allowed and decision.extent == DELIVERED and not within:
            return denied(
                OPEN, self.asker, f"This file is not among the copies delivered to {self.asker}.",
                decision.cite,
            )  # fmt: skip
        return decision

    def may_open_object(self, rows: Iterable[FileRow]) -> tuple[FileRow | None, Decision]:
        """Whether an object may be opened, as whichever of the files that it is; that file.

        ``rows``: ``missions.files_of(connection, sha256)``; none of them: it is denied.
        """
        decision = denied(OPEN, self.asker, "The archive has no such file.")
        for row in rows:
            decision = self.may_open(row.mission, row.path)
            if decision.allowed:
                return row, decision
        return None, decision


def rights_of(
    flights: Flights,
    missions: Iterable[Mission],
    asker: Asker,
    on: dt.date,
    handed: Handed | None = None,
) -> Rights:
    """The decisions on all missions. ``handed``: what was delivered to the asker by that day."""
    delivered = handed or {}
    alike: dict[_Facts, Mapping[str, Decision]] = {}
    eras: dict[tuple[str, dt.date], dt.date] = {}
    found = {}
    for mission in missions:
        facts = _facts(flights, mission, on, eras), mission.id in delivered
        decisions = alike.get(facts)
        if decisions is None:
            decisions = decisions_on(flights, mission, asker, on, mission.id in delivered)
            alike[facts] = decisions
        found[mission.id] = decisions
    return Rights(asker.code, on, found, delivered)


def _facts(
    flights: Flights, mission: Mission, on: dt.date, eras: dict[tuple[str, dt.date], dt.date]
) -> tuple[object, ...]:  # fmt: skip
    """All of a mission that a decision of that day looks at: of equal ones it is the same.

    ``eras``: what was found out before, for the same flights.
    """
    day = mission.flown
    if day is not None and day <= on:
        first = eras.get((mission.treaty, day))
        if first is None:
            treaty = flights.treaty(mission)
            first = eras[mission.treaty, day] = day if treaty is None else era(treaty, day)
        day = first
    return (
        mission.treaty, mission.observing, mission.observed, day, mission.kind, mission.counted,
        mission.marks, mission.received_as == DELIVERY, flights.stated(mission),
    )  # fmt: skip


def decisions_on(
    flights: Flights, mission: Mission, asker: Asker, on: dt.date, delivered: bool = False
) -> Mapping[str, Decision]:
    """The decision on one mission at each level; whatever cannot be asked is denied."""
    treaty, keeper = flights.treaty(mission), flights.settings.holder
    if treaty is None:
        why = f"It is not known here by which rules: {mission.treaty or 'no treaty is stated'}."
        return {level: denied(level, asker.code, why) for level in LEVELS}
    try:
        view = flights.view(treaty, on)
        own = asker.sort == STATE and owns(view, asker.code, keeper)
        given = asker.delivered or delivered or (own and is_delivery(mission))
        said = Asker(asker.code, asker.sort, given, asker.purpose)
        return decide_all(view, flights.flight(mission), said, keeper)
    except DataError as error:
        return {level: denied(level, asker.code, f"{error.message}.") for level in LEVELS}


def denied(level: str, asker: str, message: str, cite: str = "") -> Decision:
    """A decision to let nobody in for a reason of the archive's own."""
    return Decision(level, Answer.DENIED, asker, message, cite)


def refuse(decision: Decision) -> AccessError:
    """The error that says why somebody is not let in."""
    cite = f" [{decision.cite}]" if decision.cite else ""
    return AccessError(
        f"{decision.asker} may not {decision.level} this: {decision.message}{cite}",
        remedy="See what it may have and why: overflight archive access ARCHIVE --as CODE.",
    )
