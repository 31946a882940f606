"""``overflight study reciprocity``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.common import add_json_option, print_json
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.study.reciprocity.asked import Asked

_DEFAULTS = {
    "payoffs": "5,3,1,0",
    "noise": "0",
    "detect": "0.2",
    "false_alarm": "0.02",
    "flights": 1,
    "alarms": 1,
}
_RULES = ("any", "any-lot", "k-of-n", "best")


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``reciprocity``."""
    parser = verbs.add_parser(
        "reciprocity",
        help="when keeping to an agreement pays: strategies under errors, and the flights it takes",
        description="A repeated game of two sides that see one another through errors. --pair "
        "gives what two strategies come to, exactly; --quota the fewest flights a year that make "
        "keeping worth it. Every number is of the model and of your inputs: no forecast.",
        epilog="Strategies: allc, alld, tft, gtft[:SHARE], wsls, grim, extort:FACTOR[:PHI], "
        "equalise:P1:P4, forgive:YEARS, or the chances to keep after both kept, only I, only the "
        "other, neither: 1:0:1:1/3.",
    )
    game = parser.add_argument_group("the game")
    game.add_argument(
        "--payoffs", metavar="T,R,P,S",
        help=f"temptation, reward, punishment, sucker ({_DEFAULTS['payoffs']})",
    )  # fmt: skip
    game.add_argument("--noise", metavar="E", help="chance that a move fails, 0 to 0.5 (0)")
    game.add_argument(
        "--discount", metavar="D",
        help="weight of the next year, below 1 (pair: the long run; quota: 0.9)",
    )  # fmt: skip
    game.add_argument("--pair", metavar="A,B", help="two strategies against each other")
    game.add_argument("--quota", action="store_true", help="find the critical quotas of flights")
    watch = parser.add_argument_group("how each is watched")
    watch.add_argument("--detect", metavar="P", help="chance that a flight shows a breach (0.2)")
    watch.add_argument(
        "--false-alarm", metavar="P", help="chance that a flight alarms without one (0.02)"
    )
    watch.add_argument(
        "--flights", type=int, metavar="N", help="flights a round over each, for --pair (1)"
    )
    watch.add_argument(
        "--alarms", type=int, metavar="K", help="alarms that count as a breach, for --pair (1)"
    )
    watch.add_argument(
        "--public", action="store_true",
        help="in --pair both see the same alarms (else each has its own view)",
    )  # fmt: skip
    watch.add_argument(
        "--max-flights", type=int, default=24, metavar="N", help="end of the search for quotas (24)"
    )
    watch.add_argument(
        "--rule", action="append", choices=_RULES,
        help="for --quota: any alarm is punished for ever; any alarm, by lot; k of n alarms; the "
        "best of all rules (repeatable; else all four)",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="write a page with plots there")
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    from overflight.report.study_page import study_text, write_study
    from overflight.report.study_reciprocity import draw_reciprocity, reciprocity_report
    from overflight.study.reciprocity.asked import answer
    from overflight.study.reciprocity.documents import reciprocity_document

    asked = _asked(arguments)
    if arguments.out is not None:
        from overflight.cli.outfolder import require_writable

        require_writable(arguments.out)
    found = answer(asked)
    if arguments.out is not None:
        report = reciprocity_report(found)
        for path in write_study(report, draw_reciprocity(found), arguments.out):
            print(path, file=sys.stderr)
    if arguments.json:
        print_json(reciprocity_document(found))
    else:
        print(study_text(reciprocity_report(found)))
    return EXIT_OK


def _asked(arguments: argparse.Namespace) -> Asked:
    from overflight.study.reciprocity.asked import Asked
    from overflight.study.reciprocity.game import chance, read_payoffs

    def text(name: str) -> str:
        value = getattr(arguments, name)
        return str(_DEFAULTS[name] if value is None else value)

    pair: tuple[str, str] | None = None
    if arguments.pair is not None:
        one, comma, two = arguments.pair.partition(",")
        if not comma or "," in two:
            raise DataError(
                f"{arguments.pair!r} is not a pair", remedy="Write --pair A,B, e.g. gtft,gtft."
            )
        pair = (one.strip(), two.strip())
    for name, needed in (("flights", "--pair"), ("alarms", "--pair"), ("rule", "--quota")):
        if getattr(arguments, name) is not None and not getattr(arguments, needed[2:]):
            raise DataError(f"--{name} is for {needed}", remedy=f"Give {needed} too.")
    watching = ("detect", "false_alarm", "flights", "alarms")
    watched = any(getattr(arguments, name) is not None for name in watching)
    names = ("payoffs", "noise", "discount", *watching)
    delta = None if arguments.discount is None else chance(arguments.discount, "--discount")
    if delta is not None and not 0 < delta < 1:
        raise DataError(
            f"--discount {arguments.discount} is not between 0 and 1", remedy="Give e.g. 0.9."
        )
    return Asked(
        game=read_payoffs(text("payoffs")),
        noise=chance(text("noise"), "--noise"),
        pair=pair,
        quota=arguments.quota,
        delta=delta,
        detect=chance(text("detect"), "--detect"),
        false_alarm=chance(text("false_alarm"), "--false-alarm"),
        flights=int(text("flights")),
        alarms=int(text("alarms")),
        public=arguments.public,
        watched=watched and not (arguments.quota and pair is None),
        most_flights=arguments.max_flights,
        rules=tuple(arguments.rule or _RULES),
        given=frozenset(n for n in names if getattr(arguments, n) is not None),
    )
