"""``overflight imagery linescan``: an infra-red line scan brought to the map."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from overflight.cli.common import add_json_option, print_json
from overflight.errors import DataError


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``linescan``."""
    parser = verbs.add_parser(
        "linescan",
        help="bring an infra-red line scan to the map, by a place and attitude for each line",
        description="Rectify a line scan: each line has its own place and attitude, samples grow "
        "with the angle from the vertical. Writes a Cloud Optimized GeoTIFF.",
    )
    parser.add_argument("scan", type=Path, metavar="SCAN.tif", help="a row for each line")
    parser.add_argument(
        "--places", required=True, metavar="PLACES.csv",
        help="lat,lon,altitude_m,heading_deg,pitch_deg,roll_deg for each line",
    )  # fmt: skip
    parser.add_argument(
        "--left-deg", type=float, required=True, metavar="DEG",
        help="where a line begins, from the vertical, negative to the left",
    )  # fmt: skip
    parser.add_argument(
        "--ifov-mrad", type=float, required=True, metavar="A", help="angle from sample to sample"
    )
    ground = parser.add_mutually_exclusive_group(required=True)
    ground.add_argument("--dem", type=Path, metavar="DEM.tif", help="elevations")
    ground.add_argument("--flat", type=float, metavar="M", help="level ground at this height")
    parser.add_argument("--gsd", type=float, required=True, metavar="M", help="pixels of the map")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT.tif")
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    import hashlib

    import numpy as np

    from overflight.imagery.cog.writer import write_cog
    from overflight.imagery.elevation import Terrain
    from overflight.imagery.frames_in import grey, read_frame
    from overflight.imagery.infrared.ground import Level, OnMap
    from overflight.imagery.infrared.places import read_places
    from overflight.imagery.infrared.rectify import grid_of, rectified, said_where_seen
    from overflight.imagery.process.marks import marks_of_picture

    if not 0.001 <= arguments.gsd <= 1000.0 or not 1e-3 <= arguments.ifov_mrad <= 100.0:
        raise DataError("a pixel or an angle that cannot be meant", remedy="Give --gsd in metres.")
    frame = read_frame(arguments.scan)
    counts: Any = frame.pixels
    if counts.ndim != 2:
        counts = np.rint(grey(frame)).astype(counts.dtype)
    lines, zone = read_places(
        arguments.places, left_deg=arguments.left_deg, ifov_mrad=arguments.ifov_mrad,
        samples=counts.shape[1],
    )  # fmt: skip
    ground: Any = Level(arguments.flat or 0.0)
    told = f"level at {arguments.flat:g} m" if arguments.dem is None else arguments.dem.name
    if arguments.dem is not None:
        ground = OnMap(Terrain.read(arguments.dem), zone)
    grid = grid_of(lines, ground, zone, arguments.gsd)
    pixels, seen = rectified(counts, lines, ground, grid)
    marks = marks_of_picture(arguments.scan)
    if marks:
        said_where_seen(pixels, seen)
    write_cog(
        arguments.out, pixels, seen, grid, marks=marks,
        metadata={"SCAN": arguments.scan.name, "GROUND": told},
    )  # fmt: skip
    with arguments.scan.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    document = {
        "kind": "rectified-scan", "version": 1, "file": arguments.out.name,
        "scan": arguments.scan.name, "sha256": digest, "marks": list(marks), "crs": zone,
        "metres_per_pixel": arguments.gsd, "columns": grid.columns, "rows": grid.rows,
        "seen": round(float((seen != 0).mean()), 6), "ground": told,
        "rests_on": [
            "Heights of aircraft and ground are above one level; the Earth is level between the "
            "aircraft and what it sees, 1 m off at 3.5 km to the side.",
        ],
    }  # fmt: skip
    if arguments.json:
        print_json(document)
    else:
        print(f"{' '.join(marks)}{': ' * bool(marks)}{arguments.out}: {grid.columns} x {grid.rows} "
              f"pixels of {grid.size:g} m, {zone}")  # fmt: skip
    return 0
