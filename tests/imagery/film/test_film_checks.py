"""Checks of a film's process: a verdict for each paragraph, unknown where nobody said."""

from __future__ import annotations

import datetime as dt

import pytest

from overflight.errors import DataError
from overflight.imagery.film.asked import read_film
from overflight.imagery.film.checks import _met, checked, steps_against, together
from overflight.imagery.film.curve import Known
from overflight.imagery.film.wedge import Step
from overflight.terms.checklists import Checklist
from overflight.treaty.loader import load_treaty


@pytest.fixture(scope="module")
def processing() -> Checklist:
    lists = load_treaty("open-skies").on(dt.date(2015, 1, 1)).treaty.checklists
    return next(c for c in lists if c.id == "film-processing")


def test_every_step_of_the_annex_is_there(processing: Checklist) -> None:
    """Annex K, Section II has four paragraphs, Section I three; Article IX, Section II asks on."""
    cited = " ".join(item.cite for item in processing.items)
    for paragraph in (
        "Ann.K.I.1",
        "Ann.K.I.2",
        "Ann.K.I.3",
        "Ann.K.II.1",
        "Ann.K.II.2",
        "Ann.K.II.3",
        "Ann.K.II.4",
        "IX.II.1",
        "IX.II.3",
        "IX.II.4",
        "IX.II.5",
    ):
        assert paragraph in cited  # fmt: skip
    assert all(item.asks for item in processing.items)


def test_nothing_told_is_undetermined_and_a_right_is_no_duty(processing: Checklist) -> None:
    found = {c.asks: c.verdict for c in checked(processing, {}, {})}
    assert found["strip-before"] == "undetermined"
    assert found["washing"] == "does not apply"
    assert together(found.values()) == "undetermined"


def test_no_is_a_breach_of_a_duty_only(processing: Checklist) -> None:
    told = {"strip-before": False, "washing": False, "monitored": True}
    found = {c.asks: c.verdict for c in checked(processing, told, {})}
    assert found["strip-before"] == "breach"
    assert found["washing"] == "does not apply"
    assert found["monitored"] == "compliant"
    assert together(found.values()) == "breach"


def test_what_was_measured_stands_before_what_is_told(processing: Checklist) -> None:
    seen = {"meets": ("breach", "gamma is off")}
    found = {c.asks: c for c in checked(processing, {"meets": True}, seen)}
    assert found["meets"].verdict == "breach"
    assert found["meets"].because == "gamma is off"


@pytest.mark.parametrize(
    ("interval", "tolerance", "verdict"),
    [
        ((1.55, 1.65), 0.1, "compliant"),
        ((1.55, 1.75), 0.1, "undetermined"),
        ((1.75, 1.85), 0.1, "breach"),
        ((1.55, 1.65), None, "undetermined"),
    ],
)
def test_a_declared_value_is_met_by_the_whole_interval(
    interval: tuple[float, float], tolerance: float | None, verdict: str
) -> None:
    assert _met(Known(sum(interval) / 2, interval), 1.6, tolerance)[0] == verdict


def step(number: int, density: float) -> Step:
    return Step(number, density, 0.01, (0, 0, 1, 1))


@pytest.mark.parametrize(
    ("off", "tolerance", "verdict", "said"),
    [
        (0.01, 0.05, "compliant", "every step"),
        (0.04, 0.05, "undetermined", "reaches over"),
        (0.10, 0.05, "breach", "outside: step 5"),
        (0.10, None, "undetermined", "no tolerance"),
    ],
)
def test_every_step_against_its_declared_density(
    off: float, tolerance: float | None, verdict: str, said: str
) -> None:
    steps = [step(k, 0.1 * k + (off if k == 5 else 0.0)) for k in range(1, 22)]
    (found,) = steps_against(steps, [0.1 * k for k in range(1, 22)], tolerance)
    assert found.verdict == verdict
    assert said in found.because
    assert found.measured.value == pytest.approx(off)
    assert steps_against(steps, (), tolerance) == ()
    assert steps_against(steps, [0.1], tolerance)[0].verdict == "undetermined"


def test_unknown_stays_unknown() -> None:
    assert _met(Known(None, why="no unexposed film"), 0.1, 0.01) == (
        "undetermined", "no unexposed film",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[scanner]\npixel_um = 7\ndark = 1\nwhite = 9\nglass = 1\n", "glass is not known"),
        ("[scanner]\ndark = 1\nwhite = 9\n", "pixel_um is missing"),
        ("[scanner]\npixel_um = 7\ndark = 1\nwhite = 9\n[wedge]\nbox = [1, 2]\n", "image"),
        ("[scanner]\npixel_um = 7\ndark = 1\nwhite = 9\n[wedge]\nimage = 'a'\nbox = [1, 2]\n",
         "no box"),
        ("[scanner]\npixel_um = 7\ndark = 1\nwhite = 9\n[declared]\ngamma_tolerance = 1\n",
         "missing beside"),
        ("[scanner]\npixel_um = 7\ndark = 1\nwhite = 9\n[processing]\nwashed = true\n",
         "washed is not known"),
        ("[scanner]\npixel_um = 7\ndark = 1\nwhite = 9\n[processing]\nmeets = 'yes'\n",
         "true or false"),
        ("[scanner\n", "not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_where(tmp_path, text: str, said: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "film.toml"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_film(path, ("meets",))
    assert said in str(caught.value)
    assert "film.toml" in str(caught.value)
