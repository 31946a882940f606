"""The circumstances of a question of access, in words; several words where it is not known."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache

from overflight.errors import DataError, NotInForceError
from overflight.terms.access import BODY, CIRCUMSTANCES, COMMISSION, COMMON, STATE, Asker, Flight
from overflight.treaty.dated import add_days
from overflight.treaty.model import Treaty
from overflight.treaty.problems import did_you_mean
from overflight.treaty.segments import change_days
from overflight.treaty.view import TreatyView
from overflight.treaty.vocabulary import HOLDS_QUOTAS

Circumstances = Mapping[str, tuple[str, ...]]
"""Circumstance -> the words of which one holds; more than one where that is not known."""

_ONE_PARTY = "deemed-one-party"
_STANDINGS = {
    "party": "party", "departed": "departed", "ended": "ended", "signed, not ratified": "signed",
    "not a party": "none",
}  # fmt: skip


@lru_cache(maxsize=4096)
def circumstances(view: TreatyView, flight: Flight, asker: Asker, keeper: str) -> Circumstances:
    """What is so when ``asker`` asks on ``view``'s day for a flight's data in ``keeper``'s archive.

    ``keeper``: code of a State or group, or COMMON. The asker is one State, the commission or a
    body. Raises DataError for a code that the regime does not name.
    """
    flown, two = flight.flown, (flight.observing, flight.observed)
    then = view if flown is None else view_then(view, era(view.treaty, flown))
    state = asker.code if asker.sort == STATE else ""
    role, how = _side(then, *two, state) if state else ("neither", "itself")
    found: dict[str, tuple[str, ...]] = {
        "asker": (asker.sort,),
        "role": (role,),
        "as": (how,),
        "concerned": (_yes(asker.sort == BODY and asker.code in flight.bodies),),
        "standing": _standing(view, state) if state else ("none",),
        "then": _then(view, then, flown is not None, state) if state else ("not",),
        "observing-standing": _still(view, then, flight.observing),
        "observed-standing": _still(view, then, flight.observed),
        "bound": _bound(view, then, flown is not None, *two),
        "flown-by-then": (_yes(flown is None or flown <= view.on),),
        "kind": (flight.kind,) if flight.kind in CIRCUMSTANCES["kind"] else _kinds(flight),
        "counted": _known(flight.counted),
        "otherwise-agreed": _known(flight.otherwise_agreed),
        "marked": (_yes(bool(flight.marks)),),
        "keeper": (_keeper(then, *two, keeper),),
        "own": (_yes(bool(state) and owns(then, state, keeper)),),
        "delivered": (_yes(asker.delivered),),
        "purpose": (asker.purpose,),
    }
    if asker.purpose not in CIRCUMSTANCES["purpose"] or asker.sort not in (STATE, COMMISSION, BODY):
        raise DataError(f"{asker} cannot be asked about", remedy="See terms.access.CIRCUMSTANCES.")
    return found


@lru_cache(maxsize=16384)
def view_then(view: TreatyView, day: dt.date) -> TreatyView:
    """The regime on another day, under the same readings."""
    return view.treaty.on(day, view.readings)


@lru_cache(maxsize=64)
def _turns(treaty: Treaty) -> tuple[dt.date, ...]:
    """The days, in order, on which who is bound, or who forms a group, can change."""
    found = set(change_days(treaty))
    for group in treaty.groups:
        found.add(group.valid_from)
        if group.valid_until is not None:
            found.add(add_days(group.valid_until, 1))
    return tuple(sorted(found))


def era(treaty: Treaty, day: dt.date) -> dt.date:
    """The first day since which all that a decision looks at stood as on ``day``: of flights on
    two days of one era, and alike else, the same is decided."""
    days = _turns(treaty)
    return days[max(0, bisect_right(days, day) - 1)]


@lru_cache(maxsize=256)
def _codes(view: TreatyView) -> frozenset[str]:
    return frozenset((*view.statuses, *(group.code for group in view.treaty.groups)))


@lru_cache(maxsize=65536)
def members(view: TreatyView, code: str) -> tuple[str, ...]:
    """The States that a code stands for on the day, or last stood for. DataError if unknown."""
    try:
        return view.members(code)
    except NotInForceError:
        rows = [group for group in view.treaty.groups if group.code == code]
        return rows[-1].members if rows else (code,)


def know(view: TreatyView, code: str) -> None:
    """Raise DataError for a code that the regime does not name."""
    if code not in (known := _codes(view)):
        raise DataError(
            f"{view.treaty.short} knows no State or group {code!r}",
            remedy=did_you_mean(code, known),
        )


def _yes(whether: bool) -> str:
    return "yes" if whether else "no"


def _known(said: bool | None) -> tuple[str, ...]:
    return ("yes", "no") if said is None else (_yes(said),)


def _kinds(flight: Flight) -> tuple[str, ...]:
    """What it can have been: "outside" is any that is not within the quotas."""
    every = CIRCUMSTANCES["kind"]
    return every if not flight.kind else every[1:]


@lru_cache(maxsize=4096)
def _standing(view: TreatyView, state: str) -> tuple[str, ...]:
    status = view.status(state)
    if status.standing == "undetermined":
        return ("party", "none")
    word = _STANDINGS[status.standing]
    if word == "party" and status.suspended is not None:
        return ("suspended",)
    return ("leaving",) if word == "party" and status.until is not None else (word,)


def _party(view: TreatyView, state: str) -> tuple[str, ...]:
    words = {"undetermined": ("party", "not"), "party": ("party",)}
    return words.get(view.status(state).standing, ("not",))


def _then(view: TreatyView, then: TreatyView, dated: bool, state: str) -> tuple[str, ...]:
    if dated:
        return _party(then, state)
    return ("party", "not") if view.status(state).standing != "not a party" else ("not",)


@lru_cache(maxsize=16384)
def _still(view: TreatyView, then: TreatyView, code: str) -> tuple[str, ...]:
    """Whether any State of the Party is bound on the day."""
    found = [_party(view, state) for state in members(then, code)]
    if ("party",) in found:
        return ("party",)
    return ("gone",) if all(words == ("not",) for words in found) else ("party", "gone")


@lru_cache(maxsize=16384)
def _bound(
    view: TreatyView, then: TreatyView, dated: bool, observing: str, observed: str
) -> tuple[str, ...]:
    sides = [
        _then(view, then, dated, state)
        for code in (observing, observed)
        for state in members(then, code)
    ]
    if ("not",) in sides:
        return ("no",)
    return ("yes",) if all(words == ("party",) for words in sides) else ("yes", "no")


@lru_cache(maxsize=16384)
def _side(then: TreatyView, observing: str, observed: str, state: str) -> tuple[str, str]:
    for word, code in (("observing", observing), ("observed", observed)):
        if _same(then, state, code):
            return word, "itself"
        if state in members(then, code) or _fellows(then, state, code):
            return word, "fellow"
    return "neither", "itself"


def _same(view: TreatyView, state: str, code: str) -> bool:
    """Whether they are one Party: the same State, or members of those deemed one."""
    if state == code:
        return True
    return any(
        group.kind == _ONE_PARTY and {state, code} <= {group.code, *group.members}
        for group in view.groups
    )


def _fellows(view: TreatyView, state: str, code: str) -> bool:
    """Whether the two States belong to one group that holds quotas together."""
    return any(
        group.kind in HOLDS_QUOTAS and {state, code} <= set(group.members) for group in view.groups
    )


@lru_cache(maxsize=16384)
def _keeper(then: TreatyView, observing: str, observed: str, keeper: str) -> str:
    """A group's archive is on the side of the flight on which any of its States is."""
    if keeper == COMMON:
        return COMMON
    sides = {_side(then, observing, observed, state)[0] for state in members(then, keeper)}
    return next((word for word in ("observing", "observed") if word in sides), "third")


@lru_cache(maxsize=4096)
def owns(view: TreatyView, state: str, keeper: str) -> bool:
    """Whether the archive is the State's, or that of a group of which it is a member."""
    return keeper != COMMON and (_same(view, state, keeper) or state in members(view, keeper))
