"""Triplets, H_min by iteration and rectified scans, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import rasterio
from PIL import Image

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.imagery.infrared.asked import PassAsked, read_infrared
from overflight.imagery.infrared.atmosphere import Atmosphere
from overflight.imagery.infrared.measured import PassRead, measure_infrared, triplets_of
from overflight.imagery.infrared.radiance import Band
from overflight.imagery.infrared.simulate import (
    Detector,
    size_for,
    target_scan,
    true_height,
)
from overflight.imagery.process.marks import marks_of_picture
from overflight.imagery.render.examples import tiff
from overflight.imagery.render.scene import BarsOnGround

Cli = Callable[..., Any]


def one(name: str, height: float, bar: float | None, difference: float = 3.0) -> PassRead:
    asked = PassAsked(name, None, None, height, difference, bar)
    return PassRead(asked, "", bar, True, None, difference, 1.0, None)


def test_triplets_are_the_greatest_heights() -> None:
    """0.5 m is resolved from 800 m and lost from 1,000; 0.7 m is resolved from 1,000 and lost from
    1,200; of 1.0 m nobody knows how much higher it would have been."""
    passes = [one("a", 800.0, 0.5), one("b", 1000.0, 0.7), one("c", 1200.0, 1.0)]
    found = {t.width_m: (t.height_m, t.next_m, t.flown) for t in
             triplets_of((1.0, 0.7, 0.5, 0.4), passes)}  # fmt: skip
    assert found == {0.7: (1000.0, 1200.0, "b"), 0.5: (800.0, 1000.0, "a")}


def test_other_differences_of_temperature_are_triplets_of_their_own() -> None:
    passes = [one("a", 800.0, 0.5), one("b", 1000.0, 0.7), one("c", 800.0, 0.4, 6.0),
              one("d", 1000.0, 0.5, 6.3)]  # fmt: skip
    found = {(t.width_m, t.difference_k) for t in triplets_of((0.7, 0.5, 0.4), passes)}
    assert found == {(0.5, 3.0), (0.4, 6.0)}


@pytest.mark.slow
def test_bars_and_temperatures_of_a_scan(tmp_path: Path) -> None:
    """One scan: the difference on the ground, and bars that differ by three times the noise; eight
    scans to an H_min are in tests/torture."""
    detector, air = Detector(blur_px=0.9, netd_k=0.25), Atmosphere(Band(8.0, 12.0), 200.0)
    thing = BarsOnGround(0.0, 0.0, widest_m=2.4, steps=15)
    counts = target_scan(detector, air, thing, 900.0, 3, hot_k=292.0,
                         shape=size_for(detector, thing, 900.0))  # fmt: skip
    (tmp_path / "scan.tif").write_bytes(tiff(counts, "scan"))
    (tmp_path / "i.toml").write_text(
        "[scanner]\nifov_mrad = 0.5\ncold_k = 270\ncold_count = 6000\nhot_k = 310\n"
        "hot_count = 56000\n[atmosphere]\nground_m = 200\n[target]\nbar_widths_m = [1.0, 0.7]\n"
        '[[pass]]\nname = "1"\nscan = "scan.tif"\nheight_m = 900\n'
    )
    found = measure_infrared(read_infrared(tmp_path / "i.toml"), 0.5, 3.0)
    assert found.marks == ("SIMULATED",)
    (one,) = found.passes
    assert one.difference_k == pytest.approx(4.0, rel=0.05)
    assert one.bar_m is not None
    # From where it was flown these bars, and no narrower ones, differ by three times the noise.
    assert true_height(detector, air, one.bar_m, 4.0, 3.0) == pytest.approx(900.0, rel=0.07)
    assert found.h_min is None  # one pass loses nothing: no greatest height is known
    assert found.why


def test_readings_by_eye_need_no_scan(cli: Cli, tmp_path: Path) -> None:
    """Without temperatures' power (m = 0) and with bars in proportion: H L_a / L = 1000 m."""
    file = tmp_path / "i.toml"
    rows = "".join(
        f'[[pass]]\nname = "{k}"\nheight_m = {h}\neye_m = {w}\ndifference_k = 3.0\n'
        for k, (h, w) in enumerate(((1000, 0.5), (1400, 0.7), (2000, 1.0)))
    )
    file.write_text("[scanner]\nifov_mrad = 0.5\n[target]\nbar_widths_m = [1.0, 0.7, 0.5]\n" + rows)
    args = ("sensor", "infrared", str(file), "--on", "2015-01-01", "--exponent", "0")
    answer = json.loads(cli(*args, "--json").out)
    validate(answer, "sensor-infrared")
    assert answer["h_min_m"] == pytest.approx(1000.0)
    done = cli(*args[:-2])
    assert done.status == 3
    assert "H_min: unknown" in done.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[scanner]\nifov_mrad=1\n[target]\nbar_widths_m=[1.0]\n", "pass is missing"),
        ("[scanner]\nifov_mrad=1\n", "bar_widths_m is missing"),
        ("[scanner]\nifov_mrad=1\ncold_k=1\n[target]\nbar_widths_m=[1.0]\n", "not whole"),
        ("[scanner]\nifov_mrad=1\n[atmosphere]\nwater=1\nextinction_per_km=1\n", "another"),
        ("[scanner]\nifov_mrad=1\n[target]\nbar_widths_m=[1.0]\n[[pass]]\nname='a'\n", "missing"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "i.toml"
    path.write_text(text)
    with pytest.raises(DataError, match=said):
        read_infrared(path)


def test_a_scan_comes_to_its_place_and_says_simulated(cli: Cli, tmp_path: Path) -> None:
    """Warm discs by latitude and longitude, from file to map: a fifth of a pixel off at most."""
    done = cli("sensor", "simulate", "linescan", "--out", str(tmp_path), "--json")
    assert done.status == 0, done.err
    validate(json.loads(done.out), "simulated-scans")
    truth = json.loads(done.out)["truth"]
    out = tmp_path / "map.tif"
    done = cli("imagery", "linescan", str(tmp_path / "scan.tif"), "--places",
               str(tmp_path / "places.csv"), "--left-deg", str(truth["left_deg"]), "--ifov-mrad",
               str(truth["ifov_mrad"]), "--flat", "0", "--gsd", "1.5", "--out", str(out),
               "--json")  # fmt: skip
    assert done.status == 0, done.err
    document = json.loads(done.out)
    validate(document, "rectified-scan")
    assert document["marks"] == ["SIMULATED"]
    with rasterio.open(out) as source:
        pixels = source.read(1)
        assert "SIMULATED" in str(source.tags())
        assert source.crs.to_epsg() == 32633
        change = pyproj.Transformer.from_crs("EPSG:4326", source.crs, always_xy=True)
        size, _, left, _, _, top = source.transform[:6]
        maps = [change.transform(d["lon"], d["lat"]) for d in truth["discs"]]
        places = [((x - left) / size, (top - y) / size) for x, y in maps]
    plain = tmp_path / "plain.tif"
    Image.fromarray(pixels).save(plain)
    assert marks_of_picture(plain) == ("SIMULATED",)
    # Words are written over the scan and over the map; a disc that they spare has its whole area.
    rows, columns = np.indices(pixels.shape)
    off = []
    for column, row in places:
        away = 1.5 * np.hypot(rows + 0.5 - row, columns + 0.5 - column)
        level = (
            np.median(pixels[away < 10.0]) + np.median(pixels[(away > 19.0) & (away < 24.0)])
        ) / 2
        warm = (away < 24.0) & (pixels > level)
        if abs(warm.sum() * 1.5**2 / (np.pi * 16.0**2) - 1.0) < 0.02:
            off.append(np.hypot(rows[warm].mean() + 0.5 - row, columns[warm].mean() + 0.5 - column))
    assert off
    assert max(off) < 0.2
