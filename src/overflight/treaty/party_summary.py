"""Who is bound, who left, who suspended: the part of a view's document about the parties."""

from __future__ import annotations

from typing import Any

from overflight.treaty.model import Part, PartyStatus
from overflight.treaty.plain import between, cite, day, until
from overflight.treaty.status import CONSENTS
from overflight.treaty.view import TreatyView


def parts(view: TreatyView) -> tuple[Part, ...]:
    """Parts of the regime with days of their own, once its own first day is known."""
    return view.treaty.parts if view.in_force_since is not None else ()


def ended(view: TreatyView) -> tuple[PartyStatus, ...]:
    """States that were bound until the whole regime ended."""
    return tuple(status for status in view.statuses.values() if status.standing == "ended")


def parties(view: TreatyView) -> dict[str, Any]:
    """Who is bound, who left, who is leaving, who only signed, and what is not known."""
    return {
        "counts": {
            "states_parties": len(view.states_parties),
            "departed": len(view.departed),
            "leaving": len(view.leaving),
            "suspended": len(view.suspended),
            "ended": len(ended(view)),
            "signed_not_ratified": len(view.signed_not_ratified),
            "undetermined": len(view.undetermined),
        },
        "states_parties": [_party(status) for status in view.states_parties],
        "departed": [_exit(view, status) for status in view.departed],
        "leaving": [_exit(view, status) for status in view.leaving],
        "signed_not_ratified": [
            {
                **_who(status),
                "signed": _first_day(status, "signature"),
                "cite": cite(status.citations),
            }
            for status in view.signed_not_ratified
        ],
        "suspended": [_suspended(status) for status in view.suspended],
        "ended": [_party(status) for status in ended(view)],
        "suspension_rule": _suspension_rule(view),
        "undetermined": [_party(status) for status in view.undetermined],
        "not_yet_bound": [_party(status) for status in view.not_yet_bound],
        "groups": [
            {
                "code": group.code,
                "name": group.name,
                "group_kind": group.kind,
                "members": list(group.members),
                "from": day(group.valid_from),
                "until": until(group.valid_until),
                "status": str(group.status),
                "note": group.note,
                "cite": cite(group.citations),
            }
            for group in view.groups
        ],
        **readings(view),
    }


def readings(view: TreatyView) -> dict[str, Any]:
    """Every reading, the option chosen and the others."""
    return {
        "readings": {
            reading.name: {
                "option": view.readings[reading.name],
                "default": reading.default,
                "question": reading.question,
                "options": {option.id: option.text for option in reading.options},
                "note": reading.note,
                "cite": cite(reading.citations),
            }
            for reading in view.treaty.readings
        }
    }


def _who(status: PartyStatus) -> dict[str, Any]:
    return {"code": status.state, "name": status.name}


def _party(status: PartyStatus) -> dict[str, Any]:
    consent = next((event for event in status.events if event.kind in CONSENTS), None)
    return {
        **_who(status),
        "since": day(status.since),
        "since_between": between(status.since_between),
        "signed": _first_day(status, "signature"),
        "by": consent.kind if consent else None,
        "deposited": day(consent.date) if consent else None,
        "note": consent.note if consent else "",
        "cite": cite(status.citations),
    }


def _exit(view: TreatyView, status: PartyStatus) -> dict[str, Any]:
    return {
        **_party(status),
        "announced": _first_day(status, "announcement"),
        "notice": _first_day(status, "notice-of-withdrawal"),
        "effective": day(status.left),
        "left": day(status.left),
        "conference_window": between(view.conference_window(status)),
    }


def _suspended(status: PartyStatus) -> dict[str, Any]:
    held = status.suspended
    if held is None:
        return _party(status)
    return {
        **_party(status),
        "suspension": {
            "by": held.by,
            "since": day(held.since),
            "since_between": between(held.since_between),
            "announced": day(held.announced),
            "takes_no_part_since": _first_day(status, "non-participation"),
            "status": str(held.status),
            "note": held.note,
            "cite": cite(held.citations),
        },
    }


def _suspension_rule(view: TreatyView) -> dict[str, Any] | None:
    """What a suspension means under the regime, told once somebody has suspended it."""
    rule = view.treaty.provisions.get("suspension")
    if rule is None or not view.suspended:
        return None
    return {
        "clause": rule.values.get("clause"),
        "effect": " ".join(rule.values["effect"].split()),
        "cite": cite(rule.citations),
    }


def _first_day(status: PartyStatus, kind: str) -> str | None:
    event = status.first(kind)
    return None if event is None else day(event.date)
