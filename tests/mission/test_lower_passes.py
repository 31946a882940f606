"""Plans with legs flown lower than others: lawful, reported, and true of every site counted.

What a plan counts is worked out again here from its own legs with GeographicLib, the slant range
and the rates it states: none of our geometry is asked.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import random
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError, SensorError
from overflight.formats.plan_json import working_plan_to_dict
from overflight.formats.working_json import working_plan_from_dict
from overflight.geo.positions import Position
from overflight.mission.again import improved, question_of
from overflight.mission.check import check_plan
from overflight.mission.explain import not_seen
from overflight.mission.height_choice import HeightChoice
from overflight.mission.plan import make_plan
from overflight.mission.release import release
from overflight.terms.findings import Verdict
from overflight.terms.sites import Site
from overflight.terms.working_plan import WorkingPlan

DAY = dt.date(2021, 5, 19)
EARTH = Geodesic.WGS84
VIEW = {"vertical": (0.0, 37.5), "oblique-left": (30.0, 60.0), "oblique-right": (30.0, 60.0)}
"""Degrees from the vertical, of the aircraft's data; all resolve 0.30 m from 2,000 m."""
SITES = (
    Site("fine-east", Position(56.50, 39.00), 3, resolution_m=0.4),
    Site("any-north", Position(56.90, 37.00), 2),
    Site("half-east", Position(54.60, 39.90), 2, resolution_m=0.8),
    Site("fine-south", Position(54.20, 36.00), 5, resolution_m=0.4),
    Site("any-west", Position(55.60, 33.50), 1),
    Site("too-fine", Position(55.00, 38.00), 9, resolution_m=0.2),
)


def plan_for(sites: tuple[Site, ...], **changes: Any) -> WorkingPlan:
    asked: dict[str, Any] = {
        "treaty": "open-skies",
        "observing": "DEU",
        "observed": "RUS",
        "on": DAY,
        "aircraft": "saab-340b",
        "start": "UUMB",
        "iterations": 30,
        "height": "auto:4000",
    }
    return make_plan(sites, **(asked | changes))


@cache
def plan(height: str = "auto:4000") -> WorkingPlan:
    return plan_for(SITES, height=height)


def truly_seen(working: WorkingPlan) -> set[str]:
    """Sites that the plan's own legs show from their heights, climbs and descents left out."""
    return {site.id for site in working.sites if shown_from(working, site)}


def shown_from(working: WorkingPlan, site: Site) -> list[int]:
    """The legs from which a site is resolved within some sensor's view."""
    found = []
    path = working.plan.path
    for number, (leg, (a, b)) in enumerate(zip(working.plan.legs, pairwise(path), strict=True)):
        level = stretch_at_height(working, number)
        along, off = foot(a, b, site.position)
        if level is None or not level[0] - 0.01 <= along <= level[1] + 0.01:
            continue
        slant = math.hypot(leg.height_agl_m, off * 1000.0)
        sharp = site.resolution_m is None or 0.3 * slant / 2000.0 <= site.resolution_m + 1e-4
        angle = math.degrees(math.atan2(off * 1000.0, leg.height_agl_m))
        inside = any(
            near - 0.01 <= angle <= far + 0.01
            for name, (near, far) in VIEW.items()
            if name in leg.sensors
        )
        if sharp and inside:
            found.append(number)
    return found


def stretch_at_height(working: WorkingPlan, number: int) -> tuple[float, float] | None:
    """From where to where a leg is at its height: 1,000 ft/min at three quarters of 450 km/h.

    None where climbs of other legs reach into it: those are left to the plan's own reckoning.
    """
    legs = working.plan.legs
    km_per_m = 0.75 * 450.0 / 3600.0 / 5.08
    own = legs[number].height_agl_m
    before = legs[number - 1].height_agl_m if number else 0.0
    after = legs[number + 1].height_agl_m if number + 1 < len(legs) else 0.0
    low, high = 0.0, legs[number].distance_km
    if number == 0:
        low = own * km_per_m
    elif before > own:  # it descends on the lower leg
        low = (before - own) * km_per_m
    if number + 1 == len(legs):
        high -= own * km_per_m
    elif after > own:  # and climbs on it
        high -= (after - own) * km_per_m
    return (low, high) if low < high else None


def foot(a: Position, b: Position, point: Position) -> tuple[float, float]:
    """How far along a leg the point nearest to ``point`` lies, and how far off it is, km."""
    line = EARTH.InverseLine(a.lat, a.lon, b.lat, b.lon)

    def away(metres: float) -> float:
        on = line.Position(metres)
        return float(EARTH.Inverse(on["lat2"], on["lon2"], point.lat, point.lon)["s12"])

    low, high = 0.0, line.s13
    for _ in range(60):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, other) if away(one) < away(other) else (one, high)
    return low / 1000.0, away(low) / 1000.0


def require_true(working: WorkingPlan) -> None:
    """It passes the check, keeps every H_min, and counts nothing that its legs do not show."""
    assert working.findings.verdict == Verdict.COMPLIANT
    assert check_plan(release(working)).verdict == Verdict.COMPLIANT
    least = {sensor.id: sensor.h_min_m for sensor in working.plan.sensors}
    for leg in working.plan.legs:
        assert all(leg.height_agl_m >= (least[name] or 0.0) for name in leg.sensors)
    assert working.sites_observed <= truly_seen(working)


