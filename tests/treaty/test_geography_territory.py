"""Whose ground it is: real places, published areas, readings, groups, waters.

Coordinates of places are those of common gazetteers, rounded to a minute or so. Areas are the
States' own or the United Nations' figures (Demographic Yearbook, table 3).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import time

import numpy as np
import pytest
import shapely

from overflight.errors import DataError, NotInForceError
from overflight.geo.areas import Area
from overflight.geo.geodesic import destination, distance_km
from overflight.geo.positions import Position
from overflight.treaty.geography import Geography, geography
from overflight.treaty.loader import load_treaty

DAY = dt.date(2021, 5, 19)


def on(code: str, day: dt.date = DAY, **readings: str) -> Geography:
    chosen = {name.replace("_", "-"): option for name, option in readings.items()}
    return geography(load_treaty("open-skies").on(day, chosen), code)


def at(lat: float, lon: float) -> Position:
    return Position(lat=lat, lon=lon)


@pytest.mark.parametrize(
    ("code", "km2"),
    [
        ("RUS", 17_098_246),
        ("BLR", 207_600),
        ("RUBY", 17_098_246 + 207_600),
        ("UKR", 603_500),
        ("GEO", 69_700),
        ("DEU", 357_588),
        ("POL", 312_679),
        ("CAN", 9_984_670),
        ("HUN", 93_023),
    ],
)
def test_land_has_the_published_area(code: str, km2: float) -> None:
    assert on(code).land.area_km2 == pytest.approx(km2, rel=0.01)


@pytest.mark.parametrize(
    ("code", "lat", "lon", "inside"),
    [
        ("RUS", 55.61, 36.65, True),  # Kubinka
        ("RUS", 54.71, 20.51, True),  # Kaliningrad
        ("RUS", 64.73, 177.51, True),  # Anadyr, east of which lies 180
        ("RUS", 66.16, -169.81, True),  # Uelen, beyond 180
        ("RUS", 80.62, 58.05, True),  # Nagurskoye area, Franz Josef Land
        ("RUS", 53.90, 27.57, False),  # Minsk
        ("RUBY", 53.90, 27.57, True),
        ("RUS", 71.24, 179.42, True),  # Wrangel Island
        ("NOR", 78.22, 15.65, True),  # Longyearbyen, Spitsbergen
        ("PRT", 37.74, -25.67, True),  # Ponta Delgada, Azores
        ("DNK", 64.18, -51.72, True),  # Nuuk, Greenland
        ("DNK", 62.01, -6.77, True),  # Tórshavn
        ("USA", 21.31, -157.86, True),  # Honolulu
        ("USA", 51.88, -176.65, True),  # Adak, Aleutian Islands
        ("USA", 52.92, 172.91, True),  # Attu, on the other side of 180
        ("BNX", 49.61, 6.13, True),  # Luxembourg
        ("BNX", 52.37, 4.90, True),
        ("DEU", 48.21, 16.37, False),  # Vienna
        ("RUS", 45.62, 63.31, False),  # Baikonur: leased, Kazakhstan's
        ("GBR", 36.14, -5.35, True),  # Gibraltar, named by the UK
    ],
)
def test_places_lie_where_they_lie(code: str, lat: float, lon: float, inside: bool) -> None:
    assert on(code).in_territory(at(lat, lon)) is inside


def test_territory_takes_in_the_sea_to_twelve_miles_and_no_farther() -> None:
    # Off open coasts, 9 and 18 nautical miles from a headland, straight out to sea.
    for code, headland, out in (
        ("NOR", at(71.17, 25.78), 0.0),  # North Cape
        ("PRT", at(37.02, -8.99), 225.0),  # Cape St Vincent
        ("RUS", at(54.42, 142.72), 0.0),  # Cape Elizabeth, Sakhalin
        ("TUR", at(42.02, 35.15), 20.0),  # Sinop
    ):
        here = on(code)
        assert here.in_territory(destination(headland, out, 9 * 1.852))
        assert not here.land.contains(destination(headland, out, 9 * 1.852))
        assert not here.in_territory(destination(headland, out, 18 * 1.852))


def test_waters_are_divided_at_equal_distance() -> None:
    # Big Diomede is Russia's, Little Diomede the United States': 4 km apart.
    big, little = at(65.78, -169.06), at(65.755, -168.92)
    russia, america = on("RUS"), on("USA", dt.date(2020, 1, 1))
    assert russia.land.contains(big) and america.land.contains(little)
    west, east = at(65.768, -169.005), at(65.762, -168.955)
    assert russia.in_territory(west) and not america.in_territory(west)
    assert america.in_territory(east) and not russia.in_territory(east)
    # Off the border between Finland and Sweden in the Gulf of Bothnia nobody has both.
    finland, sweden = on("FIN"), on("SWE")
    for lon in (23.9, 24.0, 24.1, 24.2, 24.3):
        both = finland.in_territory(at(65.7, lon)) + sweden.in_territory(at(65.7, lon))
        assert both == 1


def test_landlocked_territory_is_its_land() -> None:
    hungary = on("HUN")
    assert hungary.territory.area_km2 == pytest.approx(hungary.land.area_km2, rel=1e-6)


def test_crimea_goes_where_the_reading_says() -> None:
    simferopol = at(44.95, 34.10)
    assert on("UKR", crimea="ukraine").in_territory(simferopol)
    assert not on("RUS", crimea="ukraine").in_territory(simferopol)
    assert on("RUS", crimea="russia").in_territory(simferopol)
    assert not on("UKR", crimea="russia").in_territory(simferopol)
    # Before March 2014 nobody disputed it, whatever the reading.
    assert not on("RUS", dt.date(2014, 3, 17), crimea="russia").in_territory(simferopol)
    assert on("RUS", dt.date(2014, 3, 18), crimea="russia").in_territory(simferopol)
    off_yalta = at(44.40, 34.20)  # its waters go with it
    assert on("UKR", crimea="ukraine").in_territory(off_yalta)
    assert on("RUS", crimea="russia").in_territory(off_yalta)
    assert not on("RUS", crimea="ukraine").in_territory(off_yalta)
    # The peninsula without Sevastopol's harbour has 27,000 km2.
    gained = on("RUS", crimea="russia").land.area_km2 - on("RUS", crimea="ukraine").land.area_km2
    assert gained == pytest.approx(27_000, rel=0.03)
    assert any("Crimea counts with RUS" in note for note in on("RUS", crimea="russia").notes)


def test_abkhazia_and_south_ossetia_go_where_the_reading_says() -> None:
    sukhumi, tskhinvali = at(43.00, 41.02), at(42.23, 43.97)
    georgia = on("GEO", abkhazia_and_south_ossetia="part-of-georgia")
    assert georgia.in_territory(sukhumi) and georgia.in_territory(tskhinvali)
    without = on("GEO", abkhazia_and_south_ossetia="states")
    assert not without.in_territory(sukhumi) and not without.in_territory(tskhinvali)
    assert without.in_territory(at(41.70, 44.80))  # Tbilisi
    lost = georgia.land.area_km2 - without.land.area_km2
    assert lost == pytest.approx(8_660 + 3_900, rel=0.05)


def test_after_one_member_left_a_group_means_the_rest() -> None:
    treaty, day = load_treaty("open-skies"), dt.date(2022, 1, 15)
    with pytest.raises(NotInForceError):
        geography(treaty.on(day), "RUBY")
    # What if the group had gone on without Russia?
    groups = tuple(
        dataclasses.replace(group, valid_until=None)
        for group in treaty.groups
        if group.code == "RUBY" and group.valid_from <= DAY
    )
    later = geography(dataclasses.replace(treaty, groups=groups).on(day), "RUBY")
    assert later.members == ("BLR",)
    assert later.in_territory(at(53.90, 27.57)) and not later.in_territory(at(55.75, 37.62))


def test_leg_over_chukotka_crosses_180_in_one_piece() -> None:
    anadyr, egvekinot = at(64.73, 177.51), at(66.32, -179.12)
    russia = on("RUS")
    whole = distance_km(anadyr, egvekinot)
    assert 200 < whole < 300
    inside = russia.length_over_territory_km(anadyr, egvekinot)
    # The Gulf of Anadyr may take a little of it; nothing like the way round the world.
    assert 0.8 * whole < inside <= whole + 1e-6
    assert russia.length_over_territory_km(egvekinot, anadyr) == pytest.approx(inside, abs=1e-3)
    wrangel, pevek = at(71.0, -179.5), at(69.70, 170.31)
    over = russia.length_over_territory_km(wrangel, pevek)
    assert 100 < over < distance_km(wrangel, pevek)  # De Long Strait is 140 km wide


def test_length_over_territory_leaves_out_other_states() -> None:
    moscow, kaliningrad = at(55.75, 37.62), at(54.71, 20.51)
    russia, group = on("RUS"), on("RUBY")
    crossed = {state: km for state, km, _ in russia.over_other_states(moscow, kaliningrad)}
    assert set(crossed) == {"BLR", "LTU"}
    whole = distance_km(moscow, kaliningrad)
    inside = russia.length_over_territory_km(moscow, kaliningrad)
    assert inside + sum(crossed.values()) == pytest.approx(whole, abs=1.0)
    assert group.length_over_territory_km(moscow, kaliningrad) == pytest.approx(
        inside + crossed["BLR"], abs=1.0
    )
    order = [state for state, _, _ in russia.over_other_states(kaliningrad, moscow)]
    assert order == ["LTU", "BLR"]


def test_dependencies_are_neither_territory_nor_another_state() -> None:
    france = on("FRA")
    noumea, cayenne = at(-22.27, 166.44), at(4.92, -52.31)
    assert france.in_territory(cayenne) and not france.in_territory(noumea)
    assert france.over_other_states(noumea, at(-22.0, 166.0)) == ()
    assert any("NCL" in note for note in france.notes)


def test_what_is_said_about_the_map() -> None:
    russia = on("RUS")
    assert russia.error_km == 5.0
    for words in (
        "Natural Earth",
        "1:10,000,000",
        "12 nautical miles",
        "Straight baselines",
        "5 km",
    ):
        assert words in russia.basis
    assert russia.units == ("RUS",) and on("RUBY").units == ("BLR", "RUS")


@pytest.mark.parametrize("code", ["XXX", "", "Russia"])
def test_unknown_codes_are_refused(code: str) -> None:
    with pytest.raises(DataError) as caught:
        on(code)
    assert caught.value.remedy


def test_the_same_question_gives_the_same_map() -> None:
    assert on("RUS") is on("RUS")
    assert on("RUS") is not on("RUS", crimea="russia")


@pytest.mark.slow
def test_maps_are_made_quickly() -> None:
    from overflight.treaty import borders, chart
    from overflight.treaty import geography as geography_module

    borders._read_geopackage.cache_clear()
    for code, limit in (("RUBY", 3.0), ("GEO", 1.0), ("HUN", 1.0)):
        chart._kept.clear()
        geography_module._kept.cache_clear()
        began = time.process_time()
        here = on(code)
        here.in_territory(at(50, 40))
        assert here.neighbours
        assert time.process_time() - began < limit * 2  # twice: this machine may be busy


@pytest.mark.parametrize(
    ("code", "box"),
    [
        ("GRC", (25.0, 36.0, 28.5, 40.0)),  # an archipelago off another State's coast
        ("FIN", (21.0, 59.0, 28.0, 60.8)),
        ("DNK", (9.0, 54.3, 13.0, 58.0)),
        ("RUS", (170.0, 62.0, 192.0, 71.0)),  # on both sides of 180
    ],
)
def test_the_sea_goes_to_the_nearest_coast_within_twelve_miles(
    code: str, box: tuple[float, float, float, float]
) -> None:
    """What the shipped waters say, held against distances to the land itself."""
    here = on(code)
    others = [
        Area.of(piece.geometry)
        for piece in here.pieces
        if piece.state not in here.members
        and shapely.intersects(here.frame.place(piece.geometry), shapely.box(*box).buffer(1))
    ]
    rng = np.random.default_rng(8)
    decided = 0
    for _ in range(300):
        place = at(float(rng.uniform(box[1], box[3])), float(rng.uniform(box[0], box[2])))
        own = here.land.distance_km(place, place, within_km=30)
        if own is None or own.km == 0:
            continue
        rest = [area.distance_km(place, place, within_km=30) for area in others]
        other = min((near.km for near in rest if near), default=99.0)
        expected = own.km <= 22.224 and own.km < other
        if abs(own.km - 22.224) < 1.5 or abs(own.km - other) < 1.5:
            continue  # the line is drawn to about 1 km
        decided += 1
        assert here.in_territory(place) is expected, (place, own.km, other)
    assert decided > 15
