"""SIMULATED in the pixels: read letter by letter by a reader that is not ours (word_read)."""

from __future__ import annotations

import io
from itertools import product

import numpy as np
import pytest
from PIL import Image
from word_read import WORD, read, shrunk

from overflight.errors import ImageError
from overflight.imagery.render import mark
from overflight.imagery.render.marked import borne, said_again
from overflight.imagery.sources import Held

SIZES = [
    (160, 240), (300, 400), (480, 640), (1200, 1600), (1600, 1200),
    pytest.param(3000, 4000, marks=pytest.mark.slow),
]  # fmt: skip
"""rows, columns"""


def ground(rows: int, columns: int, seed: int = 1, kind: type = np.uint8) -> np.ndarray:
    """Coarse and fine texture with all the contrast there is."""
    random = np.random.default_rng(seed)
    most = np.iinfo(kind).max
    coarse = np.kron(
        random.uniform(0.0, 1.0, (rows // 16 + 1, columns // 16 + 1)), np.ones((16, 16))
    )[:rows, :columns]
    return ((0.6 * coarse + 0.4 * random.random((rows, columns))) * most).astype(kind)


def quarters(picture: np.ndarray) -> list[np.ndarray]:
    rows, columns = (size // 2 for size in picture.shape[:2])
    return [picture[i * rows : (i + 1) * rows, j * columns : (j + 1) * columns]
            for i, j in product((0, 1), (0, 1))]  # fmt: skip


def spelled(picture: np.ndarray, *dots: float) -> bool:
    return any(read(picture, dot) == WORD for dot in dots)


def test_the_reader_reads_nothing_where_nothing_is_written() -> None:
    assert not spelled(ground(300, 400), 1.0, 2.0, 3.0)


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_every_quarter_says_it(rows: int, columns: int) -> None:
    picture = ground(rows, columns)
    words = mark.burn(picture)
    large = max(word.dot for word in words)
    for quarter in quarters(picture):
        assert read(quarter, large) == WORD


@pytest.mark.parametrize(("rows", "columns"), SIZES[2:4])
def test_every_cut_of_half_by_half_says_it_wherever_it_is(rows: int, columns: int) -> None:
    picture = ground(rows, columns)
    words = mark.burn(picture)
    random = np.random.default_rng(2)
    for _ in range(6):
        top, left = random.integers(0, rows // 2), random.integers(0, columns // 2)
        cut = picture[top : top + rows // 2, left : left + columns // 2]
        assert spelled(cut, *{float(word.dot) for word in words})


@pytest.mark.parametrize(("rows", "columns"), SIZES[3:])
def test_every_quarter_of_an_overview_says_it_down_to_256_pixels(rows: int, columns: int) -> None:
    picture = ground(rows, columns)
    large = max(word.dot for word in mark.burn(picture))
    factor = 2
    while max(rows, columns) / factor >= 256:
        for quarter in quarters(shrunk(picture, factor)):
            assert read(quarter, large / factor) == WORD, factor
        factor *= 2
    assert factor >= 8


def test_sixteen_bits_colours_and_a_jpeg_say_it() -> None:
    deep = ground(480, 640, kind=np.uint16)
    dot = mark.burn(deep)[0].dot
    assert spelled(deep / 257.0, dot)
    colours = np.stack([ground(480, 640, seed) for seed in (1, 2, 3)], axis=-1)
    mark.burn(colours)
    out = io.BytesIO()
    Image.fromarray(colours).save(out, format="JPEG", quality=30)
    again = np.asarray(Image.open(out))
    for quarter in quarters(again.mean(axis=2)):
        assert spelled(quarter, dot)


def test_the_words_keep_off_what_is_measured() -> None:
    rows, columns = 1200, 1600
    keep = [(500, 700, 700, 900), (250, 350, 350, 450), (100, 160, 1100, 1300)]
    picture = np.full((rows, columns), 100, np.uint8)
    mark.burn(picture, keep)
    for top, bottom, left, right in keep:
        assert (picture[top:bottom, left:right] == 100).all()
    for quarter in quarters(picture):
        assert spelled(quarter, 8.0, 4.0)


def test_a_long_and_narrow_frame_is_not_hidden_by_its_words() -> None:
    picture = np.full((500, 4000), 100, np.uint8)
    dots = {float(word.dot) for word in mark.burn(picture)}
    assert (picture != 100).mean() < 0.15
    for quarter in quarters(picture):
        assert spelled(quarter, *dots)


def test_a_scene_full_of_targets_does_not_leave_it_out() -> None:
    rows, columns = 600, 800
    everywhere = [(r, r + 40, c, c + 40) for r in range(0, rows, 44) for c in range(0, columns, 44)]
    for keep in (everywhere, [(0, rows, 0, columns)]):
        picture = ground(rows, columns)
        dots = {float(word.dot) for word in mark.burn(picture, keep)}
        for quarter in quarters(picture):
            assert spelled(quarter, *dots)


@pytest.mark.parametrize(("rows", "columns"), [(17, 400), (400, 109), (9, 55), (1, 1)])
def test_a_picture_without_room_for_it_is_refused(rows: int, columns: int) -> None:
    with pytest.raises(ImageError, match="no room to say SIMULATED") as refused:
        mark.burn(np.zeros((rows, columns), np.uint8))
    assert "110 x 18" in str(refused.value.remedy)


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_our_own_search_finds_what_is_written_and_nothing_else(rows: int, columns: int) -> None:
    picture = ground(rows, columns, 5)
    assert borne(Held(picture)) == (0, 0)
    dot = mark.burn(picture)[0].dot
    assert borne(Held(picture)) == (4, dot)


def test_words_are_written_only_over_what_is_seen_and_however_it_is_cut() -> None:
    picture = ground(500, 700)
    mask = np.full(picture.shape, 255, np.uint8)
    mask[:, :200] = 0

    def block(a: int, b: int, c: int, d: int) -> tuple[np.ndarray, np.ndarray]:
        return picture[a:b, c:d], mask[a:b, c:d]

    give = said_again(block, picture.shape)
    whole, _ = give(0, 500, 0, 700)
    np.testing.assert_array_equal(whole[:, :200], picture[:, :200])
    assert spelled(whole[:, 234:467], *(float(d) for d in range(1, 5)))
    parts = np.zeros_like(picture)
    for row, column in product(range(0, 500, 128), range(0, 700, 128)):
        part, _ = give(row, min(500, row + 128), column, min(700, column + 128))
        parts[row : row + 128, column : column + 128] = part
    np.testing.assert_array_equal(parts, whole)
