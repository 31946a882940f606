"""What an image says of its radar: every reflector's impulse response, and each pair's separation.

Widths are taken in the slant plane and along the track; across the track the one on the ground is
the slant one over the sine of the angle at which the ray meets it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from overflight.errors import ImageError
from overflight.geo.earth_fixed import from_earth_fixed, to_earth_fixed
from overflight.imagery.elevation import Terrain
from overflight.imagery.radar import pairs
from overflight.imagery.radar.find import THRESHOLD_DB, bright_points
from overflight.imagery.radar.geometry import look_deg, pixel_of, place_on, positions
from overflight.imagery.radar.response import CHIP, Point, Profile, measure_point
from overflight.sensing.separation import dip_of
from overflight.terms.radar import (
    LIGHT_M_S,
    Cut,
    PairReading,
    RadarImage,
    Reflector,
    ReflectorArray,
    ReflectorReading,
)
from overflight.units import Metres

_CLOSE = 6.0
"""Widths within which another reflector lies in the first one's main and first side lobes."""
_CLOSE_NOTE = "near another reflector"
_FAINT_NOTE = "faint"


@dataclass(frozen=True, slots=True)
class RadarReading:
    """Of one image: what was found, the pairs, and the reflectors that were not found."""

    image: RadarImage
    reflectors: tuple[ReflectorReading, ...]
    pairs: tuple[PairReading, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Separation:
    """The reading by which two reflectors count as told apart."""

    option: str
    needed_db: float


def measure(
    image: RadarImage,
    terrain: Terrain,
    diagram: ReflectorArray | None = None,
    separation: Separation | None = None,
    *,
    threshold_db: float = THRESHOLD_DB,
    within_m: Metres = 10.0,
) -> RadarReading:
    """All that is bright, or, with a diagram, its reflectors, each the strongest point within
    ``within_m`` of its place. Raises ImageError where there is nothing."""
    points = _points(image, threshold_db)
    found = [(p, _reading(image, p, terrain)) for p in points]
    missing: tuple[str, ...] = ()
    if diagram is not None:
        found, missing = _named(image, found, diagram.reflectors, within_m)
    if not found:
        raise ImageError(
            "no reflector was found",
            remedy="Lower the threshold, or check the diagram against the image's geometry.",
        )
    noted = _noted(image, found, points, diagram)
    told = () if diagram is None else _pairs(image, noted, diagram, separation)
    return RadarReading(image, tuple(noted), tuple(told), missing)


def cells_of(image: RadarImage) -> tuple[float, float]:
    """Resolution cells that a sample is long: along the track, and in range."""
    along = 0.7 if image.doppler_hz is None else image.line_s * image.doppler_hz
    return along, 2.0 * image.range_m * image.about.bandwidth_mhz * 1e6 / LIGHT_M_S


def _points(image: RadarImage, threshold_db: float) -> list[Point]:
    found = []
    for row, column in bright_points(image.pixels, cells_of(image), threshold_db):
        try:
            found.append(measure_point(image.pixels, row, column, CHIP))
        except ImageError:
            continue  # a peak at the edge, or no peak between its samples
    return found


def _reading(image: RadarImage, point: Point, terrain: Terrain) -> ReflectorReading:
    place = place_on(image, point.row, point.column, terrain)
    antenna, _ = positions(image.track, image.first_s + point.row * image.line_s)
    sine = _sine_of_incidence(antenna, place)
    across = _cut(point.along_columns, image.range_m)
    along = _cut(point.along_rows, image.line_m)
    ground = across.interval_95
    return ReflectorReading(
        row=point.row,
        column=point.column,
        time_s=image.first_s + point.row * image.line_s,
        slant_m=image.near_m + point.column * image.range_m,
        look_deg=float(look_deg(image, point.row, place)),
        amplitude=abs(point.value),
        phase_deg=math.degrees(math.atan2(point.value.imag, point.value.real)),
        contrast_db=point.contrast_db,
        range=across,
        azimuth=along,
        ground_m=across.width_m / sine,
        ground_interval_95=None if ground is None else (ground[0] / sine, ground[1] / sine),
        notes=() if along.interval_95 else (_FAINT_NOTE,),
    )


def _cut(of: Profile, spacing: Metres) -> Cut:
    return Cut(of.width * spacing, of.interval(spacing), of.pslr_db, of.islr_db)


def _sine_of_incidence(antenna: Any, place: Any) -> float:
    """Of the angle between the ray and the ellipsoid's upright where it meets the ground."""
    if not np.isfinite(place).all():
        raise ImageError(
            "a reflector's range does not meet the ground",
            remedy="Give the height of the ground, or a terrain, that the image shows.",
        )
    lat, lon, _ = from_earth_fixed(place)
    phi, lam = np.radians(lat), np.radians(lon)
    up = np.array([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    ray = (antenna - place) / np.linalg.norm(antenna - place)
    return float(np.sqrt(max(1.0 - float(ray @ up) ** 2, 1e-6)))


def _named(
    image: RadarImage,
    found: Sequence[tuple[Point, ReflectorReading]],
    reflectors: Sequence[Reflector],
    within_m: Metres,
) -> tuple[list[tuple[Point, ReflectorReading]], tuple[str, ...]]:
    """Each reflector of the diagram with the nearest bright point, no point twice."""
    places = np.array([to_earth_fixed(r.lat, r.lon, r.height_m) for r in reflectors])
    rows, columns = pixel_of(image, places)
    options = []
    for n in range(len(reflectors)):
        for k, (point, _) in enumerate(found):
            along = (point.row - rows[n]) * image.line_m
            across = (point.column - columns[n]) * image.range_m
            if math.hypot(along, across) <= within_m:
                options.append((math.hypot(along, across), n, k, float(along), float(across)))
    taken: dict[int, tuple[Point, ReflectorReading]] = {}
    used: set[int] = set()
    for _, n, k, along, across in sorted(options):
        if n not in taken and k not in used:
            point, reading = found[k]
            own = replace(reading, id=reflectors[n].id, off_azimuth_m=along, off_range_m=across)
            taken[n] = (point, own)
            used.add(k)
    missing = tuple(r.id for n, r in enumerate(reflectors) if n not in taken)
    return [taken[n] for n in sorted(taken)], missing


def _noted(
    image: RadarImage,
    found: Sequence[tuple[Point, ReflectorReading]],
    points: Sequence[Point],
    diagram: ReflectorArray | None,
) -> list[ReflectorReading]:
    """Readings with the note of those that have a neighbour too near: by the diagram where there is
    one, since two reflectors that melted together are one peak and yet two."""
    if diagram is None:
        places = [(p.row, p.column) for p in points]
        own = [(point.row, point.column) for point, _ in found]
    else:
        xyz = np.array([to_earth_fixed(r.lat, r.lon, r.height_m) for r in diagram.reflectors])
        places = [(float(r), float(c)) for r, c in zip(*pixel_of(image, xyz), strict=True)]
        by_id = dict(zip((r.id for r in diagram.reflectors), places, strict=True))
        own = [by_id[reading.id] for _, reading in found]
    along, across = (_CLOSE / cell for cell in cells_of(image))
    noted = []
    for (_, reading), at in zip(found, own, strict=True):
        near = [p for p in places if abs(p[0] - at[0]) < along and abs(p[1] - at[1]) < across]
        notes = (*reading.notes, _CLOSE_NOTE) if len(near) > 1 else reading.notes
        noted.append(replace(reading, notes=notes))
    return noted


def _pairs(
    image: RadarImage,
    found: Sequence[ReflectorReading],
    diagram: ReflectorArray,
    separation: Separation | None,
) -> list[PairReading]:
    if separation is None or not diagram.pairs:
        return []
    by_id = {r.id: r for r in diagram.reflectors}
    lone = [r.amplitude**2 for r in found if _CLOSE_NOTE not in r.notes]
    unit = float(np.mean(lone or [r.amplitude**2 for r in found]))
    shift = _shift(image, found)
    told = []
    for first, second in diagram.pairs:
        xyz = np.array(
            [to_earth_fixed(r.lat, r.lon, r.height_m) for r in (by_id[first], by_id[second])]
        )
        rows, columns = pixel_of(image, xyz)
        rows, columns = rows + shift[0], columns + shift[1]
        line = pairs.profile(
            image.pixels, (float(rows[0]), float(columns[0])), (float(rows[1]), float(columns[1]))
        )
        dip = dip_of(line)
        distance = float(np.linalg.norm(xyz[1] - xyz[0]))
        along = abs(float(rows[1] - rows[0])) * image.line_m
        told.append(
            PairReading(
                first,
                second,
                distance,
                along,
                math.sqrt(max(distance**2 - along**2, 0.0)),
                dip,
                separation.needed_db,
                dip > 0.0 and dip >= separation.needed_db,
                separation.option,
                tuple(power / unit for power in line),
            )
        )
    return told


def _shift(image: RadarImage, found: Sequence[ReflectorReading]) -> tuple[float, float]:
    """Median of how far lone reflectors lie from their places, samples: what a pair may lie off."""
    lone = [r for r in found if _CLOSE_NOTE not in r.notes and r.off_range_m is not None]
    if not lone:
        return 0.0, 0.0
    along = float(np.median([r.off_azimuth_m or 0.0 for r in lone])) / image.line_m
    return along, float(np.median([r.off_range_m or 0.0 for r in lone])) / image.range_m
