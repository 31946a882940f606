"""The page *Regime*, asked and looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from webserver import Server

if TYPE_CHECKING:
    from conftest import Watched


def test_the_same_document_as_on_the_command_line(served: Server, cli: Any) -> None:
    told = cli("treaty", "show", "open-skies", "--on", "2021-05-19", "--json")
    asked = served.get("/api/regimes/open-skies?on=2021-05-19").json
    assert asked == json.loads(told.out)


def test_days_of_change_are_those_of_the_exits(served: Server) -> None:
    # The notices' dates and effect: ../reference, open-skies-facts 1.3.
    regimes = {row["id"]: row for row in served.get("/api/regimes").json["regimes"]}
    changes = {row["on"]: row for row in regimes["open-skies"]["changes"]}
    assert "USA" in changes["2005-05-23"]["bound"]
    gone = next(day for day in sorted(changes) if day >= "2020-11-01")
    assert gone == "2020-11-22"
    assert "USA" not in changes[gone]["bound"]
    last = max(changes)
    assert last == "2021-12-18"
    assert len(changes[last]["bound"]) == 32


def test_a_regime_is_asked_for_by_name_and_never_by_path(served: Server) -> None:
    for name in ("nowhere", "..", "%2e%2e%2fopen-skies", "%2fetc", "."):
        assert served.get(f"/api/regimes/{name}").status in (404, 422), name
    assert served.get("/api/regimes/open-skies?section=nothing").json["remedy"].startswith("One of")


def test_a_date_that_is_none_is_refused_in_words(served: Server) -> None:
    for day in ("2021-02-30", "yesterday", "99999-01-01"):
        assert served.get(f"/api/regimes/open-skies?on={day}").status == 422, day


def test_the_map_says_who_is_bound(watched: Watched) -> None:
    page = watched.open("/regime?regime=open-skies&on=2021-05-19")
    page.get_by_text("State Party (33)").wait_for()
    assert page.get_by_text("left (1)").is_visible()
    page.get_by_label("On", exact=True).fill("2022-01-01")
    page.get_by_text("State Party (32)").wait_for()
    assert "on=2022-01-01" in page.url
