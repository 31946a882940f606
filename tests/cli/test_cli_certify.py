"""``overflight sensor certify`` and ``demonstrate`` as they are typed, on the example."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.certification_json import report_bytes
from overflight.formats.schema import validate

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "certification"
CASES = tomllib.loads((ROOT / "tests" / "cases" / "certifications.toml").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example without its computed readings, which take a while."""
    made = tmp_path / "certification"
    shutil.copytree(EXAMPLE, made)
    rows = (made / "images.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if ",computed," not in row]
    (made / "images.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return made


def test_a_report_is_written(folder: Path, cli: Cli) -> None:
    run = cli("sensor", "certify", "report", folder / "certification.toml", "--out", folder / "o",
              "--json")  # fmt: skip
    assert run.status == 0, run.err
    document = json.loads(run.out)
    validate(document, "certification-report")
    assert (folder / "o" / "certification-report.json").read_bytes() == report_bytes(document)
    assert (folder / "o" / "certification-report.pdf").read_bytes().startswith(b"%PDF")
    # Along: (420 + 435 + 450) / 0.238 + (465 + 480) / 0.267 = 5483.193 + 3539.326, over five.
    assert document["sensors"][0]["h_min_m"] == pytest.approx(1804.504, abs=1e-3)
    assert document["marks"] == ["SIMULATED"]


def test_a_report_may_be_written_again(folder: Path, cli: Cli) -> None:
    words = ("sensor", "certify", "report", folder / "certification.toml", "--out", folder / "o")
    pdf = folder / "o" / "certification-report.pdf"
    assert cli(*words).status == 0
    first = pdf.read_bytes()
    again = cli(*words)
    assert again.status == 0, again.err
    assert pdf.read_bytes() == first


def test_another_report_is_not_lost_by_writing(folder: Path, cli: Cli) -> None:
    file, out = folder / "certification.toml", folder / "o"
    words = ("sensor", "certify", "report", file, "--out", out)
    assert cli(*words).status == 0
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("stated_h_min_m = 1810", "stated_h_min_m = 1850"), "utf-8")
    refused = cli(*words)
    assert refused.status == 2
    assert "another report is there" in refused.err
    assert "--replace" in refused.err
    assert {p.name: p.read_bytes() for p in out.iterdir()} == first
    done = cli(*words, "--replace")
    assert done.status == 0, done.err
    assert "replaced" in done.err
    assert b'"stated_h_min_m": 1850' in (out / "certification-report.json").read_bytes()
    assert (out / "certification-report.pdf").read_bytes() != first["certification-report.pdf"]
    # Half a report, as one cut off leaves it, is no other report once the rest agrees.
    (out / "certification-report.pdf").unlink()
    assert cli(*words).status == 0
    assert len([*out.iterdir()]) == 2


def test_no_private_value_can_come_into_a_report(folder: Path, cli: Cli) -> None:
    words = ("sensor", "certify", "report", folder / "certification.toml", "--overlay", folder)
    assert cli(*words).status == 2


@pytest.mark.slow
def test_the_example_as_it_is(cli: Cli) -> None:
    run = cli("sensor", "certify", "report", EXAMPLE / "certification.toml", "--json")
    assert run.status == 0, run.err
    computed = [m for m in json.loads(run.out)["measurements"] if m["how"] == "computed"]
    assert len(computed) == 10
    for one in computed:  # the camera of these pictures resolves 0.24 m from 1500 m
        assert one["bar_m"] == pytest.approx(0.24 * one["height_m"] / 1500, rel=0.04)
        assert one["enters"] is False


def test_its_status_is_its_exit_status(folder: Path, cli: Cli) -> None:
    file = folder / "certification.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("stated_h_min_m = 1810", "stated_h_min_m = 900"), "utf-8")
    run = cli("sensor", "certify", "report", file)
    assert run.status == 1
    assert "breach: The stated H_min of V1 is 900 m" in " ".join(run.out.split())
    file.write_text(text.replace("stated_h_min_m = 1810", ""), "utf-8")
    assert cli("sensor", "certify", "report", file).status == 3


@pytest.mark.parametrize(
    ("day", "status", "words"),
    [("2018-09-01", 3, "not yet"), ("2018-09-12", 1, "BLOCKED"), ("2018-09-24", 0, "CERTIFIED")],
)
def test_a_dispute_blocks_the_aircraft(
    tmp_path: Path, cli: Cli, day: str, status: int, words: str
) -> None:
    file = tmp_path / "tu-214on.toml"
    file.write_text(CASES["case"][0]["file"], encoding="utf-8")
    run = cli("sensor", "certify", "status", file, "--at", f"{day}T12:00:00Z")
    assert run.status == status, run.err
    assert words in run.out
    asked = cli("sensor", "certify", "status", file, "--at", f"{day}T12:00:00Z", "--json")
    validate(json.loads(asked.out), "certification-standing")


def demonstrate(cli: Cli, folder: Path, bar: float, *more: str) -> Any:
    if not (folder / "o").exists():
        cli("sensor", "certify", "report", folder / "certification.toml", "--out", folder / "o")
    rows = folder / "day.csv"
    rows.write_text(f"pass,height_m,bar_m,direction\n1,1810,{bar},along\n", encoding="utf-8")
    report = folder / "o" / "certification-report.json"
    return cli("sensor", "demonstrate", rows, "--certified", report, "--on", "2031-06-01", *more)


def test_a_demonstration_confirms_or_does_not(folder: Path, cli: Cli) -> None:
    good = demonstrate(cli, folder, 0.30, "--json")
    assert good.status == 0, good.err
    document = json.loads(good.out)
    validate(document, "sensor-demonstration")
    assert (document["verdict"], document["ratio"]) == ("confirmed", pytest.approx(1.0))
    assert (document["options"], document["marks"]) == ([], ["SIMULATED"])
    sharp = json.loads(demonstrate(cli, folder, 0.20, "--json").out)
    assert (sharp["verdict"], sharp["ratio"]) == ("not confirmed", pytest.approx(1.5))
    cites = " ".join(option["cite"] for option in sharp["options"])
    for letter in ("Ann.F.III.6(A)", "Ann.F.III.6(B)", "Ann.F.III.6(C)", "Ann.F.III.8"):
        assert letter in cites
    other = demonstrate(cli, folder, 0.45, "--side", "observing", "--computed")
    assert other.status == 1
    assert "NOT CONFIRMED" in other.out and "COMPUTED" in other.out
    for letter in "ABCDE":
        assert f"Ann.F.III.7({letter})" in other.out


def test_without_a_report_one_pass_tells_nothing(tmp_path: Path, cli: Cli) -> None:
    rows = "pass,height_m,bar_m\n1,1000,0.3\n"
    words = ("sensor", "demonstrate", "-", "--h-min", "1000", "--on", "2010-05-01")
    run = cli(*words, stdin=rows)
    assert run.status == 3, run.err
    assert "CANNOT BE TOLD" in run.out and "taken as exact" in run.out


@pytest.mark.parametrize(
    "words",
    [
        ("certify", "report", "nowhere.toml"),
        ("certify", "status", "nowhere.toml"),
        ("demonstrate", "nowhere.csv", "--h-min", "1000", "--on", "2010-05-01"),
        ("demonstrate", "nowhere.csv", "--certified", "nowhere.json", "--on", "2010-05-01"),
        ("demonstrate", "nowhere.csv"),
        ("certify",),
    ],
)
def test_bad_words_and_files_are_told(cli: Cli, words: tuple[str, ...]) -> None:
    run = cli("sensor", *words)
    assert run.status == 2
    assert "Traceback" not in run.err
