"""What a mission plan lets be seen of places that are the reader's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from overflight.geo.positions import Position
from overflight.units import Kilometres, Metres


@dataclass(frozen=True, slots=True)
class Sighting:
    """One sensor's view of a place from one leg.

    ``at`` is when the aircraft passes abeam (None: the plan gives no times for the leg),
    ``off_track_km`` how far beside the leg the place lies, positive to the right.
    ``ground_resolution_m`` is what the sensor resolves there (None: no figure is known).
    ``surely`` is false where the place lies within the margin of the leg's ends or of where the
    strips of all sensors together end, or outside this sensor's strip, or where the strip is only a
    bound because the sensor's angles are not known.
    """

    leg: int
    sensor: str
    at: dt.datetime | None
    off_track_km: Kilometres
    height_agl_m: Metres
    ground_resolution_m: Metres | None
    surely: bool
    basis: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "leg": self.leg,
            "sensor": self.sensor,
            "at": None if self.at is None else self.at.isoformat().replace("+00:00", "Z"),
            "off_track_km": round(self.off_track_km, 3),
            "height_agl_m": self.height_agl_m,
            "ground_resolution_m": (
                None if self.ground_resolution_m is None else round(self.ground_resolution_m, 4)
            ),
            "surely": self.surely,
            "basis": self.basis,
        }


@dataclass(frozen=True, slots=True)
class Exposure:
    """How far one place is open to view: all sightings in the order of the legs.

    ``nearest_km`` is the least distance of the route from the place, on leg ``nearest_leg``.
    """

    place: str
    name: str
    position: Position
    sightings: tuple[Sighting, ...]
    nearest_km: Kilometres
    nearest_leg: int

    @property
    def seen(self) -> bool:
        return any(sighting.surely for sighting in self.sightings)

    @property
    def perhaps(self) -> bool:
        """Not surely seen, but within a margin or bound of it."""
        return bool(self.sightings) and not self.seen

    @property
    def best(self) -> Sighting | None:
        """The sighting that resolves most: sure ones first, known figures before unknown."""
        unknown = float("inf")
        return min(
            self.sightings,
            key=lambda s: (
                not s.surely,
                unknown if s.ground_resolution_m is None else s.ground_resolution_m,
                abs(s.off_track_km),
            ),
            default=None,
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "place": self.place,
            "name": self.name,
            "position": {"lat": self.position.lat, "lon": self.position.lon},
            "seen": "yes" if self.seen else "perhaps" if self.perhaps else "no",
            "nearest_km": round(self.nearest_km, 3),
            "nearest_leg": self.nearest_leg,
            "sightings": [s.as_dict() for s in self.sightings],
        }
