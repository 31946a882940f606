"""Passive quotas that add up, and how many flights an observer loses: known, or between bounds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.errors import NotInForceError, OverflightError, UnknownValueError
from overflight.procedure.rulebook import Rulebook, up
from overflight.terms.values import CitedValue, Status
from overflight.treaty.quotas import unbound
from overflight.treaty.view import TreatyView


@dataclass(frozen=True, slots=True)
class HeldQuota:
    """A passive quota that is known. ``held_by`` are successors of a State that is no more."""

    holder: str
    flights: int
    cite: str
    held_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PassiveTotal:
    """Passive quotas of the Parties bound on a day: those known, and whose are not and why."""

    known: tuple[HeldQuota, ...]
    unknown: tuple[tuple[str, str], ...]

    @property
    def flights(self) -> int:
        """The sum over the holders whose quota is known; nothing stands in for the others."""
        return sum(held.flights for held in self.known)


@dataclass(frozen=True, slots=True)
class Flights:
    """A number of flights a year, or its bounds. ``basis`` says where they come from."""

    low: int
    high: int | None
    basis: str

    @property
    def known(self) -> bool:
        return self.low == self.high


def idle(view: TreatyView, holder: str) -> bool:
    """Whether every Party that holds the quota has suspended the treaty on the day."""
    suspended = {status.state for status in view.suspended}
    if not suspended:
        return False
    bound = {status.state for status in view.states_parties} & set(view.members(holder))
    return bool(bound) and bound <= suspended


def passive_total(view: TreatyView) -> PassiveTotal:
    """What the Parties bound on the day, and not suspended, must accept in a year, together.

    The figure of a State that is no more counts while all its successors are bound: how they
    share it does not change the sum.
    """
    rows = {row.key: row for row in view.treaty.passive_quotas if row.holds_on(view.on)}
    known: list[HeldQuota] = []
    within: set[str] = set()
    for holder, row in rows.items():
        held_by = _successors(view, holder)
        if row.status is Status.UNKNOWN or not (held_by or unbound(view, holder) is None):
            continue
        within |= set(held_by)
        if not held_by and idle(view, holder):
            within.add(holder)
            continue
        known.append(HeldQuota(holder, int(row.value), row.cite, held_by))
    unknown = [
        (holder, _why(row))
        for holder, row in rows.items()
        if row.status is Status.UNKNOWN and holder not in within and unbound(view, holder) is None
    ]
    told = {h.holder for h in known} | within | {holder for holder, _ in unknown}
    for status in view.states_parties:
        try:
            holder = view.holder_of(status.state)
        except UnknownValueError as error:
            unknown.append((status.state, error.message))
            continue
        if not {holder, status.state} & told:
            unknown.append((holder, "no quota of its own is recorded on this day"))
            told.add(holder)
    return PassiveTotal(tuple(known), tuple(unknown))


def _successors(view: TreatyView, holder: str) -> tuple[str, ...]:
    """Successors of the holder, if it is no more and all of them are bound."""
    state = next((s for s in view.treaty.states if s.code == holder), None)
    if state is None or not state.successors or state.until is None or view.on <= state.until:
        return ()
    bound = all(view.status(code).standing == "party" for code in state.successors)
    return state.successors if bound else ()


def _why(row: CitedValue) -> str:
    return " ".join(row.note.split()) or "not public"


def active(rules: Rulebook, view: TreatyView, observer: str, observed: str) -> Flights:
    """Flights of one holder over another: as distributed where that is public, else between
    nothing and the cap that the treaty sets."""
    try:
        value = view.active_quota(observer, observed)
    except NotInForceError as error:
        return Flights(0, 0, error.message)
    except OverflightError:
        return Flights(0, *_cap(rules, view.on, observer, observed))
    return Flights(int(value.value), int(value.value), value.cite)


def _cap(rules: Rulebook, on: dt.date, observer: str, observed: str) -> tuple[int | None, str]:
    """The most that one may fly over another by the shares of quotas that are known."""
    limit = rules.limit("pair-share")
    share = None if limit is None else rules.percent(limit, on)
    caps: list[int] = []
    own = () if rules.own_total == "sum" else (observer,)
    for holder in (observed, *own):
        quota = rules.passive(holder, on).value
        if quota is not None and share is not None:
            caps.append(up(quota, share))
        elif quota is not None:
            caps.append(quota)
    if not caps:
        return None, "neither side's quota is public"
    cite = "" if limit is None else f" [{limit.cite}]"
    return min(caps), f"the distribution of the year is not public; at most the cap{cite}"
