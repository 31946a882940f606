"""Echoes of corner reflectors from a track that was never flown: truth by construction.

Each pulse stands still while it is out ("stop and go"); an echo of a reflector at the distance R
is the pulse 2 R / c later, turned by -4 pi R / lambda, as strong as the square root of its cross
section over R^2. Receiver noise is white and Gaussian. There is no antenna pattern, no atmosphere
and no clutter of the ground: what is left out stands here. Everything is marked SIMULATED.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import SensorError
from overflight.geo.earth_fixed import from_earth_fixed, north_east_down, to_earth_fixed
from overflight.imagery.radar.compress import chirp
from overflight.terms.radar import (
    LIGHT_M_S,
    RIGHT,
    PhaseHistory,
    RadarAbout,
    RadarTrack,
    Reflector,
    ReflectorArray,
)
from overflight.units import Degrees, Metres

_MOST = 400_000_000
_MOST_PULSES = 1e6


@dataclass(frozen=True, slots=True)
class LaidReflector:
    """A trihedral: metres along the array's axis and across it, on the side looked to, from the
    scene's middle."""

    id: str
    along_m: Metres
    across_m: Metres
    height_m: Metres = 0.0
    edge_m: Metres = 1.0


@dataclass(frozen=True, slots=True)
class RadarScene:
    """A flight past reflectors. ``look_deg`` is the angle from the vertical to the scene's middle,
    at ``ground_m`` above the ellipsoid; ``sway_m`` how far the track swings to the side and up,
    once in ``sway_s``; ``noise_m2``: the cross section whose echo is as strong as the noise of a
    sample. ``axis_deg``: true direction of the array's axis (None: that of the flight), so that
    passes of other headings see the same array.
    """

    about: RadarAbout
    lat: Degrees
    lon: Degrees
    heading_deg: Degrees
    height_m: Metres
    speed_m_s: float
    look_deg: Degrees
    reflectors: tuple[LaidReflector, ...]
    pulse_us: float = 5.0
    sample_mhz: float = 0.0
    pulses_per_s: float = 200.0
    length_m: Metres = 300.0
    width_m: Metres = 300.0
    ground_m: Metres = 0.0
    sway_m: Metres = 0.0
    sway_s: float = 7.0
    axis_deg: Degrees | None = None
    noise_m2: float = 0.0
    pairs: tuple[tuple[str, str], ...] = ()
    name: str = "reflectors"


def cross_section_m2(edge_m: Metres, wavelength_m: Metres) -> float:
    """Of a triangular trihedral along its axis: 4 pi a^4 / (3 lambda^2) (G. T. Ruck and others,
    Radar Cross Section Handbook, 1970)."""
    return float(4.0 * math.pi * edge_m**4 / (3.0 * wavelength_m**2))


def laid_out(scene: RadarScene) -> ReflectorArray:
    """The diagram of the reflectors, as it would be handed to all."""
    xyz = reflector_places(scene)
    lat, lon, height = from_earth_fixed(xyz)
    rows = tuple(
        Reflector(r.id, float(lat[n]), float(lon[n]), float(height[n]), r.edge_m)
        for n, r in enumerate(scene.reflectors)
    )
    return ReflectorArray(scene.name, rows, scene.pairs)


def _axes(scene: RadarScene, towards_deg: Degrees) -> tuple[NDArray[np.float64], ...]:
    """Middle of the scene and unit vectors in a direction, to the side looked to, and up."""
    middle = to_earth_fixed(scene.lat, scene.lon, scene.ground_m)
    north, east, down = north_east_down(scene.lat, scene.lon)
    h = math.radians(towards_deg)
    ahead = math.cos(h) * north + math.sin(h) * east
    right = -math.sin(h) * north + math.cos(h) * east
    return middle, ahead, right if scene.about.side == RIGHT else -right, -down


def reflector_places(scene: RadarScene) -> NDArray[np.float64]:
    """Earth-fixed, (n, 3)."""
    axis = scene.heading_deg if scene.axis_deg is None else scene.axis_deg
    middle, ahead, side, up = _axes(scene, axis)
    rows = [
        middle + r.along_m * ahead + r.across_m * side + r.height_m * up for r in scene.reflectors
    ]
    return np.array(rows)


