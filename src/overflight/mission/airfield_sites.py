"""Illustrative sites: civil airfields inside a State's territory, with values drawn by seed.

They stand in for a site list that a planner would never publish. Positions are those of the
airportsdata package (MIT); the values mean nothing and say so.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from overflight.errors import PlanError
from overflight.geo.positions import Position
from overflight.terms.sites import Site

VALUES = (1, 2, 3, 5, 8)
"""Illustrative values; drawn uniformly with the seed."""

BoundingBox = tuple[float, float, float, float]


def airfield_sites(
    inside: Callable[[Position], bool],
    *,
    seed: int = 1,
    bbox: BoundingBox | None = None,
    limit: int | None = None,
) -> tuple[Site, ...]:
    """Airfields of airportsdata for which ``inside`` holds, ordered by ICAO code.

    ``bbox`` is (west, south, east, north) in degrees; ``limit`` keeps that many, drawn with the
    same seed. Raises PlanError when none is left.
    """
    import airportsdata

    rng = random.Random(seed)
    found: list[Site] = []
    for code, row in sorted(airportsdata.load("ICAO").items()):
        position = Position(lat=row["lat"], lon=row["lon"])
        if bbox is not None and not _in_box(position, bbox):
            continue
        if inside(position):
            found.append(
                Site(id=code, position=position, name=row["name"], value=float(rng.choice(VALUES)))
            )
    if not found:
        raise PlanError(
            "no airfield of the airportsdata package lies there",
            remedy="Widen --bbox, or name another State.",
        )
    if limit is not None and limit < len(found):
        found = sorted(rng.sample(found, limit), key=lambda site: site.id)
    return tuple(found)


def _in_box(position: Position, bbox: BoundingBox) -> bool:
    west, south, east, north = bbox
    if not south <= position.lat <= north:
        return False
    if west <= east:
        return west <= position.lon <= east
    return position.lon >= west or position.lon <= east  # a box across the antimeridian
