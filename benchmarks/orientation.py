"""Orientation against truth on the real frames beside the checkout; one JSON line a case.

    python benchmarks/orientation.py ../shared/data/imaging

Cases: the aerotriangulated pair of NGI as it is; the same put wrong by 20 m and 0.3 degrees and
put right by tying, by control, and by both. Check points are measured in the second frame and are
not used in the adjustment. Brighton Beach tied from its metadata, its points against the cloud of
OpenDroneMap (needs laspy and lazrs); Boruszyn put together from nothing and laid upon its control
(both need OpenCV). Name cases to run only those: ngi, brighton, boruszyn.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from overflight.formats.control_points import ControlSighting, read_control
from overflight.formats.orientation_files import read_orientations
from overflight.geo.earth_fixed import from_earth_fixed, north_east_down
from overflight.imagery.collinear import project
from overflight.imagery.elevation import Terrain
from overflight.imagery.frames_in import read_frame
from overflight.imagery.orient.adjust import Adjusted, Belief, Sightings
from overflight.imagery.orient.block import adjusted_from_pairs, modelled
from overflight.imagery.orient.control import (
    camera_notes,
    earth_fixed,
    intersected,
    refined,
    surface_at,
)
from overflight.imagery.orient.derivatives import turn
from overflight.imagery.orient.features import available, feature_sightings, overlapping
from overflight.imagery.orient.given import exterior_given
from overflight.imagery.orient.metadata import exterior_of_metadata, read_metadata
from overflight.imagery.orient.patches import Picture, Surface, picture_of
from overflight.imagery.orient.relative import Laid, Model, laid_upon_control
from overflight.imagery.orient.tie import Ties, Tying, ties_between
from overflight.terms.frames import Exterior, Interior, OrientedFrame

TYING = Tying(levels=(1, 0), search=(24, 8), cells=40)
SEEDS = range(3)


def pair(folder: Path) -> tuple[list[OrientedFrame], dict[str, Picture], Surface]:
    """The two frames with their true orientation. 120 mm on 92.16 x 165.888 mm."""
    crs = (folder / "io/ngi_xyz_opk.prj").read_text().strip()
    terrain = Terrain.read(folder / "ngi/dem.tif")
    to_terrain = pyproj.Transformer.from_crs("EPSG:4326", terrain.crs, always_xy=True)
    interior = Interior(640, 1152, 120 / 0.144, 120 / 0.144, 320.0, 576.0)
    frames, pictures = [], {}
    for pose in read_orientations(folder / "io/ngi_xyz_opk.csv"):
        path = folder / "ngi" / f"{pose.name}.tif"
        if path.exists():
            exterior = exterior_given(pose, crs, "aerotriangulation")
            frames.append(OrientedFrame(pose.name, interior, exterior))
            pictures[pose.name] = picture_of(read_frame(path).pixels)
    return frames, pictures, lambda lat, lon: terrain.heights(*to_terrain.transform(lon, lat))


def measured(frames: list[OrientedFrame], ties: Ties) -> list[ControlSighting]:
    """Tie points as control: places by the first frame's true orientation and the elevations;
    every fifth for the adjustment, the rest to check it."""
    s = ties.sightings
    found = []
    for f, p, pixel in zip(s.frame, s.point, s.pixels, strict=True):
        lat, lon, height = (float(v) for v in from_earth_fixed(ties.places[p]))
        found.append(
            ControlSighting(
                f"{p}", (lon, lat, height), "EPSG:4979", frames[f].name,
                (float(pixel[0]), float(pixel[1])), p % 5 != 0,
            )
        )  # fmt: skip
    return found


def put_wrong(frames: list[OrientedFrame], seed: int) -> list[OrientedFrame]:
    chance = np.random.default_rng(seed)
    made = []
    for frame in frames:
        turned = turn(np.radians(chance.normal(0, 0.3, (1, 3))))[0] @ frame.exterior.axes
        eye = frame.exterior.eye + chance.normal(0, 20.0, 3)
        made.append(replace(frame, exterior=Exterior(eye, turned, "put wrong")))
    return made


def placed_features(
    folder: Path, names: list[str], focal_px: float
) -> tuple[dict[str, Interior], dict[str, Picture]]:
    """Interiors without distortion, and pictures as they are to be looked at."""
    interiors, pictures = {}, {}
    for name in names:
        pixels = read_frame(folder / name).pixels
        rows, columns = pixels.shape[:2]
        interiors[name] = Interior(columns, rows, focal_px, focal_px, columns / 2, rows / 2)
        pictures[name] = picture_of(pixels, 12_000_000)
    return interiors, pictures


BRIGHTON_FOCAL = 3.61e3 / 1.54
"""Of the lens, by the pixels' size of that sensor as its maker's data sheets round it."""
CALIBRATIONS: tuple[tuple[str, ...], ...] = (
    (), ("focal",), ("focal", "k1", "k2"), ("focal", "centre", "k1", "k2", "p1", "p2"),
)  # fmt: skip


def brighton(folder: Path) -> None:
    names = sorted(path.name for path in folder.glob("*.JPG"))
    begun = time.perf_counter()
    interiors, pictures = placed_features(folder, names, BRIGHTON_FOCAL)
    frames = [
        OrientedFrame(n, interiors[n], exterior_of_metadata(read_metadata(folder / n), n))
        for n in names
    ]
    surface = surface_at(158.0)
    sightings, pairs, features = feature_sightings(
        names, list(interiors.values()), pictures, overlapping(frames, surface, 0.3)
    )
    told(
        "brighton-features", frames=len(frames), pairs=len(pairs), sightings=len(sightings.frame),
        points=int(sightings.point.max()) + 1, seconds=round(time.perf_counter() - begun, 1),
    )  # fmt: skip
    belief = Belief(3.0, 5.0)
    for calibrate in CALIBRATIONS:
        begun = time.perf_counter()
        result, ties, turned = adjusted_from_pairs(
            frames, sightings, pairs, features, surface, belief, calibrate=calibrate
        )
        off = np.array([a.exterior.eye - b.exterior.eye
                        for a, b in zip(result.frames, frames, strict=True)])  # fmt: skip
        lat, lon, _ = (float(v[0]) for v in from_earth_fixed(frames[0].exterior.eye[None]))
        moved = np.sqrt(np.mean((off @ north_east_down(lat, lon).T) ** 2, axis=0))
        inside = result.frames[0].interior
        told(
            "brighton-tied", calibrate=list(calibrate), tie_px=round(result.rms_px, 3),
            used=round(float(result.used.mean()), 3), points=len(ties.places),
            turned=[int(name[4:8]) for name in turned],
            focal_px=round(inside.focal_x, 1), sigma=np.round(result.camera_sigma, 4).tolist(),
            moved_ned_m=np.round(moved, 2).tolist(), notes=camera_notes(result, calibrate),
            seconds=round(time.perf_counter() - begun, 1), **cloud(folder, result, ties),
        )  # fmt: skip


def cloud(folder: Path, result: Adjusted, ties: Ties) -> dict[str, float]:
    """Heights of the block's points less those of the cloud (median in cells of 0.25 m): as they
    are, and after the best shift, tilt and scale; points at edges of trees by robust weights."""
    try:
        import laspy
    except ImportError:
        return {}
    las = laspy.read(folder / "model.laz")
    origin, cell = np.array(las.header.mins), 0.25
    x, y, z = np.asarray(las.x), np.asarray(las.y), np.asarray(las.z)
    size = np.ceil((np.array(las.header.maxs) - origin)[:2] / cell).astype(int) + 1
    at = ((x - origin[0]) / cell).astype(int) * size[1] + ((y - origin[1]) / cell).astype(int)
    order = np.lexsort((z, at))
    numbers, first, count = np.unique(at[order], return_index=True, return_counts=True)
    grid = np.full(size[0] * size[1], np.nan)
    grid[numbers] = z[order][first + count // 2]
    grid = grid.reshape(size)
    seen = np.bincount(ties.sightings.point[result.used], minlength=len(ties.places)) > 1
    lat, lon, height = from_earth_fixed(result.places[seen])
    east, north = pyproj.Transformer.from_crs(4326, 32615, always_xy=True).transform(lon, lat)
    column, row = (east - origin[0]) / cell, (north - origin[1]) / cell
    c, r = np.floor(column).astype(int), np.floor(row).astype(int)
    there = (c > 0) & (r > 0) & (c < size[0] - 1) & (r < size[1] - 1)
    c, r, height, east, north = c[there], r[there], height[there], east[there], north[there]
    off = height - grid[c, r]
    slope_e = (grid[c + 1, r] - grid[c - 1, r]) / (2 * cell)
    slope_n = (grid[c, r + 1] - grid[c, r - 1]) / (2 * cell)
    good = np.isfinite(off + slope_e + slope_n) & (np.abs(off - np.nanmedian(off)) < 5.0)
    off, e, n, h = off[good], east[good] - east.mean(), north[good] - north.mean(), height[good]
    u, a, b = h - h.mean(), slope_e[good], slope_n[good]
    # small shift (3), turns (3) and scale of a point change its height over the cloud by this
    change = np.column_stack(
        [-a, -b, np.ones_like(u), n + b * u, -(e + a * u), a * n - b * e, u - a * e - b * n]
    )
    weight = np.ones(len(off))
    best = np.zeros(7)
    for _ in range(20):
        best = np.linalg.lstsq(change * weight[:, None], -off * weight, rcond=None)[0]
        left = off + change @ best
        spread = 1.4826 * np.median(np.abs(left - np.median(left)))
        weight = 1.0 / (1.0 + (left / (2.385 * spread)) ** 2)
    raw = off - np.median(off)
    return {
        "cloud_points": len(off),
        "cloud_offset_m": round(float(np.median(off)), 2),
        "cloud_spread_m": round(float(1.4826 * np.median(np.abs(raw))), 2),
        "cloud_spread_aligned_m": round(float(spread), 2),
        "cloud_scale": round(float(1.0 + best[6]), 4),
        "cloud_tilt_deg": round(float(np.degrees(np.hypot(best[3], best[4]))), 2),
    }


BORUSZYN_WIDTHS = (2200, 2304, 2350, 2400, 2450, 2600)
"""Of the picture that its control was measured in: half is 2304, OpenDroneMap's default 2400."""
BORUSZYN_FOCAL = 5.0 / 6.17 * 4608


