"""A process made ready to run: names as small numbers, conditions as bit masks, periods in seconds.

Every period is the regime's on one day; each keeps the value that it came from, for citations.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from overflight.errors import DataError
from overflight.terms.procedure import Clock, Conditions, Limit, Move, Process
from overflight.terms.values import CitedValue
from overflight.treaty.dated import add_months
from overflight.treaty.model import Treaty
from overflight.treaty.problems import did_you_mean
from overflight.treaty.view import TreatyView

Masks = tuple[tuple[int, int], ...]
"""(number of a fact, mask of the values that fit); all must fit."""
Sets = tuple[tuple[int, int], ...]
"""(number of a fact, number of its new value)."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Period:
    """Seconds, or whole months."""

    seconds: int = 0
    months: int = 0

    def after(self, moment: int, sign: int = 1) -> int:
        """The moment so much later (``sign`` -1: earlier)."""
        if not self.months:
            return moment + sign * self.seconds
        days, rest = divmod(moment, 86400)
        day = add_months(EPOCH.date() + dt.timedelta(days=days), sign * self.months)
        return (day - EPOCH.date()).days * 86400 + rest


@dataclass(frozen=True, slots=True)
class RunClock:
    """A clock with numbers for names. ``mark`` -1: ``month_day`` of a year. ``without`` holds the
    first and the last mark of what is not counted, and as how much of it is counted all the same.
    """

    mark: int
    period: Period
    sign: int
    longer: int
    by: Period
    month_day: tuple[int, int] | None
    year: int
    value: CitedValue | None
    instead: int = -1
    again: tuple[int, ...] = ()
    most: Period | None = None
    day: int | None = None
    without: tuple[tuple[int, int, Period], ...] = ()


@dataclass(frozen=True, slots=True)
class RunLimit:
    """A limit ready to be asked about; ``limit`` is what the regime says."""

    limit: Limit
    clock: RunClock | None
    begins: int
    ends: tuple[int, ...]
    when: Masks

    @property
    def cite(self) -> str:
        return paragraphs(self.limit)


@dataclass(frozen=True, slots=True)
class RunMove:
    """A move ready to be made; ``move`` is what the regime says. ``counts`` tells that a clock asks
    how often its mark was set; ``settles`` are the limits that hang on what it clears."""

    move: Move
    phases: int
    to: int
    mark: int
    needs: tuple[int, ...]
    unless: tuple[int, ...]
    missed: tuple[int, ...]
    who: str
    actor: int
    actor_roles: tuple[str, ...]
    when: Masks
    says: Mapping[str, tuple[int, Mapping[str, int]]]
    requires: tuple[str, ...]
    instants: Mapping[str, int]
    sets: Sets
    cases: tuple[tuple[Masks, int, Sets], ...]
    counts: bool = False
    clears: frozenset[int] = frozenset()
    settles: tuple[int, ...] = ()

    @property
    def cite(self) -> str:
        return paragraphs(self.move)


def paragraphs(thing: Move | Limit) -> str:
    """The paragraphs on which it rests, in one line."""
    return ", ".join(c.paragraph for c in thing.citations if c.paragraph)


