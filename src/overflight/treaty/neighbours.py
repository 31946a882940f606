"""The land around a territory: whose it is, who is bound, who has a border with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.errors import DataError
from overflight.geo.chunks import Chunks, chunked
from overflight.geo.frames import Frame
from overflight.geo.geodesic import distance_km, wgs84
from overflight.geo.legs import trace
from overflight.geo.local import KM_PER_DEGREE, Floats
from overflight.geo.nearest import BorderIndex
from overflight.geo.positions import Position
from overflight.treaty.holdings import Holding
from overflight.treaty.view import TreatyView
from overflight.units import KM_PER_NM, TERRITORIAL_SEA_NM, Kilometres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

ADJACENT_SEA_KM = 2.0 * TERRITORIAL_SEA_NM * KM_PER_NM
"""States whose coasts are nearer than this share a border at sea: their belts of water meet."""

PARTY, NOT_A_PARTY, UNDETERMINED = "party", "not a party", "undetermined"

_BELTS_MEET_DEG = 0.03
"""Belts drawn to 0.01 degree meet where they come this near, degrees."""

_SHORTEST_KM = 0.001
"""Stretches over another State shorter than this are rounding, km."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A State near the territory. ``standing`` is that of treaty.model.PartyStatus.

    ``gap_km`` is how far apart the lands are, to about 1 %: 0 where they touch.
    """

    state: str
    name: str
    standing: str
    gap_km: Kilometres

    @property
    def is_party(self) -> bool:
        return self.standing == PARTY


@dataclass(frozen=True, slots=True)
class NonPartyApproach:
    """The nearest that a leg comes to the land of an adjacent State that is not a party.

    ``at`` lies on the leg, ``border`` on the State's land. ``standing`` may be "undetermined":
    then it is not known whether the State was a party on that day.
    """

    state: str
    distance_km: Kilometres
    at: Position
    border: Position
    name: str = ""
    standing: str = NOT_A_PARTY


def standing_of(view: TreatyView, state: str) -> str:
    """Where a State stands; one that the regime does not name is not a party."""
    try:
        return view.status(state).standing
    except DataError:
        return NOT_A_PARTY


class OtherLand:
    """The land of everybody but the observed Party, in the frame of its territory."""

    def __init__(self, pieces: Sequence[Holding], frame: Frame) -> None:
        import shapely

        self.frame = frame
        placed = [frame.place(piece.geometry) for piece in pieces]
        self.geometries: dict[str, list[BaseGeometry]] = {}
        for piece, geometry in zip(pieces, placed, strict=True):
            self.geometries.setdefault(piece.state, []).append(geometry)
        self._waters: dict[str, list[BaseGeometry]] = {}
        for piece in pieces:
            if piece.waters is not None:
                self._waters.setdefault(piece.state, []).append(piece.waters)
        self.names = {piece.state: piece.name for piece in pieces}
        self.nobodys = {piece.state for piece in pieces if not piece.is_state}
        parts, owner = shapely.get_parts(np.asarray(placed, dtype=object), return_index=True)
        self._parts = parts
        self._owner = np.asarray([piece.state for piece in pieces])[owner]
        self._tree = shapely.STRtree(parts)

    def crossed(self, a: Position, b: Position) -> tuple[tuple[str, Kilometres, Position], ...]:
        """States whose land the leg passes over: km in all, and where it comes to it first."""
        import shapely

        lon, lat, _ = trace(a, b)
        line = self.frame.lines(lon, lat)
        found: dict[str, list[Any]] = {}
        for hit in self._tree.query(line, predicate="intersects"):
            inside = shapely.intersection(line, self._parts[hit])
            stretches = [p for p in shapely.get_parts(inside) if shapely.get_dimensions(p) == 1]
            found.setdefault(str(self._owner[hit]), []).extend(stretches)
        over = []
        for state, stretches in found.items():
            km = sum(_length_km(part) for part in stretches)
            if km >= _SHORTEST_KM:
                over.append((state, km, _first(stretches, a)))
        return tuple(sorted(over, key=lambda entry: distance_km(a, entry[2])))

    def touching(self, geometry: BaseGeometry) -> list[BaseGeometry]:
        """Polygons of other States' land that touch a geometry in the frame."""
        import shapely

        parts = shapely.get_parts(geometry)
        return list(self._parts[np.unique(self._tree.query(parts, predicate="intersects")[1])])

    def shares_sea(self, state: str, sea: BaseGeometry | None) -> bool:
        """Whether the State's belt of water meets ``sea`` (in the frame)."""
        import shapely

        belts = [self.frame.place(waters) for waters in self._waters.get(state, ())]
        return sea is not None and any(
            shapely.dwithin(belt, sea, _BELTS_MEET_DEG) for belt in belts
        )

    def near(self, land: BaseGeometry, within_km: Kilometres) -> dict[str, Kilometres]:
        """States whose land comes within that distance of ``land`` (in the frame): their gaps.

        Measured on Mercator's map with the scale of each place: true to 1 %.
        """
        import shapely

        own = chunked(land, edges=False)
        own_lines = own.linestrings(_mercator(own.xy))
        own_tree = shapely.STRtree(own_lines)
        box = _widened(shapely.bounds(land), within_km)
        gaps: dict[str, Kilometres] = {}
        for state, geometries in self.geometries.items():
            chunks = chunked(shapely.union_all(_boundaries(geometries, box)), edges=False)
            if chunks.count == 0:
                continue
            gap = _least_gap(chunks, own_tree, own_lines, within_km)
            if gap is not None:
                gaps[state] = gap
        return gaps


