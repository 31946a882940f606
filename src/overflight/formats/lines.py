"""Legs as lines to draw: along the geodesic, and cut where they cross the antimeridian."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from overflight.geo.geodesic import densify
from overflight.geo.positions import Position
from overflight.units import Degrees, Kilometres

STEP_KM: Kilometres = 50.0
"""Longest straight piece. At 60 degrees north it leaves the geodesic by less than 100 m."""

XY = tuple[Degrees, Degrees]


def leg_lines(a: Position, b: Position) -> list[list[XY]]:
    """The geodesic leg as lines of (longitude, latitude), each within -180..180.

    One line, or two where the leg crosses the antimeridian (RFC 7946, 3.1.9): the first then
    ends, and the second begins, exactly on it.
    """
    return cut([p.xy for p in densify(a, b, STEP_KM)])


def cut(points: Sequence[XY]) -> list[list[XY]]:
    """A line whose neighbouring points are near one another, cut at the antimeridian."""
    lines: list[list[XY]] = [[points[0]]]
    for (x0, y0), (x1, y1) in pairwise(points):
        if abs(x1 - x0) > 180.0:
            side = 180.0 if x0 > 0 else -180.0
            beyond = x1 + 2 * side
            share = (side - x0) / (beyond - x0) if beyond != x0 else 0.0
            crossing = y0 + share * (y1 - y0)
            _append(lines[-1], (side, crossing))
            lines.append([(-side, crossing)])
        _append(lines[-1], (x1, y1))
    return [line for line in lines if len(line) > 1] or [[points[0], points[-1]]]


def _append(line: list[XY], point: XY) -> None:
    if line[-1] != point:
        line.append(point)
