"""Exterior orientation of frames from the flown track: times, attitude, lever arm, boresight."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from overflight.errors import TrackError
from overflight.flying.exposing import at_times
from overflight.imagery.orient.axes import LEVEL, Three, exterior_in_aircraft, mounted
from overflight.terms.camera import FrameCamera
from overflight.terms.frames import Exterior, Floats
from overflight.terms.track import ELLIPSOID, MEAN_SEA_LEVEL, FrameExposure, Track
from overflight.units import Seconds

Undulation = Callable[[Floats, Floats], Floats]
"""Heights of the geoid over the ellipsoid, metres, at latitudes and longitudes."""


@dataclass(frozen=True, slots=True)
class Mount:
    """How a camera sits: boresight (roll, pitch, heading against the track's attitude, degrees)
    and lever arm (from the place of the track to the lens; forward, right, down, metres)."""

    boresight_deg: Three = LEVEL
    lever_arm_m: Three = LEVEL


def exteriors_on_track(
    track: Track,
    times: Mapping[str, Seconds],
    camera: FrameCamera,
    mount: Mount | None = None,
    *,
    undulation: Undulation | None = None,
    offset_s: Seconds = 0.0,
) -> tuple[dict[str, Exterior], dict[str, TrackError]]:
    """Exteriors by frame, and the frames that have none with the reason.

    ``times``: seconds since 1970 UTC by frame; ``offset_s`` is added to them. Heights above the
    sea need ``undulation`` to come onto the ellipsoid; without it they are taken as they are, and
    the exterior's source says so. Raises TrackError for a track without heights that count from
    either.
    """
    _require_heights(track)
    placed: dict[str, Exterior] = {}
    failed: dict[str, TrackError] = {}
    first, last = float(track.time_s[0]), float(track.time_s[-1])
    inside: list[str] = []
    for name, at in times.items():
        moment = at + offset_s
        if first <= moment <= last:
            inside.append(name)
            continue
        early = moment < first
        beyond = first - moment if early else moment - last
        failed[name] = TrackError(
            f"frame {name} was taken {beyond:.1f} s {'before' if early else 'after'} the "
            f"{'first' if early else 'last'} point of the track",
            remedy="Give the whole track, or the offset of the camera's clock with --time-offset.",
        )
    moments = np.array([times[name] + offset_s for name in inside])
    columns = at_times(track, moments) if inside else ()
    for name, *row in zip(inside, *(column.tolist() for column in columns), strict=True):
        made = _exterior(name, row, track, camera, mount or Mount(), undulation)
        if isinstance(made, TrackError):
            failed[name] = made
        else:
            placed[name] = made
    return placed, failed


def exteriors_of_exposures(
    exposures: Sequence[tuple[str, FrameExposure]],
    datum: str,
    camera: FrameCamera,
    mount: Mount | None = None,
    *,
    undulation: Undulation | None = None,
) -> tuple[dict[str, Exterior], dict[str, TrackError]]:
    """The same from exposures that carry place and attitude themselves; heights from ``datum``."""
    placed: dict[str, Exterior] = {}
    failed: dict[str, TrackError] = {}
    for name, e in exposures:
        row = [e.time_s, e.lat, e.lon, e.height_m, e.roll_deg, e.pitch_deg, e.heading_deg]
        made = _made(name, row, datum, "exposures", camera, mount or Mount(), undulation)
        if isinstance(made, TrackError):
            failed[name] = made
        else:
            placed[name] = made
    return placed, failed


def _exterior(
    name: str, row: list[float], track: Track, camera: FrameCamera, mount: Mount,
    undulation: Undulation | None,
) -> Exterior | TrackError:  # fmt: skip
    source = f"track {track.source}".strip()
    return _made(name, row, track.datum, source, camera, mount, undulation)


def _made(
    name: str, row: list[float], datum: str, source: str, camera: FrameCamera, mount: Mount,
    undulation: Undulation | None,
) -> Exterior | TrackError:  # fmt: skip
    _, lat, lon, height, roll, pitch, heading = row
    if not np.isfinite([lat, lon, height]).all():
        return TrackError(
            f"frame {name}: the track has no place or height at its time",
            remedy="Give a track with heights, or an orientation file.",
        )
    if not np.isfinite([roll, pitch, heading]).all():
        return TrackError(
            f"frame {name}: the track has no attitude at its time",
            remedy="Give roll, pitch and heading (a track of positions alone does not tell where a "
            "camera looks), or an orientation file.",
        )
    if datum == MEAN_SEA_LEVEL:
        if undulation is None:
            source += ", heights above the sea taken as they are"
        else:
            height += float(undulation(np.array([lat]), np.array([lon]))[0])
            source += ", geoid added to heights"
    camera_axes = mounted(camera.tilt_deg, mount.boresight_deg)
    return exterior_in_aircraft(
        lat, lon, height, (roll, pitch, heading), camera_axes,
        lever_arm=mount.lever_arm_m, source=source,
    )  # fmt: skip


def _require_heights(track: Track) -> None:
    if track.datum not in (ELLIPSOID, MEAN_SEA_LEVEL):
        raise TrackError(
            f"the heights of the track count from {track.datum}, which is no place in space",
            remedy="Give a track with heights above the ellipsoid or the sea; an altimeter's "
            "pressure is neither.",
        )
