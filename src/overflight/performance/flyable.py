"""Whether a route can be flown, and how: turns, wind, heights, time, range and fuel, leg by leg.

Turns are reckoned in the plane round each fix; their extra length counts at the ground speed of
the leg. Unknown heights leave climbs and descents out, unknown fuel leaves kilograms out, and
the assumptions say so.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from overflight.errors import DataError
from overflight.geo.positions import Position
from overflight.performance import flight_words as words
from overflight.performance.climb_descent import (
    ASSUMED_RATES,
    Change,
    LegHeight,
    VerticalRates,
    changes,
    lacking_km,
    leg_heights,
)
from overflight.performance.fix_turns import fix_turns, shortest_over_both
from overflight.performance.fuel import (
    Alternate,
    FuelModel,
    Piece,
    ReservePolicy,
    range_left_km,
    reach,
    stage_fuel,
)
from overflight.performance.handling import Handling
from overflight.performance.turns import TURN_SHORT, Turn, leg_room, turn_radius_km
from overflight.performance.wind import CALM, LegWinds, WindField, fly_legs
from overflight.terms.flyability import FixTurn, Flyability, LegFlight, StageFlight
from overflight.units import Kilometres, KilometresPerHour, Metres

_HANDLING = Handling()
_RESERVE = ReservePolicy()


@dataclass(frozen=True, slots=True)
class _Flown:
    """What all legs share, and what is known of each before it is put together."""

    speed: KilometresPerHour
    handling: Handling
    rates: VerticalRates
    winds: LegWinds
    turns: Mapping[int, Turn]
    sites: Sequence[Sequence[Kilometres]]
    heights: Sequence[Metres] | None


def fly(
    path: Sequence[Position],
    landings: Sequence[int],
    *,
    speed_km_h: KilometresPerHour,
    handling: Handling = _HANDLING,
    techniques: Mapping[int, str] | None = None,
    wind: WindField = CALM,
    departs: Sequence[dt.datetime] | None = None,
    sites_km: Sequence[Sequence[Kilometres]] | None = None,
    heights_m: Sequence[Metres] | None = None,
    fields_m: Sequence[Metres] | None = None,
    rates: VerticalRates = ASSUMED_RATES,
    range_km: Kilometres | None = None,
    fuel: FuelModel | None = None,
    reserve: ReservePolicy = _RESERVE,
    alternates: Sequence[Alternate] = (),
) -> Flyability:
    """Fly ``path`` (n positions, airfields included) at true airspeed ``speed_km_h``.

    ``landings`` are indices into the path, the first and the last included. Of n - 1 legs:
    ``departs`` when each begins, ``sites_km`` how far along each lie the sites it is to show,
    ``heights_m`` its height above sea level. ``fields_m`` are the elevations of the landings
    (sea level where not given). ``techniques`` names another technique for a fix, by index.
    ``range_km`` is usable in still air between two landings, reserves off.

    Raises DataError when numbers do not fit together or the wind is too strong or not known.
    """
    _check(path, landings, departs, sites_km, heights_m, fields_m)
    legs = len(path) - 1
    sites = [()] * legs if sites_km is None else [tuple(sorted(along)) for along in sites_km]
    levels = [0.0] * legs if heights_m is None else list(heights_m)
    winds = fly_legs(path, speed_km_h, wind, levels, _instants(departs))
    turns = fix_turns(winds, landings, speed_km_h, handling, techniques or {}, sites)
    case = _Flown(speed_km_h, handling, rates, winds, turns, sites, heights_m)
    flown: list[LegFlight] = []
    stages: list[StageFlight] = []
    for number, (first, last) in enumerate(pairwise(landings)):
        ends = (0.0, 0.0) if fields_m is None else (fields_m[number], fields_m[number + 1])
        moves = _moves(case, first, last, ends)
        vertical = leg_heights(winds.lengths[first:last].tolist(), moves)
        parts = [_leg(case, i, vertical[i - first]) for i in range(first, last)]
        hours = math.fsum(leg.hours for leg in parts)
        left = None if range_km is None else range_left_km(range_km, hours, speed_km_h)
        elsewhere = [field for field in alternates if field.position != path[last]]
        there = reach(path[last], elsewhere, math.inf if left is None else left)
        burnt = None
        if fuel is not None and heights_m is not None:
            nearest = there[0].distance_km if there else None
            pieces = [_pieces(case, leg, v) for leg, v in zip(parts, vertical, strict=True)]
            burnt = stage_fuel(fuel, pieces, speed_km_h, reserve, nearest)
            parts = [replace(leg, fuel_kg=kg) for leg, kg in zip(parts, burnt.legs, strict=True)]
        lacking = lacking_km(winds.lengths[first:last].tolist(), moves)
        stage = StageFlight(
            start=first,
            end=last,
            track_km=math.fsum(leg.track_km for leg in parts),
            hours=hours,
            air_km=hours * speed_km_h,
            range_left_km=left,
            fuel_kg=None if burnt is None else burnt.trip,
            fuel_needed_kg=None if burnt is None else burnt.needed,
            alternates=there,
        )
        stages.append(
            replace(stage, findings=words.of_stage(stage, len(stages) + 1, lacking, burnt, fuel))
        )
        flown += parts
    return Flyability(
        speed_km_h=speed_km_h,
        bank_deg=handling.bank_deg,
        technique=handling.technique,
        turn_radius_km=max(
            (each.radius_km for each in turns.values()),
            default=turn_radius_km(speed_km_h, handling.bank_deg),
        ),
        turns=tuple(_fix_turn(fix, each) for fix, each in turns.items()),
        legs=tuple(flown),
        stages=tuple(stages),
        assumptions=words.assumptions(
            handling,
            rates,
            reserve,
            fuel,
            still_air=wind is CALM,
            heights_known=heights_m is not None,
            fields_known=fields_m is not None,
        ),
    )


def _leg(case: _Flown, i: int, vertical: LegHeight) -> LegFlight:
    """Leg ``i`` without its fuel."""
    length = float(case.winds.lengths[i])
    ground = length / float(case.winds.hours[i])
    before, after = case.turns.get(i), case.turns.get(i + 1)
    room = leg_room(length, before, after)
    track = length + _share(before, ends=False) + _share(after, ends=True)
    changing = vertical.climb_hours + vertical.descent_hours
    known = case.heights is not None
    low = max(room.level_from_km, vertical.from_km) if known else room.level_from_km
    high = min(room.level_to_km, vertical.to_km) if known else room.level_to_km
    missed = sum(not low <= at <= high for at in case.sites[i])
    turning = sum(not room.level_from_km <= at <= room.level_to_km for at in case.sites[i])
    run_in = None
    if case.sites[i]:
        run_in = (case.sites[i][0] - low) / ground * 3600.0
        if case.sites[i][0] > high:
            run_in = -math.inf
    leg = LegFlight(
        leg=i,
        distance_km=length,
        track_km=track,
        track_deg=float(case.winds.outbound[i]),
        ground_speed_km_h=ground,
        hours=max(track - vertical.changing_km, 0.0) / ground + changing,
        level_from_km=room.level_from_km,
        level_to_km=room.level_to_km,
        at_height_from_km=vertical.from_km if known else None,
        at_height_to_km=vertical.to_km if known else None,
        short_by_km=room.short_by_km,
        run_in_ok=None if run_in is None else run_in >= case.handling.run_in_seconds,
        sites_missed=missed,
        height_m=None if case.heights is None else case.heights[i],
        fuel_kg=None,
    )
    way = None
    if before is not None and after is not None and not room.flyable:
        way = shortest_over_both(length, before, after)
    return replace(
        leg,
        findings=words.of_leg(
            leg,
            case.handling,
            _unlike(case, before),
            run_in,
            len(case.sites[i]),
            turning,
            way,
        ),
    )


def _share(turn: Turn | None, *, ends: bool) -> Kilometres:
    """What of a turn's extra length falls to the leg that ends (or begins) with it."""
    if turn is None:
        return 0.0
    if turn.technique == TURN_SHORT:
        return turn.extra_km / 2
    return 0.0 if ends else turn.extra_km


