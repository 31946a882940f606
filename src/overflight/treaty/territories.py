"""What draws a State on the map, and the areas that belong to one or another by reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from overflight.terms.citations import Citation


@dataclass(frozen=True, slots=True)
class Territory:
    """What draws a State: units of Natural Earth, or a GeoJSON ``file`` in the regime's folder."""

    state: str
    units: tuple[str, ...]
    file: Path | None
    citations: tuple[Citation, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class DisputedArea:
    """An area that belongs to one State or another by reading: option -> State code.

    Before the day ``since`` nobody disputed it (None: no such day is stated), and it was the
    State's that ``before`` names, on every reading.
    """

    id: str
    area: str
    file: Path | None
    name: str
    reading: str
    belongs_to: Mapping[str, str]
    default_owner: str
    citations: tuple[Citation, ...]
    note: str = ""
    since: dt.date | None = None
    before: str = ""

    def owner(self, on: dt.date, option: str) -> str:
        """The State whose it is on a day, under an option of the reading."""
        if self.since is not None and self.before and on < self.since:
            return self.before
        return self.belongs_to[option]
