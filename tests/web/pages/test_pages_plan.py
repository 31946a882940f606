"""The page *Plan*: a search watched and stopped, a route moved by hand, documents that go out."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pageshots import picture
from pagewatching import Watched, serious, watching
from webserver import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

JSON = {"Content-Type": "application/json"}
QUESTION = {
    "treaty": "open-skies", "observing": "DEU", "observed": "RUS", "on": "2021-05-19",
    "aircraft": "saab-340b", "start": "UUMB", "seconds": 2.0,
}  # fmt: skip
CSV = "id,name,lat,lon,value\n" + "".join(
    f"s{n},Secret {n},{54 + n % 5 * 0.9},{33 + n * 0.31},{1 + n % 4}\n" for n in range(40)
)


def sites(served: Server) -> Any:
    return served.ask("POST", "/api/sites", {}, CSV.encode()).json


def waited(served: Server, job: str) -> Any:
    for _ in range(600):
        found = served.get(f"/api/jobs/{job}").json
        if found["state"] in ("done", "failed"):
            return found
        time.sleep(0.1)
    raise AssertionError("the search did not end")


@pytest.fixture(scope="module")
def planned(served: Server) -> Any:
    """A plan that was searched for, as the page is shown it."""
    asked = QUESTION | {"sites": sites(served)["geojson"]}
    job = served.post("/api/plans", JSON, asked).json["job"]
    found = waited(served, job)
    assert found["state"] == "done", found
    return served.get(f"/api/plans/{found['result']['plan']}").json


def test_sites_are_read_from_what_is_in_the_file(served: Server) -> None:
    found = sites(served)
    assert found["count"] == 40
    assert found["value"] == sum(1 + n % 4 for n in range(40))
    bad = served.ask("POST", "/api/sites", {}, b"id,lat,lon\na,91,5\n")
    assert bad.status == 422
    assert bad.json["line"] == 2


@pytest.mark.slow
def test_a_search_ends_in_a_lawful_plan(planned: Any) -> None:
    working = planned["working_plan"]
    assert working["kind"] == "working-plan"
    assert working["verdict"] != "breach"
    assert 0 < working["flight_distance_km"] <= 5500  # Kubinka, reading maximum-flight-distance
    assert planned["profile"]["km"] == pytest.approx(working["flight_distance_km"], abs=1e-6)


@pytest.mark.slow
def test_a_moved_fix_is_judged_as_the_command_line_judges_it(
    served: Server, planned: Any, cli: Any, tmp_path: Path
) -> None:
    name, stages = planned["plan"], json.loads(json.dumps(planned["stages"]))
    stage = next(s for s in stages if s)
    stage[0][1] += 0.1
    tried = served.post(f"/api/plans/{name}/try", JSON, {"stages": stages}).json
    kept = served.post(f"/api/plans/{name}/keep", JSON, {"stages": stages})
    if tried["broken"]:
        assert kept.status == 422
        return
    new = served.get(f"/api/plans/{kept.json['plan']}").json["working_plan"]
    assert new["flight_distance_km"] == pytest.approx(tried["flight_distance_km"])
    assert sorted(new["sites_observed"]) == tried["sites_observed"]
    out = served.get(f"/api/plans/{kept.json['plan']}/export/json").body
    (tmp_path / "plan.json").write_bytes(out)
    told = cli("plan", "check", tmp_path / "plan.json", "--json")
    assert json.loads(told.out)["verdict"] == tried["verdict"]


@pytest.mark.slow
def test_a_route_too_far_is_not_kept_and_says_why(served: Server, planned: Any) -> None:
    stages = json.loads(json.dumps(planned["stages"]))
    next(s for s in stages if s)[0][:] = [120.0, 65.0]
    body = {"stages": stages}
    tried = served.post(f"/api/plans/{planned['plan']}/try", JSON, body).json
    assert any("km" in text for text in tried["broken"])
    assert tried["verdict"] == "breach"
    assert served.post(f"/api/plans/{planned['plan']}/keep", JSON, body).status == 422


@pytest.mark.slow
def test_nothing_that_goes_out_names_a_site(served: Server, planned: Any) -> None:
    name = planned["plan"]
    for form in ("json", "geojson", "kml", "gpx", "icao", "svg"):
        answer = served.get(f"/api/plans/{name}/export/{form}")
        assert answer.status == 200, form
        assert b"Secret" not in answer.body, form
    packed = zipfile.ZipFile(io.BytesIO(served.get(f"/api/plans/{name}/release.zip").body))
    assert packed.namelist()
    for member in packed.namelist():
        assert member.startswith("release/")
        assert b"Secret" not in packed.read(member), member
    assert served.get(f"/api/plans/{name}/outside.zip").status == 422
    assert served.get(f"/api/plans/{name}/export/working").status == 422


def test_a_plan_is_asked_for_by_name_and_never_by_path(served: Server) -> None:
    for name in ("..", "%2e%2e%2fx", "a", "nothing-of-that-name", "%2fetc%2fpasswd"):
        assert served.get(f"/api/plans/{name}").status in (404, 422), name


def test_strips_lie_along_those_who_are_not_parties(served: Server) -> None:
    found = served.get("/api/strips?treaty=open-skies&observed=RUS&on=2021-05-19").json
    states = {f["properties"]["state"] for f in found["features"]}
    assert {"KAZ", "MNG", "CHN"} <= states  # never parties
    assert not {"UKR", "BLR", "FIN", "NOR"} & states
    assert {f["properties"]["margin_km"] for f in found["features"]} == {10.0}  # VI.II.2(C)


@pytest.mark.slow
def test_a_search_is_watched_stopped_and_a_fix_is_dragged(
    served: Server, browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "own.csv").write_text(CSV)
    with watching(browser, served.base) as watched:
        _worked(watched, tmp_path / "own.csv")


def _worked(watched: Watched, own: Path) -> None:
    words = "&".join(f"{k}={v}" for k, v in QUESTION.items() if k != "seconds")
    page = watched.open(f"/plan?{words}")
    page.get_by_role("option", name="Kubinka UUMB").first.wait_for(state="attached")
    page.locator("input[accept*=gpkg]").set_input_files(own)
    page.get_by_text("40 sites").wait_for()
    page.get_by_label("Seconds to search").fill("300")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_text("a draft worth").wait_for(timeout=60_000)
    page.get_by_role("button", name="Stop, and keep the best").click()
    page.get_by_text("Flight distance").wait_for(timeout=30_000)
    picture(page, "plan")
    before = page.locator("dl.figures dd").first.inner_text()
    fix = page.locator("ol.fixes button").first
    fix.focus()
    for _ in range(6):
        fix.press("ArrowUp")
    page.get_by_text("Moved by hand").wait_for()
    page.wait_for_function(
        "before => document.querySelector('dl.figures dd').innerText !== before", arg=before
    )
    page.get_by_role("button", name="Back to the plan").click()
    count = page.locator("ol.fixes li").count()
    page.get_by_role("button", name="Put a fix in after fix 1", exact=True).click()
    assert page.locator("ol.fixes li").count() == count + 1
    page.get_by_role("button", name="Take out fix 2", exact=True).click()
    assert page.locator("ol.fixes li").count() == count
    page.get_by_role("button", name="Back to the plan").click()
    _dragged(page)
    assert serious(page) == []


def _dragged(page: Any) -> None:
    """A fix taken on the map with the mouse: found where the fixes' list says that it lies."""
    from overflight.errors import DataError

    box = page.locator(".map canvas").bounding_box()
    assert box is not None
    # The map is asked where a fix is drawn, by looking for the cursor that says it can be taken.
    for x in range(20, int(box["width"]) - 20, 6):
        for y in range(20, int(box["height"]) - 20, 6):
            page.mouse.move(box["x"] + x, box["y"] + y)
            if page.evaluate("document.querySelector('.map canvas').style.cursor") == "grab":
                page.mouse.down()
                page.mouse.move(box["x"] + x + 25, box["y"] + y + 10, steps=5)
                page.mouse.up()
                page.get_by_text("Moved by hand").wait_for()
                return
    raise DataError("no fix is on the map", remedy="Draw them.")
