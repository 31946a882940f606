"""The values that come out, against GDAL and Pillow, and what is masked."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from PIL import Image
from rasterio.enums import Resampling
from rasterio.warp import reproject
from rectify_scenes import CRS, EAST, NORTH, a_frame, grid_at, posts_at, smooth, turned

from overflight.errors import ImageError
from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.frame import Rectifier, rectified
from overflight.imagery.rectify.grid import MapGrid
from overflight.imagery.sources import Held
from overflight.terms.frames import Interior

pytestmark = pytest.mark.slow
"""The first of them compiles."""
GROUND = Terrain.level(100.0)
INSIDE = Interior(300, 200, 1000.0, 1000.0, 150.0, 100.0)
SCALE = 0.9996 / (1.0 + 100.0 / 6_385_000.0)
"""Of the map on the zone's middle meridian, and from 100 m down to the ellipsoid."""


METRE = Affine(SCALE, 0.0, EAST - 150.0 * SCALE, 0.0, -SCALE, NORTH + 100.0 * SCALE)


def theirs(
    picture: np.ndarray, grid: MapGrid, how: Resampling, source: Affine = METRE
) -> np.ndarray:
    """GDAL's: a nadir frame over level ground has an affine geotransform, 1 m a pixel."""
    bands = np.moveaxis(np.atleast_3d(picture), 2, 0)
    out = np.zeros((len(bands), *grid.shape), dtype=picture.dtype)
    reproject(
        bands, out, src_transform=source, src_crs=CRS, dst_transform=Affine(*grid.transform),
        dst_crs=CRS, resampling=how,
    )  # fmt: skip
    return np.moveaxis(out, 0, 2).reshape(*grid.shape, *picture.shape[2:])


