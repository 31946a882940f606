"""Frames put right by ground control, and how well they then fit points that were not used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from overflight.errors import DataError, ImageError
from overflight.formats.control_points import ControlSighting
from overflight.formats.orientation_files import stem
from overflight.geo.earth_fixed import from_earth_fixed, to_earth_fixed
from overflight.imagery.collinear import project, rays
from overflight.imagery.orient.adjust import Adjusted, Belief, Points, Sightings
from overflight.imagery.orient.block import tied_by_features
from overflight.imagery.orient.derivatives import FOCAL, calibrated_count
from overflight.imagery.orient.features import available
from overflight.imagery.orient.flown import Undulation
from overflight.imagery.orient.patches import Picture, Surface
from overflight.imagery.orient.resect import resected
from overflight.imagery.orient.tie import Tying, tied
from overflight.terms.frames import Floats, Interior, OrientedFrame
from overflight.units import Metres

_TOLD = 0.005
"""Of the focal length: a standard deviation above it counts as not determined."""
_WEAKER = (
    "tied by patches, the weaker way: it needs frames that are nearly in place and level ground; "
    "with OpenCV (pip install 'overflight[tie]') they are tied by features"
)
_TURNED = (
    "{name} lies quite otherwise than its attitude says, as a picture does that was turned after "
    "it was taken: its attitude is not used, the frames beside it tell it"
)


@dataclass(frozen=True, slots=True)
class PointResidual:
    """One point in one frame after the adjustment: measured minus computed, pixels; ``ground_m``
    the same on the ground (square to the ray at the point's distance)."""

    point: str
    frame: str
    column_px: float
    row_px: float
    ground_m: Metres
    check: bool


@dataclass(frozen=True, slots=True)
class OrientationReport:
    """How well frames fit. ``tie_px`` and ``ties`` are of tie points, ``control_px`` and
    ``check_px`` root-mean-square lengths of residuals of points that were used and that were not,
    in pixels, which are ground samples; ``check_m`` the same in metres; nan where there are none.
    ``notes`` say what one has to know of the figures."""

    frames: tuple[str, ...]
    ties: int
    tie_px: float
    control_px: float
    check_px: float
    check_m: Metres
    points: tuple[PointResidual, ...]
    notes: tuple[str, ...] = ()


def earth_fixed(
    control: Sequence[ControlSighting], undulation: Undulation | None = None
) -> dict[str, Floats]:
    """Places by name, Earth-fixed. Heights count from what the coordinate system says, where it
    says so; else from the ellipsoid, or from the geoid with ``undulation``. Raises DataError for
    a system that is not known or that a place is not in."""
    import pyproj
    from pyproj.exceptions import CRSError

    places: dict[str, Floats] = {}
    for one in {c.name: c for c in control}.values():
        try:
            crs = pyproj.CRS.from_user_input(one.crs)
        except CRSError:
            raise DataError(
                f"control point {one.name}: {one.crs[:60] or 'no'!r} is no coordinate system",
                remedy="Name it in the file, as EPSG:2180.",
            ) from None
        solid = len(crs.axis_info) == 3
        to = pyproj.Transformer.from_crs(
            crs, "EPSG:4979" if solid else "EPSG:4326", always_xy=True, only_best=False
        )
        x, y, z = one.place
        if solid:
            lon, lat, height = to.transform(x, y, z)
        else:
            (lon, lat), height = to.transform(x, y), z
        if not np.isfinite([lon, lat, height]).all():
            raise DataError(
                f"control point {one.name} lies outside of {one.crs[:60]}",
                remedy="Check the coordinate system and the order of x (east) and y (north).",
            )
        if undulation is not None and not solid:
            height += float(undulation(np.array([lat]), np.array([lon]))[0])
        places[one.name] = to_earth_fixed(lat, lon, height)
    return places


def resected_by_control(
    interiors: Mapping[str, Interior],
    control: Sequence[ControlSighting],
    undulation: Undulation | None = None,
    *,
    sigma_m: Metres = 0.05,
    pixel: float = 1.0,
) -> tuple[dict[str, OrientedFrame], dict[str, ImageError]]:
    """Frames of which nothing is known but what they show: each by its own points, or why not."""
    places = earth_fixed(control, undulation)
    found: dict[str, OrientedFrame] = {}
    failed: dict[str, ImageError] = {}
    for name, interior in interiors.items():
        own = [c for c in control if stem(c.image) == stem(name) and not c.check]
        if not own:
            failed[name] = ImageError(
                f"{name} has no control point", remedy="Give four points in it, or its position."
            )
            continue
        xyz = np.array([places[c.name] for c in own])
        pixels = np.array([c.pixel for c in own])
        try:
            found[name] = resected(
                name, interior, xyz, pixels, sigma_m=sigma_m, pixel=pixel
            ).frames[0]  # fmt: skip
        except ImageError as error:
            failed[name] = error
    return found, failed


def tied_to_control(
    interiors: Mapping[str, Interior], pictures: Mapping[str, Picture],
    control: Sequence[ControlSighting], undulation: Undulation | None = None, *,
    sigma_m: Metres = 0.05, pixel: float = 1.0, calibrate: Sequence[str] = (),
) -> tuple[dict[str, OrientedFrame], OrientationReport]:  # fmt: skip
    """Frames of which nothing is known, tied by features and laid upon the control that they show
    together. Raises ImageError where ties or control do not tell."""
    from overflight.imagery.orient.block import laid, modelled

    places = earth_fixed(control, undulation)
    model = modelled(interiors, pictures, calibrate)
    number = {stem(frame.name): i for i, frame in enumerate(model.frames)}
    shown = [c for c in control if stem(c.image) in number]
    held = _as_block([c for c in shown if not c.check], places, number, sigma_m)
    result, found = laid(model, *held, pixel=pixel, calibrate=calibrate)
    report = report_of(result, len(found.sightings.frame), shown, places, control)
    lost = [f"{name} shares too little with the others" for name in model.lost]
    notes = (*report.notes, *lost, *camera_notes(result, calibrate))
    return {frame.name: frame for frame in result.frames}, replace(report, notes=notes)


def refined(
    frames: Sequence[OrientedFrame],
    pictures: Mapping[str, Picture] | None,
    surface: Surface | None,
    belief: Belief | None = None,
    *,
    control: Sequence[ControlSighting] = (),
    undulation: Undulation | None = None,
    control_sigma_m: Metres = 0.05,
    control_pixel: float = 1.0,
    calibrate: Sequence[str] = (),
    tying: Tying | None = None,
    features: bool | None = None,
    surface_sigma_m: Metres | None = None,
) -> tuple[tuple[OrientedFrame, ...], OrientationReport]:
    """Frames put right by control, by tying (``pictures`` and ``surface`` given), or by both.

    Each control point holds with ``control_sigma_m``; points marked ``check`` are measured
    against the result. ``features``: whether they are tied by features (needs OpenCV) or by
    patches; by what is installed if not said. ``control_pixel`` replaces ``belief.pixel`` where no
    frames are tied.
    Raises ImageError where nothing can be adjusted.
    """
    from overflight.imagery.orient.adjust import adjusted

    places = earth_fixed(control, undulation)
    number = {stem(frame.name): i for i, frame in enumerate(frames)}
    shown = [c for c in control if stem(c.image) in number]
    sightings, points = _as_block([c for c in shown if not c.check], places, number,
                                  control_sigma_m)  # fmt: skip
    belief = belief or Belief(10.0, 5.0)
    ties, notes = 0, list[str]()
    if pictures is not None and surface is not None and len(frames) > 1:
        held = (sightings, points) if len(points.places) else None
        if available() if features is None else features:
            result, found, turned = tied_by_features(
                frames, pictures, surface, belief, calibrate=calibrate, control=held,
                surface_sigma_m=surface_sigma_m,
            )  # fmt: skip
            notes += [_TURNED.format(name=name) for name in turned]
        else:
            result, found = tied(
                frames, pictures, surface, belief, calibrate=calibrate, tying=tying, control=held,
                surface_sigma_m=surface_sigma_m,
            )  # fmt: skip
            notes.append(_WEAKER)
        ties = len(found.sightings.frame)
    elif len(points.places):
        result = adjusted(
            frames, sightings, points, replace(belief, pixel=control_pixel), calibrate=calibrate
        )
    else:
        raise ImageError(
            "there is neither a control point in these frames nor anything to tie them by",
            remedy="Give --control with points in these frames, or two frames that overlap.",
        )
    report = report_of(result, ties, shown, places, control)
    notes += [*report.notes, *camera_notes(result, calibrate)]
    return result.frames, replace(report, notes=tuple(notes))


def camera_notes(result: Adjusted, calibrate: Sequence[str]) -> list[str]:
    """What the adjustment found of the camera, and whether frames and points tell it at all."""
    if not calibrate:
        return []
    if not result.camera_sigma:
        return ["the camera's numbers are not determined by these frames: leave them as they are"]
    if FOCAL not in calibrate:
        return []
    focal = result.frames[0].interior.focal_x
    sigma = result.camera_sigma[calibrated_count(calibrate[: list(calibrate).index(FOCAL)])]
    told = f"focal length {focal:.1f} px, standard deviation {sigma:.1f} px"
    if sigma > _TOLD * focal:
        told += ": these frames do not tell it (level ground seen straight down gives any focal "
        told += "length a height of its own)"
    return [told]


def _as_block(
    used: Sequence[ControlSighting], places: Mapping[str, Floats], number: Mapping[str, int],
    sigma_m: Metres,
) -> tuple[Sightings, Points]:  # fmt: skip
    names = list(dict.fromkeys(c.name for c in used))
    at = {name: i for i, name in enumerate(names)}
    sightings = Sightings(
        np.array([number[stem(c.image)] for c in used], dtype=np.intp),
        np.array([at[c.name] for c in used], dtype=np.intp),
        np.array([c.pixel for c in used], dtype=np.float64).reshape(-1, 2),
    )
    xyz = np.array([places[name] for name in names]).reshape(-1, 3)
    return sightings, Points(xyz, np.full(len(names), sigma_m))


def report_of(
    result: Adjusted, ties: int, shown: Sequence[ControlSighting], places: Mapping[str, Floats],
    control: Sequence[ControlSighting] = (),
) -> OrientationReport:  # fmt: skip
    """``ties``: how many of the sightings, from the first, are of tie points."""
    rows = tuple(residuals(result.frames, shown, places))
    off = result.residuals[:ties][result.used[:ties]]
    notes = []
    if ties and not result.used[:ties].all():
        notes.append(f"{int((~result.used[:ties]).sum())} of {ties} tie pixels did not fit")
    passed = len(control) - len(shown)
    if passed:
        notes.append(f"{passed} control sightings are in frames that are not here")
    checks = [r for r in rows if r.check]
    return OrientationReport(
        tuple(frame.name for frame in result.frames),
        ties,
        _rms([float(np.hypot(*one)) for one in off]),
        _rms([float(np.hypot(r.column_px, r.row_px)) for r in rows if not r.check]),
        _rms([float(np.hypot(r.column_px, r.row_px)) for r in checks]),
        _rms([r.ground_m for r in checks]),
        rows,
        tuple(notes),
    )


def residuals(
    frames: Sequence[OrientedFrame], shown: Sequence[ControlSighting],
    places: Mapping[str, Floats],
) -> list[PointResidual]:  # fmt: skip
    """Every sighting against its frame; nan where the frame does not see the point at all."""
    by_name = {stem(frame.name): frame for frame in frames}
    found = []
    for one in shown:
        frame = by_name[stem(one.image)]
        place = places[one.name]
        at = project(frame.interior, frame.exterior, place[None])[0]
        ray = rays(frame.interior, frame.exterior, np.array([one.pixel]))[0]
        sight = place - frame.exterior.eye
        ground = float(np.linalg.norm(sight - (sight @ ray) * ray))
        off = np.array(one.pixel) - at
        found.append(
            PointResidual(one.name, frame.name, float(off[0]), float(off[1]), ground, one.check)
        )
    return found


def intersected(frames: Sequence[OrientedFrame], pixels: Floats) -> tuple[Floats, Metres]:
    """The place nearest to the rays of one point, a pixel a frame, and the rays' distance from it
    (root mean square, m)."""
    eyes = np.array([frame.exterior.eye for frame in frames])
    along = np.vstack(
        [rays(f.interior, f.exterior, p[None]) for f, p in zip(frames, pixels, strict=True)]
    )
    square = np.eye(3) - along[:, :, None] * along[:, None, :]
    middle = eyes.mean(axis=0)
    right = np.einsum("nij,nj->i", square, eyes - middle)
    place = np.linalg.solve(square.sum(axis=0), right)
    off = np.einsum("nij,nj->ni", square, place + middle - eyes)
    return place + middle, float(np.sqrt(np.mean(np.sum(off**2, axis=1))))


def ground_sample_m(frame: OrientedFrame, surface: Surface) -> Metres:
    """What one pixel in the middle of the frame is on the ground, m: its distance by its angle."""
    from overflight.imagery.orient.patches import on_ground

    middle = np.array([[frame.interior.columns / 2.0, frame.interior.rows / 2.0]])
    ground = on_ground(frame, middle, surface)[0]
    return float(np.linalg.norm(ground - frame.exterior.eye) / frame.interior.focal_x)


def surface_at(height_m: Metres) -> Surface:
    """Level ground, ``height_m`` above the ellipsoid."""
    return lambda lat, _: np.full(np.shape(lat), height_m)


def height_of(place: Floats) -> Metres:
    """Above the ellipsoid."""
    return float(from_earth_fixed(place)[2])


def _rms(values: Sequence[float]) -> float:
    return float(np.sqrt(np.mean(np.square(values)))) if values else float("nan")
