"""The rectified frames that a mosaic is made of, the grid that holds them all, and their pixels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.imagery.rectify.grid import MapGrid
from overflight.terms.track import SIMULATED

_OFF = 1e-3
"""Pixels that two grids may be off each other and still count as lying pixel on pixel."""
_MOST = 2_000
_MOST_SPREAD = 64
"""A mosaic so many times larger than its frames together is none of one leg."""
_MOST_OPEN = 24
_CACHE = 128 * 2**20
_AGAIN = "Process all frames with the same --pixel and --crs: such grids align."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One rectified frame: its file, grid, and where its first pixel is in the mosaic. ``bands``
    are those of the picture, an alpha band is not one."""

    name: str
    path: Path
    grid: MapGrid
    bands: int
    dtype: str
    marks: tuple[str, ...]
    row0: int = 0
    col0: int = 0

    @property
    def row1(self) -> int:
        return self.row0 + self.grid.rows

    @property
    def col1(self) -> int:
        return self.col0 + self.grid.columns

    def meets(self, row0: int, row1: int, col0: int, col1: int) -> bool:
        """Whether it lies, in part, in a window of the mosaic."""
        return self.row0 < row1 and row0 < self.row1 and self.col0 < col1 and col0 < self.col1


def read_sheet(name: str, path: Path, marks: Sequence[str] = ()) -> Sheet:
    """What a file says of itself; ``marks`` that others say of it. Raises DataError for what is no
    picture on a map grid with square pixels, rows going south."""
    from overflight.imagery.cog.tags import marks_of

    source = _opened(path)
    try:
        a, b, left, d, e, top = source.transform[:6]
        if source.crs is None or b or d or a <= 0.0 or abs(a + e) > 1e-9 * a:
            raise DataError(
                "this picture does not lie on a map grid of square pixels",
                file=path,
                remedy="Bring it there first: overflight imagery process.",
            )
        code = source.crs.to_epsg()
        if code is None or not source.crs.is_projected:
            raise DataError(
                "this picture lies in no map projection with an EPSG code",
                file=path,
                remedy="Process the frames with --crs EPSG:..., one of maps in metres.",
            )
        bands = source.count - (source.colorinterp[-1].name == "alpha")
        kinds = set(source.dtypes)
        known = len(kinds) == 1 and kinds <= {"uint8", "uint16"} and bands in (1, 3, 4)
        if not known or source.colorinterp[0].name == "palette":
            raise DataError(
                f"this picture has {bands} bands of {', '.join(sorted(kinds))}"
                + (" and a palette" if known else ""),
                file=path,
                remedy="A mosaic is made of frames of 1, 3 or 4 bands of 8 or 16 bits.",
            )
        grid = MapGrid(f"EPSG:{code}", left, top, a, source.width, source.height)
        every = tuple(dict.fromkeys((*marks_of(source.tags()), *marks)))
        return Sheet(name, path, grid, bands, source.dtypes[0], every)
    finally:
        source.close()


def laid_together(sheets: Sequence[Sheet]) -> tuple[MapGrid, tuple[Sheet, ...]]:
    """The least grid around all, and the sheets with their places on it. Raises DataError where
    they are not of one system, pixel size, alignment, number of bands and depth."""
    if len(sheets) < 2:
        raise DataError("a mosaic takes two frames or more", remedy="Name more of them.")
    if len(sheets) > _MOST:
        raise DataError(
            f"{len(sheets)} frames are more than a mosaic takes ({_MOST})",
            remedy="Make one for each leg: --leg.",
        )
    first = sheets[0]
    for sheet in sheets:
        _same(first, sheet)
    size = first.grid.size
    left = min(sheet.grid.left for sheet in sheets)
    top = max(sheet.grid.top for sheet in sheets)
    placed = []
    for sheet in sheets:
        row, column = (top - sheet.grid.top) / size, (sheet.grid.left - left) / size
        if abs(row - round(row)) > _OFF or abs(column - round(column)) > _OFF:
            raise DataError(
                f"its pixels do not lie on those of {first.path.name}",
                file=sheet.path,
                remedy=_AGAIN,
            )
        placed.append(replace(sheet, row0=round(row), col0=round(column)))
    rows, columns = max(s.row1 for s in placed), max(s.col1 for s in placed)
    if rows * columns > _MOST_SPREAD * sum(s.grid.rows * s.grid.columns for s in placed):
        raise DataError(
            f"the frames fill next to nothing of {columns} x {rows} pixels: they are of no one leg",
            remedy="Make a mosaic of each group of frames that lie side by side.",
        )
    return MapGrid(first.grid.crs, left, top, size, columns, rows), tuple(placed)


