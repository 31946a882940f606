"""A plan that the planner itself made: compliant, and broken by every mutation."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest
from mutations import MUTATIONS, breaks
from rule_samples import treaty, view_on

from overflight.geo.positions import Position
from overflight.mission.check import check_plan
from overflight.mission.plan import make_plan
from overflight.rules.case import Case
from overflight.rules.engine import check
from overflight.terms.findings import Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.sites import Site
from overflight.treaty.geography import geography

DAY = dt.date(2021, 5, 19)


@cache
def planned() -> MissionPlan:
    """Over a grid of illustrative places between Moscow and the Volga."""
    places = [(lat, lon) for lat in (53.5, 55.0, 56.5, 58.0) for lon in (38.5, 41.0, 43.5, 46.0)]
    sites = [
        Site(f"s{n}", Position(lat=lat, lon=lon)) for n, (lat, lon) in enumerate(places, start=1)
    ]
    return make_plan(
        sites,
        treaty=treaty(),
        observing="DEU",
        observed="RUS",
        on=DAY,
        aircraft="saab-340b",
        start="UUMB",
        iterations=30,
        seed=1,
    ).plan


@pytest.mark.slow
def test_what_the_planner_gives_is_compliant() -> None:
    findings = check_plan(planned())
    wrong = findings.of(Verdict.BREACH, Verdict.UNDETERMINED)
    assert [f"{f.rule}: {f.message}" for f in wrong] == []
    assert findings.verdict is Verdict.COMPLIANT


@pytest.mark.slow
def test_every_mutation_of_it_is_caught_with_the_right_paragraph() -> None:
    view = view_on(DAY)
    ground = geography(view, "RUS")
    missed = []
    for mutation in MUTATIONS:
        spoiled = mutation.apply(planned(), ground)
        findings = check(Case(view, {}, spoiled, ground), "plan")
        if not breaks(findings, mutation.rule, mutation.paragraph):
            missed.append(mutation.name)
    assert missed == []
