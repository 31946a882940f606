"""Forecasts of cloud as people have them: a table of a few points, a weather service's file.

``read_clouds`` takes, by the file's ending,

    .csv   columns time (with its zone), lat, lon and cloud (0 to 1) or cloud_percent; an empty
           cell is a value that is not known, a table without times holds at all times
    other  what xarray opens: NetCDF, GRIB with cfgrib, Zarr, ... (xarray is not installed with
           overflight; without it the error says what to install)

Cloud cover of a model stands for the probability that a place under it is hidden. Of an ensemble
the mean over its members is taken.
"""

from __future__ import annotations

import csv
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import DataError
from overflight.formats.times import read_time
from overflight.terms.skies import CloudGrid, cloud_grid

_CLOUD = (
    "cloud_area_fraction", "total_cloud_cover", "cloud_cover", "tcc", "clt", "tcdc", "cloudcover",
    "cloud", "clouds", "cloud_probability",
)  # fmt: skip
"""Names and CF standard names, the first found counts."""
_LAT, _LON, _TIME = ("lat", "latitude"), ("lon", "longitude"), ("valid_time", "time")
_MEMBERS = ("number", "member", "realization", "ensemble", "ensemble_member")
_PERCENT = ("%", "percent", "per cent", "pct")
_PARTS = ("1", "(0-1)", "0-1", "(0 - 1)", "0 - 1", "fraction", "dimensionless", "proportion")
_MOST_ROWS = 2_000_000
_MOST_VALUES = 60_000_000
_COLUMNS = "Name the columns time, lat, lon and cloud (0 to 1) or cloud_percent."


def read_clouds(path: Path) -> CloudGrid:
    """The forecast in a file. Raises DataError with the file and what to change."""
    if not path.exists():
        raise DataError("no such file", file=path, remedy="Give the path of a cloud forecast.")
    try:
        return _from_csv(path) if path.suffix.casefold() == ".csv" else _from_xarray(path)
    except DataError as error:
        if error.file is not None:
            raise
        raise DataError(
            error.message, remedy=error.remedy, file=path, line=error.line, where=error.where
        ) from None


def _from_csv(path: Path) -> CloudGrid:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = csv.reader(handle)
            names = [name.strip().casefold() for name in next(rows, [])]
            where = {key: _column(names, known) for key, known in _columns().items()}
            missing = [key for key in ("lat", "lon") if where[key] is None]
            if where["cloud"] is None and where["percent"] is None:
                missing.append("cloud")
            if missing:
                raise DataError(f"no column {', '.join(missing)}", line=1, remedy=_COLUMNS)
            table = [
                _row(row, where, rows.line_num) for row in rows if any(cell.strip() for cell in row)
            ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"not readable as CSV: {error}", remedy="Write it as UTF-8.") from None
    if not table:
        raise DataError("no rows", remedy="Give a row for every point of the grid.")
    if len(table) > _MOST_ROWS:
        raise DataError(
            f"more than {_MOST_ROWS:,} rows",
            remedy="Give the region of the route only, or a NetCDF file.",
        )
    return _gridded(table, timed=where["time"] is not None, source=path.name)


def _columns() -> dict[str, tuple[str, ...]]:
    percent = [f"{name}{end}" for name in _CLOUD for end in ("_percent", " (%)", " [%]", "_pct")]
    return {"time": _TIME, "lat": _LAT, "lon": _LON, "cloud": _CLOUD, "percent": tuple(percent)}


