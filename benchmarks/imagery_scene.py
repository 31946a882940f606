"""What benchmarks/imagery.py works on: a frame, its camera, its RPC, rough terrain, a map grid.

The camera is a pinhole with a little distortion, tilted and turned; the terrain has hundreds of
metres of relief on posts of 30 m, so that its surface bends at every cell's border. The RPC that
the peer needs is fitted to the same camera by least squares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from overflight.geo.earth_fixed import (
    from_earth_fixed,
    meets_ground,
    north_east_down,
    to_earth_fixed,
)
from overflight.imagery.collinear import project, rays
from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.grid import MapGrid
from overflight.terms.frames import Exterior, Interior, OrientedFrame

CRS = "EPSG:32633"
CENTRE = (500_000.0, 5_500_000.0)
SIZE = 0.3
POSTS = 30.0
NOISE = 0.0
LOW, HIGH = 200.0, 700.0


@dataclass(frozen=True)
class Scene:
    frame: OrientedFrame
    terrain: Terrain
    grid: MapGrid


def scene(megapixels: float, seed: int = 7, posts: float = POSTS, noise: float = NOISE) -> Scene:
    """A square frame of that many pixels, and a map grid of as many centred below it; posts of the
    terrain so many metres apart, each with so much noise of its own."""
    import pyproj

    rng = np.random.default_rng(seed)
    edge = max(64, round(math.sqrt(megapixels * 1e6)))
    x, y = CENTRE
    half = edge * SIZE / 2.0
    grid = MapGrid(CRS, x - half, y + half, SIZE, edge, edge)
    count = 2 * math.ceil((half * 1.3 + 300.0) / posts)
    away = count / 2 * posts
    terrain = Terrain(
        _rough(rng, count, noise), CRS, (posts, 0.0, x - away, 0.0, -posts, y + away), "made"
    )
    lon, lat = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    focal = 12_000.0
    middle = float(terrain.heights(x, y))
    eye = to_earth_fixed(lat, lon, middle + focal * SIZE)
    north, east, down = north_east_down(lat, lon)
    axes = _turned(0.02, -0.03, 0.1) @ np.array([east, -north, down])
    inside = Interior(
        edge, edge, focal, focal, edge / 2 + 6.2, edge / 2 - 4.7, -4e-3, 1e-3, 0.0, 2e-5, -1e-5
    )
    return Scene(OrientedFrame("benchmark", inside, Exterior(eye, axes)), terrain, grid)


def _rough(rng: np.random.Generator, count: int, noise: float) -> np.ndarray:
    waves = np.fft.fftfreq(count, 1.0 / count)
    power = np.hypot(*np.meshgrid(waves, waves))
    power[0, 0] = np.inf
    hills = np.fft.ifft2(np.fft.fft2(rng.normal(size=(count, count))) / power**1.6).real
    hills = (hills - hills.min()) / np.ptp(hills) * (HIGH - LOW) + LOW
    return (hills + rng.normal(0.0, noise, hills.shape)).astype(np.float32)


def _turned(roll: float, pitch: float, yaw: float) -> np.ndarray:
    (sr, sp, sy), (cr, cp, cy) = np.sin([roll, pitch, yaw]), np.cos([roll, pitch, yaw])
    return (
        np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
        @ np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
        @ np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    )


def write_terrain(made: Scene, path: Path) -> None:
    import rasterio

    rows, columns = made.terrain.posts.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype="float32",
        crs=CRS, transform=rasterio.Affine(*made.terrain.transform), tiled=True,
    ) as file:  # fmt: skip
        file.write(made.terrain.posts, 1)


def write_frame(made: Scene, path: Path, bands: int, rpc: Any, seed: int = 3) -> None:
    """An uncompressed TIFF in tiles of 512, written by parts; noise over a coarse pattern."""
    import rasterio
    from rasterio.windows import Window

    rng = np.random.default_rng(seed)
    inside = made.frame.interior
    base = rng.integers(0, 192, (bands, 64, 64)).repeat(8, 1).repeat(8, 2)
    texture = (base + rng.integers(0, 64, (bands, 512, 512))).astype(np.uint8)
    with rasterio.open(
        path, "w", driver="GTiff", width=inside.columns, height=inside.rows, count=bands,
        dtype="uint8", tiled=True, blockxsize=512, blockysize=512, interleave="pixel", rpcs=rpc,
        photometric="rgb" if bands == 3 else "minisblack", BIGTIFF="IF_SAFER",
    ) as file:  # fmt: skip
        for row in range(0, inside.rows, 512):
            tall = min(512, inside.rows - row)
            strip = np.tile(texture, (1, 1, inside.columns // 512 + 1))
            strip = strip[:, :tall, : inside.columns]
            file.write(strip, window=Window(0, row, inside.columns, tall))


def write_ramp(made: Scene, path: Path, rpc: Any) -> None:
    """A frame of two bands that hold their own column and row, as ``Interior`` counts them."""
    import rasterio
    from rasterio.windows import Window

    inside = made.frame.interior
    with rasterio.open(
        path, "w", driver="GTiff", width=inside.columns, height=inside.rows, count=2,
        dtype="float32", tiled=True, blockxsize=512, blockysize=512, interleave="pixel", rpcs=rpc,
        BIGTIFF="IF_SAFER",
    ) as file:  # fmt: skip
        for row in range(0, inside.rows, 512):
            rows, columns = np.indices((min(512, inside.rows - row), inside.columns))
            both = np.stack([columns + 0.5, rows + row + 0.5]).astype(np.float32)
            file.write(both, window=Window(0, row, inside.columns, both.shape[1]))


def _terms(p: np.ndarray, l: np.ndarray, h: np.ndarray) -> np.ndarray:  # noqa: E741
    """The twenty monomials of RPC00B, in its order; P latitude, L longitude, H height."""
    return np.stack(
        [
            np.ones_like(p), l, p, h, l * p, l * h, p * h, l * l, p * p, h * h, p * l * h, l**3,
            l * p * p, l * h * h, l * l * p, p**3, p * h * h, l * l * h, p * p * h, h**3,
        ],
        axis=-1,
    )  # fmt: skip


def _points(made: Scene, count: int, heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Latitude, longitude, height (n, 3), and the exact pixels of their places (n, 2)."""
    inside, outside = made.frame.interior, made.frame.exterior
    edge = np.linspace(-0.02, 1.02, count)
    columns, rows = np.meshgrid(edge * inside.columns, edge * inside.rows)
    directions = rays(inside, outside, np.column_stack([columns.ravel(), rows.ravel()]))
    found = np.concatenate([meets_ground(outside.eye, directions, h) for h in heights])
    lat, lon, height = from_earth_fixed(found)
    return np.column_stack([lat, lon, height]), project(inside, outside, found)