def boruszyn(folder: Path) -> None:
    names = sorted(path.name for path in folder.glob("*.jpg"))
    begun = time.perf_counter()
    interiors, pictures = placed_features(folder, names, BORUSZYN_FOCAL)
    model = modelled(interiors, pictures, ("focal", "k1", "k2"))
    inside = model.frames[0].interior
    told(
        "boruszyn-tied", frames=len(model.frames), lost=list(model.lost),
        points=len(model.places), tie_px=round(model.rms_px, 3), focal_px=round(inside.focal_x, 1),
        k1=round(inside.k1, 4), seconds=round(time.perf_counter() - begun, 1),
    )  # fmt: skip
    number = {Path(n).stem: k for k, n in enumerate(f.name for f in model.frames)}
    rows = [c for c in read_control(folder / "gcp_list.txt") if Path(c.image).stem in number]
    places = earth_fixed(rows)
    points = list(places)
    xyz = np.array([places[p] for p in points])
    frame = np.array([number[Path(c.image).stem] for c in rows])
    point = np.array([points.index(c.name) for c in rows])
    for width in BORUSZYN_WIDTHS:
        pixels = sized(rows, width, inside.rows)
        control = Sightings(frame, point, pixels)
        lay, _ = laid_upon_control(model, control, xyz)
        lay = settled_upon(model, lay, control, xyz)
        apart = [
            round(float(np.linalg.norm(at[0] - at[1])), 1)
            for at in (parted(model, control, p) for p in range(len(points)))
            if len(at) == 2
        ]
        told(
            "boruszyn-width", width=width, between_frames_px=apart,
            control_px=round(rms(upon(model, lay, control, xyz)), 1),
        )  # fmt: skip
    control = Sightings(frame, point, sized(rows, 2400, inside.rows))
    whole, _ = laid_upon_control(model, control, xyz)
    whole = settled_upon(model, whole, control, xyz)
    for p, name in enumerate(points):
        left = point == p
        rest = Sightings(frame[~left], point[~left], control.pixels[~left])
        gone = Sightings(frame[left], point[left], control.pixels[left])
        lay = settled_upon(model, whole, rest, xyz)
        off = np.linalg.norm(upon(model, lay, gone, xyz), axis=1)
        sample = [
            float(np.linalg.norm(xyz[p] - lay.frame(model.frames[f]).exterior.eye))
            / inside.focal_x for f in gone.frame
        ]  # fmt: skip
        told(
            "boruszyn-left-out", point=name, control=len(rest.frame),
            error_px=off.round(1).tolist(), error_m=(off * sample).round(2).tolist(),
            ground_sample_m=np.round(sample, 3).tolist(),
            others_px=round(rms(upon(model, lay, rest, xyz)), 1),
        )  # fmt: skip


