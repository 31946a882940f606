"""What a release changes, and when it refuses."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given

from overflight.errors import PlanError
from overflight.formats.plan_json import mission_plan_from_dict, mission_plan_to_dict
from overflight.formats.releasable import AS_CERTIFIED, discreet_height, raised
from overflight.geo.positions import Position
from overflight.mission.release import release
from overflight.terms.citations import Citation, Source, SourceKind
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.mission_plan import Fix, PlanSensor
from overflight.terms.sites import Site
from overflight.terms.values import CitedValue, Status
from overflight.terms.working_plan import WorkingPlan
from strategies import LIMIT, legs_along, sample_plan, sample_working_plan, working_plans

PRIVATE = Source("our-paper", "Certification paper 7", SourceKind.PRIVATE)


def private(key: str, value: float, unit: str) -> CitedValue:
    return CitedValue(
        key,
        value,
        unit,
        dt.date(2002, 1, 1),
        None,
        Status.DECIDED,
        (Citation(PRIVATE),),
        private=True,
    )


def test_a_plan_that_shows_nothing_passes_unchanged() -> None:
    assert release(sample_working_plan()) == sample_plan()


@given(working_plans())
def test_what_is_released_can_be_read_and_released_again(working: WorkingPlan) -> None:
    try:
        plan = release(working)
    except PlanError:
        return
    assert mission_plan_from_dict(mission_plan_to_dict(plan)) == plan
    assert plan.path == working.plan.path
    if not working.private_values_used:
        assert release(replace(working, plan=plan)) == plan


def test_fixes_are_numbered_anew_in_the_order_flown() -> None:
    plan = sample_plan()
    named = {"F01": "SITE-17", "F02": "SITE-03", "F03": "depot"}

    def other(name: str) -> str:
        return named.get(name, name)

    working = sample_working_plan(
        replace(
            plan,
            fixes=tuple(replace(f, id=other(f.id)) for f in plan.fixes),
            legs=tuple(
                replace(leg, start=other(leg.start), end=other(leg.end)) for leg in plan.legs
            ),
        )
    )
    assert release(working) == plan


def test_a_leg_does_not_show_for_which_sensor_something_waits_below() -> None:
    sensors = (
        PlanSensor("framing", "optical-framing", 1500.0, 0.3),
        PlanSensor("panoramic", "optical-panoramic", 2500.0, 0.3),
        PlanSensor("video", "video", None, None),
    )
    plan = sample_plan(sensors=sensors)
    for seen in ((), ("framing",), ("panoramic", "video")):
        legs = tuple(replace(leg, sensors=seen) for leg in plan.legs)
        released = release(sample_working_plan(replace(plan, legs=legs)))
        # At 1500 m the panoramic camera may not work; the other two may, on every leg.
        assert {leg.sensors for leg in released.legs} == {("framing", "video")}


def test_outside_the_territory_no_sensor_is_named() -> None:
    """Sensors work over the observed Party's territory only (VII.3)."""
    plan = sample_plan()
    away = replace(plan.legs[0], distance_over_territory_km=0.0)
    released = release(sample_working_plan(replace(plan, legs=(away, *plan.legs[1:]))))
    assert released.legs[0].sensors == ()
    assert released.legs[1].sensors == ("framing",)


def test_after_an_overlay_sensors_are_stated_as_certified() -> None:
    plan = sample_plan(
        sensors=(PlanSensor("framing", "optical-framing", 1517.0, 0.287, "paper 7"),)
    )
    legs = legs_along(plan.fixes, height=1517.0, altitude=1917.0)
    working = sample_working_plan(replace(plan, legs=legs), private_values_used=True)
    released = release(working)
    assert released.sensors == (PlanSensor("framing", "optical-framing", None, None, AS_CERTIFIED),)
    # Next whole 50 m above 1517; the altitude rises by as much.
    assert {leg.height_agl_m for leg in released.legs} == {1550.0}
    assert {leg.altitude_m for leg in released.legs} == {1950.0}


VERTICAL = PlanSensor("vertical", "optical-framing", 1517.0, 0.287, "assumed: far_deg")
LEFT = PlanSensor("left", "optical-framing", 1500.0, 0.3, "assumed: h_min_m")
AS_STATED = PlanSensor("vertical", "optical-framing", None, None, AS_CERTIFIED)


def with_private(*fields: str, height: float = 1600.0) -> WorkingPlan:
    plan = sample_plan(sensors=(VERTICAL, LEFT))
    legs = legs_along(plan.fixes, height=height, sensors=("vertical", "left"))
    return sample_working_plan(
        replace(plan, legs=legs), private_values_used=True, private_sensor_fields=fields
    )


@pytest.mark.parametrize("field", ["vertical.h_min_m", "vertical.resolution_at_h_min_m"])
def test_either_private_figure_takes_the_other_along_and_no_other_sensor(field: str) -> None:
    """At a fixed geometry resolution is proportional to height: one figure tells the other."""
    assert release(with_private(field)).sensors == (AS_STATED, LEFT)


def test_a_private_distance_hides_no_sensor() -> None:
    assert release(with_private()).sensors == (VERTICAL, LEFT)


def test_a_private_view_angle_hides_only_what_is_said_of_its_standing() -> None:
    released = release(with_private("vertical.far_deg"))
    assert released.sensors == (replace(VERTICAL, basis=""), LEFT)


