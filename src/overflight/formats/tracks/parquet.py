"""Reading a track from GeoParquet: points with a time, and columns named as in CSV."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from overflight.formats.tracks.csv_read import columns_of, height_of
from overflight.formats.tracks.recorded import RecordedTrack, refuse, require_places
from overflight.terms.track import SIMULATED, track_of


def read_parquet_track(
    data: bytes, label: str, *, aircraft: str | None = None, height_unit: str | None = None
) -> RecordedTrack:
    """The points of a (Geo)Parquet table in its order, in EPSG:4326 or moved there.

    Raises TrackError for other geometries, missing columns, and where the reader is not installed.
    """
    frame = _frame(data, label)
    names = {str(name).lower(): name for name in frame.columns}
    if "geometry" in names:
        if frame.crs is not None and frame.crs.to_epsg() != 4326:
            frame = frame.to_crs(4326)
        if not (frame.geometry.geom_type == "Point").all():
            raise refuse("its geometries are not points", "Give one point a row.", label)
        frame["lat"], frame["lon"] = frame.geometry.y, frame.geometry.x
        names |= {"lat": "lat", "lon": "lon"}
    if "icao24" in names:
        codes = frame[names["icao24"]].astype(str).str.lower()
        known = sorted(codes.unique())
        if aircraft is None and len(known) > 1:
            raise refuse(
                f"it holds {len(known)} aircraft: {', '.join(known[:8])}",
                "Say which one is meant: --aircraft ICAO24.",
                label,
            )
        if aircraft is not None:
            frame = frame[codes == aircraft.lower()]
    columns = columns_of(list(names), label, 1)
    height = height_of(list(names), height_unit, {}, label, 1)

    def column(name: str | None) -> Any:
        if name is None:
            return None
        return frame[names[name]].to_numpy(dtype=np.float64, na_value=np.nan)

    marks = "marks" in names and frame[names["marks"]].astype(str).str.contains(SIMULATED).any()
    metres = column(height.column)
    track = track_of(
        _seconds(frame[names[columns["time"]]], label),
        column(columns["lat"]),
        column(columns["lon"]),
        None if metres is None else metres * height.metres,
        roll_deg=column(columns.get("roll")),
        pitch_deg=column(columns.get("pitch")),
        heading_deg=column(columns.get("heading")),
        datum=height.datum,
        marks=(SIMULATED,) if marks else (),
    )
    lines = np.arange(1, len(frame) + 1, dtype=np.int64)
    notes = (height.note,) if height.note else ()
    return require_places(RecordedTrack(track, lines, "row", label, notes))


def _frame(data: bytes, label: str) -> Any:
    try:
        import geopandas
        import pyarrow.parquet
    except ImportError:
        raise refuse(
            "reading GeoParquet needs geopandas and pyarrow",
            "Install them: pip install 'overflight[tables]'.",
            label,
        ) from None
    try:
        schema = pyarrow.parquet.read_schema(io.BytesIO(data))
        if b"geo" in (schema.metadata or {}):
            return geopandas.read_parquet(io.BytesIO(data))
        return pyarrow.parquet.read_table(io.BytesIO(data)).to_pandas()
    except Exception as error:  # pyarrow raises many kinds
        raise refuse(f"it cannot be read: {error}"[:200], "Write it again.", label) from None


def _seconds(values: Any, label: str) -> Any:
    import pandas

    if pandas.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return numbers / 1000.0 if np.nanmax(np.abs(numbers)) > 1e11 else numbers
    times = pandas.to_datetime(values, errors="coerce", utc=True)
    if times.isna().any():
        row = int(np.argmax(times.isna().to_numpy())) + 1
        raise refuse(f"row {row}: there is no time", "Give every point a time.", label)
    whole = times.astype("datetime64[us, UTC]").astype("int64").to_numpy()
    return whole / 1e6
