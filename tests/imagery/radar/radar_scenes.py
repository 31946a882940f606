"""A radar that does not exist, flown past reflectors whose places and bands are known."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from overflight.imagery.radar.focus import FocusAsked, focus
from overflight.imagery.radar.simulate import LaidReflector, RadarScene, simulated
from overflight.sensing.impulse import HAMMING, UNIFORM
from overflight.terms.radar import PhaseHistory, RadarAbout, RadarImage

BAND_MHZ, DOPPLER_HZ, SPEED = 50.0, 33.0, 120.0
APERTURE_M = 100.0
ABOUT = RadarAbout("SAR-TEST", 9600.0, BAND_MHZ, "left", "VV", simulated=True)
LAID = (
    LaidReflector("A", 0.0, 0.0),
    LaidReflector("B", 60.0, 40.0),
    LaidReflector("C", -60.0, -45.0),
)
SCENE = RadarScene(
    ABOUT,
    lat=50.0,
    lon=10.0,
    heading_deg=30.0,
    height_m=5000.0,
    speed_m_s=SPEED,
    look_deg=55.0,
    reflectors=LAID,
    length_m=320.0,
    width_m=200.0,
    ground_m=120.0,
    sway_m=2.0,
)
ASKED = FocusAsked(DOPPLER_HZ, HAMMING, UNIFORM)


@cache
def echoes(noise_m2: float = 0.0, seed: int = 0) -> PhaseHistory:
    return simulated(replace(SCENE, noise_m2=noise_m2), APERTURE_M, seed)


@cache
def image(noise_m2: float = 0.0, seed: int = 0) -> RadarImage:
    return focus(echoes(noise_m2, seed), ASKED)
