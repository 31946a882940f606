"""The map a rule or a planner asks: whose ground is under a leg, and how far off is a border.

Territory is "the land, including islands, and internal and territorial waters, over which a State
Party exercises sovereignty" in the words of the first instrument this was written for (Treaty on
Open Skies, II.8). Land is what the regime's files name; the sea part is approximated, and
``Geography.basis`` says how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from overflight.geo.areas import Area
from overflight.geo.frames import Frame
from overflight.geo.legmatrix import lengths_inside_km
from overflight.geo.local import Floats
from overflight.geo.positions import Position
from overflight.geo.screens import Screen
from overflight.treaty.blocking import Forbidden, Matrix, blocked_pairs, screen_for
from overflight.treaty.chart import LAND_BORDER_KM, Chart, chart, stamp
from overflight.treaty.holdings import Holding
from overflight.treaty.neighbours import (
    PARTY,
    UNDETERMINED,
    Neighbour,
    NonPartyApproach,
    NonPartyLand,
    standing_of,
)
from overflight.treaty.view import TreatyView
from overflight.units import Kilometres

__all__ = ["Geography", "NonPartyApproach", "geography"]

REACH_KM = 200.0
"""How far from a leg a border is looked for, km."""

_LEGS_KEPT = 8192
"""Legs whose answers are kept: rules, planner and pages ask of the same ones again and again."""


@dataclass(frozen=True, eq=False)
class Geography:
    """The observed Party's territory and everybody around it, on ``view.on``, under its readings.

    ``error_km``: how far the borders used may lie from the true ones. Distances themselves are
    exact to 20 m; what the lines are worth is another question, and ``basis`` answers it.
    """

    view: TreatyView
    observed: str
    chart: Chart

    # --- the territory --------------------------------------------------------------------

    @property
    def members(self) -> tuple[str, ...]:
        """The States whose territory it is."""
        return self.chart.members

    @property
    def land(self) -> Area:
        """The territory without its waters."""
        return self.chart.land

    @property
    def territory(self) -> Area:
        """Land, islands, and the sea as far as it is approximated."""
        return self.chart.territory

    @property
    def frame(self) -> Frame:
        """The frame of longitude in which the territory is in one piece."""
        return self.chart.frame

    @property
    def pieces(self) -> tuple[Holding, ...]:
        """All land of the map, by holder."""
        return self.chart.pieces

    @property
    def error_km(self) -> Kilometres:
        """How far the borders used may lie from the true ones, km; stated, not measured."""
        return self.chart.error_km

    @property
    def basis(self) -> str:
        """Where the lines come from, what they are worth, and how the sea is approximated."""
        return self.chart.basis

    @property
    def units(self) -> tuple[str, ...]:
        """Codes of the map's units that the territory is made of."""
        return tuple(sorted({piece.unit for piece in self.chart.own if piece.unit}))

    def in_territory(self, position: Position) -> bool:
        """Whether the position lies in the territory, waters included."""
        return self.territory.contains(position)

    def length_over_territory_km(self, a: Position, b: Position) -> Kilometres:
        """Length of the part of the geodesic leg that lies over the territory, km."""
        return self._inside_km(a, b)

    @cached_property
    def _inside_km(self) -> Callable[[Position, Position], Kilometres]:
        return lru_cache(_LEGS_KEPT)(self.territory.length_inside_km)

    # --- the others -----------------------------------------------------------------------

    def over_other_states(
        self, a: Position, b: Position
    ) -> tuple[tuple[str, Kilometres, Position], ...]:
        """Other States whose land the leg passes over: code, km in all, first place; in order.

        Their waters do not count: straits and corridors of high seas are not drawn well enough.
        """
        return self._crossed(a, b)

    @cached_property
    def _crossed(
        self,
    ) -> Callable[[Position, Position], tuple[tuple[str, Kilometres, Position], ...]]:
        return lru_cache(_LEGS_KEPT)(self.chart.other.crossed)

    @cached_property
    def neighbours(self) -> Mapping[str, Neighbour]:
        """States that border on the territory by land, or at sea, where the belts of 12 nautical
        miles meet; the nearest first."""
        names = self.chart.other.names
        return MappingProxyType(
            {
                state: Neighbour(state, names[state], standing_of(self.view, state), round(gap, 3))
                for state, gap in self.chart.gaps.items()
            }
        )

    @cached_property
    def non_parties(self) -> tuple[Neighbour, ...]:
        """Adjacent States that are not States Parties on that day, or of which it is not known."""
        return tuple(n for n in self.neighbours.values() if n.standing != PARTY)

    @cached_property
    def _non_party_land(self) -> NonPartyLand:
        return NonPartyLand(self.chart.other, {n.state: n for n in self.non_parties})

    def nearest_non_party_border(
        self, a: Position, b: Position, *, within_km: Kilometres = REACH_KM
    ) -> NonPartyApproach | None:
        """The nearest that the leg comes to the land of an adjacent State not a party.

        0 km where it enters that land; None beyond ``within_km``.
        """
        return self._nearest_non_party(a, b, within_km)

    @cached_property
    def _nearest_non_party(
        self,
    ) -> Callable[[Position, Position, Kilometres], NonPartyApproach | None]:
        def nearest(a: Position, b: Position, within_km: Kilometres) -> NonPartyApproach | None:
            return self._non_party_land.nearest(a, b, self._crossed(a, b), within_km=within_km)

        return lru_cache(_LEGS_KEPT)(nearest)

    def nearest_to_neighbours(
        self, path: Sequence[Position], *, within_km: Kilometres = REACH_KM
    ) -> tuple[tuple[int, NonPartyApproach], ...]:
        """Where the path comes nearest to each neighbour, party or not, with the leg's number.

        The nearest first; only neighbours to which it comes within ``within_km``.
        """
        found = []
        legs = list(enumerate(pairwise(path)))
        crossed = [self.chart.other.crossed(a, b) for _, (a, b) in legs]
        for state, neighbour in self.neighbours.items():
            land = NonPartyLand(self.chart.other, {state: neighbour})
            near = [
                (number, approach)
                for number, (a, b) in legs
                if (approach := land.nearest(a, b, crossed[number], within_km=within_km))
            ]
            if near:
                found.append(min(near, key=lambda entry: entry[1].distance_km))
        return tuple(sorted(found, key=lambda entry: entry[1].distance_km))

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
        return blocked_pairs(points, self._forbidden(margin_km, other_margin_km))

    def screen(
        self, points: Sequence[Position], *, margin_km: Kilometres, beyond_km: Kilometres
    ) -> Screen | None:
        """What ``blocked_pairs`` keeps legs off, on one map.

        Good for the points and for the territory as far as they lie and ``beyond_km`` farther.
        None when the points lie too far apart for one map.
        """
        return screen_for(
            points, self._forbidden(margin_km, 0.0), beyond_km, self.territory.geometry
        )

    def _forbidden(self, margin_km: Kilometres, other_margin_km: Kilometres) -> Forbidden:
        near = {n.state for n in self.non_parties}
        geometries = self.chart.other.geometries
        return Forbidden(
            [g for state in near for g in geometries[state]],
            margin_km,
            [g for state, held in geometries.items() if state not in near for g in held],
            other_margin_km,
            self.frame,
        )

    def lengths_over_territory_km(self, points: Sequence[Position]) -> Floats:
        """``length_over_territory_km`` for all legs between points, km, shape (n, n)."""
        return lengths_inside_km(points, self.territory)

    def blocked_leg(self, a: Position, b: Position, *, margin_km: Kilometres) -> bool:
        """The same for one leg, exactly."""
        crossed = self.chart.other.crossed(a, b)
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
            if area.since is None or area.since <= self.view.on
            else f"{area.name} counts with {owner}; it was disputed only from {area.since}."
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
    return _kept(view, observed, path, stamp(path))


@lru_cache(maxsize=16)
def _kept(view: TreatyView, observed: str, path: Path | None, _stamp: object) -> Geography:
    return Geography(view, observed, chart(view, observed, _members(view, observed), path))


def _members(view: TreatyView, observed: str) -> tuple[str, ...]:
    """The State, or the group's members that are parties on the day (all, if none is)."""
    members = view.members(observed)
    bound = tuple(m for m in members if standing_of(view, m) in (PARTY, UNDETERMINED))
    return bound or members
