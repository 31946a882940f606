"""What goes out of what a catalogue finds: links and digests of what may be opened, and no others;
and rights that are remembered are those that would be worked out anew."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import pytest

from archiveasking import NOW, TREATY, Meeting
from overflight.archive.access import finding
from overflight.archive.access.book import Book
from overflight.archive.access.finding import Sight, sight_of
from overflight.archive.access.flights import Flights
from overflight.archive.access.rights import decisions_on, rights_of
from overflight.archive.asking.delivering import answer, handed_to
from overflight.archive.asking.documents import Particulars, make_request
from overflight.archive.catalogue.protocol import Fields, Page, Query
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.desk import at_desk
from overflight.archive.keeping.layout import Archive
from overflight.archive.keeping.missions import Mission
from overflight.rules import access_case
from overflight.rules.access_case import era
from overflight.terms.access import LEVELS, Asker
from overflight.treaty.loader import load_treaty

ON = NOW.date()
BY_REPORT = {"third-party-catalogue": "by-mission-report"}


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Meeting:
    """Two missions in Germany's archive; the second picture of M-1 went to France."""
    place = Meeting(tmp_path_factory.mktemp("finding"))
    archive = place.archive("DEU")
    for name in ("M-1", "M-2"):
        place.mission(archive, place.bundle_of(name, counted=True))
    what = Particulars("DEU", "UKR", dt.date(2026, 5, 2), "CAM", (), "magnetic tape", "TIFF")
    request = make_request(load_treaty(TREATY), "FRA", what, NOW, "M-1")
    answer(archive, request, NOW, place.root / "given", Flights(archive),
           names=["frame-original/0002.tif", "stac/0002.json"])  # fmt: skip
    return place


def seen(
    archive: Archive, code: str, readings: dict[str, str] | None = None, **asked: Any
) -> tuple[Page, Sight]:
    flights = Flights(archive)
    flights.with_readings(readings or {})
    with at_desk(archive) as desk, desk.catalogue() as catalogue:
        missions = tables.missions(desk.connection)
        handed = handed_to(archive, missions, flights, code, ON)
        rights = rights_of(flights, missions, Asker(code), ON, handed)
        sight = sight_of(desk.connection, missions, rights)
        return finding.search(catalogue, Query(**asked), sight), sight


def opened(page: Page) -> list[tuple[str, str, int]]:
    """(mission, item, assets) as they go out."""
    rows = map(json.loads, page.items)
    return sorted((row["collection"], row["id"], len(row["assets"])) for row in rows)


def kept(archive: Archive) -> list[bytes]:
    with at_desk(archive) as desk, desk.catalogue() as catalogue:
        return list(catalogue.search(Query()).items)


def test_the_two_parties_get_the_items_as_they_are_kept(meeting: Meeting) -> None:
    archive = meeting.archive("DEU")
    for code in ("DEU", "UKR"):
        assert list(seen(archive, code)[0].items) == kept(archive)


def test_who_may_only_find_gets_no_link_and_no_digest(meeting: Meeting) -> None:
    """Poland finds all and opens nothing (IX.IV: copies come on request)."""
    page, _ = seen(meeting.archive("DEU"), "POL", matched=True)
    assert opened(page) == [(m, f"F_{n:05d}", 0) for m in ("M-1", "M-2") for n in (1, 2, 3)]
    assert page.matched == 6
    for one in page.items:
        assert b"/objects/" not in one and b"1220" not in one


def test_of_what_was_delivered_the_link_goes_out(meeting: Meeting) -> None:
    page, _ = seen(meeting.archive("DEU"), "FRA")
    told = {(m, n): count for m, n, count in opened(page)}
    assert len(told) == 6
    assert [key for key, count in told.items() if count] == [("M-1", "F_00002")]


def test_found_is_only_what_was_delivered_where_nothing_else_may_be_found(
    meeting: Meeting,
) -> None:
    archive = meeting.archive("DEU")
    page, sight = seen(archive, "FRA", BY_REPORT, matched=True)
    assert opened(page) == [("M-1", "F_00002", 1)] and page.matched == 1
    assert opened(seen(archive, "POL", BY_REPORT)[0]) == []
    for limit in (1, 2):  # however the pages fall
        token, names = "", []
        while True:
            part, _ = seen(archive, "FRA", BY_REPORT, limit=limit, token=token)
            names += [name for _, name, _ in opened(part)]
            if not (token := part.next):
                break
        assert names == ["F_00002"]
    with at_desk(archive) as desk, desk.catalogue() as catalogue:
        assert finding.item(catalogue, "M-1", "F_00001", sight) is None
        assert finding.item(catalogue, "M-1", "F_00002", sight) is not None
        assert finding.item(catalogue, "M-2", "F_00002", sight) is None
        (one,) = finding.collections(catalogue, sight)
        assert json.loads(one)["extent"]["temporal"]["interval"] == [[None, None]]
        assert finding.collection(catalogue, "M-2", sight) is None


