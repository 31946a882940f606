"""A request, its notice, the decision on it, and what is delivered: from one archive to another."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from archiveasking import NOW, Meeting
from archivekeeping import picture
from bundles import day
from overflight.archive.access import journal
from overflight.archive.access.flights import Flights
from overflight.archive.asking import register
from overflight.archive.asking.clock import due_words, standing
from overflight.archive.asking.delivering import Answered, answer, handed_to
from overflight.archive.asking.documents import (
    REQUEST,
    Particulars,
    Span,
    from_bytes,
    make_notice,
    make_request,
    media_of,
    sha256_of,
    to_bytes,
)
from overflight.archive.asking.proving import problems
from overflight.archive.asking.receiving import take
from overflight.archive.asking.sending import decide_to_ask, write_request
from overflight.archive.keeping import logged
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.desk import at_desk
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import Archive
from overflight.errors import AccessError, DataError
from overflight.record.portion import check_portion
from overflight.record.refused import Refused
from overflight.record.statements import read_ring
from overflight.record.store import open_store
from overflight.treaty.loader import load_treaty

TREATY = load_treaty("open-skies")
FLOWN = dt.date(2026, 5, 2)


def second(number: int) -> dt.datetime:
    return dt.datetime(2026, 5, 2, 8, 0, number, tzinfo=dt.UTC)


def asking(asker: str = "FRA", **other: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "observing": "DEU", "observed": "UKR", "flown": FLOWN, "sensor": "CAM",
        "portions": (Span(second(1), second(2)),), "medium": "other agreed medium",
        "format": "TIFF",
    }  # fmt: skip
    return make_request(TREATY, asker, Particulars(**(said | other)), day(10))


class Post:
    """The archive of the observing Party, with one mission; and who asks it."""

    def __init__(self, root: Path) -> None:
        self.meeting = Meeting(root)
        self.archive = self.meeting.archive("DEU")
        self.meeting.mission(self.archive, self.meeting.bundle_of("M-1", counted=True))

    def answer(
        self, request: dict[str, Any], out: str = "out", at: dt.datetime = NOW, **other: Any
    ) -> Answered:
        place = self.meeting.root / out
        return answer(self.archive, request, at, place, Flights(self.archive), **other)

    def handed(self, asker: str, on: dt.date = dt.date(2026, 5, 20)) -> Any:
        with at_desk(self.archive) as desk:
            found = tables.missions(desk.connection)
        return handed_to(self.archive, found, Flights(self.archive), asker, on)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


def test_a_request_states_what_it_has_to() -> None:
    """The six particulars of IX.IV.1, (A) to (F)."""
    request = asking()
    said = request["particulars"]
    assert (said["observing"], said["observed"], said["flown"]) == ("DEU", "UKR", "2026-05-02")
    assert said["sensor"] == "CAM"
    assert said["portions"] == [{"from": "2026-05-02T08:00:01Z", "until": "2026-05-02T08:00:02Z"}]
    assert (said["medium"], said["format"]) == ("other agreed medium", "TIFF")
    assert (request["to"], request["tells"]) == ("DEU", "UKR")
    assert media_of(TREATY)[:3] == ("negative film", "positive film", "magnetic tape")
    assert from_bytes(to_bytes(request), REQUEST, "x") == request
    notice = make_notice(request, day(10))
    assert notice["to"] == "UKR" and notice["request_sha256"] == sha256_of(request)
    assert notice["particulars"] == said
    assert asking()["id"] == request["id"] != asking(sensor="OTHER")["id"]


@pytest.mark.parametrize(
    "other",
    [{"medium": "cloud"}, {"observing": "deu"}, {"portions": (Span(second(2), second(1)),)}],
)
def test_a_request_that_says_what_cannot_be_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        asking(**other)


@pytest.mark.parametrize("change", ["id", "day", "blank", "more", "kind"])
def test_a_request_that_was_changed_is_refused(change: str) -> None:
    request = asking()
    if change == "id":
        request["particulars"]["sensor"] = "OTHER"
    elif change == "day":
        request["particulars"]["flown"] = "2026-02-31"
    elif change == "more":
        request["working_plan"] = {}
    elif change == "kind":
        request["kind"] = "copy-notice"
    data = json.dumps(request, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises((Refused, DataError)):
        from_bytes(data + b" " * (change == "blank"), REQUEST, "x")


def test_copies_are_delivered_with_their_proof(post: Post) -> None:
    request = asking()
    found = post.answer(request)
    out = post.meeting.root / "out"
    delivery = found.delivery
    assert delivery is not None and found.decision.allowed
    # what was asked for and nothing else: two pictures of three, and their items
    assert [file["name"] for file in delivery["files"]] == [
        "frame-original/0001.tif", "frame-original/0002.tif", "stac/0001.json", "stac/0002.json",
    ]  # fmt: skip
    for number in (1, 2):
        copy = out / f"portion/stage-01/files/frame-original/{number:04d}.tif"
        assert copy.read_bytes() == picture(number)
    ring = read_ring(post.meeting.ring)
    verdict = check_portion(open_store(out / "portion"), ring, NOW)
    assert verdict.verdict == "intact" and verdict.root == delivery["root"]
    assert "First generation duplicates: 2 originals copied bit for bit" in delivery["statement"]
    # each document has its entry in the log, in this order
    entries = dict(logged.entries_read(post.archive.log))
    for kind, of in (("copy-request", "request"), ("access-decision", "decision"),
                     ("copy-delivery", "delivery")):  # fmt: skip
        entry = entries[found.logged[kind]]
        assert entry.of == of
        assert entry.sha256 == hashlib.sha256((out / f"{kind}.json").read_bytes()).hexdigest()
    assert list(found.logged.values()) == sorted(found.logged.values())
    (access,) = journal.read(post.archive.access)
    assert (access.asker, access.level, access.answer) == ("FRA", "deliver", "allowed")


def test_a_delivered_copy_may_be_opened_from_its_day_on(post: Post) -> None:
    post.answer(asking())
    assert post.handed("POL") == {}
    assert post.handed("FRA", dt.date(2026, 5, 19)) == {}
    (paths,) = post.handed("FRA").values()
    assert "stage-01/files/frame-original/0002.tif" in paths
    assert "stage-01/files/frame-original/0003.tif" not in paths


@pytest.mark.parametrize("asker", ["USA", "RUS", "KGZ"])
def test_who_is_no_party_is_refused_and_the_refusal_is_kept(post: Post, asker: str) -> None:
    found = post.answer(asking(asker))
    assert found.delivery is None and not (post.meeting.root / "out").exists()
    said = found.decided["decision"]
    assert said["answer"] == "denied" and ("XV.2" in said["cite"] or "XVIII.I.1" in said["cite"])
    assert set(found.logged) == {"copy-request", "access-decision"}
    (access,) = journal.read(post.archive.access)
    assert access.answer == "denied" and access.cite == said["cite"]


def test_the_observed_party_does_not_serve_requests(post: Post) -> None:
    """IX.IV.1: from the observing Party. On another reading it may pass on its copy."""
    archive = post.meeting.archive("UKR")
    post.meeting.mission(archive, post.meeting.root / "M-1")
    flights = Flights(archive)
    refused = answer(archive, asking(), NOW, post.meeting.root / "a", flights)
    assert refused.delivery is None and "passes on none" in refused.decision.message
    flights.with_readings({"passing-on": "to-states-parties"})
    other = asking(format="TIFF 6")
    assert answer(archive, other, NOW, post.meeting.root / "b", flights).delivery is not None


def test_a_flight_that_is_not_here(post: Post) -> None:
    found = post.answer(asking(flown=dt.date(2026, 5, 3)))
    assert found.delivery is None and "no flight" in found.decision.message


def test_a_portion_without_pictures_and_another_sensor(post: Post) -> None:
    for other in ({"portions": (Span(second(20), second(30)),)}, {"sensor": "IRLS"}):
        with pytest.raises(DataError, match="no picture"):
            post.answer(asking(**other))


def test_files_may_be_named(post: Post) -> None:
    found = post.answer(asking(), names=["frame-original/0003.tif"])
    assert found.delivery is not None
    assert [file["name"] for file in found.delivery["files"]] == ["frame-original/0003.tif"]
    with pytest.raises(DataError, match="no picture or item"):
        post.answer(asking(format="2"), "o2", names=["mission-report/report.json"])


def test_asked_again_the_same_is_delivered_under_the_same_decision(post: Post) -> None:
    first = post.answer(asking())
    again = post.answer(asking(), "again", at=NOW + dt.timedelta(days=3))
    assert again.delivery == first.delivery and again.logged == first.logged
    assert len(list(register.all_asked(post.archive))) == 1


def test_a_crash_between_keeping_and_logging_is_made_good(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise OSError(28, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(logged, "append", fails)
        with pytest.raises(OSError, match="no space"):
            post.answer(asking())
    before = {e.sha256 for _, e in logged.entries_read(post.archive.log)}
    found = post.answer(asking(), "again")
    new = [e.of for _, e in logged.entries_read(post.archive.log) if e.sha256 not in before]
    assert new == ["request", "decision", "delivery"] and len(found.logged) == 3


def from_folder(folder: Path, archive: Archive) -> dict[str, Any]:
    data = (folder / "copy-request.json").read_bytes()
    return from_bytes(data, REQUEST, str(archive.root))


def test_there_and_back_between_two_archives(post: Post) -> None:
    """France asks from its own archive; Ukraine is told; Germany delivers; France takes it in."""
    root = post.meeting.root
    france = post.meeting.archive("FRA", treaty="open-skies")
    flights = Flights(france)
    request = asking()
    what = Particulars("DEU", "UKR", FLOWN, "CAM", (), "x", "y")
    assert decide_to_ask(france, flights, TREATY, "FRA", what, NOW.date()).allowed
    notice = make_notice(request, day(10))
    register.put(france, [request, notice], day(10))
    write_request(root / "sent", request, notice)
    ukraine = post.meeting.archive("UKR")
    take(ukraine, root / "sent", day(11))
    assert register.asked(ukraine, request["id"]).notice == notice

    waiting = standing(TREATY, register.asked(france, request["id"]), NOW)
    assert waiting is not None and waiting.title == "Requested; not delivered"
    assert [row["due"] for row in due_words(waiting)] == [None]  # the Treaty sets no time
    agreed = standing(TREATY, register.asked(france, request["id"]), NOW, day(15))
    assert agreed is not None
    late = [row for row in due_words(agreed) if row["overdue"]]
    assert [row["due"] for row in late] == ["2026-05-15T00:00:00Z"]

    post.answer(from_folder(root / "sent", france), "delivered")
    _, indices = take(france, root / "delivered", NOW)
    assert set(indices) == {"copy-request", "access-decision", "copy-delivery"}
    ingest(france, root / "delivered/portion", NOW, request=request["id"])
    done = standing(TREATY, register.asked(france, request["id"]), NOW)
    assert done is not None and done.final and due_words(done) == []


def test_what_is_taken_has_to_be_about_what_was_sent(post: Post) -> None:
    root = post.meeting.root
    france = post.meeting.archive("FRA")
    request = asking()
    post.answer(request, "delivered")
    with pytest.raises(DataError, match="sent no request"):
        take(france, root / "delivered", NOW)
    register.put(france, [request], day(10))
    portion = root / "delivered/portion/portion.json"
    portion.write_bytes(portion.read_bytes() + b" ")
    with pytest.raises(Refused, match="not the one that the delivery names"):
        take(france, root / "delivered", NOW)
    (root / "empty").mkdir()
    with pytest.raises(DataError, match="no delivery"):
        take(france, root / "empty", NOW)


def test_a_notice_goes_to_the_observed_party(post: Post) -> None:
    request = asking()
    write_request(post.meeting.root / "sent", request, make_notice(request, day(10)))
    with pytest.raises(Refused, match="the notice is to UKR"):
        take(post.archive, post.meeting.root / "sent", NOW)


def test_nothing_is_written_over(post: Post) -> None:
    request = asking()
    found = post.answer(request)
    other = dict(found.decided, decided_at="2026-05-21T00:00:00Z")
    with pytest.raises(Refused) as caught:
        register.put(post.archive, [other], NOW)
    assert caught.value.code == "other-document"


def test_a_delivery_that_the_log_does_not_have_gives_nothing(post: Post) -> None:
    """Somebody who can write to the folder plants a delivery, or changes to whom it went."""
    post.answer(asking())
    folder = post.archive.access / "asked" / asking()["id"]
    path = folder / "copy-delivery.json"
    one = register.asked(post.archive, folder.name)
    assert problems(post.archive, one) == ()
    planted = path.read_bytes().replace(b'"to":"FRA"', b'"to":"POL"')
    path.write_bytes(planted)
    assert post.handed("POL") == post.handed("FRA") == {}
    (wrong,) = problems(post.archive, register.asked(post.archive, folder.name))
    assert wrong.code == "log-differs" and wrong.where.endswith("copy-delivery.json")
    (folder / "copy-delivery.logged").unlink()
    assert post.handed("POL") == {}
    (wrong,) = problems(post.archive, register.asked(post.archive, folder.name))
    assert wrong.code == "not-logged"


def test_what_was_allowed_once_is_not_handed_out_when_it_is_not_any_more(post: Post) -> None:
    post.answer(asking())
    flights = Flights(post.archive)
    flights.with_readings({"exercise-access": "the-two"})
    with pytest.raises(AccessError, match="only the two"):
        answer(post.archive, asking(), NOW, post.meeting.root / "again", flights)
    assert not (post.meeting.root / "again").exists()
    assert [a.answer for a in journal.read(post.archive.access)] == ["allowed", "denied"]
