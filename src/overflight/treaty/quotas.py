"""Which row of the quotas answers for a pair of holders, and whether it binds anybody.

An allocation is effective only for holders that are bound: the row of a State that left, or
that never became a party, stands in the text and gives nobody a flight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from overflight.errors import NotInForceError, OverflightError, UnknownValueError
from overflight.terms.values import CitedValue
from overflight.treaty import status as party
from overflight.treaty.dated import GIVE_IT, pick
from overflight.treaty.model import ActiveQuota, Treaty
from overflight.treaty.vocabulary import ANY

if TYPE_CHECKING:
    from overflight.treaty.view import TreatyView

PASSIVE_KEY = ".passive_quota"
"""What follows the holder in the key of a passive quota."""


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


def named(row: CitedValue) -> CitedValue:
    """A passive quota under the key by which it can be asked for: "HOLDER.passive_quota"."""
    return replace(row, key=f"{row.key}{PASSIVE_KEY}")


def passive_quota(view: TreatyView, holder: str) -> CitedValue:
    """Flights a year that the holder, a State without a group or a group, must accept."""
    what = f"the passive quota of {view.treaty.state_name(holder)} ({holder})"
    rows = passive(view.treaty, holder)
    if (error := unbound(view, holder)) is not None:
        raise error
    require_rows(rows, what)
    return pick(
        f"{holder}{PASSIVE_KEY}", [named(r) for r in rows], view.on, view.readings, what=what
    )


def active_quota(view: TreatyView, row: ActiveQuota, what: str) -> CitedValue:
    """The flights of the row, if they hold on the day and both sides are bound."""
    for holder in (row.observer, row.observed):
        if (error := unbound(view, holder)) is not None:
            raise error
    rows = [q.flights for q in view.treaty.active_quotas if q.flights.key == row.flights.key]
    return pick(row.flights.key, rows, view.on, view.readings, what=what)


def require_rows(rows: Sequence[CitedValue], what: str) -> None:
    """Raise UnknownValueError where no row was ever written."""
    if not rows:
        raise UnknownValueError(f"{what} is not recorded", remedy=GIVE_IT)


def unbound(view: TreatyView, holder: str) -> OverflightError | None:
    """Why no quota of the holder is effective on the day; None where one can be.

    A group is bound while any of its members is. NotInForceError when none is a party,
    UnknownValueError when that is not known.
    """
    if holder == ANY:
        return None
    statuses = [view.statuses[code] for code in _members(view, holder) if code in view.statuses]
    if not statuses or any(status.standing == "party" for status in statuses):
        return None
    for status in statuses:
        if status.standing == "undetermined":
            return party.unknown_day(status, view.on)
    last = max(statuses, key=lambda status: status.until or dt.date.min)
    state = next(state for state in view.treaty.states if state.code == last.state)
    if last.standing != "departed" and state.until is not None and state.until < view.on:
        return NotInForceError(
            f"{state.name} ({state.code}) ceased to exist on {state.until}, so no quota of it is "
            f"in force on {view.on}",
            remedy="Ask for a State that succeeded it.",
        )
    short = view.treaty.short
    return party.not_bound(short, last, view.on, view.entry_into_force)


def reason(view: TreatyView, holder: str) -> str:
    """Why no quota of the holder is effective on the day, in short; "" where one can be."""
    error = unbound(view, holder)
    if error is None:
        return ""
    if isinstance(error, UnknownValueError):
        return "perhaps a party: the day is not known"
    codes = [code for code in _members(view, holder) if code in view.statuses]
    left = [day for code in codes if (day := view.statuses[code].left) and day <= view.on]
    if left:
        return f"left on {max(left)}"
    ends = [state.until for state in view.treaty.states if state.code in codes and state.until]
    if ends and max(ends) < view.on:
        return f"ceased to exist on {max(ends)}"
    return "not a party"


def _members(view: TreatyView, holder: str) -> tuple[str, ...]:
    """The States of a group on the day, or when it last stood; a State stands for itself."""
    rows = [group for group in view.treaty.groups if group.code == holder]
    if not rows:
        return (holder,)
    holding = [g for g in rows if g.valid_from <= view.on <= (g.valid_until or dt.date.max)]
    return (holding or sorted(rows, key=lambda g: g.valid_until or dt.date.max))[-1].members
