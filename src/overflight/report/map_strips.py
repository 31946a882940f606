"""The strips along others' borders that a flight keeps clear of, as shapes to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.geo.local import Floats
from overflight.units import Kilometres

if TYPE_CHECKING:
    from overflight.treaty.geography import Geography

_THIN_DEG = 0.01
_ROUND = 8
"""Corners of a quarter circle: a strip drawn so is at most 0.5 % too narrow."""


def strips(ground: Geography, margin_km: Kilometres) -> dict[str, Any]:
    """A GeoJSON FeatureCollection, one feature for each adjacent State not a party.

    For looking at: buffers on a plane about the territory's middle. What a rule says of a distance
    is reckoned on the ellipsoid.
    """
    import shapely
    from pyproj import Transformer

    middle = ground.land.geometry.centroid
    around = f"+proj=aeqd +lat_0={middle.y} +lon_0={middle.x} +units=km +datum=WGS84"
    there = Transformer.from_crs("EPSG:4326", around, always_xy=True)

    def to_plane(xy: Floats) -> Floats:
        return np.column_stack(there.transform(xy[:, 0], xy[:, 1]))

    def from_plane(xy: Floats) -> Floats:
        return np.column_stack(there.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))

    features = []
    own = shapely.simplify(ground.land.geometry, _THIN_DEG)
    near = own.buffer(3.0)
    for neighbour in ground.non_parties:
        shapes = [
            shapely.intersection(shapely.simplify(part, _THIN_DEG), near)
            for part in ground.chart.other.geometries[neighbour.state]
        ]
        land = shapely.union_all([shape for shape in shapes if not shape.is_empty])
        if land.is_empty:
            continue
        flat = shapely.transform(land, to_plane)
        strip = shapely.difference(flat.buffer(margin_km, quad_segs=_ROUND), flat)
        back = shapely.transform(strip, from_plane)
        inside = shapely.intersection(back, own.buffer(0.05))
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "state": neighbour.state,
                    "name": neighbour.name,
                    "standing": neighbour.standing,
                    "margin_km": margin_km,
                },
                "geometry": shapely.geometry.mapping(shapely.set_precision(inside, 0.001)),
            }
        )
    return {"type": "FeatureCollection", "features": features}
