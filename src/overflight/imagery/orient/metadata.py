"""Where a camera was and what it is, from what it wrote into the picture: EXIF and XMP.

EXIF 2.32 (CIPA DC-008) for place, time and focal length; the drone-dji tags of XMP for the
gimbal's attitude. Drones count AbsoluteAltitude by a barometer and may be off by tens of metres;
RelativeAltitude, above the place of take-off, is good to about a metre.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import ImageError
from overflight.imagery.frames_in import header_of
from overflight.imagery.orient.axes import exterior_of_gimbal
from overflight.terms.frames import Exterior, Interior
from overflight.units import Metres, Seconds

_EXIF, _GPS = 0x8769, 0x8825
_MAKE, _MODEL, _SUBJECT_TIME, _OFFSET_TIME = 0x010F, 0x0110, 0x9003, 0x9011
_FOCAL, _FOCAL_35, _PLANE_X, _PLANE_UNIT = 0x920A, 0xA405, 0xA20E, 0xA210
_FULL_FRAME_DIAGONAL_MM = math.hypot(36.0, 24.0)
_UNIT_MM = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}
_XMP = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)
_ATTRIBUTE = re.compile(r'drone-dji:(\w+)\s*(?:=\s*"([^"]*)"|>([^<]*)<)')
_HEAD_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Written:
    """What a picture's metadata say; None is what they do not. Angles in degrees: those of the
    camera, pitch -90 straight down. ``absolute_m`` and ``relative_m`` as the drone counts them."""

    columns: int
    rows: int
    make: str = ""
    model: str = ""
    time_s: Seconds | None = None
    lat: float | None = None
    lon: float | None = None
    absolute_m: Metres | None = None
    relative_m: Metres | None = None
    roll_deg: float | None = None
    pitch_deg: float | None = None
    yaw_deg: float | None = None
    focal_mm: float | None = None
    focal_px: float | None = None
    focal_source: str = ""
    sigma_m: Metres | None = None


def read_metadata(path: Path) -> Written:
    """Raises ImageError for a file that is no picture."""
    with header_of(path) as image:
        exif = image.getexif()
        columns, rows = image.size
        if exif.get(0x0112, 1) in (5, 6, 7, 8):
            columns, rows = rows, columns
        detail, gps = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
        base = dict(exif)
    with path.open("rb") as stream:
        xmp = _xmp(stream.read(_HEAD_BYTES))
    focal_px, source = _focal(detail, columns, rows)
    focal = _number(detail.get(_FOCAL))
    return Written(
        columns=columns,
        rows=rows,
        make=_text(base.get(_MAKE)),
        model=_text(base.get(_MODEL)),
        time_s=_time(detail, gps),
        lat=_degrees(gps.get(2), gps.get(1), "S"),
        lon=_degrees(gps.get(4), gps.get(3), "W"),
        absolute_m=xmp.get("AbsoluteAltitude", _altitude(gps)),
        relative_m=xmp.get("RelativeAltitude"),
        roll_deg=xmp.get("GimbalRollDegree"),
        pitch_deg=xmp.get("GimbalPitchDegree"),
        yaw_deg=xmp.get("GimbalYawDegree"),
        focal_mm=focal,
        focal_px=focal_px,
        focal_source=source,
        sigma_m=_number(gps.get(31)),
    )


def interior_of_metadata(written: Written, name: str) -> Interior:
    """Raises ImageError where the metadata do not tell the focal length in pixels."""
    if written.focal_px is None:
        raise ImageError(
            f"{name}: its metadata do not tell the camera's focal length in pixels",
            remedy="Give the camera with --camera FILE.",
        )
    return Interior(
        written.columns, written.rows, written.focal_px, written.focal_px,
        written.columns / 2.0, written.rows / 2.0,
    )  # fmt: skip


def exterior_of_metadata(
    written: Written, name: str, *, takeoff_m: Metres | None = None, undulation_m: Metres = 0.0
) -> Exterior:
    """Raises ImageError, naming what is missing.

    ``takeoff_m``: the height of the place of take-off above the ellipsoid, to which the relative
    altitude is added; without it the absolute one counts, lifted by ``undulation_m``.
    """
    lacking = [
        what
        for what, value in (("position", written.lat), ("position", written.lon),
                            ("attitude of the camera", written.pitch_deg),
                            ("attitude of the camera", written.yaw_deg))
        if value is None
    ]  # fmt: skip
    height = written.absolute_m
    source = f"metadata of {written.make} {written.model}".strip()
    if takeoff_m is not None and written.relative_m is not None:
        height = takeoff_m + written.relative_m
        source += ", height above take-off"
    elif height is not None:
        height += undulation_m
    if height is None:
        lacking.append("height")
    if lacking or written.lat is None or written.lon is None or height is None:
        raise ImageError(
            f"{name} has no {' and no '.join(dict.fromkeys(lacking))} in its metadata",
            remedy="Give --track with --exposures, --orientation FILE, or --control with four "
            "points in it.",
        )
    attitude = (written.roll_deg or 0.0, written.pitch_deg or 0.0, written.yaw_deg or 0.0)
    return exterior_of_gimbal(
        written.lat, written.lon, height, attitude, source=source, sigma_m=written.sigma_m
    )


def _xmp(data: bytes) -> dict[str, float]:
    found = _XMP.search(data)
    values: dict[str, float] = {}
    if found is None:
        return values
    for key, quoted, between in _ATTRIBUTE.findall(found.group().decode("utf-8", "replace")):
        number = _number((quoted or between).strip())
        if number is not None:
            values[str(key)] = number
    return values


def _focal(detail: Any, columns: int, rows: int) -> tuple[float | None, str]:
    """Focal length in pixels: from the pixels' own size, or from the 35 mm equivalent, which
    compares diagonals (CIPA DCG-001) and is rounded to a millimetre."""
    focal, plane = _number(detail.get(_FOCAL)), _number(detail.get(_PLANE_X))
    unit = _UNIT_MM.get(int(_number(detail.get(_PLANE_UNIT)) or 2))
    if focal and plane and unit:
        return focal * plane / unit, "focal length and the pixels' size"
    equivalent = _number(detail.get(_FOCAL_35))
    if equivalent:
        pixels = math.hypot(columns, rows)
        return equivalent / _FULL_FRAME_DIAGONAL_MM * pixels, "35 mm equivalent (rounded)"
    return None, ""


def _time(detail: Any, gps: Any) -> Seconds | None:
    """By the GPS where it is written, else the camera's clock with its zone; a clock without a
    zone tells no time that can be used."""
    day, clock = _text(gps.get(29)), gps.get(7)
    if day and clock is not None and len(clock) == 3:
        try:
            date = dt.datetime.strptime(day, "%Y:%m:%d").replace(tzinfo=dt.UTC)
            h, m, s = (float(part) for part in clock)
        except (ValueError, TypeError, ZeroDivisionError):
            return None
        return date.timestamp() + 3600.0 * h + 60.0 * m + s
    text, zone = _text(detail.get(_SUBJECT_TIME)), _text(detail.get(_OFFSET_TIME))
    if not (text and zone):
        return None
    try:
        return dt.datetime.strptime(f"{text}{zone}", "%Y:%m:%d %H:%M:%S%z").timestamp()
    except ValueError:
        return None


def _degrees(parts: Any, reference: Any, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60.0 + seconds / 3600.0
    if not math.isfinite(value) or value > 180.0:
        return None
    return -value if _text(reference).upper() == negative else value


def _altitude(gps: Any) -> float | None:
    value = _number(gps.get(6))
    below = gps.get(5) in (b"\x01", 1)
    return None if value is None else (-value if below else value)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) else None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return str(value or "").replace("\0", "").strip()
