"""Frames as STAC items (SpatioTemporal Asset Catalog 1.1.0), and their collections.

Extensions: projection 2.0.0, raster 2.0.0, view 1.1.0, file 2.1.0, processing 1.2.0, and our own
with the prefix ``overflight:`` (schema frame-item; described in docs/reference/stac-extension.md).
The same product gives the same bytes: nothing here looks at a clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from overflight.errors import DataError
from overflight.formats.annotation_json import values_to_dict
from overflight.formats.annotation_text import moment
from overflight.formats.rings import cut_at_antimeridian, refuse_crossed_ring, unwrapped
from overflight.formats.schema import validate
from overflight.formats.times import write_time
from overflight.geo.positions import Position
from overflight.terms import annotation as terms
from overflight.terms.findings import Finding, Findings
from overflight.terms.frame_product import Band, FrameProduct, Grid, StoredFile
from overflight.terms.track import SIMULATED
from overflight.units import Degrees

STAC_VERSION = "1.1.0"
OWN = "urn:overflight:schema:frame-item:1"
SCHEMA = "frame-item"
EXTENSIONS = (
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/raster/v2.0.0/schema.json",
    "https://stac-extensions.github.io/view/v1.1.0/schema.json",
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
    "https://stac-extensions.github.io/processing/v1.2.0/schema.json",
    OWN,
)
LICENCE = "other"
_SHA256 = "1220"
"""Multihash: function 0x12 is SHA-256, its digest has 0x20 bytes."""
_DIGITS = 7
_CODE = re.compile(r"[A-Za-z]+:[0-9]+")
_COLLECTION_TYPE = "application/json"
COLLECTION_FILE = "collection.json"

Json = dict[str, Any]


def item_id(product: FrameProduct) -> str:
    """The same for the same frame of the same flight, whenever and wherever it is processed."""
    note, frame = product.annotation, product.frame
    number = note.frame if note.frame is not None else frame.number
    if number is None:
        return safe_id(*(part for part in (note.flight, frame.name) if part))
    magazine = "" if note.magazine in (None, 1) else f"m{note.magazine}"
    parts = (note.flight or "", frame.sensor, magazine, f"{number:05d}")
    return safe_id(*(part for part in parts if part))


def safe_id(*parts: str) -> str:
    """Parts joined, with nothing in them that a file's name or a URL would not take."""
    return (
        re.sub(r"[^A-Za-z0-9.-]+", "-", "_".join(parts)).strip("-.")
        if len(parts) == 1
        else ("_".join(re.sub(r"[^A-Za-z0-9.-]+", "-", part).strip("-.") for part in parts))
    )


def item(product: FrameProduct, *, collection: str = "", folder: str = ".") -> Json:
    """The item of one frame. ``collection`` is the id of the collection whose file lies in
    ``folder`` (relative to the item); without it, the item stands alone.

    Raises DataError where the footprint is no area or the time is not known, and for an item that
    its own schema refuses.
    """
    geometry, bbox = geometry_of(product.footprint)
    links: list[Json] = []
    if collection:
        href = f"{folder.rstrip('/')}/{COLLECTION_FILE}"
        links = [
            {"rel": rel, "href": href, "type": _COLLECTION_TYPE}
            for rel in ("root", "parent", "collection")
        ]
    document: Json = {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": list(EXTENSIONS),
        "id": item_id(product),
        "geometry": geometry,
        "bbox": bbox,
        "properties": _properties(product),
        "links": links,
        "assets": _assets(product),
    }
    if collection:
        document["collection"] = collection
    validate(document, SCHEMA)
    return document


def geometry_of(ring: Sequence[tuple[Degrees, Degrees]]) -> tuple[Json, list[float]]:
    """GeoJSON geometry and box of a footprint, (longitude, latitude).

    Cut at the antimeridian (RFC 7946, 3.1.9); the box's west lies east of its east there (5.2).
    DataError for an outline that is none, or runs around a pole.
    """
    places = [Position(lat=lat, lon=(lon + 180.0) % 360.0 - 180.0) for lon, lat in ring]
    refuse_crossed_ring(places, where="the footprint")
    polygons = [
        [[round(x, _DIGITS) + 0.0, round(y, _DIGITS) + 0.0] for x, y in part.exterior.coords]
        for part in cut_at_antimeridian(places)
    ]
    points = unwrapped(places)
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    lats = [y for _, y in points]
    box = [
        round((west + 180.0) % 360.0 - 180.0, _DIGITS) + 0.0,
        round(min(lats), _DIGITS) + 0.0,
        round(east if east <= 180.0 else (east + 180.0) % 360.0 - 180.0, _DIGITS) + 0.0,
        round(max(lats), _DIGITS) + 0.0,
    ]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons}, box
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in polygons]}, box


