"""The land around a tour, for its map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from overflight.geo.positions import Position

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from overflight.treaty.view import TreatyView

MARGIN = 8.0
"""Degrees around the places within which land is drawn."""


def lands_around(
    view: TreatyView, positions: Iterable[Position]
) -> tuple[list[tuple[str, str, BaseGeometry]], str]:
    """Rows of name, standing and shape of what lies near, and where the lines are from."""
    from overflight.treaty.borders import shipped_borders
    from overflight.treaty.neighbours import standing_of

    points = list(positions)
    south, north = min(p.lat for p in points) - MARGIN, max(p.lat for p in points) + MARGIN
    west, east = min(p.lon for p in points) - MARGIN, max(p.lon for p in points) + MARGIN
    borders = shipped_borders()
    rows = []
    for drawn in borders.units.values():
        w, s, e, n = drawn.bounds
        if w <= east and e >= west and s <= north and n >= south:
            rows.append((drawn.name, standing_of(view, drawn.belongs_to), drawn.geometry))
    return rows, borders.source
