"""What a State does in a what-if, and the treaty that results.

The baseline never changes. A what-if about a State that really left compares with a treaty that it
did not leave; what ended on the eve of that exit (a group, its quota) stands there, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from overflight.errors import DataError
from overflight.terms.values import CitedValue, Status
from overflight.treaty.dated import ONE_DAY, add_months
from overflight.treaty.model import Event, Group, Treaty
from overflight.treaty.parties import WithdrawalRule
from overflight.treaty.problems import did_you_mean
from overflight.treaty.status import CONSENTS, EXITS
from overflight.treaty.vocabulary import HOLDS_QUOTAS

EXIT, RETURN, ACCESSION, SUSPENSION = "exit", "return", "accession", "suspension"
KINDS = (EXIT, RETURN, ACCESSION, SUSPENSION)


@dataclass(frozen=True, slots=True, order=True)
class Act:
    """Something a State does in a what-if; ``on`` is the day on which it takes effect."""

    on: dt.date
    kind: str
    state: str


def read_act(text: str) -> Act:
    """KIND:STATE:YYYY-MM-DD. Raises DataError for anything else."""
    kind, _, rest = text.partition(":")
    state, _, day = rest.partition(":")
    if kind not in KINDS or not state:
        raise DataError(
            f"{text!r} is not an act",
            remedy=f"Write KIND:STATE:DATE with one of {', '.join(KINDS)}; exit:ABC:2020-11-22.",
        )
    try:
        return Act(dt.date.fromisoformat(day), kind, state)
    except ValueError:
        raise DataError(
            f"{day!r} in {text!r} is not a date", remedy="Write it as 2020-11-22."
        ) from None


def notice_day(rule: WithdrawalRule, effective: dt.date) -> dt.date:
    """The last day on which notice can be given so that an exit takes effect on ``effective``."""
    if rule.notice_days:
        return effective - dt.timedelta(days=rule.notice_days)
    return add_months(effective, -rule.notice_months)


def baseline(treaty: Treaty, acts: Sequence[Act]) -> Treaty:
    """The treaty as it would be had the States that leave in the what-if not left it before."""
    _check(treaty, acts)
    for state in sorted({act.state for act in acts if act.kind == EXIT}):
        treaty = _as_if_it_stayed(treaty, state)
    return treaty


def with_acts(treaty: Treaty, acts: Sequence[Act]) -> Treaty:
    """The baseline and then the acts, in the order of their days."""
    treaty = baseline(treaty, acts)
    for act in sorted(acts):
        treaty = _with(treaty, act)
    return treaty


def _check(treaty: Treaty, acts: Iterable[Act]) -> None:
    known = {state.code for state in treaty.states}
    groups = {group.code: group.members for group in treaty.groups}
    for act in acts:
        if act.state in known:
            continue
        if act.state in groups:
            raise DataError(
                f"{act.state} is a group, and only States act",
                remedy=f"Name its members: {', '.join(groups[act.state])}.",
            )
        raise DataError(
            f"{act.state!r} is not a State of {treaty.short}",
            remedy=did_you_mean(act.state, known),
        )


def _as_if_it_stayed(treaty: Treaty, state: str) -> Treaty:
    left = {e.effective or e.latest for e in treaty.events if _leaves(e, state)}
    if not left:
        return treaty
    eves = {day - ONE_DAY for day in left}
    revived = {
        g.code for g in treaty.groups if state in g.members and (g.valid_until in eves)
    }  # fmt: skip
    return replace(
        treaty,
        events=tuple(e for e in treaty.events if not _leaves(e, state)),
        groups=tuple(
            replace(g, valid_until=None) if g.code in revived and g.valid_until in eves else g
            for g in treaty.groups
            if not (g.code in revived and g.valid_from in left)
        ),
        passive_quotas=tuple(_revived(treaty.passive_quotas, revived, eves, left)),
    )


def _leaves(event: Event, state: str) -> bool:
    return event.state == state and event.kind in EXITS


def _revived(
    rows: Iterable[CitedValue], holders: set[str], eves: set[dt.date], left: set[dt.date]
) -> Iterable[CitedValue]:
    for row in rows:
        if row.key in holders and row.valid_from in left and row.status is Status.UNKNOWN:
            continue
        if row.key in holders and row.valid_until in eves:
            yield replace(row, valid_until=None)
        else:
            yield row


def _with(treaty: Treaty, act: Act) -> Treaty:
    if act.kind == EXIT:
        return _exit(treaty, act)
    if act.kind == SUSPENSION:
        return _adds(treaty, _event(act, "suspension", act.on))
    deposit = act.on - dt.timedelta(days=treaty.entry_into_force.later_days)
    standing = treaty.on(act.on - ONE_DAY).status(act.state).standing
    if standing == "party":
        raise DataError(
            f"{act.state} is a State Party on the eve of {act.on}, so it cannot come back",
            remedy="Give another date, or an exit before it.",
        )
    signed = any(e.state == act.state and e.kind in CONSENTS for e in treaty.events)
    if act.kind == RETURN and not signed:
        raise DataError(
            f"{act.state} never was a State Party of {treaty.short}",
            remedy=f"Write {ACCESSION}:{act.state}:{act.on}.",
        )
    return _adds(treaty, _event(act, "accession", deposit))


def _exit(treaty: Treaty, act: Act) -> Treaty:
    eve = act.on - ONE_DAY
    if treaty.on(eve).status(act.state).standing != "party":
        raise DataError(
            f"{act.state} is not a State Party on the eve of {act.on}, so it cannot leave",
            remedy="Give another date, or another State.",
        )
    ended = {g.code for g in treaty.groups if _holds_quota_with(g, act.state) and g.holds_on(eve)}
    notice = notice_day(treaty.withdrawal, act.on)
    left = _adds(treaty, _event(act, "notice-of-withdrawal", notice, act.on))
    return replace(
        left,
        groups=tuple(
            replace(g, valid_until=eve) if g.code in ended and g.holds_on(act.on) else g
            for g in treaty.groups
        ),
        passive_quotas=tuple(
            replace(row, valid_until=eve) if row.key in ended and row.holds_on(act.on) else row
            for row in treaty.passive_quotas
        ),
    )


def _holds_quota_with(group: Group, state: str) -> bool:
    return group.kind in HOLDS_QUOTAS and state in group.members


def _event(act: Act, kind: str, day: dt.date, effective: dt.date | None = None) -> Event:
    note = "What-if, not a fact."
    return Event(act.state, kind, day, day, Status.ASSUMED, (), effective, note=note)


def _adds(treaty: Treaty, event: Event) -> Treaty:
    events = sorted((*treaty.events, event), key=lambda e: (e.earliest, e.latest))
    return replace(treaty, events=tuple(events))
