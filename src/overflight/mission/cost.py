"""A statement of what a mission costs and who pays, from its plan and the user's rates.

The Treaty on Open Skies leaves the shares to decisions of its Commission (VI.I.18, Annex L.I.9);
their figures are not public. So who pays a line is part of the rate.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from overflight.errors import DataError
from overflight.terms.costs import PER, CostLine, CostStatement, Rate, Rates
from overflight.terms.mission_plan import MissionPlan

_CENT = Decimal("0.01")


def cost_statement(
    plan: MissionPlan,
    rates: Rates,
    *,
    quantities: Mapping[str, Decimal] | None = None,
    people: int | None = None,
    departs: dt.datetime | None = None,
) -> CostStatement:
    """Each rate times what the plan, or the user, says of it.

    ``quantities`` (by the rate's id) go before what the plan says; rates for an "item" need one.
    ``people`` are those in the country, ``departs`` when they leave it (None: with the end of the
    flight). Amounts are rounded to hundredths, half to even. Raises DataError for a quantity that
    belongs to no rate.
    """
    given = dict(quantities or {})
    unknown = set(given) - {rate.id for rate in rates.rates}
    if unknown:
        raise DataError(
            f"there is no rate {min(unknown)!r}",
            remedy=f"Choose one of {', '.join(rate.id for rate in rates.rates)}.",
        )
    lines = tuple(_line(rate, plan, given, people, departs) for rate in rates.rates)
    totals = {"observing": Decimal(0), "observed": Decimal(0)}
    for line in lines:
        if line.amount is not None:
            totals[line.rate.paid_by] += line.amount
    notes = ["Who pays what is set by the rates; the shares agreed between the Parties are theirs."]
    if missing := [line.rate.id for line in lines if line.amount is None]:
        notes.append(f"Not in the totals, for want of a quantity: {', '.join(missing)}.")
    return CostStatement(rates.currency, lines, totals, tuple(notes))


def _line(
    rate: Rate,
    plan: MissionPlan,
    given: Mapping[str, Decimal],
    people: int | None,
    departs: dt.datetime | None,
) -> CostLine:
    if rate.id in given:
        quantity, said = given[rate.id], "as given"
    else:
        counted, said = _counted(rate, plan, people, departs)
        if counted is None:
            return CostLine(rate, None, None, said)
        quantity = counted
    amount = (quantity * rate.amount).quantize(_CENT, ROUND_HALF_EVEN)
    return CostLine(rate, quantity, amount, said)


def _counted(
    rate: Rate, plan: MissionPlan, people: int | None, departs: dt.datetime | None
) -> tuple[Decimal | None, str]:
    """How many the plan says there are, or None and why not."""
    if rate.per == "flight-km":
        return _tenth(sum(leg.distance_km for leg in plan.legs)), "from the plan"
    if rate.per == "landing":
        return Decimal(len(plan.stops) + 1), "from the plan"
    if rate.per == "flight-hour":
        spans = [
            leg.arrives - leg.departs
            for leg in plan.legs
            if leg.arrives is not None and leg.departs is not None
        ]
        if len(spans) != len(plan.legs):
            return None, "the plan gives no times for its legs"
        return _tenth(sum(spans, dt.timedelta()) / dt.timedelta(hours=1)), "from the plan"
    if rate.per in ("day-in-country", "person-day"):
        begins, ends = plan.times.arrival_at_point_of_entry, departs or plan.times.completion
        if begins is None or ends is None:
            return None, "arrival or departure is not known"
        days = max(1, math.ceil((ends - begins) / dt.timedelta(days=1)))
        if rate.per == "day-in-country":
            return Decimal(days), "from the plan"
        if people is None:
            return None, "the number of people was not given"
        return Decimal(days * people), f"people: {people}, days: {days}"
    return None, f"a number of {PER[rate.per]} was not given"


def _tenth(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
