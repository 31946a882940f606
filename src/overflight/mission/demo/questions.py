"""The two questions of the article, from the same data: what an exit costs, what a return takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from overflight.mission.demo.scenario import Stage
from overflight.report.study_membership import exit_report, return_report
from overflight.report.study_membership_plots import draw_exit, draw_return
from overflight.report.study_page import write_study
from overflight.study.membership.acts import EXIT, Act
from overflight.study.membership.exits import compare, first_distribution
from overflight.study.membership.returning import flights_held, way_back
from overflight.terms.study import StudyReport

QUESTIONS = "questions"


def ask(stage: Stage) -> list[Path]:
    """Answer the questions of the scenario, each with a page of its own; the pages."""
    pages = []
    given = first_distribution(stage.treaty) if stage.treaty.quota_limits else None
    for number, one in enumerate(stage.scenario["question"], start=1):
        stage.story.progress(one["title"])
        report, figures = _answered(stage, one, given)
        folder = stage.out / QUESTIONS / f"{number}-{one['kind']}"
        written = write_study(report, figures, folder)
        _tell(stage, one, report, folder)
        pages.append(written[0])
    return pages


def _answered(stage: Stage, one: dict[str, Any], given: Any) -> tuple[StudyReport, Any]:
    treaty, state, on = stage.treaty, one["state"], one["on"]
    if one["kind"] == EXIT:
        compared = compare(treaty, [Act(on, EXIT, state)], on, given=given)
        names = treaty.state_name
        return exit_report(compared, names, []), draw_exit(compared, names)
    wishes = given.wishes if given is not None else ()
    flights = flights_held(treaty, state, on, wishes, {})
    found = way_back(treaty, state, on, flights=flights)
    return return_report(found, treaty.state_name, given), draw_return(found, treaty.state_name)


def _tell(stage: Stage, one: dict[str, Any], report: StudyReport, folder: Path) -> None:
    stage.story.chapter(one["title"])
    wanted = one.get("lines")
    lines = [report.answer[i] for i in wanted] if wanted else report.answer
    for line in lines:
        stage.story.tell(re.sub(r"\s+", " ", line))
    for figure in report.figures:
        stage.story.picture(folder / f"{figure.name}.svg", figure.caption)
    stage.story.file(folder / "index.html", "the whole answer, with what it rests on")
