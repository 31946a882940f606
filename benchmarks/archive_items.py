"""SYNTHETIC missions for the archive's benchmarks: realistic in size, place and time, made up all.

A mission is one flight day over a made-up track: frames 3 s apart, footprints of 4 to 12 km turned
into the track's direction, one collection a mission. The same seed gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import random
from collections.abc import Iterator

FRAMES = 2_500
_FIRST, _DAYS = dt.datetime(2002, 8, 1, tzinfo=dt.UTC), 365 * 19
_REGIONS = ((-10, 40, 36, 70), (40, 180, 42, 72), (-125, -65, 28, 58), (-179, -140, 55, 70))
_SCHEMAS = "https://stac-extensions.github.io"

Mission = tuple[bytes, list[bytes]]


def missions(items: int, seed: int = 9) -> Iterator[Mission]:
    """Collection and items of one mission after the other, ``items`` items in all."""
    rng = random.Random(seed)
    number = 0
    while items > 0:
        number += 1
        frames = min(items, FRAMES)
        yield _mission(rng, number, frames)
        items -= frames


def _mission(rng: random.Random, number: int, frames: int) -> Mission:
    name = f"SYN{number:05d}"
    west, east, south, north = rng.choices(_REGIONS, (5, 3, 2, 1))[0]
    lon, lat = rng.uniform(west, east), rng.uniform(south, north)
    course = rng.uniform(0, 2 * math.pi)
    when = _FIRST + dt.timedelta(days=rng.randrange(_DAYS), hours=rng.uniform(6, 12))
    half = rng.uniform(2.0, 6.0)
    items = []
    for frame in range(frames):
        if frame % 250 == 249:
            course += rng.uniform(0.5, 2.2)
        lat += 0.45 * math.cos(course) / 111.0
        lon += 0.45 * math.sin(course) / (111.0 * math.cos(math.radians(lat)))
        if not 24 < lat < 76:
            course = math.pi - course
        lon = (lon + 180.0) % 360.0 - 180.0
        when += dt.timedelta(seconds=3, microseconds=rng.randrange(1000))
        items.append(_item(rng, name, frame, lon, lat, course, half, when))
    return _collection(name), items


def _item(
    rng: random.Random, name: str, frame: int, lon: float, lat: float, course: float,
    half: float, when: dt.datetime,
) -> bytes:  # fmt: skip
    geometry, bbox = _footprint(lon, lat, course, half)
    stamp = when.isoformat().replace("+00:00", "Z")
    text = f"SIMULATED: frame {frame} of cam1, flight {name}, synthetic"
    grid = {
        "proj:code": "EPSG:32633",
        "proj:shape": [7000, 9000],
        "proj:transform": [0.3, 0.0, round(lon * 1e5, 1), 0.0, -0.3, round(lat * 1e5, 1)],
        "proj:bbox": [round(lon * 1e5, 1), round(lat * 1e5, 1), 1.0, 2.0],
    }
    document = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [
            f"{_SCHEMAS}/{one}/schema.json"
            for one in ("projection/v2.0.0", "raster/v2.0.0", "view/v1.1.0", "file/v2.1.0")
        ],
        "id": f"{name}_cam1_{frame:05d}",
        "collection": name,
        "geometry": geometry,
        "bbox": bbox,
        "properties": {
            "title": text,
            "description": text,
            "datetime": stamp,
            "gsd": round(0.05 * half, 4),
            "instruments": ["cam1"],
            "platform": "OS-1",
            **grid,
            "view:off_nadir": round(rng.uniform(0, 12), 3),
            "view:sun_elevation": round(rng.uniform(10, 60), 3),
            "processing:lineage": "decoded calibrated oriented rectified annotated",
            "overflight:marks": ["SIMULATED"],
            "overflight:treaty": "synthetic",
            "overflight:observing": rng.choice("AB"),
            "overflight:observed": "C",
            "overflight:flight_reference": name,
            "overflight:leg": frame // 250 + 1,
            "overflight:sensor_description": "OFTD",
            "overflight:sensor_configuration": "INT1V",
            "overflight:frame": frame,
            "overflight:annotation": {"A": name, "B": stamp, "C": f"{lat:.5f} {lon:.5f}"},
            "overflight:resolution_m": None,
            "overflight:resolution_limit_m": 0.3,
            "overflight:verdict": "compliant",
            "overflight:findings": [],
        },
        "links": [
            {"rel": rel, "href": "../collection.json", "type": "application/json"}
            for rel in ("root", "parent", "collection")
        ],
        "assets": {
            key: {
                "href": f"./{name}_{frame:05d}.{end}",
                "type": kind,
                "title": text,
                "roles": [role],
                "file:size": rng.randrange(1 << 26),
                "file:checksum": "1220" + f"{rng.getrandbits(256):064x}",
            }
            for key, end, kind, role in (
                ("copy", "tif", "image/tiff; application=geotiff", "data"),
                ("original", "raw", "application/octet-stream", "source"),
                ("annotation", "txt", "text/plain", "metadata"),
            )
        },
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _footprint(
    lon: float, lat: float, course: float, half: float
) -> tuple[dict[str, object], list[float]]:
    """A square turned into the track's direction; cut in two at the antimeridian."""
    east = half / (111.0 * math.cos(math.radians(lat)))
    north = half / 111.0
    ring = []
    for side in (45, 135, 225, 315, 45):
        turn = course + math.radians(side)
        ring.append([lon + 1.4 * east * math.sin(turn), lat + 1.4 * north * math.cos(turn)])
    lons, lats = [p[0] for p in ring], [p[1] for p in ring]
    if min(lons) >= -180.0 and max(lons) <= 180.0:
        ring = [[round(x, 7), round(y, 7)] for x, y in ring]
        box = [min(lons), min(lats), max(lons), max(lats)]
        return {"type": "Polygon", "coordinates": [ring]}, [round(v, 7) for v in box]
    left = min(lons) + 360.0 if min(lons) < -180.0 else min(lons)
    right = max(lons) - 360.0 if max(lons) > 180.0 else max(lons)
    low, high = round(min(lats), 7), round(max(lats), 7)
    parts = [
        [[[w, low], [e, low], [e, high], [w, high], [w, low]]]
        for w, e in ((round(left, 7), 180.0), (-180.0, round(right, 7)))
    ]
    return {"type": "MultiPolygon", "coordinates": parts}, [left, low, right, high]


def _collection(name: str) -> bytes:
    text = f"SIMULATED: flight {name}, synthetic, for measuring only"
    return json.dumps(
        {
            "type": "Collection",
            "stac_version": "1.1.0",
            "id": name,
            "title": text,
            "description": text,
            "license": "other",
            "extent": {
                "spatial": {"bbox": [[-180, -90, 180, 90]]},
                "temporal": {"interval": [["2002-01-01T00:00:00Z", None]]},
            },
            "links": [],
        }
    ).encode()
