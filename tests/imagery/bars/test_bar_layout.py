"""Groups that only the target's diagram tells of."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from imagery.camera.exposure import Exposure, expose, light, view
from imagery.camera.optics import Optics, limiting_width
from imagery.camera.scene import Target, stepped_target
from overflight.errors import DataError
from overflight.formats.bar_target_file import read_bar_target
from overflight.imagery.bars.checks import BarsRefused
from overflight.imagery.bars.layout import mapped, projective
from overflight.imagery.bars.measure import CONTRAST, THRESHOLD, Asked, measure
from overflight.terms.bar_reading import BarPlace, BarReading, BarTarget

RATIO = 2 ** (1 / 6)
SCENE = stepped_target(0.8, RATIO, 16)


def diagram(scene: Target, *, places: bool = True) -> BarTarget:
    rows = tuple(BarPlace(g.width, g.x, g.y, g.normal, g.length) for g in scene.groups)
    return BarTarget("apron", tuple(scene.widths), 3, 5.0, rows if places else ())


def picture(optics: Optics, *, mirrored: bool = False) -> np.ndarray:
    _, _, wide, high = SCENE.panel
    size = int(math.hypot(wide, high) * 10 + 24)
    seen = view(
        10.0, 31.0, (wide / 2, high / 2), (size / 2, size / 2), tilt_deg=20.0, mirrored=mirrored
    )
    image = light(SCENE, seen, optics, (size, size))
    return expose(image, Exposure(bits=12, snr=40.0, white=0.7), white=0.5, black=0.1, seed=3)


def read(image: np.ndarray, target: BarTarget) -> BarReading:
    return measure(image, Asked(top=65535.0, target=target))


def test_a_map_is_found_again() -> None:
    # By hand: u = (2x + 1) / (1 + 0.01 x), v = (3y - 2) / (1 + 0.01 x).
    ground = np.array([(x, y) for x in (0.0, 4.0, 10.0) for y in (0.0, 5.0, 10.0)])
    low = 1.0 + 0.01 * ground[:, 0]
    image = np.c_[(2 * ground[:, 0] + 1) / low, (3 * ground[:, 1] - 2) / low]
    found = projective(ground, image)
    assert found is not None
    assert mapped(found, np.array([[6.0, 3.0]]))[0] == pytest.approx(
        (13 / 1.06, 7 / 1.06), abs=0.05
    )
    assert projective(np.c_[ground[:, 0], 2 * ground[:, 0]], image) is None


@pytest.mark.slow
@pytest.mark.parametrize("mirrored", [False, True])
def test_every_group_of_the_diagram_is_read(mirrored: bool) -> None:
    optics = Optics(2.0, 1.0)
    image = picture(optics, mirrored=mirrored)
    with_places = read(image, diagram(SCENE))
    assert [d.groups for d in with_places.directions] == [16, 16]
    agreed = (CONTRAST - 1.0) / (CONTRAST + 1.0)
    for d in with_places.directions:
        assert d.metres_per_pixel is not None
        truth = limiting_width(optics, 3, d.normal_deg, agreed=agreed, threshold=THRESHOLD)
        low, high = d.bar_width_interval_95
        assert low <= truth <= high
        told = [w for w in SCENE.widths if w >= truth * d.metres_per_pixel]
        # The narrowest group told apart, give or take one step.
        assert abs(math.log((d.smallest_bar_m or 0.0) / min(told), RATIO)) < 1.1
    assert not any("follows from the blur" in note for note in with_places.notes)


@pytest.mark.slow
def test_without_places_it_is_said_what_was_not_read() -> None:
    image = picture(Optics(1.2, 0.4))
    reading = read(image, diagram(SCENE, places=False))
    named = {
        d.direction: min(g.bar_width_pixels for g in reading.groups if g.direction == d.direction)
        for d in reading.directions
    }
    for d in reading.directions:
        beyond = d.bar_width_pixels < 0.85 * named[d.direction]
        said = any(note.startswith(f"{d.direction} the track the nar") for note in reading.notes)
        assert said == beyond
        # What the diagram has is there, found or not.
        assert d.metres_per_pixel is not None
        limit = d.bar_width_pixels * d.metres_per_pixel
        assert d.smallest_bar_m == pytest.approx(min(w for w in SCENE.widths if w >= limit))
    assert any("narrowest group read" in note for note in reading.notes)


@pytest.mark.slow
def test_places_that_are_not_those_of_the_picture_add_nothing() -> None:
    image = picture(Optics(1.6, 0.6))
    good = diagram(SCENE)
    order = np.random.default_rng(2).permutation(len(good.places))
    wrong = tuple(
        replace(p, x_m=good.places[k].x_m, y_m=good.places[k].y_m)
        for p, k in zip(good.places, order, strict=True)
    )
    plain = read(image, diagram(SCENE, places=False))
    assert read(image, replace(good, places=wrong)).groups == plain.groups


@pytest.mark.parametrize("code", [0, 255])
def test_a_frame_of_one_code_is_called_so(code: int) -> None:
    with pytest.raises(BarsRefused, match=f"clipped: no target .* 100% .* code {code}"):
        measure(np.full((80, 90), code, np.uint8), Asked(top=255.0))


GROUP = '[[target.group]]\nwidth_m=0.4\nx_m=1\ny_m=2\nacross="x"\n'


def test_places_from_a_file() -> None:
    other = GROUP.replace("0.4", "0.2").replace("x_m=1", "x_m=3") + "length_m=0.6\n"
    target = read_bar_target(f"[target]\nlength=7\n{GROUP}{other}".encode())
    assert target.bar_widths_m == (0.4, 0.2)
    assert target.places == (
        BarPlace(0.4, 1.0, 2.0, "x", pytest.approx(2.8)),
        BarPlace(0.2, 3.0, 2.0, "x", 0.6),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[target]\nratio=1.2\n{GROUP}", "given twice"),
        (f"[target]\n{GROUP}", "one width only"),
        (f"[target]\n{GROUP}{GROUP.replace('0.4', '0.2')}", "one place"),
        ("[target]\n" + GROUP.replace('"x"', '"z"'), "which way"),
        ("[target]\n" + GROUP.replace("x_m=1", "xm=1"), "no key of a group"),
        ("[target]\n" + GROUP.replace("x_m=1\n", ""), "no number"),
        ("[target]\ngroup=3\n", "no list of groups"),
        ("[target]\ngroup=[3]\n", "no key of a group"),
    ],
)
def test_places_that_cannot_be_meant(text: str, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        read_bar_target(text.encode())
    assert caught.value.remedy
