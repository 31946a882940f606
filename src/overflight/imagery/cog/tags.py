"""The tags of a picture, of its place on the map, and of what is said of it.

TIFF 6.0; OGC GeoTIFF 1.1 (19-008r4) for the place; GDAL's tag 42112 for texts by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from overflight.errors import ImageError
from overflight.imagery.cog.directory import ASCII, DOUBLE, LONG, SHORT, Tag, escaped
from overflight.imagery.rectify.grid import MapGrid
from overflight.terms.track import SIMULATED
from overflight.version import VERSION

MARKS = "OVERFLIGHT_MARKS"
DESCRIPTION = "TIFFTAG_IMAGEDESCRIPTION"
DATETIME = "TIFFTAG_DATETIME"
_PLAIN, _DEFLATE, _ZSTANDARD = 1, 8, 50000
_TIME = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")
_BLACK_IS_ZERO, _RGB, _MASK = 1, 2, 4


def picture_tags(
    size: tuple[int, int],
    tile: int,
    bands: int,
    dtype: np.dtype[Any],
    *,
    reduced: bool = False,
    plain: bool = False,
) -> list[Tag]:
    """``size`` is columns, rows. No ``bands``: the mask of a picture, with a bit a pixel.
    ``reduced``: an overview. ``plain``: not compressed."""
    kind = (1 if reduced else 0) | (0 if bands else 4)
    bits = 8 * dtype.itemsize if bands else 1
    samples = max(bands, 1)
    shown = (_BLACK_IS_ZERO if bands == 1 else _RGB) if bands else _MASK
    tags = [
        Tag(254, LONG, [kind]),
        Tag(256, LONG, [size[0]]),
        Tag(257, LONG, [size[1]]),
        Tag(258, SHORT, [bits] * samples),
        Tag(259, SHORT, [_PLAIN if plain else _ZSTANDARD if bands else _DEFLATE]),
        Tag(262, SHORT, [shown]),
        Tag(277, SHORT, [samples]),
        Tag(284, SHORT, [1]),
        Tag(322, LONG, [tile]),
        Tag(323, LONG, [tile]),
        Tag(339, SHORT, [1] * samples),
    ]
    if bands and not plain:
        tags.append(Tag(317, SHORT, [2]))
    if bands == 4:
        tags.append(Tag(338, SHORT, [0]))
    return tags


def geo_tags(grid: MapGrid) -> list[Tag]:
    """Where the picture lies. Raises ImageError for a system that has no EPSG code."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_user_input(grid.crs)
        code = crs.to_epsg()
    except CRSError:
        crs, code = None, None
    flat = crs is not None and not crs.is_compound and (crs.is_projected or crs.is_geographic)
    if crs is None or code is None or not flat:
        raise ImageError(
            f"{grid.crs[:60]!r} is no coordinate system with an EPSG code for maps",
            remedy="Name one without heights, as EPSG:32637; without one, no program would know "
            "the place.",
        )
    model, key = (1, 3072) if crs.is_projected else (2, 2048)
    keys = [1, 1, 1, 3, 1024, 0, 1, model, 1025, 0, 1, 1, key, 0, 1, code]
    return [
        Tag(33550, DOUBLE, [grid.size, grid.size, 0.0]),
        Tag(33922, DOUBLE, [0.0, 0.0, 0.0, grid.left, grid.top, 0.0]),
        Tag(34735, SHORT, keys),
    ]


def described(metadata: Mapping[str, str], marks: Sequence[str]) -> list[Tag]:
    """Texts. Every mark stands first in the description and, by its name, in the metadata.
    Raises ImageError for a mark that would not come back as it is, and for a time in another form
    than TIFF 6.0's, "YYYY:MM:DD HH:MM:SS"."""
    texts = dict(metadata)
    for mark in marks:
        if mark.split() != [mark] or not (mark.isascii() and mark.isprintable()):
            raise ImageError(
                f"{mark!r} is no mark: a mark is one word in ASCII",
                remedy=f"Give a single word, as {SIMULATED}.",
            )
    said = texts.pop(DESCRIPTION, "")
    missing = [mark for mark in dict.fromkeys(marks) if mark not in said.split()]
    said = " ".join([*missing, said]).strip()
    when = texts.pop(DATETIME, "")
    if when and not _TIME.fullmatch(when):
        raise ImageError(
            f"{when[:40]!r} is not how a TIFF writes a time",
            remedy="Write it as 2021:07:15 09:30:00, in UTC.",
        )
    if marks:
        texts[MARKS] = " ".join(dict.fromkeys([*marks, *texts.get(MARKS, "").split()]))
    tags = [Tag(305, ASCII, f"overflight {VERSION}")]
    if said:
        tags.append(Tag(270, ASCII, _one_text(said)))
    if when:
        tags.append(Tag(306, ASCII, _one_text(when)))
    if texts:
        cleaned = {_one_text(name): _one_text(text) for name, text in texts.items()}
        tags.append(Tag(42112, ASCII, escaped(cleaned)))
    return tags


def marks_of(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """The marks in a file's metadata: by their name, and the mark of simulation wherever in it."""
    named = metadata.get(MARKS, "").split()
    everywhere = SIMULATED in " ".join(metadata.values())
    return tuple(dict.fromkeys([*named, *([SIMULATED] if everywhere else [])]))


def _one_text(text: str) -> str:
    """Without what XML and TIFF's texts, which end at a zero byte, cannot hold."""
    from overflight.formats.xml_text import text_of

    return text_of(text)
