"""Which surface heights count from, and what it does to a picture if that is wrong.

No geoid comes with the program or with PROJ's packages, and none is fetched: a user gives one, a
raster or a number, or the camera's heights and the ground's count from the same surface. The geoid
lies between 107 m below and 86 m above the ellipsoid (EGM2008, NGA); a difference of h metres
moves a place by h tan(t), where t is the angle of its ray from the vertical.
"""

from __future__ import annotations

import numpy as np

from overflight.geo.earth_fixed import from_earth_fixed, north_east_down
from overflight.imagery.elevation import Terrain, geoid_heights
from overflight.imagery.process.job import Ground
from overflight.imagery.rectify.footprint import meets_terrain
from overflight.terms.frames import OrientedFrame
from overflight.units import Metres


def level_of(ground: Ground, lat: float, lon: float) -> Metres:
    """The height of level ground above the ellipsoid: as given, or lifted by the geoid there."""
    level = ground.level_m or 0.0
    if ground.geoid is None:
        return level
    if isinstance(ground.geoid, float):
        return level + ground.geoid
    return level + float(geoid_heights(ground.geoid, np.array([lat]), np.array([lon]))[0])


def heights_told(
    frame: OrientedFrame, terrain: Terrain, ground: Ground, pixel_m: Metres
) -> tuple[str, tuple[str, ...]]:
    """What the ground's heights count from, with what a metre does at the frame's edge; and notes
    where somebody should look."""
    edge = edge_shift(frame, terrain)
    moves = (
        "the frame's edge sees the horizon, where heights decide everything"
        if edge is None
        else f"a metre of height moves the frame's edge by {edge:.2f} m ({edge / pixel_m:.1f} "
        "pixels)"
    )
    what = f"level ground at {ground.level_m or 0.0:g} m" if ground.dem is None else ground.dem.name
    if ground.geoid is not None:
        by = f"{ground.geoid:g} m" if isinstance(ground.geoid, float) else ground.geoid.name
        return f"Heights of {what} lifted onto the ellipsoid by {by}; {moves}.", ()
    if terrain.vertical:
        said = (
            f"Heights of {what} count from {terrain.vertical} and were taken as they are; {moves}."
        )
        note = (
            f"the elevations count from {terrain.vertical} and were taken as they are: give "
            f"--geoid, or let the track count from the same; {moves}"
        )
        return said, (note,)
    return (
        f"Heights of {what} taken to count from the same surface as the camera's: nothing says "
        f"what from; {moves}.",
        (),
    )


def edge_shift(frame: OrientedFrame, terrain: Terrain) -> float | None:
    """Metres on the ground for one metre of height at the corner that looks farthest aside; None
    where a corner sees no ground."""
    inside = frame.interior
    corners = np.array(
        [[x, y] for x in (0.0, inside.columns) for y in (0.0, inside.rows)], dtype=np.float64
    )
    points = meets_terrain(frame, terrain, corners)
    if not np.isfinite(points).all():
        return None
    lat, lon, _ = from_earth_fixed(points)
    most = 0.0
    for point, at_lat, at_lon in zip(points, lat.tolist(), lon.tolist(), strict=True):
        ray = point - frame.exterior.eye
        down = float(ray @ north_east_down(at_lat, at_lon)[2])
        most = max(most, float(np.sqrt(max(0.0, ray @ ray - down * down))) / max(down, 1e-9))
    return most