def _boundaries(geometries: Sequence[BaseGeometry], box: BaseGeometry) -> list[BaseGeometry]:
    """Outlines of the polygons whose boxes meet a box."""
    import shapely

    parts = shapely.get_parts(np.asarray(geometries, dtype=object))
    return list(
        shapely.boundary(parts[shapely.intersects(shapely.box(*shapely.bounds(parts).T), box)])
    )


def _least_gap(chunks: Chunks, tree: Any, lines: Any, within_km: Kilometres) -> Kilometres | None:
    """Least distance, km, between strings and those in the tree; None beyond ``within_km``."""
    import shapely

    strings = chunks.linestrings(_mercator(chunks.xy))
    bounds = chunks.bounds()
    scale = 1.0 / np.cos(np.radians(np.abs(bounds[:, [1, 3]]).max(axis=1).clip(max=88.0)))
    mine, theirs = tree.query(
        strings, predicate="dwithin", distance=within_km / KM_PER_DEGREE * scale
    )
    if len(mine) == 0:
        return None
    gaps = shapely.distance(strings[mine], lines[theirs]) * KM_PER_DEGREE / scale[mine]
    return float(gaps.min())


def _mercator(xy: Floats) -> Floats:
    phi = np.radians(np.clip(xy[:, 1], -88.0, 88.0))
    return np.column_stack([xy[:, 0], np.degrees(np.arcsinh(np.tan(phi)))])


def _widened(bounds: Floats, km: Kilometres) -> BaseGeometry:
    import shapely

    west, south, east, north = bounds
    high = km / KM_PER_DEGREE
    wide = high / np.cos(np.radians(min(max(-south, north) + high, 88.0)))
    box: BaseGeometry = shapely.box(west - wide, south - high, east + wide, north + high)
    return box


def _length_km(line: BaseGeometry) -> Kilometres:
    import shapely

    xy = shapely.get_coordinates(line)
    return float(wgs84().line_length(xy[:, 0], xy[:, 1])) / 1000.0


def _first(stretches: Iterable[BaseGeometry], a: Position) -> Position:
    """The end of a stretch that is nearest to ``a``."""
    import shapely

    ends = [xy for part in stretches for xy in shapely.get_coordinates(part)[[0, -1]]]
    places = [Position(lat=float(y), lon=(float(x) + 180.0) % 360.0 - 180.0) for x, y in ends]
    return min(places, key=lambda place: distance_km(a, place))


class NonPartyLand:
    """The land of adjacent States that are not parties, ready to be asked how near a leg comes."""

    def __init__(self, other: OtherLand, states: Mapping[str, Neighbour]) -> None:
        self.states = states
        self._other = other

    @cached_property
    def _index(self) -> BorderIndex:
        import shapely

        borders = [
            shapely.union_all([shapely.boundary(g) for g in self._other.geometries[state]])
            for state in self.states
        ]
        return BorderIndex(borders, self._other.frame)

    def nearest(
        self,
        a: Position,
        b: Position,
        crossed: Iterable[tuple[str, Kilometres, Position]],
        *,
        within_km: Kilometres,
    ) -> NonPartyApproach | None:
        """The nearest approach of the leg; distance 0 where it enters (``crossed`` says where)."""
        for state, _, place in crossed:
            if state in self.states:
                return self._approach(self.states[state], 0.0, place, place)
        if not self.states:
            return None
        found = self._index.nearest(a, b, within_km=within_km)
        if found is None:
            return None
        neighbour = list(self.states.values())[found.owner]
        return self._approach(neighbour, found.distance_km, found.on_path, found.on_border)

    @staticmethod
    def _approach(
        neighbour: Neighbour, km: Kilometres, at: Position, border: Position
    ) -> NonPartyApproach:
        return NonPartyApproach(neighbour.state, km, at, border, neighbour.name, neighbour.standing)
