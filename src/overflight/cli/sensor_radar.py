"""``overflight sensor radar``: from echoes to an image, and what is measured in it."""

from __future__ import annotations

import argparse
from pathlib import Path

from overflight.cli import sensor_radar_run as run
from overflight.cli.common import add_json_option, add_treaty_options, parse_date

_WEIGHTING = "uniform, hamming, taylor, or 'taylor NBAR DB'"


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``radar`` with its verbs."""
    radar = verbs.add_parser(
        "radar",
        help="side-looking radar: reflectors, separation, swath, maps, certification",
        description="Side-looking radar, from phase history or single-look complex images.",
    )
    inner = radar.add_subparsers(dest="step", metavar="STEP", required=True)
    _simulate(inner)
    _focus(inner)
    _reflectors(inner)
    _swath(inner)
    _geocode(inner)
    _certify(inner)
    _choose(inner)


def _treaty(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--treaty", metavar="NAME", help="name or folder of the regime")
    parser.add_argument("--on", type=parse_date, metavar="DATE", help="the day asked about")
    add_treaty_options(parser)


def _ground(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the ground (its height in the description unless given)")
    group.add_argument("--dem", type=Path, metavar="DEM.tif", help="heights of the ground")
    group.add_argument(
        "--geoid", metavar="FILE|M", help="undulations that lift the DEM onto the ellipsoid"
    )


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for what is written"
    )


def _simulate(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    make = verbs.add_parser(
        "simulate",
        help="echoes of corner reflectors from a track never flown, marked SIMULATED",
        description="Phase history of point targets with receiver noise; the diagram of the "
        "reflectors beside it. No ground clutter, antenna pattern or atmosphere.",
    )
    make.add_argument("scene", metavar="SCENE.toml", help="- for standard input")
    _out(make)
    make.add_argument("--seed", type=int, default=0, metavar="N", help="of the noise (0)")
    add_json_option(make)
    make.set_defaults(handler=run.simulate)


def _focus(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    focus = verbs.add_parser(
        "focus",
        help="phase history to a single-look complex image, by back-projection",
        description="Back-projection along the track that was flown, onto level ground.",
    )
    focus.add_argument("echoes", type=Path, metavar="ECHOES.toml")
    _out(focus)
    focus.add_argument(
        "--doppler", type=float, required=True, metavar="HZ", help="band of Doppler to keep"
    )
    for flag, what in (("--range-weighting", "range"), ("--azimuth-weighting", "azimuth")):
        focus.add_argument(
            flag, default="uniform", metavar="NAME", help=f"of the band in {what}: {_WEIGHTING}"
        )
    focus.add_argument("--range-step", type=float, metavar="M", help="slant range of a column")
    focus.add_argument("--line-step", type=float, metavar="M", help="metres from row to row")
    focus.add_argument(
        "--format", choices=("cfloat32", "cint16", "npy"), default="cfloat32",
        help="complex GeoTIFF or NPY (cfloat32)",
    )  # fmt: skip
    focus.add_argument("--workers", type=int, default=2, metavar="N", help="threads (2)")
    add_json_option(focus)
    focus.set_defaults(handler=run.focus_)


def _reflectors(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    find = verbs.add_parser(
        "reflectors",
        help="impulse response of corner reflectors, and which pairs are told apart",
        description="Widths at half power with 95 % intervals, side lobes, place and phase of "
        "every reflector; with a diagram also its pairs, by a reading that the answer names.",
    )
    find.add_argument("image", type=Path, metavar="IMAGE.toml")
    find.add_argument(
        "--array", type=Path, metavar="REFLECTORS.toml", help="the diagram of the reflectors"
    )
    find.add_argument(
        "--threshold", type=float, default=20.0, metavar="DB", help="above the clutter (20)"
    )
    find.add_argument(
        "--within", type=float, default=10.0, metavar="M",
        help="a reflector lies so near the place of the diagram (10)",
    )  # fmt: skip
    find.add_argument("--mode", metavar="NAME", help="of the radar (its polarisation and side)")
    find.add_argument("--pass", dest="flown", metavar="ID", help="which pass (the image's name)")
    _ground(find)
    _treaty(find)
    add_json_option(find)
    find.set_defaults(handler=run.reflectors)


def _swath(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    swath = verbs.add_parser(
        "swath",
        help="look angles and width of the ground that an image shows, against their limits",
        description="From the image's own geometry; against the limit and what was declared.",
    )
    swath.add_argument("image", type=Path, metavar="IMAGE.toml")
    _ground(swath)
    _treaty(swath)
    add_json_option(swath)
    swath.set_defaults(handler=run.swath)


def _geocode(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    map_ = verbs.add_parser(
        "geocode",
        help="a map of an image by its own geometry, as a Cloud Optimized GeoTIFF",
        description="Zero Doppler and slant range with track and terrain; grey by decibels.",
    )
    map_.add_argument("image", type=Path, metavar="IMAGE.toml")
    map_.add_argument("--out", type=Path, required=True, metavar="MAP.tif")
    map_.add_argument("--size", type=float, metavar="M", help="edge of a pixel")
    _ground(map_)
    add_json_option(map_)
    map_.set_defaults(handler=run.geocode)


def _certify(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    certify = verbs.add_parser(
        "certify",
        help="reflectors of several passes: resolution of each mode against the limit",
        description="Documents of 'radar reflectors --json', one for each pass; a verdict for "
        "each mode with the interval of the passes, and for the pairs.",
    )
    certify.add_argument("readings", nargs="+", type=Path, metavar="READING.json")
    certify.add_argument(
        "--provided",
        action="store_true",
        help="also whether it is good enough for an aircraft that the observed Party provides",
    )
    _treaty(certify)
    add_json_option(certify)
    certify.set_defaults(handler=run.certify)


def _choose(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    choose = verbs.add_parser(
        "choose",
        help="phase history or image: the choice of the side that has it, as a document",
        description="Who may choose follows from who provides the aircraft; any other is refused. "
        "With --data, what was handed over is held against the choice.",
    )
    choose.add_argument("form", choices=("phase-history", "image"))
    for flag, text in (
        ("--observing", "code of the observing Party or group"),
        ("--observed", "code of the observed Party or group"),
        ("--by", "code of who chooses"),
        ("--sensor", "which radar"),
    ):
        choose.add_argument(flag, required=True, metavar="TEXT", help=text)
    choose.add_argument(
        "--aircraft", required=True, choices=("observing", "observed"), help="who provides it"
    )
    choose.add_argument("--flight", default="", metavar="TEXT", help="flight reference")
    choose.add_argument("--at", required=True, metavar="INSTANT", help="when it was chosen")
    choose.add_argument("--data", type=Path, metavar="DATA.toml", help="what was handed over")
    choose.add_argument("--simulated", action="store_true", help="mark the document SIMULATED")
    _treaty(choose)
    add_json_option(choose)
    choose.set_defaults(handler=run.choose)