def sized(rows: list[ControlSighting], width: int, tall: int) -> np.ndarray:
    """Control pixels of lying pictures ``width`` wide in the full ones, a quarter anticlockwise."""
    times = tall / width
    return np.array([(c.pixel[1] * times, tall - c.pixel[0] * times) for c in rows])


def parted(model: Model, control: Sightings, point: int) -> list[np.ndarray]:
    """Of a point in two frames: pixel and where the rays of both nearly meet, in the first."""
    rows = np.flatnonzero(control.point == point)
    if len(rows) < 2:
        return []
    frames = [model.frames[control.frame[r]] for r in rows]
    place, _ = intersected(frames, control.pixels[rows])
    first = frames[0]
    return [control.pixels[rows[0]], project(first.interior, first.exterior, place[None])[0]]


def upon(model: Model, lay: Laid, control: Sightings, xyz: np.ndarray) -> np.ndarray:
    off = []
    for f, p, pixel in zip(control.frame, control.point, control.pixels, strict=True):
        frame = lay.frame(model.frames[f])
        off.append(project(frame.interior, frame.exterior, xyz[p][None])[0] - pixel)
    return np.nan_to_num(np.array(off), nan=1e4)


def settled_upon(model: Model, lay: Laid, control: Sightings, xyz: np.ndarray) -> Laid:
    """The seven numbers of the similarity by least squares; the model itself stays as it is."""
    from scipy.optimize import least_squares

    middle = xyz.mean(axis=0)

    def moved(v: np.ndarray) -> Laid:
        turned, times = turn(v[None, :3])[0], float(np.exp(v[6]))
        shift = times * turned @ (lay.shift - middle) + middle + v[3:6]
        return Laid(lay.scale * times, turned @ lay.turned, shift)

    found = least_squares(
        lambda v: upon(model, moved(v), control, xyz).ravel(), np.zeros(7),
        x_scale=[0.01, 0.01, 0.01, 1.0, 1.0, 1.0, 0.01],
    )  # fmt: skip
    return moved(found.x)


