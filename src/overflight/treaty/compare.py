"""Several regimes on one day: what each still lets a State see, or that it gives it no right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from overflight.treaty.model import Provision
from overflight.treaty.plain import cite, day
from overflight.treaty.status import termination
from overflight.treaty.view import TreatyView

VERSION = 1


def comparison(views: Sequence[TreatyView], party: str = "") -> dict[str, Any]:
    """The regimes side by side, as ``treaty compare --json`` prints it.

    ``party`` is a State that asks what it may see; "": what any acting party may. A State that a
    regime does not name has no right under it, which is an answer and no mistake.
    """
    return {
        "kind": "treaty-comparison",
        "version": VERSION,
        "on": day(views[0].on),
        "party": party or None,
        "regimes": [_regime(view, party) for view in views],
    }


def _regime(view: TreatyView, party: str) -> dict[str, Any]:
    over, sight = termination(view.treaty, view.on), view.treaty.provisions.get("sight")
    why = _no_right(view, party, sight)
    return {
        "instrument": view.treaty.id,
        "short": view.treaty.short,
        "in_force": view.in_force,
        "in_force_since": day(view.in_force_since),
        "terminated": None if over is None else day(over.date),
        "states_parties": len(view.states_parties),
        "suspended": [status.state for status in view.suspended],
        "departed": [status.state for status in view.departed],
        "right": not why,
        "why_not": why,
        "sees": "" if why or sight is None else " ".join(str(sight.values.get("what", "")).split()),
        "over": [] if why else [code for code in _acting(view) if code != party],
        "cite": cite(_sources(view, party, sight)),
    }


def _acting(view: TreatyView) -> list[str]:
    return [status.state for status in view.states_parties if status.suspended is None]


def _no_right(view: TreatyView, party: str, sight: Provision | None) -> str:
    """Why nobody, or this State, may see anything under the regime; "" where it may."""
    if not view.in_force:
        over = termination(view.treaty, view.on)
        return "not in force" if over is None else f"ended on {over.date}"
    named = "" if sight is None else str(sight.values.get("part", ""))
    for part in view.treaty.parts:
        if part.id == named and part.standing(view.on) != "running":
            return f"{part.name}: {part.standing(view.on)} (until {part.valid_until or 'open'})"
    if party:
        return _no_right_of(view, party)
    return "" if len(_acting(view)) > 1 else "fewer than two parties act"


def _no_right_of(view: TreatyView, party: str) -> str:
    if party not in view.statuses:
        return f"{party} is not named in it"
    status = view.status(party)
    if status.standing == "departed":
        return f"{party} left on {status.left}"
    if status.standing != "party":
        return f"{party} stands as: {status.standing}"
    if status.suspended is not None:
        held = status.suspended
        return f"{party} suspended it ({held.since or 'day not known'})"
    return "" if any(code != party for code in _acting(view)) else "no other party acts"


def _sources(view: TreatyView, party: str, sight: Provision | None) -> list[Any]:
    over = termination(view.treaty, view.on)
    found = list(view.entry_into_force.citations if over is None else over.citations)
    if sight is not None and view.in_force:
        found += sight.citations
    if party in view.statuses:
        status = view.status(party)
        found += status.suspended.citations if status.suspended else status.citations
    return list(dict.fromkeys(found))
