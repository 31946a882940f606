"""Frames and what is known of their place, brought together: each oriented, or told why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from overflight.errors import DataError, ImageError, OverflightError
from overflight.formats.orientation_files import Oriented, SfmShot, stem
from overflight.imagery.annotate.build import Moment, moment_of_frame, moment_of_track
from overflight.imagery.annotate.sidecars import exposure_of, frame_number
from overflight.imagery.orient.flown import (
    Mount,
    Undulation,
    exteriors_of_exposures,
    exteriors_on_track,
)
from overflight.imagery.orient.given import exterior_given, interior_given
from overflight.imagery.orient.interior import interior_of_camera
from overflight.imagery.orient.metadata import (
    Written,
    exterior_of_metadata,
    interior_of_metadata,
    read_metadata,
)
from overflight.terms.camera import FrameCamera
from overflight.terms.frames import Exterior, Interior, OrientedFrame
from overflight.terms.track import FrameExposure, Track
from overflight.units import Metres, Seconds


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """All that a user gave. Without track, exposures and ``given``, the frames' own metadata count.

    ``exposures``: with place and attitude where there is no track, whose heights then count from
    ``datum``; ``given``: orientations from a file by frame, map coordinates in ``crs``;
    ``takeoff_m``: the place of a drone's take-off above the ellipsoid.
    """

    camera: FrameCamera | None = None
    track: Track | None = None
    exposures: Sequence[FrameExposure] = ()
    datum: str = ""
    sensor: str | None = None
    given: Sequence[Oriented] = ()
    crs: str | None = None
    source: str = ""
    mount: Mount = field(default_factory=Mount)
    offset_s: Seconds = 0.0
    takeoff_m: Metres | None = None
    undulation: Undulation | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An oriented frame, the track at its moment, and the leg it was taken on (from 1)."""

    frame: OrientedFrame
    moment: Moment
    leg: int | None = None


def oriented(
    paths: Mapping[str, Path], known: Known
) -> tuple[dict[str, Placed], dict[str, OverflightError]]:
    """Every frame by name: placed, or the reason why it cannot be."""
    read: dict[str, Written] = {}
    failed: dict[str, OverflightError] = {}
    for name, path in paths.items():
        try:
            read[name] = read_metadata(path)
        except OverflightError as error:
            failed[name] = error
    taken = _exposures(read, known, failed)
    exteriors = _exteriors(read, taken, known, failed)
    placed: dict[str, Placed] = {}
    for name, exterior in exteriors.items():
        try:
            placed[name] = placed_at(name, exterior, read[name], taken.get(name), known)
        except OverflightError as error:
            failed[name] = error
    return _numbered_once(placed, taken, failed), failed


def _numbered_once(
    placed: dict[str, Placed], taken: Mapping[str, FrameExposure],
    failed: dict[str, OverflightError],
) -> dict[str, Placed]:  # fmt: skip
    """No two frames of one number: of one exposure there is one frame, and numbers that were only
    read off names, where two names have the same, are none."""
    first: dict[int, str] = {}
    for name in list(placed):
        number = placed[name].frame.number
        if number is None:
            continue
        other = first.setdefault(number, name)
        if other == name:
            continue
        if name in taken and not taken[name].file:
            failed[name] = DataError(
                f"{name} and {other} are both exposure number {number}",
                remedy="Leave one of them out.",
            )
            del placed[name]
            continue
        for each in (other, name):
            frame = replace(placed[each].frame, number=None)
            placed[each] = replace(placed[each], frame=frame)
    return placed


def _exposures(
    read: Mapping[str, Written], known: Known, failed: dict[str, OverflightError]
) -> dict[str, FrameExposure]:
    found: dict[str, FrameExposure] = {}
    if not known.exposures:
        return found
    sensors = {e.sensor for e in known.exposures}
    sensor = known.sensor or (known.camera.id if known.camera is not None else None)
    if known.sensor is not None and known.sensor not in sensors:
        raise DataError(
            f"the exposures know no sensor {known.sensor}",
            remedy=f"One of {', '.join(sorted(sensors))}.",
        )
    for name in read:
        if name in failed:
            continue
        try:
            found[name] = exposure_of(name, known.exposures, sensor if sensor in sensors else None)
        except DataError as error:
            failed[name] = error
    return found


