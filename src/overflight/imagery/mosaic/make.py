"""From rectified frames to a mosaic, in two passes: brightness and seams at reduced size, then the
pixels, tile by tile. What is held in memory is the reduced frames, bounded in all, one tile with
its border, and the row of tiles that the writer shrinks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from overflight.imagery.cog import TILE, CogWriter
from overflight.imagery.mosaic.balance import LIGHT, Balance, balanced
from overflight.imagery.mosaic.blend import Blend
from overflight.imagery.mosaic.labelled import LabelWriter
from overflight.imagery.mosaic.overview import MOST_CELLS, factor_of, geometry_of, overview_of
from overflight.imagery.mosaic.seams import AGREEING, labels_of, spread
from overflight.imagery.mosaic.sheets import Sheet, Shelf, laid_together, marks_together
from overflight.imagery.mosaic.stack import stack_of
from overflight.imagery.mosaic.tiles import Plan, Tiler
from overflight.imagery.rectify.grid import MapGrid
from overflight.imagery.render import mark
from overflight.terms.track import SIMULATED

_RIM = 2
_SAID = "OVERFLIGHT_PROCESSING"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to join. ``most_cells`` of the reduced frames together and ``tile``, the edge of the
    tiles, are a matter of memory."""

    blend: Blend = "multiband"
    balance: str = LIGHT
    seams: str = AGREEING
    mixed: bool = False
    tile: int = TILE
    most_cells: int = MOST_CELLS


@dataclass(frozen=True, slots=True)
class Mosaic:
    """What was made. ``taken``: how many pixels are each frame's; ``factor``: pixels to a cell of
    the reduced frames; ``visibility`` of the seams, None where there are none; ``radius_m``: the
    measure of the balance's shape."""

    grid: MapGrid
    sheets: tuple[Sheet, ...]
    marks: tuple[str, ...]
    balance: Balance
    radius_m: float
    taken: tuple[int, ...]
    factor: int
    seam_pixels: int
    visibility: float | None


def sources_path(out: Path) -> Path:
    """The map of whose pixels they are, beside the mosaic."""
    return out.with_name(f"{out.stem}.sources.tif")


def make_mosaic(
    sheets: Sequence[Sheet],
    out: Path,
    settings: Settings,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Mosaic:
    """Write the mosaic and its map of sources: both whole, or neither touched until its end. Raises
    DataError for sheets that do not go together or cannot be read, ImageError for a picture that no
    such file holds."""
    marks = marks_together(sheets, mixed=settings.mixed)
    grid, placed = laid_together(sheets)
    edge, first = settings.tile, placed[0]
    with ExitStack() as stack:
        shelf = stack.enter_context(Shelf(placed))
        plan = _plan(shelf, grid, settings)
        tiler = Tiler(shelf, grid, plan, settings.blend)
        # Seams cut through the frames' own words, and real frames among simulated ones have none.
        words = mark.layout(grid.rows, grid.columns) if SIMULATED in marks else ()
        kind = np.uint8 if len(placed) < 256 else np.uint16
        said = f"mosaic, {settings.blend}, balance {settings.balance}, seams {settings.seams}"
        writer = stack.enter_context(
            CogWriter(
                out, grid, first.bands, first.dtype, metadata={_SAID: said}, marks=marks, tile=edge
            )
        )
        owners = stack.enter_context(
            LabelWriter(
                sources_path(out), grid, 1, kind, marks=marks, tile=edge,
                metadata={_SAID: "numbers of the frames in a mosaic, from 1"},
            )
        )  # fmt: skip
        taken = np.zeros(len(placed) + 1, dtype=np.int64)
        sums = np.zeros(3)
        corners = [
            (row, column)
            for row in range(0, grid.rows, edge)
            for column in range(0, grid.columns, edge)
        ]
        for number, (row, column) in enumerate(corners):
            tile = tiler.tile(row, column, edge)
            seen = np.where(tile.own >= 0, 255, 0).astype(np.uint8)
            mark.write(tile.pixels, words, row, column, seen)
            one = first.bands == 1
            writer.write(row, column, tile.pixels[:, :, 0] if one else tile.pixels, seen)
            owners.write(row, column, (tile.own + 1).astype(kind), seen)
            taken += np.bincount((tile.own + 1).ravel(), minlength=len(placed) + 1)
            sums += tile.seams
            progress(number + 1, len(corners))
    return Mosaic(
        grid, placed, marks, plan.balance, plan.geometry.radius * grid.size,
        tuple(int(n) for n in taken[1:]), plan.factor, int(sums[2]),
        float(sums[0] / sums[1]) if sums[1] > 0.0 else None,
    )  # fmt: skip


def _plan(shelf: Shelf, grid: MapGrid, settings: Settings) -> Plan:
    """Brightness and seams, from the frames at reduced size."""
    factor = factor_of(shelf, grid, settings.most_cells)
    overview = overview_of(shelf, grid, factor)
    geometry = geometry_of(overview)
    balance = balanced(overview, geometry, settings.balance)
    touched, corners = overview.touched, overview.corners
    stack = stack_of(overview, geometry, balance)
    del overview
    labels = labels_of(stack, geometry, settings.seams)
    return Plan(labels, spread(labels, _RIM), factor, touched, corners, geometry, balance)
