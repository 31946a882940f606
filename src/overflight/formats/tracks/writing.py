"""A track as a file, in the format that the file's name asks for."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

from overflight.errors import DataError
from overflight.formats.tracks.csv_track import track_to_csv
from overflight.formats.tracks.xml_write import track_to_gpx, track_to_kml
from overflight.terms.track import Track


def track_bytes(track: Track, path: Path) -> bytes:
    """The track as CSV, GPX, KML or GeoParquet by the ending of ``path``.

    Only CSV and GeoParquet hold all of it. Raises DataError for another ending.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise DataError(
            f"no track is written as {path.suffix or 'a file without an ending'}",
            file=path,
            remedy=f"Name a file that ends with {', '.join(_WRITERS)}.",
        )
    return write(track)


def _parquet(track: Track) -> bytes:
    try:
        frame = track.to_geodataframe()
        buffer = io.BytesIO()
        frame["datum"] = track.datum
        frame.to_parquet(buffer, index=False)
    except ImportError:
        raise DataError(
            "GeoParquet needs geopandas and pyarrow",
            remedy="Install overflight[tables], or write CSV.",
        ) from None
    return buffer.getvalue()


_WRITERS: Mapping[str, Callable[[Track], bytes]] = {
    ".csv": track_to_csv,
    ".gpx": lambda track: track_to_gpx(track).encode(),
    ".kml": lambda track: track_to_kml(track).encode(),
    ".parquet": _parquet,
}
