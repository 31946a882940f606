"""The map a rule or a planner asks: whose ground is under a leg, and how far off is a border.

Territory is "the land, including islands, and internal and territorial waters, over which a State
Party exercises sovereignty" in the words of the first instrument this was written for (Treaty on
Open Skies, II.8). Land is what the regime's files name; the sea part is approximated, and
``Geography.basis`` says how.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.errors import DataError
from overflight.geo.areas import Area
from overflight.geo.frames import Frame, frame_of
from overflight.geo.legmatrix import lengths_inside_km
from overflight.geo.local import Floats
from overflight.geo.positions import Position
from overflight.treaty import borders as maps
from overflight.treaty.blocking import Forbidden, Matrix, blocked_pairs
from overflight.treaty.holdings import FROM_FILE, FROM_MAP, Holding, holdings
from overflight.treaty.neighbours import (
    ADJACENT_SEA_KM,
    PARTY,
    UNDETERMINED,
    Neighbour,
    NonPartyApproach,
    NonPartyLand,
    OtherLand,
    standing_of,
)
from overflight.treaty.view import TreatyView
from overflight.units import Kilometres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["Geography", "NonPartyApproach", "geography"]

REACH_KM = 200.0
"""How far from a leg a border is looked for, km."""

LAND_BORDER_KM = 0.5
"""Lands nearer than this touch: a gap that small is drawing, km."""

_KEPT = 12
_kept: OrderedDict[tuple[Any, ...], Geography] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Geography:
    """The observed Party's territory and everybody around it, on ``view.on``, under its readings.

    ``error_km``: how far the borders used may lie from the true ones. Distances themselves are
    exact to 20 m; what the lines are worth is another question.
    """

    view: TreatyView
    observed: str
    members: tuple[str, ...]
    pieces: tuple[Holding, ...]
    frame: Frame
    error_km: Kilometres
    basis: str

    # --- the territory --------------------------------------------------------------------

    @cached_property
    def land(self) -> Area:
        """The territory without its waters."""
        return Area(_joined([self.frame.place(p.geometry) for p in self._own]), self.frame)

    @cached_property
    def territory(self) -> Area:
        """Land, islands, and the sea as far as it is approximated."""
        sea = self._belt
        if sea is None:
            return self.land
        others = self._other.touching(sea)
        if others:
            sea = sea.difference(_joined(others))
        return Area(_joined([self.land.geometry, sea]), self.frame)

    @cached_property
    def _belt(self) -> BaseGeometry | None:
        """The sea that the territory's coasts give it, as drawn: it overlaps the land."""
        waters = [self.frame.place(p.waters) for p in self._own if p.waters is not None]
        return _joined(waters) if waters else None

    @property
    def units(self) -> tuple[str, ...]:
        """Codes of the map's units that the territory is made of."""
        return tuple(sorted({piece.unit for piece in self._own if piece.unit}))

    @cached_property
    def _own(self) -> tuple[Holding, ...]:
        return tuple(p for p in self.pieces if p.state in self.members and p.territory)

    def in_territory(self, position: Position) -> bool:
        """Whether the position lies in the territory, waters included."""
        return self.territory.contains(position)

    def length_over_territory_km(self, a: Position, b: Position) -> Kilometres:
        """Length of the part of the geodesic leg that lies over the territory, km."""
        return self.territory.length_inside_km(a, b)

    # --- the others -----------------------------------------------------------------------

    @cached_property
    def _other(self) -> OtherLand:
        return OtherLand([p for p in self.pieces if p.state not in self.members], self.frame)

    def over_other_states(
        self, a: Position, b: Position
    ) -> tuple[tuple[str, Kilometres, Position], ...]:
        """Other States whose land the leg passes over: code, km in all, first place; in order.

        Their waters do not count: straits and corridors of high seas are not drawn well enough.
        """
        return self._other.crossed(a, b)

    @cached_property
    def neighbours(self) -> Mapping[str, Neighbour]:
        """States that border on the territory by land, or at sea, where the belts of 12 nautical
        miles meet; the nearest first."""
        gaps = {
            state: gap
            for state, gap in self._other.near(self.land.geometry, ADJACENT_SEA_KM).items()
            if gap < LAND_BORDER_KM or self._other.shares_sea(state, self._belt)
        }
        return MappingProxyType(
            {
                state: Neighbour(
                    state, self._other.names[state], standing_of(self.view, state), round(gap, 3)
                )
                for state, gap in sorted(gaps.items(), key=lambda item: (item[1], item[0]))
                if state not in self._other.nobodys
            }
        )

    @cached_property
    def non_parties(self) -> tuple[Neighbour, ...]:
        """Adjacent States that are not States Parties on that day, or of which it is not known."""
        return tuple(n for n in self.neighbours.values() if n.standing != PARTY)

    @cached_property
    def _non_party_land(self) -> NonPartyLand:
        return NonPartyLand(self._other, {n.state: n for n in self.non_parties})

    def nearest_non_party_border(
        self, a: Position, b: Position, *, within_km: Kilometres = REACH_KM
    ) -> NonPartyApproach | None:
        """The nearest that the leg comes to the land of an adjacent State not a party.

        0 km where it enters that land; None beyond ``within_km``.
        """
        return self._non_party_land.nearest(a, b, self._other.crossed(a, b), within_km=within_km)

    # --- for the planner ------------------------------------------------------------------

    def blocked_pairs(
        self,
        points: Sequence[Position],
        *,
        margin_km: Kilometres,
        other_margin_km: Kilometres = 0.0,
    ) -> Matrix:
        """Legs that come closer than ``margin_km`` to a non-party's land or enter other States'.

        ``other_margin_km`` keeps legs off the land of other parties too. Shape (n, n), symmetric;
        on the safe side by less than 1 km (see ``treaty.blocking``).
        """
        near = {n.state for n in self.non_parties}
        geometries = self._other.geometries
        return blocked_pairs(
            points,
            Forbidden(
                [g for state in near for g in geometries[state]],
                margin_km,
                [g for state, held in geometries.items() if state not in near for g in held],
                other_margin_km,
                self.frame,
            ),
        )

    def lengths_over_territory_km(self, points: Sequence[Position]) -> Floats:
        """``length_over_territory_km`` for all legs between points, km, shape (n, n)."""
        return lengths_inside_km(points, self.territory)

    def blocked_leg(self, a: Position, b: Position, *, margin_km: Kilometres) -> bool:
        """The same for one leg, exactly."""
        crossed = self._other.crossed(a, b)
        if crossed:
            return True
        found = self._non_party_land.nearest(a, b, crossed, within_km=margin_km)
        return found is not None and found.distance_km < margin_km

    # --- what to say about it -------------------------------------------------------------

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know about this map, sentence by sentence."""
        notes = [
            f"{n.name} ({n.state}): whether it was a State Party on {self.view.on} is not known; "
            "it is kept clear of as if it were not."
            for n in self.non_parties
            if n.standing == UNDETERMINED
        ]
        notes += [
            f"{n.name} ({n.state}) is {n.gap_km:.0f} km away across water; the distance to it is "
            "that to its land, because maritime borders are not drawn."
            for n in self.non_parties
            if n.gap_km >= LAND_BORDER_KM
        ]
        around = {*self.members, *self.neighbours}
        notes += [
            f"{area.name} counts with {owner} (reading {area.reading} = {option})."
            for area in self.view.treaty.disputed_areas
            for option in [self.view.readings[area.reading]]
            for owner in [area.owner(self.view.on, option)]
            if around & set(area.belongs_to.values())
        ]
        left_out = sorted(
            {p.unit for p in self.pieces if p.state in self.members and not p.territory and p.unit}
        )
        if left_out:
            notes.append(
                f"Counted neither as territory nor as another State: {', '.join(left_out)}."
            )
        return tuple(notes)


def geography(view: TreatyView, observed: str, *, borders: str | Path | None = None) -> Geography:
    """The map for flights over ``observed``, a State or a group (all its members' territory).

    ``borders`` draws States anew: GeoJSON with a ``state`` for each feature, or a GeoPackage built
    by tools/borders.py that replaces the shipped one. Kept for the same question.

    Raises DataError for a code that is not known, or whose territory no file draws;
    NotInForceError for a group that does not exist on that day.
    """
    path = None if borders is None else Path(borders)
    key = (view.treaty, view.on, tuple(sorted(view.readings.items())), observed, _stamp(path))
    if key not in _kept:
        _kept[key] = _built(view, observed, path)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def _stamp(path: Path | None) -> tuple[Any, ...] | None:
    if path is None or not path.exists():
        return None if path is None else (str(path),)
    stat = path.stat()
    return str(path.resolve()), stat.st_mtime_ns, stat.st_size


def _built(view: TreatyView, observed: str, path: Path | None) -> Geography:
    drawn = maps.shipped_borders() if path is None else maps.read_own_borders(path)
    own = drawn if isinstance(drawn, maps.OwnBorders) else None
    shipped = maps.shipped_borders() if isinstance(drawn, maps.OwnBorders) else drawn
    members = _members(view, observed)
    pieces = holdings(view, shipped, own)
    territory = [p for p in pieces if p.state in members and p.territory]
    if not territory:
        raise DataError(
            f"no file draws the territory of {observed}",
            remedy="Add a [[territory]] row for it to the regime's territory.toml.",
        )
    frame = frame_of([piece.geometry for piece in territory])
    error = _error_km(pieces, members, frame, shipped, own)
    return Geography(
        view, observed, members, pieces, frame, error, _basis(territory, shipped, own, error)
    )


def _members(view: TreatyView, observed: str) -> tuple[str, ...]:
    """The State, or the group's members that are parties on the day (all, if none is)."""
    members = view.members(observed)
    bound = tuple(m for m in members if standing_of(view, m) in (PARTY, UNDETERMINED))
    return bound or members


def _error_km(
    pieces: Sequence[Holding],
    members: Sequence[str],
    frame: Frame,
    shipped: maps.Borders,
    own: maps.OwnBorders | None,
) -> Kilometres:
    """The worst error among the lines that bound the territory."""
    import shapely

    from_file = own.error_km if own else maps.FILE_ERROR_KM
    territory = [p for p in pieces if p.state in members and p.territory]
    if any(p.drawn == FROM_MAP for p in territory):
        return max(from_file, shipped.error_km) if own else shipped.error_km
    drawn = _joined([frame.place(p.geometry) for p in territory])
    around = shapely.box(*(shapely.bounds(drawn) + np.array([-1.0, -0.5, 1.0, 0.5])))
    others = (p for p in pieces if p.state not in members and p.drawn == FROM_MAP)
    if any(shapely.intersects(frame.place(p.geometry), around) for p in others):
        return max(from_file, shipped.error_km)
    return from_file


def _basis(
    territory: Sequence[Holding],
    shipped: maps.Borders,
    own: maps.OwnBorders | None,
    error: Kilometres,
) -> str:
    """One paragraph: where the lines come from, what they are worth, how the sea is drawn."""
    said = []
    if any(piece.drawn == FROM_MAP for piece in territory):
        said.append(
            f"Borders and coasts: {shipped.source}, scale 1:10,000,000 (public domain), taken to "
            f"be true to {shipped.error_km:g} km (0.5 mm at that scale: an assumption)."
        )
        said.append(
            "Territorial waters: 12 nautical miles (UNCLOS, Article 3) from that coast, to the "
            "line of equal distance where two States' belts meet, drawn to about 1 km. Straight "
            "baselines, agreed maritime borders and internal waters farther out are not drawn, "
            "so a distance over territory may come out too short along such coasts."
        )
    if any(piece.drawn == FROM_FILE for piece in territory):
        name = own.source if own else "the regime's own files"
        said.append(
            f"Territory as drawn in {name}, waters included, taken to be true to "
            f"{own.error_km if own else maps.FILE_ERROR_KM:g} km."
        )
    said.append(
        "States not party are measured to their land. Distances are geodesic, exact to 20 m; "
        f"the borders may be off by {error:g} km."
    )
    return " ".join(said)


def _joined(geometries: Sequence[BaseGeometry]) -> BaseGeometry:
    import shapely

    if len(geometries) == 1:
        return geometries[0]
    return shapely.union_all(list(geometries))
