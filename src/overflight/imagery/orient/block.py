"""A block of frames tied by features, from what is believed of them or from nothing but control.

The pixels are believed little at first and more step by step, so that frames some metres and
degrees off find together; what was believed of them counts the same all the way.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from overflight.errors import ImageError
from overflight.geo.earth_fixed import from_earth_fixed, to_earth_fixed
from overflight.imagery.orient.adjust import Adjusted, Belief, Points, Sightings, adjusted
from overflight.imagery.orient.features import (
    Features,
    Matching,
    Pair,
    feature_sightings,
    overlapping,
)
from overflight.imagery.orient.patches import Picture, Surface, on_ground
from overflight.imagery.orient.relative import (
    Model,
    angle_between,
    known_rows,
    laid_upon_belief,
    laid_upon_control,
    met,
    model_of,
)
from overflight.imagery.orient.tie import Ties
from overflight.terms.frames import Interior, OrientedFrame
from overflight.units import Metres

_ANOTHER = 6.0
"""An attitude this many standard deviations off is none of this picture as it is."""
_ANY_DEG = 1e3
_SETTLED = 1e-8
_STEPS = (64.0, 8.0, 2.0, 1.0)
"""How many times coarser than at last a pixel is believed."""


def tied_by_features(
    frames: Sequence[OrientedFrame], pictures: Mapping[str, Picture], surface: Surface,
    belief: Belief | None = None, *, calibrate: Sequence[str] = (),
    matching: Matching | None = None, control: tuple[Sightings, Points] | None = None,
    surface_sigma_m: Metres | None = None,
) -> tuple[Adjusted, Ties, tuple[str, ...]]:  # fmt: skip
    """As ``tie.tied``, and the names of frames whose attitude was not as believed, so that it was
    not used. Raises ImageError without OpenCV, and where no two frames share points."""
    matching, belief = matching or Matching(), belief or Belief(10.0, 5.0)
    names, interiors = [f.name for f in frames], [f.interior for f in frames]
    maybe = overlapping(frames, surface, matching.beside)
    sightings, pairs, features = feature_sightings(names, interiors, pictures, maybe, matching)
    return adjusted_from_pairs(
        frames, sightings, pairs, features, surface, belief, calibrate=calibrate, control=control,
        surface_sigma_m=surface_sigma_m,
    )  # fmt: skip


def adjusted_from_pairs(
    frames: Sequence[OrientedFrame], sightings: Sightings, pairs: Sequence[Pair],
    features: Sequence[Features], surface: Surface | None, belief: Belief, *,
    calibrate: Sequence[str] = (), control: tuple[Sightings, Points] | None = None,
    surface_sigma_m: Metres | None = None,
) -> tuple[Adjusted, Ties, tuple[str, ...]]:  # fmt: skip
    """Frames put together by what they share, laid upon what is believed of them, adjusted."""
    turned: tuple[str, ...] = ()
    place_m, angle_deg = belief.place_m or 10.0, belief.attitude_deg or 5.0
    try:
        model = model_of(
            [f.name for f in frames], [f.interior for f in frames], sightings, pairs, features
        )
    except ImageError:
        begun: list[OrientedFrame] | None = (
            None  # all from one place: what is believed is all there is to begin with
        )
    else:
        known = {f.name: f for f in frames}
        believed = [known[f.name] for f in model.frames]
        upon = laid_upon_belief(model.frames, believed, place_m, angle_deg)
        found = {f.name: upon.frame(f) for f in model.frames}
        turned = tuple(
            f.name for f in believed if angle_between(f, found[f.name]) > _ANOTHER * angle_deg
        )
        begun = [found.get(f.name, f) for f in frames]
        frames = [
            replace(f, exterior=replace(found[f.name].exterior, sigma_deg=_ANY_DEG,
                                        source=f.exterior.source, sigma_m=f.exterior.sigma_m,
                                        eye=f.exterior.eye))
            if f.name in turned else f
            for f in frames
        ]  # fmt: skip
    result, ties = adjusted_block(
        frames, sightings, surface, belief, calibrate=calibrate, control=control,
        surface_sigma_m=surface_sigma_m, start=begun,
    )  # fmt: skip
    return result, ties, turned


def adjusted_block(
    frames: Sequence[OrientedFrame], sightings: Sightings, surface: Surface | None,
    belief: Belief | None = None, *, calibrate: Sequence[str] = (),
    control: tuple[Sightings, Points] | None = None, surface_sigma_m: Metres | None = None,
    start: Sequence[OrientedFrame] | None = None,
) -> tuple[Adjusted, Ties]:  # fmt: skip
    """Frames adjusted by what they share; points begin where rays meet, else on the surface.

    The sightings that count come back, those of the control after them in what is adjusted.
    """
    belief = belief or Belief(10.0, 5.0)
    now = list(start or frames)
    last: tuple[Adjusted, Ties] | None = None
    # control or heights far off at the start would be taken for wrong were pixels believed at once
    near = start is not None and control is None and surface_sigma_m is None
    for times in _STEPS[-2:] if near else _STEPS:
        ties = _placed(now, sightings, surface)
        if surface is not None and surface_sigma_m is not None:
            ties = _on_surface(ties, surface)
        if not len(ties.sightings.frame):
            break
        block = _with_control(ties, control, surface_sigma_m)
        result = adjusted(
            frames, *block, replace(belief, pixel=belief.pixel * times),
            calibrate=calibrate if times <= 2.0 else (), start=now,
            settled=_SETTLED if times == 1.0 else 1e-5,
        )  # fmt: skip
        now, last = list(result.frames), (result, ties)
    if last is None:
        raise ImageError(
            "the points that frames share are nowhere before them",
            remedy="Give positions and attitudes nearer to the truth, or heights of the ground.",
        )
    return last


def _placed(frames: Sequence[OrientedFrame], sightings: Sightings, surface: Surface | None) -> Ties:
    places = met(frames, sightings)
    lacking = ~known_rows(places)
    if surface is not None and lacking.any():
        _, first = np.unique(sightings.point, return_index=True)
        for k, frame in enumerate(frames):
            rows = first[lacking[sightings.point[first]] & (sightings.frame[first] == k)]
            if len(rows):
                places[sightings.point[rows]] = on_ground(frame, sightings.pixels[rows], surface)
    kept = known_rows(places)
    number = np.cumsum(kept) - 1
    rows = kept[sightings.point]
    return Ties(
        Sightings(sightings.frame[rows], number[sightings.point[rows]], sightings.pixels[rows]),
        places[kept],
    )


def _on_surface(ties: Ties, surface: Surface) -> Ties:
    """The points under or over their places where the surface is: it is what is believed."""
    lat, lon, height = from_earth_fixed(ties.places)
    level = surface(lat, lon)
    return Ties(
        ties.sightings, to_earth_fixed(lat, lon, np.where(np.isfinite(level), level, height))
    )


def _with_control(
    ties: Ties, control: tuple[Sightings, Points] | None, surface_sigma_m: Metres | None
) -> tuple[Sightings, Points]:
    s, places = ties.sightings, ties.places
    sigma = np.full(len(places), np.inf)
    heights = None if surface_sigma_m is None else np.full(len(places), surface_sigma_m)
    if control is None:
        return s, Points(places, sigma, heights)
    more, held = control
    if heights is not None:
        heights = np.concatenate([heights, np.full(len(held.places), np.inf)])
    return (
        Sightings(
            np.concatenate([s.frame, more.frame]),
            np.concatenate([s.point, more.point + len(places)]),
            np.concatenate([s.pixels, more.pixels]),
        ),
        Points(np.vstack([places, held.places]), np.concatenate([sigma, held.sigma_m]), heights),
    )


def modelled(
    interiors: Mapping[str, Interior], pictures: Mapping[str, Picture],
    calibrate: Sequence[str] = (), matching: Matching | None = None,
) -> Model:  # fmt: skip
    """Frames of which nothing is known, in a model of their own."""
    names = list(interiors)
    inside = [interiors[name] for name in names]
    every = itertools.combinations(range(len(names)), 2)
    sightings, pairs, features = feature_sightings(names, inside, pictures, every, matching)
    return model_of(names, inside, sightings, pairs, features, calibrate)


def laid(
    model: Model, control: Sightings, points: Points, *, pixel: float = 1.0,
    calibrate: Sequence[str] = (),
) -> tuple[Adjusted, Ties]:  # fmt: skip
    """A model laid upon control and adjusted with it; nothing else is believed of its frames.

    Raises ImageError where the control does not tell where they lie.
    """
    upon, _ = laid_upon_control(model, control, points.places)
    frames = [upon.frame(frame) for frame in model.frames]
    return adjusted_block(
        frames, model.sightings, None, Belief(pixel=pixel), calibrate=calibrate,
        control=(control, points), start=frames,
    )  # fmt: skip
