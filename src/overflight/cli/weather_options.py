"""Options of plans under a forecast of cloud."""

from __future__ import annotations

import argparse
import datetime as dt
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight.terms.weather import Odds

_USUAL_RISK = 0.8


def add_weather_options(parser: argparse.ArgumentParser) -> None:
    """Add --weather, --risk, --weather-starts and --cloud-correlation-km."""
    weather = parser.add_argument_group("uncertain skies")
    weather.add_argument(
        "--weather",
        type=Path,
        metavar="FILE",
        help="forecast of cloud: .csv (time, lat, lon, cloud from 0 to 1, or cloud_percent), or "
        "what xarray reads (NetCDF, GRIB, Zarr). The plan is then the one of the greatest "
        "expected value",
    )
    weather.add_argument(
        "--risk",
        type=_probability,
        metavar="P",
        help="the plan is the one whose value reached with probability P is greatest, e.g. 0.8",
    )
    weather.add_argument(
        "--weather-starts",
        type=_moments,
        metavar="T,T",
        help="moments, UTC, at which the flight may begin (2021-05-19T06:00Z,2021-05-20T06:00Z): "
        "each is planned for in an equal share of the time, the best is the plan",
    )
    weather.add_argument(
        "--cloud-correlation-km",
        type=_length,
        metavar="KM",
        help="distance over which clouds hang together, an assumption: exp(-distance / KM) "
        "(300); 0: each site for itself, inf: all alike",
    )


def weathered(arguments: argparse.Namespace) -> dict[str, Any] | None:
    """The arguments of ``plan_in_weather`` about the weather; None without a forecast.

    Raises DataError for options that need a forecast, or that cannot be had with one.
    """
    from overflight.formats.cloud_files import read_clouds

    more = {
        "--risk": arguments.risk,
        "--weather-starts": arguments.weather_starts,
        "--cloud-correlation-km": arguments.cloud_correlation_km,
    }
    asked = [name for name, value in more.items() if value is not None]
    if arguments.weather is None:
        if asked:
            raise DataError(
                f"{' and '.join(asked)} is about a forecast of cloud, and none was given",
                remedy="Give --weather FILE as well.",
            )
        return None
    if arguments.explain:
        raise DataError(
            "--explain counts every site in full, whatever its weather",
            remedy="Leave --explain out, or explain a plan that was made without a forecast.",
        )
    return {
        "skies": read_clouds(arguments.weather),
        "odds": _odds(arguments),
        "by_risk": arguments.risk is not None,
        "starts": arguments.weather_starts or (),
    }


def _odds(arguments: argparse.Namespace) -> Odds:
    from overflight.terms.weather import Odds

    given: dict[str, Any] = {"probability": arguments.risk or _USUAL_RISK, "seed": arguments.seed}
    if arguments.cloud_correlation_km is not None:
        given["correlation_km"] = arguments.cloud_correlation_km
    return Odds(**given)


def _probability(text: str) -> float:
    value = _number(text)
    if not 0.0 < value < 1.0:
        raise argparse.ArgumentTypeError(
            f"{text!r}: give a probability between 0 and 1, such as 0.8"
        )
    return value


def _length(text: str) -> float:
    value = _number(text)
    if not value >= 0.0:
        raise argparse.ArgumentTypeError(f"{text!r}: give kilometres, 0 or more")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _moments(text: str) -> tuple[dt.datetime, ...]:
    moments = []
    for word in text.split(","):
        try:
            moment = dt.datetime.fromisoformat(word.strip())
        except ValueError:
            moment = dt.datetime.min  # noqa: DTZ901
        if moment.tzinfo is None:
            raise argparse.ArgumentTypeError(
                f"{word.strip()!r}: give moments with their zone, 2021-05-20T06:00Z"
            )
        moments.append(moment.astimezone(dt.UTC))
    return tuple(moments)
