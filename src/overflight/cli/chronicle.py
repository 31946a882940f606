"""``overflight chronicle``: what was said and done, by whom, where it was published."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.chronicle_forecast import add_forecasts
from overflight.cli.common import add_json_option, parse_date, print_json
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
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
    listed.add_argument(
        "--contradictions", action="store_true",
        help="only records told otherwise elsewhere, each with those that do",
    )  # fmt: skip
    listed.add_argument(
        "--export", type=Path, metavar="FILE", help="write them to FILE, .csv or .json"
    )
    listed.add_argument("--out", type=Path, metavar="DIR", help="write them as a page there")
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
    add_forecasts(verbs)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("treaties", nargs="*", metavar="NAME", help="names of regimes (all)")
    parser.add_argument("--from", dest="first", type=parse_date, metavar="DATE", help="from")
    parser.add_argument("--until", dest="last", type=parse_date, metavar="DATE", help="until")
    parser.add_argument("--actor", metavar="CODE", help="who did it, or towards whom")
    parser.add_argument(
        "--kind", action="append", default=[], metavar="KIND", help="of that kind (repeatable)"
    )


def _records(arguments: argparse.Namespace) -> tuple[list[str], list[Record]]:
    from overflight.study.chronicle.choice import Choice, chosen
    from overflight.treaty.chronicle import ontology
    from overflight.treaty.loader import available_treaties, load_treaty

    given = list(getattr(arguments, "treaties", None) or ())
    names = list(dict.fromkeys(given)) or list(available_treaties())
    records = [record for name in names for record in load_treaty(name).records]
    choice = Choice(
        getattr(arguments, "first", None),
        getattr(arguments, "last", None),
        getattr(arguments, "actor", None),
        tuple(getattr(arguments, "kind", ())),
        getattr(arguments, "contradictions", False),
    )
    return names, chosen(records, choice, ontology())


def _list(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import width
    from overflight.report.chronicle import chronicle_text
    from overflight.study.chronicle.documents import chronicle_document
    from overflight.treaty.chronicle import ontology

    names, records = _records(arguments)
    document = chronicle_document(records, ontology(), names)
    if arguments.export is not None:
        _export(arguments.export, document)
    if arguments.out is not None:
        from overflight.report.chronicle_page import chronicle_report
        from overflight.report.study_page import write_study
        from overflight.study.chronicle.direction import codings, unplaced, windows
        from overflight.study.chronicle.documents import direction_document

        found = windows(records, codings(records, ontology(), {}), years=5)
        travel = direction_document(found, names, ["ontology"], unplaced(records, found))
        for path in write_study(chronicle_report(document, travel), {}, arguments.out):
            print(path, file=sys.stderr)
    if arguments.json:
        print_json(document)
    else:
        print(chronicle_text(document, width()))
    return EXIT_OK


def _export(path: Path, document: dict[str, object]) -> None:
    from overflight.files import write_atomic
    from overflight.report.chronicle import chronicle_csv

    if path.suffix == ".csv":
        content = chronicle_csv(document)
    elif path.suffix == ".json":
        content = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    else:
        raise DataError(f"{path.name} is neither .csv nor .json", remedy="Give such a name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, content.encode())


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
    from overflight.study.chronicle.direction import codings, unplaced, windows
    from overflight.study.chronicle.documents import direction_document
    from overflight.treaty.chronicle import ontology

    if not 1 <= arguments.years <= 100:
        raise DataError(f"{arguments.years} years will not do", remedy="Give 1 to 100.")
    names, records = _records(arguments)
    coded = codings(records, ontology(), dict(_coder(text) for text in arguments.coder))
    found = windows(
        records, coded, years=arguments.years, first=arguments.first, last=arguments.last
    )
    document = direction_document(found, names, coded, unplaced(records, found))
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
