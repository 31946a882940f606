"""What a leg sees, and what a whole flight does: counted exactly, leg by leg.

Great circles over the geocentric sphere stand for geodesics; ``field`` makes the strips a little
narrower in turn. The judge of a route is ``evaluate.LegBook``, on the ellipsoid.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from overflight.planning.track.arrays import (
    AFTER,
    AT,
    BEFORE,
    BEGUN,
    CLIMB,
    DAY,
    DESCENT,
    EXTRA,
    FAR,
    HIGH,
    HOURS,
    LANDINGS,
    LATER,
    LEFT,
    LEFT_KM,
    LENGTH,
    LOW,
    NEAR,
    PLACES,
    REFUELLING,
    REST,
    RIGHT,
    SPEED,
    SPENT,
    TIMED,
    VALUE,
    WORST,
    Courses,
    Field,
    Flight,
    Floats,
    Ints,
    Longs,
    Looks,
)

EARTH_KM = 6371.0088
_SHORTEST = 1e-9
_EDGE_KM = 1e-6
_BEND_GUESSED = 3
"""A way round is taken to turn through a third of half a turn at its last corner."""
_TWO_PI = 2.0 * np.pi


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def look(field: Field, looks: Looks, a: int, b: int) -> int:
    """Entry of the table for the leg from ``a`` to ``b``; worked out when it is not there."""
    key = np.int64(a) * field.xyz.shape[0] + b
    at = _slot(looks.keys, key)
    if looks.keys[at] == key:
        return int(at)
    first = looks.fill[0]
    number = _look(field, a, b, looks.targets[first:], looks.along[first:])
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
def _look(field: Field, a: int, b: int, out: Ints, along: Floats) -> int:
    """What a leg passes, as if all of it were level; of a way round its first and last parts."""
    if not field.bent[a, b]:
        scale = field.km[a, b]
        return _beside(
            field.xyz[a],
            field.xyz[b],
            field.spot,
            field.strips,
            field.first_strip,
            out,
            along,
            0,
            scale,
        )
    first, last = field.enter[a, b], field.enter[b, a]
    if first < 0 or last < 0:
        return 0
    found = _beside(
        field.xyz[a],
        field.corners[first],
        field.spot,
        field.strips,
        field.first_strip,
        out,
        along,
        0,
        -1.0,
    )
    ends = field.corners[last], field.xyz[b]
    length = EARTH_KM * np.arccos(min(1.0, (ends[0] * ends[1]).sum()))
    before = found
    total = _beside(
        ends[0], ends[1], field.spot, field.strips, field.first_strip, out, along, found, -1.0
    )
    turned = field.bends[(field.bends.shape[0] - 1) // _BEND_GUESSED, AFTER]
    for k in range(before, total):
        if along[k] >= turned:
            out[found] = out[k]
            along[found] = along[k] + field.km[a, b] - length
            found += 1
    return found


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _beside(
    a: Floats,
    b: Floats,
    spot: Floats,
    strips: Floats,
    first_strip: Ints,
    out: Ints,
    along: Floats,
    found: int,
    scale: float,
) -> int:
    """Add what lies in its strip beside the arc a-b, and how far along; ``scale`` is its km."""
    ax, ay, az = a[0], a[1], a[2]
    bx, by, bz = b[0], b[1], b[2]
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    size = np.sqrt(nx * nx + ny * ny + nz * nz)
    if size < _SHORTEST:
        return found
    arc = np.arctan2(size, ax * bx + ay * by + az * bz)
    per = EARTH_KM if scale < 0.0 else scale / arc
    nx, ny, nz = nx / size, ny / size, nz / size
    # Ahead of a, and before b: the foot of the perpendicular lies on the leg.
    ux, uy, uz = ny * az - nz * ay, nz * ax - nx * az, nx * ay - ny * ax
    vx, vy, vz = by * nz - bz * ny, bz * nx - bx * nz, bx * ny - by * nx
    for t in range(spot.shape[0]):
        x, y, z = spot[t, 0], spot[t, 1], spot[t, 2]
        off = nx * x + ny * y + nz * z  # positive: left of the leg
        aside = abs(off)
        if aside > 0.2:
            continue
        ahead = ux * x + uy * y + uz * z
        if ahead < 0.0 or vx * x + vy * y + vz * z < 0.0:
            continue
        for s in range(first_strip[t], first_strip[t + 1]):
            if aside < strips[s, NEAR] or aside > strips[s, FAR]:
                continue
            if strips[s, LEFT if off > 0.0 else RIGHT] > 0.0:
                out[found] = t
                along[found] = per * np.arctan2(ahead, ax * x + ay * y + az * z)
                found += 1
                break
    return found


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def bend_at(course: Courses, rows: int, a: int, b: int, c: int) -> int:
    """Row of ``Field.bends`` for the turn at ``b`` on the way from ``a`` to ``c``."""
    turned = course[b, c] - course[b, a]
    if turned < 0.0:
        turned += _TWO_PI
    return int(abs(np.pi - turned) * (rows - 1) / np.pi + 0.5)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def extra_at(course: Courses, bends: Floats, seq: Ints, i: int, places: int, m: int) -> float:
    """How much longer the turn at the i-th point makes its stage, km; none at a landing."""
    if i <= 0 or i >= m - 1 or seq[i] < places:
        return 0.0
    return float(bends[bend_at(course, bends.shape[0], seq[i - 1], seq[i], seq[i + 1]), EXTRA])


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def set_span(
    km: Floats,
    course: Courses,
    bends: Floats,
    limits: Floats,
    seq: Ints,
    spans: Floats,
    i: int,
    places: int,
    m: int,
) -> None:
    """From where to where the i-th leg shows something; its AT and LEFT_KM must be right."""
    a, b = seq[i], seq[i + 1]
    low, high = 0.0, km[a, b]
    if i > 0 and a >= places:
        low = bends[bend_at(course, bends.shape[0], seq[i - 1], a, b), AFTER]
    if i < m - 2 and b >= places:
        high -= bends[bend_at(course, bends.shape[0], a, b, seq[i + 2]), BEFORE]
    if limits[CLIMB] > spans[i, AT]:
        low = max(low, limits[CLIMB] - spans[i, AT])
    if limits[DESCENT] > spans[i, LEFT_KM]:
        high = min(high, km[a, b] + spans[i, LEFT_KM] - limits[DESCENT])
    spans[i, LOW] = low
    spans[i, HIGH] = high


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def count(
    targets: Ints,
    along: Floats,
    first: int,
    number: int,
    low: float,
    high: float,
    tally: Ints,
    value: Floats,
    sign: int,
) -> float:
    """Count what a leg sees from ``low`` to ``high`` in (1) or out (-1), without regard to time.

    Returns the change of value.
    """
    change = 0.0
    for q in range(first, first + number):
        if along[q] < low - _EDGE_KM or along[q] > high + _EDGE_KM:
            continue
        t = targets[q]
        if sign > 0:
            if tally[t] == 0:
                change += value[t]
            tally[t] += 1
        else:
            tally[t] -= 1
            if tally[t] == 0:
                change -= value[t]
    return change


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def slot(keys: Longs, points: int, a: int, b: int) -> int:
    """Entry of the table for a leg, or -1 where it is not there yet."""
    at = _slot(keys, a * points + b)
    return int(at) if keys[at] != -1 else -1


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def measure(field: Field, looks: Looks, flight: Flight) -> None:
    """Take counts and sums of a flight afresh; targets count when seen in their window."""
    flight.tally[:] = 0
    places = field.counts[PLACES]
    timed = field.counts[TIMED] > 0
    value = length = stage = worst = total = at_km = 0.0
    clock = 0.0
    stages = 0
    day = 0.0
    speed = field.limits[SPEED]
    points = field.xyz.shape[0]
    later = field.limits[LATER]
    for i in range(flight.size[0] - 1):
        a, b = flight.seq[i], flight.seq[i + 1]
        km = field.km[a, b]
        if i == 0 or a < places:
            stage, at_km, total = field.limits[SPENT], 0.0, 0.0
            for j in range(i, flight.size[0] - 1):
                total += field.km[flight.seq[j], flight.seq[j + 1]]
                if flight.seq[j + 1] < places:
                    break
        flight.spans[i, AT] = at_km
        flight.spans[i, LEFT_KM] = total - at_km - km
        set_span(
            field.km,
            field.course,
            field.bends,
            field.limits,
            flight.seq,
            flight.spans,
            i,
            places,
            flight.size[0],
        )
        at_km += km
        low, high = flight.spans[i, LOW] - _EDGE_KM, flight.spans[i, HIGH] + _EDGE_KM
        at = _slot(looks.keys, np.int64(a) * points + b)
        if looks.keys[at] == -1:
            at = look(field, looks, a, b)
        first = looks.first[at]
        for q in range(first, first + looks.number[at]):
            if looks.along[q] < low or looks.along[q] > high:
                continue
            t = looks.targets[q]
            if timed and (field.opens[t] > -1e17 or field.closes[t] < 1e17):
                when = later + clock + looks.along[q] / speed
                if when < field.opens[t] or when > field.closes[t]:
                    continue
            if flight.tally[t] == 0:
                value += field.value[t]
            flight.tally[t] += 1
        length += km
        stage += km + extra_at(field.course, field.bends, flight.seq, i + 1, places, flight.size[0])
        clock += km / speed
        if b < places:
            worst = max(worst, stage)
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
