"""The two seats: what one side does puts a file into its outbox, which the other receives."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from overflight.files import write_atomic
from overflight.formats.plan_json import read_mission_plan
from overflight.mission.demo.scenario import Stage
from overflight.mission.seat.acts import act, receive
from overflight.mission.seat.folder import Mission, Seat, create
from overflight.mission.seat.given import PLAN, documents_for, newest_plan
from overflight.mission.seat.handover import name_of
from overflight.mission.seat.standing import standing, timeline
from overflight.terms.mission_plan import MissionPlan

SEATS = "seats"
_OTHER = {"observing": "observed", "observed": "observing"}


class Table:
    """Both seats of a mission, and the moments of the flight once it is flown."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.moments: dict[str, dt.datetime] = {}
        told = stage.mission
        self.seats: dict[str, Seat] = {
            side: create(
                stage.out / SEATS / told[side].lower(),
                Mission(
                    told["id"], told["treaty"], told["observing"], told["observed"], side,
                    marks=stage.marks,
                ),
            )
            for side in _OTHER
        }  # fmt: skip

    def play(self, moves: Iterable[Mapping[str, Any]], plan: Path) -> dt.datetime:
        """Make these moves of the scenario, each received by the other side; when the last was."""
        at = dt.datetime.min.replace(tzinfo=dt.UTC)
        for step in moves:
            at = self._at(step)
            self._step(step, at, plan)
        return at

    def agreed(self, released: Path) -> MissionPlan:
        """The plan that both sides hold; where no message carries one, the plan as released."""
        if self.seats["observing"].document(PLAN) is None:
            return read_mission_plan(released)
        return newest_plan(self.seats["observing"])

    def draw(self, side: str, at: dt.datetime, path: Path) -> Path:
        """The mission's time as one side sees it at a moment, as a picture."""
        from overflight.report.timeline import timeline_picture

        seat = self.seats[side]
        write_atomic(path, timeline_picture(timeline(standing(seat, at)), "png"))
        return path

    def overdue(self, at: dt.datetime) -> int:
        """How many limits were passed by then, as the observing side sees it."""
        return len(standing(self.seats["observing"], at).passed)

    def _at(self, step: Mapping[str, Any]) -> dt.datetime:
        if "flown" in step:
            return self.moments[step["flown"]] + dt.timedelta(minutes=step.get("minutes", 0))
        moment: dt.datetime = step["at"]
        return moment

    def _step(self, step: Mapping[str, Any], at: dt.datetime, plan: Path) -> None:
        by, move = step["by"], step["move"]
        self.stage.story.progress(f"{self.stage.mission[by]}: {move}")
        given = _filled(step.get("content", {}), self._names())
        document: Path | bytes | None = plan if step.get("takes") == "plan" else None
        if step.get("takes") == "changes":
            document = json.dumps(self.stage.scenario["changes"]).encode()
        seat = self.seats[by]
        content, attached, said = documents_for(seat, move, at, document=document, given=given)
        seat = act(
            seat,
            move,
            at,
            facts={**said, **step.get("facts", {})},
            content=content,
            attached=attached,
        )
        self.seats[by] = seat
        handover = seat.folder / "outbox" / name_of(seat.happened[-1])
        other = _OTHER[by]
        self.seats[other], _ = receive(self.seats[other], handover)

    def _names(self) -> dict[str, str]:
        """What texts of the scenario may name of the flight."""
        names = {name: f"{at:%Y-%m-%dT%H:%M:%SZ}" for name, at in self.moments.items()}
        for name, moment in (("first", "commenced"), ("last", "completed")):
            if moment in self.moments:
                at = self.moments[moment]
                names |= {f"{name}_day": f"{at:%Y-%m-%d}", f"{name}_hour": f"{at:%H%M}"}
        return names


def converse(stage: Stage, table: Table, released: Path) -> MissionPlan:
    """Notice, answer, plan, counter-proposal and agreement; the plan agreed on."""
    story, told = stage.story, stage.mission
    before = [step for step in stage.scenario["step"] if "flown" not in step]
    story.chapter("The conversation", simulated=True)
    at = table.play(before, released)
    plan, proposed = table.agreed(released), read_mission_plan(released)
    name = stage.view.status
    story.tell(
        f"{name(told['observing']).name} notifies, {name(told['observed']).name} answers; each "
        f"has a folder of its own, and sees of the other only what was handed over."
    )
    for change in stage.scenario.get("changes", {}).get("changes", ()):
        story.tell(
            f"{name(told['observed']).name} proposes a change ({change['reason'].rstrip('.')}), "
            f"{name(told['observing']).name} accepts: take-off at {_clock(plan)}, "
            f"not {_clock(proposed)}."
        )
    late = table.overdue(at)
    story.tell(f"{len(before)} steps, {late or 'no'} limit{'s' if late > 1 else ''} passed.")
    picture = table.draw("observed", at, stage.out / SEATS / "timeline.png")
    story.picture(picture, "The mission in time, as the observed side sees it after the agreement")
    story.file(stage.out / SEATS, "both seats' folders: log, documents, outbox")
    return plan


def report(stage: Stage, table: Table, released: Path) -> None:
    """What both sides did during the flight and after it, up to the mission report."""
    story = stage.story
    after = [step for step in stage.scenario["step"] if "flown" in step]
    at = table.play(after, released)
    late = table.overdue(at)
    ended = (at - table.moments["completed"]).total_seconds() / 3600.0
    story.chapter("The report", simulated=True)
    story.tell(
        f"{len(after)} more steps; the mission report follows {ended:g} hours after landing, "
        f"{late or 'no'} limit{'s' if late > 1 else ''} passed in all."
    )
    picture = table.draw("observing", at, stage.out / SEATS / "timeline-after.png")
    story.picture(picture, "The same mission, as the observing side sees it when all is done")


def _clock(plan: MissionPlan) -> str:
    begins = plan.times.commencement
    return "an hour not given" if begins is None else f"{begins:%H:%MZ}"


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    """The value with {names} in its texts filled in."""
    if isinstance(value, str):
        return value.format_map(names)
    if isinstance(value, Mapping):
        return {key: _filled(inside, names) for key, inside in value.items()}
    if isinstance(value, list):
        return [_filled(inside, names) for inside in value]
    return value
