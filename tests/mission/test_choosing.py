"""Airfields to start from and to end at, "any" of them: what is tried and for how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic

from overflight.errors import PlanError
from overflight.geo.positions import Position
from overflight.mission.choosing import CHOOSING, best_of
from overflight.mission.landing_places import (
    alternates_for,
    alternates_said,
    ends_at,
    landings_for,
    range_left_km,
    starts_from,
)
from overflight.mission.pairings import Pairing, hopeful, hopeless
from overflight.mission.plan import make_plan
from overflight.mission.setting import Setting, setting_for
from overflight.planning.problem import Place, PlanningProblem, Route, Solution
from overflight.planning.protocol import Budget
from overflight.terms.findings import Verdict
from overflight.terms.sites import Site
from overflight.terms.working_plan import SearchReport, WorkingPlan
from overflight.treaty.geography import geography
from overflight.treaty.loader import load_treaty
from overflight.treaty.view import TreatyView

DAY = dt.date(2021, 5, 19)
# Two about Kubinka, two about Vorkuta, 1,936 km apart. To see all four from the one to the other
# takes some 5,200 km; there and back 7,100, and 5,500 is the most from Kubinka.
FAR_APART = [
    Site("A", Position(52.5, 41.0)),
    Site("B", Position(58.0, 33.0)),
    Site("C", Position(67.5, 72.0)),
    Site("D", Position(66.5, 54.0)),
]


@cache
def russia() -> TreatyView:
    return load_treaty("open-skies").on(DAY)


@cache
def setting(aircraft: str = "saab-340b") -> Setting:
    view = russia()
    return setting_for(view, geography(view, "RUS"), FAR_APART, view.aircraft(aircraft))


def plan(sites: Sequence[Site], **changes: Any) -> WorkingPlan:
    asked: dict[str, Any] = {
        "treaty": "open-skies", "observing": "DEU", "observed": "RUS", "on": DAY,
        "aircraft": "saab-340b", "start": "UUMB", "iterations": 60,
    }  # fmt: skip
    return make_plan(sites, **(asked | changes))


def km(a: Position, b: Position) -> float:
    return Geodesic.WGS84.Inverse(a.lat, a.lon, b.lat, b.lon)["s12"] / 1000.0


# --- which airfields --------------------------------------------------------------------------


def test_a_flight_may_end_where_it_may_begin() -> None:
    """II.27: an Open Skies airfield is where a flight may commence or terminate (Annex E, App. 1,
    Section II; Novosibirsk since 2019: fact sheet)."""
    codes = [airfield.code for airfield in ends_at(russia(), "RUS", "any")]
    assert sorted(codes) == ["UHMM", "UIUU", "UNNT", "UUMB", "UUYW"]
    assert [airfield.code for airfield in ends_at(russia(), "RUS", " ANY ")] == codes
    assert [airfield.code for airfield in ends_at(russia(), "RUS", "vorkuta")] == ["UUYW"]


@pytest.mark.slow
def test_to_any_finds_the_end_that_shows_most() -> None:
    there = plan(FAR_APART, aircraft="an-30b-rus", end="any")
    back = plan(FAR_APART, aircraft="an-30b-rus")
    assert there.plan.start.code == "UUMB"
    assert there.plan.end.code == "UUYW"
    assert there.value_observed == 4 > back.value_observed
    assert not there.findings.of(Verdict.BREACH)


@pytest.mark.slow
def test_from_any_to_any_says_what_was_looked_at() -> None:
    made = plan(FAR_APART, aircraft="an-30b-rus", start="any", end="any")
    assert {made.plan.start.code, made.plan.end.code} == {"UUMB", "UUYW"}
    (said,) = [note for note in made.search.notes if "pairs of airfields" in note]
    assert said.startswith("20 pairs")  # 4 with a known distance to start from, 5 to end at


# --- what is hopeless -------------------------------------------------------------------------


def test_what_cannot_be_flown_is_dropped_without_a_search() -> None:
    view = russia()
    starts, ends = starts_from(view, "RUS", "any"), ends_at(view, "RUS", "any")
    pairs, dropped = hopeful([(a, b) for a in starts for b in ends], setting())
    assert pairs[0].label in ("UUMB", "UUYW")
    assert len(pairs) + len(dropped) == 20
    why = {line.partition(":")[0]: line for line in dropped}
    # 1,936 km from Kubinka to Vorkuta by GeographicLib; the Saab is taken to fly 1,700.
    assert "1,936 km" in why["UUMB-UUYW"] and "1,700 km" in why["UUMB-UUYW"]
    assert "no site within reach" in why["UHMM"]
    by_code = {airfield.code: airfield.position for airfield in ends}
    assert round(km(by_code["UUMB"], by_code["UUYW"])) == 1936  # type: ignore[arg-type]


def place(code: str, lon: float) -> Place:
    return Place(code, Position(lat=0.0, lon=lon))


@pytest.mark.parametrize(
    ("total", "stage", "between", "says"),
    [
        (900.0, 2000.0, (), "the limit 900 km"),  # 10 degrees of equator: 1,113 km
        (2000.0, 600.0, (), "between two landings"),
        (2000.0, 600.0, (5.0,), ""),
        (1200.0, 2000.0, (), ""),
        (1200.0, 900.0, (-7.0,), "between two landings"),
    ],
)
def test_hopeless_by_plain_arithmetic(
    total: float, stage: float, between: tuple[float, ...], says: str
) -> None:
    problem = PlanningProblem(
        (), place("A", 0.0), place("B", 10.0), tuple(place(f"P{x}", x) for x in between),
        total, stage,
    )  # fmt: skip
    why = hopeless(problem)
    assert says in why
    assert bool(why) == bool(says)


def test_nothing_that_can_be_flown_says_why_for_each() -> None:
    sites = [Site("K", Position(54.7, 21.0))]
    with pytest.raises(PlanError, match="UHMM: no site within reach"):
        plan(sites, start="any")


# --- how the budget is shared -----------------------------------------------------------------


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Fake:
    """A search that takes ``takes`` seconds whatever it is given, and finds ``worth``."""

    worth: dict[str, float]
    takes: float
    clock: Clock
    asked: list[tuple[str, Budget]] = field(default_factory=list)

    def __call__(self, pair: Pairing, budget: Budget) -> Found:
        self.asked.append((pair.label, budget))
        given = budget.seconds or 0.0
        self.clock.now += max(given, self.takes)
        value = self.worth[pair.label] + (1.0 if len(self.asked) > len(self.worth) else 0.0)
        here = place("A", 0.0)
        report = SearchReport("fake", 1, 10, max(given, self.takes))
        return Found(value, Solution(Route((here, here), ((),)), report))


@dataclass(frozen=True)
class Found:
    value: float
    solution: Solution


def pairs_of(most: dict[str, float]) -> list[Pairing]:
    """Stand-ins: only their names and what they can show at most are looked at."""
    view = russia()
    made = []
    for code, worth in most.items():
        (airfield,) = ends_at(view, "RUS", code)
        landings = landings_for(view, "RUS", airfield, airfield, ())
        limit = view.maximum_flight_distance("UUMB")
        problem = PlanningProblem((), landings.start, landings.end, (), 1.0, 1.0)
        made.append(Pairing(airfield, airfield, landings, limit, problem, worth, worth))
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("overflight.mission.choosing.Meter", lambda b, s: _meter(b, s, clock))
    return clock


def _meter(budget: Budget, stop: Any, clock: Clock) -> Any:
    from overflight.planning.protocol import Meter

    return Meter(budget, stop, clock)


WORTH = {"UUMB": 5.0, "UUYW": 4.0, "UIUU": 3.0, "UHMM": 2.0}


@pytest.mark.parametrize("takes", [0.1, 1.0, 2.0, 3.5])
def test_the_whole_keeps_within_the_seconds(takes: float, clock: Clock) -> None:
    """However long a search takes at least, as long as one of them fits."""
    fake = Fake(WORTH, takes, clock)
    best_of(pairs_of(dict.fromkeys(WORTH, 9.0)), (), fake, Budget(seconds=10.0))
    assert clock.now <= 10.0 + 1e-6
    assert fake.asked[0][0] == "UUMB"


def test_every_pair_has_its_share_and_the_best_the_rest(clock: Clock) -> None:
    fake = Fake(WORTH, 0.0, clock)
    choice = best_of(pairs_of(dict.fromkeys(WORTH, 9.0)), (), fake, Budget(seconds=10.0))
    assert [label for label, _ in fake.asked] == [*WORTH, "UUMB"]
    shares = [budget.seconds for _, budget in fake.asked]
    assert shares == pytest.approx([1.0, 1.0, 1.0, 1.0, 6.0])
    assert sum(s or 0.0 for s in shares[:-1]) == pytest.approx(10.0 * CHOOSING)
    assert choice.found.value == 6.0


def test_what_cannot_be_better_is_not_searched(clock: Clock) -> None:
    fake = Fake(WORTH, 0.0, clock)
    choice = best_of(
        pairs_of({"UUMB": 9.0, "UUYW": 5.0, "UIUU": 9.0}), ["X: no"], fake, Budget(seconds=10.0)
    )
    assert [label for label, _ in fake.asked] == ["UUMB", "UIUU", "UUMB"]
    assert "1 cannot show more" in choice.said
    assert choice.said.startswith("4 pairs")


def test_one_pair_that_is_left_has_the_whole_budget(clock: Clock) -> None:
    fake = Fake({"UUMB": 5.0}, 0.0, clock)
    best_of(pairs_of({"UUMB": 9.0}), ["X: no"], fake, Budget(seconds=10.0))
    assert [budget.seconds for _, budget in fake.asked] == [10.0]


def test_iterations_are_shared_alike_whatever_the_clock(clock: Clock) -> None:
    fake = Fake(WORTH, 50.0, clock)
    best_of(pairs_of(dict.fromkeys(WORTH, 9.0)), (), fake, Budget(iterations=100))
    assert [budget.iterations for _, budget in fake.asked] == [10, 10, 10, 10, 60]


# --- alternates -------------------------------------------------------------------------------


def stage(length_km: float) -> Route:
    """One stage out of Kubinka, due east and back, about that long in all."""
    (kubinka,) = starts_from(russia(), "RUS", "UUMB")
    assert kubinka.position is not None
    out = Geodesic.WGS84.Direct(kubinka.position.lat, kubinka.position.lon, 90, length_km * 500)
    at = Place("UUMB", kubinka.position)
    return Route((at, at), ((Position(out["lat2"], out["lon2"]),),))


def test_an_alternate_is_within_what_the_last_stage_leaves() -> None:
    """Vorkuta is the designated airfield nearest to Kubinka: 1,936 km by GeographicLib."""
    for last, names in ((60.0, ["UUYW"]), (70.0, [])):
        route = stage(last)
        assert range_left_km(route, 2000.0) == pytest.approx(2000.0 - last, abs=1e-6)
        found = alternates_for(russia(), "RUS", route, 2000.0)
        assert [airfield.code for airfield in found] == names
        said = alternates_said(found, route, 2000.0)
        assert f"{2000 - last:,.0f} km" in said and "reserves untouched" in said
        assert ("UUYW" in said) == bool(names)


def test_only_the_last_stage_counts() -> None:
    once = stage(60.0)
    twice = Route((*once.stations, once.stations[0]), (stage(1900.0).stages[0], once.stages[0]))
    assert range_left_km(twice, 2000.0) == pytest.approx(1940.0, abs=1e-6)


def test_a_plan_says_how_its_alternates_were_judged() -> None:
    made = plan([Site("S", Position(55.9, 38.0))])
    (said,) = [line for line in made.assumptions if "lternate" in line]
    landed = {stop.fix for stop in made.plan.stops}
    last = 0.0
    for leg in made.plan.legs:
        last = leg.distance_km + (0.0 if leg.start in landed else last)
    assert f"{1700 - last:,.0f} km" in said
    assert made.plan.alternates == ()
