"""``overflight chronicle forecast`` and what goes with it: a ledger of forecasts."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, parse_date, print_json
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.study.chronicle.forecasts import Forecast, Outcome

_LEDGER_BYTES = 1 << 28
_TRIES = 50
"""How often a writer looks again when others wrote meanwhile."""


def add_forecasts(verbs: Any) -> None:
    """The verbs that keep and score a ledger."""
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
    resolve.add_argument(
        "--on", type=parse_date, metavar="DATE", help="the day it became known (today)"
    )
    add_json_option(resolve)
    resolve.set_defaults(handler=_resolve)
    scores = verbs.add_parser("scores", help="what the forecasts are worth against the base rate")
    scores.add_argument("ledger", type=Path, metavar="FILE")
    scores.add_argument("--by", metavar="WHO", help="those of one forecaster")
    scores.add_argument("--seed", type=int, default=0, help="of the bootstrap (0)")
    add_json_option(scores)
    scores.set_defaults(handler=_scores)
    verify = verbs.add_parser(
        "verify",
        help="is the ledger as it was written, and does it begin as it did when it was witnessed",
        description="Check the chain of the ledger and print its head: the SHA-256 of all its "
        "lines. A head that was logged (overflight log append --sha256 decision=HEX) or published "
        "on a day dates every line before it; --head asks whether the ledger still holds it.",
    )
    verify.add_argument("ledger", type=Path, metavar="FILE")
    verify.add_argument(
        "--head", action="append", default=[], metavar="HEX", help="an earlier head (repeatable)"
    )
    add_json_option(verify)
    verify.set_defaults(handler=_verify)


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
    from overflight.study.chronicle.forecasts import admit_today, entry_line, replay

    line = entry_line(entry)
    for left in range(_TRIES, 0, -1):
        entries = _ledger(arguments.ledger, there=False)
        replay(entries)
        admit_today(entries, entry, _today())
        try:
            append(arguments.ledger, line, seen=len(entries))
            break
        except DataError:
            if left == 1 or len(_ledger(arguments.ledger, there=False)) == len(entries):
                raise
    if arguments.json:
        print_json({"kind": "forecast-entry", "version": 1, "entry": line})
    else:
        print(f"{arguments.ledger}: entered {line['kind']} {line['id']}")
    return EXIT_OK


def _verify(arguments: argparse.Namespace) -> int:
    from overflight.files import read_bounded
    from overflight.logs import read_log
    from overflight.report.chronicle import ledger_text
    from overflight.study.chronicle.documents import ledger_document
    from overflight.study.chronicle.forecasts import replay

    replay(_ledger(arguments.ledger))
    read = read_log(arguments.ledger)
    whole = read_bounded(arguments.ledger, limit=_LEDGER_BYTES)
    whole = whole[: len(whole) - len(read.torn)]
    document = ledger_document(whole, arguments.head, unfinished=len(read.torn))
    if missing := [row["head"] for row in document["witnessed"] if row["records"] is None]:
        raise DataError(
            f"the ledger never had the head {missing[0]}, or what was before it was changed",
            file=arguments.ledger,
            remedy="Compare with a copy made when the head was witnessed.",
        )
    if arguments.json:
        print_json(document)
    else:
        print(ledger_text(document))
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
    found = score(mine, outcomes, today=_today(), seed=arguments.seed)
    document = scores_document(found, mine, outcomes, arguments.seed)
    if arguments.json:
        print_json(document)
    else:
        print(scores_text(document, table))
    return EXIT_OK
