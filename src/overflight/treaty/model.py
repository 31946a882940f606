"""A regime as frozen data: what its files say, each thing with its dates and its source.

A ``Treaty`` never changes. A what-if is a function Treaty -> Treaty, written with
``dataclasses.replace``; the baseline stays as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError
from overflight.geo.positions import Position
from overflight.terms.advice import Advice
from overflight.terms.checklists import Checklist
from overflight.terms.chronicle import Record
from overflight.terms.citations import Citation, Source
from overflight.terms.holdings import HoldingsFrame
from overflight.terms.membership import Contingent, Way
from overflight.terms.messages import MessageType
from overflight.terms.procedure import Process
from overflight.terms.quotas import FLIGHTS, Act, EntryKind, Outcome, QuotaLimit
from overflight.terms.values import CitedValue, Status
from overflight.treaty.ceilings import Ceiling
from overflight.treaty.fleet import AircraftEvent, AircraftStanding, Designation
from overflight.treaty.parties import (
    Between,
    EntryIntoForce,
    EntryIntoForceRule,
    Event,
    Group,
    Part,
    PartyStatus,
    State,
    Suspension,
    Termination,
    WithdrawalRule,
)
from overflight.treaty.problems import did_you_mean
from overflight.treaty.territories import DisputedArea, Territory

if TYPE_CHECKING:
    from overflight.treaty.view import TreatyView

__all__ = [
    "ActiveQuota",
    "AircraftEvent",
    "AircraftStanding",
    "Airfield",
    "Between",
    "Ceiling",
    "Deadline",
    "Decision",
    "Designation",
    "Dispute",
    "DisputedArea",
    "EntryIntoForce",
    "EntryIntoForceRule",
    "Event",
    "Gap",
    "Group",
    "Part",
    "PartyStatus",
    "Provision",
    "Reading",
    "ReadingOption",
    "Right",
    "RuleBinding",
    "SensorCategory",
    "State",
    "Suspension",
    "Termination",
    "Territory",
    "Treaty",
    "WithdrawalRule",
]


@dataclass(frozen=True, slots=True)
class Provision:
    """A table of treaty.toml that no code needs to understand: keys, values, citations."""

    name: str
    values: Mapping[str, Any]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ReadingOption:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A place where the text can be read in more than one way."""

    name: str
    question: str
    options: tuple[ReadingOption, ...]
    default: str
    citations: tuple[Citation, ...]
    note: str = ""

    @property
    def option_ids(self) -> tuple[str, ...]:
        return tuple(option.id for option in self.options)


@dataclass(frozen=True, slots=True)
class RuleBinding:
    """A generic predicate bound to a paragraph: a rule of this regime.

    ``flown``: a rule on the path of a plan that the path as flown has to keep too.
    """

    id: str
    title: str
    phase: str
    predicate: str
    limit: str
    parameters: Mapping[str, Any]
    readings: tuple[str, ...]
    citations: tuple[Citation, ...]
    limit_citations: tuple[Citation, ...] = ()
    note: str = ""
    flown: bool = False


