"""Draw the borders for the pages: the shipped ones, thinned, as GeoJSON; beside them where to write
the names.

    python tools/web_borders.py FOLDER

Neighbours are thinned together (shapely's coverage_simplify), so that no gap opens between them,
and nothing crosses 180 degrees: the shipped borders are cut there. About 1:50m. They are for
looking at; distances and findings come from the shipped borders themselves.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import shapely

from overflight.treaty.borders import shipped_borders

TOLERANCE_DEG = 0.06
"""About the error of a map at 1:50m; shapely takes it as the side of an area's square root."""
DECIMALS = 2
SMALLEST_DEG2 = 0.004
"""Islets under about 50 km2 go, unless they are all that a State has."""


def main() -> int:
    out = Path(sys.argv[1])
    names = []
    borders = shipped_borders()
    units = list(borders.units.values())
    drawn = shapely.coverage_simplify([unit.geometry for unit in units], TOLERANCE_DEG)
    features = []
    for unit, shape in zip(units, drawn, strict=True):
        parts = shapely.get_parts(shape)
        large = parts[shapely.area(parts) >= SMALLEST_DEG2]
        kept = shapely.MultiPolygon(list(large if len(large) else parts))
        place = shapely.point_on_surface(max(parts, key=lambda part: part.area))
        geometry = json.loads(shapely.to_geojson(shapely.set_precision(kept, 10.0**-DECIMALS)))
        about = {"unit": unit.code, "state": unit.belongs_to, "name": unit.name}
        features.append({"type": "Feature", "properties": about, "geometry": geometry})
        point = [round(place.x, DECIMALS), round(place.y, DECIMALS)]
        names.append(
            {
                "type": "Feature",
                "properties": {"name": unit.name, "size": round(float(shape.area), 2)},
                "geometry": {"type": "Point", "coordinates": point},
            }
        )
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in (("names", names), ("borders", features)):
        document = {"type": "FeatureCollection", "source": borders.source, "features": rows}
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
        (out / f"{name}.json").write_text(text, "utf-8")
        print(f"{name}: {len(rows)} areas, {len(text) / 1e6:.2f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
