"""What flying a route takes, leg by leg: plain numbers and sentences, for a plan to carry.

Only for the working plan: what is said of sites, and the technique chosen at each fix, shows
where there is something to see.
Distances along a leg are km from its start. None means not known, never nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from overflight.units import Degrees, Hours, Kilometres, KilometresPerHour, Metres


@dataclass(frozen=True, slots=True)
class FixTurn:
    """The turn at the fix with index ``fix`` in the path.

    It begins ``lead_km`` before the fix and is over ``rejoin_km`` after it, is ``extra_km``
    longer than the corner of the legs (negative: shorter), comes as far as ``off_track_km`` from
    them and meets the next leg at ``intercept_deg``.
    """

    fix: int
    technique: str
    angle_deg: Degrees
    radius_km: Kilometres
    lead_km: Kilometres
    rejoin_km: Kilometres
    extra_km: Kilometres
    off_track_km: Kilometres
    intercept_deg: Degrees = 0.0


@dataclass(frozen=True, slots=True)
class LegFlight:
    """One leg as it is flown.

    ``track_km`` counts the turns at its ends, ``level_from_km`` to ``level_to_km`` the wings are
    level, ``at_height_from_km`` to ``at_height_to_km`` it is at its height (None: no height
    known). ``short_by_km`` is what the leg lacks for its turns. ``run_in_ok`` says whether the
    wings are level, at height, long enough before the first site (None: no site on this leg).
    ``sites_missed`` of the sites on the leg are passed in a turn, a climb or a descent.
    """

    leg: int
    distance_km: Kilometres
    track_km: Kilometres
    track_deg: Degrees
    ground_speed_km_h: KilometresPerHour
    hours: Hours
    level_from_km: Kilometres
    level_to_km: Kilometres
    at_height_from_km: Kilometres | None
    at_height_to_km: Kilometres | None
    short_by_km: Kilometres
    run_in_ok: bool | None
    sites_missed: int
    height_m: Metres | None
    fuel_kg: float | None
    findings: tuple[str, ...] = ()

    @property
    def flyable(self) -> bool:
        return self.short_by_km <= 0.0

    @property
    def shows_km(self) -> tuple[Kilometres, Kilometres]:
        """From where to where along the leg the wings are level and it is at its height."""
        low, high = self.level_from_km, self.level_to_km
        if self.at_height_from_km is not None and self.at_height_to_km is not None:
            low, high = max(low, self.at_height_from_km), min(high, self.at_height_to_km)
        return low, high


@dataclass(frozen=True, slots=True)
class AlternateReach:
    """An alternate, how far it is from where a stage ends, and whether what is left will do."""

    code: str
    distance_km: Kilometres
    within: bool


@dataclass(frozen=True, slots=True)
class StageFlight:
    """From one landing to the next: indices into the path, sums, fuel and what is left.

    ``air_km`` is the time at cruise speed as a distance, what a still-air range is held against;
    ``fuel_kg`` for the stage, ``fuel_needed_kg`` with all reserves.
    """

    start: int
    end: int
    track_km: Kilometres
    hours: Hours
    air_km: Kilometres
    range_left_km: Kilometres | None
    fuel_kg: float | None
    fuel_needed_kg: float | None
    alternates: tuple[AlternateReach, ...]
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flyability:
    """Whether and how a route can be flown.

    ``turn_radius_km`` is the widest used. ``assumptions`` are sentences for the plan's list.
    """

    speed_km_h: KilometresPerHour
    bank_deg: Degrees
    technique: str
    turn_radius_km: Kilometres
    turns: tuple[FixTurn, ...]
    legs: tuple[LegFlight, ...]
    stages: tuple[StageFlight, ...]
    assumptions: tuple[str, ...] = ()

    @property
    def flyable(self) -> bool:
        """Whether every leg has room for its turns and every stage lies within the range."""
        return all(leg.flyable for leg in self.legs) and all(
            stage.range_left_km is None or stage.range_left_km >= 0 for stage in self.stages
        )

    @property
    def findings(self) -> tuple[str, ...]:
        """All findings: those of the legs in order, then those of the stages."""
        by_leg = [sentence for leg in self.legs for sentence in leg.findings]
        return (*by_leg, *(sentence for stage in self.stages for sentence in stage.findings))

    @property
    def off_track_km(self) -> Kilometres:
        """The farthest that any turn comes from the legs: what a margin to a border must hold."""
        return max((turn.off_track_km for turn in self.turns), default=0.0)

    @property
    def track_km(self) -> Kilometres:
        return sum(leg.track_km for leg in self.legs)

    @property
    def hours(self) -> Hours:
        return sum(leg.hours for leg in self.legs)

    @property
    def fuel_kg(self) -> float | None:
        """Fuel for all stages; None where one of them is not known."""
        known = [leg.fuel_kg for leg in self.legs if leg.fuel_kg is not None]
        return sum(known) if len(known) == len(self.legs) else None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: all fields by name, with the sums; every number is finite."""
        return {
            **asdict(self),
            "flyable": self.flyable,
            "track_km": self.track_km,
            "hours": self.hours,
            "off_track_km": self.off_track_km,
            "fuel_kg": self.fuel_kg,
        }
