"""How a plan is flown, as tables for a terminal. It shows where there is something to see.

For the side that made the plan only: a run-in, and a site passed in a turn, tell of sites.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from overflight.performance.planned import not_shown
from overflight.report.tables import DASH, Column, Table, clean, number, render
from overflight.terms.flyability import Flyability, LegFlight, StageFlight
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.working_plan import WorkingPlan

KEY = (
    "track = true, at the start; GS = speed over the ground, km/h; level = from where to where "
    "along the leg the wings are level, km (height: and it is at its height); run-in = whether "
    "they are long enough before the first site to be seen; lost = sites of the leg passed in a "
    "turn, a climb or a descent."
)


def flight_lines(plan: MissionPlan, flight: Flyability, width: int) -> list[str]:
    """Legs, stages with their alternates, and what stands in the way."""
    lines = [
        *render(legs_flown(plan, flight), width),
        "",
        *_wrap(KEY, width, "  "),
        "",
        *render(stages_flown(plan, flight), width),
        "",
        *(
            line
            for index, stage in enumerate(flight.stages, 1)
            for line in _wrap(f"Alternates after stage {index}: {_alternates(stage)}.", width, "  ")
        ),
        *_wrap(_sums(flight), width, "  "),
    ]
    if flight.findings:
        lines += ["", *(line for said in flight.findings for line in _wrap(said, width, "  - "))]
    return lines


def not_level_fields(working: WorkingPlan) -> list[tuple[str, str]]:
    """What of the sites seen is passed in a turn, as (label, words); nothing where none is."""
    if working.flyability is None:
        return []
    lost = not_shown(working.plan, working.sites, working.observations, working.flyability)
    if not lost:
        return []
    said = (
        f"{len(lost)} of them: counted as seen by straight legs, and passed in a turn, a climb or "
        "a descent only (named under ASSUMPTIONS)"
    )
    return [("Wings not level", said)]


def legs_flown(plan: MissionPlan, flight: Flyability) -> Table:
    """One row a leg."""
    columns = [
        Column("No", "r"),
        Column("To", most=12),
        Column("track", "r"),
        Column("GS", "r"),
        Column("min", "r"),
        Column("km", "r"),
        Column("level", "r"),
        Column("height", "r"),
        Column("run-in"),
        Column("lost", "r"),
    ]
    fuel = any(leg.fuel_kg is not None for leg in flight.legs)
    if fuel:
        columns.append(Column("kg", "r"))
    rows = []
    for leg in flight.legs:
        row = (
            str(leg.leg + 1),
            clean(plan.fixes[leg.leg + 1].id),
            f"{round(leg.track_deg) % 360:03d}",
            number(leg.ground_speed_km_h),
            number(leg.hours * 60.0),
            number(leg.distance_km, 1),
            _stretch(leg.level_from_km, leg.level_to_km),
            _at_height(leg),
            {True: "ok", False: "short", None: DASH}[leg.run_in_ok],
            str(leg.sites_missed) if leg.sites_missed else "",
        )
        rows.append((*row, number(leg.fuel_kg)) if fuel else row)
    return Table(tuple(columns), tuple(rows))


def stages_flown(plan: MissionPlan, flight: Flyability) -> Table:
    """One row a stage."""
    columns = [
        Column("Stage", "r"),
        Column("From", most=12),
        Column("To", most=12),
        Column("flown km", "r"),
        Column("time", "r"),
        Column("in air km", "r"),
        Column("left km", "r"),
    ]
    fuel = any(stage.fuel_needed_kg is not None for stage in flight.stages)
    if fuel:
        columns += [Column("kg", "r"), Column("needed", "r")]
    rows = []
    for index, stage in enumerate(flight.stages, 1):
        row = [
            str(index),
            clean(plan.fixes[stage.start].id),
            clean(plan.fixes[stage.end].id),
            number(stage.track_km),
            _time(stage.hours),
            number(stage.air_km),
            number(stage.range_left_km),
        ]
        if fuel:
            row += [number(stage.fuel_kg), number(stage.fuel_needed_kg)]
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows))


def _alternates(stage: StageFlight) -> str:
    said = [
        f"{clean(a.code)} {number(a.distance_km)} km{'' if a.within else ' (too far)'}"
        for a in stage.alternates
    ]
    return ", ".join(said) or "none"


def _at_height(leg: LegFlight) -> str:
    """Where it is at its height; nothing where that is the whole leg."""
    if leg.at_height_from_km is None or leg.at_height_to_km is None:
        return DASH
    if leg.at_height_from_km <= 0.0 and leg.at_height_to_km >= leg.distance_km:
        return ""
    return _stretch(leg.at_height_from_km, leg.at_height_to_km)


def _stretch(low: float, high: float) -> str:
    return f"{number(low, 1)}-{number(high, 1)}" if high > low else "never"


def _sums(flight: Flyability) -> str:
    turn = flight.technique if flight.turns else "none"
    said = (
        f"Turns: {turn}, {flight.bank_deg:g} degrees of bank, radius up to "
        f"{flight.turn_radius_km:.1f} km, up to {flight.off_track_km:.1f} km off the legs. "
        f"In all {number(flight.track_km)} km in {_time(flight.hours)} in the air. "
        "in air km = that time at cruise speed, held against the range; left km = range left."
    )
    return said if flight.fuel_kg is None else f"{said} Fuel {number(flight.fuel_kg)} kg."


def _time(hours: float) -> str:
    minutes = round(hours * 60.0)
    return f"{minutes // 60} h {minutes % 60:02d}"


def _wrap(text: str, width: int, first: str) -> Iterable[str]:
    return textwrap.wrap(
        clean(text), width, initial_indent=first, subsequent_indent=" " * len(first)
    )