def titles(product: FrameProduct) -> tuple[str, str]:
    """Title and description; the mark comes first in both."""
    note, frame = product.annotation, product.frame
    mark = "".join(f"{word}: " for word in product.marks)
    number = note.frame if note.frame is not None else frame.number
    what = f"frame {number}" if number is not None else f"frame {frame.name}"
    of = f" of {frame.sensor}" if frame.sensor else ""
    flight = f", flight {note.flight}" if note.flight else ""
    over = f", {product.observing} over {product.observed}" if product.observed else ""
    title = f"{mark}{what}{of}{flight}"
    text = f"{title}{over}. Rectified copy, ground sample {product.ground_sample_m:.3g} m."
    return title, text


def collection(
    items: Sequence[Json], name: str, title: str, description: str, *, folder: str = "."
) -> Json:
    """The collection of the items of a flight, or of one of its legs. It bears the marks of every
    one of them. ``folder`` is where the items lie, relative to it. DataError without any item."""
    if not items:
        raise DataError("a collection without frames", remedy="Process some frames first.")
    marks = list(dict.fromkeys(m for i in items for m in i["properties"]["overflight:marks"]))
    mark = "".join(f"{word}: " for word in marks)
    spans = [_span(i["properties"]) for i in items]
    samples = [i["properties"]["gsd"] for i in items]
    where = folder.rstrip("/")
    document: Json = {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "stac_extensions": [OWN],
        "id": safe_id(name),
        "title": mark + title,
        "description": mark + description,
        "license": LICENCE,
        "overflight:marks": marks,
        "extent": {
            "spatial": {"bbox": [box_of([i["bbox"] for i in items])]},
            "temporal": {"interval": [[min(s for s, _ in spans), max(e for _, e in spans)]]},
        },
        "summaries": {"gsd": {"minimum": min(samples), "maximum": max(samples)}},
        "links": [
            {"rel": "root", "href": f"./{COLLECTION_FILE}", "type": _COLLECTION_TYPE},
            *(
                {"rel": "item", "href": f"{where}/{i['id']}.json", "type": "application/geo+json"}
                for i in items
            ),
        ],
    }
    validate(document, SCHEMA)
    return document


def box_of(boxes: Sequence[Sequence[float]]) -> list[float]:
    """The smallest box around boxes that lie near one another, also across the antimeridian."""
    start = boxes[0][0]
    wests, easts = [], []
    for west, _, east, _ in boxes:
        wide = (east - west) % 360.0 if east < west else east - west
        begun = start + (west - start + 180.0) % 360.0 - 180.0
        wests.append(begun)
        easts.append(begun + wide)
    west, east = min(wests), max(easts)
    if east - west >= 360.0:
        west, east = -180.0, 180.0
    west = (west + 180.0) % 360.0 - 180.0 if west < -180.0 else west
    east = east - 360.0 if east > 180.0 else east
    lows, highs = [box[1] for box in boxes], [box[3] for box in boxes]
    return [round(west, _DIGITS), min(lows), round(east, _DIGITS), max(highs)]


def _span(properties: Mapping[str, Any]) -> tuple[str, str]:
    when = properties["datetime"]
    if when is not None:
        return when, when
    return properties["start_datetime"], properties["end_datetime"]


def _properties(product: FrameProduct) -> Json:
    title, description = titles(product)
    found: Json = {"title": title, "description": description, **_times(product)}
    found["gsd"] = round(product.ground_sample_m, 4)
    if product.frame.sensor:
        found["instruments"] = [product.frame.sensor]
    if product.platform:
        found["platform"] = product.platform
    found |= _projection(product.grid)
    if product.view is not None:
        view = product.view
        angles = {
            "view:off_nadir": view.off_nadir_deg,
            "view:azimuth": view.azimuth_deg,
            "view:sun_azimuth": view.sun_azimuth_deg,
            "view:sun_elevation": view.sun_elevation_deg,
        }
        found |= {name: round(v, 3) for name, v in angles.items() if v is not None}
    if product.steps:
        found["processing:lineage"] = " ".join(product.steps)
    if product.software:
        found["processing:software"] = dict(sorted(product.software.items()))
    return found | _own(product)


