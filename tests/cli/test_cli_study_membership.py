"""``overflight study exit``, ``return`` and ``case``, as somebody types or scripts them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.schema import validate

Cli = Callable[..., Any]
EXAMPLES = Path(__file__).parents[2] / "examples" / "studies"
US = ("study", "exit", "--treaty", "open-skies", "--leave", "USA", "--on", "2020-11-22")


def test_what_others_will_script(cli: Cli) -> None:
    run = cli(*US, "--json")
    document = json.loads(run.out)
    validate(document, "study-exit")
    assert (run.status, document["passive_quota_total"]) == (0, 183)
    named = {h["holder"]: h["flights"] for h in document["passive_quota_holders"]}
    assert sum(named.values()) == 183 and named["RUBY"] == 42 and "USA" not in named
    lost = {o["observer"]: o["flights_lost"] for o in document["observers"]}
    assert (lost["DEU"]["low"], lost["DEU"]["high"], lost["DEU"]["known"]) == (0, 6, False)
    assert document["acts"][0]["notice_by"] == "2020-05-22"
    may = document["holders_that_may_observe_each_other"]
    assert set(may["before"]) - set(may["after"]) == {"USA"}


def test_two_exits_on_their_days(cli: Cli) -> None:
    run = cli("study", "exit", "--act", "exit:USA:2020-11-22", "--act", "exit:RUS:2021-12-18",
              "--on", "2021-12-18", "--json")  # fmt: skip
    document = json.loads(run.out)
    assert document["passive_quota_total_before"] == 225
    assert document["passive_quota_total"] == 141
    assert document["parties_after"]["number"] == 32


def test_the_page_is_whole_and_the_same_again(cli: Cli, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for out in (one, two):
        assert cli(*US, "--out", str(out)).status == 0
    names = {p.name for p in one.iterdir()}
    assert names == {"index.html", "flights.svg", "flights.png"}
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
    page = (one / "index.html").read_text(encoding="utf-8")
    for words in ("Inputs", "Readings", "Not known", "What this is not", "Under other readings"):
        assert words in page
    body = page.replace("http://www.w3.org", "").replace("http-equiv", "")
    assert "http" not in body and "<script" not in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--on", "2020-11-22"), "nobody acts"),
        (("--leave", "RUBY", "--on", "2020-11-22"), "only States act"),
        (("--leave", "KGZ", "--on", "2020-11-22"), "cannot leave"),
        (("--act", "exit:USA:2021-01-01", "--on", "2020-11-22"), "is after --on"),
        (("--leave", "USA", "--all", "1", "--on", "2020-11-22"), "--all stands alone"),
    ],
)
def test_what_cannot_be_is_refused(cli: Cli, words: tuple[str, ...], told: str) -> None:
    run = cli("study", "exit", *words)
    assert run.status == 2 and told in run.err


def test_every_exit_of_one(cli: Cli) -> None:
    run = cli("study", "exit", "--all", "1", "--on", "2020-06-01", "--json")
    document = json.loads(run.out)
    validate(document, "study-exit-sweep")
    assert len(document["exits"]) == 34
    assert "USA" in cli("study", "exit", "--all", "1", "--on", "2020-06-01").out


def test_a_return(cli: Cli, tmp_path: Path) -> None:
    words = ("study", "return", "--state", "USA", "--on", "2027-01-01")
    run = cli(*words, "--costs", str(EXAMPLES / "costs.toml"), "--flights", "9", "--json")
    document = json.loads(run.out)
    validate(document, "study-return")
    ways = {way["id"]: way for way in document["ways"]}
    assert ways["accession"]["at_least_days"] == 60
    assert ways["own-aircraft"]["not_costed"] == ["aircraft", "certification"]
    assert [c["name"] for c in ways["own-aircraft"]["costs"]] == ["sensors"]
    assert {row["owner"] for row in document["dependence"]} >= {"SWE", "DEU"}
    assert document["cost_of_flights_a_year"] == [
        {"currency": "USD", "low": 450_000, "high": 450_000}
    ]
    text = cli(*words, "--out", str(tmp_path / "page")).out
    assert "Precedents" in text and "nobody says how long" in text
    lends = tmp_path / "lends.csv"
    lends.write_text("owner,observer\nSWE\n", encoding="utf-8")
    run = cli(*words, "--lends", str(lends))
    assert run.status == 2 and "lends.csv:2" in run.err


def test_the_case(cli: Cli, tmp_path: Path) -> None:
    case = EXAMPLES / "withdrawals-2020-2021.toml"
    run = cli("study", "case", str(case), "--json")
    document = json.loads(run.out)
    validate(document, "study-case")
    assert run.status == 0 and document["checks_that_fail"] == []
    assert len(document["claims"]) == 24
    wrong = tmp_path / "case.toml"
    text = case.read_text(encoding="utf-8").replace("equals = 32", "equals = 33")
    wrong.write_text(text, encoding="utf-8")
    run = cli("study", "case", str(wrong))
    assert run.status == 1 and "do not bear out claim 12" in run.out


def test_a_distribution_that_is_given(cli: Cli, tmp_path: Path) -> None:
    """Five flights of three observers; two of them were over the United States."""
    file = tmp_path / "wishes.csv"
    file.write_text(
        "observer,observed,flights\nDEU,RUBY,2\nDEU,USA,1\nNOR,USA,1\nCAN,TUR,1\n",
        encoding="utf-8",
    )
    asked = ("study", "exit", "--leave", "USA", "--on", "2020-11-22")
    document = json.loads(cli(*asked, "--wishes", str(file), "--json").out)
    rows = {o["observer"]: o for o in document["distribution"]["observers"]}
    assert {code: (o["held"], o["lost"]) for code, o in rows.items()} == {
        "DEU": (3, 1), "NOR": (1, 1), "CAN": (1, 0),
    }  # fmt: skip
    assert document["distribution"]["flights_before"] == 5
    text = cli(*asked, "--wishes", str(file)).out
    assert (
        "shared out anew for 2021" in text and "(given)" in text and "enacted; the only" not in text
    )
    run = cli(*asked, "--wishes", "enacted:2019")
    assert run.status == 2 and "enacted:2002" in run.err


def test_the_quota_after_a_return_is_marked_as_assumed(cli: Cli) -> None:
    run = cli("study", "exit", "--act", "return:USA:2027-01-01", "--on", "2027-01-01", "--json")
    document = json.loads(run.out)
    validate(document, "study-exit")
    (one,) = document["passive_quota_reckoned_with"]
    assert (one["state"], one["status"]) == ("USA", "assumed")
    assert "not known" in one["reading"]


def test_what_is_retired_after_an_exit_went_with_it(cli: Cli) -> None:
    """The OC-135B flew until 2021; on the day of Russia's exit it was gone with its State."""
    acts = ("--act", "exit:USA:2020-11-22", "--act", "exit:RUS:2021-12-18")
    document = json.loads(cli("study", "exit", *acts, "--on", "2021-12-18", "--json").out)
    assert "oc-135b" in {a["aircraft"] for a in document["aircraft_gone"]}
