"""A regime that was just started."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.treaty.loader import load_treaty
from overflight.treaty.scaffold import new_regime
from overflight.treaty.schema import FILES
from overflight.treaty.validate import validate


def test_it_passes_validation_and_has_every_file(tmp_path: Path) -> None:
    files = new_regime(tmp_path / "my-regime")
    assert {file.name for file in files} >= set(FILES)
    assert validate(tmp_path / "my-regime") == ()
    treaty = load_treaty(tmp_path / "my-regime")
    assert (treaty.id, treaty.name) == ("my-regime", "My Regime")
    view = treaty.on(dt.date(2030, 6, 1))
    assert [status.state for status in view.states_parties] == ["XAA", "XBB"]
    assert view.aircraft_standing("first-aircraft").standing == "certified"


def test_its_rules_can_be_evaluated(tmp_path: Path) -> None:
    from overflight.rules import bindings

    new_regime(tmp_path / "regime")
    treaty = load_treaty(tmp_path / "regime")
    assert treaty.rules
    assert bindings.problems(treaty) == []


def test_every_file_explains_itself(tmp_path: Path) -> None:
    for file in new_regime(tmp_path / "regime"):
        if file.suffix == ".toml":
            assert file.read_text(encoding="utf-8").startswith("# "), file.name


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    new_regime(tmp_path / "regime")
    (tmp_path / "regime" / "values.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="not empty"):
        new_regime(tmp_path / "regime")
    assert (tmp_path / "regime" / "values.toml").read_text(encoding="utf-8") == "mine"
    with pytest.raises(DataError, match="a file of that name"):
        new_regime(tmp_path / "regime" / "values.toml")


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "regime").mkdir()
    assert new_regime(tmp_path / "regime")


@settings(max_examples=10)
@given(st.text(min_size=1, max_size=60))
def test_any_name_is_written_as_it_is(name: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "regime"
        try:
            new_regime(folder, name=name)
        except DataError:
            assert not name.strip() or not name.isprintable()
            return
        head = tomllib.loads((folder / "treaty.toml").read_text(encoding="utf-8"))["treaty"]
        if name.isprintable():
            assert head["name"] == " ".join(name.split())
        assert validate(folder) == ()
