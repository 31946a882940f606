"""A crop that cannot carry an answer is refused with its reason, and no number comes out."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from made_edges import Edge, picture
from PIL import Image

from overflight.errors import ImageError
from overflight.imagery.edge import REASONS, EdgeRefused, measure


def reason(image: np.ndarray) -> str:
    with pytest.raises(EdgeRefused) as caught:
        measure(image)
    assert isinstance(caught.value, ImageError)
    assert caught.value.remedy
    assert caught.value.reason in REASONS
    return caught.value.reason


def test_one_grey_is_no_edge() -> None:
    assert reason(np.full((80, 80), 900, np.uint16)) == "no edge"


def test_noise_alone_is_no_edge() -> None:
    rng = np.random.default_rng(1)
    assert reason(rng.normal(20000.0, 500.0, (100, 100)).astype(np.uint16)) == "no edge"


def test_a_bar_has_two_edges() -> None:
    one = picture(Edge(noise=0.01, offset=-15.0)).astype(float)
    other = picture(Edge(noise=0.0, offset=15.0)).astype(float)
    bar = one - other + 10000.0
    assert reason(bar.astype(np.uint16)) in ("two edges", "too blurred", "no edge")


def test_a_corner_has_two_edges() -> None:
    image = picture(Edge(noise=0.01, degrees=5.0)).copy()
    image[80:] = image[:, :10].mean()
    assert reason(image) == "two edges"


@pytest.mark.parametrize(("dark", "light"), [(0.2, 1.2), (-0.1, 0.6)], ids=["light", "dark"])
def test_a_clipped_side(dark: float, light: float) -> None:
    assert reason(picture(Edge(dark=dark, light=light, noise=0.01))) == "clipped"


def test_a_side_clipped_below_the_top_of_its_type() -> None:
    """12-bit counts in a 16-bit file."""
    image = picture(Edge(noise=0.02))
    assert reason(np.minimum(image, np.uint16(43000))) == "clipped"


def test_too_small() -> None:
    assert reason(picture(Edge(rows=20, columns=60))) == "too small"


def test_too_blurred_for_the_crop() -> None:
    edge = Edge("gauss", {"s": 20.0}, rows=60, columns=60)
    assert reason(picture(edge)) in ("too blurred", "no edge")


def test_an_edge_at_the_side_of_the_crop() -> None:
    assert reason(picture(Edge(offset=58.0, degrees=3.0))) in ("too blurred", "no edge")


def test_too_much_noise() -> None:
    image = picture(Edge(dark=0.4, light=0.5, noise=0.4))
    assert reason(image) in ("too much noise", "no edge")


def compressed(image: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(image).save(file, format="JPEG", quality=quality)
    return np.asarray(Image.open(file))


def test_jpeg_that_shows_its_blocks() -> None:
    image = picture(Edge(bits=8, noise=0.03))
    assert reason(compressed(image, 15)) == "JPEG artefacts"


def test_jpeg_of_high_quality_is_read() -> None:
    edge = Edge(bits=8, noise=0.01)
    assert measure(compressed(picture(edge), 97)).mtf50 == pytest.approx(edge.mtf50, rel=0.02)


@pytest.mark.parametrize(
    "image",
    [np.zeros((50, 50, 3), np.uint8), np.full((50, 50), np.nan), np.zeros((50, 50), bool)],
    ids=["three bands", "gaps", "bits"],
)
def test_what_is_no_image_of_one_band(image: np.ndarray) -> None:
    assert reason(image) == "not an image"


def test_the_same_edge_with_room_and_light_is_read() -> None:
    """Each picture above is refused for its fault and not for what they share."""
    edge = replace(Edge(), noise=0.01)
    assert measure(picture(edge)).mtf50 == pytest.approx(edge.mtf50, rel=0.02)
