"""``overflight chronicle``, as somebody types it."""

import csv
import datetime as dt
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from overflight.formats.schema import validate
from overflight.logs import append, read_log
from overflight.study.chronicle.forecasts import Forecast, entry_line

Cli = Callable[..., Any]


def test_list_show_and_direction(cli: Cli) -> None:
    run = cli("chronicle", "list", "inf", "--kind", "elimination", "--json")
    document = json.loads(run.out)
    validate(document, "chronicle")
    assert next(r["date"] for r in document["records"]) == "1988-07-22"
    assert ["first-soviet-elimination", "first-soviet-elimination-saryozek"] in document[
        "contradictions"
    ]
    assert "both stand" in cli("chronicle", "list", "inf").out
    text = cli("chronicle", "show", "edm-stay-if").out
    assert "published in  unknown" in text and "not checked" in text
    run = cli("chronicle", "show", "edm-stay-i")
    assert run.status == 2 and "edm-stay-if" in run.err
    document = json.loads(cli("chronicle", "direction", "--years", "5", "--json").out)
    validate(document, "chronicle-direction")
    assert not [w for w in document["windows"] for v in w["balance"].values() if v != int(v)]


def test_another_coder(cli: Cli, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("record,direction\nlaw-2019,-1\n", encoding="utf-8")
    run = cli("chronicle", "direction", "inf", "--coder", f"me={mine}", "--json")
    assert json.loads(run.out)["coders"] == ["ontology", "me"]
    mine.write_text("law-2019,down\n", encoding="utf-8")
    run = cli("chronicle", "direction", "inf", "--coder", f"me={mine}")
    assert run.status == 2 and "mine.csv:1" in run.err


WORDS = ("--question", "Does it return?", "--criteria", "a deposit", "--by", "me")


def made_long_ago(ledger: Path, name: str = "a") -> None:
    """A forecast whose day has come, as the command wrote it then."""
    append(ledger, entry_line(Forecast(
        name, f"{name}?", "a deposit", "me", dt.date(2024, 1, 1), dt.date(2025, 1, 1),
        Fraction(1, 5),
    )))  # fmt: skip


def test_a_ledger_of_forecasts(cli: Cli, tmp_path: Path) -> None:
    ledger = tmp_path / "f.jsonl"
    made_long_ago(ledger)
    new = ("chronicle", "forecast", ledger, *WORDS, "--closes", "9999-01-01")
    again = cli(*new, "--id", "a", "--probability", "30%")
    assert again.status == 2 and "frozen" in again.err
    assert cli(*new, "--id", "b", "--probability", "30%").status == 0
    end = ("chronicle", "resolve", ledger, "--outcome", "no", "--source", "vb")
    for name, day, words in (
        ("b", "2026-01-01", "before the question closes"),
        ("a", "2024-12-31", "before the question closes"),
        ("a", "9999-02-01", "in the future"),
    ):
        run = cli(*end, "--id", name, "--on", day)
        assert run.status == 2 and words in run.err
    assert cli(*end, "--id", "a", "--json").status == 0
    document = json.loads(cli("chronicle", "scores", ledger, "--json").out)
    validate(document, "forecast-scores")
    assert document["brier"] == {"exact": "1/25", "value": 0.04}
    assert document["skill"] is None and document["questions"] == 1
    assert "below 50" in cli("chronicle", "scores", ledger).out
    # the line that was written cannot be changed unseen
    text = ledger.read_text(encoding="utf-8")
    ledger.write_text(text.replace('"1/5"', '"1/9"'), encoding="utf-8")
    assert cli("chronicle", "scores", ledger).status == 2
    run = cli("chronicle", "verify", ledger)
    assert run.status == 2 and "f.jsonl:1" in run.err


def test_a_witnessed_head_finds_a_ledger_that_was_written_anew(cli: Cli, tmp_path: Path) -> None:
    ledger, log = tmp_path / "f.jsonl", tmp_path / "log"
    made_long_ago(ledger)
    document = json.loads(cli("chronicle", "verify", ledger, "--json").out)
    validate(document, "forecast-ledger")
    head = document["head"]
    assert head == hashlib.sha256(ledger.read_bytes()).hexdigest()
    assert cli("log", "init", log, "--origin", "log.example.org/f", "--operator", "A").status == 0
    assert cli("log", "append", log, "--sha256", f"decision={head}").status == 0
    made_long_ago(ledger, "b")
    run = cli("chronicle", "verify", ledger, "--head", head)
    assert run.status == 0 and "at record 1" in run.out
    # a cheat with our own writer: the chain holds, and the head that was witnessed does not
    ledger.unlink()
    append(ledger, entry_line(Forecast("a", "a?", "a deposit", "me", dt.date(2024, 1, 1),
                                       dt.date(2025, 1, 1), Fraction(1, 100))))  # fmt: skip
    made_long_ago(ledger, "b")
    assert cli("chronicle", "verify", ledger).status == 0
    run = cli("chronicle", "verify", ledger, "--head", head)
    assert run.status == 2 and "never had the head" in run.err


def test_a_line_cut_short_is_passed_over_and_cut_off(cli: Cli, tmp_path: Path) -> None:
    """As kill -9 in the middle of a write leaves it."""
    ledger = tmp_path / "f.jsonl"
    made_long_ago(ledger)
    whole = ledger.read_bytes()
    made_long_ago(ledger, "b")
    ledger.write_bytes(ledger.read_bytes()[:-20])
    run = cli("chronicle", "verify", ledger, "--head", hashlib.sha256(whole).hexdigest())
    assert run.status == 0 and "unfinished line" in run.out
    assert cli("chronicle", "forecast", ledger, *WORDS, "--closes", "9999-01-01", "--id", "c",
               "--probability", "0.5").status == 0  # fmt: skip
    assert ledger.read_bytes().startswith(whole)
    assert json.loads(cli("chronicle", "verify", ledger, "--json").out)["unfinished_bytes"] == 0


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Three processes enter at the same moment; a fourth is killed while it may be writing."""
    ledger = tmp_path / "f.jsonl"
    command = (sys.executable, "-m", "overflight", "chronicle", "forecast", str(ledger), *WORDS,
               "--closes", "9999-01-01", "--probability", "0.5", "--id")  # fmt: skip
    running = [subprocess.Popen((*command, f"q{n}"), stdout=subprocess.DEVNULL) for n in range(3)]
    killed = subprocess.Popen((*command, "killed"), stdout=subprocess.DEVNULL)
    assert [process.wait() for process in running] == [0] * 3
    killed.kill()
    killed.wait()
    ids = {record["id"] for record in read_log(ledger).records}
    assert {f"q{n}" for n in range(3)} <= ids


def test_filters_export_and_page(cli: Cli, tmp_path: Path) -> None:
    out, table, document = tmp_path / "page", tmp_path / "a.csv", tmp_path / "a.json"
    chosen = ("chronicle", "list", "open-skies", "--contradictions", "--actor", "USA")
    run = cli(*chosen, "--out", out, "--export", table, "--json")
    validate(json.loads(run.out), "chronicle")
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [r["id"] for r in rows] == [r["id"] for r in json.loads(run.out)["records"]]
    assert cli(*chosen, "--export", document).status == 0
    assert json.loads(document.read_text(encoding="utf-8")) == json.loads(run.out)
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "Told in two ways" in page and "fitted to one OC-135B" in page
    for more, words in ((("--export", tmp_path / "a.txt"), "neither"), (("--kind", "war"), "kind")):
        run = cli(*chosen, *more)
        assert run.status == 2 and words in run.err
