"""Properties whose kind is known: compared and sorted as what they are, in every catalogue.

Any other property is text, unless a number stands beside it in a filter, as in pgSTAC.
"""

from __future__ import annotations

from overflight.archive.catalogue.ordering import field_name
from overflight.errors import DataError

COLUMNS = {
    "id": "id",
    "collection": "collection",
    "datetime": "start",
    "end_datetime": "finish",
    "geometry": "geometry",
}
"""Fields that every item has, and the columns that they are kept in."""

NUMBER, TIME, TEXT = "number", "time", "text"

KINDS: dict[str, str] = {
    "gsd": NUMBER,
    "created": TIME,
    "updated": TIME,
    "eo:cloud_cover": NUMBER,
    "view:off_nadir": NUMBER,
    "view:azimuth": NUMBER,
    "view:sun_azimuth": NUMBER,
    "view:sun_elevation": NUMBER,
    "overflight:leg": NUMBER,
    "overflight:magazine": NUMBER,
    "overflight:frame": NUMBER,
    "overflight:position_sigma_m": NUMBER,
    "overflight:angle_sigma_deg": NUMBER,
    "overflight:resolution_m": NUMBER,
    "overflight:resolution_limit_m": NUMBER,
    "platform": TEXT,
    "title": TEXT,
    "overflight:treaty": TEXT,
    "overflight:observing": TEXT,
    "overflight:observed": TEXT,
    "overflight:flight_reference": TEXT,
    "overflight:sensor_description": TEXT,
    "overflight:sensor_configuration": TEXT,
    "overflight:position_source": TEXT,
    "overflight:degraded_by": TEXT,
    "overflight:verdict": TEXT,
}

_TOP = frozenset({"assets", "links", "bbox", "stac_version", "stac_extensions", "properties"})
_MOST = 200


def path_of(name: str) -> tuple[str, ...]:
    """Where in an item a property stands: under ``properties``, unless it begins with one of
    STAC's own members. DataError for a name that cannot be one."""
    bare = field_name(name)
    if not 0 < len(bare) <= _MOST or bare == "properties" or not bare.isprintable():
        raise DataError(f"{bare[:60]!r} names no property", remedy="Name a property to look at.")
    parts = tuple(bare.split("."))
    return parts if parts[0] in _TOP else ("properties", *parts)


def schema() -> dict[str, dict[str, str]]:
    """What can be asked for, as JSON Schema, by name."""
    kinds = {
        NUMBER: {"type": "number"},
        TIME: {"type": "string", "format": "date-time"},
        TEXT: {"type": "string"},
    }
    return {name: dict(kinds[kind]) for name, kind in KINDS.items()}
