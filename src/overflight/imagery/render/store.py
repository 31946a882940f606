"""Simulated frames as files, with the mark in their tags, and the truth about them."""

from __future__ import annotations

import io
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.geo.earth_fixed import from_earth_fixed
from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.footprint import meets_terrain
from overflight.imagery.render.expose import SimulatedFrame
from overflight.imagery.render.scene import BarsOnGround, DiscOnGround, Scene
from overflight.terms.frames import OrientedFrame
from overflight.terms.track import SIMULATED
from overflight.units import Metres
from overflight.version import VERSION

_DESCRIPTION, _SOFTWARE = 270, 305
_DISC_SAMPLES = 12.0
_AWAY = 0.3


def frame_bytes(frame: OrientedFrame, pixels: NDArray[Any]) -> bytes:
    """An uncompressed TIFF whose description begins with the mark."""
    from PIL import Image
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    tags = ImageFileDirectory_v2()
    tags[_DESCRIPTION] = f"{SIMULATED} frame {frame.name}"
    tags[_SOFTWARE] = f"overflight {VERSION}"
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="TIFF", tiffinfo=tags)
    return out.getvalue()


def truth_of(frame: OrientedFrame, made: SimulatedFrame, name: str) -> dict[str, Any]:
    """Where the camera truly was, and where the frame truly shows each object of the scene."""
    lat, lon, height = (float(value) for value in from_earth_fixed(frame.exterior.eye))
    return {
        "file": name,
        "marks": list(frame.marks),
        "lat": lat,
        "lon": lon,
        "height_m": height,
        "axes": frame.exterior.axes.tolist(),
        "objects": [None if place is None else list(place) for place in made.truth],
    }


def scene_to_list(scene: Scene) -> list[dict[str, Any]]:
    """The objects of a scene, in the order in which a frame's truth tells their places."""
    return [
        {"kind": "disc" if isinstance(thing, DiscOnGround) else "bars", **asdict(thing)}
        for thing in scene.things
    ]


def with_target(scene: Scene, frame: OrientedFrame, terrain: Terrain, middle_m: Metres) -> Scene:
    """The scene with a bar target under the middle of a frame, along its rows, its widths from
    twice ``middle_m`` to half of it; and four discs around. Raises DataError for a length that
    is none."""
    if not 0.001 <= middle_m <= 100.0:
        raise DataError(f"bars of {middle_m:g} m", remedy="Give metres, as 0.3.")
    inside = frame.interior
    half = np.array([inside.columns, inside.rows]) / 2.0
    offsets = np.array([[0.0, 0.0], [0.0, -8.0], [-1, -1], [1, -1], [1, 1], [-1, 1]])
    pixels = half + np.where(np.abs(offsets) == 1.0, offsets * half * 2.0 * _AWAY, offsets)
    points = meets_terrain(frame, terrain, pixels)
    if not np.isfinite(points).all():
        raise DataError("the frame sees no ground there", remedy="Lay the target with --scene.")
    lat, lon, _ = from_earth_fixed(points)
    sample = float(np.linalg.norm(points[1] - points[0])) / 8.0
    north = (lat[1] - lat[0]) * np.radians(1.0)
    east = (lon[1] - lon[0]) * np.radians(1.0) * np.cos(np.radians(lat[0]))
    bearing = float(np.degrees(np.arctan2(east, north))) % 360.0
    bars = BarsOnGround(float(lat[0]), float(lon[0]), bearing, 2.0 * middle_m)
    discs = [
        DiscOnGround(float(lat[k]), float(lon[k]), _DISC_SAMPLES * sample, bearing)
        for k in range(2, 6)
    ]
    return replace(scene, things=(*scene.things, bars, *discs))
