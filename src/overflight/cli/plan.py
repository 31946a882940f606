"""``overflight plan``: make, check and export mission plans."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import Any

from overflight.cli.campaign import (
    add_campaign_options,
    folders,
    make_flights,
    parse_days,
    require_campaign,
)
from overflight.cli.common import (
    add_crossing_options,
    add_reading_option,
    add_treaty_options,
    parse_readings,
    print_json,
)
from overflight.cli.flying_options import (
    add_flying_options,
    add_height_option,
    handling_by,
    wind_by,
)
from overflight.cli.plan_more import add_more_options, give_more, require_room
from overflight.cli.plan_output import exit_code, show_plan, write_plan
from overflight.cli.searching import Progress, Stop, add_certificate_option, seconds, steps
from overflight.cli.weather_options import add_weather_options, weathered
from overflight.errors import EXIT_OK, DataError
from overflight.treaty.loader import default_treaty

EXPORTS = ("json", "geojson", "kml", "gpx", "icao", "pdf", "png", "svg")


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from overflight.cli import plan_again, plan_answer

    parser = nouns.add_parser(
        "plan", help="make, improve, explain, compare, check and export mission plans"
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_make(verbs)
    plan_again.add_verbs(verbs)
    _add_check(verbs)
    plan_answer.add_verbs(verbs)
    _add_export(verbs)


def _add_make(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    make = verbs.add_parser(
        "make",
        help="from a list of sites to a mission plan that the treaty allows",
        description="Plan an observation flight: which sites to see, in which order, from where, "
        "within the maximum flight distance and the aircraft's range. Ctrl-C stops the search "
        "and gives the best plan so far.",
        add_help=False,
    )
    make.add_argument(
        "-h", "--help", action=_MakeHelp, nargs=0, help="show this help message and exit"
    )
    make.add_argument("sites", help="GeoJSON, GeoPackage or CSV; '-' reads standard input")
    make.add_argument("--treaty", default=default_treaty(), help="name or folder (%(default)s)")
    make.add_argument("--observing", required=True, metavar="CODE", help="observing Party")
    make.add_argument("--observed", required=True, metavar="CODE", help="observed Party or group")
    make.add_argument(
        "--on",
        required=True,
        type=parse_days,
        metavar="DATE",
        help="day of the flight; with --flights N also N days, with commas",
    )
    make.add_argument(
        "--aircraft", required=True, metavar="ID", help="observation aircraft (listed below)"
    )
    make.add_argument(
        "--from", dest="start", required=True, metavar="CODE", help="Open Skies airfield, or 'any'"
    )
    make.add_argument(
        "--to",
        dest="end",
        metavar="CODE",
        help="Open Skies airfield where it ends, or 'any' (where it started)",
    )
    make.add_argument(
        "--refuel",
        action="append",
        default=[],
        metavar="CODE",
        help="an airfield to refuel at besides the designated ones (repeatable); one that the "
        "observed side did not designate leaves the rule on refuelling airfields undetermined",
    )
    make.add_argument("--sensors", metavar="ID,ID", help="sensors to use (all on the aircraft)")
    make.add_argument("--hazards", metavar="FILE", help="hazardous airspace, GeoJSON polygons")
    make.add_argument("--terrain", type=Path, metavar="DEM.tif", help="elevation model, GeoTIFF")
    make.add_argument(
        "--borders", type=Path, metavar="FILE", help="borders as this party sees them"
    )
    make.add_argument("--seconds", type=seconds, default=10.0, metavar="S", help="search time (10)")
    make.add_argument(
        "--iterations",
        type=steps,
        metavar="N",
        help="search steps instead: same seed, same plan",
    )
    make.add_argument("--seed", type=int, default=1, help="seed of the search (1)")
    add_certificate_option(make)
    add_campaign_options(make)
    add_more_options(make)
    make.add_argument("--mark", choices=("EXERCISE", "SIMULATED"), help="mark every document")
    make.add_argument("--out", type=Path, metavar="DIR", help="write the documents here")
    make.add_argument("--json", action="store_true", help="the working plan as JSON on stdout")
    add_treaty_options(make)
    add_crossing_options(make)
    add_flying_options(make)
    add_height_option(make)
    add_weather_options(make)
    make.set_defaults(handler=_make)


def _add_check(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = verbs.add_parser(
        "check",
        help="hold a mission plan against the treaty, paragraph by paragraph",
        description="Exit status: 0 compliant, 1 breach, 2 unreadable, 3 undetermined.",
    )
    check.add_argument("plan", help="mission plan, JSON; '-' reads standard input")
    check.add_argument("--treaty", help="name or folder (the one the plan names)")
    check.add_argument(
        "--borders", type=Path, metavar="FILE", help="borders as this party sees them"
    )
    check.add_argument(
        "--with",
        dest="documents",
        action="append",
        default=[],
        metavar="FILE",
        help="another document of the mission: notification, flight record, mission report "
        "(repeatable)",
    )
    check.add_argument(
        "--phase",
        choices=("notice", "plan", "flight", "report"),
        action="append",
        help="rules of this phase (plan, and the phases of the documents given; repeatable)",
    )
    check.add_argument(
        "--now", type=_instant, metavar="INSTANT", help="judge deadlines as of this moment"
    )
    check.add_argument("--all", action="store_true", help="list rules that do not apply, too")
    check.add_argument("--json", action="store_true", help="findings as JSON on stdout")
    add_treaty_options(check)
    check.set_defaults(handler=_check)


def _add_export(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = verbs.add_parser(
        "export",
        help="a mission plan as GeoJSON, KML, GPX, ICAO flight plan, map or PDF",
        description="Writes only what the mission plan itself holds; of a working plan, only the "
        "mission plan inside it is used.",
    )
    export.add_argument("plan", help="mission plan, JSON; '-' reads standard input")
    export.add_argument("--to", dest="form", required=True, choices=EXPORTS)
    export.add_argument("--out", type=Path, metavar="FILE", help="write here, not to stdout")
    export.add_argument("--treaty", help="name or folder (the one the plan names)")
    export.add_argument("--json", action="store_true", help="report what was written as JSON")
    export.add_argument(
        "--borders", type=Path, metavar="FILE", help="borders as this party sees them"
    )
    add_reading_option(export)
    export.set_defaults(handler=_export)


class _MakeHelp(argparse.Action):
    """Help that ends with the aircraft there are; only then are their files read."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from overflight.mission.aircraft_choice import plannable, rules_on_landings
        from overflight.treaty.loader import load_treaty

        treaty = load_treaty(default_treaty())
        aircraft, rules = plannable(treaty), ", ".join(rules_on_landings(treaty))
        parser.epilog = (
            f"Aircraft under {default_treaty()} whose range and speed are public or assumed: "
            f"{', '.join(aircraft.known)}. Unknown, so to be given with --overlay DIR (the error "
            f"shows the lines to write): {', '.join(aircraft.unknown)}. With --refuel CODE of an "
            f"airfield that is not designated, {rules} is undetermined and the exit status 3."
        )
        parser.print_help()
        parser.exit()


