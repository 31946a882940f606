"""Pixels of points in many frames at once, and how they change with everything that may move.

The derivatives are those of ``terms.frames.Interior``'s formulas (Brown 1971) and of collinearity
(Kraus 2007, section B 3.4); a rotation moves by a small vector w, axes -> exp([w]x) axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.terms.frames import Exterior, Floats, Interior

Indices = NDArray[np.intp]

FOCAL, CENTRE = "focal", "centre"
CALIBRATED = (FOCAL, CENTRE, "k1", "k2", "k3", "p1", "p2")
"""What of a camera may be found together with the frames; the centre is two numbers."""

_NEAREST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Cameras:
    """Interiors and exteriors of f frames as arrays: ``inside`` (f, 9) has focal x, y, centre x,
    y, k1, k2, k3, p1, p2; ``eyes`` (f, 3), ``axes`` (f, 3, 3)."""

    inside: Floats
    eyes: Floats
    axes: Floats


def cameras_of(interiors: Sequence[Interior], exteriors: Sequence[Exterior]) -> Cameras:
    """Both in the same order, one of each for every frame."""
    inside = [
        (c.focal_x, c.focal_y, c.centre_x, c.centre_y, *c.distortion) for c in interiors
    ]  # fmt: skip
    return Cameras(
        np.array(inside, dtype=np.float64).reshape(-1, 9),
        np.array([e.eye for e in exteriors]).reshape(-1, 3),
        np.array([e.axes for e in exteriors]).reshape(-1, 3, 3),
    )


def pixels_at(cameras: Cameras, frame: Indices, points: Floats) -> Floats:
    """Pixels (m, 2) of points (m, 3), each in its ``frame``; nan behind a camera."""
    _, x, y = _seen(cameras, frame, points)
    return _pixels(cameras.inside[frame], x, y)


def derivatives(
    cameras: Cameras, frame: Indices, points: Floats, calibrated: Sequence[str] = ()
) -> tuple[Floats, Floats, Floats, Floats]:
    """Pixels (m, 2), and their derivatives by the frame's turn and eye (m, 2, 6), by the
    ``calibrated`` numbers in their order (m, 2, c), and by the point (m, 2, 3)."""
    inside = cameras.inside[frame]
    seen, x, y = _seen(cameras, frame, points)
    axes = cameras.axes[frame]
    fx, fy, _, _, k1, k2, k3, p1, p2 = inside.T
    r2 = x * x + y * y
    d = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
    e = k1 + r2 * (2.0 * k2 + 3.0 * r2 * k3)
    cross = 2.0 * x * y * e + 2.0 * p1 * x + 2.0 * p2 * y
    bend = np.empty((len(x), 2, 2))
    bend[:, 0, 0] = fx * (d + 2.0 * x * x * e + 2.0 * p1 * y + 6.0 * p2 * x)
    bend[:, 0, 1] = fx * cross
    bend[:, 1, 0] = fy * cross
    bend[:, 1, 1] = fy * (d + 2.0 * y * y * e + 6.0 * p1 * y + 2.0 * p2 * x)
    flat = np.zeros((len(x), 2, 3))
    flat[:, 0, 0] = flat[:, 1, 1] = 1.0
    flat[:, 0, 2], flat[:, 1, 2] = -x, -y
    by_seen = bend @ (flat / seen[:, 2][:, None, None])
    by_point = by_seen @ axes
    by_turn = -by_seen @ _crosses(seen)
    by_frame = np.concatenate([by_turn, -by_point], axis=2)
    columns = [_by_inside(name, inside, x, y, r2, d) for name in calibrated]
    by_camera = np.concatenate(columns, axis=2) if columns else np.zeros((len(x), 2, 0))
    return _pixels(inside, x, y), by_frame, by_camera, by_point


def calibrated_count(calibrated: Sequence[str]) -> int:
    return sum(2 if name == CENTRE else 1 for name in calibrated)


def _seen(cameras: Cameras, frame: Indices, points: Floats) -> tuple[Floats, Floats, Floats]:
    seen = np.einsum("mij,mj->mi", cameras.axes[frame], points - cameras.eyes[frame])
    depth = np.where(seen[:, 2] > _NEAREST, seen[:, 2], np.nan)
    return seen, seen[:, 0] / depth, seen[:, 1] / depth


def _pixels(inside: Floats, x: Floats, y: Floats) -> Floats:
    fx, fy, cx, cy, k1, k2, k3, p1, p2 = inside.T
    r2 = x * x + y * y
    d = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
    bent_x = x * d + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x)
    bent_y = y * d + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y
    return np.column_stack([cx + fx * bent_x, cy + fy * bent_y])


def _by_inside(name: str, inside: Floats, x: Floats, y: Floats, r2: Floats, d: Floats) -> Floats:
    fx, fy, _, _, _, _, _, p1, p2 = inside.T
    if name == FOCAL:
        column = x * d + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x)
        row = (y * d + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y) * fy / fx
    elif name == CENTRE:
        return np.broadcast_to(np.eye(2), (len(x), 2, 2))
    elif name in ("k1", "k2", "k3"):
        power = r2 ** int(name[1])
        column, row = fx * x * power, fy * y * power
    elif name == "p1":
        column, row = fx * 2.0 * x * y, fy * (r2 + 2.0 * y * y)
    else:
        column, row = fx * (r2 + 2.0 * x * x), fy * 2.0 * x * y
    return np.stack([column, row], axis=1)[:, :, None]


def _crosses(vectors: Floats) -> Floats:
    """The matrices [v]x, so that [v]x w is v cross w; (m, 3) to (m, 3, 3)."""
    x, y, z = vectors.T
    zero = np.zeros_like(x)
    rows = [[zero, -z, y], [z, zero, -x], [-y, x, zero]]
    return np.stack([np.stack(row, axis=1) for row in rows], axis=1)


def turn(vectors: Floats) -> Floats:
    """Rotations exp([w]x) by Rodrigues' formula; (f, 3) to (f, 3, 3)."""
    angle = np.linalg.norm(vectors, axis=1)[:, None, None]
    k = _crosses(vectors)
    first = np.sinc(angle / np.pi)
    second = 0.5 * np.sinc(angle / (2.0 * np.pi)) ** 2
    return np.asarray(np.eye(3) + first * k + second * (k @ k))


def turned_by(axes: Floats, before: Floats) -> Floats:
    """The small vectors w with axes = exp([w]x) before; (f, 3, 3) to (f, 3)."""
    r = axes @ np.swapaxes(before, 1, 2)
    odd = 0.5 * np.stack(
        [r[:, 2, 1] - r[:, 1, 2], r[:, 0, 2] - r[:, 2, 0], r[:, 1, 0] - r[:, 0, 1]], axis=1
    )
    sine = np.linalg.norm(odd, axis=1)
    angle = np.arctan2(sine, 0.5 * (np.trace(r, axis1=1, axis2=2) - 1.0))
    return np.asarray(odd * np.where(sine > 1e-12, angle / np.maximum(sine, 1e-300), 1.0)[:, None])
