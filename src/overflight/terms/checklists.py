"""What is to be looked at, step by step, each step with its paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from overflight.terms.citations import Citation


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One step, in our words, and the paragraph that asks for it.

    ``asks`` names what is to be known to answer it ("" where nothing but a person answers);
    ``right``: somebody may do it, and nothing is broken where it is left undone.
    """

    text: str
    citations: tuple[Citation, ...]
    asks: str = ""
    right: bool = False

    @property
    def cite(self) -> str:
        return "; ".join(str(c) for c in self.citations)


@dataclass(frozen=True, slots=True)
class Checklist:
    """Steps of one side at one moment.

    ``side`` is "observing" or "observed", ``when`` says in words at what moment, ``provided_by``
    (empty: whoever it is) the side that must have brought the aircraft for it to apply.
    """

    id: str
    title: str
    side: str
    when: str
    items: tuple[ChecklistItem, ...]
    citations: tuple[Citation, ...]
    provided_by: str = ""
    note: str = ""

    def as_dict(self) -> Mapping[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "side": self.side,
            "when": self.when,
            "provided_by": self.provided_by,
            "cite": [str(c) for c in self.citations],
            "items": [{"text": i.text, "cite": i.cite} for i in self.items],
            "note": self.note,
        }


def for_side(lists: Iterable[Checklist], side: str, provided_by: str) -> tuple[Checklist, ...]:
    """The lists of a side in a mission whose aircraft the side ``provided_by`` brings."""
    return tuple(c for c in lists if c.side == side and c.provided_by in ("", provided_by))
