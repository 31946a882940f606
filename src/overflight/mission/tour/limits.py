"""The hours that a regime gives a team in the country."""

from __future__ import annotations

from overflight.errors import DataError
from overflight.terms.tour import TourLimits
from overflight.terms.values import CitedValue
from overflight.treaty.view import TreatyView

KEYS = {
    "first": "deadline.in-country-first",
    "further": "deadline.in-country-further",
    "most": "deadline.in-country-most",
    "counted": "deadline.travel-counted",
    "named": "deadline.site-named-earliest",
    "prepared": "deadline.host-preparation",
    "stay": "deadline.stay-declared-site",
}
"""What a limit is called in a regime's files."""

_HOURS = {"min": 1 / 60, "h": 1.0, "d": 24.0}


def tour_limits(view: TreatyView) -> TourLimits:
    """The limits on ``view.on``. Raises DataError for a regime that does not limit a tour so."""
    known = {deadline.value.key for deadline in view.treaty.deadlines}
    missing = [key for key in KEYS.values() if key not in known]
    if missing:
        raise DataError(
            f"{view.treaty.short} sets no such limits to a tour: {', '.join(missing)}",
            remedy="Name a regime whose deadlines.toml has them.",
        )
    values = {name: view.value(key) for name, key in KEYS.items()}
    hours = {name: _hours(value) for name, value in values.items()}
    return TourLimits(**hours, values=tuple(values.values()))


def _hours(value: CitedValue) -> float:
    if value.unit not in _HOURS or not isinstance(value.value, int | float):
        raise DataError(
            f"{value.key} = {value.value!r} {value.unit} is no time of a tour",
            remedy=f"Give it in one of {', '.join(_HOURS)}.",
        )
    return float(value.value) * _HOURS[value.unit]
