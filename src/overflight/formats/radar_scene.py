"""A flight past corner reflectors to be simulated, from TOML.

[radar]                      # sensor, frequency_mhz, bandwidth_mhz, side, polarisation, flight
pulse_us = 5
pulses_per_s = 200
sample_mhz = 62.5            # 1.25 times the band unless given

[flight]
heading_deg = 30
height_m = 5000              # above the ground
speed_km_h = 432
look_deg = 55                # from the vertical, to the middle of the scene
sway_m = 2                   # the track swings so far, once in sway_s
sway_s = 7

[scene]
name = "..."
lat = 50
lon = 10
ground_m = 120
length_m = 300               # along the flight, and across it
width_m = 300
noise_m2 = 1000              # cross section whose echo is as strong as a sample's noise
doppler_hz = 40              # band that shall fit into the track
pairs = [["P", "Q"]]

[[reflector]]
id = "P"
along_m = -2.5
across_m = 0
height_m = 0
edge_m = 1
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.radar_files import ABOUT, about_from, checked, pairs_from, read_toml
from overflight.terms.radar import RadarAbout

_RADAR = {
    **ABOUT,
    "pulse_us": ("positive", False),
    "pulses_per_s": ("positive", False),
    "sample_mhz": ("positive", False),
}
_FLIGHT = {
    "heading_deg": ("number", True),
    "height_m": ("positive", True),
    "speed_km_h": ("positive", True),
    "look_deg": ("positive", True),
    "sway_m": ("number", False),
    "sway_s": ("positive", False),
}
_SCENE = {
    "name": ("text", False),
    "lat": ("number", True),
    "lon": ("number", True),
    "ground_m": ("number", False),
    "length_m": ("positive", False),
    "width_m": ("positive", False),
    "noise_m2": ("number", False),
    "doppler_hz": ("positive", True),
    "axis_deg": ("number", False),
}
_LAID = {
    "id": ("text", True),
    "along_m": ("number", True),
    "across_m": ("number", True),
    "height_m": ("number", False),
    "edge_m": ("positive", False),
}


@dataclass(frozen=True, slots=True)
class SceneFile:
    """The tables of the file, checked; ``about`` says simulated whatever the file said."""

    about: RadarAbout
    radar: dict[str, Any]
    flight: dict[str, Any]
    scene: dict[str, Any]
    reflectors: tuple[dict[str, Any], ...]
    pairs: tuple[tuple[str, str], ...]


def read_scene(source: str | Path | bytes) -> SceneFile:
    """The scene. Raises DataError, with file and key."""
    document, label = read_toml(source)
    for key in document:
        if key not in ("radar", "flight", "scene", "reflector"):
            raise DataError(
                f"there is no table {key!r}",
                file=label,
                remedy="Give radar, flight, scene and reflector.",
            )
    radar = checked(document.get("radar"), _RADAR, label, "radar")
    flight = checked(document.get("flight"), _FLIGHT, label, "flight")
    scene = dict(document.get("scene") or {})
    named = scene.pop("pairs", [])
    scene = checked(scene, _SCENE, label, "scene")
    rows = document.get("reflector", [])
    if not isinstance(rows, list) or not 0 < len(rows) <= 1000:
        raise DataError("no reflectors", file=label, remedy="Write [[reflector]] for each.")
    laid = tuple(checked(row, _LAID, label, f"reflector[{n}]") for n, row in enumerate(rows, 1))
    pairs = pairs_from(named, [row["id"] for row in laid], label, "scene.pairs")
    about = replace(about_from(radar, label), simulated=True)
    own = {key: value for key, value in radar.items() if key not in ABOUT}
    return SceneFile(about, own, flight, scene, laid, pairs)
