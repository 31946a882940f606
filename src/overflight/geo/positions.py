"""A point on the WGS84 ellipsoid, and the ways people write one.

``Position`` keeps latitude and longitude by name, so the two cannot be swapped by accident;
only this package turns it into the (x, y) order that GIS libraries use.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from overflight.errors import DataError
from overflight.units import Degrees


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Latitude and longitude, degrees, WGS84; longitude in [-180, 180).

    Raises DataError for a number that is not finite or lies outside its range.
    """

    lat: Degrees
    lon: Degrees

    def __post_init__(self) -> None:
        for name, value, bound in (("latitude", self.lat, 90.0), ("longitude", self.lon, 360.0)):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise DataError(
                    f"{name} {value!r} is not a number", remedy="Give decimal degrees, e.g. 55.61."
                )
            if not math.isfinite(value):
                raise DataError(
                    f"{name} is {value}, not a finite number",
                    remedy="Take the row out or give its true position.",
                )
            if abs(value) > bound:
                hint = (
                    " Latitude and longitude look swapped."
                    if name == "latitude" and abs(value) <= 180 and abs(self.lon) <= 90
                    else ""
                )
                raise DataError(
                    f"{name} {value} is outside -{bound:g}..{bound:g}.{hint}",
                    remedy="Give latitude and longitude in decimal degrees, each by name.",
                )
        object.__setattr__(self, "lat", float(self.lat))
        object.__setattr__(self, "lon", _wrap(float(self.lon)))

    @classmethod
    def from_xy(cls, x: Degrees, y: Degrees) -> Position:
        """From GeoJSON order: x is longitude, y latitude."""
        return cls(lat=y, lon=x)

    @property
    def xy(self) -> tuple[Degrees, Degrees]:
        """GeoJSON order: (longitude, latitude)."""
        return (self.lon, self.lat)

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return {"type": "Point", "coordinates": [self.lon, self.lat]}

    def rounded_to_minutes(self) -> Position:
        """The nearest whole minute of arc: what field 15 of an ICAO flight plan can carry."""
        return Position(lat=round(self.lat * 60) / 60, lon=round(self.lon * 60) / 60)

    def icao(self) -> str:
        """As ICAO Doc 4444, Appendix 2, item 15 writes a point: 5536N03639E (whole minutes)."""
        return _minutes(self.lat, 2, "N", "S") + _minutes(self.lon, 3, "E", "W")

    def human(self) -> str:
        """Degrees and minutes as a person reads them: 55°36.7'N 036°39.0'E."""
        return f"{_human(self.lat, 2, 'N', 'S')} {_human(self.lon, 3, 'E', 'W')}"


def _wrap(lon: Degrees) -> Degrees:
    return lon if -180.0 <= lon < 180.0 else (lon + 180.0) % 360.0 - 180.0


def _minutes(value: Degrees, width: int, plus: str, minus: str) -> str:
    whole, minutes = divmod(round(abs(value) * 60), 60)
    return f"{whole:0{width}d}{minutes:02d}{plus if value >= 0 else minus}"


def _human(value: Degrees, width: int, plus: str, minus: str) -> str:
    tenths = round(abs(value) * 600)
    whole, rest = divmod(tenths, 600)
    return f"{whole:0{width}d}°{rest / 10:04.1f}'{plus if value >= 0 else minus}"


_ICAO_POINT = re.compile(r"^(\d{2})(\d{2})?([NS])(\d{3})(\d{2})?([EW])$")


def parse_icao_point(text: str) -> Position:
    """Read a point as ICAO Doc 4444 item 15 writes it: 46N078W or 4620N07805W.

    Raises DataError for anything else.
    """
    match = _ICAO_POINT.match(text.strip().upper())
    if match is None or (match[2] is None) != (match[5] is None):
        raise DataError(
            f"{text!r} is not a point as item 15 of an ICAO flight plan writes it",
            remedy="Write degrees, 46N078W, or degrees and minutes, 4620N07805W.",
        )
    lat = int(match[1]) + int(match[2] or 0) / 60
    lon = int(match[4]) + int(match[5] or 0) / 60
    return Position(lat=lat if match[3] == "N" else -lat, lon=lon if match[6] == "E" else -lon)
