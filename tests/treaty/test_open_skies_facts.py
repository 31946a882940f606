"""The data of the Treaty on Open Skies against facts typed in from its text and its sources.

tests/cases/open_skies_facts.toml was written from the text and the depositaries' tables, not
from the data files. The first half reads the raw TOML; the second asks the loaded treaty.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import overflight
from overflight.errors import NotInForceError, UnknownValueError
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty

DATA = Path(overflight.__file__).parent / "data"
FOLDER = DATA / "treaties" / "open-skies"
FACTS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "open_skies_facts.toml").read_text(encoding="utf-8")
)
RAW: dict[str, dict[str, Any]] = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in sorted(FOLDER.glob("*.toml"))
}
AIRCRAFT: dict[str, dict[str, Any]] = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in sorted((DATA / "aircraft").glob("*.toml"))
}
SIXTY_DAYS = dt.timedelta(days=60)
TEXT = "text "


def lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def every_row(value: Any) -> Iterator[dict[str, Any]]:
    """All tables in a parsed file, nested ones too."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from every_row(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from every_row(inner)


def events(state: str, kind: str) -> list[dict[str, Any]]:
    return [e for e in RAW["parties"]["event"] if e["state"] == state and e["kind"] == kind]


def in_use(state: str, kind: str) -> dict[str, Any]:
    (event,) = [e for e in events(state, kind) if e.get("in_use", True)]
    return event


def airfield(icao: str) -> dict[str, Any]:
    row: dict[str, Any]
    (row,) = [a for a in RAW["airfields"]["airfield"] if a.get("icao") == icao]
    return row


def deposits() -> dict[str, dt.date]:
    return {code: day(date) for code, date in lines(FACTS["parties"]["signed_1992_03_24"])}


# --- the files themselves -----------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(RAW))
def test_every_citation_names_a_source(name: str) -> None:
    known = {source["id"] for source in RAW["sources"]["source"]}
    keys = ("cite", "later_cite", "conference_cite", "limit_cite")
    cited = {
        text.split()[0] for row in every_row(RAW[name]) for key in keys for text in row.get(key, ())
    }
    assert cited <= known


def test_every_source_is_cited_and_stands_once() -> None:
    ids = [source["id"] for source in RAW["sources"]["source"]]
    assert len(ids) == len(set(ids))
    rest = [raw for name, raw in RAW.items() if name != "sources"]
    cited = {
        text.split()[0]
        for raw in rest
        for row in every_row(raw)
        for key, texts in row.items()
        if key.endswith("cite")
        for text in texts
    }
    assert set(ids) - cited == set()


@pytest.mark.parametrize("name", sorted(AIRCRAFT))
def test_every_citation_of_an_aircraft_names_a_source(name: str) -> None:
    own = {source["id"] for source in AIRCRAFT[name]["source"]}
    shared = {source["id"] for source in RAW["sources"]["source"]}
    cited = {text.split()[0] for row in every_row(AIRCRAFT[name]) for text in row.get("cite", ())}
    assert cited <= own | shared
    assert AIRCRAFT[name]["aircraft"]["id"] == name


def test_what_is_unknown_has_a_note_and_no_value() -> None:
    rows = [r for raw in (*RAW.values(), *AIRCRAFT.values()) for r in every_row(raw)]
    unknown = [r for r in rows if r.get("status") == "unknown" and "from" in r]
    assert len(unknown) > 20
    for row in unknown:
        assert row["note"]
        assert "value" not in row and "flights" not in row


def test_what_is_assumed_says_why() -> None:
    for raw in AIRCRAFT.values():
        for figure in ("range_km", "cruise_km_h", "max_takeoff_mass_kg"):
            for row in raw[figure]:
                assert row["status"] == "enacted" or row["note"]
        for sensor in raw["sensor"]:
            assert not sensor["assumed"] or sensor["note"]
            assert 0 <= sensor["near_deg"] < sensor["far_deg"] < 90


