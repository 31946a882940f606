"""``overflight sensor radar`` from a scene to a certification, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from overflight.cli.main import main
from overflight.formats.schema import validate

SCENE = """
[radar]
sensor = "SAR-TEST"
frequency_mhz = 9600
bandwidth_mhz = 50
side = "left"
polarisation = "VV"
[flight]
heading_deg = {heading}
height_m = 5000
speed_km_h = 432
look_deg = 55
[scene]
lat = 50.0
lon = 10.0
ground_m = 120
length_m = 200
width_m = 200
noise_m2 = 2000
doppler_hz = 33
axis_deg = 30
pairs = [["P", "Q"]]
[[reflector]]
id = "A"
along_m = 0
across_m = 0
[[reflector]]
id = "P"
along_m = 40
across_m = 60
[[reflector]]
id = "Q"
along_m = 43
across_m = 60
"""
ON = ("--on", "2019-06-01")


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    status = main([*words, "--json"])
    document = json.loads(capsys.readouterr().out)
    validate(document, document["kind"])
    return status, document


def _pass(capsys: pytest.CaptureFixture[str], folder: Path, heading: float, seed: int) -> Path:
    folder.mkdir()
    scene = folder / "scene.toml"
    scene.write_text(SCENE.format(heading=heading))
    words = ("sensor", "radar")
    status, made = _json(
        capsys, *words, "simulate", str(scene), "--out", str(folder), "--seed", str(seed)
    )
    assert (status, made["marks"]) == (0, ["SIMULATED"])
    status, made = _json(
        capsys, *words, "focus", str(folder / "echoes.toml"), "--out", str(folder),
        "--doppler", "33", "--range-weighting", "hamming",
    )  # fmt: skip
    assert (status, made["files"]) == (0, ["image.toml"])
    return folder


@pytest.mark.slow
def test_from_a_scene_to_a_certification(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readings = []
    for k, heading in enumerate((29.5, 30.2)):
        folder = _pass(capsys, tmp_path / str(k), heading, k)
        status, found = _json(
            capsys, "sensor", "radar", "reflectors", str(folder / "image.toml"),
            "--array", str(folder / "reflectors.toml"), "--pass", str(k), *ON,
        )  # fmt: skip
        assert status == 0
        assert found["reflectors"][0]["id"] == "A"
        assert found["readings"] == {"reflectors-apart": "rayleigh"}
        assert found["pairs"][0]["distance_m"] == pytest.approx(3.0, abs=1e-3)
        for key, cut in (("range_m", "range"), ("azimuth_m", "azimuth")):
            width = found["reflectors"][0][cut]["width_m"]
            assert width == pytest.approx(found["expected"][key], rel=0.02)
        path = folder / "reading.json"
        path.write_text(json.dumps(found))
        readings.append(str(path))
    status, document = _json(capsys, "sensor", "radar", "certify", *readings, *ON)
    assert document["modes"][0]["along"]["resolution_m"] == pytest.approx(3.221, rel=0.02)
    assert status == 3  # two looks do not tell whether P and Q are told apart
    assert main(["sensor", "radar", "certify", *readings, *ON]) == 3
    assert "SIMULATED" in capsys.readouterr().out

    image = str(tmp_path / "0" / "image.toml")
    status, swath = _json(capsys, "sensor", "radar", "swath", image, *ON)
    assert (status, swath["side"]) == (0, "left")
    status, _ = _json(
        capsys, "sensor", "radar", "geocode", image, "--out", str(tmp_path / "map.tif")
    )
    assert status == 0
    assert main(["sensor", "radar", "reflectors", image, *ON]) == 0
    assert "expected by closed form" in capsys.readouterr().out


CHOICE = (
    "--observing", "DEU", "--observed", "UKR", "--sensor", "SAR-TEST", "--aircraft", "observing",
    "--at", "2019-06-01T10:00:00Z", *ON,
)  # fmt: skip


def test_the_choice_is_that_of_one_side(capsys: pytest.CaptureFixture[str]) -> None:
    status, found = _json(
        capsys, "sensor", "radar", "choose", "phase-history", "--by", "UKR", *CHOICE
    )
    assert (status, found["side"], found["form"]) == (0, "observed", "phase-history")
    assert main(["sensor", "radar", "choose", "image", "--by", "DEU", *CHOICE]) == 2
    assert "UKR" in capsys.readouterr().err


def test_what_was_handed_over_is_held_against_the_choice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "image.toml"
    data.write_text(
        '[radar]\nform = "image"\ndata = "a.npy"\ntrack = "t.csv"\nsensor = "S"\n'
        'frequency_mhz = 9600\nbandwidth_mhz = 50\nside = "left"\nsimulated = true\n'
        "first_s = 0\nline_s = 0.1\nnear_m = 8000\nrange_m = 2\n"
    )
    words = ["sensor", "radar", "choose", "phase-history", "--by", "UKR", *CHOICE]
    assert main([*words, "--data", str(data)]) == 1
    told = capsys.readouterr()
    assert "SIMULATED" in told.out
    assert "image" in told.err


@pytest.mark.parametrize(
    "words",
    [
        ("swath", "absent.toml"),
        ("reflectors", "absent.toml"),
        ("focus", "absent.toml", "--out", "x", "--doppler", "30"),
        ("simulate", "absent.toml", "--out", "x"),
        ("certify", "absent.json"),
    ],
)
def test_bad_input_is_told_in_words(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["sensor", "radar", *words]) == 2
    assert "->" in capsys.readouterr().err
