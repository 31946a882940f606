"""A mission played in the browser from both seats, and what one seat is told of the other.

Times and paragraphs: Articles VI and VIII of the Treaty on Open Skies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from overflight.report.outgoing import plan_bytes
from pageshots import picture
from pagewatching import serious, watching
from plan_by_hand import plan
from webserver import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NOTICE = {
    "point_of_entry": "UUMB", "arrival_at_point_of_entry": "2021-05-17T09:00:00Z",
    "inspection": {"place": "Kubinka", "begins": "2021-05-17T12:00:00Z"},
    "diplomatic_clearance": "X1", "aircraft_provided_by": "DEU", "aircraft": "saab-340b",
    "flight_distance_km": 400,
    "personnel": [{
        "name": "Anna Beispiel", "gender": "female", "date_of_birth": "1980-02-03",
        "place_of_birth": "Bonn", "passport_number": "C01X00T47", "passport_issuer": "DEU",
        "function": "operator",
    }],
}  # fmt: skip
CHANGES = {"changes": [{
    "legs": [1, 1], "cause": "weather", "reason": "Fog until nine.",
    "evidence": {"weather": "fog"}, "departs": "2021-05-19T09:00:00Z",
}]}  # fmt: skip
HEADER = "X-Overflight-Seat"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def exercise(served: Server) -> dict[str, Any]:
    """Both seats: side -> name and key."""
    asked = {"treaty": "open-skies", "observing": "DEU", "observed": "RUS"}
    seats: dict[str, Any] = served.post("/api/exercises", JSON, asked).json["seats"]
    return seats


@dataclass
class Seat:
    """One side's window."""

    page: Page
    files: Path
    asked_for: list[str]

    def at(self, moment: str) -> Seat:
        self.page.get_by_label("As of (UTC)").fill(f"2021-05-{moment}")
        return self

    def does(self, move: str, *, fill: Any = None, takes: Any = None) -> Path:
        """A move by its title; the file that goes to the other side."""
        done = self.page.locator("ol.log > li").count()
        self.page.locator("ul.moves").get_by_role("button", name=move).click()
        form = self.page.locator("form.move")
        form.wait_for()
        for label, given in (("Fill in from a file", fill), (" (JSON)", takes)):
            if given is not None:
                file = self.files / f"given-{done}.json"
                file.write_text(json.dumps(given))
                form.get_by_label(label).first.set_input_files(file)
        form.get_by_role("button", name="Do it").click()
        newest = self.page.locator("ol.log > li").nth(done)
        self.page.locator(f"ol.log > li:nth-child({done + 1}), .failed").first.wait_for()
        assert self.page.locator(".failed").all_inner_texts() == []
        with self.page.expect_download() as saved:
            newest.get_by_role("button", name="File to hand over").click()
        handed = self.files / f"{self.page.url[-4:]}-{saved.value.suggested_filename}"
        saved.value.save_as(handed)
        return handed

    def takes(self, *files: Path) -> None:
        known = self.page.locator("ol.log > li").count()
        self.page.get_by_label("Files of the other side").set_input_files(list(files))
        self.page.locator(f"ol.log > li:nth-child({known + len(files)}), .failed").first.wait_for()
        assert self.page.locator(".failed").all_inner_texts() == []

    def says(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()


@pytest.mark.slow
def test_a_whole_mission_in_two_windows(
    served: Server, browser: Browser, exercise: dict[str, Any], tmp_path: Path
) -> None:
    submitted = json.loads(plan_bytes(replace(plan(), marks=("EXERCISE",))))
    with watching(browser, served.base) as one, watching(browser, served.base) as two:
        seats = []
        for window, side in ((one, "observing"), (two, "observed")):
            chair = exercise[side]
            window.open(f"/mission?seat={chair['name']}#seat={chair['key']}")
            window.page.get_by_text("EXERCISE", exact=False).first.wait_for()
            assert "#" not in window.page.url
            seats.append(Seat(window.page, tmp_path, []))
        deu, rus = seats
        rus.takes(deu.at("14T08:00").does("notifies the flight", fill=NOTICE))
        rus.at("15T07:00").says("acknowledges the notification, due 15 May 2021, 08:00 UTC")
        deu.takes(rus.does("acknowledges the notification"))
        rus.takes(
            deu.at("14T08:00").does("notifies all other Parties"),
            deu.at("17T09:00").does("arrives at the point of entry"),
            deu.does("covers"),
            deu.does("airfield"),
        )
        deu.at("17T10:00").takes(rus.at("17T10:00").does("formalities"))
        rus.takes(deu.at("17T10:30").does("submits the mission plan", takes=submitted))
        rus.at("17T12:00").page.get_by_role("heading", name="The plan", exact=True).wait_for()
        rus.page.get_by_role("button", name="Look at the plan").click()
        rus.says("Answer by 17 May 2021, 14:30 UTC")
        deu.at("17T12:30").takes(rus.does("proposes changes", takes=CHANGES))
        deu.says("The plan, and the changes proposed")
        deu.says("Fog until nine.")
        picture(deu.page, "mission")
        assert serious(deu.page) == []
        rus.at("17T13:00").takes(deu.at("17T13:00").does("accepts the changes"))
        for seat in seats:
            seat.says("due 21 May 2021, 09:00 UTC")


def test_a_seat_without_its_key_is_told_nothing(served: Server, exercise: dict[str, Any]) -> None:
    mine, theirs = exercise["observing"], exercise["observed"]
    paths = [
        ("GET", ""), ("GET", "/plan"), ("GET", "/moves/notify"), ("GET", "/outbox/001-notify.json"),
        ("GET", "/documents/001-1-x.json"), ("POST", "/acts"), ("POST", "/receive"),
        ("POST", "/kit"), ("POST", "/assess"),
    ]  # fmt: skip
    body = json.dumps({"move": "notify"}).encode()
    for key in ("", "wrong", mine["key"]):
        refused = set()
        for method, path in paths:
            whole = f"/api/seats/{theirs['name']}{path}"
            answer = served.ask(method, whole, {**JSON, HEADER: key}, body)
            assert answer.status == 403, (method, path, answer.body)
            refused.add(answer.body)
        nowhere = served.get("/api/seats/nowhere", {HEADER: key})
        assert (nowhere.status, {nowhere.body}) == (403, refused)


def test_a_file_of_a_seat_is_asked_for_by_name_and_never_by_path(
    served: Server, exercise: dict[str, Any]
) -> None:
    chair = exercise["observing"]
    for name in ("..%2fseat.json", "%2e%2e%2fseat.json", "..", ".hidden", "%2fetc%2fpasswd"):
        answer = served.get(f"/api/seats/{chair['name']}/outbox/{name}", {HEADER: chair["key"]})
        assert answer.status in (403, 404, 422), name
        assert b"mission-seat" not in answer.body


def test_what_the_process_refuses_is_said_with_its_paragraph(
    served: Server, exercise: dict[str, Any]
) -> None:
    chair = exercise["observed"]
    act = {"move": "prohibit-late", "at": "2021-05-14T09:00:00Z"}
    answer = served.post(f"/api/seats/{chair['name']}/acts", {**JSON, HEADER: chair["key"]}, act)
    assert answer.status == 422
    assert "VIII.I" in answer.json["message"] or "not" in answer.json["message"]
    assert answer.json["remedy"]
