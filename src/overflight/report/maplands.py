"""What a map knows of the ground: States with their standing, and the observed territory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from overflight.errors import OverflightError
from overflight.treaty.neighbours import NOT_A_PARTY, PARTY, UNDETERMINED, standing_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from overflight.treaty.holdings import Holding
    from overflight.treaty.view import TreatyView

__all__ = ["OBSERVED", "PARTY", "UNDETERMINED", "Ground", "MapLand", "ground_of", "is_outside"]

OBSERVED = "observed"

STAND_OFF = "non-party-stand-off"
"""The key under which a regime says how far the path stays from a State that is not a party."""


class MapLand(NamedTuple):
    """A State's land in longitude and latitude. ``standing`` is "observed", "party",
    "undetermined", or any other word of ``PartyStatus.standing``: those are not parties.
    ``keep_off``: the path keeps its distance from this land."""

    name: str
    standing: str
    shape: BaseGeometry
    keep_off: bool = False


@runtime_checkable
class Surveyed(Protocol):
    """What a map takes from a geography (``treaty.geography.Geography`` has it)."""

    view: TreatyView
    members: tuple[str, ...]
    pieces: tuple[Holding, ...]
    basis: str

    @property
    def territory(self) -> Any: ...
    @property
    def non_parties(self) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground of one map. ``territory`` takes in the sea that counts; ``stand_off_km`` is how
    far the path stays from a State that is not a party; ``basis`` says where the lines are from."""

    lands: tuple[MapLand, ...] = ()
    territory: BaseGeometry | None = None
    stand_off_km: float | None = None
    basis: str = ""


def is_outside(standing: str) -> bool:
    """Whether a State of this standing is not a party."""
    return standing not in (OBSERVED, PARTY, UNDETERMINED)


def ground_of(geography: Surveyed | Ground | Iterable[Sequence[Any]] | None) -> Ground:
    """The ground as ``geography`` knows it: a Geography, a Ground, plain (name, standing, shape)
    rows, or None for none."""
    if geography is None:
        return Ground()
    if isinstance(geography, Ground):
        return geography
    if isinstance(geography, Surveyed):
        return _surveyed(geography)
    return Ground(lands=tuple(MapLand(*land) for land in geography))


def _surveyed(geography: Surveyed) -> Ground:
    view = geography.view
    near = {neighbour.state for neighbour in geography.non_parties}
    lands = []
    for piece in geography.pieces:
        if piece.state in geography.members and piece.territory:
            standing = OBSERVED
        else:
            standing = standing_of(view, piece.state) if piece.is_state else NOT_A_PARTY
        lands.append(MapLand(piece.name, standing, piece.geometry, piece.state in near))
    return Ground(tuple(lands), geography.territory.geometry, _stand_off_km(view), geography.basis)


def _stand_off_km(view: TreatyView) -> float | None:
    """The stand-off, km; None where there is none, it is not known, or it is not public."""
    try:
        value = view.value(STAND_OFF)
    except OverflightError:
        return None
    if value.private or value.unit != "km" or not isinstance(value.value, (int, float)):
        return None
    return float(value.value)
