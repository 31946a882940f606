"""Who may have what was recorded: the question, its circumstances in words, and the answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

FIND, REQUEST, OPEN = "find", "request", "open"
LEVELS = (FIND, REQUEST, OPEN)
"""To find what an archive says of it; to ask for copies of it; to open pictures and files."""

STATE, COMMISSION, BODY = "state", "commission", "body"
COMMON = "common"
"""The keeper of an archive that several Parties share."""
WHOLE, DELIVERED = "whole", "delivered"
"""How much of a mission: all that the archive has, or only what was delivered to the asker."""

CIRCUMSTANCES: Mapping[str, tuple[str, ...]] = {
    "asker": (STATE, COMMISSION, BODY),
    "role": ("observing", "observed", "neither"),
    "as": ("itself", "fellow"),
    "concerned": ("yes", "no"),
    "standing": (
        "party", "leaving", "suspended", "departed", "ended", "signed", "none",
    ),
    "then": ("party", "not"),
    "observing-standing": ("party", "gone"),
    "observed-standing": ("party", "gone"),
    "bound": ("yes", "no"),
    "flown-by-then": ("yes", "no"),
    "kind": ("quota", "extraordinary", "voluntary"),
    "counted": ("yes", "no"),
    "otherwise-agreed": ("yes", "no"),
    "marked": ("yes", "no"),
    "keeper": ("observing", "observed", "third", COMMON),
    "own": ("yes", "no"),
    "delivered": ("yes", "no"),
    "purpose": ("treaty", "other"),
}  # fmt: skip
"""Circumstance -> the words for it; one of them holds.

asker, role, as      who asks; which side of the flight it belongs to; whether it is that Party, or
                     a fellow member of a group of which another member, or the group, is named
concerned            whether it is the body for which the flight was made
standing, then       of the asker, on the day it asks; on the day of the flight
observing-standing, observed-standing    gone: no State of that Party is bound any more
bound                whether both Parties were bound on the day of the flight
flown-by-then        whether the day that is asked on is not before the flight
kind, counted, otherwise-agreed, marked  of the flight; marked: SIMULATED or EXERCISE
keeper, own          whose archive it lies in; whether that is the asker's own
delivered            whether a copy was delivered to the asker
purpose              what it is asked for
"""


class Answer(StrEnum):
    """Nothing but ``allowed`` lets anybody in."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Flight:
    """What a decision rests on of a mission. ``observing``, ``observed``: codes of States or
    groups. None and "" where no document says. ``bodies``: for which an extraordinary flight was
    made. ``otherwise_agreed``: that the data of a voluntary flight go another way."""

    observing: str
    observed: str
    flown: dt.date | None = None
    kind: str = ""
    counted: bool | None = None
    marks: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    otherwise_agreed: bool | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. ``code`` of a State or group, of the commission, or the name of a body.

    ``delivered``: whether it was given a copy. ``purpose``: "treaty" or "other".
    """

    code: str
    sort: str = STATE
    delivered: bool = False
    purpose: str = "treaty"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided at one level, by which rows, in one sentence, with its paragraph.

    ``extent``: WHOLE, or DELIVERED where only what was delivered may be opened. ``needs``: what
    would have to be known, when undetermined. ``conditions``: under which it is allowed, each with
    its paragraph. ``readings``: those that a deciding row rests on.
    """

    level: str
    answer: Answer
    asker: str
    message: str
    cite: str
    rules: tuple[str, ...] = ()
    extent: str = WHOLE
    needs: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)

    @property
    def allowed(self) -> bool:
        return self.answer is Answer.ALLOWED

    def as_dict(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "answer": str(self.answer),
            "asker": self.asker,
            "message": self.message,
            "cite": self.cite,
            "rules": list(self.rules),
            "extent": self.extent if self.allowed else None,
            "needs": list(self.needs),
            "conditions": list(self.conditions),
            "readings": dict(self.readings),
        }
