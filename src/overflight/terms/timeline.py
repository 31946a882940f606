"""A mission in time: what was done, what is due, what is late, each with who and its paragraph."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

TIMELINE_VERSION = 1


class Happening(StrEnum):
    """What an entry of a timeline is."""

    DONE = "done"  # it happened at ``at``
    LATE = "done late"  # it happened at ``at``, after ``due``
    DUE = "due"  # to be done by ``due``
    OVERDUE = "overdue"  # was to be done by ``due``, and is not
    OPENS = "opens"  # may be done from ``at`` on


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``who`` are roles as the regime names them; ``if_not`` says what follows if it is
    not done in time. ``at`` or ``due`` is given, or both."""

    id: str
    kind: Happening
    who: str
    what: str
    cite: str
    at: dt.datetime | None = None
    due: dt.datetime | None = None
    if_not: str = ""

    @property
    def when(self) -> dt.datetime:
        """The instant by which the entry is put in order."""
        moment = self.due if self.kind in (Happening.DUE, Happening.OVERDUE) else self.at
        moment = moment or self.at or self.due
        assert moment is not None
        return moment

    def as_dict(self) -> dict[str, Any]:
        def written(moment: dt.datetime | None) -> str | None:
            if moment is None:
                return None
            return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")

        return {
            "id": self.id,
            "kind": str(self.kind),
            "who": self.who,
            "what": self.what,
            "at": written(self.at),
            "due": written(self.due),
            "if_not": self.if_not,
            "cite": self.cite,
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries in the order of time, as seen at ``now``. ``names``: role -> who plays it."""

    title: str
    now: dt.datetime
    entries: tuple[Entry, ...]
    names: dict[str, str]
    marks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": "timeline",
            "version": TIMELINE_VERSION,
            "title": self.title,
            "now": self.now.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"),
            "names": dict(self.names),
            "marks": list(self.marks),
            "entries": [entry.as_dict() for entry in self.entries],
        }


def ordered(entries: list[Entry]) -> tuple[Entry, ...]:
    """By time; what was done before what is due at the same moment."""
    rank = {kind: place for place, kind in enumerate(Happening)}
    return tuple(sorted(entries, key=lambda e: (e.when, rank[e.kind], e.id)))
