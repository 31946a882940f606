"""The line that a flight follows: legs, turns and deviations as nodes close to each other.

Straight parts are geodesics, turns those of ``performance.turns``; a leg too short for its turns
makes them tighter, and the line says by how much.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import TrackError
from overflight.geo.geodesic import wgs84
from overflight.geo.local import from_plane
from overflight.geo.positions import Position
from overflight.performance.dubins import Pose
from overflight.performance.trace import turn_path
from overflight.terms.flyability import FixTurn, Flyability
from overflight.terms.track import PlannedDeviation
from overflight.units import Degrees, Kilometres

Floats = NDArray[np.float64]

STRAIGHT_KM = 0.5
"""Between nodes on a straight part: the chord is 5 mm off the geodesic."""
CURVED_KM = 0.05
"""Between nodes in a turn or a deviation: 0.1 m off a circle of 3 km."""
_STEEPEST = 1.0
_TIGHTEST_DEG = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Nodes of one stage, arrays of shape (n,).

    ``leg`` is the leg of the plan, ``along_km`` how far along it the node counts (a node in a
    turn counts to where the turn is as far), ``planned_km`` the same from the stage's start,
    ``flown_km`` the way to the node on this line, ``track_deg`` its direction there, and
    ``deviation`` the index of the deviation it is on (-1: none), by its part of the whole offset
    in ``share``. ``tightened`` says by which factor turns had to be flown tighter, by fix.
    """

    lat: Floats
    lon: Floats
    leg: NDArray[np.int64]
    along_km: Floats
    planned_km: Floats
    flown_km: Floats
    track_deg: Floats
    deviation: NDArray[np.int64]
    share: Floats
    tightened: Mapping[int, float]


def stage_line(
    path: Sequence[Position],
    first: int,
    last: int,
    flight: Flyability,
    deviations: Sequence[PlannedDeviation] = (),
) -> Line:
    """The line from fix ``first`` to fix ``last`` of ``path``, with the turns of ``flight``.

    Raises TrackError for a deviation that does not fit its leg or turns that cannot be flown.
    """
    lengths = [leg.distance_km for leg in flight.legs]
    turns = {turn.fix: turn for turn in flight.turns if first < turn.fix < last}
    factor = _tightened(turns, lengths, first, last)
    for fix, scale in factor.items():
        _refuse_too_tight(flight.bank_deg, scale, fix)
    turns = {fix: _scaled(turn, factor.get(fix, 1.0)) for fix, turn in turns.items()}
    nodes = _Nodes()
    before = 0.0
    for leg in range(first, last):
        start, end = path[leg], path[leg + 1]
        inward, outward = turns.get(leg), turns.get(leg + 1)
        low = inward.rejoin_km if inward else 0.0
        high = lengths[leg] - (outward.lead_km if outward else 0.0)
        bent = [(i, d) for i, d in enumerate(deviations) if d.leg == leg]
        nodes.straight(start, end, leg, low, max(low, high), before, bent, flight.turn_radius_km)
        if outward:
            nodes.turn(path[leg], end, leg, outward, lengths[leg], before)
        before += lengths[leg]
    return nodes.line(factor)


