"""``overflight treaty compare`` and ``timeline``: several regimes beside one another."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.cli.common import add_json_option, parse_date, print_json
from overflight.errors import EXIT_OK


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    compare = verbs.add_parser(
        "compare",
        help="what each of several regimes lets one see on a date",
        description="For each regime: whether it is in force, who is bound, who suspended it or "
        "left, and what it lets a State see, or why it gives no right.",
    )
    compare.add_argument("treaties", metavar="NAME", nargs="+", help="name or folder of a regime")
    compare.add_argument("--on", type=parse_date, metavar="DATE", required=True, help="YYYY-MM-DD")
    compare.add_argument("--party", default="", metavar="STATE", help="the State that asks")
    add_json_option(compare)
    compare.set_defaults(handler=_compare)
    timeline = verbs.add_parser("timeline", help="regimes over the years as an SVG picture")
    timeline.add_argument("treaties", metavar="NAME", nargs="+", help="name or folder of a regime")
    timeline.add_argument("--out", type=Path, metavar="FILE", required=True, help="FILE.svg")
    timeline.add_argument(
        "--from", dest="first", type=parse_date, metavar="DATE", help="first signature's year"
    )
    timeline.add_argument(
        "--until", dest="last", type=parse_date, metavar="DATE", help="a year after the last event"
    )
    add_json_option(timeline)
    timeline.set_defaults(handler=_timeline)


def _compare(arguments: argparse.Namespace) -> int:
    from overflight.treaty.compare import comparison
    from overflight.treaty.loader import load_treaty

    views = [load_treaty(name).on(arguments.on) for name in arguments.treaties]
    document = comparison(views, arguments.party)
    if arguments.json:
        print_json(document)
    else:
        print(comparison_text(document))
    return EXIT_OK


def comparison_text(document: Mapping[str, Any]) -> str:
    """The comparison as paragraphs, one for each regime."""
    from overflight.cli.tables import width

    asks = f", for {document['party']}" if document["party"] else ""
    parts = [f"On {document['on']}{asks}"]
    for row in document["regimes"]:
        lines = [row["short"]]
        state = f"In force since {row['in_force_since']}" if row["in_force"] else "Not in force"
        lines.append(f"  {state}; {row['states_parties']} States Parties.")
        for title in ("suspended", "departed"):
            if row[title]:
                lines.append(f"  {title.capitalize()}: {', '.join(row[title])}.")
        right = f"Lets one see: {row['sees']}" if row["right"] else f"No right: {row['why_not']}."
        over = f" Parties that act: {len(row['over'])}." if row["right"] else ""
        lines.append(f"  {right}{over}")
        lines.append(f"  [{'; '.join(row['cite'])}]")
        parts.append(
            "\n".join(textwrap.fill(line, width(), subsequent_indent="  ") for line in lines)
        )
    return "\n\n".join(parts)


def _timeline(arguments: argparse.Namespace) -> int:
    from overflight.errors import DataError
    from overflight.files import write_atomic
    from overflight.report.regimes_timeline import regimes_picture
    from overflight.treaty.loader import load_treaty

    if arguments.out.suffix.lower() != ".svg":
        raise DataError(
            f"a timeline of regimes cannot be drawn as {arguments.out.name!r}",
            remedy="Give --out a name that ends in .svg.",
        )
    treaties = [load_treaty(name) for name in arguments.treaties]
    first = arguments.first or dt.date(min(t.signed.year for t in treaties), 1, 1)
    days = [event.latest.year for t in treaties for event in t.events]
    last = arguments.last or dt.date(max([first.year, *days]) + 1, 12, 31)
    if last <= first:
        raise DataError(f"{last} does not lie after {first}", remedy="Give --until a later day.")
    write_atomic(arguments.out, regimes_picture(treaties, first, last))
    if arguments.json:
        kind = {"kind": "treaty-timeline", "version": 1}
        print_json({**kind, "file": str(arguments.out), "treaties": [t.id for t in treaties]})
    else:
        print(f"wrote {arguments.out}", file=sys.stderr)
    return EXIT_OK
