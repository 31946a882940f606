"""``overflight people``: designated people, their terms, and the end of their data."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, parse_date, print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, DataError

if TYPE_CHECKING:
    import datetime as dt

    from overflight.terms.findings import Finding
    from overflight.terms.people import Register
    from overflight.treaty.view import TreatyView

_FIELDS = (
    "name", "gender", "date-of-birth", "place-of-birth", "passport-number", "passport-issuer",
    "function",
)  # fmt: skip


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "people",
        help="designated people: lists, objections, visas, deletion",
        description="The people that a Party designates, in one private file of its own. Personal "
        "data leave it only in what 'people notify' prints: what the paragraph asks for.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    new = _verb(verbs, "new", "make an empty register", _new, on=False)
    new.add_argument("--party", required=True, metavar="CODE", help="whose people these are")
    new.add_argument("--treaty", metavar="NAME", help="the regime (default: the shipped one)")
    add = _verb(verbs, "add", "add a person", _add, on=False)
    add.add_argument("id", help="what to call the person here")
    for field in _FIELDS:
        add.add_argument(f"--{field}", required=True, metavar="TEXT")
    add.add_argument(
        "--delete-on", required=True, type=parse_date, metavar="DATE", help="when the data end"
    )
    add.add_argument("--language", action="append", default=[], metavar="NAME")
    _verb(verbs, "remove", "take a person out", _remove, on=False).add_argument("id")
    listing = _verb(verbs, "list", "who is in it, and where each stands towards a Party", _list)
    listing.add_argument("--towards", metavar="CODE", help="the Party that reviews or reviewed")
    _verb(verbs, "send", "the list was handed over on that day", _send)
    objection = _verb(verbs, "object", "a Party does not accept a person", _object)
    objection.add_argument("id")
    objection.add_argument("--by", required=True, metavar="CODE")
    visa = _verb(verbs, "visa", "a visa was given on that day", _visa)
    visa.add_argument("id")
    visa.add_argument("--issuer", required=True, metavar="CODE")
    visa.add_argument("--until", required=True, type=parse_date, metavar="DATE")
    notify = _verb(verbs, "notify", "what a notification says of these people", _notify)
    notify.add_argument("ids", nargs="+", metavar="ID")
    notify.add_argument("--towards", required=True, metavar="CODE", help="the observed Party")
    _verb(verbs, "purge", "delete the data that end on or before that day", _purge)


def _verb(
    verbs: Any, name: str, words: str, handler: Any, *, on: bool = True
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=words, description=words)
    parser.add_argument("register", type=Path, metavar="FILE", help="the register, people.json")
    if on:
        parser.add_argument("--on", required=True, type=parse_date, metavar="DATE")
    add_json_option(parser)
    parser.set_defaults(handler=handler)
    return parser


def _read(arguments: argparse.Namespace) -> Register:
    from overflight.formats.people_json import read_register

    return read_register(arguments.register)


def _write(register: Register, file: Path, arguments: argparse.Namespace, said: str) -> int:
    from overflight.files import write_atomic
    from overflight.formats.people_json import register_to_dict

    document = register_to_dict(register)
    write_atomic(file, json.dumps(document, ensure_ascii=False, indent=2) + "\n", mode=0o600)
    if arguments.json:
        print_json({"kind": "people-changed", "people": len(register.people), "said": said})
    else:
        print(said)
    return EXIT_OK


def _view(register: Register, on: dt.date) -> TreatyView:
    from overflight.treaty.loader import load_treaty

    return load_treaty(register.treaty).on(on)


def _new(arguments: argparse.Namespace) -> int:
    from overflight.terms.people import Register
    from overflight.treaty.loader import default_treaty, load_treaty

    if arguments.register.exists():
        raise DataError(
            "there is a file already", file=arguments.register, remedy="Name another file."
        )
    treaty = arguments.treaty or default_treaty()
    load_treaty(treaty)
    register = Register(arguments.party, treaty)
    return _write(register, arguments.register, arguments, "an empty register; keep it private")


def _add(arguments: argparse.Namespace) -> int:
    from overflight.formats.people_json import read_register, register_to_dict

    document = register_to_dict(_read(arguments))
    person = {field.replace("-", "_"): getattr(arguments, field.replace("-", "_"))
              for field in _FIELDS}  # fmt: skip
    document["people"].append(
        {
            "id": arguments.id,
            **person,
            "delete_on": arguments.delete_on.isoformat(),
            "languages": arguments.language,
        }
    )
    register = read_register(json.dumps(document).encode())
    return _write(register, arguments.register, arguments, f"{arguments.id} is in the register")


def _remove(arguments: argparse.Namespace) -> int:
    from overflight.mission.people.register import removed

    register = removed(_read(arguments), arguments.id)
    return _write(register, arguments.register, arguments, f"{arguments.id} was taken out")


def _list(arguments: argparse.Namespace) -> int:
    from overflight.mission.people.register import standing
    from overflight.report.tables import DASH, Column, Table, clean, render

    register = _read(arguments)
    view = _view(register, arguments.on)
    rows, plain = [], []
    for person in register.people:
        where = (
            standing(person, arguments.towards, arguments.on, view) if arguments.towards else None
        )
        due = None if where is None else where.until or where.visa_due
        plain.append(
            {
                "id": person.id,
                "name": person.name,
                "function": person.function,
                "standing": where and where.standing,
                "review_until": where and where.until,
                "visa_until": where and where.visa and where.visa.until,
                "visa_due": where and where.visa_due,
                "delete_on": person.delete_on,
            }
        )
        rows.append(
            (
                clean(person.id),
                clean(person.name),
                clean(person.function),
                where.standing if where else DASH,
                due.isoformat() if due else DASH,
                person.delete_on.isoformat(),
            )
        )
    if arguments.json:
        print_json({"kind": "people-list", "on": arguments.on, "people": plain})
        return EXIT_OK
    columns = (
        Column("Id", most=12), Column("Name", most=24), Column("Function", most=20),
        Column("Standing"), Column("Review or visa by"), Column("Deleted on"),
    )  # fmt: skip
    print("\n".join(render(Table(columns, tuple(rows)), 100, indent=0)))
    return EXIT_OK


def _send(arguments: argparse.Namespace) -> int:
    from overflight.mission.people.register import sent

    register = _read(arguments)
    after, findings = sent(register, arguments.on, _view(register, arguments.on))
    if _broken(findings):
        return EXIT_BREACH
    count = len(after.people)
    return _write(after, arguments.register, arguments, f"list of {count} sent on {arguments.on}")


def _object(arguments: argparse.Namespace) -> int:
    from overflight.mission.people.register import objected

    register = objected(_read(arguments), arguments.id, arguments.by, arguments.on)
    said = f"{arguments.by} does not accept {arguments.id}"
    return _write(register, arguments.register, arguments, said)


def _visa(arguments: argparse.Namespace) -> int:
    from dataclasses import replace

    from overflight.mission.people.register import changed, find
    from overflight.terms.people import Visa

    register = _read(arguments)
    person = find(register, arguments.id)
    if arguments.until < arguments.on:
        raise DataError("the visa ends before it is given", remedy="Give --until after --on.")
    visa = Visa(arguments.issuer, arguments.on, arguments.until)
    register = changed(register, replace(person, visas=(*person.visas, visa)))
    said = f"visa of {arguments.issuer} for {arguments.id} until {arguments.until}"
    return _write(register, arguments.register, arguments, said)


def _notify(arguments: argparse.Namespace) -> int:
    """Personal data, as asked for; only of people who may be sent."""
    from overflight.formats.people_json import notified
    from overflight.mission.people.register import find, fit_for

    register = _read(arguments)
    people = [find(register, person) for person in arguments.ids]
    view = _view(register, arguments.on)
    if _broken(fit_for(people, arguments.towards, arguments.on, view)):
        return EXIT_BREACH
    print_json({"personnel": [notified(person) for person in people]})
    return EXIT_OK


def _purge(arguments: argparse.Namespace) -> int:
    from overflight.mission.people.register import purged

    register, gone = purged(_read(arguments), arguments.on)
    said = f"deleted: {', '.join(gone)}" if gone else "nothing ends on or before that day"
    return _write(register, arguments.register, arguments, said)


def _broken(findings: list[Finding]) -> bool:
    from overflight.terms.findings import Verdict

    broken = [f for f in findings if f.verdict is Verdict.BREACH]
    for finding in broken:
        print(f"{finding.message} [{finding.cite}]", file=sys.stderr)
    return bool(broken)
