"""The search for a plan, as a piece of work: what it is asked, what it tells, what it gives."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from overflight.web.pages.jobs import Tell

if TYPE_CHECKING:
    from overflight.planning.problem import Route


def search(asked: Mapping[str, Any], tell: Tell, stop: Callable[[], bool]) -> Mapping[str, Any]:
    """``asked``: the arguments of ``make_plan``, with ``sites`` and ``hazards`` as bytes of their
    files, and ``begin``, a working plan's document to search on from. The result is the
    working-plan document; it stays on this side."""
    from overflight.formats.hazards import read_hazards
    from overflight.formats.plan_json import working_plan_to_dict
    from overflight.formats.sites import read_sites
    from overflight.formats.working_json import working_plan_from_dict
    from overflight.mission.again import improved
    from overflight.mission.plan import make_plan
    from overflight.planning.track.planner import TrackPlanner

    question = dict(asked)
    begun, seconds = time.monotonic(), float(question["seconds"])

    def watch(route: Route, value: float) -> None:
        spent = (time.monotonic() - begun) / seconds
        tell({"event": "draft", "percent": min(100, round(100 * spent)), "value": value,
              "path": [[p.lon, p.lat] for p in route.path]})  # fmt: skip

    def said(text: str) -> None:
        if text.startswith("loading"):
            tell({"event": "said", "text": text})

    begin = question.pop("begin", None)
    if begin is not None:
        working = working_plan_from_dict(begin)
        better = improved(working, seconds=seconds, progress=said, stop=stop, watch=watch)
        return working_plan_to_dict(better)
    sites = read_sites(question.pop("sites"))
    hazards = question.pop("hazards", None)
    found = make_plan(
        sites,
        **question,
        hazards=read_hazards(hazards) if hazards else (),
        planner=TrackPlanner(watch=watch),
        progress=said,
        stop=stop,
    )
    return working_plan_to_dict(found)
