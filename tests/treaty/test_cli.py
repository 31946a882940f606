"""``overflight treaty``, as somebody types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parent / "fixtures"
DEPOSITS = FIXTURES / "deposits"
Cli = Callable[..., Any]


def test_list(cli: Cli) -> None:
    run = cli("treaty", "list", "--json")
    assert run.status == 0
    assert "open-skies" in [row["id"] for row in json.loads(run.out)["treaties"]]
    assert "open-skies" in cli("treaty", "list").out


def test_show_on_the_day_of_the_vote(cli: Cli) -> None:
    # 2021-05-19: the United States out since 2020-11-22, Russia's notice still to come.
    run = cli("treaty", "show", "open-skies", "--on", "2021-05-19", "--json")
    document = json.loads(run.out)
    assert (run.status, document["instrument"], document["on"]) == (0, "open-skies", "2021-05-19")
    assert document["in_force"] is True
    assert document["in_force_since"] == "2002-01-01"
    assert len(document["states_parties"]) == 33
    russia = next(row for row in document["states_parties"] if row["code"] == "RUS")
    assert russia["since"] == "2002-01-01"
    (gone,) = document["departed"]
    assert (gone["code"], gone["notice"], gone["left"]) == ("USA", "2020-05-22", "2020-11-22")
    assert gone["conference_window"] == ["2020-06-21", "2020-07-21"]
    assert [row["code"] for row in document["signed_not_ratified"]] == ["KGZ"]
    assert document["leaving"] == [] and document["undetermined"] == []
    assert document["overlay_used"] is False
    assert document["readings"]["finland-deposit"]["option"] == "verdragenbank"
    for key in ("states_parties", "departed", "signed_not_ratified", "groups"):
        assert all(row["cite"] for row in document[key])


def test_show_after_the_notice(cli: Cli) -> None:
    run = cli("treaty", "show", "open-skies", "--on", "2021-07-01", "--json")
    document = json.loads(run.out)
    assert "RUS" in [row["code"] for row in document["states_parties"]]
    (leaving,) = document["leaving"]
    assert (leaving["code"], leaving["effective"]) == ("RUS", "2021-12-18")
    assert leaving["announced"] == "2021-01-15"


@pytest.mark.parametrize("columns", ["80", "120"])
def test_show_fits_the_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    out = cli("treaty", "show", "open-skies", "--on", "2021-07-01").out
    assert "States Parties: 33" in out and "Leaving (notice given): 1" in out
    assert max(map(len, out.splitlines())) <= int(columns)


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("airfields", "airfields"),
        ("quotas", "passive_quotas"),
        ("values", "values"),
        ("deadlines", "deadlines"),
        ("sensors", "sensor_categories"),
        ("aircraft", "aircraft"),
        ("readings", "readings"),
        ("decisions", "decisions"),
        ("rules", "rules"),
        ("disputes", "disputes"),
        ("access", "rights"),
    ],
)
def test_every_section_is_one_document_and_one_page(cli: Cli, section: str, key: str) -> None:
    arguments = ("treaty", "show", "open-skies", "--on", "2021-05-19", "--section", section)
    document = json.loads(cli(*arguments, "--json").out)
    assert document[key] and document["instrument"] == "open-skies"
    assert len(cli(*arguments).out.splitlines()) > 5


def test_sections_offered_are_the_sections_there_are() -> None:
    from overflight.cli.treaty import SECTIONS
    from overflight.treaty import summary

    assert tuple(summary.SECTIONS) == SECTIONS


def test_show_says_when_a_private_folder_was_used(cli: Cli) -> None:
    arguments = ("treaty", "show", DEPOSITS, "--on", "2004-01-01")
    run = cli(*arguments, "--overlay", FIXTURES / "overlay")
    assert "PRIVATE OVERLAY" in run.out
    assert "PRIVATE OVERLAY" not in cli(*arguments).out
    document = json.loads(cli(*arguments, "--overlay", FIXTURES / "overlay", "--json").out)
    assert document["overlay_used"] is True


def test_a_reading_is_taken_and_shown(cli: Cli) -> None:
    arguments = ("treaty", "show", DEPOSITS, "--on", "2004-01-01", "--reading", "eta=second")
    assert "eta=second" in cli(*arguments).out
    document = json.loads(cli(*arguments, "--json").out)
    assert document["readings"]["eta"]["option"] == "second"
    since = {row["code"]: row["since"] for row in document["states_parties"]}
    assert since["XHH"] == "2001-06-10"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("stand-off", "--on", "2004-01-01"), 0),
        (("stand-off", "--on", "1999-01-01"), 2),
        (("standoff", "--on", "2004-01-01"), 2),
        (("height-over-capital", "--on", "2004-01-01"), 3),
        (("height-over-capital", "--on", "2004-01-01", "--overlay", FIXTURES / "overlay"), 0),
        (("stand-off", "--on", "2004-13-01"), 2),
        (("stand-off",), 2),
        (("stand-off", "--on", "2004-01-01", "--reading", "eta"), 2),
        (("stand-off", "--on", "2004-01-01", "--reading", "eta=third"), 2),
        (("stand-off", "--on", "2004-01-01", "--overlay", "/nowhere/at/all"), 2),
    ],
)
def test_value_and_its_exit_status(cli: Cli, arguments: tuple[Any, ...], status: int) -> None:
    run = cli("treaty", "value", DEPOSITS, *arguments)
    assert run.status == status
    assert bool(run.out) == (status == 0)
    if status:
        assert run.err and "Traceback" not in run.err


def test_value_as_a_document(cli: Cli) -> None:
    run = cli("treaty", "value", DEPOSITS, "limit", "--on", "2003-06-01", "--json")
    document = json.loads(run.out)
    assert (document["value"], document["unit"], document["private"]) == (100, "km", False)
    assert document["cite"] == ["7 (Treaty of Deposits)"]
    run = cli(
        *("treaty", "value", DEPOSITS, "limit", "--on", "2004-06-01"),
        *("--overlay", FIXTURES / "overlay"),
    )
    assert "77" in run.out and "PRIVATE" in run.out


def test_validate(cli: Cli, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("treaty", "validate", copied).status == 0
    document = json.loads(cli("treaty", "validate", copied, "--json").out)
    assert document["valid"] is True and document["problems"] == []
    text = (copied / "values.toml").read_text(encoding="utf-8")
    (copied / "values.toml").write_text(text.replace("until", "untill", 1), encoding="utf-8")
    monkeypatch.chdir(copied.parent)
    run = cli("treaty", "validate", "deposits")
    assert run.status == 2
    assert "deposits/values.toml:6: no key 'untill'" in run.out
    assert "'until'" in run.out
    document = json.loads(cli("treaty", "validate", "deposits", "--json").out)
    assert document["valid"] is False
    assert document["problems"][1]["file"] == "deposits/values.toml"
    assert {"line", "message", "remedy"} <= set(document["problems"][0])


def test_validate_holds_rules_against_the_predicates(cli: Cli, copied: Path) -> None:
    (copied / "rules.toml").write_text(
        '[[rule]]\nid = "1"\ntitle = "Keep off"\nphase = "plan"\n'
        'predicate = "keeps_distance_from_nobody"\nlimit = "value:stand-off"\ncite = ["text 6"]\n',
        encoding="utf-8",
    )
    run = cli("treaty", "validate", copied)
    assert run.status == 2
    assert "keeps_distance_from_nobody" in run.out


def test_new_then_validate(cli: Cli, tmp_path: Path) -> None:
    run = cli("treaty", "new", tmp_path / "mine", "--name", "Treaty of Mine", "--json")
    assert run.status == 0
    assert "treaty.toml" in json.loads(run.out)["files"]
    assert cli("treaty", "validate", tmp_path / "mine").status == 0
    assert "Treaty of Mine" in cli("treaty", "show", tmp_path / "mine", "--on", "2030-06-01").out
    assert cli("treaty", "new", tmp_path / "mine").status == 2


def test_without_a_day_it_is_today_and_says_so(cli: Cli) -> None:
    run = cli("treaty", "show", "open-skies", "--json")
    assert run.status == 0
    assert json.loads(run.out)["on"] in run.err
