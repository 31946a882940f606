"""``overflight holdings`` as it is typed, and quotas of inspections beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.schema import validate

Cli = Callable[..., Any]

TWO_YEARS = """\
kind,party,zone,category,status,items,valid,notified
exchanged,POL,iv-4,battle-tank,active,1700,1997-01-01,1996-12-15
destroyed,POL,iv-4,battle-tank,active,20,1997-05-01,
exchanged,POL,iv-4,battle-tank,active,1675,1998-01-01,1997-12-15
"""


def document(run: Any, schema: str, status: int = 0) -> dict[str, Any]:
    assert run.status == status, run.err
    found: dict[str, Any] = json.loads(run.out)
    validate(found, schema)
    return found


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "pol.csv"
    path.write_text(TWO_YEARS, encoding="utf-8")
    return str(path)


def test_two_years_compared(cli: Cli, file: str) -> None:
    found = document(cli("holdings", "compare", file, "--treaty", "cfe", "--json"), "findings", 3)
    (finding,) = found["findings"]
    assert finding["measured"] == -5 and "5 went is not said" in finding["message"]
    text = cli("holdings", "compare", "-", "--treaty", "cfe", stdin=TWO_YEARS)
    assert text.status == 3 and "PIE IX-X" in text.out
    whole = TWO_YEARS + "exported,POL,iv-4,battle-tank,active,5,1997-06-01,\n"
    assert cli("holdings", "compare", "-", "--treaty", "cfe", stdin=whole).status == 0


def test_files_go_into_a_ledger_and_come_out_again(cli: Cli, file: str, tmp_path: Path) -> None:
    ledger, second = str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")
    words = ("--treaty", "cfe", "--ledger")
    entered = cli("holdings", "import", file, *words, ledger, "--date", "1998-01-05", "--json")
    assert len(document(entered, "holdings")["entries"]) == 3
    shown = document(
        cli("holdings", "show", *words, ledger, "--on", "1997-12-31", "--json"), "holdings-state"
    )
    assert [row["items"] for row in shown["counts"]] == [1680]
    assert "1680" in cli("holdings", "show", *words, ledger, "--on", "1997-12-31").out
    for form in ("csv", "json"):
        out = cli("holdings", "export", *words, ledger, "--format", form).out
        again = tmp_path / f"again.{form}"
        again.write_text(out, encoding="utf-8")
        Path(second).unlink(missing_ok=True)
        assert cli("holdings", "import", str(again), *words, second).status == 0
        assert Path(second).read_bytes() == Path(ledger).read_bytes()
    day = ("--date", "1998-02-01")
    assert cli("holdings", "correct", "2", *words, ledger, *day).status == 0
    now = cli("holdings", "show", *words, ledger, "--on", "1997-12-31", "--json")
    assert document(now, "holdings-state")["counts"][0]["items"] == 1700
    then = ("--on", "1997-12-31", "--known-on", "1998-01-31", "--json")
    past = document(cli("holdings", "show", *words, ledger, *then), "holdings-state")
    assert past["counts"][0]["items"] == 1680
    refused = cli("holdings", "import", file, *words, ledger, *day)
    assert refused.status == 2 and "entered before" in refused.err


def test_a_check_ends_with_its_verdict(cli: Cli, file: str) -> None:
    words = ("--treaty", "cfe", "--on", "1998-01-01", "--json")
    late = cli("holdings", "check", file, *words, "--rule", "PIE.VII.1(C)", "--party", "POL")
    assert document(late, "findings")["verdict"] == "compliant"
    over = TWO_YEARS.replace("1675", "13301")
    breach = cli("holdings", "check", "-", *words, "--rule", "VI", stdin=over)
    assert document(breach, "findings", 1)["verdict"] == "breach"
    assert cli("holdings", "check", file, *words).status == 3


def test_eliminations_under_another_regime(cli: Cli) -> None:
    text = (
        "kind,party,category,items,valid\n"
        "declared,USA,missile,846,1988-06-01\ndeclared,RUS,missile,1846,1988-06-01\n"
        "destroyed,USA,missile,846,1991-05-31\ndestroyed,RUS,missile,1846,1991-05-12\n"
    )
    words = ("holdings", "check", "-", "--treaty", "inf", "--rule", "all", "--on")
    assert cli(*words, "1991-06-01", stdin=text).status == 0
    ended = cli(*words, "2019-08-02", stdin=text)
    assert ended.status != 0 and "2019-08-02" in ended.err and "not in force" in ended.err


def test_mistakes_are_told(cli: Cli, file: str) -> None:
    assert cli("holdings", "check", "--treaty", "cfe", "--on", "1998-01-01").status == 2
    nothing = cli("holdings", "check", file, "--treaty", "open-skies", "--on", "2010-01-01")
    assert nothing.status == 2 and "counts nothing" in nothing.err
    kind = cli("holdings", "compare", file, "--treaty", "inf")
    assert kind.status == 2 and "declared" in kind.err


def test_quotas_of_inspections_are_kept_by_the_same_commands(cli: Cli, tmp_path: Path) -> None:
    ledger = ("--treaty", "cfe", "--ledger", str(tmp_path / "q.jsonl"))
    kinds = (
        ("objects-counted", "POL", "--flights", "70", "--date", "1996-12-15"),
        ("active-quota", "DEU", "--flights", "40", "--date", "1997-01-10"),
        ("inspected-challenge", "DEU", "POL", "--date", "1997-02-01"),
    )
    for words in kinds:
        assert cli("quota", "record", *words, *ledger).status == 0
    asked = ("quota", "standing", "DEU", "POL", "--on", "1997-02-02", *ledger)
    assert document(cli(*asked, "--json"), "quota-standing")["left"] == 4
    challenge = document(cli(*asked, "--sort", "challenge", "--json"), "quota-standing")
    assert challenge["left"] == 1
    text = cli(*asked).out
    assert "DEU may inspect 4 more in POL" in text and "POI II.23" in text
    book = cli("quota", "show", "--year", "6", *ledger, "--json")
    rows = {row["party"]: row for row in document(book, "quota-book")["observed"]}
    assert rows["POL"]["passive_quota"] == 10 and rows["HUN"]["passive_quota"] is None
    ended = cli("quota", "standing", "USA", "RUS", "--on", "2001-06-01", "--treaty", "inf")
    assert ended.status != 0 and "2001-05-31" in ended.err
