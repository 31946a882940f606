"""A route made into a mission plan: its hours, heights and all that goes around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from overflight.mission.flown import Flying, as_flown, times_flown
from overflight.mission.landing_places import Landings
from overflight.mission.prepared import Prepared
from overflight.mission.setting import Setting
from overflight.planning.assemble import Circumstances, mission_plan
from overflight.planning.evaluate import LegBook
from overflight.planning.problem import Route
from overflight.planning.schedule import Assumptions, Timetable, timetable
from overflight.planning.timing import start_of
from overflight.terms.mission_plan import HazardousAirspace, MissionPlan, PlanAirfield
from overflight.units import Metres


@dataclass(frozen=True, slots=True)
class Drawn:
    """A route with its hours. ``heights_m``: above ground, leg by leg; ``alternates``: airfields
    to turn to."""

    route: Route
    times: Timetable
    landings: Landings
    heights_m: tuple[Metres, ...]
    alternates: tuple[PlanAirfield, ...]


def timed(
    setting: Setting, how: Flying, book: LegBook, route: Route
) -> tuple[Assumptions, tuple[Metres, ...], Timetable, Timetable]:
    """What the clock assumes, the height of each leg, the hours in still air, and as flown."""
    stages = [
        [book.length(a, b) for a, b in pairwise(route.stage_path(i))]
        for i in range(len(route.stages))
    ]
    clocks = setting.assumptions.beginning(start_of(book, route))
    times = timetable(stages, setting.ability.cruise_km_h, setting.view.on, clocks)
    heights = tuple(setting.heights_m[number] for number in book.heights(route))
    return clocks, heights, times, times_flown(route, setting, how, clocks, heights)


def drawn_up(
    ready: Prepared,
    drawn: Drawn,
    *,
    observing: str,
    hazards: Sequence[HazardousAirspace] = (),
    condition: str = "",
    provided_by: str | None = None,
    marks: Sequence[str] = (),
) -> MissionPlan:
    """The plan as it would be handed over. See ``make_plan`` for the words."""
    setting, how = ready.setting, ready.flying
    about = Circumstances(
        treaty=ready.book.id,
        observing=observing,
        observed=setting.land.observed,
        quota_holder=setting.view.holder_of(setting.land.observed),
        aircraft=setting.plane,
        provided_by=provided_by or observing,
        cruise_km_h=setting.ability.cruise_km_h,
        sensors=setting.sensors,
        heights_m=drawn.heights_m,
        airfields=drawn.landings.airfields,
        over_territory=setting.land.length_over_territory_km,
        point_of_entry=drawn.landings.entry,
        point_of_exit=drawn.landings.exit,
        terrain=how.terrain,
        hazards=tuple(as_flown(area, drawn.route.path) for area in hazards),
        alternates=drawn.alternates,
        turn_technique=how.handling.technique,
        distance_condition=condition,
        readings=setting.view.readings,
        marks=tuple(marks),
        remarks=("Coordinates are WGS84, whole minutes of arc; legs are geodesics.",),
    )
    return mission_plan(drawn.route, drawn.times, about)
