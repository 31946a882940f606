"""What every search for a flight begins with: the treaty on its day, the setting, how it is flown.

One flight and several flights planned together begin alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from overflight.errors import DataError
from overflight.mission.aircraft_choice import aircraft_for
from overflight.mission.flown import Flying, flying, terrain_under, wind_of_stages
from overflight.mission.height_choice import AUTO, as_asked
from overflight.mission.outlook import Outlook
from overflight.mission.setting import Setting, setting_for, under
from overflight.performance.handling import Handling
from overflight.performance.wind import CALM, WindField
from overflight.planning.level import level_flight
from overflight.planning.schedule import Assumptions
from overflight.planning.terrain import TerrainMaxima
from overflight.terms.mission_plan import HazardousAirspace
from overflight.terms.sites import Site
from overflight.treaty.geography import geography
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty

HANDLING = Handling()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A day's treaty and setting, and how the aircraft is flown."""

    book: Treaty
    setting: Setting
    flying: Flying


def treaty_book(treaty: str | Path | Treaty, overlay: Path | None) -> Treaty:
    """The treaty, loaded. Raises DataError for an overlay on one that is loaded already."""
    if isinstance(treaty, Treaty) and overlay is not None:
        raise DataError(
            "an overlay was given together with a treaty that is already loaded",
            remedy="Load the treaty with the overlay: load_treaty(name, overlay=...).",
        )
    return treaty if isinstance(treaty, Treaty) else load_treaty(treaty, overlay)


def prepared(
    sites: Sequence[Site],
    *,
    treaty: str | Path | Treaty,
    observing: str,
    observed: str,
    on: dt.date,
    aircraft: str,
    sensors: Sequence[str] | None = None,
    hazards: Sequence[HazardousAirspace] = (),
    terrain: Path | TerrainMaxima | None = None,
    borders: Path | None = None,
    overlay: Path | None = None,
    readings: Mapping[str, str] | None = None,
    wind: WindField = CALM,
    handling: Handling = HANDLING,
    assumptions: Assumptions | None = None,
    max_fixes: int | None = None,
    outlook: Outlook | None = None,
    height: str = AUTO,
) -> Prepared:
    """See ``make_plan`` for what is given and raised."""
    if max_fixes is not None and max_fixes < 0:
        raise DataError(
            f"a flight cannot have at most {max_fixes} fixes",
            remedy="Give a number of fixes, 1 or more, or no limit.",
        )
    book = treaty_book(treaty, overlay)
    view = book.on(on, readings)
    view.require_parties(observing, observed)
    setting = setting_for(
        view,
        geography(view, observed, borders=borders),
        sites,
        aircraft_for(view, aircraft),
        sensors=sensors,
        hazards=hazards,
        assumptions=assumptions,
    )
    setting = under(as_asked(setting, height), outlook)
    ground = terrain_under(terrain, setting)
    how = flying(setting.plane, setting.ability.cruise_km_h, wind, handling, ground)
    wind_km_h = wind_of_stages(setting, how.wind)
    level = level_flight(
        setting.ability.cruise_km_h,
        setting.height_m,
        handling,
        how.rates,
        wind_km_h,
        setting.lower_m,
    )
    setting = replace(setting, wind_km_h=wind_km_h, max_fixes=max_fixes, level=level)
    return Prepared(book, setting, how)