# --- parties --------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "deposit"), sorted(deposits().items()))
def test_signatories_signed_in_helsinki_and_deposited(code: str, deposit: dt.date) -> None:
    assert in_use(code, "signature")["date"] == dt.date(1992, 3, 24)
    assert in_use(code, "ratification")["date"] == deposit


@pytest.mark.parametrize(("code", "deposit", "entry"), lines(FACTS["parties"]["acceded"]))
def test_accession_and_sixty_days(code: str, deposit: str, entry: str) -> None:
    accession = in_use(code, "accession")
    assert accession["date"] == day(deposit)
    assert accession["date"] + SIXTY_DAYS == day(entry)
    assert RAW["treaty"]["entry_into_force"]["later_days"] == 60


def test_entry_into_force_follows_from_the_deposits() -> None:
    rule = RAW["treaty"]["entry_into_force"]
    assert (rule["days"], rule["instruments"]) == (60, 20)
    assert rule["must_include"] == FACTS["parties"]["depositaries"]
    great = {h for h, quota, *_ in lines(FACTS["quotas"]["passive"]) if int(quota) >= 8}
    assert rule["must_include_passive_quota_at_least"] == 8
    needed = {m for h in great for m in FACTS["groups"].get(h, [h])} | {*rule["must_include"]}
    dates = deposits()
    twentieth = sorted(dates.values())[19]
    last = max(twentieth, *(dates[code] for code in needed))
    assert last + SIXTY_DAYS == FACTS["parties"]["in_force"]


def test_thirty_five_signed_or_acceded() -> None:
    kinds = {"signature", "accession"}
    codes = {e["state"] for e in RAW["parties"]["event"] if e["kind"] in kinds}
    assert len(codes) == FACTS["parties"]["count_signed_or_acceded"]


def test_kyrgyzstan_signed_and_no_more() -> None:
    (event,) = [e for e in RAW["parties"]["event"] if e["state"] == "KGZ"]
    assert event["kind"] == "signature"
    assert event["date"] == FACTS["parties"]["kyrgyzstan_signed"]


def test_sources_that_disagree_both_stand() -> None:
    used, other = events("FIN", "accession")
    assert (used["in_use"], other["in_use"]) == (True, False)
    assert other["date"] == FACTS["parties"]["finland_second_source"]
    assert other["date"] - used["date"] == dt.timedelta(days=1)


def test_the_day_of_sweden_is_not_known() -> None:
    (event,) = events("SWE", "accession")
    assert [event["date_from"], event["date_to"]] == FACTS["parties"]["sweden_between"]
    assert "date" not in event


def test_the_federation_left_its_acts_to_two_successors() -> None:
    assert not [e for e in RAW["parties"]["event"] if e["state"] == "CSK"]
    assert events("CZE", "succession")[0]["date"] == dt.date(1993, 3, 18)
    assert events("SVK", "succession")


@pytest.mark.parametrize("fact", FACTS["parties"]["exit"], ids=lambda fact: fact["state"])
def test_exits(fact: dict[str, Any]) -> None:
    state = fact["state"]
    assert min(e["date"] for e in events(state, "announcement")) == fact["announced"]
    notice, left = in_use(state, "notice-of-withdrawal"), in_use(state, "withdrawal")
    assert (notice["date"], notice["effective"]) == (fact["notice"], fact["effective"])
    assert left["date"] == fact["effective"]
    rule = RAW["treaty"]["withdrawal"]
    window = [rule["conference_earliest_days"], rule["conference_latest_days"]]
    assert [notice["date"] + dt.timedelta(days=n) for n in window] == fact["conference"]


def test_groups() -> None:
    members = {g["code"]: g["members"] for g in RAW["groups"]["group"]}
    assert members == FACTS["groups"]
    kinds = {g["code"]: g["kind"] for g in RAW["groups"]["group"]}
    assert kinds == {"BNX": "deemed-one-party", "RUBY": "common-quota"}


# --- quotas ---------------------------------------------------------------------------------


