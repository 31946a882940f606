"""What is known of the sensors on an aircraft, and the rule on how they are mounted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from overflight.errors import OverflightError
from overflight.rules.case import Case
from overflight.rules.outcome import (
    Bound,
    Outcome,
    as_number,
    breach,
    compliant,
    does_not_apply,
    lacking,
    summed,
    undetermined,
)
from overflight.terms.aircraft import Sensor
from overflight.terms.mission_plan import PlanSensor
from overflight.terms.values import CitedValue
from overflight.treaty.aircraft import AircraftFile, load_aircraft


def aircraft_file(case: Case, aircraft: str) -> AircraftFile | None:
    """The file on the aircraft; None where there is none.

    Not ``TreatyView.aircraft``, which has no answer while the range or the speed is unknown.
    """
    treaty = case.view.treaty
    try:
        return load_aircraft(aircraft, treaty.aircraft_folders, treaty.sources)
    except OverflightError:
        return None


def installed_sensors(case: Case, aircraft: str) -> dict[str, Sensor] | None:
    """The sensors installed, by id; None where nothing is known of them."""
    file = aircraft_file(case, aircraft)
    return {sensor.id: sensor for sensor in file.sensors} if file and file.sensors else None


def figures_private(case: Case, aircraft: str, *fields: str) -> bool:
    """Whether an overlay gave one of these fields ("sensor-id.h_min_m") of its sensors."""
    file = aircraft_file(case, aircraft)
    return file is not None and bool({*fields} & {*file.private_fields})


_ADVERB = {"vertical": "vertically", "oblique": "obliquely"}


def mounted_as_permitted(case: Case, bound: Bound) -> Iterable[Outcome]:
    """No category has more sensors mounted vertically or obliquely than its limits say.

    ``vertical`` and ``oblique`` name these limits of a category ("max_vertical"), ``each_side``
    is how many obliques may look to one side. The mounting is that of the aircraft's data: one
    that looks to one side is oblique, one that looks to both from 0 degrees on is vertical.
    """
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    names = (str(bound.parameter("vertical")), str(bound.parameter("oblique")))
    aboard = installed_sensors(case, plan.aircraft) or {}
    found: list[Outcome] = []
    for category in dict.fromkeys(sensor.category for sensor in plan.sensors):
        limits = [_category_limit(case, category, name) for name in names]
        declared = [sensor for sensor in plan.sensors if sensor.category == category]
        if any(limits):
            found += _mountings(declared, aboard, limits, int(bound.parameter("each_side")))
    if not found:
        return [does_not_apply("No sensor is declared whose mounting the text limits.")]
    return summed(found)


def _category_limit(case: Case, category: str, name: str) -> CitedValue | None:
    try:
        rows = case.view.sensor_category(category).limits.get(name)
    except OverflightError:
        return None
    return rows[-1] if rows else None


def _mountings(
    declared: Sequence[PlanSensor],
    aboard: dict[str, Sensor],
    limits: Sequence[CitedValue | None],
    each_side: int,
) -> list[Outcome]:
    untold = [s.id for s in declared if s.id not in aboard or not _mounting(aboard[s.id])]
    models = [aboard[s.id] for s in declared if s.id in aboard]
    found = [lacking(f"how {sensor} is mounted") for sensor in untold]
    for word, limit in zip(("vertical", "oblique"), limits, strict=True):
        mounted = [model for model in models if _mounting(model) == word]
        if limit is not None:
            most = int(as_number(limit))
            found.append(_counted(mounted, word, f"mounted {_ADVERB[word]}", most, limit))
            if word == "oblique":
                for side in ("left", "right"):
                    here = [model for model in mounted if model.sides == side]
                    if len(here) > each_side:
                        found.append(_counted(here, word, f"on the {side}", each_side, limit))
    return found


def _counted(
    mounted: Sequence[Sensor], word: str, where: str, most: int, limit: CitedValue
) -> Outcome:
    names = ", ".join(model.id for model in mounted)
    text = f"{len(mounted)} {where}{f' ({names})' if names else ''}; at most {most} allowed"
    rest = {"measured": len(mounted), "limit": most, "unit": limit.unit, "limit_source": limit}
    if len(mounted) <= most:
        return compliant(f"{text}.", **rest)
    # A view that begins at 0 degrees makes it vertical: no breach on the strength of a guess.
    guessed = [model.id for model in mounted if word == "vertical" and "near_deg" in model.assumed]
    if len(mounted) - len(guessed) > most or not guessed:
        return breach(f"{text}.", **rest)
    return undetermined(
        f"{text}. That {', '.join(guessed)} look straight down is assumed, not published.",
        f"how {', '.join(guessed)} are mounted",
        **rest,
    )


def _mounting(sensor: Sensor) -> str:
    """ "vertical", "oblique", or empty where the data fit neither."""
    if sensor.sides in ("left", "right"):
        return "oblique"
    return "vertical" if sensor.sides == "both" and sensor.near_deg == 0.0 else ""
