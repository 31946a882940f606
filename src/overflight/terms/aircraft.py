"""An observation aircraft and the sensors on it, as planning sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from overflight.terms.values import CitedValue
from overflight.units import Degrees, Kilometres, KilometresPerHour, Metres


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor installed on an aircraft.

    ``category`` is one of the treaty's (e.g. ``optical-framing``). ``h_min_m`` is the least
    height above ground at which it may work; ``resolution_at_h_min_m`` what it resolves there
    (bar width). ``near_deg`` and ``far_deg`` bound its view to each side, degrees from the
    vertical (0 for a vertical camera's near edge), so the ground seen from height h reaches
    from h tan(near) to h tan(far). ``sides`` is "both", "left" or "right". ``assumed`` lists
    the fields that no public source gives.

    What public sources tell besides, None where they do not: ``medium`` (film, digital or tape),
    ``mounting`` as data are annotated (``V``, ``L45``), the focal length, ``operating_height_m``
    as reported (which is no H_min), and ``cameras``, how many make up the sensor.
    """

    id: str
    category: str
    name: str
    h_min_m: Metres | None
    resolution_at_h_min_m: Metres | None
    near_deg: Degrees
    far_deg: Degrees
    sides: str = "both"
    assumed: tuple[str, ...] = ()
    medium: str | None = None
    mounting: str | None = None
    focal_mm: float | None = None
    operating_height_m: Metres | None = None
    cameras: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "category": self.category,
            "name": self.name,
            "h_min_m": self.h_min_m,
            "resolution_at_h_min_m": self.resolution_at_h_min_m,
            "near_deg": self.near_deg,
            "far_deg": self.far_deg,
            "sides": self.sides,
            "assumed": list(self.assumed),
        }


@dataclass(frozen=True, slots=True)
class Aircraft:
    """A type of observation aircraft. Every figure is a CitedValue, many of them assumed."""

    id: str
    name: str
    icao_type: str
    designated_by: str
    range_km: CitedValue
    cruise_km_h: CitedValue
    max_takeoff_mass_kg: CitedValue
    sensors: tuple[Sensor, ...]
    wake_category: str = "M"
    equipment: str = "S/S"
    notes: tuple[str, ...] = ()

    @property
    def assumed(self) -> tuple[str, ...]:
        """Names of the figures that are assumptions, for the marks a plan must carry."""
        figures = (self.range_km, self.cruise_km_h, self.max_takeoff_mass_kg)
        mine = [f.key for f in figures if f.status == "assumed"]
        return (*mine, *(f"{s.id}.{name}" for s in self.sensors for name in s.assumed))


@dataclass(frozen=True, slots=True)
class Capability:
    """What planning takes from an aircraft: plain numbers."""

    range_km: Kilometres
    cruise_km_h: KilometresPerHour
