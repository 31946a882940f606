"""``overflight study coverage``: what flights see, and beside it what satellites pass."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, parse_date, print_json
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.study.coverage.flights import Flown, Places, Seen
    from overflight.study.coverage.variations import Narrower, Otherwise
    from overflight.terms.sites import Site

_DURATIONS = (1, 3, 7, 14, 30, 60, 90)


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``coverage``."""
    parser = verbs.add_parser(
        "coverage",
        help="what a year of flights sees of your sites; beside it, what satellites pass",
        description="Sites seen, how often, with which gaps, and the chance that something which "
        "lasts some days is seen. Satellites by two-line elements stand beside it and are never "
        "added up with it: an access is no image.",
    )
    parser.add_argument("--sites", type=Path, metavar="FILE", help="CSV, GeoJSON or GeoPackage")
    flights = parser.add_argument_group("flights")
    flights.add_argument(
        "--flights", type=Path, metavar="FILE",
        help="a CSV with columns observer, plan (a working plan, or ids of sites with ;), date",
    )  # fmt: skip
    flights.add_argument(
        "--days", choices=("given", "even", "random"), default="given",
        help="each flight on its day, an observer's spread evenly, or drawn (given)",
    )  # fmt: skip
    flights.add_argument(
        "--quota", action="append", default=[], metavar="CODE=N",
        help="instead: N flights a year, their plans drawn from those of --flights (repeatable)",
    )  # fmt: skip
    flights.add_argument(
        "--lasts", type=int, action="append", default=[], metavar="DAYS",
        help=f"how long something lasts (repeatable; {', '.join(map(str, _DURATIONS))})",
    )  # fmt: skip
    flights.add_argument(
        "--detect", type=float, default=1.0, metavar="P",
        help="chance that a look shows what is there: light, cloud, cover (1)",
    )  # fmt: skip
    flights.add_argument(
        "--weigh", choices=("alike", "value"), default="alike",
        help="the activity is at any site alike, or by the values of the sites (alike)",
    )  # fmt: skip
    orbits = parser.add_argument_group("satellites")
    orbits.add_argument("--tle", type=Path, metavar="FILE", help="two-line elements")
    orbits.add_argument("--from", dest="begin", type=parse_date, metavar="DATE", help="first day")
    orbits.add_argument("--for", dest="span", type=float, default=10.0, metavar="DAYS", help="(10)")
    orbits.add_argument("--off-nadir", type=float, default=30.0, metavar="DEG", help="at most (30)")
    orbits.add_argument(
        "--min-sun", type=float, default=10.0, metavar="DEG",
        help="the Sun at least so high at the site; -90 for day and night (10)",
    )  # fmt: skip
    orbits.add_argument(
        "--cloud",
        metavar="SHARE",
        help="share of the time under cloud, 0 to 1, or a CSV site,share",
    )
    share = parser.add_argument_group("share of an area")
    share.add_argument("--distance", type=float, metavar="KM", help="length of one flight")
    share.add_argument("--swath", type=float, metavar="KM", help="width that its sensor sees")
    share.add_argument("--area", type=float, metavar="KM2", help="area of the territory")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the report as a page there")
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    from overflight.report.study_coverage import coverage_report, draw_coverage
    from overflight.report.study_page import study_text, write_study
    from overflight.study.coverage.documents import coverage_document
    from overflight.terms.study import StudyInput

    wanted = (arguments.flights, arguments.tle, arguments.distance)
    if all(part is None for part in wanted):
        raise DataError(
            "nothing is asked", remedy="Give --flights, --tle, or --distance, --swath and --area."
        )
    if arguments.out is not None:
        from overflight.cli.outfolder import require_writable

        require_writable(arguments.out)
    inputs: list[StudyInput] = []
    sites = _sites(arguments, inputs)
    seen, days, others = _flights(arguments, sites, inputs)
    summary, limits, tighter = _satellites(arguments, sites, inputs)
    share = _share(arguments, inputs)
    document = coverage_document(
        seen, days, summary, limits, share, detect=arguments.detect, weigh=arguments.weigh
    )
    report = coverage_report(document, seen, tuple(inputs), others, tighter)
    if arguments.out is not None:
        for path in write_study(report, draw_coverage(document, seen), arguments.out):
            print(path, file=sys.stderr)
    if arguments.json:
        print_json(document)
    else:
        print(study_text(report))
    return EXIT_OK


