"""What a track says of a flight, held against its plan: measured facts, no judgement.

Where it left the plan, by how far and for how long; how high each sensor worked; what was used
outside of the flight; what was flown. Whether that was allowed is for the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.flying.kernels import runs_above
from overflight.flying.match import SAMPLE_KM, Match, match
from overflight.flying.repair import Gap, RepairedTrack
from overflight.geo.positions import Position
from overflight.terms.flyability import Flyability
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.track import (
    ELLIPSOID,
    MEAN_SEA_LEVEL,
    SensorTime,
    StatedDeviation,
    Track,
)
from overflight.units import Kilometres, Metres, Seconds

Floats = NDArray[np.float64]

TOLERANCE_KM = 1.0
"""Navigation as good as that is on the plan; ours (RNAV 1 asks for 1 NM, 95 % of the time)."""
LEAST_S = 10.0
MEND_S = 30.0
GEOID_LOW_M, GEOID_HIGH_M = -107.0, 86.0
"""Least and greatest height of the geoid above the ellipsoid, m (EGM2008, rounded outwards)."""
_LINE_POINTS = 400

_APART_KM = 0.05
_KM_PER_DEGREE = 111.195


@dataclass(frozen=True, slots=True)
class Excursion:
    """A stretch off the plan.

    ``legs`` are the first and last leg (from 0), ``added_km`` what was flown more than the plan
    has from where it was left at all to where it was joined again (negative: less), ``cause``
    the ground that was stated ("": none), ``line`` the way flown, thinned out.
    """

    begun_s: Seconds
    completed_s: Seconds
    legs: tuple[int, int]
    most_km: Kilometres
    at: Position
    flown_km: Kilometres
    added_km: Kilometres
    cause: str
    line: tuple[Position, ...]

    @property
    def seconds(self) -> Seconds:
        return self.completed_s - self.begun_s


@dataclass(frozen=True, slots=True)
class SensorUse:
    """A sensor at work: from when to when, and the least height above ground meanwhile.

    ``low_m`` and ``high_m`` bound that height (None: it cannot be told, and ``why`` says why).
    ``on_flight`` is false where all or part of it lies outside the flight.
    """

    sensor: str
    begun_s: Seconds
    completed_s: Seconds
    low_m: Metres | None
    high_m: Metres | None
    at: Position | None
    on_flight: bool
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FlightFacts:
    """What was flown, measured on the track.

    ``path`` is the way from the first to the last fix, thinned to 25 m; ``not_flown`` the legs
    (from 0) that were left out, ``shares`` how much of each leg was passed, 0 to 1; ``gaps`` those
    within the flight.
    """

    track: Track
    match: Match
    commenced_s: Seconds
    completed_s: Seconds
    flown_km: Kilometres
    path: tuple[Position, ...]
    excursions: tuple[Excursion, ...]
    sensors: tuple[SensorUse, ...]
    not_flown: tuple[int, ...]
    shares: tuple[float, ...]
    gaps: tuple[Gap, ...]
    unplaced: tuple[StatedDeviation, ...]
    assumptions: tuple[str, ...]


def measure(
    plan: MissionPlan,
    flown: RepairedTrack,
    flight: Flyability,
    *,
    sensors: Sequence[SensorTime] | None = None,
    deviations: Sequence[StatedDeviation] = (),
    ground_m: Floats | None = None,
    tolerance_km: Kilometres = TOLERANCE_KM,
) -> FlightFacts:
    """Hold a track against a plan; ``flight`` says how wide the plan's turns swing.

    ``sensors`` None: as the plan lets them work. ``ground_m`` (n,) is the terrain under each
    point of the track. Raises TrackError where the track is not of this flight at all.
    """
    track = flown.track
    found = match(track, plan.path)
    first, last = found.first, found.last
    assumed: list[str] = [
        f"Within {tolerance_km:g} km of the plan counts as on it: ours.",
        "The distance over the territory is that of the plan's legs as far as they were flown, and "
        "what deviations added; the swing of turns between legs counts no more than in the plan: "
        "our reading.",
    ]
    if sensors is None:
        sensors = _as_planned(plan, track, found)
        assumed.append("No log of the sensors was given: they are taken to work as planned.")
    away = _excursions(track, found, flight, tolerance_km)
    placed = [_with_cause(one, deviations) for one in away]
    low, high, why = _above_ground(track, ground_m)
    return FlightFacts(
        track=track,
        match=found,
        commenced_s=float(track.time_s[first]),
        completed_s=float(track.time_s[last]),
        flown_km=float(found.step_km[first:last].sum()),
        path=_thinned(track, first, last),
        excursions=tuple(placed),
        sensors=tuple(_use(one, track, (first, last), low, high, why) for one in sensors),
        shares=_shares(found, flight),
        not_flown=tuple(k for k, span in enumerate(found.flown) if span is None),
        gaps=tuple(
            gap
            for gap in flown.gaps
            if gap.completed_s > track.time_s[first]
            and gap.begun_s < track.time_s[last]
            and not _is_a_stop(gap, plan, track)
        ),
        unplaced=tuple(d for d in deviations if not any(_overlap_s(d, one) > 0.0 for one in away)),
        assumptions=tuple(assumed),
    )


def _as_planned(plan: MissionPlan, track: Track, found: Match) -> list[SensorTime]:
    times = []
    for leg, span in zip(plan.legs, found.flown, strict=True):
        if span is not None:
            begun, done = float(track.time_s[span[0]]), float(track.time_s[span[1]])
            times += [SensorTime(sensor, begun, done) for sensor in leg.sensors]
    return times


def _excursions(
    track: Track, found: Match, flight: Flyability, tolerance: Kilometres
) -> list[Excursion]:
    allowed = _allowed_km(track, found, flight, tolerance)
    off = np.where(np.isnan(found.off_km), 0.0, found.off_km)
    step = float(np.median(np.diff(track.time_s)))
    runs = runs_above(off, allowed, max(0, round(MEND_S / step)))
    way = np.append(0.0, np.cumsum(found.step_km))
    starts = np.append(0.0, np.cumsum([leg.distance_km for leg in flight.legs]))
    planned = np.where(found.nearest >= 0, starts[found.nearest] + found.along_km, np.nan)
    result = []
    for first, last in runs.tolist():
        if track.time_s[last] - track.time_s[first] < LEAST_S:
            continue
        top = first + int(np.argmax(off[first : last + 1]))
        left, back = _whole_way(off, allowed, first, last)
        flown = float(way[back] - way[left])
        keep = np.unique(np.linspace(first, last, min(last - first + 1, _LINE_POINTS)).astype(int))
        result.append(
            Excursion(
                begun_s=float(track.time_s[first]),
                completed_s=float(track.time_s[last]),
                legs=(int(found.nearest[first]), int(found.nearest[last])),
                most_km=float(off[top]),
                at=track.position(top),
                flown_km=flown,
                added_km=flown - float(planned[back] - planned[left]),
                cause="",
                line=tuple(track.position(int(i)) for i in keep),
            )
        )
    return result


def _whole_way(off: Floats, allowed: Floats, first: int, last: int) -> tuple[int, int]:
    """From where the track leaves the plan at all to where it is back: a twentieth of what is
    allowed, or where it comes no nearer."""
    left, back = first, last
    while left > 0 and allowed[left] / 20.0 < off[left - 1] <= off[left] * 1.001:
        left -= 1
    while back + 1 < len(off) and allowed[back] / 20.0 < off[back + 1] <= off[back] * 1.001:
        back += 1
    return left, back


def _allowed_km(track: Track, found: Match, flight: Flyability, tolerance: Kilometres) -> Floats:
    """What each point may be off: the tolerance, and in a turn as far as that turn swings out."""
    allowed = np.full(len(track), tolerance)
    turns = {turn.fix: turn for turn in flight.turns}
    lengths = np.array([leg.distance_km for leg in flight.legs])
    swing = np.array(
        [turns[i].off_track_km if i in turns else 0.0 for i in range(len(lengths) + 1)]
    )
    lead = np.array([turns[i].lead_km if i in turns else 0.0 for i in range(len(lengths) + 1)])
    rejoin = np.array([turns[i].rejoin_km if i in turns else 0.0 for i in range(len(lengths) + 1)])
    on = found.nearest >= 0
    leg, along = found.nearest[on], found.along_km[on]
    begin = along <= rejoin[leg] + tolerance
    end = lengths[leg] - along <= lead[leg + 1] + tolerance
    more = np.maximum(np.where(begin, swing[leg], 0.0), np.where(end, swing[leg + 1], 0.0))
    allowed[on] += more
    return allowed


def _with_cause(one: Excursion, stated: Sequence[StatedDeviation]) -> Excursion:
    """The excursion with the ground of the stated deviation that overlaps it most."""
    best = max(stated, key=lambda d: _overlap_s(d, one), default=None)
    if best is None or _overlap_s(best, one) <= 0.0:
        return one
    return replace(one, cause=best.cause)


def _overlap_s(stated: StatedDeviation, one: Excursion) -> Seconds:
    return min(stated.completed_s, one.completed_s) - max(stated.begun_s, one.begun_s)


def _above_ground(
    track: Track, ground_m: Floats | None
) -> tuple[Floats | None, Floats | None, str]:
    """Bounds of the height above ground at each point, or why there are none."""
    if not np.isfinite(track.height_m).any():
        return None, None, "the track has no heights"
    if ground_m is None:
        return None, None, "the terrain is not known: give --terrain"
    above = track.height_m - ground_m
    if track.datum == MEAN_SEA_LEVEL:
        return above, above, ""
    if track.datum == ELLIPSOID:
        return above - GEOID_HIGH_M, above - GEOID_LOW_M, ""
    return None, None, "the track's heights are an altimeter's, or do not say what they count from"


def _use(
    one: SensorTime,
    track: Track,
    span: tuple[int, int],
    low: Floats | None,
    high: Floats | None,
    why: str,
) -> SensorUse:
    first, last = (int(i) for i in np.searchsorted(track.time_s, (one.begun_s, one.completed_s)))
    begun, done = float(track.time_s[span[0]]), float(track.time_s[span[1]])
    within = one.begun_s >= begun - 1.0 and one.completed_s <= done + 1.0
    points = slice(first, max(last, first + 1))
    if low is None or high is None:
        return SensorUse(one.sensor, one.begun_s, one.completed_s, None, None, None, within, why)
    heights = low[points]
    if len(heights) == 0 or not np.isfinite(heights).all():
        reason = "part of the terrain under it is not known"
        return SensorUse(one.sensor, one.begun_s, one.completed_s, None, None, None, within, reason)
    lowest = first + int(np.argmin(heights))
    return SensorUse(
        one.sensor,
        one.begun_s,
        one.completed_s,
        float(low[lowest]),
        float(high[points].min()),
        track.position(lowest),
        within,
    )


def _shares(found: Match, flight: Flyability) -> tuple[float, ...]:
    """How much of each leg was passed, 0 to 1; what turns cut off counts as passed."""
    shares = []
    for k, leg in enumerate(flight.legs):
        along = found.along_km[(found.leg == k) & (found.nearest == k)]
        passed = float(along.max() - along.min()) if len(along) else 0.0
        turns = [t for t in flight.turns if t.fix in (k, k + 1)]
        cut = sum(t.rejoin_km if t.fix == k else t.lead_km for t in turns)
        whole = passed >= leg.distance_km - cut - 2.0 * SAMPLE_KM
        shares.append(1.0 if whole and len(along) else passed / leg.distance_km)
    return tuple(shares)


def _thinned(track: Track, first: int, last: int) -> tuple[Position, ...]:
    import shapely

    lon = np.unwrap(track.lon[first : last + 1], period=360.0)
    lat = track.lat[first : last + 1]
    # Of points a few metres apart, one every 50 m will do: simplify takes far longer for a million.
    steps = np.hypot(np.diff(lat), np.diff(lon) * np.cos(np.radians(lat[:-1]))) * _KM_PER_DEGREE
    stretch = np.floor(np.append(0.0, np.cumsum(steps)) / _APART_KM)
    chosen = np.append(True, np.diff(stretch) > 0.0)
    chosen[-1] = True
    lon, lat = lon[chosen], lat[chosen]
    # 25 m in latitude; in longitude less, as the meridians run together.
    thin = shapely.get_coordinates(
        shapely.simplify(shapely.linestrings(np.column_stack([lon, lat])), 2.25e-4)
    )
    return tuple(Position(lat=y, lon=(x + 180.0) % 360.0 - 180.0) for x, y in thin.tolist())


def _is_a_stop(gap: Gap, plan: MissionPlan, track: Track) -> bool:
    """Whether the aircraft stood at one of the plan's airfields meanwhile."""
    from overflight.geo.geodesic import distance_km

    i = int(np.searchsorted(track.time_s, gap.begun_s))
    here, there = track.position(i), track.position(min(i + 1, len(track) - 1))
    stops = [fix.position for fix in plan.fixes if fix.airfield is not None]
    return any(distance_km(p, here) < 5.0 and distance_km(p, there) < 5.0 for p in stops)
