"""Who is a non-party on which day, how near a leg comes to it, and what the planner must avoid."""

from __future__ import annotations

import datetime as dt
import time

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from test_geography_territory import DAY, at, on

from overflight.geo.geodesic import destination
from overflight.geo.positions import Position


def km(a: Position, b: Position) -> float:
    return float(Geodesic.WGS84.Inverse(a.lat, a.lon, b.lat, b.lon)["s12"]) / 1000


def states(code: str, day: dt.date = DAY, **readings: str) -> set[str]:
    return {neighbour.state for neighbour in on(code, day, **readings).non_parties}


def test_non_parties_of_russia_are_its_neighbours_outside_the_treaty() -> None:
    # Land neighbours: NOR FIN EST LVA LTU POL BLR UKR GEO AZE KAZ CHN MNG PRK; sea: USA JPN.
    before = {"AZE", "KAZ", "CHN", "MNG", "PRK", "JPN"}
    assert states("RUS", dt.date(2020, 11, 21)) == before
    assert states("RUS", dt.date(2020, 11, 22)) == before | {"USA"}
    neighbours = on("RUS").neighbours
    assert neighbours["USA"].standing == "departed" and neighbours["NOR"].is_party
    assert neighbours["KAZ"].name == "Kazakhstan" and neighbours["KAZ"].gap_km == 0.0
    # Big and Little Diomede lie just under 4 km apart.
    assert neighbours["USA"].gap_km == pytest.approx(3.8, abs=0.5)


def test_readings_make_states_of_abkhazia_and_south_ossetia() -> None:
    assert states("GEO", abkhazia_and_south_ossetia="part-of-georgia") == {"ARM", "AZE"}
    assert states("GEO", abkhazia_and_south_ossetia="states") == {"ARM", "AZE", "ABK", "OST"}
    assert states("RUS", abkhazia_and_south_ossetia="states") >= {"ABK", "OST"}


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("CAN", dt.date(2020, 11, 21), set()),
        ("CAN", dt.date(2020, 11, 22), {"USA"}),
        ("FIN", dt.date(2021, 12, 17), set()),
        ("FIN", dt.date(2021, 12, 18), {"RUS"}),
        ("DEU", DAY, {"AUT", "CHE"}),
        ("ITA", DAY, {"AUT", "CHE", "SMR", "VAT"}),
        ("GRC", DAY, {"ALB", "MKD"}),
        ("TUR", DAY, {"SYR", "IRQ", "IRN", "ARM", "AZE"}),
        ("UKR", DAY, {"MDA"}),
        ("NOR", DAY, set()),
        ("HUN", DAY, {"AUT", "SRB"}),
        ("ISL", DAY, set()),
        ("BLR", DAY, set()),
    ],
)
def test_non_parties_by_day(code: str, day: dt.date, expected: set[str]) -> None:
    found = states(code, day)
    assert found >= expected
    # Across a strait there may be one more (Monaco off Italy); never one that is far.
    rest = [on(code, day).neighbours[state] for state in found - expected]
    assert all(0.5 <= neighbour.gap_km < 44.5 for neighbour in rest)


def test_a_day_that_is_not_known_is_said() -> None:
    # Sweden acceded in 2002 on a day that was not verified.
    finland = on("FIN", dt.date(2003, 4, 1))
    norway = on("NOR", dt.date(2002, 6, 1))
    assert finland.neighbours["SWE"].is_party
    assert norway.neighbours["SWE"].standing == "undetermined"
    assert any("not known" in note for note in norway.notes)
    found = norway.nearest_non_party_border(at(63.4, 11.0), at(63.4, 11.5))
    assert found is not None and found.state == "SWE" and found.standing == "undetermined"


def test_distance_to_the_49th_parallel() -> None:
    # The border between Canada and the United States is the parallel; the leg runs 15 km north of
    # it, for so short a way that it is parallel too.
    canada = on("CAN")
    a, b = at(49.1349, -104.0), at(49.1349, -103.9)
    found = canada.nearest_non_party_border(a, b)
    assert found is not None and found.state == "USA"
    # As drawn: Natural Earth's line lies 0.8 km south of the parallel here.
    assert found.distance_km == pytest.approx(km(at(49, -104), a), abs=1.0)
    assert found.distance_km == pytest.approx(km(found.at, found.border), abs=1e-6)
    assert canada.nearest_non_party_border(a, b, within_km=10) is None


def test_approach_to_kazakhstan_is_found_on_the_right_side() -> None:
    russia = on("RUS")
    orenburg, samara = at(51.77, 55.10), at(53.20, 50.15)
    found = russia.nearest_non_party_border(orenburg, samara)
    assert found is not None and found.state == "KAZ" and found.name == "Kazakhstan"
    # Independent: the shortest of all distances from points of the leg to points of that land.
    [land] = [p.geometry for p in russia.pieces if p.unit == "KAZ"]
    line = Geodesic.WGS84.InverseLine(orenburg.lat, orenburg.lon, samara.lat, samara.lon)
    leg = [line.Position(line.s13 * i / 60) for i in range(61)]
    rings = [ring for part in land.geoms for ring in (part.exterior, *part.interiors)]
    border = [(x, y) for ring in rings for x, y in ring.coords if 48 < x < 58 and 50 < y < 53]
    brute = min(
        Geodesic.WGS84.Inverse(p["lat2"], p["lon2"], y, x)["s12"] / 1000
        for p in leg
        for x, y in border[::3]
    )
    assert found.distance_km <= brute + 0.02
    assert found.distance_km >= brute - 4.0  # the samples lie 6 km apart
    inside = russia.nearest_non_party_border(orenburg, at(50.28, 57.17))  # Aktobe
    assert inside is not None and inside.distance_km == 0.0


