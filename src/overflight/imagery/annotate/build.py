"""A frame's annotation out of what is known of it: its orientation, the track, the camera.

What is not known is left out and said; nothing is filled in. Heights above ground need the ground
in the same reckoning as the aircraft's height: both above the ellipsoid, or both above sea level.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.flying.exposing import at_times
from overflight.formats.annotation_text import words
from overflight.formats.mountings import mounting_of_tilt
from overflight.geo.earth_fixed import FLATTENING, SEMI_MAJOR_M, from_earth_fixed
from overflight.terms import annotation as terms
from overflight.terms.annotation import Annotation, Forms
from overflight.terms.camera import (
    Camera,
    FrameCamera,
    LineScanner,
    Mounting,
    PanoramicCamera,
    Radar,
)
from overflight.terms.frames import OrientedFrame
from overflight.terms.track import FrameExposure, Track
from overflight.units import Degrees, Metres, Seconds

Floats = NDArray[np.float64]

CATEGORY_OF_KIND: Mapping[str, str] = {
    "framing": "OF",
    "digital-framing": "OF",
    "video": "TV",
    "panoramic": "OP",
    "line-scanner": "IRLS",
    "radar": "SAR",
}
DIGITAL_MEDIUM = "TD"
"""What a digital camera writes on: the only digital medium that has letters."""

_HALF_SPAN_S = 2.5
"""Speed and course are taken over this time to either side."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the aircraft was and how it lay at one time; None is what nobody recorded."""

    time_s: Seconds | None = None
    lat: Degrees | None = None
    lon: Degrees | None = None
    height_m: Metres | None = None
    roll_deg: Degrees | None = None
    pitch_deg: Degrees | None = None
    heading_deg: Degrees | None = None
    course_deg: Degrees | None = None
    speed_km_h: float | None = None


@dataclass(frozen=True, slots=True)
class Annotated:
    """An annotation, and what could not be annotated and why."""

    annotation: Annotation
    missing: tuple[str, ...] = ()


def moment_of_track(track: Track, time_s: Seconds) -> Moment:
    """The track at one time, between its points. TrackError outside of its time."""
    return moments_of_track(track, np.array([time_s]))[0]


def moments_of_track(track: Track, times: Floats) -> list[Moment]:
    """The same at m times, shape (m,)."""
    found = list(at_times(track, times))
    speed, course = speed_and_course(track, times)
    rows = np.stack([*found, course, speed], axis=-1).tolist()
    return [Moment(row[0], *(_known(value) for value in row[1:])) for row in rows]


def moment_of_exposure(exposure: FrameExposure) -> Moment:
    """The same out of an exposures file; speed and course are not in it."""
    e = exposure
    return Moment(
        e.time_s, _known(e.lat), _known(e.lon), _known(e.height_m), _known(e.roll_deg),
        _known(e.pitch_deg), _known(e.heading_deg),
    )  # fmt: skip


def moment_of_frame(frame: OrientedFrame, track: Track | None = None) -> Moment:
    """Position and height (above the ellipsoid) of the projection centre; the rest is the track's
    at the frame's time. TrackError where the track does not cover it."""
    lat, lon, height = (float(v) for v in from_earth_fixed(frame.exterior.eye))
    flown = Moment(frame.time_s)
    if track is not None and frame.time_s is not None:
        flown = moment_of_track(track, frame.time_s)
    return replace(flown, lat=lat, lon=lon, height_m=height)


def speed_and_course(track: Track, times: Floats) -> tuple[Floats, Floats]:
    """Groundspeed, km/h, and course, degrees, over five seconds around each of m times.

    NaN where the track is too short to tell; a course of nothing is NaN too.
    """
    begun = np.maximum(times - _HALF_SPAN_S, track.time_s[0])
    done = np.minimum(times + _HALF_SPAN_S, track.time_s[-1])
    done = np.maximum(begun, done)
    _, lat, lon, *_ = at_times(track, np.concatenate([begun, done]))
    n = len(times)
    north = (lat[n:] - lat[:n]) * metres_a_degree(lat[:n])[0]
    turned = (lon[n:] - lon[:n] + 180.0) % 360.0 - 180.0
    east = turned * metres_a_degree(0.5 * (lat[:n] + lat[n:]))[1]
    metres, span = np.hypot(north, east), done - begun
    long_enough = span >= 0.5
    speed = np.where(long_enough, metres / np.where(long_enough, span, 1.0) * 3.6, np.nan)
    course = np.degrees(np.arctan2(east, north)) % 360.0
    return speed, np.where(long_enough & (metres >= 1.0), course, np.nan)


def metres_a_degree(lat: Floats) -> tuple[Floats, Floats]:
    """Metres of a degree of latitude and of longitude on WGS84."""
    phi = np.radians(lat)
    e2 = FLATTENING * (2.0 - FLATTENING)
    w = 1.0 - e2 * np.sin(phi) ** 2
    along = SEMI_MAJOR_M * (1.0 - e2) / w**1.5
    across = SEMI_MAJOR_M / np.sqrt(w) * np.cos(phi)
    return np.radians(along), np.radians(across)


