"""The collinearity of a point, the projection centre and the image: both directions, exact.

Kraus, Photogrammetry (2nd edition, 2007), section 4.1; distortion as ``Interior`` writes it.
"""

from __future__ import annotations

import numpy as np

from overflight.terms.frames import Exterior, Floats, Interior

_STEPS = 25
_SETTLED = 1e-12


def project(interior: Interior, exterior: Exterior, points: Floats) -> Floats:
    """Earth-fixed points, shape (n, 3), to pixels (column, row), shape (n, 2).

    nan for a point beside or behind the camera, and where the distortion has turned back on
    itself: no ray of the camera goes there.
    """
    seen = (np.asarray(points, dtype=np.float64) - exterior.eye) @ exterior.axes.T
    depth = np.where(seen[:, 2] > 0.0, seen[:, 2], np.nan)
    x, y = seen[:, 0] / depth, seen[:, 1] / depth
    bent_x, bent_y = _bent(interior, x, y)
    if interior.distorted:
        beyond = x * x + y * y > folds_at(interior)
        bent_x = np.where(beyond, np.nan, bent_x)
    pixels = np.column_stack(
        [
            interior.centre_x + interior.focal_x * bent_x,
            interior.centre_y + interior.focal_y * bent_y,
        ]
    )
    pixels[~np.isfinite(pixels).all(axis=1)] = np.nan
    return pixels


def rays(interior: Interior, exterior: Exterior, pixels: Floats) -> Floats:
    """Unit vectors, Earth-fixed, from the projection centre through pixels; (n, 2) to (n, 3).

    nan where the distortion cannot be undone.
    """
    pixels = np.asarray(pixels, dtype=np.float64)
    goal_x = (pixels[:, 0] - interior.centre_x) / interior.focal_x
    goal_y = (pixels[:, 1] - interior.centre_y) / interior.focal_y
    x, y = goal_x.copy(), goal_y.copy()
    if interior.distorted:
        for _ in range(_STEPS):
            bent_x, bent_y = _bent(interior, x, y)
            off_x, off_y = goal_x - bent_x, goal_y - bent_y
            x, y = x + off_x, y + off_y
            if np.nanmax(np.hypot(off_x, off_y), initial=0.0) < _SETTLED:
                break
        bent_x, bent_y = _bent(interior, x, y)
        wrong = ~(np.hypot(goal_x - bent_x, goal_y - bent_y) < 1e-9)
        wrong |= x * x + y * y > folds_at(interior)
        x = np.where(wrong, np.nan, x)
    directions = np.column_stack([x, y, np.ones_like(x)]) @ exterior.axes
    return np.asarray(directions / np.linalg.norm(directions, axis=1, keepdims=True))


def folds_at(interior: Interior) -> float:
    """The r2 from which the radial distortion turns back: the least root of d(r d)/dr; or inf."""
    k1, k2, k3 = interior.k1, interior.k2, interior.k3
    roots = np.roots(np.trim_zeros(np.array([7.0 * k3, 5.0 * k2, 3.0 * k1, 1.0]), "f"))
    real = roots.real[(np.abs(roots.imag) < 1e-9) & (roots.real > 0.0)]
    return float(real.min()) if real.size else float("inf")


def _bent(interior: Interior, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    if not interior.distorted:
        return x, y
    k1, k2, k3, p1, p2 = interior.distortion
    r2 = x * x + y * y
    d = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
    return (
        x * d + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x),
        y * d + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y,
    )
