"""Two frames of a survey flight over South Africa (NGI 2015), by their aerotriangulated positions:
the same ground must come to the same place of the map from both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest
from rectify_scenes import turned

from overflight.geo.earth_fixed import north_east_down, to_earth_fixed
from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.footprint import ground_sample, suggested_grid
from overflight.imagery.rectify.frame import rectified
from overflight.imagery.rectify.grid import MapGrid
from overflight.imagery.sources import open_source
from overflight.terms.frames import Exterior, Floats, Interior, OrientedFrame
from shared_data import needs_shared, shared

pytestmark = pytest.mark.slow
"""The first of them compiles."""
LO25 = "+proj=tmerc +lat_0=0 +lon_0=25 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"
FOCAL = 120.0 / 92.16 * 640
NAMES = ("3324c_2015_1004_05_0182_RGB", "3324c_2015_1004_05_0184_RGB")
EDGE = 128


def from_line(line: str, undulation: float) -> OrientedFrame:
    """x, y, z and omega, phi, kappa (degrees): R = Rx(omega) Ry(phi) Rz(kappa) takes the
    photogrammetrist's camera, x right, y up, z back, to the map (Kraus, section 4.1)."""
    name, *numbers = line.split()
    x, y, z, omega, phi, kappa = (float(number) for number in numbers)
    lon, lat = pyproj.Transformer.from_crs(LO25, "EPSG:4326", always_xy=True).transform(x, y)
    convergence = np.radians(pyproj.Proj(LO25).get_factors(lon, lat).meridian_convergence)
    c, s = np.cos(convergence), np.sin(convergence)
    to_true = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    rotation = turned(omega, 0, 0) @ turned(0, phi, 0) @ turned(0, 0, kappa)
    n, e, d = north_east_down(lat, lon)
    axes = (np.array([e, n, -d]).T @ to_true @ rotation @ np.diag([1.0, -1.0, -1.0])).T
    inside = Interior(640, 1152, FOCAL, FOCAL, 320.0, 576.0)
    return OrientedFrame(name, inside, Exterior(to_earth_fixed(lat, lon, z + undulation), axes))


def offset(one: Floats, other: Floats) -> Floats:
    """By phase correlation (Kuglin and Hines 1975), a parabola through its peak; rows, columns."""
    taper = np.outer(np.hanning(EDGE), np.hanning(EDGE))
    cross = np.fft.fft2((one - one.mean()) * taper)
    cross = cross * np.fft.fft2((other - other.mean()) * taper).conj()
    waves = np.fft.fftfreq(EDGE)
    soft = np.exp(-(waves[:, None] ** 2 + waves[None, :] ** 2) / (2 * 0.15**2))
    peak = np.fft.ifft2(cross / (np.abs(cross) + 1e-9) * soft).real
    at = np.unravel_index(peak.argmax(), peak.shape)
    found = []
    for axis in (0, 1):
        a, b, c = (np.roll(peak, -d, axis)[at] for d in (-1, 0, 1))
        whole = (int(at[axis]) + EDGE // 2) % EDGE - EDGE // 2
        found.append(whole + 0.5 * (a - c) / (a - 2 * b + c))
    return np.array(found)


def offsets(frames: list[OrientedFrame], folder: Path, terrain: Terrain) -> Floats:
    bounds = np.array([suggested_grid(frame, terrain).bounds for frame in frames])
    shared_part = (*bounds[:, :2].max(axis=0), *bounds[:, 2:].min(axis=0))
    crs = suggested_grid(frames[0], terrain).crs
    grid = MapGrid.aligned(crs, shared_part, 5.0)
    pictures, seen = [], np.ones(grid.shape, dtype=bool)
    for frame in frames:
        found = rectified(frame, open_source(folder / f"{frame.name}.tif"), terrain, grid)
        seen &= (found.mask > 0) & (found.pixels[..., 1] > 0)
        pictures.append(found.pixels[..., 1].astype(float))
    return np.array(
        [
            offset(*(p[r : r + EDGE, c : c + EDGE] for p in pictures))
            for r in range(0, grid.rows - EDGE, EDGE // 2)
            for c in range(0, grid.columns - EDGE, EDGE // 2)
            if seen[r : r + EDGE, c : c + EDGE].all()
        ]
    )


@needs_shared
def test_overlapping_frames_agree() -> None:
    folder = shared("orthority_tests/ngi")
    raw = Terrain.read(folder / "dem.tif")
    assert "EGM2008" in raw.vertical
    terrain = Terrain.read(folder / "dem.tif", geoid=shared("dem/egm2008_5arcmin_itu_p1511.tif"))
    undulation = float(np.mean(terrain.posts - raw.posts))
    lines = (folder / "camera_pos_ori.txt").read_text().splitlines()
    frames = [from_line(line, undulation) for line in lines if line.split()[0] in NAMES]
    apart = offsets(frames, folder, terrain)
    assert len(apart) > 20
    lengths = np.hypot(*apart.T)
    assert np.median(lengths) < 0.15 and np.percentile(lengths, 90) < 0.5
    # Without the relief they part by pixels: 150 m of it seen from 2.6 km apart at 4.7 km.
    level = offsets(frames, folder, Terrain.level(sum(terrain.span) / 2.0))
    assert np.median(np.hypot(*level.T)) > 2.0


@needs_shared
def test_the_ground_sample_is_the_surveys() -> None:
    """About 5.6 m by the data's own description, for ground at 350 to 640 m."""
    folder = shared("orthority_tests/ngi")
    terrain = Terrain.read(folder / "dem.tif", geoid=29.0)
    line = (folder / "camera_pos_ori.txt").read_text().splitlines()[0]
    assert ground_sample(from_line(line, 29.0), terrain).median == pytest.approx(5.8, abs=0.3)