def test_far_from_any_border_there_is_none() -> None:
    assert on("RUS").nearest_non_party_border(at(60, 40), at(60, 42)) is None
    assert on("ISL").nearest_non_party_border(at(64, -20), at(65, -18)) is None


def test_bering_strait_is_measured_to_land() -> None:
    russia = on("RUS")
    found = russia.nearest_non_party_border(at(66.16, -169.81), at(65.5, -171.0))
    assert found is not None and found.state == "USA"
    assert 25 < found.distance_km < 60  # Uelen to Little Diomede, some 60 km; the leg, less
    assert any("maritime borders are not drawn" in note for note in russia.notes)


def test_georgian_dispute_turns_on_the_reading() -> None:
    # Adler's shore to the mountains, along the Psou: 4 to 10 km from Abkhazia.
    a, b = at(43.46, 39.92), at(43.55, 40.05)
    plain = on("RUS", abkhazia_and_south_ossetia="part-of-georgia")
    assert plain.nearest_non_party_border(a, b, within_km=50) is None
    disputed = on("RUS", abkhazia_and_south_ossetia="states")
    found = disputed.nearest_non_party_border(a, b)
    assert found is not None and found.state == "ABK" and found.name == "Abkhazia"
    assert found.distance_km < 10


def points_over(code: str, box: tuple[float, float, float, float], n: int) -> list[Position]:
    rng = np.random.default_rng(3)
    west, south, east, north = box
    here, found = on(code), []
    while len(found) < n:
        place = at(float(rng.uniform(south, north)), float(rng.uniform(west, east)))
        if here.in_territory(place):
            found.append(place)
    return found


def test_blocked_pairs_agree_with_each_leg_asked_exactly() -> None:
    russia = on("RUS")
    points = points_over("RUS", (35, 45, 62, 58), 60)
    blocked = russia.blocked_pairs(points, margin_km=15)
    assert blocked.shape == (60, 60) and (blocked == blocked.T).all()
    assert blocked.any() and not blocked.all()
    for i in range(0, 60, 2):
        for j in range(i + 1, 60, 3):
            if russia.blocked_leg(points[i], points[j], margin_km=15):
                assert blocked[i, j]
            if blocked[i, j]:
                # On the safe side by less than a kilometre.
                a, b = points[i], points[j]
                near = russia.nearest_non_party_border(a, b)
                touched = near is not None and near.distance_km < 16
                assert touched or _near_another_state(a, b)


def _near_another_state(a: Position, b: Position) -> bool:
    russia = on("RUS")
    if russia.over_other_states(a, b):
        return True
    beside = [destination(p, azimuth, 1.0) for azimuth in (0, 90, 180, 270) for p in (a,)]
    return any(
        russia.over_other_states(shifted, destination(b, azimuth, 1.0))
        for azimuth, shifted in zip((0, 90, 180, 270), beside, strict=True)
    )


def test_blocked_pairs_across_the_antimeridian() -> None:
    russia = on("RUS")
    anadyr, egvekinot, uelen = at(64.73, 177.51), at(66.32, -179.12), at(66.10, -170.2)
    nome = at(64.50, -165.41)
    blocked = russia.blocked_pairs([anadyr, egvekinot, uelen, nome], margin_km=15)
    assert not blocked[0, 1] and not blocked[1, 2]
    assert blocked[3].all() and blocked[3, 3]  # Nome is the United States'


def test_other_parties_are_kept_out_of_but_not_kept_off() -> None:
    russia = on("RUS")
    near_finland, farther = at(61.05, 28.95), at(60.71, 28.75)  # Svetogorsk's side, Vyborg
    pairs = russia.blocked_pairs([near_finland, farther], margin_km=15)
    assert not pairs[0, 1]
    kept_off = russia.blocked_pairs([near_finland, farther], margin_km=15, other_margin_km=15)
    assert kept_off[0, 1]
    over_latvia = russia.blocked_pairs([at(57.8, 28.3), at(54.8, 20.6)], margin_km=15)
    assert over_latvia[0, 1]


def test_all_lengths_over_the_territory_at_once() -> None:
    russia = on("RUS")
    points = [*points_over("RUS", (28, 50, 62, 68), 25), at(54.71, 20.51)]
    matrix = russia.lengths_over_territory_km(points)
    for i in range(0, 26, 5):
        for j in range(i + 1, 26):
            expected = russia.length_over_territory_km(points[i], points[j])
            assert matrix[i, j] == pytest.approx(expected, abs=0.1)


@pytest.mark.slow
def test_500_points_over_european_russia_take_less_than_5_seconds() -> None:
    russia = on("RUS")
    points = points_over("RUS", (28, 43, 66, 69), 500)
    assert russia.neighbours and not russia.territory.is_empty
    began = time.process_time()
    blocked = russia.blocked_pairs(points, margin_km=15)
    assert time.process_time() - began < 5.0
    assert 0.01 < blocked.mean() < 0.5


@pytest.mark.slow
def test_the_slow_way_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    russia = on("RUS")
    points = points_over("RUS", (48, 50, 60, 54), 10)
    quick = russia.blocked_pairs(points, margin_km=15)
    monkeypatch.setattr("overflight.geo.screens.plane_for", lambda _: None)
    slow = russia.blocked_pairs(points, margin_km=15)
    assert (slow <= quick).all() and (quick != slow).mean() < 0.03
