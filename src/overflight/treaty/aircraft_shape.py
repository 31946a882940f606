"""What a file of data/aircraft/ holds."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.treaty.schema import DATED, NOTE, SOURCE
from overflight.treaty.shape import Table
from overflight.treaty.shape import may as _may
from overflight.treaty.shape import need as _need

_FIGURE = Table({**DATED, "value": _may("number")}, value="value", positive=True)
AIRCRAFT_FILE: Mapping[str, Table] = {
    "aircraft": Table(
        {
            "id": _need("id"),
            "name": _need(),
            "icao_type": _need(),
            "designated_by": _need("code"),
            "wake_category": _may(),
            "equipment": _may(),
            "notes": _may("texts"),
            "cite": _may("cite"),
            **NOTE,
        },
        single=True,
    ),
    "range_km": _FIGURE,
    "cruise_km_h": _FIGURE,
    "max_takeoff_mass_kg": _FIGURE,
    "sensor": Table(
        {
            "id": _need("id"),
            "category": _need("id"),
            "name": _need(),
            "h_min_m": _may("number"),
            "resolution_at_h_min_m": _may("number"),
            "near_deg": _need("number"),
            "far_deg": _need("number"),
            "sides": _may("text", "both", "left", "right"),
            "medium": _may("text", "film", "digital", "tape"),
            "mounting": _may(),
            "focal_mm": _may("number"),
            "operating_height_m": _may("number"),
            "cameras": _may("whole"),
            "assumed": _may("texts"),
            "cite": _may("cite"),
            **NOTE,
        },
        ("id",),
    ),
    "source": SOURCE,
}
