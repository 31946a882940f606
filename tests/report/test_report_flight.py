"""How a plan is flown, in the home copy: what was reckoned, within the width, and only there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from overflight.geo.geodesic import azimuth_deg, destination
from overflight.performance.fuel import FuelModel, SteadyFlow
from overflight.performance.planned import fly_plan
from overflight.performance.wind import Wind
from overflight.report.flight_text import flight_lines
from overflight.report.text import plan_text
from overflight.terms.flyability import AlternateReach
from overflight.terms.sites import Site
from overflight.terms.working_plan import Observation, WorkingPlan
from strategies import BEGIN, sample_plan, sample_working_plan

FUEL = FuelModel(SteadyFlow(400.0), 13_000.0, "Four hundred an hour.", 2_500.0)


def flown(**how: Any) -> WorkingPlan:
    """A site on the second leg just behind a fix that is overflown: lost in the turn."""
    plan = sample_plan()
    first, second = plan.fixes[1].position, plan.fixes[2].position
    behind = destination(first, azimuth_deg(first, second), 1.0)
    work = sample_working_plan(
        plan,
        sites=(Site("S", behind, name="Behind"),),
        observations=(Observation("S", "framing", 1, 0.0, 0.3, BEGIN),),
    )
    flight = fly_plan(plan, sites=work.sites, observations=work.observations, **how)
    return replace(work, flyability=flight)


def test_every_leg_has_a_row_with_its_figures() -> None:
    work = flown(range_km=1700.0, wind=Wind.blowing_from(270, 60))
    text = plan_text(work)
    section = text[text.index("HOW IT IS FLOWN") : text.index("ASSUMPTIONS (not")]
    assert work.flyability is not None
    for leg in work.flyability.legs:
        (row,) = (r for r in section.splitlines() if r.split()[:1] == [str(leg.leg + 1)]
                  and f" {leg.distance_km:.1f} " in r)  # fmt: skip
        assert f" {leg.ground_speed_km_h:.0f} " in row
        assert f" {leg.level_from_km:.1f}-{leg.level_to_km:.1f} " in row
        assert f" {round(leg.track_deg) % 360:03d} " in row
    (second,) = (r for r in section.splitlines() if r.split()[:2] == ["2", "F02"])
    assert second.split()[-2:] == ["short", "1"]
    assert "passed in a turn" in section
    assert "Wings not level" in text
    assert "1 of them: counted as seen by straight legs" in " ".join(text.split())


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_the_width(width: int) -> None:
    work = flown(range_km=900.0, fuel=FUEL)
    assert work.flyability is not None
    lines = flight_lines(work.plan, work.flyability, width)
    assert max(map(len, lines)) <= width
    assert all(line == line.rstrip() for line in lines)
    assert any("kg" in line.split() for line in lines)
    assert f"Fuel {work.flyability.fuel_kg:.0f} kg" in " ".join(" ".join(lines).split())


def test_alternates_say_whether_they_are_within_reach() -> None:
    work = flown()
    assert work.flyability is not None
    near = (AlternateReach("NEAR", 40.0, True), AlternateReach("FAR\x1b[2J", 900.0, False))
    stage = replace(work.flyability.stages[0], alternates=near)
    flight = replace(work.flyability, stages=(stage, *work.flyability.stages[1:]))
    lines = flight_lines(work.plan, flight, 110)
    assert any("NEAR 40 km, FAR[2J 900 km (too far)." in line for line in lines)
    assert not any("\x1b" in line for line in lines)


def test_only_at_home() -> None:
    work = flown()
    away = plan_text(work, home=False)
    assert away == plan_text(replace(work, flyability=None), home=False)
    assert "HOW IT IS FLOWN" not in away
    assert "HOW IT IS FLOWN" not in plan_text(replace(work, flyability=None))
    assert "Wings not level" not in plan_text(replace(work, flyability=None))
