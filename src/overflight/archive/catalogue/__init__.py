"""The catalogue: collections and items of an archive, found by place, time and content."""

from __future__ import annotations

from overflight.archive.catalogue.opening import open_catalogue
from overflight.archive.catalogue.protocol import (
    Catalogue,
    Fields,
    Interval,
    Page,
    Query,
    Sort,
    Writing,
)

__all__ = [
    "Catalogue",
    "Fields",
    "Interval",
    "Page",
    "Query",
    "Sort",
    "Writing",
    "open_catalogue",
]
