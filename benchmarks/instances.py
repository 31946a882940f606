"""Read the published planning instances: .oplib, Tsiligirides and Chao .txt, .ceop, geo .json.

Formats and rules are described in the README of the instances' folder.
"""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NodeInstance:
    """Orienteering over nodes: ``kind`` names the rounding of distances, "real" for none."""

    name: str
    xy: Array
    scores: Array
    limit: float
    start: int
    end: int
    kind: str
    best_known: float | None

    def distances(self) -> Array:
        """Shape (n, n), as the instance's rule rounds them."""
        return distance_matrix(self.xy, self.kind)


@dataclass(frozen=True)
class DiscInstance:
    """Close-enough orienteering: x, y in the plane, or longitude and latitude in degrees (geo).

    Radii and limit are in the unit of the plane, in km for geo.
    """

    name: str
    centres: Array
    radii: Array
    scores: Array
    limit: float
    start: Array
    end: Array
    geodesic: bool
    hazards: tuple[tuple[tuple[float, float], ...], ...]
    best_known: float | None


Instance = NodeInstance | DiscInstance


def distance_matrix(xy: Array, kind: str) -> Array:
    """TSPLIB 95 distances, one row at a time to keep memory low."""
    n = len(xy)
    out = np.empty((n, n))
    if kind == "GEO":
        whole = np.trunc(xy)
        radians = 3.141592 * (whole + 5.0 * (xy - whole) / 3.0) / 180.0
    for i in range(n):
        dx, dy = xy[:, 0] - xy[i, 0], xy[:, 1] - xy[i, 1]
        if kind == "GEO":
            latitude, longitude = radians[:, 0], radians[:, 1]
            q1 = np.cos(longitude[i] - longitude)
            q2 = np.cos(latitude[i] - latitude)
            q3 = np.cos(latitude[i] + latitude)
            angle = np.arccos(np.clip(0.5 * ((1 + q1) * q2 - (1 - q1) * q3), -1, 1))
            out[i] = np.floor(6378.388 * angle + 1.0)
            out[i, i] = 0.0
        elif kind == "ATT":
            real = np.sqrt((dx * dx + dy * dy) / 10.0)
            nearest = np.floor(real + 0.5)
            out[i] = np.where(nearest < real, nearest + 1.0, nearest)
        else:
            real = np.sqrt(dx * dx + dy * dy)
            rounding = {"EUC_2D": lambda d: np.floor(d + 0.5), "CEIL_2D": np.ceil}
            out[i] = rounding[kind](real) if kind in rounding else real
    return out


def read_oplib(path: Path, best_known: float | None = None) -> NodeInstance:
    fields: dict[str, str] = {}
    coordinates: list[tuple[float, float]] = []
    scores: dict[int, float] = {}
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text or text == "EOF":
            continue
        if text.endswith("_SECTION") or text.rstrip(": ").endswith("_SECTION"):
            section = text.rstrip(": ")
        elif not section:
            key, _, value = text.partition(":")
            fields[key.strip()] = value.strip()
        else:
            parts = text.split()
            if section == "NODE_COORD_SECTION":
                coordinates.append((float(parts[1]), float(parts[2])))
            elif section == "NODE_SCORE_SECTION":
                scores[int(parts[0])] = float(parts[1])
    value = np.array([scores[i + 1] for i in range(len(coordinates))])
    limit = float(fields["COST_LIMIT"])
    kind = fields["EDGE_WEIGHT_TYPE"]
    return NodeInstance(path.name, np.array(coordinates), value, limit, 0, 0, kind, best_known)


def read_open_path(path: Path, best_known: float | None = None) -> NodeInstance:
    """First line: limit and number of paths; second: start; third: end; x, y, score."""
    lines = path.read_text(encoding="utf-8").split("\n")
    limit = float(lines[0].split()[0])
    rows = np.array([[float(v) for v in line.split()] for line in lines[1:] if line.strip()])
    return NodeInstance(path.name, rows[:, :2], rows[:, 2], limit, 0, 1, "real", best_known)


def read_ceop(path: Path, limit: float, name: str, best_known: float | None) -> DiscInstance:
    """Start, end, then x, y, 0, radius, prize a line."""
    rows = np.array(
        [[float(v) for v in line.split()] for line in path.read_text().splitlines() if line.strip()]
    )
    sites = rows[2:]
    return DiscInstance(
        *(name, sites[:, :2], sites[:, 3], sites[:, 4], limit, rows[0, :2], rows[1, :2]),
        *(False, (), best_known),
    )


def read_geo(path: Path, best_known: float | None = None) -> DiscInstance:
    document = json.loads(path.read_text(encoding="utf-8"))
    sites = document["sites"]
    centres = np.array([[s["lon"], s["lat"]] for s in sites])
    ends = [np.array([document[k]["lon"], document[k]["lat"]]) for k in ("entry", "exit")]
    radii = np.full(len(sites), float(document["swath_half_width_km"]))
    hazards = tuple(tuple((p[0], p[1]) for p in ring) for ring in document["hazard_areas"])
    return DiscInstance(
        *(path.name, centres, radii, np.array([float(s["value"]) for s in sites])),
        *(float(document["max_distance_km"]), ends[0], ends[1], True, hazards, best_known),
    )


def _table(folder: Path) -> list[dict[str, str]]:
    for name in ("best_known.csv", "reference.csv"):
        if (folder / name).exists():
            with (folder / name).open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
    return []


def _number(text: str | None) -> float | None:
    return float(text) if text and not math.isnan(float(text)) else None


def read_folder(folder: Path) -> list[Instance]:
    """Every instance of a folder and of the folders in it, small ones first."""
    found: list[Instance] = []
    for sub in sorted(p for p in folder.iterdir() if p.is_dir() and p.name != "cetsp"):
        found += read_folder(sub)
    table = _table(folder)
    known = {row.get("file", row.get("instance", "")): row for row in table}
    for path in sorted(folder.iterdir()):
        row = known.get(path.name) or known.get(path.stem) or {}
        if path.suffix == ".oplib":
            found.append(read_oplib(path, _number(row.get("best_known"))))
        elif path.suffix == ".txt" and path.stem.startswith(("set_", "tsiligirides")):
            found.append(read_open_path(path, _number(row.get("best_known"))))
        elif path.suffix == ".json" and not path.name.endswith(".reference.json"):
            found.append(read_geo(path, _number(row.get("reference_value_no_hazards"))))
        elif path.suffix == ".ceop":
            for budget in (r for r in table if r["instance"] == path.stem):
                name = f"{path.stem}-{budget['ratio']}"
                best = _number(budget.get("published_best"))
                found.append(read_ceop(path, float(budget["budget"]), name, best))
    return sorted(found, key=lambda i: len(i.scores))
