"""Shortest paths of an aircraft that cannot turn tighter than a given radius.

In a plane, from one position and heading to another, the shortest path is one of six words of
three pieces: left (L) and right (R) arcs of the least radius and straights (S). Dubins, "On
curves of minimal length with a constraint on average curvature, and with prescribed initial and
terminal positions and tangents", American Journal of Mathematics 79 (1957) 497-516; closed forms
as in Shkel and Lumelsky, "Classification of the Dubins set", Robotics and Autonomous Systems 34
(2001) 179-202.

The plane is x to the east, y to the north, km; headings are degrees clockwise from north, so
"left" is to the left of whoever flies. Legs are curved on the Earth, turns are not worth it: at
a radius of 10 km the plane is wrong by millimetres.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from overflight.errors import DataError
from overflight.units import Degrees, Kilometres

WORDS = ("LSL", "LSR", "RSL", "RSR", "RLR", "LRL")
_FULL = 2.0 * math.pi
_TINY = 1e-7
"""In radii or radians: less than this is rounding, a tenth of a millimetre on the ground."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where one is in the plane, km, and which way one flies, degrees clockwise from +y."""

    x: Kilometres
    y: Kilometres
    heading: Degrees


@dataclass(frozen=True, slots=True)
class DubinsPath:
    """A path of three pieces: ``lengths`` in km, one for each letter of ``word``."""

    start: Pose
    word: str
    lengths: tuple[Kilometres, Kilometres, Kilometres]
    radius: Kilometres

    @property
    def length(self) -> Kilometres:
        return math.fsum(self.lengths)

    def at(self, distance: Kilometres) -> Pose:
        """Where one is after ``distance`` km along the path, which goes on straight at its end."""
        pose = self.start
        for letter, length in zip(self.word, self.lengths, strict=True):
            part = min(max(distance, 0.0), length)
            pose = _move(pose, letter, part, self.radius)
            distance -= part
        return _move(pose, "S", distance, self.radius) if distance > 0 else pose

    @property
    def end(self) -> Pose:
        return self.at(self.length)


def shortest(start: Pose, end: Pose, radius: Kilometres) -> DubinsPath:
    """The shortest path from ``start`` to ``end`` with turns of ``radius`` or wider.

    Raises DataError when the radius is not above zero or a number is not finite.
    """
    return min(paths(start, end, radius), key=lambda path: path.length)


def paths(start: Pose, end: Pose, radius: Kilometres) -> Iterator[DubinsPath]:
    """Every one of the six words that leads from ``start`` to ``end``; LSL and RSR always do."""
    numbers = (start.x, start.y, start.heading, end.x, end.y, end.heading, radius)
    if not (all(math.isfinite(number) for number in numbers) and radius > 0):
        raise DataError(
            f"no turn of {radius} km between {start} and {end}",
            remedy="Give finite positions and headings and a radius above zero.",
        )
    dx, dy = (end.x - start.x) / radius, (end.y - start.y) / radius
    distance = math.hypot(dx, dy)
    chord = math.atan2(dy, dx)
    # From here on angles are mathematical (anticlockwise from +x), measured from the chord.
    alpha = (_mathematical(start.heading) - chord) % _FULL
    beta = (_mathematical(end.heading) - chord) % _FULL
    for word in WORDS:
        pieces = _pieces(word, alpha, beta, distance)
        if pieces is not None:
            first, middle, last = (piece * radius for piece in pieces)
            yield DubinsPath(start, word, (first, middle, last), radius)


def _pieces(word: str, a: float, b: float, d: float) -> tuple[float, float, float] | None:
    """The three pieces for unit radius, or None where the word does not reach."""
    sa, sb, ca, cb = math.sin(a), math.sin(b), math.cos(a), math.cos(b)
    cab = math.cos(a - b)
    if word in ("LSL", "RSR"):
        side = 1.0 if word == "LSL" else -1.0
        x, y = d + side * (sa - sb), side * (cb - ca)
        straight = math.hypot(x, y)
        if straight < _TINY:  # its direction is noise, and the two arcs are one
            return _arc(side * (b - a)), straight, 0.0
        turn = math.atan2(y, x)
        return _arc(side * (turn - a)), straight, _arc(side * (b - turn))
    if word in ("LSR", "RSL"):
        return _crossing(word, a, b, d)
    outer = (sa - sb) if word == "RLR" else (sb - sa)
    cosine = (6 - d * d + 2 * cab + 2 * d * outer) / 8
    if abs(cosine) > 1 + _TINY:
        return None
    middle = _FULL - math.acos(min(max(cosine, -1.0), 1.0))
    if word == "RLR":
        first = _arc(a - math.atan2(ca - cb, d - sa + sb) + middle / 2)
        return first, middle, _arc(a - b - first + middle)
    first = _arc(-a - math.atan2(ca - cb, d + sa - sb) + middle / 2)
    return first, middle, _arc(b - a - first + middle)


def _crossing(word: str, a: float, b: float, d: float) -> tuple[float, float, float] | None:
    """LSR and RSL: the straight crosses from one side of the turns to the other."""
    side = 1.0 if word == "LSR" else -1.0
    sa, sb, ca, cb = math.sin(a), math.sin(b), math.cos(a), math.cos(b)
    square = d * d - 2 + 2 * math.cos(a - b) + side * 2 * d * (sa + sb)
    if square < -_TINY:
        return None
    straight = math.sqrt(max(square, 0.0))
    if word == "LSR":
        turn = math.atan2(-ca - cb, d + sa + sb) - math.atan2(-2.0, straight)
        return _arc(turn - a), straight, _arc(turn - b)
    turn = math.atan2(ca + cb, d - sa - sb) - math.atan2(2.0, straight)
    return _arc(a - turn), straight, _arc(b - turn)


def _arc(angle: float) -> float:
    """Angle in [0, 2 pi); a full circle that is one by rounding only is none."""
    turned = angle % _FULL
    return 0.0 if _FULL - turned < _TINY else turned


def _mathematical(heading: Degrees) -> float:
    return math.radians(90.0 - heading)


def _move(pose: Pose, letter: str, distance: Kilometres, radius: Kilometres) -> Pose:
    heading = math.radians(pose.heading)
    if letter == "S":
        return Pose(
            pose.x + distance * math.sin(heading),
            pose.y + distance * math.cos(heading),
            pose.heading,
        )
    side = 1.0 if letter == "R" else -1.0
    turned = heading + side * distance / radius
    return Pose(
        pose.x + side * radius * (math.cos(heading) - math.cos(turned)),
        pose.y + side * radius * (math.sin(turned) - math.sin(heading)),
        math.degrees(turned) % 360.0,
    )
