"""Ceilings: how many of a category may be held in a zone, by a party or by a group of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from overflight.terms.values import CitedValue
from overflight.treaty.cite import Citer, cited_value
from overflight.treaty.rows import Row


@dataclass(frozen=True, slots=True)
class Ceiling:
    """At most ``value`` of ``category`` in ``zone``.

    ``counts`` is "all" or "active" (only those in active units); ``per`` says whether each
    group together or each party alone must keep it.
    """

    zone: str
    category: str
    counts: str
    per: str
    value: CitedValue


def build_ceiling(row: Row, cite: Citer) -> Ceiling:
    """A row of values.toml as a ceiling."""
    zone, category, counts, per = (
        str(row.data[key]) for key in ("zone", "category", "counts", "per")
    )
    key = f"ceiling.{zone}.{category}.{counts}.{per}"
    return Ceiling(zone, category, counts, per, cited_value(row, key, cite))


def holding(ceilings: Iterable[Ceiling], on: dt.date) -> tuple[Ceiling, ...]:
    """The ceilings that hold on the day, the unknown ones among them."""
    return tuple(ceiling for ceiling in ceilings if ceiling.value.holds_on(on))
