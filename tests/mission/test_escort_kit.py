"""The observed side's kit: what of one's own is seen, until when to answer, what to look at."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from overflight.formats.counter_json import counter_proposal_to_dict
from overflight.geo.geodesic import azimuth_deg, destination, distance_km
from overflight.geo.positions import Position
from overflight.mission.counter.assess import assess
from overflight.mission.escort.kit import Kit, kit_for
from overflight.terms.findings import Verdict
from overflight.terms.mission_plan import Fix, MissionPlan, PlanTimes
from overflight.terms.sites import Site
from plan_by_hand import BEGINS, HOUR, NORTH, WEST, plan

MIDDLE = destination(WEST, azimuth_deg(WEST, NORTH), distance_km(WEST, NORTH) / 2)
OWN = [
    Site("depot", destination(MIDDLE, azimuth_deg(MIDDLE, NORTH) + 90, 1.0), name="Depot"),
    Site("edge", destination(MIDDLE, azimuth_deg(MIDDLE, NORTH) + 90, 3.6)),
    Site("far", Position(60.0, 60.0), name="SECRET-NAME"),
]


@pytest.fixture(scope="module")
def kit() -> Kit:
    return kit_for(plan(), OWN)


def test_which_places_are_seen_when_and_how_well(kit: Kit) -> None:
    depot, edge, far = kit.exposures
    assert (depot.seen, edge.perhaps, far.sightings) == (True, True, ())
    best = depot.best
    assert best is not None
    assert best.leg == 1
    # Half-way along the second leg, 2,000 m up and 1 km beside: 0.3 m x sqrt(5) / 2.
    assert best.ground_resolution_m == pytest.approx(0.3 * 5**0.5 / 2, abs=1e-3)
    leg = plan().legs[1]
    assert leg.departs is not None and leg.arrives is not None and best.at is not None
    assert abs(best.at - (leg.departs + (leg.arrives - leg.departs) / 2)) <= dt.timedelta(seconds=2)


def test_there_are_four_hours_to_answer(kit: Kit) -> None:
    assert kit.answer_by == BEGINS - 26 * HOUR
    assert "VI.II.6" in kit.answer_cite
    silent = kit_for(replace(plan(), times=replace(plan().times, submitted=None)), [])
    assert silent.answer_by is None


def test_hazards_that_the_plan_crosses(kit: Kit) -> None:
    (hazard,) = kit.hazards
    assert (hazard.id, hazard.legs) == ("UUD1", (1,))
    assert hazard.from_utc == plan().legs[1].departs


def test_no_neighbour_near_moscow(kit: Kit) -> None:
    assert kit.neighbours == ()


def test_a_route_along_a_border_has_neighbours() -> None:
    """From Tver towards Pskov: Estonia's and Latvia's borders are about 30 km from there."""
    pskov = Position(57.8, 28.0)
    given = plan()
    fixes = (*given.fixes[:1], Fix("W1", pskov), *given.fixes[2:])
    kit = kit_for(replace(given, fixes=fixes), [])
    near = {n.state: n for n in kit.neighbours}
    assert {"EST", "LVA"} <= set(near)
    assert near["EST"].standing == "party"
    assert 5 < near["EST"].distance_km < 50
    assert near["EST"].leg in (0, 1)
    assert [n.distance_km for n in kit.neighbours] == sorted(n.distance_km for n in kit.neighbours)


def test_checklists_are_the_observed_sides(kit: Kit) -> None:
    ids = {c.id for c in kit.checklists}
    assert {"covers-on-arrival", "inspection", "plan-answer"} <= ids
    assert "inspection-by-observing" not in ids
    theirs = kit_for(replace(plan(), aircraft_provided_by="RUS"), [])
    assert "inspection" not in {c.id for c in theirs.checklists}
    for checklist in kit.checklists:
        assert all(item.citations for item in checklist.items)


def test_nothing_to_mend_no_draft(kit: Kit) -> None:
    assert not [f for f in kit.findings.of(Verdict.BREACH) if "VI.II.4" in f.cite]
    assert kit.draft is None


def late(given: MissionPlan) -> MissionPlan:
    times = given.times
    return replace(
        given,
        times=PlanTimes(
            times.arrival_at_point_of_entry, BEGINS - 20 * HOUR, BEGINS, times.completion
        ),
    )


@pytest.mark.parametrize(("given", "rule"), [(plan(height=1500.0), "R4"), (late(plan()), "R7")])
def test_the_draft_mends_what_is_broken(given: MissionPlan, rule: str) -> None:
    kit = kit_for(given, OWN)
    assert rule in {f.rule for f in kit.findings.of(Verdict.BREACH)}
    assert kit.draft is not None
    found = assess(given, kit.draft)
    assert all(change.support == "shown" for change in found.changes)
    assert all(change.precludes is False for change in found.changes)
    assert rule not in {f.rule for f in found.plan_findings.of(Verdict.BREACH)}
    assert found.new_breaches == ()


def test_the_draft_mends_both_at_once() -> None:
    given = late(plan(height=1500.0))
    draft = kit_for(given, []).draft
    assert draft is not None
    found = assess(given, draft)
    assert not {"R4", "R7"} & {f.rule for f in found.plan_findings.of(Verdict.BREACH)}


def test_the_draft_names_no_place_of_ones_own() -> None:
    draft = kit_for(late(plan(height=1500.0)), OWN).draft
    assert draft is not None
    text = json.dumps(counter_proposal_to_dict(draft))
    assert not [site for site in OWN if site.id in text or (site.name and site.name in text)]


def test_assumed_angles_are_said(kit: Kit) -> None:
    assert any("assumed" in note for note in kit.notes)
