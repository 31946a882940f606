"""Ways into a regime, and acts that hang on a condition."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.terms.citations import Citation


@dataclass(frozen=True, slots=True)
class WayStep:
    """One step of a way: what happens and who must act. ``days`` is how long it takes at least,
    in days, or ``period`` names the regime's own period; neither: it is not known."""

    id: str
    text: str
    who: str
    citations: tuple[Citation, ...]
    days: int | None = None
    period: str = ""
    needs: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A way to take part (again): ``kind`` is membership, aircraft, or both. ``reading`` names the
    reading that the way rests on, if any."""

    id: str
    title: str
    kind: str
    steps: tuple[WayStep, ...]
    citations: tuple[Citation, ...]
    aircraft: str = ""
    reading: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contingent:
    """An offer with a condition, a notice that might be taken back, or a step at home.

    ``standing`` is open, met, not-met, lapsed or unknown. It never changes who is a party.
    """

    id: str
    state: str
    kind: str
    what: str
    standing: str
    citations: tuple[Citation, ...]
    date: dt.date | None = None
    condition: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What something may cost: an input with its source. ``per`` is "once" or "flight"."""

    name: str
    low: float
    high: float
    currency: str
    per: str
    source: str
    note: str = ""
