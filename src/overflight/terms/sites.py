"""A site: something that one side thinks worth seeing. It never leaves that side."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from overflight.geo.positions import Position
from overflight.units import Metres


@dataclass(frozen=True, slots=True)
class Site:
    """A place, what seeing it is worth (any scale, > 0), and what seeing it takes.

    ``resolution_m`` is the ground resolution needed (bar width); None: any sensor will do.
    ``earliest`` and ``latest`` bound the moment of observation, UTC.
    """

    id: str
    position: Position
    value: float = 1.0
    name: str = ""
    resolution_m: Metres | None = None
    earliest: dt.datetime | None = None
    latest: dt.datetime | None = None

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return {
            "type": "Feature",
            "id": self.id,
            "geometry": self.position.__geo_interface__,
            "properties": {"name": self.name, "value": self.value},
        }
