"""The page *Flight*: a track held against its plan, and frames, each where it is sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archiveasking import Meeting
from archivekeeping import item, square
from overflight.report.outgoing import plan_bytes
from overflight.web.pages.settings import Settings
from pageserver import BUILT, TODAY, pages
from pagewatching import NOT_BUILT, serious, watching
from plan_by_hand import plan
from webserver import Server
from webserving import bundle, picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser

JSON = {"Content-Type": "application/json"}
EXPOSED = (
    "# SIMULATED\nsensor,number,time,lat,lon,marks\n"
    "vertical,1,2021-05-19T06:06:33Z,55.4,37.1,SIMULATED\n"
)
"""As flight simulate writes exposures.csv, with fewer columns."""


def frames(folder: Path, count: int) -> None:
    """Items as imagery process writes them: the first with its picture, the others with none."""
    place = folder / "frames"
    place.mkdir(parents=True)
    data = picture()
    (place / "0000.tif").write_bytes(data)
    for number in range(count):
        one = item(number, {"copy/0000.tif": data} if number == 0 else {})
        if number == 0:
            one["assets"]["copy"]["href"] = "./0000.tif"
        one |= square(30.01 + number % 50 * 0.05, 50.01 + number // 50 * 0.03)
        one["properties"] |= {"overflight:annotation": {"Frame": f"No. {number}"}}
        one["properties"] |= {"overflight:resolution_m": 0.312 if number == 0 else None}
        (place / f"F_{number:05d}.json").write_text(json.dumps(one))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``flight``: frames; ``M-1``: the bundle of its picture; ``exposed``: exposures alone."""
    made = tmp_path_factory.mktemp("flown")
    bundle(Meeting(made))
    frames(made / "flight", 3)
    outside = made / "secret.tif"
    outside.write_bytes(picture())
    (made / "exposed").mkdir()
    (made / "exposed" / "exposures.csv").write_text(EXPOSED)
    sly = item(9, {"copy/secret.tif": picture()})
    sly["assets"]["copy"]["href"] = "../../secret.tif"
    (made / "flight" / "frames" / "sly.json").write_text(json.dumps(sly | {"id": "SLY"}))
    (made / "flight" / "frames" / "torn.json").write_text("{")
    return made


