"""Sites from GeoJSON (RFC 7946): points, or polygons that stand for their centres."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from overflight.errors import DataError
from overflight.formats.geometry import point_of
from overflight.formats.site_rows import SiteRow
from overflight.formats.strict_json import load_json, pointer

_REMEDY = "Give a GeoJSON FeatureCollection of points. See: overflight schema sites"
_WGS84 = ("CRS84", "OGC:CRS84", "EPSG:4326", "EPSG::4326", ":CRS84")


def geojson_rows(data: bytes, label: str) -> Iterator[SiteRow]:
    """The features of a FeatureCollection, or the one Feature given, with their places.

    Raises DataError for anything else, for coordinates in another reference system, and for a
    feature whose geometry has no one place.
    """
    document = load_json(data, label)
    if not isinstance(document, dict):
        raise DataError(
            "the document is a list, not GeoJSON" if isinstance(document, list) else "not GeoJSON",
            file=label,
            remedy=_REMEDY,
        )
    refuse_other_crs(document, label)
    for i, feature in enumerate(features_of(document, label)):
        place = pointer("features", i)
        properties = feature.get("properties") or {}
        if not isinstance(properties, dict):
            raise DataError(
                "the properties are not an object { }", file=label, where=place, remedy=_REMEDY
            )
        fields = {str(key).casefold(): value for key, value in properties.items()}
        if fields.get("id") in (None, "") and isinstance(feature.get("id"), (str, int, float)):
            fields["id"] = feature["id"]
        position = point_of(feature.get("geometry"), label, place)
        yield SiteRow(fields=fields, position=position, place=place)


def features_of(document: Mapping[str, Any], label: str) -> list[dict[str, Any]]:
    """The features of a FeatureCollection or of one Feature; DataError for anything else."""
    kind = document.get("type")
    features = [document] if kind == "Feature" else document.get("features")
    if kind not in ("Feature", "FeatureCollection") or not isinstance(features, list):
        said = f'its "type" is {kind!r}' if kind is not None else 'it has no "type"'
        if kind == "FeatureCollection":
            said = 'its "features" are not a list [ ]'
        raise DataError(f"this is not a GeoJSON of features: {said}", file=label, remedy=_REMEDY)
    for i, feature in enumerate(features):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise DataError(
                "this is not a Feature", file=label, where=pointer("features", i), remedy=_REMEDY
            )
    return features


def refuse_other_crs(document: Mapping[str, Any], label: str) -> None:
    """GeoJSON before RFC 7946 could name a reference system; only WGS84 is read."""
    crs = document.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else str(crs)
    if not name.upper().endswith(_WGS84):
        raise DataError(
            f"the coordinates are in {name[:80] or 'an unnamed reference system'}, not in WGS84",
            file=label,
            where="/crs",
            remedy="Reproject first: ogr2ogr -t_srs EPSG:4326 out.geojson in.geojson",
        )
