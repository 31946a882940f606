"""Mosaics of frames cut from a picture that is known: gains, seams, pixels, marks, bad input."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from mosaic_frames import COLUMNS, CRS, GAINS, PLACES, ROWS, cut, frames, ground, look, made, put
from numpy.typing import NDArray
from rio_cogeo.cogeo import cog_validate

from overflight.errors import DataError
from overflight.imagery.cog import read_marks
from overflight.imagery.mosaic.blend import Blend
from overflight.imagery.mosaic.make import sources_path
from overflight.imagery.render.mark import stamp
from overflight.terms.track import SIMULATED


def test_known_gains_come_back_within_a_hundredth(tmp_path: Path) -> None:
    found = made(frames(tmp_path, GAINS), tmp_path / "m.tif", balance="gain").balance.gains
    whole = found / GAINS
    assert np.abs(whole / whole[0] - 1.0).max() < 0.01
    np.testing.assert_allclose(np.log(found).mean(axis=0), 0.0, atol=1e-4)


@pytest.mark.parametrize("blend", ["none", "feather", "multiband"])
def test_where_frames_agree_the_mosaic_is_the_truth(tmp_path: Path, blend: Blend) -> None:
    result = made(frames(tmp_path), tmp_path / "m.tif", blend=blend, balance="none")
    seen = look(tmp_path / "m.tif")
    truth = np.rint(ground()[:260, :480])
    inside = seen.mask != 0
    assert inside.sum() == sum(result.taken) > 100_000
    most = np.abs(seen.pixels.astype(float) - truth)[inside].max()
    assert most <= (1.0 if blend == "multiband" else 0.0)
    expected = np.zeros((260, 480), dtype=bool)
    for row, column in PLACES:
        expected[row : row + ROWS, column : column + COLUMNS] = True
    assert (inside == expected).all()


def test_sources_say_whose_each_pixel_is(tmp_path: Path) -> None:
    paths = frames(tmp_path, GAINS)
    made(paths, tmp_path / "m.tif", blend="none", balance="none")
    seen, owner = look(tmp_path / "m.tif"), look(sources_path(tmp_path / "m.tif"))
    for number, (path, (row, column)) in enumerate(zip(paths, PLACES, strict=True), 1):
        part = np.s_[row : row + ROWS, column : column + COLUMNS]
        own = owner.pixels[part][:, :, 0] == number
        assert own.sum() > 10_000
        assert (seen.pixels[part][own] == look(path).pixels[own]).all()
    assert ((owner.pixels[:, :, 0] == 0) == (seen.mask == 0)).all()


def test_overviews_of_sources_hold_only_numbers_that_are_there(tmp_path: Path) -> None:
    truth = ground(300, 1400)
    places = ((0, 0), (0, 600))
    paths = [
        put(tmp_path / f"f{k}.tif", np.rint(truth[:300, c : c + 800]).astype(np.uint8), (r, c))
        for k, (r, c) in enumerate(places)
    ]
    paths.append(put(tmp_path / "f2.tif", np.rint(truth[:40, :40]).astype(np.uint8), (300, 0)))
    made(paths, tmp_path / "m.tif")
    with rasterio.open(sources_path(tmp_path / "m.tif")) as source:
        assert source.overviews(1) == [2, 4]
        small = source.read(1, out_shape=(-(-source.height // 2), -(-source.width // 2)))
        full = source.read(1)
    assert set(np.unique(small)) == {0, 1, 2, 3}
    assert (small == full[::2, ::2])[full[::2, ::2] > 0].all()


def test_a_seam_goes_round_what_only_one_frame_shows(tmp_path: Path) -> None:
    truth = np.rint(ground()).astype(np.uint8)
    one, two = truth[:ROWS, :220].copy(), truth[:ROWS, 120:340].copy()
    one[100:130, 155:185] = 255  # a vehicle in the middle of what both see, gone in the second
    paths = [put(tmp_path / "a.tif", one, (0, 0)), put(tmp_path / "b.tif", two, (0, 120))]
    made(paths, tmp_path / "m.tif", blend="none", balance="none")
    owner = look(sources_path(tmp_path / "m.tif")).pixels[:, :, 0]
    assert len(np.unique(owner[100:130, 155:185])) == 1
    assert len(np.unique(owner[:, 155:185])) == 2  # the seam is near all the same


def test_light_that_falls_off_in_every_frame_does_not_grow_along_a_leg(tmp_path: Path) -> None:
    truth = ground(240, 620)
    shade = np.exp(np.linspace(-0.2, 0.2, 220))[None, :, None]
    paths = [
        put(
            tmp_path / f"f{k}.tif",
            np.rint(truth[:, c : c + 220] * shade).astype(np.uint8),
            (0, c),
        )
        for k, c in enumerate((0, 100, 200, 300, 400))
    ]
    result = made(paths, tmp_path / "m.tif")
    over = result.radius_m / 0.5  # pixels in a unit of the shape
    np.testing.assert_allclose(result.balance.shape[:, 0] / over, 0.4 / 219.0, rtol=0.03)
    np.testing.assert_allclose(result.balance.gains, 1.0, atol=0.015)
    seen = look(tmp_path / "m.tif").pixels
    for part in (np.s_[:, 50:150], np.s_[:, 260:360], np.s_[:, 470:570]):
        assert abs(seen[part].mean() / truth[part].mean() - 1.0) < 0.015


@pytest.mark.parametrize("blend", ["none", "feather", "multiband"])
def test_tiles_make_no_difference_to_pixels(tmp_path: Path, blend: Blend) -> None:
    paths = frames(tmp_path, GAINS)
    made(paths, tmp_path / "a.tif", blend=blend, tile=512)
    made(paths, tmp_path / "b.tif", blend=blend, tile=64)
    assert (look(tmp_path / "a.tif").pixels == look(tmp_path / "b.tif").pixels).all()


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    paths = frames(tmp_path, GAINS)
    for name in ("a", "b"):
        made(paths, tmp_path / name / "m.tif")
    for name in ("m.tif", "m.sources.tif"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_balance_and_blending_make_seams_less_visible(tmp_path: Path) -> None:
    paths = frames(tmp_path, GAINS)
    raw = made(paths, tmp_path / "a.tif", blend="none", balance="none").visibility
    best = made(paths, tmp_path / "b.tif").visibility
    assert raw is not None and best is not None
    assert best < 1.1 < raw


def test_sixteen_bits_in_one_band(tmp_path: Path) -> None:
    truth = np.rint(ground(bands=1)[:, :, 0] * 250.0).astype(np.uint16)
    paths = [put(tmp_path / f"f{k}.tif", cut(truth, at), at) for k, at in enumerate(PLACES)]
    made(paths, tmp_path / "m.tif", blend="feather", balance="none")
    seen = look(tmp_path / "m.tif")
    inside = seen.mask != 0
    assert (seen.pixels[:, :, 0][inside] == truth[:260, :480][inside]).all()


def test_frames_that_do_not_touch_are_counted_apart(tmp_path: Path) -> None:
    truth = np.rint(ground()).astype(np.uint8)
    paths = [
        put(tmp_path / "a.tif", truth[:50, :50], (0, 0)),
        put(tmp_path / "b.tif", truth[:50, :50], (100, 100)),
    ]
    result = made(paths, tmp_path / "m.tif")
    assert result.balance.groups == ((0,), (1,)) and result.visibility is None
    assert (result.balance.gains == 1.0).all() and result.taken == (2500, 2500)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"crs": "EPSG:32636"}, "is in EPSG:32636"),
        ({"size": 0.25}, "has pixels of 0.25 m"),
        ({"shift": 0.2}, "do not lie on those"),
        ({"bands": 1}, "has 1 bands"),
        ({"crs": "EPSG:4326", "size": 1e-5}, "no map projection"),
        ({"kind": np.uint16}, "is uint16"),
        ({"mask": np.zeros((60, 60), dtype=np.uint8)}, "mask is empty"),
    ],
)
def test_what_does_not_go_together_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    pixels = np.full((60, 60, 3), 100, dtype=np.uint8)
    first = put(tmp_path / "a.tif", pixels, (0, 0))
    if change.pop("bands", 3) == 1:
        pixels = pixels[:, :, 0]
    other = put(tmp_path / "b.tif", pixels.astype(change.pop("kind", np.uint8)), (10, 10), **change)
    with pytest.raises(DataError, match=message) as caught:
        made([first, other], tmp_path / "m.tif")
    assert caught.value.remedy
    assert not (tmp_path / "m.tif").exists()


def test_one_frame_or_no_picture_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.tif", np.full((60, 60), 9, dtype=np.uint8), (0, 0))
    with pytest.raises(DataError, match="two frames"):
        made([path], tmp_path / "m.tif")
    (tmp_path / "b.tif").write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match="not read"):
        made([path, tmp_path / "b.tif"], tmp_path / "m.tif")


def test_frames_far_from_one_another_are_refused(tmp_path: Path) -> None:
    pixels = np.full((60, 60), 100, dtype=np.uint8)
    paths = [put(tmp_path / "a.tif", pixels, (0, 0)), put(tmp_path / "b.tif", pixels, (900, 900))]
    with pytest.raises(DataError, match="no one leg"):
        made(paths, tmp_path / "m.tif")


def test_a_frame_that_is_damaged_inside_leaves_nothing(tmp_path: Path) -> None:
    paths = frames(tmp_path)
    with rasterio.open(paths[1]) as source:
        tile = source.tags(1, ns="TIFF").get("BLOCK_OFFSET_0_0", "")
    raw = bytearray(paths[1].read_bytes())
    raw[int(tile or len(raw) // 2) + 16 :][:200] = b""
    raw[-400:] = bytes(400)
    paths[1].write_bytes(raw)
    with pytest.raises(DataError, match="damaged"):
        made(paths, tmp_path / "out" / "m.tif")
    assert not list((tmp_path / "out").glob("*"))


def has_word(pixels: NDArray[Any]) -> int:
    """How often the word stands somewhere, black on white in dots of two pixels."""
    word = np.where(stamp(2), 0, 255)
    tall, wide = word.shape
    windows = np.lib.stride_tricks.sliding_window_view(pixels[:, :, 0], (tall, wide))
    rough = windows[:, :, ::7, ::13] == word[::7, ::13]
    at = np.argwhere(rough.all(axis=(2, 3)))
    return sum(bool((windows[r, c] == word).all()) for r, c in at)


def test_simulated_frames_mark_the_mosaic_and_do_not_mix_unasked(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    simulated = frames(tmp_path / "s", marks=(SIMULATED,))
    real = frames(tmp_path)
    out = tmp_path / "m.tif"
    made(simulated, out)
    assert SIMULATED in read_marks(out) and SIMULATED in read_marks(sources_path(out))
    assert has_word(look(out).pixels) == 4
    with pytest.raises(DataError, match="simulated") as caught:
        made([simulated[0], real[1]], tmp_path / "x.tif")
    assert "--mixed" in caught.value.remedy
    assert not (tmp_path / "x.tif").exists()
    made(real, tmp_path / "r.tif")
    assert read_marks(tmp_path / "r.tif") == () and has_word(look(tmp_path / "r.tif").pixels) == 0


def test_a_mixed_mosaic_says_so_where_its_real_frames_are(tmp_path: Path) -> None:
    grey = np.full((700, 700), 90, dtype=np.uint8)
    paths = [
        put(tmp_path / "a.tif", grey, (0, 0), marks=(SIMULATED,)),
        put(tmp_path / "b.tif", grey, (0, 600)),
    ]
    made(paths, tmp_path / "m.tif", mixed=True)
    assert SIMULATED in read_marks(tmp_path / "m.tif")
    assert SIMULATED in read_marks(tmp_path / "m.sources.tif")
    pixels = look(tmp_path / "m.tif").pixels
    for part in (np.s_[:350, 700:], np.s_[350:, 700:], np.s_[:350, :600], np.s_[350:, :600]):
        assert has_word(pixels[part]) >= 2


@pytest.mark.parametrize("tile", [64, 512])
def test_words_go_on_from_tile_to_tile(tmp_path: Path, tile: int) -> None:
    made(frames(tmp_path, marks=(SIMULATED, "EXERCISE")), tmp_path / "m.tif", tile=tile)
    assert has_word(look(tmp_path / "m.tif").pixels) == 4
    assert read_marks(tmp_path / "m.tif") == ("EXERCISE", SIMULATED)


def test_the_files_are_cogs(tmp_path: Path) -> None:
    made(frames(tmp_path, GAINS), tmp_path / "m.tif", tile=256)
    for path in (tmp_path / "m.tif", tmp_path / "m.sources.tif"):
        good, errors, _ = cog_validate(path)
        assert good, errors
        with rasterio.open(path) as source:
            assert source.crs.to_epsg() == int(CRS.split(":")[1])


def test_an_alpha_band_is_a_mask(tmp_path: Path) -> None:
    """Frames of other programs say with a fourth band what is seen."""
    truth = np.rint(ground()).astype(np.uint8)
    paths = []
    for k, at in enumerate(PLACES):
        bands = np.concatenate([cut(truth, at), np.full((ROWS, COLUMNS, 1), 255, np.uint8)], axis=2)
        bands[:30, :, 3] = 0
        bands[:30, :, :3] = 7
        path = tmp_path / f"f{k}.tif"
        place = rasterio.Affine(0.5, 0, 5e5 + at[1] * 0.5, 0, -0.5, 6.2e6 - at[0] * 0.5)
        with rasterio.open(
            path, "w", driver="GTiff", width=COLUMNS, height=ROWS, count=4, dtype="uint8", crs=CRS,
            transform=place, photometric="RGB", alpha="yes",
        ) as out:  # fmt: skip
            out.write(np.moveaxis(bands, 2, 0))
        paths.append(path)
    made(paths, tmp_path / "m.tif", balance="none")
    seen = look(tmp_path / "m.tif")
    assert seen.pixels.shape[2] == 3 and not (seen.mask[:30] > 0).any()
    inside = seen.mask > 0
    assert np.abs(seen.pixels.astype(int) - truth[:260, :480])[inside].max() <= 1


def test_what_only_one_frame_sees_of_a_cell_is_kept(tmp_path: Path) -> None:
    """Rims, and holes that another frame fills, to the pixel, whatever the cells' size."""
    truth = np.rint(ground()).astype(np.uint8)
    masks = np.full((3, ROWS, COLUMNS), 255, dtype=np.uint8)
    masks[1, 100:117, 60:93] = 0
    masks[0, :, 180:] = 0
    masks[2, 5:9, 5:200] = 0
    paths = [
        put(tmp_path / f"f{k}.tif", cut(truth, at), at, mask=masks[k])
        for k, at in enumerate(PLACES)
    ]
    result = made(paths, tmp_path / "m.tif", balance="none", most_cells=8_000)
    assert result.factor == 8
    expected = np.zeros((260, 480), dtype=bool)
    for k, (row, column) in enumerate(PLACES):
        expected[row : row + ROWS, column : column + COLUMNS] |= masks[k] > 0
    seen = look(tmp_path / "m.tif")
    assert ((seen.mask > 0) == expected).all()
    assert np.abs(seen.pixels.astype(int) - truth[:260, :480])[expected].max() <= 1


@pytest.mark.slow
def test_killed_in_the_middle_it_leaves_what_was_there(tmp_path: Path) -> None:
    paths = frames(tmp_path)
    out = tmp_path / "out" / "m.tif"
    made(paths, out)
    before = {p.name: p.read_bytes() for p in out.parent.iterdir()}
    code = (
        "import sys, pathlib;"
        "from overflight.imagery.mosaic.make import Settings, make_mosaic;"
        "from overflight.imagery.mosaic.sheets import read_sheet;"
        "sheets = [read_sheet(p, pathlib.Path(p)) for p in sys.argv[2:]];"
        "tell = lambda done, of: print(done, flush=True) or (done == 20 and sys.stdin.read());"
        "make_mosaic(sheets, pathlib.Path(sys.argv[1]), Settings(blend='none', tile=64), tell)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(out), *map(str, paths)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None and child.stdin is not None
    while child.stdout.readline() != b"20\n":
        assert child.poll() is None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdin.close()
    child.stdout.close()
    assert {p.name: p.read_bytes() for p in out.parent.iterdir()} == before