def rms(off: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.sum(off**2, axis=1))))


def told(case: str, **values: Any) -> None:
    print(json.dumps({"case": case, **values}), flush=True)


def ngi(folder: Path) -> None:
    frames, pictures, surface = pair(folder)
    begun = time.perf_counter()
    ties = ties_between(frames, pictures, surface, 0, 6, TYING)
    second = ties.sightings.frame == 1
    off = ties.sightings.pixels[second] - project(
        frames[1].interior, frames[1].exterior, ties.places[ties.sightings.point[second]]
    )
    told(
        "ngi-truth", points=len(ties.places), seconds=round(time.perf_counter() - begun, 2),
        median_px=np.round(np.median(off, axis=0), 3).tolist(),
        rms_px=round(float(np.sqrt(np.mean(np.sum(off**2, axis=1)))), 3),
    )  # fmt: skip
    control = measured(frames, ties)
    check = [c for c in control if c.check]
    points = [replace(c, check=True) for c in control]
    belief = Belief(20.0, 0.3, 0.3)
    for case, own, picture, features in (
        ("ngi-tied", points, pictures, False),
        ("ngi-control", control, None, False),
        ("ngi-control-and-tied", control, pictures, False),
        ("ngi-tied-by-features", points, pictures, True),
        ("ngi-control-and-features", control, pictures, True),
    ):
        if features and not available():
            continue
        for seed in SEEDS:
            wrong = put_wrong(frames, seed)
            begun = time.perf_counter()
            _, report = refined(
                wrong, picture, surface if picture else None, belief, control=own,
                control_sigma_m=1.0, control_pixel=0.3, tying=TYING,
                features=features, surface_sigma_m=None if features else 3.0,
            )  # fmt: skip
            told(
                case, seed=seed, seconds=round(time.perf_counter() - begun, 2),
                tie_px=round(report.tie_px, 3), control_px=round(report.control_px, 3),
                check_px=round(report.check_px, 3), check_m=round(report.check_m, 2),
                control=len({c.name for c in control}) - len({c.name for c in check}),
                checks=len({c.name for c in own if c.check}),
            )  # fmt: skip


CASES = {
    "ngi": (ngi, "orthority_tests"),
    "brighton": (brighton, "brighton_beach"),
    "boruszyn": (boruszyn, "boruszyn"),
}


def main(folder: Path, *names: str) -> None:
    for name in names or CASES:
        case, where = CASES[name]
        case(folder / where)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/imaging"), *sys.argv[2:])
