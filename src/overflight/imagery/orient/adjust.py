"""Bundle adjustment: frames, points and, where asked, the camera that fit all pixels best.

Levenberg-Marquardt with the points eliminated by the Schur complement (Triggs and others, "Bundle
adjustment: a modern synthesis", 2000, sections 4 and 6); Cauchy weights keep wrong pixels out.
What was known before (places, attitudes, control) comes in with its standard deviation. The
reduced matrix is dense: 6 numbers a frame, so some thousand frames fit into memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.orient.derivatives import (
    CALIBRATED,
    CENTRE,
    FOCAL,
    Cameras,
    Indices,
    calibrated_count,
    cameras_of,
    derivatives,
    pixels_at,
    turn,
    turned_by,
)
from overflight.terms.frames import Exterior, Floats, OrientedFrame
from overflight.units import Degrees, Metres

_STEPS = 60
_CHUNK = 512
_SETTLED = 1e-10
_CAUCHY = 2.3849
"""Keeps 95 per cent of the efficiency of least squares where errors are normal (Zhang 1997)."""
_BEHIND_PX = 1e4
_FIRM = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """m pixels, (m, 2), of points by number, each in a frame by number."""

    frame: Indices
    point: Indices
    pixels: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """n points, Earth-fixed, (n, 3); ``sigma_m`` (n,) is how well each was known before, inf
    where it was not; ``height_sigma_m`` (n,) how well its height alone was, where that is given."""

    places: Floats
    sigma_m: Floats
    height_sigma_m: Floats | None = None

    @property
    def information(self) -> Floats:
        """The inverse of the covariance known before; (n, 3, 3)."""
        told = np.eye(3) / np.maximum(self.sigma_m, _FIRM)[:, None, None] ** 2
        if self.height_sigma_m is None:
            return np.asarray(told)
        # geocentric up parts from the ellipsoid's by a fifth of a degree: nothing to a weight
        up = self.places / np.linalg.norm(self.places, axis=1, keepdims=True)
        firm = np.maximum(self.height_sigma_m, _FIRM)[:, None, None] ** 2
        return np.asarray(told + up[:, :, None] * up[:, None, :] / firm)


@dataclass(frozen=True, slots=True)
class Belief:
    """How far the frames may be from where they are taken to be, one standard deviation; None:
    nothing is known. A frame's own ``sigma_m`` and ``sigma_deg`` count before these."""

    place_m: Metres | None = None
    attitude_deg: Degrees | None = None
    pixel: float = 0.5
    """How well a point is measured in a frame, pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """``residuals`` (m, 2) measured minus computed, pixels; ``used`` (m,) true where the weight
    counts a pixel as right; ``sigma0_px`` the standard deviation of a measured coordinate as the
    adjustment finds it; ``condition`` of the reduced matrix, scaled: above 1e12 it is not
    determined and sigmas are None."""

    frames: tuple[OrientedFrame, ...]
    places: Floats
    residuals: Floats
    used: NDArray[np.bool_]
    sigma0_px: float
    steps: int
    condition: float
    camera_sigma: tuple[float, ...] = ()
    """Standard deviations of the calibrated numbers, in their order; none if not determined."""

    @property
    def rms_px(self) -> float:
        """Root-mean-square length of a residual, of the pixels that count."""
        kept = self.residuals[self.used]
        return float(np.sqrt(np.mean(np.sum(kept**2, axis=1)))) if len(kept) else float("nan")


def adjusted(
    frames: Sequence[OrientedFrame],
    sightings: Sightings,
    points: Points,
    belief: Belief | None = None,
    *,
    calibrate: Sequence[str] = (),
    robust: bool = True,
    start: Sequence[OrientedFrame] | None = None,
    settled: float = _SETTLED,
) -> Adjusted:
    """The frames as the pixels, the points and what was believed put them together.

    ``start``: the same frames nearer to the result, where the search begins; ``frames`` stay what
    is believed. ``settled``: the relative gain of a step at which it ends.
    ``calibrate``: of ``CALIBRATED``, found as corrections that all frames share. Raises ImageError
    where nothing can be found: no pixels, or a point behind every camera.
    """
    unknown = sorted(set(calibrate) - set(CALIBRATED))
    if unknown or not len(sightings.frame):
        raise ImageError(
            f"{unknown[0]!r} is no number of a camera" if unknown else "there is nothing to adjust",
            remedy=f"Take of {', '.join(CALIBRATED)}." if unknown else "Give points in the frames.",
        )
    belief = belief or Belief()
    problem = _Problem(frames, sightings, points, belief, tuple(calibrate), robust)
    if start is not None:
        problem.begin = cameras_of([f.interior for f in start], [f.exterior for f in start])
    return problem.solved(settled)


class _Problem:
    def __init__(
        self, frames: Sequence[OrientedFrame], sightings: Sightings, points: Points,
        belief: Belief, calibrate: tuple[str, ...], robust: bool,
    ) -> None:  # fmt: skip
        self.frames, self.sightings, self.points = frames, sightings, points
        self.calibrate, self.robust, self.belief = calibrate, robust, belief
        self.start = cameras_of([f.interior for f in frames], [f.exterior for f in frames])
        self.begin = self.start
        self.scale_px = belief.pixel
        self.place_weight = _weights([f.exterior.sigma_m for f in frames], belief.place_m, 1.0)
        self.turn_weight = _weights(
            [f.exterior.sigma_deg for f in frames], belief.attitude_deg, np.pi / 180.0
        )
        self.point_weight = points.information
        self.order = np.argsort(sightings.point, kind="stable")

    def solved(self, enough: float) -> Adjusted:
        cameras, places = self.begin, self.points.places.copy()
        damping, cost, steps = 1e-4, self._cost(cameras, places), 0
        while steps < _STEPS:
            steps += 1
            normal = self._normal(cameras, places)
            settled = False
            while True:
                moved = self._moved(normal, cameras, places, damping)
                trial = self._cost(*moved)
                if trial <= cost:
                    settled = cost - trial <= enough * max(cost, _FIRM)
                    cameras, places, cost = *moved, trial
                    damping = max(damping / 10.0, 1e-15)
                    break
                damping *= 10.0
                if damping > 1e10:
                    settled = True
                    break
            if settled:
                break
        return self._result(cameras, places, steps)

    def _residuals(self, cameras: Cameras, places: Floats) -> Floats:
        s = self.sightings
        off = s.pixels - pixels_at(cameras, s.frame, places[s.point])
        return np.where(np.isfinite(off), off, _BEHIND_PX)

    def _cost(self, cameras: Cameras, places: Floats) -> float:
        squared = np.sum((self._residuals(cameras, places) / self.scale_px) ** 2, axis=1)
        c2 = _CAUCHY**2
        fit = np.sum(c2 * np.log1p(squared / c2)) if self.robust else np.sum(squared)
        shifts = np.sum((cameras.eyes - self.start.eyes) ** 2, axis=1)
        turns = np.sum(turned_by(cameras.axes, self.start.axes) ** 2, axis=1)
        off = places - self.points.places
        drift = np.einsum("ni,nij,nj->", off, self.point_weight, off)
        return float(fit + shifts @ self.place_weight + turns @ self.turn_weight + drift)

    def _trust(self, residuals: Floats) -> Floats:
        squared = np.sum((residuals / self.scale_px) ** 2, axis=1)
        return 1.0 / (1.0 + squared / _CAUCHY**2) if self.robust else np.ones(len(squared))

    def _normal(self, cameras: Cameras, places: Floats) -> tuple[Floats, ...]:
        """The frames' part, the points' part, both right sides, and what couples them."""
        s = self.sightings
        c = calibrated_count(self.calibrate)
        pixels, by_frame, by_camera, by_point = derivatives(
            cameras, s.frame, places[s.point], self.calibrate
        )
        off = self._residuals(cameras, places)
        weight = self._trust(off) / self.scale_px**2
        weight = np.where(np.isfinite(pixels).all(axis=1), weight, 0.0)
        left = np.nan_to_num(np.concatenate([by_frame, by_camera], axis=2))
        right = np.nan_to_num(by_point)
        size = 6 * len(self.frames) + c
        at = np.concatenate(
            [6 * s.frame[:, None] + np.arange(6), np.tile(size - c + np.arange(c), (len(off), 1))],
            axis=1,
        )
        weighted = left * weight[:, None, None]
        u = np.zeros((size, size))
        blocks = np.einsum("mia,mib->mab", weighted, left)
        np.add.at(u, (at[:, :, None], at[:, None, :]), blocks)
        a = np.zeros(size)
        np.add.at(a, at, np.einsum("mia,mi->ma", weighted, off))
        shift, turned = self.start.eyes - cameras.eyes, turned_by(cameras.axes, self.start.axes)
        for i in range(len(self.frames)):
            w, e = slice(6 * i, 6 * i + 3), slice(6 * i + 3, 6 * i + 6)
            u[w, w] += np.eye(3) * self.turn_weight[i]
            u[e, e] += np.eye(3) * self.place_weight[i]
            a[w] -= turned[i] * self.turn_weight[i]
            a[e] += shift[i] * self.place_weight[i]
        v = np.zeros((len(places), 3, 3))
        b = np.zeros((len(places), 3))
        pulled = right * weight[:, None, None]
        np.add.at(v, s.point, np.einsum("mia,mib->mab", pulled, right))
        np.add.at(b, s.point, np.einsum("mia,mi->ma", pulled, off))
        v += self.point_weight
        b += np.einsum("nij,nj->ni", self.point_weight, self.points.places - places)
        couple = np.einsum("mia,mib->mab", weighted, right)
        return u, v, a, b, couple, at.astype(np.float64)

    def _reduced(self, normal: tuple[Floats, ...], damping: float) -> tuple[Floats, Floats, Floats]:
        u, v, a, b, couple, at = normal
        trace = np.trace(v, axis1=1, axis2=2)[:, None, None]
        # a point that no camera sees any more stays where it is
        least = np.where(trace > 0.0, 1e-12 * trace, 1.0)
        v_inverse = np.linalg.inv(v + np.eye(3) * (v * damping + least))
        s, right = u + np.diag(np.diag(u) * damping), a.copy()
        point, order = self.sightings.point, self.order
        edges = np.searchsorted(point[order], np.arange(0, len(v) + _CHUNK, _CHUNK))
        for k, (low, high) in enumerate(pairwise(edges)):
            rows = order[low:high]
            first, count = k * _CHUNK, min(_CHUNK, len(v) - k * _CHUNK)
            if count <= 0:
                break
            w = np.zeros((count, len(u), 3))
            number = point[rows] - first
            np.add.at(w, (number[:, None], at[rows].astype(np.intp)), couple[rows])
            some = slice(first, first + count)
            y = w @ v_inverse[some]
            s -= np.tensordot(y, w, axes=([0, 2], [0, 2]))
            right -= np.tensordot(y, b[some], axes=([0, 2], [0, 1]))
        return s, right, np.asarray(v_inverse, dtype=np.float64)

    def _moved(
        self, normal: tuple[Floats, ...], cameras: Cameras, places: Floats, damping: float
    ) -> tuple[Cameras, Floats]:
        _, _, _, b, couple, at = normal
        s, right, v_inverse = self._reduced(normal, damping)
        scale = 1.0 / np.sqrt(np.maximum(np.diag(s), 1e-300))
        step = scale * np.linalg.lstsq(s * scale[:, None] * scale, right * scale, rcond=1e-14)[0]
        back = np.einsum("mab,ma->mb", couple, step[at.astype(np.intp)])
        left = b.copy()
        np.subtract.at(left, self.sightings.point, back)
        shifted = places + np.einsum("njk,nk->nj", v_inverse, left)
        parts = step[: 6 * len(self.frames)].reshape(-1, 6)
        axes = turn(parts[:, :3]) @ cameras.axes
        inside = _with_inside(cameras.inside, self.calibrate, step[6 * len(self.frames) :])
        return Cameras(inside, cameras.eyes + parts[:, 3:], axes), shifted

    def _result(self, cameras: Cameras, places: Floats, steps: int) -> Adjusted:
        off = self._residuals(cameras, places)
        trust = self._trust(off)
        used = trust > 0.3
        s, _, _ = self._reduced(self._normal(cameras, places), 0.0)
        scale = 1.0 / np.sqrt(np.maximum(np.diag(s), 1e-300))
        scaled = s * scale[:, None] * scale
        condition = float(np.linalg.cond(scaled))
        free = np.bincount(self.sightings.point[used], minlength=len(places)) > 0
        own = np.isinf(self.points.sigma_m).astype(int) * 3
        if self.points.height_sigma_m is not None:
            own -= (own > 0) & np.isfinite(self.points.height_sigma_m)
        unknowns = len(s) + int(np.sum(own[free]))
        known = 3 * int(np.sum(self.place_weight > 0)) + 3 * int(np.sum(self.turn_weight > 0))
        spare = 2 * int(used.sum()) + known - unknowns
        sigma0 = float(np.sqrt(np.sum(off[used] ** 2) / spare)) if spare > 0 else float("nan")
        spread: list[tuple[float, float] | None] = [None] * len(self.frames)
        inside: tuple[float, ...] = ()
        if condition < 1e12:
            unit = sigma0 / self.scale_px if np.isfinite(sigma0) else 1.0
            variance = np.maximum(np.diag(np.linalg.inv(scaled)), 0.0) * scale**2
            variance *= max(unit, _FIRM) ** 2
            spread = [
                (float(np.sqrt(variance[6 * i + 3 : 6 * i + 6].mean())),
                 float(np.degrees(np.sqrt(variance[6 * i : 6 * i + 3].mean()))))
                for i in range(len(self.frames))
            ]  # fmt: skip
            inside = tuple(float(v) for v in np.sqrt(variance[6 * len(self.frames) :]))
        frames = tuple(
            _frame(f, cameras, i, spread[i], bool(self.calibrate))
            for i, f in enumerate(self.frames)
        )
        return Adjusted(frames, places, off, used, sigma0, steps, condition, inside)


def _weights(own: Sequence[float | None], common: float | None, unit: float) -> Floats:
    sigma = [common if one is None else one for one in own]
    return np.array([0.0 if one is None else 1.0 / max(one * unit, 1e-9) ** 2 for one in sigma])


def _with_inside(inside: Floats, calibrate: Sequence[str], step: Floats) -> Floats:
    made, at = inside.copy(), 0
    for name in calibrate:
        if name == FOCAL:
            made[:, 1] += step[at] * made[:, 1] / made[:, 0]
            made[:, 0] += step[at]
        elif name == CENTRE:
            made[:, 2:4] += step[at : at + 2]
        else:
            made[:, 4 + ("k1", "k2", "k3", "p1", "p2").index(name)] += step[at]
        at += 2 if name == CENTRE else 1
    return made


def _frame(
    frame: OrientedFrame, cameras: Cameras, i: int, spread: tuple[float, float] | None,
    calibrated: bool,
) -> OrientedFrame:  # fmt: skip
    left, _, right = np.linalg.svd(cameras.axes[i])
    place, angle = spread or (None, None)
    source = f"{frame.exterior.source}, adjusted".removeprefix(", ")
    exterior = Exterior(cameras.eyes[i].copy(), left @ right, source, place, angle)
    if not calibrated:
        return replace(frame, exterior=exterior)
    fx, fy, cx, cy, k1, k2, k3, p1, p2 = (float(value) for value in cameras.inside[i])
    interior = replace(
        frame.interior, focal_x=fx, focal_y=fy, centre_x=cx, centre_y=cy,
        k1=k1, k2=k2, k3=k3, p1=p1, p2=p2,
    )  # fmt: skip
    return replace(frame, interior=interior, exterior=exterior)
