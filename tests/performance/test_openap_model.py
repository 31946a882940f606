"""OpenAP's figures, by way of a stand-in with its interface: units, and what is not known."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from overflight.errors import UnknownValueError
from overflight.performance.openap_model import openap_fuel, openap_rates


class FuelFlow:
    def __init__(self, kind: str, *, use_synonym: bool) -> None:
        assert kind == "a319" and not use_synonym

    def enroute(self, **given: float) -> float:
        """Says in kg/s what it was asked in kt, ft and ft/min."""
        self.given = given
        return given["tas"] / 1000 + given["alt"] / 1e6 + given["vs"] / 1e6


class WRAP:
    """OpenAP's mean values for the A319 (WRAP, 2019): m/s."""

    def __init__(self, kind: str, *, use_synonym: bool) -> None:
        assert kind == "a319" and not use_synonym

    def climb_const_vcas(self) -> dict[str, float]:
        return {"default": 149.0}

    def climb_vs_pre_concas(self) -> dict[str, float]:
        return {"default": 11.1}

    def descent_vs_post_concas(self) -> dict[str, float]:
        return {"default": -5.88}


@pytest.fixture
def openap(monkeypatch: pytest.MonkeyPatch) -> None:
    prop = SimpleNamespace(
        available_aircraft=lambda use_synonym: ["a319"] + ["at72"] * use_synonym,
        aircraft=lambda _, **__: {"mtow": 75500, "mfc": 30190},
    )
    fake: Any = SimpleNamespace(prop=prop, FuelFlow=FuelFlow, WRAP=WRAP)
    monkeypatch.setitem(sys.modules, "openap", fake)


@pytest.mark.usefixtures("openap")
def test_units() -> None:
    model = openap_fuel("A319")
    assert (model.take_off_kg, model.usable_kg) == (75500, 30190)
    # 463 km/h = 250 kt, 3,048 m = 10,000 ft, 5.08 m/s = 1,000 ft/min
    assert model.flow(60000, 463.0, 3048.0, 5.08) == pytest.approx(3600 * (0.25 + 0.01 + 0.001))
    assert "75,500 kg (its greatest)" in model.basis
    assert openap_fuel("a319", 60000).take_off_kg == 60000


@pytest.mark.usefixtures("openap")
def test_rates() -> None:
    rates = openap_rates("A319", 800)
    assert (rates.climb_m_s, rates.descent_m_s) == (11.1, 5.88)
    assert rates.speed_fraction == pytest.approx(149 * 3.6 / 800)
    assert not rates.assumed
    assert openap_rates("A319", 450).speed_fraction == 1.0


@pytest.mark.usefixtures("openap")
@pytest.mark.parametrize("kind", ["SF34", "AT72", "../a319", "*"])
def test_a_stand_in_for_the_type_is_no_knowledge(kind: str) -> None:
    for ask in (lambda: openap_fuel(kind), lambda: openap_rates(kind, 450)):
        with pytest.raises(UnknownValueError, match="does not model"):
            ask()


def test_without_openap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openap", None)
    with pytest.raises(UnknownValueError, match="not installed") as caught:
        openap_fuel("A319")
    assert "GPL" in caught.value.remedy
