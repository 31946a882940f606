"""Winds as people have them: a word on the command line, a small grid, a weather service's file.

``read_wind`` takes, by the file's ending,

    .csv   columns lat, lon, u, v (m/s, towards east and north) and, if wanted, height_m and time
    .npz   NumPy arrays of those names; u and v shaped (time, height_m, lat, lon), axes that are
           left out have no dimension
    other  what xarray opens: NetCDF, GRIB with cfgrib, Zarr, ... (xarray is not installed with
           overflight; without it the error says what to install)
"""

from __future__ import annotations

import csv
import re
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import DataError
from overflight.performance.wind import CALM, Wind, WindField
from overflight.performance.wind_grid import WindGrid, wind_grid
from overflight.units import KM_PER_NM, Degrees

_UNITS = {"kt": KM_PER_NM, "mps": 3.6, "m/s": 3.6, "kmh": 1.0, "km/h": 1.0}
_CODED = re.compile(r"^(\d{3})(\d{2,3})(KT|MPS|KMH)$")
_PLAIN = re.compile(r"^(\d+(?:\.\d+)?)\s*(?:°|deg)?\s*[/@]\s*(\d+(?:\.\d+)?)\s*([a-z/]+)$")
_REMEDY = 'Give where it comes from and its speed, "270/30kt", "270/15m/s", "27030KT", or "calm".'
_FASTEST_KM_H = 500.0
_MOST_ROWS = 2_000_000
_NAMES = {
    "u": ("u", "eastward_wind", "u10", "ugrd", "u-component_of_wind", "10m_u_component_of_wind"),
    "v": ("v", "northward_wind", "v10", "vgrd", "v-component_of_wind", "10m_v_component_of_wind"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "longitude"),
    "time": ("time", "valid_time"),
    "height_m": ("height_m", "height", "altitude", "isobaricinhpa", "pressure_level", "level"),
}
_PRESSURE = ("hpa", "millibars", "millibar", "mbar", "mb", "pa")


def parse_wind(text: str) -> Wind:
    """A wind from one word, e.g. "270/30kt", "27030KT", "calm". DataError for anything else."""
    said = text.strip()
    if said.casefold() in ("calm", "00000kt", "0"):
        return CALM
    match = _CODED.match(said.upper()) or _PLAIN.match(said.casefold())
    unit = None if match is None else _UNITS.get(match[3].casefold())
    if match is None or unit is None:
        raise DataError(f"{text!r} is no wind", remedy=_REMEDY)
    return _plausible(float(match[1]), float(match[2]) * unit, text)


def wind_from(text: str) -> WindField:
    """A wind, or the field in the file of that name. DataError when it is neither."""
    try:
        return parse_wind(text)
    except DataError as error:
        if Path(text).exists():
            return read_wind(Path(text))
        if "is no wind:" in error.message:  # it reads as one, and cannot be
            raise
        raise DataError(
            f"{text!r} is no wind, and no file has that name",
            remedy=f"{_REMEDY[:-1]}; or the path of a wind field.",
        ) from None


def read_wind(path: Path) -> WindGrid:
    """A wind field from a file. DataError with the file and what to change."""
    if not path.exists():
        raise DataError("no such file", file=path, remedy="Give the path of a wind field.")
    try:
        if path.suffix.casefold() == ".csv":
            return _from_csv(path)
        if path.suffix.casefold() == ".npz":
            return _from_npz(path)
        return _from_xarray(path)
    except DataError as error:
        if error.file is not None:
            raise
        raise DataError(
            error.message, remedy=error.remedy, file=path, line=error.line, where=error.where
        ) from None


def pressure_height_m(hectopascal: np.ndarray) -> np.ndarray:
    """Height of a pressure level in the standard atmosphere below 11 km (ICAO Doc 7488), m."""
    return np.asarray(44330.77 * (1.0 - (hectopascal / 1013.25) ** 0.1902632))


def _plausible(direction: Degrees, speed: float, text: str) -> Wind:
    if not (0.0 <= direction <= 360.0 and speed <= _FASTEST_KM_H):
        raise DataError(
            f"{text!r} is no wind: {direction:g} degrees, {speed:.0f} km/h", remedy=_REMEDY
        )
    return Wind.blowing_from(direction, speed)


def _from_csv(path: Path) -> WindGrid:
    columns: dict[str, list[Any]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = csv.DictReader(handle)
            names = [name.strip().casefold() for name in rows.fieldnames or ()]
            missing = [name for name in ("lat", "lon", "u", "v") if name not in names]
            if missing:
                raise DataError(
                    f"no column {', '.join(missing)}",
                    line=1,
                    remedy="Name the columns lat, lon, u, v (m/s) and, if wanted, height_m, time.",
                )
            for row in rows:
                if rows.line_num > _MOST_ROWS:
                    raise DataError(
                        f"more than {_MOST_ROWS:,} rows",
                        remedy="Give the region of the route only, or a NetCDF file.",
                    )
                for name, value in zip(names, row.values(), strict=False):
                    columns.setdefault(name, []).append(_cell(name, value, rows.line_num))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"not readable as CSV: {error}", remedy="Write it as UTF-8.") from None
    if not columns:
        raise DataError("no rows", remedy="Give a row for every point of the grid.")
    return _scattered(columns)


def _cell(name: str, value: Any, line: int) -> Any:
    try:
        if name == "time":
            return np.datetime64(str(value).strip().removesuffix("Z"), "s")
        return float(value) if name in _NAMES else 0.0
    except (TypeError, ValueError):
        raise DataError(
            f"{name} is {value!r}",
            line=line,
            remedy="Give a number (time: as 2021-05-19T06:00Z) in every cell.",
        ) from None