def _sites(arguments: argparse.Namespace, inputs: list[Any]) -> tuple[Site, ...]:
    from overflight.formats.sites import read_sites
    from overflight.terms.study import StudyInput

    if arguments.sites is None:
        if arguments.flights is not None or arguments.tle is not None:
            raise DataError("no sites are given", remedy="Give --sites FILE.")
        return ()
    sites = read_sites(arguments.sites)
    inputs.append(StudyInput("sites", f"{len(sites)} of {arguments.sites}", "given"))
    return sites


def _flights(
    arguments: argparse.Namespace, sites: tuple[Site, ...], inputs: list[Any]
) -> tuple[tuple[Seen, ...], str, tuple[Otherwise, ...]]:
    from overflight.study.coverage.flights import Places, drawn, year_of
    from overflight.study.coverage.variations import otherwise
    from overflight.terms.study import StudyInput

    if arguments.flights is None:
        return (), "", ()
    flown = _read_flights(arguments.flights, {site.id for site in sites})
    names = tuple(site.id for site in sites)
    alike, valued = Places(names), Places(names, {s.id: Fraction(s.value) for s in sites})
    taken, other = (valued, alike) if arguments.weigh == "value" else (alike, valued)
    if not 0.0 <= arguments.detect <= 1.0:
        raise DataError(
            f"--detect {arguments.detect:g} is no chance", remedy="Give a number from 0 to 1."
        )
    detect = Fraction(str(arguments.detect))
    lasts = sorted(set(arguments.lasts)) or list(_DURATIONS)
    inputs.append(StudyInput("flights", f"{len(flown)} of {arguments.flights}", "given"))
    inputs.append(
        StudyInput("where the activity is", "any site alike", "assumed", "ours")
        if taken is alike
        else StudyInput("where the activity is", "by the values of the sites", "given")
    )
    inputs.append(
        StudyInput("chance that a look shows it", f"{arguments.detect:g}",
                   "assumed" if detect == 1 else "given",
                   "no source; 1 is the best case" if detect == 1 else "")
    )  # fmt: skip
    quotas = dict(_quota(text) for text in arguments.quota)
    if quotas:
        text = ", ".join(f"{code} {n}" for code, n in quotas.items())
        inputs.append(StudyInput("flights a year", text, "given"))
        words = "plan and day of each flight drawn evenly"
        inputs.append(StudyInput("which flights", words, "assumed", "ours"))
    else:
        inputs.append(StudyInput("days of the flights", arguments.days, "given"))

    def run(places: Places, chance: Fraction) -> tuple[Seen, ...]:
        if quotas:
            return drawn(quotas, [f.sites for f in flown], places, lasts, detect=chance)
        return year_of(flown, places, lasts, days=arguments.days, detect=chance)

    seen = run(taken, detect)
    worth = any(site.value for site in sites)
    if arguments.json and arguments.out is None:
        return seen, "drawn" if quotas else arguments.days, ()
    others = otherwise(run, taken, other if worth else taken, detect)
    return seen, "drawn" if quotas else arguments.days, others


def _quota(text: str) -> tuple[str, int]:
    code, _, number = text.partition("=")
    if not (code and number.isdecimal() and len(number) < 5):
        raise DataError(f"{text!r} is not CODE=N", remedy="Write --quota ABC=4.")
    return code, int(number)


def _read_flights(path: Path, known: set[str]) -> list[Flown]:
    from overflight.files import read_bounded
    from overflight.formats.strict_json import decode_utf8
    from overflight.study.coverage.flights import Flown

    reader = csv.DictReader(io.StringIO(decode_utf8(read_bounded(path), str(path))))
    if not {"observer", "plan"} <= set(reader.fieldnames or ()):
        raise DataError(
            "there are no columns observer and plan", file=path, line=1,
            remedy="Write a first line: observer,plan,date",
        )  # fmt: skip
    found = []
    for row in reader:
        line = reader.line_num
        plan = (row["plan"] or "").strip()
        sites = _seen_by(plan, path, line, known)
        text = (row.get("date") or "").strip()
        try:
            day = dt.date.fromisoformat(text) if text else None
        except ValueError:
            raise DataError(
                f"{text!r} is not a date", file=path, line=line, remedy="Write 2021-05-19."
            ) from None
        found.append(Flown((row["observer"] or "").strip() or "?", sites, day, plan))
    if not found:
        raise DataError("there are no flights", file=path, remedy="Write a line for each.")
    return found


