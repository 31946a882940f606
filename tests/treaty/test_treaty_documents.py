"""The documents of ``overflight treaty`` keep the schemas that are published for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.cli.treaty import SECTIONS
from overflight.errors import DataError
from overflight.formats.schema import load_schema, validate

FIXTURES = Path(__file__).parent / "fixtures"
EXAMPLE = Path(__file__).parents[2] / "examples" / "two-neighbours"
Cli = Callable[..., Any]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    ("regime", "day"),
    [("open-skies", "2021-07-01"), ("open-skies", "1999-01-01"), (EXAMPLE, "2026-05-20")],
)
def test_a_view_keeps_its_schema(cli: Cli, regime: str | Path, day: str, section: str) -> None:
    run = cli("treaty", "show", regime, "--on", day, "--section", section, "--json")
    document = json.loads(run.out)
    validate(document, "treaty-view")
    head = set(load_schema("treaty-view")["required"])
    assert set(document) - head, "a section of nothing"


@pytest.mark.parametrize(
    "key",
    [
        "non-party-stand-off",
        "deadline.notice",
        "RUBY.passive_quota",
        "kubinka.maximum_flight_distance",
    ],
)
def test_a_value_keeps_its_schema(cli: Cli, key: str) -> None:
    run = cli("treaty", "value", "open-skies", key, "--on", "2021-05-19", "--json")
    document = json.loads(run.out)
    validate(document, "treaty-value")
    assert document["key"] == key


def test_the_other_documents_keep_theirs(cli: Cli, copied: Path, tmp_path: Path) -> None:
    validate(json.loads(cli("treaty", "list", "--json").out), "treaties")
    made = json.loads(cli("treaty", "new", tmp_path / "mine", "--json").out)
    validate(made, "treaty-new")
    validate(json.loads(cli("treaty", "validate", copied, "--json").out), "treaty-validation")
    (copied / "values.toml").write_text("[[value]]\nid = 1\n", encoding="utf-8")
    spoilt = json.loads(cli("treaty", "validate", copied, "--json").out)
    validate(spoilt, "treaty-validation")
    assert spoilt["problems"]


def test_a_schema_refuses_what_is_not_its_document(cli: Cli) -> None:
    run = cli("treaty", "show", "open-skies", "--on", "2021-05-19", "--json")
    document = json.loads(run.out)
    del document["states_parties"][0]["cite"]
    with pytest.raises(DataError, match="missing"):
        validate(document, "treaty-view")