@pytest.mark.parametrize("bands", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("how", ["bilinear", "cubic"])
def test_values_are_gdals(bands: int, kind: type, how: str) -> None:
    top = float(np.iinfo(kind).max)
    picture = np.round(smooth(200, 300, top, bands)).astype(kind)
    grid = grid_at(300, 200, 0.83, 3.3, -2.1)
    ours = rectified(a_frame(1100.0), picture, GROUND, grid, sampling=how)
    expected = theirs(picture, grid, Resampling[how])
    inner = np.zeros(grid.shape, dtype=bool)
    inner[5:-5, 5:-5] = True
    inner &= ours.mask == 255
    assert inner.sum() > 40_000
    off = np.abs(ours.pixels.astype(float) - expected)[inner]
    # 1/256 pixel of a place is at most 2 thousandths of the waves' range.
    assert off.max() <= 1.0 + 0.0025 * top
    assert off.mean() <= 0.5 + 0.0005 * top
    other = theirs(picture, grid, Resampling["cubic" if how == "bilinear" else "bilinear"])
    assert off.mean() < 0.5 * np.abs(other.astype(float) - expected)[inner].mean() or bands == 1


def test_a_tilted_frame_is_pillows_perspective() -> None:
    """Level ground seen by a pinhole: a homography, by the textbook's collinearity in a plane.
    (Pillow's cubic has another constant, a = -1.)"""
    angles = (12.0, -9.0, 30.0)
    picture = np.round(smooth(200, 300)).astype(np.uint8)
    axes = turned(*angles)
    east, south = axes[2, :2] / axes[2, 2] * 1000.0
    grid = grid_at(160, 140, 0.9, east, -south)
    ours = rectified(a_frame(1100.0, angles), picture, GROUND, grid, sampling="bilinear")
    # Map pixel (c, r) -> metres east and south of the camera and down -> camera axes -> pixel.
    metres = np.array(
        [
            [grid.size / SCALE, 0.0, (grid.left - EAST) / SCALE],
            [0.0, grid.size / SCALE, (NORTH - grid.top) / SCALE],
            [0.0, 0.0, 1000.0],
        ]
    )
    camera = np.array([[1000.0, 0.0, 150.0], [0.0, 1000.0, 100.0], [0.0, 0.0, 1.0]])
    homography = camera @ axes @ metres
    eight = (homography / homography[2, 2]).ravel()[:8]
    expected = np.asarray(
        Image.fromarray(picture).transform(
            (grid.columns, grid.rows), Image.Transform.PERSPECTIVE, list(eight),
            Image.Resampling.BILINEAR,
        )
    )  # fmt: skip
    inner = ours.mask == 255
    inner &= expected > 0
    assert inner.sum() > 10_000
    off = np.abs(ours.pixels.astype(int) - expected)[inner]
    assert np.percentile(off, 99) <= 2 and off.mean() < 0.6


def test_values_stay_within_their_type() -> None:
    picture = np.zeros((200, 300), dtype=np.uint16)
    picture[:, ::7] = 65_535
    grid = grid_at(200, 100, 0.7)
    out = rectified(a_frame(1100.0, (3.0, 2.0, 15.0)), picture, GROUND, grid).pixels
    assert out.dtype == np.uint16
    assert out.min() == 0 and out.max() > 60_000
    # Overshoots that ran over would be spots of the other extreme beside the lines.
    lines = rectified(a_frame(1100.0, (3.0, 2.0, 15.0)), picture // 4 + 20_000, GROUND, grid).pixels
    expected = np.clip((lines.astype(float) - 20_000.0) * 4.0, 0.0, 65_535.0)
    assert np.abs(out - expected).max() <= 8.0


@pytest.mark.parametrize("how", ["bilinear", "cubic"])
def test_a_coarse_map_averages(how: str) -> None:
    """Lines of one pixel under map pixels of five: grey, where one place alone gives stripes."""
    picture = np.zeros((200, 300), dtype=np.uint8)
    picture[:, ::2] = 200
    coarse = rectified(a_frame(1100.0), picture, GROUND, grid_at(50, 30, 5.05), sampling=how)
    inner = coarse.pixels[4:-4, 4:-4]
    assert np.abs(inner.astype(int) - 100).max() <= 5
    expected = theirs(np.round(smooth(200, 300)).astype(np.uint8), grid_at(50, 30, 5.05),
                      Resampling[how])  # fmt: skip
    ours = rectified(
        a_frame(1100.0), np.round(smooth(200, 300)).astype(np.uint8), GROUND,
        grid_at(50, 30, 5.05), sampling=how,
    )  # fmt: skip
    assert np.abs(ours.pixels.astype(int) - expected)[4:-4, 4:-4].mean() < 2.0


@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize("size", [1.0, 1.32])
@pytest.mark.parametrize("how", ["bilinear", "cubic"])
def test_averages_as_far_as_each_direction_asks(how: str, size: float, bands: int) -> None:
    """A lens with 2 columns but 1.25 rows to a metre; GDAL widens its kernels one by one too."""
    inside = Interior(600, 250, 2000.0, 1250.0, 300.0, 125.0)
    fine = np.random.default_rng(3).uniform(0.0, 60.0, (250, 600, bands))
    picture = np.round(smooth(250, 600, 190.0, bands).reshape(250, 600, bands) + fine)
    picture = picture.astype(np.uint8).reshape((250, 600, 3) if bands == 3 else (250, 600))
    grid = grid_at(200, 120, size, 0.2, -0.3)
    place = Affine(SCALE / 2, 0.0, EAST - 150.0 * SCALE, 0.0, -SCALE / 1.25, NORTH + 100.0 * SCALE)
    ours = rectified(a_frame(1100.0, interior=inside), picture, GROUND, grid, sampling=how)
    expected = theirs(picture, grid, Resampling[how], place)
    off = (ours.pixels.astype(float) - expected)[6:-6, 6:-6]
    plain = theirs(picture, grid, Resampling.nearest, place)[6:-6, 6:-6]
    assert np.abs(off).mean() < 1.5
    assert np.abs(off).mean() < 0.15 * np.abs(plain - expected[6:-6, 6:-6].astype(float)).mean()


def test_byte_order_changes_nothing() -> None:
    picture = np.round(smooth(200, 300, 60_000.0)).astype("<u2")
    grid = grid_at(100, 80, 1.1)
    one = rectified(a_frame(1100.0), picture, GROUND, grid)
    other = rectified(a_frame(1100.0), picture.astype(">u2"), GROUND, grid)
    assert np.array_equal(one.pixels, other.pixels)


def test_beyond_frame_and_terrain_nothing_is_seen() -> None:
    picture = np.full((200, 300), 9, dtype=np.uint8)
    grid = grid_at(420, 300, 1.0)
    found = rectified(a_frame(1100.0), picture, GROUND, grid)
    assert abs(int((found.mask == 255).sum()) - 300 * 200 * SCALE**2) < 600
    assert np.array_equal(found.mask == 255, found.pixels == 9)
    small = posts_at(np.full((5, 5), 100.0), 20.0)
    found = rectified(a_frame(1100.0), picture, small, grid)
    # Posts in the middle of their cells: 80 m from the first to the last.
    assert abs(int((found.mask == 255).sum()) - 81 * 81) <= 200


def test_holes_are_not_guessed() -> None:
    heights = np.full((40, 40), 100.0)
    heights[20, 17] = np.nan
    picture = np.full((200, 300), 9, dtype=np.uint8)
    found = rectified(a_frame(1100.0), picture, posts_at(heights, 10.0), grid_at(200, 150, 1.0))
    assert abs(int((found.mask == 0).sum()) - 400) <= 45
    assert not found.pixels[found.mask == 0].any()


def test_looking_up_sees_nothing() -> None:
    picture = np.zeros((200, 300), dtype=np.uint8)
    with pytest.raises(ImageError, match="sky") as raised:
        rectified(a_frame(1100.0, (180.0, 0.0, 0.0)), picture, GROUND, grid_at(50, 50, 1.0))
    assert "orientation" in raised.value.remedy
    with pytest.raises(ImageError, match="beside the terrain"):
        rectified(
            a_frame(1100.0, east=EAST + 9000.0), picture, posts_at(np.full((5, 5), 9.0), 20.0),
            grid_at(50, 50, 1.0),
        )  # fmt: skip


def test_the_horizon_in_view_bounds_what_is_seen() -> None:
    picture = np.full((200, 300), 9, dtype=np.uint8)
    found = rectified(a_frame(1100.0, (85.0, 0.0, 0.0)), picture, GROUND, grid_at(300, 300, 200.0))
    assert 0.0 < (found.mask == 255).mean() < 0.5


def test_what_a_wall_hides() -> None:
    """A camera far to the south at 45 degrees; a block 40 m high hides 40 m behind itself."""
    heights = np.full((400, 400), 0.0)
    heights[190:200, 150:250] = 40.0
    terrain = posts_at(heights, 1.0)
    away = 3000.0
    frame = a_frame(
        away, (-45.0, 0.0, 0.0), north=NORTH - away,
        interior=Interior(900, 900, 9000.0, 9000.0, 450.0, 450.0),
    )  # fmt: skip
    grid = grid_at(160, 160, 1.0)
    source = Held(np.zeros((900, 900), dtype=np.uint8))
    blind = Rectifier(frame, source, terrain, grid).block(0, 160, 0, 160)[1]
    aware = Rectifier(frame, source, terrain, grid, hidden=True).block(0, 160, 0, 160)[1]
    assert blind.all()
    hidden = ~aware.astype(bool)
    assert not hidden[:25].any() and not hidden[95:].any()
    column = hidden[:, 80]
    # 40 m of shadow to the north of the block, less the slope of one post at its edge.
    assert abs(int(column.sum()) - 40) <= 2
    assert not hidden[:, :20].any() and not hidden[:, -20:].any()


def test_the_cameras_size_must_fit() -> None:
    with pytest.raises(ImageError, match="300 x 200"):
        rectified(a_frame(1100.0), np.zeros((9, 9), np.uint8), GROUND, grid_at(9, 9, 1.0))


def test_unknown_ways_are_refused() -> None:
    picture = np.zeros((200, 300), dtype=np.uint8)
    with pytest.raises(ImageError, match="lanczos"):
        rectified(a_frame(1100.0), picture, GROUND, grid_at(9, 9, 1.0), sampling="lanczos")
    with pytest.raises(ImageError, match="coordinate system"):
        rectified(a_frame(1100.0), picture, GROUND, MapGrid("EPSG:1", 0.0, 9.0, 1.0, 9, 9))
    with pytest.raises(ImageError, match="not rectified"):
        Held(np.zeros((4, 4), dtype=np.float32))
