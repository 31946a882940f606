"""Sites and plans as GeoDataFrames, for people who work in notebooks (extra: tables)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from overflight.errors import DataError
from overflight.formats.geojson import mission_plan_to_geojson
from overflight.formats.sites import sites_to_geojson
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.sites import Site


def to_geodataframe(what: MissionPlan | Sequence[Site]) -> Any:
    """A ``geopandas.GeoDataFrame`` in EPSG:4326: one row for each site, or for each leg, fix and
    hazard of a plan (column ``role``).

    Raises DataError, with what to install, where geopandas is not there.
    """
    try:
        import geopandas
    except ImportError:
        raise DataError(
            "geopandas is not installed", remedy="Install it: pip install 'overflight[tables]'"
        ) from None
    if isinstance(what, MissionPlan):
        collection = mission_plan_to_geojson(what)
    else:
        collection = sites_to_geojson(what)
        for feature in collection["features"]:
            feature["properties"] = {"id": feature["id"], **feature["properties"]}
    return geopandas.GeoDataFrame.from_features(collection["features"], crs="EPSG:4326")
