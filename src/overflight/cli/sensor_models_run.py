"""What ``overflight sensor show``, ``footprint`` and ``hmin`` do once their words are parsed."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from typing import TYPE_CHECKING

from overflight.cli.common import parse_readings, print_json
from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight.sensing.altitude import TerrainPair
    from overflight.sensing.h_min import HMin, Reading
    from overflight.treaty.view import TreatyView

ANNOTATED = {"video": "TV", "infrared": "IRLS", "digital": "OF", "film": "OF"}
"""Method -> the letters by which data of that category are annotated."""

_CORRIDOR = "terrain-corridor-each-side"


def _view(arguments: argparse.Namespace) -> TreatyView:
    from overflight.treaty.loader import default_treaty, load_treaty

    treaty = load_treaty(arguments.treaty or default_treaty(), arguments.overlay)
    day = arguments.on
    if day is None:
        day = dt.datetime.now(tz=dt.UTC).date()
        print(f"on {day}, today; choose another day with --on", file=sys.stderr)
    return treaty.on(day, parse_readings(arguments.reading))


def show(arguments: argparse.Namespace) -> int:
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
    from overflight.sensing.at_height import Conditions, at_height, model_h_min_m
    from overflight.sensing.mtf import THRESHOLD
    from overflight.terms.camera import FrameCamera, PanoramicCamera

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
    found = at_height(camera, flight)
    if arguments.limit is not None:
        if not isinstance(camera, (FrameCamera, PanoramicCamera)):
            raise DataError(f"{camera.name} has no model of sharpness", remedy="Leave out --limit.")
        found.figures["model_h_min_m"] = model_h_min_m(camera, arguments.limit, flight)
        found.models["model_h_min_m"] = (
            f"our model: H_min for {arguments.limit:g} m; in law it is measured, not computed"
        )
    document = report.model_document(camera, flight, found)
    print_json(document) if arguments.json else print(report.model_text(document, table))
    return 0


def footprint(arguments: argparse.Namespace) -> int:
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


def hmin(arguments: argparse.Namespace) -> int:
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
    letters = ANNOTATED[method]
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
