"""The lines of a map without the day: one Party's territory, and the land of everybody else.

Who is bound changes from day to day; the lines do not. A chart depends on the regime's files, on
the readings that decide disputed areas and on the borders used, and is kept for those.
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
from overflight.treaty import borders as maps
from overflight.treaty.holdings import FROM_FILE, FROM_MAP, Holding, holdings
from overflight.treaty.neighbours import ADJACENT_SEA_KM, OtherLand
from overflight.treaty.view import TreatyView
from overflight.units import Kilometres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

LAND_BORDER_KM = 0.5
"""Lands nearer than this touch: a gap that small is drawing, km."""

_KEPT = 8
_kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Chart:
    """The land of ``members`` and all other land, in a frame that leaves the first in one piece."""

    members: tuple[str, ...]
    pieces: tuple[Holding, ...]
    frame: Frame
    error_km: Kilometres
    basis: str

    @cached_property
    def own(self) -> tuple[Holding, ...]:
        """The pieces that are the members' territory."""
        return tuple(p for p in self.pieces if p.state in self.members and p.territory)

    @cached_property
    def land(self) -> Area:
        """The territory without its waters."""
        return Area(_joined([self.frame.place(p.geometry) for p in self.own]), self.frame)

    @cached_property
    def territory(self) -> Area:
        """Land, islands, and the sea as far as it is approximated."""
        sea = self._belt
        if sea is None:
            return self.land
        others = self.other.touching(sea)
        if others:
            sea = sea.difference(_joined(others))
        return Area(_joined([self.land.geometry, sea]), self.frame)

    @cached_property
    def _belt(self) -> BaseGeometry | None:
        """The sea that the territory's coasts give it, as drawn: it overlaps the land."""
        waters = [self.frame.place(p.waters) for p in self.own if p.waters is not None]
        return _joined(waters) if waters else None

    @cached_property
    def other(self) -> OtherLand:
        """Everybody else's land."""
        return OtherLand([p for p in self.pieces if p.state not in self.members], self.frame)

    @cached_property
    def gaps(self) -> Mapping[str, Kilometres]:
        """States that border on the territory by land, or at sea, where the belts of 12 nautical
        miles meet: how far apart the lands are, the nearest first."""
        near = self.other.near(self.land.geometry, ADJACENT_SEA_KM)
        return MappingProxyType(
            {
                state: gap
                for state, gap in sorted(near.items(), key=lambda item: (item[1], item[0]))
                if state not in self.other.nobodys
                and (gap < LAND_BORDER_KM or self.other.shares_sea(state, self._belt))
            }
        )


def chart(view: TreatyView, observed: str, members: tuple[str, ...], path: Path | None) -> Chart:
    """The chart for flights over ``members``; kept for the same question."""
    disputes = view.treaty.disputed_areas
    owners = tuple(area.owner(view.on, view.readings[area.reading]) for area in disputes)
    lines = (view.treaty, owners, stamp(path))
    return _keep((*lines, members), lambda: _drawn(view, observed, members, path, lines))  # type: ignore[no-any-return]


def _drawn(
    view: TreatyView,
    observed: str,
    members: tuple[str, ...],
    path: Path | None,
    lines: tuple[Any, ...],
) -> Chart:
    given = maps.shipped_borders() if path is None else maps.read_own_borders(path)
    own = given if isinstance(given, maps.OwnBorders) else None
    base = maps.shipped_borders() if isinstance(given, maps.OwnBorders) else given
    pieces: tuple[Holding, ...] = _keep(lines, lambda: holdings(view, base, own))
    territory = [p for p in pieces if p.state in members and p.territory]
    if not territory:
        raise DataError(
            f"no file draws the territory of {observed}",
            remedy="Add a [[territory]] row for it to the regime's territory.toml.",
        )
    frame = frame_of([piece.geometry for piece in territory])
    error = _error_km(pieces, members, frame, base, own)
    return Chart(members, pieces, frame, error, _basis(territory, base, own, error))


def _keep(key: tuple[Any, ...], make: Any) -> Any:
    if key not in _kept:
        _kept[key] = make()
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def stamp(path: Path | None) -> tuple[Any, ...] | None:
    """What tells one state of a file from another."""
    if path is None:
        return None
    try:
        stat = path.stat()
    except OSError:
        return (str(path),)
    return str(path.resolve()), stat.st_mtime_ns, stat.st_size


def _error_km(
    pieces: Sequence[Holding],
    members: Sequence[str],
    frame: Frame,
    base: maps.Borders,
    own: maps.OwnBorders | None,
) -> Kilometres:
    """The worst error among the lines that bound the territory."""
    import shapely

    from_file = own.error_km if own else maps.FILE_ERROR_KM
    territory = [p for p in pieces if p.state in members and p.territory]
    if any(p.drawn == FROM_MAP for p in territory):
        return max(from_file, base.error_km) if own else base.error_km
    drawn = _joined([frame.place(p.geometry) for p in territory])
    around = shapely.box(*(shapely.bounds(drawn) + np.array([-1.0, -0.5, 1.0, 0.5])))
    others = (p for p in pieces if p.state not in members and p.drawn == FROM_MAP)
    if any(shapely.intersects(frame.place(p.geometry), around) for p in others):
        return max(from_file, base.error_km)
    return from_file


def _basis(
    territory: Sequence[Holding],
    base: maps.Borders,
    own: maps.OwnBorders | None,
    error: Kilometres,
) -> str:
    """One paragraph: where the lines come from, what they are worth, how the sea is drawn."""
    said = []
    if any(piece.drawn == FROM_MAP for piece in territory):
        said.append(
            f"Borders and coasts: {base.source}, scale 1:10,000,000 (public domain), taken to "
            f"be true to {base.error_km:g} km (0.5 mm at that scale: an assumption)."
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
