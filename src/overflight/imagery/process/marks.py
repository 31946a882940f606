"""The marks that a frame's own file carries: whatever was simulated says so in its metadata."""

from __future__ import annotations

from pathlib import Path

from overflight.errors import OverflightError
from overflight.imagery.frames_in import header_of
from overflight.imagery.render.marked import borne
from overflight.imagery.sources import open_source
from overflight.terms.track import SIMULATED

_EXERCISE = "EXERCISE"
_MARKS = (SIMULATED, _EXERCISE)


def marks_of_original(path: Path) -> tuple[str, ...]:
    """Marks in any text of the file's metadata: TIFF tags, EXIF, PNG texts, comments."""
    said: list[str] = []
    with header_of(path) as image:
        said += [str(value) for value in image.getexif().values()]
        said += [str(value) for value in getattr(image, "tag_v2", {}).values()]
        said += [str(value) for value in image.info.values() if isinstance(value, (str, bytes))]
    text = " ".join(said)
    return tuple(mark for mark in _MARKS if mark in text)


def marks_of_picture(path: Path) -> tuple[str, ...]:
    """The marks of the file's metadata and of its pixels; none where it is no picture that can be
    read, which is for others to tell."""
    try:
        said = marks_of_original(path)
        if SIMULATED in said or not borne(open_source(path))[0]:
            return said
    except OverflightError:
        return ()
    return (SIMULATED, *said)
