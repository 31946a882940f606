"""Read the published planning instances: .oplib, Tsiligirides and Chao .txt, .ceop, geo .json.

Formats and rules are described in the README of the instances' folder. Which set a file belongs to
is seen from the file, so any folder will do; values to compare with come from tables beside the
files, where there are any. Needs numpy only: peers read with it in an environment of their own.
"""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SETS = ("oplib", "chao", "ceop", "geo")

CORRECTED = {"tsiligirides_problem_2_budget_38.txt": 360.0}
"""Values in place of published ones that the coordinates do not allow: the 385 listed for this
instance needs a path of 39.495 against a limit of 38; dynamic programming over all sets of its 21
points gives 360."""

RATIOS = (0.9, 0.6, 0.3)
"""Budgets of close-enough instances for which no table gives any, over the length of a rough tour
that sees every disc. (The published budgets are these parts of the best tour known.)"""

BEST = {
    "oplib": ("best_known", "published_best", "published"),
    "chao": ("best_known", "published_best", "published"),
    "ceop": ("published_best", "best_known"),
    "geo": ("reference_value_no_hazards", "reference_value", "best_known"),
}
"""Columns that hold the value to compare with: the first of them that is there."""


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


@dataclass(frozen=True)
class Entry:
    """An instance that is there to be read. ``key`` names it within its folder.

    ``limit`` is only set where a table gives it (close-enough instances), ``ratio`` where it has
    to be made up.
    """

    key: str
    name: str
    set: str
    path: Path
    best_known: float | None
    limit: float | None = None
    ratio: float | None = None

    def read(self) -> Instance:
        """SystemExit, with the file's name, when it cannot be read."""
        try:
            if self.set == "oplib":
                return read_oplib(self.path, self.best_known)
            if self.set == "chao":
                return read_open_path(self.path, self.best_known)
            if self.set == "geo":
                return read_geo(self.path, self.best_known)
            limit = self.limit
            if limit is None:
                limit = round((self.ratio or 1.0) * rough_tour(self.path), 2)
            return read_ceop(self.path, limit, self.name, self.best_known)
        except (ValueError, KeyError, IndexError, TypeError, OSError) as error:
            raise SystemExit(
                f"{self.path}: not a readable {self.set} instance ({type(error).__name__}: {error})"
            ) from None


class Tables:
    """What the tables of a folder say about its files: rows by name, with or without suffix."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def rows(self) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = {}
        for path in sorted(self.folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    name = row.get("file") or row.get("instance")
                    if name:
                        found.setdefault(name, []).append(row)
        return found

    def of(self, path: Path) -> list[dict[str, str]]:
        return self.rows.get(path.name) or self.rows.get(path.stem) or []

    def best(self, path: Path, kind: str, row: dict[str, str] | None = None) -> float | None:
        if path.name in CORRECTED:
            return CORRECTED[path.name]
        for one in [row] if row is not None else self.of(path):
            for column in BEST[kind]:
                value = _number(one.get(column))
                if value is not None:
                    return value
        beside = path.with_name(path.stem + ".reference.json")
        if kind == "geo" and beside.exists():
            return _number(str(json.loads(beside.read_text(encoding="utf-8")).get("value", "")))
        return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def set_of(path: Path) -> str | None:
    """Which set a file is of, None for what is no instance."""
    if path.suffix in (".oplib", ".ceop"):
        return path.suffix[1:]
    if path.suffix == ".json" and not path.name.endswith(".reference.json"):
        text = path.read_text(encoding="utf-8", errors="replace")
        return "geo" if '"swath_half_width_km"' in text and '"sites"' in text else None
    if path.suffix == ".txt":
        with path.open(encoding="utf-8", errors="replace") as file:
            widths = [len(file.readline().split()) for _ in range(2)]
            file.seek(0)
            first = file.readline().split()
        numeric = all(_number(word) is not None for word in first)
        return "chao" if widths == [2, 3] and numeric else None
    return None


def entries(place: Path) -> list[Entry]:
    """Every instance of a folder and of the folders in it (or the one file), by set, then name."""
    if not place.exists():
        raise SystemExit(f"{place}: there is no such folder or file.")
    folder = place if place.is_dir() else place.parent
    paths = sorted(folder.rglob("*")) if place.is_dir() else [place]
    found: list[Entry] = []
    tables: dict[Path, Tables] = {}
    for path in paths:
        kind = set_of(path) if path.is_file() else None
        if kind is None:
            continue
        table = tables.setdefault(path.parent, Tables(path.parent))
        key = path.relative_to(folder).as_posix()
        if kind != "ceop":
            found.append(Entry(key, path.name, kind, path, table.best(path, kind)))
            continue
        budgets = [row for row in table.of(path) if _number(row.get("budget")) is not None]
        for row in budgets:
            ratio = row.get("ratio") or row["budget"]
            best, limit = table.best(path, kind, row), _number(row["budget"])
            name = f"{path.stem}-{ratio}"
            found.append(Entry(f"{key}@{ratio}", name, kind, path, best, limit))
        for part in () if budgets else RATIOS:
            name = f"{path.stem}-{part}"
            found.append(Entry(f"{key}@{part}", name, kind, path, None, ratio=part))
    return sorted(found, key=lambda e: (SETS.index(e.set), e.key))


def read_folder(folder: Path) -> list[Instance]:
    """Every instance of a folder and of the folders in it, small ones first."""
    return sorted((e.read() for e in entries(folder)), key=lambda i: len(i.scores))


def rough_tour(path: Path) -> float:
    """The length of some closed way that sees every disc: greedy cover, nearest next, 2-opt.

    Used where no table gives budgets; the values found then have nothing to be compared with.
    """
    rows = np.array([[float(v) for v in r.split()] for r in path.read_text().splitlines() if r])
    centres, radii = rows[2:, :2], rows[2:, 3]
    apart = distance_matrix(centres, "real")
    sees = apart <= radii[None, :]
    left = np.ones(len(centres), dtype=bool)
    chosen = [rows[0, :2]]
    while left.any():
        best = int((sees & left).sum(axis=1).argmax())
        chosen.append(centres[best])
        left &= ~sees[best]
    d = distance_matrix(np.array(chosen), "real")
    tour, rest = [0], set(range(1, len(d)))
    while rest:
        tour.append(min(rest, key=lambda j: d[tour[-1], j]))
        rest.remove(tour[-1])
    better = len(tour) > 3
    while better:
        better = False
        for i in range(len(tour) - 2):
            for j in range(i + 2, len(tour) - (i == 0)):
                a, b, c, e = tour[i], tour[i + 1], tour[j], tour[(j + 1) % len(tour)]
                if d[a, c] + d[b, e] < d[a, b] + d[c, e] - 1e-9:
                    tour[i + 1 : j + 1] = tour[i + 1 : j + 1][::-1]
                    better = True
    return float(sum(d[a, b] for a, b in zip(tour, tour[1:] + tour[:1], strict=True)))