def test_passive_quotas_and_their_shares() -> None:
    held = {q["holder"]: q["value"] for q in RAW["quotas"]["passive_quota"] if "value" in q}
    rows = lines(FACTS["quotas"]["passive"])
    assert held == {holder: int(quota) for holder, quota, *_ in rows}
    for holder, _, three_quarters, half in rows:
        assert math.floor(held[holder] * 0.75) == int(three_quarters)
        assert math.ceil(held[holder] * 0.50) == int(half)


def test_passive_quotas_nobody_public_knows() -> None:
    unknown = {q["holder"] for q in RAW["quotas"]["passive_quota"] if q["status"] == "unknown"}
    assert set(FACTS["quotas"]["passive_unknown"]) <= unknown
    assert {"RUBY", "BLR"} <= unknown  # after the exit of the Russian Federation


def first_distribution() -> dict[tuple[str, str], tuple[int, tuple[str, ...], int]]:
    """(observer, observed) -> flights, shared with, how many shared."""
    found: dict[tuple[str, str], tuple[int, tuple[str, ...], int]] = {}
    for block in FACTS["quotas"]["first_distribution"].split(";"):
        observer, _, rest = block.strip().partition(":")
        for item in rest.split(","):
            m = re.fullmatch(r"(\w+)=(\d+)(?:s\((\w+)\)|\((\d+)s (\w+)\))?", item.strip())
            assert m is not None, item
            partner, number = m[3] or m[5], m[4] or (m[2] if m[3] else 0)
            found[observer, m[1]] = (int(m[2]), (partner,) if partner else (), int(number))
    return found


def test_first_distribution() -> None:
    facts = FACTS["quotas"]
    rows = [
        q
        for q in RAW["quotas"]["active_quota"]
        if "flights" in q
        and "*" not in (q["observer"], q["observed"])
        and q["from"] == facts["first_distribution_from"]
    ]
    assert {q["until"] for q in rows} == {facts["first_distribution_until"]}
    held = {
        (q["observer"], q["observed"]): (
            q["flights"],
            tuple(q.get("shared_with", ())),
            q.get("shared_flights", 0),
        )
        for q in rows
    }
    assert held == first_distribution()
    assert len(held) == len(rows)


def test_column_sums_of_the_first_distribution() -> None:
    sums: Counter[str] = Counter()
    halves: Counter[str] = Counter()
    for (_, observed), (flights, _, shared) in first_distribution().items():
        sums[observed] += flights - shared
        halves[observed] += shared
    for observed, shared in halves.items():
        sums[observed] += shared // 2  # each shared flight stands in two rows
    assert dict(sums) == {code: int(n) for code, n in lines(FACTS["quotas"]["column_sums"])}


def test_decision_on_sweden() -> None:
    fact = FACTS["quotas"]["sweden_2003"]
    rows = [q for q in RAW["quotas"]["active_quota"] if q["observer"] == "SWE" and q.get("flights")]
    assert [q["observed"] for q in rows] == fact["over"]
    assert {(q["from"], q["flights"], q["status"]) for q in rows} == {
        (fact["decided"], fact["flights"], "decided")
    }


# --- airfields ------------------------------------------------------------------------------


@pytest.mark.parametrize(("holder", "icao", "km"), lines(FACTS["airfields"]["annex_a"]))
def test_annex_a_distance(holder: str, icao: str, km: str) -> None:
    field = airfield(icao)
    assert field["holder"] == holder
    rows = [
        d
        for d in field["maximum_flight_distance"]
        if "condition" not in d and d["cite"][0] == "text Ann.A.III"
    ]
    assert {d["value"] for d in rows} == {int(km)}


def test_nothing_is_added_to_annex_a() -> None:
    listed = {icao for _, icao, _ in lines(FACTS["airfields"]["annex_a"])}
    has = {
        a["icao"]
        for a in RAW["airfields"]["airfield"]
        for d in a.get("maximum_flight_distance", ())
        if d["status"] == "enacted" and "condition" not in d
    }
    assert has == listed


def test_variants() -> None:
    wanted = {
        (icao, int(km), condition)
        for icao, km, condition in (
            line.split(maxsplit=2) for line in FACTS["airfields"]["variants"].strip().splitlines()
        )
    }
    held = {
        (a["icao"], d["value"], d["condition"])
        for a in RAW["airfields"]["airfield"]
        for d in a.get("maximum_flight_distance", ())
        if "condition" in d
    }
    assert held == wanted


