"""Orientation against truth on the real frames beside the checkout; one JSON line a case.

    python benchmarks/orientation.py ../shared/data/imaging

Cases: the aerotriangulated pair of NGI as it is; the same put wrong by 20 m and 0.3 degrees and
put right by tying, by control, and by both. Check points are measured in the second frame and are
not used in the adjustment.
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

from overflight.formats.control_points import ControlSighting
from overflight.formats.orientation_files import read_orientations
from overflight.geo.earth_fixed import from_earth_fixed
from overflight.imagery.collinear import project
from overflight.imagery.elevation import Terrain
from overflight.imagery.frames_in import read_frame
from overflight.imagery.orient.adjust import Belief
from overflight.imagery.orient.control import refined
from overflight.imagery.orient.derivatives import turn
from overflight.imagery.orient.given import exterior_given
from overflight.imagery.orient.patches import Picture, Surface, picture_of
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


def told(case: str, **values: Any) -> None:
    print(json.dumps({"case": case, **values}), flush=True)


def main(folder: Path) -> None:
    frames, pictures, surface = pair(folder / "orthority_tests")
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
    for case, own, picture in (
        ("ngi-tied", points, pictures),
        ("ngi-control", control, None),
        ("ngi-control-and-tied", control, pictures),
    ):
        for seed in SEEDS:
            wrong = put_wrong(frames, seed)
            begun = time.perf_counter()
            _, report = refined(
                wrong, picture, surface if picture else None, belief, control=own,
                control_sigma_m=1.0, control_pixel=0.3, tying=TYING, surface_sigma_m=3.0,
            )  # fmt: skip
            told(
                case, seed=seed, seconds=round(time.perf_counter() - begun, 2),
                tie_px=round(report.tie_px, 3), control_px=round(report.control_px, 3),
                check_px=round(report.check_px, 3), check_m=round(report.check_m, 2),
                control=len({c.name for c in control}) - len({c.name for c in check}),
                checks=len({c.name for c in own if c.check}),
            )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/imaging"))
