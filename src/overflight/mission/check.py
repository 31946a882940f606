"""Holding a mission plan against its treaty: read it, look up the day, run the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError, UnknownValueError
from overflight.mission.overlaid import completed, marked
from overflight.rules.case import Case
from overflight.rules.engine import check
from overflight.terms.findings import Findings, merge
from overflight.terms.mission_plan import MissionPlan
from overflight.treaty.loader import available_treaties, load_treaty
from overflight.treaty.model import Treaty
from overflight.treaty.plausible import refuse_swapped_positions
from overflight.treaty.view import TreatyView

if TYPE_CHECKING:
    from overflight.treaty.geography import Geography

PHASE_OF = {"notification": "notice", "flight-record": "flight", "mission-report": "report"}
"""The phase whose rules each document beside the plan answers."""

PlanSource = MissionPlan | Mapping[str, Any] | Path | str


def check_plan(
    plan: PlanSource,
    *,
    treaty: Treaty | str | Path | None = None,
    overlay: Path | None = None,
    readings: Mapping[str, str] | None = None,
    phase: str = "plan",
    documents: Mapping[str, Mapping[str, Any]] | None = None,
    now: dt.datetime | None = None,
    borders: Path | None = None,
    only: Iterable[str] | None = None,
) -> Findings:
    """Every rule of the treaty held against a mission plan, with readings and notes.

    ``plan`` is a plan, its JSON document, or a file of it ("-": standard input); of a working
    plan the one that would be released is checked. ``treaty`` (default: the one the plan names)
    is a name, a folder or a loaded Treaty, ``overlay`` a private folder, which also gives the
    figures of sensors that the plan states "as certified". ``readings`` go before those
    the plan states. ``documents`` are the mission's other documents by kind, which phases other
    than "plan" ask for, ``now`` the moment from which deadlines are judged, ``borders`` a folder
    of other borders, ``only`` the ids of the rules to hold it against (all others are left out).

    Raises NotInForceError where the treaty does not bind both parties on the plan's date,
    UnknownValueError where nobody public knows whether it does, DataError for a bad document.
    """
    read = _read(plan)
    book = treaty_of(read, treaty, overlay)
    if read.date is None:
        raise DataError(
            "the plan does not say when the observation flight begins, so no date is known on "
            "which to read the treaty",
            where="/times/commencement",
            remedy="Give times.commencement, for instance 2021-05-19T07:00:00Z.",
        )
    view = book.on(read.date, {**read.readings, **(readings or {})})
    refuse_swapped_positions(read, view)
    view.require_parties(read.observing, read.observed)
    geography, notes = _geography(view, read.observed, borders)
    if book.overlay_used:
        notes.append(
            "A private overlay was laid over the public data: findings that rest on it are "
            "marked private and stay on this side."
        )
    if book.overlay_used:
        read = completed(read, view)
    found = check(Case(view, documents or {}, read, geography, now), phase, only=only)
    if book.overlay_used:
        found = marked(found, read, view, phase)
    return merge([found, Findings((), dict(view.readings), tuple(notes))])


def check_phases(plan: PlanSource, phases: Sequence[str], **options: Any) -> Findings:
    """The rules of several phases at once; ``options`` as for check_plan.

    A rule stands among those that do not apply only if its phase was not asked for, or its own
    condition says so.
    """
    read = _read(plan)
    found = {phase: check_plan(read, phase=phase, **options) for phase in dict.fromkeys(phases)}
    first = next(iter(found))
    items = [
        item
        for phase, findings in found.items()
        for item in findings.items
        if item.phase == phase or (phase == first and item.phase not in found)
    ]
    joined = merge(found.values())
    return Findings(tuple(items), joined.readings, joined.notes)


def _read(plan: PlanSource) -> MissionPlan:
    from overflight.formats.plan_json import mission_plan_from_dict, read_mission_plan

    if isinstance(plan, MissionPlan):
        return plan
    if isinstance(plan, (str, Path)):
        return read_mission_plan(plan)
    if plan.get("kind") == "working-plan":
        inside = plan.get("released_plan", plan.get("mission_plan"))
        if not isinstance(inside, Mapping):
            raise DataError(
                "this working plan holds no mission plan",
                where="/released_plan",
                remedy="Give the mission plan itself.",
            )
        return mission_plan_from_dict(inside)
    return mission_plan_from_dict(plan)


def treaty_of(
    plan: MissionPlan, treaty: Treaty | str | Path | None, overlay: Path | None
) -> Treaty:
    if isinstance(treaty, Treaty):
        if overlay is not None:
            raise DataError(
                "an overlay was given together with a treaty that is already loaded",
                remedy="Load the treaty with the overlay: load_treaty(name, overlay=...).",
            )
        return treaty
    if treaty is not None:
        return load_treaty(treaty, overlay)
    if plan.treaty not in available_treaties():
        # A document from outside may name a treaty we have; it may not name a folder to read.
        raise DataError(
            f"the plan is made under {plan.treaty!r}, which is not among the treaties here "
            f"({', '.join(available_treaties())})",
            where="/treaty",
            remedy="Say which treaty to read, by its name or folder.",
        )
    return load_treaty(plan.treaty, overlay)


def _geography(
    view: TreatyView, observed: str, borders: Path | None
) -> tuple[Geography | None, list[str]]:
    """The borders, with a note on what they rest on; None where they cannot be drawn."""
    from overflight.treaty.geography import geography

    try:
        drawn = geography(view, observed, borders=borders)
    except UnknownValueError as error:
        return None, [f"Borders cannot be drawn: {error.message}."]
    return drawn, [drawn.basis, *drawn.notes]