def _column(names: list[str], known: tuple[str, ...]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _row(row: list[str], where: dict[str, int | None], line: int) -> tuple[Any, ...]:
    """Time, latitude, longitude, cloud from 0 to 1 (NaN: not known)."""

    def cell(key: str) -> str:
        at = where[key]
        return "" if at is None or at >= len(row) else row[at].strip()

    def number(key: str, blank: bool = False) -> float:
        text = cell(key)
        if blank and text.casefold() in ("", "nan", "na"):
            return float("nan")
        try:
            return float(text)
        except ValueError:
            raise DataError(
                f"{key} is {text!r}", line=line, remedy="Give a number in every cell."
            ) from None

    when = np.datetime64(0, "s")
    if where["time"] is not None:
        moment = read_time(cell("time"), where="time", line=line)
        when = np.datetime64(moment.replace(tzinfo=None), "s")
    if where["cloud"] is not None:
        cloud = number("cloud", blank=True)
    else:
        cloud = number("percent", blank=True) / 100.0
    return when, number("lat"), number("lon"), cloud


def _gridded(table: list[tuple[Any, ...]], *, timed: bool, source: str) -> CloudGrid:
    """Rows in any order, one for each point of the grid."""
    axes, places = [], []
    for column in range(3):
        axis, at = np.unique(np.array([row[column] for row in table]), return_inverse=True)
        axes.append(axis)
        places.append(at.ravel())
    shape = tuple(len(axis) for axis in axes)
    once = len(set(zip(*(at.tolist() for at in places), strict=True)))
    if int(np.prod(shape)) != len(table) or once != len(table):
        raise DataError(
            f"{len(table)} rows do not fill a grid of {' x '.join(map(str, shape))} points (times, "
            "latitudes, longitudes)",
            remedy="Give every latitude with every longitude and time once; leave the cell of "
            "cloud empty where it is not known.",
        )
    cover = np.full(shape, np.nan)
    cover[tuple(places)] = [row[3] for row in table]
    return cloud_grid(axes[1], axes[2], cover, axes[0] if timed else None, source)


def _from_xarray(path: Path) -> CloudGrid:
    try:
        xarray: Any = import_module("xarray")
    except ImportError:
        raise DataError(
            f"reading a cloud forecast from {path.suffix or 'this'} needs the package xarray",
            remedy="Install xarray with what reads the file (netCDF4 for .nc, cfgrib for GRIB, "
            "zarr for .zarr; the extra overflight[weather] brings the first), or give the "
            "forecast as .csv.",
        ) from None
    try:
        with xarray.open_dataset(path, decode_timedelta=True) as data:
            return _from_dataset(data, path.name)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise DataError(
            f"no cloud forecast can be read: {error}".splitlines()[0],
            remedy="Give a file that xarray.open_dataset opens, or .csv.",
        ) from None


def _from_dataset(data: Any, source: str) -> CloudGrid:
    """The cloud of an xarray data set, turned to (time, latitude, longitude)."""
    name, lat, lon = (_find(data, known) for known in (_CLOUD, _LAT, _LON))
    missing = [w for w, key in (("cloud", name), ("lat", lat), ("lon", lon)) if key is None]
    if missing:
        raise DataError(
            f"found no {', '.join(missing)} among {', '.join(map(str, data.variables))}",
            remedy="Name them tcc, clt or cloud_cover, lat, lon; or set the standard_name "
            "cloud_area_fraction.",
        )
    cloud, scale = data[name], _scale(data[name])
    if len(data[lat].dims) > 1 or len(data[lon].dims) > 1:
        raise DataError(
            "the cloud forecast lies on a grid that is not one of latitude and longitude",
            remedy="Bring it onto such a grid first, e.g. with cdo remapbil.",
        )
    if cloud.size > _MOST_VALUES:
        raise DataError(
            f"the cloud forecast has {cloud.size:,} values, more than {_MOST_VALUES:,}",
            remedy="Select the region and the days of the flight first, e.g. with xarray's .sel().",
        )
    members = [dim for dim in cloud.dims if str(dim).casefold() in _MEMBERS]
    if members:
        cloud = cloud.mean(members, skipna=False)
        source = f"{source}, mean of its members"
    time = _time_axis(data, cloud)
    axes = [axis for axis in (time[0], lat, lon) if axis is not None]
    cloud = cloud.squeeze([d for d in cloud.dims if d not in axes and cloud.sizes[d] == 1])
    unknown = [str(dim) for dim in cloud.dims if dim not in axes]
    if unknown:
        raise DataError(
            f"{name} also depends on {', '.join(unknown)}",
            remedy="Select one of them first, e.g. with xarray's .isel().",
        )
    values = np.asarray(cloud.transpose(*axes).values, dtype=np.float64)
    values = values * scale
    if time[0] is None:
        values = values[None]
    lats, lons = (np.asarray(data[axis].values, dtype=np.float64) for axis in (lat, lon))
    return cloud_grid(lats, lons, values, time[1], f"{source}: {name}")


def _scale(cloud: Any) -> float:
    """By what the values come to parts of the sky, by the attribute ``units``."""
    unit = str(cloud.attrs.get("units", "")).strip().casefold()
    if unit in _PERCENT:
        return 0.01
    if unit in _PARTS:
        return 1.0
    raise DataError(
        f"{cloud.name} has {f'the unit {unit!r}' if unit else 'no unit'}",
        remedy='Set its attribute units to "%" or "1".',
    )


def _time_axis(data: Any, cloud: Any) -> tuple[Any, np.ndarray | None]:
    """The dimension of time (None: there is none) and the instants along it, UTC.

    A moment for the whole field makes a forecast for that moment alone.
    """
    single = None
    for key in _TIME:
        if key not in data.variables or data[key].dtype.kind != "M":
            continue
        values = np.asarray(data[key].values).astype("datetime64[s]")
        dims = data[key].dims
        if len(dims) == 1 and dims[0] in cloud.dims:
            return dims[0], values
        if not dims and single is None:
            single = values.reshape(1)
    for dim in cloud.dims:
        if str(dim).casefold() in (*_TIME, "step"):
            raise DataError(
                f"the times of the cloud forecast ({dim}) are no instants",
                remedy='Give them CF units, e.g. "hours since 2021-05-19 00:00", and the '
                "calendar of daily life.",
            )
    return None, single


def _find(data: Any, known: tuple[str, ...]) -> Any:
    """The variable of the first known name, or standard name, that there is."""
    for wanted in known:
        for key in data.variables:
            standard = str(data[key].attrs.get("standard_name", "")).casefold()
            if wanted in (str(key).casefold(), standard):
                return key
    return None
