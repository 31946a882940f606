"""``overflight imagery annotate`` and ``check-annotation``: what a frame says of itself."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, add_treaty_options, parse_date, print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, EXIT_USAGE, DataError

if TYPE_CHECKING:
    from overflight.imagery.annotate.build import Annotated, Moment
    from overflight.imagery.annotate.sidecars import Outcome
    from overflight.terms.annotation import Forms
    from overflight.terms.track import FrameExposure, Track

_TRACK, _EXPOSURES, _SENSORS = "track.csv", "exposures.csv", "sensors.csv"
KIND, VERSION = "frame-annotations", 1


def add_verbs(verbs: Any) -> None:
    """Add the verbs annotate and check-annotation."""
    _add_annotate(verbs)
    _add_check(verbs)


def _add_annotate(verbs: Any) -> None:
    parser = verbs.add_parser(
        "annotate",
        help="write what a regime asks to be annotated on frames, beside them",
        description="Write a sidecar for each frame: flight, sensor, time, height, position, "
        "heading and attitude in the forms that the regime gives, with the paragraph of each, and "
        "the values as exact as they are known. Originals are only read. What is not known is "
        "left out and said. Exit status: 2 if a frame was set aside.",
    )
    parser.add_argument("frames", nargs="+", type=Path, metavar="FRAMES", help="files or folders")
    parser.add_argument("--camera", required=True, metavar="FILE", help="the camera, TOML")
    parser.add_argument("--flight", metavar="REFERENCE", help="reference number, as OS1001")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the sidecars")
    _add_where(parser)
    group = parser.add_argument_group("the recording")
    group.add_argument("--sensor", metavar="ID", help="which sensor of the exposures it is")
    group.add_argument("--medium", metavar="CODE", help="recording medium, as BP (digital: TD)")
    group.add_argument("--magazine", type=int, metavar="N", help="number of the magazine")
    group = parser.add_argument_group("how it is written")
    group.add_argument("--height-unit", choices=("m", "ft"), default="m", help="(%(default)s)")
    group.add_argument("--speed-unit", choices=("km", "nm"), default="km", help="(%(default)s)")
    group.add_argument(
        "--position", choices=("decimal", "minutes"), default="decimal", help="(%(default)s)"
    )
    add_json_option(parser)
    parser.set_defaults(handler=_annotate)


def _add_check(verbs: Any) -> None:
    parser = verbs.add_parser(
        "check-annotation",
        help="hold annotations, also those of others, against the regime, track and camera",
        description="Read annotations (sidecars, texts in any layout, tags of TIFF copies) and "
        "tell what is missing, what is not in its form, and what cannot be so. Exit status: 0 "
        "compliant, 1 a breach, 3 undetermined.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILES", help="files or folders")
    parser.add_argument("--camera", metavar="FILE", help="the camera as declared, TOML")
    parser.add_argument("--flight", metavar="REFERENCE", help="the flight that it should be")
    parser.add_argument("--quota-year", type=int, metavar="YEAR", help="(the year of the flight)")
    _add_where(parser)
    group = parser.add_argument_group("what is checked")
    group.add_argument("--copies", action="store_true", help="they are of copies of single frames")
    group.add_argument("--part", action="store_true", help="not all frames are there")
    group.add_argument(
        "--sensors", type=Path, metavar="FILE", help="CSV sensor,begun,completed: when it worked"
    )
    group.add_argument(
        "--tolerance-m", type=float, default=100.0, metavar="M",
        help="so far off may the track itself be (%(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--height-tolerance-m", type=float, default=50.0, metavar="M",
        help="the same for heights above the ground (%(default)s)",
    )  # fmt: skip
    add_json_option(parser)
    parser.set_defaults(handler=_check)


def _add_where(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where the aircraft was")
    group.add_argument(
        "--track", metavar="TRACK", help="the flown track, or a folder of flight simulate"
    )
    group.add_argument("--exposures", type=Path, metavar="FILE", help="CSV of exposures")
    ground = group.add_mutually_exclusive_group()
    ground.add_argument("--terrain", type=Path, metavar="FILE", help="elevations, a raster")
    ground.add_argument("--ground", type=float, metavar="M", help="height of level ground")
    parser.add_argument("--treaty", metavar="NAME", help="name or folder (the first regime)")
    parser.add_argument("--date", type=parse_date, metavar="DATE", help="(the flight's)")
    add_treaty_options(parser)


def _annotate(arguments: argparse.Namespace) -> int:
    from overflight.errors import OverflightError
    from overflight.formats.camera_file import read_camera
    from overflight.imagery.annotate.build import annotate, check_inputs
    from overflight.imagery.annotate.sidecars import frame_number, write_sidecar
    from overflight.imagery.process.gather import gathered
    from overflight.imagery.process.marks import marks_of_picture
    from overflight.terms.annotation import DECIMAL, FEET, KM_H, KNOTS, METRES, MINUTES, Style

    camera = read_camera(arguments.camera)
    track = _track(arguments)
    exposures, marks = _exposures(arguments)
    if track is None and not exposures:
        raise DataError(
            "nothing says where the aircraft was", remedy="Give --exposures FILE or --track TRACK."
        )
    marks = tuple(dict.fromkeys((*marks, *(track.marks if track is not None else ()))))
    when = exposures[0].time_s if exposures else float(track.time_s[0]) if track else None
    forms, treaty = _forms(arguments, when)
    check_inputs(forms, arguments.flight, arguments.medium)
    frames = gathered(arguments.frames)
    style = Style(
        FEET if arguments.height_unit == "ft" else METRES,
        MINUTES if arguments.position == "minutes" else DECIMAL,
        KNOTS if arguments.speed_unit == "nm" else KM_H,
    )
    outcomes: list[tuple[str, Outcome]] = []
    for name, path in frames.items():
        try:
            moment, number = _moment(name, path, exposures, track, arguments.sensor or camera.id)
            annotated: Annotated = annotate(
                moment,
                camera,
                forms,
                flight=arguments.flight,
                number=number if number is not None else frame_number(name),
                ground_m=_ground_at(arguments, moment),
                medium=arguments.medium,
                magazine=arguments.magazine,
                marks=tuple(dict.fromkeys((*marks, *marks_of_picture(path)))),
            )
            outcomes.append(
                (
                    name,
                    write_sidecar(
                        path, name, annotated, forms, arguments.out,
                        sensor=camera.id, treaty=treaty, style=style,
                    ),
                )
            )  # fmt: skip
        except OverflightError as error:
            outcomes.append((name, error))
    return _told(outcomes, marks, arguments)


def _told(
    outcomes: list[tuple[str, Outcome]], marks: tuple[str, ...], arguments: argparse.Namespace
) -> int:
    from overflight.imagery.annotate.sidecars import Written

    written = [outcome for _, outcome in outcomes if isinstance(outcome, Written)]
    aside = [(name, o) for name, o in outcomes if not isinstance(o, Written)]
    marks = tuple(dict.fromkeys((*marks, *(m for w in written for m in w.document["marks"]))))
    if arguments.json:
        document = {
            "kind": KIND,
            "version": VERSION,
            "marks": list(marks),
            "annotated": [
                {
                    "frame": w.name,
                    "sidecar": w.path.name,
                    "line": w.document["line"],
                    "not_annotated": w.document["not_annotated"],
                }
                for w in written
            ],
            "set_aside": [
                {"frame": name, "reason": e.message, "remedy": e.remedy} for name, e in aside
            ],
        }
        print_json(document)
    else:
        for one in written:
            print(one.document["line"])
        lacking = sorted({why for w in written for why in w.document["not_annotated"]})
        for why in lacking:
            print(f"overflight: not annotated: {why}", file=sys.stderr)
        for name, error in aside:
            print(f"overflight: {name} set aside: {error}", file=sys.stderr)
    return EXIT_USAGE if aside else EXIT_OK


def _check(arguments: argparse.Namespace) -> int:
    from overflight.formats.camera_file import read_camera
    from overflight.formats.flight_files import read_sensor_times
    from overflight.imagery.annotate.check import Allowed, Evidence, check
    from overflight.imagery.annotate.sidecars import gathered, read_annotations
    from overflight.report.text import findings_text
    from overflight.terms.findings import Verdict

    if not (arguments.tolerance_m >= 0.0 and arguments.height_tolerance_m >= 0.0):
        raise DataError("a tolerance is not below zero", remedy="Give metres.")
    camera = None if arguments.camera is None else read_camera(arguments.camera)
    track = _track(arguments)
    if track is None and arguments.exposures is not None:
        track = _track_of_exposures(arguments, None if camera is None else camera.id)
    forms, _ = _forms(arguments, None if track is None else float(track.time_s[0]))
    reads = [r for path in gathered(arguments.files) for r in read_annotations(path, forms)]
    sensors = arguments.sensors
    if sensors is None and arguments.track is not None and Path(arguments.track).is_dir():
        beside = Path(arguments.track) / _SENSORS
        sensors = beside if beside.is_file() else None
    ground = None
    if arguments.ground is not None or arguments.terrain is not None:
        ground = _ground(arguments)
    findings = check(
        reads,
        forms,
        Evidence(
            camera=camera,
            track=track,
            ground=ground,
            periods=None if sensors is None else read_sensor_times(sensors),
            copies=arguments.copies,
            whole=not arguments.part,
            flight=arguments.flight,
            quota_year=arguments.quota_year,
            allowed=Allowed(arguments.tolerance_m, arguments.height_tolerance_m),
        ),
    )
    if arguments.json:
        print_json(findings.as_dict())
    else:
        print(findings_text(findings, color=sys.stdout.isatty()))
    if findings.verdict is Verdict.BREACH:
        return EXIT_BREACH
    return EXIT_UNDETERMINED if findings.verdict is Verdict.UNDETERMINED else EXIT_OK


def _forms(arguments: argparse.Namespace, when: float | None) -> tuple[Forms, str]:
    """The regime's forms on the day that was named, else the flight's, else today."""
    import datetime as dt

    from overflight.cli.common import parse_readings
    from overflight.formats.annotation_text import moment
    from overflight.imagery.annotate.forms import forms_of
    from overflight.treaty.loader import default_treaty, load_treaty

    treaty = load_treaty(arguments.treaty or default_treaty(), overlay=arguments.overlay)
    flown = None if when is None else moment(when).date()
    day = arguments.date or flown or dt.datetime.now(dt.UTC).date()
    return forms_of(treaty.on(day, parse_readings(arguments.reading))), treaty.short


def _track(arguments: argparse.Namespace) -> Track | None:
    from overflight.flying.repair import repair
    from overflight.formats.tracks.reading import read_track_file

    if arguments.track is None:
        return None
    source = arguments.track
    if source != "-" and Path(source).is_dir():
        source = str(Path(source) / _TRACK)
    return repair(read_track_file(source)).track


def _exposures(
    arguments: argparse.Namespace,
) -> tuple[tuple[FrameExposure, ...], tuple[str, ...]]:
    from overflight.formats.annotation_exposures import read_exposures

    path = arguments.exposures
    if path is None and arguments.track is not None and Path(arguments.track).is_dir():
        beside = Path(arguments.track) / _EXPOSURES
        path = beside if beside.is_file() else None
    return ((), ()) if path is None else read_exposures(path)


def _track_of_exposures(arguments: argparse.Namespace, sensor: str | None) -> Track:
    """The exposures of one sensor as points of a track, for want of a better one."""
    import numpy as np

    from overflight.terms.track import track_of

    exposures, marks = _exposures(arguments)
    own = [e for e in exposures if sensor is None or e.sensor == sensor] or list(exposures)
    own.sort(key=lambda e: e.time_s)
    columns = np.array(
        [(e.time_s, e.lat, e.lon, e.height_m, e.roll_deg, e.pitch_deg, e.heading_deg) for e in own]
    )
    time, lat, lon, height, roll, pitch, heading = columns.T
    return track_of(
        time, lat, lon, height, roll_deg=roll, pitch_deg=pitch, heading_deg=heading, marks=marks
    )


def _moment(
    name: str,
    path: Path,
    exposures: tuple[FrameExposure, ...],
    track: Track | None,
    sensor: str,
) -> tuple[Moment, int | None]:
    """Where the aircraft was at a frame: the track's word at the time of its exposure."""
    from overflight.imagery.annotate.build import moment_of_exposure, moment_of_track
    from overflight.imagery.annotate.sidecars import exif_time, exposure_of

    if not exposures:
        assert track is not None
        return moment_of_track(track, exif_time(path)), None
    known = {e.sensor for e in exposures}
    exposure = exposure_of(name, exposures, sensor if sensor in known else None)
    if track is None:
        return moment_of_exposure(exposure), exposure.number
    return moment_of_track(track, exposure.time_s), exposure.number


def _ground(arguments: argparse.Namespace) -> Any:
    """Height of the ground at many places: level, or a raster's."""
    import numpy as np

    from overflight.flying.ground import ground_under

    if arguments.terrain is not None:
        return lambda lat, lon: ground_under(arguments.terrain, lat, lon)
    return lambda lat, _: np.full(len(lat), float(arguments.ground))


def _ground_at(arguments: argparse.Namespace, moment: Moment) -> float | None:
    import numpy as np

    if arguments.ground is not None:
        return float(arguments.ground)
    if arguments.terrain is None or moment.lat is None or moment.lon is None:
        return None
    return float(_ground(arguments)(np.array([moment.lat]), np.array([moment.lon]))[0])