@dataclass(frozen=True, slots=True)
class Airfield:
    """An airfield of the regime. ``holder`` is the State or group that designated it, ``state``
    where it lies. ``position`` is the one to use, ``printed`` what the text prints."""

    id: str
    name: str
    holder: str
    state: str
    roles: tuple[str, ...]
    inspection: bool
    icao: str | None
    icao_basis: str
    position: Position | None
    printed: str
    position_basis: str
    position_note: str
    distances: tuple[CitedValue, ...]
    citations: tuple[Citation, ...]
    roles_from: dt.date | None = None
    roles_until: dt.date | None = None
    note: str = ""
    private: bool = False

    @property
    def code(self) -> str:
        """The ICAO code or, where it has none, our id."""
        return self.icao or self.id

    def has_role(self, role: str, on: dt.date) -> bool:
        begun = self.roles_from is None or self.roles_from <= on
        over = self.roles_until is not None and on > self.roles_until
        return role in self.roles and begun and not over


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no public source says, stated."""

    about: str
    note: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ActiveQuota:
    """Flights of ``observer`` over ``observed`` a year; ``shared_with`` names co-holders of
    ``shared_flights`` of them."""

    observer: str
    observed: str
    flights: CitedValue
    shared_with: tuple[str, ...] = ()
    shared_flights: int = 0


@dataclass(frozen=True, slots=True)
class SensorCategory:
    """A category of sensor. ``limits``: name ("resolution_limit") -> its dated values; in a
    view, the one value in force. ``weather_bound``: whether weather keeps it from seeing."""

    id: str
    name: str
    annotation: tuple[str, ...]
    height_bound: bool
    limits: Mapping[str, tuple[CitedValue, ...]]
    citations: tuple[Citation, ...]
    note: str = ""
    weather_bound: bool = True


@dataclass(frozen=True, slots=True)
class Deadline:
    """A period of time: ``who`` must do ``what``, counted from ``clock``."""

    id: str
    value: CitedValue
    who: str
    what: str
    clock: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the treaty's commission. ``height_of`` names the methods of H_min that it is
    about (video, infrared, film, digital), or "altitude": from H_min to the altitude flown."""

    number: str
    date: dt.date | None
    title: str
    subject: str
    effect: str
    status: Status
    citations: tuple[Citation, ...]
    note: str = ""
    height_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispute:
    id: str
    title: str
    facts: str
    rules: tuple[str, ...]
    readings: tuple[str, ...]
    status: Status
    citations: tuple[Citation, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Right:
    """Who may have what was recorded, by case."""

    id: str
    case: str
    who: str
    what: str
    details: Mapping[str, Any]
    citations: tuple[Citation, ...]
    note: str = ""


@dataclass(frozen=True, eq=False)
class Treaty:
    """One instrument and everything said under it. Compared and hashed by identity."""

    id: str
    name: str
    short: str
    signed: dt.date
    place: str
    depositaries: tuple[str, ...]
    citations: tuple[Citation, ...]
    folder: Path
    overlay_used: bool
    sources: Mapping[str, Source]
    entry_into_force: EntryIntoForceRule
    withdrawal: WithdrawalRule
    provisions: Mapping[str, Provision]
    states: tuple[State, ...]
    events: tuple[Event, ...]
    groups: tuple[Group, ...] = ()
    parts: tuple[Part, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    termination: Termination | None = None
    values: tuple[CitedValue, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    passive_quotas: tuple[CitedValue, ...] = ()
    active_quotas: tuple[ActiveQuota, ...] = ()
    airfields: tuple[Airfield, ...] = ()
    gaps: tuple[Gap, ...] = ()
    categories: tuple[SensorCategory, ...] = ()
    designations: tuple[Designation, ...] = ()
    rights: tuple[Right, ...] = ()
    readings: tuple[Reading, ...] = ()
    decisions: tuple[Decision, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    territories: tuple[Territory, ...] = ()
    disputed_areas: tuple[DisputedArea, ...] = ()
    rules: tuple[RuleBinding, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    advice: tuple[Advice, ...] = ()
    messages: tuple[MessageType, ...] = ()
    quota_limits: tuple[QuotaLimit, ...] = ()
    entry_kinds: tuple[EntryKind, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    act: Act = FLIGHTS
    holdings: HoldingsFrame | None = None
    processes: tuple[Process, ...] = ()
    ways: tuple[Way, ...] = ()
    contingent: tuple[Contingent, ...] = ()
    records: tuple[Record, ...] = ()
    addressees: Mapping[str, str] = field(default_factory=dict)
    aircraft_folders: tuple[tuple[Path, bool], ...] = ()
    """Where aircraft files lie, and whether a folder is private; a later one lies on top."""

    def on(self, date: dt.date, readings: Mapping[str, str] | None = None) -> TreatyView:
        """The regime as it stood on ``date``, under the readings chosen (default: each default).

        The same question gives the same object, so that what is computed from it is kept.
        Raises DataError for something that is not a date, a reading or an option.
        """
        from overflight.treaty.view import TreatyView

        if not isinstance(date, dt.date) or isinstance(date, dt.datetime):
            remedy = "Give a datetime.date; of an instant, its UTC date."
            raise DataError(f"{date!r} is not a date", remedy=remedy)
        chosen = self.choose_readings(readings or {})
        key = (date, *chosen.items())
        if key not in self._views:
            self._views[key] = TreatyView(self, date, chosen)
        return self._views[key]

    @cached_property
    def _views(self) -> dict[Any, TreatyView]:
        return {}

    def choose_readings(self, chosen: Mapping[str, str]) -> Mapping[str, str]:
        """Every reading's option: the chosen one, or the default."""
        known = {reading.name: reading for reading in self.readings}
        for name, option in chosen.items():
            if name not in known:
                raise DataError(
                    f"{self.short} has no reading named {name!r}",
                    remedy=did_you_mean(name, known),
                )
            if option not in known[name].option_ids:
                raise DataError(
                    f"the reading {name!r} has no option {option!r}",
                    remedy=f"Choose one of: {', '.join(known[name].option_ids)}.",
                )
        return MappingProxyType({name: chosen.get(name, r.default) for name, r in known.items()})

    def transform(self, change: Callable[[Treaty], Treaty]) -> Treaty:
        """The treaty that ``change`` makes of this one; this one stays as it is."""
        return change(self)

    def state_name(self, code: str) -> str:
        """The name of a State or group; the code itself where it has none."""
        return self._names.get(code, code)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        groups = {group.code: group.name for group in self.groups}
        return groups | {state.code: state.name for state in self.states}
