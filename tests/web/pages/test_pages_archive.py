"""The page *Archive*: a State gets what the archive's rules give it, and each look is on record."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from archiveasking import Meeting
from overflight.archive.access import journal
from overflight.archive.keeping.layout import Archive
from overflight.web.pages.settings import Settings
from pageserver import BUILT, TODAY, pages
from pagewatching import NOT_BUILT, serious, watching
from webserver import Server
from webserving import bundle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

JSON = {"Content-Type": "application/json"}
ITEM = "collections/M-1/items/F_00000"
ASKED = {
    "observing": "DEU", "observed": "UKR", "date": "2026-05-02", "sensor": "CAM",
    "medium": "magnetic tape", "format": "image/tiff", "bundle": "M-1",
}  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Germany's, with M-1 (twelve items and a picture) and M-2 (three originals)."""
    meeting = Meeting(tmp_path_factory.mktemp("kept"))
    made = meeting.archive("DEU")
    meeting.mission(made, bundle(meeting))
    meeting.mission(made, meeting.bundle_of("M-2"))
    return made


@pytest.fixture(scope="module")
def keeper(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not BUILT.is_file():
        pytest.skip(NOT_BUILT)
    work = tmp_path_factory.mktemp("work")
    with pages(Settings(today=lambda: TODAY, work=work, archive=archive.root)) as server:
        yield server


def under(who: str, rest: str) -> str:
    return f"/api/archive/as/{who}/{TODAY}/{rest}"


def last(archive: Archive) -> journal.Access:
    return list(journal.read(archive.access))[-1]


def test_the_table_is_that_of_the_command_line(keeper: Server, archive: Archive, cli: Any) -> None:
    told = cli("archive", "access", archive.root, "--as", "FRA", "--on", TODAY, "--json")
    asked = keeper.get(f"/api/archive/access?asker=FRA&on={TODAY}").json
    assert asked == json.loads(told.out)


def test_a_third_party_finds_but_opens_nothing(keeper: Server, archive: Archive) -> None:
    # IX.IV: copies come to others on request; the two of the flight have what was recorded.
    for who, assets, status in (("DEU", 1, 200), ("UKR", 1, 200), ("FRA", 0, 403)):
        found = keeper.get(under(who, ITEM)).json
        assert len(found["assets"]) == assets, who
        assert keeper.get(under(who, ITEM + "/preview.png")).status == status, who
        assert len(keeper.get(under(who, ITEM + "/place")).json["files"]) == assets, who
    assert last(archive).asker == "FRA"


def test_a_refusal_of_a_picture_is_on_record(keeper: Server, archive: Archive) -> None:
    digest = next(iter(keeper.get(under("DEU", ITEM)).json["assets"].values()))["href"]
    path = digest.split("/objects/")[1]
    assert keeper.get(under("DEU", f"objects/{path}")).body[:2] in (b"II", b"MM")
    assert keeper.get(under("FRA", f"objects/{path}")).status == 403
    noted = last(archive)
    assert (noted.asker, noted.level, noted.answer) == ("FRA", "open", "denied")


def test_the_place_is_where_the_bundle_has_it(keeper: Server) -> None:
    place = keeper.get(under("DEU", ITEM + "/place")).json
    (file,) = place["files"]
    assert file["path"] == "stage-01/files/frame/0000.tif"
    assert file["stage"] == 1
    assert [seal["stage"] for seal in place["seals"]] == [1, 2]


def test_a_state_that_there_is_not_is_an_error(keeper: Server) -> None:
    for who in ("XXX", "deu", "DE U"):
        answer = keeper.get(f"/api/archive/access?asker={who.replace(' ', '%20')}")
        assert answer.status == 422, who
    assert keeper.get(under("XXX", "search")).status == 422
    assert keeper.get("/api/archive/as/..%2f..%2fetc/2026-11-23/search").status in (404, 422)


def test_who_may_not_ask_is_refused_and_nothing_is_kept(keeper: Server, archive: Archive) -> None:
    before = keeper.get("/api/archive/requests").json["requests"]
    # IX.II.6(A), IX.IV.1: the observing Party has the originals; it asks nobody for copies.
    said = keeper.post("/api/archive/requests", JSON, ASKED | {"asker": "DEU"}).json
    assert said["request"] is None
    assert said["decision"]["answer"] == "denied"
    assert "IX.IV.1" in said["decision"]["cite"]
    assert keeper.get("/api/archive/requests").json["requests"] == before
    noted = last(archive)
    assert (noted.asker, noted.level, noted.answer) == ("DEU", "request", "denied")


def test_a_request_is_kept_decided_and_handed_over(keeper: Server) -> None:
    said = keeper.post("/api/archive/requests", JSON, ASKED | {"asker": "FRA", "bundle": "M-2"})
    number = said.json["request"]
    assert number.startswith("fra-")
    found = keeper.post(f"/api/archive/requests/{number}/answer", JSON, {}).json
    assert found["decision"]["decision"]["answer"] == "allowed"
    names = [file["name"] for file in found["delivery"]["files"]]
    packed = zipfile.ZipFile(io.BytesIO(keeper.get(
        f"/api/archive/requests/{number}/delivery.zip").body))  # fmt: skip
    assert {f"{number}/{k}.json" for k in ("copy-request", "access-decision", "copy-delivery")} <= {
        *packed.namelist()
    }
    assert sum(n.startswith("frame-original/") for n in names) == 3
    # What was delivered may now be opened, and no more.
    row = keeper.get(f"/api/archive/access?asker=FRA&on={TODAY}").json["missions"]
    assert {m["bundle"]: bool(m["delivered"]) for m in row} == {"M-1": False, "M-2": True}


def test_requests_are_named_by_id_and_never_by_path(keeper: Server) -> None:
    for number in ("..", "%2e%2e%2f%2e%2e", "fra-nothing", "A"):
        got = keeper.get(f"/api/archive/requests/{number}/delivery.zip")
        assert got.status in (404, 422), number
        got = keeper.post(f"/api/archive/requests/{number}/answer", JSON, {})
        assert got.status in (404, 405, 422), number


def test_an_archive_is_for_this_machine_alone(archive: Archive, cli: Any) -> None:
    told = cli("serve", "--archive", archive.root, "--host", "192.0.2.1", "--key")
    assert told.status == 2
    assert "keeper" in told.err


def test_without_an_archive_two_commands_are_named(served: Server, browser: Browser) -> None:
    assert served.get("/api/archive").json["archive"] is None
    assert served.get(under("FRA", "search")).status == 422
    with watching(browser, served.base) as watched:
        page = watched.open("/archive")
        page.get_by_text("overflight archive init").wait_for()
        assert page.get_by_text("overflight archive ingest").is_visible()
        assert serious(page) == []


def test_a_picture_opened_and_a_request_refused(keeper: Server, browser: Browser) -> None:
    with watching(browser, keeper.base) as watched:
        page = watched.open("/archive")
        page.get_by_text("15 items").wait_for()
        page.get_by_label("West, °").fill("19.95")
        page.get_by_label("South, °").fill("49.9")
        page.get_by_label("East, °").fill("20.02")
        page.get_by_label("North, °").fill("50.1")
        page.get_by_role("button", name="Search", exact=True).click()
        page.get_by_text("1 item", exact=True).wait_for()
        page.get_by_role("button", name="F_00000").click()
        shown = page.get_by_role("img", name="Picture F_00000")
        shown.wait_for()
        page.wait_for_function("() => document.querySelector('.picture img')?.naturalWidth === 200")
        page.get_by_text("stage-01/files/frame/0000.tif").wait_for()
        _refused(page)
        assert serious(page) == []
        page.get_by_label("Ask as").select_option("FRA")
        page.get_by_role("button", name="F_00000").click()
        page.get_by_text("This State gets no file").wait_for()


def _refused(page: Page) -> None:
    page.get_by_role("button", name="Ask for copies M-1").click()
    page.get_by_role("button", name="Make the request").click()
    page.get_by_text("Germany may not ask for it").wait_for()
    assert page.locator(".asking cite").inner_text().startswith("[IX.IV.1")
    page.get_by_role("cell", name="request deu-").first.wait_for()


@pytest.mark.parametrize("width", [390])
def test_it_fits_a_narrow_screen(keeper: Server, browser: Browser, width: int) -> None:
    with watching(browser, keeper.base, width=width) as watched:
        page = watched.open("/archive?as=FRA")
        page.get_by_text("15 items").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
