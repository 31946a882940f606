"""Positions that are swapped throughout agree with one another; the regime's do not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from overflight.errors import DataError
from overflight.geo.positions import Position
from overflight.terms.mission_plan import MissionPlan, PlanAirfield
from overflight.treaty.loader import load_treaty
from overflight.treaty.plausible import positions_look_swapped, refuse_swapped_positions
from overflight.treaty.view import TreatyView
from strategies import sample_plan

KUBINKA = Position(lat=55.6117, lon=36.65)  # Annex E, Appendix 1: N55-36-30 E036-39-10


@pytest.fixture(scope="module")
def view() -> TreatyView:
    return load_treaty("open-skies").on(dt.date(2021, 5, 19))


def plan_at(position: Position, code: str = "UUMB") -> MissionPlan:
    field = PlanAirfield(code, "Kubinka", position)
    return replace(
        sample_plan(),
        point_of_entry=field,
        start=field,
        end=field,
        point_of_exit=field,
        alternates=(),
    )


def test_a_plan_in_its_place_is_left_alone(view: TreatyView) -> None:
    assert not positions_look_swapped(plan_at(KUBINKA), view)
    refuse_swapped_positions(plan_at(KUBINKA), view)


def test_a_plan_with_its_axes_changed_about_is_told_so(view: TreatyView) -> None:
    swapped = plan_at(Position(lat=KUBINKA.lon, lon=KUBINKA.lat))
    assert positions_look_swapped(swapped, view)
    with pytest.raises(DataError, match="latitude and longitude look swapped"):
        refuse_swapped_positions(swapped, view)


def test_an_airfield_merely_elsewhere_or_unknown_is_not_swapped(view: TreatyView) -> None:
    assert not positions_look_swapped(plan_at(Position(lat=10.0, lon=20.0)), view)
    swapped = Position(lat=KUBINKA.lon, lon=KUBINKA.lat)
    assert not positions_look_swapped(plan_at(swapped, code="XXXX"), view)
