"""Limits of a regime's rules on how much of a path may lie over a part of the territory.

The check judges a route by the same part and the same limit; here a search is told of them
beforehand. A rule that cannot be told to apply before there is a plan is taken to apply.
"""

from __future__ import annotations

from overflight.errors import NotInForceError, UnknownValueError
from overflight.planning.problem import PartLimit
from overflight.rules.case import Case
from overflight.rules.conditions import obstacle
from overflight.rules.outcome import Bound, as_number
from overflight.rules.predicates.legs import part_of
from overflight.terms.findings import Verdict
from overflight.treaty.geography import Geography
from overflight.treaty.model import RuleBinding
from overflight.treaty.view import TreatyView

PREDICATE = "length_over_part_at_most"
RESERVE = 0.002
"""Part of such a limit left unused, so that rounding never breaks it."""


def part_limits(view: TreatyView, land: Geography) -> tuple[PartLimit, ...]:
    """Every limit of that kind that holds on the view's day under its readings."""
    found = (
        _limit(view, land, rule)
        for rule in view.rules
        if rule.phase == "plan" and rule.predicate == PREDICATE
    )
    return tuple(limit for limit in found if limit is not None)


def _limit(view: TreatyView, land: Geography, rule: RuleBinding) -> PartLimit | None:
    """One rule's limit; None where it does not apply, or where nobody knows how much it is."""
    scheme, _, key = rule.limit.partition(":")
    bound = Bound(rule.id, parameters=rule.parameters)
    outcome = obstacle(Case(view, {}, None, None, None), bound)
    if scheme != "value" or (outcome and outcome.verdict is Verdict.DOES_NOT_APPLY):
        return None
    try:
        most = as_number(view.value(key))
    except (UnknownValueError, NotInForceError):
        return None
    part = part_of(bound)
    return PartLimit(
        str(bound.parameter("name")),
        most * (1.0 - RESERVE),
        lambda a, b: sum(
            land.length_over_territory_km(entry, leave)
            for _, entry, leave in part.parts_inside(a, b)
        ),
    )
