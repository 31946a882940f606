"""What each group of a fit says by itself: does it fit, and what contrast is left of it."""

from __future__ import annotations

import math

import numpy as np

from overflight.imagery.bars import blur, fit

_UNEXPLAINED = 0.3
_ODD_STEP = (0.55, 1.7)
_ODD_SIZE = math.log(1.5)


def own_steps(made: fit.Fit) -> list[tuple[float, float]]:
    """Of each group: the step that fits it best over the step of all, and its deviation.

    The pattern is the fit's own, so the ratio is 1 where the group follows the common blur.
    """
    rows = []
    for window in made.windows:
        x, y = window.xs, window.ys
        plane = window.local[6] + window.local[7] * x + window.local[8] * y
        shape = window.made - plane
        basis = np.c_[shape, np.ones(len(x)), x, y]
        weighted = basis * window.weights[:, None]
        square = basis.T @ weighted
        side = weighted.T @ window.values
        try:
            inverse = np.linalg.inv(square)
        except np.linalg.LinAlgError:
            rows.append((0.0, 1.0))
            continue
        rows.append((float((inverse @ side)[0]), float(math.sqrt(max(inverse[0, 0], 0.0)))))
    return rows


def own_transfers(made: fit.Fit) -> list[tuple[float, float]]:
    """Of each group: the share of contrast between bars and gaps that is left, and its
    deviation."""
    rows = []
    for window, (ratio, error) in zip(made.windows, own_steps(made), strict=True):
        t = blur.bar_transfer(
            made.theta(window.side), made.angles[window.side], window.width, window.seen.count
        )
        t *= 1.0 - blur.VEIL
        rows.append((ratio * t, error * t * math.sqrt(made.correlated)))
    return rows


def unexplained(made: fit.Fit) -> float:
    """Median share of the groups' variance that the fit leaves over, noise and all."""
    return float(
        np.median([np.mean((w.values - w.made) ** 2) / np.var(w.values) for w in made.windows])
    )


def kept_windows(made: fit.Fit) -> list[fit.Window]:
    """Those groups that are bars as the others are: by what the fit leaves over, by their step,
    and by how far the fit had to move them."""
    noise = float(np.median([np.mean((w.values - w.made) ** 2) for w in made.windows]))
    kept = []
    for window, (ratio, error) in zip(made.windows, own_steps(made), strict=True):
        rest = float(np.mean((window.values - window.made) ** 2))
        spread = float(np.var(window.values))
        excess = max(rest - 1.5 * noise, 0.0)
        seen = window.seen
        moved = math.hypot(window.centre[0] - seen.x, window.centre[1] - seen.y)
        sizes = (window.width / seen.width, window.length / seen.length)
        if (
            np.isfinite(rest)
            and excess < _UNEXPLAINED * spread
            and _ODD_STEP[0] - 2 * error < ratio < _ODD_STEP[1] + 2 * error
            and moved < 1.2 * seen.width
            and all(abs(math.log(s)) < _ODD_SIZE for s in sizes)
        ):
            kept.append(window)
    return kept
