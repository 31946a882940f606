"""Wind, and what it does to the speed over the ground.

A wind is where the air goes: ``u`` to the east and ``v`` to the north, km/h (a report gives where
it comes from: ``Wind.blowing_from``). A field answers for arrays of places, heights and times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.geo.geodesic import wgs84
from overflight.geo.positions import Position
from overflight.units import Degrees, Kilometres, KilometresPerHour, Metres

Floats: TypeAlias = NDArray[np.float64]
Instants: TypeAlias = NDArray[np.datetime64]
_STEP_KM = 25.0
_STEADY_STEP_KM = 100.0


@dataclass(frozen=True, slots=True)
class Wind:
    """A wind that is the same everywhere, and a field as such. ``u`` east, ``v`` north, km/h."""

    u: KilometresPerHour
    v: KilometresPerHour

    @classmethod
    def blowing_from(cls, direction: Degrees, speed: KilometresPerHour) -> Wind:
        """As weather reports give it: the true direction it comes from, degrees, and km/h."""
        towards = math.radians(direction + 180.0)
        return cls(speed * math.sin(towards), speed * math.cos(towards))

    @property
    def speed(self) -> KilometresPerHour:
        return math.hypot(self.u, self.v)

    def at(
        self,
        lat: Floats,
        lon: Floats,  # noqa: ARG002 - a field's arguments
        height_m: Floats,  # noqa: ARG002
        when: Instants | None,  # noqa: ARG002
    ) -> tuple[Floats, Floats]:
        return np.full(np.shape(lat), self.u), np.full(np.shape(lat), self.v)


CALM = Wind(0.0, 0.0)


class WindField(Protocol):
    """Wind by place, height above sea level and time."""

    def at(
        self, lat: Floats, lon: Floats, height_m: Floats, when: Instants | None
    ) -> tuple[Floats, Floats]:
        """``u`` and ``v``, km/h, each of the shape of ``lat``. DataError where it is not known."""
        ...


@dataclass(frozen=True, slots=True)
class WindTriangle:
    """Speed over the ground, km/h, the heading that holds the track, and the drift, degrees.

    ``drift`` is from heading to track, positive to the right.
    """

    ground_speed: KilometresPerHour
    heading: Degrees
    drift: Degrees


@dataclass(frozen=True, slots=True)
class LegWinds:
    """What the wind does to each of n legs: arrays of shape (n,).

    ``lengths`` km, ``hours`` at true airspeed through the wind, ``inbound`` and ``outbound`` the
    directions at the end and at the start of each leg, degrees, ``strongest`` wind met, km/h.
    """

    lengths: Floats
    hours: Floats
    outbound: Floats
    inbound: Floats
    strongest: Floats


def wind_triangle(airspeed: KilometresPerHour, track: Degrees, wind: Wind) -> WindTriangle:
    """Heading and ground speed that make good ``track`` at true airspeed in ``wind``.

    Raises DataError when the wind does not let the track be held.
    """
    towards = np.array([math.radians(track)])
    ground = float(ground_speeds(airspeed, towards, np.array([wind.u]), np.array([wind.v]))[0])
    across = _across(towards[0], wind.u, wind.v)
    drift = math.degrees(math.asin(across / airspeed))
    return WindTriangle(ground, (track - drift) % 360.0, drift)


def ground_speeds(airspeed: KilometresPerHour, track_rad: Floats, u: Floats, v: Floats) -> Floats:
    """Speeds over the ground, km/h: w_along + sqrt(v^2 - w_across^2), arrays of one shape.

    Raises DataError where the wind is too strong for the track.
    """
    along = u * np.sin(track_rad) + v * np.cos(track_rad)
    across = _across(track_rad, u, v)
    room = airspeed**2 - across**2
    ground = along + np.sqrt(np.maximum(room, 0.0))
    bad = ~((room > 0) & (ground > 0))
    if not airspeed > 0 or bool(np.any(bad)):
        worst = float(np.max(np.hypot(u, v)))
        raise DataError(
            f"a wind of {worst:.0f} km/h is too strong for an airspeed of {airspeed:g} km/h: the "
            "track cannot be held",
            remedy="Look at the unit and the direction of the wind, fly faster or another day.",
        )
    return np.asarray(ground, dtype=np.float64)


def fly_legs(
    path: Sequence[Position],
    airspeed: KilometresPerHour,
    wind: WindField,
    heights_m: Sequence[Metres],
    departs: Sequence[np.datetime64] | None = None,
    step: Kilometres | None = None,
) -> LegWinds:
    """Fly geodesic legs through a wind in pieces of at most ``step`` km (midpoint rule).

    Without ``step`` 25 km in a field, 100 km in a wind that is the same everywhere (where only
    the direction of the geodesic changes), one piece in still air.

    ``heights_m`` above sea level, one for each leg; ``departs`` when each leg begins, UTC. Within
    a leg the clock runs as in still air, which moves the weather by minutes.
    Raises DataError for legs of no length and for a wind that is too strong or not known.
    """
    lat = np.array([p.lat for p in path])
    lon = np.array([p.lon for p in path])
    out, back, metres = wgs84().inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    lengths = np.asarray(metres) / 1000.0
    if np.any(lengths <= 0):
        at = int(np.argmax(lengths <= 0))
        raise DataError(
            f"leg {at + 1} leads from a place to the same place",
            remedy="Leave out the fix that comes twice in a row.",
        )
    pieces = np.maximum(np.ceil(lengths / (step or _step(wind))).astype(int), 1)
    leg = np.repeat(np.arange(len(lengths)), pieces)
    first = np.cumsum(pieces) - pieces
    fraction = (np.arange(len(leg)) - first[leg] + 0.5) / pieces[leg]
    x, y, behind = wgs84().fwd(
        lon[:-1][leg], lat[:-1][leg], np.asarray(out)[leg], fraction * np.asarray(metres)[leg]
    )
    track = np.radians(np.asarray(behind) + 180.0)
    height = np.asarray(heights_m, dtype=np.float64)[leg]
    u, v = wind.at(
        np.asarray(y),
        np.asarray(x),
        height,
        _clock(departs, leg, fraction * lengths[leg] / airspeed),
    )
    speeds = ground_speeds(airspeed, track, u, v)
    strongest = np.zeros(len(lengths))
    np.maximum.at(strongest, leg, np.hypot(u, v))
    return LegWinds(
        lengths=lengths,
        hours=np.asarray(
            np.bincount(leg, (lengths / pieces)[leg] / speeds, minlength=len(lengths)),
            dtype=np.float64,
        ),
        outbound=np.asarray(out) % 360.0,
        inbound=(np.asarray(back) + 180.0) % 360.0,
        strongest=strongest,
    )


def _step(wind: WindField) -> Kilometres:
    if not isinstance(wind, Wind):
        return _STEP_KM
    return _STEADY_STEP_KM if wind.speed > 0 else math.inf


def _across(track_rad: Floats, u: Floats | float, v: Floats | float) -> Floats:
    """The part of a wind that blows across a track, positive to its right."""
    return np.asarray(u * np.cos(track_rad) - v * np.sin(track_rad))


def _clock(
    departs: Sequence[np.datetime64] | None, leg: NDArray[np.int_], hours: Floats
) -> Instants | None:
    if departs is None:
        return None
    seconds = np.round(hours * 3600.0).astype("timedelta64[s]")
    return np.asarray(np.asarray(departs, dtype="datetime64[s]")[leg] + seconds)
