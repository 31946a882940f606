"""Which leg of the plan each point of a track belongs to, and how far from it the point lies.

Legs are flown in their order, so the assignment is the one that never goes back to an earlier leg
and keeps the sum of distances least: dynamic programming over one point a kilometre. A leg that
was left out is passed over. What lies before the first and after the last leg (transit) is held
against ``TRANSIT_KM``: where the track is farther than that from every leg that may come, it is
not on the flight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from overflight.errors import TrackError
from overflight.flying.kernels import apart_many, best_sequence, leg_distances, off_plan, steps_km
from overflight.geo.geodesic import densify, distance_km
from overflight.geo.positions import Position
from overflight.terms.track import Track

Floats = NDArray[np.float64]

TRANSIT_KM = 100.0
"""Twice the distance beyond which a deviation ends all use of sensors; ours."""
SAMPLE_KM = 1.0
PIECE_KM = 5.0
_FLOWN_SHARE = 0.5
_AT_FIX_KM = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Arrays of shape (n,) over a track, and what became of each leg of the plan.

    ``leg`` is the leg being flown (-1 before the flight, m after it), ``nearest`` the leg that
    lies nearest of it and its neighbours, ``off_km`` the distance from that, ``along_km`` how far
    along it. ``flown`` gives for each leg the indices of its first and last point, None for one
    of which less than half was passed.
    """

    leg: NDArray[np.int64]
    nearest: NDArray[np.int64]
    off_km: Floats
    along_km: Floats
    step_km: Floats
    flown: tuple[tuple[int, int] | None, ...]

    @property
    def first(self) -> int:
        """Index of the first point of the flight."""
        return int(np.argmax(self.leg >= 0))

    @property
    def last(self) -> int:
        on = (self.leg >= 0) & (self.leg < len(self.flown))
        return int(len(on) - 1 - np.argmax(on[::-1]))


def match(track: Track, path: Sequence[Position]) -> Match:
    """Match a track with a plan's path of m legs.

    Raises TrackError where the track is nowhere within ``TRANSIT_KM`` of the plan.
    """
    lat, lon, km, first = _pieces(path)
    step = steps_km(track.lat, track.lon)
    way = np.append(0.0, np.cumsum(step))
    chosen = _spaced(way)
    costs = leg_distances(track.lat[chosen], track.lon[chosen], lat, lon, first)
    if float(costs.min()) > TRANSIT_KM:
        raise TrackError(
            f"the track is nowhere nearer than {float(costs.min()):,.0f} km to the plan",
            remedy="Give the track of this flight: look at the plan's and the track's places.",
        )
    legs = best_sequence(costs, TRANSIT_KM)
    leg = legs[_nearest_sample(way, way[chosen])]
    leg = _trimmed(leg, track, path)
    off, along = np.empty(len(track)), np.empty(len(track))
    nearest = np.empty(len(track), dtype=np.int64)
    off_plan(track.lat, track.lon, leg, lat, lon, km, first, off, along, nearest)
    return Match(leg, nearest, off, along, step, _flown(leg, nearest, along, km, first))


def _pieces(path: Sequence[Position]) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    lat: list[float] = []
    lon: list[float] = []
    km: list[float] = []
    first = [0]
    for a, b in pairwise(path):
        points = densify(a, b, PIECE_KM)
        lat += [p.lat for p in points]
        lon += [p.lon for p in points]
        km += np.linspace(0.0, distance_km(a, b), len(points)).tolist()
        first.append(len(lat))
    return np.array(lat), np.array(lon), np.array(km), np.array(first, dtype=np.int64)


def _spaced(way: Floats) -> NDArray[np.int64]:
    """Indices of points about ``SAMPLE_KM`` apart along the way, both ends among them."""
    marks = np.arange(0.0, way[-1], SAMPLE_KM)
    found = np.searchsorted(way, marks)
    return np.unique(np.append(found, len(way) - 1))


def _nearest_sample(way: Floats, samples: Floats) -> NDArray[np.int64]:
    after = np.clip(np.searchsorted(samples, way), 1, max(len(samples) - 1, 1))
    if len(samples) == 1:
        return np.zeros(len(way), dtype=np.int64)
    return np.where(way - samples[after - 1] <= samples[after] - way, after - 1, after)


def _trimmed(leg: NDArray[np.int64], track: Track, path: Sequence[Position]) -> NDArray[np.int64]:
    """The flight begins where the track last leaves its first fix, and ends where it first comes
    to its last: what circles there before and after is taxiing, waiting or transit."""
    found = leg.copy()
    on = np.flatnonzero((leg >= 0) & (leg < len(path) - 1))
    if len(on) == 0:
        return found
    begin, end = int(on[0]), int(on[-1])
    first_leg = np.flatnonzero(leg == leg[begin])
    near = apart_many(track.lat[first_leg], track.lon[first_leg], path[0].lat, path[0].lon)
    at = np.flatnonzero(near < _AT_FIX_KM)
    if leg[begin] == 0 and len(at):
        found[begin : int(first_leg[at[-1]])] = -1
    last_leg = np.flatnonzero(leg == leg[end])
    near = apart_many(track.lat[last_leg], track.lon[last_leg], path[-1].lat, path[-1].lon)
    at = np.flatnonzero(near < _AT_FIX_KM)
    if leg[end] == len(path) - 2 and len(at):
        found[int(last_leg[at[0]]) + 1 : end + 1] = len(path) - 1
    return found


def _flown(
    leg: NDArray[np.int64],
    nearest: NDArray[np.int64],
    along: Floats,
    km: Floats,
    first: NDArray[np.int64],
) -> tuple[tuple[int, int] | None, ...]:
    found: list[tuple[int, int] | None] = []
    for k in range(len(first) - 1):
        on = np.flatnonzero(leg == k)
        length = float(km[first[k + 1] - 1])
        passed = along[on][nearest[on] == k]
        far = float(passed.max() - passed.min()) if len(passed) else 0.0
        found.append((int(on[0]), int(on[-1])) if far >= _FLOWN_SHARE * length else None)
    return tuple(found)
