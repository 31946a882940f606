"""Changes that the observed Party proposes to a mission plan, each with its ground.

The document goes to the observing Party. What either side thinks of it stands elsewhere.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from overflight.geo.positions import Position
from overflight.terms.mission_plan import PlanAirfield
from overflight.units import Metres

COUNTER_PROPOSAL_VERSION = 1


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the legs ``first_leg`` to ``last_leg`` of the plan (counted from 0).

    ``cause`` is the ground, in the words of the regime's rule on grounds; ``reason`` says it in
    full. ``evidence`` names what the ground rests on, by kind: "weather", "airfield" (a code in
    the plan), "rule" (the id of a rule that the plan is said to break), "hazard" (the id of an
    area). At least one of the following is proposed; None: as it was.

    ``route``: the legs' places between their first and last fix, ends left out; empty: straight
    from one to the other. ``height_agl_m``: their least height above ground. ``departs``: when the
    first of them is begun. ``airfield``: what takes the place of the airfield in the evidence.
    ``without_sensors``: sensors not to operate along them.
    """

    first_leg: int
    last_leg: int
    cause: str
    reason: str
    evidence: dict[str, str] = field(default_factory=dict)
    route: tuple[Position, ...] | None = None
    height_agl_m: Metres | None = None
    departs: dt.datetime | None = None
    airfield: PlanAirfield | None = None
    without_sensors: tuple[str, ...] = ()

    @property
    def means(self) -> tuple[str, ...]:
        """What is changed, in words: route, height, time, airfield, sensors."""
        given = {
            "route": self.route is not None,
            "height": self.height_agl_m is not None,
            "time": self.departs is not None,
            "airfield": self.airfield is not None,
            "sensors": bool(self.without_sensors),
        }
        return tuple(name for name, there in given.items() if there)


@dataclass(frozen=True, slots=True)
class CounterProposal:
    """What the observed Party proposes instead of the plan whose digest is ``plan_sha256``."""

    treaty: str
    observing: str
    observed: str
    plan_sha256: str
    proposed: dt.datetime | None
    changes: tuple[Change, ...]
    marks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
