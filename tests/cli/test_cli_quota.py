"""``overflight quota`` as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.schema import validate

Cli = Callable[..., Any]


def document(run: Any, schema: str, status: int = 0) -> dict[str, Any]:
    assert run.status == status, run.err
    found: dict[str, Any] = json.loads(run.out)
    validate(found, schema)
    return found


def test_a_year_from_the_review_to_what_is_left(tmp_path: Path, cli: Cli) -> None:
    ledger = str(tmp_path / "ledger.jsonl")
    words = ("--ledger", ledger)
    enter = ("--enter", *words, "--date", "2003-01-01", "--json")
    made = cli("quota", "distribute", "--year", "2003", "--requests", "enacted:2003", *enter)
    assert document(made, "quota-distribution")["proved"] is True
    shown = document(cli("quota", "show", "--year", "2003", *words, "--json"), "quota-book")
    assert {"observer": "DEU", "observed": "RUBY", "flights": 3, "shared_with": []} in shown[
        "grants"
    ]
    for kind, day in (("notified", "2003-03-01"), ("flown", "2003-03-09")):
        more = ("DEU", "RUS", "--ref", "OS3001", "--date", day, *words, "--json")
        document(cli("quota", "record", kind, *more), "quota-entries")
    asked = ("quota", "standing", "DEU", "RUS", *words, "--on")
    assert document(cli(*asked, "2003-03-10", "--json"), "quota-standing")["left"] == 2
    assert document(cli(*asked, "2003-02-10", "--json"), "quota-standing")["left"] == 3
    text = cli(*asked, "2003-03-10").out
    assert "DEU may fly 2 more over RUBY" in text and "III.I.5" in text
    give = ("quota", "transfer", "DEU", "RUS", "--to", "ESP", *words, "--date", "2003-04-01")
    assert cli(*give).status == 2
    assert cli(*give, "--agreed", "RUS").status == 0
    past = document(
        cli("quota", "history", "DEU", "--on", "2003-03-05", *words, "--json"), "quota-entries"
    )
    assert past["open"] == ["OS3001"]
    lines = Path(ledger).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["n"] for line in lines] == list(range(1, len(lines) + 1))


def test_a_refused_entry_leaves_the_ledger_as_it_was(tmp_path: Path, cli: Cli) -> None:
    ledger = tmp_path / "ledger.jsonl"
    base = ("--ledger", str(ledger), "--date", "2003-02-01")
    assert cli("quota", "record", "distributed", "ESP", "RUS", *base).status == 0
    before = ledger.read_bytes()
    run = cli("quota", "record", "flown", "ESP", "RUS", "--flights", "2", *base)
    assert run.status == 2 and "III.I.5" in run.err
    assert ledger.read_bytes() == before
    again = ("--flights", "2", "--despite", "it happened")
    assert cli("quota", "record", "flown", "ESP", "RUS", *again, *base).status == 0
    lines = ledger.read_text(encoding="utf-8").splitlines()
    ledger.write_text("\n".join([lines[0].replace("ESP", "GRC"), lines[1]]) + "\n", "utf-8")
    run = cli("quota", "history", "--ledger", str(ledger))
    assert run.status == 2 and ":1" in run.err


def test_requests_in_a_file_and_a_cut_that_is_explained(tmp_path: Path, cli: Cli) -> None:
    file = tmp_path / "wishes.csv"
    file.write_text(
        "observer,observed,flights,priority,shared_with\n"
        "DEU,HUN,2,1,\nFRA,HUN,2,1,\nGBR,HUN,1,2,CAN\n",
        encoding="utf-8",
    )
    run = cli("quota", "distribute", "--year", "2010", "--requests", str(file))
    assert run.status == 0
    assert "passive quota of 4 is full" in run.out and "our proposal" in run.out
    assert "Proved optimal" in run.out
    wishes = {"observer": "DEU", "observed": "SWE", "flights": 1}
    rows = {"kind": "quota-requests", "version": 1, "flights": [wishes]}
    file.write_text(json.dumps(rows), encoding="utf-8")
    run = cli("quota", "distribute", "--year", "2010", "--requests", str(file), "--json")
    assert document(run, "quota-distribution", 3)["undecided"][0]["observed"] == "SWE"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("observer,observed\nDEU,POL\n", ":1"),
        ("observer,observed,flights\nDEU,POL,1\nDEU,pol,1\n", ":3"),
        ("observer,observed,flights\nDEU,POL,-1\n", ":2"),
        ("observer,observed,flights\nDEU,POL,1,7\n", ":2"),
        ("observer,observed,flights\nDEU,DEU,1\n", "Party"),
        ("observer,observed,flights,wings\nDEU,POL,1,2\n", "wings"),
        (
            '{"kind": "quota-requests", "version": 1, "flights": [{"observer": "DEU"}]}',
            "/flights/0",
        ),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, cli: Cli, content: str, said: str) -> None:
    file = tmp_path / "wishes.csv"
    file.write_text(content, encoding="utf-8")
    run = cli("quota", "distribute", "--year", "2010", "--requests", str(file))
    assert run.status == 2 and said in run.err and "->" in run.err


def test_quarters(tmp_path: Path, cli: Cli) -> None:
    file = tmp_path / "plans.csv"
    file.write_text("observer,observed,quarter,flights\nUSA,RUS,1,17\nDEU,RUS,1,1\n", "utf-8")
    words = ("quota", "sequence", "--year", "2010", "--plans", str(file))
    found = document(cli(*words, "--seed", "3", "--json"), "quota-sequence")
    assert len(found["slots"]) == 18 and found["seed"] == 3
    assert "To consult about" in cli(*words).out


def test_a_regime_without_a_ledger_file_says_what_is_missing(tmp_path: Path, cli: Cli) -> None:
    folder = tmp_path / "regime"
    assert cli("treaty", "new", str(folder)).status == 0
    (folder / "ledger.toml").unlink()
    run = cli("quota", "show", "--year", "2031", "--treaty", str(folder))
    assert run.status == 2 and "ledger.toml" in run.err


def test_another_regime_keeps_its_own_ledger(tmp_path: Path, cli: Cli) -> None:
    base = ("--treaty", "examples/two-neighbours", "--ledger", str(tmp_path / "l.jsonl"))
    words = ("quota", "record", "distributed", "XAR", "XBE", "--flights", "2", *base)
    assert cli(*words, "--date", "2026-01-01").status == 0
    run = cli("quota", "standing", "XAR", "XBE", "--on", "2026-05-01", *base, "--json")
    assert document(run, "quota-standing")["left"] == 2


def test_a_ledger_that_is_not_there_is_not_read_as_an_empty_one(tmp_path: Path, cli: Cli) -> None:
    words = ("--ledger", str(tmp_path / "mistyped.jsonl"))
    for verb in (("standing", "DEU", "RUS", "--on", "2003-01-01"), ("history",),
                 ("show", "--year", "2003")):  # fmt: skip
        run = cli("quota", *verb, *words)
        assert run.status == 2 and "there is no ledger" in run.err
