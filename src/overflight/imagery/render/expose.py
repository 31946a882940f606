"""One simulated frame: rays to the ground, light, the camera's blur, noise, counts, the mark.

The blur is a Gaussian for lens and focus, the square of a detector element, and the way that the
aircraft goes during the exposure; it is worked out on targets, where eight by eight samples a
pixel are taken. The fields between are taken once a pixel and without blur: what is on them is
four samples long at the least, and their borders are as sharp as pixels. They are there to be
looked at and to tie frames together, not to be measured. Noise is that of photons and of reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.geo.earth_fixed import from_earth_fixed, north_east_down, to_earth_fixed
from overflight.imagery.collinear import project
from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.footprint import meets_terrain, utm_zone
from overflight.imagery.render import mark
from overflight.imagery.render.scene import Drawn, Scene, Thing, drawn
from overflight.terms.frames import Floats, OrientedFrame
from overflight.terms.track import SIMULATED

_STEP, _OVER, _RIM = 16, 8, 12
_MOST_PATCH = 40_000_000
_WAVE = 4.0


@dataclass(frozen=True, slots=True)
class Optics:
    """``blur_px``: standard deviation of lens and focus, pixels of the frame; ``motion_px``: the
    way during the exposure, along the rows. ``electrons``: of a white pixel; ``read``: standard
    deviation of reading, electrons. All of it ours, of no camera that exists."""

    blur_px: float = 0.45
    motion_px: float = 0.0
    electrons: float = 20_000.0
    read: float = 12.0
    bits: int = 8


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedFrame:
    """``pixels`` (rows, columns) with the mark burnt in; where the middle of each object of the
    scene truly is (column, row; None if the frame does not show it); where the marks stand."""

    pixels: NDArray[Any]
    truth: tuple[tuple[float, float] | None, ...]
    marked: tuple[mark.Word, ...]
    boxes: tuple[mark.Box, ...] = field(default=())


def expose(
    frame: OrientedFrame, terrain: Terrain, scene: Scene, optics: Optics, seed: int
) -> SimulatedFrame:
    """Render a frame. The same arguments give the same bytes.

    Raises ImageError for a frame that is not marked as simulated: nothing else is rendered.
    """
    from overflight.imagery.render.kernels import ground_light

    if SIMULATED not in frame.marks:
        raise ImageError(
            f"frame {frame.name} is not marked {SIMULATED}",
            remedy="Render frames of a simulated flight only.",
        )
    inside = frame.interior
    mark.layout(inside.rows, inside.columns)  # refuses what has no room for it, before the work
    crs, mesh = _mesh(frame, terrain)
    sample = _sample(mesh)
    light = np.empty((inside.rows, inside.columns), dtype=np.float32)
    ground_light(mesh, _STEP, _WAVE * sample, scene.seed, light)
    truth: list[tuple[float, float] | None] = []
    boxes: list[mark.Box] = []
    for thing in scene.things:
        shapes = drawn(thing)
        place, to_object, origin = _laid(thing, crs)
        middle = _seen_at(frame, terrain, [place])[0]
        visible = bool(np.isfinite(middle).all())
        box = _box(frame, terrain, thing, shapes) if visible else None
        truth.append(None if box is None else (float(middle[0]), float(middle[1])))
        if box is not None:
            boxes.append(box)
            _paint(light, mesh, box, to_object, origin, shapes, sample, scene.seed, optics)
    counts = _counts(light, optics, np.random.default_rng([seed, scene.seed]))
    marked = mark.burn(counts, boxes)
    return SimulatedFrame(counts, tuple(truth), marked, tuple(boxes))


def _mesh(frame: OrientedFrame, terrain: Terrain) -> tuple[str, Floats]:
    """Map coordinates at pixel corners a step apart, (r, c, 2), and the map's system."""
    import pyproj

    inside = frame.interior
    columns = np.arange(-(-inside.columns // _STEP) + 2) * float(_STEP)
    rows = np.arange(-(-inside.rows // _STEP) + 2) * float(_STEP)
    across, down = np.meshgrid(columns, rows)
    points = meets_terrain(frame, terrain, np.stack([across, down], axis=-1).reshape(-1, 2))
    known = np.isfinite(points).all(axis=1)
    if not known.any():
        raise ImageError(
            f"frame {frame.name} sees no ground", remedy="Look at its attitude and the elevations."
        )
    lat, lon, _ = from_earth_fixed(points[known])
    crs = utm_zone(float(np.median(lat)), float(np.median(lon)))
    to_map = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    found = np.full((len(points), 2), np.nan)
    found[known] = np.column_stack(to_map.transform(lon, lat))
    return crs, found.reshape(*across.shape, 2)


def _sample(mesh: Floats) -> float:
    """The median length of a pixel on the ground, metres."""
    steps = np.concatenate(
        [np.linalg.norm(np.diff(mesh, axis=axis), axis=-1).ravel() for axis in (0, 1)]
    )
    return float(np.nanmedian(steps)) / _STEP


def _laid(thing: Thing, crs: str) -> tuple[tuple[float, float], Floats, Floats]:
    """Latitude and longitude of an object's middle, and what takes map coordinates to its own."""
    import pyproj

    to_map = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    ends = _offset(thing, np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    x, y = to_map.transform([lon for _, lon in ends], [lat for lat, _ in ends])
    jacobian = np.array([[x[1] - x[0], x[2] - x[0]], [y[1] - y[0], y[2] - y[0]]])
    return (thing.lat, thing.lon), np.linalg.inv(jacobian), np.array([x[0], y[0]])


def _offset(thing: Thing, metres: Floats) -> list[tuple[float, float]]:
    """Latitude and longitude of places given to an object's right and front."""
    turn = np.radians(thing.bearing_deg)
    right, front = metres[:, 0], metres[:, 1]
    east = right * np.cos(turn) + front * np.sin(turn)
    north = -right * np.sin(turn) + front * np.cos(turn)
    axes = north_east_down(thing.lat, thing.lon)
    points = to_earth_fixed(thing.lat, thing.lon, 0.0) + np.outer(north, axes[0])
    lat, lon, _ = from_earth_fixed(points + np.outer(east, axes[1]))
    return list(zip(lat.tolist(), lon.tolist(), strict=True))


def _seen_at(
    frame: OrientedFrame, terrain: Terrain, places: Sequence[tuple[float, float]]
) -> Floats:
    """Pixels (column, row) of places on the terrain; nan outside of the frame."""
    import pyproj

    lat, lon = np.array([p[0] for p in places]), np.array([p[1] for p in places])
    to_terrain = pyproj.Transformer.from_crs("EPSG:4326", terrain.crs, always_xy=True)
    heights = terrain.heights(*to_terrain.transform(lon, lat))
    pixels = project(frame.interior, frame.exterior, to_earth_fixed(lat, lon, heights))
    size = np.array([frame.interior.columns, frame.interior.rows])
    pixels[~((pixels >= 0.0) & (pixels <= size)).all(axis=1)] = np.nan
    return pixels


def _box(frame: OrientedFrame, terrain: Terrain, thing: Thing, shapes: Drawn) -> mark.Box | None:
    """The part of the frame that an object takes up; None unless all of it is in the frame."""
    half = np.array(shapes.half)
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * half
    pixels = _seen_at(frame, terrain, _offset(thing, corners))
    if not np.isfinite(pixels).all():
        return None
    low, high = np.floor(pixels.min(axis=0)) - _RIM, np.ceil(pixels.max(axis=0)) + _RIM
    size = np.array([frame.interior.columns, frame.interior.rows])
    low, high = np.maximum(low, 0).astype(int), np.minimum(high, size).astype(int)
    return int(low[1]), int(high[1]), int(low[0]), int(high[0])


def _paint(
    light: NDArray[np.float32], mesh: Floats, box: mark.Box, to_object: Floats, origin: Floats,
    shapes: Drawn, sample: float, seed: int, optics: Optics,
) -> None:  # fmt: skip
    from overflight.imagery.render.kernels import object_light

    top, bottom, left, right = box
    if (bottom - top) * (right - left) * _OVER**2 > _MOST_PATCH:
        raise ImageError(
            f"an object fills {right - left} x {bottom - top} pixels of the frame",
            remedy="Lay out smaller targets, or fly higher.",
        )
    fine = np.empty(((bottom - top) * _OVER, (right - left) * _OVER), dtype=np.float64)
    object_light(
        mesh, _STEP, np.array([top, left]), _OVER, to_object, origin, shapes.rectangles,
        shapes.discs, _WAVE * sample, seed, fine,
    )  # fmt: skip
    blurred = _blurred(fine, optics)
    inner = blurred.reshape(bottom - top, _OVER, right - left, _OVER).mean(axis=(1, 3))
    light[top:bottom, left:right] = inner


def _blurred(fine: Floats, optics: Optics) -> Floats:
    """Gaussian and motion by the transform, edges continued; the detector's square is the mean
    over a pixel's samples."""
    edge = _RIM * _OVER
    padded = np.pad(fine, edge, mode="edge")
    fy = np.fft.fftfreq(padded.shape[0])[:, None] * _OVER
    fx = np.fft.rfftfreq(padded.shape[1])[None, :] * _OVER
    transfer = np.exp(-2.0 * (np.pi * optics.blur_px) ** 2 * (fx * fx + fy * fy))
    transfer = transfer * np.sinc(optics.motion_px * fy)
    out = np.fft.irfft2(np.fft.rfft2(padded) * transfer, s=padded.shape)
    return np.asarray(out[edge:-edge, edge:-edge])


def _counts(
    light: NDArray[np.float32], optics: Optics, random: np.random.Generator
) -> NDArray[Any]:
    kind = np.uint8 if optics.bits == 8 else np.uint16
    most = float(np.iinfo(kind).max)
    electrons = np.maximum(light, 0.0) * optics.electrons
    noise = random.standard_normal(light.shape, dtype=np.float32)
    electrons += noise * np.sqrt(electrons + optics.read**2)
    return np.clip(np.rint(electrons / optics.electrons * most), 0.0, most).astype(kind)
