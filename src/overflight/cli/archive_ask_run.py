"""What ``overflight archive access | search | request | deliver | asked | accesses`` do."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from overflight.cli.bundle_run import now
from overflight.cli.common import parse_readings, print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, DataError

if TYPE_CHECKING:
    from overflight.archive.access.flights import Flights
    from overflight.archive.access.rights import Rights
    from overflight.archive.keeping.layout import Archive
    from overflight.archive.keeping.missions import Mission
    from overflight.terms.access import Asker
    from overflight.treaty.model import Treaty


def access(arguments: argparse.Namespace) -> int:
    from overflight.archive.keeping import missions as tables
    from overflight.archive.keeping.desk import at_desk
    from overflight.cli.tables import table
    from overflight.report.archive_ask import access_text, access_to_dict

    archive, flights = _opened(arguments)
    with at_desk(archive) as desk:
        found = tables.missions(desk.connection)
        if arguments.mission is not None:
            found = tuple(o for o in found if arguments.mission in (o.bundle, o.collection))
            if not found:
                raise DataError(
                    f"the archive has no mission {arguments.mission!r}", file=archive.root,
                    remedy=f"'overflight archive show {archive.root}' lists them.",
                )  # fmt: skip
        rights = _rights(arguments, archive, flights, found)
    if arguments.json:
        print_json(access_to_dict(archive.settings, flights.settings.readings, found, rights))
    else:
        wholly = arguments.mission is not None
        print(access_text(archive.settings, found, rights, table, wholly=wholly))
    return EXIT_OK


def search(arguments: argparse.Namespace) -> int:
    from overflight.archive.access import finding
    from overflight.archive.access.finding import sight_of
    from overflight.archive.access.journal import Access, Journal
    from overflight.archive.keeping import missions as tables
    from overflight.archive.keeping.desk import at_desk
    from overflight.cli.tables import table
    from overflight.report.archive_ask import found_text, found_to_dict

    archive, flights = _opened(arguments)
    with at_desk(archive) as desk:
        missions = tables.missions(desk.connection)
        rights = _rights(arguments, archive, flights, missions)
        sight = sight_of(desk.connection, missions, rights)
        query = _query(arguments)
        with Journal(archive.access) as journal:
            journal.add([
                Access(
                    _moment(), rights.asker, "find", _words(arguments),
                    "allowed" if sight.found else "denied", "", "", arguments.purpose,
                    arguments.by,
                )
            ])  # fmt: skip
        with desk.catalogue() as catalogue:
            page = finding.search(catalogue, query, sight)
    if arguments.json:
        print_json(found_to_dict(archive.settings, rights, sight, page))
    else:
        print(found_text(rights, sight, page, table))
    return EXIT_OK


def request(arguments: argparse.Namespace) -> int:
    from overflight.archive.access.rights import refuse
    from overflight.archive.asking import documents, register
    from overflight.archive.asking.documents import Particulars, make_notice, make_request
    from overflight.archive.asking.sending import decide_to_ask, write_request

    archive, flights = _opened(arguments)
    asker, at = arguments.asker or archive.settings.holder, now(arguments)
    treaty = flights.named(arguments.treaty or archive.settings.treaty)
    if treaty is None and arguments.treaty:
        from overflight.treaty.loader import load_treaty

        treaty = load_treaty(arguments.treaty)
    if treaty is None:
        raise DataError("it is not plain under which treaty", remedy="Say so: --treaty NAME.")
    _know_readings(arguments, (treaty,))
    what = Particulars(
        arguments.observing, arguments.observed, arguments.date, arguments.sensor,
        tuple(_span(text) for text in arguments.portion), arguments.medium, arguments.format,
    )  # fmt: skip
    decision = decide_to_ask(archive, flights, treaty, asker, what, at.date(), arguments.bundle)
    if not decision.allowed:
        raise refuse(decision)
    made = make_request(treaty, asker, what, at, arguments.bundle)
    told = make_notice(made, at)
    documents.to_bytes(told)
    write_request(arguments.out, made, told)
    register.put(archive, [made, told], at)
    return _show_asked(arguments, archive, [str(made["id"])], treaty.id, at)


def deliver(arguments: argparse.Namespace) -> int:
    from overflight.archive.asking import documents
    from overflight.archive.asking.delivering import answer
    from overflight.files import read_bounded
    from overflight.report.archive_ask import answered_text, answered_to_dict

    archive, flights = _opened(arguments)
    data = read_bounded(arguments.request, limit=documents.MOST_BYTES)
    asked_for = documents.from_bytes(data, documents.REQUEST, str(arguments.request))
    treaty = flights.named(str(asked_for["treaty"]))
    _know_readings(arguments, () if treaty is None else (treaty,))
    if arguments.out.exists():
        raise DataError(
            "there is something here already", file=arguments.out, remedy="Name a new folder."
        )
    found = answer(
        archive, asked_for, now(arguments), arguments.out, flights, names=arguments.file,
        by=arguments.by,
    )  # fmt: skip
    out = str(arguments.out) if found.delivery is not None else None
    if arguments.json:
        print_json(answered_to_dict(found, out))
    else:
        print(answered_text(found, out))
    if found.delivery is not None:
        return EXIT_OK
    undetermined = found.decided["decision"]["answer"] == "undetermined"
    return EXIT_UNDETERMINED if undetermined else EXIT_BREACH


def asked(arguments: argparse.Namespace) -> int:
    from overflight.archive.asking import register
    from overflight.archive.asking.proving import problems

    archive, _ = _opened(arguments)
    if arguments.take is not None:
        from overflight.archive.asking.receiving import take

        taken, _ = take(archive, arguments.take, now(arguments))
        arguments.request = arguments.request or taken
    if arguments.request is not None:
        if arguments.take is None:
            register.known_request(archive, arguments.request)
        numbers = [arguments.request]
    else:
        numbers = [one.id for one in register.all_asked(archive)]
    status = _show_asked(arguments, archive, numbers, "", now(arguments))
    wrong = [p for n in numbers for p in problems(archive, register.asked(archive, n))]
    for problem in wrong:
        print(f"{problem.code}: {problem.where}: {problem.message}", file=sys.stderr)
    return EXIT_BREACH if any(p.code == "log-differs" for p in wrong) else status


def accesses(arguments: argparse.Namespace) -> int:
    from overflight.archive.access import journal
    from overflight.archive.access.heads import log_head, read_head
    from overflight.archive.keeping.layout import open_archive
    from overflight.cli.tables import table
    from overflight.report.archive_ask import accesses_text, accesses_to_dict

    archive = open_archive(arguments.archive)
    head = journal.head(archive.access)
    if arguments.head is not None and not journal.extends(
        archive.access, read_head(arguments.head)
    ):
        print("the record is not what it was at that head: accesses are missing", file=sys.stderr)
        return EXIT_BREACH
    if arguments.log:
        index = log_head(archive, now(arguments))
        print(f"head {head.count}:{head.sha256} is entry {index} of the log", file=sys.stderr)
    rows = [
        one for one in journal.read(archive.access)
        if (arguments.of is None or one.asker == arguments.of)
        and (arguments.mission is None or one.mission == arguments.mission)
        and (arguments.since is None or one.at.date() >= arguments.since)
    ]  # fmt: skip
    if arguments.json:
        print_json(accesses_to_dict(archive.settings, head, rows))
    else:
        print(accesses_text(head, rows, table))
    return EXIT_OK


def _opened(arguments: argparse.Namespace) -> tuple[Archive, Flights]:
    from overflight.archive.access.flights import Flights
    from overflight.archive.keeping.layout import open_archive

    archive = open_archive(arguments.archive)
    flights = Flights(archive, arguments.treaty)
    if getattr(arguments, "reading", None):
        flights.with_readings(parse_readings(arguments.reading))
    return archive, flights


def _know_readings(arguments: argparse.Namespace, treaties: Iterable[Treaty]) -> None:
    """Raise DataError for a reading that none of the treaties has."""
    known = {reading.name for treaty in treaties for reading in treaty.readings}
    for name in parse_readings(arguments.reading):
        if known and name not in known:
            from overflight.treaty.problems import did_you_mean

            raise DataError(
                f"no treaty here has a reading {name!r}", remedy=did_you_mean(name, known)
            )


def _asker(arguments: argparse.Namespace) -> Asker:
    from overflight.terms.access import BODY, COMMISSION, STATE, Asker

    code: str = arguments.asker
    if code.startswith("body:"):
        return Asker(code.removeprefix("body:"), BODY, purpose=arguments.purpose)
    sort = COMMISSION if code == COMMISSION else STATE
    return Asker(code, sort, purpose=arguments.purpose)


def _rights(
    arguments: argparse.Namespace, archive: Archive, flights: Flights, found: tuple[Mission, ...]
) -> Rights:
    from overflight.archive.access.rights import rights_of
    from overflight.archive.asking.delivering import handed_to
    from overflight.rules.access_case import know
    from overflight.terms.access import STATE

    asker = _asker(arguments)
    treaties = {t.id: t for t in map(flights.treaty, found) if t is not None}
    _know_readings(arguments, treaties.values())
    for treaty in treaties.values():  # a misspelt code is an error, not a denial
        view = flights.view(treaty, _day(arguments))
        if asker.sort == STATE:
            know(view, asker.code)
    handed = handed_to(archive, found, flights, asker.code, _day(arguments))
    return rights_of(flights, found, asker, _day(arguments), handed)


def _day(arguments: argparse.Namespace) -> dt.date:
    return arguments.on or _moment().date()


def _moment() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _query(arguments: argparse.Namespace) -> Any:
    from overflight.archive.catalogue.cql2 import read_text
    from overflight.archive.catalogue.moments import interval
    from overflight.archive.catalogue.protocol import Query

    return Query(
        collections=None if arguments.collection is None else tuple(arguments.collection),
        bbox=None if arguments.bbox is None else tuple(arguments.bbox),
        interval=None if arguments.interval is None else interval(arguments.interval),
        filter=None if arguments.filter is None else read_text(arguments.filter),
        limit=arguments.limit,
        token=arguments.token,
        matched=arguments.matched,
    )


def _words(arguments: argparse.Namespace) -> str:
    said = {
        "bbox": arguments.bbox, "interval": arguments.interval, "filter": arguments.filter,
        "collection": arguments.collection,
    }  # fmt: skip
    return "search " + " ".join(f"{k}={v}" for k, v in said.items() if v is not None)


def _span(text: str) -> Any:
    from overflight.archive.asking.documents import Span
    from overflight.formats.times import read_time

    first, slash, last = text.partition("/")
    if not slash:
        raise DataError(f"{text!r} is no portion", remedy="Write FROM/UNTIL, two instants.")
    where = "--portion"
    return Span(read_time(first, where=where), read_time(last, where=where))


def _show_asked(
    arguments: argparse.Namespace, archive: Archive, numbers: list[str], treaty: str,
    at: dt.datetime,
) -> int:  # fmt: skip
    from overflight.archive.access.flights import Flights
    from overflight.archive.asking import register
    from overflight.archive.asking.clock import standing
    from overflight.cli.tables import table
    from overflight.report.archive_ask import asked_text, asked_to_dict

    flights = Flights(archive, arguments.treaty)
    rows = []
    for number in numbers:
        one = register.asked(archive, number)
        known = flights.named(treaty or str((one.request or {}).get("treaty", "")))
        agreed = getattr(arguments, "agreed", None)
        rows.append((one, None if known is None else standing(known, one, at, agreed),
                     register.entries(archive, number)))  # fmt: skip
    if arguments.json:
        print_json(asked_to_dict(rows))
    else:
        print(asked_text(rows, table))
    return EXIT_OK
