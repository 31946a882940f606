"""What the verbs of ``overflight quota`` do."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import parse_readings, print_json
from overflight.cli.ledger_files import add_lines, read_ledger
from overflight.cli.tables import table
from overflight.errors import EXIT_OK, EXIT_UNDETERMINED, DataError

if TYPE_CHECKING:
    from overflight.procedure.ledger import Ledger
    from overflight.procedure.rulebook import Rulebook
    from overflight.terms.quotas import Entry, Wish

_ENACTED = "enacted:"


def _rules(arguments: argparse.Namespace) -> Rulebook:
    from overflight.procedure.rulebook import Rulebook
    from overflight.treaty.loader import default_treaty, load_treaty

    treaty = load_treaty(arguments.treaty or default_treaty(), arguments.overlay)
    return Rulebook(treaty, parse_readings(arguments.reading))


def _open(rules: Rulebook, path: str | None, *, there: bool = False) -> Ledger:
    """The ledger of a file; an empty one where there is none yet, or no file is named.

    ``there`` refuses a file that does not exist: who only reads has mistyped its name.
    """
    from overflight.formats.quota_files import entry_from_dict
    from overflight.procedure.ledger import Ledger

    if there and path is not None and not Path(path).exists():
        raise DataError(
            "there is no ledger",
            file=path,
            remedy="Check the name; 'quota record' and 'quota distribute --enter' make a new one.",
        )
    return read_ledger(Ledger(rules), path, entry_from_dict)


def _enter(ledger: Ledger, path: str, entries: Iterable[Entry]) -> list[Entry]:
    """Check all of them, then write them one after the other; each is on disk when it returns."""
    from overflight.formats.quota_files import entry_to_dict

    return add_lines(ledger, path, entries, entry_to_dict)


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _print(
    arguments: argparse.Namespace,
    document: Mapping[str, Any],
    text: Callable[[Mapping[str, Any], Any], str],
) -> None:
    if arguments.json:
        print_json(document)
    else:
        print(text(document, table))


def _wishes(rules: Rulebook, source: str | None) -> tuple[Wish, ...]:
    from overflight.formats.quota_files import read_wishes
    from overflight.procedure.ledger import enacted_wishes

    if source is None:
        return ()
    if not source.startswith(_ENACTED):
        return read_wishes(source)
    year = source.removeprefix(_ENACTED)
    if not year.isdecimal() or not 1 <= int(year) <= 9999:
        raise DataError(f"{year!r} is not a year", remedy="Write enacted:2002.")
    wishes, apart = enacted_wishes(rules, dt.date(int(year), 1, 1))
    for line in apart:
        print(f"left out: {line}", file=sys.stderr)
    if not wishes:
        raise DataError(
            f"the treaty's data have no distribution for {year}",
            remedy="Give a file with the flights of that year.",
        )
    return wishes


def _numbers(texts: Iterable[str]) -> dict[str, int]:
    found = {}
    for text in texts:
        code, _, number = text.partition("=")
        if not (code and number.isdecimal() and len(number) < 5):
            raise DataError(f"{text!r} is not CODE=N", remedy="Write --passive ABC=4.")
        found[code] = int(number)
    return found


def distribute(arguments: argparse.Namespace) -> int:
    from overflight.procedure.distribution import distribute as review
    from overflight.procedure.documents import distribution_dict
    from overflight.report.quota_text import distribution_text

    if arguments.enter and not arguments.ledger:
        raise DataError("no ledger is named", remedy="Give --ledger FILE with --enter.")
    if (arguments.no_agreement or arguments.keep_unasked) and not arguments.last_year:
        raise DataError(
            "last year's distribution is not given",
            remedy="Give --last-year FILE, or --last-year enacted:YEAR.",
        )
    if not 0 < arguments.seconds <= 86_400:
        raise DataError(f"{arguments.seconds:g} seconds will not do", remedy="Give 1 to 86400.")
    rules = _rules(arguments)
    found = review(
        rules,
        _year(rules, arguments.year),
        _wishes(rules, arguments.requests),
        last_year=_wishes(rules, arguments.last_year),
        keep_unasked=arguments.keep_unasked,
        no_agreement=arguments.no_agreement,
        passive=_numbers(arguments.passive),
        fairness=arguments.fairness,
        order=arguments.order,
        proportionate=arguments.proportionate,
        seed=arguments.seed,
        seconds=arguments.seconds,
    )
    if arguments.enter:
        ledger = _open(rules, arguments.ledger)
        entries = found.entries(arguments.date or _today(), arguments.ref)
        done = _enter(ledger, arguments.ledger, entries)
        print(f"{len(done)} entries added to {arguments.ledger}", file=sys.stderr)
    _print(arguments, distribution_dict(found), distribution_text)
    return EXIT_UNDETERMINED if found.undecided else EXIT_OK


def _year(rules: Rulebook, year: int) -> int:
    if not rules.periods.own and not 1900 <= year <= 2999:
        raise DataError(f"{year} is not a year", remedy="Give a year, e.g. 2021.")
    return year


def show(arguments: argparse.Namespace) -> int:
    from overflight.procedure.book import year_book
    from overflight.report.quota_text import book_text

    rules = _rules(arguments)
    ledger = _open(rules, arguments.ledger, there=True) if arguments.ledger else None
    span = rules.periods.numbered(_year(rules, arguments.year))
    on = arguments.on or (span.last if ledger else span.first)
    _print(arguments, year_book(rules, arguments.year, on, ledger), book_text)
    return EXIT_OK


def record(arguments: argparse.Namespace) -> int:
    from overflight.terms.quotas import Entry

    rules = _rules(arguments)
    ledger = _open(rules, arguments.ledger)
    date = arguments.date or _today()
    if rules.entry_kind(arguments.kind).only == "observed" and not arguments.observed:
        arguments.observer, arguments.observed = "", arguments.observer
    entry = Entry(
        0,
        date,
        rules.periods.at(date).number if arguments.year is None else arguments.year,
        arguments.kind,
        arguments.observer,
        arguments.observed,
        arguments.flights,
        tuple(getattr(arguments, "shared_with", ())),
        tuple(getattr(arguments, "also_over", ())),
        arguments.to,
        tuple(arguments.agreed),
        getattr(arguments, "quarter", None),
        (),
        arguments.ref,
        getattr(arguments, "corrects", None),
        arguments.despite,
        arguments.remark,
    )
    done = _enter(ledger, arguments.ledger, [entry])
    _entries(arguments, ledger, done)
    return EXIT_OK


def enter(arguments: argparse.Namespace) -> int:
    from overflight.formats.times import read_time
    from overflight.mission.quota_entry import to_enter
    from overflight.mission.seat.folder import open_seat

    seat = open_seat(Path(arguments.mission))
    if seat.mission.marks and not arguments.marked:
        raise DataError(
            f"the mission {seat.mission.id} is marked {', '.join(seat.mission.marks)}",
            file=seat.folder,
            remedy="It belongs in no ledger of real quotas; for the ledger of an exercise, add "
            "--marked.",
        )
    arguments.treaty = arguments.treaty or seat.mission.treaty
    rules = _rules(arguments)
    _of_one_regime(rules, seat.mission.treaty)
    ledger = _open(rules, arguments.ledger)
    now = dt.datetime.now(dt.UTC)
    at = read_time(arguments.at, where="--at") if arguments.at else now
    found = to_enter(
        seat,
        ledger,
        at,
        arguments.date or _today(),
        year=None if arguments.year is None else _year(rules, arguments.year),
        shared_with=arguments.shared_with,
        also_over=arguments.also_over,
        despite=arguments.despite,
    )
    if found.why:
        print(found.why, file=sys.stderr)
    done = _enter(ledger, arguments.ledger, found.entries)
    if done or arguments.json:
        _entries(arguments, ledger, done)
    return EXIT_OK


def _of_one_regime(rules: Rulebook, name: str) -> None:
    from overflight.treaty.loader import load_treaty

    theirs = load_treaty(name).id
    if rules.treaty.id != theirs:
        raise DataError(
            f"the mission is one of {theirs}, the ledger one of {rules.treaty.id}",
            remedy="Leave out --treaty, or name the mission's.",
        )


def _entries(arguments: argparse.Namespace, ledger: Ledger, entries: list[Entry]) -> None:
    from overflight.formats.quota_files import entry_to_dict
    from overflight.procedure.documents import entries_dict
    from overflight.report.quota_text import entries_text

    rows = [entry_to_dict(entry) for entry in entries]
    _print(arguments, entries_dict(ledger, entries, rows), entries_text)


def standing(arguments: argparse.Namespace) -> int:
    from overflight.procedure.documents import standing_dict
    from overflight.procedure.ledger import standing as ask
    from overflight.report.quota_text import standing_text

    ledger = _open(_rules(arguments), arguments.ledger, there=True)
    parties = arguments.observer, arguments.observed
    found = ask(ledger, *parties, arguments.on, sort=arguments.sort)
    _print(arguments, standing_dict(found), standing_text)
    return EXIT_OK if found.left is not None else EXIT_UNDETERMINED


def history(arguments: argparse.Namespace) -> int:
    ledger = _open(_rules(arguments), arguments.ledger, there=True)
    if arguments.on is not None:
        ledger = ledger.as_of(arguments.on)
    _entries(arguments, ledger, list(ledger.history(*arguments.codes)))
    return EXIT_OK


def sequence(arguments: argparse.Namespace) -> int:
    from overflight.formats.quota_files import read_quarter_wishes
    from overflight.procedure.documents import sequence_dict
    from overflight.procedure.quarters import sequence as order
    from overflight.report.quota_text import sequence_text

    rules = _rules(arguments)
    plans = read_quarter_wishes(arguments.plans)
    found = order(rules, _year(rules, arguments.year), plans, seed=arguments.seed)
    _print(arguments, sequence_dict(found), sequence_text)
    return EXIT_OK