@pytest.mark.parametrize("code", ["DEU", "POL", "FRA"])
def test_fields_do_not_bring_back_what_is_left_out(meeting: Meeting, code: str) -> None:
    for fields in (Fields(include=("assets",)), Fields(exclude=("collection",))):
        page, _ = seen(meeting.archive("DEU"), code, fields=fields)
        assert len(page.items) == 6
        links = sum(one.count(b"/objects/") for one in page.items)
        assert links == {"DEU": 6, "POL": 0, "FRA": 1}[code]


def test_an_object_is_opened_as_one_of_the_files_that_it_is(meeting: Meeting) -> None:
    """The same picture is in both missions; only that of M-1 was delivered."""
    archive = meeting.archive("DEU")
    with at_desk(archive) as desk:
        missions = tables.missions(desk.connection)
        by_path = {row.path: row.sha256 for row in tables.files(desk.connection, 1)}
        rows = {
            n: tables.files_of(
                desk.connection, by_path[f"stage-01/files/frame-original/000{n}.tif"]
            )
            for n in (1, 2)
        }
    flights = Flights(archive)
    handed = handed_to(archive, missions, flights, "FRA", ON)
    france = rights_of(flights, missions, Asker("FRA"), ON, handed)
    row, decision = france.may_open_object(rows[2])
    assert decision.allowed and row is not None and row.mission == 1
    row, decision = france.may_open_object(rows[1])
    assert row is None and not decision.allowed
    assert not france.may_open_object(())[1].allowed


def mission(number: int, random: random.Random, days: list[dt.date]) -> Mission:
    codes = ("DEU", "UKR", "FRA", "USA", "RUS", "BLR", "BEL", "FIN", "GEO", "ZZZ")
    observing, observed = random.sample(codes, 2)
    return Mission(
        number, f"c{number}", f"M-{number}", observing, observed,
        random.choice([(), ("SIMULATED",)]), random.choice([TREATY, TREATY, "", "nothing"]),
        random.choice([*days, None]), observing, ("CAM",), random.choice([True, False, None]),
        random.choice(["quota", "extraordinary", "voluntary", "outside", ""]),
        random.choice(["original", "copy", "delivery"]), "", "0" * 64, 1, 1, 1,
    )  # fmt: skip


def test_missions_with_equal_facts_are_decided_alike(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each by itself, by the standing of all on its own day, comes to the same; the days lie on
    both sides of every change of the regime."""
    archive, treaty = meeting.archive("DEU"), load_treaty(TREATY)
    turns = {era(treaty, dt.date(1992, 1, 1) + dt.timedelta(days=n)) for n in range(0, 12_600, 5)}
    days = [t + dt.timedelta(days=d) for t in turns if t > dt.date.min for d in (-1, 0, 1)]
    days += [ON + dt.timedelta(days=d) for d in (-1, 0, 1)]
    chance = random.Random(7)
    missions = [mission(n, chance, days) for n in range(1, 500)]
    handed = {n: frozenset({"x"}) for n in range(1, 500, 7)}
    codes = ("DEU", "FRA", "USA")
    flights = Flights(archive)
    together = {code: rights_of(flights, missions, Asker(code), ON, handed) for code in codes}
    monkeypatch.setattr(access_case, "era", lambda _treaty, day: day)
    access_case.circumstances.cache_clear()
    flights = Flights(archive)
    for code in codes:
        for one in missions:
            alone = decisions_on(flights, one, Asker(code), ON, one.id in handed)
            assert together[code].decisions[one.id] == alone, one
    access_case.circumstances.cache_clear()


def test_the_book_answers_as_if_it_were_asked_for_the_first_time(
    meeting: Meeting, tmp_path: Path
) -> None:
    place = Meeting(tmp_path)
    archive = place.archive("DEU")
    place.mission(archive, place.bundle_of("M-1", counted=True))
    with Book(archive) as book:
        first = book.of(Asker("FRA"), ON)
        assert (first.rights.findable, first.rights.openable) == (frozenset({1}), frozenset())
        assert book.of(Asker("FRA"), ON) is first
        place.mission(archive, place.bundle_of("M-2", counted=True))
        second = book.of(Asker("FRA"), ON)
        assert second.rights.findable == {1, 2} and len(book.missions()) == 2
        what = Particulars("DEU", "UKR", dt.date(2026, 5, 2), "CAM", (), "magnetic tape", "TIFF")
        request = make_request(load_treaty(TREATY), "FRA", what, NOW, "M-2")
        answer(archive, request, NOW, place.root / "given", Flights(archive))
        assert book.of(Asker("FRA"), ON).rights.in_part == {2}
        (archive.access / "stated.toml").write_text(
            '[[mission]]\nbundle = "M-1"\nobserving = "DEU"\nobserved = "UKR"\n'
            'kind = "voluntary"\nwhy = "agreed"\n', encoding="utf-8",
        )  # fmt: skip
        third = book.of(Asker("FRA"), ON).rights
        missions = book.missions()
    flights = Flights(archive)
    handed = handed_to(archive, missions, flights, "FRA", ON)
    assert third == rights_of(flights, missions, Asker("FRA"), ON, handed)
    assert {level: third.decisions[1][level].answer for level in LEVELS} != {
        level: second.rights.decisions[1][level].answer for level in LEVELS
    }
