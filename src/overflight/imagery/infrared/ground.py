"""The ground under a scan in the scan's own map coordinates: level, or an elevation model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.elevation import Terrain

Array = NDArray[np.float64]


class Ground(Protocol):
    """Heights at map places, and the lowest and highest of them."""

    @property
    def span(self) -> tuple[float, float]: ...
    def heights(self, x: Any, y: Any) -> Array: ...


@dataclass(frozen=True, slots=True)
class Level:
    """The same height everywhere."""

    height_m: float

    @property
    def span(self) -> tuple[float, float]:
        return self.height_m, self.height_m

    def heights(self, x: Any, y: Any) -> Array:
        return np.full(np.broadcast(x, y).shape, self.height_m)


@dataclass(frozen=True, eq=False)
class OnMap:
    """A terrain of any coordinate system, asked in the map's."""

    terrain: Terrain
    crs: str

    @property
    def span(self) -> tuple[float, float]:
        return self.terrain.span

    def heights(self, x: Any, y: Any) -> Array:
        if self.terrain.crs == self.crs:
            return self.terrain.heights(x, y)
        import pyproj

        change = pyproj.Transformer.from_crs(self.crs, self.terrain.crs, always_xy=True)
        return self.terrain.heights(*change.transform(np.asarray(x), np.asarray(y)))
