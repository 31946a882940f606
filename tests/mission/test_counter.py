"""Proposed changes: what they rest on, what they make of the plan, what they stop being seen.
Areas are length by width of the strips in ``plan_by_hand``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from overflight.errors import DataError, PlanError
from overflight.formats.counter_json import (
    counter_proposal_from_dict,
    counter_proposal_to_dict,
    read_counter_proposal,
)
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.mission.counter.assess import assess, grounds
from overflight.mission.counter.revise import revised
from overflight.report.outgoing import plan_digest
from overflight.terms.assessment import Assessment, Support
from overflight.terms.counter_proposal import Change, CounterProposal
from overflight.terms.findings import Verdict
from overflight.terms.mission_plan import MissionPlan, PlanAirfield, PlanSensor
from overflight.treaty.loader import load_treaty
from plan_by_hand import BEGINS, HALF_KM, HOUR, NORTH, SENSORS, TVER, WEST, plan


def answer(*changes: Change, to: MissionPlan | None = None, **fields: object) -> CounterProposal:
    given = to or plan()
    proposal = CounterProposal(
        "open-skies", "DEU", "RUS", plan_digest(given), BEGINS - 27 * HOUR, changes
    )
    return replace(proposal, **fields)  # type: ignore[arg-type]


def around(**given: object) -> Change:
    base = Change(
        1, 1, "hazardous-airspace", "Firing in UUD1.", {"hazard": "UUD1"},
        route=(Position(55.9, 34.6), Position(56.3, 34.9)),
    )  # fmt: skip
    return replace(base, **given)  # type: ignore[arg-type]


def of_one(change: Change, **options: object) -> Assessment:
    return assess(plan(), answer(change), **options)  # type: ignore[arg-type]


# --- the revised plan ------------------------------------------------------------------------


def test_a_new_route_takes_the_place_of_its_legs_only() -> None:
    before = plan()
    after = revised(before, [around()], distance_km)
    assert len(after.legs) == 6
    assert [f.id for f in after.fixes] == ["UUMB", "W1", "N01", "N02", "W2", "UUEM", "UUMB-2"]
    assert after.legs[0] == before.legs[0]
    path = [WEST, Position(55.9, 34.6), Position(56.3, 34.9), NORTH]
    for k in range(3):
        assert after.legs[1 + k].distance_km == pytest.approx(distance_km(path[k], path[k + 1]))
        assert after.legs[1 + k].sensors == SENSORS
    longer = sum(x.distance_km for x in after.legs) - sum(x.distance_km for x in before.legs)
    late = after.times.completion - before.times.completion  # type: ignore[operator]
    assert late.total_seconds() == pytest.approx(longer / 450 * 3600, abs=3)
    assert after.stops[0].departs - after.stops[0].arrives == HOUR


def test_a_later_departure_moves_what_comes_after_it() -> None:
    begins = BEGINS + 3 * HOUR
    after = revised(plan(), [Change(0, 0, "weather", "Fog.", departs=begins)], distance_km)
    assert after.times.commencement == begins
    for old, new in zip(plan().legs, after.legs, strict=True):
        assert new.departs - old.departs == 3 * HOUR  # type: ignore[operator]
    assert after.stops[0].arrives - plan().stops[0].arrives == 3 * HOUR


def test_a_longer_stop_moves_the_last_leg_alone() -> None:
    stop = plan().stops[0]
    after = revised(
        plan(), [Change(3, 3, "weather", "Storm.", departs=stop.departs + HOUR)], distance_km
    )
    assert after.legs[:3] == plan().legs[:3]
    assert after.stops[0] == replace(stop, departs=stop.departs + HOUR)
    assert after.times.commencement == BEGINS


def test_another_height_keeps_the_way() -> None:
    after = revised(plan(), [Change(1, 2, "weather", "Icing.", height_agl_m=1500.0)], distance_km)
    assert [x.height_agl_m for x in after.legs] == [2000.0, 1500.0, 1500.0, 2000.0]
    assert after.fixes == plan().fixes


def test_another_airfield_in_its_place() -> None:
    other = PlanAirfield("UUWW", "Vnukovo", Position(55.5915, 37.2615))
    change = Change(2, 3, "airfield-status", "Closed.", {"airfield": "UUEM"}, airfield=other)
    after = revised(plan(), [change], distance_km)
    assert after.fixes[3].airfield == "UUWW"
    assert after.legs[2].distance_km == pytest.approx(distance_km(NORTH, other.position))
    assert after.legs[:2] == plan().legs[:2]
    assert after.stops[0].arrives == after.legs[2].arrives


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([around(first_leg=7, last_leg=7)], "legs 1 to 4"),
        ([around(), around(first_leg=0, last_leg=1)], "two changes"),
        ([around(first_leg=2, last_leg=3)], "lands"),
        ([Change(1, 1, "weather", "x", departs=BEGINS)], "only at"),
        ([Change(1, 1, "weather", "x", departs=BEGINS + 5 * HOUR)], "in the air"),
    ],
)
def test_what_cannot_be_flown_is_refused(changes: list[Change], words: str) -> None:
    with pytest.raises(PlanError, match=words):
        revised(plan(), changes, distance_km)


# --- the ground --------------------------------------------------------------------------------


def test_the_grounds_are_those_of_the_treaty() -> None:
    view = load_treaty("open-skies").on(dt.date(2021, 5, 19))
    assert set(grounds(view)) == {
        "weather", "airfield-status", "inconsistent-plan", "hazardous-airspace",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "support", "words"),
    [
        (around(), Support.SHOWN, "Leg 2 of the plan goes through UUD1"),
        (around(evidence={"hazard": "UUD9"}), Support.STATED, "names no area UUD9"),
        (around(evidence={}), Support.NOT_SHOWN, "Name the hazard"),
        (around(first_leg=0, last_leg=0), Support.NOT_SHOWN, "No leg that would change"),
        (
            around(route=None, without_sensors=("vertical",)),
            Support.NOT_SHOWN,
            "height, route, time",
        ),
        (
            around(cause="weather", evidence={"weather": "thunderstorms"}),
            Support.STATED,
            "no document here shows",
        ),
        (
            around(cause="airfield-status", evidence={"airfield": "UUEM"}),
            Support.STATED,
            "uses UUEM",
        ),
        (
            around(cause="airfield-status", evidence={"airfield": "ULLI"}),
            Support.NOT_SHOWN,
            "does not use ULLI",
        ),
        (around(cause="inconsistent-plan", evidence={"rule": "R3"}), Support.NOT_SHOWN, "keeps R3"),
        (
            around(cause="inconsistent-plan", evidence={"rule": "R99"}),
            Support.NOT_SHOWN,
            "no rule",
        ),
        (around(cause="secrecy", evidence={}), Support.UNKNOWN_GROUND, "is no ground"),
    ],
)
def test_what_a_change_rests_on(change: Change, support: Support, words: str) -> None:
    (assessed,) = of_one(change).changes
    assert assessed.support is support, assessed.said
    assert words in assessed.said
    assert "VIII.I.4" in assessed.cite


def test_an_inconsistency_that_the_plan_shows() -> None:
    low = plan(height=1200.0)
    change = Change(
        0, 3, "inconsistent-plan", "Below H_min.", {"rule": "R4"}, height_agl_m=2000.0
    )  # fmt: skip
    found = assess(low, answer(change, to=low))
    assert found.changes[0].support is Support.SHOWN
    assert "VI.II.4(D)" in found.changes[0].said


def test_a_ground_that_the_treaty_does_not_know_is_a_breach() -> None:
    found = of_one(around(cause="secrecy", evidence={}))
    assert Verdict.BREACH in {f.verdict for f in found.findings.by_rule("R9")}
    assert {f.verdict for f in of_one(around()).findings.by_rule("R9")} == {Verdict.COMPLIANT}


def test_an_answer_after_four_hours_is_late() -> None:
    on_time = answer(around(), proposed=BEGINS - 26 * HOUR)
    late = answer(around(), proposed=BEGINS - 26 * HOUR + dt.timedelta(minutes=1))
    assert assess(plan(), on_time).findings.by_rule("VI.II.6")[0].verdict is Verdict.COMPLIANT
    assert assess(plan(), late).findings.by_rule("VI.II.6")[0].verdict is Verdict.BREACH


# --- what is no longer seen --------------------------------------------------------------------


def test_a_flight_sent_round_loses_the_ground_of_the_leg() -> None:
    found = of_one(around())
    (change,) = found.changes
    strip = 2 * HALF_KM * distance_km(WEST, NORTH)
    assert change.lost_km2 is not None
    # All of the strip but what the other legs see where they meet it.
    assert 0.85 * strip < change.lost_km2 < strip
    assert change.precludes
    assert found.findings.by_rule("VI.II.6.points")[0].verdict is Verdict.BREACH
    assert found.lost_km2 == pytest.approx(change.lost_km2)


def test_the_other_reading_lets_a_flight_be_sent_round() -> None:
    found = of_one(around(), readings={"preclusion": "territory"})
    assert found.changes[0].precludes is False
    assert found.changes[0].lost_km2 is not None
    assert found.reading == "territory"
    points = found.findings.by_rule("VI.II.6.points")[0]
    assert points.verdict is Verdict.COMPLIANT
    assert "preclusion" in points.reading


def test_a_later_time_loses_nothing() -> None:
    found = of_one(Change(0, 0, "weather", "Fog.", {"weather": "fog"}, departs=BEGINS + HOUR))
    assert found.changes[0].lost_km2 == 0
    assert found.changes[0].precludes is False
    assert found.changes[0].lost is None


def test_lower_flight_narrows_the_strip() -> None:
    found = of_one(Change(1, 1, "weather", "Icing.", {"weather": "icing"}, height_agl_m=1000.0))
    lost = found.changes[0].lost_km2
    assert lost == pytest.approx(HALF_KM * distance_km(WEST, NORTH), rel=0.06)


@pytest.mark.parametrize("reading", ["this-flight", "territory"])
def test_switching_sensors_off_precludes_under_any_reading(reading: str) -> None:
    change = around(route=None, without_sensors=SENSORS)
    found = of_one(change, readings={"preclusion": reading})
    assert found.changes[0].precludes


def test_unknown_angles_leave_the_question_open() -> None:
    strange = replace(plan(), sensors=(PlanSensor("x", "sar", None, 3.0),))
    strange = replace(strange, legs=tuple(replace(x, sensors=("x",)) for x in strange.legs))
    found = assess(strange, answer(around(), to=strange))
    assert found.changes[0].precludes is None
    assert found.findings.by_rule("VI.II.6.points")[0].verdict is Verdict.UNDETERMINED
    assert any("not known" in note for note in found.notes)


def test_a_change_that_breaks_a_rule_is_found_out() -> None:
    """Sent 3,000 km out of its way, the flight is longer than Kubinka allows."""
    far = around(route=(Position(58.0, 60.0), Position(57.0, 85.0), Position(57.5, 60.0)))
    assert "R3" in of_one(far).new_breaches
    assert "R3" not in of_one(around()).new_breaches


# --- the document ------------------------------------------------------------------------------


def test_an_answer_to_another_plan_is_refused() -> None:
    with pytest.raises(PlanError, match="another plan"):
        assess(plan(), answer(around(), plan_sha256="0" * 64))


def test_the_document_comes_back_as_it_was(tmp_path) -> None:  # type: ignore[no-untyped-def]
    import json

    proposal = answer(
        around(),
        Change(0, 0, "weather", "Fog.", {"weather": "fog"}, departs=BEGINS + HOUR),
        Change(3, 3, "airfield-status", "Ice.", {"airfield": "UUMB"}, height_agl_m=2500.0,
               airfield=TVER, without_sensors=("vertical",)),
        marks=("EXERCISE",), remarks=("Ours.",),
    )  # fmt: skip
    document = counter_proposal_to_dict(proposal)
    assert counter_proposal_from_dict(document) == proposal
    file = tmp_path / "c.json"
    file.write_text(json.dumps(document))
    assert read_counter_proposal(file) == proposal


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda d: d["changes"][0].update(legs=[2, 1]), "before the first"),
        (lambda d: d["changes"][0].pop("route"), "/changes/0"),
        (lambda d: d.update(plan_sha256="abc"), "/plan_sha256"),
        (lambda d: d.update(changes=[]), "/changes"),
        (lambda d: d.update(proposed="2021-02-30T07:00:00Z"), "/proposed"),
    ],
)
def test_a_malformed_document_is_refused(spoil, words: str) -> None:  # type: ignore[no-untyped-def]
    document = counter_proposal_to_dict(answer(around()))
    spoil(document)
    with pytest.raises(DataError) as caught:
        counter_proposal_from_dict(document)
    assert words in str(caught.value)
