"""Build the border data that overflight ships, from Natural Earth's GeoJSON files.

    python tools/borders.py COUNTRIES.geojson DISPUTED.geojson OUT.gpkg

COUNTRIES is ne_10m_admin_0_countries, DISPUTED ne_10m_admin_0_disputed_areas (both public domain,
naturalearthdata.com). The GeoPackage has three layers:

    units     one row for each ADM0_A3, as Natural Earth draws it (de facto)
    disputed  one row for each BRK_A3: areas that a regime's files can move to another State
    waters    the sea within 12 nautical miles, by whose coast is nearest, with a strip of the coast
              itself so that no gap opens between land and water; one row for each unit, and one for
              the coast of each disputed area in it

Borders shared by two units stay shared: everything is cut into faces first, the faces are thinned
together (a coverage), and coordinates are rounded to 0.0001 degree, about 10 m. It takes about two
minutes; the same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from geopackage import write
from shapely.geometry import shape

from overflight.geo.buffers import bands_around
from overflight.units import KM_PER_NM, TERRITORIAL_SEA_NM

GRID = 1e-4
"""Coordinates are multiples of this, degrees."""

THINNING = 0.007
"""Tolerance of the thinning, degrees: corners that span less than its square are straightened."""

COAST_STRIP_KM = 12.0
"""How much land the waters overlap, so that thinning opens no gap between the two."""

COAST_SIMPLIFY_KM = 0.3
WATERS_THINNING = 0.01
CORE_THINNING = 0.03
COAST_STEP_DEG = 0.003
"""Spacing of the coast's points when the sea between two coasts is divided, degrees (300 m)."""

BELONGS_WITH = {"KAB": "KAZ", "CYN": "CYP", "CNM": "CYP"}
"""Units that are not a State of their own for us; the README says why."""

SLIVER = 0.02
"""A unit holds part of a disputed area only if it holds more than this share of it."""

SMALLEST_SEA = 0.01
"""Gaps in the land smaller than this, square degrees, are desert that no State owns."""

NOT_A_STATE = "Indeterminate"
NO_WATERS = {"ATA"}
"""Nobody's territory (Antarctic Treaty, Article IV): no waters are drawn, and a coarser coast."""

ICE_THINNING = 0.03

Key = tuple[str, frozenset[str]]
"""A face's owner: the unit, and the disputed areas that cover it."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("countries", type=Path)
    parser.add_argument("disputed", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {text}", file=sys.stderr)

    units = read_layer(options.countries, "ADM0_A3")
    areas = read_layer(options.disputed, "BRK_A3")
    say(f"read {len(units)} units and {len(areas)} disputed areas")
    faces = cut_into_faces(units, areas)
    say(f"cut into {len(faces)} faces, {count(faces.values()):,} points")
    faces = thinned(faces)
    say(f"thinned to {count(faces.values()):,} points")
    waters = draw_waters({k: face for k, face in faces.items() if k[0] not in NO_WATERS}, say)
    say(f"drew {len(waters)} belts of water, {count(waters.values()):,} points")
    write(options.out, unit_rows(units, faces), disputed_rows(areas, faces), waters)
    say(f"wrote {options.out.name}, {options.out.stat().st_size / 1e6:.2f} MB")
    return 0


def read_layer(path: Path, key: str) -> dict[str, dict[str, Any]]:
    """Features of a GeoJSON file by ``key``: upper-case properties, and a valid ``geometry``."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    rows: dict[str, dict[str, Any]] = {}
    for feature in features:
        row = {name.upper(): value for name, value in feature["properties"].items()}
        geometry = polygons(shapely.make_valid(shape(feature["geometry"])))
        row["geometry"] = polygons(shapely.set_precision(geometry, GRID))
        if row[key] in rows:
            row["geometry"] = shapely.union(rows[row[key]]["geometry"], row["geometry"])
        rows[str(row[key])] = row
    return dict(sorted(rows.items()))


def polygons(geometry: Any) -> Any:
    """The polygons in a geometry, as one MultiPolygon."""
    parts = shapely.get_parts(shapely.get_parts(shapely.get_parts([geometry])))
    return shapely.MultiPolygon([p for p in parts if shapely.get_dimensions(p) == 2])


def count(geometries: Iterable[Any]) -> int:
    return int(shapely.get_num_coordinates(list(geometries)).sum())


# --- land ---------------------------------------------------------------------------------------


