"""Rules of a regime on how high a leg over a part of the territory is to be flown at least.

The check judges a plan by the same part and the same limit. A rule that cannot be told to apply
before there is a plan is taken to apply.
"""

from __future__ import annotations

from overflight.errors import NotInForceError, UnknownValueError
from overflight.geo.areas import Area
from overflight.geo.positions import Position
from overflight.planning.problem import HeightAllowed, any_height
from overflight.rules.case import Case
from overflight.rules.conditions import obstacle
from overflight.rules.outcome import Bound, as_number
from overflight.rules.predicates.legs import part_of
from overflight.terms.findings import Verdict
from overflight.treaty.model import RuleBinding
from overflight.treaty.view import TreatyView
from overflight.units import Metres

PREDICATE = "height_over_part_at_least"


def low_allowed(view: TreatyView) -> HeightAllowed:
    """Whether a leg may be flown at a height, under every rule of that kind on the view's day."""
    rules = (r for r in view.rules if r.phase == "plan" and r.predicate == PREDICATE)
    floors = [floor for floor in (_floor(view, rule) for rule in rules) if floor is not None]
    if not floors:
        return any_height

    def allowed(a: Position, b: Position, height: Metres, /) -> bool:
        return not any(height < least and part.intersects_leg(a, b) for part, least in floors)

    return allowed


def _floor(view: TreatyView, rule: RuleBinding) -> tuple[Area, Metres] | None:
    """One rule's part and height; None where it does not apply, or nobody knows how high."""
    scheme, _, key = rule.limit.partition(":")
    bound = Bound(rule.id, parameters=rule.parameters)
    outcome = obstacle(Case(view, {}, None, None, None), bound)
    if scheme != "value" or (outcome and outcome.verdict is Verdict.DOES_NOT_APPLY):
        return None
    try:
        least = as_number(view.value(key))
    except (UnknownValueError, NotInForceError):
        return None
    return part_of(bound), least