def _unlike(case: _Flown, turn: Turn | None) -> Turn | None:
    """The turn, where it had to be flown otherwise than it was asked for."""
    wanted = case.handling.technique
    return turn if turn is not None and wanted == TURN_SHORT != turn.technique else None


def _moves(case: _Flown, first: int, last: int, ends: tuple[Metres, Metres]) -> tuple[Change, ...]:
    """The climbs and descents of a stage; none where its heights are not known."""
    if case.heights is None:
        return ()
    lengths, hours = case.winds.lengths[first:last], case.winds.hours[first:last]
    return changes(
        lengths.tolist(),
        case.heights[first:last],
        case.speed,
        case.rates,
        (lengths / hours).tolist(),
        *ends,
    )


def _pieces(case: _Flown, leg: LegFlight, vertical: LegHeight) -> list[Piece]:
    """A leg as stretches of one flow: climb, level, descent (both at half of its height)."""
    height, slow = leg.height_m or 0.0, case.speed * case.rates.speed_fraction
    level = max(leg.hours - vertical.climb_hours - vertical.descent_hours, 0.0)
    return [
        Piece(vertical.climb_hours, slow, height / 2, case.rates.climb_m_s),
        Piece(level, case.speed, height),
        Piece(vertical.descent_hours, slow, height / 2, -case.rates.descent_m_s),
    ]


