"""The least height above ground that binds a sensor, and how well it is known.

A plan is judged by what the aircraft's data say. What the plan itself states as H_min counts only
where it asks for more: nobody may lower the bar by writing a smaller number into a plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from overflight.rules.case import Case
from overflight.rules.outcome import Outcome, breach, compliant, lacking, undetermined
from overflight.rules.predicates.installed import figures_private, installed_sensors
from overflight.terms.mission_plan import MissionPlan, PlanSensor


@dataclass(frozen=True, slots=True)
class LeastHeight:
    """What binds one sensor, m above ground.

    Below ``firm`` is a breach. Where ``firm`` does not settle it, ``assumed`` is the figure that
    the data assume for want of a public one; with neither ``proven`` nor ``assumed`` nothing is
    known but the plan's own word. ``basis`` names the figure's standing in words, ``sources``
    where it comes from; ``private``: an overlay gave it.
    """

    firm: float | None
    assumed: float | None
    proven: bool
    basis: str
    sources: str
    private: bool = False

    @property
    def governing(self) -> float | None:
        """The figure that a height must reach to be in order."""
        known = [figure for figure in (self.firm, self.assumed) if figure is not None]
        return max(known, default=None)


def least_heights(case: Case, plan: MissionPlan) -> dict[str, LeastHeight]:
    """What binds each sensor that the plan declares, by sensor id."""
    return {sensor.id: _least(case, plan, sensor) for sensor in plan.sensors}


def _least(case: Case, plan: MissionPlan, sensor: PlanSensor) -> LeastHeight:
    model = (installed_sensors(case, plan.aircraft) or {}).get(sensor.id)
    known, stated = model.h_min_m if model else None, sensor.h_min_m
    own = "the figure of the plan itself"
    if model is None or known is None:
        return LeastHeight(
            stated, None, False, own, f"H_min of {sensor.id}: stated by the plan, known to no data"
        )
    higher = stated is not None and stated > known
    if "h_min_m" in model.assumed:
        return LeastHeight(
            stated,
            known,
            True,
            f"{own}, above the {metres(known)} assumed for planning"
            if higher
            else "assumed for planning",
            f"H_min of {sensor.id} on {plan.aircraft}: {metres(known)}, an assumption made for "
            "planning; no public source gives it",
        )
    private = figures_private(case, plan.aircraft, f"{sensor.id}.h_min_m")
    if higher:
        return LeastHeight(stated, None, True, own, f"H_min of {sensor.id}: stated by the plan")
    where = "an overlay's data" if private else "the data"
    return LeastHeight(
        known,
        None,
        True,
        "from the aircraft's data",
        f"H_min of {sensor.id}: {where} on {plan.aircraft}",
        private,
    )


def judged(
    needs: LeastHeight, sensor: PlanSensor, height: float, what: str, **rest: Any
) -> Outcome:
    """A height held against what binds the sensor. ``what`` says what was flown, without a stop."""
    least, need = needs.governing, _certified(sensor)
    if least is None:
        return lacking(need)
    rest = {**rest, "measured": height, "unit": "m", "sources": needs.sources}
    rest["private"] = needs.private
    if needs.firm is not None and height < needs.firm:
        basis = needs.basis
        if needs.assumed is not None and needs.firm <= needs.assumed:
            basis = "what the plan itself states"
        text = f"{what}, which needs at least {metres(needs.firm)} ({basis}) to stay within its"
        return breach(f"{text} ground resolution.", limit=needs.firm, **rest)
    if not needs.proven:
        text = (
            f"{what}. The plan states {metres(least)} as its minimum height; the data on the "
            "aircraft have no figure that bears it out."
        )
        return undetermined(text, need, limit=least, **rest)
    if height < least:
        text = (
            f"{what}. {metres(least)} are assumed for planning as its minimum height, and no "
            "public source says that less is enough."
        )
        return undetermined(text, need, limit=least, **rest)
    text = f"{what}, which needs at least {metres(least)} ({needs.basis}) to stay within its"
    return compliant(f"{text} ground resolution.", limit=least, **rest)


def metres(height: float) -> str:
    """A height in a sentence: whole metres where it has no more, else as many places as it has."""
    rounded = round(height, 3)
    return f"{rounded:,.0f} m" if rounded == round(rounded) else f"{rounded:,g} m"


def _certified(sensor: PlanSensor) -> str:
    return f"the certified minimum height of {sensor.id} (certification report, or --overlay DIR)"
