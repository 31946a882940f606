"""``overflight imagery process``: frames in; annotated, rectified and measured pictures out."""

from __future__ import annotations

import argparse
from pathlib import Path

from overflight.cli.common import add_json_option, add_reading_option, parse_date


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``process``."""
    parser = verbs.add_parser(
        "process",
        help="orient, annotate, rectify and measure frames; write COG and STAC items",
        description="Bring frames to the ground: each is oriented, annotated, rectified over the "
        "terrain with the exact collinearity, measured where a target is in view, held against "
        "the limit of its category, and written as a lossless Cloud Optimized GeoTIFF with a STAC "
        "item. Originals are read and never written. A run that was stopped goes on where it "
        "stopped; a frame that cannot be used is set aside with the reason.",
    )
    parser.add_argument(
        "frames", nargs="+", type=Path, metavar="FRAMES", help="pictures, or folders of them"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where results go")
    _where(parser)
    _ground(parser)
    _better(parser)
    _pictures(parser)
    _held(parser)
    _work(parser)
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _where(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where the camera was (without these, from EXIF and XMP)")
    group.add_argument("--camera", type=Path, metavar="FILE", help="the camera, TOML")
    group.add_argument(
        "--track",
        type=Path,
        metavar="TRACK",
        help="the flown track, or a folder of flight simulate",
    )
    group.add_argument(
        "--exposures",
        type=Path,
        metavar="FILE",
        help="CSV of time and file (or sensor and number) of each frame (default: the one beside "
        "the track, else the times in EXIF)",
    )
    group.add_argument("--sensor", metavar="ID", help="which sensor of that file the frames are of")
    group.add_argument(
        "--orientation",
        type=Path,
        metavar="FILE",
        help="exterior orientation from a file (CSV of x y z omega phi kappa or lat lon alt roll "
        "pitch yaw; GeoJSON; OpenSfM reconstruction.json)",
    )
    group.add_argument("--orientation-crs", metavar="CRS", help="the coordinates of that file")
    group.add_argument(
        "--boresight",
        type=_three,
        metavar="ROLL,PITCH,HEADING",
        default=(0.0, 0.0, 0.0),
        help="how the camera lies against the attitude of the track, degrees",
    )
    group.add_argument(
        "--lever-arm",
        type=_three,
        metavar="FORWARD,RIGHT,DOWN",
        default=(0.0, 0.0, 0.0),
        help="from the place of the track to the lens, metres",
    )
    group.add_argument(
        "--time-offset",
        type=_seconds,
        metavar="S|estimate",
        default=0.0,
        help="seconds to add to the frames' times (0), or estimate: from frames whose metadata "
        "know their place",
    )
    group.add_argument(
        "--takeoff",
        type=float,
        metavar="M",
        help="a drone's place of take-off above the ellipsoid: its relative altitude is added",
    )


def _ground(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the ground")
    group.add_argument("--dem", type=Path, metavar="FILE", help="elevations, any raster with a CRS")
    group.add_argument(
        "--geoid",
        metavar="FILE|M",
        help="heights of the geoid over the ellipsoid, a raster or one number; without it, "
        "elevations and heights over the sea are taken to count from the same surface",
    )
    group.add_argument(
        "--flat", type=float, metavar="M", help="flat ground at this height instead of --dem"
    )


def _better(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("a better position")
    group.add_argument(
        "--control",
        type=Path,
        metavar="FILE",
        help="ground control with its pixels: gcp_list.txt, CSV or GeoJSON; points marked check "
        "are not used but measured",
    )
    group.add_argument("--tie", action="store_true", help="tie overlapping frames together")
    group.add_argument(
        "--calibrate",
        action="append",
        default=[],
        metavar="NUMBER",
        help="find a number of the camera with them, as focal or k1 (repeatable)",
    )


def _pictures(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the pictures")
    group.add_argument("--crs", metavar="CRS", help="of the results (the UTM zone)")
    group.add_argument(
        "--pixel", type=float, metavar="M", help="ground a pixel (the median ground sample)"
    )
    group.add_argument("--resample", choices=("bilinear", "cubic"), default="cubic", help="(cubic)")
    group.add_argument(
        "--hidden", action="store_true", help="leave out ground that the terrain hides"
    )
    group.add_argument(
        "--decision",
        type=Path,
        metavar="FILE",
        help="degrade the copies under this decision of the parties (TOML [decision]: number, "
        "date, cite, limit_m); without one they are never degraded",
    )
    group.add_argument(
        "--own-resolution",
        type=float,
        metavar="M",
        help="the narrowest bar that the sensor resolves from there, for frames without a target",
    )
    group.add_argument(
        "--flight", metavar="REFERENCE", help="flight reference for the annotation, as OS1001"
    )


def _held(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the limit")
    group.add_argument("--treaty", metavar="NAME", help="whose limit (the first regime)")
    group.add_argument(
        "--date", type=parse_date, metavar="DATE", help="in force when (the flight's)"
    )
    group.add_argument(
        "--category", metavar="ID", help="the sensor's category (by the camera's kind)"
    )
    add_reading_option(group)
    group.add_argument("--h-min", type=float, metavar="M", help="the sensor's certified H_min")
    group.add_argument(
        "--no-measure", action="store_true", help="do not look for a calibration target"
    )
    group.add_argument("--target", type=Path, metavar="FILE", help="the target's layout, TOML")


def _work(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the work")
    group.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes (1; 0: one for each core)"
    )
    group.add_argument("--dask", metavar="ADDRESS", help="a Dask cluster, tcp://HOST:PORT")
    group.add_argument("--again", action="store_true", help="begin anew; forget what was done")


def _seconds(text: str) -> float | None:
    if text == "estimate":
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r}: give seconds, as -0.35, or estimate")
    return value


def _three(text: str) -> tuple[float, float, float]:
    parts = text.split(",")
    try:
        values = tuple(float(part) for part in parts)
    except ValueError:
        values = ()
    if len(values) != 3 or not all(abs(value) < 1e4 for value in values):
        raise argparse.ArgumentTypeError(f"{text!r}: give three numbers with commas, as 0.1,-0.2,0")
    return values[0], values[1], values[2]


def _run(arguments: argparse.Namespace) -> int:
    from overflight.cli.imagery_run import run

    return run(arguments)
