"""Fuel by leg and stage, reserves, and what lies within reach with what is left.

Unknown is an answer: without a fuel flow and a take-off mass there is no figure in kilograms.
The range of an aircraft (usable, reserves off) is nearly always known, so every stage is held
against it, counted in hours at cruise: a headwind uses it up faster than the map says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from overflight.errors import DataError
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.terms.flyability import AlternateReach
from overflight.units import Hours, Kilometres, KilometresPerHour, Metres


class FuelFlow(Protocol):
    """Fuel used in an hour, kg/h."""

    def __call__(
        self, mass_kg: float, airspeed: KilometresPerHour, height_m: Metres, vertical_m_s: float, /
    ) -> float: ...


@dataclass(frozen=True, slots=True)
class SteadyFlow:
    """The same flow whatever is flown, kg/h: what a handbook's one figure says."""

    kg_h: float

    def __call__(
        self,
        mass_kg: float,  # noqa: ARG002 - a flow's arguments
        airspeed: KilometresPerHour,  # noqa: ARG002
        height_m: Metres,  # noqa: ARG002
        vertical_m_s: float,  # noqa: ARG002
        /,
    ) -> float:
        return self.kg_h


@dataclass(frozen=True, slots=True)
class FuelModel:
    """A fuel flow, the mass at each take-off and, where known, the most usable fuel, kg.

    ``basis`` says where the flow comes from, as a sentence.
    """

    flow: FuelFlow
    take_off_kg: float
    basis: str
    usable_kg: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.take_off_kg) and self.take_off_kg > 0):
            raise DataError(
                f"a take-off mass of {self.take_off_kg} kg",
                remedy="Give the mass at take-off in kg, above zero.",
            )


@dataclass(frozen=True, slots=True)
class ReservePolicy:
    """What is to be left: to an alternate, then to hold, and for contingencies.

    As an assumption 45 minutes at 450 m above the alternate and 5 % of the fuel for the stage.
    Annex 6 to the Chicago Convention, Part I, 4.3.6 asks for 45 minutes after the alternate of
    propeller-driven aeroplanes and for 30 minutes of holding at 450 m (1,500 ft) above it of
    turbojets, and for a reserve for contingencies, commonly 5 % of the trip fuel; 45 minutes for
    all is the cautious choice. State aircraft are not bound by it. ``speed_fraction``: speed of
    holding as a part of cruise.
    """

    hold_minutes: float = 45.0
    hold_height_m: Metres = 450.0
    contingency: float = 0.05
    speed_fraction: float = 0.75

    def sentence(self) -> str:
        return (
            f"Reserve: to the nearest alternate, then {self.hold_minutes:g} minutes at "
            f"{self.hold_height_m:g} m, and {self.contingency:.0%} of the stage's fuel: assumed, "
            "after ICAO Annex 6, Part I, 4.3.6."
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of flying for which one flow holds: hours, airspeed, height, rate of climb."""

    hours: Hours
    airspeed: KilometresPerHour
    height_m: Metres
    vertical_m_s: float = 0.0


@dataclass(frozen=True, slots=True)
class StageFuel:
    """Fuel of a stage, kg: each leg's, in all, contingency, to the alternate, holding, needed.

    ``to_alternate`` is None where no alternate is known; ``needed`` then leaves it out.
    """

    legs: tuple[float, ...]
    trip: float
    contingency: float
    to_alternate: float | None
    holding: float

    @property
    def needed(self) -> float:
        return self.trip + self.contingency + (self.to_alternate or 0.0) + self.holding


@dataclass(frozen=True, slots=True)
class Alternate:
    """An airfield to go to instead."""

    code: str
    position: Position


def stage_fuel(
    model: FuelModel,
    legs: Sequence[Sequence[Piece]],
    cruise: KilometresPerHour,
    reserve: ReservePolicy,
    to_alternate: Kilometres | None,
) -> StageFuel:
    """Burn a stage leg by leg from take-off mass, lighter with every piece.

    Raises DataError when the flow gives no number or the aircraft would burn itself up.
    """
    mass, used = model.take_off_kg, []
    for pieces in legs:
        before = mass
        for piece in pieces:
            mass -= _burn(model, mass, piece)
        used.append(before - mass)
    trip = math.fsum(used)
    height = max((piece.height_m for pieces in legs for piece in pieces), default=0.0)
    diversion = None
    if to_alternate is not None:
        diversion = _burn(model, mass, Piece(to_alternate / cruise, cruise, height))
        mass -= diversion
    hold = Piece(
        reserve.hold_minutes / 60.0, cruise * reserve.speed_fraction, reserve.hold_height_m
    )
    return StageFuel(
        legs=tuple(used),
        trip=trip,
        contingency=reserve.contingency * trip,
        to_alternate=diversion,
        holding=_burn(model, mass, hold),
    )


def range_left_km(usable: Kilometres, hours: Hours, cruise: KilometresPerHour) -> Kilometres:
    """What is left of a still-air range after ``hours`` at cruise, km; negative: exceeded."""
    return usable - hours * cruise


def stage_limit_km(
    usable: Kilometres,
    cruise: KilometresPerHour,
    wind: KilometresPerHour,
    downwind: Kilometres = 0.0,
) -> Kilometres:
    """The longest stage that a still-air range surely allows in a wind that does not change.

    ``downwind`` is how far the end lies downwind of the start, km (negative: upwind; 0 where it
    ends where it began). The time over legs L_i is the sum of L_i sqrt(v^2 - w^2 sin^2) less
    w times ``downwind``, over v^2 - w^2; with the root at most v that is no more than a stage of

        range (1 - (w/v)^2) + downwind w/v

    takes. Turns, climbs and descents come on top. Raises DataError for w not below v.
    """
    share = wind / cruise if cruise > 0 else math.inf
    if not 0.0 <= share < 1.0:
        raise DataError(
            f"no stage can be flown at {cruise:g} km/h in {wind:g} km/h of wind",
            remedy="Look at the unit of the wind, or fly another day.",
        )
    return max(usable * (1.0 - share**2) + downwind * share, 0.0)


def reach(
    position: Position, alternates: Sequence[Alternate], left: Kilometres
) -> tuple[AlternateReach, ...]:
    """The alternates by distance from ``position``, and which lie within ``left`` km."""
    far = [(distance_km(position, field.position), field.code) for field in alternates]
    return tuple(AlternateReach(code, km, km <= left) for km, code in sorted(far))


def _burn(model: FuelModel, mass: float, piece: Piece) -> float:
    """Fuel of a piece, kg: the flow at the middle of it, found with the flow at its start."""
    if piece.hours <= 0:
        return 0.0
    first = model.flow(mass, piece.airspeed, piece.height_m, piece.vertical_m_s)
    middle = mass - first * piece.hours / 2
    flow = model.flow(middle, piece.airspeed, piece.height_m, piece.vertical_m_s)
    burnt = flow * piece.hours
    if not (math.isfinite(burnt) and 0 <= burnt < mass):
        raise DataError(
            f"{burnt:.0f} kg of fuel in {piece.hours:.1f} h from a mass of {mass:.0f} kg",
            remedy="Look at the fuel flow and the take-off mass.",
        )
    return burnt
