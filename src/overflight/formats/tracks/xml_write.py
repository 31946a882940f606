"""A track as GPX 1.1 (trk) and as KML 2.2 with Google's gx:Track.

Both formats count heights from the sea. A height that counts from anything else is left out and
the description says so: a reader would take it for what it is not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import numpy as np

from overflight.formats.tracks.columns import instants_as_text
from overflight.formats.xml_text import document, text_of
from overflight.terms.track import MEAN_SEA_LEVEL, Track

_GPX = "http://www.topografix.com/GPX/1/1"
_KML = "http://www.opengis.net/kml/2.2"
_GX = "http://www.google.com/kml/ext/2.2"


def track_to_gpx(track: Track) -> str:
    """The points with their times, in one segment; attitude has no place in GPX."""
    root = ET.Element("gpx", {"xmlns": _GPX, "version": "1.1", "creator": "overflight"})
    metadata = ET.SubElement(root, "metadata")
    _say(metadata, "name", _title(track))
    if track.marks:
        _say(metadata, "keywords", ", ".join(track.marks))
    line = ET.SubElement(root, "trk")
    _say(line, "name", _title(track))
    _say(line, "desc", _about(track))
    segment = ET.SubElement(line, "trkseg")
    for when, lat, lon, height in _points(track):
        point = ET.SubElement(segment, "trkpt", lat=f"{lat:.7f}", lon=f"{lon:.7f}")
        if height is not None:
            _say(point, "ele", f"{height:.2f}")
        _say(point, "time", when)
    return document(root)


def track_to_kml(track: Track) -> str:
    """One gx:Track; gx:angles (heading, pitch, roll) where all three are known throughout."""
    root = ET.Element("kml", {"xmlns": _KML, "xmlns:gx": _GX})
    place = ET.SubElement(ET.SubElement(root, "Document"), "Placemark")
    _say(place, "name", _title(track))
    _say(place, "description", _about(track))
    line = ET.SubElement(place, "gx:Track")
    points = list(_points(track))
    heights = any(height is not None for _, _, _, height in points)
    _say(line, "altitudeMode", "absolute" if heights else "clampToGround")
    for when, _, _, _ in points:
        _say(line, "when", when)
    for _, lat, lon, height in points:
        _say(line, "gx:coord", f"{lon:.7f} {lat:.7f} {height or 0.0:.2f}")
    angles = np.column_stack([track.heading_deg, track.pitch_deg, track.roll_deg])
    if len(angles) and bool(np.isfinite(angles).all()):
        for heading, pitch, roll in angles.tolist():
            _say(line, "gx:angles", f"{heading:.3f} {pitch:.3f} {roll:.3f}")
    return document(root)


def _points(track: Track) -> Iterator[tuple[str, float, float, float | None]]:
    whole = bool(np.all(np.abs(track.time_s * 1e3 - np.rint(track.time_s * 1e3)) < 1e-2))
    cells = instants_as_text(track.time_s, 3 if whole else 6)
    known = track.datum == MEAN_SEA_LEVEL
    heights = track.height_m.tolist()
    for row, lat, lon, height in zip(
        cells, track.lat.tolist(), track.lon.tolist(), heights, strict=True
    ):
        kept = height if known and math.isfinite(height) else None
        yield row.tobytes().decode().strip("\x00 "), lat, lon, kept


def _title(track: Track) -> str:
    return " ".join([*track.marks, "track"])


def _about(track: Track) -> str:
    said = [*track.marks]
    if track.source:
        said.append(track.source)
    if track.datum != MEAN_SEA_LEVEL:
        said.append(f"Heights are left out: they count from {track.datum}, not from the sea.")
    return " ".join(said)


def _say(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text_of(text)
