"""What was said and done around a regime, as it was reported: one record for each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.terms.citations import Citation
from overflight.terms.values import Status

UNKNOWN_PUBLICATION = "unknown"


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that somebody did or said, between ``earliest`` and ``latest`` (the same day where
    it is known).

    ``kind`` is an act under the regime (it decides who is bound) or a word of the chronicle;
    ``publication`` "unknown" where only the report of a report was seen. ``contradicts`` names
    records that tell it otherwise: all of them stand. Of acts only: ``effective`` is the day on
    which a withdrawal takes effect, ``towards`` whom alone a suspension is against, ``reading`` the
    reading under which the act is told so.
    """

    id: str
    regime: str
    actors: tuple[str, ...]
    counterparts: tuple[str, ...]
    kind: str
    what: str
    earliest: dt.date
    latest: dt.date
    status: Status
    citations: tuple[Citation, ...]
    act: bool
    publication: str = ""
    published: dt.date | None = None
    place: str = ""
    quote: str = ""
    page: str = ""
    reported: bool = False
    in_use: bool = True
    contradicts: tuple[str, ...] = ()
    effective: dt.date | None = None
    towards: tuple[str, ...] = ()
    reading: str = ""

    @property
    def date(self) -> dt.date | None:
        """The day, or None when only the interval is known."""
        return self.earliest if self.earliest == self.latest else None


@dataclass(frozen=True, slots=True)
class Coded:
    """What an ontology calls a kind of record: its type and mode there, whether the type is
    co-operative (1), conflictual (-1) or neither (0), and whether the kind is our extension."""

    kind: str
    type: str
    mode: str
    direction: int
    extension: bool
    note: str = ""