def fitted_rpc(made: Scene) -> tuple[Any, float]:
    """The RPC and its largest error in pixels at points that were not fitted."""
    from rasterio.rpc import RPC

    low, high = made.terrain.span
    ground, pixels = _points(made, 25, np.linspace(low - 20.0, high + 20.0, 9))
    offset = (ground.min(axis=0) + ground.max(axis=0)) / 2.0
    scale = np.ptp(ground, axis=0) / 2.0
    image = np.array([made.frame.interior.columns, made.frame.interior.rows]) / 2.0
    terms = _terms(*((ground - offset) / scale).T)
    coefficients = []
    for k in (0, 1):
        # RPC00B counts from the centre of the first pixel.
        value = (pixels[:, k] - 0.5 - image[k]) / image[k]
        weight = np.ones_like(value)
        for _ in range(6):
            rows = np.column_stack([terms, -value[:, None] * terms[:, 1:]]) * weight[:, None]
            ridge = 1e-9 * np.eye(39)
            both = np.linalg.lstsq(
                np.vstack([rows, ridge]), np.append(value * weight, np.zeros(39)), rcond=None
            )[0]
            below = np.append(1.0, both[20:])
            weight = 1.0 / (terms @ below)
        coefficients.append((both[:20], below))
    checks, wanted = _points(made, 38, np.linspace(low, high, 7))
    terms = _terms(*((checks - offset) / scale).T)
    worst = max(
        float(np.abs((terms @ above) / (terms @ below) * image[k] + image[k] + 0.5
                     - wanted[:, k]).max())
        for k, (above, below) in enumerate(coefficients)
    )  # fmt: skip
    (samp_num, samp_den), (line_num, line_den) = coefficients
    rpc = RPC(
        height_off=offset[2], height_scale=scale[2], lat_off=offset[0], lat_scale=scale[0],
        long_off=offset[1], long_scale=scale[1], line_off=image[1], line_scale=image[1],
        samp_off=image[0], samp_scale=image[0], line_num_coeff=list(line_num),
        line_den_coeff=list(line_den), samp_num_coeff=list(samp_num),
        samp_den_coeff=list(samp_den),
    )  # fmt: skip
    return rpc, worst