class Machine:
    """A process of a regime with the periods that hold on ``view.on``. Never changes.

    Made by ``machine_of``; what it does is in ``steps``, what is due in ``options``.
    """

    def __init__(self, process: Process, view: TreatyView) -> None:
        self.process = process
        self.view = view
        self.phases = tuple(phase.id for phase in process.phases)
        self.phase_numbers = {name: n for n, name in enumerate(self.phases)}
        self.final = sum(1 << n for n, phase in enumerate(process.phases) if phase.final)
        names = dict.fromkeys(m for move in process.moves for m in (move.mark, *move.instants) if m)
        self.marks = tuple(names)
        self.mark_numbers = {name: n for n, name in enumerate(self.marks)}
        self.facts = tuple(fact.name for fact in process.facts)
        self.fact_numbers = {name: n for n, name in enumerate(self.facts)}
        self.values = tuple(fact.values for fact in process.facts)
        self.stops = tuple(self.mark_numbers[name] for name in process.stops)
        self.limits = tuple(self._limit(limit) for limit in process.limits)
        self.limit_numbers = {limit.id: n for n, limit in enumerate(process.limits)}
        self.counted = {m for x in self.limits if x.clock is not None for m in x.clock.again}
        self.moves = {move.id: self._move(move) for move in process.moves}
        self.begins = self.phase_numbers[process.begins]
        named = [move.agreement for move in process.moves]
        named += [limit.agreement for limit in process.limits]
        self.agreements = tuple(dict.fromkeys(name for name in named if name))

    def _mark(self, name: str) -> int:
        return self.mark_numbers[name] if name else -1

    def _masks(self, conditions: Conditions) -> Masks:
        found = []
        for name, values in conditions.items():
            number = self.fact_numbers[name]
            found.append((number, sum(1 << self.values[number].index(v) for v in set(values))))
        return tuple(found)

    def _sets(self, sets: Mapping[str, str]) -> Sets:
        pairs = ((self.fact_numbers[name], value) for name, value in sets.items())
        return tuple((number, self.values[number].index(value)) for number, value in pairs)

    def _phase(self, name: str) -> int:
        return self.phase_numbers[name] if name else -1

    def _limit(self, limit: Limit) -> RunLimit:
        return RunLimit(
            limit,
            None if limit.clock is None else self._clock(limit.clock),
            self._mark(limit.begins),
            tuple(self.mark_numbers[name] for name in limit.ends),
            self._masks(limit.when),
        )

    def _clock(self, clock: Clock) -> RunClock:
        key = clock.plus or clock.minus
        month_day = None
        named = key or clock.calendar or clock.day
        value = self.view.value(named) if named else None
        if clock.calendar and value is not None:
            month, day = (int(part) for part in str(value.value).split("-"))
            month_day = (month, day)
        by = _period(self.view.value(clock.by)) if clock.by else Period()
        if clock.again and (by.months or clock.minus):
            raise DataError(
                f"{clock.by!r} is added again, in months or backwards",
                remedy="Count forwards, in hours or days.",
            )
        return RunClock(
            mark=self._mark(clock.mark),
            period=_period(value) if key and value is not None else Period(),
            sign=-1 if clock.minus else 1,
            longer=self._mark(clock.longer),
            by=by,
            month_day=month_day,
            year=clock.year,
            value=value,
            instead=self._mark(clock.instead),
            again=tuple(self.mark_numbers[name] for name in clock.again),
            most=_period(self.view.value(clock.most)) if clock.most else None,
            day=_day(self.view.value(clock.day)) if clock.day else None,
            without=tuple(
                (
                    self.mark_numbers[part.begins],
                    self.mark_numbers[part.ends],
                    _period(self.view.value(part.over)) if part.over else Period(),
                )
                for part in clock.without
            ),
        )

    def _move(self, move: Move) -> RunMove:
        who, actor = move.by, -1
        roles: tuple[str, ...] = ()
        for known in self.process.actors:
            if known.name == move.by:
                who, actor = "", self.fact_numbers[known.fact]
                roles = tuple(self._role(v, known.other) for v in self.values[actor])
        says: dict[str, tuple[int, dict[str, int]]] = {}
        for name in (*move.takes, *move.requires):
            number = self.fact_numbers[name]
            allowed = move.only_to.get(name, self.values[number])
            says[name] = (number, {v: self.values[number].index(v) for v in allowed})
        return RunMove(
            move=move,
            phases=sum(1 << self.phase_numbers[name] for name in move.phases),
            to=self._phase(move.to),
            mark=self._mark(move.mark),
            needs=tuple(self.mark_numbers[name] for name in move.needs),
            unless=tuple(self.mark_numbers[name] for name in move.unless),
            missed=tuple(self.limit_numbers[name] for name in move.missed),
            who=who,
            actor=actor,
            actor_roles=roles,
            when=self._masks(move.when),
            says=says,
            requires=(
                *move.requires,
                *(() if move.instants_optional else move.instants),
                *(("about",) if move.of_agreement else ()),
            ),
            instants={name: self.mark_numbers[name] for name in move.instants},
            sets=self._sets(move.sets),
            cases=tuple((self._masks(c.when), self._phase(c.to), self._sets(c.sets))
                        for c in move.cases),
            counts=self._mark(move.mark) in self.counted,
            clears=(clears := frozenset(self.mark_numbers[name] for name in move.clears)),
            settles=tuple(n for n, x in enumerate(self.limits) if clears & _hangs_on(x)),
        )  # fmt: skip

    def _role(self, value: str, other: bool) -> str:
        roles = self.process.roles
        if value not in roles:
            return ""
        return next(role for role in roles if role != value) if other else value

    def roles_of(self, by: str, facts: list[int]) -> tuple[str, ...]:
        """The roles that a word of the process stands for, as the facts stand."""
        if by in ("either", "both"):
            return self.process.roles
        for known in self.process.actors:
            if known.name == by:
                number = self.fact_numbers[known.fact]
                role = self._role(self.values[number][facts[number]], known.other)
                return (role,) if role else ()
        return (by,)


