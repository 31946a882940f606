"""A working plan as a command gives it back: its folder, its text or JSON, its exit status."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.common import parse_readings, print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED

if TYPE_CHECKING:
    from overflight.terms.findings import Findings
    from overflight.terms.working_plan import WorkingPlan


def show_plan(working: WorkingPlan, arguments: argparse.Namespace) -> int:
    """Print the plan and its findings, or with ``--json`` its document; the exit status."""
    if arguments.json:
        from overflight.formats.plan_json import working_plan_to_dict

        print_json(working_plan_to_dict(working))
    else:
        from overflight.report.text import findings_text, plan_text

        print(plan_text(working))
        print()
        print(findings_text(working.findings))
    return exit_code(working.findings)


def write_plan(working: WorkingPlan, arguments: argparse.Namespace, treaty: str | Path) -> None:
    """Write the folder ``--out`` and say on standard error what lies where and what is amiss."""
    from overflight.mission.documents import write_documents

    written = write_documents(
        working,
        arguments.out,
        treaty=treaty,
        overlay=arguments.overlay,
        borders=arguments.borders,
    )
    print(f"stays at home:  {written.home}", file=sys.stderr)
    print(f"to hand over:   {written.release}", file=sys.stderr)
    if exit_code(working.findings) != EXIT_OK:
        rules = dict.fromkeys(f.rule for f in working.findings.of(working.findings.verdict))
        print(
            f"NOT YET: the plan is {working.findings.verdict} under {', '.join(rules)}; "
            "do not hand it over as it stands",
            file=sys.stderr,
        )
    from overflight.mission.withheld import warnings_for

    given = {"readings": parse_readings(arguments.reading), "borders": arguments.borders}
    for line in warnings_for(working, treaty=treaty, **given):
        print(line, file=sys.stderr)


def exit_code(findings: Findings) -> int:
    """The exit status that a plan's findings give."""
    from overflight.terms.findings import Verdict

    return {Verdict.BREACH: EXIT_BREACH, Verdict.UNDETERMINED: EXIT_UNDETERMINED}.get(
        findings.verdict, EXIT_OK
    )
