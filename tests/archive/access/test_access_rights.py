"""What an archive lets an asker find and open: decided by the rules on what its seals say."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from archiveasking import NOW, Meeting
from bundles import day
from overflight.archive.access import journal
from overflight.archive.access.flights import STATED, Flights, read_stated
from overflight.archive.access.heads import log_head, read_head
from overflight.archive.access.journal import Access, Journal
from overflight.archive.access.rights import Rights, refuse, rights_of
from overflight.archive.catalogue.protocol import Query
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.desk import at_desk
from overflight.archive.keeping.layout import Archive
from overflight.archive.keeping.logged import entries_read
from overflight.errors import AccessError, DataError
from overflight.terms.access import BODY, Answer, Asker

ON = NOW.date()


def rights(archive: Archive, asker: Asker, flights: Flights | None = None) -> Rights:
    with at_desk(archive) as desk:
        found = tables.missions(desk.connection)
    return rights_of(flights or Flights(archive), found, asker, ON)


def items(archive: Archive, who: Rights) -> int:
    with at_desk(archive) as desk, desk.catalogue() as catalogue:
        return len(catalogue.search(Query(missions=who.findable)).items)


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Meeting:
    place = Meeting(tmp_path_factory.mktemp("meeting"))
    archive = place.archive("DEU")
    place.mission(archive, place.bundle_of("M-1", counted=True))
    place.mission(archive, place.bundle_of("M-2", counted=False))
    return place


def test_each_finds_and_opens_its_own(meeting: Meeting) -> None:
    """M-1 counts; M-2 was curtailed and does not: nobody has its data (VIII.II.6)."""
    archive = meeting.archive("DEU")
    for code, find, opened in (
        ("DEU", {1}, {1}), ("UKR", {1}, {1}), ("FRA", {1}, set()), ("USA", set(), set()),
        ("KGZ", set(), set()),
    ):  # fmt: skip
        who = rights(archive, Asker(code))
        assert (who.findable, who.openable) == (frozenset(find), frozenset(opened)), code
        assert items(archive, who) == (3 if find else 0)
    barred = rights(archive, Asker("DEU")).decisions[2]["open"]
    assert "VIII.II.6" in barred.cite
    with pytest.raises(AccessError, match=r"VIII\.II\.6") as caught:
        raise refuse(barred)
    assert caught.value.http_status == 403


def test_a_file_that_is_not_of_a_mission_is_denied(meeting: Meeting) -> None:
    who = rights(meeting.archive("DEU"), Asker("DEU"))
    assert who.may_open(1, "stage-01/files/frame-original/0001.tif").allowed
    assert not who.may_open(99, "x").allowed
    assert not who.may_open(2, "x").allowed


def test_only_what_was_delivered_is_opened(meeting: Meeting) -> None:
    archive = meeting.archive("DEU")
    with at_desk(archive) as desk:
        found = tables.missions(desk.connection)
    path = "stage-01/files/frame-original/0001.tif"
    who = rights_of(Flights(archive), found, Asker("FRA"), ON, {1: frozenset({path})})
    assert who.in_part == {1} and who.openable == frozenset()
    assert who.may_open(1, path).allowed
    other = who.may_open(1, path.replace("0001", "0002"))
    assert other.answer is Answer.DENIED and "delivered" in other.message


def test_readings_of_the_archive_count(meeting: Meeting) -> None:
    archive = meeting.archive("DEU")
    flights = Flights(archive)
    flights.with_readings({"third-party-catalogue": "by-mission-report"})
    assert rights(archive, Asker("FRA"), flights).findable == frozenset()
    assert rights(archive, Asker("FRA")).findable == {1}


def test_a_regime_that_is_not_known_lets_nobody_in(meeting: Meeting, tmp_path: Path) -> None:
    from dataclasses import replace

    archive = meeting.archive("DEU")
    with at_desk(archive) as desk:
        found = tables.missions(desk.connection)
    for treaty in ("", "no-such-treaty", "cfe"):
        odd = [replace(one, treaty=treaty) for one in found]
        who = rights_of(Flights(archive), odd, Asker("DEU"), ON)
        assert who.findable == who.openable == frozenset(), treaty
        assert all(d.message for of in who.decisions.values() for d in of.values())
    odd = [replace(one, observing="ZZZ") for one in found]
    assert rights_of(Flights(archive), odd, Asker("DEU"), ON).openable == frozenset()


def test_a_delivered_copy_is_opened_by_its_holder_and_by_nobody_else(meeting: Meeting) -> None:
    archive = meeting.archive("FRA")
    meeting.mission(archive, meeting.root / "M-1", request="fra-1")
    assert rights(archive, Asker("FRA")).openable == {1}
    for code in ("DEU", "UKR", "POL"):
        assert rights(archive, Asker(code)).findable == frozenset()
    flights = Flights(archive)
    flights.with_readings({"passing-on": "to-states-parties"})
    assert rights(archive, Asker("POL"), flights).openable == {1}


STATEMENT = """
[[mission]]
bundle = "M-3"
observing = "DEU"
observed = "UKR"
kind = "extraordinary"
bodies = ["conflict-prevention-centre"]
why = "OSCC decision"
"""


def test_what_no_document_says_may_be_stated(tmp_path: Path) -> None:
    """Ann.L.III.2: the bodies for which an extraordinary flight was made have its data."""
    meeting = Meeting(tmp_path)
    archive = meeting.archive("DEU")
    meeting.mission(archive, meeting.bundle_of("M-3"))
    body = Asker("conflict-prevention-centre", BODY)
    assert rights(archive, body).openable == frozenset()
    assert rights(archive, Asker("FRA")).findable == {1}
    (archive.access / STATED).write_text(STATEMENT, encoding="utf-8")
    assert rights(archive, body).openable == {1}
    assert rights(archive, Asker("another", BODY)).openable == frozenset()
    assert rights(archive, Asker("FRA")).findable == frozenset()


@pytest.mark.parametrize(
    "text",
    ["x = 1", "[[mission]]\nbundle = 1", "[[mission]]\nbundle = 'M'", "not toml",
     STATEMENT.replace("extraordinary", "secret"), STATEMENT + "moon = 1"],
)  # fmt: skip
def test_a_statement_that_is_malformed_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / STATED).write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        read_stated(tmp_path)


def test_the_head_of_the_record_goes_into_the_log(tmp_path: Path) -> None:
    meeting = Meeting(tmp_path)
    archive = meeting.archive("DEU")
    with Journal(archive.access) as record:
        last = record.add([Access(day(3), "FRA", "find", "search", "allowed")])
    index = log_head(archive, day(4))
    (kept,) = (archive.access / "heads").iterdir()
    said: dict[str, Any] = json.loads(kept.read_bytes())
    assert (said["count"], said["sha256"]) == (1, last.sha256)
    import hashlib

    entry = dict(entries_read(archive.log))[index]
    assert entry.sha256 == hashlib.sha256(kept.read_bytes()).hexdigest()
    assert journal.extends(archive.access, read_head(f"1:{last.sha256}"))
    with pytest.raises(DataError):
        read_head("1:xyz")
    assert entry.at == dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
