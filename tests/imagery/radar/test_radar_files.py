"""Complex data of every kind there and back; what is no such file is refused in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from radar_scenes import SCENE, echoes, image

from overflight.errors import DataError
from overflight.formats.radar_files import read_array, read_track, write_array
from overflight.formats.radar_scene import read_scene
from overflight.imagery.radar.files import (
    read_complex,
    read_echoes,
    read_image,
    write_echoes,
    write_image,
)
from overflight.imagery.radar.simulate import laid_out


@pytest.mark.parametrize("kind", ["cfloat32", "npy"])
def test_an_image_there_and_back(tmp_path: Path, kind: str) -> None:
    path = write_image(image(), tmp_path, kind=kind, declared={"near_deg": 50.0})
    found, declared = read_image(path)
    assert (found.pixels == image().pixels).all()
    assert found.about == image().about
    assert declared.near_deg == 50.0
    assert found.track.xyz_m == pytest.approx(image().track.xyz_m, abs=1e-5)
    for name in ("first_s", "line_s", "near_m", "range_m", "ground_m", "doppler_hz"):
        assert getattr(found, name) == getattr(image(), name)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_cint16_is_rounded_and_no_more(tmp_path: Path) -> None:
    path = write_image(image(), tmp_path, kind="cint16")
    found, _ = read_image(path)
    with rasterio.open(tmp_path / "image.tif") as source:
        assert source.dtypes[0] == "complex_int16"
        assert "SIMULATED" in source.tags()["TIFFTAG_IMAGEDESCRIPTION"]
    scale = np.abs(found.pixels).max() / np.abs(image().pixels).max()
    assert np.abs(found.pixels / scale - image().pixels).max() * scale < 0.75


def test_npy_of_pairs_of_integers(tmp_path: Path) -> None:
    pairs = np.arange(24, dtype=np.int16).reshape(3, 4, 2)
    np.save(tmp_path / "a.npy", pairs)
    found = read_complex(tmp_path / "a.npy")
    assert found.dtype == np.complex64
    assert found[1, 2] == 12 + 13j


def test_phase_history_there_and_back(tmp_path: Path) -> None:
    found, _ = read_echoes(write_echoes(echoes(), tmp_path))
    assert (found.echoes == echoes().echoes).all()
    assert found.pulse_us == echoes().pulse_us
    assert found.about.marks == ("SIMULATED",)


def test_a_diagram_there_and_back() -> None:
    found = read_array(write_array(laid_out(SCENE)).encode())
    assert [r.id for r in found.reflectors] == ["A", "B", "C"]
    assert found.reflectors[0].lat == pytest.approx(laid_out(SCENE).reflectors[0].lat, abs=1e-10)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"\[radar\]"),
        ("[radar]\nform = 'picture'", "form"),
        ("[radar]\nform = 'image'\ncolour = 1", "colour"),
        ("[radar]\nform = 'image'\ndata = 'a.npy'", "missing"),
        ("[radar]\nform = 'image'\nline_s = -1", "line_s"),
        ("[radar", "TOML"),
    ],
)
def test_a_description_that_is_none(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "image.toml"
    path.write_text(text)
    with pytest.raises(DataError, match=says):
        read_image(path)


def test_an_image_is_no_phase_history(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        read_echoes(write_image(image(), tmp_path))
    with pytest.raises(DataError):
        read_image(write_echoes(echoes(), tmp_path))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_data_that_are_not_complex(tmp_path: Path) -> None:
    np.save(tmp_path / "real.npy", np.zeros((4, 4)))
    np.save(tmp_path / "empty.npy", np.zeros((0, 0), dtype=np.complex64))
    (tmp_path / "torn.npy").write_bytes(b"\x93NUMPY\x01")
    (tmp_path / "torn.tif").write_bytes(b"II*\0")
    with rasterio.open(
        tmp_path / "grey.tif", "w", driver="GTiff", width=4, height=4, count=1, dtype="uint8",
        crs="EPSG:32632", transform=rasterio.Affine(1, 0, 0, 0, -1, 0),
    ) as out:  # fmt: skip
        out.write(np.zeros((1, 4, 4), dtype=np.uint8))
    for name in ("real.npy", "torn.npy", "torn.tif", "grey.tif", "absent.npy", "empty.npy"):
        with pytest.raises(DataError):
            read_complex(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        b"t,x\n",
        b"time_s,x_m,y_m,z_m\n0,1,2\n",
        b"time_s,x_m,y_m,z_m\n0,1,2,3\n",
        b"time_s,x_m,y_m,z_m\n0,6.4e6,0,0\n1,6.4e6,0,0\n",
        b"time_s,x_m,y_m,z_m\n0,1e300,0,0\n1,6.4e6,0,0\n",
        b"time_s,x_m,y_m,z_m\n0,0,0,0\n1,0,0,100\n",
        b"time_s,x_m,y_m,z_m\n1,1,2,3\n0,1,2,4\n",
        b"time_s,x_m,y_m,z_m\n0,1,2,nan\n1,1,2,4\n",
    ],
)
def test_a_track_that_is_none(text: bytes) -> None:
    with pytest.raises(DataError):
        read_track(text)


@pytest.mark.parametrize(
    "text",
    [
        b"[target]\n",
        b"[target]\n[[target.reflector]]\nid = 'A'\nlat = 99\nlon = 0\nheight_m = 0",
        b"[target]\npairs = [['A', 'B']]\n[[target.reflector]]\n"
        b"id = 'A'\nlat = 9\nlon = 0\nheight_m = 0",
    ],
)
def test_a_diagram_that_is_none(text: bytes) -> None:
    with pytest.raises(DataError):
        read_array(text)


@pytest.mark.parametrize("text", [b"", b"[sea]\n", b"[radar]\nsensor = 1\n"])
def test_a_scene_that_is_none(text: bytes) -> None:
    with pytest.raises(DataError):
        read_scene(text)


def test_the_example_is_a_scene() -> None:
    path = Path(__file__).parents[3] / "examples" / "radar" / "scene.toml"
    found = read_scene(path)
    assert found.about.marks == ("SIMULATED",)
    assert found.pairs == (("P", "Q"), ("S", "T"))
