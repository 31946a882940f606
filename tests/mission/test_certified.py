"""Every plan says how far it can be from the best: a bound that no plan between its airfields
passes. What others found, and plain counting, are the judges."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from overflight.errors import DataError
from overflight.geo.positions import Position
from overflight.mission.certified import bound_seconds
from overflight.mission.plan import make_plan
from overflight.report.text import plan_text
from overflight.terms.sites import Site
from overflight.terms.working_plan import WorkingPlan

SITES = [
    Site("a", Position(56.90, 40.90), 5.0),
    Site("b", Position(54.60, 39.70), 3.0),
    Site("c", Position(57.80, 38.40), 8.0),
    Site("far", Position(62.0, 129.7), 100.0),
]


def plan(**changes: Any) -> WorkingPlan:
    asked: dict[str, Any] = {
        "treaty": "open-skies",
        "observing": "DEU",
        "observed": "RUS",
        "on": dt.date(2021, 5, 19),
        "aircraft": "saab-340b",
        "start": "UUMB",
        "iterations": 50,
    }
    return make_plan(SITES, **(asked | changes))


def test_a_plan_that_sees_all_within_reach_is_the_best() -> None:
    """5 + 3 + 8; the fourth site is further off than the flight may go."""
    made = plan()
    assert made.certificate is not None
    assert made.certificate.value == made.value_observed == 16
    assert made.certificate.bound == 16
    assert made.certificate.gap == 0
    assert made.certificate.optimal
    assert "1 out of reach" in made.certificate.how


def test_steps_give_the_same_certificate_every_time() -> None:
    first, second = plan(), plan()
    assert first.certificate == second.certificate
    assert first.certificate is not None
    assert first.certificate.seconds == 0


def test_it_is_told_at_home() -> None:
    text = plan_text(plan())
    assert "Certificate" in text
    assert "no plan is worth more" in text


@pytest.mark.parametrize(
    ("asked", "seconds", "iterations", "expected"),
    [
        (None, 10.0, None, 1.0),  # a tenth
        (None, 600.0, None, 5.0),  # 5 s at most
        (None, 10.0, 100, 0.0),
        (3.0, 10.0, None, 3.0),
        (3.0, 1.0, 100, 3.0),
        (0.0, 10.0, None, 0.0),
    ],
)
def test_a_part_of_the_time(
    asked: float | None, seconds: float, iterations: int | None, expected: float
) -> None:
    assert bound_seconds(asked, seconds, iterations) == pytest.approx(expected)


@pytest.mark.parametrize("asked", [-1.0, float("nan"), 10.0, 11.0])
def test_more_than_there_is_is_refused(asked: float) -> None:
    with pytest.raises(DataError) as caught:
        bound_seconds(asked, 10.0, None)
    assert caught.value.remedy
