"""Cameras from TOML files, and back into plain tables.

    [camera]
    id = "frame-80"
    name = "Frame camera, 80 mm"
    kind = "digital-framing"     # framing, video, panoramic, line-scanner or radar
    mounting = "INT1V"           # as data are annotated; tilt_deg where that is not enough
    focal_mm = 79.8
    pitch_um = 4.0
    pixels_across = 26460        # or across_mm
    pixels_along = 17004         # or along_mm

From a calibration, where there is one:

    principal_mm = [0.012, -0.004]                 # of the axis, from the middle, right and down
    distortion = [-0.02, 0.003, 0.0, 1e-4, 0.0]    # Brown's k1, k2, k3, p1, p2

The keys that a kind takes are the fields of its type in ``overflight.terms.camera``.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError, SensorError
from overflight.formats.mountings import parse_mounting, tilt_deg, write_mounting
from overflight.formats.strict_json import decode_utf8, read_source
from overflight.terms.camera import (
    FAN,
    KINDS,
    LEFT,
    RIGHT,
    Camera,
    FrameCamera,
    LineScanner,
    Mounting,
    PanoramicCamera,
    Radar,
)

_TYPES: Mapping[str, type[Camera]] = {
    "framing": FrameCamera,
    "digital-framing": FrameCamera,
    "video": FrameCamera,
    "panoramic": PanoramicCamera,
    "line-scanner": LineScanner,
    "radar": Radar,
}
_TEXTS = ("id", "name", "kind", "mounting", "side")
_SIGNED = ("tilt_deg", "left_deg", "right_deg")
_LISTS = {"principal_mm": (2, 2), "distortion": (1, 5)}
"""Keys that hold numbers in brackets, with how many at least and at most."""
_PIXELS = {"pixels_across": "across_mm", "pixels_along": "along_mm"}
_LEAST, _MOST = 1e-9, 1e9
"""No figure of a camera is smaller or larger in its unit."""

_ROUNDED_DEG = 1.0
"""How far a tilt may part from its annotation, which gives whole degrees."""


def read_camera(source: str | Path | bytes) -> Camera:
    """The camera of a TOML file, of standard input ("-") or of bytes.

    Raises DataError, with file and key, for anything that is not one.
    """
    data, label = read_source(source)
    try:
        document = tomllib.loads(decode_utf8(data, label))
    except tomllib.TOMLDecodeError as error:
        raise DataError(
            f"this is not TOML: {error}", file=label, remedy="Correct the syntax there."
        ) from None
    except RecursionError:
        raise DataError(
            "the file is nested too deeply", file=label, remedy="Give one flat table [camera]."
        ) from None
    table = document.get("camera")
    if not isinstance(table, dict):
        raise DataError(
            "there is no table [camera]", file=label, remedy="Begin the file with [camera]."
        )
    return camera_from(table, label)


def camera_from(table: Mapping[str, Any], label: str = "the camera") -> Camera:
    """The camera that a table describes. Raises DataError."""
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise _wrong(f"{kind!r} is no kind of camera", label, "kind", f"One of {', '.join(KINDS)}.")
    type_ = _TYPES[kind]
    known = {field.name: field for field in dataclasses.fields(type_)}
    given = {key: value for key, value in table.items() if key not in _PIXELS}
    for key, value in given.items():
        if key not in known:
            raise _wrong(
                f"{key!r} is no key of a {kind}", label, key, f"It takes {', '.join(known)}."
            )
        given[key] = _checked(key, value, label)
    for pixels, length in _PIXELS.items():
        if pixels in table:
            given[length] = _from_pixels(table, pixels, length, known, label)
    for key, field in known.items():
        if key not in given and field.default is dataclasses.MISSING:
            raise _wrong(f"{key!r} is missing", label, key, f"A {kind} needs it.")
    _mount(given, known, label)
    if "left_deg" in known and not -90 < given["left_deg"] < given["right_deg"] < 90:
        remedy = "Let left_deg be less than right_deg, both within 90 degrees of the vertical."
        raise _wrong("the scan has no width", label, "left_deg", remedy)
    if "half_scan_deg" in known and not given["half_scan_deg"] < 90:
        raise _wrong("the scan reaches the horizon", label, "half_scan_deg", "Give below 90.")
    return type_(**given)


def camera_table(camera: Camera) -> dict[str, Any]:
    """The table that ``camera_from`` reads back: what is not known is left out."""
    table: dict[str, Any] = {}
    for field in dataclasses.fields(camera):
        value = getattr(camera, field.name)
        if isinstance(value, Mounting):
            table[field.name] = write_mounting(value)
        elif value is not None and value != ():
            table[field.name] = list(value) if isinstance(value, tuple) else value
    return table


def _checked(key: str, value: Any, label: str) -> Any:
    if key == "assumed":
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise _wrong("'assumed' is no list of keys", label, key, 'Write ["focal_mm"].')
        return tuple(value)
    if key in _LISTS:
        return _numbers(key, value, label)
    if key in _TEXTS:
        if not isinstance(value, str) or not value.strip() or len(value) > 200:
            raise _wrong(f"{key!r} is no text", label, key, "Write a short text in quotes.")
        if key == "side" and value not in (LEFT, RIGHT):
            raise _wrong(f"{value!r} is no side", label, key, f"{LEFT} or {RIGHT}.")
        return parse_mounting_at(value, label) if key == "mounting" else value
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    sized = number and (value == 0 or _LEAST <= abs(value) <= _MOST)
    if not sized or (value <= 0 and key not in _SIGNED):
        what = "a number" if key in _SIGNED else "a number above zero"
        raise _wrong(f"{key} is {value!r}, not {what}", label, key, "Leave out what is not known.")
    return float(value)


def _numbers(key: str, value: Any, label: str) -> tuple[float, ...]:
    least, most = _LISTS[key]
    numbers = isinstance(value, list) and all(
        isinstance(v, (int, float)) and not isinstance(v, bool) and abs(v) <= _MOST for v in value
    )
    if not numbers or not least <= len(value) <= most:
        count = f"{least} to {most}" if least < most else f"{least}"
        raise _wrong(f"{key} is not a list of {count} numbers", label, key, "Write [0.01, -0.2].")
    return tuple(float(v) for v in value)


def parse_mounting_at(text: str, label: str) -> Mounting:
    """``parse_mounting`` with the file in its error."""
    try:
        return parse_mounting(text)
    except SensorError as error:
        raise DataError(error.message, file=label, where="mounting", remedy=error.remedy) from None


def _from_pixels(
    table: Mapping[str, Any], pixels: str, length: str, known: Mapping[str, Any], label: str
) -> float:
    """Millimetres of that many detector elements."""
    if length not in known:
        raise _wrong(f"{pixels!r} is no key of this kind", label, pixels, "Take it out.")
    if length in table:
        raise _wrong(f"both {pixels} and {length} are given", label, pixels, "Give one.")
    if "pitch_um" not in table:
        raise _wrong(f"{pixels} without pitch_um", label, pixels, "Give pitch_um as well.")
    count = _checked(pixels, table[pixels], label) * _checked("pitch_um", table["pitch_um"], label)
    return float(count) / 1000.0


def _mount(given: dict[str, Any], known: Mapping[str, Any], label: str) -> None:
    """Take the tilt, or a radar's side, from the mounting; refuse the two where they part."""
    mounting = given.get("mounting")
    if mounting is None or mounting.pointing == FAN:
        return
    if "side" in known and mounting.pointing in (LEFT, RIGHT):
        if given.setdefault("side", mounting.pointing) != mounting.pointing:
            raise _wrong("side and mounting look to different sides", label, "side", "Give one.")
    elif "tilt_deg" in known:
        told = tilt_deg(mounting)
        vertical = abs(given.get("tilt_deg", told)) <= 5.0 and told == 0.0
        if not vertical and abs(given.setdefault("tilt_deg", told) - told) > _ROUNDED_DEG:
            raise _wrong(
                f"tilt_deg is {given['tilt_deg']:g}, the mounting says {told:g}",
                label,
                "tilt_deg",
                "Correct one of them; angles are from the vertical, positive to the right.",
            )


def _wrong(message: str, label: str, where: str, remedy: str) -> DataError:
    return DataError(message, file=label, where=where, remedy=remedy)
