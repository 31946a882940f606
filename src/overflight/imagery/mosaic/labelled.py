"""A COG of labels: its overviews take one pixel of four, since the mean of two frames' numbers is
the number of a third."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.cog.writer import CogWriter


class LabelWriter(CogWriter):
    """CogWriter for one band of labels, 0 where there is none."""

    def _shrink(
        self,
        number: int,
        row: int,
        column: int,
        tile: NDArray[Any],
        seen: NDArray[np.uint8] | None,  # noqa: ARG002 - 0 says it too
    ) -> None:
        level, half = self._levels[number], self._tiling.edge // 2
        pixels, mask = level.open_row()
        part = np.s_[
            half * (row % 2) : half * (row % 2) + half,
            half * (column % 2) : half * (column % 2) + half,
        ]
        # The largest of four: 0, which is nobody, must not win over somebody at the rim.
        four = [tile[y::2, x::2] for y in (0, 1) for x in (0, 1)]
        least = np.where(four[0] > 0, four[0], np.maximum.reduce(four))
        pixels[column // 2][part] = least
        mask[column // 2][part] = np.where(least > 0, 255, 0)
        below = self._levels[number - 1]
        if column == below.across - 1 and (row % 2 == 1 or row == below.down - 1):
            done = level.row
            level.close_row()
            for k in range(level.across):
                self._put(number, done, k, pixels[k], mask[k])
