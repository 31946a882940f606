"""``overflight flight read`` and ``audit``: a recorded track, and a track against its plan."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import (
    add_json_option,
    add_treaty_options,
    parse_readings,
    print_json,
)
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, DataError

if TYPE_CHECKING:
    from overflight.flying.repair import RepairedTrack

_TRACK, _SENSORS, _DEVIATIONS = "track.csv", "sensors.csv", "deviations.csv"


def add_verbs(verbs: Any) -> None:
    """Add the verbs read and audit."""
    _add_read(verbs)
    _add_audit(verbs)


def _add_read(verbs: Any) -> None:
    parser = verbs.add_parser(
        "read",
        help="read a recorded track, mend it, write it in one format",
        description="Read a track from CSV (ours, OpenSky or traffic state vectors), GPX, KML "
        "(gx:Track), IGC, GeoParquet or the log of flight monitor. Points that come twice, stand "
        "out of order or jump away and back are mended and named by their lines; what cannot be "
        "mended is refused.",
    )
    _track_options(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the mended track: .csv (nothing is lost), .gpx, .kml or .parquet",
    )
    add_json_option(parser)
    parser.set_defaults(handler=_read)


def _add_audit(verbs: Any) -> None:
    parser = verbs.add_parser(
        "audit",
        help="hold a track against its plan and the treaty",
        description="Where the flight left its plan, by how much, for how long and on which "
        "ground; how high the sensors worked; what was used outside of the flight; how far it "
        "went; and what the treaty says of all that. Exit status: 0 compliant, 1 a breach, "
        "3 undetermined.",
    )
    parser.add_argument("plan", help="mission plan, JSON")
    _track_options(parser)
    parser.add_argument("--sensors", type=Path, metavar="FILE", help="CSV sensor,begun,completed")
    parser.add_argument(
        "--deviations", type=Path, metavar="FILE", help="CSV cause,begun,completed[,note]"
    )
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="the flight record kept aboard, JSON"
    )
    parser.add_argument(
        "--terrain",
        type=Path,
        metavar="FILE",
        help="elevations, a raster, for heights above ground",
    )
    parser.add_argument(
        "--tolerance-km", type=float, default=1.0, metavar="KM",
        help="so near counts as on the plan (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--treaty", help="name or folder (the one the plan names)")
    parser.add_argument("--borders", type=Path, metavar="FILE", help="other borders")
    parser.add_argument(
        "--write-record", type=Path, metavar="FILE", help="write the flight record measured here"
    )
    parser.add_argument(
        "--geojson", type=Path, metavar="FILE", help="write what was found, to draw"
    )
    parser.add_argument("--map", type=Path, metavar="FILE", help="draw plan and track (.png, .svg)")
    add_treaty_options(parser)
    add_json_option(parser)
    parser.set_defaults(handler=_audit)


def _track_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "track", help="track file ('-' reads standard input), or a folder of flight simulate"
    )
    group = parser.add_argument_group("the track")
    group.add_argument("--format", choices=("csv", "gpx", "kml", "igc", "parquet", "monitor"))
    group.add_argument("--aircraft", metavar="ICAO24", help="which one, where it holds several")
    group.add_argument("--height-unit", choices=("m", "ft"), help="of a column that does not say")
    group.add_argument("--assume-utc", action="store_true", help="times without a zone are UTC")
    group.add_argument("--strict", action="store_true", help="refuse whatever has to be mended")
    group.add_argument(
        "--fastest", type=float, default=1200.0, metavar="KM_H",
        help="faster than this over the ground nothing flies (%(default)s)",
    )  # fmt: skip


def _track(arguments: argparse.Namespace) -> RepairedTrack:
    from overflight.flying.repair import repair
    from overflight.formats.tracks.reading import read_track_file

    source = arguments.track
    if source != "-" and Path(source).is_dir():
        source = str(Path(source) / _TRACK)
    recorded = read_track_file(
        source,
        kind=arguments.format,
        aircraft=arguments.aircraft,
        height_unit=arguments.height_unit,
        assume_utc=arguments.assume_utc,
    )
    if not arguments.fastest > 0:
        raise DataError("a speed is above zero", remedy="Give --fastest KM_H.")
    return repair(recorded, strict=arguments.strict, fastest_km_h=arguments.fastest)


def _read(arguments: argparse.Namespace) -> int:
    from overflight.files import write_atomic
    from overflight.flying.kernels import steps_km
    from overflight.formats.tracks.writing import track_bytes
    from overflight.report.flown import track_text
    from overflight.report.flown_json import track_to_dict

    flown = _track(arguments)
    distance = float(steps_km(flown.track.lat, flown.track.lon).sum())
    if arguments.out is not None:
        write_atomic(arguments.out, track_bytes(flown.track, arguments.out))
    if arguments.json:
        print_json(track_to_dict(flown, distance))
    else:
        sys.stdout.write(track_text(flown, distance))
    return EXIT_OK


def _audit(arguments: argparse.Namespace) -> int:
    from overflight.files import write_atomic
    from overflight.formats.documents import read_document
    from overflight.formats.flight_files import read_deviations, read_sensor_times
    from overflight.formats.plan_json import read_mission_plan
    from overflight.mission.audited import audit_flight
    from overflight.report.flown import audit_text
    from overflight.report.flown_json import audit_to_dict, audit_to_geojson
    from overflight.terms.findings import Verdict

    plan = read_mission_plan(arguments.plan)
    flown = _track(arguments)
    beside = Path(arguments.track) if Path(arguments.track).is_dir() else None
    sensors = arguments.sensors or _there(beside, _SENSORS)
    stated = arguments.deviations or _there(beside, _DEVIATIONS)
    record = None if arguments.record is None else read_document(arguments.record, "flight-record")
    audit = audit_flight(
        plan,
        flown,
        sensors=None if sensors is None else read_sensor_times(sensors),
        deviations=() if stated is None else read_deviations(stated),
        record=record,
        terrain=arguments.terrain,
        tolerance_km=arguments.tolerance_km,
        treaty=arguments.treaty,
        overlay=arguments.overlay,
        readings=parse_readings(arguments.reading),
        borders=arguments.borders,
    )
    for path, document in (
        (arguments.write_record, audit.record),
        (arguments.geojson, audit_to_geojson(audit.facts)),
    ):
        if path is not None:
            text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
            write_atomic(path, text + "\n")
    if arguments.map is not None:
        _draw(audit, arguments.map, arguments.borders)
    if arguments.json:
        print_json(audit_to_dict(audit.facts, audit.record, audit.findings))
    else:
        color = sys.stdout.isatty()
        print(audit_text(plan, audit.facts, audit.findings, color=color))
    if audit.findings.verdict is Verdict.BREACH:
        return EXIT_BREACH
    return EXIT_UNDETERMINED if audit.findings.verdict is Verdict.UNDETERMINED else EXIT_OK


def _there(folder: Path | None, name: str) -> Path | None:
    return folder / name if folder is not None and (folder / name).is_file() else None


def _draw(audit: Any, path: Path, borders: Path | None) -> None:
    from overflight.errors import UnknownValueError
    from overflight.files import write_atomic
    from overflight.report.maps import flown_map
    from overflight.treaty.geography import geography
    from overflight.treaty.loader import load_treaty

    kind = path.suffix.lower().removeprefix(".")
    if kind not in ("png", "svg", "pdf"):
        raise DataError("maps are drawn as .png, .svg or .pdf", file=path, remedy="Name it so.")
    ground = None
    if audit.plan.date is not None:
        view = load_treaty(audit.plan.treaty).on(audit.plan.date, audit.plan.readings)
        try:
            ground = geography(view, audit.plan.observed, borders=borders)
        except UnknownValueError:
            ground = None
    write_atomic(path, flown_map(audit.plan, audit.path, ground, kind))
