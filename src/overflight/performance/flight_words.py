"""What flying a route comes to, in sentences: findings by leg and stage, and assumptions."""

from __future__ import annotations

import math

from overflight.performance.climb_descent import VerticalRates
from overflight.performance.dubins import DubinsPath
from overflight.performance.fuel import FuelModel, ReservePolicy, StageFuel
from overflight.performance.handling import CHOOSE, Handling
from overflight.performance.turns import Turn
from overflight.terms.flyability import LegFlight, StageFlight
from overflight.units import Kilometres, Seconds

STILL_AIR = "Still air: no wind was given."


def of_leg(
    leg: LegFlight,
    handling: Handling,
    unlike: Turn | None,
    run_in: Seconds | None,
    sites: int,
    turning: int,
    way: DubinsPath | None,
) -> tuple[str, ...]:
    """Findings of one leg.

    ``unlike`` is the turn at its start where it is not flown as asked for, ``run_in`` the seconds
    of level flight before its first site, ``turning`` how many of its ``sites`` lie in a turn,
    ``way`` the shortest path over both fixes where the leg is too short.
    """
    name, said = f"Leg {leg.leg + 1}", []
    if unlike is not None:
        said.append(
            f"{name} begins with a turn of {abs(unlike.angle_deg):.0f} degrees, too sharp for a "
            f"turn short: reckoned as an {unlike.technique}."
        )
    if not leg.flyable:
        sentence = (
            f"{name} is {leg.short_by_km:.1f} km too short for the turns at its ends "
            f"({leg.distance_km:.1f} km long)"
        )
        if way is not None:
            sentence += (
                f"; over both its fixes the shortest way that can be flown is {way.length:.1f} km "
                f"({way.word})"
            )
        said.append(sentence + ".")
    if leg.sites_missed:
        said.append(f"{name}: {_passed(leg, sites, turning)}.")
    elif run_in is not None and leg.run_in_ok is False and math.isfinite(run_in):
        said.append(
            f"{name}: {run_in:.0f} s of level flight before the first site, where "
            f"{handling.run_in_seconds:g} s are wanted."
        )
    if leg.at_height_from_km is not None and leg.at_height_from_km == leg.at_height_to_km:
        said.append(f"{name} is never at its height: it is all climb or descent.")
    return tuple(said)


def _passed(leg: LegFlight, sites: int, turning: int) -> str:
    """How many sites are passed in a turn, and how many in a climb or descent."""
    said = []
    for count, where in ((turning, "in a turn"), (leg.sites_missed - turning, "off its height")):
        if count:
            verb = "is" if count == 1 else "are"
            said.append(f"{count} of {sites} {verb} passed {where}")
    return "of its sites " + " and ".join(said)


def of_stage(
    stage: StageFlight,
    number: int,
    lacking: Kilometres,
    burnt: StageFuel | None,
    fuel: FuelModel | None,
) -> tuple[str, ...]:
    """Findings of one stage; ``lacking`` is how much too short it is for climb and descent."""
    name, said = f"Stage {number}", []
    left = stage.range_left_km
    if left is not None and left < 0:
        said.append(
            f"{name} takes as long as {stage.air_km:,.0f} km in still air, {-left:,.0f} km more "
            "than the range."
        )
    elif left is not None and stage.alternates and not any(a.within for a in stage.alternates):
        near = stage.alternates[0]
        said.append(
            f"{name}: the nearest alternate, {near.code}, is {near.distance_km:,.0f} km from its "
            f"end and {left:,.0f} km of range are left, reserves apart."
        )
    if lacking > 0:
        said.append(f"{name} is {lacking:,.0f} km too short to climb to its height and down again.")
    if burnt is not None and fuel is not None and fuel.usable_kg is not None:
        short = burnt.needed - fuel.usable_kg
        if short > 0:
            said.append(
                f"{name} needs {burnt.needed:,.0f} kg of fuel with reserves, {short:,.0f} kg more "
                "than can be carried."
            )
    if burnt is not None and burnt.to_alternate is None:
        said.append(f"{name}: no alternate is known, so the fuel needed holds none to reach one.")
    return tuple(said)


def assumptions(
    handling: Handling,
    rates: VerticalRates,
    reserve: ReservePolicy,
    fuel: FuelModel | None,
    *,
    still_air: bool,
    heights_known: bool,
    fields_known: bool,
) -> tuple[str, ...]:
    """What was taken for granted."""
    said = [handling.sentence()]
    if handling.technique == CHOOSE:
        said.append(
            "The technique of each turn was chosen for the sites near it: whoever reads it can "
            "guess at them."
        )
    if still_air:
        said.append(STILL_AIR)
    if heights_known:
        said.append(rates.basis)
        if not fields_known:
            said.append("Airfields at sea level: their elevations were not given.")
    else:
        said.append("Heights above sea level are not known: climbs and descents are left out.")
    if fuel is None:
        said.append("Fuel: not known for this aircraft; stages are held against its range alone.")
    elif not heights_known:
        said.append("Fuel: not reckoned, since heights above sea level are not known.")
    else:
        said += [fuel.basis, reserve.sentence()]
    return tuple(said)
