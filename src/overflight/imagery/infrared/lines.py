"""Where each sample of a line scan was looking: a place and an attitude of its own for each line.

The scanner looks across the flight path; sample j of a line looks at the angle s_j from the
aircraft's own vertical, positive to the right, in even steps of angle. With heading, pitch (nose
up) and roll (right wing down), the direction in north, east, down is

    Rz(heading) Ry(pitch) Rx(roll) (0, sin s, cos s)

Places are map coordinates with heights above the same level as the terrain's. A map's scale and
its convergence from north are taken into account at the track; the Earth's curvature between the
aircraft and what it sees is not: 1 m at 3.5 km to the side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.infrared.ground import Ground

Array = NDArray[np.float64]

_ROUNDS = 40


@dataclass(frozen=True, slots=True, eq=False)
class ScanLines:
    """Each line's place: ``x``, ``y`` (map, metres), ``z`` (metres up); ``heading``, ``pitch``,
    ``roll`` in radians, heading from the map's own north; all (lines,). ``left`` the angle of the
    first sample, ``step`` from sample to sample, radians; ``samples`` in a line; ``scale`` map
    metres to a metre."""

    x: Array
    y: Array
    z: Array
    heading: Array
    pitch: Array
    roll: Array
    left: float
    step: float
    samples: int
    scale: float = 1.0

    def __post_init__(self) -> None:
        sizes = {len(v) for v in (self.x, self.y, self.z, self.heading, self.pitch, self.roll)}
        if len(sizes) != 1 or len(self.x) < 2 or self.samples < 2 or self.step <= 0.0:
            raise ImageError("lines without places", remedy="Give a place for each line.")
        right = self.left + self.step * (self.samples - 1)
        if not -math.pi / 2.2 < self.left < right < math.pi / 2.2:
            raise ImageError("the scan reaches the horizon", remedy="Give left_deg, right_deg.")

    @property
    def count(self) -> int:
        return len(self.x)


def at_line(lines: ScanLines, index: Array) -> tuple[Array, Array]:
    """Places (n, 3) and rotations body to north-east-down (n, 3, 3) at fractions of lines."""
    whole = np.arange(lines.count, dtype=np.float64)

    def between(values: Array) -> Array:
        return np.asarray(np.interp(index, whole, values))

    place = np.column_stack([between(lines.x), between(lines.y), between(lines.z)])
    h, p, r = between(np.unwrap(lines.heading)), between(lines.pitch), between(lines.roll)
    ch, sh, cp, sp, cr, sr = np.cos(h), np.sin(h), np.cos(p), np.sin(p), np.cos(r), np.sin(r)
    turn = np.empty((len(h), 3, 3))
    turn[:, 0] = np.column_stack([ch * cp, ch * sp * sr - sh * cr, ch * sp * cr + sh * sr])
    turn[:, 1] = np.column_stack([sh * cp, sh * sp * sr + ch * cr, sh * sp * cr - ch * sr])
    turn[:, 2] = np.column_stack([-sp, cp * sr, cp * cr])
    return place, turn


def ground_of(lines: ScanLines, index: Array, sample: Array, terrain: Ground) -> Array:
    """Map places (n, 3) that samples see; nan where they see none. ``index`` and ``sample`` may be
    fractions; the terrain has the map's coordinates."""
    place, turn = at_line(lines, index)
    s = lines.left + lines.step * sample
    ray = np.einsum("nij,nj->ni", turn, np.column_stack([np.zeros_like(s), np.sin(s), np.cos(s)]))
    ray[ray[:, 2] <= 0.05] = np.nan
    seen = np.full_like(place, np.nan)
    level = np.full(len(s), np.mean(terrain.span))
    for _ in range(_ROUNDS):
        way = (place[:, 2] - level) / ray[:, 2]
        seen[:, 0] = place[:, 0] + way * ray[:, 1] * lines.scale
        seen[:, 1] = place[:, 1] + way * ray[:, 0] * lines.scale
        found = terrain.heights(seen[:, 0], seen[:, 1])
        # Half steps: on slopes steeper than the look a full step would swing.
        level = np.where(np.isfinite(found), (level + found) / 2.0, level)
    seen[:, 2] = np.where(np.isfinite(found), found, np.nan)
    seen[~np.isfinite(seen[:, 2])] = np.nan
    return seen


def sample_of(lines: ScanLines, points: Array) -> tuple[Array, Array]:
    """Fractions of line and sample that looked at map points (n, 3); nan outside of the scan.

    A line looks at a point when it lies in the plane of the scan; along the flight the point goes
    from ahead of that plane to behind it, which is found by halving.
    """
    low, high = np.zeros(len(points)), np.full(len(points), lines.count - 1.0)
    ahead, behind = _body(lines, low, points)[:, 0], _body(lines, high, points)[:, 0]
    inside = (ahead >= 0.0) & (behind <= 0.0)
    for _ in range(_ROUNDS):
        middle = (low + high) / 2.0
        forward = _body(lines, middle, points)[:, 0] > 0.0
        low, high = np.where(forward, middle, low), np.where(forward, high, middle)
    index = (low + high) / 2.0
    body = _body(lines, index, points)
    angle = np.arctan2(body[:, 1], body[:, 2])
    sample = (angle - lines.left) / lines.step
    inside &= (body[:, 2] > 0.0) & (sample >= -0.5) & (sample <= lines.samples - 0.5)
    return np.where(inside, index, np.nan), np.where(inside, sample, np.nan)


def _body(lines: ScanLines, index: Array, points: Array) -> Array:
    """Points as the aircraft has them at a line: forward, right, down; metres."""
    place, turn = at_line(lines, index)
    away = points - place
    ned = np.column_stack([away[:, 1] / lines.scale, away[:, 0] / lines.scale, -away[:, 2]])
    return np.asarray(np.einsum("nji,nj->ni", turn, ned))
