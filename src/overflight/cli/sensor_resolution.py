"""``overflight sensor resolution IMAGE``: the resolution that a picture really has.

Three kinds of target, one verb: groups of bars, found in the frame, or with ``--star`` a Siemens
star (``sensor_bars``); with ``--edge`` a crop around one slanted edge (``sensor_edge``).
"""

from __future__ import annotations

import argparse

from overflight.cli import sensor_bars, sensor_edge
from overflight.cli.common import add_json_option
from overflight.errors import DataError


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``resolution``."""
    parser = verbs.add_parser(
        "resolution",
        help="the resolution of a picture, measured in it, with a 95 %% interval",
        description="Measure the resolution of a picture (PNG, TIFF, JPEG or BMP of 8 or 16 "
        "bits) from a target in it. Counts are taken to grow in proportion to light.",
    )
    parser.add_argument("image", metavar="IMAGE", help="the picture (- for standard input)")
    parser.add_argument(
        "--crop",
        type=sensor_edge.parse_crop,
        metavar="X,Y,W,H",
        help="only this part, pixels from the upper left corner",
    )
    parser.add_argument(
        "--band", type=int, metavar="N", help="0 red, 1 green, 2 blue (without it, luminance)"
    )
    parser.add_argument(
        "--gamma",
        type=float,
        default=1.0,
        metavar="G",
        help="counts grow as light to the power 1/G (1)",
    )
    edge = parser.add_argument_group("one slanted edge")
    edge.add_argument(
        "--edge",
        action="store_true",
        help="the picture (or crop) holds one straight edge between two plain areas: gives MTF50",
    )
    sensor_bars.add_options(parser)
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.edge and arguments.star:
        raise DataError("one target at a time", remedy="Give --edge or --star, not both.")
    if arguments.edge:
        return sensor_edge.run(arguments)
    if arguments.star:
        return sensor_bars.run_star(arguments)
    return sensor_bars.run(arguments)
