"""``overflight archive access | search | request | deliver | asked | accesses``, as typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archiveasking import Meeting
from overflight.cli.main import main
from overflight.formats.schema import validate

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def meeting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Meeting:
    monkeypatch.chdir(tmp_path)
    place = Meeting(tmp_path)
    place.mission(place.archive("DEU"), place.bundle_of("M-1", counted=True))
    place.archive("FRA", treaty="open-skies")
    return place


def told(capsys: Capture, *words: str, status: int = 0) -> str:
    assert main(["archive", *words]) == status
    return capsys.readouterr().out


def document(capsys: Capture, *words: str, status: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(capsys, *words, "--json", status=status))
    validate(found, found["kind"])
    return found


REQUEST = (
    "request", "archive-FRA", "--observing", "DEU", "--observed", "UKR", "--date", "2026-05-02",
    "--sensor", "CAM", "--portion", "2026-05-02T08:00:01Z/2026-05-02T08:00:01Z", "--medium",
    "other agreed medium", "--format", "TIFF", "--out", "sent", "--at", "2026-05-10T00:00:00Z",
)  # fmt: skip


@pytest.mark.usefixtures("meeting")
def test_what_a_state_may_have_is_said_with_its_paragraph(capsys: Capture) -> None:
    words = ("access", "archive-DEU", "--as", "FRA", "--on", "2026-05-20")
    text = told(capsys, *words)
    assert "SIMULATED: M-1" in text and "IX.IV.1" in text
    found = document(capsys, *words)
    (mission,) = found["missions"]
    assert [mission[level]["answer"] for level in ("find", "request", "open")] == [
        "allowed", "allowed", "denied",
    ]  # fmt: skip
    withheld = (*words, "--reading", "third-party-catalogue=by-mission-report")
    assert document(capsys, *withheld)["missions"][0]["find"]["answer"] == "denied"
    assert "To be used exclusively" in told(capsys, *words, "--mission", "M-1")


@pytest.mark.usefixtures("meeting")
def test_a_search_finds_what_the_asker_may_find(capsys: Capture) -> None:
    for code, count in (("UKR", 3), ("FRA", 3), ("RUS", 0), ("commission", 0), ("body:x", 0)):
        found = document(capsys, "search", "archive-DEU", "--as", code, "--matched")
        assert (len(found["items"]), found["matched"]) == (count, count), code
    one = document(
        capsys, "search", "archive-DEU", "--as", "DEU", "--interval", "2026-05-02T08:00:02Z",
        "--bbox", "20.09", "49.9", "20.11", "50.1", "--filter", "instruments IS NOT NULL",
    )  # fmt: skip
    assert [item["id"] for item in one["items"]] == ["F_00002"]
    first = document(capsys, "search", "archive-DEU", "--as", "DEU", "--limit", "2")
    rest = document(
        capsys, "search", "archive-DEU", "--as", "DEU", "--limit", "2", "--token", first["next"]
    )
    ids = [item["id"] for item in (*first["items"], *rest["items"])]
    assert ids == ["F_00003", "F_00002", "F_00001"]


@pytest.mark.usefixtures("meeting")
def test_from_request_to_delivery(capsys: Capture) -> None:
    asked = document(capsys, *REQUEST)
    (row,) = asked["requests"]
    assert row["phase"] == "Requested; not delivered" and [d["due"] for d in row["due"]] == [None]
    given = document(
        capsys, "deliver", "archive-DEU", "sent/copy-request.json", "--out", "given",
        "--at", "2026-05-12T00:00:00Z", "--by", "a clerk",
    )  # fmt: skip
    assert [f["name"] for f in given["delivery"]["files"]] == [
        "frame-original/0001.tif", "stac/0001.json",
    ]  # fmt: skip
    assert main(["bundle", "verify", "given/portion", "--keys", "ring"]) == 0
    assert "what was delivered" in told(capsys, "access", "archive-DEU", "--as", "FRA")
    taken = document(capsys, "asked", "archive-FRA", "--take", "given")
    assert taken["requests"][0]["phase"] == "Copies delivered"
    accesses = document(capsys, "accesses", "archive-DEU")
    assert [(a["asker"], a["level"], a["by"]) for a in accesses["accesses"]] == [
        ("FRA", "deliver", "a clerk")
    ]
    assert document(capsys, "asked", "archive-DEU")["requests"][0]["delivery"] is not None


@pytest.mark.usefixtures("meeting")
def test_who_may_not_ask_is_told_why(capsys: Capture) -> None:
    assert main(["archive", *REQUEST, "--as", "KGZ"]) == 2
    said = capsys.readouterr().err
    assert "XVIII.I.1" in said and "->" in said
    assert not Path("sent").exists()


def test_a_refusal_is_kept_and_the_status_says_it(meeting: Meeting, capsys: Capture) -> None:
    """A request that was written elsewhere, by a State that has left."""
    import datetime as dt

    from overflight.archive.asking.documents import Particulars, make_request, to_bytes
    from overflight.treaty.loader import load_treaty

    what = Particulars("DEU", "UKR", dt.date(2026, 5, 2), "CAM", (), "magnetic tape", "any")
    at = dt.datetime(2026, 5, 10, tzinfo=dt.UTC)
    data = to_bytes(make_request(load_treaty("open-skies"), "USA", what, at))
    (meeting.root / "r.json").write_bytes(data)
    words = ("deliver", "archive-DEU", "r.json", "--out", "given", "--at", "2026-05-12T00:00:00Z")
    refused = document(capsys, *words, status=1)
    assert refused["delivery"] is None and refused["out"] is None
    assert "XV.2" in refused["decision"]["decision"]["cite"]
    assert not Path("given").exists()


def test_a_record_that_was_changed_is_said(meeting: Meeting, capsys: Capture) -> None:
    told(capsys, "search", "archive-DEU", "--as", "FRA")
    told(capsys, "search", "archive-DEU", "--as", "UKR")
    found = document(capsys, "accesses", "archive-DEU", "--log")
    head = f"{found['count']}:{found['head']}"
    assert document(capsys, "accesses", "archive-DEU", "--of", "UKR")["count"] == 2
    path = meeting.root / "archive-DEU/access/accesses-000001.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0])
    assert main(["archive", "accesses", "archive-DEU"]) == 0
    assert main(["archive", "accesses", "archive-DEU", "--head", head]) == 1
    path.write_bytes(lines[0].replace(b"FRA", b"GBR") + lines[1])
    capsys.readouterr()
    assert main(["archive", "accesses", "archive-DEU"]) == 1
    assert "changed" in capsys.readouterr().err


@pytest.mark.usefixtures("meeting")
@pytest.mark.parametrize(
    "words",
    [
        ("access", "archive-DEU", "--as", "XYZ"),
        ("access", "archive-DEU", "--as", "FRA", "--reading", "passing-on=perhaps"),
        ("access", "archive-DEU", "--as", "FRA", "--reading", "passing-onn=observing-party-only"),
        ("access", "archive-DEU", "--as", "FRA", "--mission", "M-9"),
        ("search", "archive-DEU", "--as", "FRA", "--filter", "((("),
        ("search", "nowhere", "--as", "FRA"),
        ("deliver", "archive-DEU", "ring", "--out", "x"),
        ("asked", "archive-DEU", "--request", "fra-0000000000000000"),
        ("accesses", "archive-DEU", "--head", "7"),
        (*REQUEST[:-4], "--out", "ring"),
    ],
)
def test_bad_input_is_said_with_a_remedy(words: tuple[str, ...], capsys: Capture) -> None:
    assert main(["archive", *words]) in (1, 2)
    assert "->" in capsys.readouterr().err


@pytest.mark.usefixtures("meeting")
def test_from_the_request_to_the_pictures(capsys: Capture) -> None:
    """France asks, Germany delivers, France takes it in and finds it; Poland nothing there."""
    at = ("--at", "2026-05-20T00:00:00Z")
    (asked,) = document(capsys, *REQUEST)["requests"]
    number = asked["request"]["id"]
    document(capsys, "deliver", "archive-DEU", "sent/copy-request.json", "--out", "given", *at)
    document(capsys, "asked", "archive-FRA", "--take", "given", *at)
    taken = ("ingest", "archive-FRA", "given/portion", *at)
    assert main(["archive", *taken, "--request", "fra-0000000000000000"]) == 2
    assert "knows no request" in capsys.readouterr().err
    (one,) = document(capsys, *taken, "--request", number)["taken"]
    assert (one["received_as"], one["request"]) == ("delivery", number)
    for archive, code, found, links in (
        ("archive-FRA", "FRA", 1, 1), ("archive-FRA", "POL", 0, 0), ("archive-DEU", "POL", 3, 0),
        ("archive-DEU", "FRA", 3, 1), ("archive-DEU", "UKR", 3, 3),
    ):  # fmt: skip
        page = document(capsys, "search", archive, "--as", code, "--on", "2026-05-21")
        assert len(page["items"]) == found
        assert sum(len(item["assets"]) for item in page["items"]) == links
    for archive in ("archive-DEU", "archive-FRA"):
        assert document(capsys, "check", archive, "--scrub", *at)["verdict"] == "intact"


@pytest.mark.usefixtures("meeting")
def test_who_is_told_sees_which_flight_it_is(capsys: Capture, meeting: Meeting) -> None:
    meeting.archive("UKR")
    told(capsys, *REQUEST)
    words = told(capsys, "asked", "archive-UKR", "--take", "sent")
    assert "DEU over UKR, 2026-05-02" in words and "notice of" in words
    assert "None" not in words and "unknown" not in words
