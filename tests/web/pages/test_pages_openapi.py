"""Every address of the pages' API: what it says of itself holds, and none is open without a key."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from overflight.web.pages.app import api
from overflight.web.pages.jobs import Jobs
from overflight.web.pages.settings import Limits, Settings
from pageserver import BUILT, TODAY, pages
from pagewatching import NOT_BUILT
from pagework import turning
from webserver import Server

JSON = {"Content-Type": "application/json"}
QUESTION = {
    "treaty": "open-skies", "observing": "DEU", "observed": "RUS", "on": "2021-05-19",
    "aircraft": "saab-340b", "start": "UUMB", "seconds": 300.0,
}  # fmt: skip
CSV = "id,lat,lon\n" + "".join(f"s{n},{54 + n % 5},{33 + n * 0.3}\n" for n in range(40))
SETTINGS = Settings(today=lambda: TODAY, work=Path())
DOCUMENT = api(SETTINGS).openapi()
ROUTES = sorted(
    (method.upper(), path) for path, ways in DOCUMENT["paths"].items() for method in ways
)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not BUILT.is_file():
        pytest.skip(NOT_BUILT)
    work = tmp_path_factory.mktemp("locked")
    with pages(replace(SETTINGS, work=work, key="the key")) as server:
        yield server


def test_no_address_is_open_without_the_key(locked: Server) -> None:
    assert len(ROUTES) > 20
    for method, path in (*ROUTES, ("GET", "/api/openapi.json")):
        filled = re.sub(r"\{\w+\}", "abcdefgh", path)
        answer = locked.ask(method, filled, JSON, b"{}" if method != "GET" else None)
        assert answer.status == (422 if path == "/api/session" else 401), (method, path)


def test_a_pages_document_is_open_and_holds_nothing(locked: Server) -> None:
    # Otherwise an address with the key behind its # could never hand it in.
    for path in ("/", "/plan", "/mission?seat=x"):
        answer = locked.get(path)
        assert answer.status == 200, path
        assert b'<div id="app"></div>' in answer.body


def test_files_of_the_build_are_kept_and_come_packed(served: Server) -> None:
    script = re.search(r'src="(/static/main-\w+\.js)"', served.get("/").body.decode())
    assert script is not None
    plain, packed = served.get(script[1]), served.get(script[1], {"Accept-Encoding": "gzip"})
    assert "immutable" in plain.headers["cache-control"]
    assert plain.headers.get("content-encoding") is None
    assert packed.headers["content-type"].startswith("text/javascript")
    if packed.headers.get("content-encoding") == "gzip":
        import gzip

        assert gzip.decompress(packed.body) == plain.body
    assert "immutable" not in served.get("/plan").headers["cache-control"]


SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.mark.slow
@SCHEMA.exclude(path_regex="/events$").parametrize()
@settings(
    max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_nothing_that_is_asked_is_a_fault_of_ours(case: schemathesis.Case, served: Server) -> None:
    answer = case.call(base_url=served.base)
    case.validate_response(answer, checks=[schemathesis.checks.not_a_server_error])


@pytest.mark.slow
def test_a_long_search_keeps_nobody_waiting(served: Server) -> None:
    found = served.ask("POST", "/api/sites", {}, CSV.encode()).json
    asked = QUESTION | {"sites": found["geojson"]}
    job = served.post("/api/plans", JSON, asked).json["job"]
    try:
        for _ in range(10):
            assert served.get("/api/regimes").status == 200
            assert served.get(f"/api/jobs/{job}").json["state"] in ("waiting", "running")
    finally:
        served.post(f"/api/jobs/{job}/stop", JSON, {})
        for _ in range(300):
            if served.get(f"/api/jobs/{job}").json["state"] in ("done", "failed"):
                break
            time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize(("heeds", "state"), [(True, "done"), (False, "failed")])
def test_work_ends_at_its_limit(heeds: bool, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.web.pages.jobs._GRACE_S", 20.0 if heeds else 0.2)
    job = Jobs(Limits(job_s=0.3)).start(turning, {"heeds": heeds})
    for _ in range(300):
        if job.over:
            break
        time.sleep(0.1)
    assert job.state == state
    if state == "failed":
        assert "did not stop" in job.events[-1]["problem"]["message"]
