"""``overflight sensor show``, ``footprint`` and ``hmin``: from a sensor's data, by closed forms."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from overflight.cli import sensor_models_run as run
from overflight.cli.common import add_json_option, add_treaty_options, parse_date

_LEAST, _MOST = 1e-9, 1e9


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the three verbs."""
    _show(verbs)
    _footprint(verbs)
    _hmin(verbs)


def _number(text: str) -> float:
    """A number as typed, of a size that anything here can have; for ``type=`` of an argument."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (value == 0.0 or _LEAST <= abs(value) <= _MOST):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number that can be meant")
    return value


def _pair(text: str) -> tuple[float, float]:
    """Two numbers with a comma; for ``type=`` of an argument."""
    first, comma, second = text.partition(",")
    if not comma:
        raise argparse.ArgumentTypeError(f"{text!r} is not two numbers with a comma")
    return _number(first), _number(second)


def _treaty(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--treaty", metavar="NAME", help="name or folder of the regime")
    parser.add_argument("--on", type=parse_date, metavar="DATE", help="the day asked about")
    add_treaty_options(parser)


def _camera(parser: argparse.ArgumentParser, flag: str, **more: object) -> None:
    parser.add_argument(flag, metavar="CAMERA.toml", help="the camera's data", **more)  # type: ignore[arg-type]


def _show(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = verbs.add_parser(
        "show",
        help="ground, swath, frames and sharpness of a camera; the sensors of an aircraft",
        description="What a camera does from a height; or, for an aircraft, which sensors it "
        "has, what is public of them, and whether they are certified.",
    )
    show.add_argument(
        "what", metavar="WHAT", help="CAMERA.toml (- for standard input), or an id of an aircraft"
    )
    show.add_argument("--height", type=_number, metavar="M", help="height above ground, m")
    show.add_argument("--speed", type=_number, metavar="KMH", help="groundspeed, km/h")
    show.add_argument(
        "--overlap",
        type=_number,
        default=0.6,
        metavar="SHARE",
        help="forward overlap that frames must keep (0.6)",
    )
    show.add_argument(
        "--compensated",
        type=_number,
        default=0.0,
        metavar="SHARE",
        help="share of image motion that the camera takes out (0)",
    )
    show.add_argument(
        "--limit",
        type=_number,
        metavar="M",
        help="also the height from which the model of the camera resolves no better than this",
    )
    _sharpness(show)
    _treaty(show)
    add_json_option(show)
    show.set_defaults(handler=run.show)


def _sharpness(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("our model of sharpness")
    group.add_argument(
        "--modulation", type=_number, default=1.0, metavar="M", help="modulation of the bars (1)"
    )
    group.add_argument(
        "--haze",
        type=_number,
        default=1.0,
        metavar="SHARE",
        help="share of modulation that haze leaves (1)",
    )
    group.add_argument(
        "--threshold",
        type=_number,
        metavar="M",
        help="modulation that is still told apart (0.04, assumed)",
    )


def _footprint(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    print_ = verbs.add_parser(
        "footprint",
        help="the ground that one frame shows, as a polygon on WGS84",
        description="The ground that one frame (of a scanner or radar: a strip) shows.",
    )
    _camera(print_, "camera")
    print_.add_argument(
        "--at",
        type=_pair,
        required=True,
        metavar="LAT,LON",
        help="where the camera is; write --at=-33.9,18.4 for the south",
    )
    print_.add_argument(
        "--height", type=_number, required=True, metavar="M", help="height above the ground, m"
    )
    for flag, text in (
        ("--ground", "height of the ground above the ellipsoid, m (0)"),
        ("--heading", "true heading, degrees (0)"),
        ("--pitch", "degrees, up (0)"),
        ("--roll", "degrees, right wing down (0)"),
    ):
        print_.add_argument(flag, type=_number, default=0.0, metavar="N", help=text)
    print_.add_argument(
        "--length", type=_number, metavar="KM", help="length of the strip of a scanner or radar, km"
    )
    add_json_option(print_)
    print_.set_defaults(handler=run.footprint)


def _hmin(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    hmin = verbs.add_parser(
        "hmin",
        help="H_min from readings of a calibration target, and the altitude to fly",
        description="H_min from readings of a calibration target (CSV: pass, height_m, bar_m, "
        "direction, modulation, difference_k). What of the method is public and what is our "
        "model stands in every answer.",
    )
    hmin.add_argument("readings", metavar="READINGS.csv", help="- for standard input")
    hmin.add_argument("--method", required=True, choices=tuple(run.ANNOTATED))
    hmin.add_argument(
        "--limit",
        type=_number,
        metavar="M",
        help="ground resolution not to be bettered, m (the treaty's)",
    )
    hmin.add_argument(
        "--agreed-modulation", type=_number, metavar="K", help="film: not public, 0.23 to 0.6"
    )
    hmin.add_argument(
        "--exponent",
        type=_number,
        metavar="M",
        help="film: 0.45 unless given; infrared: fitted unless given",
    )
    hmin.add_argument(
        "--agreed-difference",
        type=_number,
        default=3.0,
        metavar="K",
        help="infrared: agreed temperature difference, K (3, provisional)",
    )
    hmin.add_argument(
        "--extinction",
        type=_number,
        default=0.0,
        metavar="PER_KM",
        help="infrared: loss of radiation for a kilometre (0; the standard "
        "atmosphere is not public)",
    )
    fly = hmin.add_argument_group("altitude to fly")
    fly.add_argument(
        "--terrain",
        type=_pair,
        action="append",
        default=[],
        metavar="LEFT,RIGHT",
        help="agreed highest terrain beside a segment, m (repeatable)",
    )
    fly.add_argument("--terrain-file", type=Path, metavar="DEM.tif", help="take it from a raster")
    fly.add_argument(
        "--route",
        type=_pair,
        nargs="+",
        metavar="LAT,LON",
        help="the path whose segments the raster is asked about",
    )
    fly.add_argument(
        "--margin",
        type=_number,
        metavar="M",
        help="the corrections to altitude, not public: state them",
    )
    _treaty(hmin)
    add_json_option(hmin)
    hmin.set_defaults(handler=run.hmin)
