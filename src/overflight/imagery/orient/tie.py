"""Frames tied together: the same points found in several of them, then one adjustment of all.

Coarse to fine: on pictures shrunk by eight the points are looked for far from where they should
be, what is found puts the frames right, and so on down to whole pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from overflight.errors import ImageError
from overflight.imagery.collinear import project
from overflight.imagery.orient.adjust import Adjusted, Belief, Points, Sightings, adjusted
from overflight.imagery.orient.patches import (
    HALF,
    Picture,
    Surface,
    found_again,
    interesting,
    on_ground,
)
from overflight.terms.frames import Floats, OrientedFrame
from overflight.units import Metres


@dataclass(frozen=True, slots=True)
class Tying:
    """``levels`` are halvings, coarse to fine; ``search`` pixels of a level around where a point
    should be; ``cells`` looked for along the longer side; ``alike`` the least correlation;
    ``back_px`` how far, in pixels of the level, a point may come back beside itself."""

    levels: tuple[int, ...] = (3, 2, 1, 0)
    search: tuple[int, ...] = (24, 10, 6, 5)
    cells: int = 12
    alike: float = 0.7
    back_px: float = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Ties:
    """Points that were found in two frames or more: ``places`` (n, 3) where the first of them
    looks on the surface."""

    sightings: Sightings
    places: Floats


def tied(
    frames: Sequence[OrientedFrame],
    pictures: Mapping[str, Picture],
    surface: Surface,
    belief: Belief | None = None,
    *,
    calibrate: Sequence[str] = (),
    tying: Tying | None = None,
    control: tuple[Sightings, Points] | None = None,
    surface_sigma_m: Metres | None = None,
) -> tuple[Adjusted, Ties]:
    """Frames adjusted by points that they share; ``control`` in addition (points numbered from 0).

    ``belief`` or ``control`` holds the block in its place. ``surface_sigma_m``: how far the
    surface may be off, where it is to hold the points. The last adjustment is of the finest
    points, at the end of the sightings those of the control. Raises ImageError where no two
    frames share points.
    """
    belief, tying = belief or Belief(10.0, 5.0), tying or Tying()
    last: tuple[Adjusted, Ties] | None = None
    now = tuple(frames)
    for level, search in zip(tying.levels, tying.search, strict=True):
        ties = ties_between(now, pictures, surface, level, search, tying)
        if not len(ties.sightings.frame):
            continue
        fine = level == tying.levels[-1]
        result = _adjusted_with(
            frames, ties, belief, calibrate if fine else (), control, surface_sigma_m,
            float(2**level),
        )  # fmt: skip
        now, last = result.frames, (result, ties)
    if last is None:
        raise ImageError(
            "no two frames show the same points",
            remedy="Give frames that overlap, positions and attitudes nearer to the truth, or "
            "heights of the ground.",
        )
    return last


def ties_between(
    frames: Sequence[OrientedFrame],
    pictures: Mapping[str, Picture],
    surface: Surface,
    level: int,
    search: int,
    tying: Tying,
) -> Ties:
    """Points of every frame looked for in all later ones, there and back."""
    seen_frame: list[int] = []
    seen_point: list[int] = []
    pixels: list[Floats] = []
    places: list[Floats] = []
    for i, frame in enumerate(frames[:-1]):
        picture = pictures[frame.name]
        wide, tall = frame.interior.columns, frame.interior.rows
        cells = [max(2, round(tying.cells * side / max(wide, tall))) for side in (wide, tall)]
        spots = interesting(picture, level, *cells)
        ground = on_ground(frame, spots, surface) if len(spots) else spots
        found: dict[int, list[tuple[int, Floats]]] = {}
        for j in range(i + 1, len(frames)):
            for k, spot in _seen_in(frames, pictures, i, j, spots, ground, surface,
                                    level, search, tying):  # fmt: skip
                found.setdefault(k, []).append((j, spot))
        for k, others in found.items():
            for j, spot in [(i, spots[k]), *others]:
                seen_frame.append(j)
                seen_point.append(len(places))
                pixels.append(spot)
            places.append(ground[k])
    sightings = Sightings(
        np.array(seen_frame, dtype=np.intp), np.array(seen_point, dtype=np.intp),
        np.array(pixels, dtype=np.float64).reshape(-1, 2),
    )  # fmt: skip
    return Ties(sightings, np.array(places, dtype=np.float64).reshape(-1, 3))


def _seen_in(
    frames: Sequence[OrientedFrame], pictures: Mapping[str, Picture], i: int, j: int,
    spots: Floats, ground: Floats, surface: Surface, level: int, search: int, tying: Tying,
) -> list[tuple[int, Floats]]:  # fmt: skip
    """By number of the spot, where frame j shows it."""
    here, there = (frames[i], pictures[frames[i].name]), (frames[j], pictures[frames[j].name])
    known = np.asarray(np.isfinite(ground).all(axis=1), dtype=np.bool_).reshape(-1)
    if not known.any():
        return []
    at = project(there[0].interior, there[0].exterior, np.where(known[:, None], ground, 0.0))
    scale = there[1].at(level)[1]
    edge = (HALF + 2) * scale
    limit = np.array([there[0].interior.columns, there[0].interior.rows])
    maybe = np.flatnonzero(known & (at > edge).all(axis=1) & (at < limit - edge).all(axis=1))
    if len(maybe) < 3:
        return []
    spot, alike = found_again(here, there, spots[maybe], surface, level, search)
    good = np.flatnonzero(alike >= tying.alike)
    if not len(good):
        return []
    back, again = found_again(there, here, spot[good], surface, level, search)
    off = np.linalg.norm(back - spots[maybe[good]], axis=1)
    # what was off going there is off the other way coming back
    kept = good[(off < tying.back_px * scale) & (again >= tying.alike)]
    return [(int(maybe[k]), spot[k]) for k in kept]


def _adjusted_with(
    first: Sequence[OrientedFrame], ties: Ties, belief: Belief,
    calibrate: Sequence[str], control: tuple[Sightings, Points] | None,
    surface_sigma_m: Metres | None, scale: float,
) -> Adjusted:  # fmt: skip
    """From what was believed at first: a point found twice is not to hold twice."""
    places = ties.places
    sigma = np.full(len(places), np.inf)
    heights = None if surface_sigma_m is None else np.full(len(places), surface_sigma_m)
    s = ties.sightings
    frame, point, pixels = s.frame, s.point, s.pixels
    if control is not None:
        more, held = control
        frame = np.concatenate([frame, more.frame])
        point = np.concatenate([point, more.point + len(places)])
        pixels = np.concatenate([pixels, more.pixels])
        places, sigma = np.vstack([places, held.places]), np.concatenate([sigma, held.sigma_m])
        if heights is not None:
            heights = np.concatenate([heights, np.full(len(held.places), np.inf)])
    wide = Belief(belief.place_m, belief.attitude_deg, belief.pixel * scale)
    return adjusted(
        first, Sightings(frame, point, pixels), Points(places, sigma, heights), wide,
        calibrate=calibrate,
    )  # fmt: skip
