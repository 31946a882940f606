"""``overflight mission``: one mission from a seat, from notification to report."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, add_reading_option, parse_readings, print_json
from overflight.cli.mission_verbs import SEATS, VERBS
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.mission.seat.folder import Seat
    from overflight.terms.mission_plan import MissionPlan


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "mission",
        help="one mission from a seat: who must act by when, and the documents of each step",
        description="Each side keeps a folder of its own. What one side does puts a file into its "
        "outbox; the other side receives it, and sees nothing else.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_new(verbs)
    for name, words in VERBS.items():
        _add_act(verbs, name, words)
    _add_act(verbs, "do", "make any move of the process ('mission status' lists them)")
    _add_receive(verbs)
    _add_views(verbs)


def _add_new(verbs: Any) -> None:
    new = verbs.add_parser("new", help="make the folder of one side", description=_add_new.__doc__)
    new.add_argument("folder", type=Path, metavar="DIR")
    new.add_argument("--id", required=True, metavar="TEXT", help="what both sides call the mission")
    new.add_argument("--treaty", metavar="NAME", help="name or folder (the shipped default)")
    new.add_argument("--seat", required=True, choices=tuple(SEATS), type=lambda s: SEATS.get(s, s))
    new.add_argument("--observing", "--inspecting", required=True, metavar="CODE")
    new.add_argument("--observed", "--inspected", required=True, metavar="CODE")
    new.add_argument("--exercise", action="store_true", help="mark everything EXERCISE")
    new.add_argument("--simulated", action="store_true", help="mark everything SIMULATED")
    add_reading_option(new)
    add_json_option(new)
    new.set_defaults(handler=_new)


def _add_act(verbs: Any, name: str, words: str) -> None:
    act = verbs.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
    act.add_argument("folder", type=Path, metavar="DIR", help="the folder of your side")
    if name == "do":
        act.add_argument("move", metavar="MOVE")
    act.add_argument(
        "document", nargs="?", metavar="FILE",
        help="mission plan (propose, accept, counter by the observing side) or proposed changes "
        "(counter by the observed side), JSON",
    )  # fmt: skip
    act.add_argument("--at", type=_instant, metavar="INSTANT", help="when it happened (now)")
    act.add_argument(
        "--fact", action="append", default=[], metavar="NAME=VALUE",
        help="what it says of the mission (repeatable)",
    )  # fmt: skip
    act.add_argument("--content", metavar="FILE", help="the message's content, JSON")
    act.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE",
        help="a field of the message's content; VALUE is JSON or text (repeatable)",
    )  # fmt: skip
    act.add_argument("--remarks", default="", metavar="TEXT")
    act.add_argument("--move", dest="which", metavar="MOVE", help="which of several moves")
    add_json_option(act)
    act.set_defaults(handler=_act, word=name)


def _add_receive(verbs: Any) -> None:
    receive = verbs.add_parser(
        "receive",
        help="take in what the other side handed over",
        description="Files from the other side's outbox (handovers, or messages as text), or the "
        "outbox itself. Receiving something again changes nothing.",
    )
    receive.add_argument("folder", type=Path, metavar="DIR", help="the folder of your side")
    receive.add_argument("files", nargs="+", type=Path, metavar="FILE")
    receive.add_argument("--move", metavar="MOVE", help="which move a message means")
    receive.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE")
    receive.add_argument(
        "--agreed", action="store_true", help="you did agree to what the other side says both did"
    )
    add_json_option(receive)
    receive.set_defaults(handler=_receive)


def _add_views(verbs: Any) -> None:
    status = verbs.add_parser("status", help="who may or must act, by when, and what is late")
    timeline = verbs.add_parser("timeline", help="the mission in time: table, picture, calendar")
    for parser in (status, timeline):
        parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of your side")
        parser.add_argument("--at", type=_instant, metavar="INSTANT", help="as of then (now)")
        add_json_option(parser)
    timeline.add_argument("--to", choices=("text", "png", "svg", "ics"), default="text")
    timeline.add_argument("--out", type=Path, metavar="FILE")
    status.set_defaults(handler=_status)
    timeline.set_defaults(handler=_timeline)
    kit = verbs.add_parser(
        "kit", help="what the plan handed over shows of your own places, and what to answer"
    )
    kit.add_argument("folder", type=Path, metavar="DIR", help="the folder of your side")
    kit.add_argument("--sites", metavar="FILE", help="your own places; they stay here")
    kit.add_argument("--draft", type=Path, metavar="FILE", help="write the draft of an answer here")
    add_json_option(kit)
    kit.set_defaults(handler=_kit)
    cost = verbs.add_parser("cost", help="what the mission costs, by your own rates")
    cost.add_argument("folder", type=Path, metavar="DIR", help="the folder of your side")
    cost.add_argument("--rates", required=True, metavar="FILE", help="rates, JSON")
    cost.add_argument("--people", type=int, metavar="N", help="people in the country")
    cost.add_argument("--quantity", action="append", default=[], metavar="RATE=NUMBER")
    cost.add_argument("--departs", type=_instant, metavar="INSTANT")
    add_json_option(cost)
    cost.set_defaults(handler=_cost)


def _instant(text: str) -> dt.datetime:
    from overflight.formats.times import read_time

    try:
        return read_time(text, where="instant")
    except DataError as error:
        raise argparse.ArgumentTypeError(f"{error.message}. {error.remedy}") from None


def _now(arguments: argparse.Namespace) -> dt.datetime:
    at: dt.datetime | None = arguments.at
    return (at or dt.datetime.now(dt.UTC)).replace(microsecond=0)


def _new(arguments: argparse.Namespace) -> int:
    """Make the folder of one side."""
    from overflight.mission.seat.folder import Mission, create
    from overflight.treaty.loader import default_treaty, load_treaty

    treaty = arguments.treaty or default_treaty()
    book = load_treaty(treaty)
    readings = parse_readings(arguments.reading)
    book.choose_readings(readings)
    names = ("EXERCISE", "SIMULATED")
    marks = tuple(n for n in names if getattr(arguments, n.lower()))
    mission = Mission(
        arguments.id,
        treaty if treaty == book.id else str(Path(treaty).resolve()),
        arguments.observing,
        arguments.observed,
        arguments.seat,
        readings,
        marks,
    )
    seat = create(arguments.folder, mission)
    if arguments.json:
        print_json({"kind": "mission-new", "folder": seat.folder, "id": mission.id})
    else:
        print(f"{seat.folder}: the {mission.seat} side's folder of mission {mission.id}")
    return EXIT_OK


def _act(arguments: argparse.Namespace) -> int:
    from overflight.cli.mission_documents import given_by, set_by
    from overflight.mission.seat.acts import act
    from overflight.mission.seat.folder import open_seat
    from overflight.mission.seat.given import documents_for

    seat, at = open_seat(arguments.folder), _now(arguments)
    move = arguments.move if arguments.word == "do" else _meant(seat, arguments, at)
    content, attached, said = documents_for(
        seat, move, at, document=arguments.document, given=given_by(arguments),
        remarks=arguments.remarks,
    )  # fmt: skip
    content = set_by(content, arguments)
    after = act(
        seat,
        move,
        at,
        facts={**said, **_facts(arguments.fact)},
        content=content,
        remarks=arguments.remarks,
        attached=attached,
    )
    return _told(seat, after, at, arguments)


def _meant(seat: Seat, arguments: argparse.Namespace, at: dt.datetime) -> str:
    """The move that a word of everyday means for this seat now."""
    from overflight.mission.seat.standing import standing

    if arguments.which:
        return str(arguments.which)
    found = standing(seat, at)
    named = [m.move.id for m in found.machine.moves.values() if m.move.verb == arguments.word]
    open_ = [
        act.move
        for act in found.options.acts
        if act.move in named and act.opens is None and seat.mission.seat in act.by
    ]
    if len(open_) == 1:
        return open_[0]
    if len(named) == 1:
        return named[0]
    if not named:
        raise DataError(
            f"this regime has no move called {arguments.word!r}",
            remedy="'overflight mission status' lists the moves; make one with 'mission do'.",
        )
    listed = ", ".join(open_ or named)
    raise DataError(
        f"{arguments.word!r} could be {listed}" if open_ else f"none of {listed} is open to you",
        remedy="Say which with --move." if open_ else "'overflight mission status' says what is.",
    )


def _told(before: Seat, after: Seat, at: dt.datetime, arguments: argparse.Namespace) -> int:
    """What was done, what to hand over, and what was late."""
    from overflight.mission.seat.handover import name_of
    from overflight.mission.seat.standing import standing

    found = standing(after, at)
    old = {(p.limit, p.kind) for p in standing(before, at).passed} if before.happened else set()
    fresh = [p for p in found.passed if (p.limit, p.kind) not in old or p.done == at]
    entry = after.happened[-1]
    handover = after.folder / "outbox" / name_of(entry)
    if arguments.json:
        print_json(
            {
                "kind": "mission-act",
                "move": entry.move,
                "at": entry.at,
                "handover": handover,
                "phase": found.state.phase,
                "not_kept": [p.as_dict() for p in fresh],
            }
        )
        return EXIT_OK
    print(f"{entry.move}: {found.machine.moves[entry.move].move.title}")
    print(f"hand over: {handover}")
    for item in fresh:
        if item.done is not None:
            word = "too early: not before" if item.kind == "early" else "late: due"
            print(f"{word} {item.due:%Y-%m-%dT%H:%M:%SZ} [{item.cite}] {item.if_not}")
    return EXIT_OK


def _receive(arguments: argparse.Namespace) -> int:
    from overflight.mission.seat.acts import receive
    from overflight.mission.seat.folder import open_seat

    seat, told = open_seat(arguments.folder), []
    files: list[Path] = []
    for path in arguments.files:
        files += sorted(path.glob("*.json")) if path.is_dir() else [path]
    for file in files:
        before = len(seat.happened)
        seat, said = receive(
            seat, file, move=arguments.move, facts=_facts(arguments.fact), agreed=arguments.agreed
        )
        told.append({"file": file, "said": said})
        if not arguments.json and (len(seat.happened) > before or len(files) == 1):
            print(said)
    if arguments.json:
        print_json({"kind": "mission-received", "received": told})
    return EXIT_OK


def _status(arguments: argparse.Namespace) -> int:
    from overflight.mission.seat.folder import open_seat
    from overflight.mission.seat.standing import standing, timeline
    from overflight.report.mission_text import status_text

    seat = open_seat(arguments.folder)
    found = standing(seat, _now(arguments))
    if arguments.json:
        print_json(
            {
                "kind": "mission-status",
                "mission": seat.mission.id,
                "seat": seat.mission.seat,
                "marks": list(seat.mission.marks),
                "state": found.state.as_dict(),
                "options": found.options.as_dict(),
                "not_kept": [p.as_dict() for p in found.passed],
            }
        )
        return EXIT_OK
    line = timeline(found)
    title = " - ".join((*seat.mission.marks, line.title))
    sys.stdout.write(
        status_text(
            title,
            {"options": found.options, "passed": found.passed},
            line.names,
            seat.mission.seat,
        )
    )
    if seat.torn:
        print("An unfinished last entry, never acknowledged, was passed over.", file=sys.stderr)
    return EXIT_OK


def _timeline(arguments: argparse.Namespace) -> int:
    from overflight.files import write_atomic
    from overflight.formats.ics import timeline_to_ics
    from overflight.mission.seat.folder import open_seat
    from overflight.mission.seat.standing import standing, timeline
    from overflight.report.timeline import timeline_picture, timeline_text

    line = timeline(standing(open_seat(arguments.folder), _now(arguments)))
    if arguments.json:
        print_json(line.as_dict())
        return EXIT_OK
    if arguments.to == "text":
        made = timeline_text(line).encode("utf-8")
    elif arguments.to == "ics":
        made = timeline_to_ics(line)
    else:
        made = timeline_picture(line, arguments.to)
    if arguments.out is not None:
        write_atomic(arguments.out, made)
    elif arguments.to == "png" and sys.stdout.isatty():
        raise DataError("a picture is not for a terminal", remedy="Give --out FILE.")
    else:
        sys.stdout.buffer.write(made)
    return EXIT_OK


def _kit(arguments: argparse.Namespace) -> int:
    from overflight.cli.plan_answer import show_kit
    from overflight.formats.sites import read_sites
    from overflight.mission.escort.kit import kit_for
    from overflight.mission.seat.folder import open_seat
    from overflight.mission.seat.given import newest_plan

    seat = open_seat(arguments.folder)
    kit = kit_for(
        newest_plan(seat),
        read_sites(arguments.sites) if arguments.sites else (),
        treaty=seat.mission.treaty,
        readings=seat.mission.readings,
    )
    show_kit(kit, arguments.draft, as_json=arguments.json)
    return EXIT_OK


def _cost(arguments: argparse.Namespace) -> int:
    from decimal import Decimal, InvalidOperation

    from overflight.formats.costs_json import read_rates, statement_to_dict
    from overflight.mission.cost import cost_statement
    from overflight.mission.seat.folder import open_seat
    from overflight.mission.seat.given import newest_plan
    from overflight.report.costs import costs_text

    plan: MissionPlan = newest_plan(open_seat(arguments.folder))
    try:
        given = {k: Decimal(v) for k, v in _facts(arguments.quantity).items()}
    except InvalidOperation:
        raise DataError("a quantity is no number", remedy="Write --quantity RATE=2.5.") from None
    statement = cost_statement(
        plan,
        read_rates(arguments.rates),
        quantities=given,
        people=arguments.people,
        departs=arguments.departs,
    )
    if arguments.json:
        print_json(statement_to_dict(statement))
    else:
        sys.stdout.write(costs_text(statement))
    return EXIT_OK


def _facts(texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise DataError(f"{text!r} says nothing", remedy="Write NAME=VALUE.")
        found[name.strip()] = value.strip()
    return found
