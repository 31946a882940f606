"""Which row of the quotas answers for a pair of holders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from overflight.terms.values import CitedValue
from overflight.treaty.model import ActiveQuota, Treaty
from overflight.treaty.vocabulary import ANY


def passive(treaty: Treaty, holder: str) -> list[CitedValue]:
    """The holder's rows, or those that stand for every holder."""
    rows = [row for row in treaty.passive_quotas if row.key == holder]
    return rows or [row for row in treaty.passive_quotas if row.key == ANY]


def active(treaty: Treaty, pairs: Sequence[tuple[str, str]], on: dt.date) -> ActiveQuota | None:
    """The row that answers best: one that holds on the day before one that does not, one that
    names both sides before one for everybody, an earlier pair before a later."""
    ranked: dict[tuple[bool, int, int], ActiveQuota] = {}
    for quota in treaty.active_quotas:
        for rank, (observer, observed) in enumerate(pairs):
            if quota.observer in (observer, ANY) and quota.observed in (observed, ANY):
                wild = (quota.observer == ANY) + (quota.observed == ANY)
                ranked.setdefault((not quota.flights.holds_on(on), wild, rank), quota)
    return ranked[min(ranked)] if ranked else None
