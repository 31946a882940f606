"""``overflight study exit``, ``return`` and ``case``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, add_treaty_options, parse_date, print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.study.membership.exits import Comparison, Given
    from overflight.terms.study import StudyReport
    from overflight.treaty.model import Treaty


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``exit``, ``return`` and ``case``."""
    _add_exit(verbs)
    back = verbs.add_parser(
        "return",
        help="what it takes for a State to come back: by when, whom it needs, what it costs",
        description="Ways into a treaty, backwards from the day wanted, with the aircraft of "
        "others that are certified on that day, precedents, costs that you give with their "
        "sources, and how much the flights depend on the owners of aircraft.",
    )
    _common(back)
    back.add_argument("--state", required=True, metavar="CODE", help="the State that comes back")
    back.add_argument("--on", type=parse_date, required=True, metavar="DATE", help="the day wanted")
    back.add_argument("--flights", type=int, metavar="N", help="flights a year that it wants")
    back.add_argument("--costs", type=Path, metavar="FILE", help="costs, a TOML file of [[cost]]")
    back.add_argument(
        "--lends", type=Path, metavar="FILE",
        help="who would lend to whom, lines of OWNER,OBSERVER (else: all to all)",
    )  # fmt: skip
    back.add_argument("--seed", type=int, default=0, help="for more than 20 owners (0)")
    back.set_defaults(handler=_return)
    case = verbs.add_parser(
        "case",
        help="a case that somebody argued: its clocks, and every claim with verdict and source",
        description="Work through a case in a TOML file: acts, days, and claims. Exit status 1 "
        "where the treaty data do not bear out what the file says they do.",
    )
    case.add_argument("case", type=Path, metavar="FILE", help="see examples/studies")
    case.add_argument("--out", type=Path, metavar="DIR", help="write the report as a page there")
    add_json_option(case)
    case.set_defaults(handler=_case)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--treaty", metavar="NAME", help="name or folder of a regime")
    parser.add_argument(
        "--wishes", metavar="FILE",
        help="the distribution of flights to reckon in: a file, or enacted:YEAR (the first one)",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the report as a page there")
    add_treaty_options(parser)
    add_json_option(parser)


def _add_exit(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "exit",
        help="what is lost when States leave, join, come back or suspend",
        description="Two treaties compared on one day: as if nobody had acted, and after the acts. "
        "What nobody published stands between bounds or as unknown, never as a number of ours.",
    )
    _common(parser)
    parser.add_argument(
        "--leave", action="append", default=[], metavar="CODE", help="a State that leaves on --on"
    )
    parser.add_argument(
        "--act", action="append", default=[], metavar="KIND:CODE:DATE",
        help="exit, return, accession or suspension of a State on a day (repeatable)",
    )  # fmt: skip
    parser.add_argument("--on", type=parse_date, required=True, metavar="DATE", help="the day")
    parser.add_argument(
        "--all", type=int, choices=(1, 2), metavar="N",
        help="every exit of one State (1), or of one and of two (2), on --on",
    )  # fmt: skip
    parser.set_defaults(handler=_exit)


def _exit(arguments: argparse.Namespace) -> int:
    from overflight.cli.common import parse_readings
    from overflight.report.study_membership import exit_report
    from overflight.report.study_membership_plots import draw_exit
    from overflight.study.membership.acts import EXIT, Act, read_act
    from overflight.study.membership.documents import exit_document, sweep_document
    from overflight.study.membership.exits import compare, other_readings, sweep

    treaty, readings = _treaty(arguments), parse_readings(arguments.reading)
    given = _given(arguments, treaty, readings)
    if arguments.all:
        if arguments.leave or arguments.act:
            raise DataError("--all stands alone", remedy="Leave out --leave and --act.")
        if arguments.all > 1 and (os.cpu_count() or 1) > 1:
            found = _swept_by_two(arguments)
        else:
            every = sweep(treaty, arguments.on, size=arguments.all, readings=readings, given=given)
            found = _counted(every, 1)
        document = sweep_document(found, treaty.id, arguments.on)
        if arguments.json:
            print_json(document)
        else:
            print(_sweep_text(document))
        return EXIT_OK
    acts = [Act(arguments.on, EXIT, code) for code in arguments.leave]
    acts += [read_act(text) for text in arguments.act]
    acts = list(dict.fromkeys(acts))
    if not acts:
        raise DataError("nobody acts", remedy="Give --leave CODE, or --act KIND:CODE:DATE.")
    late = [act for act in acts if act.on > arguments.on]
    if late:
        raise DataError(
            f"{late[0].kind} of {late[0].state} on {late[0].on} is after --on {arguments.on}",
            remedy="Give a later day to compare on.",
        )
    compared = compare(treaty, acts, arguments.on, readings=readings, given=given)
    others = list(other_readings(treaty, acts, arguments.on, readings=readings, given=given))
    report = exit_report(compared, treaty.state_name, others)
    figures = draw_exit(compared, treaty.state_name)
    return _show(arguments, exit_document(compared), report, figures)


def _swept_by_two(arguments: argparse.Namespace) -> list[Comparison]:
    """All exits in their order, half of them found by each of two processes."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    asked = argparse.Namespace(
        **{k: v for k, v in vars(arguments).items() if k != "handler"}
    )  # fmt: skip
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        other = pool.submit(_swept, asked, 1)
        mine = _swept(asked, 0, told=True)
        theirs = other.result()
    found = [one for pair in zip(mine, theirs, strict=False) for one in pair]
    return found + mine[len(theirs) :]


def _counted(exits: Iterator[Comparison], processes: int) -> list[Comparison]:
    """All of them, with a count on a terminal while they come."""
    from overflight.cli.searching import Progress

    progress, found = Progress(), []
    try:
        for one in exits:
            found.append(one)
            about = "about " if processes > 1 else ""
            progress(f"{about}{processes * len(found)} exits")
    finally:
        progress.close()
    return found


def _swept(arguments: argparse.Namespace, part: int, *, told: bool = False) -> list[Comparison]:
    from overflight.cli.common import parse_readings
    from overflight.study.membership.exits import sweep

    treaty, readings = _treaty(arguments), parse_readings(arguments.reading)
    given = _given(arguments, treaty, readings)
    parts = sweep(
        treaty, arguments.on, size=arguments.all, readings=readings, given=given, part=(part, 2)
    )
    return _counted(parts, 2) if told else list(parts)


def _sweep_text(document: dict[str, Any]) -> str:
    from overflight.cli.tables import table

    def lost(row: dict[str, Any]) -> int:
        return int(row["distribution_lost_for_good"] or 0)

    rows = sorted(document["exits"], key=lambda r: (-lost(r), r["leave"]))
    text = table(
        ("leave", "quotas left", "pairs left", "flights left", "not to be had elsewhere"),
        [
            (
                "+".join(row["leave"]), str(row["passive_quota_total"]),
                str(row["pairs_that_may_observe"]), str(row["distribution_flights"] or "-"),
                str(lost(row)),
            )
            for row in rows
        ],
    )  # fmt: skip
    return (
        f"Every exit on {document['on']}: {len(rows)}, those that cost the most first\n{text}\n"
        "Quotas: of the holders whose quota is public."
        + (f" Flights: of {document['reckoned_in']}." if document["reckoned_in"] else "")
    )


def _return(arguments: argparse.Namespace) -> int:
    from overflight.cli.common import parse_readings
    from overflight.formats.cost_inputs import read_costs
    from overflight.report.study_membership import return_report
    from overflight.report.study_membership_plots import draw_return
    from overflight.study.membership.documents import return_document
    from overflight.study.membership.returning import flights_held, way_back

    treaty, readings = _treaty(arguments), parse_readings(arguments.reading)
    given = _given(arguments, treaty, readings)
    wishes = given.wishes if given is not None else ()
    flights = flights_held(treaty, arguments.state, arguments.on, wishes, readings)
    found = way_back(
        treaty,
        arguments.state,
        arguments.on,
        costs=read_costs(arguments.costs) if arguments.costs else (),
        flights=flights,
        lends=_lends(arguments.lends) if arguments.lends else None,
        wanted=_wanted(arguments.flights),
        readings=readings,
        seed=arguments.seed,
    )
    report = return_report(found, treaty.state_name, given)
    return _show(arguments, return_document(found), report, draw_return(found, treaty.state_name))


def _wanted(flights: int | None) -> int | None:
    if flights is not None and not 0 < flights <= 10_000:
        raise DataError(f"{flights} flights a year will not do", remedy="Give 1 to 10000.")
    return flights


def _case(arguments: argparse.Namespace) -> int:
    from overflight.report.study_membership import case_report
    from overflight.report.study_membership_plots import draw_exit
    from overflight.study.membership.case import read_case
    from overflight.study.membership.documents import case_document
    from overflight.study.membership.exits import first_distribution, other_readings
    from overflight.treaty.loader import available_treaties, default_treaty, load_treaty

    treaties = {name: load_treaty(name) for name in available_treaties()}
    main = treaties[default_treaty()]
    given = first_distribution(main)
    found = read_case(arguments.case, treaties, given)
    treaty = treaties[found.treaty]
    acts = found.comparison.acts
    others = list(other_readings(treaty, acts, found.comparison.on, given=given))
    report = case_report(found, treaty.state_name, others)
    figures = draw_exit(found.comparison, treaty.state_name)
    _show(arguments, case_document(found), report, figures)
    return EXIT_BREACH if found.wrong else EXIT_OK


def _treaty(arguments: argparse.Namespace) -> Treaty:
    from overflight.treaty.loader import default_treaty, load_treaty

    return load_treaty(arguments.treaty or default_treaty(), arguments.overlay)


def _given(arguments: argparse.Namespace, treaty: Treaty, readings: dict[str, str]) -> Given | None:
    from overflight.formats.quota_files import read_wishes
    from overflight.study.membership.exits import Given, first_distribution

    asked = arguments.wishes
    if asked and not asked.startswith("enacted:"):
        return Given(f"the distribution of {asked}", read_wishes(asked))
    first = first_distribution(treaty, readings) if treaty.quota_limits else None
    if asked and (first is None or asked != f"enacted:{first.year}"):
        raise DataError(
            f"the data of {treaty.short} hold no distribution {asked.partition(':')[2]!r}",
            remedy="Give a file" + (f", or enacted:{first.year}." if first else "."),
        )
    return first


def _lends(path: Path) -> dict[str, frozenset[str]]:
    from overflight.files import read_bounded
    from overflight.formats.strict_json import decode_utf8

    found: dict[str, set[str]] = {}
    for number, line in enumerate(decode_utf8(read_bounded(path), str(path)).splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        owner, comma, observer = (part.strip() for part in line.partition(","))
        if not (owner and comma and observer):
            raise DataError(
                f"{line!r} is not OWNER,OBSERVER", file=path, line=number, remedy="Write ABC,DEF."
            )
        if (owner, observer) != ("owner", "observer"):
            found.setdefault(owner, set()).add(observer)
    return {owner: frozenset(others) for owner, others in found.items()}


def _show(
    arguments: argparse.Namespace,
    document: dict[str, Any],
    report: StudyReport,
    figures: dict[str, Callable[[Any], None]] | Any,
) -> int:
    from overflight.report.study_page import study_text, write_study

    if arguments.out is not None:
        for path in write_study(report, figures, arguments.out):
            print(path, file=sys.stderr)
    if arguments.json:
        print_json(document)
    else:
        print(study_text(report))
    return EXIT_OK
