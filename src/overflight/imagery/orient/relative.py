"""Frames of which nothing is known, put together by what they share; then laid upon the ground.

Two frames by their essential matrix (Hartley and Zisserman 2004, section 9.6), the others one by
one by the points already there; all of it in a model of its own, with the distance of the first
two as its measure, until control tells place, turn and scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.collinear import project, rays
from overflight.imagery.orient.adjust import Adjusted, Belief, Points, Sightings, adjusted
from overflight.imagery.orient.features import Features, Pair, inside_of, related
from overflight.imagery.orient.resect import resected
from overflight.terms.frames import Exterior, Floats, Interior, OrientedFrame

_BASE = 100.0
"""The distance of the first two frames in the model."""
_LEAST_ANGLE = np.radians(1.0)
_FEWEST = 12
_GOOD_PX = 8.0
_FIXED = 1e-5
_LOOSE = 0.05 * _BASE
_TURNS = 360


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """``frames`` in the model's coordinates, as many as hang together; ``sightings`` of ``places``
    by their numbers here; ``lost`` the names of frames that did not fit in."""

    frames: tuple[OrientedFrame, ...]
    sightings: Sightings
    places: Floats
    rms_px: float
    lost: tuple[str, ...]


def model_of(
    names: Sequence[str], interiors: Sequence[Interior], sightings: Sightings,
    pairs: Sequence[Pair], features: Sequence[Features], calibrate: Sequence[str] = (),
) -> Model:  # fmt: skip
    """Frames joined by their shared points. Raises ImageError where no two frames see the same
    points from places far enough apart."""
    frames: dict[int, OrientedFrame] = _first_two(names, interiors, pairs, features)
    tried: set[int] = set()
    result = _settled(frames, sightings, ())
    while len(frames) < len(names):
        frames = dict(zip(frames, result[0].frames, strict=True))
        places = result[1]
        seen = known_rows(places)[sightings.point]
        left = [i for i in range(len(names)) if i not in frames and i not in tried]
        counts = [int((seen & (sightings.frame == i)).sum()) for i in left]
        if not left or max(counts) < _FEWEST:
            break
        i = left[int(np.argmax(counts))]
        rows = np.flatnonzero(seen & (sightings.frame == i))
        try:
            found = resected(
                names[i], interiors[i], places[sightings.point[rows]], sightings.pixels[rows],
                sigma_m=0.1, pixel=1.0, wrong_px=_GOOD_PX,
            )  # fmt: skip
        except ImageError:
            tried.add(i)
            continue
        trial = {**frames, i: replace(found.frames[0], exterior=_plain(found.frames[0].exterior))}
        result, frames, tried = _settled(trial, sightings, ()), trial, set()
    frames = dict(zip(frames, result[0].frames, strict=True))
    if calibrate:
        result = _settled(frames, sightings, calibrate)
        frames = dict(zip(frames, result[0].frames, strict=True))
    return _model(frames, names, sightings, result[0], result[1])


def _model(
    frames: Mapping[int, OrientedFrame], names: Sequence[str], sightings: Sightings,
    last: Adjusted, places: Floats,
) -> Model:  # fmt: skip
    order = sorted(frames)
    number = {i: k for k, i in enumerate(order)}
    known = known_rows(places)
    rows = np.flatnonzero(known[sightings.point] & np.isin(sightings.frame, order))
    _, point = np.unique(sightings.point[rows], return_inverse=True)
    kept = Sightings(
        np.array([number[int(i)] for i in sightings.frame[rows]], dtype=np.intp),
        point.astype(np.intp), sightings.pixels[rows],
    )  # fmt: skip
    return Model(
        tuple(replace(frames[i], exterior=_plain(frames[i].exterior)) for i in order), kept,
        places[np.unique(sightings.point[rows])], last.rms_px,
        tuple(name for i, name in enumerate(names) if i not in frames),
    )  # fmt: skip


def _plain(exterior: Exterior) -> Exterior:
    return Exterior(exterior.eye, exterior.axes)


def _first_two(
    names: Sequence[str], interiors: Sequence[Interior], pairs: Sequence[Pair],
    features: Sequence[Features],
) -> dict[int, OrientedFrame]:  # fmt: skip
    """The pair with most points at a good angle (10 degrees count in full)."""
    best, score = None, 0.0
    for pair in pairs:
        i, j = pair.i, pair.j
        pixels = features[i].pixels[pair.matches[:, 0]], features[j].pixels[pair.matches[:, 1]]
        essential, fits = related((interiors[i], pixels[0]), (interiors[j], pixels[1]), _GOOD_PX)
        if fits.sum() < _FEWEST:
            continue
        here = inside_of(interiors[i], pixels[0][fits])
        there = inside_of(interiors[j], pixels[1][fits])
        second, angle, count = _second(essential, here, there)
        told = count * min(angle, np.radians(10.0))
        if angle > _LEAST_ANGLE and told > score:
            first = OrientedFrame(names[i], interiors[i], Exterior(np.zeros(3), np.eye(3)))
            best, score = {i: first, j: OrientedFrame(names[j], interiors[j], second)}, told
    if best is None:
        raise ImageError(
            "no two frames see the same points from places far enough apart",
            remedy="Give frames that overlap and were taken from different places.",
        )
    return best


def _second(essential: Floats, here: Floats, there: Floats) -> tuple[Exterior, float, int]:
    """The second camera where the first is at rest, the median angle of rays, and how many points
    lie before both."""
    left, _, right = np.linalg.svd(essential)
    if np.linalg.det(left) < 0:
        left = -left
    if np.linalg.det(right) < 0:
        right = -right
    w = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    a = np.column_stack([here, np.ones(len(here))])
    b = np.column_stack([there, np.ones(len(there))])
    best = (Exterior(np.zeros(3), np.eye(3)), 0.0, -1)
    for turned in (left @ w @ right, left @ w.T @ right):
        for shift in (left[:, 2], -left[:, 2]):
            eye = -turned.T @ shift * _BASE
            back = b @ turned
            # depths of both rays where they are nearest: s a = eye + t back
            aa, bb, ab = (a * a).sum(1), (back * back).sum(1), (a * back).sum(1)
            under = np.maximum(aa * bb - ab * ab, 1e-15)
            s = (bb * (a @ eye) - ab * (back @ eye)) / under
            t = (ab * (a @ eye) - aa * (back @ eye)) / under
            count = int(((s > 0) & (t > 0)).sum())
            if count > best[2]:
                angle = float(np.median(np.arccos(np.clip(ab / np.sqrt(aa * bb), -1.0, 1.0))))
                best = (Exterior(eye, turned), angle, count)
    return best


def known_rows(places: Floats) -> NDArray[np.bool_]:
    """Which of places (n, 3) are told."""
    return np.asarray(np.isfinite(places).all(axis=1), dtype=np.bool_).reshape(-1)


def met(frames: Sequence[OrientedFrame], sightings: Sightings) -> Floats:
    """Where the rays of points are nearest to each other, (n, 3); nan where there are fewer than
    two, where they part by less than a degree, or where they meet behind a camera."""
    count = int(sightings.point.max()) + 1 if len(sightings.point) else 0
    along = np.empty((len(sightings.frame), 3))
    eyes = np.array([f.exterior.eye for f in frames])
    for k, frame in enumerate(frames):
        rows = sightings.frame == k
        along[rows] = rays(frame.interior, frame.exterior, sightings.pixels[rows])
    middle = eyes.mean(axis=0)
    eye = eyes[sightings.frame] - middle
    across = np.eye(3) - along[:, :, None] * along[:, None, :]
    square, right, mean = np.zeros((count, 3, 3)), np.zeros((count, 3)), np.zeros((count, 3))
    good = np.isfinite(along).all(axis=1)
    number = sightings.point[good]
    np.add.at(square, number, across[good])
    np.add.at(right, number, np.einsum("nij,nj->ni", across[good], eye[good]))
    np.add.at(mean, number, along[good])
    rays_each = np.bincount(number, minlength=count)
    # the mean of unit vectors half an angle a from it has the length cos(a / 2)
    near = np.linalg.norm(mean, axis=1) / np.maximum(rays_each, 1)
    known = (rays_each >= 2) & (near < np.cos(_LEAST_ANGLE / 2.0))
    places = np.full((count, 3), np.nan)
    if known.any():
        places[known] = np.linalg.solve(square[known], right[known][:, :, None])[:, :, 0]
    ahead = np.einsum("ni,ni->n", places[sightings.point] - eye, along)
    places[np.unique(sightings.point[~(ahead > 0.0)])] = np.nan
    return np.asarray(places + middle)


def _settled(
    frames: Mapping[int, OrientedFrame], sightings: Sightings, calibrate: Sequence[str]
) -> tuple[Adjusted, Floats]:
    """All frames adjusted, the first two holding the measure; places by the points' own numbers,
    nan where rays do not meet well."""
    order = list(frames)
    number = {i: k for k, i in enumerate(order)}
    own = np.flatnonzero(np.isin(sightings.frame, order))
    here = Sightings(
        np.array([number[int(i)] for i in sightings.frame[own]], dtype=np.intp),
        sightings.point[own], sightings.pixels[own],
    )  # fmt: skip
    now = [frames[i] for i in order]
    held = [_held(frame, k) for k, frame in enumerate(now)]
    places = np.full((int(sightings.point.max()) + 1, 3), np.nan)
    last: Adjusted | None = None
    for pixel in (4.0, 1.0):
        at = met(now, here)
        rows = known_rows(at)[here.point]
        for k, frame in enumerate(now):
            mine = here.frame == k
            off = project(frame.interior, frame.exterior, at[here.point[mine]])
            wide = np.linalg.norm(off - here.pixels[mine], axis=1) < 40.0 * pixel
            rows[mine] &= wide
        shared = np.bincount(here.point[rows], minlength=len(at)) >= 2
        rows &= shared[here.point]
        numbers, point = np.unique(here.point[rows], return_inverse=True)
        some = Sightings(here.frame[rows], point.astype(np.intp), here.pixels[rows])
        last = adjusted(
            held, some, Points(at[numbers], np.full(len(numbers), np.inf)), Belief(pixel=pixel),
            calibrate=calibrate if pixel == 1.0 else (), start=now,
            settled=1e-8 if calibrate else 1e-5,
        )  # fmt: skip
        now = [replace(f, exterior=_plain(f.exterior)) for f in last.frames]
        places[:] = np.nan
        used = np.bincount(some.point[last.used], minlength=len(numbers)) >= 2
        places[numbers[used]] = last.places[used]
    assert last is not None
    return replace(last, frames=tuple(now)), places


def _held(frame: OrientedFrame, k: int) -> OrientedFrame:
    """Seven numbers are free in a model: the first frame holds six, and the second's place, held
    so loosely that it may go where the points draw it, the measure."""
    e = frame.exterior
    if k > 1:
        return replace(frame, exterior=_plain(e))
    told = (_FIXED, _FIXED) if k == 0 else (_LOOSE, None)
    return replace(frame, exterior=Exterior(e.eye, e.axes, "", *told))


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """``scale``, ``turned`` (3, 3) and ``shift`` (3,): X = scale * turned @ x + shift."""

    scale: float
    turned: Floats
    shift: Floats

    def places(self, inside: Floats) -> Floats:
        return np.asarray(self.scale * inside @ self.turned.T + self.shift)

    def frame(self, frame: OrientedFrame) -> OrientedFrame:
        e = frame.exterior
        axes = e.axes @ self.turned.T
        return replace(frame, exterior=Exterior(self.places(e.eye[None])[0], axes, "ties"))


def similarity(inside: Floats, outside: Floats) -> Laid:
    """The similarity that lays three points or more upon others best (Umeyama 1991); of two, one
    of the many that do."""
    from_middle, to_middle = inside - inside.mean(axis=0), outside - outside.mean(axis=0)
    left, sizes, right = np.linalg.svd(to_middle.T @ from_middle)
    flip = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    turned = (left * flip) @ right
    scale = float(np.sum(sizes * flip) / np.sum(from_middle**2))
    return Laid(scale, turned, outside.mean(axis=0) - scale * turned @ inside.mean(axis=0))


def laid_upon_belief(
    inside: Sequence[OrientedFrame], outside: Sequence[OrientedFrame], place_m: float,
    attitude_deg: float,
) -> Laid:  # fmt: skip
    """Frames of a model laid upon the same frames as they are believed; some of these may lie
    quite otherwise, and all of them may be in one line.

    The turn is that of one frame's attitude, or of the places where three and more are not in a
    line; the one that most places and attitudes agree with.
    """
    here = np.array([f.exterior.eye for f in inside])
    there = np.array([f.exterior.eye for f in outside])
    turns = [b.exterior.axes.T @ a.exterior.axes for a, b in zip(inside, outside, strict=True)]
    spread = np.linalg.svd(here - here.mean(axis=0), compute_uv=False)
    if len(here) > 2 and spread[1] > 0.05 * spread[0]:
        turns.append(similarity(here, there).turned)
    best, score = Laid(1.0, np.eye(3), np.zeros(3)), np.inf
    for turned in turns:
        a, b = (here - here.mean(axis=0)) @ turned.T, there - there.mean(axis=0)
        scale = max(float(np.sum(a * b) / np.sum(a * a)), 1e-9)
        trial = Laid(scale, turned, there.mean(axis=0) - scale * turned @ here.mean(axis=0))
        off = np.linalg.norm(trial.places(here) - there, axis=1) / place_m
        angle = [
            angle_between(trial.frame(f), g) / attitude_deg
            for f, g in zip(inside, outside, strict=True)
        ]
        told = float(np.sum(np.minimum(off, 3.0) ** 2) + np.sum(np.minimum(angle, 3.0) ** 2))
        if told < score:
            best, score = trial, told
    return best


def angle_between(one: OrientedFrame, other: OrientedFrame) -> float:
    """How far two attitudes are from each other, degrees."""
    trace = float(np.sum(one.exterior.axes * other.exterior.axes))
    return float(np.degrees(np.arccos(np.clip(0.5 * (trace - 1.0), -1.0, 1.0))))


def laid_upon_control(model: Model, control: Sightings, places: Floats) -> tuple[Laid, float]:
    """The model laid upon control, and how far off its pixels (root mean square) then are.

    ``control``: frames by their number in the model, points by their row of ``places``. Raises
    ImageError where fewer than two of the points are in two frames, or only two points are there.
    """
    inside = np.full((len(places), 3), np.nan)
    found = met(model.frames, control)
    inside[: len(found)] = found
    known = np.isfinite(inside).all(axis=1)
    if known.sum() < 2 or len(np.unique(control.point)) < 3:
        raise ImageError(
            "the control points do not tell where the tied frames lie",
            remedy="Give three control points, two of them in two frames each.",
        )
    first = similarity(inside[known], places[known])
    best, score = first, np.inf
    one = places[known][0]
    way = places[known][1] - one
    turns = _TURNS if known.sum() == 2 else 1
    for angle in np.arange(turns) * (2.0 * np.pi / turns):
        spin = _about(way / np.linalg.norm(way), float(angle))
        trial = Laid(first.scale, spin @ first.turned, spin @ (first.shift - one) + one)
        off = _off(model, trial, control, places)
        if off < score:
            best, score = trial, off
    return best, score


def _off(model: Model, laid: Laid, control: Sightings, places: Floats) -> float:
    squares = []
    for k, frame in enumerate(model.frames):
        rows = control.frame == k
        if rows.any():
            e = laid.frame(frame)
            at = project(e.interior, e.exterior, places[control.point[rows]])
            squares.append(np.nan_to_num(np.sum((at - control.pixels[rows]) ** 2, axis=1), nan=1e8))
    return float(np.sqrt(np.mean(np.concatenate(squares))))


def _about(axis: Floats, angle: float) -> Floats:
    from overflight.imagery.orient.derivatives import turn

    return np.asarray(turn((axis * angle)[None])[0])