def _scattered(columns: dict[str, list[Any]]) -> WindGrid:
    """Rows in any order, one for each point of the grid."""
    axes: list[np.ndarray | None] = []
    places: list[np.ndarray] = []
    for name in ("time", "height_m", "lat", "lon"):
        values = columns.get(name)
        if values is None:
            axes.append(None)
            places.append(np.zeros(len(columns["u"]), dtype=int))
        else:
            axis, where = np.unique(np.array(values), return_inverse=True)
            axes.append(axis)
            places.append(where.ravel())
    times, heights, lats, lons = axes
    shape = tuple(1 if axis is None else len(axis) for axis in axes)
    if int(np.prod(shape)) != len(columns["u"]):
        raise DataError(
            f"{len(columns['u'])} rows do not fill a grid of {' x '.join(map(str, shape))} points",
            remedy="Give every latitude with every longitude (height, time) once.",
        )
    winds = []
    for name in ("u", "v"):
        grid = np.full(shape, np.nan)
        grid[tuple(places)] = columns[name]
        winds.append(grid)
    assert lats is not None and lons is not None
    return wind_grid(lats, lons, winds[0], winds[1], heights, times)


def _from_npz(path: Path) -> WindGrid:
    try:
        # opened here: NumPy leaves open what it cannot read
        with path.open("rb") as handle, np.load(handle, allow_pickle=False) as arrays:
            given = {name: np.asarray(arrays[name]) for name in arrays.files}
    except (ValueError, OSError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise DataError(
            f"not readable as NumPy arrays: {error}",
            remedy="Write it with numpy.savez(file, lat=, lon=, u=, v=).",
        ) from None
    missing = [name for name in ("lat", "lon", "u", "v") if name not in given]
    if missing:
        raise DataError(
            f"no array {', '.join(missing)}",
            remedy="Name the arrays lat, lon, u, v (m/s) and, if wanted, height_m, time.",
        )
    return _shaped(given)


def _shaped(given: dict[str, np.ndarray]) -> WindGrid:
    """Arrays whose axes are, in this order, time, height, latitude, longitude, as far as given."""
    times, heights = given.get("time"), given.get("height_m")
    absent = tuple(number for number, axis in enumerate((times, heights)) if axis is None)
    try:
        u, v = (np.expand_dims(given[name].astype(np.float64), absent) for name in ("u", "v"))
        clock = None if times is None else times.astype("datetime64[s]")
        lats, lons = given["lat"].astype(np.float64), given["lon"].astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"the wind field holds what is no number: {error}", remedy="Give numbers."
        ) from None
    return wind_grid(lats, lons, u, v, heights, clock)


def _from_xarray(path: Path) -> WindGrid:
    try:
        xarray: Any = import_module("xarray")
    except ImportError:
        raise DataError(
            f"reading a wind field from {path.suffix or 'this'} needs the package xarray",
            remedy="Install xarray with what reads the file (netCDF4 for .nc, cfgrib for GRIB), "
            "or give the field as .npz or .csv.",
        ) from None
    try:
        with xarray.open_dataset(path) as data:
            return _shaped(_arrays(data))
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise DataError(
            f"no wind field can be read: {error}".splitlines()[0],
            remedy="Give a file that xarray.open_dataset opens, or .npz or .csv.",
        ) from None


def _arrays(data: Any) -> dict[str, np.ndarray]:
    """The named arrays of an xarray data set, turned to (time, height, latitude, longitude)."""
    names = {name: _find(data, name) for name in _NAMES}
    missing = [name for name in ("u", "v", "lat", "lon") if names[name] is None]
    if missing:
        raise DataError(
            f"found no {', '.join(missing)} among {', '.join(map(str, data.variables))}",
            remedy="Name them u, v, lat, lon, or set their standard_name (eastward_wind, ...).",
        )
    axes = [names[name] for name in ("time", "height_m", "lat", "lon")]
    found: dict[str, np.ndarray] = {}
    for name in ("u", "v"):
        values = data[names[name]]
        unit = str(values.attrs.get("units", "m s-1")).replace(" ", "").casefold()
        if unit not in ("ms-1", "m/s", "ms**-1", "mps"):
            raise DataError(f"{names[name]} is in {values.attrs['units']!r}", remedy="Give m/s.")
        extra = [dim for dim in values.dims if dim not in axes and values.sizes[dim] == 1]
        values = values.squeeze(extra)
        unknown = [str(dim) for dim in values.dims if dim not in axes]
        if unknown:
            raise DataError(
                f"{names[name]} also depends on {', '.join(unknown)}",
                remedy="Select one of them first, e.g. with xarray's .isel().",
            )
        order = [axis for axis in axes if axis is not None and axis in values.dims]
        found[name] = np.asarray(values.transpose(*order).values)
        for key, axis in zip(("time", "height_m", "lat", "lon"), axes, strict=True):
            if axis in values.dims:
                found[key] = _axis(key, data[axis])
    return found


def _axis(key: str, axis: Any) -> np.ndarray:
    values = np.asarray(axis.values)
    unit = str(axis.attrs.get("units", "")).casefold()
    if key == "height_m" and (unit in _PRESSURE or "isobaric" in str(axis.name).casefold()):
        return pressure_height_m(values.astype(float) / (100.0 if unit == "pa" else 1.0))
    if key == "height_m" and unit not in ("m", "metre", "metres", "meter", "meters"):
        raise DataError(
            f"the levels of the wind field are in {unit or 'no unit'!r}",
            remedy="Give heights in m or pressures in hPa, with a units attribute.",
        )
    return values


def _find(data: Any, name: str) -> Any:
    for key in data.variables:
        standard = str(data[key].attrs.get("standard_name", "")).casefold()
        if str(key).casefold() in _NAMES[name] or (standard and standard in _NAMES[name]):
            return key
    return None
