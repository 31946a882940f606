"""Exterior orientations that others computed: tables of map coordinates or of latitudes, OpenSfM.

A table has a header with a column for the file's name and either x, y, z, omega, phi, kappa (map
coordinates and photogrammetric angles) or lat, lon, altitude, roll, pitch, yaw (degrees; a camera
that looks straight down with its top to the front at roll and pitch 0). Separated by commas,
semicolons, tabs or blanks; quotes are allowed; further columns are passed over.
"""

from __future__ import annotations

import csv
import math
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.formats.strict_json import decode_utf8, load_json

Three = tuple[float, float, float]

_NAMES = {
    "name": ("filename", "file", "name", "image", "label", "photo"),
    "x": ("x", "easting", "east", "e"),
    "y": ("y", "northing", "north", "n"),
    "z": ("z", "height", "alt", "altitude", "elevation", "h"),
    "omega": ("omega",),
    "phi": ("phi",),
    "kappa": ("kappa",),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "long", "longitude"),
    "roll": ("roll",),
    "pitch": ("pitch",),
    "yaw": ("yaw", "heading"),
}
_ON_MAP = ("x", "y", "z", "omega", "phi", "kappa")
_ON_EARTH = ("lat", "lon", "z", "roll", "pitch", "yaw")


@dataclass(frozen=True, slots=True)
class MapPose:
    """Map coordinates x, y, z and omega, phi, kappa in degrees."""

    name: str
    place: Three
    omega_phi_kappa: Three


@dataclass(frozen=True, slots=True)
class EarthPose:
    """Latitude, longitude (degrees), altitude (m) and roll, pitch, heading (degrees)."""

    name: str
    place: Three
    attitude: Three


@dataclass(frozen=True, slots=True)
class SfmCamera:
    """An OpenSfM camera, lengths as shares of the larger side of the picture; ``size`` pixels."""

    size: tuple[int, int]
    focal: tuple[float, float]
    centre: tuple[float, float]
    distortion: tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class SfmShot:
    """An OpenSfM shot: the rotation vector (radians) and translation that take points, in metres
    east, north and up of ``reference`` (latitude, longitude, altitude), into camera axes.

    ``grid_deg``: how far these axes are turned, anticlockwise, from true east and north:
    OpenDroneMap lays them along its UTM grid and does not say so.
    """

    name: str
    rotation: Three
    translation: Three
    reference: Three
    camera: SfmCamera
    time_s: float | None = None
    grid_deg: float = 0.0


Oriented = MapPose | EarthPose | SfmShot


def read_orientations(path: Path) -> tuple[Oriented, ...]:
    """The orientations of a file. Raises DataError, with the line, for what is none."""
    data = read_bounded(path)
    if path.suffix.lower() in (".json", ".geojson"):
        return _sfm(load_json(data, str(path)), str(path))
    return _table(decode_utf8(data, str(path)), str(path))


def _table(text: str, label: str) -> tuple[Oriented, ...]:
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        raise DataError("the file is empty", file=label, remedy="Give a table with a header.")
    separator = next((s for s in (",", ";", "\t") if s in lines[0][1]), None)
    header = [cell.lower() for cell in _cells(lines[0][1], separator, label, lines[0][0])]
    at: dict[str, int] = {}
    for key, names in _NAMES.items():
        places = [i for i, cell in enumerate(header) if cell in names]
        if places:
            at[key] = places[0]
    kind = next((k for k in (_ON_MAP, _ON_EARTH) if all(key in at for key in k)), None)
    if "name" not in at or kind is None:
        raise DataError(
            f"the header has {', '.join(header)[:200]}",
            file=label,
            line=lines[0][0],
            remedy="Name the columns filename and x y z omega phi kappa, or filename and latitude "
            "longitude altitude roll pitch yaw.",
        )
    found: list[Oriented] = []
    for number, line in lines[1:]:
        cells = _cells(line, separator, label, number)
        try:
            values = tuple(float(cells[at[key]]) for key in kind)
            name = cells[at["name"]]
        except (ValueError, IndexError):
            values, name = (math.nan,), ""
        if not name or not all(math.isfinite(value) for value in values):
            raise DataError(
                "a name and six numbers are expected", file=label, line=number,
                remedy=f"Give a number in each of {', '.join(kind)}.",
            )  # fmt: skip
        place, angles = (values[0], values[1], values[2]), (values[3], values[4], values[5])
        pose = MapPose if kind is _ON_MAP else EarthPose
        found.append(pose(name, place, angles))
    return _once(found, label)


