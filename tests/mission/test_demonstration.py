"""A demonstration flight against certification. By hand: Student's t is 2.7764 for four degrees of
freedom and 4.3027 for two; the least spread is ln(2^(1/6)) / sqrt(12) = 0.033349."""

from __future__ import annotations

import math

import pytest

from overflight.errors import SensorError
from overflight.mission.certification.demonstration import (
    STEP,
    Certified,
    Demonstration,
    demonstrated,
)
from overflight.sensing.h_min import Reading

LEAST = math.log(2.0) / 6.0 / math.sqrt(12.0)


def day(*values: float, certified: Certified, **more: object) -> Demonstration:
    readings = [Reading(str(n), v, 0.3, "along") for n, v in enumerate(values)]
    return demonstrated(readings, values, certified, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "deviation", "half", "verdict"),
    [
        (1000.0, 100.0, 2.7764 * 0.1 * math.sqrt(1.2), "cannot be told"),
        (1000.0, 20.0, 2.7764 * LEAST * math.sqrt(1.2), "confirmed"),
        (1300.0, 20.0, 2.7764 * LEAST * math.sqrt(1.2), "not confirmed"),
        (700.0, 20.0, 2.7764 * LEAST * math.sqrt(1.2), "confirmed"),
    ],
)
def test_one_pass_against_five_of_certification(
    value: float, deviation: float, half: float, verdict: str
) -> None:
    found = day(value, certified=Certified(1000.0, deviation, 5))
    ratio = value / 1000.0
    assert found.ratio == pytest.approx(ratio)
    expected = (ratio * math.exp(-half), ratio * math.exp(half))
    assert found.interval_95 == pytest.approx(expected, rel=1e-4)
    assert (found.verdict, found.degrees) == (verdict, 4)


def test_the_observing_side_asks_the_other_way_round() -> None:
    certified = Certified(1000.0, 20.0, 5)
    assert day(700.0, certified=certified, side="observing").verdict == "not confirmed"
    assert day(1300.0, certified=certified, side="observing").verdict == "confirmed"


def test_without_the_spread_of_certification_the_days_own_counts() -> None:
    """Logarithms 0 and +-0.09531: s = 0.09531, half = 4.3027 s / sqrt(3) = 0.23676."""
    found = day(1000.0, 1100.0, 1000.0 / 1.1, certified=Certified(1000.0))
    assert found.interval_95 == pytest.approx((math.exp(-0.23676), math.exp(0.23676)), rel=1e-4)
    assert any("taken as exact" in text for text in found.ours)


def test_one_pass_and_no_spread_say_nothing() -> None:
    found = day(5000.0, certified=Certified(1000.0))
    assert (found.verdict, found.interval_95) == ("cannot be told", None)


def test_equal_readings_do_not_make_a_certain_one() -> None:
    found = day(1000.0, 1000.0, 1000.0, certified=Certified(1000.0))
    half = 4.3027 * LEAST / math.sqrt(3)
    assert found.interval_95 == pytest.approx((math.exp(-half), math.exp(half)), rel=1e-4)


def test_readings_of_one_pass_count_once_and_the_sharper_direction_decides() -> None:
    readings = [
        Reading("1", 1000.0, 0.3, "along"),
        Reading("1", 1200.0, 0.3, "along"),
        Reading("1", 900.0, 0.3, "across"),
    ]
    found = demonstrated(readings, (1000.0, 1200.0, 900.0), Certified(1000.0, 50.0, 5))
    assert (found.passes, found.direction, found.day_m) == (1, "along", pytest.approx(1100.0))


@pytest.mark.parametrize(
    "more", [{"side": "both"}, {"step": 1.0}, {"step": 3.0}, {"step": float("nan")}]
)
def test_what_cannot_be_meant(more: dict[str, object]) -> None:
    with pytest.raises(SensorError) as caught:
        day(1000.0, certified=Certified(1000.0), **more)
    assert caught.value.remedy
    assert pytest.approx(1.122462, abs=1e-6) == STEP


def test_no_readings() -> None:
    with pytest.raises(SensorError):
        demonstrated((), (), Certified(1000.0))
