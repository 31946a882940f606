"""``overflight plan kit`` and ``answer``: the observed side's four hours with a mission plan."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_treaty_options, parse_readings, print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, DataError

if TYPE_CHECKING:
    from overflight.terms.escort import Kit

Verbs = Any
"""What ``ArgumentParser.add_subparsers`` returns."""


def add_verbs(verbs: Verbs) -> None:
    _add_kit(verbs)
    _add_answer(verbs)


def _add_kit(verbs: Verbs) -> None:
    kit = verbs.add_parser(
        "kit",
        help="what a plan shows of your own places, until when to answer, what to look at",
        description="For the observed Party: which of its own places a mission plan lets be seen, "
        "when, by what and how well; the plan's findings, hazards and neighbours on the route, "
        "checklists, and a draft of an answer. It names your places: for your side only.",
    )
    _common(kit)
    kit.add_argument("--sites", metavar="FILE", help="your own places: GeoJSON, GeoPackage or CSV")
    kit.add_argument(
        "--margin-km", type=float, default=1.0, metavar="KM",
        help="how far the aircraft may stray from its legs (%(default)s)",
    )  # fmt: skip
    kit.add_argument("--draft", type=Path, metavar="FILE", help="write the draft of an answer here")
    kit.set_defaults(handler=_kit)


def _add_answer(verbs: Verbs) -> None:
    answer = verbs.add_parser(
        "answer",
        help="proposed changes to a plan: is the ground one the treaty knows, what is lost",
        description="Hold the changes that an observed Party proposes against the treaty: the "
        "ground of each, whether the plan bears it out, the ground no longer seen, the plan as it "
        "would be. Both sides may ask. Exit status: 0 in order, 1 a change breaks a rule, "
        "3 undetermined.",
    )
    _common(answer)
    answer.add_argument("proposal", help="the changes, JSON ('overflight schema counter-proposal')")
    answer.add_argument(
        "--revised", type=Path, metavar="FILE", help="write the plan with the changes made here"
    )
    answer.set_defaults(handler=_answer)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", help="mission plan, JSON; '-' reads standard input")
    parser.add_argument("--treaty", help="name or folder (the one the plan names)")
    parser.add_argument(
        "--borders", type=Path, metavar="FILE", help="borders as this party sees them"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    add_treaty_options(parser)


def _kit(arguments: argparse.Namespace) -> int:
    from overflight.formats.plan_json import read_mission_plan
    from overflight.formats.sites import read_sites
    from overflight.mission.escort.kit import kit_for

    if not arguments.margin_km >= 0:
        raise DataError("a margin is not negative", remedy="Give --margin-km 0 or more.")
    plan = read_mission_plan(arguments.plan)
    kit = kit_for(
        plan,
        read_sites(arguments.sites) if arguments.sites else (),
        treaty=arguments.treaty,
        overlay=arguments.overlay,
        readings=parse_readings(arguments.reading),
        borders=arguments.borders,
        margin_km=arguments.margin_km,
    )
    show_kit(kit, arguments.draft, as_json=arguments.json)
    return EXIT_OK


def show_kit(kit: Kit, draft: Path | None, *, as_json: bool) -> None:
    """Print the kit; write its draft to a file where one is named."""
    from overflight.files import write_atomic
    from overflight.formats.counter_json import counter_proposal_to_dict
    from overflight.formats.escort_json import kit_to_dict
    from overflight.report.escort import kit_text

    if draft is not None:
        if kit.draft is None:
            print("no draft is written: nothing is to be changed", file=sys.stderr)
        else:
            _write_json(draft, counter_proposal_to_dict(kit.draft), write_atomic)
    if as_json:
        print_json(kit_to_dict(kit))
    else:
        sys.stdout.write(kit_text(kit))


def _answer(arguments: argparse.Namespace) -> int:
    from overflight.files import write_atomic
    from overflight.formats.escort_json import assessment_to_dict
    from overflight.formats.plan_json import mission_plan_to_dict, read_mission_plan
    from overflight.mission.counter.assess import assess
    from overflight.mission.counter.given import read_changes
    from overflight.report.escort import assessment_text
    from overflight.terms.assessment import Support
    from overflight.terms.findings import Verdict
    from overflight.treaty.loader import load_treaty

    plan = read_mission_plan(arguments.plan)
    proposal = read_changes(plan, arguments.proposal)
    found = assess(
        plan,
        proposal,
        treaty=load_treaty(arguments.treaty or plan.treaty, arguments.overlay),
        readings=parse_readings(arguments.reading),
        borders=arguments.borders,
    )
    if arguments.revised is not None:
        _write_json(arguments.revised, mission_plan_to_dict(found.revised), write_atomic)
    if arguments.json:
        print_json(assessment_to_dict(found))
    else:
        sys.stdout.write(assessment_text(found, proposal))
    grounds = {change.support for change in found.changes}
    if (
        found.findings.verdict is Verdict.BREACH
        or found.new_breaches
        or grounds & {Support.NOT_SHOWN, Support.UNKNOWN_GROUND}
    ):
        return EXIT_BREACH
    return EXIT_UNDETERMINED if found.findings.verdict is Verdict.UNDETERMINED else EXIT_OK


def _write_json(file: Path, document: Any, write: Any) -> None:
    write(file, json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
