"""Loops over every point of a track, compiled."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(cache=True)
def remember(rows: Floats, keep: float) -> None:
    """x[i] += keep x[i-1] along each row, in place."""
    for row in range(rows.shape[0]):
        for i in range(1, rows.shape[1]):
            rows[row, i] += keep * rows[row, i - 1]


_RAD = math.pi / 180.0
_A_KM = 6378.137
_E2 = (2.0 - 1.0 / 298.257223563) / 298.257223563


@njit(cache=True)
def apart_km(lat0: float, lon0: float, lat1: float, lon1: float) -> float:
    """Distance of two near points, km: the ellipsoid's radii of curvature at the mean latitude.

    Right to 1e-5 of the distance up to 50 km below 75 degrees of latitude.
    """
    phi = 0.5 * (lat0 + lat1) * _RAD
    w2 = 1.0 - _E2 * math.sin(phi) ** 2
    normal = _A_KM / math.sqrt(w2)
    meridian = normal * (1.0 - _E2) / w2
    turn = lon1 - lon0
    turn -= 360.0 * math.floor((turn + 180.0) / 360.0)
    north = (lat1 - lat0) * _RAD * meridian
    east = turn * _RAD * normal * math.cos(phi)
    return math.sqrt(north * north + east * east)


@njit(cache=True)
def apart_many(lat: Floats, lon: Floats, lat0: float, lon0: float) -> Floats:
    """Distances of n points from one place, km, as ``apart_km``."""
    found = np.empty(len(lat))
    for i in range(len(lat)):
        found[i] = apart_km(lat[i], lon[i], lat0, lon0)
    return found


@njit(cache=True)
def steps_km(lat: Floats, lon: Floats) -> Floats:
    """Distances between successive points, km, shape (n - 1,)."""
    found = np.empty(max(len(lat) - 1, 0))
    for i in range(len(found)):
        found[i] = apart_km(lat[i], lon[i], lat[i + 1], lon[i + 1])
    return found


@njit(cache=True)
def jumps(
    time_s: Floats, lat: Floats, lon: Floats, fastest: float, most: int, slack_km: float
) -> NDArray[np.int64]:
    """0: a point that can be; 1: away and back within ``most`` points; 2: away for good.

    A point can be if it lies no farther from the last that can be than ``fastest`` km/h brings
    one, and ``slack_km`` more for the receiver's error. A first point that nothing after it can
    follow is itself the one that jumps.
    """
    n = len(time_s)
    state = np.zeros(n, dtype=np.int64)
    if n == 0:
        return state
    last = 0
    while (
        last + 1 < n
        and last < most
        and not _follows(time_s, lat, lon, last, last + 1, fastest, slack_km)
    ):
        agree = 0
        for j in range(last + 2, min(last + 2 + most, n)):
            if _follows(time_s, lat, lon, last, j, fastest, slack_km):
                agree += 1
        if agree > 0:
            break
        state[last] = 1
        last += 1
    i, away = last + 1, 0
    while i < n:
        if _follows(time_s, lat, lon, last, i, fastest, slack_km):
            last = i
            away = 0
        else:
            away += 1
            if away > most:
                for j in range(i - away + 1, i + 1):
                    state[j] = 2
                return state
            state[i] = 1
        i += 1
    if away > 0 and away == n - 1 - last and away > 1:
        for j in range(last + 1, n):
            state[j] = 2
    return state


@njit(cache=True)
def _follows(
    time_s: Floats, lat: Floats, lon: Floats, i: int, j: int, fastest: float, slack_km: float
) -> bool:
    hours = (time_s[j] - time_s[i]) / 3600.0
    return bool(apart_km(lat[i], lon[i], lat[j], lon[j]) <= fastest * hours + slack_km)


@njit(cache=True)
def _to_piece(
    lat: float, lon: float, lat0: float, lon0: float, lat1: float, lon1: float
) -> tuple[float, float]:
    """Distance, km, of a point from a short piece of a line, and how far along it lies, 0 to 1.

    In the plane of the radii of curvature at the latitude halfway to each end.
    """
    w2 = 1.0 - _E2 * math.sin(lat * _RAD) ** 2
    normal = _A_KM / math.sqrt(w2)
    meridian = normal * (1.0 - _E2) / w2
    turn0, turn1 = lon0 - lon, lon1 - lon
    turn0 -= 360.0 * math.floor((turn0 + 180.0) / 360.0)
    turn1 -= 360.0 * math.floor((turn1 + 180.0) / 360.0)
    x0 = turn0 * _RAD * normal * math.cos(0.5 * (lat + lat0) * _RAD)
    x1 = turn1 * _RAD * normal * math.cos(0.5 * (lat + lat1) * _RAD)
    y0, y1 = (lat0 - lat) * _RAD * meridian, (lat1 - lat) * _RAD * meridian
    dx, dy = x1 - x0, y1 - y0
    long = dx * dx + dy * dy
    part = 0.0 if long == 0.0 else -(x0 * dx + y0 * dy) / long
    part = min(max(part, 0.0), 1.0)
    x, y = x0 + part * dx, y0 + part * dy
    return math.sqrt(x * x + y * y), part


@njit(cache=True)
def leg_distances(
    lat: Floats, lon: Floats, piece_lat: Floats, piece_lon: Floats, first: NDArray[np.int64]
) -> Floats:
    """Distances of n points from m legs, km, shape (n, m).

    Leg k is the line through ``piece_lat``/``piece_lon`` from index ``first[k]`` to
    ``first[k + 1] - 1``.
    """
    n, m = len(lat), len(first) - 1
    found = np.empty((n, m))
    for i in range(n):
        for k in range(m):
            least = np.inf
            for j in range(first[k], first[k + 1] - 1):
                away, _ = _to_piece(
                    lat[i], lon[i], piece_lat[j], piece_lon[j], piece_lat[j + 1], piece_lon[j + 1]
                )
                least = min(least, away)
            found[i, k] = least
    return found


@njit(cache=True)
def best_sequence(cost: Floats, outside: float) -> NDArray[np.int64]:
    """The leg of each of n points, never going back to an earlier one, with the least sum of costs.

    ``cost`` has shape (n, m). -1 before the first leg, m after the last, each at ``outside``.
    Legs may be passed over. Of two ways alike the earlier leg.
    """
    n, m = cost.shape
    states = m + 2
    came = np.empty((n, states), dtype=np.int32)
    total = np.empty(states)
    for s in range(states):
        total[s] = outside if s in (0, states - 1) else cost[0, s - 1]
        came[0, s] = s
    for i in range(1, n):
        best, best_state = np.inf, 0
        for s in range(states):
            if total[s] < best:
                best, best_state = total[s], s
            here = outside if s in (0, states - 1) else cost[i, s - 1]
            came[i, s] = best_state
            # total[s] was read above; states after s do not need it again
            total[s] = best + here
    last = 0
    for s in range(states):
        if total[s] < total[last]:
            last = s
    found = np.empty(n, dtype=np.int64)
    for i in range(n - 1, -1, -1):
        found[i] = last - 1
        last = came[i, last]
    return found


@njit(cache=True)
def off_plan(
    lat: Floats,
    lon: Floats,
    leg: NDArray[np.int64],
    piece_lat: Floats,
    piece_lon: Floats,
    piece_km: Floats,
    first: NDArray[np.int64],
    off: Floats,
    along: Floats,
    on: NDArray[np.int64],
) -> None:
    """For each point the distance from the plan, km, which leg is nearest, and how far along it.

    Looks at the leg of the point and those before and after it; NaN and -1 outside of the flight.
    ``piece_km`` is how far along its leg each node lies.
    """
    m = len(first) - 1
    held = first[:m].copy()
    for i in range(len(lat)):
        off[i], along[i], on[i] = np.nan, np.nan, -1
        if leg[i] < 0 or leg[i] >= m:
            continue
        least = np.inf
        for k in range(max(leg[i] - 1, 0), min(leg[i] + 2, m)):
            low, high = first[k], first[k + 1] - 2
            whole = i % 256 == 0 or (i > 0 and leg[i - 1] != leg[i])
            begin = low if whole else max(held[k] - 2, low)
            end = high if whole else min(held[k] + 2, high)
            near, best, part = np.inf, begin, 0.0
            for j in range(begin, end + 1):
                away, where = _to_piece(
                    lat[i], lon[i], piece_lat[j], piece_lon[j], piece_lat[j + 1], piece_lon[j + 1]
                )
                if away < near:
                    near, best, part = away, j, where
            held[k] = best
            if near < least:
                least = near
                on[i] = k
                along[i] = piece_km[best] + part * (piece_km[best + 1] - piece_km[best])
        off[i] = least


@njit(cache=True)
def runs_above(values: Floats, most: Floats, mend: int) -> NDArray[np.int64]:
    """Stretches where values exceed ``most``, (k, 2) of first and last index.

    Two with at most ``mend`` points between them are one.
    """
    found = np.empty((len(values), 2), dtype=np.int64)
    count, last = 0, -1
    for i in range(len(values)):
        if values[i] > most[i]:
            if count > 0 and i - last <= mend + 1:
                found[count - 1, 1] = i
            else:
                found[count, 0] = i
                found[count, 1] = i
                count += 1
            last = i
    return found[:count]


@njit(cache=True)
def in_rising_order(values: Floats) -> NDArray[np.bool_]:
    """Which values belong to a longest part that never falls (Fredman 1975, patience sorting)."""
    n = len(values)
    tops = np.empty(n, dtype=np.int64)
    before = np.full(n, -1, dtype=np.int64)
    count = 0
    for i in range(n):
        low, high = 0, count
        while low < high:
            middle = (low + high) // 2
            if values[tops[middle]] <= values[i]:
                low = middle + 1
            else:
                high = middle
        if low > 0:
            before[i] = tops[low - 1]
        tops[low] = i
        count = max(count, low + 1)
    kept = np.zeros(n, dtype=np.bool_)
    at = tops[count - 1] if count else -1
    while at >= 0:
        kept[at] = True
        at = before[at]
    return kept
