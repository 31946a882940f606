"""``overflight sensor show``, ``footprint`` and ``hmin``: from a sensor's data, by closed forms."""

from __future__ import annotations

import argparse
import datetime as dt
import math
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.common import (
    add_json_option,
    add_treaty_options,
    parse_date,
    parse_readings,
    print_json,
)
from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight.sensing.altitude import TerrainPair
    from overflight.sensing.h_min import HMin, Reading
    from overflight.treaty.view import TreatyView

_ANNOTATED = {"video": "TV", "infrared": "IRLS", "digital": "OF", "film": "OF"}
"""Method -> the letters by which data of that category are annotated."""

_CORRIDOR = "terrain-corridor-each-side"


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the three verbs."""
    _show(verbs)
    _footprint(verbs)
    _hmin(verbs)


def _number(text: str) -> float:
    """A finite number as typed; for ``type=`` of an argument."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
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
    _sharpness(show)
    _treaty(show)
    add_json_option(show)
    show.set_defaults(handler=_run_show)


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
    print_.set_defaults(handler=_run_footprint)


def _hmin(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    hmin = verbs.add_parser(
        "hmin",
        help="H_min from readings of a calibration target, and the altitude to fly",
        description="H_min from readings of a calibration target (CSV: pass, height_m, bar_m, "
        "direction, modulation, difference_k). What of the method is public and what is our "
        "model stands in every answer.",
    )
    hmin.add_argument("readings", metavar="READINGS.csv", help="- for standard input")
    hmin.add_argument("--method", required=True, choices=tuple(_ANNOTATED))
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
    hmin.set_defaults(handler=_run_hmin)


def _view(arguments: argparse.Namespace) -> TreatyView:
    from overflight.treaty.loader import default_treaty, load_treaty

    treaty = load_treaty(arguments.treaty or default_treaty(), arguments.overlay)
    return treaty.on(
        arguments.on or dt.datetime.now(tz=dt.UTC).date(), parse_readings(arguments.reading)
    )


def _run_show(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.report import sensor_models as report

    what: str = arguments.what
    if what != "-" and not what.endswith(".toml"):
        view = _view(arguments)
        name, sensors, notes = view.installed(what)
        standings = {s.id: view.aircraft_standing(what, s.id) for s in sensors}
        on, private = view.on.isoformat(), view.private_sensor_fields(what)
        document = report.aircraft_document(what, name, sensors, notes, standings, on, private)
        print_json(document) if arguments.json else print(report.aircraft_text(document, table))
        return 0

    from overflight.formats.camera_file import read_camera
    from overflight.sensing.at_height import Conditions, at_height
    from overflight.sensing.mtf import THRESHOLD

    if arguments.height is None:
        raise DataError("from which height?", remedy="Give --height M, metres above ground.")
    camera = read_camera(what)
    flight = Conditions(
        arguments.height,
        arguments.speed,
        arguments.overlap,
        arguments.compensated,
        arguments.modulation,
        arguments.haze,
        THRESHOLD if arguments.threshold is None else arguments.threshold,
    )
    document = report.model_document(camera, flight, at_height(camera, flight))
    print_json(document) if arguments.json else print(report.model_text(document, table))
    return 0


def _run_footprint(arguments: argparse.Namespace) -> int:
    from overflight.formats.camera_file import read_camera
    from overflight.geo.geodesic import distance_km
    from overflight.geo.positions import Position
    from overflight.report import sensor_models as report
    from overflight.sensing import footprint
    from overflight.sensing.at_height import Conditions, at_height
    from overflight.terms.camera import FrameCamera, PanoramicCamera

    camera = read_camera(arguments.camera)
    place = Position(lat=arguments.at[0], lon=arguments.at[1])
    altitude = arguments.ground + arguments.height
    pose = footprint.Pose(place, altitude, arguments.heading, arguments.pitch, arguments.roll)
    if isinstance(camera, (FrameCamera, PanoramicCamera)):
        seen = (
            footprint.frame_footprint(camera, pose, arguments.ground)
            if isinstance(camera, FrameCamera)
            else footprint.panoramic_footprint(camera, pose, arguments.ground)
        )
        ring, corners = seen.ring, seen.corners
    else:
        if arguments.length is None:
            raise DataError(
                f"{camera.name} has no frames, but a strip as long as it works",
                remedy="Give --length KM.",
            )
        if arguments.pitch or arguments.roll:
            raise DataError("a strip is level", remedy="Leave out --pitch and --roll.")
        swath = at_height(camera, Conditions(arguments.height)).swath
        corners = footprint.strip_ends(place, arguments.heading, arguments.length, swath)
        ring = corners
    sides = [distance_km(a, b) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]
    document = report.footprint_document(ring, corners, camera, pose, arguments.ground, sides)
    print_json(document) if arguments.json else print(report.footprint_text(document))
    return 0


def _run_hmin(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.formats.h_min_rows import read_target_rows
    from overflight.report import sensor_models as report
    from overflight.sensing.altitude import altitudes_to_fly
    from overflight.sensing.h_min import Reading

    view = _view(arguments)
    limit, cite = arguments.limit, "as given"
    if limit is None:
        limit, cite = _limit(view, arguments.method)
    readings = [
        Reading(r.flown, r.height_m, r.bar_m, r.direction, r.modulation, r.difference_k)
        for r in read_target_rows(arguments.readings)
    ]
    found = _h_min(arguments, readings, limit)
    terrain = _terrain(arguments, view)
    segments = altitudes_to_fly(found.value_m, terrain, arguments.margin) if terrain else ()
    about = {arguments.method} | ({"altitude"} if terrain else set())
    decisions = [d for d in view.decisions if about & {*d.height_of}]
    document = report.h_min_document(found, decisions, segments, cite)
    print_json(document) if arguments.json else print(report.h_min_text(document, table))
    return 0


def _limit(view: TreatyView, method: str) -> tuple[float, str]:
    """The ground resolution that the regime sets for the category of a method, and its place."""
    letters = _ANNOTATED[method]
    for category in view.treaty.categories:
        if letters in category.annotation:
            value = view.category_limit(category.id, "resolution_limit")
            return float(value.value), value.cite
    raise DataError(
        f"{view.treaty.short} has no category annotated {letters}", remedy="Give --limit M."
    )


def _h_min(arguments: argparse.Namespace, readings: list[Reading], limit: float) -> HMin:
    from overflight.sensing import h_min

    if arguments.method == h_min.VIDEO:
        return h_min.video_h_min(readings, limit)
    if arguments.method == h_min.DIGITAL:
        return h_min.digital_h_min(readings, limit)
    if arguments.method == h_min.FILM:
        if arguments.agreed_modulation is None:
            raise DataError(
                "the agreed modulation of a film's target is not public",
                remedy="Give --agreed-modulation K, from 0.23 to 0.6.",
            )
        exponent = h_min.FILM_EXPONENT if arguments.exponent is None else arguments.exponent
        agreed = arguments.agreed_modulation
        return h_min.film_h_min(readings, limit, agreed_modulation=agreed, exponent=exponent)
    return h_min.infrared_h_min(
        readings,
        limit,
        agreed_difference_k=arguments.agreed_difference,
        transmission=h_min.exponential_transmission(arguments.extinction),
        exponent=arguments.exponent,
    )


def _terrain(arguments: argparse.Namespace, view: TreatyView) -> list[TerrainPair]:
    """Highest terrain of each segment, as typed or from a raster."""
    from overflight.errors import UnknownValueError
    from overflight.sensing.altitude import TerrainPair

    pairs = [TerrainPair(*pair) for pair in arguments.terrain]
    if arguments.terrain_file is None:
        if arguments.route:
            raise DataError("a route without terrain", remedy="Give --terrain-file DEM.tif.")
        return pairs
    if pairs or len(arguments.route or ()) < 2:
        raise DataError(
            "a raster needs a route of two positions or more, and no --terrain beside it",
            remedy="Give --route LAT,LON LAT,LON ... with --terrain-file.",
        )
    from overflight.geo.positions import Position
    from overflight.planning.terrain import terrain_from

    corridor = float(view.value(_CORRIDOR).value)
    path = [Position(lat=lat, lon=lon) for lat, lon in arguments.route]
    for highest in terrain_from(arguments.terrain_file, corridor_km=corridor)(path):
        if highest is None:
            raise UnknownValueError(
                f"the raster does not hold all ground within {corridor:g} km of the route",
                remedy="Give a larger raster, or the agreed heights with --terrain.",
            )
        pairs.append(TerrainPair(highest, highest))
    return pairs
