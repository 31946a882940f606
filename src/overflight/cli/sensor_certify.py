"""``overflight sensor certify`` and ``demonstrate``: from readings of a target to what is signed.

``certify report`` makes the certification report, ``certify status`` says how far the procedure is
and whether the aircraft may be used, ``demonstrate`` what a demonstration flight confirms.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import (
    add_json_option,
    add_reading_option,
    add_treaty_options,
    parse_date,
    parse_readings,
    print_json,
)
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, DataError

if TYPE_CHECKING:
    from overflight.mission.certification.demonstration import Certified
    from overflight.sensing.h_min import HMin, Reading
    from overflight.terms.certification import Certification
    from overflight.treaty.model import Treaty
    from overflight.treaty.view import TreatyView

_EXIT = {
    "compliant": EXIT_OK, "breach": EXIT_BREACH, "undetermined": EXIT_UNDETERMINED,
    "certified": EXIT_OK, "blocked": EXIT_BREACH, "open": EXIT_UNDETERMINED,
    "confirmed": EXIT_OK, "not confirmed": EXIT_BREACH, "cannot be told": EXIT_UNDETERMINED,
}  # fmt: skip
_JSON, _PDF = "certification-report.json", "certification-report.pdf"


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``certify`` with its two verbs, and ``demonstrate``."""
    certify = verbs.add_parser(
        "certify",
        help="the certification of an aircraft's sensors: its report, and how far it is",
        description="From readings of a calibration target to a report that can be signed.",
    )
    inner = certify.add_subparsers(dest="step", metavar="STEP", required=True)
    report = inner.add_parser(
        "report",
        help="H_min of each sensor, checks with their paragraphs, JSON and PDF to sign",
        description="The certification report. Every measurement names its image (file and "
        "SHA-256), pass and height. Readings by eye count; what is computed is called so.",
    )
    report.add_argument(
        "--out", type=Path, metavar="DIR", help="write the report here, JSON and PDF"
    )
    report.add_argument(
        "--replace", action="store_true", help="put it in place of another report that is there"
    )
    report.set_defaults(handler=_report)
    status = inner.add_parser(
        "status",
        help="whether the aircraft may be used, and who must act by when",
        description="How far the procedure is, by the events in the file.",
    )
    status.add_argument("--at", type=_instant, metavar="INSTANT", help="as of then (now)")
    status.set_defaults(handler=_status)
    for parser in (report, status):
        parser.add_argument("file", metavar="CERTIFICATION.toml")
        add_reading_option(parser)  # no overlay: the report is for all Parties
        add_json_option(parser)
    _add_demonstrate(verbs)


def _add_demonstrate(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = verbs.add_parser(
        "demonstrate",
        help="whether the readings of a demonstration flight confirm the certified H_min",
        description="One or few readings (CSV as for 'sensor hmin') against the certified H_min: "
        "confirmed, not confirmed, or cannot be told, with what each side may then do.",
    )
    show.add_argument("readings", metavar="READINGS.csv", help="- for standard input")
    source = show.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--certified", metavar="REPORT.json", help="the certification report: H_min and its spread"
    )
    source.add_argument("--h-min", type=float, metavar="M", help="the certified H_min alone, m")
    show.add_argument("--sensor", metavar="ID", help="which sensor of the report")
    show.add_argument(
        "--method", choices=("video", "digital"), help="with --h-min: kind of sensor (digital)"
    )
    show.add_argument(
        "--side",
        choices=("observed", "observing"),
        default="observed",
        help="who is to be satisfied: the observed Party (it is no sharper than certified, the "
        "default) or the observing Party, of an aircraft that it is given (it is no blunter)",
    )
    show.add_argument(
        "--step", type=float, metavar="R", help="ratio of neighbouring bars of the target (1.122)"
    )
    show.add_argument(
        "--computed", action="store_true", help="the readings are computed, not made by eye"
    )
    show.add_argument("--simulated", action="store_true", help="mark the answer SIMULATED")
    show.add_argument("--treaty", metavar="NAME", help="name or folder of the regime")
    show.add_argument("--on", type=parse_date, metavar="DATE", help="the day of the flight")
    add_treaty_options(show)
    add_json_option(show)
    show.set_defaults(handler=_demonstrate)


def _instant(text: str) -> dt.datetime:
    from overflight.formats.times import read_time

    try:
        return read_time(text, where="instant")
    except DataError as error:
        raise argparse.ArgumentTypeError(f"{error.message}. {error.remedy}") from None


def _loaded(arguments: argparse.Namespace) -> tuple[Certification, Treaty]:
    from dataclasses import replace

    from overflight.formats.certification_file import read_certification
    from overflight.treaty.loader import load_treaty

    certification = read_certification(arguments.file)
    given = parse_readings(arguments.reading)
    certification = replace(certification, readings={**certification.readings, **given})
    return certification, load_treaty(certification.treaty)