def _instant(text: str) -> dt.datetime:
    from overflight.formats.times import read_time

    try:
        return read_time(text, where="--now")
    except DataError as error:
        raise argparse.ArgumentTypeError(f"{error.message}; {error.remedy}") from None


def _make(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.formats.hazards import read_hazards
    from overflight.formats.sites import read_sites
    from overflight.mission.plan import make_plan
    from overflight.mission.weather import plan_in_weather
    from overflight.performance.handling import Handling

    require_campaign(arguments)
    require_room(arguments)
    if arguments.out:
        require_writable(arguments.out, folders(arguments))
    sites = read_sites(arguments.sites)
    hazards = read_hazards(arguments.hazards) if arguments.hazards else ()
    wind, handling = wind_by(arguments), handling_by(arguments) or Handling()
    weather, found = weathered(arguments), None
    asked: dict[str, Any] = {
        "treaty": arguments.treaty,
        "observing": arguments.observing,
        "observed": arguments.observed,
        "on": arguments.on,
        "aircraft": arguments.aircraft,
        "start": arguments.start,
        "end": arguments.end,
        "refuel": tuple(arguments.refuel),
        "sensors": tuple(arguments.sensors.split(",")) if arguments.sensors else None,
        "hazards": hazards,
        "terrain": arguments.terrain,
        "borders": arguments.borders,
        "seconds": arguments.seconds,
        "iterations": arguments.iterations,
        "certificate": arguments.certificate,
        "seed": arguments.seed,
        "overlay": arguments.overlay,
        "readings": parse_readings(arguments.reading),
        "marks": (arguments.mark,) if arguments.mark else (),
        "wind": wind,
        "handling": handling,
        "max_fixes": arguments.max_fixes,
        "height": arguments.height,
    }
    if arguments.flights:
        return make_flights(sites, asked, arguments)
    progress = Progress()
    with Stop() as stop:
        if arguments.iterations is None:
            print(
                f"searching for {arguments.seconds:g} s; Ctrl-C gives the best plan so far",
                file=sys.stderr,
                flush=True,
            )
        try:
            if weather is None:
                working = make_plan(sites, **asked, progress=progress, stop=stop)
            else:
                found = plan_in_weather(sites, **weather, **asked, progress=progress, stop=stop)
                working = found.best
        finally:
            progress.close()
    if arguments.out:
        write_plan(working, arguments, arguments.treaty)
    more = give_more(working, sites, asked, arguments, found, weather)
    status = show_plan(working, arguments)
    if not arguments.json:
        for text in more:
            print(f"\n{text}")
    return status


def _check(arguments: argparse.Namespace) -> int:
    from overflight.formats.documents import read_document
    from overflight.formats.plan_json import read_mission_plan
    from overflight.mission.check import PHASE_OF, check_phases

    plan = read_mission_plan(arguments.plan)
    documents = {}
    for file in arguments.documents:
        document = read_document(file)
        documents[document["kind"]] = document
    findings = check_phases(
        plan,
        tuple(arguments.phase or ["plan", *(PHASE_OF[kind] for kind in documents)]),
        treaty=arguments.treaty,
        overlay=arguments.overlay,
        readings=parse_readings(arguments.reading),
        borders=arguments.borders,
        documents=documents,
        now=arguments.now,
    )
    if arguments.json:
        print_json(findings.as_dict())
    else:
        from overflight.report.text import findings_text

        print(findings_text(findings, everything=arguments.all))
    return exit_code(findings)


def _export(arguments: argparse.Namespace) -> int:
    from overflight.formats.plan_json import read_mission_plan
    from overflight.mission.documents import export_plan

    plan = read_mission_plan(arguments.plan)
    content = export_plan(
        plan,
        arguments.form,
        treaty=arguments.treaty,
        readings=parse_readings(arguments.reading),
        borders=arguments.borders,
    )
    if arguments.out:
        from overflight.files import write_atomic

        write_atomic(arguments.out, content)
        summary: dict[str, Any] = {
            "kind": "export",
            "form": arguments.form,
            "file": str(arguments.out),
            "bytes": len(content),
        }
        if arguments.json:
            print_json(summary)
        else:
            print(f"wrote {arguments.out} ({len(content)} bytes)", file=sys.stderr)
        return EXIT_OK
    sys.stdout.buffer.write(content)
    return EXIT_OK
