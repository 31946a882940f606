"""Length and score of an answer taken again, in plain numpy and pyproj, by none of our own code."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from instances import DiscInstance, Instance, NodeInstance

TOLERANCE = 1e-6
"""Of lengths and of a disc's edge, in the unit of the instance: the published rule's."""

Point = Sequence[float]


class Wrong(Exception):
    """An answer that breaks a rule of its instance."""


def checked(instance: Instance, answer: dict[str, Any]) -> tuple[float, float]:
    """Score and length of an answer: ``order`` of nodes or ``path`` of points. Raises Wrong."""
    if isinstance(instance, NodeInstance):
        score, length = _nodes(instance, answer["order"])
    elif instance.geodesic:
        score, length = _geodesic(instance, answer["path"])
        if enters(instance.hazards, answer["path"]):
            raise Wrong("enters a hazard area")
    else:
        score, length = _plane(instance, answer["path"])
    if length > instance.limit + TOLERANCE:
        raise Wrong(f"too long: {length:g} of {instance.limit:g}")
    return score, length


def _nodes(instance: NodeInstance, order: Sequence[int]) -> tuple[float, float]:
    nodes = np.array(order, dtype=np.intp)
    closed = instance.start == instance.end
    if len(set(order)) != len(order):
        raise Wrong("a node twice")
    if nodes[0] != instance.start or (not closed and nodes[-1] != instance.end):
        raise Wrong("wrong ends")
    ahead = np.roll(nodes, -1) if closed else nodes[1:]
    length = float(instance.distances()[nodes[: len(ahead)], ahead].sum())
    return float(instance.scores[nodes].sum()), length


def _ends(instance: DiscInstance, points: Sequence[Point]) -> None:
    if not (np.allclose(points[0], instance.start) and np.allclose(points[-1], instance.end)):
        raise Wrong("wrong ends")


def _plane(instance: DiscInstance, path: Sequence[Point]) -> tuple[float, float]:
    """A disc counts when a straight leg comes within its radius."""
    _ends(instance, path)
    points = np.asarray(path)
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    seen = np.zeros(len(instance.scores), dtype=bool)
    for a, b in itertools.pairwise(points):
        leg = b - a
        size = float(leg @ leg)
        at = np.clip((instance.centres - a) @ leg / size, 0, 1) if size > 0 else 0.0 * seen
        foot = a + at[:, None] * leg
        seen |= np.hypot(*(instance.centres - foot).T) <= instance.radii + TOLERANCE
    return float(instance.scores[seen].sum()), length


def _by_kilometre(path: Sequence[Point]) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """For every leg its length in km, and longitudes and latitudes at most 1 km apart on it."""
    from pyproj import Geod

    earth = Geod(ellps="WGS84")
    for (lon1, lat1), (lon2, lat2) in itertools.pairwise(path):
        azimuth, _, metres = earth.inv(lon1, lat1, lon2, lat2)
        steps = np.linspace(0.0, metres, max(2, math.ceil(metres / 1000.0) + 1))
        many = np.ones_like(steps)
        lon, lat, _ = earth.fwd(lon1 * many, lat1 * many, azimuth * many, steps)
        yield metres / 1000.0, lon, lat


def _geodesic(instance: DiscInstance, path: Sequence[Point]) -> tuple[float, float]:
    """By pyproj, the path looked at every kilometre (so slightly too strict)."""
    from pyproj import Geod

    _ends(instance, path)
    earth = Geod(ellps="WGS84")
    length = 0.0
    seen = np.zeros(len(instance.scores), dtype=bool)
    site_lon, site_lat = instance.centres.T
    for km, lon, lat in _by_kilometre(path):
        length += km
        for i in np.flatnonzero(~seen):
            east = (lon - site_lon[i]) * math.cos(math.radians(site_lat[i]))
            rough = np.hypot(east, lat - site_lat[i])
            if rough.min() > (instance.radii[i] + 5.0) / 100.0:
                continue
            near = np.argsort(rough)[:12]
            here = np.full(len(near), site_lon[i]), np.full(len(near), site_lat[i])
            _, _, metres = earth.inv(lon[near], lat[near], *here)
            seen[i] = metres.min() / 1000.0 <= instance.radii[i]
    return float(instance.scores[seen].sum()), length


def enters(hazards: Sequence[Sequence[Point]], path: Sequence[Point]) -> bool:
    """Whether a kilometre point of the path lies inside a hazard area."""
    if not hazards:
        return False
    from shapely import Polygon, contains_xy

    areas = [Polygon(ring) for ring in hazards]
    return any(
        contains_xy(area, lon, lat).any() for _, lon, lat in _by_kilometre(path) for area in areas
    )
