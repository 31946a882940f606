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
        help="one mission, whole, on real treaty data: plan, talks, flight, bundle, archive, page",
        description="Plans an observation flight on real treaty data, has both sides agree on it, "
        "flies it on paper (SIMULATED), seals what it leaves, and lets others ask for it. What it "
        "made before in the folder is replaced; all else there is left alone.",
    )
    demo.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="folder (out)")
    demo.add_argument("--seconds", type=seconds, metavar="S", help="search time (the scenario's)")
    demo.add_argument(
        "--iterations", type=steps, metavar="N", help="search steps instead of seconds"
    )
    demo.add_argument(
        "--scenario", type=Path, metavar="FILE", help="another mission: see examples/flood"
    )
    demo.add_argument("--json", action="store_true", help="a summary as JSON instead of the story")
    demo.set_defaults(handler=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.mission.demo import FOLDERS, run_demo

    require_writable(arguments.out, FOLDERS)

    def say(line: str) -> None:
        progress.close()
        if not arguments.json:
            print(_wrapped(line))

    progress = Progress()
    with Stop() as stop:
        result = run_demo(
            arguments.out,
            say,
            seconds=arguments.seconds,
            iterations=arguments.iterations,
            progress=progress,
            stop=stop,
            scenario=arguments.scenario,
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
                "other_aircraft": str(result.other.findings.verdict) if result.other else None,
                "later": result.later,
                "home": str(result.written.home),
                "release": str(result.written.release),
                **result.answers,
            }
        )
    else:
        print(f"\nThe same with pictures: {result.page}")
    return 0


def _wrapped(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.fill(line, 100, subsequent_indent=indent, break_on_hyphens=False)