@pytest.mark.parametrize(
    ("field", "height", "flown"),
    [
        ("vertical.h_min_m", 1517.0, 1550.0),  # the height is the private figure
        ("left.h_min_m", 1517.0, 1517.0),  # ... it is a public one
        ("vertical.h_min_m", 1600.0, 1600.0),  # ... it is neither
    ],
)
def test_only_a_height_that_shows_a_private_figure_is_raised(
    field: str, height: float, flown: float
) -> None:
    released = release(with_private(field, height=height))
    assert {leg.height_agl_m for leg in released.legs} == {flown}


def test_a_height_that_a_public_figure_explains_stays() -> None:
    """Raising it would say that the private figure is the same."""
    assert discreet_height(2000.0, [(2000.0, False), (2000.0, True)]) == 2000.0
    assert discreet_height(2000.3, [(2000.0, False), (2000.3, True)]) == 2050.0
    assert discreet_height(2000.0, []) == 2000.0


def test_the_rules_left_open_are_named_and_nothing_more_of_them() -> None:
    working = sample_working_plan(not_decided_here=("R3",), private_values_used=True)
    assert release(working).not_decided_here == ("R3",)


def test_heights_that_are_no_private_figure_stay() -> None:
    plan = sample_plan(legs=legs_along(sample_plan().fixes, height=1600.0), stops=())
    released = release(sample_working_plan(plan, private_values_used=True))
    assert {leg.height_agl_m for leg in released.legs} == {1600.0}


def test_raising_goes_on_past_another_private_figure() -> None:
    assert raised(1517.0, [1517.0]) == 1550.0
    assert raised(1500.0, [1500.0, 1550.0]) == 1600.0
    assert raised(1500.0, []) == 1500.0


def test_a_fix_finer_than_minutes_is_refused_without_its_coordinates() -> None:
    plan = sample_plan()
    fine = Fix("F01", Position(lat=56.20731, lon=39.18))
    with pytest.raises(PlanError, match="whole minutes") as caught:
        release(sample_working_plan(replace(plan, fixes=(plan.fixes[0], fine, *plan.fixes[2:]))))
    assert "20731" not in str(caught.value)


TELLING = {
    "a site's name": {"remarks": ("turn where the North yard is",)},
    "a site's name in another case": {"remarks": ("see NORTH  YARD.",)},
    "a site's id": {"remarks": ("leg 2 is for DEPOT-7",)},
    "a site's latitude": {"remarks": ("near 56.211 N",)},
    "a site's longitude": {"remarks": ("near 39.2034E",)},
    "in the turn technique": {"turn_technique": "round the North yard"},
    "in an agreement": {"agreements": ("VI.II.4(G) for DEPOT-7",)},
    "in a reading": {"readings": {"self-crossing": "north yard"}},
    "in a mark": {"marks": ("DEPOT-7",)},
    "in a sensor's basis": {
        "sensors": (PlanSensor("framing", "optical-framing", 1500.0, 0.3, "for DEPOT-7"),)
    },
    "a private source": {"remarks": ("heights as in Certification paper 7",)},
    "a private figure": {"remarks": ("the maximum is 5432 km",)},
}


@pytest.mark.parametrize("case", sorted(TELLING))
def test_text_that_tells_is_refused_and_not_repeated(case: str) -> None:
    sites = (Site("DEPOT-7", Position(lat=56.2111, lon=39.20344), 5.0, "North yard"),)
    working = sample_working_plan(
        sample_plan(**TELLING[case]),  # type: ignore[arg-type]
        sites=sites,
        observations=(),
        maximum_flight_distance=private("maximum-flight-distance", 5432, "km"),
    )
    with pytest.raises(PlanError) as caught:
        release(working)
    for secret in ("north yard", "depot-7", "56.211", "39.20", "paper 7", "5432"):
        assert secret not in str(caught.value).lower()


def test_a_private_finding_s_figures_are_private_too() -> None:
    finding = Finding(
        "R1", "Distance", Verdict.COMPLIANT, "Kept.", "Ann.A.III", limit=5432, private=True
    )
    working = sample_working_plan(
        sample_plan(remarks=("at most 5432",)), findings=Findings((finding,))
    )
    with pytest.raises(PlanError, match=r"remarks\[0\]"):
        release(working)


def test_airfields_of_the_plan_may_be_named_though_they_are_sites_as_well() -> None:
    """The demo's sites are airfields; the refuelling stop is one of them."""
    working = sample_working_plan(
        sample_plan(remarks=("refuelling at UWWW Samara-Kurumoch",)),
        sites=(Site("UWWW", Position(lat=53.505, lon=50.155), 1.0, "Samara-Kurumoch"),),
        observations=(),
    )
    assert release(working).remarks == ("refuelling at UWWW Samara-Kurumoch",)


def test_two_fixes_of_one_name_are_refused() -> None:
    plan = sample_plan()
    twice = (*plan.fixes[:2], replace(plan.fixes[2], id="F01"), *plan.fixes[3:])
    with pytest.raises(PlanError, match="same id"):
        release(sample_working_plan(replace(plan, fixes=twice)))


def test_the_public_limit_may_be_spoken_of() -> None:
    working = sample_working_plan(
        sample_plan(remarks=("the maximum is 5000 km",)), maximum_flight_distance=LIMIT
    )
    assert release(working).remarks == ("the maximum is 5000 km",)
