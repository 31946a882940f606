"""What a leg sees, and what a whole flight does: counted exactly, leg by leg.

Great circles over the geocentric sphere stand for geodesics; ``field`` makes the strips a little
narrower in turn. The judge of a route is ``evaluate.LegBook``, on the ellipsoid.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from overflight.planning.track.arrays import (
    BEGUN,
    DAY,
    FAR,
    HOURS,
    LANDINGS,
    LATER,
    LEFT,
    LENGTH,
    NEAR,
    PLACES,
    REFUELLING,
    REST,
    RIGHT,
    SPEED,
    TIMED,
    VALUE,
    WORST,
    Field,
    Flight,
    Longs,
    Looks,
)

EARTH_KM = 6371.0088
_SHORTEST = 1e-9


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def look(field: Field, looks: Looks, a: int, b: int) -> int:
    """Entry of the table for the leg from ``a`` to ``b``; worked out when it is not there."""
    key = np.int64(a) * field.xyz.shape[0] + b
    at = _slot(looks.keys, key)
    if looks.keys[at] == key:
        return int(at)
    first = looks.fill[0]
    if field.bent[a, b]:
        number = _look_at_ends(field, a, b, looks.targets[first:])
    else:
        number = _look(field, a, b, looks.targets[first:])
    looks.keys[at] = key
    looks.first[at] = first
    looks.number[at] = number
    looks.fill[0] = first + number
    looks.fill[1] += 1
    return int(at)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _slot(keys: Longs, key: int) -> int:
    """Where a key is, or where it would go."""
    mask = keys.shape[0] - 1
    at = ((key * 2654435761) >> 7) & mask
    while keys[at] != -1 and keys[at] != key:
        at = (at + 1) & mask
    return int(at)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def make_room(looks: Looks) -> None:
    """Forget everything when the table fills up. No entry found before holds afterwards."""
    room = looks.targets.shape[0] - looks.fill[0]
    if looks.fill[1] > looks.keys.shape[0] * 0.55 or room < 0.4 * looks.targets.shape[0]:
        looks.keys[:] = -1
        looks.fill[:] = 0


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _look_at_ends(field: Field, a: int, b: int, out: np.ndarray) -> int:
    """What a way round shows: what lies beside its ends. How it bends is seen to by ``settle``."""
    found = 0
    for side in range(2):
        end = a if side == 0 else b
        for q in range(field.first_seen[end], field.first_seen[end + 1]):
            t = field.sees[q]
            known = False
            for k in range(found):
                known = known or out[k] == t
            if not known:
                out[found] = t
                found += 1
    return found


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _look(field: Field, a: int, b: int, out: np.ndarray) -> int:
    ax, ay, az = field.xyz[a, 0], field.xyz[a, 1], field.xyz[a, 2]
    bx, by, bz = field.xyz[b, 0], field.xyz[b, 1], field.xyz[b, 2]
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    size = np.sqrt(nx * nx + ny * ny + nz * nz)
    if size < _SHORTEST:
        return 0
    nx, ny, nz = nx / size, ny / size, nz / size
    # Ahead of a, and before b: the foot of the perpendicular lies on the leg.
    ux, uy, uz = ny * az - nz * ay, nz * ax - nx * az, nx * ay - ny * ax
    vx, vy, vz = by * nz - bz * ny, bz * nx - bx * nz, bx * ny - by * nx
    found = 0
    for t in range(field.spot.shape[0]):
        x, y, z = field.spot[t, 0], field.spot[t, 1], field.spot[t, 2]
        off = nx * x + ny * y + nz * z  # positive: left of the leg
        aside = abs(off)
        if aside > 0.2:
            continue
        if ux * x + uy * y + uz * z < 0.0 or vx * x + vy * y + vz * z < 0.0:
            continue
        for s in range(field.first_strip[t], field.first_strip[t + 1]):
            if aside < field.strips[s, NEAR] or aside > field.strips[s, FAR]:
                continue
            if field.strips[s, LEFT if off > 0.0 else RIGHT] > 0.0:
                out[found] = t
                found += 1
                break
    return found


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def along_km(field: Field, a: int, b: int, target: int) -> float:
    """How far along the leg a-b the foot of the target lies, km."""
    ax, ay, az = field.xyz[a, 0], field.xyz[a, 1], field.xyz[a, 2]
    bx, by, bz = field.xyz[b, 0], field.xyz[b, 1], field.xyz[b, 2]
    x, y, z = field.spot[target, 0], field.spot[target, 1], field.spot[target, 2]
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    size = np.sqrt(nx * nx + ny * ny + nz * nz)
    if size < _SHORTEST:
        return 0.0
    ux, uy, uz = (ny * az - nz * ay) / size, (nz * ax - nx * az) / size, (nx * ay - ny * ax) / size
    return float(EARTH_KM * np.arctan2(ux * x + uy * y + uz * z, ax * x + ay * y + az * z))


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def count_leg(field: Field, looks: Looks, flight: Flight, a: int, b: int, sign: int) -> float:
    """Count what the leg sees in (1) or out (-1), without regard to time; change of value."""
    at = look(field, looks, a, b)
    change = 0.0
    first = looks.first[at]
    for q in range(first, first + looks.number[at]):
        t = looks.targets[q]
        if sign > 0:
            if flight.tally[t] == 0:
                change += field.value[t]
            flight.tally[t] += 1
        else:
            flight.tally[t] -= 1
            if flight.tally[t] == 0:
                change -= field.value[t]
    return change


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def measure(field: Field, looks: Looks, flight: Flight) -> None:
    """Take counts and sums of a flight afresh; targets count when seen in their window."""
    flight.tally[:] = 0
    places = field.counts[PLACES]
    timed = field.counts[TIMED] > 0
    value = length = stage = worst = 0.0
    clock = 0.0
    stages = 0
    day = 0.0
    speed = field.limits[SPEED]
    points = field.xyz.shape[0]
    later = field.limits[LATER]
    for i in range(flight.size[0] - 1):
        a, b = flight.seq[i], flight.seq[i + 1]
        km = field.km[a, b]
        at = _slot(looks.keys, np.int64(a) * points + b)
        if looks.keys[at] == -1:
            at = look(field, looks, a, b)
        first = looks.first[at]
        for q in range(first, first + looks.number[at]):
            t = looks.targets[q]
            if timed and (field.opens[t] > -1e17 or field.closes[t] < 1e17):
                when = later + clock + along_km(field, a, b, t) / speed
                if when < field.opens[t] or when > field.closes[t]:
                    continue
            if flight.tally[t] == 0:
                value += field.value[t]
            flight.tally[t] += 1
        length += km
        stage += km
        clock += km / speed
        if b < places:
            worst = max(worst, stage)
            stage = 0.0
            stages += 1
            if i + 2 < flight.size[0]:
                following = 0.0
                for j in range(i + 1, flight.size[0] - 1):
                    following += field.km[flight.seq[j], flight.seq[j + 1]]
                    if flight.seq[j + 1] < places:
                        break
                landed = clock
                clock += field.limits[REFUELLING]
                if clock + following / speed > day + field.limits[DAY]:
                    # The next morning, at the hour of the start, once all have rested.
                    clock = 24.0 * np.ceil((landed + field.limits[REST]) / 24.0 - 1e-9)
                    day = clock
    flight.sums[VALUE] = value
    flight.sums[LENGTH] = length
    flight.sums[WORST] = worst
    flight.sums[LANDINGS] = stages
    flight.sums[HOURS] = clock
    flight.sums[BEGUN] = later