def _exteriors(
    read: Mapping[str, Written], taken: Mapping[str, FrameExposure], known: Known,
    failed: dict[str, OverflightError],
) -> dict[str, Exterior]:  # fmt: skip
    left = [name for name in read if name not in failed]
    if known.given:
        return _from_file(left, known, failed)
    if known.track is not None or taken:
        camera = _camera(known)
        if known.track is None:
            placed, lost = exteriors_of_exposures(
                [(name, taken[name]) for name in left], known.datum, camera, known.mount,
                undulation=known.undulation,
            )  # fmt: skip
        else:
            times = {name: _time(name, read[name], taken.get(name), failed) for name in left}
            placed, lost = exteriors_on_track(
                known.track, {n: t for n, t in times.items() if t is not None}, camera,
                known.mount, undulation=known.undulation, offset_s=known.offset_s,
            )  # fmt: skip
        failed.update(lost)
        return placed
    found: dict[str, Exterior] = {}
    for name in left:
        try:
            found[name] = _from_metadata(name, read[name], known)
        except OverflightError as error:
            failed[name] = error
    return found


def _from_file(
    names: Sequence[str], known: Known, failed: dict[str, OverflightError]
) -> dict[str, Exterior]:
    rows = {stem(pose.name): pose for pose in known.given}
    found: dict[str, Exterior] = {}
    for name in names:
        pose = rows.get(stem(name))
        if pose is None:
            failed[name] = ImageError(
                f"{name} is not in {known.source}", remedy="Give an orientation for it, or leave "
                "it out.",
            )  # fmt: skip
            continue
        try:
            found[name] = exterior_given(pose, known.crs, known.source, known.undulation)
        except OverflightError as error:
            failed[name] = error
    return found


def _from_metadata(name: str, written: Written, known: Known) -> Exterior:
    import numpy as np

    lifted = 0.0
    if known.undulation is not None and written.lat is not None and written.lon is not None:
        lifted = float(known.undulation(np.array([written.lat]), np.array([written.lon]))[0])
    return exterior_of_metadata(written, name, takeoff_m=known.takeoff_m, undulation_m=lifted)


def _time(
    name: str, written: Written, exposure: FrameExposure | None,
    failed: dict[str, OverflightError],
) -> Seconds | None:  # fmt: skip
    if exposure is not None:
        return exposure.time_s
    if written.time_s is None:
        failed[name] = ImageError(
            f"{name} does not say when it was taken (with its zone, or by GPS)",
            remedy="Give the times of exposure with --exposures FILE.",
        )
    return written.time_s


def _camera(known: Known) -> FrameCamera:
    if known.camera is None:
        raise DataError(
            "a track does not say which camera took the frames",
            remedy="Give the camera with --camera FILE.",
        )
    return known.camera


def interior_of(name: str, written: Written, known: Known) -> Interior:
    """From the camera's file, else from the orientation file, else from the metadata."""
    if known.camera is not None:
        return interior_of_camera(known.camera, written.columns, written.rows, name)
    pose = next((pose for pose in known.given if stem(pose.name) == stem(name)), None)
    if isinstance(pose, SfmShot):
        return interior_given(pose.camera, written.columns, written.rows)
    return interior_of_metadata(written, name)


def placed_at(
    name: str, exterior: Exterior, written: Written, exposure: FrameExposure | None, known: Known
) -> Placed:
    """A frame at its place, with what is known of its moment."""
    when = written.time_s if exposure is None else exposure.time_s
    when = None if when is None else when + known.offset_s
    sensor = known.sensor or (known.camera.id if known.camera is not None else "")
    by_name = exposure is None or bool(exposure.file)
    number = frame_number(name) if by_name or exposure is None else exposure.number
    frame = OrientedFrame(
        name, interior_of(name, written, known), exterior, when, sensor, number, known.marks
    )
    moment = moment_of_frame(frame)
    if known.track is not None and when is not None:
        flown = moment_of_track(known.track, when)
        moment = _with_place(flown, moment)
    elif exposure is not None:
        moment = replace(
            moment, heading_deg=exposure.heading_deg, roll_deg=exposure.roll_deg,
            pitch_deg=exposure.pitch_deg,
        )  # fmt: skip
    leg = exposure.leg + 1 if exposure is not None and exposure.leg >= 0 else None
    return Placed(frame, moment, leg)


def _with_place(flown: Moment, exact: Moment) -> Moment:
    """The track's moment at the place of the camera: the lever arm is in that."""
    return replace(flown, lat=exact.lat, lon=exact.lon, height_m=exact.height_m)
