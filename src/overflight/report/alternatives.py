"""A ranked list of plans as a table. It tells what they are worth: it stays at home."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from overflight.geo.geodesic import azimuth_deg
from overflight.geo.positions import Position
from overflight.report.tables import DASH, Column, Table, clean, measure, number, render
from overflight.report.text import NOT_FOR_RELEASE, WIDTH
from overflight.terms.working_plan import WorkingPlan

_COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_KEY = (
    "shared = sites that the plan sees too, of those of the larger of the two; new = sites that "
    "the plan does not see; without = sites of the plan that this one does not see, and on which "
    "side of its sites they lie; km = over the territory."
)


def alternatives_table(plans: Sequence[WorkingPlan], said: str = "", width: int = WIDTH) -> str:
    """The plans, the first of them the plan itself, with what each shares with that one."""
    columns = (
        Column("Plan"),
        Column("Value", "r"),
        Column("Sites", "r"),
        Column("shared", "r"),
        Column("new", "r"),
        Column("without", "r"),
        Column("km", "r"),
        Column("stages", "r"),
        Column("verdict"),
    )
    rows = [
        (
            f"alternative {index}" if index else "the plan",
            measure(plan.value_observed),
            str(len(plan.sites_observed)),
            *(_beside(plan, plans[0]) if index else (DASH, DASH, DASH)),
            number(plan.plan.flight_distance_km),
            str(len(plan.plan.stops) + 1),
            str(plan.findings.verdict),
        )
        for index, plan in enumerate(plans)
    ]
    lines = [f"{NOT_FOR_RELEASE} (alternatives)", ""]
    lines += render(Table(columns, tuple(rows)), width)
    lines += ["", *_wrap(_KEY, width)]
    if said:
        lines += ["", *_wrap(f"No more of them: {clean(said)}.", width)]
    return "\n".join(line.rstrip() for line in lines)


def _beside(plan: WorkingPlan, first: WorkingPlan) -> tuple[str, str, str]:
    """What a plan shares with the first, what is new in it, and what it is without."""
    here, there = plan.sites_observed, first.sites_observed
    larger = max(len(here), len(there), 1)
    return (
        f"{100 * len(here & there) / larger:.0f} %",
        str(len(here - there)),
        f"{len(there - here)} {_side(first, there - here)}".rstrip(),
    )


def _side(plan: WorkingPlan, part: frozenset[str]) -> str:
    """Where some of a plan's sites lie, seen from the middle of all of them: N, NE, ..."""
    at = {site.id: site.position for site in plan.sites if site.id in plan.sites_observed}
    whole, some = _middle(list(at.values())), _middle([at[site] for site in part if site in at])
    if whole is None or some is None or whole == some:
        return ""
    return _COMPASS[round(azimuth_deg(whole, some) / 45.0) % len(_COMPASS)]


def _middle(positions: Sequence[Position]) -> Position | None:
    """The middle of positions, by their mean direction from the earth's centre."""
    east = north = up = 0.0
    for position in positions:
        lat, lon = math.radians(position.lat), math.radians(position.lon)
        east += math.cos(lat) * math.cos(lon)
        north += math.cos(lat) * math.sin(lon)
        up += math.sin(lat)
    if math.hypot(east, north, up) < 1e-9:
        return None
    return Position(
        math.degrees(math.atan2(up, math.hypot(east, north))),
        math.degrees(math.atan2(north, east)),
    )


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="  ")
