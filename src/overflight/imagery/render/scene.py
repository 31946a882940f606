"""What lies on the simulated ground: bar targets, discs, and fields in between.

Everything has its place on the Earth, so that frames from different places show the same ground.
An object is drawn in coordinates of its own, metres to its right and to its front, and laid on
the map turned by its bearing (clockwise from true north).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.formats.strict_json import decode_utf8
from overflight.terms.frames import Floats
from overflight.units import Degrees, Metres

LIGHT = 0.5
"""Reflectance of a target's panel; its bars have it divided by their contrast."""
_DARK_GROUND = 0.08
_BARS, _ASPECT, _MARGIN = 3, 5.0, 2.0
_STEP = 2.0 ** (1.0 / 6.0)


@dataclass(frozen=True, slots=True)
class BarsOnGround:
    """A target with groups of three dark bars on a light panel, each width twice: bars that
    follow each other to the right, and to the front. Widths from ``widest_m`` down by ``ratio``."""

    lat: Degrees
    lon: Degrees
    bearing_deg: Degrees = 0.0
    widest_m: Metres = 0.6
    steps: int = 13
    ratio: float = _STEP
    contrast: float = 5.0

    @property
    def widths_m(self) -> tuple[Metres, ...]:
        return tuple(self.widest_m / self.ratio**k for k in range(self.steps))


@dataclass(frozen=True, slots=True)
class DiscOnGround:
    """A light disc on a dark square twice as wide: its middle is found to a tenth of a pixel."""

    lat: Degrees
    lon: Degrees
    diameter_m: Metres
    bearing_deg: Degrees = 0.0


Thing = BarsOnGround | DiscOnGround


@dataclass(frozen=True, slots=True)
class Scene:
    """Objects, and the seed of the fields between them."""

    things: tuple[Thing, ...] = ()
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """An object as shapes: rectangles (n, 5: right, front, right, front, reflectance) in the order
    of painting, discs (m, 4: right, front, radius, reflectance); ``half`` the half width and half
    length of all of it."""

    rectangles: Floats
    discs: Floats
    half: tuple[Metres, Metres]


def drawn(thing: Thing) -> Drawn:
    """The shapes of an object, its middle at 0, 0."""
    if isinstance(thing, DiscOnGround):
        d = thing.diameter_m
        square = np.array([[-d, -d, d, d, _DARK_GROUND]])
        return Drawn(square, np.array([[0.0, 0.0, d / 2.0, LIGHT]]), (d, d))
    dark = LIGHT / thing.contrast
    widths = thing.widths_m
    per = -(-len(widths) // 2)
    bars: list[list[float]] = []
    left, lowest = 0.0, 0.0
    for part in (widths[:per], widths[per:]):
        if not part:
            break
        y = _MARGIN * part[0]
        for width in part:
            broad, long = (2 * _BARS - 1) * width, _ASPECT * width
            x = left + _MARGIN * part[0]
            for k in range(_BARS):
                at = 2.0 * k * width
                bars.append([x + at, y, x + at + width, y + long, dark])
                start = x + broad + _MARGIN * width
                bars.append([start, y + at, start + long, y + at + width, dark])
            y += max(broad, long) + _MARGIN * width
        lowest = max(lowest, y + _MARGIN * part[-1])
        left += (2 * _BARS - 1 + _ASPECT + 3.0 * _MARGIN) * part[0]
    panel = [[0.0, 0.0, left, lowest, LIGHT]]
    shapes = np.array(panel + bars)
    middle = np.array([left / 2.0, lowest / 2.0])
    shapes[:, :2] -= middle
    shapes[:, 2:4] -= middle
    return Drawn(shapes, np.zeros((0, 4)), (left / 2.0, lowest / 2.0))


def read_scene(path: Path) -> Scene:
    """A scene from TOML: ``seed``, and tables [[bars]] and [[disc]] with the fields of
    ``BarsOnGround`` and ``DiscOnGround``. Raises DataError, with the place."""
    label = str(path)
    try:
        document = tomllib.loads(decode_utf8(read_bounded(path), label))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"this is not TOML: {error}", file=label, remedy="Correct it.") from None
    unknown = set(document) - {"seed", "bars", "disc"}
    if unknown:
        raise DataError(
            f"{min(unknown)!r} is no part of a scene", file=label,
            remedy="Write seed, [[bars]] and [[disc]].",
        )  # fmt: skip
    seed = document.get("seed", 1)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise DataError("the seed is no whole number", file=label, remedy="Write seed = 1.")
    things: list[Thing] = []
    for key, kind in (("bars", BarsOnGround), ("disc", DiscOnGround)):
        for number, table in enumerate(_tables(document, key, label), start=1):
            things.append(_thing(kind, table, f"{key}[{number}]", label))
    return Scene(tuple(things), seed)


def _tables(document: Mapping[str, Any], key: str, label: str) -> list[Any]:
    tables = document.get(key, [])
    if not isinstance(tables, list):
        raise DataError(f"{key} is no list", file=label, remedy=f"Write [[{key}]].")
    return tables


def _thing(kind: Any, table: Any, where: str, label: str) -> Any:
    try:
        if not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in table.values()):
            raise TypeError("a value is no number")
        thing = kind(**table)
        _require(thing)
    except (TypeError, AttributeError, ValueError) as error:
        raise DataError(
            f"this cannot be laid on the ground: {error}", file=label, where=where,
            remedy="Give lat and lon in degrees and lengths in metres above zero.",
        ) from None  # fmt: skip
    return thing


def _require(thing: Thing) -> None:
    if not (-90.0 <= thing.lat <= 90.0 and -180.0 <= thing.lon <= 180.0):
        raise ValueError("lat or lon is out of range")
    if isinstance(thing, DiscOnGround):
        sizes = [thing.diameter_m]
    else:
        sizes = [thing.widest_m, thing.ratio - 1.0, thing.contrast - 1.0]
        if thing.steps != int(thing.steps) or not 1 <= thing.steps <= 60:
            raise ValueError("steps is no whole number from 1 to 60")
    if not all(0.0 < size < 1e4 for size in sizes):
        raise ValueError("a length, ratio or contrast is out of range")
