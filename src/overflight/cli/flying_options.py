"""Options that say how a plan is flown: wind, bank, turns, run-in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from overflight.performance.handling import Handling
    from overflight.performance.wind import WindField

_TURNS = {"short": "turn short", "overflight": "overflight turn"}
"""What is typed, and the technique as a mission plan names it."""


def add_flying_options(parser: argparse.ArgumentParser) -> None:
    """Add --wind, --turn, --bank and --run-in."""
    flown = parser.add_argument_group("how it is flown")
    add_wind_option(flown)
    flown.add_argument(
        "--turn",
        choices=tuple(_TURNS),
        help="before the fix, cutting the corner, or after flying over it (overflight)",
    )
    flown.add_argument("--bank", type=float, metavar="DEG", help="bank in turns, degrees (25)")
    flown.add_argument(
        "--run-in",
        type=float,
        metavar="S",
        help="seconds of level flight wanted before the first site of a leg (30)",
    )


def add_wind_option(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add --wind alone."""
    parser.add_argument(
        "--wind",
        metavar="WIND|FILE",
        help="where it comes from (degrees true) and its speed, 270/30kt, 270/15m/s or 27030KT; "
        "or a field in a file: .csv, .npz, or what xarray reads (NetCDF, GRIB). Times and range "
        "are then those of the wind, turns and climbs counted (still air)",
    )


def add_height_option(parser: argparse.ArgumentParser) -> None:
    """Add --height."""
    parser.add_argument(
        "--height",
        default="auto",
        metavar="HEIGHT",
        help="above ground: auto (as low as all sensors may work, lower on legs where a site needs "
        "it), fixed (one height), metres (one height, that), auto:METRES (auto)",
    )


def handling_by(arguments: argparse.Namespace) -> Handling | None:
    """The handling that was asked for; None where nothing was. Raises DataError."""
    from overflight.performance.handling import Handling

    asked = {
        "technique": _TURNS.get(arguments.turn or ""),
        "bank_deg": arguments.bank,
        "run_in_seconds": arguments.run_in,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    return Handling(**given) if given else None


def wind_by(arguments: argparse.Namespace) -> WindField:
    """The wind that was given, or still air. Raises DataError."""
    from overflight.performance.wind import CALM
    from overflight.performance.wind_files import wind_from

    return CALM if arguments.wind is None else wind_from(arguments.wind)