def _times(product: FrameProduct) -> Json:
    when = product.frame.time_s if product.frame.time_s is not None else product.annotation.time_s
    if when is not None:
        return {"datetime": write_time(moment(round(when, 6)))}
    if product.taken is None:
        raise DataError(
            f"the frame {product.frame.name} has no time",
            remedy="Give its time of exposure, or the span of time of the flight.",
        )
    begun, done = (write_time(moment(round(edge, 6))) for edge in product.taken)
    return {"datetime": None, "start_datetime": begun, "end_datetime": done}


def _projection(grid: Grid) -> Json:
    right, bottom = grid.left + grid.size * grid.columns, grid.top - grid.size * grid.rows
    found: Json = {
        "proj:code": grid.crs.upper(),
        "proj:shape": [grid.rows, grid.columns],
        "proj:transform": [grid.size, 0.0, grid.left, 0.0, -grid.size, grid.top],
        "proj:bbox": [grid.left, bottom, right, grid.top],
    }
    if not _CODE.fullmatch(grid.crs):
        from pyproj import CRS

        found |= {"proj:code": None, "proj:wkt2": CRS.from_user_input(grid.crs).to_wkt()}
    return found


def _own(product: FrameProduct) -> Json:
    """What only this regime's frames have: the fields of our own extension."""
    note, exterior = product.annotation, product.frame.exterior
    told = Findings(tuple(f for f in product.findings if not f.private))
    return {
        "overflight:marks": list(product.marks),
        "overflight:treaty": product.treaty,
        "overflight:observing": product.observing,
        "overflight:observed": product.observed,
        "overflight:flight_reference": note.flight,
        "overflight:leg": product.leg,
        "overflight:sensor_description": product.texts.get(terms.SENSOR),
        "overflight:sensor_configuration": product.texts.get(terms.CONFIGURATION),
        "overflight:magazine": note.magazine,
        "overflight:frame": note.frame if note.frame is not None else product.frame.number,
        "overflight:annotation": dict(product.texts),
        "overflight:annotation_values": values_to_dict(note),
        "overflight:position_source": exterior.source,
        "overflight:position_sigma_m": exterior.sigma_m,
        "overflight:angle_sigma_deg": exterior.sigma_deg,
        "overflight:resolution_m": product.resolution_m,
        "overflight:resolution_limit_m": product.limit_m,
        "overflight:degraded_by": product.decision or None,
        "overflight:verdict": str(told.verdict),
        "overflight:findings": [_finding(finding) for finding in told.items],
    }


def _finding(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "verdict": str(finding.verdict),
        "message": finding.message,
        "cite": finding.cite,
        "limit_cite": finding.limit_cite,
    }


def _assets(product: FrameProduct) -> Json:
    size = round(product.grid.size, 6)
    mark = "".join(f"{word}: " for word in product.marks)
    copy = _asset(product.copy, mark + "Rectified copy", "data")
    copy |= _projection(product.grid)
    copy["gsd"] = round(product.grid.size, 4)
    copy["raster:spatial_resolution"] = size
    copy["bands"] = [_band(band) for band in product.bands]
    found = {
        "copy": copy,
        "original": _asset(product.original, mark + "Original frame, as exposed", "source"),
        "annotation": _asset(product.sidecar, mark + "Annotation of the frame", "metadata"),
    }
    if product.thumbnail is not None:
        found["thumbnail"] = _asset(product.thumbnail, mark + "Small picture", "thumbnail")
    return found


def _asset(file: StoredFile, title: str, role: str) -> Json:
    if not re.fullmatch(r"[0-9a-f]{64}", file.sha256):
        raise DataError(
            f"{file.href} has no SHA-256 in hexadecimal digits", remedy="Hash the file again."
        )
    if file.href.startswith("/") or re.match(r"(file:|[A-Za-z]:\\)", file.href):
        raise DataError(
            "an asset's link names a path of this machine",
            where=file.href,
            remedy="Link it relative to the item.",
        )
    return {
        "href": file.href,
        "type": file.media_type,
        "title": title,
        "roles": [role],
        "file:size": file.size,
        "file:checksum": _SHA256 + file.sha256,
    }


def _band(band: Band) -> Json:
    found: Json = {"name": band.name, "data_type": band.data_type, "raster:sampling": "area"}
    if band.bits is not None:
        found["raster:bits_per_sample"] = band.bits
    if band.nodata is not None:
        found["nodata"] = band.nodata
    return found


def is_simulated(document: Mapping[str, Any]) -> bool:
    """Whether an item or a collection bears the mark."""
    properties = document.get("properties", document)
    return SIMULATED in properties.get("overflight:marks", ())
