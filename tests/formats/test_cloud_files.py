"""Forecasts of cloud from files: what is read is what was written, and errors say what to do."""

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
from overflight.formats.cloud_files import read_clouds

SMALL = """time,lat,lon,cloud
2021-05-19T06:00Z,50,30,0.1
2021-05-19T06:00Z,50,40,0.3
2021-05-19T06:00Z,60,30,0.5
2021-05-19T06:00Z,60,40,0.7
2021-05-19T12:00Z,50,30,0.3
2021-05-19T12:00Z,50,40,0.5
2021-05-19T12:00Z,60,30,0.7
2021-05-19T12:00Z,60,40,0.9
"""


def cloud(path: Path, lat: float, lon: float, when: str = "2021-05-19T06:00") -> float:
    grid = read_clouds(path)
    return float(grid.at(np.array([lat]), np.array([lon]), np.array([when], "M8[s]"))[0])


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "clouds.csv"
    path.write_text(text, encoding="utf-8")
    return path


# --- CSV ------------------------------------------------------------------------------------


def test_a_table(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    assert cloud(path, 60, 30) == pytest.approx(0.5)
    # the middle of the four corners, half-way between the two times
    assert cloud(path, 55, 35, "2021-05-19T09:00") == pytest.approx(0.5)
    assert read_clouds(path).source == "clouds.csv"


def test_rows_in_any_order_and_other_zones(tmp_path: Path) -> None:
    head, *rows = SMALL.splitlines()
    moved = [row.replace("T06:00Z", "T08:00+02:00") for row in reversed(rows)]
    path = written(tmp_path, "\n".join([head, *moved]) + "\n")
    assert cloud(path, 50, 40, "2021-05-19T06:00") == pytest.approx(0.3)


@pytest.mark.parametrize("name", ["cloud_percent", "tcc (%)", "Cloud_Cover [%]"])
def test_percent(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, f"latitude,longitude,{name}\n50,30,10\n50,40,30\n60,30,50\n60,40,70\n")
    assert cloud(path, 50, 40) == pytest.approx(0.3)
    assert read_clouds(path).times is None


def test_an_empty_cell_is_not_known(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL.replace("60,40,0.7", "60,40,"))
    assert np.isnan(cloud(path, 59, 39))
    assert cloud(path, 50, 35) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column lat, lon, cloud"),
        ("lat,lon\n50,30\n", "no column cloud"),
        ("time,lat,lon,cloud\n", "no rows"),
        (SMALL.replace("50,40,0.3", "50,40,30"), "no part of the sky"),
        (SMALL.replace("06:00Z,50,40,0.3\n", "06:00,50,40,0.3\n"), "no time zone"),
        (SMALL.replace("50,40,0.3", "50,here,0.3"), "clouds.csv:3: lon is 'here'"),
        ("\n".join(SMALL.splitlines()[:-1]) + "\n", "7 rows do not fill a grid of 2 x 2 x 2"),
        (SMALL + SMALL.splitlines()[1] + "\n", "9 rows do not fill"),
        (SMALL.replace("T12:00Z,60,40", "T12:00Z,60,30"), "8 rows do not fill"),
    ],
)
def test_a_table_that_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_clouds(written(tmp_path, text))
    assert message in str(caught.value)
    assert "clouds.csv" in str(caught.value) and caught.value.remedy


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_clouds(tmp_path / "none.nc")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00lat")
    with pytest.raises(DataError, match="UTF-8"):
        read_clouds(tmp_path / "bytes.csv")


# --- what xarray opens ----------------------------------------------------------------------

TIMES = np.array(["2021-05-19T00:00", "2021-05-19T06:00"], "M8[ns]")
LATS, LONS = np.array([60.0, 50.0]), np.array([0.0, 90.0, 180.0, 270.0])
COVER = np.array([[[10.0, 20, 30, 40], [50, 60, 70, 80]], [[20.0, 30, 40, 50], [60, 70, 80, 90]]])


class Array:
    """As much of xarray's DataArray as is asked of one."""

    def __init__(self, name: str, values: Any, dims: tuple[str, ...], **attrs: str) -> None:
        self.name, self.values, self.dims, self.attrs = name, np.asarray(values), dims, attrs
        self.dtype, self.size = self.values.dtype, self.values.size
        self.sizes = dict(zip(dims, self.values.shape, strict=True))

    def _with(self, values: Any, dims: tuple[str, ...]) -> Array:
        return Array(self.name, values, dims, **self.attrs)

    def mean(self, over: list[str], skipna: bool) -> Array:
        assert not skipna  # where a member says nothing, the mean says nothing
        at = tuple(self.dims.index(dim) for dim in over)
        return self._with(self.values.mean(axis=at), tuple(d for d in self.dims if d not in over))

    def squeeze(self, over: list[str]) -> Array:
        at = tuple(self.dims.index(dim) for dim in over)
        return self._with(self.values.squeeze(at), tuple(d for d in self.dims if d not in over))

    def transpose(self, *dims: str) -> Array:
        return self._with(self.values.transpose([self.dims.index(d) for d in dims]), dims)


