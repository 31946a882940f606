"""A forecast of cloud: how likely it hides a place from above, by place and time.

Outside its grid, and where it has no value, a forecast says nothing, and nothing is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError

Floats = NDArray[np.float64]
Instants = NDArray[np.datetime64]

_ROUNDING = 0.005
"""By so much packed values may pass 0 and 1."""
_NEAR = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class CloudGrid:
    """Cloud at the points of a grid: bilinear between them in space, linear in time.

    ``cover``, 0 (clear) to 1, NaN where not known, has the shape (times, latitudes, longitudes).
    ``lats`` and ``lons`` are degrees, ``times`` datetime64 UTC (None: the same at all times), all
    ascending; longitudes run on past 180 where the grid does. ``source`` says what it is.
    """

    lats: Floats
    lons: Floats
    cover: Floats
    times: Instants | None = None
    source: str = ""

    def at(self, lat: Floats, lon: Floats, when: Instants) -> Floats:
        """Cloud at places and instants, shape (n,); NaN where the forecast does not say."""
        east = self.lons[0] + (lon - self.lons[0]) % 360.0
        east = np.where(east > self.lons[0] + 360.0 - _NEAR, self.lons[0], east)
        axes = [
            _between(self._hours(self.times), self._hours(when)),
            _between(self.lats, lat),
            _between(self.lons, east),
        ]
        total = np.zeros(np.shape(lat))
        for corner in np.ndindex(2, 2, 2):
            index, weight = [], np.ones(np.shape(lat))
            for side, (low, high, share) in zip(corner, axes, strict=True):
                index.append(high if side else low)
                weight = weight * (share if side else 1.0 - share)
            # a weight of zero takes nothing, not even from a point without a value
            total += np.where(weight == 0.0, 0.0, weight * self.cover[tuple(index)])
        return np.clip(total, 0.0, 1.0)

    def extent(self) -> str:
        """What it covers, in words."""
        lat, lon = self.lats, self.lons
        words = f"latitudes {lat[0]:g} to {lat[-1]:g}, longitudes {lon[0]:g} to {lon[-1]:g}"
        if self.times is None:
            return f"{words}, at any time"
        return f"{words}, {_minute(self.times[0])} to {_minute(self.times[-1])}"

    def _hours(self, when: Instants | None) -> Floats:
        """Hours since the first time; all zero for a forecast without times."""
        if when is None or self.times is None:
            return np.zeros(1 if when is None else np.shape(when))
        return np.asarray((when - self.times[0]) / np.timedelta64(1, "h"), dtype=np.float64)


def cloud_grid(
    lats: Floats, lons: Floats, cover: Floats, times: Instants | None = None, source: str = ""
) -> CloudGrid:
    """A forecast from axes in any order; ``cover`` of shape (times, lats, lons), NaN: not known.

    Longitudes are turned so that the widest gap lies outside; a grid round the whole Earth is
    closed. Raises DataError when shapes do not fit, an axis has equal values, a latitude lies
    outside -90 to 90, or cloud outside 0 to 1.
    """
    lats, lons = np.asarray(lats, dtype=np.float64), np.asarray(lons, dtype=np.float64)
    cover = np.asarray(cover, dtype=np.float64)
    shape = (1 if times is None else len(times), len(lats), len(lons))
    if cover.shape != shape or 0 in shape:
        raise DataError(
            f"cloud of shape {cover.shape} does not fit a grid of {shape} (times, latitudes, "
            "longitudes)",
            remedy="Give cloud at every point of the grid.",
        )
    if np.any(np.abs(lats) > 90) or not np.all(np.isfinite(np.concatenate([lats, lons]))):
        raise DataError(
            "the cloud forecast has latitudes that no place has",
            remedy="Give degrees, latitude and longitude each by name.",
        )
    known = cover[np.isfinite(cover)]
    if not known.size:
        raise DataError(
            "the cloud forecast has no value anywhere", remedy="Give one that covers the flight."
        )
    if known.min() < -_ROUNDING or known.max() > 1.0 + _ROUNDING:
        raise DataError(
            f"cloud from {known.min():g} to {known.max():g} is no part of the sky, 0 to 1",
            remedy='State the unit: percent (a column cloud_percent, an attribute units = "%").',
        )
    lons = _turned(lons)
    every = (times, lats, lons)
    for number, axis in enumerate(every):
        if axis is None:
            continue
        order = np.argsort(axis, kind="stable")
        ordered = np.asarray(axis)[order]
        if np.any(ordered[1:] == ordered[:-1]) or np.any(np.isnat(ordered) if not number else 0):
            raise DataError(
                "an axis of the cloud forecast has the same value twice, or none",
                remedy="Give every place and time of the grid once.",
            )
        cover = np.take(cover, order, axis=number)
    lats, lons = np.sort(lats), np.sort(lons)
    if len(lons) > 1 and 360.0 - (lons[-1] - lons[0]) <= 1.001 * np.max(np.diff(lons)):
        lons = np.append(lons, lons[0] + 360.0)
        cover = np.concatenate([cover, cover[..., :1]], axis=2)
    when = None if times is None else np.sort(np.asarray(times, dtype="datetime64[s]"))
    return CloudGrid(lats, lons, np.clip(cover, 0.0, 1.0), when, source)


def _turned(lons: Floats) -> Floats:
    """The same meridians counted on eastward from after the widest gap, from -180 or more."""
    around = (lons + 180.0) % 360.0 - 180.0
    ordered = np.sort(around)
    gaps = np.diff(np.append(ordered, ordered[0] + 360.0))
    first = ordered[(int(np.argmax(gaps)) + 1) % len(ordered)]
    # the first of equal gaps may lie anywhere in a grid round the Earth: begin in the west
    if gaps.max() <= 1.001 * gaps.min():
        first = ordered[0]
    return np.asarray(first + (around - first) % 360.0)


def _between(axis: Floats, values: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """The neighbours of each value and its share of the way between them; NaN: outside."""
    outside = ~((values >= axis[0] - _NEAR) & (values <= axis[-1] + _NEAR))
    if len(axis) == 1:
        none = np.zeros(np.shape(values), dtype=np.intp)
        return none, none, np.where(outside, np.nan, 0.0)
    low = np.clip(np.searchsorted(axis, values, side="right") - 1, 0, len(axis) - 2)
    share = np.clip((values - axis[low]) / (axis[low + 1] - axis[low]), 0.0, 1.0)
    return low, low + 1, np.where(outside, np.nan, share)


def _minute(moment: np.datetime64) -> str:
    return f"{np.datetime_as_string(moment, unit='m')}Z"
