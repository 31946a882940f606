"""How many inspections a treaty allows on a day: an input of the sequential games."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.errors import DataError, UnknownValueError
from overflight.procedure.rulebook import Known, Rulebook


@dataclass(frozen=True, slots=True)
class Allowed:
    """``inspections`` a year, by which limit, and where that stands."""

    inspections: int
    title: str
    cite: str
    note: str = ""


def inspections_allowed(rules: Rulebook, on: dt.date, objects: int | None = None) -> Allowed:
    """The quota of inspections on that day; of ``objects`` where it is a share of them.

    Raises DataError where the regime has no such quota or the objects are missing,
    UnknownValueError where it has none that is known on that day.
    """
    share, fixed = rules.limit("objects"), rules.limit("individual")
    if share is not None:
        if objects is None or objects < 0:
            raise DataError(
                f"{share.title}: the quota of {rules.treaty.short} is a share of objects",
                remedy="Say how many objects there are with --objects N.",
            )
        return _allowed(rules.of_objects(objects, on), share.title, share.note, on)
    if fixed is not None and fixed.value:
        if objects is not None:
            raise DataError(
                f"the quota of {rules.treaty.short} does not depend on objects",
                remedy="Leave --objects out.",
            )
        return _allowed(rules.number(fixed.value, on), fixed.title, fixed.note, on)
    raise DataError(
        f"{rules.treaty.short} has no quota of inspections of a single Party",
        remedy="Give --inspections N.",
    )


def _allowed(number: Known, title: str, note: str, on: dt.date) -> Allowed:
    if number.value is None:
        raise UnknownValueError(
            f"{title} on {on} is not known: {number.why}",
            remedy="Give another day, or --inspections N.",
        )
    return Allowed(number.value, title, str(number.cite), note)
