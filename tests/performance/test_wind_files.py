"""Winds from words and files: what is read is what was written, and errors say what to do."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from overflight.errors import DataError
from overflight.performance.wind import Wind
from overflight.performance.wind_files import parse_wind, pressure_height_m, read_wind, wind_from


@pytest.mark.parametrize(
    ("text", "from_", "speed"),
    [
        ("27030KT", 270, 55.56),
        ("270/30kt", 270, 55.56),
        ("90@10m/s", 90, 36.0),
        ("09010MPS", 90, 36.0),
        ("355/54.5km/h", 355, 54.5),
        ("180 / 20 kmh", 180, 20),
        ("calm", 0, 0),
        ("00000KT", 0, 0),
    ],
)
def test_winds_as_people_write_them(text: str, from_: float, speed: float) -> None:
    wind, expected = parse_wind(text), Wind.blowing_from(from_, speed)
    assert (wind.u, wind.v) == pytest.approx((expected.u, expected.v), abs=1e-9)


@pytest.mark.parametrize("text", ["", "strong", "270", "270/30", "400/10kt", "270/900kt", "-5/3kt"])
def test_what_is_no_wind(text: str) -> None:
    with pytest.raises(DataError, match="no wind") as caught:
        parse_wind(text)
    assert "270/30kt" in caught.value.remedy


def rows(*lines: str) -> str:
    return "\n".join(lines) + "\n"


CORNERS = ("lat,lon,u,v", "50,30,1,5", "50,40,2,6", "60,30,3,7", "60,40,4,8")


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "wind.csv"
    path.write_text(rows(CORNERS[0], *reversed(CORNERS[1:])), "utf-8")
    u, v = read_wind(path).at(np.array([50.0, 60, 55]), np.array([40.0, 30, 35]), np.zeros(3), None)
    assert u / 3.6 == pytest.approx([2, 3, 2.5])
    assert v / 3.6 == pytest.approx([6, 7, 6.5])


def test_csv_with_heights_and_times(tmp_path: Path) -> None:
    lines = ["time,height_m,lat,lon,u,v"]
    for hour, wind in ((6, 0), (12, 10)):
        for height in (0, 3000):
            for corner in ("50,30", "50,40", "60,30", "60,40"):
                lines.append(f"2021-05-19T{hour:02d}:00Z,{height},{corner},{wind + height / 300},0")
    path = tmp_path / "wind.csv"
    path.write_text(rows(*lines), "utf-8")
    when = np.array(["2021-05-19T09:00"], "M8[s]")
    u, _ = read_wind(path).at(np.array([55.0]), np.array([35.0]), np.array([1500.0]), when)
    assert u / 3.6 == pytest.approx([10.0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lat,lon,u\n50,30,1\n", "no column v"),
        (rows(*CORNERS[:-1]), "3 rows do not fill"),
        (rows(*CORNERS, CORNERS[1]), "5 rows do not fill"),
        ("lat,lon,u,v\n50,30,west,1\n", "wind.csv:2: u is 'west'"),
        ("lat,lon,u,v\n50,30,1\n", "v is None"),
        ("lat,lon,u,v\n", "no rows"),
        ("", "no column"),
        ("lat,lon,u,v\n95,30,1,1\n", "no place has"),
    ],
)
def test_csv_that_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "wind.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError) as caught:
        read_wind(path)
    assert message in str(caught.value)
    assert "wind.csv" in str(caught.value)


def test_csv_of_bytes(tmp_path: Path) -> None:
    path = tmp_path / "wind.csv"
    path.write_bytes(b"\xff\xfe\x00lat")
    with pytest.raises(DataError, match="UTF-8"):
        read_wind(path)


def test_npz(tmp_path: Path) -> None:
    path = tmp_path / "wind.npz"
    np.savez(
        path,
        lat=np.array([60.0, 50.0]),
        lon=np.array([30.0, 40.0]),
        u=np.array([[3.0, 4.0], [1.0, 2.0]]),
        v=np.zeros((2, 2)),
    )
    u, _ = read_wind(path).at(np.array([50.0]), np.array([40.0]), np.zeros(1), None)
    assert u / 3.6 == pytest.approx([2.0])


def test_npz_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "wind.npz"
    np.savez(path, lat=np.zeros(2), lon=np.zeros(2))
    with pytest.raises(DataError, match="no array u, v"):
        read_wind(path)
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(DataError, match="NumPy"):
        read_wind(path)
    np.savez(path, lat=np.array([{}]), lon=np.zeros(1), u=np.zeros((1, 1)), v=np.zeros((1, 1)))
    with pytest.raises(DataError, match="NumPy"):  # pickles are not opened
        read_wind(path)


def test_a_word_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "wind.csv"
    path.write_text(rows(*CORNERS), "utf-8")
    assert wind_from("27030KT") == parse_wind("27030KT")
    assert wind_from(str(path)).at(np.array([50.0]), np.array([30.0]), np.zeros(1), None)[0] > 0
    with pytest.raises(DataError, match="no wind"):
        wind_from(str(tmp_path / "none.nc"))
    with pytest.raises(DataError, match="no such file"):
        read_wind(tmp_path / "none.nc")


def test_without_xarray_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "wind.nc"
    path.write_bytes(b"CDF\x01")
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(DataError, match="xarray") as caught:
        read_wind(path)
    assert "netCDF4" in caught.value.remedy


def test_standard_atmosphere() -> None:
    """ICAO Doc 7488: 850, 700 and 500 hPa at 1,457, 3,012 and 5,574 m."""
    levels = pressure_height_m(np.array([1013.25, 850.0, 700.0, 500.0]))
    assert levels == pytest.approx([0, 1457, 3012, 5574], abs=2)


class Array:
    """As much of an xarray.DataArray as the reader asks for."""

    def __init__(self, name: str, dims: tuple[str, ...], values: Any, unit: str = "") -> None:
        self.name, self.dims, self.values = name, dims, np.asarray(values)
        self.attrs = {"units": unit} if unit else {}
        self.sizes = dict(zip(dims, self.values.shape, strict=True))

    def squeeze(self, dims: list[str]) -> Array:
        axes = tuple(self.dims.index(dim) for dim in dims)
        kept = tuple(dim for dim in self.dims if dim not in dims)
        return Array(self.name, kept, self.values.squeeze(axes), self.attrs.get("units", ""))

    def transpose(self, *dims: str) -> Array:
        order = [self.dims.index(dim) for dim in dims]
        return Array(self.name, dims, self.values.transpose(order), self.attrs.get("units", ""))


class Dataset(dict[str, Array]):
    @property
    def variables(self) -> list[str]:
        return list(self)

    def __enter__(self) -> Dataset:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def reanalysis(unit: str = "m s**-1", level_unit: str = "hPa") -> Dataset:
    """As a weather service gives it: one member, axes in its own order, levels of pressure."""
    axes = ("number", "latitude", "longitude", "valid_time", "pressure_level")
    u = np.zeros((1, 3, 4, 2, 2))
    u[..., 0], u[..., 1] = 10.0, 20.0
    arrays = [
        Array("u", axes, u, unit),
        Array("v", axes, np.zeros_like(u), unit),
        Array("number", ("number",), [0]),
        Array("latitude", ("latitude",), [60.0, 55.0, 50.0]),
        Array("longitude", ("longitude",), [30.0, 35.0, 40.0, 45.0]),
        Array("valid_time", ("valid_time",), np.array(["2021-05-19T06", "2021-05-19T12"], "M8[s]")),
        Array("pressure_level", ("pressure_level",), [850.0, 700.0], level_unit),
    ]
    return Dataset({array.name: array for array in arrays})


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """``read_wind`` of a file for which xarray would give this data set."""

    def read(data: Dataset) -> Any:
        monkeypatch.setitem(sys.modules, "xarray", SimpleNamespace(open_dataset=lambda _: data))
        path = tmp_path / "wind.nc"
        path.write_bytes(b"")
        return read_wind(path)

    return read


def middle(field: Any) -> float:
    """In the middle between 850 and 700 hPa, m/s."""
    when, height = np.array(["2021-05-19T08"], "M8[s]"), np.array([(1457 + 3012) / 2])
    return float(field.at(np.array([52.0]), np.array([33.0]), height, when)[0][0]) / 3.6


def test_a_reanalysis(opened: Any) -> None:
    assert middle(opened(reanalysis())) == pytest.approx(15.0, abs=0.05)
    metres = reanalysis(level_unit="m")
    metres["pressure_level"].values = np.array([1457.0, 3012.0])
    assert middle(opened(metres)) == pytest.approx(15.0, abs=0.01)


def test_a_reanalysis_that_is_wrong(opened: Any) -> None:
    with pytest.raises(DataError, match="knots"):
        opened(reanalysis(unit="knots"))
    with pytest.raises(DataError, match="levels"):
        opened(reanalysis(level_unit="K"))
    nameless = reanalysis()
    del nameless["v"]
    with pytest.raises(DataError, match="found no v"):
        opened(nameless)
    members = reanalysis()
    for name in ("u", "v"):
        members[name] = Array(
            name, members[name].dims, np.repeat(members[name].values, 2, axis=0), "m/s"
        )
    with pytest.raises(DataError, match="also depends on number"):
        opened(members)


if importlib.util.find_spec("xarray") is not None:

    def test_netcdf(tmp_path: Path) -> None:
        """The same by way of xarray itself, where it is installed."""
        xarray = importlib.import_module("xarray")
        data = xarray.Dataset()
        for name, array in reanalysis().items():
            data[name] = (array.dims, array.values, array.attrs)
        data.to_netcdf(tmp_path / "wind.nc")
        assert middle(read_wind(tmp_path / "wind.nc")) == pytest.approx(15.0, abs=0.05)
