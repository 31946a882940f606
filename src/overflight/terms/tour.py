"""A tour of inspections: which sites a team visits one after another, and the hours that count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from overflight.geo.positions import Position
from overflight.terms.values import CitedValue
from overflight.units import Hours


@dataclass(frozen=True, slots=True)
class TourLimits:
    """What a regime allows, hours: ``first`` in the country for one inspection, ``further`` for
    each one after it, ``most`` in all; of one way at most ``counted`` counts. The first site is
    named ``named`` after arrival at the earliest, a site may be prepared for ``prepared``, and the
    team stays at it for ``stay`` at most. ``values`` are what these rest on."""

    first: Hours
    further: Hours
    most: Hours
    counted: Hours
    named: Hours
    prepared: Hours
    stay: Hours
    values: tuple[CitedValue, ...] = ()

    def allowed(self, inspections: int) -> Hours:
        """Hours in the country that so many inspections give."""
        if inspections < 1:
            return 0.0
        return min(self.most, self.first + (inspections - 1) * self.further)


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that nobody gave: ``why`` it is what it is."""

    name: str
    value: float
    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class Place:
    """A site of a tour, or the point of entry: ``value`` is what its inspection is worth."""

    id: str
    position: Position
    value: float = 0.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A way between two places: ``road`` hours on it, ``given`` or else estimated; ``takes`` with
    the time to prepare; ``counts`` of it in the country."""

    road: Hours
    given: bool
    takes: Hours
    counts: Hours


@dataclass(frozen=True, slots=True)
class TourStop:
    """An inspection of a tour. Hours since arrival at the point of entry; ``counted`` is the time
    in the country so far, ``allowed`` what the inspections so far give."""

    place: Place
    way: Way
    named: Hours
    arrives: Hours
    leaves: Hours
    counted: Hours
    allowed: Hours


@dataclass(frozen=True, slots=True)
class Tour:
    """A tour from ``entry`` and back. ``returns`` is the hour of the return, ``counted`` the time
    in the country then, ``allowed`` what it may be. ``best`` tells that no better tour exists
    within the numbers used; ``left_out`` are the sites not visited."""

    treaty: str
    entry: Place
    stops: tuple[TourStop, ...]
    back: Way
    returns: Hours
    counted: Hours
    limits: TourLimits
    left_out: tuple[Place, ...] = ()
    best: bool = False
    assumptions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    search: Mapping[str, int | float] = field(default_factory=dict)

    @property
    def value(self) -> float:
        return sum(stop.place.value for stop in self.stops)

    @property
    def allowed(self) -> Hours:
        return self.limits.allowed(len(self.stops))
