"""Every value of a regime under the key that documents print for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from overflight.errors import DataError
from overflight.terms.values import CitedValue
from overflight.treaty.dated import pick
from overflight.treaty.problems import did_you_mean
from overflight.treaty.quotas import PASSIVE_KEY
from overflight.treaty.vocabulary import ANY

if TYPE_CHECKING:
    from overflight.treaty.view import TreatyView

_Ask = Callable[[str], CitedValue]


def lookup(view: TreatyView, key: str, condition: str = "") -> CitedValue:
    """The value of that key, whichever file holds it. DataError, with the nearest, if none."""
    asked = questions(view)
    if key not in asked:
        raise DataError(
            f"{view.treaty.short} has no value {key!r}", remedy=_nearest(key.strip(), asked)
        )
    return asked[key](condition)


def questions(view: TreatyView) -> Mapping[str, _Ask]:
    """Key -> what answers for it, given a condition.

    Scalars and deadlines by their id, "AIRFIELD.maximum_flight_distance", "CATEGORY.LIMIT",
    "HOLDER.passive_quota", "OBSERVER over OBSERVED".
    """
    treaty = view.treaty
    found: dict[str, _Ask] = {}
    for quota in treaty.active_quotas:
        found[quota.flights.key] = partial(_active, view, quota.observer, quota.observed)
    for row in treaty.passive_quotas:
        if row.key != ANY:
            found[f"{row.key}{PASSIVE_KEY}"] = partial(_passive, view, row.key)
    for category in treaty.categories:
        for name, rows in category.limits.items():
            found[f"{category.id}.{name}"] = partial(_picked, view, f"{category.id}.{name}", rows)
    for field in treaty.airfields:
        if field.distances:
            key = f"{field.id}.maximum_flight_distance"
            found[key] = partial(view.maximum_flight_distance, field)
    for key, scalar in view.scalars.items():
        found[key] = partial(_picked, view, key, scalar)
    return found


def _picked(view: TreatyView, key: str, rows: Sequence[CitedValue], condition: str) -> CitedValue:
    return pick(key, rows, view.on, view.readings, condition)


def _passive(view: TreatyView, holder: str, _condition: str) -> CitedValue:
    return view.passive_quota(holder)


def _active(view: TreatyView, observer: str, observed: str, _condition: str) -> CitedValue:
    return view.active_quota(observer, observed)


def _nearest(key: str, known: Mapping[str, _Ask]) -> str:
    """A remedy: keys that begin as the one typed, before keys that look like it."""
    begun = [name for name in known if name.casefold().startswith(key.casefold() + ".")]
    if begun:
        return f"Did you mean {' or '.join(repr(name) for name in begun[:5])}?"
    return did_you_mean(key, known, "'overflight treaty show NAME --section values' lists some.")
