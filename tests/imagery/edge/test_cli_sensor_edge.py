"""``overflight sensor resolution IMAGE --edge`` as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_edges import Edge, picture
from PIL import Image

from overflight.formats.schema import validate

Cli = Callable[..., Any]


@pytest.fixture
def edge_png(tmp_path: Path) -> Path:
    path = tmp_path / "edge.png"
    wide = np.full((140, 160), 9000, np.uint16)
    wide[10:130, 20:140] = picture(Edge(noise=0.01))
    Image.fromarray(wide).save(path)
    return path


def test_json_gives_mtf50_and_its_interval(cli: Cli, edge_png: Path) -> None:
    done = cli("sensor", "resolution", str(edge_png), "--edge", "--crop", "20,10,120,120", "--json")
    assert done.status == 0
    answer = json.loads(done.out)
    assert answer["mtf50_cycles_per_pixel"] == pytest.approx(Edge().mtf50, rel=0.02)
    validate(answer, "sensor-edge")
    low, high = answer["interval_95"]
    assert low < answer["mtf50_cycles_per_pixel"] < high


def test_words(cli: Cli, edge_png: Path) -> None:
    done = cli("sensor", "resolution", str(edge_png), "--edge", "--crop", "20,10,120,120")
    assert done.status == 0
    assert "MTF50" in done.out
    assert "95 % interval" in done.out


def test_a_crop_outside_the_picture(cli: Cli, edge_png: Path) -> None:
    done = cli("sensor", "resolution", str(edge_png), "--edge", "--crop", "100,0,120,120")
    assert done.status == 2
    assert "does not lie in 160 x 140 pixels" in done.err


def test_a_refusal_says_why(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    Image.fromarray(np.full((60, 60), 90, np.uint8)).save(path)
    done = cli("sensor", "resolution", str(path), "--edge", "--json")
    assert done.status == 2
    assert "no edge" in done.err
