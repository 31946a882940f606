"""Who is let in, from where, and what a page may load."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.web.pages.app import make_app
from overflight.web.pages.guard import COOKIE
from overflight.web.pages.serving import checked
from overflight.web.pages.settings import Limits, Settings
from pageserver import BUILT, TODAY, pages
from webserver import Server

KEY = "a-key-of-this-test"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not BUILT.is_file():
        pytest.skip("the pages are not built: make web")
    settings = Settings(
        today=lambda: TODAY, work=tmp_path_factory.mktemp("work"), key=KEY,
        limits=Limits(body_bytes=1000, body_s=0.5),
    )  # fmt: skip
    with pages(settings) as server:
        yield server


def own(work: Path = Path()) -> Settings:
    return Settings(today=lambda: TODAY, work=work)


def test_every_answer_says_what_a_page_may_load(served: Server) -> None:
    for path in ("/", "/regime", "/api/regimes", "/api/nothing", "/static/icon.svg"):
        headers = served.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "*" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_a_name_that_is_not_this_machines_is_not_answered(served: Server) -> None:
    # A page of elsewhere may point its own name at 127.0.0.1 (DNS rebinding).
    for host in ("evil.example", f"evil.example:{served.port}", "127.0.0.1:1", ""):
        assert served.get("/api/regimes", {"Host": host}).status == 421


def test_another_sites_page_may_not_act(served: Server) -> None:
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert served.post("/api/session", headers, {"key": ""}).status == 403
    same = {"Origin": served.base, "Sec-Fetch-Site": "same-origin"}
    as_json = {"Content-Type": "application/json"}
    assert served.post("/api/session", same | as_json, {"key": ""}).status == 204


def test_without_the_key_nothing_is_told(locked: Server) -> None:
    for path in ("/api/regimes", "/api/openapi.json", "/api/regimes/open-skies"):
        assert locked.get(path).status == 401, path
        assert locked.get(path, {"Cookie": f"{COOKIE}=wrong"}).status == 401
        assert locked.get(path, {"X-Overflight-Key": KEY}).status == 200


def test_the_key_is_handed_in_once(locked: Server) -> None:
    as_json = {"Content-Type": "application/json"}
    assert locked.post("/api/session", as_json, {"key": "wrong"}).status == 401
    answer = locked.post("/api/session", as_json, {"key": KEY})
    assert answer.status == 204
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    pair = cookie.split(";")[0]
    assert locked.get("/api/regimes", {"Cookie": pair}).status == 200


def test_what_is_too_much_is_not_read(locked: Server) -> None:
    headers = {"X-Overflight-Key": KEY, "Content-Type": "application/json"}
    assert locked.ask("POST", "/api/session", headers, b"x" * 1001).status == 413
    assert locked.ask("POST", "/api/session", headers | {"Content-Length": "-1"}).status in (
        400,
        413,
    )


def test_a_sender_who_dawdles_is_left(locked: Server) -> None:
    with socket.create_connection(("127.0.0.1", locked.port), timeout=10) as line:
        line.sendall(
            f"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1:{locked.port}\r\n"
            f"X-Overflight-Key: {KEY}\r\nContent-Type: application/json\r\n"
            "Content-Length: 100\r\n\r\n{".encode()
        )
        answer = line.recv(1000)
    assert b" 204 " not in answer


def test_a_network_address_needs_a_key_and_a_certificate(tmp_path: Path) -> None:
    outside = replace(own(), host="192.0.2.1")
    with pytest.raises(DataError, match="anybody there could come in"):
        checked(outside, None, ask_for_key=False)
    with pytest.raises(DataError, match="no certificate"):
        checked(outside, None, ask_for_key=True)
    let_in = checked(outside, tmp_path / "c.pem", ask_for_key=True)
    assert len(let_in.key) >= 32
    assert "192.0.2.1:8750" in let_in.names
    assert checked(own(), None, ask_for_key=False).key == ""


def test_pages_that_were_not_built_say_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="have not been built") as told:
        make_app(replace(own(), built=tmp_path))
    assert "make web" in told.value.remedy
