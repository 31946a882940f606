"""Tours of inspections: against every order of few sites, against hours counted by hand, from the
command line.

POI II.17: 48 hours for the first inspection, 36 for each further one, ten days in all; II.19 and
VII.8: of one way at most nine hours count; VII.6: six hours to prepare; VII.7: the first site is
named an hour after arrival at the earliest.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import DataError, PlanError
from overflight.formats.road_times import read_road_times
from overflight.formats.schema import validate
from overflight.formats.tour_json import tour_to_dict
from overflight.geo.positions import Position
from overflight.mission.tour import TourRequest, plan_tour, tour_limits
from overflight.terms.tour import Place, Tour, TourLimits
from overflight.treaty.loader import load_treaty

Cli = Callable[..., Any]
LIMITS = TourLimits(48, 36, 240, 9, 1, 6, 48)
HERE = Position(lat=54.0, lon=28.0)


def places(values: list[float]) -> tuple[Place, ...]:
    return tuple(Place(f"S{n}", HERE, value) for n, value in enumerate(values))


def planned(values: list[float], roads: dict[tuple[str, str], float], **asked: Any) -> Tour:
    entry = Place("E", HERE)
    return plan_tour(TourRequest(entry, places(values), roads, **asked), LIMITS, "made-up")


def all_roads(names: list[str], hours: Callable[[], float]) -> dict[tuple[str, str], float]:
    return {pair: hours() for pair in itertools.combinations(names, 2)}


def by_trying(values: list[float], roads: dict[tuple[str, str], float], hours: float) -> float:
    """The best value of all orders of all subsets, counted leg by leg."""

    def road(a: str, b: str) -> float:
        return roads.get((a, b), roads.get((b, a), 0.0))

    names, best = [f"S{n}" for n in range(len(values))], 0.0
    for size in range(1, len(names) + 1):
        allowed = min(240.0, 48.0 + 36.0 * (size - 1))
        for order in itertools.permutations(range(len(names)), size):
            counted, at = 1.0, "E"
            for index in order:
                counted += min(9.0, max(6.0, road(at, names[index]))) + hours
                at = names[index]
            counted += min(9.0, road(at, "E"))
            if counted <= allowed + 1e-9:
                best = max(best, sum(values[i] for i in order))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_no_order_of_few_sites_is_better(seed: int) -> None:
    rng = random.Random(seed)
    values = [float(rng.randint(1, 9)) for _ in range(5)]
    names = ["E", *(f"S{n}" for n in range(5))]
    roads = all_roads(names, lambda: rng.choice([0.5, 2.0, 5.0, 7.0, 8.5, 12.0]))
    hours = rng.choice([20.0, 30.0, 33.0, 38.0, 41.0])  # where 36 hours bind, and where not
    tour = planned(values, roads, hours=hours)
    best = by_trying(values, roads, hours)
    assert tour.value <= best
    assert tour.value == best or not tour.best
    assert tour.counted <= tour.allowed + 1e-9


def test_most_answers_are_proved() -> None:
    """The claim "no better tour exists" is worth little if it is never made."""
    rng, proved = random.Random(5), 0
    for _ in range(10):
        values = [float(rng.randint(1, 9)) for _ in range(6)]
        roads = all_roads(["E", *(f"S{n}" for n in range(6))], lambda: rng.choice([2.0, 7.0, 8.0]))
        proved += planned(values, roads, hours=22.0).best
    assert proved >= 8


def test_the_hours_by_hand() -> None:
    """1 h to the naming, 7 + 30 there, 9 of 11 + 30, 4 back: 81 of 84 hours; 83 on the clock."""
    roads = {("E", "S0"): 7.0, ("S0", "S1"): 11.0, ("E", "S1"): 4.0}
    tour = planned([2.0, 3.0], roads, hours=30.0)
    # The other way round: 1 + 6 (4 by road, 6 to prepare) + 30 + 9 + 30 + 7 = 83.
    assert [stop.place.id for stop in tour.stops] == ["S0", "S1"]
    first, second = tour.stops
    assert (first.named, first.arrives, first.leaves, first.counted) == (1, 8, 38, 38)
    assert (second.named, second.arrives, second.leaves, second.counted) == (38, 49, 79, 77)
    assert (second.way.takes, second.way.counts, second.allowed) == (11, 9, 84)
    assert (tour.counted, tour.allowed, tour.returns) == (81, 84, 83)
    assert tour.best


@pytest.mark.parametrize(("hours", "sites"), [(38.0, 1), (38.1, 0)])
def test_a_single_inspection_to_the_last_hour(hours: float, sites: int) -> None:
    """1 + 6 + 38 + 3 back = 48 hours (II.17(A)); a little more, and none fits."""
    tour = planned([1.0], {("E", "S0"): 3.0}, hours=hours)
    assert len(tour.stops) == sites
    assert tour.counted == (48.0 if sites else 0.0)


def test_a_further_inspection_that_takes_more_than_it_gives() -> None:
    """One fits with 10 hours to spare; two take 84.5 of 84."""
    roads = {("E", "S0"): 1.0, ("E", "S1"): 1.0, ("S0", "S1"): 1.0}
    assert len(planned([1.0, 1.0], roads, hours=35.0).stops) == 2  # 1 + 41 + 41 + 1 = 84
    assert len(planned([1.0, 1.0], roads, hours=35.25).stops) == 1


def test_ten_days_are_the_most() -> None:
    """1 + n * (6 + 24) + 1 <= 240 lets seven be inspected, though each gives more than it takes."""
    roads = all_roads(["E", *(f"S{n}" for n in range(9))], lambda: 1.0)
    tour = planned([1.0] * 9, roads, hours=24.0)
    assert len(tour.stops) == 7
    assert tour.counted == 1 + 7 * 30 + 1
    assert len(tour.left_out) == 2


def test_roads_that_are_not_known_are_estimated_and_it_says_so() -> None:
    """A degree of latitude at 54 to 55 degrees north is 111.3 km: * 1.3 / 60 = 2.41 h."""
    site = Place("N", Position(lat=55.0, lon=28.0), 1.0)
    tour = plan_tour(TourRequest(Place("E", HERE), (site,)), LIMITS, "made-up")
    assert tour.stops[0].way.road == pytest.approx(2.41, abs=0.01)
    assert not tour.stops[0].way.given
    assert {a.name for a in tour.assumptions} == {"detour", "speed", "hours at a site"}
    known = TourRequest(Place("E", HERE), (site,), {("N", "E"): 2.0, ("E", "N"): 3.0}, hours=9.0)
    tour = plan_tour(known, LIMITS, "made-up")
    assert (tour.stops[0].way.road, tour.stops[0].way.given) == (3.0, True)  # the longer way
    assert tour.assumptions == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": 49.0}, {"hours": 0.0}, {"at_site": {"nobody": 3.0}}, {"detour": 0.5},
        {"speed_km_h": 0.0}, {"named": 0.5},
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(PlanError) as refused:
        planned([1.0], {}, **wrong)
    assert refused.value.remedy


def test_the_limits_come_from_the_regime() -> None:
    limits = tour_limits(load_treaty("cfe").on(dt.date(2003, 5, 1)))
    assert [limits.allowed(n) for n in (0, 1, 2, 6, 7, 20)] == [0, 48, 84, 228, 240, 240]
    assert (limits.counted, limits.named, limits.prepared, limits.stay) == (9, 1, 6, 48)
    with pytest.raises(DataError, match="sets no such limits"):
        tour_limits(load_treaty("open-skies").on(dt.date(2003, 5, 1)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "no hours"),
        (b",A,B\nA,,x\n", "'x' is no number"),
        (b",A,B\nA,,-1\n", "'-1' is no number"),
        (b",A,B\nA,,nan\n", "'nan' is no number"),
        (b",A,A\nA,,1\n", "name every column"),
        (b",A,B\nA,,1\nA,,2\n", "there twice"),
        (b",A,B\nA,,1,3\n", "too long"),
        (b',A,B\nA,"1\n', "not CSV"),
    ],
)
def test_a_table_of_hours_that_is_none(text: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read_road_times(text)


def test_a_table_of_hours() -> None:
    found = read_road_times(b",A,B,C\nA,0,1.5,\nB,2,0,3\n")
    assert found == {("A", "B"): 1.5, ("B", "A"): 2.0, ("B", "C"): 3.0}


SITES = "id,lat,lon,value\nA,54.3,26.8,5\nB,53.1,26.0,3\nC,52.1,23.7,8\nD,55.2,30.2,6\n"
ROADS = ",E,A,B,C\nE,,2,3,6\nA,2,,2.5,5\nB,3,2.5,,4\n"


def test_from_the_command_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text(SITES)
    (tmp_path / "roads.csv").write_text(ROADS)
    words = (
        "tour", "plan", "--treaty", "cfe", "--sites", tmp_path / "sites.csv",
        "--from", "E=53.88,28.03", "--road-times", tmp_path / "roads.csv", "--hours", "20",
        "--on", "2003-05-01", "--map", tmp_path / "tour.png", "--out", tmp_path / "tour.json",
    )  # fmt: skip
    shown = cli(*words, "--arrives", "2003-05-06T08:00:00Z")
    assert shown.status == 0, shown.err
    assert "NOT FOR RELEASE" in shown.out
    assert "POI II.17" in shown.out
    assert "ASSUMED speed" in shown.out  # nobody gave the way to D
    document = json.loads((tmp_path / "tour.json").read_text())
    validate(document, "tour-plan")
    assert len(document["inspections"]) == 4
    assert document["hours"]["counted"] <= document["hours"]["allowed"] == 156
    ways = [*(stop["way"] for stop in document["inspections"]), document["back"]]
    assert {way["given"] for way in ways} == {True, False}
    assert (tmp_path / "tour.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads(cli(*words, "--json").out) == document
    assert cli(*words, "--json").out == cli(*words, "--json").out


@pytest.mark.parametrize(
    ("entry", "says"), [("nowhere", "neither a point"), ("A=53,28", "a site of the list too")]
)
def test_a_point_of_entry_that_is_none(cli: Cli, tmp_path: Path, entry: str, says: str) -> None:
    (tmp_path / "sites.csv").write_text(SITES)
    shown = cli("tour", "plan", "--treaty", "cfe", "--sites", tmp_path / "sites.csv",
                "--from", entry, "--on", "2003-05-01")  # fmt: skip
    assert shown.status == 2
    assert says in shown.err


def test_a_site_may_be_the_point_of_entry_and_no_tour_is_a_tour(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text(SITES)
    shown = cli("tour", "plan", "--treaty", "cfe", "--sites", tmp_path / "sites.csv", "--from", "A",
                "--on", "2003-05-01", "--hours", "48", "--exercise", "--json")  # fmt: skip
    document = json.loads(shown.out)
    validate(document, "tour-plan")
    assert document["entry"]["id"] == "A"
    assert document["inspections"] == [] and document["back"] is None
    assert document["marks"] == ["EXERCISE"]


def test_the_document_of_a_tour_keeps_its_schema() -> None:
    roads = all_roads(["E", "S0", "S1"], lambda: 2.0)
    validate(tour_to_dict(planned([1.0, 2.0], roads)), "tour-plan")
