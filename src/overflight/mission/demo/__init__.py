"""One mission, whole, on real treaty data: ``overflight demo``.

A chapter a module: the plan, the conversation, the flight, the pictures, the bundle, the archive,
the questions. The scenario (parties, days, aircraft, airfield) is data: data/scenarios/demo.toml.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.mission.demo.page import PAGE
from overflight.mission.demo.place import MADE, replaced
from overflight.mission.demo.scenario import Stage, load_scenario
from overflight.mission.demo.telling import Chapter, Say, Story
from overflight.mission.documents import HOME, RELEASE, Written
from overflight.terms.working_plan import WorkingPlan
from overflight.treaty.loader import load_treaty

FOLDERS = (
    HOME, RELEASE, "seats", "flight", "frames", "pictures", "bundle", "keys", "keys-pem",
    "archive", "delivered", "questions",
)  # fmt: skip
ENTRIES = (*FOLDERS, "check-bundle.sh", PAGE)
"""What the demo makes in its folder, besides ``MADE``."""

__all__ = ["ENTRIES", "FOLDERS", "MADE", "PAGE", "DemoResult", "load_scenario", "run_demo"]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made: the plan, the other aircraft's breaches, all chapters, the answers."""

    working: WorkingPlan
    other: WorkingPlan | None
    written: Written
    later: str
    answers: dict[str, Any]
    chapters: tuple[Chapter, ...]
    page: Path


def run_demo(
    out: Path,
    say: Say,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    progress: Callable[[str], None] | None = None,
    stop: Callable[[], bool] | None = None,
    scenario: Path | None = None,
) -> DemoResult:
    """Run the whole story, writing files under ``out`` and telling it through ``say``."""
    from overflight.mission.demo.archive import keep_and_ask
    from overflight.mission.demo.conversation import Table, converse, report
    from overflight.mission.demo.flight import fly
    from overflight.mission.demo.page import write_page
    from overflight.mission.demo.pictures import picture
    from overflight.mission.demo.planning import Search, plan_mission
    from overflight.mission.demo.questions import ask
    from overflight.mission.demo.sealing import seal

    asked_for = load_scenario() if scenario is None else load_scenario(scenario)
    mission = asked_for["mission"]
    treaty = load_treaty(mission["treaty"])
    story = Story(say, progress or (lambda _: None), book=(treaty.name, treaty.short))
    with replaced(out, ENTRIES) as new:
        stage = Stage(asked_for, treaty, treaty.on(mission["on"]), story, new)
        planned = plan_mission(stage, Search(seconds, iterations, stop))
        table = Table(stage)
        agreed = converse(stage, table, planned.written.release / "mission-plan.json")
        flown = fly(stage, agreed)
        pictures = picture(stage, flown)
        table.moments = flown.moments
        report(stage, table, planned.written.release / "mission-plan.json")
        sealed = seal(stage, table, flown, pictures)
        asked = keep_and_ask(stage, sealed)
        ask(stage)
        write_page(stage)
    answers = {
        "flight": str(flown.audit.findings.verdict),
        "frames": len(pictures.result.done),
        "bundle": sealed.verdict.verdict,
        "openssl": sealed.openssl,
        "found_by_third": asked.found,
        "third": str(asked.delivered.decision.answer),
        "found_by_stranger": asked.stranger_found,
        "stranger": str(asked.refused.decision.answer),
        "page": str(out / PAGE),
    }
    written = Written(out / HOME, out / RELEASE)
    return DemoResult(
        planned.working, planned.other, written, planned.later, answers, tuple(story.chapters),
        out / PAGE,
    )  # fmt: skip