def _cells(line: str, separator: str | None, label: str, number: int) -> list[str]:
    if separator is not None:
        row = next(csv.reader([line], delimiter=separator))
        return [cell.strip().strip("'\"") for cell in row]
    try:
        return shlex.split(line)
    except ValueError:
        raise DataError(
            "a quote is not closed", file=label, line=number, remedy="Close it."
        ) from None


def _sfm(document: Any, label: str) -> tuple[Oriented, ...]:
    """A reconstruction.json of OpenSfM, or of OpenDroneMap, which runs it."""
    parts = document if isinstance(document, list) else [document]
    found: list[Oriented] = []
    try:
        for part in parts:
            lla = part["reference_lla"]
            reference = (float(lla["latitude"]), float(lla["longitude"]), float(lla["altitude"]))
            cameras = {name: _camera(camera) for name, camera in part["cameras"].items()}
            turn = _grid_turn_deg(part["shots"].values(), reference)
            for name, shot in part["shots"].items():
                when = shot.get("capture_time")
                found.append(
                    SfmShot(
                        name,
                        _three(shot["rotation"]),
                        _three(shot["translation"]),
                        reference,
                        cameras[shot["camera"]],
                        float(when) if when else None,
                        turn,
                    )
                )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"this is no OpenSfM reconstruction ({error})",
            file=label,
            remedy="Give its reconstruction.json with reference_lla, cameras and shots; or a table "
            "of x y z omega phi kappa.",
        ) from None
    return _once(found, label)


def _grid_turn_deg(shots: Iterable[Mapping[str, Any]], reference: Three) -> float:
    """The convergence of the UTM grid where the shots' places, against those of the GPS beside
    them (which are to true east and north), are turned by about that much; else 0."""
    lat, lon = math.radians(reference[0]), reference[1]
    off_meridian = math.radians((lon + 180.0) % 6.0 - 3.0)
    expected = -math.atan(math.tan(off_meridian) * math.sin(lat))
    across = along = 0.0
    for shot in shots:
        gps = shot.get("gps_position")
        if not gps:
            continue
        x, y, _ = _eye(_three(shot["rotation"]), _three(shot["translation"]))
        across += x * float(gps[1]) - y * float(gps[0])
        along += x * float(gps[0]) + y * float(gps[1])
    found = math.atan2(across, along) if along else 0.0
    near = abs(found - expected) < 0.25 * abs(expected)
    return math.degrees(expected) if near else 0.0


def _eye(rotation: Three, translation: Three) -> Three:
    """Minus the translation, turned back: Rodrigues' formula about ``rotation``, backwards."""
    angle = math.hypot(*rotation) or 1e-300
    k = [-r / angle for r in rotation]
    t = [-v for v in translation]
    c, s = math.cos(angle), math.sin(angle)
    dot = sum(a * b for a, b in zip(k, t, strict=True)) * (1.0 - c)
    cross = (k[1] * t[2] - k[2] * t[1], k[2] * t[0] - k[0] * t[2], k[0] * t[1] - k[1] * t[0])
    x, y, z = (t[i] * c + cross[i] * s + k[i] * dot for i in range(3))
    return x, y, z


def _camera(camera: Mapping[str, Any]) -> SfmCamera:
    kind = camera["projection_type"]
    if kind not in ("perspective", "brown"):
        raise ValueError(f"projection {kind}")
    single = camera.get("focal")
    focal = (camera.get("focal_x", single), camera.get("focal_y", single))
    return SfmCamera(
        (int(camera["width"]), int(camera["height"])),
        (float(focal[0]), float(focal[1])),
        (float(camera.get("c_x", 0.0)), float(camera.get("c_y", 0.0))),
        (
            *(float(camera.get(k, 0.0)) for k in ("k1", "k2", "k3")),
            *(float(camera.get(k, 0.0)) for k in ("p1", "p2")),
        ),  # type: ignore[arg-type]
    )


def _three(values: Sequence[Any]) -> Three:
    a, b, c = (float(value) for value in values)
    if not all(math.isfinite(value) for value in (a, b, c)):
        raise ValueError("not a finite number")
    return a, b, c


def _once(found: list[Oriented], label: str) -> tuple[Oriented, ...]:
    names = [stem(one.name) for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not found or twice:
        raise DataError(
            f"{twice[0]} stands twice" if twice else "no frame is in it",
            file=label,
            remedy="Give each frame once.",
        )
    return tuple(found)


def stem(name: str) -> str:
    """A frame's name without folders and without the ending of a picture, in small letters."""
    return re.sub(r"\.(tiff?|jpe?g|png|bmp)$", "", re.split(r"[/\\]", name)[-1].lower())
