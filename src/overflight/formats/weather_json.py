"""What a plan is worth under a forecast, as the working-plan document writes it (``weather``).

For the side that made the plan.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.strict_json import pointer
from overflight.formats.times import read_time, write_time
from overflight.terms.weather import Odds, SitePass, WeatherValue


def weather_to_dict(weather: WeatherValue | None) -> dict[str, Any] | None:
    """JSON-ready; None where the plan was made without a forecast.

    An infinite length of correlation is None.
    """
    if weather is None:
        return None
    odds = weather.odds
    return {
        "source": weather.source,
        "value_if_clear": weather.if_clear,
        "value_expected": weather.expected,
        "probability": odds.probability,
        "value_reached": weather.reached,
        "value_in_tail": weather.tail,
        "correlation_km": _finite(odds.correlation_km),
        "correlation_hours": _finite(odds.correlation_hours),
        "draws": odds.draws,
        "seed": odds.seed,
        "rounds": weather.rounds,
        "unknown": list(weather.unknown),
        "passes": [
            {
                "site": p.site,
                "sensor": p.sensor,
                "at": write_time(p.at),
                "cloud": p.cloud,
                "clear": p.clear,
            }
            for p in weather.passes
        ],
    }


def weather_from_dict(
    part: Mapping[str, Any] | None, *, file: str | Path | None = None
) -> WeatherValue | None:
    """What ``weather_to_dict`` wrote, checked by the schema. Raises DataError."""
    if part is None:
        return None
    try:
        odds = Odds(
            part["probability"],
            _length(part["correlation_km"]),
            _length(part["correlation_hours"]),
            part["draws"],
            part["seed"],
        )
    except ValueError as error:
        raise DataError(
            f"the odds of the weather are none: {error}",
            file=file,
            where="/weather",
            remedy="Make the plan again.",
        ) from None
    return WeatherValue(
        source=part["source"],
        odds=odds,
        if_clear=part["value_if_clear"],
        expected=part["value_expected"],
        reached=part["value_reached"],
        tail=part["value_in_tail"],
        passes=tuple(
            SitePass(
                p["site"],
                p["sensor"],
                read_time(p["at"], where=pointer("weather", "passes", i, "at"), file=file),
                p["cloud"],
                p["clear"],
            )
            for i, p in enumerate(part["passes"])
        ),
        rounds=part["rounds"],
    )


def _finite(length: float) -> float | None:
    return length if math.isfinite(length) else None


def _length(number: float | None) -> float:
    return math.inf if number is None else float(number)