def codes(table: str) -> set[str]:
    return {word for line in lines(table) for word in line}


def with_role(role: str) -> set[str]:
    return {a["icao"] for a in RAW["airfields"]["airfield"] if role in a["roles"] and "icao" in a}


def test_roles() -> None:
    assert with_role("point-of-entry") == codes(FACTS["airfields"]["points_of_entry"])
    assert with_role("point-of-exit") == codes(FACTS["airfields"]["points_of_entry"])
    assert with_role("refuelling") == codes(FACTS["airfields"]["refuelling"])


def test_inspections() -> None:
    rows = [a for a in RAW["airfields"]["airfield"] if "inspection" in a]
    assert {a["icao"] for a in rows if not a["inspection"]} == codes(
        FACTS["airfields"]["no_inspection"]
    )


def test_codes_printed_in_the_treaty() -> None:
    printed = {a["icao"] for a in RAW["airfields"]["airfield"] if a.get("icao_basis") == "printed"}
    assert printed == codes(FACTS["airfields"]["printed_icao"])


def test_misprinted_positions_are_corrected_and_say_so() -> None:
    for icao, lat, lon in lines(FACTS["airfields"]["misprinted"]):
        field = airfield(icao)
        assert field["position_basis"] == "corrected", icao
        assert field["position_note"], icao
        truth = Position(lat=float(lat), lon=float(lon))
        assert distance_km(Position(lat=field["lat"], lon=field["lon"]), truth) < 2.0, icao


def test_positions_kept_as_printed_are_what_is_printed() -> None:
    for field in RAW["airfields"]["airfield"]:
        if field["position_basis"] != "printed":
            continue
        values = []
        for word in field["printed"].split():
            degrees, minutes, seconds = (int(part) for part in word[1:].split("-"))
            assert seconds < 60 and minutes < 60, field["id"]
            sign = -1 if word[0] in "SW" else 1
            values.append(sign * (degrees + minutes / 60 + seconds / 3600))
        assert [field["lat"], field["lon"]] == pytest.approx(values, abs=1e-5), field["id"]


def test_positions_agree_with_a_gazetteer() -> None:
    airportsdata = pytest.importorskip("airportsdata")
    listed = airportsdata.load("ICAO")
    compared = 0
    for field in RAW["airfields"]["airfield"]:
        entry = listed.get(field.get("icao", ""))
        if entry is None or field["icao"] == "EBBR":  # listed 42 km to the south; see its note
            continue
        here = Position(lat=field["lat"], lon=field["lon"])
        there = Position(lat=entry["lat"], lon=entry["lon"])
        assert distance_km(here, there) < 5.0, field["id"]
        compared += 1
    assert compared > 60


def test_gaps_are_stated() -> None:
    about = " | ".join(gap["about"] for gap in RAW["airfields"]["unknown"])
    for words in FACTS["airfields"]["gaps_about"]:
        assert words in about


# --- sensors, values, deadlines -------------------------------------------------------------


def test_sensor_categories() -> None:
    facts = FACTS["sensors"]
    rows = {c["id"]: c for c in RAW["sensors"]["category"]}
    assert {i: c["resolution_limit"][0]["value"] for i, c in rows.items()} == facts["resolution_m"]
    assert {i: c["annotation"][0] for i, c in rows.items()} == facts["annotation"]
    assert {i: c["height_bound"] for i, c in rows.items()} == facts["tied_to_height"]
    assert rows["sar"]["swath_limit"][0]["value"] == facts["sar_swath_km"]
    assert rows["sar"]["provided_resolution"][0]["value"] == facts["sar_provided_m"]
    assert rows["infrared-line-scanner"]["use"][0]["until"] == facts["no_infrared_until"]


def as_written(text: str) -> int | str:
    return int(text) if text.isdigit() else text


