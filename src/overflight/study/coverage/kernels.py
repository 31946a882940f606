"""The search for passes, compiled."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ROUNDS = 40
_GOLDEN = 0.6180339887498949


def passes(
    position: Floats,
    velocity: Floats,
    step_s: float,
    places: Floats,
    latitudes: Floats,
    limit: float,
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """(site, seconds from the start, off-nadir angle in radians) of every pass within ``limit``.

    ``position``, ``velocity``: km, km/s, Earth-fixed, shape (n, 3), ``step_s`` apart. ``places``:
    km, shape (sites, 3), in order of their geocentric ``latitudes``, radians.
    """
    size = 32 * len(places) + 4096
    centre = places.mean(axis=0)
    centre /= np.linalg.norm(centre)
    units = places / np.linalg.norm(places, axis=1)[:, None]
    cap = float(np.arccos(np.clip((units @ centre).min(), -1.0, 1.0)))
    while True:
        site = np.empty(size, dtype=np.int64)
        at, angle = np.empty(size), np.empty(size)
        count = _passes(
            position,
            velocity,
            step_s,
            places,
            units,
            latitudes,
            centre,
            cap,
            limit,
            site,
            at,
            angle,
        )
        if count <= size:
            return site[:count], at[:count], angle[:count]
        size = 2 * count


@njit(cache=True)
def _off_nadir(p: Floats, place: Floats) -> float:
    """The angle at the satellite between straight down and the site; pi where it is hidden."""
    x, y, z = place[0] - p[0], place[1] - p[1], place[2] - p[2]
    far = math.sqrt(x * x + y * y + z * z)
    high = math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    if x * place[0] + y * place[1] + z * place[2] >= 0.0:
        return math.pi  # the site's horizon is in between
    cosine = -(x * p[0] + y * p[1] + z * p[2]) / (far * high)
    return math.acos(min(1.0, max(-1.0, cosine)))


@njit(cache=True)
def _between(
    position: Floats, velocity: Floats, k: int, step: float, s: float, out: Floats
) -> None:
    """Position at the fraction ``s`` of the step after ``k``, by the cubic of Hermite."""
    a = (1.0 + 2.0 * s) * (1.0 - s) ** 2
    b = s * (1.0 - s) ** 2 * step
    c = s * s * (3.0 - 2.0 * s)
    d = s * s * (s - 1.0) * step
    for n in range(3):
        out[n] = (
            a * position[k, n]
            + b * velocity[k, n]
            + c * position[k + 1, n]
            + d * velocity[k + 1, n]
        )


@njit(cache=True)
def _closing(p: Floats, v: Floats, place: Floats) -> float:
    """Whether the satellite still comes nearer to the place (positive) or goes (negative)."""
    return float((place[0] - p[0]) * v[0] + (place[1] - p[1]) * v[1] + (place[2] - p[2]) * v[2])


@njit(cache=True, nogil=True)
def _passes(
    position: Floats,
    velocity: Floats,
    step: float,
    places: Floats,
    units: Floats,
    latitudes: Floats,
    centre: Floats,
    cap: float,
    limit: float,
    site: NDArray[np.int64],
    at: Floats,
    angle: Floats,
) -> int:
    count = 0
    here = np.empty(3)
    for k in range(position.shape[0] - 1):
        p, q = position[k], position[k + 1]
        high = math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
        # the farthest that can be seen at the limit from here, as an angle at the Earth's centre
        sine = high * math.sin(limit) / 6356.0
        reach = math.acos(6356.0 / high) if sine >= 1.0 else math.asin(sine) - limit
        span = math.acos(
            min(1.0, (p[0] * q[0] + p[1] * q[1] + p[2] * q[2])
                / (high * math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])))
        )  # fmt: skip
        margin = reach + span + 0.01
        if p[0] * centre[0] + p[1] * centre[1] + p[2] * centre[2] < high * math.cos(
            min(math.pi, margin + cap)
        ):
            continue
        one, two = math.asin(p[2] / high), math.asin(q[2] / high)
        first = np.searchsorted(latitudes, min(one, two) - margin)
        last = np.searchsorted(latitudes, max(one, two) + margin)
        near = high * math.cos(min(math.pi, margin))
        for n in range(first, last):
            if p[0] * units[n, 0] + p[1] * units[n, 1] + p[2] * units[n, 2] < near:
                continue
            place = places[n]
            # a pass has its nearest point in this step if it comes nearer at the start and goes
            # away at the end; the least off-nadir angle lies beside it
            if _closing(p, velocity[k], place) <= 0.0 or _closing(q, velocity[k + 1], place) > 0.0:
                continue
            low, top = -0.25, 1.25
            if k == 0:
                low = 0.0
            if k == position.shape[0] - 2:
                top = 1.0
            best, moment = _least(position, velocity, k, step, place, low, top, here)
            if best <= limit:
                if count < site.shape[0]:
                    site[count] = n
                    at[count] = (k + moment) * step
                    angle[count] = best
                count += 1
    return count


@njit(cache=True)
def _least(
    position: Floats,
    velocity: Floats,
    k: int,
    step: float,
    place: Floats,
    low: float,
    top: float,
    here: Floats,
) -> tuple[float, float]:
    """The least off-nadir angle and its place in the step, by golden section."""
    a, b = low, top
    c, d = b - _GOLDEN * (b - a), a + _GOLDEN * (b - a)
    at_c = _look(position, velocity, k, step, c, place, here)
    at_d = _look(position, velocity, k, step, d, place, here)
    for _ in range(_ROUNDS):
        if at_c < at_d:
            b, d, at_d = d, c, at_c
            c = b - _GOLDEN * (b - a)
            at_c = _look(position, velocity, k, step, c, place, here)
        else:
            a, c, at_c = c, d, at_d
            d = a + _GOLDEN * (b - a)
            at_d = _look(position, velocity, k, step, d, place, here)
        if b - a < 1e-5:
            break
    middle = 0.5 * (a + b)
    return _look(position, velocity, k, step, middle, place, here), middle


@njit(cache=True)
def _look(
    position: Floats, velocity: Floats, k: int, step: float, s: float, place: Floats, here: Floats
) -> float:
    if s < 0.0 and k > 0:
        _between(position, velocity, k - 1, step, s + 1.0, here)
    elif s > 1.0 and k < position.shape[0] - 2:
        _between(position, velocity, k + 1, step, s - 1.0, here)
    else:
        _between(position, velocity, k, step, s, here)
    return _off_nadir(here, place)
