"""Who holds which land on a date, under the readings chosen: the map cut by the regime's files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError
from overflight.treaty.borders import Borders, Drawn, OwnBorders, read_outline
from overflight.treaty.model import DisputedArea
from overflight.treaty.view import TreatyView

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

FROM_MAP, FROM_FILE = "map", "file"

_SLIVER_DEG2 = 1e-6
"""Overlaps smaller than this, square degrees (about a hectare), are drawing, not land."""


@dataclass(frozen=True)
class Holding:
    """A piece of land and who holds it.

    ``territory``: the regime's files count it as that State's territory (a dependency may be a
    State's without being that). ``is_state`` is false for land that the map gives to nobody.
    ``waters`` draws the sea that goes with it, overlapping the coast; None: none drawn.
    ``drawn`` is "map" or "file".
    """

    state: str
    name: str
    geometry: BaseGeometry
    waters: BaseGeometry | None
    territory: bool
    is_state: bool = True
    drawn: str = FROM_MAP
    unit: str = ""


@dataclass(frozen=True)
class _Move:
    """A disputed area and the State to which the reading gives it."""

    area: DisputedArea
    owner: str
    geometry: BaseGeometry


def holdings(
    view: TreatyView, borders: Borders, own: OwnBorders | None = None
) -> tuple[Holding, ...]:
    """All land, by holder. ``own`` draws States anew, at the expense of everybody else."""
    moves = tuple(_moves(view, borders))
    pieces = [
        piece for unit in borders.units.values() for piece in _of_unit(view, borders, unit, moves)
    ]
    for row in view.treaty.territories:
        if row.file is not None:
            outline = read_outline(row.file)
            pieces = _taken(pieces, outline)
            pieces.append(_from_file(view, row.state, outline))
    for move in moves:
        if move.area.file is not None:
            pieces = _taken(pieces, move.geometry)
            pieces.append(_from_file(view, move.owner, move.geometry, name=move.area.name))
    for state, outline in (own.states if own else {}).items():
        pieces = [piece for piece in pieces if piece.state != state]
        pieces = _taken(pieces, outline)
        pieces.append(_from_file(view, state, outline))
    return tuple(piece for piece in pieces if not piece.geometry.is_empty)


def _moves(view: TreatyView, borders: Borders) -> Iterable[_Move]:
    for area in view.treaty.disputed_areas:
        owner = area.owner(view.on, view.readings[area.reading])
        if area.file is not None:
            yield _Move(area, owner, read_outline(area.file))
        elif area.area not in borders.disputed:
            raise DataError(
                f"the borders draw no disputed area {area.area!r} ({area.name})",
                remedy="Correct 'area' in territory.toml, or draw the area with 'file'.",
                where=f"disputed area {area.id}",
            )
        else:
            yield _Move(area, owner, borders.disputed[area.area].geometry)


def _of_unit(
    view: TreatyView, borders: Borders, unit: Drawn, moves: Sequence[_Move]
) -> Iterable[Holding]:
    """The unit without what a reading moves elsewhere, and each piece that it moves."""
    import shapely

    row = next((row for row in view.treaty.territories if unit.code in row.units), None)
    state = row.state if row else unit.belongs_to or unit.code
    gone: list[_Move] = []
    for move in moves:
        if move.area.file is None and move.owner != state and _boxes_meet(unit, move):
            shared = shapely.intersection(unit.geometry, move.geometry)
            if shapely.area(shared) > _SLIVER_DEG2:
                gone.append(replace(move, geometry=_polygons(shared)))
    land = unit.geometry
    if gone:
        land = _polygons(shapely.difference(land, shapely.union_all([m.geometry for m in gone])))
    moved = {move.area.area for move in gone}
    seas = {key: sea for key, sea in borders.waters.items() if key[0] == unit.code}
    yield Holding(
        state,
        _name(view, borders, state),
        land,
        _union([sea.geometry for key, sea in seas.items() if key[1] not in moved]),
        territory=row is not None,
        is_state=row is not None or bool(unit.belongs_to),
        unit=unit.code,
    )
    for move in gone:
        yield Holding(
            move.owner,
            _name(view, borders, move.owner, move.area.name),
            move.geometry,
            _union([sea.geometry for key, sea in seas.items() if key[1] == move.area.area]),
            territory=True,
            unit=unit.code,
        )


def _boxes_meet(unit: Drawn, move: _Move) -> bool:
    west, south, east, north = unit.bounds
    low_x, low_y, high_x, high_y = move.geometry.bounds
    return bool(west <= high_x and low_x <= east and south <= high_y and low_y <= north)


def _from_file(view: TreatyView, state: str, outline: BaseGeometry, *, name: str = "") -> Holding:
    named = view.treaty.state_name(state)
    return Holding(
        state,
        name if named == state and name else named,
        outline,
        None,
        territory=True,
        drawn=FROM_FILE,
    )


def _taken(pieces: Iterable[Holding], outline: BaseGeometry) -> list[Holding]:
    """The pieces without what an outline takes of their land and sea."""
    import shapely

    box = shapely.box(*outline.bounds)
    left = []
    for piece in pieces:
        if shapely.intersects(piece.geometry, box):
            piece = replace(piece, geometry=_polygons(shapely.difference(piece.geometry, outline)))
        if piece.waters is not None and shapely.intersects(piece.waters, box):
            piece = replace(piece, waters=_polygons(shapely.difference(piece.waters, outline)))
        left.append(piece)
    return left


def _name(view: TreatyView, borders: Borders, state: str, fallback: str = "") -> str:
    named = view.treaty.state_name(state)
    if named != state:
        return named
    return borders.units[state].name if state in borders.units else fallback or state


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of a result; lines and points that an overlay leaves are dropped."""
    import shapely

    parts = shapely.get_parts(shapely.get_parts([geometry]))
    return shapely.MultiPolygon([p for p in parts if shapely.get_dimensions(p) == 2])


def _union(geometries: Sequence[BaseGeometry]) -> BaseGeometry | None:
    import shapely

    if len(geometries) < 2:
        return geometries[0] if geometries else None
    return _polygons(shapely.union_all(list(geometries)))


def by_state(pieces: Iterable[Holding]) -> Mapping[str, tuple[Holding, ...]]:
    """Holdings grouped by State."""
    found: dict[str, list[Any]] = {}
    for piece in pieces:
        found.setdefault(piece.state, []).append(piece)
    return {state: tuple(held) for state, held in found.items()}