def _seen_by(plan: str, path: Path, line: int, known: set[str]) -> frozenset[str]:
    from overflight.formats.working_json import read_working_plan
    from overflight.treaty.problems import did_you_mean

    if plan.endswith(".json"):
        sites = frozenset(read_working_plan(path.parent / plan).sites_observed)
    else:
        sites = frozenset(part.strip() for part in plan.split(";") if part.strip())
    if stranger := sorted(sites - known):
        raise DataError(
            f"the flight sees {stranger[0]!r}, which is not among the sites", file=path, line=line,
            remedy=f"{did_you_mean(stranger[0], known)} Give the sites that the plans were made "
            "for; a site without an id of its own is given one by its number.",
        )  # fmt: skip
    return sites


def _satellites(
    arguments: argparse.Namespace, sites: tuple[Site, ...], inputs: list[Any]
) -> tuple[Any, dict[str, Any] | None, tuple[Narrower, ...]]:
    if arguments.tle is None:
        return None, None, ()
    if arguments.begin is None:
        raise DataError("no first day is given", remedy="Give --from DATE.")
    import numpy as np

    from overflight.study.coverage.satellite_summary import summary
    from overflight.study.coverage.satellites import accesses, julian, read_tle
    from overflight.study.coverage.variations import narrower
    from overflight.terms.study import StudyInput

    orbits = read_tle(arguments.tle)
    begin = dt.datetime.combine(arguments.begin, dt.time(), dt.UTC)
    found = accesses(
        orbits,
        np.array([s.position.lat for s in sites]),
        np.array([s.position.lon for s in sites]),
        begin,
        arguments.span,
        off_nadir_deg=arguments.off_nadir,
        min_sun_deg=arguments.min_sun,
    )
    cloud = None if arguments.cloud is None else _cloud(arguments.cloud)
    if cloud is not None:
        inputs.append(StudyInput("cloud", str(arguments.cloud), "given"))
    inputs.append(StudyInput("orbits", f"{len(orbits)} of {arguments.tle}", "given"))
    text = f"from {arguments.begin}, for {arguments.span:g} d"
    inputs.append(StudyInput("time for satellites", text, "given"))
    text = f"{arguments.off_nadir:g} degrees at most off straight down"
    inputs.append(StudyInput("how far satellites look aside", text, "given"))
    text = f"at least {arguments.min_sun:g} degrees high at the site"
    inputs.append(StudyInput("the Sun", text, "given"))
    limits = {
        "satellites": len(orbits), "from": str(arguments.begin),
        "off_nadir_deg": arguments.off_nadir, "min_sun_deg": arguments.min_sun,
    }  # fmt: skip
    lasts = [d for d in sorted(set(arguments.lasts)) if d < arguments.span]
    names = [site.id for site in sites]
    told = summary(found, names, julian(begin), arguments.span, lasts, cloud)
    return told, limits, narrower(found, len(sites), arguments.off_nadir, arguments.min_sun)


def _cloud(text: str) -> dict[str, float] | float:
    from overflight.files import read_bounded
    from overflight.formats.strict_json import decode_utf8

    def share(value: str, line: int | None = None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1:
            raise DataError(
                f"{value!r} is not a share of cloud", file=text if line else None, line=line,
                remedy="Write a number from 0 to 1.",
            )  # fmt: skip
        return number

    if not Path(text).exists():
        return share(text)
    found = {}
    lines = decode_utf8(read_bounded(Path(text)), text).splitlines()
    for number, line in enumerate(lines, start=1):
        site, _, value = line.partition(",")
        if line.strip() and site != "site":
            found[site.strip()] = share(value.strip(), number)
    return found


def _share(arguments: argparse.Namespace, inputs: list[Any]) -> dict[str, Any] | None:
    from overflight.study.coverage.flights import area_share
    from overflight.terms.study import StudyInput

    given = (arguments.distance, arguments.swath, arguments.area)
    if all(value is None for value in given):
        return None
    if any(value is None for value in given):
        raise DataError(
            "a share needs all of --distance, --swath and --area", remedy="Give the missing ones."
        )
    distance, swath, area = given
    far, wide, km2 = (f"{n:,.15g}".replace(",", "\u00a0") for n in given)
    text = f"{far} km, {wide} km, {km2} km\u00b2"
    inputs.append(StudyInput("flight, swath, area", text, "given"))
    return {
        "distance_km": distance, "swath_km": swath, "area_km2": area,
        "share": area_share(distance, swath, area),
    }  # fmt: skip
