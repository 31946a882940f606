"""The quotas of a view as a plain document, those that bind nobody apart."""

from __future__ import annotations

from typing import Any

from overflight.errors import UnknownValueError
from overflight.terms.values import Status
from overflight.treaty.plain import value_dict
from overflight.treaty.quotas import named, reason, unbound
from overflight.treaty.view import TreatyView


def quotas(view: TreatyView) -> dict[str, Any]:
    """Quotas that hold on the day; unknown ones say so.

    Rows of holders that are not bound stand apart, with the reason, and in no total.
    """
    treaty = view.treaty
    passive = [
        {"holder": row.key, **_effective(view, row.key), **value_dict(named(row))}
        for row in treaty.passive_quotas
        if row.holds_on(view.on)
    ]
    active = [
        {
            "observer": quota.observer,
            "observed": quota.observed,
            "shared_with": list(quota.shared_with),
            "shared_flights": quota.shared_flights,
            **_effective(view, quota.observer, quota.observed),
            **value_dict(quota.flights),
        }
        for quota in treaty.active_quotas
        if quota.flights.holds_on(view.on)
    ]
    bound = [row for row in passive if row["in_force"]]
    known = [row["value"] for row in bound if row["status"] != Status.UNKNOWN]
    return {
        "passive_quotas": bound,
        "passive_quotas_not_in_force": [row for row in passive if not row["in_force"]],
        "passive_quota_total": {
            "holders": len(bound),
            "flights": sum(known),
            "not_known": len(bound) - len(known),
        },
        "active_quotas": [row for row in active if row["in_force"]],
        "active_quotas_not_in_force": [row for row in active if not row["in_force"]],
    }


def _effective(view: TreatyView, *holders: str) -> dict[str, Any]:
    """Whether an allocation between those holders binds anybody on the day, or why not."""
    reasons = {holder: why for holder in holders if (why := reason(view, holder))}
    words = [f"{holder} {why}" if len(holders) > 1 else why for holder, why in reasons.items()]
    unknown = any(isinstance(unbound(view, h), UnknownValueError) for h in reasons)
    return {
        "in_force": None if unknown else not reasons,
        "reason": "; ".join(words),
    }