def annotate(
    moment: Moment,
    camera: Camera | None,
    forms: Forms,
    *,
    flight: str | None,
    number: int | None,
    ground_m: Metres | None = None,
    medium: str | None = None,
    magazine: int | None = 1,
    marks: tuple[str, ...] = (),
) -> Annotated:
    """The annotation of one frame: every item that is known. ``camera`` None: nobody knows which.

    ``ground_m`` is the average height of the ground below, in the reckoning of
    ``moment.height_m``. ``medium`` None: of a digital camera, digital tape; of another it is not
    known. Raises DataError for a flight reference or medium that the regime does not know, and
    for an aircraft below the ground.
    """
    category = None if camera is None else CATEGORY_OF_KIND[camera.kind]
    if not medium:
        digital = camera is not None and camera.kind == "digital-framing"
        medium = DIGITAL_MEDIUM if digital else None
    check_inputs(forms, flight, medium, category)
    height = None
    if moment.height_m is not None and ground_m is not None and math.isfinite(ground_m):
        height = moment.height_m - ground_m
        if height < 0.0:
            raise DataError(
                f"the aircraft is {-height:.0f} m below the ground",
                remedy="Look at what the heights of track and terrain count from.",
            )
    drift = None
    if moment.course_deg is not None and moment.heading_deg is not None:
        drift = (moment.course_deg - moment.heading_deg + 180.0) % 360.0 - 180.0
    annotation = Annotation(
        flight=flight,
        category=category,
        medium=medium,
        mounting=_mounting(camera),
        focal_mm=getattr(camera, "focal_mm", None),
        time_s=moment.time_s,
        height_agl_m=height,
        lat=moment.lat,
        lon=moment.lon,
        heading_deg=moment.heading_deg,
        roll_deg=moment.roll_deg,
        pitch_deg=moment.pitch_deg,
        drift_deg=drift,
        speed_km_h=moment.speed_km_h,
        scan_deg=_scan(camera),
        magazine=magazine,
        frame=number,
        marks=marks,
    )
    if isinstance(camera, Radar):
        annotation = _of_radar(annotation, camera)
    lacking = [item for item in forms.all_of(category) if not annotation.has(item)]
    return Annotated(annotation, tuple(f"{words(i)}: {_WHY.get(i, _UNTOLD)}" for i in lacking))


def annotate_frame(
    frame: OrientedFrame,
    camera: Camera | None,
    forms: Forms,
    *,
    flight: str | None,
    track: Track | None = None,
    ground_m: Metres | None = None,
    medium: str | None = None,
    magazine: int | None = 1,
) -> Annotated:
    """``annotate`` for an oriented frame; ``ground_m`` above the ellipsoid. Marks of the frame
    and of the track are kept."""
    marks = tuple(dict.fromkeys((*frame.marks, *(track.marks if track is not None else ()))))
    return annotate(
        moment_of_frame(frame, track),
        camera,
        forms,
        flight=flight,
        number=frame.number,
        ground_m=ground_m,
        medium=medium,
        magazine=magazine,
        marks=marks,
    )


_UNTOLD = "not given"
_WHY: Mapping[str, str] = {
    terms.SENSOR: "the camera or its recording medium is not given",
    terms.CONFIGURATION: "no camera's file says where it is mounted",
    terms.FOCAL: "no camera's file gives it",
    terms.HEIGHT: "the height of the ground is not known",
    terms.TIME: "the time of exposure is not known",
    terms.DATE: "the time of exposure is not known",
    terms.POSITION: "the position is not known",
    terms.HEADING: "no heading was recorded",
    terms.ROLL: "no roll was recorded",
    terms.PITCH: "no pitch was recorded",
    terms.DRIFT: "no heading or course was recorded",
    terms.SPEED: "no track was given",
}


def check_inputs(
    forms: Forms, flight: str | None, medium: str | None, category: str | None = None
) -> None:
    """Raise DataError for a flight reference, medium or category that the forms do not know."""
    form = forms.forms[terms.FLIGHT]
    if flight is not None and not form.pattern.fullmatch(flight):
        raise DataError(
            f"{flight[:40]!r} is no reference number of an observation flight [{form.cite}]",
            remedy="Two letters, the last digit of the quota's year, a number of three digits.",
        )
    if medium is not None and medium not in forms.media:
        raise DataError(
            f"{medium[:40]!r} is no recording medium", remedy=f"One of {', '.join(forms.media)}."
        )
    if category is not None and category not in forms.categories:
        raise DataError(
            f"the regime has no sensors of category {category}",
            remedy=f"It knows {', '.join(forms.categories) or 'none'}.",
        )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _mounting(camera: Camera | None) -> Mounting | None:
    """The camera's mounting where it is told whole: its place and how it points."""
    mounting = None if camera is None else camera.mounting
    if mounting is not None and not mounting.pointing and isinstance(camera, FrameCamera):
        mounting = mounting_of_tilt(camera.tilt_deg, mounting.place)
    return mounting if mounting is not None and mounting.place else None


def _scan(camera: Camera | None) -> Degrees | None:
    if isinstance(camera, PanoramicCamera):
        return 2.0 * camera.half_scan_deg
    return camera.right_deg - camera.left_deg if isinstance(camera, LineScanner) else None


def _of_radar(annotation: Annotation, radar: Radar) -> Annotation:
    """The nearest point of the swath lies where the near edge meets level ground."""
    near = None
    if annotation.height_agl_m is not None:
        near = annotation.height_agl_m * math.tan(math.radians(radar.near_deg)) / 1000.0
    return replace(annotation, near_km=near, look_down_deg=radar.near_deg, swath_km=radar.swath_km)
