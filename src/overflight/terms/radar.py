"""What a radar recorded, what was made of it, and what was read in it.

Coordinates of a radar's own geometry are Earth-centred and Earth-fixed on WGS84, metres; times are
seconds from a moment that the file names. Rows of a radar image follow the track (azimuth), columns
the slant range, and both count from the centre of the first sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.errors import SensorError
from overflight.terms.track import SIMULATED
from overflight.units import Metres, Seconds

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex64]

LIGHT_M_S = 299_792_458.0
IMAGE, PHASE_HISTORY = "image", "phase-history"
FORMS = (PHASE_HISTORY, IMAGE)
LEFT, RIGHT = "left", "right"
_NEAREST_M, _FARTHEST_M, _FASTEST_M_S = 6.3e6, 1e8, 2e4
RANGE, AZIMUTH = "range", "azimuth"


@dataclass(frozen=True, eq=False)
class RadarTrack:
    """Where the antenna was: ``time_s`` (n,), rising; ``xyz_m`` (n, 3). Raises SensorError."""

    time_s: Floats
    xyz_m: Floats

    def __post_init__(self) -> None:
        n = self.time_s.shape[0]
        if n < 2 or self.xyz_m.shape != (n, 3) or not (np.diff(self.time_s) > 0.0).all():
            raise SensorError(
                "the radar's track needs two places or more, in the order of time",
                remedy="Give time_s, x_m, y_m and z_m, with rising times.",
            )
        if not (np.isfinite(self.time_s).all() and (np.abs(self.xyz_m) < _FARTHEST_M).all()):
            raise SensorError("the radar's track has holes", remedy="Give numbers only.")
        steps = np.linalg.norm(np.diff(self.xyz_m, axis=0), axis=1)
        speed = steps / np.diff(self.time_s)
        if (np.linalg.norm(self.xyz_m, axis=1) < _NEAREST_M).any() or not (
            (speed > 0.0).all() and (speed < _FASTEST_M_S).all()
        ):
            raise SensorError(
                "the radar's track is not that of anything that flies over the Earth",
                remedy="Give Earth-fixed WGS84 metres, and a new place for each time.",
            )


@dataclass(frozen=True, slots=True)
class RadarAbout:
    """What is said of the radar itself, the same for phase history and image.

    ``side`` is the one it looks to. ``simulated`` marks everything that is made of it.
    """

    sensor: str
    frequency_mhz: float
    bandwidth_mhz: float
    side: str
    polarisation: str = ""
    start: str = ""
    simulated: bool = False
    flight: str = ""

    def __post_init__(self) -> None:
        if self.side not in (LEFT, RIGHT):
            raise SensorError(f"a side {self.side!r}", remedy="A radar looks left or right.")

    @property
    def wavelength_m(self) -> Metres:
        return LIGHT_M_S / (self.frequency_mhz * 1e6)

    @property
    def marks(self) -> tuple[str, ...]:
        return (SIMULATED,) if self.simulated else ()


@dataclass(frozen=True, eq=False)
class PhaseHistory:
    """Echoes before any processing: ``echoes`` (pulses, samples), one pulse at each place of
    ``track``; the chirp rises through the band in ``pulse_us``; sample k was taken
    ``first_us`` + k / ``sample_mhz`` after the middle of its pulse left."""

    about: RadarAbout
    echoes: Complexes
    track: RadarTrack
    pulse_us: float
    sample_mhz: float
    first_us: float
    ground_m: Metres = 0.0


@dataclass(frozen=True, eq=False)
class RadarImage:
    """A single-look complex image: ``pixels`` (rows, columns).

    Row r lies at the time ``first_s`` + r ``line_s`` of the track (zero Doppler), column c at the
    slant range ``near_m`` + c ``range_m``. ``doppler_hz`` is the band that was processed,
    ``range_weighting`` and ``azimuth_weighting`` name how both bands were weighted; None and ""
    where nobody said.
    """

    about: RadarAbout
    pixels: Complexes
    track: RadarTrack
    first_s: Seconds
    line_s: Seconds
    near_m: Metres
    range_m: Metres
    ground_m: Metres = 0.0
    doppler_hz: float | None = None
    range_weighting: str = ""
    azimuth_weighting: str = ""
    name: str = "the image"

    @property
    def speed_m_s(self) -> float:
        """Mean speed along the track."""
        way = np.linalg.norm(np.diff(self.track.xyz_m, axis=0), axis=1).sum()
        return float(way / (self.track.time_s[-1] - self.track.time_s[0]))

    @property
    def line_m(self) -> Metres:
        """From row to row along the track."""
        return self.speed_m_s * self.line_s


@dataclass(frozen=True, slots=True)
class Reflector:
    """A corner reflector as its diagram says: WGS84, height above the ellipsoid, m."""

    id: str
    lat: float
    lon: float
    height_m: Metres
    edge_m: Metres | None = None


@dataclass(frozen=True, slots=True)
class ReflectorArray:
    """The reflectors of a calibration target; ``pairs`` are those laid to be told apart."""

    name: str
    reflectors: tuple[Reflector, ...]
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """The impulse response along one axis. ``width_m`` at half power, in the slant plane along
    range, on the track along azimuth, with its interval (None where clutter is too strong for
    one); side lobes in decibels."""

    width_m: Metres
    interval_95: tuple[Metres, Metres] | None
    pslr_db: float
    islr_db: float


@dataclass(frozen=True, slots=True)
class ReflectorReading:
    """One reflector found: its peak between samples, phase in degrees, ``contrast_db`` above the
    clutter around it; ``slant_m`` and ``time_s`` of the peak, the angle from the vertical there,
    both cuts, and the width on the ground across the track. ``id`` where a diagram knows it, with
    how far from its place it was found along and across."""

    row: float
    column: float
    time_s: Seconds
    slant_m: Metres
    look_deg: float
    amplitude: float
    phase_deg: float
    contrast_db: float
    range: Cut
    azimuth: Cut
    ground_m: Metres
    ground_interval_95: tuple[Metres, Metres] | None
    id: str = ""
    off_azimuth_m: Metres | None = None
    off_range_m: Metres | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PairReading:
    """Two reflectors and whether they are told apart. ``distance_m`` is that of their centres on
    the ground by the diagram; ``dip_db`` how far the power between falls below the weaker peak's
    (0: no second peak) in this look; ``criterion`` names the reading and ``needed_db`` what it
    asks. ``profile``: power along the line through both, a lone reflector's peak being 1."""

    first: str
    second: str
    distance_m: Metres
    along_m: Metres
    across_m: Metres
    dip_db: float
    needed_db: float
    apart: bool
    criterion: str
    profile: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class RadarSwath:
    """Ground that an image covers: angles from the vertical, ground range of both edges, km."""

    side: str
    height_m: Metres
    near_deg: float
    far_deg: float
    near_km: float
    far_km: float

    @property
    def width_km(self) -> float:
        return self.far_km - self.near_km


@dataclass(frozen=True, slots=True)
class RadarDeclared:
    """What a Party declared of the radar, by the names of the technical data it gives."""

    near_deg: float | None = None
    swath_km: float | None = None
    range_m: Metres | None = None
    azimuth_m: Metres | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
