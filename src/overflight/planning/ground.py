"""Where legs may not lead: too near to a State that is not a party, out of the territory, into
an area that is to be avoided."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from overflight.geo.areas import Area
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.geo.screens import Screen
from overflight.planning.problem import BoolMatrix
from overflight.planning.visibility import minute_corners
from overflight.sensing.track import unit_vectors
from overflight.units import Kilometres

_EARTH_KM = 6371.0088
_BEYOND_KM = 500.0
_FEW = 4
"""So many points are looked at leg by leg: quicker then than all at once."""


class Borders(Protocol):
    """What planning asks of a geography (``treaty.geography.Geography``)."""

    def in_territory(self, position: Position, /) -> bool: ...

    def blocked_leg(self, a: Position, b: Position, /, *, margin_km: Kilometres) -> bool: ...

    def blocked_pairs(
        self, points: Sequence[Position], /, *, margin_km: Kilometres
    ) -> BoolMatrix: ...

    def screen(
        self, points: Sequence[Position], /, *, margin_km: Kilometres, beyond_km: Kilometres
    ) -> Screen | None: ...


class Ground:
    """Borders with a margin, and areas to avoid, as a planner asks for them.

    The largest answer so far is kept, because planners ask about its legs again and again.
    """

    def __init__(self, borders: Borders, margin_km: Kilometres, avoid: Sequence[Area] = ()) -> None:
        self.borders = borders
        self.margin_km = margin_km
        self._rows: dict[Position, int] = {}
        self._known: BoolMatrix = np.zeros((0, 0), dtype=bool)
        self._avoid = [(area, *_circle(area)) for area in avoid]
        self._screen: Screen | None = None
        self._corners: tuple[Position, ...] = ()

    def blocked(self, points: Sequence[Position], /) -> BoolMatrix:
        """See ``problem.BlockedLegs``."""
        if all(point in self._rows for point in points):
            rows = [self._rows[point] for point in points]
            return np.array(self._known[np.ix_(rows, rows)])
        matrix = self._by_borders(points)
        for area, centre, radius in self._avoid:
            for i, j in _passing(points, centre, radius):
                if not matrix[i, j] and area.intersects_leg(points[i], points[j]):
                    matrix[i, j] = matrix[j, i] = True
        if len(points) > len(self._rows):
            self._rows = {point: row for row, point in enumerate(points)}
            self._known = matrix
        return np.array(matrix)

    def _by_borders(self, points: Sequence[Position]) -> BoolMatrix:
        if len(points) > _FEW:
            if self._screen is not None and self._screen.covers(points):
                return self._screen.blocked(points)
            found = self.borders.blocked_pairs(points, margin_km=self.margin_km)
            return np.array(found, dtype=bool)
        matrix = np.zeros((len(points), len(points)), dtype=bool)
        for i, j in combinations(range(len(points)), 2):
            blocked = self.borders.blocked_leg(points[i], points[j], margin_km=self.margin_km)
            matrix[i, j] = matrix[j, i] = blocked
        return matrix

    def corners(self, points: Sequence[Position], /) -> Sequence[Position]:
        """See ``problem.Corners``: about everything within 500 km of the points.

        None for points too far apart for one map (more than about 10,000 km). The map is kept, and
        later questions about what lies on it are answered from it.
        """
        if self._screen is None or not self._screen.covers(points):
            self._screen = self.borders.screen(
                points, margin_km=self.margin_km, beyond_km=_BEYOND_KM
            )
            if self._screen is None:
                return ()
            walls = self._screen.with_areas([area for area, _, _ in self._avoid])
            self._corners = minute_corners(walls, self.fix_allowed)
        return self._corners

    def fix_allowed(self, position: Position, /) -> bool:
        """See ``problem.FixAllowed``."""
        return self.borders.in_territory(position)


def _circle(area: Area) -> tuple[Position, Kilometres]:
    """A circle around an area: centre and radius, km, with 5 % to spare."""
    import shapely

    west, south, east, north = shapely.bounds(area.geometry)
    centre = Position(lat=(south + north) / 2, lon=(west + east) / 2)
    corners = shapely.get_coordinates(shapely.convex_hull(area.geometry))
    reach = max(distance_km(centre, Position(lat=float(y), lon=float(x))) for x, y in corners)
    return centre, 1.05 * reach + 1.0


def _passing(
    points: Sequence[Position], centre: Position, radius: Kilometres
) -> list[tuple[int, int]]:
    """Pairs i < j whose leg comes within ``radius`` of ``centre``; errs to the safe side."""
    vectors = unit_vectors(points)
    (middle,) = unit_vectors([centre])
    first, second = np.triu_indices(len(points), k=1)
    away = _from_arcs(vectors[first], vectors[second], middle)
    near = np.flatnonzero(away <= 1.005 * radius + 2.0)
    return [(int(first[k]), int(second[k])) for k in near]


def _from_arcs(
    a: NDArray[np.float64], b: NDArray[np.float64], point: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Distances on the sphere from one point to n arcs, km, shape (n,)."""
    normal = np.cross(a, b)
    size = np.linalg.norm(normal, axis=1, keepdims=True)
    normal = normal / np.where(size > 0, size, 1.0)
    # The foot lies on the arc when the point is on the inner side of the planes through its ends.
    inside = (np.cross(normal, a) @ point >= 0) & (np.cross(b, normal) @ point >= 0)
    across = np.arcsin(np.clip(np.abs(normal @ point), 0.0, 1.0))
    ends = np.minimum(
        np.arccos(np.clip(a @ point, -1.0, 1.0)), np.arccos(np.clip(b @ point, -1.0, 1.0))
    )
    return np.asarray(np.where(inside & (size[:, 0] > 0), across, ends) * _EARTH_KM)
