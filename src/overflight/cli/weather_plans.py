"""Plans under a forecast of cloud, as ``overflight plan make`` makes them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from overflight.cli.searching import Progress, Stop

if TYPE_CHECKING:
    from overflight.mission.alternatives import Alternatives
    from overflight.mission.weather import Weathered
    from overflight.planning.protocol import RoutePlanner
    from overflight.terms.sites import Site
    from overflight.terms.working_plan import WorkingPlan


def other_plans(
    found: Weathered,
    sites: Sequence[Site],
    asked: Mapping[str, Any],
    weather: Mapping[str, Any],
    wanted: int,
) -> tuple[Alternatives, str]:
    """``wanted`` plans besides the best by their worth under the forecast, and the table of all.

    Those of other starts come first, then plans different in kind from the best one's start.
    """
    from overflight.mission.weather import plan_in_weather, ranked
    from overflight.report.weather_table import weather_table

    begins = found.best.plan.times.commencement
    starts = (begins,) if weather["starts"] and begins is not None else ()
    print(f"searching for {wanted} other plans; Ctrl-C ends it", file=sys.stderr)
    progress = Progress()
    with Stop("stopping; no more plans") as stop:

        def make(planner: RoutePlanner) -> WorkingPlan:
            terms = {**weather, **asked, "starts": starts, "planner": planner}
            return plan_in_weather(sites, **terms, progress=progress, stop=stop).best

        try:
            others = ranked(found, make, wanted, weather["by_risk"], stop)
        finally:
            progress.close()
    return others, weather_table(others.plans, weather["by_risk"])