def test_fine_sites_are_seen_from_lower_legs() -> None:
    working = plan()
    require_true(working)
    assert working.value_observed == 13  # all but what no permitted height resolves
    heights = {leg.height_agl_m for leg in working.plan.legs}
    # 0.4 m needs 2,667 m along the line of sight: never to be had from 4,000 m.
    assert max(heights) == 4000 and min(heights) >= 2000
    for observation in working.observations:
        if observation.site.startswith("fine"):
            assert working.plan.legs[observation.leg].height_agl_m < 2667
            assert (observation.ground_resolution_m or 9) <= 0.4
    (said,) = (s for s in working.assumptions if "flown lower than 4000 m" in s)
    assert "Whoever reads the plan sees which legs these are." in said


def test_one_height_when_asked_for_one() -> None:
    for height in ("4000", "fixed:4000"):
        working = plan(height)
        require_true(working)
        assert {leg.height_agl_m for leg in working.plan.legs} == {4000}
        assert working.sites_observed == {"any-north", "half-east", "any-west"}
        causes = {hidden.cause: hidden.sites for hidden in not_seen(working)}
        # The view to 60 degrees is all resolved from 2,667 / 2 m, so from as low as is allowed.
        assert causes["would need a pass at 2000 m"] == ("fine-east", "fine-south")
        assert causes["needs a finer resolution than the sensors give"] == ("too-fine",)


def test_the_usual_height_needs_no_descent_for_what_it_resolves() -> None:
    sites = tuple(site for site in SITES if site.id != "too-fine")
    auto, fixed = plan_for(sites, height="auto"), plan_for(sites, height="fixed")
    assert {leg.height_agl_m for leg in auto.plan.legs} == {2000}
    assert auto.plan == fixed.plan and auto.observations == fixed.observations
    assert working_plan_to_dict(auto)["height"] == "auto"


def test_the_same_seed_gives_the_same_plan_and_it_is_read_back() -> None:
    first, again = plan(), plan_for(SITES)
    document = working_plan_to_dict(first)
    assert json.dumps(document) == json.dumps(working_plan_to_dict(again))
    read = working_plan_from_dict(json.loads(json.dumps(document)))
    assert read.height == "auto:4000" == question_of(read)["height"]
    better = improved(read, iterations=5)
    require_true(better)
    assert better.value_observed >= first.value_observed


def test_left_out_for_others_says_from_which_height() -> None:
    """One site is 1,100 km off, the other 500: not both lie within 2,400 km of range and back."""
    far = Site("far", Position(58.0, 46.0), 1, resolution_m=0.4)
    near = Site("near", Position(52.2, 36.0), 5)
    working = plan_for((far, near), start="UUMB", max_fixes=2)
    require_true(working)
    assert working.sites_observed == {"near"}
    (hidden,) = not_seen(working)
    assert hidden.cause.startswith("would need a pass at 2000 m; ")


def test_sensors_that_may_not_work_so_low_are_off(tmp_path: Path) -> None:
    """An overlay's vertical camera with 0.5 m from 3,000 m; the oblique ones keep 2,000 m."""
    (tmp_path / "aircraft").mkdir()
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nid = "p1"\ntitle = "Paper 1"\nkind = "private"\n'
    )
    (tmp_path / "aircraft" / "saab-340b.toml").write_text(
        '[aircraft]\nid = "saab-340b"\n[[sensor]]\nid = "vertical"\ncite = ["p1"]\n'
        "h_min_m = 3000\nresolution_at_h_min_m = 0.5\n"
    )
    working = plan_for(SITES, height="auto", overlay=tmp_path)
    legs = working.plan.legs
    low = [leg for leg in legs if leg.height_agl_m < 3000]
    assert low and all(leg.sensors == ("oblique-left", "oblique-right") for leg in low)
    high = [leg for leg in legs if leg not in low]
    # A private H_min of 3,000 m must not show: the next whole 50 m are flown.
    assert high and all(leg.height_agl_m == 3050 and len(leg.sensors) == 3 for leg in high)
    fine = [o for o in working.observations if o.site.startswith("fine")]
    assert fine and all(o.sensor.startswith("oblique") for o in fine)
    released = release(working)
    assert {leg.height_agl_m for leg in released.legs} == {leg.height_agl_m for leg in legs}
    assert check_plan(working.plan, overlay=tmp_path).verdict == Verdict.COMPLIANT


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("auto", HeightChoice(None, True)),
        ("fixed", HeightChoice(None, False)),
        ("3500", HeightChoice(3500.0, False)),
        ("auto:3500", HeightChoice(3500.0, True)),
        ("fixed:3500", HeightChoice(3500.0, False)),
    ],
)
def test_what_may_be_asked_of_the_height(text: str, choice: HeightChoice) -> None:
    assert HeightChoice.read(text) == choice


@pytest.mark.parametrize("text", ["", "low", "auto:", "-5", "nan", "auto:x", "1e999"])
def test_what_is_no_height(text: str) -> None:
    if text == "auto:":
        assert HeightChoice.read(text) == HeightChoice(None, True)
        return
    with pytest.raises(DataError, match="is no height above ground"):
        HeightChoice.read(text)


def test_never_below_a_sensor_in_use() -> None:
    with pytest.raises(SensorError, match=r"1500 m above ground is below H_min of vertical"):
        plan_for(SITES, height="1500")


@pytest.mark.slow
@settings(max_examples=6)
@given(st.integers(0, 10_000))
def test_any_plan_with_low_passes_is_lawful_and_true(draw: int) -> None:
    lot = random.Random(draw)
    sites = tuple(
        Site(
            f"s{i}",
            Position(lot.uniform(53.5, 58.0), lot.uniform(33.0, 41.0)),
            lot.choice((1, 2, 5)),
            resolution_m=lot.choice((None, 0.4, 0.45, 0.6, 0.9)),
        )
        for i in range(lot.randint(3, 9))
    )
    height = lot.choice(("auto:3000", "auto:4000", "auto:6000"))
    require_true(plan_for(sites, height=height, iterations=15, seed=draw))
