"""What a reader makes of a file of a track: its points as they stand, each with its line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import TrackError
from overflight.terms.track import Track


@dataclass(frozen=True, slots=True, eq=False)
class RecordedTrack:
    """A track in the order of its file. ``line`` (n,) is where each point stands there.

    ``unit`` says what ``line`` counts ("line", "point", "row"); ``notes`` what a reader should
    know (which columns were taken for what, how heights were chosen).
    """

    track: Track
    line: NDArray[np.int64]
    unit: str
    file: str
    notes: tuple[str, ...] = ()

    def place(self, i: int) -> str:
        """Where point ``i`` stands, for a message."""
        return f"{self.unit} {int(self.line[i])}"


def refuse(message: str, remedy: str, file: str, line: int | None = None) -> TrackError:
    """A TrackError that says where in the file."""
    where = f"{file}, line {line}: " if line is not None else f"{file}: "
    return TrackError(f"{where}{message}", remedy=remedy)


def require_places(recorded: RecordedTrack) -> RecordedTrack:
    """The same track; TrackError where a point lies nowhere on the Earth, or there is none."""
    track = recorded.track
    if len(track) == 0:
        raise refuse(
            "there is no point with a time in it",
            "Give a track whose points carry times; a route without times is not a track.",
            recorded.file,
        )
    for name, values, most in (("latitude", track.lat, 90.0), ("longitude", track.lon, 180.0)):
        bad = ~(np.abs(values) <= most + 1e-9)
        if bad.any():
            i = int(np.argmax(bad))
            raise refuse(
                f"{recorded.place(i)}: the {name} is {values[i]:g}",
                "Correct the point; coordinates are degrees, latitude first in our own CSV.",
                recorded.file,
            )
    if not np.isfinite(track.time_s).all():
        i = int(np.argmax(~np.isfinite(track.time_s)))
        raise refuse(
            f"{recorded.place(i)}: there is no time", "Give every point a time.", recorded.file
        )
    return recorded