def cut_into_faces(units: Mapping[str, Any], areas: Mapping[str, Any]) -> dict[Key, Any]:
    """The land cut along every border of a unit or a disputed area, by owner."""
    outlines = [shapely.boundary(row["geometry"]) for row in (*units.values(), *areas.values())]
    noded = shapely.union_all(outlines, grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.point_on_surface(faces)
    unit_of = _containing(inside, units)
    areas_of = _containing(inside, areas)
    owned = [
        (face, min(owners), claims)
        for face, owners, claims in zip(faces, unit_of, areas_of, strict=True)
        if owners
    ]
    share: dict[tuple[str, str], float] = defaultdict(float)
    for face, unit, claims in owned:
        for code in claims:
            share[unit, code] += shapely.area(face)
    by_owner: dict[Key, list[Any]] = defaultdict(list)
    for face, unit, claims in owned:
        # Where a disputed area's outline misses the unit's by a hair, the sliver does not count.
        real = {c for c in claims if share[unit, c] > SLIVER * shapely.area(areas[c]["geometry"])}
        by_owner[unit, frozenset(real)].append(face)
    return {
        key: polygons(shapely.coverage_union_all(by_owner[key]))
        for key in sorted(by_owner, key=_order)
    }


def _order(key: Key) -> tuple[str, list[str]]:
    return key[0], sorted(key[1])


def _containing(points: Any, rows: Mapping[str, Any]) -> list[set[str]]:
    """For each point the codes of the rows that contain it."""
    codes = list(rows)
    tree = shapely.STRtree([rows[code]["geometry"] for code in codes])
    found: list[set[str]] = [set() for _ in points]
    for point, row in zip(*tree.query(points, predicate="intersects"), strict=True):
        found[point].add(codes[row])
    return found


def thinned(faces: Mapping[Key, Any]) -> dict[Key, Any]:
    """The same faces with fewer points; borders that two faces share stay the same in both."""
    simple = shapely.coverage_simplify(list(faces.values()), THINNING)
    for number, (unit, _) in enumerate(faces):
        if unit in NO_WATERS:
            simple[number] = shapely.simplify(simple[number], ICE_THINNING)
    simple = shapely.set_precision(simple, GRID)
    if not shapely.coverage_is_valid(simple):
        raise SystemExit("the thinned faces overlap or leave gaps: lower THINNING")
    return {key: polygons(face) for key, face in zip(faces, simple, strict=True)}


def unit_rows(units: Mapping[str, Any], faces: Mapping[Key, Any]) -> list[tuple[Any, ...]]:
    """Rows of the layer ``units``."""
    states = {row["ADMIN"]: code for code, row in units.items()}
    rows = []
    for code, row in units.items():
        geometry = _together(face for key, face in faces.items() if key[0] == code)
        sovereign = BELONGS_WITH.get(code) or states.get(row["SOVEREIGNT"], code)
        if row["TYPE"] == NOT_A_STATE and code not in BELONGS_WITH:
            sovereign = ""
        rows.append((code, row["ADMIN"], sovereign, row["NOTE_BRK"] or "", geometry))
    return rows


def disputed_rows(areas: Mapping[str, Any], faces: Mapping[Key, Any]) -> list[tuple[Any, ...]]:
    """Rows of the layer ``disputed``; areas too small to survive the rounding are left out."""
    rows = []
    for code, row in areas.items():
        geometry = _together(face for key, face in faces.items() if code in key[1])
        if not geometry.is_empty:
            name = row.get("BRK_NAME") or row.get("NAME") or code
            rows.append((code, name, row["ADM0_A3"], row["NOTE_BRK"] or "", geometry))
    return rows


def _together(faces: Iterable[Any]) -> Any:
    found = list(faces)
    return polygons(shapely.coverage_union_all(found)) if found else shapely.MultiPolygon()


# --- water --------------------------------------------------------------------------------------


def draw_waters(faces: Mapping[Key, Any], say: Any) -> dict[tuple[str, str], Any]:
    """For each unit, and each disputed part of one, the sea that its coast gives it.

    Keys are (unit, disputed area or ""). Where belts overlap, the sea goes to the nearer coast,
    found from points 300 m apart on a Mercator map, which is true at every place to 0.5 %.
    """
    owners = _owners(faces)
    land = _without_small_holes(shapely.coverage_union_all(list(faces.values())))
    coast = shapely.boundary(land)
    strip = _wrapped(bands_around(coast, COAST_STRIP_KM, simplify_km=COAST_SIMPLIFY_KM))
    core = shapely.simplify(shapely.difference(land, strip), CORE_THINNING)
    say("found the coast")
    belts = {}
    for key, face in owners.items():
        # The strip of land lets only coasts count: what is inland gives no sea.
        shore = shapely.intersection(shapely.boundary(face), strip)
        if shore.is_empty:
            continue
        belt = _wrapped(bands_around(shore, TERRITORIAL_SEA_NM * KM_PER_NM, simplify_km=0.1))
        belts[key] = shapely.difference(belt, _near(core, belt))
    say(f"{len(belts)} belts")
    divided = divide(belts, owners, land)
    waters = {}
    for key, belt in divided.items():
        thin = shapely.simplify(belt, WATERS_THINNING, preserve_topology=True)
        thin = polygons(shapely.set_precision(shapely.make_valid(thin), GRID))
        if shapely.area(shapely.difference(thin, _near(land, thin))) > 1e-4:
            waters[key] = thin
    return waters


def _owners(faces: Mapping[Key, Any]) -> dict[tuple[str, str], Any]:
    """Faces grouped by unit and, where an area is disputed, the first of its codes."""
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    whole: dict[tuple[str, str], float] = defaultdict(float)
    for (unit, claims), face in faces.items():
        for code in claims:
            whole[unit, code] += shapely.area(face)
        whole[unit, ""] += shapely.area(face)
    for (unit, claims), face in faces.items():
        # An area that is all of a unit needs no row of its own: it moves with the unit.
        partial = sorted(c for c in claims if whole[unit, c] < 0.99 * whole[unit, ""])
        groups[unit, partial[0] if partial else ""].append(face)
    return {key: polygons(shapely.coverage_union_all(groups[key])) for key in sorted(groups)}


def _without_small_holes(land: Any) -> Any:
    return shapely.MultiPolygon(
        [
            (part.exterior, [r for r in part.interiors if shapely.Polygon(r).area > SMALLEST_SEA])
            for part in shapely.get_parts(land)
        ]
    )


def _wrapped(bands: Any) -> Any:
    """Overlapping pieces as one geometry within -180..180."""
    from overflight.geo.frames import Frame

    return Frame(0.0).place(shapely.union_all(bands))


def _near(geometry: Any, other: Any) -> Any:
    """What of ``geometry`` lies in the box around ``other``."""
    return shapely.make_valid(shapely.clip_by_rect(geometry, *_bounds(other, 1.0, 1.0)))


def _bounds(geometry: Any, dx: float, dy: float) -> Any:
    """Its box, made wider and higher on each side."""
    return shapely.bounds(geometry) + np.array([-dx, -dy, dx, dy])


def divide(
    belts: Mapping[tuple[str, str], Any], owners: Mapping[tuple[str, str], Any], land: Any
) -> dict[tuple[str, str], Any]:
    """The belts without other land, and without the sea that lies nearer to its coast."""
    keys = list(belts)
    tree = shapely.STRtree([belts[key] for key in keys])
    taken: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for i, j in zip(*tree.query([belts[key] for key in keys], predicate="intersects"), strict=True):
        if i >= j:
            continue
        first, second = keys[i], keys[j]
        overlap = shapely.intersection(belts[first], belts[second])
        overlap = polygons(shapely.difference(overlap, _near(land, overlap)))
        if shapely.area(overlap) < 1e-6:
            continue
        nearer_first, nearer_second = split(overlap, owners[first], owners[second])
        taken[first].append(nearer_second)
        taken[second].append(nearer_first)
    ground = shapely.STRtree([owners[key] for key in owners])
    everybody = list(owners)
    left = {}
    for key, belt in belts.items():
        # What is left of other land would, once thinned, spill over into the sea before it.
        others = [owners[everybody[k]] for k in ground.query(belt) if everybody[k] != key]
        lost = [_near(other, belt) for other in others] + taken[key]
        left[key] = shapely.difference(belt, shapely.union_all(lost)) if lost else belt
    return left


def split(overlap: Any, first: Any, second: Any) -> tuple[Any, Any]:
    """A piece of sea divided between two coasts: what is nearer to the first, to the second."""
    window = shapely.box(*_bounds(overlap, 1.2, 0.3))
    points = []
    owner = []
    for number, side in enumerate((first, second)):
        outline = shapely.segmentize(shapely.boundary(side), COAST_STEP_DEG)
        xy = shapely.get_coordinates(shapely.intersection(outline, window))
        points.append(_mercator(np.unique(np.round(xy, 4), axis=0)))
        owner.append(np.full(len(points[-1]), number))
    xy, index = np.unique(np.concatenate(points), axis=0, return_index=True)
    side_of = np.concatenate(owner)[index]
    plane = shapely.transform(overlap, _mercator)
    reach = shapely.box(*_bounds(plane, 0.01, 0.01))
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(xy), extend_to=reach, ordered=True)
    )
    useful = shapely.intersects(cells, plane)
    parts = [
        shapely.intersection(plane, shapely.union_all(cells[useful & (side_of == number)]))
        for number in (0, 1)
    ]
    back = [polygons(shapely.transform(part, _mercator_inverse)) for part in parts]
    return back[0], back[1]


def _mercator(xy: Any) -> Any:
    """Longitude and latitude to the plane of Mercator's map, degrees (sphere: shapes only)."""
    phi = np.radians(xy[:, 1])
    return np.column_stack([xy[:, 0], np.degrees(np.arcsinh(np.tan(phi)))])


def _mercator_inverse(xy: Any) -> Any:
    return np.column_stack([xy[:, 0], np.degrees(np.arctan(np.sinh(np.radians(xy[:, 1]))))])


if __name__ == "__main__":
    raise SystemExit(main())
