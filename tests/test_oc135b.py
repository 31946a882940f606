"""The worked case of the OC-135B: every command of its README runs, and says what the page says."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from overflight.cli.main import main

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "examples" / "oc-135b"
PAGE = ROOT / "docs" / "explanation" / "oc-135b.md"
UNDETERMINED = ("imagery check-annotation",)
REFUSED = ("asked-too-late",)


def _commands() -> list[list[str]]:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [shlex.split(line.removeprefix("$ "))[1:] for line in lines]


def _expected(words: list[str]) -> int:
    said = " ".join(words)
    if any(part in said for part in REFUSED):
        return 2
    return 3 if said.startswith(UNDETERMINED) else 0


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command prints, by its words; run one after the other in a copy of the folder."""
    import contextlib
    import io
    import os

    folder = tmp_path_factory.mktemp("oc") / "oc-135b"
    shutil.copytree(FOLDER, folder)
    before = Path.cwd()
    found = {}
    os.chdir(folder)
    try:
        for words in _commands():
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = main(words)
            assert status == _expected(words), (words, err.getvalue())
            found[" ".join(words)] = re.sub(r"\s+", " ", out.getvalue() + err.getvalue())
    finally:
        os.chdir(before)
    return found


def _of(printed: dict[str, str], *parts: str) -> str:
    (found,) = [text for words, text in printed.items() if all(p in words for p in parts)]
    return found


def test_every_command_runs(printed: dict[str, str]) -> None:
    assert len(printed) == len(_commands()) == 16


def test_what_is_unknown_stays_unknown(printed: dict[str, str]) -> None:
    known = _of(printed, "sensor show oc-135b")
    assert known.count("focal_mm unknown unknown") >= 3
    assert "h_min_m 900 assumed" in known
    assert "operating_height_m 914.4 public" in known


def test_heights_of_the_page(printed: dict[str, str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for method in ("film", "digital"):
        text = _of(printed, "sensor hmin", f"--method {method}")
        value, low, high = re.findall(r"H_min (\d+) m.*?interval (\d+) to (\d+) m", text)[0]
        assert "OUR MODEL" in text
        for number in (value, low, high):
            assert f"{int(number):,}" in page


def test_swaths_by_hand(printed: dict[str, str]) -> None:
    """Bars across the frame times 30 cm: 230 mm at 80 bars a millimetre; 20,000 elements."""
    assert f"swath {230 * 80 * 0.3 / 1000:.3f} km" in _of(printed, "sensor show film.toml")
    assert f"swath {20_000 * 0.3 / 1000:.3f} km" in _of(printed, "sensor show digital.toml")
    for name in ("film", "digital"):
        feature = json.loads(_of(printed, f"footprint {name}.toml"))
        assert feature["kind"] == "sensor-footprint"


def test_annotations_are_in_their_form(printed: dict[str, str]) -> None:
    for name in ("film", "digital"):
        text = _of(printed, f"annotation-{name}.txt")
        assert "COMPLIANT (4)" in text
        assert "BREACH" not in text


def test_rights_of_film_and_of_other_media(printed: dict[str, str]) -> None:
    rights = _of(printed, "--section access")
    for paragraph in ("IX.II.6(A)", "IX.II.7(A)", "IX.III.2", "IX.III.4", "IX.IV.1"):
        assert paragraph in rights


def test_a_small_state_may_ask_until_the_observing_party_has_left(printed: dict[str, str]) -> None:
    for name in ("asked-film", "asked-files"):
        assert "no time is set [IX.IV.1]" in _of(printed, name)
    refused = _of(printed, "asked-too-late")
    assert "USA has left and no longer owes copies" in refused
    assert "XV.2" in refused


def test_costs_are_given_with_their_sources(printed: dict[str, str]) -> None:
    costs = _of(printed, "study return")
    assert "36 600 000 to 43 900 000 USD" in costs
    assert "The War Zone, 28 April 2020" in costs
    assert "5 flights a year: 250 000 USD" in costs
