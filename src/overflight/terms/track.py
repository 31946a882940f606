"""What was flown: positions and attitude by time, and the deviations of a flight.

Angles are degrees: heading clockwise from true north, roll positive with the right wing down,
pitch positive with the nose up. NaN is a value that was not recorded, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import TrackError
from overflight.geo.positions import Position
from overflight.units import Kilometres, Metres, Seconds

if TYPE_CHECKING:
    import geopandas

Floats = NDArray[np.float64]

SIMULATED = "SIMULATED"
"""The mark of whatever was not flown. Nothing that carries it may lose it."""

MEAN_SEA_LEVEL = "mean-sea-level"
ELLIPSOID = "ellipsoid"
PRESSURE = "pressure"
UNKNOWN_DATUM = "unknown"
DATUMS = (MEAN_SEA_LEVEL, ELLIPSOID, PRESSURE, UNKNOWN_DATUM)
"""What heights of a track count from; ``pressure`` is an altimeter's at 1013.25 hPa."""

_ARRAYS = ("time_s", "lat", "lon", "height_m", "roll_deg", "pitch_deg", "heading_deg")


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """n points in the order of time, arrays of shape (n,).

    ``time_s`` are seconds since 1970-01-01T00:00:00Z, never decreasing. ``height_m`` counts from
    ``datum``. ``marks`` carries SIMULATED. Raises TrackError where arrays do not fit together.
    """

    time_s: Floats
    lat: Floats
    lon: Floats
    height_m: Floats
    roll_deg: Floats
    pitch_deg: Floats
    heading_deg: Floats
    datum: str = UNKNOWN_DATUM
    source: str = ""
    marks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sizes = {name: getattr(self, name).shape for name in _ARRAYS}
        if len(set(sizes.values())) > 1 or len(self.time_s.shape) != 1:
            raise TrackError(
                f"the parts of a track have different sizes: {sizes}",
                remedy="Give one number of each for every point.",
            )

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def simulated(self) -> bool:
        return SIMULATED in self.marks

    def position(self, i: int) -> Position:
        return Position(lat=float(self.lat[i]), lon=float(self.lon[i]))

    def taken(self, chosen: NDArray[Any]) -> Track:
        """The points with the given indices (or where a mask is true), in the order given."""
        if chosen.dtype == np.bool_ and len(chosen) == len(self) and bool(chosen.all()):
            return self
        parts = {name: getattr(self, name)[chosen] for name in _ARRAYS}
        return Track(**parts, datum=self.datum, source=self.source, marks=self.marks)

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return {"type": "LineString", "coordinates": np.column_stack([self.lon, self.lat]).tolist()}

    def to_geodataframe(self) -> geopandas.GeoDataFrame:
        """Points with time, height, attitude and marks (geopandas has to be installed)."""
        import geopandas

        columns = {name: getattr(self, name) for name in _ARRAYS if name not in ("lat", "lon")}
        time = np.round(self.time_s * 1000.0).astype("datetime64[ms]")
        frame = geopandas.GeoDataFrame(
            {"time": time, **columns},
            geometry=geopandas.points_from_xy(self.lon, self.lat),
            crs="EPSG:4326",
        )
        frame["marks"] = " ".join(self.marks)
        return frame


def track_of(
    time_s: Floats,
    lat: Floats,
    lon: Floats,
    height_m: Floats | None = None,
    *,
    roll_deg: Floats | None = None,
    pitch_deg: Floats | None = None,
    heading_deg: Floats | None = None,
    datum: str = UNKNOWN_DATUM,
    source: str = "",
    marks: tuple[str, ...] = (),
) -> Track:
    """A track of what is known; the rest is NaN."""

    def known(values: Floats | None) -> Floats:
        if values is None:
            return np.full(len(time_s), np.nan)
        return np.asarray(values, dtype=np.float64)

    return Track(
        np.asarray(time_s, dtype=np.float64),
        np.asarray(lat, dtype=np.float64),
        np.asarray(lon, dtype=np.float64),
        known(height_m),
        known(roll_deg),
        known(pitch_deg),
        known(heading_deg),
        datum=datum,
        source=source,
        marks=marks,
    )


@dataclass(frozen=True, slots=True)
class SensorTime:
    """A sensor that worked from ``begun_s`` to ``completed_s`` (seconds since 1970, UTC)."""

    sensor: str
    begun_s: Seconds
    completed_s: Seconds


@dataclass(frozen=True, slots=True)
class StatedDeviation:
    """A deviation as the crew or the log states it: when, and on what ground."""

    cause: str
    begun_s: Seconds
    completed_s: Seconds
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlannedDeviation:
    """A deviation that a simulated flight is to make, on leg ``leg`` (from 0).

    Between ``from_km`` and ``to_km`` along the leg it goes ``offset_km`` to the right (negative:
    left) and ``rise_m`` higher (negative: lower) than planned.
    """

    cause: str
    leg: int
    from_km: Kilometres
    to_km: Kilometres
    offset_km: Kilometres = 0.0
    rise_m: Metres = 0.0


@dataclass(frozen=True, slots=True)
class FrameExposure:
    """One exposure: sensor, running number on that sensor, when and from where.

    Position and attitude are those of the aircraft at that moment (nan: not known). ``leg`` counts
    from 0, -1 where it is not known; ``file`` is the name of the frame's file, where that was told.
    """

    sensor: str
    number: int
    time_s: Seconds
    lat: float
    lon: float
    height_m: Metres
    roll_deg: float
    pitch_deg: float
    heading_deg: float
    leg: int = -1
    file: str = ""