class Dataset(dict[str, Array]):
    def __init__(self, *arrays: Array) -> None:
        super().__init__({array.name: array for array in arrays})

    @property
    def variables(self) -> dict[str, Array]:
        return self

    def __enter__(self) -> Dataset:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def opening(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *arrays: Array) -> Path:
    """A file that xarray, if it were installed, would open as a data set of ``arrays``."""
    path = tmp_path / "clouds.nc"
    path.write_bytes(b"CDF\x01")
    stub = SimpleNamespace(open_dataset=lambda *_, **__: Dataset(*arrays))
    monkeypatch.setitem(sys.modules, "xarray", stub)
    return path


AXES = (
    Array("time", TIMES, ("time",)),
    Array("latitude", LATS, ("latitude",)),
    Array("longitude", LONS, ("longitude",)),
)
DIMS = ("time", "latitude", "longitude")


@pytest.mark.parametrize(
    ("name", "attrs", "scale"),
    [
        ("clt", {"units": "%"}, 1.0),
        ("tcc", {"units": "(0 - 1)"}, 0.01),
        ("field", {"units": "1", "standard_name": "cloud_area_fraction"}, 0.01),
    ],
)
def test_names_units_and_longitudes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, attrs: Any, scale: float
) -> None:
    path = opening(monkeypatch, tmp_path, *AXES, Array(name, COVER * scale, DIMS, **attrs))
    assert cloud(path, 60, 90, "2021-05-19T00:00") == pytest.approx(0.2)
    assert cloud(path, 50, -90, "2021-05-19T03:00") == pytest.approx(0.85)  # 270 east
    assert cloud(path, 50, -45, "2021-05-19T00:00") == pytest.approx(0.65)  # round the Earth
    assert np.isnan(cloud(path, 60, 90, "2021-05-19T07:00"))


def test_steps_of_a_forecast_and_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As cfgrib gives it: one time, steps, and valid_time along them; an ensemble's members."""
    members = np.stack([COVER, COVER + 10.0]) / 100.0
    path = opening(
        monkeypatch,
        tmp_path,
        Array("time", TIMES[0], ()),
        Array("valid_time", TIMES, ("step",)),
        *AXES[1:],
        Array("tcc", members, ("number", "step", "latitude", "longitude"), units="(0 - 1)"),
    )
    assert cloud(path, 60, 90, "2021-05-19T06:00") == pytest.approx(0.35)
    assert "mean of its members" in read_clouds(path).source


def test_one_moment_is_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = opening(
        monkeypatch,
        tmp_path,
        Array("time", TIMES[0], ()),
        *AXES[1:],
        Array("tcc", COVER[0] / 100, DIMS[1:], units="1"),
    )
    assert cloud(path, 60, 90, "2021-05-19T00:00") == pytest.approx(0.2)
    assert np.isnan(cloud(path, 60, 90, "2021-05-19T00:01"))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ((*AXES, Array("tcc", COVER, DIMS)), "no unit"),
        ((*AXES, Array("tcc", COVER, DIMS, units="okta")), "the unit 'okta'"),
        ((*AXES, Array("tcc", COVER, DIMS, units="1")), "no part of the sky"),
        ((*AXES, Array("rain", COVER, DIMS, units="1")), "found no cloud among"),
        (
            (*AXES, Array("tcc", COVER[None].repeat(2, 0), ("level", *DIMS), units="%")),
            "also depends on level",
        ),
        (
            (
                Array("time", np.array([0, 6]), ("time",)),
                *AXES[1:],
                Array("tcc", COVER, DIMS, units="%"),
            ),
            "no instants",
        ),
        (
            (
                Array("lat", np.zeros((2, 4)), ("y", "x")),
                Array("lon", np.zeros((2, 4)), ("y", "x")),
                Array("tcc", COVER[0], ("y", "x"), units="%"),
            ),
            "not one of latitude and longitude",
        ),
    ],
)
def test_a_data_set_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arrays: tuple[Array, ...], message: str
) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_clouds(opening(monkeypatch, tmp_path, *arrays))
    assert "clouds.nc" in str(caught.value) and caught.value.remedy


def test_without_xarray_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clouds.grib2"
    path.write_bytes(b"GRIB")
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(DataError, match="needs the package xarray") as caught:
        read_clouds(path)
    assert "Install xarray" in caught.value.remedy and "cfgrib" in caught.value.remedy


if importlib.util.find_spec("xarray"):  # not installed with overflight

    def test_packed_netcdf_with_gaps(tmp_path: Path) -> None:
        xarray: Any = importlib.import_module("xarray")
        cover = COVER.copy()
        cover[0, 1, 2] = np.nan
        axes = {"time": TIMES, "latitude": LATS, "longitude": LONS}
        data = xarray.Dataset({"clt": (DIMS, cover, {"units": "%"})}, axes)
        packing = {"dtype": "i2", "scale_factor": 0.01, "add_offset": 50.0, "_FillValue": -32768}
        path = tmp_path / "packed.nc"
        data.to_netcdf(path, engine="scipy", encoding={"clt": packing})
        assert cloud(path, 60, 90, "2021-05-19T03:00") == pytest.approx(0.25, abs=1e-4)
        assert np.isnan(cloud(path, 50, 180, "2021-05-19T03:00"))
        assert cloud(path, 50, 180, "2021-05-19T06:00") == pytest.approx(0.8, abs=1e-4)
        (tmp_path / "junk.nc").write_bytes(b"no such thing")
        with pytest.raises(DataError, match="no cloud forecast can be read"):
            read_clouds(tmp_path / "junk.nc")
