"""Which sites a straight leg on WGS84 shows, fast: unit vectors, one plane a leg, no trigonometry
a site.

The kernel every search may use::

    sites = sites_of(lonlat, near_km, far_km)              # once
    a, b = unit_vectors(lonlat_of_the_ends)
    rows = seen_by_leg(sites, a, b)                        # indices as given to ``sites_of``
    legs, rows = seen_by_legs(sites, starts, ends)         # pairs, for many legs
    place(sites, row, a, b)                                # along, across, length in km

A row of ``sites`` is one strip of one site: seen when its foot lies on the leg (or, with
``round_ends``, also beside an end) and it is between ``near_km`` and ``far_km`` off the track on a
side from which it may be seen. A site with several strips has several rows.

Geometry. The two geocentric directions span the plane of a great ellipse. Where that plane leans
from the vertical by an angle, the geodesic bends away from it by that angle over the Earth's
radius, which is 20 m at 700 km and taken into account. The small angles off and along that plane
become km by the metric of the ellipsoid at the site, (gE, gN) per radian of geocentric arc east
and north, so that the foot is where the *ellipsoid's* perpendicular falls. Against geodesics
computed in full the distance off the track is right to 2 m for strips up to 50 km on legs up to
1,500 km (12 m at 2,500 km). ``margin_km`` makes strip and leg that much smaller, so that what is
reported seen is seen. Cut longer legs, or let a full computation judge.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

MARGIN_KM = 0.01
LEFT, RIGHT = 1, 2

_A_KM = 6378.137
_B_KM = 6356.752314245179
_SQUARE = (_B_KM / _A_KM) ** 2
_LEAST_KM = 6335.0
"""Less than any radius of curvature: turns km into an angle on the safe side."""


class Sites(NamedTuple):
    """Strips of sites by rising z, see ``sites_of``. All arrays have n rows."""

    unit: Floats
    """Geocentric directions, shape (n, 3)."""
    near: Floats
    far: Floats
    sides: NDArray[np.int64]
    """LEFT, RIGHT or their sum."""
    metric: Floats
    """km per radian of geocentric arc east and north, shape (n, 2)."""
    row: Indices
    """The index of each strip in what the caller gave."""


def unit_vectors(lonlat: ArrayLike) -> Floats:
    """Geocentric directions of longitudes, latitudes in degrees: shape (n, 2) to (n, 3)."""
    lon, lat = np.radians(np.asarray(lonlat, dtype=np.float64)).reshape(-1, 2).T
    flat = np.arctan2(_SQUARE * np.sin(lat), np.cos(lat))
    return np.column_stack([np.cos(flat) * np.cos(lon), np.cos(flat) * np.sin(lon), np.sin(flat)])


def sites_of(
    lonlat: ArrayLike,
    near_km: ArrayLike,
    far_km: ArrayLike,
    sides: ArrayLike = LEFT | RIGHT,
) -> Sites:
    """Strips ready for the kernel; each of the three latter is one number or n of them."""
    unit = unit_vectors(lonlat)
    order = np.argsort(unit[:, 2], kind="stable")
    n = len(unit)

    def column(values: ArrayLike) -> Floats:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), (n,))[order].copy()

    up = unit[order, 2]
    level = 1.0 - up * up
    radius = 1.0 / np.sqrt(level / _A_KM**2 + up * up / _B_KM**2)
    slope = radius**3 * up * np.sqrt(level) * (1.0 / _B_KM**2 - 1.0 / _A_KM**2)
    metric = np.column_stack([radius, np.hypot(radius, slope)])
    return Sites(
        *(np.ascontiguousarray(unit[order]), column(near_km), column(far_km)),
        *(column(sides).astype(np.int64), metric, order.astype(np.int64)),
    )


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _offsets(
    p: Floats, metric: Floats, a: Floats, t: Floats, n: Floats, arc: float, tilts: Floats
) -> tuple[float, float, float]:
    """A site against a leg: along (radians from a), across (km, right), km a radian.

    ``t`` is the direction of the leg at a, ``n`` the normal of its plane, to the left, ``tilts``
    the sine of the angle between plane and vertical at both ends.
    """
    off = np.arcsin(min(1.0, max(-1.0, p[0] * n[0] + p[1] * n[1] + p[2] * n[2])))
    x = p[0] * a[0] + p[1] * a[1] + p[2] * a[2]
    y = p[0] * t[0] + p[1] * t[1] + p[2] * t[2]
    along = np.arctan2(y, x)
    # The leg's direction near the site, in parts east and north.
    size = np.sqrt(x * x + y * y)
    dx, dy, dz = (x * t[0] - y * a[0]) / size, (x * t[1] - y * a[1]) / size, 0.0
    dz = (x * t[2] - y * a[2]) / size
    level = np.sqrt(p[0] * p[0] + p[1] * p[1])
    east, north = 1.0, 0.0
    if level > 1e-12:
        east = (dy * p[0] - dx * p[1]) / level
        north = (dz * level * level - p[2] * (dx * p[0] + dy * p[1])) / level
    whole = np.sqrt(east * east + north * north)
    east /= whole
    north /= whole
    ee, nn = metric[0] * metric[0], metric[1] * metric[1]
    scale = np.sqrt(ee * east * east + nn * north * north)
    # How far the geodesic, x'' = tilt, bows away from the great ellipse.
    part = min(1.0, max(0.0, along / arc)) if arc > 0.0 else 0.0
    bow = (tilts[0] * (2.0 - part) + tilts[1] * (1.0 + part)) * part * (1.0 - part) / 6.0
    off -= bow * arc * arc
    across = -off * metric[0] * metric[1] / scale
    along += off * (nn - ee) * east * north / (scale * scale)
    return along, across, scale


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _apart(p: Floats, metric: Floats, a: Floats) -> float:
    """km from a site to a point no more than some hundred km away."""
    dx, dy, dz = a[0] - p[0], a[1] - p[1], a[2] - p[2]
    level = np.sqrt(p[0] * p[0] + p[1] * p[1])
    chord = np.sqrt(dx * dx + dy * dy + dz * dz)
    if level < 1e-12:
        return float(chord * metric[0])
    east = (dy * p[0] - dx * p[1]) / level
    north = (dz * level * level - p[2] * (dx * p[0] + dy * p[1])) / level
    flat = np.sqrt(east * east + north * north)
    if flat == 0.0:
        return 0.0
    arc = 2.0 * np.arcsin(min(1.0, 0.5 * chord)) / flat
    return float(arc * np.sqrt((metric[0] * east) ** 2 + (metric[1] * north) ** 2))


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _vertical(p: Floats, n: Floats) -> float:
    """The part of the ellipsoid's vertical at p along a normal."""
    x, y, z = p[0], p[1], p[2] / _SQUARE
    return float((x * n[0] + y * n[1] + z * n[2]) / np.sqrt(x * x + y * y + z * z))


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _frame(a: Floats, b: Floats) -> tuple[Floats, Floats, float, Floats]:
    """Direction at a, normal to the left, arc in radians, tilts at both ends.

    Any direction for a leg of no length.
    """
    n = np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])
    size = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2])
    arc = np.arctan2(size, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])
    if size < 1e-15:
        n = np.array([-a[1], a[0], 0.0]) if a[2] * a[2] < 0.5 else np.array([0.0, -a[2], a[1]])
        size = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2])
        arc = 0.0
    n /= size
    t = np.array([n[1] * a[2] - n[2] * a[1], n[2] * a[0] - n[0] * a[2], n[0] * a[1] - n[1] * a[0]])
    return t, n, arc, np.array([_vertical(a, n), _vertical(b, n)])


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def collect(
    sites: Sites, a: Floats, b: Floats, margin_km: float, round_ends: bool, out: Indices
) -> int:
    """Write the rows that the leg shows into ``out`` (room for all of them); how many.

    For use in compiled searches; rows are in the order of ``sites``, not the caller's.
    """
    n_sites = sites.far.size
    if n_sites == 0:
        return 0
    t, n, arc, tilts = _frame(a, b)
    reach = sites.far.max() / _LEAST_KM
    bulge = 1.0 - np.cos(0.5 * arc) + reach + 0.001 * arc * arc
    low, high = min(a[2], b[2]) - bulge, max(a[2], b[2]) + bulge
    count = 0
    for k in range(np.searchsorted(sites.unit[:, 2], low), n_sites):
        p = sites.unit[k]
        if p[2] > high:
            break
        off = p[0] * n[0] + p[1] * n[1] + p[2] * n[2]
        if abs(off) > sites.far[k] / _LEAST_KM + 0.001 * arc * arc:
            continue
        along, across, scale = _offsets(p, sites.metric[k], a, t, n, arc, tilts)
        spare = margin_km / scale
        far = sites.far[k] - margin_km
        if along < spare or along > arc - spare:
            if round_ends and sites.near[k] <= 0.0:
                end = a if along < 0.5 * arc else b
                beyond = abs(along - (0.0 if along < 0.5 * arc else arc))
                if beyond <= 2.0 * reach + spare and _apart(p, sites.metric[k], end) <= far:
                    out[count] = k
                    count += 1
            continue
        near = sites.near[k] + margin_km if sites.near[k] > 0.0 else 0.0
        if abs(across) < near or abs(across) > far:
            continue
        side = sites.sides[k]
        right = side & 2 and (side & 1 or across >= margin_km)
        left = side & 1 and (side & 2 or across <= -margin_km)
        if not (left or right):
            continue
        out[count] = k
        count += 1
    return count


