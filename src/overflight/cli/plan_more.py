"""What ``overflight plan make`` gives besides the plan: other plans, and why it is as it is."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from overflight.cli.searching import Progress, Stop, seconds, steps
from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight.mission.again import Given
    from overflight.mission.alternatives import Alternatives
    from overflight.mission.weather import Weathered
    from overflight.planning.protocol import RoutePlanner
    from overflight.terms.sites import Site
    from overflight.terms.working_plan import WorkingPlan


def add_more_options(parser: argparse.ArgumentParser) -> None:
    """Add --alternatives and --explain."""
    parser.add_argument(
        "--alternatives",
        type=steps,
        metavar="N",
        help="N more plans different in kind (each does without the sites on one side; of two "
        "plans' sites at most 60 %% are in both), the most valuable first, in the home folder of "
        "--out; each takes as long as the plan, at most three times",
    )
    parser.add_argument(
        "--explain",
        type=seconds,
        metavar="S",
        help="so many seconds more: why valuable sites were left out, what other terms would give "
        "(see 'plan explain'); printed, and written to the home folder of --out; with "
        "--iterations each of its searches has as many steps instead",
    )


def require_room(arguments: argparse.Namespace) -> None:
    """Raise DataError where what was asked for would be written nowhere."""
    if arguments.alternatives and not arguments.out:
        raise DataError(
            "--alternatives needs a folder to write them to", remedy="Give --out DIR as well."
        )
    if arguments.explain and arguments.json and not arguments.out:
        raise DataError(
            "--explain with --json needs a folder to write to: standard output has the plan",
            remedy="Give --out DIR as well, or leave --json out.",
        )


def give_more(
    working: WorkingPlan,
    sites: Sequence[Site],
    asked: Mapping[str, Any],
    arguments: argparse.Namespace,
    found: Weathered | None = None,
    weather: Mapping[str, Any] | None = None,
) -> list[str]:
    """Make and write what was asked for besides ``working``; texts to print after it.

    ``asked`` are the arguments by which ``make_plan`` made it from ``sites``; with a forecast
    ``weather`` are those about it, and ``found`` is what they gave.
    """
    texts = []
    if arguments.alternatives and found is not None and weather is not None:
        from overflight.cli.weather_plans import other_plans

        others, table = other_plans(found, sites, asked, weather, arguments.alternatives)
        texts.append(_written(others, arguments, f"{table}\n"))
    elif arguments.alternatives:
        texts.append(_alternatives(working, sites, asked, arguments))
    if arguments.explain:
        texts.append(_explanation(working, asked, arguments))
    elif not arguments.json:
        texts.append(_not_seen(working, asked))
    return [text for text in texts if text]


def _alternatives(
    working: WorkingPlan,
    sites: Sequence[Site],
    asked: Mapping[str, Any],
    arguments: argparse.Namespace,
) -> str:
    from overflight.mission.alternatives import alternatives
    from overflight.mission.plan import make_plan

    print(f"searching for {arguments.alternatives} other plans; Ctrl-C ends it", file=sys.stderr)
    progress = Progress()
    with Stop("stopping; no more plans") as stop:

        def make(planner: RoutePlanner) -> WorkingPlan:
            return make_plan(sites, **asked, planner=planner, progress=progress, stop=stop)

        try:
            found = alternatives(working, make, arguments.alternatives, stop)
        finally:
            progress.close()
    return _written(found, arguments)


def _written(found: Alternatives, arguments: argparse.Namespace, first: str = "") -> str:
    """Write the alternatives to the home folder; the text about them, ``first`` before it."""
    from overflight.files import write_atomic
    from overflight.mission.documents import HOME, write_home
    from overflight.report.alternatives import alternatives_table

    home = arguments.out / HOME
    for number, plan in enumerate(found.others, 1):
        write_home(
            plan,
            home / f"alternative-{number}",
            treaty=arguments.treaty,
            overlay=arguments.overlay,
            borders=arguments.borders,
        )
    table = alternatives_table(found.plans, found.said)
    text = f"{first}\n{table}" if first else table
    write_atomic(home / "alternatives.txt", text + "\n")
    print(f"alternatives:   {home} ({len(found.others)})", file=sys.stderr)
    return text


def _given(asked: Mapping[str, Any]) -> Given:
    """What a plan does not say of how it was made."""
    from overflight.mission.again import Given

    names = ("treaty", "overlay", "borders", "terrain", "hazards", "refuel", "readings")
    return Given(**{name: asked[name] for name in (*names, "wind", "handling")})


def _not_seen(working: WorkingPlan, asked: Mapping[str, Any]) -> str:
    from overflight.mission.explain import not_seen
    from overflight.report.explained import not_seen_text

    return not_seen_text(not_seen(working, _given(asked)))


def _explanation(
    working: WorkingPlan, asked: Mapping[str, Any], arguments: argparse.Namespace
) -> str:
    from overflight.files import write_atomic
    from overflight.formats.explanation_json import explanation_to_dict
    from overflight.mission.documents import HOME
    from overflight.mission.explain import explain
    from overflight.report.explained import explanation_text

    print(f"explaining for {arguments.explain:g} s; Ctrl-C ends it", file=sys.stderr)
    progress = Progress()
    with Stop("stopping; what was found follows") as stop:
        try:
            found = explain(
                working,
                _given(asked),
                seconds=arguments.explain,
                iterations=arguments.iterations,
                seed=arguments.seed,
                progress=progress,
                stop=stop,
            )
        finally:
            progress.close()
    text = explanation_text(found)
    if arguments.out:
        home = arguments.out / HOME
        document = explanation_to_dict(found)
        words = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
        write_atomic(home / "explanation.txt", text + "\n")
        write_atomic(home / "explanation.json", words + "\n")
        print(f"explanation:    {home / 'explanation.txt'}", file=sys.stderr)
    return text
