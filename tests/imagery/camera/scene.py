"""A calibration target as quadrilaterals on a plane, in metres, and the ground around it.

Own code, nothing shared with what is tested. x to the right, y down, as pictures run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Bars of one width. ``normal`` "x": bars stand side by side along x."""

    x: float
    y: float
    width: float
    length: float
    count: int
    normal: str

    def bars(self) -> list[Array]:
        """Corners (4, 2) of each dark bar, metres."""
        made = []
        for k in range(self.count):
            a = (2 * k - (self.count - 0.5)) * self.width + 0.0
            across = (a, a + self.width)
            along = (-self.length / 2, self.length / 2)
            (x0, x1), (y0, y1) = (across, along) if self.normal == "x" else (along, across)
            made.append(
                np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) + np.array([self.x, self.y])
            )
        return made

    @property
    def breadth(self) -> float:
        """Across the bars, from the first edge to the last."""
        return (2 * self.count - 1) * self.width


@dataclass(frozen=True)
class Target:
    groups: tuple[Group, ...]
    panel: tuple[float, float, float, float]
    """x0, y0, x1, y1 of the light panel, metres."""
    ratio: float
    white: float = 0.5
    black: float = 0.1

    @property
    def modulation(self) -> float:
        return (self.white - self.black) / (self.white + self.black)

    @property
    def widths(self) -> list[float]:
        return sorted({g.width for g in self.groups}, reverse=True)


def stepped_target(
    widest: float, ratio: float, steps: int, *, count: int = 3, aspect: float = 5.0,
    white: float = 0.5, black: float = 0.1, margin: float = 2.0, columns: int = 2,
) -> Target:  # fmt: skip
    """Groups in rows, each width twice (both orientations), widest first.

    The rows are dealt to ``columns`` columns, so that a long series stays compact.
    """
    widths = [widest / ratio**k for k in range(steps)]
    per = -(-steps // columns)
    groups: list[Group] = []
    x0 = 0.0
    bottom = 0.0
    for column in range(columns):
        here = widths[column * per : (column + 1) * per]
        if not here:
            break
        y = margin * here[0]
        breadth = (2 * count - 1) * here[0]
        length = aspect * here[0]
        column_width = breadth + length + 3 * margin * here[0]
        for w in here:
            b, ell = (2 * count - 1) * w, aspect * w
            tall = max(b, ell)
            left = x0 + margin * here[0]
            groups.append(Group(left + b / 2, y + tall / 2, w, ell, count, "x"))
            groups.append(Group(left + b + margin * w + ell / 2, y + tall / 2, w, ell, count, "y"))
            y += tall + margin * w
        bottom = max(bottom, y + margin * here[-1])
        x0 += column_width
    return Target(tuple(groups), (0.0, 0.0, x0, bottom), ratio, white, black)