@pytest.mark.parametrize(
    ("file", "key", "value", "unit", "paragraph"),
    [("values", *row) for row in lines(FACTS["values"]["fixed"])]
    + [("deadlines", "deadline." + key, *row) for key, *row in lines(FACTS["values"]["deadlines"])],
)
def test_number_of_the_text(file: str, key: str, value: str, unit: str, paragraph: str) -> None:
    (row,) = [r for r in RAW[file]["value"] if r["id"] == key]
    assert (row["value"], row["unit"]) == (as_written(value), unit)
    assert TEXT + paragraph in row["cite"]
    assert row["status"] == "enacted"
    if file == "deadlines":
        assert row["who"] and row["what"] and row["clock"]


def test_phased_implementation() -> None:
    full = FACTS["values"]["full_implementation"]
    assert RAW["treaty"]["implementation"]["full_from"] == full
    before, after = [r for r in RAW["values"]["value"] if r["id"] == "first-distribution-share"]
    assert (before["value"], before["until"]) == (75, full - dt.timedelta(days=1))
    assert (after["value"], after["from"]) == (100, full)


# --- readings, disputes, decisions, territory -----------------------------------------------


def test_readings_and_their_defaults() -> None:
    held = {r["name"]: [o["id"] for o in r["option"]] for r in RAW["readings"]["reading"]}
    assert held == FACTS["readings"]
    for reading in RAW["readings"]["reading"]:
        assert reading["default"] == FACTS["readings"][reading["name"]][0]


def test_disputes_one_to_nine() -> None:
    assert [d["id"] for d in RAW["disputes"]["dispute"]] == [f"C{n}" for n in range(1, 10)]


def test_decisions() -> None:
    status = {d["number"]: d["status"] for d in RAW["decisions"]["decision"]}
    assert set(FACTS["decisions"]["numbers"]) <= set(status)
    for number in FACTS["decisions"]["text_not_found"]:
        assert status[number] == "unknown"


def test_disputed_areas() -> None:
    rows = {r["id"]: r for r in RAW["territory"]["disputed"]}
    assert {i: [r["area"], r["natural_earth_default"]] for i, r in rows.items()} == FACTS[
        "disputed"
    ]
    for row in rows.values():
        assert list(row["belongs_to"]) == FACTS["readings"][row["reading"]]


def test_every_state_has_a_territory() -> None:
    signed = {code for code, _ in lines(FACTS["parties"]["signed_1992_03_24"])}
    acceded = {code for code, *_ in lines(FACTS["parties"]["acceded"])}
    states = signed | acceded | {"SWE", "KGZ"}
    assert {t["state"] for t in RAW["territory"]["territory"]} == states
    units = [unit for t in RAW["territory"]["territory"] for unit in t["units"]]
    assert len(units) == len(set(units))


# --- the same through the loader ------------------------------------------------------------


@pytest.fixture(scope="module")
def treaty() -> Treaty:
    return load_treaty("open-skies")


@pytest.mark.parametrize("fact", FACTS["parties"]["count"], ids=lambda fact: str(fact["on"]))
def test_number_of_states_parties(treaty: Treaty, fact: dict[str, Any]) -> None:
    assert len(treaty.on(fact["on"]).states_parties) == fact["states_parties"]


def test_in_force_since(treaty: Treaty) -> None:
    view = treaty.on(dt.date(2021, 5, 19))
    assert view.in_force_since == FACTS["parties"]["in_force"]
    assert not treaty.on(FACTS["parties"]["in_force"] - dt.timedelta(days=1)).in_force
    since = {status.state: status.since for status in view.states_parties}
    for code, _, entry in lines(FACTS["parties"]["acceded"]):
        assert since[code] == day(entry)


def test_finland_by_either_source(treaty: Treaty) -> None:
    on = dt.date(2003, 2, 10)
    assert treaty.on(on).is_party("FIN")
    assert not treaty.on(on, {"finland-deposit": "finlex"}).is_party("FIN")


def test_sweden_is_undetermined_until_it_cannot_be(treaty: Treaty) -> None:
    with pytest.raises(UnknownValueError):
        treaty.on(dt.date(2002, 8, 1)).is_party("SWE")
    assert treaty.on(dt.date(2003, 3, 2)).is_party("SWE")