def _fix_turn(fix: int, turn: Turn) -> FixTurn:
    return FixTurn(
        fix=fix,
        technique=turn.technique,
        angle_deg=turn.angle_deg,
        radius_km=turn.radius_km,
        lead_km=turn.lead_km,
        rejoin_km=turn.rejoin_km,
        extra_km=turn.extra_km,
        off_track_km=turn.off_track_km,
        intercept_deg=turn.intercept_deg,
    )


def _instants(departs: Sequence[dt.datetime] | None) -> list[np.datetime64] | None:
    if departs is None:
        return None
    return [np.datetime64(d.astimezone(dt.UTC).replace(tzinfo=None), "s") for d in departs]


def _check(
    path: Sequence[Position],
    landings: Sequence[int],
    departs: Sequence[dt.datetime] | None,
    sites_km: Sequence[Sequence[Kilometres]] | None,
    heights_m: Sequence[Metres] | None,
    fields_m: Sequence[Metres] | None,
) -> None:
    legs = len(path) - 1
    rising = all(a < b for a, b in pairwise(landings))
    if legs < 1 or len(landings) < 2 or not rising or (landings[0], landings[-1]) != (0, legs):
        raise DataError(
            f"landings at {list(landings)} do not fit a path of {len(path)} positions",
            remedy="Give the indices of all landings in order, from 0 to the last position.",
        )
    for name, values in (("times", departs), ("sites", sites_km), ("heights", heights_m)):
        if values is not None and len(values) != legs:
            raise DataError(
                f"{name} for {len(values)} legs where there are {legs}",
                remedy=f"Give the {name} of every leg.",
            )
    if fields_m is not None and len(fields_m) != len(landings):
        raise DataError(
            f"{len(fields_m)} elevations for {len(landings)} landings",
            remedy="Give the elevation of every landing.",
        )
    if not all(math.isfinite(height) for height in (*(heights_m or ()), *(fields_m or ()))):
        raise DataError("a height is not finite", remedy="Give finite heights in metres.")
    if any(when.tzinfo is None for when in departs or ()):
        raise DataError("a time without a zone", remedy="Give times in UTC, marked as such.")
