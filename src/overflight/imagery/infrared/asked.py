"""What is given of a line scanner over a temperature target: a TOML file beside the scans.

[scanner]
name = "line scanner"
ifov_mrad = 0.5                # instantaneous field of view straight below, both ways
band_um = [8, 12]
cold_k = 270                   # black surfaces on board, and their counts
cold_count = 6000
hot_k = 310
hot_count = 56000
other_medium_h_min_m = 800     # where film and tape run at once: H_min of the other one
sure = 3.0                     # times the noise that bars must differ to be told apart (3, ours)
[atmosphere]                   # the standard one unless told otherwise
ground_m = 200                 # of the target above sea
aerosol_per_km = 0.0           # extinction by aerosol at the ground
water = 1.0                    # times the standard profile of water vapour
# extinction_per_km = 0.05     # in place of all this: an even atmosphere
[target]
bar_widths_m = [1.0, 0.89]     # or diagram = "target.toml"
[[pass]]
name = "1"
scan = "scan-1.tif"
box = [0, 0, 300, 200]         # the target in it; left out, all of it
height_m = 900                 # above the target
difference_k = 4.0             # of hot and cold bars on the ground; left out, from the scan
eye_m = 0.5                    # narrowest bar read by eye
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from overflight.formats.bar_target_file import read_bar_target
from overflight.formats.plain_toml import PlainTable
from overflight.imagery.infrared.atmosphere import Atmosphere, transmission
from overflight.imagery.infrared.radiance import Band
from overflight.sensing.h_min import exponential_transmission

SURE = 3.0
"""Times the noise of a sample by which bars must differ. Ours: what an eye needs is not public."""


@dataclass(frozen=True, slots=True)
class Blackbodies:
    """Two known temperatures and their counts."""

    cold_k: float
    cold_count: float
    hot_k: float
    hot_count: float


@dataclass(frozen=True, slots=True)
class PassAsked:
    name: str
    scan: Path | None
    box: tuple[int, int, int, int] | None
    height_m: float
    difference_k: float | None
    eye_m: float | None


@dataclass(frozen=True, slots=True)
class InfraredAsked:
    """The whole file. ``even_per_km``: an even extinction in place of the standard atmosphere."""

    name: str
    ifov_mrad: float
    band: Band
    bodies: Blackbodies | None
    sure: float
    air: Atmosphere | None
    even_per_km: float | None
    other_m: float | None
    widths_m: tuple[float, ...]
    passes: tuple[PassAsked, ...]

    @property
    def transmission(self) -> Callable[[float], float]:
        """The share of a temperature difference that arrives at a height."""
        if self.air is not None:
            return transmission(self.air)
        return exponential_transmission(self.even_per_km or 0.0)


def read_infrared(source: str | Path) -> InfraredAsked:
    """The file. Raises DataError with the place."""
    asked = PlainTable.read(source)
    scanner, air, target = (asked.table(k) for k in ("scanner", "atmosphere", "target"))
    edges = scanner.numbers("band_um", 0.5, 50.0) or (8.0, 12.0)
    if len(edges) != 2:
        raise scanner.wrong("band_um", "is no band", "Write band_um = [8, 12].")
    band = Band(*edges)
    even = air.number_or_none("extinction_per_km", 0.0, 50.0)
    ground = air.number_or_none("ground_m", -500.0, 9000.0)
    aerosol = air.number_or_none("aerosol_per_km", 0.0, 50.0)
    water = air.number_or_none("water", 0.0, 10.0)
    if even is not None and (ground, aerosol, water) != (None, None, None):
        raise air.wrong("extinction_per_km", "stands beside another atmosphere", "Give one.")
    standard = Atmosphere(band, ground or 0.0, aerosol or 0.0, 1.0 if water is None else water)
    bodies = [scanner.number_or_none(k, 0.0, 65535.0)
              for k in ("cold_k", "cold_count", "hot_k", "hot_count")]  # fmt: skip
    known = [v for v in bodies if v is not None]
    if known and (len(known) != 4 or known[0] >= known[2] or known[1] == known[3]):
        raise scanner.wrong("cold_k", "and its kind are not whole",
                            "Give cold_k, cold_count, hot_k and hot_count.")  # fmt: skip
    diagram = target.path("diagram")
    widths = target.numbers("bar_widths_m", 1e-3, 100.0)
    if diagram is not None:
        widths = read_bar_target(diagram).bar_widths_m
    if widths is None:
        raise target.wrong("bar_widths_m", "is missing", "Give the widths, or diagram.")
    passes = tuple(_pass(t) for t in asked.tables("pass"))
    found = InfraredAsked(
        scanner.text("name") or Path(str(source)).stem,
        scanner.number("ifov_mrad", 1e-3, 100.0),
        band,
        Blackbodies(*known) if known else None,
        scanner.number_or_none("sure", 0.5, 50.0) or SURE,
        None if even is not None else standard,
        even,
        scanner.number_or_none("other_medium_h_min_m", 1.0, 30_000.0),
        tuple(sorted(widths, reverse=True)),
        passes,
    )
    asked.done()
    if not passes:
        raise asked.wrong("pass", "is missing", "Write [[pass]] for each pass.")
    return found


def _pass(table: PlainTable) -> PassAsked:
    name, scan = table.text("name"), table.path("scan")
    eye = table.number_or_none("eye_m", 1e-3, 100.0)
    if not name or (scan is None and eye is None):
        raise table.wrong("name", "or its reading is missing", "Give name, and scan or eye_m.")
    return PassAsked(
        name, scan, table.box("box"), table.number("height_m", 10.0, 15_000.0),
        table.number_or_none("difference_k", 0.01, 200.0), eye,
    )  # fmt: skip
