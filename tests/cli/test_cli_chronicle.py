"""``overflight chronicle``, as somebody types it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from overflight.formats.schema import validate

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


def test_a_ledger_of_forecasts(cli: Cli, tmp_path: Path) -> None:
    ledger = str(tmp_path / "f.jsonl")
    words = ("--question", "Does it return?", "--criteria", "a deposit", "--by", "me")
    run = cli("chronicle", "forecast", ledger, "--id", "a", *words, "--probability", "20%",
              "--closes", "9999-01-01")  # fmt: skip
    assert run.status == 0, run.err
    again = cli("chronicle", "forecast", ledger, "--id", "a", *words, "--probability", "30%",
                "--closes", "9999-01-01")  # fmt: skip
    assert again.status == 2 and "frozen" in again.err
    assert cli("chronicle", "resolve", ledger, "--id", "a", "--outcome", "no", "--source", "vb",
               "--json").status == 0  # fmt: skip
    run = cli("chronicle", "scores", ledger, "--json")
    document = json.loads(run.out)
    validate(document, "forecast-scores")
    assert document["brier"] == {"exact": "1/25", "value": 0.04}
    assert document["skill"] is None
    assert "below 50" in cli("chronicle", "scores", ledger).out
    # the line that was written cannot be changed unseen
    text = Path(ledger).read_text(encoding="utf-8")
    Path(ledger).write_text(text.replace('"1/5"', '"1/9"'), encoding="utf-8")
    assert cli("chronicle", "scores", ledger).status == 2
