"""The turn at every fix of a route, and the technique that suits what is to be seen there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from overflight.performance.dubins import DubinsPath, Pose, shortest
from overflight.performance.handling import CHOOSE, Handling
from overflight.performance.turns import (
    OVERFLIGHT_TURN,
    TURN_SHORT,
    Turn,
    roll_km,
    turn,
    turn_angle_deg,
    turn_radius_km,
)
from overflight.performance.wind import LegWinds
from overflight.units import Kilometres, KilometresPerHour


def fix_turns(
    winds: LegWinds,
    landings: Sequence[int],
    speed: KilometresPerHour,
    handling: Handling,
    techniques: Mapping[int, str],
    sites: Sequence[Sequence[Kilometres]],
) -> dict[int, Turn]:
    """The turn at every fix that is no landing, by its index in the path.

    On the widest circle that the strongest wind of the two legs can make of it. ``techniques``
    overrides that of ``handling`` fix by fix; ``sites`` are the distances of sites along each leg.
    """
    landed, found = set(landings), {}
    inbound, outbound = winds.inbound.tolist(), winds.outbound.tolist()
    strongest, lengths = winds.strongest.tolist(), winds.lengths.tolist()
    for fix in range(1, len(lengths)):
        if fix in landed:
            continue
        gust = max(strongest[fix - 1], strongest[fix])
        radius = turn_radius_km(speed, handling.bank_deg, gust)
        roll = roll_km(speed + gust, handling.roll_seconds)
        angle = turn_angle_deg(inbound[fix - 1], outbound[fix])
        named = techniques.get(fix, handling.technique)
        offered = (TURN_SHORT, OVERFLIGHT_TURN) if named == CHOOSE else (named,)
        ways = [turn(name, angle, radius, roll, handling.intercept_deg) for name in offered]
        costs = [passed_in_turn(way, lengths[fix - 1], sites[fix - 1], sites[fix]) for way in ways]
        found[fix] = ways[costs.index(min(costs))]
    return found


def passed_in_turn(
    way: Turn,
    length: Kilometres,
    before: Sequence[Kilometres],
    after: Sequence[Kilometres],
) -> int:
    """How many sites of the legs before (``length`` km long) and after a fix lie in its turn."""
    early = sum(at > length - way.before_km for at in before)
    return early + sum(at < way.after_km for at in after)


def shortest_over_both(length: Kilometres, before: Turn, after: Turn) -> DubinsPath:
    """The shortest path over both fixes of a leg with the directions of the legs beside it.

    It begins at the first fix in the direction in which that is reached and ends at the second
    in the direction in which that is left.
    """
    return shortest(
        Pose(0.0, 0.0, -before.angle_deg),
        Pose(0.0, length, after.angle_deg),
        max(before.radius_km, after.radius_km),
    )
