"""The line that is flown: legs with their turns, for maps and for margins to borders."""

from __future__ import annotations

import math
from collections.abc import Sequence

from overflight.geo.geodesic import azimuth_deg, destination
from overflight.geo.positions import Position
from overflight.performance.dubins import DubinsPath, Pose
from overflight.performance.turns import TURN_SHORT
from overflight.terms.flyability import FixTurn, Flyability
from overflight.units import Degrees, Kilometres

_STEP_KM = 0.5


def flown_line(
    path: Sequence[Position], flight: Flyability, step: Kilometres = _STEP_KM
) -> tuple[Position, ...]:
    """``path`` with the turns of ``flight`` in place of its corners, about ``step`` km apart.

    Between turns it holds nothing but their ends. Where a leg is too short for its turns the line
    goes back on itself: it shows what does not fit.
    """
    turns = {turn.fix: turn for turn in flight.turns}
    line: list[Position] = []
    for i, fix in enumerate(path):
        turn = turns.get(i)
        if turn is None:
            line.append(fix)
            continue
        inbound = azimuth_deg(fix, path[i - 1]) + 180.0
        line += turn_line(fix, inbound, turn, step)
    return tuple(line)


def turn_line(
    fix: Position, inbound: Degrees, turn: FixTurn, step: Kilometres = _STEP_KM
) -> list[Position]:
    """One turn from where it begins to where the next leg is reached."""
    way = turn_path(turn)
    count = max(1, math.ceil(way.length / step))
    return [
        _place(fix, inbound, way.at(way.length * number / count)) for number in range(count + 1)
    ]


def turn_path(turn: FixTurn) -> DubinsPath:
    """The turn in the plane: the fix at the origin, reached in the direction of +y."""
    a, b = math.radians(abs(turn.angle_deg)), math.radians(turn.intercept_deg)
    flown = turn.lead_km + turn.rejoin_km + turn.extra_km
    start = Pose(0.0, -turn.lead_km, 0.0)
    right = turn.angle_deg > 0
    if turn.technique == TURN_SHORT:
        return DubinsPath(start, "RSL" if right else "LSR", (flown, 0.0, 0.0), turn.radius_km)
    straight = max(flown - turn.radius_km * (a + 2 * b), 0.0)
    pieces = (turn.radius_km * (a + b), straight, turn.radius_km * b)
    return DubinsPath(start, "RSL" if right else "LSR", pieces, turn.radius_km)


def _place(fix: Position, inbound: Degrees, pose: Pose) -> Position:
    """A point of the plane on the Earth: by direction and distance from the fix."""
    distance = math.hypot(pose.x, pose.y)
    if distance == 0.0:
        return fix
    return destination(fix, inbound + math.degrees(math.atan2(pose.x, pose.y)), distance)
