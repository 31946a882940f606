"""``overflight demo``: the main job on real input, told as it happens."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

from overflight.cli.common import print_json
from overflight.cli.searching import Progress, Stop, seconds, steps


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = nouns.add_parser(
        "demo",
        help="plan a real mission, see why it is lawful, and get the documents",
        description="Plans an observation flight on real treaty data and writes its documents.",
    )
    demo.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="folder (out)")
    demo.add_argument("--seconds", type=seconds, metavar="S", help="search time (the scenario's)")
    demo.add_argument(
        "--iterations", type=steps, metavar="N", help="search steps instead of seconds"
    )
    demo.add_argument("--json", action="store_true", help="a summary as JSON instead of the story")
    demo.set_defaults(handler=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.mission.demo import run_demo
    from overflight.mission.documents import HOME, RELEASE

    require_writable(arguments.out, (HOME, RELEASE))

    def say(line: str) -> None:
        progress.close()
        if not arguments.json:
            indent = " " * (len(line) - len(line.lstrip()))
            print(textwrap.fill(line, 100, subsequent_indent=indent + "  ") if line else "")

    progress = Progress()
    with Stop() as stop:
        result = run_demo(
            arguments.out,
            say,
            seconds=arguments.seconds,
            iterations=arguments.iterations,
            progress=progress,
            stop=stop,
        )
    if arguments.json:
        plan = result.working
        print_json(
            {
                "kind": "demo",
                "verdict": str(plan.findings.verdict),
                "flight_distance_km": round(plan.plan.flight_distance_km, 3),
                "maximum_flight_distance_km": plan.maximum_flight_distance.value,
                "sites_observed": len(plan.sites_observed),
                "value_observed": plan.value_observed,
                "other_aircraft": str(result.other.findings.verdict),
                "later": result.later,
                "home": str(result.written.home),
                "release": str(result.written.release),
            }
        )
    return 0
