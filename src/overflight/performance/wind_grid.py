"""A wind field on a grid of latitude and longitude and, where given, height and time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.errors import DataError
from overflight.performance.wind import Floats, Instants

KM_H_PER_M_S = 3.6


@dataclass(frozen=True, slots=True)
class WindGrid:
    """Winds at the points of a grid, between which they run linearly.

    ``u`` and ``v``, m/s, have the shape (times, heights, latitudes, longitudes); an axis that is
    None has length one and the wind is the same all along it. ``lats`` and ``lons`` are degrees,
    ``heights_m`` above sea level, ``times`` datetime64 UTC; all ascending.
    """

    lats: Floats
    lons: Floats
    u: Floats
    v: Floats
    heights_m: Floats | None = None
    times: Instants | None = None

    def at(
        self, lat: Floats, lon: Floats, height_m: Floats, when: Instants | None
    ) -> tuple[Floats, Floats]:
        """``u`` and ``v`` in km/h. DataError outside the grid, and where it has no value."""
        lon = self.lons[0] + (lon - self.lons[0]) % 360.0
        lon = np.where(lon > self.lons[0] + 360.0 - 1e-9, self.lons[0], lon)  # a rounding west
        axes = [
            self._in_time(when, np.shape(lat)),
            _whole(np.shape(lat))
            if self.heights_m is None
            else _between(self.heights_m, height_m, "height", "m"),
            _between(self.lats, lat, "latitude", "degrees"),
            _between(self.lons, lon, "longitude", "degrees"),
        ]
        wind = []
        for values in (self.u, self.v):
            total = np.zeros(np.shape(lat))
            for corner in np.ndindex(2, 2, 2, 2):
                index, weight = [], np.ones(np.shape(lat))
                for side, (low, high, share) in zip(corner, axes, strict=True):
                    index.append(high if side else low)
                    weight = weight * (share if side else 1.0 - share)
                # a weight of zero takes nothing, not even from a cell without a value
                total += np.where(weight > 0, weight * values[tuple(index)], 0.0)
            wind.append(total * KM_H_PER_M_S)
        bad = ~np.isfinite(wind[0] + wind[1])
        if np.any(bad):
            i = int(np.argmax(bad))
            raise DataError(
                f"the wind field has no value near latitude {lat[i]:.2f}, longitude {lon[i]:.2f}",
                remedy="Give a field without gaps along the route, or a constant wind.",
            )
        return wind[0], wind[1]

    def _in_time(
        self, when: Instants | None, shape: tuple[int, ...]
    ) -> tuple[np.ndarray, np.ndarray, Floats]:
        if self.times is None:
            return _whole(shape)
        if when is None:
            raise DataError(
                "the wind field depends on time, and when the legs are flown is not known",
                remedy="Give the times of the legs, or a field for one time.",
            )
        start = self.times[0]
        axis = (self.times - start) / np.timedelta64(1, "h")
        return _between(axis, (when - start) / np.timedelta64(1, "h"), f"time after {start}", "h")


def wind_grid(
    lats: Floats,
    lons: Floats,
    u: Floats,
    v: Floats,
    heights_m: Floats | None = None,
    times: Instants | None = None,
) -> WindGrid:
    """A grid from axes in any order; ``u``, ``v`` of shape (times, heights, lats, lons).

    A grid round the whole Earth is closed where it begins. Raises DataError when shapes do not
    fit, an axis has equal values or a latitude lies outside -90 to 90.
    """
    lats, lons = np.asarray(lats, dtype=np.float64), np.asarray(lons, dtype=np.float64)
    u, v = np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)
    levels = 1 if heights_m is None else len(heights_m)
    shape = (1 if times is None else len(times), levels, len(lats), len(lons))
    if u.shape != shape or v.shape != shape or 0 in shape:
        raise DataError(
            f"winds of shapes {u.shape} and {v.shape} do not fit a grid of {shape} (times, "
            "heights, latitudes, longitudes)",
            remedy="Give u and v at every point of the grid.",
        )
    if np.any(np.abs(lats) > 90) or not np.all(np.isfinite(np.concatenate([lats, lons]))):
        raise DataError(
            "the wind field has latitudes that no place has",
            remedy="Give degrees, latitude and longitude each by name.",
        )
    every = (times, heights_m, lats, lons)
    for number, axis in enumerate(every):
        if axis is None:
            continue
        order = np.argsort(axis, kind="stable")
        if len(axis) > 1 and np.any(np.asarray(axis)[order][1:] == np.asarray(axis)[order][:-1]):
            raise DataError(
                "an axis of the wind field has the same value twice",
                remedy="Give every place, height and time of the grid once.",
            )
        u, v = np.take(u, order, axis=number), np.take(v, order, axis=number)
    lats, lons = np.sort(lats), np.sort(lons)
    if len(lons) > 1 and 360.0 - (lons[-1] - lons[0]) <= 1.001 * np.max(np.diff(lons)):
        lons = np.append(lons, lons[0] + 360.0)
        u, v = (np.concatenate([w, w[..., :1]], axis=3) for w in (u, v))
    return WindGrid(
        lats,
        lons,
        u,
        v,
        None if heights_m is None else np.sort(np.asarray(heights_m, dtype=np.float64)),
        None if times is None else np.sort(np.asarray(times, dtype="datetime64[s]")),
    )


def _whole(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, Floats]:
    none = np.zeros(shape, dtype=int)
    return none, none, np.zeros(shape)


def _between(
    axis: Floats, values: Floats, what: str, unit: str
) -> tuple[np.ndarray, np.ndarray, Floats]:
    """The neighbours of each value on an ascending axis and its share of the way between them."""
    outside = (values < axis[0] - 1e-9) | (values > axis[-1] + 1e-9)
    if np.any(outside):
        i = int(np.argmax(outside))
        raise DataError(
            f"the wind field ends before {what} {values[i]:g} {unit}: it goes from {axis[0]:g} to "
            f"{axis[-1]:g}",
            remedy="Give a field that covers the whole route, or a constant wind.",
        )
    if len(axis) == 1:
        return _whole(np.shape(values))
    low = np.clip(np.searchsorted(axis, values, side="right") - 1, 0, len(axis) - 2)
    share = np.clip((values - axis[low]) / (axis[low + 1] - axis[low]), 0.0, 1.0)
    return low, low + 1, share
