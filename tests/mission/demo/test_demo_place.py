"""The demo's folder: its own entries are replaced whole, and nothing else is touched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.mission.demo.place import MADE, replaced

ROOT = Path(__file__).parents[3]
ENTRIES = ("home", "release", "bundle", "index.html")


def write(out: Path, text: str) -> None:
    """A result of three entries; its bundle has a file named after the text."""
    with replaced(out, ENTRIES) as new:
        (new / "home").mkdir()
        (new / "bundle").mkdir()
        (new / "bundle" / text).write_text(text)
        (new / "index.html").write_text(text)


def test_a_second_result_takes_the_place_of_the_first(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "first")
    (out / "mine").write_text("mine")
    write(out, "second")
    assert [p.name for p in (out / "bundle").iterdir()] == ["second"]
    assert (out / "index.html").read_text() == "second"
    assert sorted(p.name for p in out.iterdir()) == sorted(
        [MADE, "home", "bundle", "index.html", "mine"]
    )


def test_a_result_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "first")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(KeyboardInterrupt), replaced(out, ENTRIES) as new:
        (new / "bundle").mkdir()
        raise KeyboardInterrupt
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["bundle", "index.html", "home"])
def test_what_somebody_else_put_there_is_refused(tmp_path: Path, name: str) -> None:
    theirs = tmp_path / name / "letter.txt" if name != "index.html" else tmp_path / name
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("mine")
    with pytest.raises(DataError) as caught:
        write(tmp_path, "first")
    assert "--out" in caught.value.remedy
    assert theirs.read_text() == "mine"
    assert not (tmp_path / MADE).exists()


def test_a_plan_of_before_is_replaced(tmp_path: Path) -> None:
    """What an older demo left: a plan's two folders, without a word of whose they are."""
    for folder, name in (("home", "sites.csv"), ("release", "mission-plan.pdf")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text("old")
    write(tmp_path, "first")
    assert list((tmp_path / "home").iterdir()) == []


def test_the_script_shipped_is_the_one_on_the_page() -> None:
    page = (ROOT / "docs" / "how-to" / "verify-with-openssl.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    shipped = ROOT / "src" / "overflight" / "data" / "scripts" / "check-bundle.sh"
    assert shipped.read_text(encoding="utf-8") == blocks[-1]