def _hangs_on(limit: RunLimit) -> set[int]:
    """The marks without which the limit is not what it is."""
    clock = limit.clock
    marks = {limit.begins, *limit.ends}
    return marks if clock is None else marks | {clock.mark, clock.instead, clock.longer}


def _day(value: CitedValue) -> int:
    """The first second of a date."""
    try:
        return (dt.date.fromisoformat(str(value.value)) - EPOCH.date()).days * 86400
    except ValueError:
        raise DataError(
            f"{value.key} = {value.value!r} is not a day", remedy="Name a value with unit date."
        ) from None


def _period(value: CitedValue) -> Period:
    if value.unit == "months":
        return Period(months=int(value.value))
    if value.unit in _SECONDS and isinstance(value.value, int | float):
        return Period(round(value.value * _SECONDS[value.unit]))
    raise DataError(
        f"{value.key} = {value.value!r} {value.unit} is not a period of time",
        remedy=f"Name a value with one of the units {', '.join(_SECONDS)}, months.",
    )


def processes_of(treaty: Treaty) -> tuple[str, ...]:
    """The ids of the processes that the regime describes."""
    return tuple(process.id for process in treaty.processes)


def machine_of(
    treaty: Treaty,
    process: str,
    on: dt.date,
    readings: Mapping[str, str] | None = None,
) -> Machine:
    """The machine of a process with the periods that hold on ``on``.

    Of a mission, that is the day of its notification. Raises DataError where the regime has no
    such process, and UnknownValueError for a period that nobody public knows.
    """
    if not treaty.processes:
        raise DataError(
            f"{treaty.short} describes no process",
            file=treaty.folder / "procedure.toml",
            remedy="Describe its moves and limits there; 'overflight treaty new DIR' shows how.",
        )
    for known in treaty.processes:
        if known.id == process:
            return _kept(treaty.on(on, readings), known)
    raise DataError(
        f"{treaty.short} has no process {process!r}",
        remedy=did_you_mean(process, processes_of(treaty)),
    )


_MACHINES: dict[tuple[Any, ...], Machine] = {}
_MOST = 256


def _kept(view: TreatyView, process: Process) -> Machine:
    key = (id(view), process.id)
    found = _MACHINES.get(key)
    if found is None or found.view is not view or found.process is not process:
        if len(_MACHINES) >= _MOST:
            _MACHINES.clear()
        found = _MACHINES[key] = Machine(process, view)
    return found
