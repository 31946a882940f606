"""``overflight plan improve`` and ``explain``: what is made of a working plan that is there."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import (
    add_crossing_options,
    add_treaty_options,
    parse_readings,
    print_json,
)
from overflight.cli.flying_options import (
    add_flying_options,
    add_wind_option,
    handling_by,
    wind_by,
)
from overflight.cli.plan_output import show_plan, write_plan
from overflight.cli.searching import (
    Progress,
    Stop,
    add_budget_options,
    add_certificate_option,
    steps,
)
from overflight.errors import EXIT_OK

if TYPE_CHECKING:
    from overflight.mission.again import Given
    from overflight.terms.working_plan import WorkingPlan

Verbs = Any
"""What ``ArgumentParser.add_subparsers`` returns."""


def add_verbs(verbs: Verbs) -> None:
    _add_improve(verbs)
    _add_explain(verbs)
    _add_compare(verbs)


def _add_improve(verbs: Verbs) -> None:
    improve = verbs.add_parser(
        "improve",
        help="search on from a working plan for one that sees more",
        description="Search on from the route of a working plan, for its sites, under its terms. "
        "What comes out sees no less value, as long as that route still keeps every limit. The "
        "plan that is given is not changed. Exit status as for 'plan check'.",
    )
    add_question_options(improve)
    add_flying_options(improve)
    add_budget_options(improve, 10.0, "search time")
    add_certificate_option(improve)
    improve.add_argument("--out", type=Path, metavar="DIR", help="write the documents here")
    improve.add_argument("--json", action="store_true", help="the working plan as JSON on stdout")
    improve.set_defaults(handler=_improve)


def _add_explain(verbs: Verbs) -> None:
    explain = verbs.add_parser(
        "explain",
        help="why a plan leaves sites out, and what other terms would give",
        description="For a working plan: what the most valuable sites left out would cost (km "
        "more, value lost), why others are out of sight, and what 100 km less or more, 10 % more "
        "distance and other airfields would give. Each figure comes from a route that is really "
        "searched for. It names your sites: for your side only.",
    )
    add_question_options(explain)
    add_wind_option(explain)
    add_budget_options(explain, 20.0, "time for all searches together")
    explain.add_argument(
        "--sites", type=steps, default=5, metavar="N", help="sites left out to look at (5)"
    )
    explain.add_argument("--json", action="store_true", help="the explanation as JSON on stdout")
    explain.set_defaults(handler=_explain)


def _add_compare(verbs: Verbs) -> None:
    compare = verbs.add_parser(
        "compare",
        help="two working plans side by side: sites, value, distance, time, findings, map",
        description="What one of two working plans sees and the other does not, and how they "
        "differ in value, distance, time, landings and findings. It names your sites: for your "
        "side only. Exit status 0.",
    )
    for name in ("a", "b"):
        compare.add_argument(
            name, metavar=name.upper(), help="working plan, JSON, or the folder it was written to"
        )
    compare.add_argument(
        "--map", type=Path, metavar="FILE", help="both routes on a map: .png or .svg"
    )
    compare.add_argument("--treaty", help="name or folder, for the map (the one plan A names)")
    compare.add_argument(
        "--borders", type=Path, metavar="FILE", help="borders as this party sees them, for the map"
    )
    compare.add_argument("--json", action="store_true", help="the comparison as JSON on stdout")
    compare.set_defaults(handler=_compare)


def add_question_options(parser: argparse.ArgumentParser) -> None:
    """The working plan, and what it does not say of how it was made."""
    parser.add_argument(
        "plan",
        help="working plan, JSON (home/working-plan.json), or the folder that 'plan make' wrote; "
        "'-' reads standard input",
    )
    parser.add_argument("--treaty", help="name or folder (the one the plan names)")
    parser.add_argument(
        "--refuel",
        action="append",
        default=[],
        metavar="CODE",
        help="an airfield to refuel at besides the designated ones and those the plan lands at "
        "(repeatable)",
    )
    parser.add_argument(
        "--hazards", metavar="FILE", help="hazardous airspace, GeoJSON polygons (the plan's own)"
    )
    parser.add_argument(
        "--terrain", type=Path, metavar="DEM.tif", help="elevation model, GeoTIFF: give it again"
    )
    parser.add_argument(
        "--borders", type=Path, metavar="FILE", help="borders as this party sees them: give again"
    )
    add_treaty_options(parser)
    add_crossing_options(parser)


def given_by(arguments: argparse.Namespace) -> Given:
    """What the options of ``add_question_options`` say."""
    from overflight.formats.hazards import read_hazards
    from overflight.mission.again import Given

    return Given(
        treaty=arguments.treaty,
        overlay=arguments.overlay,
        borders=arguments.borders,
        terrain=arguments.terrain,
        hazards=read_hazards(arguments.hazards) if arguments.hazards else None,
        refuel=tuple(arguments.refuel),
        readings=parse_readings(arguments.reading),
    )


def _improve(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.formats.working_json import read_working_plan
    from overflight.mission.again import improved, made_in_wind
    from overflight.mission.documents import HOME, RELEASE

    if arguments.out:
        require_writable(arguments.out, (HOME, RELEASE))
    working = read_working_plan(arguments.plan)
    if arguments.terrain is None and any(
        leg.terrain_max_m is not None for leg in working.plan.legs
    ):
        say("the plan was made with an elevation model; without --terrain the new one has no "
            "altitudes")  # fmt: skip
    given = replace(given_by(arguments), wind=wind_by(arguments), handling=handling_by(arguments))
    if arguments.wind is None and made_in_wind(working):
        say("the plan was made in a wind; without --wind the times of the new one are of still air")
    progress = Progress()
    with Stop() as stop:
        if arguments.iterations is None:
            say(f"searching for {arguments.seconds:g} s; Ctrl-C gives the best plan so far")
        try:
            better = improved(
                working,
                given,
                seconds=arguments.seconds,
                iterations=arguments.iterations,
                certificate=arguments.certificate,
                seed=arguments.seed,
                progress=progress,
                stop=stop,
            )
        finally:
            progress.close()
    say(_change(working, better))
    if arguments.out:
        write_plan(better, arguments, arguments.treaty or better.plan.treaty)
    return show_plan(better, arguments)


def _explain(arguments: argparse.Namespace) -> int:
    from overflight.formats.working_json import read_working_plan
    from overflight.mission.again import made_in_wind
    from overflight.mission.explain import explain

    working = read_working_plan(arguments.plan)
    given = replace(given_by(arguments), wind=wind_by(arguments))
    if arguments.wind is None and made_in_wind(working):
        say("the plan was made in a wind; without --wind it is explained in still air")
    if arguments.iterations is None:
        say(f"explaining for {arguments.seconds:g} s; Ctrl-C ends it")
    progress = Progress()
    with Stop("stopping; what was found follows") as stop:
        try:
            found = explain(
                working,
                given,
                seconds=arguments.seconds,
                iterations=arguments.iterations,
                seed=arguments.seed,
                most=arguments.sites,
                progress=progress,
                stop=stop,
            )
        finally:
            progress.close()
    if arguments.json:
        from overflight.formats.explanation_json import explanation_to_dict

        print_json(explanation_to_dict(found))
    else:
        from overflight.report.explained import explanation_text

        print(explanation_text(found))
    return EXIT_OK


def _compare(arguments: argparse.Namespace) -> int:
    from overflight.formats.working_json import read_working_plan
    from overflight.report.compared import comparison, comparison_text

    a, b = read_working_plan(arguments.a), read_working_plan(arguments.b)
    if arguments.map:
        from overflight.files import write_atomic
        from overflight.mission.documents import ground_of_plan
        from overflight.report.maps import comparison_map

        ground = ground_of_plan(a, treaty=arguments.treaty, borders=arguments.borders)
        form = arguments.map.suffix.lstrip(".").lower()
        write_atomic(arguments.map, comparison_map(a, b, ground, form))
        say(f"wrote {arguments.map}: for your side only")
    if arguments.json:
        print_json(comparison(a, b))
    else:
        print(comparison_text(a, b, (str(arguments.a), str(arguments.b))))
    return EXIT_OK


def _change(before: WorkingPlan, after: WorkingPlan) -> str:
    return (
        f"value {before.value_observed:g} before, {after.value_observed:g} now; "
        f"{before.plan.flight_distance_km:,.1f} km over the territory before, "
        f"{after.plan.flight_distance_km:,.1f} km now"
    )


def say(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)
