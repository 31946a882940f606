"""What keeps a crop from carrying an answer: each check refuses with a reason, or says nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.edge.reading import EdgeRefused

Array = NDArray[np.float64]

LEAST_SIDE = 24
"""pixels; shorter edges hold too few phases of the pixel grid"""
MOST_SIDE = 1024
NOISIEST = 0.25
_CLIPPED_SHARE = 0.02
_UNLIKE = 0.05
_BLOCKS = 1.5


def require_picture(image: NDArray[np.generic]) -> None:
    """Two dimensions, finite numbers, neither too small nor all alike."""
    if image.ndim != 2 or image.dtype.kind not in "uif" or not np.isfinite(image).all():
        raise EdgeRefused(
            "not an image",
            "an edge is measured in one band of finite numbers",
            remedy="Give one band, (rows, columns), without gaps.",
        )
    rows, columns = image.shape
    if min(rows, columns) < LEAST_SIDE:
        raise EdgeRefused(
            "too small",
            f"{columns} x {rows} pixels; {LEAST_SIDE} a side are the least",
            remedy="Cut out more of the edge and of the plain areas beside it.",
        )
    if max(rows, columns) > MOST_SIDE:
        raise EdgeRefused(
            "two edges",
            f"{columns} x {rows} pixels are not a crop around one edge",
            remedy=f"Cut out one edge, at most {MOST_SIDE} pixels a side.",
        )
    if float(image.max()) == float(image.min()):
        raise EdgeRefused(
            "no edge", "every pixel is the same", remedy="Cut out an area with an edge in it."
        )


def require_unclipped(image: NDArray[np.generic], d: Array, blur: float, top: float | None) -> None:
    """Neither side may stand at the end of the counts. ``top`` is the highest that is possible;
    without one, a side of which half is at the crop's own extreme is taken as clipped there when
    the other side shows noise."""
    values = image.ravel().astype(float)
    for side, extreme, bound, name in (
        (d > 2.0 * blur, float(values.max()), top, "light"),
        (d < -2.0 * blur, float(values.min()), None if top is None else 0.0, "dark"),
    ):
        other = ~side & (np.abs(d) > 2.0 * blur)
        if not side.any() or not other.any():
            continue
        share = float((values[side] == extreme).mean())
        at_bound = bound is not None and extreme == bound and share > _CLIPPED_SHARE
        flattened = (
            share > 0.5
            and float(values[other].std()) > 1.0
            and values[side].std() < 0.5 * (values[other].std())
        )
        if at_bound or flattened:
            raise EdgeRefused(
                "clipped",
                f"{share:.0%} of the {name} side stand at {extreme:g}",
                remedy="Use a picture that is exposed so that both sides keep their detail.",
            )


def require_room(d: Array, blur: float) -> None:
    """Plain areas on both sides, wide enough to know their levels."""
    room = min(-float(np.percentile(d, 0.5)), float(np.percentile(d, 99.5)))
    if room < max(2.5 * blur, 5.0):
        raise EdgeRefused(
            "too blurred",
            f"the edge is {blur:.1f} pixels wide (one standard deviation) and one side of the crop "
            f"only {max(room, 0.0):.0f}",
            remedy="Cut out more on both sides of the edge, or use a sharper picture.",
        )


def require_quiet(noise: float) -> None:
    """Noise as a share of the contrast."""
    if noise > NOISIEST:
        raise EdgeRefused(
            "too much noise",
            f"{noise:.0%} of the contrast; {NOISIEST:.0%} is the most",
            remedy="Use a longer exposure, a target of more contrast, or the mean of pictures.",
        )


def require_explained(explained: float) -> None:
    """How much of the picture's variance one straight edge explains."""
    if explained < 0.5:
        raise EdgeRefused(
            "no edge",
            f"a straight edge explains {explained:.0%} of what is seen",
            remedy="Cut out an area with one straight edge and nothing else.",
        )


def require_one_edge(residual: Array, noise: float) -> None:
    """Nothing may be left over that has a shape. ``residual`` (rows, columns) and ``noise`` are
    shares of the contrast."""
    size = 6
    rows, columns = (n // size * size for n in residual.shape)
    blocks = residual[:rows, :columns].reshape(rows // size, size, columns // size, size)
    means = blocks.mean(axis=(1, 3))
    rough = float(np.sqrt(max(float((means**2).mean()) - (noise / size) ** 2, 0.0)))
    if rough > _UNLIKE:
        raise EdgeRefused(
            "two edges",
            f"beside the edge found, something varies by {rough:.0%} of its contrast",
            remedy="Cut out one edge between two plain areas.",
        )


def blockiness(residual: Array) -> float:
    """How much larger steps between columns (or rows) are at the borders of 8 x 8 blocks than
    within them; 1 in a picture that was never compressed so."""
    worst = 1.0
    for plane in (residual, residual.T):
        steps = np.abs(np.diff(plane, axis=1)).mean(axis=0)
        usable = steps.size // 8 * 8
        if usable < 16:
            continue
        phases = steps[:usable].reshape(-1, 8).mean(axis=0)
        rest = float(np.median(phases))
        worst = max(worst, (float(phases.max()) + 0.02) / (rest + 0.02))
    return worst


def require_not_blocky(residual: Array) -> None:
    """``residual`` in counts of an 8-bit picture."""
    found = blockiness(residual)
    if found > _BLOCKS:
        raise EdgeRefused(
            "JPEG artefacts",
            f"steps between 8 x 8 blocks are {found:.1f} times those within",
            remedy="Use the picture as the camera wrote it, or one compressed less.",
        )
