"""Sidecars of frames as files: written beside nothing but themselves, and read back.

An original is opened to be read, and hashed; nothing here opens one to write.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import DataError, OverflightError
from overflight.files import read_bounded, write_atomic
from overflight.formats.annotation_json import FrameFile, annotation_to_dict, read_annotation
from overflight.formats.annotation_parse import parse_annotations
from overflight.formats.annotation_text import PLAIN
from overflight.formats.strict_json import decode_utf8
from overflight.imagery.annotate.build import Annotated
from overflight.imagery.annotate.tags import annotation_of_tags
from overflight.terms.annotation import Forms, ReadAnnotation, Style
from overflight.terms.track import FrameExposure
from overflight.units import Seconds

ENDING = ".annotation.json"
_PICTURES = (".tif", ".tiff")
_CHUNK = 1 << 20
_NUMBER = re.compile(r"([0-9]+)(?=[^0-9]*\Z)", re.ASCII)
_EXIF_IFD, _TAKEN, _PART, _ZONE = 0x8769, 0x9003, 0x9291, 0x9011


@dataclass(frozen=True, slots=True)
class Written:
    """A sidecar that was written: the frame's name, where it lies, and what it says."""

    name: str
    path: Path
    document: Mapping[str, Any]

    @property
    def texts(self) -> dict[str, str]:
        """Item -> text, as written."""
        return {entry["item"]: entry["text"] for entry in self.document["items"]}


def write_sidecar(
    original: Path,
    name: str,
    annotated: Annotated,
    forms: Forms,
    folder: Path,
    *,
    sensor: str = "",
    treaty: str = "",
    style: Style = PLAIN,
) -> Written:
    """Write ``NAME.annotation.json`` into ``folder``. DataError for a value without a form, and
    where the file of that name is the original itself."""
    size, digest = measured_file(original)
    frame = FrameFile(original.name, sensor, size, digest)
    document = annotation_to_dict(
        annotated.annotation, forms, frame, treaty=treaty, style=style, missing=annotated.missing
    )
    path = folder / f"{name}{ENDING}"
    if path.exists() and path.samefile(original):
        raise DataError("this is the original", file=path, remedy="Name another folder with --out.")
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    write_atomic(path, text + "\n")
    return Written(name, path, document)


def measured_file(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file, which is only read."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise DataError(
            f"it cannot be read: {error.strerror or error}", file=path, remedy="Check the path."
        ) from None
    return size, digest.hexdigest()


def frame_number(name: str) -> int | None:
    """The last number in a frame's name; None where there is none that a frame could have."""
    match = _NUMBER.search(name)
    return int(match[1]) if match and len(match[1].lstrip("0")) <= 6 else None


def exposure_of(name: str, exposures: Sequence[FrameExposure], sensor: str | None) -> FrameExposure:
    """The exposure of the frame's file, or, where no files are told, with the number in its name.
    DataError where there is none, or where several sensors have it and none is named."""
    number = frame_number(name)
    named = Path(name).stem.lower()
    files = any(e.file for e in exposures)
    same = [
        e
        for e in exposures
        if sensor in (None, e.sensor, "" if files else None)
        and (Path(e.file).stem.lower() == named if files else e.number == number)
    ]
    if not same and files:
        raise DataError(
            f"{name} is not among the files of the exposures",
            remedy="Write a line for it, with its file's name and its time.",
        )
    if not same:
        what = "no number in its name" if number is None else f"no exposure number {number}"
        raise DataError(
            f"{name}: {what}" + (f" of sensor {sensor}" if sensor else ""),
            remedy="Name frames by their number, and give the exposures of this sensor.",
        )
    if len(same) > 1:
        whose = ", ".join(sorted({e.sensor for e in same}))
        raise DataError(
            f"{name}: its exposure (number {number}) is there {len(same)} times ({whose})",
            remedy="Say which sensor is meant with --sensor.",
        )
    return same[0]


def exif_time(path: Path) -> Seconds:
    """When the frame was taken, by EXIF, with its zone. DataError where it does not say both."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            told = image.getexif().get_ifd(_EXIF_IFD)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise DataError(
            f"no time of exposure can be read from it ({type(error).__name__})",
            file=path,
            remedy="Give the times with --exposures FILE.",
        ) from None
    taken, zone = str(told.get(_TAKEN, "")).strip("\0 "), str(told.get(_ZONE, "")).strip("\0 ")
    part = str(told.get(_PART, "")).strip("\0 ")
    fraction = f".{part[:6]}" if part.isascii() and part.isdecimal() else ""
    try:
        moment = dt.datetime.strptime(
            f"{taken}{fraction or '.0'}{zone.replace('Z', '+00:00')}", "%Y:%m:%d %H:%M:%S.%f%z"
        )
    except ValueError:
        raise DataError(
            "EXIF does not say when it was taken, and in which zone",
            file=path,
            remedy="Give the times with --exposures FILE.",
        ) from None
    return moment.timestamp()


def read_annotations(path: Path, forms: Forms) -> tuple[ReadAnnotation, ...]:
    """The annotations of a file: a sidecar, a text of any layout, or the tags of a TIFF.

    Raises DataError for a file that is none of these.
    """
    ending = path.suffix.lower()
    if ending == ".json":
        return (read_annotation(path),)
    if ending in _PICTURES:
        return (_of_picture(path, forms),)
    text = decode_utf8(read_bounded(path), str(path))
    found = parse_annotations(text, forms, where=str(path))
    if not found:
        raise DataError("there is no annotation in it", file=path, remedy="Give another file.")
    return found


def _of_picture(path: Path, forms: Forms) -> ReadAnnotation:
    try:
        import rasterio
    except ImportError:
        raise DataError(
            "reading the tags of a picture needs rasterio",
            file=path,
            remedy="Install it (pip install rasterio), or give the sidecar.",
        ) from None
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            with rasterio.open(path) as picture:
                tags = {str(key): str(value) for key, value in picture.tags().items()}
    except rasterio.errors.RasterioError as error:
        raise DataError(
            f"it cannot be read: {error}"[:200], file=path, remedy="Give a TIFF, or the sidecar."
        ) from None
    read = annotation_of_tags(tags, forms, str(path))
    if read is None:
        raise DataError(
            "the picture bears no annotation", file=path, remedy="Give the sidecar instead."
        )
    return read


def gathered(paths: Sequence[Path]) -> list[Path]:
    """The files named, and of a folder its sidecars in the order of their names."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob(f"*{ENDING}"))
            if not inside:
                raise DataError(
                    f"there is no *{ENDING} in this folder",
                    file=path,
                    remedy="Name the files one by one.",
                )
            found += inside
        else:
            found.append(path)
    return found


Outcome = Written | OverflightError
"""What came of one frame."""
