"""How a plan is flown, as the working-plan document writes it (part ``flyability`` of its schema).

For the side that made the plan: what is said of run-ins and of sites passed in a turn shows where
there is something to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.strict_json import pointer
from overflight.terms.flyability import (
    AlternateReach,
    FixTurn,
    Flyability,
    LegFlight,
    StageFlight,
)

_SUMS = ("flyable", "track_km", "hours", "off_track_km", "fuel_kg")
"""What the document adds up from the parts."""


def flyability_to_dict(flight: Flyability | None) -> dict[str, Any] | None:
    """JSON-ready; None where nothing was reckoned."""
    return None if flight is None else {name: _plain(v) for name, v in flight.as_dict().items()}


def flyability_from_dict(
    part: Mapping[str, Any] | None, legs: int, *, file: str | Path | None = None
) -> Flyability | None:
    """What ``flyability_to_dict`` wrote, of a plan with ``legs`` legs, checked by the schema.

    Raises DataError where it is not about as many legs.
    """
    if part is None:
        return None
    numbers = [leg["leg"] for leg in part["legs"]]
    if numbers != list(range(legs)):
        raise DataError(
            f"flown are legs {numbers}, and the plan has {legs}, numbered from 0",
            file=file,
            where=pointer("flyability", "legs"),
            remedy="Make the plan again, or leave flyability out.",
        )
    return Flyability(
        **{name: value for name, value in part.items() if name not in (*_SUMS, *_LISTS)},
        assumptions=tuple(part["assumptions"]),
        turns=tuple(FixTurn(**turn) for turn in part["turns"]),
        legs=tuple(LegFlight(**_with_tuple(leg)) for leg in part["legs"]),
        stages=tuple(
            StageFlight(
                **{
                    **_with_tuple(stage),
                    "alternates": tuple(AlternateReach(**a) for a in stage["alternates"]),
                }
            )
            for stage in part["stages"]
        ),
    )


_LISTS = ("turns", "legs", "stages", "assumptions")


def _with_tuple(part: Mapping[str, Any]) -> dict[str, Any]:
    return {**part, "findings": tuple(part["findings"])}


def _plain(value: Any) -> Any:
    """Lists for tuples, all the way down."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
