"""Our own CSV of a track, and the columns of others (ADS-B state vectors among them).

Our own file begins with comment lines (``# key: value``): kind, datum, source, marks. A simulated
track says so there and in a column of every row, so that no cut of the file loses the mark.
"""

from __future__ import annotations

import numpy as np

from overflight.formats.tracks.columns import Column, instants_as_text, rows_of_text
from overflight.terms.track import Track

KIND = "overflight-track"
COLUMNS = ("time", "lat", "lon", "height_m", "roll_deg", "pitch_deg", "heading_deg")
_MARKS = "marks"


def track_to_csv(track: Track) -> bytes:
    """The track as our CSV: degrees to 1e-7, metres to the centimetre, angles to 0.001."""
    thousandths = track.time_s * 1e3
    decimals = 3 if bool(np.all(np.abs(thousandths - np.rint(thousandths)) < 1e-2)) else 6
    head = [f"# kind: {KIND}", "# version: 1", f"# datum: {track.datum}"]
    if track.source:
        head.append(f"# source: {' '.join(track.source.split())}")
    names = list(COLUMNS)
    columns: list[Column | np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = [
        instants_as_text(track.time_s, decimals),
        Column(track.lat, 2, 7),
        Column(track.lon, 3, 7),
        Column(track.height_m, 5, 2),
        Column(track.roll_deg, 3, 3),
        Column(track.pitch_deg, 3, 3),
        Column(track.heading_deg, 3, 3),
    ]
    if track.marks:
        head.append(f"# marks: {' '.join(track.marks)}")
        names.append(_MARKS)
        word = np.frombuffer(" ".join(track.marks).encode(), dtype=np.uint8)
        columns.append(np.broadcast_to(word, (len(track), len(word))))
    text = "\n".join([*head, ",".join(names)]) + "\n"
    return text.encode() + rows_of_text(columns)