class _Nodes:
    """Nodes as they are collected, part by part."""

    def __init__(self) -> None:
        self.parts: list[tuple[NDArray[Any], ...]] = []

    def straight(
        self,
        start: Position,
        end: Position,
        leg: int,
        low: Kilometres,
        high: Kilometres,
        before: Kilometres,
        deviations: Sequence[tuple[int, PlannedDeviation]],
        radius: Kilometres,
    ) -> None:
        along = _spaced(low, high, STRAIGHT_KM)
        for _, one in deviations:
            _require_room(one, low, high, radius)
            fine = _spaced(one.from_km, one.to_km, CURVED_KM)
            kept = along[(along < one.from_km) | (along > one.to_km)]
            along = np.sort(np.concatenate([kept, fine]))
        azimuth, _, _ = wgs84().inv(start.lon, start.lat, end.lon, end.lat)
        n = len(along)
        lon, lat, back = wgs84().fwd(
            np.full(n, start.lon), np.full(n, start.lat), np.full(n, azimuth), along * 1000.0
        )
        lon, lat, back = np.asarray(lon), np.asarray(lat), np.asarray(back)
        which, share = np.full(n, -1), np.zeros(n)
        for number, one in deviations:
            part = _offset_shape(along, one, radius)
            on = (along >= one.from_km) & (along <= one.to_km)
            which[on], share[on] = number, part[on]
            side = part * one.offset_km
            moved = on & (side != 0.0)
            across = back[moved] + 180.0 + np.where(side[moved] > 0, 90.0, -90.0)
            east, north, _ = wgs84().fwd(
                lon[moved], lat[moved], across, np.abs(side[moved]) * 1000.0
            )
            lon[moved], lat[moved] = east, north
        self._add(lat, lon, leg, along, before + along, which, share)

    def turn(
        self,
        before_fix: Position,
        fix: Position,
        leg: int,
        turn: FixTurn,
        length: Kilometres,
        before: Kilometres,
    ) -> None:
        way = turn_path(turn)
        count = max(2, math.ceil(way.length / CURVED_KM))
        poses = [way.at(way.length * k / count) for k in range(1, count)]
        inbound = (wgs84().inv(fix.lon, fix.lat, before_fix.lon, before_fix.lat)[0] + 180.0) % 360.0
        lon, lat = _placed(fix, inbound, poses)
        at = np.arange(1, count) / count * (turn.lead_km + turn.rejoin_km) - turn.lead_km
        on_next = at >= 0.0
        numbers = np.where(on_next, leg + 1, leg)
        along = np.where(on_next, at, length + at)
        none = np.full(len(poses), -1)
        self._add(lat, lon, numbers, along, before + length + at, none, np.zeros(len(poses)))

    def _add(
        self,
        lat: Floats,
        lon: Floats,
        leg: int | NDArray[np.int64],
        along: Floats,
        planned: Floats,
        which: NDArray[np.int64],
        share: Floats,
    ) -> None:
        legs = np.broadcast_to(np.asarray(leg), np.shape(along))
        self.parts.append((lat, lon, legs, along, planned, which, share))

    def line(self, tightened: Mapping[int, float]) -> Line:
        lat, lon, leg, along, planned, which, share = (
            np.concatenate(column) for column in zip(*self.parts, strict=True)
        )
        out, back, metres = (
            np.asarray(v) for v in wgs84().inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
        )
        keep = np.append(True, metres > 1e-6)
        if not keep.all():
            lat, lon, leg, along, planned, which, share = (
                v[keep] for v in (lat, lon, leg, along, planned, which, share)
            )
            out, back, metres = (
                np.asarray(v) for v in wgs84().inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
            )
        return Line(
            lat=lat,
            lon=lon,
            leg=leg.astype(np.int64),
            along_km=along,
            planned_km=planned,
            flown_km=np.append(0.0, np.cumsum(metres)) / 1000.0,
            track_deg=_directions(out, back + 180.0),
            deviation=which.astype(np.int64),
            share=share,
            tightened=dict(tightened),
        )


def ramp_km(offset: Kilometres, radius: Kilometres) -> Kilometres:
    """How far along the leg it takes to come ``offset`` km off it, and as far to come back.

    A cosine of half a wave: its steepest part at 45 degrees at most (pi offset / 2 ramp <= 1),
    its tightest curve no tighter than ``radius`` (pi^2 offset / 2 ramp^2 <= 1 / radius).
    """
    side = abs(offset)
    return max(math.pi * side / (2.0 * _STEEPEST), math.pi * math.sqrt(side * radius / 2.0))


