"""``overflight study inspect``."""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, add_treaty_options, parse_date, print_json
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.study.inspection.asked import Found, InTurn, OverSites
    from overflight.study.inspection.errors import Erring
    from overflight.study.inspection.quotas import Allowed

_ERRORS = ("false_alarm", "missed", "alarm_cost", "alarm_cost_inspector", "found_cost")
_LONGEST = 40


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``inspect``."""
    parser = verbs.add_parser(
        "inspect",
        help="where to fly and when to inspect: the best random choice, with its proof",
        description="Four games between one who looks and one who may have to hide. Over sites: "
        "--values FILE --flights N. Over routes that show many sites: add --routes, or let the "
        "planner look for them with --observing. In turn: --sequential. In time: --timely DATES. "
        "An answer says what is best in a game with your values; it does not say what a "
        "government will do.",
    )
    _add_sites(parser)
    _add_planner(parser)
    _add_sequential(parser)
    parser.add_argument(
        "--timely", type=int, metavar="DATES",
        help="one unannounced inspection in a period of that many dates",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="write a page with plots there")
    add_treaty_options(parser)
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _add_sites(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("over sites and routes")
    group.add_argument(
        "--values", metavar="FILE",
        help="values of sites, CSV or JSON; '-' reads standard input; with the columns unseen, "
        "seen, lost, caught a game in which one side's gain is not the other's loss",
    )  # fmt: skip
    group.add_argument("--sites", metavar="FILE", help="the same as a list of sites with places")
    group.add_argument("--flights", type=int, metavar="N", help="flights, or sites looked at")
    group.add_argument(
        "--detect", type=float, default=1.0, metavar="P",
        help="chance that a pass shows what is there (1)",
    )  # fmt: skip
    group.add_argument(
        "--routes", type=Path, action="append", default=[], metavar="PATH",
        help="routes to choose from: working plans, a folder of them, or a JSON file of routes "
        "with the sites that each shows (repeatable)",
    )  # fmt: skip
    group.add_argument(
        "--gap", type=float, default=0.01, metavar="PART",
        help="part of the value by which the answer may miss the best (0.01)",
    )  # fmt: skip
    group.add_argument("--seconds", type=float, default=60.0, metavar="S", help="time for it (60)")
    group.add_argument("--draw", type=int, default=0, metavar="K", help="draw K times what to fly")
    group.add_argument("--seed", type=int, default=1, help="seed of draws and searches (1)")


def _add_planner(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("over all routes, sought by the planner (with --sites)")
    group.add_argument("--treaty", metavar="NAME", help="name or folder of a regime")
    group.add_argument("--observing", metavar="CODE", help="observing Party")
    group.add_argument("--observed", metavar="CODE", help="observed Party or group")
    group.add_argument("--on", type=parse_date, metavar="DATE", help="day of the flight or quota")
    group.add_argument("--aircraft", metavar="ID", help="observation aircraft")
    group.add_argument("--from", dest="start", metavar="CODE", help="airfield where it begins")
    group.add_argument("--to", dest="end", metavar="CODE", help="airfield where it ends (the same)")
    group.add_argument("--iterations", type=int, metavar="N", help="steps of a search, not seconds")
    group.add_argument(
        "--save-routes", type=Path, metavar="FILE", help="write the routes found, for --routes"
    )


def _add_sequential(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("inspections in turn")
    group.add_argument("--sequential", action="store_true", help="inspections over stages of time")
    group.add_argument("--stages", type=int, metavar="N", help="stages of the period")
    group.add_argument("--inspections", type=int, metavar="M", help="inspections there are")
    group.add_argument(
        "--quota", action="store_true",
        help="take the inspections from the quota of --treaty on the day of --on",
    )  # fmt: skip
    group.add_argument(
        "--objects", type=int, metavar="N", help="objects, where a quota is a share of them"
    )
    group.add_argument(
        "--violations", type=int, default=1, metavar="K", help="violations wanted at most (1)"
    )
    group.add_argument(
        "--penalty", default="1", metavar="B", help="cost of being found, in violations (1)"
    )
    group.add_argument("--false-alarm", metavar="P", help="chance to suspect a lawful side (0)")
    group.add_argument("--missed", metavar="P", help="chance that an inspection misses (0)")
    group.add_argument("--alarm-cost", metavar="C", help="cost of a false alarm to that side (0)")
    group.add_argument(
        "--alarm-cost-inspector", metavar="C",
        help="cost of a false alarm to the inspector (else the game is zero-sum)",
    )  # fmt: skip
    group.add_argument(
        "--found-cost", metavar="C",
        help="cost of a violation that is found to the inspector (else the game is zero-sum)",
    )  # fmt: skip


def _run(arguments: argparse.Namespace) -> int:
    from overflight.study.inspection.documents import inspect_document

    if arguments.out is not None:
        from overflight.cli.outfolder import require_writable

        require_writable(arguments.out)
    found = _found(arguments)
    if arguments.json and arguments.out is None:
        print_json(inspect_document(found))
        return EXIT_OK
    from overflight.report.study_inspect import draw_inspect, inspect_report
    from overflight.report.study_page import study_text, write_study

    report = inspect_report(found)
    if arguments.out is not None:
        for path in write_study(report, draw_inspect(found), arguments.out):
            print(path, file=sys.stderr)
    if arguments.json:
        print_json(inspect_document(found))
    else:
        print(study_text(report))
    return EXIT_OK


def _found(arguments: argparse.Namespace) -> Found:
    """The game that was asked for. Raises DataError for none or two."""
    from overflight.study.inspection import asked

    over = arguments.values is not None or arguments.sites is not None or bool(arguments.routes)
    asked_for = (over, arguments.sequential, arguments.timely is not None)
    if sum(asked_for) != 1:
        raise DataError(
            "two games are asked for at once" if any(asked_for) else "no game is asked for",
            remedy="Give one of --values FILE --flights N, --routes PATH --flights N, --sequential "
            "--stages N --inspections M, --timely DATES.",
        )
    if arguments.timely is not None:
        return asked.in_time(arguments.timely)
    if arguments.sequential:
        return _sequential(arguments)
    if arguments.flights is None or arguments.flights < 1:
        raise DataError("how many flights there are is not said", remedy="Give --flights N.")
    if arguments.values is not None and arguments.sites is not None:
        raise DataError("the values of sites come twice", remedy="Give --values or --sites.")
    if arguments.observing is not None or arguments.observed is not None:
        from overflight.cli.study_inspect_routes import over_all_routes

        return over_all_routes(arguments)
    if arguments.routes:
        return _over_pool(arguments)
    return _over_sites(arguments)


def _over_sites(arguments: argparse.Namespace) -> OverSites:
    from overflight.study.inspection.asked import over_sites
    from overflight.study.inspection.files import of_sites, read_values

    if arguments.sites is not None:
        from overflight.formats.sites import read_sites

        valued = of_sites(read_sites(arguments.sites), arguments.detect)
    else:
        valued = read_values(arguments.values, arguments.detect)
    return over_sites(
        valued, arguments.flights, detect=arguments.detect, draws=arguments.draw,
        seed=arguments.seed,
    )  # fmt: skip


def _over_pool(arguments: argparse.Namespace) -> Found:
    from overflight.study.inspection.asked import over_pool
    from overflight.study.inspection.files import of_sites, read_routes, read_values
    from overflight.study.inspection.payoffs import by_value

    listed = None
    if arguments.sites is not None:
        from overflight.formats.sites import read_sites

        listed = of_sites(read_sites(arguments.sites))
    elif arguments.values is not None:
        listed = read_values(arguments.values)
    routes = read_routes(arguments.routes, None if listed is None else listed.ids)
    payoffs = by_value(routes.values or ()) if listed is None else listed.payoffs
    by_value([0.0], arguments.detect)  # refuses what is no chance
    return over_pool(
        routes.pool, routes.ids, payoffs, arguments.flights, detect=arguments.detect,
        gap=arguments.gap, seconds=arguments.seconds, draws=arguments.draw, seed=arguments.seed,
    )  # fmt: skip


def _sequential(arguments: argparse.Namespace) -> InTurn:
    from overflight.study.inspection.asked import in_turn
    from overflight.study.inspection.sequential import Sequential

    allowed = _quota(arguments) if arguments.quota else None
    if (allowed is None) == (arguments.inspections is None):
        raise DataError(
            "the number of inspections comes twice" if allowed
            else "how many inspections there are is not said",
            remedy="Give --inspections M, or --quota --treaty NAME --on DATE.",
        )  # fmt: skip
    if arguments.stages is None:
        raise DataError("how many stages there are is not said", remedy="Give --stages N.")
    inspections = arguments.inspections if allowed is None else allowed.inspections
    game = Sequential(
        arguments.stages, inspections, arguments.violations, exact(arguments.penalty, "--penalty")
    )
    names = ("penalty", "violations", *_ERRORS)
    given = frozenset(n for n in names if getattr(arguments, n) not in (None, "1", 1))
    return in_turn(game, _erring(arguments), allowed, given)


def _erring(arguments: argparse.Namespace) -> Erring | None:
    from overflight.study.inspection.errors import Erring

    given: dict[str, Any] = {
        name: exact(text, f"--{name.replace('_', '-')}")
        for name in _ERRORS
        if (text := getattr(arguments, name)) is not None
    }
    return Erring(**given) if given else None


def _quota(arguments: argparse.Namespace) -> Allowed:
    from overflight.cli.common import parse_readings
    from overflight.procedure.rulebook import Rulebook
    from overflight.study.inspection.quotas import inspections_allowed
    from overflight.treaty.loader import load_treaty

    if arguments.treaty is None or arguments.on is None:
        raise DataError(
            "whose quota, and on which day, is not said", remedy="Give --treaty NAME --on DATE."
        )
    treaty = load_treaty(arguments.treaty, arguments.overlay)
    rules = Rulebook(treaty, parse_readings(arguments.reading))
    return inspections_allowed(rules, arguments.on, arguments.objects)


def exact(text: str, option: str) -> Fraction:
    """A number as typed, "1.5" or "3/2", without rounding. Raises DataError for anything else."""
    try:
        if len(text) > _LONGEST or "e" in text.lower():
            raise ValueError
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        raise DataError(
            f"{option} {text[:_LONGEST]!r} is no number",
            remedy="Write it as 2, 0.25 or 1/3.",
        ) from None