def seen_by_leg(
    sites: Sites,
    a: Floats,
    b: Floats,
    *,
    margin_km: float = MARGIN_KM,
    round_ends: bool = False,
) -> Indices:
    """Sorted indices of the strips (as given to ``sites_of``) that the leg from a to b shows."""
    out = np.empty(sites.far.size, np.int64)
    count = int(collect(sites, a, b, margin_km, round_ends, out))
    return np.sort(sites.row[out[:count]])


def seen_by_legs(
    sites: Sites,
    starts: Floats,
    ends: Floats,
    *,
    margin_km: float = MARGIN_KM,
    round_ends: bool = False,
) -> tuple[Indices, Indices]:
    """(leg, strip) pairs of many legs, ``starts`` and ``ends`` of shape (m, 3); by leg."""
    out = np.empty(sites.far.size, np.int64)
    legs, rows = [], []
    for i, (a, b) in enumerate(zip(starts, ends, strict=True)):
        count = int(collect(sites, a, b, margin_km, round_ends, out))
        rows.append(np.sort(sites.row[out[:count]]))
        legs.append(np.full(count, i, np.int64))
    nothing = np.zeros(0, np.int64)
    return np.concatenate([nothing, *legs]), np.concatenate([nothing, *rows])


def path_rows(sites: Sites, lonlat: ArrayLike, *, margin_km: float = MARGIN_KM) -> Indices:
    """Indices of the strips that a path of points (degrees) shows, round its ends too."""
    unit = unit_vectors(lonlat)
    _, rows = seen_by_legs(sites, unit[:-1], unit[1:], margin_km=margin_km, round_ends=True)
    return np.unique(rows)


def place(lonlat: ArrayLike, a: Floats, b: Floats) -> Floats:
    """Along and across (right positive) of n points beside a leg and its length, km: (n, 3)."""
    sites = sites_of(lonlat, 0.0, 0.0)
    t, n, arc, tilts = _frame(a, b)
    out = np.empty((len(sites.row), 3))
    for k, row in enumerate(sites.row):
        along, across, scale = _offsets(sites.unit[k], sites.metric[k], a, t, n, arc, tilts)
        out[row] = along * scale, across, arc * scale
    return out
