"""What of an overlay would show in a plan, what is done about it, and which rules rest on it.

Which rules a release leaves undecided may tell that a value is private, never which value it is.
So it is read off the marks of the data, and off what public data would say in other words; not
off the verdict that the private value leads to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from overflight.errors import OverflightError
from overflight.formats.releasable import FIGURES, discreet_height, sensors_with
from overflight.mission.check import check_plan
from overflight.mission.landing_places import Landings
from overflight.mission.release import release
from overflight.mission.setting import Setting
from overflight.performance.capability import capability
from overflight.sensing.heights import flight_height_m
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.values import CitedValue
from overflight.terms.working_plan import WorkingPlan
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.units import KilometresPerHour

_SPEED_STEP_KM_H = 10.0


def discreet(setting: Setting) -> Setting:
    """The setting with a height and a speed that may be seen, and are seen, by everybody.

    A height set by a private H_min goes up to a whole 50 m, a private cruise speed down to a
    slower round one. A plan is made with these, so that what is planned is what is released.
    """
    secret = sensors_with(setting.view.private_sensor_fields(setting.plane.id), FIGURES)
    bounds = [(s.h_min_m, s.id in secret) for s in setting.sensors if s.h_min_m is not None]
    ability = setting.ability
    if setting.plane.cruise_km_h.private or _known_to_overlay_only(setting):
        ability = replace(ability, cruise_km_h=slower(ability.cruise_km_h))
    return replace(setting, height_m=discreet_height(setting.height_m, bounds), ability=ability)


def _known_to_overlay_only(setting: Setting) -> bool:
    """Whether no public file describes the aircraft: then its figures carry no mark."""
    folders = setting.view.treaty.aircraft_folders
    name = f"{setting.plane.id}.toml"
    return bool(folders) and not any((f / name).is_file() for f, private in folders if not private)


def slower(speed: KilometresPerHour) -> KilometresPerHour:
    """The next whole 10 km/h below; of a small speed, the next tenth of its power of ten."""
    step = min(_SPEED_STEP_KM_H, 10.0 ** math.floor(math.log10(speed)) / 10.0)
    return (math.ceil(speed / step - 1e-9) - 1) * step


def discretion(setting: Setting) -> list[str]:
    """What ``discreet`` changed, for the plan's assumptions (which stay at home)."""
    said, h_min = [], flight_height_m(setting.sensors)
    if h_min is not None and setting.height_m > h_min and not setting.height_asked:
        said.append(
            f"Flown {setting.height_m:g} m above ground, not the {h_min:g} m that suffice: the "
            "plan must not show a private H_min."
        )
    cruise = capability(setting.plane).cruise_km_h
    if setting.ability.cruise_km_h < cruise:
        said.append(
            f"Flown at {setting.ability.cruise_km_h:g} km/h, not at {cruise:g} km/h: the plan must "
            "not show a private cruise speed."
        )
    return said


def private_used(setting: Setting, limit: CitedValue, landings: Landings) -> bool:
    """Whether a value of the overlay went into a plan with this limit and these landings."""
    plane, used = setting.plane, {sensor.id for sensor in setting.sensors}
    figures = (limit, plane.range_km, plane.cruise_km_h, plane.max_takeoff_mass_kg)
    fields = setting.view.private_sensor_fields(plane.id)
    return (
        any(figure.private for figure in figures)
        or any(name.split(".")[0] in used for name in fields)
        or landings.private
    )


def not_decided_here(
    plan: MissionPlan,
    home: Findings,
    book: Treaty,
    readings: Mapping[str, str] | None = None,
    borders: Path | None = None,
) -> tuple[str, ...]:
    """Ids of the rules that a document without the overlay's values cannot answer.

    ``home`` are the findings with the overlay. A rule is among them when a finding of it is
    marked private, or when public data would answer in other words.
    """
    if not book.overlay_used:
        return ()
    found = {f.rule for f in home.items if f.private}
    try:
        public = check_plan(
            plan, treaty=load_treaty(book.folder), readings=readings, borders=borders
        )
    except OverflightError:  # without the overlay nothing can be held against the plan at all
        return tuple(dict.fromkeys(f.rule for f in home.items))
    here, there = _by_rule(home.items), _by_rule(public.items)
    found |= {rule for rule in here if here[rule] != there.get(rule)}
    return tuple(rule for rule in here if rule in found)


def warnings_for(
    working: WorkingPlan,
    *,
    treaty: str | Path,
    readings: Mapping[str, str] | None = None,
    borders: Path | None = None,
) -> list[str]:
    """What one who has the released plan and public data only finds wrong, unlike us: lines.

    For the planner, who is to know it before the plan is handed over. Empty where there is none.
    """
    if not working.not_decided_here:
        return []
    public = check_plan(release(working), treaty=treaty, readings=readings, borders=borders)
    odd = seen_otherwise(working.findings, public)
    if not odd:
        return []
    return [
        f"NOT YET: who has public data only gets {Findings(odd).verdict} under "
        f"{', '.join(f.rule for f in odd)}. At home your overlay decides; what you hand over "
        "leaves it open. Settle with the other side on which paper it rests:",
        *(f"  {f.rule} ({f.title}), {f.verdict}: {f.message}" for f in odd),
    ]


def seen_otherwise(home: Findings, public: Findings) -> tuple[Finding, ...]:
    """Of each rule that stands in the way by public data alone, and not at home, one finding."""
    bad = (Verdict.BREACH, Verdict.UNDETERMINED)
    known = {(f.rule, f.verdict) for f in home.of(*bad)}
    found: dict[str, Finding] = {}
    for finding in public.of(*bad):
        if (finding.rule, finding.verdict) not in known:
            found.setdefault(finding.rule, finding)
    return tuple(found.values())


def _by_rule(items: Iterable[Finding]) -> dict[str, list[tuple[object, ...]]]:
    told: dict[str, list[tuple[object, ...]]] = {}
    for f in items:
        words = (f.verdict, f.message, f.measured, f.limit, f.limit_cite, f.needs)
        told.setdefault(f.rule, []).append(words)
    return told
