"""What the verbs of ``overflight holdings`` do."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from overflight.cli.common import print_json
from overflight.cli.ledger_files import add_lines, read_ledger
from overflight.cli.tables import table
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, DataError

if TYPE_CHECKING:
    from overflight.procedure.holdings import HoldingsLedger
    from overflight.terms.findings import Findings
    from overflight.terms.holdings import HoldingEntry

_BALANCES = "balances"
"""The predicate that looks at two statements and what lies between them."""


def _open(arguments: argparse.Namespace) -> HoldingsLedger:
    from overflight.formats.holdings_files import holding_from_dict
    from overflight.procedure.holdings import HoldingsLedger
    from overflight.treaty.loader import load_treaty

    ledger = HoldingsLedger(load_treaty(arguments.treaty))
    return read_ledger(ledger, arguments.ledger, holding_from_dict)


def _with_files(arguments: argparse.Namespace) -> HoldingsLedger:
    """The ledger, and behind it the files; DataError where neither is named."""
    if not arguments.files and not arguments.ledger:
        raise DataError("no holdings are named", remedy="Give a FILE, or --ledger FILE.")
    ledger = _open(arguments)
    ledger.extend(_entries(arguments, ledger))
    known_on = getattr(arguments, "known_on", None)
    return ledger if known_on is None else ledger.as_of(known_on)


def _entries(arguments: argparse.Namespace, ledger: HoldingsLedger) -> list[HoldingEntry]:
    """The lines of the files in the order of their days of entry; what they correct, counted
    from the first line of each file, becomes the number in the ledger."""
    from overflight.formats.holdings_files import holdings_rows
    from overflight.terms.holdings import HoldingEntry

    day = getattr(arguments, "date", None) or max(
        (ledger.last_day or dt.date.min), dt.datetime.now(dt.UTC).date()
    )
    found: list[HoldingEntry] = []
    before = len(ledger)
    for file in arguments.files:
        rows = holdings_rows(file)
        entries = [HoldingEntry(**{"number": 0, "date": day, **row}) for row in rows]
        found += [
            entry if entry.corrects is None else replace(entry, corrects=entry.corrects + before)
            for entry in entries
        ]
        before += len(entries)
    if len({entry.date for entry in found}) > 1 and all(e.corrects is None for e in found):
        found.sort(key=lambda entry: entry.date)
    return found


def check(arguments: argparse.Namespace) -> int:
    from overflight.procedure.holdings import check_holdings

    found = check_holdings(_with_files(arguments), arguments.on, only=arguments.rule)
    return _findings(arguments, _of(found, arguments.party))


def _of(found: Findings, codes: Iterable[str] | None) -> Findings:
    """The findings that name one of these Parties or groups in their place."""
    from overflight.terms.findings import Findings

    if not codes:
        return found
    wanted = set(codes)
    kept = [f for f in found.items if wanted & set(f.where.replace(",", " ").split())]
    return Findings(tuple(kept), found.readings, found.notes)


def compare(arguments: argparse.Namespace) -> int:
    from overflight.procedure.holdings import check_holdings

    ledger = _with_files(arguments)
    rules = [r.id for r in ledger.treaty.rules if r.predicate == _BALANCES]
    last = max((entry.valid for entry in ledger), default=None)
    on = arguments.on or last
    if on is None or not rules:
        raise DataError("there is nothing to compare", remedy="Give files of two years.")
    return _findings(arguments, check_holdings(ledger, on, only=rules))


def _findings(arguments: argparse.Namespace, found: Findings) -> int:
    from overflight.report.text import findings_text
    from overflight.terms.findings import Verdict

    if arguments.json:
        print_json(found.as_dict())
    else:
        print(findings_text(found))
    codes = {Verdict.BREACH: EXIT_BREACH, Verdict.UNDETERMINED: EXIT_UNDETERMINED}
    return codes.get(found.verdict, EXIT_OK)


def show(arguments: argparse.Namespace) -> int:
    from overflight.procedure.holdings import holdings_state
    from overflight.report.holdings_text import state_text

    document = holdings_state(_with_files(arguments), arguments.on)
    if arguments.json:
        print_json(document)
    else:
        print(state_text(document, table))
    return EXIT_OK


def bring(arguments: argparse.Namespace) -> int:
    if not arguments.files:
        raise DataError("no file is named", remedy="Give a FILE, or - for standard input.")
    ledger = _open(arguments)
    return _add_all(arguments, ledger, _entries(arguments, ledger))


def correct(arguments: argparse.Namespace) -> int:
    from overflight.terms.holdings import HoldingEntry

    ledger = _open(arguments)
    kinds = [kind.kind for kind in ledger.frame.kinds.values() if kind.effect == "cancels"]
    if not kinds:
        raise DataError(
            f"{ledger.treaty.short} has no kind of entry that corrects",
            remedy="Add one to holdings.toml.",
        )
    day = arguments.date or dt.datetime.now(dt.UTC).date()
    number = arguments.number
    entry = HoldingEntry(0, day, day, kinds[0], corrects=number, remark=arguments.remark)
    return _add_all(arguments, ledger, [entry])


def _add_all(
    arguments: argparse.Namespace, ledger: HoldingsLedger, entries: list[HoldingEntry]
) -> int:
    from overflight.formats.holdings_files import holding_to_dict, holdings_document

    done = add_lines(ledger, arguments.ledger, entries, holding_to_dict)
    print(f"{len(done)} entries added to {arguments.ledger}", file=sys.stderr)
    if arguments.json:
        print_json(holdings_document(ledger.treaty.id, done))
    return EXIT_OK


def export(arguments: argparse.Namespace) -> int:
    from overflight.formats.holdings_files import holdings_csv, holdings_document

    ledger = _with_files(arguments)
    if arguments.on is not None:
        ledger = ledger.as_of(arguments.on)
    if arguments.json or arguments.format == "json":
        print_json(holdings_document(ledger.treaty.id, ledger))
    else:
        print(holdings_csv(ledger), end="")
    return EXIT_OK