@pytest.mark.parametrize(("icao", "km", "reported"), lines(FACTS["airfields"]["later"]))
def test_later_distance_under_either_reading(
    treaty: Treaty, icao: str, km: str, reported: str
) -> None:
    annex_a = {code: int(n) for _, code, n in lines(FACTS["airfields"]["annex_a"])}
    eve, on = day(reported) - dt.timedelta(days=1), day(reported)
    as_signed = {"maximum-flight-distance": "annex-a"}
    for date in (on, dt.date(2021, 5, 19)):
        assert treaty.on(date).maximum_flight_distance(icao).value == int(km)
        if icao in annex_a:
            signed = treaty.on(date, as_signed).maximum_flight_distance(icao)
            assert signed.value == annex_a[icao]
        else:
            with pytest.raises(UnknownValueError):
                treaty.on(date, as_signed).maximum_flight_distance(icao)
    for readings in ({}, as_signed):
        view = treaty.on(eve, readings)
        if icao in annex_a:
            assert view.maximum_flight_distance(icao).value == annex_a[icao]
        else:
            with pytest.raises(NotInForceError):
                view.maximum_flight_distance(icao)


@pytest.mark.parametrize("icao", FACTS["airfields"]["no_distance"])
def test_an_airfield_without_a_distance_says_so(treaty: Treaty, icao: str) -> None:
    with pytest.raises(UnknownValueError):
        treaty.on(dt.date(2010, 1, 1)).maximum_flight_distance(icao)


def test_every_distance_has_one_answer_on_every_date_and_reading(treaty: Treaty) -> None:
    """Never two rows at once: ``pick`` would raise DataError."""
    for date in (
        dt.date(2002, 1, 1),
        dt.date(2013, 9, 1),
        dt.date(2018, 1, 1),
        dt.date(2024, 1, 1),
    ):
        for option in FACTS["readings"]["maximum-flight-distance"]:
            view = treaty.on(date, {"maximum-flight-distance": option})
            for field in view.airfields(role="open-skies-airfield"):
                try:
                    assert view.maximum_flight_distance(field).value > 0
                except UnknownValueError:
                    continue


def test_kaliningrad_sublimit_counts_under_its_reading_only(treaty: Treaty) -> None:
    on = dt.date(2018, 1, 1)
    with pytest.raises(NotInForceError):
        treaty.on(on).value("kaliningrad-sublimit")
    applied = treaty.on(on, {"kaliningrad-sublimit": "applied"})
    assert applied.value("kaliningrad-sublimit").value == 500


def test_quotas_that_nobody_public_knows(treaty: Treaty) -> None:
    with pytest.raises(UnknownValueError):
        treaty.on(dt.date(2021, 5, 19)).active_quota("DEU", "RUBY")
    with pytest.raises(UnknownValueError):
        treaty.on(dt.date(2022, 1, 15)).passive_quota("BLR")
    assert treaty.on(dt.date(2021, 5, 19)).passive_quota("RUS").value == 42
    assert treaty.on(dt.date(2002, 6, 1)).active_quota("USA", "BLR").value == 8


@pytest.mark.parametrize(
    "fact", FACTS["aircraft"]["standing"], ids=lambda fact: f"{fact['id']}-{fact['on']}"
)
def test_aircraft_standing(treaty: Treaty, fact: dict[str, Any]) -> None:
    assert treaty.on(fact["on"]).aircraft_standing(fact["id"]).standing == fact["standing"]


def test_the_swedish_aircraft_can_be_planned_with_and_says_what_is_assumed(
    treaty: Treaty,
) -> None:
    aircraft = treaty.on(dt.date(2021, 5, 19)).aircraft("saab-340b")
    assert (aircraft.icao_type, aircraft.wake_category) == ("SF34", "M")
    assert aircraft.max_takeoff_mass_kg.value == 13_155
    assert {"range_km", "cruise_km_h", "vertical.h_min_m"} <= set(aircraft.assumed)
    assert all(sensor.h_min_m for sensor in aircraft.sensors)
