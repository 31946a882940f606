"""``overflight sensor simulate film``, ``film`` and ``originals`` as they are typed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from overflight.formats.schema import validate
from overflight.imagery.process.marks import marks_of_picture
from overflight.imagery.render.examples import film_example

Cli = Callable[..., Any]
ON = ("--on", "2015-01-01")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    files, truth = film_example(1)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "truth.json").write_text(json.dumps({"truth": truth}))
    return folder


@pytest.fixture
def made(first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first, tmp_path / "a"))


@pytest.mark.slow
def test_the_truth_comes_back_from_files(cli: Cli, made: Path, tmp_path: Path) -> None:
    truth = json.loads((made / "truth.json").read_text())["truth"]
    enlarged = tmp_path / "target.png"
    done = cli("sensor", "film", str(made / "film.toml"), *ON, "--json",
               "--magnified", str(enlarged), "--times", "2")  # fmt: skip
    assert done.status == 3  # nobody said of each check how it was done
    answer = json.loads(done.out)
    validate(answer, "sensor-film")
    assert answer["marks"] == ["SIMULATED"]
    assert any("SIMULATED" in said for said in answer["rests_on"])
    curve = answer["wedge"]["curve"]
    for name in ("gamma", "base_fog", "speed"):
        assert curve[name]["value"] == pytest.approx(truth[name], rel=0.05)
    assert answer["scanner"]["blur_px"] == pytest.approx(truth["scanner_blur_px"], rel=0.05)
    plain = answer["wedge"]["grain"][-1]
    assert plain["selwyn_um"] == pytest.approx(truth["selwyn_um_of_unexposed_film"], rel=0.05)
    # A Gaussian of 8 um keeps 0.178 of three bars 12.75 um wide (by quadrature, and drawn).
    on_light = next(b for b in answer["bars"] if b["on"] == "intensity")
    for row in on_light["negative"]:
        assert row["bar_um"] == pytest.approx(12.75, rel=0.05)
        assert row["interval_95_um"][0] <= 12.75 <= row["interval_95_um"][1]
    verdicts = {row["name"]: row["verdict"] for row in answer["declared"]}
    assert verdicts["gamma"] == verdicts["base_fog"] == "compliant"
    checks = {c["asks"]: c["verdict"] for c in answer["checks"]}
    assert checks["meets"] == checks["steps"] == "compliant"
    assert checks["on-each-roll"] == "undetermined"
    assert marks_of_picture(enlarged) == ("SIMULATED",)


@pytest.mark.slow
def test_two_originals_and_whose_choice(cli: Cli, made: Path, tmp_path: Path) -> None:
    done = cli("sensor", "simulate", "film", "--seed", "7", "--out", str(tmp_path / "b"), "--json")
    assert done.status == 0
    validate(json.loads(done.out), "simulated-scans")
    for folder in (made, tmp_path / "b"):  # the wedge alone, quickly
        file = folder / "film.toml"
        text = file.read_text()
        file.write_text(text[: text.index("[target]")])
    both = [str(made / "film.toml"), str(tmp_path / "b" / "film.toml")]
    bundle = str(tmp_path / "bundle")
    done = cli("bundle", "seal", bundle, "--id", "M1", "--observing", "AAA", "--observed", "BBB",
               "--two-sets", "BBB", "--at", "2026-05-02T10:00:00Z",
               "--add", f"frame-original:A={made / 'wedge.tif'}",
               "--add", f"frame-original:B={tmp_path / 'b' / 'wedge.tif'}")  # fmt: skip
    assert done.status == 0, done.err
    both += ["--bundle", bundle]
    done = cli("sensor", "originals", *both, "--aircraft", "observing", *ON, "--json")
    answer = json.loads(done.out)
    validate(answer, "sensor-originals")
    assert done.status == 0
    assert answer["chooser"] == "observed Party"
    assert "IX.II.7(A)" in answer["right"]["cite"]
    assert answer["identical"]["verdict"] == "compliant"
    assert not [d for d in answer["differences"] if d["sure"]]
    assert answer["bundle"] == {
        "chooser": "BBB", "chooser_agrees": True, "chosen": None,
        "scans": [{"original": "A", "found_in": ["A"]}, {"original": "B", "found_in": ["B"]}],
    }  # fmt: skip
    text = (tmp_path / "b" / "film.toml").read_text().replace('"illustrative"', '"another"')
    (tmp_path / "b" / "film.toml").write_text(text)
    done = cli("sensor", "originals", *both, "--aircraft", "observed", *ON)
    assert done.status == 1
    assert "the choice is the observing Party's" in done.out
    assert "IX.II.7(B)" in done.out
    assert "BBB chooses (AGAINST the regime); not chosen yet" in done.out


@pytest.mark.slow
def test_everything_written_says_simulated(made: Path) -> None:
    for name in ("wedge.tif", "wedge-again.tif", "edge.tif", "target.tif"):
        picture = np.asarray(Image.open(made / name))
        plain = made.parent / f"plain-{name}"
        Image.fromarray(picture).save(plain)  # its metadata are gone, its pixels still say so
        assert marks_of_picture(made / name) == marks_of_picture(plain) == ("SIMULATED",)
    assert "SIMULATED" in (made / "film.toml").read_text()


def test_no_scans_no_answer(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "film.toml"
    file.write_text("[scanner]\npixel_um = 7\ndark = 1\nwhite = 9\n")
    done = cli("sensor", "film", str(file), *ON)
    assert done.status == 2
    assert "Give [wedge]" in done.err
