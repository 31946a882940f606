"""Lists of sites: read from GeoJSON, GeoPackage or CSV, written as GeoJSON or CSV.

Columns or properties, in any order and either case: ``lat``/``latitude`` and ``lon``/``lng``/
``longitude`` (CSV), ``id``, ``name``, ``value`` (or ``weight``, ``priority``; more than 0, 1
where it is missing), ``resolution_m``, ``earliest``, ``latest``. Others are ignored.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.site_rows import SiteRow, sites_from_rows
from overflight.formats.strict_json import read_source
from overflight.formats.times import write_time
from overflight.terms.sites import Site

FORMATS = ("geojson", "gpkg", "csv")

CSV_COLUMNS = ("id", "name", "lat", "lon", "value", "resolution_m", "earliest", "latest")

_SUFFIXES = {
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpkg": "gpkg",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
}
_SQLITE = b"SQLite format 3\x00"


def read_sites(source: str | Path | bytes, fmt: str | None = None) -> tuple[Site, ...]:
    """The sites in a file, in standard input ("-") or in the bytes given.

    ``fmt`` is one of FORMATS; None: told from the content, then from the name. Raises DataError
    with line or feature and the remedy for anything that is not a list of sites, for a site
    without a place, for a value that is not more than 0, and for an id given twice.
    """
    if fmt is not None and fmt not in FORMATS:
        raise DataError(
            f"{fmt!r} is not a form of a list of sites", remedy=f"Choose one of {_listed(FORMATS)}."
        )
    data, label = read_source(source)
    if not data.strip():
        raise DataError("it is empty", file=label, remedy="Give at least one site.")
    rows: Iterable[SiteRow]
    match fmt or _told_from(data, source):
        case "gpkg":
            from overflight.formats.sites_gpkg import gpkg_rows

            rows = gpkg_rows(
                data, label, beside=source if isinstance(source, (str, Path)) else None
            )
        case "geojson":
            from overflight.formats.sites_geojson import geojson_rows

            rows = geojson_rows(data, label)
        case _:
            from overflight.formats.sites_csv import csv_rows

            rows = csv_rows(data, label)
    return sites_from_rows(rows, label)


def _told_from(data: bytes, source: str | Path | bytes) -> str:
    """Content first: a GeoPackage says so in its first bytes, JSON begins with a brace."""
    if data.startswith(_SQLITE):
        return "gpkg"
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return "geojson"
    if isinstance(source, bytes):
        return "csv"
    return _SUFFIXES.get(Path(source).suffix.lower(), "csv")


def sites_to_csv(sites: Sequence[Site]) -> str:
    """The sites as CSV, columns CSV_COLUMNS, one line each; ``read_sites`` reads it back."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for site in sites:
        known = {
            "id": site.id,
            "lat": repr(site.position.lat),
            "lon": repr(site.position.lon),
            **_properties(site),
        }
        writer.writerow([known.get(column, "") for column in CSV_COLUMNS])
    return stream.getvalue()


def sites_to_geojson(sites: Sequence[Site]) -> dict[str, Any]:
    """The sites as a GeoJSON FeatureCollection (schema: sites)."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": site.id,
                "geometry": site.position.__geo_interface__,
                "properties": _properties(site),
            }
            for site in sites
        ],
    }


def _properties(site: Site) -> dict[str, Any]:
    """What is known about a site besides its place; unknown things are left out."""
    known: dict[str, Any] = {"name": site.name, "value": site.value}
    if site.resolution_m is not None:
        known["resolution_m"] = site.resolution_m
    for name, moment in (("earliest", site.earliest), ("latest", site.latest)):
        if moment is not None:
            known[name] = write_time(moment)
    return known


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
