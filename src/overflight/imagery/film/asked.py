"""What is given of a film: a TOML file beside its scans.

[film]
name = "roll 3"                # what the film is called here
type = "pan 200"               # type of film, and of process
[scanner]
pixel_um = 3.5                 # a pixel's side on the film
dark = 200                     # count of no light, and through nothing
white = 60000
blur_px = 0.6                  # or edge = "edge.tif": a scan of a knife edge on the glass,
                               # and edge_box = [x, y, width, height] of a part with that edge alone
[wedge]
image = "wedge.tif"
box = [60, 60, 756, 90]        # left out, it is looked for
increment = 0.15               # density of the wedge from step to step, and of its lightest
first = 0.05                   # ... or densities = [0.05, 0.20, ...]
log_exposure = 0.6             # log10 lux seconds through nothing; left out, it is unknown
unexposed = [60, 180, 240, 60] # film that got no light
again = "wedge-2.tif"          # the same, scanned twice: tells grain from the scanner's noise
[declared]                     # what was declared for this film and process; all may be left out
gamma = 1.6
gamma_tolerance = 0.1
densities = [0.12, 0.13]       # of every step, from light to dense
densities_tolerance = 0.05
[target]
image = "target.tif"
box = [0, 0, 900, 900]         # left out, the whole image
height_m = 1500                # above the target
focal_mm = 152
contrast = 1.6                 # agreed, light over dark
diagram = "target.toml"        # widths of its bars
eye_m = 0.30                   # the width that was read by eye on the original negative
[processing]                   # answers to the checklist; what is unknown is left out
strip-before = true
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from overflight.formats.bar_target_file import read_bar_target
from overflight.formats.plain_toml import PlainTable
from overflight.imagery.film.wedge import Box
from overflight.terms.bar_reading import BarTarget

CHARACTERISTICS = ("gamma", "base_fog", "speed", "range", "average_gradient")
"""What may be declared of a film and process, and is measured on its wedge."""


@dataclass(frozen=True, slots=True)
class WedgeAsked:
    image: Path
    box: Box | None
    densities: tuple[float, ...] | None
    log_exposure: float | None
    unexposed: Box | None
    again: Path | None
    nominal: bool


@dataclass(frozen=True, slots=True)
class TargetAsked:
    image: Path
    box: Box | None
    height_m: float | None
    focal_mm: float | None
    contrast: float
    threshold: float
    diagram: BarTarget | None
    eye_m: float | None
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """A value that was declared, and by how much a measured one may be off; None: not declared."""

    value: float
    tolerance: float | None


@dataclass(frozen=True, slots=True)
class FilmAsked:
    """The whole file."""

    name: str
    type: str
    pixel_um: float
    dark: float
    white: float
    blur_px: float | None
    edge: Path | None
    edge_box: Box | None
    wedge: WedgeAsked | None
    target: TargetAsked | None
    declared: dict[str, Declared] = field(default_factory=dict)
    densities: tuple[float, ...] = ()
    densities_tolerance: float | None = None
    processing: dict[str, bool] = field(default_factory=dict)


def read_film(source: str | Path, keys: tuple[str, ...]) -> FilmAsked:
    """The file; ``keys``: what the regime's checklist asks. Raises DataError with the place."""
    asked = PlainTable.read(source)
    film, scanner, given = asked.table("film"), asked.table("scanner"), asked.table("declared")
    declared: dict[str, Declared] = {}
    for name in CHARACTERISTICS:
        value = given.number_or_none(name, 0.0, 1e6)
        tolerance = given.number_or_none(f"{name}_tolerance", 0.0, 1e6)
        if value is not None:
            declared[name] = Declared(value, tolerance)
        elif tolerance is not None:
            raise given.wrong(name, "is missing beside its tolerance", "Give both.")
    answers = asked.table("processing")
    told = {key: flag for key in keys if (flag := answers.flag(key)) is not None}
    found = FilmAsked(
        film.text("name") or Path(str(source)).stem,
        film.text("type"),
        scanner.number("pixel_um", 0.1, 1000.0),
        scanner.number("dark", 0.0, 65535.0),
        scanner.number("white", 1.0, 65535.0),
        scanner.number_or_none("blur_px", 0.0, 20.0),
        scanner.path("edge"),
        scanner.box("edge_box"),
        _wedge(asked.table("wedge")) if "wedge" in asked else None,
        _target(asked.table("target")) if "target" in asked else None,
        declared,
        given.numbers("densities", 0.0, 6.0) or (),
        given.number_or_none("densities_tolerance", 0.0, 6.0),
        told,
    )
    asked.done()
    return found


def _wedge(table: PlainTable) -> WedgeAsked:
    image = table.path("image")
    if image is None:
        raise table.wrong("image", "is missing", "Name the scan of the wedge.")
    listed = table.numbers("densities", 0.0, 6.0)
    step = table.number_or_none("increment", 0.01, 1.0)
    first = table.number_or_none("first", 0.0, 3.0)
    steps = table.number_or_none("steps", 8, 60)
    nominal = listed is None and step is not None
    if listed is None and step is not None:
        listed = tuple((first or 0.0) + step * k for k in range(int(steps or 21)))
    return WedgeAsked(
        image, table.box("box"), listed, table.number_or_none("log_exposure", -9.0, 9.0),
        table.box("unexposed"), table.path("again"), nominal,
    )  # fmt: skip


def _target(table: PlainTable) -> TargetAsked:
    image = table.path("image")
    if image is None:
        raise table.wrong("image", "is missing", "Name the scan of the target.")
    diagram = table.path("diagram")
    return TargetAsked(
        image,
        table.box("box"),
        table.number_or_none("height_m", 1.0, 30_000.0),
        table.number_or_none("focal_mm", 1.0, 5_000.0),
        table.number_or_none("contrast", 1.01, 1000.0) or 1.6,
        table.number_or_none("threshold", 0.001, 0.5) or 0.04,
        None if diagram is None else read_bar_target(diagram),
        table.number_or_none("eye_m", 1e-3, 100.0),
        table.text("direction", "", "along", "across"),
    )
