"""Shortest paths of bounded curvature: known lengths, a numeric solver, and every other path."""

from __future__ import annotations

import cmath
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from overflight.errors import DataError
from overflight.performance.dubins import WORDS, Pose, paths, shortest

small = st.floats(-6, 6)
headings = st.floats(0, 360)
poses = st.builds(Pose, small, small, headings)


def integrate(start: Pose, pieces: list[tuple[str, float]], radius: float) -> tuple[complex, float]:
    """Where pieces of L, S, R lead: place x + iy and mathematical direction, in complex numbers."""
    place, direction = complex(start.x, start.y), math.radians(90 - start.heading)
    for letter, length in pieces:
        if letter == "S":
            place += length * cmath.exp(1j * direction)
            continue
        side = 1 if letter == "L" else -1
        centre = place + side * radius * 1j * cmath.exp(1j * direction)
        place = centre + (place - centre) * cmath.exp(side * 1j * length / radius)
        direction += side * length / radius
    return place, direction


def gap(start: Pose, end: Pose, pieces: list[tuple[str, float]], radius: float) -> float:
    place, direction = integrate(start, pieces, radius)
    wanted = math.radians(90 - end.heading)
    turned = abs(cmath.exp(1j * direction) - cmath.exp(1j * wanted))
    return abs(place - complex(end.x, end.y)) + turned


@pytest.mark.parametrize(
    ("end", "length"),
    [
        (Pose(0, 9, 0), 9.0),  # straight on
        (Pose(4, 0, 180), 2 * math.pi),  # half a circle to the right, r = 2
        (Pose(-4, 0, 180), 2 * math.pi),
        (Pose(2, 2, 90), math.pi),  # a quarter
        (Pose(2, 7, 90), math.pi + 5),  # five on, then a quarter
        (Pose(4, -6, 180), 2 * math.pi + 6),  # half a circle and back
        (Pose(8, 0, 0), 4 * math.pi),  # two half circles, side by side
    ],
)
def test_known_lengths(end: Pose, length: float) -> None:
    assert shortest(Pose(0, 0, 0), end, 2.0).length == pytest.approx(length, abs=1e-9)


def test_about_face_takes_three_arcs() -> None:
    """Back through the same point: arcs of 60, 300 and 60 degrees, 7 pi / 3 radii in all."""
    path = shortest(Pose(0, 0, 0), Pose(0, 0, 180), 1.0)
    assert path.word in ("RLR", "LRL")
    assert sorted(path.lengths) == pytest.approx([math.pi / 3, math.pi / 3, 5 * math.pi / 3])


@settings(deadline=None, max_examples=150)
@given(poses, poses, st.floats(0.2, 3))
def test_every_word_arrives(start: Pose, end: Pose, radius: float) -> None:
    for path in paths(start, end, radius):
        pieces = list(zip(path.word, path.lengths, strict=True))
        assert gap(start, end, pieces, radius) < 1e-5
        assert min(path.lengths) >= 0
        there = path.end
        assert math.hypot(there.x - end.x, there.y - end.y) < 1e-5


@settings(deadline=None, max_examples=150)
@given(poses, poses, st.floats(0.2, 3))
def test_never_shorter_than_the_straight_line(start: Pose, end: Pose, radius: float) -> None:
    straight = math.hypot(end.x - start.x, end.y - start.y)
    assert shortest(start, end, radius).length >= straight - 1e-9


@settings(deadline=None, max_examples=200)
@given(
    poses,
    st.lists(st.tuples(st.sampled_from("LSR"), st.floats(0.05, 4)), min_size=1, max_size=6),
)
def test_no_other_path_is_shorter(start: Pose, pieces: list[tuple[str, float]]) -> None:
    """Whatever is flown with that radius, the path found to where it ends is no longer."""
    place, direction = integrate(start, pieces, 1.0)
    end = Pose(place.real, place.imag, 90 - math.degrees(direction))
    flown = sum(length for _, length in pieces)
    assert shortest(start, end, 1.0).length <= flown + 1e-6


@settings(deadline=None, max_examples=100)
@given(poses, poses)
def test_mirrored_and_backwards_it_is_as_long(start: Pose, end: Pose) -> None:
    length = shortest(start, end, 1.0).length
    mirrored = [Pose(-p.x, p.y, -p.heading) for p in (start, end)]
    assert shortest(*mirrored, 1.0).length == pytest.approx(length, abs=1e-6)
    backwards = [Pose(p.x, p.y, p.heading + 180) for p in (end, start)]
    assert shortest(*backwards, 1.0).length == pytest.approx(length, abs=1e-6)


@pytest.mark.parametrize("case", range(4))
def test_against_a_numeric_solver(case: int) -> None:
    """Every word of three pieces solved for its lengths by least squares from many starts."""
    chance = np.random.default_rng(case)
    near = case % 2 == 0
    start = Pose(0, 0, float(chance.uniform(0, 360)))
    reach = 2.5 if near else 7
    end = Pose(*chance.uniform(-reach, reach, 2).tolist(), float(chance.uniform(0, 360)))
    best = math.inf
    for word in itertools.product("LSR", repeat=3):
        if word[0] == word[1] or word[1] == word[2]:
            continue

        def off(lengths: np.ndarray, word: tuple[str, ...] = word) -> list[float]:
            place, direction = integrate(start, list(zip(word, lengths, strict=True)), 1.0)
            miss = place - complex(end.x, end.y)
            turned = cmath.exp(1j * direction) - cmath.exp(1j * math.radians(90 - end.heading))
            return [miss.real, miss.imag, turned.real, turned.imag]

        for _ in range(6):
            found = least_squares(
                off, chance.uniform(0, [6, 8, 6]), bounds=(0, [2 * math.pi, 20, 2 * math.pi])
            )
            if found.cost < 1e-16:
                best = min(best, float(found.x.sum()))
    assert shortest(start, end, 1.0).length == pytest.approx(best, abs=1e-5)


def test_six_words() -> None:
    found = {path.word for path in paths(Pose(0, 0, 0), Pose(1, 0.5, 200), 1.0)}
    assert found <= set(WORDS) and {"LSL", "RSR"} <= found


@pytest.mark.parametrize("radius", [0.0, -1.0, math.nan, math.inf])
def test_a_radius_that_is_none(radius: float) -> None:
    with pytest.raises(DataError, match="no turn"):
        shortest(Pose(0, 0, 0), Pose(1, 1, 0), radius)
