"""What a planner is asked, and what it answers: plain numbers and positions.

Nothing here knows a treaty, a sensor's name or a clock. Limits are hard: an answer that breaks
one is no answer (``evaluate.violations`` is the judge of every planner).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from overflight.geo.positions import Position
from overflight.planning.level import LevelFlight
from overflight.sensing.swath import Strip
from overflight.terms.working_plan import SearchReport
from overflight.units import Degrees, Hours, Kilometres, KilometresPerHour, Metres

BoolMatrix = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Place:
    """An airfield where the aircraft may land."""

    code: str
    position: Position


@dataclass(frozen=True, slots=True)
class Target:
    """A site as the search sees it: where, what it is worth, and the strips that show it.

    ``strips`` is empty when nothing on board resolves what the site needs. It counts when it is
    passed between ``opens`` and ``closes``, hours after the flight's usual start. ``name`` is for
    messages to the side that asks. Where a flight has lower heights than its usual one,
    ``at_heights`` are the strips from each, the usual one first, and ``strips`` holds all of them.
    ``pass_m`` is the height of the pass that it needs, where the usual one is too high for it.
    """

    position: Position
    value: float
    strips: tuple[Strip, ...]
    opens: Hours = -math.inf
    closes: Hours = math.inf
    name: str = ""
    at_heights: tuple[tuple[Strip, ...], ...] = ()
    pass_m: Metres | None = None

    def strips_at(self, height: int) -> tuple[Strip, ...]:
        """The strips from a height of the flight, by its number; 0: the usual one."""
        return self.at_heights[height] if self.at_heights else self.strips

    @property
    def needs_descent(self) -> bool:
        """Whether it can be seen from a lower height only."""
        return bool(self.at_heights) and bool(self.strips) and not self.at_heights[0]


@dataclass(frozen=True, slots=True)
class Pace:
    """How a clock counts: cruise speed, and what stops take, hours.

    A stop takes ``refuelling``. Where the next stage would end more than ``flying_day`` after the
    day's first take-off, ``rest`` follows, until a whole number of days after the flight's start.
    """

    cruise_km_h: KilometresPerHour
    refuelling: Hours
    flying_day: Hours
    rest: Hours


class Clock(Protocol):
    """When the legs of a flight are flown. All hours are counted from its usual start."""

    def hours(self, stages: Sequence[Sequence[Kilometres]], /) -> tuple[list[Hours], list[Hours]]:
        """Departure and arrival of every leg of stages with legs of the given lengths."""
        ...

    def starts(self, hours: Hours, /) -> tuple[Hours, Hours]:
        """The earliest and the latest start of a flight that takes ``hours``."""
        ...

    def over(self) -> Hours:
        """When every flight has to be over."""
        ...

    def pace(self) -> Pace:
        """What the hours are counted by."""
        ...


class BlockedLegs(Protocol):
    """Which direct legs may not be flown."""

    def __call__(self, points: Sequence[Position], /) -> BoolMatrix:
        """Symmetric, shape (n, n): True where the leg between two points is blocked."""
        ...


def nothing_blocked(points: Sequence[Position], /) -> BoolMatrix:
    """A ``BlockedLegs`` for open sky."""
    return np.zeros((len(points), len(points)), dtype=bool)


class Corners(Protocol):
    """Where a path can bend to go round what is blocked."""

    def __call__(self, points: Sequence[Position], /) -> Sequence[Position]:
        """Whole minutes of arc that may be fixes, around and between the points."""
        ...


def no_corners(points: Sequence[Position], /) -> Sequence[Position]:
    """A ``Corners`` that knows none: what is blocked is not gone round."""
    return points[:0]


class FixAllowed(Protocol):
    """Whether a coordinate may be a fix of the route (it lies over the observed territory)."""

    def __call__(self, position: Position, /) -> bool: ...


def anywhere(position: Position, /) -> bool:
    """A ``FixAllowed`` that always says yes."""
    return position is not None


class HeightAllowed(Protocol):
    """Whether a leg may be flown as low as a height above ground."""

    def __call__(self, a: Position, b: Position, height: Metres, /) -> bool: ...


def any_height(a: Position, b: Position, height: Metres, /) -> bool:
    """A ``HeightAllowed`` that always says yes."""
    return height > 0.0 and a != b


@dataclass(frozen=True, slots=True)
class PartLimit:
    """At most ``max_km`` of a path may lie over a part; ``length`` says how much of a leg does."""

    name: str
    max_km: Kilometres
    length: Callable[[Position, Position], Kilometres]


@dataclass(frozen=True, slots=True)
class PlanningProblem:
    """See as much value as possible on one flight from ``start`` to ``end``.

    The whole path is at most ``max_total_km`` long and each stage between two landings at most
    ``max_stage_km``; landings are at ``stations`` (start and end among them or not). At most
    ``max_stages`` stages. Fixes are whole minutes of arc. With ``simple_path`` the path neither
    crosses itself nor comes back to a point, save airfields where it lands. Within ``circling_km``
    of a point of the path it does not turn through ``circling_deg`` the same way (0 km: it may).
    ``corners`` are where a path may bend round what is ``blocked``.
    ``parts`` limit the length over parts of the territory. ``max_fixes`` is how many fixes the path
    may have in all, airfields apart and those included at which it goes round something; None: as
    many as it takes. ``draw`` is the seed by which fixes
    are drawn among those that serve equally. ``clock`` gives the hours of flights, for targets
    that have theirs; without it those count at any hour. With ``level`` a target counts only where
    a leg that passes it is flown level and at height, and a stage is as long as it is flown, turns
    and climbs included; without it legs are straight from fix to fix. Where it has lower heights,
    each leg is flown at the height from which the flight shows most, as far as ``low_allowed``.
    """

    targets: tuple[Target, ...]
    start: Place
    end: Place
    stations: tuple[Place, ...]
    max_total_km: Kilometres
    max_stage_km: Kilometres
    max_stages: int = 12
    simple_path: bool = True
    circling_km: Kilometres = 0.0
    circling_deg: Degrees = 360.0
    blocked: BlockedLegs = nothing_blocked
    fix_allowed: FixAllowed = anywhere
    corners: Corners = no_corners
    parts: tuple[PartLimit, ...] = ()
    max_fixes: int | None = None
    draw: int = 0
    clock: Clock | None = None
    level: LevelFlight | None = None
    low_allowed: HeightAllowed = any_height

    @property
    def descends(self) -> bool:
        """Whether legs may be flown lower than at the usual height."""
        return self.level is not None and bool(self.level.lower_m)


@dataclass(frozen=True, slots=True)
class Route:
    """Stages between landings: ``stages[i]`` are the fixes between stations i and i + 1."""

    stations: tuple[Place, ...]
    stages: tuple[tuple[Position, ...], ...]

    def __post_init__(self) -> None:
        if len(self.stations) != len(self.stages) + 1:
            raise ValueError("a route has one more station than stages")

    @property
    def path(self) -> tuple[Position, ...]:
        """Every position flown over, in order, airfields included."""
        points = [self.stations[0].position]
        for stage, station in zip(self.stages, self.stations[1:], strict=True):
            points += [*stage, station.position]
        return tuple(points)

    @property
    def landings(self) -> tuple[int, ...]:
        """Indices into ``path`` of the stations, the first and the last included."""
        at = [0]
        for stage in self.stages:
            at.append(at[-1] + len(stage) + 1)
        return tuple(at)

    @property
    def fixes(self) -> tuple[Position, ...]:
        return tuple(fix for stage in self.stages for fix in stage)

    def stage_path(self, index: int) -> tuple[Position, ...]:
        """The positions of one stage, both airfields included."""
        first, last = self.stations[index], self.stations[index + 1]
        return (first.position, *self.stages[index], last.position)

    def tidy(self) -> Route:
        """Without stages that begin and end at the same airfield and go nowhere."""
        stations, stages = [self.stations[0]], []
        for stage, station in zip(self.stages, self.stations[1:], strict=True):
            if stage or station.code != stations[-1].code:
                stages.append(stage)
                stations.append(station)
        if not stages:
            return Route((self.stations[0], self.stations[-1]), ((),))
        return Route(tuple(stations), tuple(stages))


@dataclass(frozen=True, slots=True)
class Solution:
    """A planner's answer: a route that keeps every limit, and how it was found."""

    route: Route
    report: SearchReport
