"""Recordings as sequences of frames: YUV4MPEG2 files, and folders of pictures.

Only the luminance is read. YUV4MPEG2 is what every converter of video writes (a header line, then
each frame uncompressed behind a line FRAME); compressed recordings are to be converted to it, since
a measurement wants to know what was done to a picture before.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.imagery.frames_in import grey, read_frame

Pixels = NDArray[Any]

PICTURES = (".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg")
_MAGIC = b"YUV4MPEG2"
_LONGEST_LINE = 1024
_MOST_FRAMES = 1_000_000
_CHROMA = {"420": (2, 2), "411": (4, 1), "422": (2, 1), "444": (1, 1), "mono": (0, 0)}
_COLOURS = re.compile(r"(420|411|422|444|mono)(?:jpeg|mpeg2|paldv)?p?(\d+)?")
_PROGRESSIVE = ("p", "?", "")


class Recording(Protocol):
    """A sequence of frames; ``top`` is the highest count of a pixel."""

    @property
    def count(self) -> int: ...
    @property
    def top(self) -> float: ...
    @property
    def name(self) -> str: ...
    @property
    def rate(self) -> float | None: ...
    def luma(self, number: int) -> Pixels: ...


@dataclass(frozen=True, slots=True)
class Stream:
    """A YUV4MPEG2 file: size, bytes of its header, of a frame with its line, of a sample."""

    path: Path
    columns: int
    rows: int
    rate: float | None
    begins: int
    stride: int
    sample: int
    bits: int
    count: int

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def top(self) -> float:
        return float(2**self.bits - 1)

    def luma(self, number: int) -> Pixels:
        """Frame ``number`` from 0, (rows, columns). Raises DataError for one that is not there, or
        whose line has parameters of its own."""
        _require_there(number, self.count, self.path)
        with self.path.open("rb") as stream:
            stream.seek(self.begins + number * self.stride)
            line = stream.readline(_LONGEST_LINE)
            if line != b"FRAME\n":
                raise _damaged(self.path, f"frame {number} begins with no plain line FRAME")
            data = stream.read(self.rows * self.columns * self.sample)
        if len(data) < self.rows * self.columns * self.sample:
            raise _damaged(self.path, f"frame {number} ends early")
        kind = np.dtype(np.uint8) if self.sample == 1 else np.dtype("<u2")
        pixels = np.frombuffer(data, kind).reshape(self.rows, self.columns)
        return np.array(pixels.astype(pixels.dtype.newbyteorder("=")))


@dataclass(frozen=True, slots=True)
class Folder:
    """Pictures of one folder in the order of their names; ``rate`` is not known of them."""

    path: Path
    files: tuple[Path, ...]
    rate: float | None = None

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def count(self) -> int:
        return len(self.files)

    @property
    def top(self) -> float:
        return float(read_frame(self.files[0]).top)

    def luma(self, number: int) -> Pixels:
        _require_there(number, self.count, self.path)
        frame = read_frame(self.files[number])
        return frame.pixels if frame.pixels.ndim == 2 else grey(frame)


def open_recording(path: Path) -> Recording:
    """A recording from a .y4m file, a folder of pictures, or one picture.

    Raises DataError for anything else, and for interlaced frames: their two fields are a fiftieth
    of a second apart, in which the aircraft moves by metres.
    """
    if path.is_dir():
        files = tuple(sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURES))
        if not files:
            raise DataError("no pictures are in it", file=path, remedy=f"Of {', '.join(PICTURES)}.")
        return Folder(path, files)
    if path.suffix.lower() in PICTURES:
        return Folder(path, (path,))
    with _opened(path) as stream:
        line = stream.readline(_LONGEST_LINE)
        if not line.startswith(_MAGIC + b" ") or not line.endswith(b"\n"):
            raise DataError(
                "this is no recording that can be read", file=path,
                remedy="Convert it to YUV4MPEG2 (.y4m) without scaling or sharpening, or to a "
                "folder of pictures.",
            )  # fmt: skip
        return _stream(path, line, os.fstat(stream.fileno()).st_size)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise DataError(f"it cannot be opened ({error.strerror})", file=path,
                        remedy="Check the path.") from None  # fmt: skip


def _stream(path: Path, line: bytes, size: int) -> Stream:
    words = {w[:1]: w[1:] for w in line.decode("ascii", "replace").split()[1:] if w[:1] != "X"}
    try:
        columns, rows = int(words["W"]), int(words["H"])
    except (KeyError, ValueError):
        raise _damaged(path, "the header tells no size") from None
    if not (1 <= columns <= 20_000 and 1 <= rows <= 20_000):
        raise _damaged(path, f"{columns} x {rows} pixels")
    if words.get("I", "") not in _PROGRESSIVE:
        raise DataError(
            "its frames are interlaced: two fields taken at different times", file=path,
            remedy="Separate the fields, each a frame of its own, without interpolation.",
        )  # fmt: skip
    colours = _COLOURS.fullmatch(words.get("C", "420"))
    depth = int(colours[2] or 8) if colours else 0
    if colours is None or not 8 <= depth <= 16:
        raise DataError(f"colours of the kind {words.get('C')!r}", file=path,
                        remedy="Convert it to 420, 422, 444 or mono.")  # fmt: skip
    sample = 1 if depth == 8 else 2
    across, down = _CHROMA[colours[1]]
    chroma = 0 if not across else 2 * (-(-columns // across)) * (-(-rows // down))
    stride = len(b"FRAME\n") + (columns * rows + chroma) * sample
    whole, rest = divmod(size - len(line), stride)
    if rest or not 0 < whole <= _MOST_FRAMES:
        raise _damaged(path, f"{whole} whole frames and {rest} bytes more")
    return Stream(path, columns, rows, _rate(words.get("F", "")), len(line), stride, sample, depth,
                  whole)  # fmt: skip


def _rate(text: str) -> float | None:
    above, _, below = text.partition(":")
    if above.isdigit() and below.isdigit() and int(below) and int(above):
        return int(above) / int(below)
    return None


def _require_there(number: int, count: int, path: Path) -> None:
    if not 0 <= number < count:
        raise DataError(
            f"there is no frame {number}; frames are 0 to {count - 1}", file=path,
            remedy="Name one of them.",
        )  # fmt: skip


def _damaged(path: Path, what: str) -> DataError:
    return DataError(
        f"the recording is damaged: {what}", file=path, remedy="Copy or convert it again."
    )


def y4m_bytes(frames: list[NDArray[np.uint8]], rate: int, comment: str = "") -> bytes:
    """Frames of one band as YUV4MPEG2, with a comment in the header (no spaces)."""
    rows, columns = frames[0].shape
    said = f" X{comment}" if comment else ""
    head = f"YUV4MPEG2 W{columns} H{rows} F{rate}:1 Ip A1:1 Cmono{said}\n".encode("ascii")
    return head + b"".join(b"FRAME\n" + np.ascontiguousarray(f).tobytes() for f in frames)


def marks_of_recording(recording: Recording, number: int) -> tuple[str, ...]:
    """SIMULATED where the pixels of a frame say so, or the header does."""
    from overflight.imagery.render.marked import borne
    from overflight.imagery.sources import Held
    from overflight.terms.track import SIMULATED

    if isinstance(recording, Stream):
        with recording.path.open("rb") as stream:
            if SIMULATED.encode() in stream.readline(_LONGEST_LINE):
                return (SIMULATED,)
    pixels = recording.luma(number)
    if pixels.dtype not in (np.uint8, np.uint16):
        pixels = pixels.astype(np.uint16)
    return (SIMULATED,) if borne(Held(pixels))[0] else ()
