"""Positions made better than they came: by the camera's clock, ground control, ties of frames."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import ImageError, OverflightError, TrackError
from overflight.formats.control_points import ControlSighting
from overflight.formats.orientation_files import stem
from overflight.geo.earth_fixed import from_earth_fixed
from overflight.imagery.annotate.sidecars import exposure_of
from overflight.imagery.orient.clocks import KnownPlace, TimeOffset, time_offset
from overflight.imagery.orient.control import (
    OrientationReport,
    refined,
    resected_by_control,
    tied_to_control,
)
from overflight.imagery.orient.features import available
from overflight.imagery.orient.metadata import read_metadata
from overflight.imagery.orient.patches import Picture, Surface, picture_of
from overflight.imagery.process.heights import level_of
from overflight.imagery.process.job import Ground
from overflight.imagery.process.orienting import Known, Placed, interior_of, placed_at
from overflight.imagery.sources import open_source
from overflight.terms.frames import Floats, Interior, OrientedFrame

_AROUND_DEG = 0.03
_ALL_PIXELS = 200_000_000
"""Grey pixels held at once when frames are tied; more frames are held smaller."""
_MOST_EACH = 40_000_000


@dataclass(frozen=True, slots=True)
class Better:
    """What was asked: control points, tying, and numbers of the camera to be found with them."""

    control: Sequence[ControlSighting] = ()
    tie: bool = False
    calibrate: tuple[str, ...] = ()


def clock_offset(paths: Mapping[str, Path], known: Known) -> TimeOffset:
    """The offset of the camera's clock, from frames whose metadata know their place.

    Raises TrackError without a track or enough such frames, and where it cannot be told.
    """
    if known.track is None:
        raise TrackError(
            "a clock's offset is found against a track", remedy="Give --track, or no --time-offset."
        )
    places: list[KnownPlace] = []
    for name, path in paths.items():
        try:
            written = read_metadata(path)
            time_s = written.time_s
            if known.exposures:
                time_s = exposure_of(name, known.exposures, known.sensor).time_s
        except OverflightError:
            continue  # told when the frame itself is oriented
        if None not in (time_s, written.lat, written.lon):
            places.append(KnownPlace(name, float(time_s or 0.0), written.lat or 0.0,
                                     written.lon or 0.0))  # fmt: skip
    return time_offset(known.track, places)


def resected(
    paths: Mapping[str, Path], failed: dict[str, OverflightError], known: Known, better: Better
) -> dict[str, Placed]:
    """Frames that have no position of their own but show enough control points; they leave
    ``failed``. The reason of the others becomes that of control, where they show any."""
    if not better.control:
        return {}
    interiors = {}
    read = {}
    for name in failed:
        try:
            read[name] = read_metadata(paths[name])
            interiors[name] = interior_of(name, read[name], known)
        except OverflightError as error:
            failed[name] = error
    found, lost = resected_by_control(interiors, better.control, known.undulation)
    if better.tie and len(interiors) > max(1, len(found)) and available():
        try:
            found = _tied(interiors, paths, known, better)
        except ImageError as error:
            lost = {name: lost.get(name, error) for name in interiors}
    for name, reason in lost.items():
        if any(stem(name) == stem(c.image) for c in better.control):
            failed[name] = reason
    placed = {}
    for name, frame in found.items():
        try:
            placed[name] = placed_at(name, frame.exterior, read[name], None, known)
        except OverflightError as error:
            failed[name] = error
        else:
            del failed[name]
    return placed


def _tied(
    interiors: Mapping[str, Interior], paths: Mapping[str, Path], known: Known, better: Better
) -> dict[str, OrientedFrame]:
    """Frames without a position, put together by features and laid upon control. What the
    adjustment says of their accuracy is left out: they are adjusted again, with all others."""
    each = min(_MOST_EACH, max(500_000, _ALL_PIXELS // len(interiors)))
    pictures = {name: _picture(paths[name], each) for name in interiors}
    frames, _ = tied_to_control(interiors, pictures, better.control, known.undulation)
    return {
        name: replace(frame, exterior=replace(frame.exterior, sigma_m=None, sigma_deg=None))
        for name, frame in frames.items()
    }


def bettered(
    placed: Mapping[str, Placed], paths: Mapping[str, Path], ground: Ground, known: Known,
    better: Better,
) -> tuple[dict[str, Placed], OrientationReport]:  # fmt: skip
    """All frames adjusted together. Raises ImageError where there is nothing to adjust by."""
    names = list(placed)
    frames = [placed[name].frame for name in names]
    pictures: dict[str, Picture] | None = None
    surface: Surface | None = None
    if better.tie:
        if len(frames) < 2:
            raise ImageError("one frame cannot be tied", remedy="Give frames that overlap.")
        each = min(_MOST_EACH, max(500_000, _ALL_PIXELS // len(frames)))
        pictures = {frame.name: _picture(paths[frame.name], each) for frame in frames}
        surface = surface_of(ground, [frame.exterior.eye for frame in frames])
    done, report = refined(
        frames, pictures, surface, control=better.control, undulation=known.undulation,
        calibrate=better.calibrate,
    )  # fmt: skip
    how = " and ".join(
        word for word, used in (("control", bool(better.control)), ("ties", better.tie)) if used
    )
    out = {}
    for name, frame in zip(names, done, strict=True):
        source = f"{placed[name].frame.exterior.source}, adjusted by {how}"
        frame = replace(frame, exterior=replace(frame.exterior, source=source))
        lat, lon, height = (float(value) for value in from_earth_fixed(frame.exterior.eye))
        moment = replace(placed[name].moment, lat=lat, lon=lon, height_m=height)
        out[name] = replace(placed[name], frame=frame, moment=moment)
    return out, report


def surface_of(ground: Ground, eyes: Sequence[Floats]) -> Surface:
    """Heights above the ellipsoid under and around some places."""
    import pyproj

    from overflight.imagery.elevation import Terrain

    if ground.dem is None:
        level = level_of(ground, *(float(v[0]) for v in from_earth_fixed(np.asarray(eyes))[:2]))
        return lambda lat, lon: np.full(np.broadcast_shapes(np.shape(lat), np.shape(lon)), level)
    lat, lon, _ = from_earth_fixed(np.asarray(eyes))
    middle = float(lon[0])
    lon = middle + (lon - middle + 180.0) % 360.0 - 180.0
    wide = _AROUND_DEG / max(0.05, math.cos(math.radians(float(lat.mean()))))
    box = (
        float(lon.min()) - wide, float(lat.min()) - _AROUND_DEG,
        float(lon.max()) + wide, float(lat.max()) + _AROUND_DEG,
    )  # fmt: skip
    terrain = Terrain.read(ground.dem, geoid=ground.geoid, around=box)
    to_terrain = pyproj.Transformer.from_crs("EPSG:4326", terrain.crs, always_xy=True)
    return lambda lat, lon: terrain.heights(*to_terrain.transform(lon, lat))


def report_to_dict(report: OrientationReport | None, clock: TimeOffset | None) -> dict[str, Any]:
    """What was made better, for the run's document; null where there was nothing."""
    told: dict[str, Any] = {"clock": None, "adjustment": None}
    if clock is not None:
        told["clock"] = {
            "seconds": round(clock.seconds, 3),
            "interval_95": [round(clock.low, 3), round(clock.high, 3)],
            "residual_m": round(clock.residual_m, 2),
            "frames": clock.frames,
        }
    if report is not None:
        told["adjustment"] = {
            "ties": report.ties,
            "tie_px": _known(report.tie_px),
            "control_px": _known(report.control_px),
            "check_px": _known(report.check_px),
            "check_m": _known(report.check_m),
            "points": [
                {
                    "point": p.point, "frame": p.frame, "column_px": _known(p.column_px),
                    "row_px": _known(p.row_px), "ground_m": _known(p.ground_m), "check": p.check,
                }
                for p in report.points
            ],
            "notes": list(report.notes),
        }  # fmt: skip
    return told


def _known(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None


def _picture(path: Path, most: int) -> Picture:
    source = open_source(path)
    return picture_of(source.window(0, source.rows, 0, source.columns), most)