def _offset_shape(along: Floats, one: PlannedDeviation, radius: Kilometres) -> Floats:
    """The part of the offset at each place, 0 to 1: up a ramp, along, and down again."""
    ramp = max(ramp_km(one.offset_km, radius), min((one.to_km - one.from_km) / 4.0, 5.0))
    up = np.clip((along - one.from_km) / ramp, 0.0, 1.0)
    down = np.clip((one.to_km - along) / ramp, 0.0, 1.0)
    part = np.minimum(up, down)
    return np.asarray((1.0 - np.cos(math.pi * part)) / 2.0)


def _require_room(
    one: PlannedDeviation, low: Kilometres, high: Kilometres, radius: Kilometres
) -> None:
    need = 2.0 * ramp_km(one.offset_km, radius)
    if not (low <= one.from_km < one.to_km <= high) or one.to_km - one.from_km < need:
        raise TrackError(
            f"a deviation of {one.offset_km:g} km from km {one.from_km:g} to km {one.to_km:g} does "
            f"not fit leg {one.leg + 1}",
            remedy=f"Leg {one.leg + 1} is straight from km {low:.1f} to km {high:.1f}, and this "
            f"offset takes at least {need:.1f} km to leave and come back.",
        )


def _tightened(
    turns: Mapping[int, FixTurn], lengths: Sequence[Kilometres], first: int, last: int
) -> dict[int, float]:
    """Factors below one for turns that do not fit their legs."""
    factor: dict[int, float] = {}
    for leg in range(first, last):
        inward, outward = turns.get(leg), turns.get(leg + 1)
        need = (inward.rejoin_km if inward else 0.0) + (outward.lead_km if outward else 0.0)
        if need > lengths[leg]:
            for turn in (inward, outward):
                if turn is not None:
                    factor[turn.fix] = min(factor.get(turn.fix, 1.0), lengths[leg] / need)
    return factor


def _refuse_too_tight(bank: Degrees, scale: float, fix: int) -> None:
    needed = math.degrees(math.atan(math.tan(math.radians(bank)) / scale))
    if needed > _TIGHTEST_DEG:
        raise TrackError(
            f"the turn at fix {fix} would need {needed:.0f} degrees of bank to fit its legs",
            remedy="Fly slower, or make the plan again: its legs are too short for this speed.",
        )


def _scaled(turn: FixTurn, scale: float) -> FixTurn:
    if scale == 1.0:
        return turn
    return FixTurn(
        fix=turn.fix,
        technique=turn.technique,
        angle_deg=turn.angle_deg,
        radius_km=turn.radius_km * scale,
        lead_km=turn.lead_km * scale,
        rejoin_km=turn.rejoin_km * scale,
        extra_km=turn.extra_km * scale,
        off_track_km=turn.off_track_km * scale,
        intercept_deg=turn.intercept_deg,
    )


def _spaced(low: Kilometres, high: Kilometres, step: Kilometres) -> Floats:
    return np.linspace(low, high, max(2, math.ceil((high - low) / step) + 1))


def _placed(fix: Position, inbound: Degrees, poses: Sequence[Pose]) -> tuple[Floats, Floats]:
    """Points of the plane round a fix (+y the direction it is reached in) on the Earth."""
    x, y = np.array([p.x for p in poses]), np.array([p.y for p in poses])
    turned = math.radians(inbound)
    east = x * math.cos(turned) + y * math.sin(turned)
    north = -x * math.sin(turned) + y * math.cos(turned)
    return from_plane(fix.lon, fix.lat, east, north)


def _directions(leaving: Floats, arriving: Floats) -> Floats:
    """The direction at each of n nodes: halfway between how it is reached and how it is left."""
    reached = np.append(leaving[:1], arriving)
    left = np.append(leaving, arriving[-1:])
    half = ((left - reached + 180.0) % 360.0 - 180.0) / 2.0
    return np.asarray((reached + half) % 360.0)
