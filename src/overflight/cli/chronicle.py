"""``overflight chronicle``: what was said and done, by whom, where it was published."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, parse_date, print_json
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.study.chronicle.forecasts import Forecast, Outcome
    from overflight.terms.chronicle import Record


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "chronicle",
        help="what was said and done around the treaties, with its sources",
        description="Acts, statements, votes, meetings and flights with their publications, what "
        "contradicts what, which way it went, and forecasts that are held to account.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listed = verbs.add_parser("list", help="the records, by day")
    _add_choice(listed)
    add_json_option(listed)
    listed.set_defaults(handler=_list)
    show = verbs.add_parser("show", help="one record with all that is said of it")
    show.add_argument("id", metavar="ID", help="as 'chronicle list' shows it")
    show.add_argument("--treaty", action="append", default=[], metavar="NAME", help="(all)")
    add_json_option(show)
    show.set_defaults(handler=_show)
    travel = verbs.add_parser(
        "direction",
        help="towards co-operation or away from it, and how much that rests on whom",
        description="Directions and ranks, no decimals: what a few dozen reports can carry. Other "
        "coders give lines of RECORD,DIRECTION (-1, 0, 1).",
    )
    _add_choice(travel)
    travel.add_argument("--years", type=int, default=1, metavar="N", help="length of a window (1)")
    travel.add_argument(
        "--coder", action="append", default=[], metavar="NAME=FILE",
        help="another coder's directions (repeatable)",
    )  # fmt: skip
    add_json_option(travel)
    travel.set_defaults(handler=_direction)
    _add_forecasts(verbs)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("treaties", nargs="*", metavar="NAME", help="names of regimes (all)")
    parser.add_argument("--from", dest="first", type=parse_date, metavar="DATE", help="from")
    parser.add_argument("--until", dest="last", type=parse_date, metavar="DATE", help="until")
    parser.add_argument("--actor", metavar="CODE", help="who did it, or towards whom")
    parser.add_argument("--kind", metavar="KIND", help="of that kind")


def _add_forecasts(verbs: Any) -> None:
    forecast = verbs.add_parser(
        "forecast", help="enter a forecast: dated, and never changed afterwards"
    )
    forecast.add_argument("ledger", type=Path, metavar="FILE", help="the ledger, a .jsonl file")
    forecast.add_argument("--id", required=True, metavar="ID")
    forecast.add_argument("--question", required=True, metavar="TEXT", help="that has yes or no")
    forecast.add_argument(
        "--criteria",
        required=True,
        metavar="TEXT",
        help="what will count as yes, and by which source",
    )
    forecast.add_argument("--probability", required=True, metavar="P", help="0.7, 70%% or 7/10")
    forecast.add_argument("--by", required=True, metavar="WHO")
    forecast.add_argument("--closes", type=parse_date, required=True, metavar="DATE")
    add_json_option(forecast)
    forecast.set_defaults(handler=_forecast)
    resolve = verbs.add_parser("resolve", help="enter what became of a question, with its source")
    resolve.add_argument("ledger", type=Path, metavar="FILE")
    resolve.add_argument("--id", required=True, metavar="ID")
    resolve.add_argument("--outcome", required=True, choices=("yes", "no", "void"))
    resolve.add_argument("--source", required=True, metavar="TEXT")
    resolve.add_argument("--on", type=parse_date, metavar="DATE", help="(today)")
    add_json_option(resolve)
    resolve.set_defaults(handler=_resolve)
    scores = verbs.add_parser("scores", help="what the forecasts are worth against the base rate")
    scores.add_argument("ledger", type=Path, metavar="FILE")
    scores.add_argument("--by", metavar="WHO", help="those of one forecaster")
    scores.add_argument("--seed", type=int, default=0, help="of the bootstrap (0)")
    add_json_option(scores)
    scores.set_defaults(handler=_scores)


def _records(arguments: argparse.Namespace) -> tuple[list[str], list[Record]]:
    from overflight.study.chronicle.documents import both_ways
    from overflight.treaty.loader import available_treaties, load_treaty

    names = list(getattr(arguments, "treaties", None) or ()) or list(available_treaties())
    records = both_ways([record for name in names for record in load_treaty(name).records])
    first, last = getattr(arguments, "first", None), getattr(arguments, "last", None)
    actor, kind = getattr(arguments, "actor", None), getattr(arguments, "kind", None)
    found = [
        r
        for r in records
        if (first is None or r.latest >= first)
        and (last is None or r.earliest <= last)
        and (actor is None or actor in (*r.actors, *r.counterparts))
        and (kind is None or r.kind == kind)
    ]
    return names, sorted(found, key=lambda r: (r.earliest, r.latest, r.regime, r.id))


def _list(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.report.chronicle import chronicle_text
    from overflight.study.chronicle.documents import chronicle_document
    from overflight.treaty.chronicle import ontology

    names, records = _records(arguments)
    document = chronicle_document(records, ontology(), names)
    if arguments.json:
        print_json(document)
    else:
        print(chronicle_text(document, table))
    return EXIT_OK


def _show(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import width
    from overflight.report.chronicle import record_text
    from overflight.study.chronicle.documents import chronicle_document
    from overflight.treaty.chronicle import ontology
    from overflight.treaty.problems import did_you_mean

    names, records = _records(argparse.Namespace(treaties=arguments.treaty))
    found = [record for record in records if record.id == arguments.id]
    if not found:
        raise DataError(
            f"there is no record {arguments.id!r}",
            remedy=did_you_mean(arguments.id, [record.id for record in records]),
        )
    document = chronicle_document(found, ontology(), names)
    if arguments.json:
        print_json(document)
    else:
        print("\n\n".join(record_text(row, width()) for row in document["records"]))
    return EXIT_OK


def _direction(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.report.chronicle import direction_text
    from overflight.study.chronicle.direction import codings, windows
    from overflight.study.chronicle.documents import direction_document
    from overflight.treaty.chronicle import ontology

    if not 1 <= arguments.years <= 100:
        raise DataError(f"{arguments.years} years will not do", remedy="Give 1 to 100.")
    names, records = _records(arguments)
    coded = codings(records, ontology(), dict(_coder(text) for text in arguments.coder))
    found = windows(
        records, coded, years=arguments.years, first=arguments.first, last=arguments.last
    )
    document = direction_document(found, names, coded)
    if arguments.json:
        print_json(document)
    else:
        print(direction_text(document, table))
    return EXIT_OK


def _coder(text: str) -> tuple[str, dict[str, int]]:
    from overflight.files import read_bounded
    from overflight.formats.strict_json import decode_utf8

    name, equals, file = text.partition("=")
    if not (name and equals and file):
        raise DataError(f"{text!r} is not NAME=FILE", remedy="Write --coder me=mine.csv.")
    found = {}
    lines = decode_utf8(read_bounded(Path(file)), file).splitlines()
    for number, line in enumerate(lines, start=1):
        record, comma, direction = (part.strip() for part in line.partition(","))
        if not line.strip() or record == "record":
            continue
        if not comma or direction not in ("-1", "0", "1", "+1"):
            raise DataError(
                f"{line!r} is not RECORD,DIRECTION", file=file, line=number,
                remedy="Write the id and -1, 0 or 1.",
            )  # fmt: skip
        found[record] = int(direction)
    return name, found


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _ledger(path: Path, *, there: bool = True) -> list[Forecast | Outcome]:
    from overflight.logs import read_log
    from overflight.study.chronicle.forecasts import read_entry

    if not path.exists():
        if there:
            raise DataError(
                "there is no ledger of forecasts", file=path,
                remedy="Check the name; 'chronicle forecast' makes a new one.",
            )  # fmt: skip
        return []
    return [
        read_entry(record, number) for number, record in enumerate(read_log(path).records, start=1)
    ]


def _enter(arguments: argparse.Namespace, entry: Forecast | Outcome) -> int:
    from overflight.logs import append
    from overflight.study.chronicle.forecasts import admit, entry_line, replay

    entries = _ledger(arguments.ledger, there=False)
    replay(entries)
    admit(entries, entry)
    line = entry_line(entry)
    append(arguments.ledger, line, seen=len(entries))
    if arguments.json:
        print_json({"kind": "forecast-entry", "version": 1, "entry": line})
    else:
        print(f"{arguments.ledger}: entered {line['kind']} {line['id']}")
    return EXIT_OK


def _forecast(arguments: argparse.Namespace) -> int:
    from overflight.study.chronicle.forecasts import Forecast, probability

    return _enter(
        arguments,
        Forecast(
            arguments.id, arguments.question, arguments.criteria, arguments.by,
            _today(), arguments.closes, probability(arguments.probability),
        ),
    )  # fmt: skip


def _resolve(arguments: argparse.Namespace) -> int:
    from overflight.study.chronicle.forecasts import Outcome

    came = {"yes": True, "no": False, "void": None}[arguments.outcome]
    return _enter(
        arguments, Outcome(arguments.id, came, arguments.on or _today(), arguments.source)
    )


def _scores(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.report.chronicle import scores_text
    from overflight.study.chronicle.documents import scores_document
    from overflight.study.chronicle.forecasts import replay, score

    forecasts, outcomes = replay(_ledger(arguments.ledger))
    mine = [f for f in forecasts if arguments.by in (None, f.by)]
    found = score(mine, outcomes, seed=arguments.seed)
    document = scores_document(found, mine, outcomes, arguments.seed)
    if arguments.json:
        print_json(document)
    else:
        print(scores_text(document, table))
    return EXIT_OK