def _report(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.cli.tables import table
    from overflight.mission.certification.document import report_of
    from overflight.report.certification import report_text

    certification, treaty = _loaded(arguments)
    if arguments.out is not None:
        require_writable(arguments.out)
    elif arguments.replace:
        raise DataError("--replace without a report to write", remedy="Give --out DIR.")
    view = treaty.on(certification.on, certification.readings)
    stdin = arguments.file == "-"
    document = report_of(
        certification,
        view,
        Path() if stdin else Path(arguments.file).parent,
        source=b"" if stdin else arguments.file,
        progress=_progress(),
    )
    if arguments.out is not None:
        from overflight.report.certification_pdf import certification_pdf

        pdf = certification_pdf(document, names={s.code: s.name for s in treaty.states})
        _write(arguments.out, document, pdf, replace=arguments.replace)
    if arguments.json:
        print_json(document)
    else:
        print(report_text(document, table))
    return _EXIT[document["findings"]["verdict"]]


def _write(folder: Path, document: dict[str, Any], pdf: bytes, *, replace: bool) -> None:
    """Both files of a report. Another report that is there stays, unless it is to be replaced:
    it may be one that was signed. Raises DataError."""
    from overflight.files import write_atomic
    from overflight.formats.certification_json import report_bytes

    paper, files = folder / _PDF, {folder / _JSON: report_bytes(document), folder / _PDF: pdf}
    others = [p for p, made in files.items() if p.exists() and p.read_bytes() != made]
    if others and not replace:
        raise DataError(
            f"another report is there: {', '.join(p.name for p in others)}",
            file=folder,
            remedy="Name another folder with --out, or say --replace if it may be lost.",
        )
    if paper in others:
        paper.unlink()  # if this ends here, no paper lies beside a report that is not its own
    folder.mkdir(parents=True, exist_ok=True)
    for path, made in files.items():
        write_atomic(path, made)
    verb = "replaced" if others else "written"
    print(f"{verb}: {', '.join(map(str, files))}", file=sys.stderr)


def _progress() -> Any:
    """A line for each image that is measured, on a terminal."""
    if not sys.stderr.isatty():
        return None
    return lambda name: print(f"measuring {name}", file=sys.stderr, flush=True)


def _status(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.mission.certification.answers import standing_document
    from overflight.mission.certification.standing import standing_of
    from overflight.report.certification import standing_text

    certification, treaty = _loaded(arguments)
    at = (arguments.at or dt.datetime.now(dt.UTC)).replace(microsecond=0)
    document = standing_document(standing_of(treaty, certification, at))
    if arguments.json:
        print_json(document)
    else:
        print(standing_text(document, table))
    return _EXIT[document["verdict"]]


def _demonstrate(arguments: argparse.Namespace) -> int:
    from overflight.formats.h_min_rows import read_target_rows
    from overflight.mission.certification.answers import demonstration_document
    from overflight.mission.certification.demonstration import STEP, demonstrated
    from overflight.report.certification import demonstration_text
    from overflight.sensing.h_min import Reading

    view = _view(arguments)
    rows = [
        Reading(r.flown, r.height_m, r.bar_m, r.direction, r.modulation, r.difference_k)
        for r in read_target_rows(arguments.readings)
    ]
    certified, day, told = _against(arguments, view, rows)
    found = demonstrated(
        rows,
        day.per_image,
        certified,
        side=arguments.side,
        step=STEP if arguments.step is None else arguments.step,
    )
    marks = told.pop("marks") | ({"SIMULATED"} if arguments.simulated else set())
    document = demonstration_document(
        found, view.treaty, **told, computed=arguments.computed, marks=tuple(sorted(marks))
    )
    if arguments.json:
        print_json(document)
    else:
        print(demonstration_text(document))
    return _EXIT[document["verdict"]]


def _view(arguments: argparse.Namespace) -> TreatyView:
    from overflight.treaty.loader import default_treaty, load_treaty

    treaty = load_treaty(arguments.treaty or default_treaty(), arguments.overlay)
    day = arguments.on
    if day is None:
        day = dt.datetime.now(tz=dt.UTC).date()
        print(f"on {day}, today; choose another day with --on", file=sys.stderr)
    return treaty.on(day, parse_readings(arguments.reading))


def _against(
    arguments: argparse.Namespace, view: TreatyView, rows: list[Reading]
) -> tuple[Certified, HMin, dict[str, Any]]:
    """The certified H_min, the day's by the same method, and what the answer says of them."""
    from overflight.mission.certification.demonstration import Certified
    from overflight.mission.certification.heights import h_min_by

    if arguments.certified is None:
        from overflight.cli.sensor_models_run import _limit

        method = arguments.method or "digital"
        limit, cite = _limit(view, method)
        told: dict[str, Any] = {
            "sensor": arguments.sensor or "", "method": method, "limit_m": limit,
            "limit_cite": cite, "marks": set(),
        }  # fmt: skip
        return Certified(arguments.h_min), h_min_by(method, {}, rows, limit), told
    if arguments.method is not None:
        raise DataError("the report says the method", remedy="Leave out --method.")
    from overflight.formats.certification_json import read_report, sensor_in

    report = read_report(arguments.certified)
    sensor = sensor_in(report, arguments.sensor)
    read, stated = sensor["h_min_m"], sensor["stated_h_min_m"]
    value = read if stated is None else stated
    if value is None:
        raise DataError(
            f"the report has no H_min of {sensor['id']}",
            file=arguments.certified,
            remedy="Give --h-min, or a sensor whose ground resolution depends on height.",
        )
    deviation = sensor["deviation_m"]
    if deviation is not None and read:
        deviation *= value / read
    certified = Certified(value, deviation, sensor["independent"])
    told = {
        "sensor": sensor["id"], "method": sensor["method"], "limit_m": sensor["limit_m"],
        "limit_cite": sensor["limit_cite"], "marks": set(report["marks"]),
    }  # fmt: skip
    day = h_min_by(sensor["method"], sensor["parameters"], rows, sensor["limit_m"])
    return certified, day, told
