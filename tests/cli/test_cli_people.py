"""``overflight people``: a register from its making to the deletion of the data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
ANNA = (
    "--name", "Anna Beispiel", "--gender", "female", "--date-of-birth", "1980-02-03",
    "--place-of-birth", "Bonn", "--passport-number", "C01X00T47", "--passport-issuer", "DEU",
    "--function", "operator", "--delete-on", "2024-01-01",
)  # fmt: skip


@pytest.fixture
def register(cli: Cli, tmp_path: Path) -> str:
    file = str(tmp_path / "people.json")
    assert cli("people", "new", file, "--party", "DEU").status == 0
    assert cli("people", "add", file, "anna", *ANNA).status == 0
    assert cli("people", "send", file, "--on", "2021-01-01").status == 0
    return file


def test_only_who_was_accepted_is_notified(cli: Cli, register: str) -> None:
    asked = ("people", "notify", register, "anna", "--towards", "RUS", "--on")
    early = cli(*asked, "2021-01-31")
    assert (early.status, early.out) == (1, "")
    assert "XIII.I.2" in early.err
    told = cli(*asked, "2021-02-01")
    assert json.loads(told.out)["personnel"][0]["passport_number"] == "C01X00T47"
    assert "delete_on" not in told.out
    cli("people", "object", register, "anna", "--by", "RUS", "--on", "2021-03-01")
    assert cli(*asked, "2021-03-01").status == 1


def test_the_file_is_for_its_owner_only(register: str) -> None:
    assert Path(register).stat().st_mode & 0o077 == 0


def test_a_list_sent_again_too_soon_changes_nothing(cli: Cli, register: str) -> None:
    before = Path(register).read_bytes()
    again = cli("people", "send", register, "--on", "2021-06-30")
    assert again.status == 1
    assert "XIII.I.1" in again.err
    assert Path(register).read_bytes() == before


def test_the_data_end(cli: Cli, register: str) -> None:
    cli("people", "purge", register, "--on", "2024-01-01")
    assert "Anna" not in Path(register).read_text()


def test_a_register_is_never_overwritten(cli: Cli, register: str) -> None:
    assert cli("people", "new", register, "--party", "DEU").status == 2
    assert "Anna" in Path(register).read_text()


def test_the_list_as_json(cli: Cli, register: str) -> None:
    given = cli("people", "list", register, "--on", "2021-01-31", "--towards", "RUS", "--json")
    (person,) = json.loads(given.out)["people"]
    assert (person["standing"], person["review_until"]) == ("under review", "2021-01-31")