def _same(first: Sheet, other: Sheet) -> None:
    """Raise DataError where the two cannot be of one mosaic."""
    wrong, remedy = "", _AGAIN
    if other.grid.crs != first.grid.crs:
        wrong = f"is in {other.grid.crs}, {first.path.name} in {first.grid.crs}"
    elif abs(other.grid.size - first.grid.size) > 1e-9 * first.grid.size:
        wrong = f"has pixels of {other.grid.size:g} m, {first.path.name} of {first.grid.size:g} m"
    elif other.bands != first.bands:
        wrong = f"has {other.bands} bands, {first.path.name} {first.bands}"
        remedy = "Join frames of one kind; others make a mosaic of their own."
    elif other.dtype != first.dtype:
        wrong = f"is {other.dtype}, {first.path.name} {first.dtype}"
        remedy = "Join frames of one depth; how to scale one to the other is not guessed."
    if wrong:
        raise DataError(f"this frame {wrong}", file=other.path, remedy=remedy)


def marks_together(sheets: Sequence[Sheet], *, mixed: bool) -> tuple[str, ...]:
    """Every mark that any sheet carries. Raises DataError where simulated frames and real ones
    meet, unless ``mixed``."""
    simulated = [sheet for sheet in sheets if SIMULATED in sheet.marks]
    if simulated and len(simulated) < len(sheets) and not mixed:
        raise DataError(
            f"this frame is simulated and {len(sheets) - len(simulated)} others are not",
            file=simulated[0].path,
            remedy=f"Leave it out, or give --mixed: the whole is then {SIMULATED}.",
        )
    return tuple(sorted({mark for sheet in sheets for mark in sheet.marks}))


class Shelf:
    """The pixels of sheets by window of the mosaic; a few files are open at a time."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = tuple(sheets)
        self._open: OrderedDict[int, Any] = OrderedDict()

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for source in self._open.values():
            source.close()
        self._open.clear()

    def read(
        self, k: int, row0: int, row1: int, col0: int, col1: int
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Sheet ``k`` in a window that may reach beyond it: (rows, columns, bands), and (rows,
        columns) where it is seen. Raises DataError for a file that is damaged."""
        import rasterio
        from rasterio.errors import RasterioError
        from rasterio.windows import Window

        sheet = self.sheets[k]
        pixels = np.zeros((row1 - row0, col1 - col0, sheet.bands), dtype=sheet.dtype)
        seen = np.zeros(pixels.shape[:2], dtype=np.bool_)
        if not sheet.meets(row0, row1, col0, col1):
            return pixels, seen
        top, bottom = max(row0, sheet.row0), min(row1, sheet.row1)
        left, right = max(col0, sheet.col0), min(col1, sheet.col1)
        window = Window(left - sheet.col0, top - sheet.row0, right - left, bottom - top)
        part = np.s_[top - row0 : bottom - row0, left - col0 : right - col0]
        try:
            with rasterio.Env(GDAL_CACHEMAX=_CACHE):
                source = self._source(k)
                bands = source.read(list(range(1, sheet.bands + 1)), window=window)
                mask = source.dataset_mask(window=window)
        except (RasterioError, OSError) as error:
            raise DataError(
                f"the frame is damaged or ends early: {error}",
                file=sheet.path,
                remedy="Copy or process it again.",
            ) from None
        pixels[part] = np.moveaxis(bands, 0, 2)
        seen[part] = mask != 0
        return pixels, seen

    def _source(self, k: int) -> Any:
        if k in self._open:
            self._open.move_to_end(k)
            return self._open[k]
        while len(self._open) >= _MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        source = self._open[k] = _opened(self.sheets[k].path)
        return source


def _opened(path: Path) -> Any:
    import warnings

    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return rasterio.open(path)
    except (RasterioError, OSError) as error:
        raise DataError(
            f"the frame is not read: {error}", file=path, remedy="Give a GeoTIFF that is whole."
        ) from None