def track_of(scene: RadarScene, aperture_m: Metres) -> RadarTrack:
    """The way flown past the scene, longer by an aperture, a place for each pulse."""
    middle, ahead, side, up = _axes(scene, scene.heading_deg)
    away = scene.height_m * math.tan(math.radians(scene.look_deg))
    way = scene.length_m + aperture_m
    n = math.ceil(way / scene.speed_m_s * scene.pulses_per_s) + 1
    t = np.arange(n) / scene.pulses_per_s
    s = scene.speed_m_s * (t - 0.5 * t[-1])
    swing = 2.0 * np.pi * t / scene.sway_s
    to_side = -away + scene.sway_m * np.sin(swing)
    rise = scene.height_m + 0.5 * scene.sway_m * np.sin(1.7 * swing + 0.4)
    xyz = middle + s[:, None] * ahead + to_side[:, None] * side + rise[:, None] * up
    return RadarTrack(t, xyz)


def simulated(scene: RadarScene, aperture_m: Metres, seed: int = 0) -> PhaseHistory:
    """Phase history of the scene. ``aperture_m``: how long a synthetic aperture shall fit at
    either edge. Raises SensorError for a scene that cannot be flown so."""
    _require(scene)
    if (scene.length_m + aperture_m) / scene.speed_m_s * scene.pulses_per_s > _MOST_PULSES:
        raise SensorError(
            "the flight past the scene takes too many pulses",
            remedy="Fly a shorter scene, faster, or with fewer pulses a second.",
        )
    track = track_of(scene, aperture_m)
    slant = scene.height_m / math.cos(math.radians(scene.look_deg))
    rate = (scene.sample_mhz or 1.25 * scene.about.bandwidth_mhz) * 1e6
    band, pulse = scene.about.bandwidth_mhz * 1e6, scene.pulse_us * 1e-6
    reach = 0.5 * scene.width_m + 4.0 * scene.sway_m + 10.0
    walk = aperture_m**2 / (2.0 * slant) + reach
    first = 2.0 * (slant - reach) / LIGHT_M_S - 0.5 * pulse
    samples = math.ceil((2.0 * (reach + walk) / LIGHT_M_S + pulse) * rate) + 1
    pulses = len(track.time_s)
    if first <= 0.0 or samples * pulses > _MOST:
        raise SensorError(
            f"a phase history of {pulses} pulses and {samples} samples from {first * 1e6:.1f} us",
            remedy="Give a smaller scene, a shorter pulse, or fly higher.",
        )
    scale = slant**2
    rng = np.random.default_rng(seed)
    echoes = np.zeros((pulses, samples), dtype=np.complex64)
    if scene.noise_m2 > 0.0:
        level = math.sqrt(0.5 * scene.noise_m2)
        for part in (echoes.real, echoes.imag):
            part += level * rng.standard_normal(echoes.shape, dtype=np.float32)
    wave = scene.about.wavelength_m
    times = first + np.arange(samples) / rate
    for place, laid in zip(reflector_places(scene), scene.reflectors, strict=True):
        strength = math.sqrt(cross_section_m2(laid.edge_m, wave)) * scale
        away = np.linalg.norm(track.xyz_m - place, axis=1)
        for n in range(pulses):
            late = 2.0 * away[n] / LIGHT_M_S
            k0 = max(0, math.ceil((late - 0.5 * pulse - first) * rate))
            k1 = min(samples, math.floor((late + 0.5 * pulse - first) * rate) + 1)
            turn = 2.0 * away[n] / wave
            factor = strength / away[n] ** 2 * np.exp(-2j * np.pi * (turn - round(turn)))
            echoes[n, k0:k1] += factor * chirp(band, pulse, times[k0:k1] - late)
    return PhaseHistory(
        scene.about, echoes, track, scene.pulse_us, rate / 1e6, first * 1e6, scene.ground_m
    )


def _require(scene: RadarScene) -> None:
    wave = scene.about.wavelength_m
    if not (0.0 < scene.look_deg < 85.0 and scene.height_m > 0.0 and scene.speed_m_s > 0.0):
        raise SensorError(
            "the flight past the reflectors cannot be flown",
            remedy="Give height and speed above zero and a look angle of 1 to 85 degrees.",
        )
    if not scene.about.simulated:
        raise SensorError("a simulated scene says so", remedy="Set simulated = true.")
    if not 0.0 < wave < 10.0:
        raise SensorError(f"a wavelength of {wave:g} m", remedy="Check frequency_mhz.")
