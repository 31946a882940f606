"""Reading a track from GPX 1.0 and 1.1 (trk) and from KML (gx:Track)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import numpy as np

from overflight.errors import DataError
from overflight.formats.times import read_time
from overflight.formats.tracks.recorded import RecordedTrack, refuse, require_places
from overflight.terms.track import MEAN_SEA_LEVEL, SIMULATED, UNKNOWN_DATUM, track_of


def read_gpx_track(data: bytes, label: str) -> RecordedTrack:
    """All track points of a GPX document in its order; segments are laid end to end.

    Elevations count from the sea, as the GPX schema says. Raises TrackError for a point without a
    time or with no number where one belongs.
    """
    root = _root(data, label)
    points = [e for e in root.iter() if _name(e) == "trkpt"]
    if not points and any(_name(e) in ("rtept", "wpt") for e in root.iter()):
        raise refuse(
            "it holds a route or waypoints, not a track",
            "Give the recorded track (trk), whose points carry times.",
            label,
        )
    rows = []
    for number, point in enumerate(points, 1):
        parts = {_name(child): (child.text or "") for child in point}
        rows.append(
            (
                _instant(parts.get("time"), label, number),
                _number(point.get("lat"), "latitude", label, number),
                _number(point.get("lon"), "longitude", label, number),
                _number(parts.get("ele"), "elevation", label, number, blank=True),
            )
        )
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    segments = sum(_name(e) == "trkseg" for e in root.iter())
    notes = (f"{segments} segments, laid end to end.",) if segments > 1 else ()
    track = track_of(*table.T, datum=MEAN_SEA_LEVEL, marks=_marks(root))
    lines = np.arange(1, len(rows) + 1, dtype=np.int64)
    return require_places(RecordedTrack(track, lines, "track point", label, notes))


def read_kml_track(data: bytes, label: str) -> RecordedTrack:
    """All gx:Track elements of a KML document: when, gx:coord and, where given, gx:angles."""
    root = _root(data, label)
    rows: list[tuple[float, ...]] = []
    datum = UNKNOWN_DATUM
    tracks = [e for e in root.iter() if _name(e) == "Track"]
    if not tracks:
        raise refuse(
            "it holds no gx:Track, only places or lines without times",
            "Export the track with its times (gx:Track), or give GPX or CSV.",
            label,
        )
    for element in tracks:
        held: dict[str, list[str]] = {"when": [], "coord": [], "angles": []}
        for child in element:
            if _name(child) in held:
                held[_name(child)].append(child.text or "")
            if _name(child) == "altitudeMode" and (child.text or "").strip() == "absolute":
                datum = MEAN_SEA_LEVEL
        if len(held["when"]) != len(held["coord"]):
            raise refuse(
                f"{len(held['when'])} times for {len(held['coord'])} places in a gx:Track",
                "Give as many when as gx:coord elements.",
                label,
            )
        angles: list[str] = held["angles"] or [""] * len(held["when"])
        for number, (when, place, angle) in enumerate(
            zip(held["when"], held["coord"], angles, strict=False), len(rows) + 1
        ):
            lon, lat, *height = [_number(v, "place", label, number) for v in place.split()] or [
                np.nan,
                np.nan,
            ]
            turned = [_number(v, "angle", label, number) for v in angle.split()]
            heading, pitch, roll = (*turned, *([np.nan] * 3))[:3]
            at = _instant(when, label, number)
            rows.append((at, lat, lon, height[0] if height else np.nan, roll, pitch, heading))
    table = np.array(rows, dtype=np.float64).reshape(-1, 7)
    track = track_of(
        *table.T[:4],
        roll_deg=table[:, 4],
        pitch_deg=table[:, 5],
        heading_deg=table[:, 6],
        datum=datum,
        marks=_marks(root),
    )
    lines = np.arange(1, len(rows) + 1, dtype=np.int64)
    return require_places(RecordedTrack(track, lines, "point", label))


def _root(data: bytes, label: str) -> ET.Element:
    try:
        return ET.fromstring(data)
    except ET.ParseError as error:
        line = error.position[0] if error.position else None
        raise refuse(f"this is not XML: {error}", "Give the whole file.", label, line) from None


def _marks(root: ET.Element) -> tuple[str, ...]:
    """SIMULATED, where any text of the document says it."""
    said = any(SIMULATED in (text or "") for e in root.iter() for text in _texts(e))
    return (SIMULATED,) if said else ()


def _texts(element: ET.Element) -> Iterator[str | None]:
    yield element.text
    yield from element.attrib.values()


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _instant(text: str | None, label: str, number: int) -> float:
    if not (text or "").strip():
        raise refuse(
            f"point {number} has no time",
            "Give a recorded track; a drawn line has no times.",
            label,
        )
    try:
        return read_time(text, where="time").timestamp()
    except DataError as error:
        raise refuse(f"point {number}: {error.message}", error.remedy, label) from None


def _number(text: str | None, what: str, label: str, number: int, *, blank: bool = False) -> float:
    if blank and not (text or "").strip():
        return float("nan")
    try:
        return float(text or "")
    except ValueError:
        raise refuse(f"point {number}: the {what} is {text!r}", "Give a number.", label) from None
