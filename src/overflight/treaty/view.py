"""The regime as it stood on one day, under chosen readings: the question everybody asks.

Three answers are possible to "what is the value?": the value with its source, "it does not
hold on that day" (NotInForceError) and "nobody public knows" (UnknownValueError). Never a zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from overflight.errors import DataError, NotInForceError, UnknownValueError
from overflight.terms.aircraft import Aircraft, Sensor
from overflight.terms.values import CitedValue, Status
from overflight.treaty import aircraft as aircraft_files
from overflight.treaty import quotas, segments
from overflight.treaty import status as party
from overflight.treaty.dated import GIVE_IT, add_days, in_force, pick
from overflight.treaty.keys import lookup
from overflight.treaty.model import (
    ActiveQuota,
    AircraftStanding,
    Airfield,
    Between,
    Deadline,
    Decision,
    EntryIntoForce,
    Event,
    Group,
    PartyStatus,
    RuleBinding,
    SensorCategory,
    Treaty,
)
from overflight.treaty.problems import did_you_mean
from overflight.treaty.vocabulary import HOLDS_QUOTAS


@dataclass(frozen=True, eq=False)
class TreatyView:
    """A frozen view. Make one with ``Treaty.on``; it is compared and hashed by identity."""

    treaty: Treaty
    on: dt.date
    readings: Mapping[str, str]

    # --- who is bound -------------------------------------------------------------------

    @cached_property
    def entry_into_force(self) -> EntryIntoForce:
        """When the regime began, computed from the deposits made by this day."""
        if (first := segments.first_view(self)) is not self:
            return first.entry_into_force
        return party.entry_into_force(self.treaty, self._events, self.on)

    @property
    def in_force_since(self) -> dt.date | None:
        return self.entry_into_force.date

    @property
    def in_force(self) -> bool:
        """Whether the regime is in force on this day (False while its day is undetermined)."""
        since, ended = self.in_force_since, party.termination(self.treaty, self.on)
        return since is not None and since <= self.on and ended is None

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        return party.events_in_use(self.treaty.events, self.on, self.readings)

    @cached_property
    def statuses(self) -> Mapping[str, PartyStatus]:
        """Every State named in the regime: code -> where it stands."""
        if (first := segments.first_view(self)) is not self:
            return first.statuses
        begun = self.entry_into_force
        return MappingProxyType(
            {
                state.code: party.party_status(self.treaty, state, self.on, self._events, begun)
                for state in self.treaty.states
            }
        )

    def status(self, code: str) -> PartyStatus:
        """Where the State stands. DataError for a code that the regime does not name."""
        if code not in self.statuses:
            group = next((g for g in self.treaty.groups if g.code == code), None)
            raise DataError(
                f"{code!r} is not a State of {self.treaty.short}"
                + (f" but a group: {', '.join(group.members)}" if group else ""),
                remedy="Ask for a member." if group else did_you_mean(code, self.statuses),
            )
        return self.statuses[code]

    def _standing(self, word: str) -> tuple[PartyStatus, ...]:
        return tuple(status for status in self.statuses.values() if status.standing == word)

    @property
    def states_parties(self) -> tuple[PartyStatus, ...]:
        return self._standing("party")

    @property
    def departed(self) -> tuple[PartyStatus, ...]:
        return self._standing("departed")

    @property
    def leaving(self) -> tuple[PartyStatus, ...]:
        """Parties that have given notice which has not yet taken effect."""
        return tuple(status for status in self.states_parties if status.until is not None)

    @property
    def suspended(self) -> tuple[PartyStatus, ...]:
        return tuple(status for status in self.states_parties if status.suspended is not None)

    @property
    def signed_not_ratified(self) -> tuple[PartyStatus, ...]:
        return self._standing("signed, not ratified")

    @property
    def undetermined(self) -> tuple[PartyStatus, ...]:
        return self._standing("undetermined")

    @property
    def not_yet_bound(self) -> tuple[PartyStatus, ...]:
        """States that have deposited their instrument and whose days still run."""
        return tuple(
            status
            for status in self._standing("not a party")
            if any(e.kind in party.CONSENTS and e.latest <= self.on for e in status.events)
            and (status.since is None or status.since > self.on)
        )

    def is_party(self, code: str) -> bool:
        """Whether the State, or every member of the group, is a party on this day.

        Raises UnknownValueError while the day is not known.
        """
        for member in self.members(code):
            status = self.status(member)
            if status.standing == "undetermined":
                raise party.unknown_day(status, self.on)
            if status.standing != "party":
                return False
        return True

    def require_parties(self, observing: str, observed: str) -> None:
        """Pass if both (States or groups) are bound on this day.

        Raises NotInForceError, which says why and since when not, UnknownValueError while a
        day is not known, DataError for an unknown code or for a State over itself.
        """
        for code in (observing, observed):
            for member in self.members(code):
                status = self.status(member)
                if status.standing == "undetermined":
                    raise party.unknown_day(status, self.on)
                if status.standing != "party" or status.suspended is not None:
                    raise party.not_bound(self.treaty.short, status, self.on, self.entry_into_force)
        if self.holder_of(observing) == self.holder_of(observed):
            raise DataError(
                f"{observing} and {observed} count as one Party of {self.treaty.short}",
                remedy="Name an observing and an observed Party that are not the same.",
            )

    def conference_window(self, status: PartyStatus) -> Between | None:
        """First and last day of the conference on a withdrawal, counted from the notice."""
        notice, days = status.last("notice-of-withdrawal"), self.treaty.withdrawal.conference_days
        if notice is None or notice.date is None or days is None:
            return None
        return add_days(notice.date, days[0]), add_days(notice.date, days[1])

    # --- groups and quotas --------------------------------------------------------------

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Groups that exist on this day (one stated as unknown is among them)."""
        return tuple(g for g in self.treaty.groups if g.holds_on(self.on))

    def holder_of(self, code: str) -> str:
        """The quota holder a State belongs to: its group, or itself.

        A group whose members keep their own quotas does not hold any. Raises UnknownValueError
        when it is not known whether the group still stands.
        """
        if any(group.code == code for group in self.treaty.groups):
            return code
        self.status(code)
        for group in self.groups:
            if code in group.members:
                if group.status is Status.UNKNOWN:
                    raise UnknownValueError(
                        f"whether {code} belongs to {group.name} ({group.code}) on {self.on} is "
                        f"not known: {group.note}",
                        remedy=GIVE_IT,
                    )
                if group.kind in HOLDS_QUOTAS:
                    return group.code
        return code

    def members(self, holder: str) -> tuple[str, ...]:
        """The States a holder stands for on this day; a State stands for itself."""
        rows = [group for group in self.treaty.groups if group.code == holder]
        if not rows:
            self.status(holder)
            return (holder,)
        for group in rows:
            if group.holds_on(self.on):
                return group.members
        last = max(rows, key=lambda group: group.valid_until or dt.date.max)
        raise NotInForceError(
            f"the group {last.name} ({holder}) does not exist on {self.on}; it stood from "
            f"{last.valid_from} until {last.valid_until} "
            f"[{'; '.join(str(c) for c in last.citations)}]",
            remedy=f"Ask for a State: {', '.join(last.members)}; or for an earlier date.",
        )

    def passive_quota(self, holder: str) -> CitedValue:
        """Flights a year that the holder must accept (of a member: its group's).

        NotInForceError where none of those it stands for is a party on this day.
        """
        return quotas.passive_quota(self, self.holder_of(holder))

    def active_quota(self, observing: str, observed: str) -> CitedValue:
        """Flights a year that ``observing`` may make over ``observed`` (States or groups)."""
        row = self._active(observing, observed)
        what = f"the active quota of {observing} over {observed}"
        return quotas.active_quota(self, row, what)

    def shared_quota(self, observing: str, observed: str) -> tuple[tuple[str, ...], int]:
        """With whom flights of that active quota are shared, and how many of them."""
        row = self._active(observing, observed)
        return row.shared_with, row.shared_flights

    def _active(self, observing: str, observed: str) -> ActiveQuota:
        holders = self.holder_of(observing), self.holder_of(observed)
        found = quotas.active(self.treaty, ((observing, observed), holders), self.on)
        if found is None:
            raise UnknownValueError(
                f"no active quota of {observing} over {observed} is recorded", remedy=GIVE_IT
            )
        return found

    # --- values -------------------------------------------------------------------------

    def value(self, key: str, condition: str = "") -> CitedValue:
        """The value of that key (see treaty.keys). DataError when there is no such key."""
        if key in self.scalars:
            return pick(key, self.scalars[key], self.on, self.readings, condition)
        return lookup(self, key, condition)

    @cached_property
    def scalars(self) -> Mapping[str, list[CitedValue]]:
        """All rows of values and deadlines, by key."""
        return segments.scalars(self.treaty)

    @property
    def values(self) -> tuple[CitedValue, ...]:
        """Every scalar and deadline that holds on this day, the unknown ones among them."""
        return tuple(
            value
            for rows in self.scalars.values()
            for value in in_force(rows, self.on, self.readings)
        )

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        holding = {id(value) for value in self.values}
        return tuple(d for d in self.treaty.deadlines if id(d.value) in holding)

    def deadline(self, key: str) -> Deadline:
        """The deadline of that key, with who, what and clock."""
        value = self.value(key)
        for deadline in self.treaty.deadlines:
            if deadline.id == key and deadline.value.holds_on(self.on):
                return replace(deadline, value=value)
        return Deadline(key, value, "", "", "")

    # --- airfields ----------------------------------------------------------------------

    def airfields(self, holder: str | None = None, role: str | None = None) -> tuple[Airfield, ...]:
        """Airfields of a State or group (all), with a role on this day (any)."""
        return tuple(
            airfield
            for airfield in self.treaty.airfields
            if (holder is None or self._belongs(airfield, holder))
            and (role is None or airfield.has_role(role, self.on))
        )

    def _belongs(self, airfield: Airfield, holder: str) -> bool:
        if holder in (airfield.holder, airfield.state):
            return True
        groups = [group for group in self.treaty.groups if group.code == airfield.holder]
        return any(holder in group.members for group in groups)

    def airfield(self, code_or_name: str, holder: str | None = None) -> Airfield:
        """The airfield of that ICAO code, id or name. DataError, with the nearest, if none."""
        wanted = code_or_name.strip().casefold()
        offered = self.airfields(holder)
        found = [a for a in offered if wanted in _names(a)]
        if len(found) == 1:
            return found[0]
        names = [name for a in offered for name in (a.icao, a.id, a.name) if name]
        of = f" of {holder}" if holder else ""
        if found:
            raise DataError(
                f"{code_or_name!r} names {len(found)} airfields{of}",
                remedy=f"Give an id: {', '.join(a.id for a in found)}.",
            )
        raise DataError(
            f"{code_or_name!r} is not an airfield{of} under {self.treaty.short}",
            remedy=did_you_mean(code_or_name, names, "Give its ICAO code, id or name."),
        )

    def maximum_flight_distance(self, airfield: Airfield | str, condition: str = "") -> CitedValue:
        """How far a flight from the airfield may go over the territory, km."""
        field = self.airfield(airfield) if isinstance(airfield, str) else airfield
        what = f"the maximum flight distance from {field.name} ({field.code})"
        if not field.distances:
            raise UnknownValueError(
                f"{what} is not set in any source we have",
                remedy="Start from another airfield. " + GIVE_IT,
            )
        key = f"{field.id}.maximum_flight_distance"
        return pick(key, field.distances, self.on, self.readings, condition, what=what)

    # --- sensors and aircraft -----------------------------------------------------------

    def sensor_category(self, id_: str) -> SensorCategory:
        """The category with the limits that hold on this day."""
        known = {category.id: category for category in self.treaty.categories}
        if id_ not in known:
            raise DataError(
                f"{self.treaty.short} has no sensor category {id_!r}",
                remedy=did_you_mean(id_, known),
            )
        limits = {
            name: in_force(rows, self.on, self.readings) for name, rows in known[id_].limits.items()
        }
        held = MappingProxyType({name: rows for name, rows in limits.items() if rows})
        return replace(known[id_], limits=held)

    def category_limit(self, id_: str, name: str) -> CitedValue:
        """One limit of a category, e.g. "resolution_limit"."""
        self.sensor_category(id_)
        rows = next(c for c in self.treaty.categories if c.id == id_).limits.get(name, ())
        if not rows:
            raise DataError(
                f"the category {id_!r} has no {name!r}",
                remedy=did_you_mean(name, self.sensor_category(id_).limits, "It sets none."),
            )
        return pick(f"{id_}.{name}", rows, self.on, self.readings)

    def aircraft(self, id_: str) -> Aircraft:
        """What the aircraft can do. DataError, listing those known, for another id."""
        return self._aircraft_file(id_).on(self.on, self.readings)

    def installed(self, id_: str) -> tuple[str, tuple[Sensor, ...], tuple[str, ...]]:
        """Name, sensors and notes of an aircraft, whatever else of it is unknown."""
        file = self._aircraft_file(id_)
        return file.head["name"], file.sensors, file.notes

    def private_sensor_fields(self, id_: str) -> tuple[str, ...]:
        """Fields of the aircraft's sensors that an overlay gave: "sensor-id.h_min_m"."""
        return self._aircraft_file(id_).private_fields

    def _aircraft_file(self, id_: str) -> aircraft_files.AircraftFile:
        layers, sources = self.treaty.aircraft_folders, self.treaty.sources
        return aircraft_files.load_aircraft(id_, layers, sources)

    def aircraft_standing(self, id_: str, sensor: str | None = None) -> AircraftStanding:
        """Whether the aircraft, or one sensor on it (id or category), is certified on this day."""
        designation = next((d for d in self.treaty.designations if d.aircraft == id_), None)
        known = aircraft_files.known_aircraft(self.treaty.aircraft_folders)
        if designation is None and id_ not in known:
            ids = {*known, *(d.aircraft for d in self.treaty.designations)}
            raise DataError(
                f"no aircraft has the id {id_!r}",
                remedy=aircraft_files.unknown_aircraft(id_, ids),
            )
        category = None
        if sensor is not None:
            installed = self._aircraft_file(id_).sensors if id_ in known else ()
            category = aircraft_files.category_of(sensor, installed, self.treaty.categories)
        return aircraft_files.standing(designation, id_, self.on, sensor=sensor, category=category)

    @property
    def rules(self) -> tuple[RuleBinding, ...]:
        return self.treaty.rules

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Decisions taken by this day, and those whose date is not known."""
        return tuple(d for d in self.treaty.decisions if d.date is None or d.date <= self.on)


def _names(airfield: Airfield) -> Iterable[str]:
    return {name.casefold() for name in (airfield.icao, airfield.id, airfield.name) if name}
