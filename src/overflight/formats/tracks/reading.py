"""Reading a track whatever it was recorded as."""

from __future__ import annotations

from pathlib import Path

from overflight.errors import TrackError
from overflight.files import read_bounded
from overflight.formats.strict_json import STDIN
from overflight.formats.tracks.csv_read import read_csv_track
from overflight.formats.tracks.igc import read_igc_track
from overflight.formats.tracks.parquet import read_parquet_track
from overflight.formats.tracks.recorded import RecordedTrack
from overflight.formats.tracks.xml_read import read_gpx_track, read_kml_track

MOST_BYTES = 2_000_000_000
FORMATS = ("csv", "gpx", "kml", "igc", "parquet", "monitor")


def read_track_file(
    source: str | Path,
    *,
    kind: str | None = None,
    aircraft: str | None = None,
    height_unit: str | None = None,
    assume_utc: bool = False,
) -> RecordedTrack:
    """The track in a file ("-": standard input), as it stands; see ``flying.repair`` for more.

    ``kind`` names the format where name and contents do not tell. Raises TrackError or DataError.
    """
    if str(source) == STDIN:
        import sys

        data, label = sys.stdin.buffer.read(MOST_BYTES), "standard input"
    else:
        data, label = read_bounded(Path(source), limit=MOST_BYTES), str(source)
    kind = kind or _kind(data, Path(label).suffix.lower())
    if kind == "gpx":
        return read_gpx_track(data, label)
    if kind == "kml":
        return read_kml_track(data, label)
    if kind == "igc":
        return read_igc_track(data, label)
    if kind == "parquet":
        return read_parquet_track(data, label, aircraft=aircraft, height_unit=height_unit)
    if kind == "monitor":
        from overflight.formats.monitor_log import read_log_track

        return read_log_track(data, label)
    if kind == "csv":
        return read_csv_track(
            data, label, aircraft=aircraft, height_unit=height_unit, assume_utc=assume_utc
        )
    raise TrackError(
        f"{label}: {kind!r} is not a format of tracks",
        remedy=f"Give one of: {', '.join(FORMATS)}.",
    )


def _kind(data: bytes, suffix: str) -> str:
    """By contents before the name: a wrong suffix misleads nobody."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK"):
        raise TrackError(
            "this is a zip archive", remedy="Unpack it (a KMZ holds a KML) and give the file."
        )
    if head.startswith(b'{"kind":"monitor-log"'):
        return "monitor"
    if head.startswith(b"<"):
        return "gpx" if b"<gpx" in data[:4096].lower() else "kml"
    if suffix == ".igc" or (head[:1] == b"A" and b"\nHFDTE" in data[:4096]):
        return "igc"
    return "csv"
