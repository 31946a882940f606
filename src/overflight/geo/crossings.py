"""Where a path of geodesic legs meets itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from overflight.geo.geodesic import azimuth_deg, destination, distance_km
from overflight.geo.legs import trace
from overflight.geo.local import MEAN_RADIUS_KM, Floats, from_plane, to_plane, unit_vectors
from overflight.geo.positions import Position

TOUCH_KM = 0.002
"""Legs that come this near to each other meet, km."""

_SAME_FIX_KM = 0.01
_PIECE_KM = 50.0


@dataclass(frozen=True, slots=True)
class Crossing:
    """Legs ``leg_i`` < ``leg_j`` (leg 0 leads from fix 0 to fix 1) meet at ``position``.

    ``kind`` is "crossing" (inside both legs), "touch" (where one of them ends), "same fix" (both
    begin or end at a fix that the path visits twice) or "overlap" (they run along each other).
    """

    leg_i: int
    leg_j: int
    position: Position
    kind: str = "crossing"


def crossings(path: Sequence[Position]) -> tuple[Crossing, ...]:
    """Every place where the path meets itself, ordered by legs.

    Successive legs share a fix, and a path that ends where it began closes there: neither counts.
    Turning back along the leg just flown does, and so does coming to the same fix again. Works
    anywhere on the ellipsoid, across 180 degrees and near the poles. Positions are true to 10 m.
    """
    return _crossings(tuple(path))


@lru_cache(maxsize=16)
def _crossings(path: tuple[Position, ...]) -> tuple[Crossing, ...]:
    # Kept: the search and several rules ask it of one path.
    if len(path) < 3:
        return ()
    pieces = _Pieces(path)
    found: dict[tuple[int, int], list[Crossing]] = {}
    for first, second in pieces.near_pairs():
        i, j = int(pieces.leg[first]), int(pieces.leg[second])
        for position, kind in pieces.meetings(first, second):
            crossing = _judged(path, i, j, position, kind)
            known = found.setdefault((i, j), [])
            if crossing is not None and not any(
                distance_km(crossing.position, other.position) < _SAME_FIX_KM for other in known
            ):
                known.append(crossing)
    for i, back in _turning_back(path):
        found.setdefault((i, i + 1), []).append(back)
    return tuple(crossing for key in sorted(found) for crossing in _settled(found[key]))


def _settled(met: list[Crossing]) -> list[Crossing]:
    """Two legs that meet at more than one place run along each other: said once, halfway."""
    fixes = [crossing for crossing in met if crossing.kind == "same fix"]
    others = [crossing for crossing in met if crossing.kind != "same fix"]
    if len(met) > 1:
        i, j = met[0].leg_i, met[0].leg_j
        places = [crossing.position for crossing in met]
        a, b = max(combinations(places, 2), key=lambda pair: distance_km(*pair))
        others = [Crossing(i, j, _halfway(a, b), "overlap")]
    return [*fixes, *others]


def _halfway(a: Position, b: Position) -> Position:
    return destination(a, azimuth_deg(a, b), distance_km(a, b) / 2.0)


def _judged(
    path: Sequence[Position], i: int, j: int, position: Position, kind: str
) -> Crossing | None:
    """The crossing, named, or None where it is only the joint of successive legs."""
    fixes = [k for k in (i, i + 1, j, j + 1) if distance_km(path[k], position) < _SAME_FIX_KM]
    closing = i == 0 and j == len(path) - 2 and set(fixes) >= {0, len(path) - 1}
    if j == i + 1 or closing:
        # What else successive legs share is found by looking at their directions.
        return None
    shared = [(k, m) for k in (i, i + 1) for m in (j, j + 1) if k in fixes and m in fixes]
    if shared:
        return Crossing(i, j, path[shared[0][0]], "same fix")
    if kind != "overlap":
        kind = "touch" if fixes else "crossing"
    return Crossing(i, j, position, kind)


def _turning_back(path: Sequence[Position]) -> Iterator[tuple[int, Crossing]]:
    """Successive legs of which the second runs back along the first."""
    for i in range(len(path) - 2):
        a, joint, b = path[i : i + 3]
        shorter = min(distance_km(joint, a), distance_km(joint, b))
        if shorter < TOUCH_KM:
            continue
        turn = np.radians(azimuth_deg(joint, a) - azimuth_deg(joint, b))
        if np.cos(turn) > 0.0 and abs(np.sin(turn)) * shorter < TOUCH_KM:
            nearer = a if distance_km(joint, a) <= distance_km(joint, b) else b
            # Halfway, not at the end: that may be an airfield, where a rule forgives a meeting.
            yield i, Crossing(i, i + 1, _halfway(joint, nearer), "overlap")


class _Pieces:
    """The path's legs cut into short pieces, each nearly a straight chord of the Earth."""

    def __init__(self, path: Sequence[Position]) -> None:
        ends: list[Floats] = []
        leg: list[int] = []
        for number in range(len(path) - 1):
            lon, lat, along = trace(path[number], path[number + 1])
            step = max(1, round(_PIECE_KM / max(float(along[-1]) / (len(along) - 1), 1e-6)))
            keep = np.unique(np.append(np.arange(0, len(lon), step), len(lon) - 1))
            xy = np.column_stack([lon, lat])[keep]
            ends.extend(np.stack([xy[:-1], xy[1:]], axis=1))
            leg.extend([number] * (len(keep) - 1))
        self.ends = np.asarray(ends)
        self.leg = np.asarray(leg)
        self.middle, self.reach = self._balls()

    def _balls(self) -> tuple[Floats, Floats]:
        """Around each piece a ball in space that contains it: centre (n, 3) and radius, km."""
        vectors = unit_vectors(self.ends[..., 0], self.ends[..., 1]) * MEAN_RADIUS_KM
        middle = vectors.mean(axis=1)
        half = np.linalg.norm(vectors[:, 0] - vectors[:, 1], axis=1) / 2.0
        # 1 % and 0.1 km more: for the arc, for the ellipsoid, and for touches.
        return middle, half * 1.01 + 0.1

    def near_pairs(self) -> Iterator[tuple[int, int]]:
        """Pairs of pieces of different legs, the first leg's first, whose balls meet."""
        for first in range(len(self.leg) - 1):
            others = np.arange(first + 1, len(self.leg))
            others = others[self.leg[others] != self.leg[first]]
            if len(others) == 0:
                continue
            gap = np.linalg.norm(self.middle[others] - self.middle[first], axis=1)
            close = others[gap <= self.reach[others] + self.reach[first]]
            yield from ((first, int(second)) for second in close)

    def meetings(self, first: int, second: int) -> list[tuple[Position, str]]:
        """Where two pieces meet: on a plane of their own, on which both are straight lines."""
        import shapely

        centre = self.ends[first].mean(axis=0)
        planes = [
            np.column_stack(to_plane(centre[0], centre[1], self.ends[k][:, 0], self.ends[k][:, 1]))
            for k in (first, second)
        ]
        one, two = (shapely.LineString(xy) for xy in planes)
        if shapely.distance(one, two) > TOUCH_KM:
            return []
        meeting = shapely.intersection(one, two)
        if meeting.is_empty:
            meeting, kind = shapely.shortest_line(one, two).centroid, "touch"
        elif shapely.get_dimensions(meeting) == 1:
            kind = "overlap"
        else:
            kind = "crossing"
        return [(_position(centre, xy), kind) for xy in shapely.get_coordinates(meeting)[:1]]


def _position(centre: Floats, xy: Any) -> Position:
    lon, lat = from_plane(centre[0], centre[1], xy[0], xy[1])
    return Position(lat=float(lat), lon=(float(lon) + 180.0) % 360.0 - 180.0)