@pytest.fixture(scope="module")
def flown(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not BUILT.is_file():
        pytest.skip(NOT_BUILT)
    folders = {name: root / name for name in ("flight", "M-1", "exposed")}
    work = tmp_path_factory.mktemp("work")
    with pages(Settings(today=lambda: TODAY, work=work, flights=folders)) as server:
        yield server


def test_a_frame_says_where_it_is_sealed(flown: Server) -> None:
    found = flown.get("/api/flights/flight/frames/F_00000").json
    (place,) = found["sealed"]
    assert (place["bundle"], place["path"], place["stage"]) == (
        "M-1", "stage-01/files/frame/0000.tif", 1,
    )  # fmt: skip
    assert found["whole"] == {"copy": True}
    assert flown.get("/api/flights/flight/frames/F_00001").json["sealed"] == []


def test_a_frame_that_was_changed_is_said_to_be(flown: Server, root: Path) -> None:
    file = root / "flight/frames/0000.tif"
    before = file.read_bytes()
    try:
        file.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        assert flown.get("/api/flights/flight/frames/F_00000").json["whole"] == {"copy": False}
    finally:
        file.write_bytes(before)


def test_preview_and_tile_are_pictures_with_their_mark(flown: Server) -> None:
    answer = flown.get("/api/flights/flight/frames/F_00000/preview.png")
    assert answer.body[:8] == b"\x89PNG\r\n\x1a\n"
    assert answer.headers["overflight-marks"] == "SIMULATED"
    # 30.01 E, 50.01 N at zoom 14, by the formula of slippy maps.
    at = "/api/flights/flight/frames/F_00000/tiles/14"
    assert flown.get(f"{at}/9557/5555.png").status == 200
    assert flown.get(f"{at}/0/0.png").status == 404
    assert flown.get(f"{at}/99999/0.png").status == 404
    assert flown.get("/api/flights/flight/frames/F_00001/preview.png").status == 404


def test_a_bundle_shows_its_own_items(flown: Server) -> None:
    rows = {row["name"]: row for row in flown.get("/api/flights").json["flights"]}
    assert (rows["M-1"]["bundle"], rows["M-1"]["frames"]) == (True, 12)
    assert (rows["flight"]["frames"], rows["flight"]["skipped"]) == (4, 1)
    assert flown.get("/api/flights/M-1/frames/F_00000/preview.png").status == 200


def test_no_path_leads_out_of_the_folders(flown: Server) -> None:
    # The file is there and has that SHA-256; it lies outside of every folder that was named.
    assert flown.get("/api/flights/flight/frames/SLY").json["item"]["assets"] == {}
    assert flown.get("/api/flights/flight/frames/SLY/preview.png").status == 404
    for name in ("..", "%2e%2e", "%2fetc", "nothing"):
        assert flown.get(f"/api/flights/{name}/frames").status in (404, 422), name
    for name in ("../../secret", "/etc/passwd", "a.plan", "x" * 12):
        answer = flown.post("/api/flights/view", JSON, {"plan": name})
        assert answer.status == 422, name
        assert b"/" not in answer.json["message"].encode()


def test_a_file_that_is_none_is_refused_in_words(flown: Server) -> None:
    for part in ("plan", "track", "sensors", "deviations"):
        answer = flown.ask("POST", f"/api/flights/files?part={part}", {}, b"no such thing\n")
        assert answer.status == 422, part
        assert answer.json["remedy"], part
        assert "flight-files" not in answer.json["message"], part


@pytest.mark.slow
def test_the_audit_is_that_of_the_command_line(cli: Any, browser: Browser, tmp_path: Path) -> None:
    if not BUILT.is_file():
        pytest.skip(NOT_BUILT)
    folder, work = tmp_path / "flown", tmp_path / "work"
    work.mkdir()
    given = tmp_path / "plan.json"
    given.write_bytes(plan_bytes(plan()))
    assert cli(
        "flight", "simulate", given, "--out", folder,
        "--deviate", "weather-safety:leg=1,from=20,to=80,right=9",
    ).status == 0  # fmt: skip
    told = json.loads(cli("flight", "audit", given, folder, "--json").out)
    settings = Settings(today=lambda: TODAY, work=work, flights={"flown": folder})
    with pages(settings) as server:
        kept = server.ask("POST", "/api/flights/files?part=plan", {}, given.read_bytes()).json
        asked = {"flight": "flown", "plan": kept["file"]}
        found = server.post("/api/flights/view", JSON, asked).json
        assert found["audit"] == told
        assert found["marks"] == ["SIMULATED"]
        what = [f["properties"]["what"] for f in found["flown"]["features"]]
        assert what == ["flown", "off the plan"]
        with watching(browser, server.base) as watched:
            page = watched.open("/flight")
            page.get_by_text("Drop the mission plan").wait_for()
            page.get_by_label("Mission plan (JSON)").set_input_files(given)
            page.get_by_text("Stated ground: weather-safety.").wait_for()
            page.get_by_text("Observation periods by sensor").wait_for()
            assert page.locator("h1 .simulated").inner_text().strip() == "SIMULATED"
            assert serious(page) == []


def test_exposures_are_points_and_no_footprint_is_made_up(flown: Server) -> None:
    found = flown.get("/api/flights/exposed/exposures").json
    assert [f["geometry"]["type"] for f in found["features"]] == ["Point"]
    assert found["marks"] == ["SIMULATED"]


def test_a_footprint_is_clicked_and_its_picture_opens(flown: Server, browser: Browser) -> None:
    with watching(browser, flown.base) as watched:
        page = watched.open("/flight?flight=flight")
        page.get_by_text("4 footprints").wait_for()
        page.get_by_role("button", name="F_00000").click()
        page.wait_for_function("() => document.querySelector('.picture img')?.naturalWidth === 200")
        page.get_by_text("stage-01/files/frame/0000.tif").wait_for()
        assert page.get_by_text("No. 0").is_visible()
        assert page.get_by_text("0.312 m").is_visible()
        assert page.locator("h1 .simulated").inner_text().strip() == "SIMULATED"
        page.get_by_role("button", name="Look closely").click()
        page.locator(".picture .map canvas").wait_for()
        assert serious(page) == []


def test_without_a_flight_it_says_how(served: Server, browser: Browser) -> None:
    with watching(browser, served.base, width=390) as watched:
        page = watched.open("/flight")
        page.get_by_text("overflight serve --flight DIR").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert serious(page) == []
